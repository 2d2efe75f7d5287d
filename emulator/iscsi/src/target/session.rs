//! The full feature phase: requests in their order (RFC 7143, section 4.2).

use super::data::{following_tag, has_more};
use super::event::{CloseReason, Event, Outcome, RequestId, SessionInfo, TaskId};
use super::exchange::Exchange;
use super::gather::{Gather, INCORRECT_AMOUNT_OF_DATA, UNEXPECTED_UNSOLICITED_DATA};
use super::login::Established;
use super::manage::Managed;
use super::tasks::{State, Task, Tasks};
use super::window::{Place, Window};
use super::{Limits, Link};
use crate::framer::Head;
use crate::params::Parameters;
use crate::pdu::{
    Additional, CommandFlags, DataOut, LogoutRequest, NopOut, RESERVED_TAG, RejectReason, Request,
    ScsiCommand, SnackRequest, TaskAttribute, TaskManagementRequest, TextRequest,
};
use core::time::Duration;
use discrig_wire::{SenseCode, SenseKey};
use std::collections::{BTreeMap, VecDeque};

/// Both directions at once, or a header segment that is not known: not here.
const INVALID_FIELD_IN_INFORMATION_UNIT: SenseCode =
    SenseCode { key: SenseKey::IllegalRequest, asc: 0x0E, ascq: 0x03 };
/// No command with more than sixteen bytes is known.
const INVALID_OPERATION_CODE: SenseCode = SenseCode { key: SenseKey::IllegalRequest, asc: 0x20, ascq: 0x00 };

/// A session in full feature phase.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) info: SessionInfo,
    pub(super) parameters: Parameters,
    pub(super) stat_sn: u32,
    pub(super) window: Window,
    pub(super) tasks: Tasks,
    /// Requests whose turn has not come, by CmdSN.
    held: BTreeMap<u32, Held>,
    /// Commands in order that had their turn and were not told of.
    pub(super) order: VecDeque<Queued>,
    pub(super) managed: BTreeMap<RequestId, Managed>,
    pub(super) exchange: Exchange,
    /// Tag and time of the ping that was not answered yet.
    pub(super) ping: Option<(u32, Duration)>,
    /// When the initiator is to be gone, after it was asked.
    pub(super) deadline: Option<Duration>,
    /// Bytes of data for the device, held or promised.
    pub(super) reserved: usize,
    pub(super) next_tag: u32,
    next_id: u64,
}

/// A command that had its turn and was not told of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Queued {
    pub(super) task: TaskId,
    /// It goes ahead of those without HEAD OF QUEUE.
    is_head: bool,
}

/// What a session leaves to the connection that goes on with it.
#[derive(Debug)]
pub struct Remains {
    parameters: Parameters,
    window: Window,
    /// Numbers of requests that came too early. None of them will be carried out.
    held: Vec<u32>,
    next_tag: u32,
    next_id: u64,
}

impl Remains {
    pub(super) fn window(&self) -> Window {
        self.window
    }
}

/// A request whose turn has not come.
#[derive(Debug)]
pub(super) enum Held {
    Command(TaskId),
    Other(Request, Head, Vec<u8>),
    /// It was aborted before it came.
    Void,
}

/// What a header that arrived announces.
#[derive(Debug)]
pub(super) enum Incoming {
    /// Immediate data go to the task.
    Command { task: TaskId, head: Head },
    /// Data go to the task, to this place.
    DataOut { task: TaskId, header: DataOut, offset: usize, head: Head },
    /// The data segment is received and forgotten.
    Discard { head: Head, reject: Option<RejectReason> },
    /// Data that cannot be used, of a task that ends once its sequences do.
    Refused { task: TaskId, header: DataOut },
    /// The data segment is the request's own.
    Request { request: Request, head: Head },
}

impl Session {
    pub(super) fn new(established: Established, limits: &Limits) -> Session {
        Session {
            parameters: established.parameters,
            stat_sn: established.stat_sn,
            window: Window::new(established.cmd_sn, limits.queue_depth),
            tasks: Tasks::default(),
            held: BTreeMap::new(),
            order: VecDeque::new(),
            managed: BTreeMap::new(),
            exchange: Exchange::default(),
            info: established.session,
            ping: None,
            deadline: None,
            reserved: 0,
            next_tag: 0,
            next_id: 0,
        }
    }

    /// Ends all tasks and leaves what another connection needs to go on.
    pub(super) fn surrender(&self) -> Remains {
        Remains {
            parameters: self.parameters,
            window: self.window.opened(),
            held: self.held.keys().copied().collect(),
            next_tag: self.next_tag,
            next_id: self.next_id,
        }
    }

    /// Goes on with the order of requests of another connection. What holds for the whole session stays as it was agreed on there.
    pub(super) fn take_over(&mut self, remains: Remains) {
        self.parameters = Parameters {
            header_digest: self.parameters.header_digest,
            data_digest: self.parameters.data_digest,
            max_recv_data_segment_length: self.parameters.max_recv_data_segment_length,
            ..remains.parameters
        };
        self.window = remains.window;
        self.held = remains.held.into_iter().map(|cmd_sn| (cmd_sn, Held::Void)).collect();
        (self.next_tag, self.next_id) = (remains.next_tag, remains.next_id);
    }

    /// A header arrived: decides where its data segment goes.
    pub(super) fn admit(&mut self, link: &mut Link, head: &Head) -> Result<Incoming, CloseReason> {
        let discard = |reject| Ok(Incoming::Discard { head: head.clone(), reject });
        let Some(request) = Request::parse(&head.bhs) else {
            return discard(Some(RejectReason::COMMAND_NOT_SUPPORTED));
        };
        let is_discovery = self.info.target.is_none();
        match request {
            Request::DataOut(header) => Ok(self.admit_data(head, header)),
            Request::Login(_) => discard(Some(RejectReason::PROTOCOL_ERROR)),
            // Nothing is sent again at error recovery level 0, and no Data-In asks for an acknowledgement.
            Request::Snack(SnackRequest { kind, .. }) => discard(Some(match kind & SnackRequest::KIND {
                SnackRequest::DATA_ACK => RejectReason::INVALID_DATA_ACK,
                _ => RejectReason::SNACK_REJECT,
            })),
            Request::ScsiCommand(_) | Request::TaskManagement(_) if is_discovery => {
                discard(Some(RejectReason::PROTOCOL_ERROR))
            }
            Request::ScsiCommand(header) => self.admit_command(link, head, header),
            Request::Logout(LogoutRequest { cmd_sn, .. })
            | Request::NopOut(NopOut { cmd_sn, .. })
            | Request::TaskManagement(TaskManagementRequest { cmd_sn, .. })
            | Request::Text(TextRequest { cmd_sn, .. }) => {
                if head.bhs.initiator_task_tag() == RESERVED_TAG && !matches!(request, Request::NopOut(_)) {
                    Err(CloseReason::Protocol("a request without a task tag"))
                } else if head.data_length() > link.limits.text_length {
                    // It may have to wait for its turn, as many others do.
                    Err(CloseReason::Limit("text_length"))
                } else if is_immediate(head) || self.is_wanted(cmd_sn) {
                    Ok(Incoming::Request { request, head: head.clone() })
                } else {
                    discard(None)
                }
            }
        }
    }

    /// Whether a command or a task management request has that tag.
    pub(super) fn is_tag_in_use(&mut self, itt: u32) -> bool {
        self.tasks.by_itt(itt).is_some() || self.managed.values().any(|managed| managed.itt == itt)
    }

    /// Whether a request in order is within the window and not there yet.
    fn is_wanted(&self, cmd_sn: u32) -> bool {
        self.window.place(cmd_sn) != Place::Outside && !self.held.contains_key(&cmd_sn)
    }

    fn admit_command(
        &mut self,
        link: &mut Link,
        head: &Head,
        header: ScsiCommand,
    ) -> Result<Incoming, CloseReason> {
        let discard = |reject| Ok(Incoming::Discard { head: head.clone(), reject });
        let immediate = head.bhs.is_immediate();
        if header.initiator_task_tag == RESERVED_TAG {
            return Err(CloseReason::Protocol("a command without a task tag"));
        }
        if !immediate && !self.is_wanted(header.cmd_sn) {
            return discard(None);
        }
        if self.is_tag_in_use(header.initiator_task_tag) {
            return discard(Some(RejectReason::TASK_IN_PROGRESS));
        }
        if immediate && self.tasks.immediate() + self.managed.len() >= link.limits.immediate_requests {
            return discard(Some(RejectReason::IMMEDIATE_COMMAND_REJECT));
        }
        let refusal = self.refusal(head, &header)?;
        let writes = header.flags.contains(CommandFlags::WRITE);
        let gather = match &refusal {
            None => self.gather(link, &header, head.data_length()),
            Some(_) => Gather::refused(writes && has_more(&header, head.data_length())),
        };
        let task = self.issue_id();
        let id = TaskId(task);
        self.tasks.insert(Task {
            id,
            header,
            immediate,
            state: State::Arriving,
            reserved: gather.unasked(),
            gather,
            refusal: refusal.map(Outcome::check_condition),
        });
        Ok(Incoming::Command { task: id, head: head.clone() })
    }

    /// What is wrong with a command before anybody looks at its descriptor block.
    fn refusal(&self, head: &Head, header: &ScsiCommand) -> Result<Option<SenseCode>, CloseReason> {
        let additional: Result<Vec<_>, _> = Additional::parse_all(&head.additional).collect();
        let malformed = |_| CloseReason::Protocol("malformed additional header segments");
        match additional.map_err(malformed)?.first() {
            Some(Additional::ExtendedCdb(_)) => return Ok(Some(INVALID_OPERATION_CODE)),
            Some(_) => return Ok(Some(INVALID_FIELD_IN_INFORMATION_UNIT)),
            None => {}
        }
        let (flags, immediate) = (header.flags, head.bhs.data_length());
        let writes = flags.contains(CommandFlags::WRITE);
        let follows = writes && has_more(header, immediate);
        let most = header.expected_data_transfer_length.min(self.parameters.unsolicited_length()) as usize;
        Ok(if flags.contains(CommandFlags::READ | CommandFlags::WRITE) {
            Some(INVALID_FIELD_IN_INFORMATION_UNIT)
        } else if immediate > 0 && !(writes && self.parameters.immediate_data)
            || follows && self.parameters.initial_r2t
        {
            Some(UNEXPECTED_UNSOLICITED_DATA)
        } else if immediate > most {
            Some(INCORRECT_AMOUNT_OF_DATA)
        } else {
            None
        })
    }

    /// A PDU is complete. `segment` holds the data segment of other requests than commands.
    pub(super) fn complete(
        &mut self,
        link: &mut Link,
        incoming: Incoming,
        is_intact: bool,
        segment: Vec<u8>,
    ) -> Result<(), CloseReason> {
        match incoming {
            Incoming::Discard { head, reject } => {
                if let Some(reason) = reject {
                    self.reject(link, reason, &head);
                }
            }
            Incoming::Command { task, head } if !is_intact => {
                self.drop_task(link, task);
                self.reject(link, RejectReason::DATA_DIGEST_ERROR, &head);
            }
            Incoming::Request { head, .. } if !is_intact => {
                self.reject(link, RejectReason::DATA_DIGEST_ERROR, &head)
            }
            Incoming::Command { task, head } => {
                if let Some(task) = self.tasks.get_mut(task) {
                    task.gather.immediate(head.data_length());
                }
                self.sequence(link, &head, Held::Command(task))?;
            }
            Incoming::Request { request, head } => {
                self.sequence(link, &head.clone(), Held::Other(request, head, segment))?;
            }
            Incoming::DataOut { task, header, head, .. } => {
                self.data_arrived(link, task, &header, &head, is_intact)
            }
            Incoming::Refused { task, header } => self.data_refused(link, task, &header),
        }
        self.pump(link);
        Ok(())
    }

    /// Carries out a request when its turn has come, and those that waited for it.
    fn sequence(&mut self, link: &mut Link, head: &Head, item: Held) -> Result<(), CloseReason> {
        let cmd_sn = head.bhs.cmd_sn();
        if is_immediate(head) {
            if let Some((reason, head)) = self.run(link, true, item)? {
                self.reject(link, reason, &head);
            }
        } else if self.window.place(cmd_sn) == Place::Next {
            self.take_turn(link, item)?;
        } else {
            self.held.insert(cmd_sn, item);
        }
        while let Some(item) = self.held.remove(&self.window.expected()) {
            self.take_turn(link, item)?;
        }
        Ok(())
    }

    /// Carries out the next request. One that is rejected has not been received, and leaves a gap that the initiator is to fill (7.3).
    fn take_turn(&mut self, link: &mut Link, item: Held) -> Result<(), CloseReason> {
        self.window.advance();
        if let Some((reason, head)) = self.run(link, false, item)? {
            self.window.retreat();
            self.reject(link, reason, &head);
        }
        Ok(())
    }

    /// Carries out a request, or says why it is to be rejected, with its header.
    fn run(
        &mut self,
        link: &mut Link,
        immediate: bool,
        item: Held,
    ) -> Result<Option<(RejectReason, Head)>, CloseReason> {
        let (request, head, data) = match item {
            Held::Command(task) => {
                self.queue(link, task);
                return Ok(None);
            }
            Held::Other(request, head, data) => (request, head, data),
            Held::Void => return Ok(None),
        };
        let rejected = match request {
            Request::Logout(request) => return self.logout(link, &request).map(|()| None),
            Request::NopOut(ping) => {
                self.ping_arrived(link, &ping, &data);
                None
            }
            Request::TaskManagement(request) => self.manage(link, immediate, &request),
            Request::Text(request) => self.text(link, &request, &data)?,
            Request::DataOut(_) | Request::Login(_) | Request::ScsiCommand(_) | Request::Snack(_) => None,
        };
        Ok(rejected.map(|reason| (reason, head)))
    }

    /// The turn of a command has come. HEAD OF QUEUE goes ahead of everything else that nobody was told of (SAM-5, 8.6).
    fn queue(&mut self, link: &mut Link, id: TaskId) {
        let Some(task) = self.tasks.get_mut(id) else { return };
        task.state = State::Queued;
        if task.refusal.is_some() {
            self.refuse(link, id);
        } else if !task.immediate {
            let is_head = task.header.flags.attribute() == TaskAttribute::HeadOfQueue;
            let at = match is_head {
                true => self.order.iter().take_while(|queued| queued.is_head).count(),
                false => self.order.len(),
            };
            self.order.insert(at, Queued { task: id, is_head });
        }
    }

    /// Whether a request with that number is still to come, before `before`; if so, it will be without effect.
    pub(super) fn void(&mut self, cmd_sn: u32, before: u32) -> bool {
        let is_to_come = self.is_wanted(cmd_sn) && crate::serial::is_before(cmd_sn, before);
        if is_to_come && self.window.place(cmd_sn) == Place::Next {
            self.window.advance();
        } else if is_to_come {
            self.held.insert(cmd_sn, Held::Void);
        }
        is_to_come
    }

    /// Asks for data as far as memory goes, and tells of commands whose data are complete.
    pub(super) fn pump(&mut self, link: &mut Link) {
        self.solicit(link);
        while let Some(queued) = self.order.front().copied() {
            match self.tasks.get_mut(queued.task) {
                Some(task) if !task.gather.is_complete() || task.refusal.is_some() => break,
                Some(task) => link.events.push_back(Event::Command(task.deliver())),
                None => {}
            }
            self.order.pop_front();
        }
        for task in self.tasks.iter_mut() {
            if task.immediate
                && task.state == State::Queued
                && task.refusal.is_none()
                && task.gather.is_complete()
            {
                link.events.push_back(Event::Command(task.deliver()));
            }
        }
    }

    /// Forgets a task, without an answer.
    pub(super) fn drop_task(&mut self, link: &mut Link, id: TaskId) {
        if let Some(task) = self.tasks.remove(id) {
            self.release(link, task);
        }
    }

    /// Gives back what a task held.
    pub(super) fn release(&mut self, link: &mut Link, task: Task) {
        self.reserved -= task.reserved;
        link.outbox.recycle(task.gather.data);
    }

    /// StatSN for a response that counts.
    pub(super) fn next_stat_sn(&mut self) -> u32 {
        let stat_sn = self.stat_sn;
        self.stat_sn = stat_sn.wrapping_add(1);
        stat_sn
    }

    /// MaxCmdSN, opened as far as it goes.
    pub(super) fn open_window(&mut self) -> u32 {
        self.window.open(self.tasks.outstanding() + self.outstanding_management());
        self.window.last()
    }

    pub(super) fn issue_tag(&mut self) -> u32 {
        let tag = self.next_tag;
        self.next_tag = following_tag(tag);
        tag
    }

    pub(super) fn issue_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }
}

/// Whether a request passes by the order of requests. A NOP-Out that wants no answer always does (RFC 7143, 11.18.1).
fn is_immediate(head: &Head) -> bool {
    head.bhs.is_immediate() || head.bhs.initiator_task_tag() == RESERVED_TAG
}
