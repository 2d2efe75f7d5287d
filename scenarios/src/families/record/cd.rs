//! CD-R and CD-RW track by track: at once, reserved, in several sessions, as a test, and blanked.

use super::burner::{BLOCK, Burner, close, pattern};
use super::cd_read::Expected;
use super::sector::RAW;
use super::state::{State, TrackState};
use crate::answer::Answer;
use crate::families::unit;
use crate::stage::Stage;
use crate::stop::{Stop, Verdict};
use discrig_device::Medium;
use discrig_wire::ascii::Ascii;
use discrig_wire::close::{BlankingType, CloseFunction};
use discrig_wire::command::{Blank, ReadToc, ReserveTrack};
use discrig_wire::feature::FeatureCode;
use discrig_wire::mode::{DataBlockType, MultiSession, WriteParametersPage, WriteType};
use discrig_wire::toc::{TocData, TocFormat};

/// Control nibbles of audio and of data, written at once and in packets.
pub(super) const AUDIO: u8 = 0;
pub(super) const DATA: u8 = 4;
pub(super) const PACKETS: u8 = 5;
/// Blocks of run-out behind a track written at once, and of the pause before the next one.
pub(super) const RUN_OUT: u32 = 2;
const PAUSE: u32 = 150;
/// Blocks of link and run-in and run-out between packets.
pub(super) const LINK: u32 = 7;
/// Blocks from the end of the first session to the program area of the next.
const FIRST_GAP: u32 = 11_400;
/// The catalog number and the ISRCs of audio.
pub(super) const NUMBER: [u8; 13] = *b"4006381333931";
pub(super) const CODES: [[u8; 12]; 2] = [*b"DEXYZ2600001", *b"DEXYZ2600002"];
/// What makes the disc recordable.
pub(super) const WRITING: [FeatureCode; 2] = [FeatureCode::CD_TRACK_AT_ONCE, FeatureCode::CD_MASTERING];

/// Page 05h for a way of recording.
pub(super) fn parameters(
    write_type: WriteType,
    track_mode: u8,
    data_block_type: DataBlockType,
) -> impl FnOnce(WriteParametersPage) -> WriteParametersPage {
    move |page| WriteParametersPage {
        buffer_underrun_free: true,
        test_write: false,
        write_type,
        multi_session: MultiSession::NONE,
        fixed_packet: false,
        link_size_valid: false,
        link_size: LINK as u8,
        copy: false,
        track_mode,
        data_block_type,
        session_format: 0,
        packet_size: 0,
        audio_pause_length: PAUSE as u16,
        ..page
    }
}

/// Page 05h for a data track at once.
pub(super) fn data_at_once() -> impl FnOnce(WriteParametersPage) -> WriteParametersPage {
    parameters(WriteType::TRACK_AT_ONCE, DATA, DataBlockType::MODE_1)
}

/// Writes a track at the next writable address and closes it; where it begins.
fn track_at_once(burner: &mut Burner<'_, '_>, size: usize, data: &[u8]) -> Result<u32, Stop> {
    let start = burner.track(0xFF)?.next_writable;
    burner.write_blocks(start as i32, size, data)?;
    burner.synchronize()?;
    close_track(burner)?;
    Ok(start)
}

/// CLOSE of the incomplete track: SYNCHRONIZE CACHE may have done it already.
pub(super) fn close_track(burner: &mut Burner<'_, '_>) -> Verdict {
    let answer = burner.answer(close(CloseFunction::TRACK, 0xFF).into(), &[]);
    burner.expect_closed(answer)
}

impl Burner<'_, '_> {
    /// CLOSE TRACK/SESSION of a track was answered so, which may have been closed before.
    fn expect_closed(&mut self, answer: Answer) -> Verdict {
        let closed = match answer {
            Answer::Ok => true,
            Answer::Check(code) => matches!((code.asc, code.ascq), (0x2C, 0) | (0x72, 4)),
            _ => false,
        };
        self.ensure(closed, || format!("CLOSE TRACK/SESSION of a track: {answer}"))?;
        self.wait_until_ready()
    }
}

/// The views of a complete disc with one data track of `blocks` and its run-out.
fn expect_one_track(burner: &mut Burner<'_, '_>, when: &str, blocks: u32) -> Verdict {
    let end = blocks + RUN_OUT;
    let state = State {
        tracks: &[TrackState::complete(1, 1, 0, end)],
        capacity: Some(end),
        toc: Some((&[(DATA, 0)], end)),
        idle: &WRITING,
        ..State::complete(burner.traits.profile, 1, 1)
    };
    burner.expect_state(when, &state)
}

/// One data track, one session.
pub(super) fn track_at_once_data(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    burner.expect_state(
        "before writing",
        &State { current: &WRITING, ..State::blank(burner.traits.profile) },
    )?;
    burn(&mut burner, 70)
}

/// Burns a data track at once on a blank disc and closes it.
fn burn(burner: &mut Burner<'_, '_>, seed: u32) -> Verdict {
    let data = pattern(seed, 300, BLOCK);
    burner.write_parameters(data_at_once())?;
    track_at_once(burner, BLOCK, &data)?;
    burner.close(CloseFunction::SESSION, 0)?;
    expect_one_track(burner, "after closing", 300)?;
    burner.read_back(0, &data)?;
    burner.expect_sectors(0, &data, Expected::data(1, 0))
}

/// Two audio tracks, two seconds apart.
pub(super) fn track_at_once_audio(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let tracks = [pattern(71, 300, RAW), pattern(72, 310, RAW)];
    burner.write_parameters(parameters(WriteType::TRACK_AT_ONCE, AUDIO, DataBlockType::RAW))?;
    let first = track_at_once(&mut burner, RAW, &tracks[0])?;
    let second = track_at_once(&mut burner, RAW, &tracks[1])?;
    let wanted = 300 + RUN_OUT + PAUSE;
    burner.ensure((first, second) == (0, wanted), || {
        format!("the tracks begin at {first} and {second}, to be 0 and {wanted}")
    })?;
    burner.close(CloseFunction::SESSION, 0)?;
    let end = second + 310 + RUN_OUT;
    let state = State {
        toc: Some((&[(AUDIO, 0), (AUDIO, second)], end)),
        idle: &WRITING,
        ..State::complete(burner.traits.profile, 1, 2)
    };
    burner.expect_state("after closing", &state)?;
    burner.expect_sectors(0, &tracks[0], Expected::audio(1, 0))?;
    burner.expect_sectors(second as i32, &tracks[1], Expected::audio(2, second as i32))
}

/// Audio tracks with catalog number and ISRCs, which page 05h has.
pub(super) fn track_at_once_codes(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let tracks = [pattern(85, 300, RAW), pattern(86, 310, RAW)];
    let mut starts = Vec::new();
    for (track, code) in tracks.iter().zip(CODES) {
        let audio = parameters(WriteType::TRACK_AT_ONCE, AUDIO, DataBlockType::RAW);
        burner.write_parameters(|page| {
            audio(page).with_catalog_number(Some(Ascii(NUMBER))).with_recording_code(Some(Ascii(code)))
        })?;
        starts.push(track_at_once(&mut burner, RAW, track)? as i32);
    }
    burner.close(CloseFunction::SESSION, 0)?;
    let state = State { idle: &WRITING, ..State::complete(burner.traits.profile, 1, 2) };
    burner.expect_state("after closing", &state)?;
    for (n, (track, start)) in tracks.iter().zip(starts).enumerate() {
        let expected = Expected {
            catalog_number: Some(NUMBER),
            recording_code: Some(CODES[n]),
            ..Expected::audio(n as u8 + 1, start)
        };
        burner.expect_sectors(start, track, expected)?;
    }
    Ok(())
}

/// A track is reserved, recorded after the one behind it, and up to its end.
pub(super) fn reserved(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    burner.write_parameters(data_at_once())?;
    burner.send(ReserveTrack::of_size(320))?;
    let track = burner.track(1)?;
    burner.ensure(track.reserved && track.nwa() == Some(0) && track.free_blocks >= 320, || {
        format!("track 1 is reserved for 320 blocks, and is {track:?}")
    })?;
    let second = pattern(88, 310, BLOCK);
    let start = track_at_once(&mut burner, BLOCK, &second)?;
    burner.ensure(start >= track.size.saturating_add(PAUSE), || {
        format!("track 1 is reserved up to {}, and track 2 begins at {start}", track.size)
    })?;
    let incomplete = close(CloseFunction::SESSION, 0);
    burner.refused(incomplete, &[])?;
    let first = pattern(87, 320, BLOCK);
    burner.write(0, &first)?;
    burner.synchronize()?;
    let answer = burner.answer(close(CloseFunction::TRACK, 1).into(), &[]);
    burner.expect_closed(answer)?;
    burner.close(CloseFunction::SESSION, 0)?;
    let state = State {
        tracks: &[TrackState::complete(1, 1, 0, track.size)],
        capacity: Some(start + 310 + RUN_OUT),
        idle: &WRITING,
        ..State::complete(burner.traits.profile, 1, 2)
    };
    burner.expect_state("after closing", &state)?;
    burner.read_back(0, &first)?;
    burner.expect_sectors(0, &first, Expected::data(1, 0))?;
    burner.expect_sectors(start as i32, &second, Expected::data(2, start as i32))
}

/// Two sessions with a data track each.
pub(super) fn multi_session(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let (first, second) = (pattern(73, 300, BLOCK), pattern(74, 320, BLOCK));
    burner.write_parameters(next_allowed(data_at_once()))?;
    track_at_once(&mut burner, BLOCK, &first)?;
    burner.close(CloseFunction::SESSION, 0)?;
    let start = burner.expect_second(300 + RUN_OUT)?;
    burner.read_back(0, &first)?;
    burner.write_parameters(data_at_once())?;
    let at = track_at_once(&mut burner, BLOCK, &second)?;
    burner.ensure(at == start, || format!("the second session begins at {at}, to be {start}"))?;
    burner.close(CloseFunction::SESSION, 0)?;
    burner.expect_two_sessions(300 + RUN_OUT, 320 + RUN_OUT)?;
    burner.expect_sectors(0, &first, Expected::data(1, 0))?;
    burner.expect_sectors(start as i32, &second, Expected::data(2, start as i32))
}

/// The same page 05h, with another session to come.
pub(super) fn next_allowed(
    change: impl FnOnce(WriteParametersPage) -> WriteParametersPage,
) -> impl FnOnce(WriteParametersPage) -> WriteParametersPage {
    |page| WriteParametersPage { multi_session: MultiSession::NEXT, ..change(page) }
}

impl Burner<'_, '_> {
    /// The views of a disc with a session that ends at `end` and an empty one; where its track begins.
    pub(super) fn expect_second(&mut self, end: u32) -> Result<u32, Stop> {
        let start = end + FIRST_GAP;
        let appendable = State {
            tracks: &[TrackState::complete(1, 1, 0, end), TrackState::open(2, 2, start, start)],
            capacity: Some(end),
            toc: Some((&[(DATA, 0)], end)),
            current: &WRITING,
            ..State::appendable(self.traits.profile, 2, 2)
        };
        self.expect_state("after the first session", &appendable)?;
        Ok(start)
    }

    /// The views of a complete disc with two sessions of a data track each, of which the first ends at `end`, and the second has `size` blocks.
    pub(super) fn expect_two_sessions(&mut self, end: u32, size: u32) -> Verdict {
        let start = end + FIRST_GAP;
        let complete = State {
            tracks: &[TrackState::complete(1, 1, 0, end), TrackState::complete(2, 2, start, size)],
            capacity: Some(start + size),
            toc: Some((&[(DATA, 0), (DATA, start)], start + size)),
            idle: &WRITING,
            ..State::complete(self.traits.profile, 2, 2)
        };
        self.expect_state("after the last session", &complete)?;
        expect_last_session(self, 2, start)
    }
}

/// What format 1 of the table of contents says: the first track of the last complete session.
fn expect_last_session(burner: &mut Burner<'_, '_>, session: u8, start: u32) -> Verdict {
    let bytes = burner.fetch(ReadToc {
        format: TocFormat::SESSIONS.0,
        allocation_length: 12,
        ..ReadToc::default()
    })?;
    let toc = unit::understood(TocData::parse(&bytes))?;
    let seen: Vec<_> = toc.tracks().map(|entry| (entry.track, entry.address)).collect();
    let last = toc.header.last;
    burner.ensure(last == session && seen == [(2, start)], || {
        format!("the last session is {last} and begins with {seen:?}, to be {session} and track 2 at {start}")
    })
}

/// A test write leaves nothing; the same burn in earnest succeeds afterwards.
pub(super) fn test_write(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let data = pattern(78, 300, BLOCK);
    burner.write_parameters(|page| WriteParametersPage { test_write: true, ..data_at_once()(page) })?;
    burner.write(0, &data)?;
    burner.synchronize()?;
    burner.write_parameters(data_at_once())?;
    let blank = State { current: &WRITING, ..State::blank(burner.traits.profile) };
    burner.expect_state("after the test", &blank)?;
    burn(&mut burner, 79)
}

/// A burnt disc is blanked and burnt again, both minimally and wholly.
pub(super) fn blanked(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    burn(&mut burner, 80)?;
    for (seed, blanking_type) in [(81, BlankingType::MINIMAL), (82, BlankingType::DISC)] {
        burner.send(Blank { immed: true, blanking_type: blanking_type.0, ..Blank::default() })?;
        burner.wait_until_ready()?;
        let blank = State { current: &WRITING, ..State::blank(burner.traits.profile) };
        burner.expect_state("after blanking", &blank)?;
        burn(&mut burner, seed)?;
    }
    Ok(())
}
