//! What a sector of a CD must look like, checked from the definitions alone: a decoder's view. Where the initiator makes whole sectors, they are
//! made from the same definitions.
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
/// Where the header ends: the user data of mode 1 begin, or the sub-header.
const HEADER_END: usize = 16;

/// Kinds of data sectors.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// Mode 1.
    Mode1,
    /// Mode 2 without a form: user data and nothing else.
    Mode2,
    /// Mode 2 form 1.
    Form1,
    /// Mode 2 form 2.
    Form2,
}

/// What a data sector holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Content<'d> {
    /// Its kind.
    pub(super) kind: Kind,
    /// File, channel, submode and coding, twice, in those that have a form.
    pub(super) sub_header: [u8; 8],
    /// The user data.
    pub(super) user: &'d [u8],
}

impl Kind {
    /// Bytes of user data.
    pub(super) const fn user_bytes(self) -> usize {
        match self {
            Kind::Mode1 | Kind::Form1 => 2048,
            Kind::Mode2 => 2336,
            Kind::Form2 => 2324,
        }
    }

    const fn mode(self) -> u8 {
        if matches!(self, Kind::Mode1) { 1 } else { 2 }
    }

    const fn has_sub_header(self) -> bool {
        matches!(self, Kind::Form1 | Kind::Form2)
    }

    /// Where the user data stand.
    pub(super) const fn user(self) -> core::ops::Range<usize> {
        let first = if self.has_sub_header() { HEADER_END + 8 } else { HEADER_END };
        first..first + self.user_bytes()
    }

    /// The bytes that the EDC behind them is of.
    const fn covered(self) -> Option<core::ops::Range<usize>> {
        match self {
            Kind::Mode1 => Some(0..self.user().end),
            Kind::Mode2 => None,
            Kind::Form1 | Kind::Form2 => Some(HEADER_END..self.user().end),
        }
    }

    const fn has_parity(self) -> bool {
        matches!(self, Kind::Mode1 | Kind::Form1)
    }
}

impl<'d> Content<'d> {
    /// A mode 1 sector.
    pub(super) const fn mode_1(user: &'d [u8]) -> Content<'d> {
        Content { kind: Kind::Mode1, sub_header: [0; 8], user }
    }
}

/// A number below 100 as two decimal digits of four bits.
pub(super) const fn bcd(number: u8) -> u8 {
    16 * (number / 10) + number % 10
}

/// A time with its numbers as decimal digits.
pub(super) const fn bcd_of(time: Msf) -> Msf {
    Msf::new(bcd(time.minute), bcd(time.second), bcd(time.frame))
}

/// The header of a sector.
fn header(lba: i32, kind: Kind) -> Option<[u8; 4]> {
    let time = bcd_of(Msf::from_lba(lba)?);
    Some([time.minute, time.second, time.frame, kind.mode()])
}

/// What is wrong with a sector that should hold `content` at `lba`, or `None`.
pub(super) fn fault(sector: &[u8], lba: i32, content: &Content<'_>) -> Option<&'static str> {
    let Content { kind, sub_header, user } = *content;
    let wanted = header(lba, kind)?;
    let protected = || match kind.covered() {
        None => true,
        Some(covered) => {
            let edc = covered.end..covered.end + 4;
            // Form 2 may go without.
            let absent = kind == Kind::Form2 && sector.get(edc.clone()) == Some(&[0; 4][..]);
            absent || sector.get(covered.start..edc.end).is_some_and(|bytes| edc_remainder(bytes) == 0)
        }
    };
    let judged: [(bool, &str); 8] = [
        (sector.len() == RAW, "its length"),
        (sector.get(..12) == Some(&SYNC[..]), "its synchronisation pattern"),
        (sector.get(12..HEADER_END) == Some(&wanted[..]), "its header"),
        (!kind.has_sub_header() || sector.get(HEADER_END..24) == Some(&sub_header[..]), "its sub-header"),
        (sector.get(kind.user()) == Some(user), "its user data"),
        (protected(), "its EDC"),
        (kind != Kind::Mode1 || sector.get(2068..2076) == Some(&[0; 8][..]), "its intermediate field"),
        (!kind.has_parity() || has_right_parity(sector, kind), "its P or Q parity"),
    ];
    judged.into_iter().find(|(holds, _)| !holds).map(|(_, what)| what)
}

/// A whole sector with this content at `lba`, not scrambled. `None` where there is no such time, or the user data have another length.
pub(super) fn sealed(lba: i32, content: &Content<'_>) -> Option<[u8; RAW]> {
    let Content { kind, sub_header, user } = *content;
    let mut sector = [0; RAW];
    sector[..12].copy_from_slice(&SYNC);
    sector[12..HEADER_END].copy_from_slice(&header(lba, kind)?);
    if kind.has_sub_header() {
        sector[HEADER_END..24].copy_from_slice(&sub_header);
    }
    sector[kind.user()].copy_from_slice(user.get(..kind.user_bytes())?);
    if let Some(covered) = kind.covered() {
        let edc = edc_remainder(&sector[covered.clone()]).to_le_bytes();
        sector[covered.end..covered.end + 4].copy_from_slice(&edc);
    }
    if kind.has_parity() {
        protect(&mut sector, kind);
    }
    Some(sector)
}

/// The scrambler of ECMA-130 annex B: who writes raw gives data sectors scrambled. It undoes itself.
pub(super) fn scramble(sector: &mut [u8; RAW]) {
    sector[12..].iter_mut().zip(&SEQUENCE).for_each(|(byte, mix)| *byte ^= mix);
}

/// What everything behind the synchronisation pattern is mixed with: a register of x^15 + x + 1 that begins with 1, lowest bit first.
static SEQUENCE: [u8; RAW - 12] = {
    let (mut sequence, mut register, mut at) = ([0; RAW - 12], 1u16, 0);
    while at < 8 * sequence.len() {
        sequence[at / 8] |= ((register & 1) as u8) << (at % 8);
        register = register >> 1 | ((register ^ register >> 1) & 1) << 14;
        at += 1;
    }
    sequence
};

/// The remainder of `bytes`, least significant bit first, by (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1).
fn edc_remainder(bytes: &[u8]) -> u32 {
    let (fours, rest) = bytes.as_chunks::<4>();
    let remainder = fours.iter().fold(0, |remainder, four| {
        let parts = (remainder ^ u32::from_le_bytes(*four)).to_le_bytes();
        (0..4).fold(0, |sum, at| sum ^ REMAINDERS[3 - at][usize::from(parts[at])])
    });
    rest.iter().fold(remainder, |remainder: u32, byte| {
        remainder >> 8 ^ REMAINDERS[0][usize::from(remainder.to_le_bytes()[0] ^ byte)]
    })
}

/// The remainder of each byte that none to three zeros follow.
static REMAINDERS: [[u32; 256]; 4] = {
    // The polynomial x^32 + x^31 + x^16 + x^15 + x^4 + x^3 + x + 1 without its highest term, mirrored.
    const POLYNOMIAL: u32 = 0xD801_8001;
    let mut remainders = [[0; 256]; 4];
    let mut byte = 0;
    while byte < 256 {
        let (mut value, mut bit) = (byte as u32, 0);
        while bit < 32 {
            value = if value & 1 == 0 { value >> 1 } else { value >> 1 ^ POLYNOMIAL };
            bit += 1;
            if bit % 8 == 0 {
                remainders[bit / 8 - 1][byte] = value;
            }
        }
        byte += 1;
    }
    remainders
};

/// A symbol times alpha in GF(2^8) with x^8 + x^4 + x^3 + x^2 + 1.
const fn times_alpha(symbol: u8) -> u8 {
    symbol << 1 ^ (0x1D * (symbol >> 7))
}

/// Both syndromes of code words side by side: they are zero where the last two symbols are the parity of those before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Syndromes<const WORDS: usize> {
    sum: [u8; WORDS],
    weighted: [u8; WORDS],
}

impl<const WORDS: usize> Syndromes<WORDS> {
    const ZERO: Syndromes<WORDS> = Syndromes { sum: [0; WORDS], weighted: [0; WORDS] };

    /// One symbol more of each word.
    fn take(&mut self, symbols: &[u8; WORDS]) {
        let words = self.sum.iter_mut().zip(&mut self.weighted);
        for ((sum, weighted), symbol) in words.zip(symbols) {
            *sum ^= symbol;
            *weighted = times_alpha(*weighted) ^ symbol;
        }
    }

    /// The parity of each word where these are the syndromes with zeros in its place: it makes sum + p + q and weighted + alpha p + q zero, so
    /// that (1 + alpha) p is what is left of both.
    fn parity(&self) -> impl Iterator<Item = [u8; 2]> {
        self.sum.iter().zip(&self.weighted).map(|(sum, weighted)| {
            let p = by_one_plus_alpha(sum ^ weighted);
            [p, sum ^ p]
        })
    }
}

/// Bytes of a row of 43 words: both planes in turn. The code words of P parity are the columns of 26 rows, the last two of them parity.
const ROW: usize = 2 * 43;
/// Bytes of a row of Q parity, of which two stand behind the rows: a code word for each of 26 diagonals in either plane.
const Q_ROW: usize = 2 * 26;
/// Where the rows begin, and the parity in them and behind them.
const ROWS: usize = 12;
const P_PARITY: usize = ROWS + 24 * ROW;
const Q_PARITY: usize = ROWS + 26 * ROW;

/// A sector as parity sees it: the header of one with a form counts as zero.
fn seen_by_parity(sector: &[u8; RAW], kind: Kind) -> [u8; RAW] {
    let mut seen = *sector;
    if kind == Kind::Form1 {
        seen[ROWS..HEADER_END].fill(0);
    }
    seen
}

fn p_syndromes(seen: &[u8; RAW]) -> Syndromes<ROW> {
    let mut words = Syndromes::ZERO;
    seen[ROWS..Q_PARITY].as_chunks().0.iter().for_each(|row| words.take(row));
    words
}

fn q_syndromes(seen: &[u8; RAW]) -> Syndromes<Q_ROW> {
    let mut words = Syndromes::ZERO;
    let rows = seen[ROWS..Q_PARITY].as_chunks::<ROW>().0;
    // The step of each diagonal is a column; the row is as much further down, and begins at the top again.
    for column in 0..43 {
        let mut symbols = [0; Q_ROW];
        let (above, below) = rows.split_at(column % 26);
        for (pair, row) in symbols.as_chunks_mut::<2>().0.iter_mut().zip(below.iter().chain(above)) {
            *pair = [row[2 * column], row[2 * column + 1]];
        }
        words.take(&symbols);
    }
    seen[Q_PARITY..].as_chunks().0.iter().for_each(|row| words.take(row));
    words
}

fn has_right_parity(sector: &[u8], kind: Kind) -> bool {
    let Ok(sector) = <&[u8; RAW]>::try_from(sector) else { return false };
    let seen = seen_by_parity(sector, kind);
    p_syndromes(&seen) == Syndromes::ZERO && q_syndromes(&seen) == Syndromes::ZERO
}

/// Writes the parity of a sector, where zeros stand.
fn protect(sector: &mut [u8; RAW], kind: Kind) {
    for (n, parity) in p_syndromes(&seen_by_parity(sector, kind)).parity().enumerate() {
        [sector[P_PARITY + n], sector[P_PARITY + ROW + n]] = parity;
    }
    for (n, parity) in q_syndromes(&seen_by_parity(sector, kind)).parity().enumerate() {
        [sector[Q_PARITY + n], sector[Q_PARITY + Q_ROW + n]] = parity;
    }
}

/// A symbol divided by 1 + alpha, that is, times alpha^7 + alpha^6 + alpha^5 + alpha^4 + alpha^2.
fn by_one_plus_alpha(symbol: u8) -> u8 {
    let mut power = symbol;
    (0..8).fold(0, |sum, bit| {
        let part = if 0xF4 >> bit & 1 == 0 { 0 } else { power };
        power = times_alpha(power);
        sum ^ part
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
        let of = |symbols: &[u8]| {
            let mut word = Syndromes::<1>::ZERO;
            symbols.iter().for_each(|symbol| word.take(&[*symbol]));
            word
        };
        assert_eq!(of(&[1, 3, 2]), Syndromes::ZERO);
        assert_eq!(of(&[0, 1, 3, 2, 0]), Syndromes::ZERO);
        assert_ne!(of(&[1, 3, 3]), Syndromes::ZERO);
        assert!(of(&[0, 1, 0, 0]).parity().eq([[3, 2]]));
        assert_eq!(times_alpha(0x80), 0x1D);
        assert!((0..=255).all(|symbol| by_one_plus_alpha(symbol ^ times_alpha(symbol)) == symbol));
    }

    #[test]
    fn what_is_made_is_right_and_what_is_changed_is_not() {
        for kind in [Kind::Mode1, Kind::Mode2, Kind::Form1, Kind::Form2] {
            let user: Vec<u8> = (0..kind.user_bytes()).map(|at| (at * at / 7) as u8).collect();
            let content = Content { kind, sub_header: [1, 2, 0x20, 4, 1, 2, 0x20, 4], user: &user };
            let sector = sealed(4711, &content).unwrap();
            assert_eq!(fault(&sector, 4711, &content), None, "{kind:?}");
            assert_eq!(fault(&sector, 4712, &content), Some("its header"), "{kind:?}");
            for at in (0..RAW).step_by(97) {
                let mut changed = sector;
                changed[at] ^= 0x10;
                assert!(fault(&changed, 4711, &content).is_some(), "{kind:?}: byte {at}");
            }
            let mut twice = sector;
            scramble(&mut twice);
            assert_ne!(twice, sector);
            scramble(&mut twice);
            assert_eq!(twice, sector);
        }
    }

    #[test]
    fn the_scrambler_begins_as_the_standard_says() {
        let mut sector = [0; RAW];
        scramble(&mut sector);
        assert_eq!(sector[..12], [0; 12]);
        assert_eq!(sector[12..20], [0x01, 0x80, 0x00, 0x60, 0x00, 0x28, 0x00, 0x1E]);
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
