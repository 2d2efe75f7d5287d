//! The CRC of Q sub-channel frames and CD-Text packs: x^16 + x^12 + x^5 + 1, recorded inverted (IEC 60908).

/// What each byte adds.
const TABLE: [u16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut rest = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            rest = if rest & 0x8000 != 0 { rest << 1 ^ 0x1021 } else { rest << 1 };
            bit += 1;
        }
        table[byte] = rest;
        byte += 1;
    }
    table
};

/// The CRC of `bytes` as it is recorded behind them.
#[must_use]
pub fn crc_16(bytes: &[u8]) -> u16 {
    !bytes.iter().fold(0, |crc, byte| crc << 8 ^ TABLE[usize::from((crc >> 8) as u8 ^ byte)])
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_usual_check_value_inverted() {
        assert_eq!(super::crc_16(b"123456789"), !0x31C3);
        assert_eq!(super::crc_16(&[]), 0xFFFF);
    }
}
