//! DVD-R, DVD-R DL and DVD-RW: in sequence, and by restricted overwrite.

use super::burner::{BLOCK, Burner, pattern};
use super::state::{State, TrackState};
use crate::stage::Stage;
use crate::stop::Verdict;
use discrig_device::Medium;
use discrig_wire::capacity::FormatType;
use discrig_wire::close::{BlankingType, CloseFunction};
use discrig_wire::command::{Blank, ReserveTrack, Write10};
use discrig_wire::disc::SessionStatus;
use discrig_wire::feature::{FeatureCode, Profile};
use discrig_wire::format::FormatDescriptor;
use discrig_wire::mode::{DataBlockType, MultiSession, WriteParametersPage, WriteType};

/// Blocks of a linking loss area, and of an ECC block.
const LINK: u8 = 0x10;
/// What makes the disc recordable in sequence.
pub(super) const SEQUENTIAL: [FeatureCode; 2] =
    [FeatureCode::INCREMENTAL_STREAMING_WRITABLE, FeatureCode::DVD_R_RW_WRITE];

/// Page 05h for a way of recording, with or without a next border.
pub(super) fn parameters(
    write_type: WriteType,
    multi_session: MultiSession,
) -> impl FnOnce(WriteParametersPage) -> WriteParametersPage {
    move |page| WriteParametersPage {
        buffer_underrun_free: true,
        test_write: false,
        write_type,
        multi_session,
        fixed_packet: false,
        link_size_valid: write_type == WriteType::PACKET,
        link_size: LINK,
        packet_size: LINK.into(),
        track_mode: 5,
        data_block_type: DataBlockType::MODE_1,
        ..page
    }
}

/// Disc at once: so many blocks are promised and written; SYNCHRONIZE CACHE completes the disc.
pub(super) fn disc_at_once(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let data = pattern(20, 320, BLOCK);
    burner.write_parameters(parameters(WriteType::SESSION_AT_ONCE, MultiSession::NONE))?;
    burner.send(ReserveTrack::of_size(320))?;
    burner.write(0, &data)?;
    burner.synchronize()?;
    expect_one_border(&mut burner, "after disc at once", 320)?;
    burner.read_back(0, &data)?;
    burner.refused_at_end(320, &data[..16 * BLOCK])
}

/// The disc is complete and has one border with one track.
fn expect_one_border(burner: &mut Burner<'_, '_>, when: &str, blocks: u32) -> Verdict {
    let state = State {
        tracks: &[TrackState::complete(1, 1, 0, blocks)],
        capacity: Some(blocks),
        toc: Some((&[(4, 0)], blocks)),
        idle: &SEQUENTIAL,
        ..State::complete(burner.traits.profile, 1, 1)
    };
    burner.expect_state(when, &state)
}

/// Incremental: an RZone in pieces, closed, and the only border.
pub(super) fn incremental(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let data = pattern(21, 320, BLOCK);
    burner.write_parameters(parameters(WriteType::PACKET, MultiSession::NONE))?;
    burner.write(0, &data[..160 * BLOCK])?;
    burner.synchronize()?;
    let profile = burner.traits.profile;
    let next = burner.next_writable()?;
    burner.ensure(next == 160, || format!("160 blocks are written and the next one is {next}"))?;
    let open = State {
        tracks: &[TrackState::open(1, 1, 0, 160)],
        current: &SEQUENTIAL,
        ..State::open(profile, 1, 1)
    };
    burner.expect_state("after the first piece", &open)?;
    burner.write(next, &data[160 * BLOCK..])?;
    burner.synchronize()?;
    burner.close(CloseFunction::TRACK, 1)?;
    burner.close(CloseFunction::SESSION, 0)?;
    expect_one_border(&mut burner, "after closing the border", 320)?;
    burner.read_back(0, &data)
}

/// An RZone is reserved; what comes after it is written first.
pub(super) fn reserved(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let data = pattern(22, 320, BLOCK);
    burner.write_parameters(parameters(WriteType::PACKET, MultiSession::NONE))?;
    burner.send(ReserveTrack::of_size(160))?;
    let reserved = burner.track(1)?;
    burner.ensure(reserved.reserved && reserved.nwa() == Some(0) && reserved.size >= 160, || {
        format!("RZone 1 is reserved for 160 blocks, and is {reserved:?}")
    })?;
    let second = reserved.start + reserved.size;
    let next = burner.next_writable()?;
    // Links may lie between RZones.
    burner
        .ensure(next >= 160 && next >= second, || format!("after the reserved RZone comes block {next}"))?;
    burner.write(next, &data[160 * BLOCK..])?;
    burner.write(0, &data[..160 * BLOCK])?;
    burner.synchronize()?;
    burner.close(CloseFunction::TRACK, 1)?;
    burner.close(CloseFunction::TRACK, 2)?;
    burner.close(CloseFunction::SESSION, 0)?;
    let end = next + 160;
    let complete = State {
        tracks: &[TrackState::complete(1, 1, 0, reserved.size), TrackState::complete(2, 1, next, 160)],
        capacity: Some(end),
        idle: &SEQUENTIAL,
        ..State::complete(burner.traits.profile, 1, 2)
    };
    burner.expect_state("after closing the border", &complete)?;
    burner.read_back(0, &data[..160 * BLOCK])?;
    burner.read_back(next, &data[160 * BLOCK..])
}

/// Two RZones are reserved, as many as there can be; they and the one behind them are recorded in turn.
pub(super) fn several_reserved(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    burner.write_parameters(parameters(WriteType::PACKET, MultiSession::NONE))?;
    let mut zones = Vec::new();
    for n in 0..2 {
        burner.send(ReserveTrack::of_size(160))?;
        let zone = burner.track(n + 1)?;
        burner.ensure(zone.reserved && zone.size >= 160 && zone.nwa() == Some(zone.start), || {
            format!("RZone {} is reserved for 160 blocks, and is {zone:?}", n + 1)
        })?;
        zones.push((zone.start, pattern(34 + u32::from(n), 160, BLOCK)));
    }
    burner.refused(ReserveTrack::of_size(160), &[])?;
    zones.push((burner.next_writable()?, pattern(36, 96, BLOCK)));
    // The first half of each, then what is left, each time from the last one to the first.
    for half in [0, 1] {
        for (start, data) in zones.iter().rev() {
            let (first, second) = data.split_at(data.len() / 2);
            let blocks = (first.len() / BLOCK) as u32;
            burner.write(start + half * blocks, if half == 0 { first } else { second })?;
            burner.synchronize()?;
        }
    }
    (1..=3).try_for_each(|track| burner.close(CloseFunction::TRACK, track))?;
    burner.close(CloseFunction::SESSION, 0)?;
    let complete = State { idle: &SEQUENTIAL, ..State::complete(burner.traits.profile, 1, 3) };
    burner.expect_state("after closing the border", &complete)?;
    zones.iter().try_for_each(|(start, data)| burner.read_back(*start, data))
}

/// Two borders, the second of which is the last.
pub(super) fn multi_border(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let data = pattern(23, 256, BLOCK);
    let (first, second) = data.split_at(160 * BLOCK);
    burner.write_parameters(parameters(WriteType::PACKET, MultiSession::NEXT))?;
    burner.write(0, first)?;
    burner.synchronize()?;
    burner.close(CloseFunction::TRACK, 1)?;
    burner.close(CloseFunction::SESSION, 0)?;
    let next = burner.next_writable()?;
    burner.ensure(next > 160 && next.is_multiple_of(16), || {
        format!("the border of 160 blocks is closed and the next block is {next}")
    })?;
    let profile = burner.traits.profile;
    let appendable = State {
        tracks: &[TrackState::complete(1, 1, 0, 160), TrackState::open(2, 2, next, next)],
        capacity: Some(160),
        current: &SEQUENTIAL,
        ..State::appendable(profile, 2, 2)
    };
    burner.expect_state("after the first border", &appendable)?;
    burner.read_back(0, first)?;
    burner.write_parameters(parameters(WriteType::PACKET, MultiSession::NONE))?;
    burner.write(next, second)?;
    burner.synchronize()?;
    burner.close(CloseFunction::TRACK, 2)?;
    burner.close(CloseFunction::SESSION, 0)?;
    let complete = State {
        tracks: &[TrackState::complete(1, 1, 0, 160), TrackState::complete(2, 2, next, 96)],
        capacity: Some(next + 96),
        idle: &SEQUENTIAL,
        ..State::complete(profile, 2, 2)
    };
    burner.expect_state("after the last border", &complete)?;
    burner.read_back(0, first)?;
    burner.read_back(next, second)
}

/// A test write leaves nothing; the same burn in earnest succeeds afterwards.
pub(super) fn test_write(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let data = pattern(24, 160, BLOCK);
    let at_once = || parameters(WriteType::SESSION_AT_ONCE, MultiSession::NONE);
    burner.write_parameters(|page| WriteParametersPage { test_write: true, ..at_once()(page) })?;
    burner.send(ReserveTrack::of_size(160))?;
    burner.write(0, &data)?;
    burner.synchronize()?;
    burner.write_parameters(at_once())?;
    let blank = State { current: &SEQUENTIAL, ..State::blank(burner.traits.profile) };
    burner.expect_state("after the test", &blank)?;
    burner.send(ReserveTrack::of_size(160))?;
    burner.write(0, &data)?;
    burner.synchronize()?;
    expect_one_border(&mut burner, "after the burn", 160)?;
    burner.read_back(0, &data)
}

// --- restricted overwrite ----------------------------------------------------------------------------------------

const OVERWRITE: Profile = Profile::DVD_RW_RESTRICTED_OVERWRITE;
const RIGID: [FeatureCode; 2] = [FeatureCode::RIGID_RESTRICTED_OVERWRITE, FeatureCode::FORMATTABLE];

/// Quick format, sequential writing and overwriting, lead-out, and growing what there is.
pub(super) fn quick_format(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let least = FormatDescriptor {
        format_type: FormatType::QUICK,
        parameter: LINK.into(),
        ..FormatDescriptor::default()
    };
    burner.format_as(least)?;
    let mut data = pattern(26, 320, BLOCK);
    burner.write(0, &data[..256 * BLOCK])?;
    let again = pattern(27, 32, BLOCK);
    burner.write(64, &again)?;
    data[64 * BLOCK..96 * BLOCK].copy_from_slice(&again);
    burner.synchronize()?;
    let intermediate =
        State { session: SessionStatus::INCOMPLETE, current: &RIGID, ..State::complete(OVERWRITE, 1, 1) };
    burner.expect_state("in the intermediate state", &intermediate)?;
    burner.close(CloseFunction::SESSION, 0)?;
    let of = |capacity| State {
        capacity: Some(capacity),
        toc: Some((&[(4, 0)], capacity)),
        current: &RIGID,
        ..State::complete(OVERWRITE, 1, 1)
    };
    burner.expect_state("after the lead-out", &of(256))?;
    burner.read_back(0, &data[..256 * BLOCK])?;
    burner.format(FormatType::QUICK_GROW, 0)?;
    burner.write(256, &data[256 * BLOCK..])?;
    burner.synchronize()?;
    burner.expect_state("after growing", &intermediate)?;
    burner.close(CloseFunction::SESSION, 0)?;
    let lead_out = State { toc: Some((&[(4, 0)], 320)), ..of(320) };
    burner.expect_state("after the second lead-out", &lead_out)?;
    burner.read_back(0, &data)
}

/// Full format, writing anywhere, and back to a blank disc that is recorded in sequence.
pub(super) fn full_format(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let offer = burner.format(FormatType::FULL, 0)?;
    let formatted = State {
        capacity: Some(offer.blocks),
        toc: Some((&[(4, 0)], offer.blocks)),
        current: &RIGID,
        ..State::complete(OVERWRITE, 1, 1)
    };
    burner.expect_state("after formatting", &formatted)?;
    let data = pattern(28, 128, BLOCK);
    let places = [1600, offer.blocks - 32, 0, 4096];
    for (at, part) in places.into_iter().zip(data.chunks(32 * BLOCK)) {
        burner.write(at, part)?;
    }
    burner.synchronize()?;
    for (at, part) in places.into_iter().zip(data.chunks(32 * BLOCK)) {
        burner.read_back(at, part)?;
    }
    let crooked = Write10 { logical_block_address: 8, transfer_length: 16, ..Write10::default() };
    burner.refused(crooked, &data[..16 * BLOCK])?;
    blank(&mut burner, BlankingType::DISC)?;
    burner.expect_state(
        "after blanking",
        &State { current: &SEQUENTIAL, ..State::blank(Profile::DVD_RW_SEQUENTIAL) },
    )?;
    burn_at_once(&mut burner, 29)
}

/// A burnt disc is blanked and burnt again, both minimally and wholly.
pub(super) fn blanked(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    burn_at_once(&mut burner, 30)?;
    blank(&mut burner, BlankingType::MINIMAL)?;
    // What was only minimally blanked takes no increments.
    let minimal = State {
        current: &SEQUENTIAL[1..],
        idle: &SEQUENTIAL[..1],
        ..State::blank(Profile::DVD_RW_SEQUENTIAL)
    };
    burner.expect_state("after minimal blanking", &minimal)?;
    burn_at_once(&mut burner, 31)?;
    blank(&mut burner, BlankingType::DISC)?;
    burner.expect_state(
        "after blanking",
        &State { current: &SEQUENTIAL, ..State::blank(Profile::DVD_RW_SEQUENTIAL) },
    )?;
    burn_at_once(&mut burner, 32)
}

fn blank(burner: &mut Burner<'_, '_>, blanking_type: BlankingType) -> Verdict {
    burner.send(Blank { immed: true, blanking_type: blanking_type.0, ..Blank::default() })?;
    burner.wait_until_ready()
}

fn burn_at_once(burner: &mut Burner<'_, '_>, seed: u32) -> Verdict {
    let data = pattern(seed, 160, BLOCK);
    burner.write_parameters(parameters(WriteType::SESSION_AT_ONCE, MultiSession::NONE))?;
    burner.send(ReserveTrack::of_size(160))?;
    burner.write(0, &data)?;
    burner.synchronize()?;
    expect_one_border(burner, "after the burn", 160)?;
    burner.read_back(0, &data)
}
