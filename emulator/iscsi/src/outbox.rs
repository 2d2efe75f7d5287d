//! PDUs that wait to be sent.
//!
//! Headers and short data segments lie one behind the other in a buffer; long data segments stay where they are and are sent from there.

use crate::framer::DIGEST;
use crate::pdu::{Bhs, padding};
use core::ops::Range;
use std::collections::VecDeque;
use std::io::IoSlice;

/// Bytes of the buffer that are kept when there is nothing to send.
const KEPT: usize = 256 << 10;
/// Buffers that are kept for the next data segments.
const SPARE: usize = 8;
/// Bytes of all of them together.
const SPARE_LENGTH: usize = 4 << 20;

#[derive(Debug)]
struct Piece {
    range: Range<usize>,
    place: Place,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// In the buffer.
    Inline,
    /// In the first of the held data segments; with the last piece of it, the segment is done with.
    Held { last: bool },
}

#[derive(Debug, Default)]
pub(crate) struct Outbox {
    /// Initialised to its length, in use up to `end`.
    inline: Vec<u8>,
    end: usize,
    pieces: VecDeque<Piece>,
    held: VecDeque<Vec<u8>>,
    spare: Vec<Vec<u8>>,
    length: usize,
    header_digest: bool,
    data_digest: bool,
}

impl Outbox {
    /// Which digests are made from the next PDU on.
    pub(crate) fn set_digests(&mut self, header: bool, data: bool) {
        (self.header_digest, self.data_digest) = (header, data);
    }

    /// Bytes that wait.
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Queues a PDU with a copy of `data`.
    pub(crate) fn push(&mut self, bhs: Bhs, data: &[u8]) {
        self.push_with(
            data.len(),
            |segment| {
                segment.copy_from_slice(data);
                data.len()
            },
            |_| bhs,
        );
    }

    /// Queues a PDU whose data segment is written in place: `fill` gets `most` bytes and says how many it wrote, `header` learns how many.
    pub(crate) fn push_with(
        &mut self,
        most: usize,
        fill: impl FnOnce(&mut [u8]) -> usize,
        header: impl FnOnce(usize) -> Bhs,
    ) {
        let head = self.head_length();
        let start = self.reserve(head + most + padding(most) + DIGEST);
        let room = &mut self.inline[start..];
        let length = fill(&mut room[head..head + most]).min(most);
        write_head(room, header(length), length, self.header_digest);
        let tail = write_tail(&mut room[head..], length, self.data_digest);
        self.commit(start..start + head + length + tail);
    }

    /// Takes a data segment, or what several PDUs have in theirs, for [`Outbox::push_held`].
    pub(crate) fn hold(&mut self, data: Vec<u8>) {
        self.held.push_back(data);
    }

    /// Queues a PDU whose data are in the segment that was held last. The `last` one gives it up.
    pub(crate) fn push_held(&mut self, bhs: Bhs, range: Range<usize>, last: bool) {
        let head = self.head_length();
        let start = self.reserve(head);
        write_head(&mut self.inline[start..], bhs, range.len(), self.header_digest);
        self.commit(start..start + head);
        let padding = padding(range.len());
        let mut tail = [0; 3 + DIGEST];
        let mut tail_length = padding;
        if let Some(data) = self.held.back().and_then(|held| held.get(range.clone()))
            && self.data_digest
            && !data.is_empty()
        {
            let digest = crc32c::crc32c_append(crc32c::crc32c(data), &tail[..padding]).to_le_bytes();
            tail[padding..padding + DIGEST].copy_from_slice(&digest);
            tail_length += DIGEST;
        }
        self.length += range.len();
        self.pieces.push_back(Piece { range, place: Place::Held { last } });
        if tail_length > 0 {
            let start = self.reserve(tail_length);
            self.inline[start..start + tail_length].copy_from_slice(&tail[..tail_length]);
            self.commit(start..start + tail_length);
        }
    }

    /// What is to be sent next, as many slices as fit; says how many.
    pub(crate) fn slices<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let mut held = self.held.iter();
        let mut current = held.next();
        let mut count = 0;
        for piece in &self.pieces {
            let Some(slot) = slices.get_mut(count) else { break };
            let source = match piece.place {
                Place::Inline => Some(&self.inline),
                Place::Held { .. } => current,
            };
            *slot =
                IoSlice::new(source.and_then(|source| source.get(piece.range.clone())).unwrap_or_default());
            count += 1;
            if piece.place == (Place::Held { last: true }) {
                current = held.next();
            }
        }
        count
    }

    /// So many bytes were sent.
    pub(crate) fn sent(&mut self, mut count: usize) {
        self.length -= count.min(self.length);
        while let Some(piece) = self.pieces.front_mut() {
            if count < piece.range.len() {
                piece.range.start += count;
                return;
            }
            count -= piece.range.len();
            if piece.place == (Place::Held { last: true })
                && let Some(done) = self.held.pop_front()
            {
                self.recycle(done);
            }
            self.pieces.pop_front();
        }
        self.end = 0;
        if self.inline.len() > KEPT {
            self.inline.truncate(KEPT);
            self.inline.shrink_to_fit();
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.sent(self.length);
    }

    /// Keeps a buffer for later.
    pub(crate) fn recycle(&mut self, buffer: Vec<u8>) {
        let kept: usize = self.spare.iter().map(Vec::capacity).sum();
        if self.spare.len() < SPARE && buffer.capacity() > 0 && kept + buffer.capacity() <= SPARE_LENGTH {
            self.spare.push(buffer);
        }
    }

    /// A buffer that was kept, with whatever is in it.
    pub(crate) fn spare(&mut self) -> Option<Vec<u8>> {
        self.spare.pop()
    }

    fn head_length(&self) -> usize {
        Bhs::LENGTH + if self.header_digest { DIGEST } else { 0 }
    }

    /// Room behind what is queued; says where it begins.
    fn reserve(&mut self, length: usize) -> usize {
        if self.end + length > self.inline.len() {
            self.compact();
        }
        if self.end + length > self.inline.len() {
            self.inline.resize((self.end + length).next_power_of_two(), 0);
        }
        self.end
    }

    /// Moves what is queued to the beginning of the buffer.
    fn compact(&mut self) {
        let inline = || self.pieces.iter().filter(|piece| piece.place == Place::Inline);
        let first = inline().next().map_or(self.end, |piece| piece.range.start);
        self.inline.copy_within(first..self.end, 0);
        self.end -= first;
        for piece in self.pieces.iter_mut().filter(|piece| piece.place == Place::Inline) {
            piece.range = piece.range.start - first..piece.range.end - first;
        }
    }

    fn commit(&mut self, range: Range<usize>) {
        self.end = range.end;
        self.length += range.len();
        match self.pieces.back_mut() {
            Some(piece) if piece.place == Place::Inline && piece.range.end == range.start => {
                piece.range.end = range.end
            }
            _ => self.pieces.push_back(Piece { range, place: Place::Inline }),
        }
    }
}

/// The header with its digest at the beginning of `room`.
fn write_head(room: &mut [u8], mut bhs: Bhs, length: usize, digest: bool) {
    bhs.set_data_length(length);
    room[..Bhs::LENGTH].copy_from_slice(&bhs.0);
    if digest {
        room[Bhs::LENGTH..Bhs::LENGTH + DIGEST].copy_from_slice(&crc32c::crc32c(&bhs.0).to_le_bytes());
    }
}

/// Padding and digest behind the first `length` bytes of `room`; says how many they are.
fn write_tail(room: &mut [u8], length: usize, digest: bool) -> usize {
    let padded = length + padding(length);
    room[length..padded].fill(0);
    if !digest || length == 0 {
        return padded - length;
    }
    let digest = crc32c::crc32c(&room[..padded]).to_le_bytes();
    room[padded..padded + DIGEST].copy_from_slice(&digest);
    padded + DIGEST - length
}
