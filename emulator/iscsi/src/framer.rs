//! Bytes of a connection become headers and data segments.
//!
//! Bytes are received into a small staging buffer, from which headers are read. A long data segment is received where it belongs instead,
//! except for what had come together with its header.

use crate::pdu::{Bhs, padding};

/// Bytes of the staging buffer: a header with all that can be added to it has 1072.
const STAGING: usize = 16 << 10;
/// Bytes of a data segment from which it is worth a call of its own to receive them in place.
const DIRECT: usize = 4 << 10;
/// Bytes of a digest.
pub(crate) const DIGEST: usize = 4;

/// A header that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) bhs: Bhs,
    /// Additional header segments.
    pub(crate) additional: Vec<u8>,
}

impl Head {
    /// Bytes of the data segment.
    pub(crate) fn data_length(&self) -> usize {
        self.bhs.data_length()
    }

    /// The header as it was received, without its digest.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        [&self.bhs.0[..], &self.additional].concat()
    }
}

/// Where a data segment goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    /// Nowhere.
    Discard,
    /// Into a slice that the caller has.
    External,
    /// Into [`Framer::segment`].
    Segment,
}

/// Why the bytes cannot be followed any longer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum FrameError {
    HeaderDigest,
    TooLong,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Header,
    Data { length: usize, received: usize, place: Place },
}

#[derive(Debug)]
pub(crate) struct Framer {
    staging: Box<[u8]>,
    start: usize,
    end: usize,
    phase: Phase,
    segment: Vec<u8>,
    limit: usize,
    header_digest: bool,
    data_digest: bool,
    /// Whether the last buffer that was lent is the caller's own slice.
    lent_external: bool,
}

impl Framer {
    /// A framer that accepts data segments of up to `limit` bytes.
    pub(crate) fn new(limit: u32) -> Framer {
        Framer {
            staging: vec![0; STAGING].into_boxed_slice(),
            start: 0,
            end: 0,
            phase: Phase::Header,
            segment: Vec::new(),
            limit: limit as usize,
            header_digest: false,
            data_digest: false,
            lent_external: false,
        }
    }

    /// Accepts data segments of up to `limit` bytes from the next header on.
    pub(crate) fn set_limit(&mut self, limit: u32) {
        self.limit = limit as usize;
    }

    /// Which digests are expected from the next header on.
    pub(crate) fn set_digests(&mut self, header: bool, data: bool) {
        (self.header_digest, self.data_digest) = (header, data);
    }

    /// Where to put the next bytes. `external` is the whole place of the data segment that is underway, if it is the caller's.
    pub(crate) fn receive_buffer<'a>(&'a mut self, external: Option<&'a mut [u8]>) -> &'a mut [u8] {
        if let (Phase::Data { length, received, place: Place::External }, Some(slice)) =
            (self.phase, external)
            && self.start == self.end
            && length - received >= DIRECT
            && let Some(rest) = slice.get_mut(received..length)
        {
            self.lent_external = true;
            return rest;
        }
        self.lent_external = false;
        if self.start > 0 {
            self.staging.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        &mut self.staging[self.end..]
    }

    /// So many bytes were put into the buffer that was lent last.
    pub(crate) fn received(&mut self, count: usize) {
        match &mut self.phase {
            Phase::Data { length, received, .. } if self.lent_external => {
                *received = (*received + count).min(*length)
            }
            _ => self.end = (self.end + count).min(STAGING),
        }
        self.lent_external = false;
    }

    /// The next header, when all of it is there. Its data segment is to be dealt with before the next one.
    pub(crate) fn header(&mut self) -> Result<Option<Head>, FrameError> {
        let staged = &self.staging[self.start..self.end];
        let Some(bhs) = staged.first_chunk::<{ Bhs::LENGTH }>().copied().map(Bhs) else { return Ok(None) };
        let header = Bhs::LENGTH + bhs.additional_length();
        let whole = header + if self.header_digest { DIGEST } else { 0 };
        if staged.len() < whole {
            return Ok(None);
        }
        if self.header_digest && crc32c::crc32c(&staged[..header]).to_le_bytes() != staged[header..whole] {
            return Err(FrameError::HeaderDigest);
        }
        if bhs.data_length() > self.limit {
            return Err(FrameError::TooLong);
        }
        let additional = staged[Bhs::LENGTH..header].to_vec();
        self.start += whole;
        Ok(Some(Head { bhs, additional }))
    }

    /// Begins to receive the data segment of the last header, `length` bytes.
    pub(crate) fn begin(&mut self, length: usize, place: Place) {
        if place == Place::Segment {
            self.segment.clear();
            self.segment.reserve(length);
        }
        self.phase = Phase::Data { length, received: 0, place };
    }

    /// Goes on with the data segment; `external` as in [`Framer::receive_buffer`]. Once it is complete, says whether its digest is right.
    ///
    /// Without its slice, an external segment is received and forgotten.
    pub(crate) fn data(&mut self, external: Option<&mut [u8]>) -> Option<bool> {
        let Phase::Data { length, received, place } = &mut self.phase else { return None };
        let staged = &self.staging[self.start..self.end];
        let fresh = &staged[..staged.len().min(*length - *received)];
        let external = external.filter(|slice| *place == Place::External && slice.len() >= *length);
        let place = match (*place, &external) {
            (Place::External, None) => Place::Discard,
            (place, _) => place,
        };
        let mut content: &[u8] = &[];
        match (place, external) {
            (Place::External, Some(slice)) => {
                slice[*received..*received + fresh.len()].copy_from_slice(fresh);
                content = &slice[..*length];
            }
            (Place::Segment, _) => {
                self.segment.extend_from_slice(fresh);
                content = &self.segment;
            }
            _ => {}
        }
        self.start += fresh.len();
        *received += fresh.len();
        if received < length {
            return None;
        }
        let padding = padding(*length);
        let has_digest = self.data_digest && *length > 0;
        let tail = padding + if has_digest { DIGEST } else { 0 };
        let staged = &self.staging[self.start..self.end];
        if staged.len() < tail {
            return None;
        }
        let is_right = !has_digest || place == Place::Discard || {
            let digest = crc32c::crc32c_append(crc32c::crc32c(content), &staged[..padding]);
            digest.to_le_bytes() == staged[padding..tail]
        };
        self.start += tail;
        self.phase = Phase::Header;
        Some(is_right)
    }

    /// The data segment that was received last into [`Place::Segment`].
    pub(crate) fn segment(&self) -> &[u8] {
        &self.segment
    }

    /// Takes the data segment that was received last into [`Place::Segment`].
    pub(crate) fn take_segment(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.segment)
    }
}
