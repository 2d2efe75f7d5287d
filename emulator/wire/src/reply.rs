//! Writing data-in without allocating: the buffer takes what fits, the length counts everything.

/// A data-in parameter list under construction.
///
/// MMC commands truncate their data at the allocation length but report the untruncated length in the header. A `Reply` keeps both: bytes
/// beyond its limit are counted and dropped.
#[derive(Debug)]
pub struct Reply<'a> {
    buffer: &'a mut [u8],
    length: usize,
}

impl<'a> Reply<'a> {
    /// Writes into the first `allocation` bytes of `buffer`, or all of it when it is shorter.
    pub fn new(buffer: &'a mut [u8], allocation: usize) -> Reply<'a> {
        let limit = allocation.min(buffer.len());
        Reply { buffer: &mut buffer[..limit], length: 0 }
    }

    /// Bytes appended so far, those that did not fit included.
    #[must_use]
    pub fn length(&self) -> usize {
        self.length
    }

    /// Bytes that really stand in the buffer.
    #[must_use]
    pub fn transferred(&self) -> usize {
        self.length.min(self.buffer.len())
    }

    /// What stands in the buffer.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[..self.transferred()]
    }

    /// Appends bytes.
    pub fn put(&mut self, bytes: &[u8]) {
        if let Some(room) = self.buffer.get_mut(self.length..) {
            let fits = bytes.len().min(room.len());
            room[..fits].copy_from_slice(&bytes[..fits]);
        }
        self.length += bytes.len();
    }

    /// Appends one byte.
    pub fn put_u8(&mut self, value: u8) {
        self.put(&[value]);
    }

    /// Appends two bytes, big-endian.
    pub fn put_u16(&mut self, value: u16) {
        self.put(&value.to_be_bytes());
    }

    /// Appends four bytes, big-endian.
    pub fn put_u32(&mut self, value: u32) {
        self.put(&value.to_be_bytes());
    }

    /// Appends eight bytes, big-endian.
    pub fn put_u64(&mut self, value: u64) {
        self.put(&value.to_be_bytes());
    }

    /// Appends zero bytes.
    pub fn zeros(&mut self, count: usize) {
        if let Some(room) = self.buffer.get_mut(self.length..) {
            let fits = count.min(room.len());
            room[..fits].fill(0);
        }
        self.length += count;
    }

    /// Appends text cut or padded with blanks to `width` bytes, as INQUIRY fields are.
    pub fn padded(&mut self, text: &str, width: usize) {
        for index in 0..width {
            self.put_u8(text.as_bytes().get(index).copied().unwrap_or(b' '));
        }
    }

    /// Overwrites bytes that were appended earlier; the part beyond the limit is dropped.
    pub fn patch(&mut self, at: usize, bytes: &[u8]) {
        if let Some(room) = self.buffer.get_mut(at..) {
            let fits = bytes.len().min(room.len());
            room[..fits].copy_from_slice(&bytes[..fits]);
        }
    }

    /// Writes `length() - after` as a big-endian 16-bit field at `at`: the usual data length that does not count itself.
    pub fn patch_length_u16(&mut self, at: usize, after: usize) {
        let value = self.length.saturating_sub(after).min(usize::from(u16::MAX)) as u16;
        self.patch(at, &value.to_be_bytes());
    }

    /// The same for a 32-bit length field.
    pub fn patch_length_u32(&mut self, at: usize, after: usize) {
        let value = u32::try_from(self.length.saturating_sub(after)).unwrap_or(u32::MAX);
        self.patch(at, &value.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truncation_keeps_the_full_length_in_the_header() {
        let mut buffer = [0xEE; 8];
        let mut reply = Reply::new(&mut buffer, 6);
        reply.put_u16(0);
        reply.put(&[1, 2, 3, 4, 5, 6]);
        reply.patch_length_u16(0, 2);
        assert_eq!((reply.length(), reply.transferred()), (8, 6));
        assert_eq!(buffer, [0, 6, 1, 2, 3, 4, 0xEE, 0xEE]);
    }
}
