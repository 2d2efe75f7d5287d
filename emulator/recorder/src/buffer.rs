//! Memory that meets a device's alignment.

/// Zeroed bytes at an address that has no bit in common with an alignment mask.
#[derive(Debug)]
pub(crate) struct AlignedBuffer {
    memory: Vec<u8>,
    start: usize,
    length: usize,
}

impl AlignedBuffer {
    /// The largest mask that is honoured: beyond a page's worth no adapter asks for anything.
    const WIDEST: u32 = 0xFFF;

    /// `length` zero bytes.
    pub(crate) fn new(length: usize, mask: u32) -> AlignedBuffer {
        let mask = mask.min(AlignedBuffer::WIDEST) as usize;
        let memory = vec![0; length + mask];
        let start = memory.as_ptr().addr().wrapping_neg() & mask;
        AlignedBuffer { memory, start, length }
    }

    /// A copy of `bytes`.
    pub(crate) fn copy_of(bytes: &[u8], mask: u32) -> AlignedBuffer {
        let mut buffer = AlignedBuffer::new(bytes.len(), mask);
        buffer.bytes_mut().copy_from_slice(bytes);
        buffer
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.memory[self.start..self.start + self.length]
    }

    /// The bytes, to be changed.
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.memory[self.start..self.start + self.length]
    }

    /// The first `length` bytes alone.
    pub(crate) fn into_vec(mut self, length: usize) -> Vec<u8> {
        self.memory.truncate(self.start + length.min(self.length));
        self.memory.drain(..self.start);
        self.memory
    }
}

/// Whether `bytes` begin at an address that has no bit in common with `mask`.
pub(crate) fn is_aligned(bytes: &[u8], mask: u32) -> bool {
    bytes.as_ptr().addr() & mask as usize == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mask_is_met() {
        for mask in [0, 1, 3, 7, 15, 511, 4095] {
            for length in [0, 1, 2, 18, 2048] {
                let mut buffer = AlignedBuffer::new(length, mask);
                assert!(is_aligned(buffer.bytes(), mask), "{mask:#x}");
                assert_eq!(buffer.bytes(), vec![0; length]);
                buffer.bytes_mut().fill(7);
                assert_eq!(buffer.into_vec(length), vec![7; length]);
            }
        }
        assert_eq!(AlignedBuffer::new(4, u32::MAX).bytes(), [0; 4]);
    }

    #[test]
    fn copies_and_misalignment() {
        let buffer = AlignedBuffer::copy_of(&[1, 2, 3, 4, 5], 7);
        assert_eq!(buffer.bytes(), [1, 2, 3, 4, 5]);
        assert!(!is_aligned(&buffer.bytes()[1..], 7));
        assert_eq!(buffer.into_vec(2), [1, 2]);
    }
}
