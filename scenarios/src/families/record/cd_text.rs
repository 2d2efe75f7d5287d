//! CD-Text as burners make it.

use super::burner::Burner;
use crate::families::unit;
use crate::stop::Verdict;
use discrig_wire::command::ReadToc;
use discrig_wire::crc::crc_16;
use discrig_wire::toc::{CdTextPack, TocData, TocFormat};

/// Packs of CD-Text: title and performer of the disc and its track, and what block 0 has.
pub(super) fn packs() -> Vec<[u8; CdTextPack::SIZE]> {
    let texts: [(u8, &[u8; 12]); 2] = [(0x80, b"Disc\0Track\0\0"), (0x81, b"Band\0Singer\0")];
    let mut packs: Vec<[u8; 16]> = Vec::new();
    for (kind, text) in texts {
        let mut pack = [0; 16];
        (pack[0], pack[2]) = (kind, packs.len() as u8);
        pack[4..].copy_from_slice(text);
        packs.push(pack);
    }
    // Block size information: ISO 8859-1, tracks 1 to 1, one pack of either kind and three of this, last sequence number 4, English.
    let mut sizes = [0; 36];
    (sizes[1], sizes[2], sizes[4], sizes[5], sizes[19]) = (1, 1, 1, 1, 3);
    (sizes[20], sizes[28]) = (4, 9);
    for (n, part) in (0..).zip(sizes.chunks(12)) {
        let mut pack = [0; 16];
        (pack[0], pack[1], pack[2]) = (0x8F, n, packs.len() as u8);
        pack[4..].copy_from_slice(part);
        packs.push(pack);
    }
    packs
        .iter()
        .map(|pack| {
            let mut whole = [0; CdTextPack::SIZE];
            whole[..16].copy_from_slice(pack);
            whole[16..].copy_from_slice(&crc_16(pack).to_be_bytes());
            whole
        })
        .collect()
}

/// Symbols of six bits, most significant first: three bytes make four.
fn in_symbols(bytes: &[u8]) -> Vec<u8> {
    bytes
        .chunks(3)
        .flat_map(|three| {
            let word = three.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte));
            [18, 12, 6, 0].map(|shift| (word >> shift & 0x3F) as u8)
        })
        .collect()
}

/// A lead-in of `blocks` blocks that repeats the packs, four to a block.
pub(super) fn lead_in(packs: &[[u8; CdTextPack::SIZE]], blocks: usize) -> Vec<u8> {
    packs.iter().cycle().take(4 * blocks).flat_map(|pack| in_symbols(pack)).collect()
}

impl Burner<'_, '_> {
    /// READ TOC/PMA/ATIP must return the packs.
    pub(super) fn expect_text(&mut self, packs: &[[u8; CdTextPack::SIZE]]) -> Verdict {
        let bytes = self.fetch(ReadToc {
            format: TocFormat::CD_TEXT.0,
            allocation_length: 2048,
            ..ReadToc::default()
        })?;
        let seen: Vec<_> =
            unit::understood(TocData::parse(&bytes))?.cd_text().map(|pack| pack.to_bytes()).collect();
        self.ensure(seen == packs, || format!("the CD-Text is {seen:02X?}, to be {packs:02X?}"))
    }
}
