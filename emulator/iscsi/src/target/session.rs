//! The full feature phase: requests in their order (RFC 7143, section 4.2).

use super::event::{CloseReason, Event, Outcome, RequestId, SessionInfo, TaskId};
use super::exchange::Exchange;
use super::gather::{
    Gather, INCORRECT_AMOUNT_OF_DATA, PROTOCOL_SERVICE_CRC_ERROR, UNEXPECTED_UNSOLICITED_DATA,
};
use super::login::Established;
use super::manage::Managed;
use super::tasks::{State, Task, Tasks};
use super::window::{Place, Window};
use super::{Limits, Link};
use crate::framer::Head;
use crate::params::Parameters;
use crate::pdu::{
    Additional, Bhs, CommandFlags, DataFlags, DataOut, LogoutRequest, NopOut, RESERVED_TAG, ReadyToTransfer,
    RejectReason, Request, ScsiCommand, TaskManagementRequest, TextRequest,
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
    pub(super) cid: u16,
    pub(super) stat_sn: u32,
    pub(super) window: Window,
    pub(super) tasks: Tasks,
    /// Requests whose turn has not come, by CmdSN.
    held: BTreeMap<u32, Held>,
    /// Commands in order that had their turn and were not told of.
    order: VecDeque<TaskId>,
    pub(super) managed: BTreeMap<RequestId, Managed>,
    pub(super) exchange: Exchange,
    /// Tag and time of the ping that was not answered yet.
    pub(super) ping: Option<(u32, Duration)>,
    /// When the initiator is to be gone, after it was asked.
    pub(super) deadline: Option<Duration>,
    /// Bytes of data for the device, held or promised.
    reserved: usize,
    next_tag: u32,
    next_id: u64,
}

/// A request whose turn has not come.
#[derive(Debug)]
pub(super) enum Held {
    Command(TaskId),
    Other(Request, Vec<u8>),
    /// It was aborted before it came.
    Void,
}

/// What a header that arrived announces.
#[derive(Debug)]
pub(super) enum Incoming {
    /// Immediate data go to the task.
    Command { task: TaskId, bhs: Bhs },
    /// Data go to the task, to this place.
    DataOut { task: TaskId, header: DataOut, offset: usize, bhs: Bhs },
    /// The data segment is received and forgotten.
    Discard { bhs: Bhs, reject: Option<RejectReason> },
    /// Data that cannot be used, of a task that ends once its sequence does.
    Refused { task: TaskId, is_final: bool },
    /// The data segment is the request's own.
    Request { request: Request, bhs: Bhs },
}

impl Session {
    pub(super) fn new(established: Established, limits: &Limits) -> Session {
        Session {
            info: established.session,
            parameters: established.parameters,
            cid: established.cid,
            stat_sn: established.stat_sn,
            window: Window::new(established.cmd_sn, limits.queue_depth),
            tasks: Tasks::default(),
            held: BTreeMap::new(),
            order: VecDeque::new(),
            managed: BTreeMap::new(),
            exchange: Exchange::default(),
            ping: None,
            deadline: None,
            reserved: 0,
            next_tag: 0,
            next_id: 0,
        }
    }

    /// A header arrived: decides where its data segment goes.
    pub(super) fn admit(&mut self, link: &mut Link, head: &Head) -> Result<Incoming, CloseReason> {
        let bhs = head.bhs;
        let discard = |reject| Ok(Incoming::Discard { bhs, reject });
        let Some(request) = Request::parse(&bhs) else {
            return discard(Some(RejectReason::COMMAND_NOT_SUPPORTED));
        };
        let is_discovery = self.info.target.is_none();
        match request {
            Request::DataOut(header) => Ok(self.admit_data(bhs, header)),
            Request::Login(_) => discard(Some(RejectReason::PROTOCOL_ERROR)),
            Request::Snack(_) => discard(Some(RejectReason::SNACK_REJECT)),
            Request::ScsiCommand(_) | Request::TaskManagement(_) if is_discovery => {
                discard(Some(RejectReason::PROTOCOL_ERROR))
            }
            Request::ScsiCommand(header) => self.admit_command(link, head, header),
            Request::Logout(LogoutRequest { cmd_sn, .. })
            | Request::NopOut(NopOut { cmd_sn, .. })
            | Request::TaskManagement(TaskManagementRequest { cmd_sn, .. })
            | Request::Text(TextRequest { cmd_sn, .. }) => {
                if bhs.is_immediate() || self.is_wanted(cmd_sn) {
                    Ok(Incoming::Request { request, bhs })
                } else {
                    discard(None)
                }
            }
        }
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
        let bhs = head.bhs;
        let discard = |reject| Ok(Incoming::Discard { bhs, reject });
        if header.initiator_task_tag == RESERVED_TAG {
            return Err(CloseReason::Protocol("a command without a task tag"));
        }
        if !bhs.is_immediate() && !self.is_wanted(header.cmd_sn) {
            return discard(None);
        }
        if self.tasks.by_itt(header.initiator_task_tag).is_some() {
            return discard(Some(RejectReason::TASK_IN_PROGRESS));
        }
        if bhs.is_immediate() && self.tasks.immediate() + self.managed.len() >= link.limits.immediate_requests
        {
            return discard(Some(RejectReason::IMMEDIATE_COMMAND_REJECT));
        }
        let refusal = self.refusal(head, &header)?;
        let gather = match &refusal {
            None => self.gather(link, &header, bhs.data_length()),
            Some(_) => Gather::default(),
        };
        let task = self.issue_id();
        let id = TaskId(task);
        self.tasks.insert(Task {
            id,
            header,
            immediate: bhs.is_immediate(),
            state: State::Arriving,
            reserved: gather.unasked(),
            gather,
            refusal: refusal.map(Outcome::check_condition),
        });
        Ok(Incoming::Command { task: id, bhs })
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

    /// Room for the data of a command, as far as they come unasked.
    fn gather(&mut self, link: &mut Link, header: &ScsiCommand, immediate: usize) -> Gather {
        if !header.flags.contains(CommandFlags::WRITE) {
            return Gather::default();
        }
        let expected = header.expected_data_transfer_length;
        let most = link.limits.data_out_length.max(self.parameters.unsolicited_length());
        let follows = has_more(header, immediate);
        let mut gather = Gather::new(expected.min(most) as usize, immediate, follows, &self.parameters);
        if gather.unasked() > 0 {
            gather.data = link.outbox.spare().unwrap_or_default();
            gather.data.resize(gather.unasked(), 0);
            self.reserved += gather.unasked();
        }
        gather
    }

    fn admit_data(&mut self, bhs: Bhs, header: DataOut) -> Incoming {
        let discard = Incoming::Discard { bhs, reject: None };
        // Data of a task that has ended meanwhile are no mistake.
        let Some(task) = self.tasks.by_itt(header.initiator_task_tag) else { return discard };
        let id = task.id;
        let is_final = header.flags.contains(DataFlags::FINAL);
        if task.refusal.is_some() {
            return Incoming::Refused { task: id, is_final };
        }
        match task.gather.place(&header, bhs.data_length()) {
            Ok(offset) => Incoming::DataOut { task: id, header, offset, bhs },
            Err(code) => {
                task.refusal = Some(Outcome::check_condition(code));
                Incoming::Refused { task: id, is_final }
            }
        }
    }

    /// The place of the data segment that is underway, if it is a task's.
    pub(super) fn place_of(&mut self, incoming: &Incoming) -> Option<&mut [u8]> {
        let (task, offset, length) = match incoming {
            Incoming::Command { task, bhs } => (*task, 0, bhs.data_length()),
            Incoming::DataOut { task, offset, bhs, .. } => (*task, *offset, bhs.data_length()),
            Incoming::Discard { .. } | Incoming::Refused { .. } | Incoming::Request { .. } => return None,
        };
        self.tasks.get_mut(task)?.gather.data.get_mut(offset..offset + length)
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
            Incoming::Discard { bhs, reject } => {
                if let Some(reason) = reject {
                    self.reject(link, reason, &bhs);
                }
            }
            Incoming::Command { task, bhs } if !is_intact => {
                self.drop_task(link, task);
                self.reject(link, RejectReason::DATA_DIGEST_ERROR, &bhs);
            }
            Incoming::Request { bhs, .. } if !is_intact => {
                self.reject(link, RejectReason::DATA_DIGEST_ERROR, &bhs)
            }
            Incoming::Command { task, bhs } => {
                if let Some(task) = self.tasks.get_mut(task) {
                    task.gather.immediate(bhs.data_length());
                }
                let cmd_sn = ScsiCommand::parse(&bhs).cmd_sn;
                self.sequence(link, bhs.is_immediate(), cmd_sn, Held::Command(task))?;
            }
            Incoming::Request { request, bhs } => {
                let cmd_sn = u32::from_be_bytes([bhs.0[24], bhs.0[25], bhs.0[26], bhs.0[27]]);
                self.sequence(link, bhs.is_immediate(), cmd_sn, Held::Other(request, segment))?;
            }
            Incoming::DataOut { task, header, bhs, .. } => {
                self.data_arrived(link, task, &header, &bhs, is_intact)
            }
            Incoming::Refused { task, is_final } => {
                if is_final {
                    self.refuse(link, task);
                }
            }
        }
        self.pump(link);
        Ok(())
    }

    fn data_arrived(&mut self, link: &mut Link, id: TaskId, header: &DataOut, bhs: &Bhs, is_intact: bool) {
        if !is_intact {
            self.reject(link, RejectReason::DATA_DIGEST_ERROR, bhs);
        }
        let parameters = self.parameters;
        let Some(task) = self.tasks.get_mut(id) else { return };
        let outcome = match is_intact {
            true => task.gather.arrived(header, bhs.data_length(), &parameters),
            false => Err(PROTOCOL_SERVICE_CRC_ERROR),
        };
        if let Err(code) = outcome {
            task.refusal = Some(Outcome::check_condition(code));
            if header.flags.contains(DataFlags::FINAL) {
                self.refuse(link, id);
            }
        }
    }

    /// Ends a task that was refused, once its turn has come.
    fn refuse(&mut self, link: &mut Link, id: TaskId) {
        let Some(task) = self.tasks.get_mut(id) else { return };
        if task.state == State::Arriving {
            return;
        }
        if let Some(outcome) = task.refusal {
            self.end_task(link, id, &outcome);
        }
    }

    /// Carries out a request when its turn has come, and those that waited for it.
    fn sequence(
        &mut self,
        link: &mut Link,
        immediate: bool,
        cmd_sn: u32,
        item: Held,
    ) -> Result<(), CloseReason> {
        if immediate {
            self.run(link, true, item)?;
        } else if self.window.place(cmd_sn) == Place::Next {
            self.window.advance();
            self.run(link, false, item)?;
        } else {
            self.held.insert(cmd_sn, item);
        }
        while let Some(item) = self.held.remove(&self.window.expected()) {
            self.window.advance();
            self.run(link, false, item)?;
        }
        Ok(())
    }

    fn run(&mut self, link: &mut Link, immediate: bool, item: Held) -> Result<(), CloseReason> {
        match item {
            Held::Command(id) => {
                let Some(task) = self.tasks.get_mut(id) else { return Ok(()) };
                task.state = State::Queued;
                if task.refusal.is_some() {
                    self.refuse(link, id);
                } else if !task.immediate {
                    self.order.push_back(id);
                }
            }
            Held::Other(Request::Logout(request), _) => return self.logout(link, &request),
            Held::Other(Request::NopOut(ping), data) => self.ping_arrived(link, &ping, &data),
            Held::Other(Request::TaskManagement(request), _) => self.manage(link, immediate, &request),
            Held::Other(Request::Text(request), data) => self.text(link, &request, &data)?,
            Held::Other(..) | Held::Void => {}
        }
        Ok(())
    }

    /// Whether a request with that number is still to come, before `before`; if so, it will be without effect.
    pub(super) fn void(&mut self, cmd_sn: u32, before: u32) -> bool {
        let is_to_come = self.is_wanted(cmd_sn) && crate::serial::is_before(cmd_sn, before);
        if is_to_come {
            self.held.insert(cmd_sn, Held::Void);
        }
        is_to_come
    }

    /// Asks for data as far as memory goes, and tells of commands whose data are complete.
    pub(super) fn pump(&mut self, link: &mut Link) {
        self.solicit(link);
        while let Some(id) = self.order.front().copied() {
            match self.tasks.get_mut(id) {
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

    fn solicit(&mut self, link: &mut Link) {
        let (mut reserved, mut next_tag) = (self.reserved, self.next_tag);
        let (stat_sn, exp_cmd_sn, max_cmd_sn) = (self.stat_sn, self.window.expected(), self.window.last());
        let is_held_above =
            self.tasks.iter_mut().any(|task| task.state == State::Delivered && task.reserved > 0);
        let mut is_first = true;
        for task in self.tasks.iter_mut().filter(|task| task.state == State::Queued && task.refusal.is_none())
        {
            // The first one has to get its memory, or those behind it would hold theirs for ever; it waits for what will be answered only.
            let may_exceed = core::mem::take(&mut is_first) && !is_held_above;
            if !task.gather.is_waiting() {
                continue;
            }
            let more = task.gather.wanted - task.reserved;
            if more > 0 && !may_exceed && reserved + more > link.limits.session_data_out {
                break;
            }
            if more > 0 {
                if task.gather.data.is_empty() {
                    task.gather.data = link.outbox.spare().unwrap_or_default();
                }
                task.gather.data.resize(task.gather.wanted, 0);
                task.reserved += more;
                reserved += more;
            }
            while let Some(wanted) = task.gather.ask(next_tag, &self.parameters) {
                let r2t = ReadyToTransfer {
                    lun: task.header.lun,
                    initiator_task_tag: task.itt(),
                    target_transfer_tag: next_tag,
                    stat_sn,
                    exp_cmd_sn,
                    max_cmd_sn,
                    r2t_sn: wanted.r2t_sn,
                    buffer_offset: wanted.offset as u32,
                    desired_data_transfer_length: wanted.length as u32,
                };
                link.outbox.push(r2t.encode(), &[]);
                next_tag = following_tag(next_tag);
            }
        }
        (self.reserved, self.next_tag) = (reserved, next_tag);
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

/// Whether unsolicited data follow a command with so many immediate ones.
fn has_more(header: &ScsiCommand, immediate: usize) -> bool {
    !header.flags.contains(CommandFlags::FINAL) && immediate < header.expected_data_transfer_length as usize
}

/// The next target transfer tag; one value has a meaning of its own.
fn following_tag(tag: u32) -> u32 {
    match tag.wrapping_add(1) {
        RESERVED_TAG => 0,
        tag => tag,
    }
}
