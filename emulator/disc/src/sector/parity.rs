//! P and Q parity of data sectors (ECMA-130 annex A): two Reed-Solomon codes over GF(2^8), primitive polynomial x^8 + x^4 + x^3 + x^2 + 1.
//!
//! Both look at the bytes from the header on as words of 16 bits whose halves are coded apart. P takes 43 columns of 24 words each and adds
//! two rows. Q takes 26 diagonals of 43 words each over these 26 rows and adds two words to each.
//!
//! A code word has two parity symbols a and b at its end such that the plain sum of its symbols and the sum weighted by descending powers
//! of the primitive element (the last symbol by 1) are both zero. With s the plain and t the weighted sum of the data alone (the last data
//! symbol weighted by the square of the primitive element) this gives a = (s + t) / 3 and b = s + a. All words of a code are summed side by
//! side, by Horner's rule, so that the compiler makes vectors of them.

use super::Sector;

/// Bytes of a row: 43 words.
const ROW: usize = 86;
/// Rows that P covers.
const P_ROWS: usize = 24;
/// Rows that Q covers.
const Q_ROWS: usize = P_ROWS + 2;
/// Words of a row, and of a diagonal.
const WORDS: usize = ROW / 2;
/// Bytes of one parity word of all diagonals.
const DIAGONALS: usize = 2 * Q_ROWS;
/// Where the first row begins in a sector: at the header.
const FIRST: usize = 12;
/// Where P parity begins in a sector.
pub(super) const P: usize = FIRST + P_ROWS * ROW;
/// Where Q parity begins in a sector.
pub(super) const Q: usize = P + 2 * ROW;

/// Both parity symbols of each code word: all first ones, then all second ones.
type Symbols<const N: usize> = [[u8; N]; 2];

/// Quotients by 3.
static THIRDS: [u8; 256] = thirds();

const fn thirds() -> [u8; 256] {
    let mut thirds = [0; 256];
    let mut third = 0;
    while third < 256 {
        thirds[(twice(third as u8) ^ third as u8) as usize] = third as u8;
        third += 1;
    }
    thirds
}

/// The product with the primitive element.
const fn twice(symbol: u8) -> u8 {
    symbol << 1 ^ if symbol & 0x80 != 0 { 0x1D } else { 0 }
}

/// Sums of `N` code words side by side.
struct Sums<const N: usize> {
    plain: [u8; N],
    weighted: [u8; N],
}

impl<const N: usize> Sums<N> {
    const ZERO: Sums<N> = Sums { plain: [0; N], weighted: [0; N] };

    /// Takes the next symbol of each.
    #[inline]
    fn add(&mut self, symbols: &[u8; N]) {
        for ((plain, weighted), symbol) in self.plain.iter_mut().zip(&mut self.weighted).zip(symbols) {
            *plain ^= symbol;
            *weighted = twice(*weighted) ^ symbol;
        }
    }

    #[inline]
    fn parity(self) -> Symbols<N> {
        let mut parity = [[0; N]; 2];
        for at in 0..N {
            let first = THIRDS[usize::from(self.plain[at] ^ twice(twice(self.weighted[at])))];
            parity[0][at] = first;
            parity[1][at] = first ^ self.plain[at];
        }
        parity
    }
}

/// P parity of a sector.
fn p_parity(sector: &Sector) -> Symbols<ROW> {
    let (rows, _) = sector[FIRST..P].as_chunks::<ROW>();
    let mut sums = Sums::ZERO;
    rows.iter().for_each(|row| sums.add(row));
    sums.parity()
}

/// Q parity of a sector, over the P parity that it has.
fn q_parity(sector: &Sector) -> Symbols<DIAGONALS> {
    let (rows, _) = sector[FIRST..Q].as_chunks::<ROW>();
    let mut sums = Sums::ZERO;
    for word in 0..WORDS {
        // The column twice, one after the other, so that the diagonals begin anywhere in it.
        let mut column = [0; 2 * DIAGONALS];
        for (row, bytes) in rows.iter().enumerate() {
            let symbols = [bytes[2 * word], bytes[2 * word + 1]];
            column[2 * row..2 * row + 2].copy_from_slice(&symbols);
            column[DIAGONALS + 2 * row..DIAGONALS + 2 * row + 2].copy_from_slice(&symbols);
        }
        if let Some(symbols) = column[2 * (word % Q_ROWS)..].first_chunk() {
            sums.add(symbols);
        }
    }
    sums.parity()
}

/// Writes P and Q parity of what stands before them.
pub fn write(sector: &mut Sector) {
    let p = p_parity(sector);
    sector[P..Q].copy_from_slice(p.as_flattened());
    let q = q_parity(sector);
    sector[Q..].copy_from_slice(q.as_flattened());
}

/// Whether P and Q parity are right.
#[must_use]
pub fn check(sector: &Sector) -> (bool, bool) {
    (p_parity(sector).as_flattened() == &sector[P..Q], q_parity(sector).as_flattened() == &sector[Q..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn product(a: u8, b: u8) -> u8 {
        let carryless =
            (0..8).filter(|bit| b >> bit & 1 != 0).fold(0u16, |sum, bit| sum ^ u16::from(a) << bit);
        (8..15).rev().fold(
            carryless,
            |rest, bit| {
                if rest >> bit & 1 != 0 { rest ^ 0x11D << (bit - 8) } else { rest }
            },
        ) as u8
    }

    /// Remainder of the data, two symbols further up, by (x + 1)(x + 2) = x^2 + 3x + 2.
    fn remainder(data: impl Iterator<Item = u8>) -> [u8; 2] {
        data.chain([0, 0]).fold([0, 0], |[high, low], next| [low ^ product(high, 3), next ^ product(high, 2)])
    }

    /// Both codes word by word, with addresses as the standard numbers them.
    fn by_division(sector: &Sector) -> Vec<u8> {
        let mut coded = sector[12..].to_vec();
        for (start, half) in (0..43).flat_map(|start| [(start, 0), (start, 1)]) {
            let parity = remainder((0..24).map(|step| coded[2 * (start + 43 * step) + half]));
            for (step, symbol) in (24..).zip(parity) {
                coded[2 * (start + 43 * step) + half] = symbol;
            }
        }
        for (diagonal, half) in (0..26).flat_map(|diagonal| [(diagonal, 0), (diagonal, 1)]) {
            let parity =
                remainder((0..43).map(|step| coded[2 * ((44 * step + 43 * diagonal) % 1118) + half]));
            for (step, symbol) in (0..).zip(parity) {
                coded[2 * (1118 + 26 * step + diagonal) + half] = symbol;
            }
        }
        coded[P - 12..].to_vec()
    }

    #[test]
    fn quotients() {
        (0..=255).for_each(|byte| assert_eq!(product(THIRDS[usize::from(byte)], 3), byte));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn sums_agree_with_division(bytes in prop::collection::vec(any::<u8>(), 2352)) {
            let mut sector: Sector = bytes.try_into().unwrap();
            let expected = by_division(&sector);
            write(&mut sector);
            prop_assert_eq!(&sector[P..], &expected[..]);
            prop_assert_eq!(check(&sector), (true, true));
        }

        #[test]
        fn a_changed_byte_is_noticed(at in FIRST..2352, change in 1u8..) {
            let mut sector = [0x5A; 2352];
            write(&mut sector);
            sector[at] ^= change;
            let (p, q) = check(&sector);
            prop_assert_eq!(p, at >= Q);
            prop_assert!(!q);
        }
    }
}
