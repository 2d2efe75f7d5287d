//! What a sector of a CD must look like, checked from the definitions alone: a decoder's view, not an encoder's.
//!
//! EDC and ECC are judged by what they are for: the remainder of the EDC polynomial and the syndromes of the Reed-Solomon codes of a correct
//! sector are zero (ECMA-130 14.3 and annex A). Sub-channels are taken apart symbol by symbol.

use discrig_wire::crc::crc_16;
use discrig_wire::msf::Msf;
use discrig_wire::sub_channel::QFrame;

/// Bytes of a sector without sub-channels.
pub(super) const RAW: usize = 2352;
/// Bytes of its sub-channels.
pub(super) const SUB_CHANNELS: usize = 96;
/// What every data sector begins with.
pub(super) const SYNC: [u8; 12] = [0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0];
/// First byte of the user data of a mode 1 sector, and of its EDC.
const USER: usize = 16;
const EDC: usize = 2064;

/// A number below 100 as two decimal digits of four bits.
pub(super) const fn bcd(number: u8) -> u8 {
    16 * (number / 10) + number % 10
}

/// A time with its numbers as decimal digits.
pub(super) const fn bcd_of(time: Msf) -> Msf {
    Msf::new(bcd(time.minute), bcd(time.second), bcd(time.frame))
}

/// What is wrong with a mode 1 sector that should hold `user` at `lba`, or `None`.
pub(super) fn mode_1_fault(sector: &[u8], lba: i32, user: &[u8]) -> Option<&'static str> {
    let time = bcd_of(Msf::from_lba(lba)?);
    let header = [time.minute, time.second, time.frame, 1];
    let judged = [
        (sector.len() == RAW, "its length"),
        (sector.get(..12) == Some(&SYNC[..]), "its synchronisation pattern"),
        (sector.get(12..USER) == Some(&header[..]), "its header"),
        (sector.get(USER..EDC) == Some(user), "its user data"),
        (sector.get(..EDC + 4).is_some_and(|covered| edc_remainder(covered) == 0), "its EDC"),
        (sector.get(EDC + 4..EDC + 12) == Some(&[0; 8][..]), "its intermediate field"),
        (p_vectors(sector), "its P parity"),
        (q_vectors(sector), "its Q parity"),
    ];
    judged.into_iter().find(|(holds, _)| !holds).map(|(_, what)| what)
}

/// The remainder of `bytes`, least significant bit first, by (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1).
fn edc_remainder(bytes: &[u8]) -> u32 {
    // The polynomial x^32 + x^31 + x^16 + x^15 + x^4 + x^3 + x + 1 without its highest term, mirrored.
    const POLYNOMIAL: u32 = 0xD801_8001;
    bytes.iter().fold(0u32, |remainder, byte| {
        (0..8).fold(remainder ^ u32::from(*byte), |value, _| {
            if value & 1 == 0 { value >> 1 } else { value >> 1 ^ POLYNOMIAL }
        })
    })
}

/// A symbol times alpha in GF(2^8) with x^8 + x^4 + x^3 + x^2 + 1.
const fn times_alpha(symbol: u8) -> u8 {
    if symbol & 0x80 == 0 { symbol << 1 } else { symbol << 1 ^ 0x1D }
}

/// Whether both syndromes of a code word are zero, its last two symbols being the parity.
fn is_code_word(symbols: impl Iterator<Item = u8>) -> bool {
    let (sum, weighted) =
        symbols.fold((0, 0), |(sum, weighted), symbol| (sum ^ symbol, times_alpha(weighted) ^ symbol));
    (sum, weighted) == (0, 0)
}

/// The byte of a 16-bit word behind the synchronisation pattern.
fn symbol(sector: &[u8], word: usize, plane: usize) -> u8 {
    sector.get(12 + 2 * word + plane).copied().unwrap_or(0)
}

/// 43 columns of 26 words in either plane of bytes.
fn p_vectors(sector: &[u8]) -> bool {
    (0..2).all(|plane| {
        (0..43).all(|column| is_code_word((0..26).map(|row| symbol(sector, 43 * row + column, plane))))
    })
}

/// 26 diagonals of 43 words in either plane, and their two words of parity behind them all.
fn q_vectors(sector: &[u8]) -> bool {
    (0..2).all(|plane| {
        (0..26).all(|diagonal| {
            let data = (0..43).map(|step| (44 * step + 43 * diagonal) % 1118);
            let parity = [1118 + diagonal, 1144 + diagonal];
            is_code_word(data.chain(parity).map(|word| symbol(sector, word, plane)))
        })
    })
}

/// The Q channel of 96 bytes of sub-channels, whose bytes have P at the top and W at the bottom.
pub(super) fn q_of(sub_channels: &[u8]) -> [u8; QFrame::SIZE] {
    let mut q = [0; QFrame::SIZE];
    for (at, symbol) in sub_channels.iter().take(SUB_CHANNELS).enumerate() {
        q[at / 8] |= (symbol >> 6 & 1) << (7 - at % 8);
    }
    q
}

/// 96 bytes of sub-channels with this Q channel, and P as given.
pub(super) fn with_q(q: [u8; QFrame::SIZE], p: bool) -> [u8; SUB_CHANNELS] {
    core::array::from_fn(|at| u8::from(p) << 7 | (q[at / 8] >> (7 - at % 8) & 1) << 6)
}

/// Whether the CRC of a Q frame is right.
pub(super) fn crc_holds(q: &[u8; QFrame::SIZE]) -> bool {
    crc_16(&q[..10]).to_be_bytes() == q[10..]
}

/// A Q frame of mode 1: control, track, index, time in the track and on the disc, and the CRC.
pub(super) fn position(
    control: u8,
    track: u8,
    index: u8,
    relative: Msf,
    absolute: Msf,
) -> [u8; QFrame::SIZE] {
    let (relative, absolute) = (bcd_of(relative), bcd_of(absolute));
    let mut q = [
        control << 4 | 1,
        if track == 0xAA { track } else { bcd(track) },
        index,
        relative.minute,
        relative.second,
        relative.frame,
        0,
        absolute.minute,
        absolute.second,
        absolute.frame,
        0,
        0,
    ];
    let crc = crc_16(&q[..10]).to_be_bytes();
    q[10..].copy_from_slice(&crc);
    q
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_with_its_remainder_has_none() {
        assert_eq!(edc_remainder(&[0; 2068]), 0);
        let mut bytes = b"123456789".to_vec();
        let remainder = edc_remainder(&bytes);
        assert_ne!(remainder, 0);
        bytes.extend(remainder.to_le_bytes());
        assert_eq!(edc_remainder(&bytes), 0);
    }

    #[test]
    fn code_words_have_no_syndromes() {
        // (x + 1)(x + alpha) = x^2 + 3x + 2.
        assert!(is_code_word([1, 3, 2].into_iter()));
        assert!(is_code_word([0, 1, 3, 2, 0].into_iter()));
        assert!(!is_code_word([1, 3, 3].into_iter()));
        assert_eq!(times_alpha(0x80), 0x1D);
    }

    #[test]
    fn a_q_frame_goes_through_the_symbols() {
        let q = position(4, 1, 1, Msf::new(0, 0, 16), Msf::new(12, 34, 56));
        assert_eq!(q[..10], [0x41, 1, 1, 0, 0, 0x16, 0, 0x12, 0x34, 0x56]);
        assert!(crc_holds(&q));
        assert_eq!(q_of(&with_q(q, true)), q);
        assert!(with_q(q, true).iter().all(|symbol| symbol & 0x80 != 0));
    }
}
