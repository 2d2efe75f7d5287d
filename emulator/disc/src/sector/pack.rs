//! Packs of the R to W sub-channels (IEC 60908 17.5, MMC-5 4.2.3.8).
//!
//! The low six bits of a sector's 96 symbols are four *packs* of 24. In a pack symbols 2 and 3 are parity of symbols 0 and 1 (Q), symbols 20
//! to 23 parity of all before (P): Reed-Solomon codes over GF(2^6), primitive polynomial x^6 + x + 1. On the disc symbols of a pack change
//! places in pairs, and each is sent as many packs later as its new place modulo eight says, so that a pack lies in three sectors.
//!
//! *Raw* P to W are symbols as they are on the disc; *packed* R to W (data block type 2, data form sub-channel 11b) are packs, to which the
//! drive adds parity and interleave when it writes, and *corrected* R to W (READ CD, selection 4) are packs again. CD-Text in the lead-in has
//! packs of its own, neither protected nor interleaved.

use super::SubChannels;
use super::sub_channel::{deinterleave, interleave};
use discrig_wire::toc::CdTextPack;

/// Four packs of 24 symbols. R to W are bits 5 to 0.
pub type PackSymbols = [u8; 96];

/// Symbols of a pack.
const PACK: usize = 24;
/// R to W of a symbol.
const RW: u8 = 0x3F;
/// Bytes of a CD-Text pack.
const TEXT: usize = 18;

/// Where each symbol of a pack is sent; the same the other way round.
const PLACES: [u8; PACK] = {
    let mut places = [0; PACK];
    let mut at = 0;
    while at < PACK {
        places[at] = at as u8;
        at += 1;
    }
    let pairs = [(1, 18), (2, 5), (3, 23)];
    let mut at = 0;
    while at < pairs.len() {
        let (one, other) = pairs[at];
        places[one] = other as u8;
        places[other] = one as u8;
        at += 1;
    }
    places
};

/// How many packs later the symbol at this place is sent.
const fn delay(place: usize) -> usize {
    place % 8
}

/// The product in GF(2^6).
const fn product(a: u8, b: u8) -> u8 {
    let mut sum = 0;
    let mut bit = 6;
    while bit > 0 {
        bit -= 1;
        sum = sum << 1 ^ if sum & 0x20 != 0 { 0x43 } else { 0 };
        if b >> bit & 1 != 0 {
            sum ^= a;
        }
    }
    sum
}

/// Coefficients of (x + 1)(x + 2)..., `N` factors with rising powers of the primitive element, below the first, highest first.
const fn generator<const N: usize>() -> [u8; N] {
    let mut below = [0; N];
    let mut root = 1;
    let mut degree = 0;
    while degree < N {
        // Times (x + root): the polynomial of this degree stands in the first entries, its leading 1 unwritten.
        below[degree] = product(root, if degree == 0 { 1 } else { below[degree - 1] });
        let mut at = degree;
        while at > 0 {
            at -= 1;
            below[at] ^= product(root, if at == 0 { 1 } else { below[at - 1] });
        }
        root = product(root, 2);
        degree += 1;
    }
    below
}

/// Parity of symbols, highest first.
fn parity<const N: usize>(symbols: &[u8]) -> [u8; N] {
    let generator = const { generator::<N>() };
    symbols.iter().fold([0; N], |rest, symbol| {
        let lead = rest[0] ^ symbol & RW;
        core::array::from_fn(|at| rest.get(at + 1).copied().unwrap_or(0) ^ product(lead, generator[at]))
    })
}

/// Writes parity into four packs; P and Q, bits 7 and 6, stay as they are.
pub fn protect(packs: &mut PackSymbols) {
    fn put(symbols: &mut [u8], parity: &[u8]) {
        symbols.iter_mut().zip(parity).for_each(|(symbol, parity)| *symbol = *symbol & !RW | parity);
    }
    for pack in packs.as_chunks_mut::<PACK>().0 {
        let q = parity::<2>(&pack[..2]);
        put(&mut pack[2..4], &q);
        let p = parity::<4>(&pack[..20]);
        put(&mut pack[20..], &p);
    }
}

/// Whether the parity of all four packs is right.
#[must_use]
pub fn is_protected(packs: &PackSymbols) -> bool {
    let mut protected = *packs;
    protect(&mut protected);
    protected == *packs
}

/// Sub-channels of a sector, de-interleaved as a store keeps them, from the packs that begin in it and in the two sectors before, the earlier
/// first. P and Q are bits 7 and 6 of `now`, which are not delayed.
#[must_use]
pub fn spread(before: [&PackSymbols; 2], now: &PackSymbols) -> SubChannels {
    let sectors = [before[0], before[1], now];
    let symbols = core::array::from_fn(|at| {
        let place = at % PACK;
        // Counted from the first pack of the sector before last.
        let pack = 8 + at / PACK - delay(place);
        let symbol = sectors[pack / 4][pack % 4 * PACK + usize::from(PLACES[place])];
        now[at] & !RW | symbol & RW
    });
    deinterleave(&symbols)
}

/// The packs that begin in the first of three successive sectors, from their de-interleaved sub-channels; P and Q are zero.
///
/// This is what corrected R to W are on a disc without damage.
#[must_use]
pub fn collect(sectors: [&SubChannels; 3]) -> PackSymbols {
    let symbols = sectors.map(interleave);
    core::array::from_fn(|at| {
        let place = usize::from(PLACES[at % PACK]);
        let pack = at / PACK + delay(place);
        symbols[pack / 4][pack % 4 * PACK + place] & RW
    })
}

/// R to W of a lead-in sector that holds four CD-Text packs, de-interleaved as a store keeps them; P and Q are zero.
#[must_use]
pub fn of_cd_text(packs: &[CdTextPack; 4]) -> SubChannels {
    let mut symbols = [0; 96];
    for (symbols, pack) in symbols.as_chunks_mut::<PACK>().0.iter_mut().zip(packs) {
        let bytes: [u8; TEXT] = pack.to_bytes();
        for (four, three) in symbols.as_chunks_mut::<4>().0.iter_mut().zip(bytes.as_chunks::<3>().0) {
            let [high, middle, low] = *three;
            let bits = u32::from_be_bytes([0, high, middle, low]);
            *four = [18, 12, 6, 0].map(|shift| (bits >> shift) as u8 & RW);
        }
    }
    deinterleave(&symbols)
}

/// The four CD-Text packs of a lead-in sector, whatever their CRC.
#[must_use]
pub fn cd_text(channels: &SubChannels) -> [CdTextPack; 4] {
    let symbols = interleave(channels);
    core::array::from_fn(|pack| {
        let mut bytes = [0; TEXT];
        let symbols = &symbols[pack * PACK..(pack + 1) * PACK];
        for (three, four) in bytes.as_chunks_mut::<3>().0.iter_mut().zip(symbols.as_chunks::<4>().0) {
            let bits = four.iter().fold(0u32, |bits, symbol| bits << 6 | u32::from(symbol & RW));
            let [_, high, middle, low] = bits.to_be_bytes();
            *three = [high, middle, low];
        }
        // Eighteen bytes are never too few for a pack.
        CdTextPack::parse(&bytes).unwrap_or_default()
    })
}

/// R to W of the lead-in's sector number `sector`, counted from its start: the packs over and over, four to a sector. Zeros without packs.
#[must_use]
pub fn cd_text_lead_in(packs: &[CdTextPack], sector: usize) -> SubChannels {
    let mut cycle = packs.iter().cycle().skip(if packs.is_empty() { 0 } else { sector * 4 % packs.len() });
    of_cd_text(&core::array::from_fn(|_| cycle.next().copied().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Value of a polynomial, highest coefficient first.
    fn value(symbols: &[u8], at: u8) -> u8 {
        symbols.iter().fold(0, |sum, symbol| product(sum, at) ^ symbol)
    }

    #[test]
    fn the_field() {
        let powers: Vec<u8> =
            core::iter::successors(Some(1), |power| Some(product(*power, 2))).take(64).collect();
        assert_eq!(powers[..8], [1, 2, 4, 8, 16, 32, 3, 6]);
        assert_eq!(powers[63], 1);
        assert_eq!(powers[1..63].iter().filter(|power| **power == 1).count(), 0);
        // (x + 1)(x + 2) = x^2 + 3x + 2.
        assert_eq!(generator::<2>(), [3, 2]);
    }

    #[test]
    fn places_by_hand() {
        // Symbol 1 of the first pack goes to place 18, two packs later; symbol 3 to place 23, seven packs later.
        let mut packs = [[0; 96]; 3];
        packs[0][1] = 0x3F;
        packs[0][3] = 0x2A;
        let zero = [0; 96];
        let first = interleave(&spread([&zero, &zero], &packs[0]));
        let second = interleave(&spread([&zero, &packs[0]], &packs[1]));
        let third = interleave(&spread([&packs[0], &packs[1]], &packs[2]));
        let found = |symbols: SubChannels| -> Vec<(usize, u8)> {
            (0..).zip(symbols).filter(|(_, symbol)| *symbol != 0).collect()
        };
        assert_eq!(found(first), [(2 * 24 + 18, 0x3F)]);
        assert_eq!(found(second), [(3 * 24 + 23, 0x2A)]);
        assert_eq!(found(third), []);
    }

    #[test]
    fn cd_text_by_hand() {
        let pack = CdTextPack { kind: 0x80, text: *b"Title\0Song\0\0", ..Default::default() }.sealed();
        let channels = of_cd_text(&[pack, pack, pack, CdTextPack { track: 1, ..pack }.sealed()]);
        assert_eq!(channels[..24], [0; 24]);
        let symbols = interleave(&channels);
        // 80 00 00 00 54: five symbols and two bits, then 01010100.
        assert_eq!(symbols[..4], [0x20, 0, 0, 0]);
        assert_eq!(symbols[5] << 4 | symbols[6] >> 2, b'T');
        assert_eq!(cd_text(&channels)[..3], [pack; 3]);
        assert_eq!(cd_text(&channels)[3].track, 1);
    }

    #[test]
    fn cd_text_goes_round() {
        let packs: Vec<CdTextPack> =
            (0..6).map(|sequence| CdTextPack { sequence, ..Default::default() }).collect();
        let sequence = |sector| cd_text(&cd_text_lead_in(&packs, sector)).map(|pack| pack.sequence);
        assert_eq!(
            [sequence(0), sequence(1), sequence(2), sequence(3)].as_flattened(),
            [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3]
        );
        assert_eq!(cd_text_lead_in(&[], 7), [0; 96]);
    }

    fn sectors(count: usize) -> impl Strategy<Value = Vec<PackSymbols>> {
        let symbols = prop::collection::vec(any::<u8>(), 96).prop_map(|bytes| bytes.try_into().unwrap());
        prop::collection::vec(symbols, count)
    }

    proptest! {
        #[test]
        fn code_words_vanish_at_their_roots(mut packs in sectors(1)) {
            protect(&mut packs[0]);
            prop_assert!(is_protected(&packs[0]));
            for pack in packs[0].chunks(PACK) {
                let pack: Vec<u8> = pack.iter().map(|symbol| symbol & RW).collect();
                for root in [1, 2, 4, 8] {
                    prop_assert_eq!(value(&pack, root), 0);
                }
                for root in [1, 2] {
                    prop_assert_eq!(value(&pack[..4], root), 0);
                }
            }
        }

        #[test]
        fn a_changed_symbol_is_noticed(mut packs in sectors(1), at in 0usize..96, change in 1u8..64) {
            protect(&mut packs[0]);
            packs[0][at] ^= change;
            prop_assert!(!is_protected(&packs[0]));
        }

        #[test]
        fn collecting_undoes_spreading(packs in sectors(8)) {
            let zero = [0; 96];
            let before = |at: usize, back: usize| at.checked_sub(back).map_or(&zero, |at| &packs[at]);
            let discs: Vec<SubChannels> =
                (0..8).map(|at| spread([before(at, 2), before(at, 1)], &packs[at])).collect();
            for at in 0..6 {
                let expected: PackSymbols = packs[at].map(|symbol| symbol & RW);
                prop_assert_eq!(collect([&discs[at], &discs[at + 1], &discs[at + 2]]), expected);
                // P and Q stay where they were given.
                let symbols = interleave(&discs[at]);
                prop_assert!(symbols.iter().zip(&packs[at]).all(|(is, was)| is & !RW == was & !RW));
            }
        }
    }
}
