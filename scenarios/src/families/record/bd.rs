//! BD-R and BD-RE.

use super::burner::{BLOCK, Burner, close, pattern};
use super::state::{State, TrackState};
use crate::families::unit;
use crate::stage::Stage;
use crate::stop::Verdict;
use discrig_device::Medium;
use discrig_wire::capacity::FormatType;
use discrig_wire::close::CloseFunction;
use discrig_wire::command::{ReadDiscInformation, ReserveTrack, Write12};
use discrig_wire::disc::{DiscDataType, DiscStatus, PowResources};
use discrig_wire::feature::{FeatureCode, Profile};
use discrig_wire::format::{Certification, RecordingMode};

/// What makes a BD-R recordable in sequence.
const SEQUENTIAL: [FeatureCode; 2] = [FeatureCode::INCREMENTAL_STREAMING_WRITABLE, FeatureCode::BD_WRITE];

/// SRM: formatted by the first write, one session, closed.
pub(super) fn sequential(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let data = pattern(1, 320, BLOCK);
    let next = burner.next_writable()?;
    burner.write(next, &data)?;
    burner.synchronize()?;
    let profile = Profile::BD_R_SRM;
    let open = State {
        tracks: &[TrackState::open(1, 1, 0, 320)],
        current: &SEQUENTIAL,
        ..State::open(profile, 1, 1)
    };
    burner.expect_state("after the write", &open)?;
    burner.close(CloseFunction::TRACK, 1)?;
    burner.close(CloseFunction::SESSION, 0)?;
    burner.close(CloseFunction::FINALIZE, 0)?;
    let closed = State {
        tracks: &[TrackState::complete(1, 1, 0, 320)],
        capacity: Some(320),
        toc: Some((&[(4, 0)], 320)),
        idle: &SEQUENTIAL,
        ..State::complete(profile, 1, 1)
    };
    burner.expect_state("after finalising", &closed)?;
    burner.read_back(0, &data)?;
    burner.refused_at_end(320, &data[..32 * BLOCK])
}

/// SRM: two sessions one after the other without a gap.
pub(super) fn sessions(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let data = pattern(2, 256, BLOCK);
    let (first, second) = data.split_at(160 * BLOCK);
    let profile = Profile::BD_R_SRM;
    burner.write(0, first)?;
    burner.synchronize()?;
    burner.close(CloseFunction::SESSION, 0)?;
    let appendable = State {
        tracks: &[TrackState::complete(1, 1, 0, 160), TrackState::open(2, 2, 160, 160)],
        capacity: Some(160),
        current: &SEQUENTIAL,
        ..State::appendable(profile, 2, 2)
    };
    burner.expect_state("after the first session", &appendable)?;
    burner.read_back(0, first)?;
    let next = burner.next_writable()?;
    burner.write(next, second)?;
    burner.synchronize()?;
    burner.close(CloseFunction::SESSION, 0)?;
    burner.close(CloseFunction::FINALIZE, 0)?;
    let complete = State {
        tracks: &[TrackState::complete(1, 1, 0, 160), TrackState::complete(2, 2, 160, 96)],
        capacity: Some(256),
        idle: &SEQUENTIAL,
        ..State::complete(profile, 2, 2)
    };
    burner.expect_state("after finalising", &complete)?;
    burner.read_back(0, &data)
}

/// SRM: two tracks are reserved and recorded after the one behind them, in turn and each up to its end.
pub(super) fn reserved(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let profile = Profile::BD_R_SRM;
    let data = pattern(11, 320, BLOCK);
    let (first, rest) = data.split_at(96 * BLOCK);
    let (second, third) = rest.split_at(128 * BLOCK);
    burner.send(ReserveTrack::of_size(96))?;
    burner.send(ReserveTrack::of_size(128))?;
    let reserved = State {
        tracks: &[
            TrackState { size: Some(96), ..TrackState::open(1, 1, 0, 0) },
            TrackState { size: Some(128), ..TrackState::open(2, 1, 96, 96) },
            TrackState::open(3, 1, 224, 224),
        ],
        current: &SEQUENTIAL,
        ..State::open(profile, 1, 3)
    };
    burner.expect_state("after reserving", &reserved)?;
    let behind = Write12 { logical_block_address: 64, transfer_length: 64, ..Write12::default() };
    burner.refused(behind, &data[..64 * BLOCK])?;
    burner.write(224, third)?;
    burner.write(96, &second[..64 * BLOCK])?;
    burner.write(0, first)?;
    burner.write(160, &second[64 * BLOCK..])?;
    burner.synchronize()?;
    (1..=3).try_for_each(|track| burner.close(CloseFunction::TRACK, track))?;
    burner.close(CloseFunction::SESSION, 0)?;
    burner.close(CloseFunction::FINALIZE, 0)?;
    let complete = State {
        tracks: &[
            TrackState::complete(1, 1, 0, 96),
            TrackState::complete(2, 1, 96, 128),
            TrackState::complete(3, 1, 224, 96),
        ],
        capacity: Some(320),
        idle: &SEQUENTIAL,
        ..State::complete(profile, 1, 3)
    };
    burner.expect_state("after finalising", &complete)?;
    burner.read_back(0, &data)
}

/// SRM+POW: what was written is written again where it stands.
pub(super) fn pseudo_overwrite(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let offer = burner.format(FormatType::BD_R_WITH_SPARE, RecordingMode::SEQUENTIAL_POW.0)?;
    let profile = Profile::BD_R_SRM;
    let current = [SEQUENTIAL[0], SEQUENTIAL[1], FeatureCode::BD_R_PSEUDO_OVERWRITE];
    let mut data = pattern(3, 320, BLOCK);
    burner.write(0, &data)?;
    let again = pattern(4, 64, BLOCK);
    burner.write(32, &again)?;
    data[32 * BLOCK..96 * BLOCK].copy_from_slice(&again);
    burner.synchronize()?;
    burner.read_back(0, &data)?;
    let bytes = burner
        .fetch(ReadDiscInformation { data_type: DiscDataType::POW_RESOURCES.0, allocation_length: 16 })?;
    unit::understood(PowResources::parse(&bytes))?;
    let next = burner.next_writable()?;
    burner.ensure(next >= 320, || format!("the next writable address went back to {next}"))?;
    let written = State { capacity: Some(offer.blocks), current: &current, ..State::open(profile, 1, 1) };
    burner.expect_state("after overwriting", &written)?;
    burner.close(CloseFunction::FINALIZE, 0)?;
    let complete = State { idle: &current, ..State::complete(profile, 1, 1) };
    burner.expect_state("after finalising", &complete)?;
    burner.read_back(0, &data)
}

/// RRM: clusters in any order, each of them once.
pub(super) fn random(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let offer = burner.format(FormatType::BD_R_WITH_SPARE, RecordingMode::RANDOM.0)?;
    let profile = Profile::BD_R_RRM;
    let places = [32 * 9, 0, offer.blocks - 32, 32 * 100];
    let data = pattern(5, 32 * places.len(), BLOCK);
    let clusters: Vec<_> = places.iter().copied().zip(data.chunks(32 * BLOCK)).collect();
    clusters.iter().try_for_each(|(at, cluster)| burner.write(*at, cluster))?;
    burner.synchronize()?;
    let current = [FeatureCode::WRITE_ONCE, FeatureCode::BD_WRITE];
    let capacity = Some(offer.blocks);
    let information = burner.information()?;
    burner.ensure(information.disc_status != DiscStatus::COMPLETE, || {
        "a disc that can still be written says that it is complete".to_owned()
    })?;
    let again = Write12 { logical_block_address: places[0], transfer_length: 32, ..Write12::default() };
    burner.refused(again, clusters[1].1)?;
    clusters.iter().try_for_each(|(at, cluster)| burner.read_back(*at, cluster))?;
    burner.close(CloseFunction::FINALIZE, 0)?;
    let complete = State { capacity, idle: &current[..1], ..State::complete(profile, 1, 1) };
    burner.expect_state("after finalising", &complete)?;
    clusters.iter().try_for_each(|(at, cluster)| burner.read_back(*at, cluster))
}

/// BD-RE with spare areas.
pub(super) fn with_spares(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    rewritable(stage, medium, FormatType::BD_RE_WITH_SPARE, Certification::NONE)
}

/// BD-RE without spare areas: without defect management.
pub(super) fn without_spares(stage: &mut Stage<'_>, medium: Medium) -> Verdict {
    rewritable(stage, medium, FormatType::BD_RE_WITHOUT_SPARE, Certification::QUICK_REFORMAT)
}

fn rewritable(
    stage: &mut Stage<'_>,
    medium: Medium,
    way: FormatType,
    certification: Certification,
) -> Verdict {
    let mut burner = Burner::with_blank(stage, medium)?;
    let offer = burner.format(way, certification.0)?;
    let managed = [FeatureCode::HARDWARE_DEFECT_MANAGEMENT];
    let current = [FeatureCode::RANDOM_WRITABLE, FeatureCode::FORMATTABLE, FeatureCode::BD_WRITE, managed[0]];
    let spares = way == FormatType::BD_RE_WITH_SPARE;
    let formatted = State {
        capacity: Some(offer.blocks),
        toc: Some((&[(4, 0)], offer.blocks)),
        current: if spares { &current } else { &current[..3] },
        idle: if spares { &[] } else { &managed },
        ..State::complete(Profile::BD_RE, 1, 1)
    };
    burner.expect_state("after formatting", &formatted)?;
    let mut data = pattern(6, 256, BLOCK);
    burner.write(0, &data)?;
    // Single blocks in the middle of clusters, and across their bounds.
    for (seed, first, blocks) in [(7, 5, 1), (8, 30, 5), (9, 201, 55)] {
        let some = pattern(seed, blocks, BLOCK);
        burner.write(first as u32, &some)?;
        data[first * BLOCK..(first + blocks) * BLOCK].copy_from_slice(&some);
    }
    let last = pattern(10, 1, BLOCK);
    burner.write(offer.blocks - 1, &last)?;
    burner.synchronize()?;
    burner.refused(close(CloseFunction::SESSION, 0), &[])?;
    burner.expect_state("after writing", &formatted)?;
    burner.read_back(0, &data)?;
    burner.read_back(offer.blocks - 1, &last)
}
