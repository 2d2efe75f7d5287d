//! Data for the device on their way: immediate, unsolicited and asked for (RFC 7143, 4.2.5.2 and 11.7).

use crate::params::Parameters;
use crate::pdu::{DataFlags, DataOut, RESERVED_TAG};
use discrig_wire::{SenseCode, SenseKey};
use std::collections::VecDeque;

/// Data came that nobody asked for (RFC 7143, 11.4.7.2).
pub(super) const UNEXPECTED_UNSOLICITED_DATA: SenseCode = aborted(0x0C, 0x0C);
/// A sequence has other than the agreed length (RFC 7143, 11.4.7.2).
pub(super) const INCORRECT_AMOUNT_OF_DATA: SenseCode = aborted(0x0C, 0x0D);
/// A data segment did not match its digest (RFC 7143, 11.4.7.2).
pub(super) const PROTOCOL_SERVICE_CRC_ERROR: SenseCode = aborted(0x47, 0x05);
/// A data PDU out of order.
const DATA_PHASE_ERROR: SenseCode = aborted(0x4B, 0x00);
/// A target transfer tag that no request for data has.
const INVALID_TARGET_PORT_TRANSFER_TAG: SenseCode = aborted(0x4B, 0x01);
/// More data than the sequence has room for.
const TOO_MUCH_WRITE_DATA: SenseCode = aborted(0x4B, 0x02);
/// A data PDU for another place than the next.
const DATA_OFFSET_ERROR: SenseCode = aborted(0x4B, 0x05);

const fn aborted(asc: u8, ascq: u8) -> SenseCode {
    SenseCode { key: SenseKey::AbortedCommand, asc, ascq }
}

/// A sequence of data PDUs that is underway or was asked for.
#[derive(Clone, Copy, Debug)]
struct Sequence {
    tag: u32,
    /// Where in the data it ends.
    end: usize,
    next_data_sn: u32,
}

/// A request for data that is to be sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Wanted {
    pub(super) r2t_sn: u32,
    pub(super) offset: usize,
    pub(super) length: usize,
}

/// The data of one command.
#[derive(Debug, Default)]
pub(super) struct Gather {
    /// Room for what may come.
    pub(super) data: Vec<u8>,
    /// How much there is to be had.
    pub(super) wanted: usize,
    /// How much has come; all sequences come in order.
    received: usize,
    unsolicited: Option<Sequence>,
    asked: VecDeque<Sequence>,
    /// Up to where data were asked for, or came unasked.
    requested: usize,
    r2t_sn: u32,
}

impl Gather {
    /// Data of a command for `wanted` bytes, of which `immediate` come with it, and unsolicited ones follow if `follows`.
    pub(super) fn new(wanted: usize, immediate: usize, follows: bool, parameters: &Parameters) -> Gather {
        let end = wanted.min(parameters.unsolicited_length() as usize);
        let unsolicited = follows.then_some(Sequence { tag: RESERVED_TAG, end, next_data_sn: 0 });
        let requested = if follows { end } else { immediate };
        Gather { wanted, unsolicited, requested, ..Gather::default() }
    }

    /// Of a command that is refused from the start: what follows unasked is received and forgotten.
    pub(super) fn refused(follows: bool) -> Gather {
        let unsolicited = follows.then_some(Sequence { tag: RESERVED_TAG, end: 0, next_data_sn: 0 });
        Gather { unsolicited, ..Gather::default() }
    }

    /// Bytes that come without being asked for.
    pub(super) fn unasked(&self) -> usize {
        self.requested
    }

    /// The immediate data have come.
    pub(super) fn immediate(&mut self, length: usize) {
        self.received += length;
    }

    /// Whether all data have come.
    pub(super) fn is_complete(&self) -> bool {
        self.unsolicited.is_none() && self.asked.is_empty() && self.received >= self.wanted
    }

    /// Whether a sequence is still to end, which the status of the command has to wait for (RFC 7143, 11.4 and 7.8).
    pub(super) fn is_expecting(&self) -> bool {
        self.unsolicited.is_some() || !self.asked.is_empty()
    }

    /// The last PDU of a sequence came, of a command whose data are not used any longer. Where nobody can say which sequence that was, there is
    /// nothing to wait for.
    pub(super) fn end_sequence(&mut self, tag: u32) {
        let before = self.asked.len();
        self.asked.retain(|sequence| sequence.tag != tag);
        if tag == RESERVED_TAG {
            self.unsolicited = None;
        } else if self.asked.len() == before {
            (self.unsolicited, self.asked) = (None, VecDeque::new());
        }
    }

    /// Whether data are to be asked for now.
    pub(super) fn is_waiting(&self) -> bool {
        self.unsolicited.is_none() && self.requested < self.wanted
    }

    /// How many R2T PDUs were sent.
    pub(super) fn r2t_count(&self) -> u32 {
        self.r2t_sn
    }

    /// The next request for data, if one may be sent; `tag` is its target transfer tag.
    pub(super) fn ask(&mut self, tag: u32, parameters: &Parameters) -> Option<Wanted> {
        if !self.is_waiting() || self.asked.len() >= parameters.max_outstanding_r2t as usize {
            return None;
        }
        let offset = self.requested;
        let length = (self.wanted - offset).min(parameters.max_burst_length as usize);
        let wanted = Wanted { r2t_sn: self.r2t_sn, offset, length };
        self.requested += length;
        self.r2t_sn += 1;
        self.asked.push_back(Sequence { tag, end: self.requested, next_data_sn: 0 });
        Some(wanted)
    }

    /// The place for the data of a header, in `data`; or what is wrong with it.
    pub(super) fn place(&mut self, header: &DataOut, length: usize) -> Result<usize, SenseCode> {
        let received = self.received;
        let sequence = self.sequence(header.target_transfer_tag)?;
        if header.data_sn != sequence.next_data_sn {
            return Err(DATA_PHASE_ERROR);
        }
        if header.buffer_offset as usize != received {
            return Err(DATA_OFFSET_ERROR);
        }
        if length > sequence.end - received {
            return Err(TOO_MUCH_WRITE_DATA);
        }
        sequence.next_data_sn = sequence.next_data_sn.wrapping_add(1);
        Ok(received)
    }

    /// The data of a header have come to their place.
    pub(super) fn arrived(
        &mut self,
        header: &DataOut,
        length: usize,
        parameters: &Parameters,
    ) -> Result<(), SenseCode> {
        let received = self.received + length;
        self.received = received;
        let end = self.sequence(header.target_transfer_tag)?.end;
        let is_final = header.flags.contains(DataFlags::FINAL);
        if received < end && !is_final {
            return Ok(());
        }
        if self.unsolicited.take().is_some() {
            // Where there is more to come than may come unasked, all that may come has to.
            let is_short = received < end && self.wanted > parameters.unsolicited_length() as usize;
            self.requested = received;
            return if is_short { Err(INCORRECT_AMOUNT_OF_DATA) } else { Ok(()) };
        }
        self.asked.pop_front();
        if received < end { Err(INCORRECT_AMOUNT_OF_DATA) } else { Ok(()) }
    }

    /// The sequence that a tag belongs to: unasked data come first, then what was asked for in its order.
    fn sequence(&mut self, tag: u32) -> Result<&mut Sequence, SenseCode> {
        if tag == RESERVED_TAG {
            return self.unsolicited.as_mut().ok_or(UNEXPECTED_UNSOLICITED_DATA);
        }
        match self.asked.front_mut() {
            Some(sequence) if self.unsolicited.is_none() && sequence.tag == tag => Ok(sequence),
            _ => Err(INVALID_TARGET_PORT_TRANSFER_TAG),
        }
    }
}
