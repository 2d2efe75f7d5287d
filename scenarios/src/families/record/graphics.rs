//! R to W, where graphics are: given as they are recorded, and in packs (IEC 60908 17.5).
//!
//! The low six bits of the 96 symbols of a sector are four packs of 24. Symbols 2 and 3 of a pack are parity of the two before them, 20 to 23
//! of all before: code words over GF(2^6) whose syndromes are zero. Three pairs of symbols change places, and each symbol is recorded as many
//! packs later as its place modulo eight says.

use super::burner::{Burner, pattern};
use super::cd::{AUDIO, parameters};
use super::cd_read::Expected;
use super::cd_session::{PAUSE, at, lead_in};
use super::sector::{RAW, SUB_CHANNELS};
use crate::answer::Answer;
use crate::stage::Stage;
use crate::stop::{Stop, Verdict};
use discrig_device::Medium;
use discrig_wire::cue::{Cue, CueEntry, MainForm, SubChannelForm};
use discrig_wire::mode::{DataBlockType, WriteType};
use discrig_wire::sense::codes;
use discrig_wire::toc::LEAD_OUT;

/// Four packs.
pub(super) type Packs = [u8; SUB_CHANNELS];

/// Symbols of a pack.
const PACK: usize = 24;
/// R to W of a symbol.
const R_TO_W: u8 = 0x3F;
/// Symbols of a pack that are parity.
const PARITY: [usize; 6] = [2, 3, 20, 21, 22, 23];
/// Blocks of the track.
const BLOCKS: usize = 300;

/// Packs for so many sectors, without their parity.
pub(super) fn packs(seed: u32, sectors: usize) -> Vec<Packs> {
    let mut packs: Vec<Packs> = symbols(seed, sectors);
    for symbols in &mut packs {
        for (n, symbol) in symbols.iter_mut().enumerate() {
            if PARITY.contains(&(n % PACK)) {
                *symbol = 0;
            }
        }
    }
    packs
}

fn symbols(seed: u32, sectors: usize) -> Vec<Packs> {
    let bytes = pattern(seed, sectors, SUB_CHANNELS);
    let sector = |bytes: &[u8]| core::array::from_fn(|at| bytes[at] & R_TO_W);
    bytes.chunks_exact(SUB_CHANNELS).map(sector).collect()
}

/// Symbols with P and Q, and R to W, where there are any.
pub(super) fn joined(p_and_q: Packs, r_to_w: &[u8]) -> Vec<u8> {
    let others = r_to_w.iter().copied().chain(core::iter::repeat(0));
    p_and_q.iter().zip(others).map(|(own, other)| own & !R_TO_W | other & R_TO_W).collect()
}

/// The place in which a symbol of a pack is recorded.
const fn place(symbol: usize) -> usize {
    match symbol {
        1 => 18,
        18 => 1,
        2 => 5,
        5 => 2,
        3 => 23,
        23 => 3,
        other => other,
    }
}

/// The n-th pack that begins in the first of three sectors.
fn collected(sectors: &[Packs], n: usize) -> [u8; PACK] {
    core::array::from_fn(|symbol| {
        let place = place(symbol);
        let pack = n + place % 8;
        sectors.get(pack / 4).map_or(0, |sector| sector[pack % 4 * PACK + place] & R_TO_W)
    })
}

/// A symbol times a power of alpha in GF(2^6) with x^6 + x + 1.
fn times_alpha(symbol: u8, power: usize) -> u8 {
    (0..power).fold(symbol, |symbol, _| symbol << 1 ^ if symbol & 0x20 == 0 { 0 } else { 0x43 })
}

/// Whether so many syndromes of a code word are zero.
fn is_code_word(symbols: &[u8], syndromes: usize) -> bool {
    (0..syndromes).all(|power| symbols.iter().fold(0, |sum, symbol| times_alpha(sum, power) ^ symbol) == 0)
}

/// What is wrong with the n-th pack of a sector, or `None`.
fn fault(pack: &[u8; PACK], given: &[u8]) -> Option<&'static str> {
    let differs = (0..PACK).any(|n| !PARITY.contains(&n) && pack[n] != given[n]);
    let judged = [
        (!differs, "its symbols"),
        (is_code_word(&pack[..4], 2), "its Q parity"),
        (is_code_word(pack, 4), "its P parity"),
    ];
    judged.into_iter().find(|(holds, _)| !holds).map(|(_, what)| what)
}

impl Burner<'_, '_> {
    /// R to W of the sectors must be these packs with parity and interleave. What goes on behind the last sector is not judged.
    pub(super) fn expect_packs(&mut self, first: i32, packs: &[Packs]) -> Verdict {
        let symbols = self.symbols(first, packs.len())?;
        for (sector, (sectors, given)) in symbols.windows(3).zip(packs).enumerate() {
            for (n, given) in given.chunks(PACK).enumerate() {
                let fault = fault(&collected(sectors, n), given);
                self.ensure(fault.is_none(), || {
                    let what = fault.unwrap_or_default();
                    format!("sector {}: pack {n}: {what} is not right", first + sector as i32)
                })?;
            }
        }
        Ok(())
    }

    /// R to W of the sectors must be these symbols.
    fn expect_symbols(&mut self, first: i32, given: &[Packs]) -> Verdict {
        let symbols = self.symbols(first, given.len())?;
        let same = |(seen, given): (&Packs, &Packs)| {
            seen.iter().zip(given).all(|(seen, given)| seen & R_TO_W == given & R_TO_W)
        };
        let wrong = symbols.iter().zip(given).position(|pair| !same(pair));
        self.ensure(wrong.is_none(), || {
            format!("sector {}: R to W are not what was written", first + wrong.unwrap_or(0) as i32)
        })
    }
}

/// A session at once with an audio track and 96 bytes of R to W with each block.
fn session(
    burner: &mut Burner<'_, '_>,
    data_block_type: DataBlockType,
    form: SubChannelForm,
    r_to_w: &[Packs],
) -> Verdict {
    let track = pattern(102, BLOCKS, RAW);
    let answer = burner.try_parameters(parameters(WriteType::SESSION_AT_ONCE, 0, data_block_type))?;
    if answer == Answer::Check(codes::INVALID_FIELD_IN_PARAMETER_LIST) {
        return Err(Stop::Skip(format!("the drive takes no blocks that are {data_block_type}")));
    }
    burner.ensure(answer == Answer::Ok, || format!("MODE SELECT(10) of page 05h: {answer}"))?;
    let with_sub_channels = |cue: Cue| match cue {
        Cue::Position(entry) => Cue::Position(CueEntry { sub_channel_form: form, ..entry }),
        other => other,
    };
    burner.send_cue_sheet(&[
        lead_in(AUDIO, MainForm::AUDIO_GENERATED, SubChannelForm::NONE),
        with_sub_channels(at(AUDIO, 1, 0, MainForm::AUDIO, -PAUSE)?),
        with_sub_channels(at(AUDIO, 1, 1, MainForm::AUDIO, 0)?),
        at(AUDIO, LEAD_OUT, 1, MainForm::AUDIO_GENERATED, BLOCKS as i32)?,
    ])?;
    let size = RAW + SUB_CHANNELS;
    burner.write_blocks(-PAUSE, size, &vec![0; PAUSE as usize * size])?;
    let blocks: Vec<_> = track.chunks(RAW).zip(r_to_w).flat_map(|(main, sub)| [main, sub]).collect();
    burner.write_blocks(0, size, &blocks.concat())?;
    burner.synchronize()?;
    burner.expect_session(&[(AUDIO, 0)], BLOCKS as u32)?;
    burner.expect_sectors(0, &track, Expected::audio(1, 0))
}

/// R to W as they are recorded; P and Q are made by the drive.
pub(super) fn raw(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let given = symbols(103, BLOCKS);
    session(&mut burner, DataBlockType::RAW_WITH_RAW_RW, SubChannelForm::RAW, &given)?;
    burner.expect_symbols(0, &given)
}

/// R to W in packs, to which the drive adds parity and interleave.
pub(super) fn packed(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let given = packs(104, BLOCKS);
    session(&mut burner, DataBlockType::RAW_WITH_PACKED_RW, SubChannelForm::PACKED, &given)?;
    burner.expect_packs(0, &given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_words_have_no_syndromes() {
        // (x + 1)(x + alpha) = x^2 + 3x + 2.
        assert!(is_code_word(&[0, 1, 3, 2], 2));
        assert!(!is_code_word(&[0, 1, 3, 3], 2));
        assert_eq!(times_alpha(0x20, 1), 3);
    }

    #[test]
    fn a_symbol_is_recorded_as_many_packs_later_as_its_place_says() {
        let mut sectors = [[0; SUB_CHANNELS]; 3];
        // Symbol 1 lies at place 18, two packs later; symbol 3 at place 23, seven packs later.
        sectors[0][2 * PACK + 18] = 0x3F;
        sectors[1][3 * PACK + 23] = 0xEA;
        let pack = collected(&sectors, 0);
        assert_eq!((pack[1], pack[3]), (0x3F, 0x2A));
        assert_eq!(pack.iter().filter(|symbol| **symbol != 0).count(), 2);
    }
}
