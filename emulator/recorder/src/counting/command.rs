//! Raw commands, and how every command of the recorder is sent.

use super::{CountingRecorder, UNBOUND};
use crate::buffer::{AlignedBuffer, is_aligned};
use crate::hresult::{Hresult, Success};
use crate::interface::{DEFAULT_COMMAND_TIMEOUT_S, SENSE_LENGTH};
use crate::policy::MisalignedBuffer;
use crate::quirk::Quirk;
use crate::refusal;
use crate::translation::{self, Purpose};
use core::ops::RangeInclusive;
use core::time::Duration;
use discrig_device::{Completion, Data, ErrorKind, Request};
use discrig_wire::{Cdb, SenseKey, Status};

/// How often a command is sent again while the device is busy, at most; the timeout is for all of them together.
const BUSY_RETRIES: u32 = 8;

/// How often a command of a typed member is sent again after a unit attention or a deferred error, at most: a drive may have several waiting.
const ATTENTION_RETRIES: u32 = 4;

/// CDB sizes by operation code. Codes without a row may have any size (60h to 7Fh: announced to be checked one day; C0h and above: vendors').
const CDB_SIZES: &[(RangeInclusive<u8>, usize)] =
    &[(0x00..=0x1F, 6), (0x20..=0x5F, 10), (0x80..=0x9F, 16), (0xA0..=0xBF, 12)];

/// Operation codes whose CDB may have any size all the same.
const ANY_CDB_SIZE: &[u8] = &[
    0x02, 0x05, 0x06, 0x09, 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x13, 0x14, 0x19, 0x20, 0x21, 0x22, 0x23, 0x24,
    0x26, 0x27, 0x29, 0x2C, 0x2D,
];

/// The CDB of a raw command, which has 6 to 16 bytes and as many as its operation code prescribes.
fn checked_cdb(bytes: &[u8]) -> Result<Cdb, Hresult> {
    let cdb = Cdb::new(bytes).map_err(|_| Hresult::E_INVALIDARG)?;
    let opcode = cdb.opcode();
    let prescribed = CDB_SIZES.iter().find(|(codes, _)| codes.contains(&opcode)).map(|(_, size)| *size);
    match prescribed {
        Some(size) if size != cdb.len() && !ANY_CDB_SIZE.contains(&opcode) => Err(Hresult::E_INVALIDARG),
        _ => Ok(cdb),
    }
}

impl CountingRecorder {
    /// A command of the caller's, whose sense is handed out and not translated. Says how it succeeded and how many bytes were transferred.
    pub(super) fn raw(
        &mut self,
        cdb: &[u8],
        sense: &mut [u8; SENSE_LENGTH],
        timeout_s: u32,
        data: Data<'_>,
    ) -> Result<(Success, usize), Hresult> {
        sense.fill(0);
        let cdb = checked_cdb(cdb)?;
        let seconds = if timeout_s == 0 { DEFAULT_COMMAND_TIMEOUT_S } else { timeout_s };
        let timeout = Duration::from_secs(seconds.into());
        let room = data.len();
        self.handle(UNBOUND)?;
        let completion = self.execute_aligned(Request { cdb, data, timeout })?;
        let transferred = completion.transferred.min(room);
        if completion.is_good() {
            return Ok((Success::Ok, transferred));
        }
        if completion.sense.is_empty() {
            return Err(Hresult::E_FAIL);
        }
        let received = completion.sense.bytes();
        let kept = received.len().min(SENSE_LENGTH);
        sense[..kept].copy_from_slice(&received[..kept]);
        Ok((Success::CommandHasSenseData, transferred))
    }

    /// Sees to the alignment of a caller's buffer.
    fn execute_aligned(&mut self, request: Request<'_>) -> Result<Completion, Hresult> {
        let Request { cdb, data, timeout } = request;
        let mask = self.alignment_mask;
        let aligned = match &data {
            Data::None => true,
            Data::In(buffer) => is_aligned(buffer, mask),
            Data::Out(bytes) => is_aligned(bytes, mask),
        };
        if aligned {
            return self.execute(Request { cdb, data, timeout });
        }
        if self.policy.misaligned_buffer == MisalignedBuffer::Refuse {
            return Err(Hresult::E_INVALIDARG);
        }
        match data {
            Data::None => self.execute(Request::none(cdb, timeout)),
            Data::In(buffer) => {
                let mut bounce = AlignedBuffer::copy_of(buffer, mask);
                let completion = self.execute(Request::input(cdb, bounce.bytes_mut(), timeout))?;
                buffer.copy_from_slice(bounce.bytes());
                Ok(completion)
            }
            Data::Out(bytes) => {
                let bounce = AlignedBuffer::copy_of(bytes, mask);
                self.execute(Request::output(cdb, bounce.bytes(), timeout))
            }
        }
    }

    /// Sends a command, and again while the device says that it is busy. What comes back is GOOD or CHECK CONDITION.
    fn execute(&mut self, mut request: Request<'_>) -> Result<Completion, Hresult> {
        for _ in 0..=BUSY_RETRIES {
            let answer = self.handle(UNBOUND)?.execute(request.reborrow());
            let completion = answer.map_err(|error| self.unanswered(&error))?;
            match completion.status {
                Status::GOOD | Status::CHECK_CONDITION => return Ok(completion),
                Status::BUSY | Status::TASK_SET_FULL => {}
                Status::RESERVATION_CONFLICT => return Err(Hresult::E_IMAPI_RECORDER_LOCKED),
                _ => return Err(Hresult::E_FAIL),
            }
            request.timeout = request.timeout.saturating_sub(completion.elapsed);
            if request.timeout.is_zero() {
                break;
            }
        }
        Err(Hresult::E_IMAPI_RECORDER_MEDIA_BUSY)
    }

    fn unanswered(&mut self, error: &discrig_device::DeviceError) -> Hresult {
        if error.kind() == ErrorKind::Timeout && self.has(Quirk::TimeoutDropsLock) {
            self.abandon();
            self.count.clear();
        }
        self.refused(refusal::Request::Command, error)
    }

    /// A command of a typed member: sense becomes a code, unit attentions and errors of earlier commands are passed over. Says how many bytes
    /// were transferred.
    pub(super) fn ask(&mut self, purpose: Purpose, mut request: Request<'_>) -> Result<usize, Hresult> {
        let room = request.data.len();
        let mut last = Hresult::E_FAIL;
        for _ in 0..=ATTENTION_RETRIES {
            let completion = self.execute(request.reborrow())?;
            if completion.is_good() {
                return Ok(completion.transferred.min(room));
            }
            if completion.sense.is_empty() {
                return Err(Hresult::E_FAIL);
            }
            let sense =
                completion.sense.parse().ok_or(Hresult::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE)?;
            last = translation::hresult(purpose, sense.code);
            match sense.code.key {
                _ if sense.deferred => {}
                SenseKey::RecoveredError => return Ok(completion.transferred.min(room)),
                SenseKey::UnitAttention => {}
                _ => break,
            }
        }
        Err(last)
    }

    /// Data of a typed member: asks with room for `first` bytes, and once more when the answer announces that there are more.
    ///
    /// `announced` reads the whole size from the answer's beginning. An answer that is shorter than it says is refused.
    pub(super) fn fetch(
        &mut self,
        purpose: Purpose,
        first: u16,
        announced: fn(&[u8]) -> Option<usize>,
        command: impl Fn(u16) -> Cdb,
        timeout: Duration,
    ) -> Result<Vec<u8>, Hresult> {
        let mut allocation = first;
        loop {
            let mut buffer = AlignedBuffer::new(allocation.into(), self.alignment_mask);
            let request = Request::input(command(allocation), buffer.bytes_mut(), timeout);
            let received = self.ask(purpose, request)?;
            let size = announced(&buffer.bytes()[..received])
                .ok_or(Hresult::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE)?;
            let wanted = u16::try_from(size).unwrap_or(u16::MAX);
            if wanted > allocation && allocation == first {
                allocation = wanted;
                continue;
            }
            if received < usize::from(wanted.min(allocation)) {
                return Err(Hresult::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE);
            }
            return Ok(buffer.into_vec(size.min(received)));
        }
    }
}

/// The size of an answer whose first two bytes count what follows them. An answer with nothing after them says nothing.
pub(super) fn sized_u16(bytes: &[u8]) -> Option<usize> {
    let length = usize::from(u16::from_be_bytes(*bytes.first_chunk()?));
    (length > 0).then_some(2 + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decision_49_cdb_sizes_by_group() {
        for opcode in 0..=u8::MAX {
            for size in 0..=20 {
                let mut cdb = vec![0; size];
                if let Some(first) = cdb.first_mut() {
                    *first = opcode;
                }
                let fits = match opcode {
                    0x00..=0x1F => size == 6,
                    0x20..=0x5F => size == 10,
                    0x80..=0x9F => size == 16,
                    0xA0..=0xBF => size == 12,
                    _ => true,
                };
                let legal = (6..=16).contains(&size) && (fits || ANY_CDB_SIZE.contains(&opcode));
                let expected = if legal { Ok(size) } else { Err(Hresult::E_INVALIDARG) };
                assert_eq!(
                    checked_cdb(&cdb).map(|cdb| cdb.len()),
                    expected,
                    "{opcode:02X}h with {size} bytes"
                );
            }
        }
    }

    #[test]
    fn decision_50_the_variable_group_is_not_checked() {
        for size in 6..=16 {
            assert!(checked_cdb(&vec![0x7F; size]).is_ok());
        }
    }

    #[test]
    fn exempt_codes_are_ascending() {
        assert!(ANY_CDB_SIZE.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(ANY_CDB_SIZE.len(), 22);
    }
}
