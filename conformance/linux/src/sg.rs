//! Commands through SG_IO.

use crate::abi::{SENSE_MAX, ScsiFd};
use crate::classify::{RawAnswer, settle};
use crate::node::NodeKind;
use core::time::Duration;
use discrig_device::{Completion, DeviceError, Effect, ErrorKind, Request};
use discrig_wire::SenseBuffer;
use std::time::Instant;

/// The block layer raises shorter timeouts of SG_IO on block nodes to this (BLK_MIN_SG_TIMEOUT).
pub(crate) const SR_SHORTEST_TIMEOUT: Duration = Duration::from_secs(7);

/// Executes one command on an open node.
///
/// The kernel may answer later than `request.timeout`: a late answer is still an answer, and [`Completion::elapsed`] says so.
///
/// # Errors
/// As [`settle`] judges; a timeout of zero is up before anything is sent.
pub(crate) fn execute(
    fd: &ScsiFd,
    kind: NodeKind,
    mut request: Request<'_>,
) -> Result<Completion, DeviceError> {
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
