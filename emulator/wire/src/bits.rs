//! Big-endian bit fields at byte and bit positions.

/// Reads `width` bits whose most significant one is bit `bit` of byte `byte`. Bits beyond the end of `bytes` read as zero.
pub(crate) const fn get(bytes: &[u8], byte: u8, bit: u8, width: u8) -> u64 {
    let mut value = 0u64;
    let mut left = width;
    let mut at = byte as usize;
    let mut top = bit;
    while left > 0 {
        let here = if left <= top { left } else { top + 1 };
        let raw = if at < bytes.len() { bytes[at] } else { 0 };
        let shifted = (raw >> (top + 1 - here)) as u64;
        value = (value << here) | (shifted & ((1 << here) - 1));
        left -= here;
        at += 1;
        top = 7;
    }
    value
}

/// Writes the low `width` bits of `value` where [`get`] would read them. Bits beyond the end of `bytes` are dropped.
pub(crate) const fn set(bytes: &mut [u8], byte: u8, bit: u8, width: u8, value: u64) {
    let mut left = width;
    let mut at = byte as usize;
    let mut top = bit;
    while left > 0 {
        let here = if left <= top { left } else { top + 1 };
        let low = top + 1 - here;
        let mask = (((1u16 << here) - 1) << low) as u8;
        let part = ((value >> (left - here)) as u8) << low;
        if at < bytes.len() {
            bytes[at] = (bytes[at] & !mask) | (part & mask);
        }
        left -= here;
        at += 1;
        top = 7;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_inside_a_byte_and_across_bytes() {
        let bytes = [0b1010_0101, 0x12, 0x34, 0x56];
        assert_eq!(get(&bytes, 0, 7, 1), 1);
        assert_eq!(get(&bytes, 0, 6, 2), 0b01);
        assert_eq!(get(&bytes, 1, 7, 16), 0x1234);
        assert_eq!(get(&bytes, 1, 3, 12), 0x234);
        assert_eq!(get(&bytes, 3, 7, 16), 0x5600);
    }

    #[test]
    fn what_is_set_is_read_back_and_neighbours_stay() {
        let mut bytes = [0xFF; 4];
        set(&mut bytes, 1, 3, 12, 0x0A5);
        assert_eq!(bytes, [0xFF, 0xF0, 0xA5, 0xFF]);
        assert_eq!(get(&bytes, 1, 3, 12), 0x0A5);
    }
}
