//! Data for the device, as they reach the tasks of a session (RFC 7143, 4.2.5.2, 11.7 and 11.8).

use super::Link;
use super::event::{Outcome, TaskId};
use super::gather::{Gather, PROTOCOL_SERVICE_CRC_ERROR};
use super::session::{Incoming, Session};
use super::tasks::{State, Task};
use crate::framer::Head;
use crate::params::Parameters;
use crate::pdu::{
    CommandFlags, DataFlags, DataOut, RESERVED_TAG, ReadyToTransfer, RejectReason, ScsiCommand,
};

/// What requests for data are made of while they are being made.
struct Asking<'a> {
    link: &'a mut Link,
    parameters: &'a Parameters,
    reserved: usize,
    next_tag: u32,
    /// StatSN, ExpCmdSN, MaxCmdSN.
    numbers: (u32, u32, u32),
}

impl Session {
    /// Room for the data of a command, as far as they come unasked.
    pub(super) fn gather(&mut self, link: &mut Link, header: &ScsiCommand, immediate: usize) -> Gather {
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

    /// A data PDU announces itself.
    pub(super) fn admit_data(&mut self, head: &Head, header: DataOut) -> Incoming {
        // Data of a task that has ended meanwhile are no mistake.
        let Some(task) = self.tasks.by_itt(header.initiator_task_tag) else {
            return Incoming::Discard { head: head.clone(), reject: None };
        };
        let id = task.id;
        if task.refusal.is_none() {
            match task.gather.place(&header, head.data_length()) {
                Ok(offset) => return Incoming::DataOut { task: id, header, offset, head: head.clone() },
                Err(code) => task.refusal = Some(Outcome::check_condition(code)),
            }
        }
        Incoming::Refused { task: id, header }
    }

    /// The place of the data segment that is underway, if it is a task's.
    pub(super) fn place_of(&mut self, incoming: &Incoming) -> Option<&mut [u8]> {
        let (task, offset, length) = match incoming {
            Incoming::Command { task, head } => (*task, 0, head.data_length()),
            Incoming::DataOut { task, offset, head, .. } => (*task, *offset, head.data_length()),
            Incoming::Discard { .. } | Incoming::Refused { .. } | Incoming::Request { .. } => return None,
        };
        self.tasks.get_mut(task)?.gather.data.get_mut(offset..offset + length)
    }

    /// The data of a PDU have come.
    pub(super) fn data_arrived(
        &mut self,
        link: &mut Link,
        id: TaskId,
        header: &DataOut,
        head: &Head,
        is_intact: bool,
    ) {
        if !is_intact {
            self.reject(link, RejectReason::DATA_DIGEST_ERROR, head);
        }
        let parameters = self.parameters;
        let Some(task) = self.tasks.get_mut(id) else { return };
        if is_intact {
            let Err(code) = task.gather.arrived(header, head.data_length(), &parameters) else { return };
            task.refusal = Some(Outcome::check_condition(code));
            self.refuse(link, id);
        } else {
            task.refusal = Some(Outcome::check_condition(PROTOCOL_SERVICE_CRC_ERROR));
            self.data_refused(link, id, header);
        }
    }

    /// Data came that are not used.
    pub(super) fn data_refused(&mut self, link: &mut Link, id: TaskId, header: &DataOut) {
        if header.flags.contains(DataFlags::FINAL)
            && let Some(task) = self.tasks.get_mut(id)
        {
            task.gather.end_sequence(header.target_transfer_tag);
            self.refuse(link, id);
        }
    }

    /// Ends a task that was refused, once its turn has come and nothing of its data is on the way any longer.
    pub(super) fn refuse(&mut self, link: &mut Link, id: TaskId) {
        let Some(task) = self.tasks.get_mut(id) else { return };
        if task.state == State::Arriving || task.gather.is_expecting() {
            return;
        }
        if let Some(outcome) = task.refusal {
            self.end_task(link, id, &outcome);
        }
    }

    /// Asks for data, as far as memory goes.
    ///
    /// The command whose turn is next gets its memory in any case, or those behind it would hold theirs for ever; it waits for what will be
    /// answered only.
    pub(super) fn solicit(&mut self, link: &mut Link) {
        let is_held_above =
            self.tasks.iter_mut().any(|task| task.state == State::Delivered && task.reserved > 0);
        let first = self.order.front().map(|queued| queued.task).filter(|_| !is_held_above);
        let mut asking = Asking {
            reserved: self.reserved,
            next_tag: self.next_tag,
            numbers: (self.stat_sn, self.window.expected(), self.window.last()),
            parameters: &self.parameters,
            link,
        };
        if let Some(task) = first.and_then(|id| self.tasks.get_mut(id)).filter(|task| waits(task)) {
            asking.ask(task, true);
        }
        for task in self.tasks.iter_mut().filter(|task| waits(task)) {
            if !asking.ask(task, false) {
                break;
            }
        }
        (self.reserved, self.next_tag) = (asking.reserved, asking.next_tag);
    }
}

/// Whether data of a task are to be asked for.
fn waits(task: &Task) -> bool {
    task.state == State::Queued && task.refusal.is_none() && task.gather.is_waiting()
}

impl Asking<'_> {
    /// Asks for data of a task; says whether there was memory for them.
    fn ask(&mut self, task: &mut Task, may_exceed: bool) -> bool {
        let more = task.gather.wanted - task.reserved;
        let is_too_much = self.reserved + more > self.link.limits.session_data_out;
        if more > 0 && is_too_much && !may_exceed && self.reserved > 0 {
            return false;
        }
        if more > 0 {
            if task.gather.data.is_empty() {
                task.gather.data = self.link.outbox.spare().unwrap_or_default();
            }
            task.gather.data.resize(task.gather.wanted, 0);
            task.reserved += more;
            self.reserved += more;
        }
        while let Some(wanted) = task.gather.ask(self.next_tag, self.parameters) {
            let r2t = ReadyToTransfer {
                lun: task.header.lun,
                initiator_task_tag: task.itt(),
                target_transfer_tag: self.next_tag,
                stat_sn: self.numbers.0,
                exp_cmd_sn: self.numbers.1,
                max_cmd_sn: self.numbers.2,
                r2t_sn: wanted.r2t_sn,
                buffer_offset: wanted.offset as u32,
                desired_data_transfer_length: wanted.length as u32,
            };
            self.link.outbox.push(r2t.encode(), &[]);
            self.next_tag = following_tag(self.next_tag);
        }
        true
    }
}

/// Whether unsolicited data follow a command with so many immediate ones.
pub(super) fn has_more(header: &ScsiCommand, immediate: usize) -> bool {
    !header.flags.contains(CommandFlags::FINAL) && immediate < header.expected_data_transfer_length as usize
}

/// The next target transfer tag; one value has a meaning of its own.
pub(super) fn following_tag(tag: u32) -> u32 {
    match tag.wrapping_add(1) {
        RESERVED_TAG => 0,
        tag => tag,
    }
}
