//! The CRC of Q sub-channel frames and CD-Text packs: x^16 + x^12 + x^5 + 1, recorded inverted (IEC 60908).

/// The CRC of `bytes` as it is recorded behind them.
#[must_use]
pub fn crc_16(bytes: &[u8]) -> u16 {
    !bytes.iter().fold(0u16, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 != 0 { (crc << 1) ^ 0x1021 } else { crc << 1 }
        })
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_usual_check_value_inverted() {
        assert_eq!(super::crc_16(b"123456789"), !0x31C3);
        assert_eq!(super::crc_16(&[]), 0xFFFF);
    }
}
