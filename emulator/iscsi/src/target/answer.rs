//! Answers to commands: data, status and residuals (RFC 7143, 4.2.5.2, 11.4 and 11.7).

use super::Link;
use super::event::{Outcome, TaskId};
use super::session::Session;
use super::tasks::Task;
use crate::pdu::{Bhs, DataFlags, DataIn, Lun, RESERVED_TAG, ResponseFlags, ScsiResponse, ScsiResponseCode};

/// Bytes up to which data are copied to the outbox rather than sent from where they are.
const COPIED: usize = 2 << 10;

/// The difference between what was expected and what there was.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Residual {
    flags: ResponseFlags,
    count: u32,
}

impl Residual {
    fn new(expected: u32, transfer_length: u64) -> Residual {
        let expected = u64::from(expected);
        let flags = match transfer_length.cmp(&expected) {
            core::cmp::Ordering::Less => ResponseFlags::UNDERFLOW,
            core::cmp::Ordering::Equal => ResponseFlags::empty(),
            core::cmp::Ordering::Greater => ResponseFlags::OVERFLOW,
        };
        let count = u32::try_from(transfer_length.abs_diff(expected)).unwrap_or(u32::MAX);
        Residual { flags, count }
    }

    fn data_flags(self) -> DataFlags {
        DataFlags::from_bits_retain(self.flags.bits())
    }
}

/// One Data-In PDU of an answer.
struct Portion {
    data_sn: u32,
    offset: usize,
    length: usize,
    /// It ends a sequence.
    is_final: bool,
}

impl Session {
    /// Ends a task with status alone; `false` when there is no such task.
    pub(super) fn end_task(&mut self, link: &mut Link, id: TaskId, outcome: &Outcome) -> bool {
        let Some(task) = self.tasks.remove(id) else { return false };
        self.end(link, task, outcome, 0);
        true
    }

    /// Answers a task without data.
    pub(super) fn respond(&mut self, link: &mut Link, id: TaskId, outcome: &Outcome) -> bool {
        let Some(task) = self.tasks.take_delivered(id) else { return false };
        self.end(link, task, outcome, 0);
        self.pump(link);
        true
    }

    /// Answers a task with data that `fill` writes, once, into as much room as the initiator expects.
    pub(super) fn respond_with(
        &mut self,
        link: &mut Link,
        id: TaskId,
        outcome: &Outcome,
        fill: impl FnOnce(&mut [u8]) -> usize,
    ) -> bool {
        let Some(task) = self.tasks.take_delivered(id) else { return false };
        let most = self.data_length(&task, outcome);
        if most == 0 {
            self.end(link, task, outcome, 0);
        } else if most <= self.segment_length() && carries_status(outcome) {
            self.collapse(link, task, outcome, most, fill);
        } else {
            let mut data = link.outbox.spare().unwrap_or_default();
            data.resize(most, 0);
            let written = fill(&mut data).min(most);
            data.truncate(written);
            let outcome = shortened(outcome, written, most);
            self.send(link, task, &outcome, data, written);
        }
        self.pump(link);
        true
    }

    /// Answers a task with data.
    pub(super) fn respond_with_data(
        &mut self,
        link: &mut Link,
        id: TaskId,
        outcome: &Outcome,
        data: Vec<u8>,
    ) -> bool {
        let Some(task) = self.tasks.take_delivered(id) else { return false };
        let most = self.data_length(&task, outcome);
        let length = most.min(data.len());
        let outcome = shortened(outcome, length, most);
        self.send(link, task, &outcome, data, length);
        self.pump(link);
        true
    }

    /// How many bytes are sent: what there is, as far as the initiator expects it.
    fn data_length(&self, task: &Task, outcome: &Outcome) -> usize {
        let expected = if task.reads() { task.header.expected_data_transfer_length } else { 0 };
        outcome.transfer_length.min(u64::from(expected)) as usize
    }

    /// The longest Data-In PDU.
    fn segment_length(&self) -> usize {
        self.parameters.max_recv_data_segment_length.min(self.parameters.max_burst_length) as usize
    }

    /// All data in one PDU that carries the status, written in place.
    fn collapse(
        &mut self,
        link: &mut Link,
        task: Task,
        outcome: &Outcome,
        most: usize,
        fill: impl FnOnce(&mut [u8]) -> usize,
    ) {
        let header = task.header;
        self.release(link, task);
        let stat_sn = self.next_stat_sn();
        let (exp_cmd_sn, max_cmd_sn) = (self.window.expected(), self.open_window());
        link.outbox.push_with(most, fill, |written| {
            let outcome = shortened(outcome, written, most);
            let residual = Residual::new(header.expected_data_transfer_length, outcome.transfer_length);
            let data_in = DataIn {
                flags: DataFlags::FINAL | DataFlags::STATUS | residual.data_flags(),
                status: outcome.status,
                lun: Lun::ZERO,
                initiator_task_tag: header.initiator_task_tag,
                target_transfer_tag: RESERVED_TAG,
                stat_sn,
                exp_cmd_sn,
                max_cmd_sn,
                data_sn: 0,
                buffer_offset: 0,
                residual_count: residual.count,
            };
            data_in.encode()
        });
    }

    /// The first `length` bytes of `data` in as many PDUs as it takes, and the status in the last or behind it.
    fn send(&mut self, link: &mut Link, task: Task, outcome: &Outcome, data: Vec<u8>, length: usize) {
        if length == 0 {
            link.outbox.recycle(data);
            return self.end(link, task, outcome, 0);
        }
        let with_status = carries_status(outcome);
        let portions: Vec<_> = self.portions(length).collect();
        let count = portions.len();
        let mut task = Some(task);
        let is_copied = length <= COPIED;
        if !is_copied {
            link.outbox.hold(data);
            // What is in the outbox now is reached through it.
            return self.send_held(link, task.take(), outcome, &portions, with_status);
        }
        for (index, portion) in portions.iter().enumerate() {
            let is_last = index + 1 == count;
            let header = self.data_in(link, &mut task, outcome, portion, is_last && with_status);
            link.outbox.push(header, &data[portion.offset..portion.offset + portion.length]);
        }
        link.outbox.recycle(data);
        if let Some(task) = task {
            self.end(link, task, outcome, count as u32);
        }
    }

    fn send_held(
        &mut self,
        link: &mut Link,
        mut task: Option<Task>,
        outcome: &Outcome,
        portions: &[Portion],
        with_status: bool,
    ) {
        for (index, portion) in portions.iter().enumerate() {
            let is_last = index + 1 == portions.len();
            let header = self.data_in(link, &mut task, outcome, portion, is_last && with_status);
            link.outbox.push_held(header, portion.offset..portion.offset + portion.length, is_last);
        }
        if let Some(task) = task {
            self.end(link, task, outcome, portions.len() as u32);
        }
    }

    /// How data of so many bytes are cut: by what the initiator receives at once, and by the length of a burst.
    fn portions(&self, length: usize) -> impl Iterator<Item = Portion> + use<> {
        let (segment, burst) = (self.segment_length(), self.parameters.max_burst_length as usize);
        let (mut offset, mut data_sn) = (0, 0);
        core::iter::from_fn(move || {
            if offset >= length {
                return None;
            }
            let rest_of_burst = burst - offset % burst;
            let portion_length = segment.min(length - offset).min(rest_of_burst);
            let end = offset + portion_length;
            let portion = Portion {
                data_sn,
                offset,
                length: portion_length,
                is_final: end == length || end % burst == 0,
            };
            offset = end;
            data_sn += 1;
            Some(portion)
        })
    }

    /// The header of a portion. With status, the task is over.
    fn data_in(
        &mut self,
        link: &mut Link,
        task: &mut Option<Task>,
        outcome: &Outcome,
        portion: &Portion,
        with_status: bool,
    ) -> Bhs {
        let header = task.as_ref().map(|task| task.header);
        let expected = header.map_or(0, |header| header.expected_data_transfer_length);
        let mut data_in = DataIn {
            flags: if portion.is_final { DataFlags::FINAL } else { DataFlags::empty() },
            status: discrig_wire::Status::GOOD,
            lun: Lun::ZERO,
            initiator_task_tag: header.map_or(RESERVED_TAG, |header| header.initiator_task_tag),
            target_transfer_tag: RESERVED_TAG,
            stat_sn: 0,
            exp_cmd_sn: self.window.expected(),
            max_cmd_sn: self.window.last(),
            data_sn: portion.data_sn,
            buffer_offset: portion.offset as u32,
            residual_count: 0,
        };
        if with_status {
            if let Some(task) = task.take() {
                self.release(link, task);
            }
            let residual = Residual::new(expected, outcome.transfer_length);
            data_in.flags |= DataFlags::STATUS | residual.data_flags();
            data_in.status = outcome.status;
            data_in.stat_sn = self.next_stat_sn();
            data_in.max_cmd_sn = self.open_window();
            data_in.residual_count = residual.count;
        }
        data_in.encode()
    }

    /// The status in a PDU of its own, behind `data_in` PDUs with data.
    fn end(&mut self, link: &mut Link, task: Task, outcome: &Outcome, data_in: u32) {
        let header = task.header;
        let r2ts = task.gather.r2t_count();
        self.release(link, task);
        let residual = Residual::new(header.expected_data_transfer_length, outcome.transfer_length);
        let response = ScsiResponse {
            flags: ResponseFlags::FINAL | residual.flags,
            response: ScsiResponseCode::COMPLETED,
            status: outcome.status,
            initiator_task_tag: header.initiator_task_tag,
            snack_tag: 0,
            stat_sn: self.next_stat_sn(),
            exp_cmd_sn: self.window.expected(),
            max_cmd_sn: self.open_window(),
            exp_data_sn: data_in + r2ts,
            bidirectional_residual_count: 0,
            residual_count: residual.count,
        };
        let sense = outcome.sense.bytes();
        if sense.is_empty() {
            return link.outbox.push(response.encode(), &[]);
        }
        let length = (sense.len() as u16).to_be_bytes();
        link.outbox.push_with(
            length.len() + sense.len(),
            |room| {
                room[..2].copy_from_slice(&length);
                room[2..].copy_from_slice(sense);
                room.len()
            },
            |_| response.encode(),
        );
    }
}

/// Whether the last Data-In PDU can carry the status: only that of a command without an exception, and there is no place for sense data
/// (RFC 7143, 11.7).
fn carries_status(outcome: &Outcome) -> bool {
    outcome.status.is_good() && outcome.sense.is_empty()
}

/// The outcome, when fewer bytes came than were announced.
fn shortened(outcome: &Outcome, written: usize, announced: usize) -> Outcome {
    let transfer_length = if written < announced { written as u64 } else { outcome.transfer_length };
    Outcome { transfer_length, ..*outcome }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn residuals_go_both_ways() {
        for (expected, transferred, flags, count) in [
            (2048, 2048, ResponseFlags::empty(), 0),
            (10_000, 2048, ResponseFlags::UNDERFLOW, 7952),
            (200, 2048, ResponseFlags::OVERFLOW, 1848),
            (0, 2048, ResponseFlags::OVERFLOW, 2048),
            (0, u64::MAX, ResponseFlags::OVERFLOW, u32::MAX),
        ] {
            assert_eq!(
                Residual::new(expected, transferred),
                Residual { flags, count },
                "{expected} {transferred}"
            );
        }
    }
}
