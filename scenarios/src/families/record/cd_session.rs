//! CD-R and CD-RW session by session: at once by cue sheet, and raw.

use super::burner::{BLOCK, Burner, pattern};
use super::cd::{AUDIO, DATA, WRITING, parameters};
use super::cd_read::Expected;
use super::sector::{self, RAW, SUB_CHANNELS};
use super::state::{State, TrackState};
use crate::answer::Answer;
use crate::families::unit;
use crate::stage::Stage;
use crate::stop::{Stop, Verdict};
use discrig_device::Medium;
use discrig_wire::command::{ReadToc, SendCueSheet};
use discrig_wire::crc::crc_16;
use discrig_wire::cue::{self, Cue, CueEntry, CueKind, MainForm, SubChannelForm};
use discrig_wire::mode::{DataBlockType, WriteType};
use discrig_wire::msf::Msf;
use discrig_wire::sense::codes;
use discrig_wire::sub_channel::QFrame;
use discrig_wire::toc::{Atip, CdTextPack, LEAD_OUT, TocData, TocFormat};

/// Blocks of the pause before the first track, and before audio tracks.
const PAUSE: i32 = 150;
const NUMBER: [u8; 13] = *b"4006381333931";
const CODES: [[u8; 12]; 2] = [*b"DEXYZ2600001", *b"DEXYZ2600002"];

/// A position in a cue sheet.
fn at(control: u8, track: u8, index: u8, form: MainForm, lba: i32) -> Result<Cue, Stop> {
    let time = Msf::from_lba(lba).ok_or_else(|| Stop::Rig(format!("block {lba} has no time")))?;
    let adr = CueKind::POSITION;
    Ok(Cue::Position(CueEntry { control, adr, track, index, main_form: form, time, ..CueEntry::default() }))
}

/// The lead-in in a cue sheet, with CD-Text in its sub-channels or without.
fn lead_in(control: u8, form: MainForm, sub_channel_form: SubChannelForm) -> Cue {
    let adr = CueKind::POSITION;
    Cue::Position(CueEntry { control, adr, main_form: form, sub_channel_form, ..CueEntry::default() })
}

impl Burner<'_, '_> {
    /// Page 05h and the cue sheet.
    fn cue_sheet(&mut self, cues: &[Cue]) -> Verdict {
        self.write_parameters(parameters(WriteType::SESSION_AT_ONCE, 0, DataBlockType::RAW))?;
        let list: Vec<u8> = cues.iter().flat_map(Cue::to_bytes).collect();
        self.give(SendCueSheet { cue_sheet_size: list.len() as u32 }, &list)
    }

    /// The views of a complete disc with one session, whose tracks are these.
    fn expect_session(&mut self, tracks: &[(u8, u32)], lead_out: u32) -> Verdict {
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

/// One data track.
pub(super) fn data(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let track = pattern(90, 320, BLOCK);
    burner.cue_sheet(&[
        lead_in(DATA, MainForm::MODE_1_GENERATED, SubChannelForm::NONE),
        at(DATA, 1, 0, MainForm::MODE_1, -PAUSE)?,
        at(DATA, 1, 1, MainForm::MODE_1, 0)?,
        at(DATA, LEAD_OUT, 1, MainForm::MODE_1_GENERATED, 320)?,
    ])?;
    burner.write_blocks(-PAUSE, BLOCK, &vec![0; PAUSE as usize * BLOCK])?;
    burner.write(0, &track)?;
    burner.synchronize()?;
    burner.expect_session(&[(DATA, 0)], 320)?;
    let whole = State {
        tracks: &[TrackState::complete(1, 1, 0, 320)],
        ..State::complete(burner.traits.profile, 1, 1)
    };
    burner.expect_state("after the session", &whole)?;
    burner.read_back(0, &track)?;
    burner.expect_sectors(0, &track, Expected::data(1, 0))
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
fn lead_in_start(burner: &mut Burner<'_, '_>) -> Result<i32, Stop> {
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

/// Packs of CD-Text: title and performer of the disc and its track, and what block 0 has.
fn cd_text() -> Vec<[u8; 18]> {
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
            let mut whole = [0; 18];
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
fn text_lead_in(packs: &[[u8; 18]], blocks: usize) -> Vec<u8> {
    packs.iter().cycle().take(4 * blocks).flat_map(|pack| in_symbols(pack)).collect()
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
    let packs = cd_text();
    let blocks = (-PAUSE - start) as usize;
    burner.write_blocks(start, SUB_CHANNELS, &text_lead_in(&packs, blocks))?;
    burner.write_blocks(-PAUSE, RAW, &vec![0; PAUSE as usize * RAW])?;
    burner.write_blocks(0, RAW, &track)?;
    burner.synchronize()?;
    burner.expect_session(&[(AUDIO, 0)], 300)?;
    burner.expect_sectors(0, &track, Expected::audio(1, 0))?;
    let bytes = burner.fetch(ReadToc {
        format: TocFormat::CD_TEXT.0,
        allocation_length: 2048,
        ..ReadToc::default()
    })?;
    let seen: Vec<_> =
        unit::understood(TocData::parse(&bytes))?.cd_text().map(|pack| pack.to_bytes()).collect();
    burner.ensure(seen == packs, || format!("the CD-Text is {seen:02X?}, to be {packs:02X?}"))?;
    burner.ensure(packs[0].len() == CdTextPack::SIZE, || "packs have 18 bytes".to_owned())
}

// --- raw ---------------------------------------------------------------------------------------------------------

/// Where an audio track of so many blocks on a raw session is.
struct RawSession {
    lead_in: i32,
    blocks: i32,
}

impl RawSession {
    /// Blocks of the lead-out that burners write.
    const LEAD_OUT: i32 = 6750;

    /// The Q channel of a block: entries of the table of contents in the lead-in, positions elsewhere.
    fn q(&self, lba: i32) -> Option<[u8; QFrame::SIZE]> {
        let frames = |count: i32| Msf::from_lba(count - PAUSE);
        let absolute = Msf::from_lba(lba)?;
        if lba < -PAUSE {
            let n = lba - self.lead_in;
            // Each entry three times, as the standard has it.
            let (point, pointed) = match n / 3 % 4 {
                0 => (1, Msf::from_lba(0)?),
                1 => (0xA0, Msf::new(1, 0, 0)),
                2 => (0xA1, Msf::new(1, 0, 0)),
                _ => (0xA2, Msf::from_lba(self.blocks)?),
            };
            // The time of the lead-in stands where that in the track does.
            return Some(sector::position(AUDIO, 0, point, frames(n)?, pointed));
        }
        Some(match lba {
            ..0 => sector::position(AUDIO, 1, 0, frames(-lba)?, absolute),
            _ if lba < self.blocks => sector::position(AUDIO, 1, 1, frames(lba)?, absolute),
            _ => sector::position(AUDIO, LEAD_OUT, 1, frames(lba - self.blocks)?, absolute),
        })
    }

    /// The samples of the track, or silence.
    fn main<'t>(&self, lba: i32, track: &'t [u8]) -> &'t [u8] {
        const SILENCE: [u8; RAW] = [0; RAW];
        usize::try_from(lba)
            .ok()
            .filter(|_| lba < self.blocks)
            .and_then(|block| track.get(block * RAW..(block + 1) * RAW))
            .unwrap_or(&SILENCE)
    }
}

/// Sub-channels of 96 bytes with every sector.
pub(super) fn raw_96(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let burner = Burner::with_blank(stage, medium)?;
    raw(burner, DataBlockType::RAW_WITH_RAW_RW, |q, p| sector::with_q(q, p).to_vec())
}

/// P and Q in 16 bytes with every sector.
pub(super) fn raw_16(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    // Burners find out by trying whether a drive takes such blocks.
    let wanted = parameters(WriteType::RAW, 0, DataBlockType::RAW_WITH_PQ);
    if burner.try_parameters(wanted)? == Answer::Check(codes::INVALID_FIELD_IN_PARAMETER_LIST) {
        return Err(Stop::Skip("the drive takes no raw blocks with P and Q in 16 bytes".to_owned()));
    }
    raw(burner, DataBlockType::RAW_WITH_PQ, |q, p| {
        let mut bytes = q.to_vec();
        bytes.extend([0, 0, 0, u8::from(p) << 7]);
        bytes
    })
}

fn raw(
    mut burner: Burner<'_, '_>,
    data_block_type: DataBlockType,
    sub_channels: fn([u8; QFrame::SIZE], bool) -> Vec<u8>,
) -> Verdict {
    let session = RawSession { lead_in: lead_in_start(&mut burner)?, blocks: 300 };
    let track = pattern(96, 300, RAW);
    burner.write_parameters(parameters(WriteType::RAW, 0, data_block_type))?;
    let no_time = || Stop::Rig("a block of the session has no time".to_owned());
    let mut at = session.lead_in;
    while at < session.blocks + RawSession::LEAD_OUT {
        let end = (at + 26).min(session.blocks + RawSession::LEAD_OUT);
        let mut bytes = Vec::with_capacity(26 * (RAW + SUB_CHANNELS));
        for lba in at..end {
            bytes.extend(session.main(lba, &track));
            let q = session.q(lba).ok_or_else(no_time)?;
            bytes.extend(sub_channels(q, (-PAUSE..0).contains(&lba)));
        }
        let size = bytes.len() / (end - at) as usize;
        burner.write_blocks(at, size, &bytes)?;
        at = end;
    }
    burner.synchronize()?;
    burner.expect_session(&[(AUDIO, 0)], 300)?;
    burner.expect_sectors(0, &track, Expected::audio(1, 0))
}
