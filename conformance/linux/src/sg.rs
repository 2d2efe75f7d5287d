//! Commands through SG_IO.

use crate::abi::{SENSE_MAX, ScsiFd};
use crate::classify::{RawAnswer, settle};
use crate::node::NodeKind;
use core::time::Duration;
use discrig_device::{Completion, Data, DeviceError, Effect, ErrorKind, Request};
use discrig_wire::command::Direction;
use discrig_wire::{Cdb, CommandSpec, SenseBuffer};
use std::time::Instant;

/// The block layer raises shorter timeouts of SG_IO on block nodes to this (BLK_MIN_SG_TIMEOUT).
pub(crate) const SR_SHORTEST_TIMEOUT: Duration = Duration::from_secs(7);

/// Largest buffer that a command gets which asks for more than its caller has room for.
const ROOM_MAX: usize = 1 << 20;

/// Executes one command on an open node.
///
/// The kernel may answer later than `request.timeout`: a late answer is still an answer, and [`Completion::elapsed`] says so.
///
/// A command may ask for more data than the caller has room for; what fits is handed on. The kernel gets a buffer for all of it: libata
/// would leave an ATAPI drive with data that nobody fetches until the command times out, and other drivers call it an overrun and lose the answer.
///
/// # Errors
/// As [`settle`] judges; a timeout of zero is up before anything is sent.
pub(crate) fn execute(
    fd: &ScsiFd,
    kind: NodeKind,
    mut request: Request<'_>,
) -> Result<Completion, DeviceError> {
    let Some(length) = room_needed(&request.cdb, &request.data) else {
        return send(fd, kind, &mut request);
    };
    let mut room = vec![0; length];
    let mut asked = Request { cdb: request.cdb, data: Data::In(&mut room), timeout: request.timeout };
    let mut completion = send(fd, kind, &mut asked)?;
    if let Data::In(buffer) = request.data {
        completion.transferred = completion.transferred.min(buffer.len());
        buffer.copy_from_slice(&room[..buffer.len()]);
    }
    Ok(completion)
}

/// Bytes of data-in that a command asks for, where its caller has room for fewer but some.
fn room_needed(cdb: &Cdb, data: &Data<'_>) -> Option<usize> {
    let Data::In(buffer) = data else { return None };
    let spec = CommandSpec::of(cdb).filter(|spec| spec.direction == Direction::In)?;
    let asked = spec.allocation(cdb);
    (!buffer.is_empty() && asked > buffer.len() && asked <= ROOM_MAX).then_some(asked)
}

fn send(fd: &ScsiFd, kind: NodeKind, request: &mut Request<'_>) -> Result<Completion, DeviceError> {
    if request.timeout.is_zero() {
        return Err(DeviceError::new(ErrorKind::Timeout, "execute").with_effect(Effect::NotDone));
    }
    let length = request.data.len();
    if u32::try_from(length).is_err() {
        return Err(DeviceError::new(ErrorKind::InvalidRequest, "execute"));
    }
    let mut sense = [0; SENSE_MAX];
    let started = Instant::now();
    let outcome = fd.sg_io(request.cdb.bytes(), &mut request.data, &mut sense, milliseconds(request.timeout));
    let elapsed = started.elapsed();
    let written = outcome.map_or(0, |answer| usize::from(answer.sense_length).min(SENSE_MAX));
    let sense = SenseBuffer::new(&sense[..written]);
    settle(RawAnswer { outcome, sense, elapsed, timeout: request.timeout }, kind, length)
}

/// Whole milliseconds, rounded up, so that a short timeout never becomes zero: zero means the driver's default.
fn milliseconds(timeout: Duration) -> u32 {
    u32::try_from(timeout.as_nanos().div_ceil(1_000_000)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use discrig_wire::command::{Inquiry, Read10, TestUnitReady};

    #[test]
    fn commands_get_room_for_what_they_ask_for() {
        let needed = |cdb: Cdb, length: usize| room_needed(&cdb, &Data::In(&mut vec![0; length]));
        let read = |transfer_length| Read10 { transfer_length, ..Read10::default() }.cdb();
        assert_eq!(needed(read(2), 512), Some(4096));
        assert_eq!(needed(read(2), 4096), None);
        assert_eq!(needed(read(u16::MAX), 512), None, "more than is reasonable");
        assert_eq!(needed(Inquiry { allocation_length: 36, ..Inquiry::default() }.cdb(), 5), Some(36));
        assert_eq!(needed(TestUnitReady {}.cdb(), 5), None);
        assert_eq!(room_needed(&read(2), &Data::None), None);
    }

    #[test]
    fn timeouts_are_rounded_up_and_clamped() {
        for (timeout, expected) in [
            (Duration::from_nanos(1), 1),
            (Duration::from_millis(1), 1),
            (Duration::from_micros(1_001), 2),
            (Duration::from_secs(240), 240_000),
            (Duration::MAX, u32::MAX),
        ] {
            assert_eq!(milliseconds(timeout), expected);
        }
    }
}
