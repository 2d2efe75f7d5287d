//! The eight sub-channels P to W of a sector.
//!
//! Drives give and take them *interleaved*: 96 symbols, one per frame, whose bits are P (bit 7) to W (bit 0). A store keeps them
//! *de-interleaved*: twelve bytes of P, twelve of Q, and so on, most significant bit first. Both are the same 96 by 8 bits, turned over.

use super::SubChannels;
use super::q::{Q_BYTES, QData, QFrame, seal};
use crate::state::Track;
use discrig_wire::msf::Msf;

/// Bytes of the formatted Q sub-channel.
pub const FORMATTED_Q_BYTES: usize = 16;

/// Bytes of one sub-channel.
const CHANNEL: usize = 12;

/// Turns over eight by eight bits: bit `n` of byte `m` changes place with bit 7 - `m` of byte 7 - `n`.
const fn turn(bits: u64) -> u64 {
    let swap = (bits ^ bits >> 7) & 0x00AA_00AA_00AA_00AA;
    let bits = bits ^ swap ^ swap << 7;
    let swap = (bits ^ bits >> 14) & 0x0000_CCCC_0000_CCCC;
    let bits = bits ^ swap ^ swap << 14;
    let swap = (bits ^ bits >> 28) & 0x0000_0000_F0F0_F0F0;
    bits ^ swap ^ swap << 28
}

/// Symbols, as drives return them (raw P to W), of de-interleaved sub-channels.
#[must_use]
pub fn interleave(channels: &SubChannels) -> SubChannels {
    let mut symbols = [0; 96];
    for (at, group) in symbols.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        let column = core::array::from_fn(|channel| channels[channel * CHANNEL + at]);
        *group = turn(u64::from_be_bytes(column)).to_be_bytes();
    }
    symbols
}

/// De-interleaved sub-channels, as a store keeps them, of symbols.
#[must_use]
pub fn deinterleave(symbols: &SubChannels) -> SubChannels {
    let mut channels = [0; 96];
    for (at, group) in symbols.as_chunks::<8>().0.iter().enumerate() {
        let column = turn(u64::from_be_bytes(*group)).to_be_bytes();
        for (channel, byte) in column.into_iter().enumerate() {
            channels[channel * CHANNEL + at] = byte;
        }
    }
    channels
}

/// De-interleaved sub-channels of one P bit and a frame of Q; R to W are zero.
#[must_use]
pub fn of_p_and_q(p: bool, q: &[u8; Q_BYTES]) -> SubChannels {
    let mut channels = [0; 96];
    channels[..CHANNEL].fill(if p { 0xFF } else { 0 });
    channels[CHANNEL..2 * CHANNEL].copy_from_slice(q);
    channels
}

/// The frame of Q in de-interleaved sub-channels.
#[must_use]
pub fn q(channels: &SubChannels) -> [u8; Q_BYTES] {
    core::array::from_fn(|at| channels[CHANNEL + at])
}

/// The formatted Q sub-channel (READ CD, selection 2): the frame as recorded, and P in bit 7 of the last byte.
#[must_use]
pub fn formatted_q(channels: &SubChannels) -> [u8; FORMATTED_Q_BYTES] {
    let mut formatted = [0; FORMATTED_Q_BYTES];
    formatted[..Q_BYTES].copy_from_slice(&q(channels));
    // The bits of P are all alike but for what a scratch makes of them.
    let ones: u32 = channels[..CHANNEL].iter().map(|byte| byte.count_ones()).sum();
    formatted[15] = if ones > 48 { 0x80 } else { 0 };
    formatted
}

/// De-interleaved sub-channels of the 16 bytes of P and Q that come with a block of 2368 bytes. The drive makes the CRC.
#[must_use]
pub fn of_formatted_q(formatted: &[u8; FORMATTED_Q_BYTES]) -> SubChannels {
    let mut frame = core::array::from_fn(|at| formatted[at]);
    seal(&mut frame);
    of_p_and_q(formatted[15] & 0x80 != 0, &frame)
}

/// Where a sector is, as its sub-channels tell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Position {
    /// Control nibble.
    pub control: u8,
    /// Track; AAh in the lead-out.
    pub track: u8,
    /// Index; 0 in the pause before the track.
    pub index: u8,
    /// Distance from index 1; it falls to zero in the pause.
    pub relative: Msf,
    /// Address on the disc.
    pub absolute: Msf,
}

impl Position {
    /// The position of a block that belongs to a track, by the track's start and indexes; `None` where there can be no such block.
    #[must_use]
    pub fn in_track(track: &Track, block: i32) -> Option<Position> {
        let (index, distance) = if block < track.start {
            (0, track.start.checked_sub(block)? - 1)
        } else {
            let further = track.indexes.iter().filter(|index| **index <= block).count();
            (u8::try_from(1 + further).ok()?, block.checked_sub(track.start)?)
        };
        Some(Position {
            control: track.control,
            track: u8::try_from(track.number).ok()?,
            index,
            relative: distance_msf(distance)?,
            absolute: Msf::from_lba(block)?,
        })
    }

    /// The position of a block in the lead-out that starts there; `None` where there can be no such block.
    #[must_use]
    pub fn in_lead_out(control: u8, lead_out: i32, block: i32) -> Option<Position> {
        Some(Position {
            control,
            track: super::q::LEAD_OUT,
            index: 1,
            relative: distance_msf(block.checked_sub(lead_out)?)?,
            absolute: Msf::from_lba(block)?,
        })
    }

    /// The frame of Q.
    #[must_use]
    pub const fn frame(&self) -> QFrame {
        let Position { control, track, index, relative, absolute } = *self;
        QFrame { control, data: QData::Position { track, index, relative, absolute } }
    }

    /// P: set in the pause and, as on pressed discs, in the first sector after it.
    #[must_use]
    pub fn p(&self) -> bool {
        self.index == 0 || self.index == 1 && self.relative == Msf::new(0, 0, 0)
    }

    /// All sub-channels, de-interleaved; R to W are zero.
    #[must_use]
    pub fn sub_channels(&self) -> SubChannels {
        of_p_and_q(self.p(), &self.frame().to_bytes())
    }
}

/// So many blocks as minutes, seconds and frames.
const fn distance_msf(blocks: i32) -> Option<Msf> {
    if blocks < 0 { None } else { Msf::from_lba(blocks.saturating_sub(150)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bit(bytes: &[u8], at: usize) -> u8 {
        bytes[at / 8] >> (7 - at % 8) & 1
    }

    /// Sub-channels of the first sector of a data disc: P set, Q as dumps show it.
    #[test]
    fn the_first_sector_of_a_disc() {
        let channels = Position::in_track(&Track::open(1, 0), 0).unwrap().sub_channels();
        assert_eq!(channels[..12], [0xFF; 12]);
        assert_eq!(channels[12..24], [0x41, 0x01, 0x01, 0, 0, 0, 0, 0, 0x02, 0, 0x28, 0x32]);
        assert_eq!(channels[24..], [0; 72]);
        let raw = interleave(&channels);
        assert_eq!(raw[..8], [0x80, 0xC0, 0x80, 0x80, 0x80, 0x80, 0x80, 0xC0]);
        assert_eq!(raw[88..], [0x80, 0x80, 0xC0, 0xC0, 0x80, 0x80, 0xC0, 0x80]);
        let formatted = formatted_q(&channels);
        assert_eq!(formatted, [0x41, 0x01, 0x01, 0, 0, 0, 0, 0, 0x02, 0, 0x28, 0x32, 0, 0, 0, 0x80]);
        assert_eq!(of_formatted_q(&formatted), channels);
    }

    #[test]
    fn positions_in_a_track() {
        let track = Track { pre_gap: 150, indexes: vec![2000, 3000], control: 0, ..Track::open(2, 1000) };
        let at = |block| {
            let Position { index, relative, absolute, .. } = Position::in_track(&track, block).unwrap();
            (index, relative, absolute)
        };
        assert_eq!(at(850), (0, Msf::new(0, 1, 74), Msf::new(0, 13, 25)));
        assert_eq!(at(999), (0, Msf::new(0, 0, 0), Msf::new(0, 15, 24)));
        assert_eq!(at(1000), (1, Msf::new(0, 0, 0), Msf::new(0, 15, 25)));
        assert_eq!(at(2000).0, 2);
        assert_eq!(at(5500), (3, Msf::new(1, 0, 0), Msf::new(1, 15, 25)));
        assert_eq!(Position::in_track(&track, i32::MIN), None);
        assert_eq!(Position::in_track(&track, i32::MAX), None);
        assert_eq!(Position::in_lead_out(4, 100, 99), None);
        assert_eq!(Position::in_lead_out(4, 100, 175).unwrap().relative, Msf::new(0, 1, 0));
    }

    proptest! {
        #[test]
        fn interleaving_moves_each_bit(bytes in prop::collection::vec(any::<u8>(), 96)) {
            let channels: SubChannels = bytes.try_into().unwrap();
            let symbols = interleave(&channels);
            for channel in 0..8 {
                for at in 0..96 {
                    prop_assert_eq!(bit(&symbols, 8 * at + channel), bit(&channels, 96 * channel + at));
                }
            }
            prop_assert_eq!(deinterleave(&symbols), channels);
            prop_assert_eq!(interleave(&deinterleave(&channels)), channels);
        }
    }
}
