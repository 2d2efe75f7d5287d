//! The full feature phase of an initiator.

use super::Link;
use super::command::{Command, Data, Kind, Ordered, Pending, Queued, Tag, Task};
use super::event::{CloseReason, Completion, Event, Residual};
use super::login::Established;
use crate::framer::Place;
use crate::params::Parameters;
use crate::pdu::{
    AsyncMessage, Bhs, CommandFlags, DataFlags, DataIn, DataOut, LogoutReason, LogoutRequest, LogoutResponse,
    LogoutResponseCode, Lun, NopIn, NopOut, RESERVED_TAG, ReadyToTransfer, Reject, Response, ResponseFlags,
    ScsiResponse, ScsiResponseCode, SnackRequest, TaskManagementFunction, TaskManagementRequest,
    TaskManagementResponse, TaskManagementResponseCode,
};
use crate::serial::{is_before, later};
use discrig_wire::SenseBuffer;
use std::collections::VecDeque;

/// A session in full feature phase.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) parameters: Parameters,
    pub(super) cmd_sn: u32,
    max_cmd_sn: u32,
    pub(super) exp_stat_sn: u32,
    last_tag: u32,
    pub(super) pending: Vec<Pending>,
    queue: VecDeque<Queued>,
}

pub(super) const UNKNOWN_TASK: CloseReason = CloseReason::Protocol("an answer to nothing");

impl Session {
    pub(super) fn new(established: &Established) -> Session {
        Session {
            parameters: established.parameters,
            cmd_sn: established.cmd_sn,
            max_cmd_sn: established.max_cmd_sn,
            exp_stat_sn: established.exp_stat_sn,
            last_tag: super::login::LOGIN_TAG,
            pending: Vec::new(),
            queue: VecDeque::new(),
        }
    }

    /// Sends a command, or queues it for when the window has room; `None` when the queue is full.
    pub(super) fn command(&mut self, link: &mut Link, command: Command) -> Option<Tag> {
        let tag = self.issue_tag();
        if command.immediate {
            self.send_command(link, tag, command);
            return Some(tag);
        }
        self.enqueue(link, Queued { tag, request: Ordered::Command(command) })
    }

    /// Sends a task management function at once, or in its order.
    pub(super) fn manage(
        &mut self,
        link: &mut Link,
        function: TaskManagementFunction,
        lun: Lun,
        task: Option<Tag>,
        immediate: bool,
    ) -> Option<Tag> {
        let tag = self.issue_tag();
        if immediate {
            self.send_management(link, tag, function, lun, task, true);
            return Some(tag);
        }
        self.enqueue(link, Queued { tag, request: Ordered::Management { function, lun, task } })
    }

    pub(super) fn ping(&mut self, link: &mut Link, data: &[u8]) -> Tag {
        let tag = self.issue_tag();
        let ping = NopOut {
            lun: Lun::ZERO,
            initiator_task_tag: tag.0,
            target_transfer_tag: RESERVED_TAG,
            cmd_sn: self.cmd_sn,
            exp_stat_sn: self.exp_stat_sn,
        };
        push_immediate(link, ping.encode(), &data[..data.len().min(self.segment_length())]);
        self.expect(tag, Kind::Ping);
        tag
    }

    pub(super) fn logout(&mut self, link: &mut Link, reason: LogoutReason) -> Tag {
        let tag = self.issue_tag();
        let request = LogoutRequest {
            reason,
            initiator_task_tag: tag.0,
            cid: 0,
            cmd_sn: self.cmd_sn,
            exp_stat_sn: self.exp_stat_sn,
        };
        push_immediate(link, request.encode(), &[]);
        self.expect(tag, Kind::Logout);
        tag
    }

    /// Where the data segment of a response goes.
    pub(super) fn admit(&mut self, response: &Response, length: usize) -> Result<Place, CloseReason> {
        let Response::DataIn(header) = response else { return Ok(Place::Segment) };
        let task = self.task(header.initiator_task_tag).ok_or(UNKNOWN_TASK)?;
        if header.data_sn != task.data_sn {
            return Err(CloseReason::Protocol("Data-In out of order"));
        }
        if header.buffer_offset as usize != task.received || length > task.data_in.len() - task.received {
            return Err(CloseReason::Protocol("Data-In for a place that it does not have"));
        }
        task.data_sn = task.data_sn.wrapping_add(1);
        Ok(Place::External)
    }

    /// The place of a data segment that goes to a task.
    pub(super) fn place_of(&mut self, response: &Response, length: usize) -> Option<&mut [u8]> {
        let Response::DataIn(header) = response else { return None };
        let task = self.task(header.initiator_task_tag)?;
        task.data_in.get_mut(task.received..task.received + length)
    }

    /// A PDU is complete, with its data segment if it has one of its own.
    pub(super) fn complete(
        &mut self,
        link: &mut Link,
        response: &Response,
        length: usize,
        segment: &[u8],
    ) -> Result<(), CloseReason> {
        match response {
            Response::Async(message) => self.message(link, message, segment),
            Response::DataIn(header) => self.data_in(link, header, length)?,
            Response::Login(_) => return Err(CloseReason::Protocol("a login response after the login")),
            Response::Logout(answer) => self.logged_out(answer)?,
            Response::NopIn(nop) => self.nop(link, nop, segment)?,
            Response::ReadyToTransfer(header) => self.ready_to_transfer(link, header)?,
            Response::Reject(reject) => self.rejected(link, reject, segment),
            Response::ScsiResponse(answer) => self.answered(link, answer, segment)?,
            Response::TaskManagement(answer) => self.managed(link, answer)?,
            Response::Text(answer) => self.text_answered(link, answer, segment)?,
        }
        self.pump(link);
        Ok(())
    }

    fn message(&mut self, link: &mut Link, message: &AsyncMessage, segment: &[u8]) {
        self.count(message.stat_sn, message.exp_cmd_sn, message.max_cmd_sn);
        link.events.push_back(Event::Message(*message, sense(segment)));
    }

    fn data_in(&mut self, link: &mut Link, header: &DataIn, length: usize) -> Result<(), CloseReason> {
        let task = self.task(header.initiator_task_tag).ok_or(UNKNOWN_TASK)?;
        task.received += length;
        if !header.flags.contains(DataFlags::STATUS) {
            self.open(header.exp_cmd_sn, header.max_cmd_sn);
            return Ok(());
        }
        self.count(header.stat_sn, header.exp_cmd_sn, header.max_cmd_sn);
        let flags = ResponseFlags::from_bits_retain(header.flags.bits());
        let completion = Completion {
            tag: Tag(header.initiator_task_tag),
            response: ScsiResponseCode::COMPLETED,
            status: header.status,
            sense: SenseBuffer::EMPTY,
            data_in: Vec::new(),
            residual: residual(flags, header.residual_count),
        };
        self.end(link, completion)
    }

    fn answered(
        &mut self,
        link: &mut Link,
        answer: &ScsiResponse,
        segment: &[u8],
    ) -> Result<(), CloseReason> {
        self.count(answer.stat_sn, answer.exp_cmd_sn, answer.max_cmd_sn);
        let completion = Completion {
            tag: Tag(answer.initiator_task_tag),
            response: answer.response,
            status: answer.status,
            sense: sense(segment),
            data_in: Vec::new(),
            residual: residual(answer.flags, answer.residual_count),
        };
        self.end(link, completion)
    }

    /// Ends a command with what came for it.
    fn end(&mut self, link: &mut Link, completion: Completion) -> Result<(), CloseReason> {
        match self.take(completion.tag.0).map(|pending| pending.kind) {
            Some(Kind::Command(task)) => {
                let mut data_in = task.data_in;
                data_in.truncate(task.received);
                link.events.push_back(Event::Completed(Completion { data_in, ..completion }));
                Ok(())
            }
            _ => Err(UNKNOWN_TASK),
        }
    }

    fn ready_to_transfer(&mut self, link: &mut Link, header: &ReadyToTransfer) -> Result<(), CloseReason> {
        self.open(header.exp_cmd_sn, header.max_cmd_sn);
        let exp_stat_sn = self.exp_stat_sn;
        let (segment, burst) = (self.segment_length(), self.parameters.max_burst_length as usize);
        let task = self.task(header.initiator_task_tag).ok_or(UNKNOWN_TASK)?;
        let (start, length) = (header.buffer_offset as usize, header.desired_data_transfer_length as usize);
        let wrong = CloseReason::Protocol("a request for data that there are not");
        if header.r2t_sn != task.r2t_sn || length == 0 || length > burst {
            return Err(wrong);
        }
        let data = start.checked_add(length).and_then(|end| task.data_out.get(start..end)).ok_or(wrong)?;
        task.r2t_sn = task.r2t_sn.wrapping_add(1);
        let sequence = DataOut {
            flags: DataFlags::empty(),
            lun: header.lun,
            initiator_task_tag: header.initiator_task_tag,
            target_transfer_tag: header.target_transfer_tag,
            exp_stat_sn,
            data_sn: 0,
            buffer_offset: header.buffer_offset,
        };
        push_sequence(link, sequence, data, segment);
        Ok(())
    }

    fn nop(&mut self, link: &mut Link, nop: &NopIn, segment: &[u8]) -> Result<(), CloseReason> {
        if nop.initiator_task_tag != RESERVED_TAG {
            self.count(nop.stat_sn, nop.exp_cmd_sn, nop.max_cmd_sn);
            let pending = self.take(nop.initiator_task_tag).ok_or(UNKNOWN_TASK)?;
            if !matches!(pending.kind, Kind::Plug) {
                link.events.push_back(Event::Pong(pending.tag, segment.to_vec()));
            }
            return Ok(());
        }
        self.open(nop.exp_cmd_sn, nop.max_cmd_sn);
        if nop.target_transfer_tag != RESERVED_TAG {
            let answer = NopOut {
                lun: nop.lun,
                initiator_task_tag: RESERVED_TAG,
                target_transfer_tag: nop.target_transfer_tag,
                cmd_sn: self.cmd_sn,
                exp_stat_sn: self.exp_stat_sn,
            };
            push_immediate(link, answer.encode(), &[]);
        }
        Ok(())
    }

    fn rejected(&mut self, link: &mut Link, reject: &Reject, segment: &[u8]) {
        self.count(reject.stat_sn, reject.exp_cmd_sn, reject.max_cmd_sn);
        let header = segment.first_chunk().copied().map(Bhs);
        let pending = header.and_then(|bhs| self.take(bhs.initiator_task_tag()));
        if let Some(bhs) = header {
            self.plug(link, &bhs, reject.exp_cmd_sn);
        }
        link.events.push_back(Event::Rejected(pending.map(|pending| pending.tag), reject.reason));
    }

    /// A rejected request counts as not received. Without another one in its place, nothing behind it would be carried out (RFC 7143, 7.3).
    fn plug(&mut self, link: &mut Link, rejected: &Bhs, exp_cmd_sn: u32) {
        let cmd_sn = rejected.cmd_sn();
        let has_place = !rejected.is_immediate()
            && !matches!(rejected.opcode(), DataOut::OPCODE | SnackRequest::OPCODE)
            && !is_before(cmd_sn, exp_cmd_sn)
            && is_before(cmd_sn, self.cmd_sn);
        if has_place {
            let tag = self.issue_tag();
            let ping = NopOut {
                lun: Lun::ZERO,
                initiator_task_tag: tag.0,
                target_transfer_tag: RESERVED_TAG,
                cmd_sn,
                exp_stat_sn: self.exp_stat_sn,
            };
            link.outbox.push(ping.encode(), &[]);
            self.pending.push(Pending { tag, cmd_sn, kind: Kind::Plug });
        }
    }

    fn managed(&mut self, link: &mut Link, answer: &TaskManagementResponse) -> Result<(), CloseReason> {
        self.count(answer.stat_sn, answer.exp_cmd_sn, answer.max_cmd_sn);
        let pending = self.take(answer.initiator_task_tag).ok_or(UNKNOWN_TASK)?;
        let Kind::Management { function, lun, task } = pending.kind else { return Err(UNKNOWN_TASK) };
        if answer.response == TaskManagementResponseCode::FUNCTION_COMPLETE {
            let before = pending.tag.0;
            let concerned = |other: &mut Pending| match &other.kind {
                Kind::Command(command) if function == TaskManagementFunction::ABORT_TASK => {
                    command.lun == lun && Some(other.tag) == task
                }
                Kind::Command(command) => {
                    let is_everywhere = matches!(
                        function,
                        TaskManagementFunction::TARGET_WARM_RESET | TaskManagementFunction::TARGET_COLD_RESET
                    );
                    is_before(other.tag.0, before) && (is_everywhere || command.lun == lun)
                }
                _ => false,
            };
            let aborted = self.pending.extract_if(.., concerned).map(|pending| Event::Aborted(pending.tag));
            link.events.extend(aborted);
        }
        link.events.push_back(Event::TaskManagement(pending.tag, answer.response));
        Ok(())
    }

    fn logged_out(&mut self, answer: &LogoutResponse) -> Result<(), CloseReason> {
        let pending = self.take(answer.initiator_task_tag).ok_or(UNKNOWN_TASK)?;
        match pending.kind {
            Kind::Logout if answer.response == LogoutResponseCode::CLOSED => Err(CloseReason::LoggedOut),
            Kind::Logout => Err(CloseReason::Protocol("a logout that is refused")),
            _ => Err(UNKNOWN_TASK),
        }
    }

    fn enqueue(&mut self, link: &mut Link, request: Queued) -> Option<Tag> {
        if self.queue.len() >= link.config.queue_length {
            return None;
        }
        let tag = request.tag;
        self.queue.push_back(request);
        self.pump(link);
        Some(tag)
    }

    /// Sends what waits, as far as the window goes.
    fn pump(&mut self, link: &mut Link) {
        while !is_before(self.max_cmd_sn, self.cmd_sn)
            && let Some(queued) = self.queue.pop_front()
        {
            match queued.request {
                Ordered::Command(command) => self.send_command(link, queued.tag, command),
                Ordered::Management { function, lun, task } => {
                    self.send_management(link, queued.tag, function, lun, task, false);
                }
            }
        }
    }

    fn send_management(
        &mut self,
        link: &mut Link,
        tag: Tag,
        function: TaskManagementFunction,
        lun: Lun,
        task: Option<Tag>,
        immediate: bool,
    ) {
        let referenced = task.and_then(|task| self.pending.iter().find(|pending| pending.tag == task));
        let request = TaskManagementRequest {
            function,
            lun,
            initiator_task_tag: tag.0,
            referenced_task_tag: task.map_or(RESERVED_TAG, |task| task.0),
            cmd_sn: self.cmd_sn,
            exp_stat_sn: self.exp_stat_sn,
            ref_cmd_sn: referenced.map_or(0, |pending| pending.cmd_sn),
            exp_data_sn: 0,
        };
        let mut bhs = request.encode();
        bhs.set_immediate(immediate);
        link.outbox.push(bhs, &[]);
        self.expect(tag, Kind::Management { function, lun, task });
        if !immediate {
            self.cmd_sn = self.cmd_sn.wrapping_add(1);
        }
    }

    fn send_command(&mut self, link: &mut Link, tag: Tag, command: Command) {
        let mut header = command.header(tag);
        header.cmd_sn = self.cmd_sn;
        header.exp_stat_sn = self.exp_stat_sn;
        let (data_in, data_out) = match command.data {
            Data::In(length) => (vec![0; length as usize], Vec::new()),
            Data::None => (Vec::new(), Vec::new()),
            Data::Out(bytes) => (Vec::new(), bytes),
        };
        let unasked = data_out.len().min(self.parameters.unsolicited_length() as usize);
        let immediate = if self.parameters.immediate_data { unasked.min(self.segment_length()) } else { 0 };
        let follows = !self.parameters.initial_r2t && immediate < unasked;
        header.flags.set(CommandFlags::FINAL, !follows);
        let mut bhs = header.encode();
        bhs.set_immediate(command.immediate);
        link.outbox.push(bhs, &data_out[..immediate]);
        if follows {
            let sequence = DataOut {
                flags: DataFlags::empty(),
                lun: Lun::ZERO,
                initiator_task_tag: tag.0,
                target_transfer_tag: RESERVED_TAG,
                exp_stat_sn: self.exp_stat_sn,
                data_sn: 0,
                buffer_offset: immediate as u32,
            };
            push_sequence(link, sequence, &data_out[immediate..unasked], self.segment_length());
        }
        let task = Task { lun: command.lun, data_out, data_in, received: 0, data_sn: 0, r2t_sn: 0 };
        self.expect(tag, Kind::Command(Box::new(task)));
        if !command.immediate {
            self.cmd_sn = self.cmd_sn.wrapping_add(1);
        }
    }

    pub(super) fn expect(&mut self, tag: Tag, kind: Kind) {
        self.pending.push(Pending { tag, cmd_sn: self.cmd_sn, kind });
    }

    pub(super) fn take(&mut self, itt: u32) -> Option<Pending> {
        let index = self.pending.iter().position(|pending| pending.tag.0 == itt)?;
        Some(self.pending.remove(index))
    }

    fn task(&mut self, itt: u32) -> Option<&mut Task> {
        match &mut self.pending.iter_mut().find(|pending| pending.tag.0 == itt)?.kind {
            Kind::Command(task) => Some(task),
            _ => None,
        }
    }

    /// The longest data segment that is sent.
    pub(super) fn segment_length(&self) -> usize {
        self.parameters.max_recv_data_segment_length as usize
    }

    /// A response with status came.
    pub(super) fn count(&mut self, stat_sn: u32, exp_cmd_sn: u32, max_cmd_sn: u32) {
        self.exp_stat_sn = later(self.exp_stat_sn, stat_sn.wrapping_add(1));
        self.open(exp_cmd_sn, max_cmd_sn);
    }

    /// The window as the target tells it; what makes no sense is ignored (RFC 7143, 4.2.2.1).
    fn open(&mut self, exp_cmd_sn: u32, max_cmd_sn: u32) {
        if !is_before(max_cmd_sn, exp_cmd_sn.wrapping_sub(1)) {
            self.max_cmd_sn = later(self.max_cmd_sn, max_cmd_sn);
        }
    }

    pub(super) fn issue_tag(&mut self) -> Tag {
        self.last_tag = match self.last_tag.wrapping_add(1) {
            RESERVED_TAG => 1,
            tag => tag,
        };
        Tag(self.last_tag)
    }
}

pub(super) fn push_immediate(link: &mut Link, mut bhs: Bhs, data: &[u8]) {
    bhs.set_immediate(true);
    link.outbox.push(bhs, data);
}

/// A sequence of Data-Out PDUs, the last one marked.
fn push_sequence(link: &mut Link, mut header: DataOut, data: &[u8], segment: usize) {
    let mut rest = data;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(rest.len().min(segment));
        header.flags.set(DataFlags::FINAL, later.is_empty());
        link.outbox.push(header.encode(), now);
        header.data_sn = header.data_sn.wrapping_add(1);
        header.buffer_offset = header.buffer_offset.wrapping_add(now.len() as u32);
        rest = later;
    }
}

fn residual(flags: ResponseFlags, count: u32) -> Residual {
    match (flags.contains(ResponseFlags::OVERFLOW), flags.contains(ResponseFlags::UNDERFLOW)) {
        (true, _) => Residual::Overflow(count),
        (_, true) => Residual::Underflow(count),
        _ => Residual::None,
    }
}

/// Sense data behind their length.
fn sense(segment: &[u8]) -> SenseBuffer {
    let Some((length, rest)) = segment.split_first_chunk() else { return SenseBuffer::EMPTY };
    let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
    SenseBuffer::new(&rest[..length])
}
