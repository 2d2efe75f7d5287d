//! The scrambler (ECMA-130 annex B): data sectors are mixed with a fixed sequence before they are modulated, so that they hold no long runs.
//!
//! Who has to scramble depends on how a sector is written. In track at once, session at once and packet writing the drive does it for
//! every data sector, whatever the data block type, also for the 2352 bytes of cue sheet data forms 11h, 21h and 31h: the initiator gives
//! plain sectors. In raw writing (write type 3) the bytes go to the modulator as they come, so that an initiator gives data sectors
//! *scrambled* and audio as it is. There is no bit that tells which: the control nibble of the Q sub-channel that comes with the sectors
//! does. A store holds sectors plain, as READ CD returns them, so that raw data sectors pass through [`scramble`] once more when they are
//! written; the sequence undoes itself.

use super::{SECTOR_BYTES, Sector};

/// Bytes of the sync pattern, which is left alone.
const SYNC: usize = 12;

/// The sequence, from the header on.
static SEQUENCE: [u8; SECTOR_BYTES - SYNC] = sequence();

const fn sequence() -> [u8; SECTOR_BYTES - SYNC] {
    let mut sequence = [0; SECTOR_BYTES - SYNC];
    // A register of 15 bits, x^15 + x + 1, that begins with 1 in each sector; its lowest bit goes out first.
    let mut register = 1u16;
    let mut at = 0;
    while at < sequence.len() {
        let mut bit = 0;
        while bit < 8 {
            sequence[at] |= ((register & 1) as u8) << bit;
            register = register >> 1 | ((register ^ register >> 1) & 1) << 14;
            bit += 1;
        }
        at += 1;
    }
    sequence
}

/// Scrambles a plain sector, or makes a scrambled one plain.
pub fn scramble(sector: &mut Sector) {
    sector[SYNC..].iter_mut().zip(&SEQUENCE).for_each(|(byte, mix)| *byte ^= mix);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_begins_as_published_and_undoes_itself() {
        let mut sector = [0; SECTOR_BYTES];
        scramble(&mut sector);
        assert_eq!(sector[..12], [0; 12]);
        let published = [
            0x01, 0x80, 0x00, 0x60, 0x00, 0x28, 0x00, 0x1E, 0x80, 0x08, 0x60, 0x06, 0xA8, 0x02, 0xFE, 0x81,
            0x80, 0x60, 0x60, 0x28, 0x28, 0x1E, 0x9E, 0x88, 0x68, 0x66, 0xAE, 0xAA, 0xFC, 0x7F, 0x01, 0xE0,
        ];
        assert_eq!(sector[12..44], published);
        scramble(&mut sector);
        assert_eq!(sector, [0; SECTOR_BYTES]);
    }

    /// Each output bit is the sum of those 15 and 14 places before it.
    #[test]
    fn the_sequence_obeys_its_polynomial() {
        let bits: Vec<u8> = SEQUENCE.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1)).collect();
        assert!(bits.windows(16).all(|run| run[15] == run[0] ^ run[1]));
    }
}
