//! The drive's buffer: READ BUFFER, WRITE BUFFER and READ BUFFER CAPACITY (SPC-3 6.15 and 6.35, MMC-5 6.18).

use crate::layout::{codes, layout};

codes! {
    /// What READ BUFFER and WRITE BUFFER are about.
    pub struct BufferMode(u8) {
        COMBINED = 0x00 "header and data",
        VENDOR_SPECIFIC = 0x01 "vendor specific",
        DATA = 0x02 "data",
        DESCRIPTOR = 0x03 "descriptor",
        DOWNLOAD = 0x04 "download microcode",
        DOWNLOAD_AND_SAVE = 0x05 "download microcode and save it",
        DOWNLOAD_WITH_OFFSETS = 0x06 "download microcode in parts",
        DOWNLOAD_WITH_OFFSETS_AND_SAVE = 0x07 "download microcode in parts and save it",
        ECHO = 0x0A "echo buffer",
        ECHO_DESCRIPTOR = 0x0B "descriptor of the echo buffer",
    }
}

layout! {
    /// What stands before the data of mode 00h.
    pub struct BufferHeader: "buffer header", size 4, needs 4 {
        capacity: u32 = 1[7; 24] "Bytes of the buffer.",
    }

    /// The answer of mode 03h.
    pub struct BufferDescriptor: "buffer descriptor", size 4, needs 4 {
        offset_boundary: u8 = 0[7; 8] "Offsets are multiples of 2 to that power; FFh: only 0.",
        capacity: u32 = 1[7; 24] "Bytes of the buffer.",
    }

    /// The answer of mode 0Bh.
    pub struct EchoDescriptor: "echo buffer descriptor", size 4, needs 4 {
        overwritten: bool = 0[0; 1] "EBOS: the drive says when another initiator has written the buffer.",
        capacity: u16 = 2[4; 13] "Bytes of the echo buffer.",
    }

    /// READ BUFFER CAPACITY data.
    pub struct BufferCapacity: "buffer capacity", size 12, needs 12 {
        data_length: u16 = 0[7; 16] "Bytes after byte 1: [`BufferCapacity::LENGTH`].",
        block: bool = 3[0; 1] "Blocks are counted rather than bytes.",
        size: u32 = 4[7; 32] "The whole buffer in bytes; zero where blocks are counted.",
        available: u32 = 8[7; 32] "How much of it is free, in bytes or blocks.",
    }
}

impl BufferCapacity {
    /// What stands in `data_length`.
    pub const LENGTH: u16 = 10;

    /// A buffer of `size` bytes of which `available` are free.
    #[must_use]
    pub const fn bytes(size: u32, available: u32) -> BufferCapacity {
        BufferCapacity { data_length: BufferCapacity::LENGTH, block: false, size, available }
    }

    /// A buffer in which `available` blocks are free.
    #[must_use]
    pub const fn blocks(available: u32) -> BufferCapacity {
        BufferCapacity { data_length: BufferCapacity::LENGTH, block: true, size: 0, available }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::testing::check_layouts;

    check_layouts!(BufferCapacity, BufferDescriptor, BufferHeader, EchoDescriptor);

    /// A BD recorder with no disc in it.
    #[test]
    fn capacities_by_hand() {
        let bytes = [0, 10, 0, 0, 0x00, 0x18, 0, 0, 0x00, 0x18, 0, 0];
        assert_eq!(BufferCapacity::bytes(0x18_0000, 0x18_0000).to_bytes(), bytes);
        assert_eq!(BufferCapacity::parse(&bytes).unwrap().available, 0x18_0000);
        assert_eq!(BufferCapacity::blocks(768).to_bytes(), [0, 10, 0, 1, 0, 0, 0, 0, 0, 0, 3, 0]);
        assert!(BufferCapacity::parse(&bytes[..11]).is_err());
    }

    #[test]
    fn descriptors_by_hand() {
        let descriptor = BufferDescriptor::parse(&[0xFF, 0x20, 0, 0]).unwrap();
        assert_eq!((descriptor.offset_boundary, descriptor.capacity), (0xFF, 0x20_0000));
        assert_eq!(BufferHeader { capacity: 0x20_0000 }.to_bytes(), [0, 0x20, 0, 0]);
        let echo = EchoDescriptor { overwritten: true, capacity: 0x1004 };
        assert_eq!(echo.to_bytes(), [1, 0, 0x10, 4]);
    }
}
