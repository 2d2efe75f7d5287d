//! CD-R and CD-RW session by session: at once by cue sheet.

use super::burner::{BLOCK, Burner, pattern};
use super::cd::{AUDIO, CODES, DATA, NUMBER, WRITING, next_allowed, parameters};
use super::cd_read::Expected;
use super::cd_text;
use super::sector::{RAW, SUB_CHANNELS};
use super::state::{State, TrackState};
use crate::answer::Answer;
use crate::families::unit;
use crate::stage::Stage;
use crate::stop::{Stop, Verdict};
use discrig_device::Medium;
use discrig_wire::SenseKey;
use discrig_wire::command::{ReadToc, SendCueSheet};
use discrig_wire::cue::{self, Cue, CueEntry, CueKind, MainForm, SubChannelForm};
use discrig_wire::mode::{DataBlockType, WriteParametersPage, WriteType};
use discrig_wire::msf::Msf;
use discrig_wire::toc::{Atip, LEAD_OUT, TocFormat};

/// Blocks of the pause before the first track, and before audio tracks.
pub(super) const PAUSE: i32 = 150;

/// A position in a cue sheet.
pub(super) fn at(control: u8, track: u8, index: u8, form: MainForm, lba: i32) -> Result<Cue, Stop> {
    let time = Msf::from_lba(lba).ok_or_else(|| Stop::Rig(format!("block {lba} has no time")))?;
    let adr = CueKind::POSITION;
    Ok(Cue::Position(CueEntry { control, adr, track, index, main_form: form, time, ..CueEntry::default() }))
}

/// The lead-in in a cue sheet, with CD-Text in its sub-channels or without.
pub(super) fn lead_in(control: u8, form: MainForm, sub_channel_form: SubChannelForm) -> Cue {
    let adr = CueKind::POSITION;
    Cue::Position(CueEntry { control, adr, main_form: form, sub_channel_form, ..CueEntry::default() })
}

/// Page 05h for a session whose cue sheet says what its blocks are.
fn at_once() -> impl FnOnce(WriteParametersPage) -> WriteParametersPage {
    parameters(WriteType::SESSION_AT_ONCE, 0, DataBlockType::RAW)
}

impl Burner<'_, '_> {
    /// Page 05h and the cue sheet.
    fn cue_sheet(&mut self, cues: &[Cue]) -> Verdict {
        self.write_parameters(at_once())?;
        self.send_cue_sheet(cues)
    }

    pub(super) fn send_cue_sheet(&mut self, cues: &[Cue]) -> Verdict {
        let answer = self.try_cue_sheet(cues);
        self.insist("SEND CUE SHEET", answer)
    }

    fn try_cue_sheet(&mut self, cues: &[Cue]) -> Answer {
        let list: Vec<u8> = cues.iter().flat_map(Cue::to_bytes).collect();
        self.answer(SendCueSheet { cue_sheet_size: list.len() as u32 }.into(), &list)
    }

    /// The views of a complete disc with one session, whose tracks are these.
    pub(super) fn expect_session(&mut self, tracks: &[(u8, u32)], lead_out: u32) -> Verdict {
        let data = tracks.iter().all(|(control, _)| *control == DATA);
        let state = State {
            capacity: data.then_some(lead_out),
            toc: Some((tracks, lead_out)),
            idle: &WRITING,
            ..State::complete(self.traits.profile, 1, tracks.len() as u16)
        };
        self.expect_state("after the session", &state)
    }
}

/// The cue sheet of a session with a data track of so many blocks from `start` on.
fn data_cues(track: u8, start: i32, blocks: i32) -> Result<[Cue; 4], Stop> {
    Ok([
        lead_in(DATA, MainForm::MODE_1_GENERATED, SubChannelForm::NONE),
        at(DATA, track, 0, MainForm::MODE_1, start - PAUSE)?,
        at(DATA, track, 1, MainForm::MODE_1, start)?,
        at(DATA, LEAD_OUT, 1, MainForm::MODE_1_GENERATED, start + blocks)?,
    ])
}

/// Pause and track of such a session.
fn write_data(burner: &mut Burner<'_, '_>, start: i32, track: &[u8]) -> Verdict {
    burner.write_blocks(start - PAUSE, BLOCK, &vec![0; PAUSE as usize * BLOCK])?;
    burner.write_blocks(start, BLOCK, track)?;
    burner.synchronize()
}

/// One data track.
pub(super) fn data(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    burner.burn_data(90)
}

impl Burner<'_, '_> {
    /// A data track in a session at once on a blank disc.
    fn burn_data(&mut self, seed: u32) -> Verdict {
        let track = pattern(seed, 320, BLOCK);
        self.cue_sheet(&data_cues(1, 0, 320)?)?;
        write_data(self, 0, &track)?;
        self.expect_session(&[(DATA, 0)], 320)?;
        let whole = State {
            tracks: &[TrackState::complete(1, 1, 0, 320)],
            ..State::complete(self.traits.profile, 1, 1)
        };
        self.expect_state("after the session", &whole)?;
        self.read_back(0, &track)?;
        self.expect_sectors(0, &track, Expected::data(1, 0))
    }
}

/// A test write leaves nothing; the same burn in earnest succeeds afterwards.
pub(super) fn test_write(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    burner.write_parameters(|page| WriteParametersPage { test_write: true, ..at_once()(page) })?;
    burner.send_cue_sheet(&data_cues(1, 0, 320)?)?;
    write_data(&mut burner, 0, &pattern(105, 320, BLOCK))?;
    burner.write_parameters(at_once())?;
    let blank = State { current: &WRITING, ..State::blank(burner.traits.profile) };
    burner.expect_state("after the test", &blank)?;
    burner.burn_data(106)
}

/// Two sessions at once with a data track each. Not every drive appends such a session.
pub(super) fn sessions(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let (first, second) = (pattern(107, 320, BLOCK), pattern(108, 340, BLOCK));
    burner.write_parameters(next_allowed(at_once()))?;
    burner.send_cue_sheet(&data_cues(1, 0, 320)?)?;
    write_data(&mut burner, 0, &first)?;
    let start = burner.expect_second(320)?;
    burner.read_back(0, &first)?;
    burner.write_parameters(at_once())?;
    let cues = data_cues(2, start as i32, 340)?;
    if let Answer::Check(code) = burner.try_cue_sheet(&cues)
        && code.key == SenseKey::IllegalRequest
    {
        return Err(Stop::Skip(format!("the drive appends no session at once: {code}")));
    }
    write_data(&mut burner, start as i32, &second)?;
    burner.expect_two_sessions(320, 340)?;
    burner.expect_sectors(0, &first, Expected::data(1, 0))?;
    burner.expect_sectors(start as i32, &second, Expected::data(2, start as i32))
}

/// Two audio tracks with catalog number and ISRCs.
pub(super) fn audio(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let tracks = [pattern(91, 300, RAW), pattern(92, 310, RAW)];
    let second = 300 + PAUSE;
    let end = second + 310;
    let mut cues = vec![lead_in(AUDIO, MainForm::AUDIO_GENERATED, SubChannelForm::NONE)];
    cues.extend(cue::catalog_number(AUDIO, NUMBER));
    cues.extend(cue::recording_code(AUDIO, 1, CODES[0]));
    cues.extend([at(AUDIO, 1, 0, MainForm::AUDIO, -PAUSE)?, at(AUDIO, 1, 1, MainForm::AUDIO, 0)?]);
    cues.extend(cue::recording_code(AUDIO, 2, CODES[1]));
    cues.extend([at(AUDIO, 2, 0, MainForm::AUDIO, 300)?, at(AUDIO, 2, 1, MainForm::AUDIO, second)?]);
    cues.push(at(AUDIO, LEAD_OUT, 1, MainForm::AUDIO_GENERATED, end)?);
    burner.cue_sheet(&cues)?;
    let pause = vec![0; PAUSE as usize * RAW];
    let whole = [pause.as_slice(), &tracks[0], &pause, &tracks[1]].concat();
    burner.write_blocks(-PAUSE, RAW, &whole)?;
    burner.synchronize()?;
    burner.expect_session(&[(AUDIO, 0), (AUDIO, second as u32)], end as u32)?;
    for (n, start) in [(0, 0), (1, second)] {
        let expected = Expected {
            catalog_number: Some(NUMBER),
            recording_code: Some(CODES[n]),
            ..Expected::audio(n as u8 + 1, start)
        };
        burner.expect_sectors(start, &tracks[n], expected)?;
    }
    Ok(())
}

/// A data track and an audio track.
pub(super) fn mixed_mode(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let (first, second) = (pattern(93, 300, BLOCK), pattern(94, 310, RAW));
    let start = 300 + PAUSE;
    let end = start + 310;
    burner.cue_sheet(&[
        lead_in(DATA, MainForm::MODE_1_GENERATED, SubChannelForm::NONE),
        at(DATA, 1, 0, MainForm::MODE_1, -PAUSE)?,
        at(DATA, 1, 1, MainForm::MODE_1, 0)?,
        at(AUDIO, 2, 0, MainForm::AUDIO, 300)?,
        at(AUDIO, 2, 1, MainForm::AUDIO, start)?,
        at(AUDIO, LEAD_OUT, 1, MainForm::AUDIO_GENERATED, end)?,
    ])?;
    burner.write_blocks(-PAUSE, BLOCK, &vec![0; PAUSE as usize * BLOCK])?;
    burner.write(0, &first)?;
    burner.write_blocks(300, RAW, &vec![0; PAUSE as usize * RAW])?;
    burner.write_blocks(start, RAW, &second)?;
    burner.synchronize()?;
    burner.expect_session(&[(DATA, 0), (AUDIO, start as u32)], end as u32)?;
    burner.read_back(0, &first)?;
    burner.expect_sectors(0, &first, Expected::data(1, 0))?;
    burner.expect_sectors(start, &second, Expected::audio(2, start))
}

// --- the lead-in -------------------------------------------------------------------------------------------------

/// Where the lead-in of a blank disc begins, as its pre-groove says.
pub(super) fn lead_in_start(burner: &mut Burner<'_, '_>) -> Result<i32, Stop> {
    let bytes = burner.fetch(ReadToc {
        msf: true,
        format: TocFormat::ATIP.0,
        allocation_length: 32,
        ..ReadToc::default()
    })?;
    let start = unit::understood(Atip::parse(&bytes))?.lead_in_start.lba();
    burner.ensure((-45_000..-4_500 - PAUSE).contains(&start), || {
        format!("the ATIP lets the lead-in begin at block {start}")
    })?;
    Ok(start)
}

/// One audio track with CD-Text.
pub(super) fn text(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let start = lead_in_start(&mut burner)?;
    let track = pattern(95, 300, RAW);
    burner.cue_sheet(&[
        lead_in(AUDIO, MainForm::AUDIO_GENERATED, SubChannelForm::RAW),
        at(AUDIO, 1, 0, MainForm::AUDIO, -PAUSE)?,
        at(AUDIO, 1, 1, MainForm::AUDIO, 0)?,
        at(AUDIO, LEAD_OUT, 1, MainForm::AUDIO_GENERATED, 300)?,
    ])?;
    let packs = cd_text::packs();
    let blocks = (-PAUSE - start) as usize;
    burner.write_blocks(start, SUB_CHANNELS, &cd_text::lead_in(&packs, blocks))?;
    burner.write_blocks(-PAUSE, RAW, &vec![0; PAUSE as usize * RAW])?;
    burner.write_blocks(0, RAW, &track)?;
    burner.synchronize()?;
    burner.expect_session(&[(AUDIO, 0)], 300)?;
    burner.expect_sectors(0, &track, Expected::audio(1, 0))?;
    burner.expect_text(&packs)
}
