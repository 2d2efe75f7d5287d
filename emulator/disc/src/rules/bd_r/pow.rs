//! Pseudo-overwrite: what replaces recorded clusters is recorded at a next writable address, and found by a map (MMC-5 4.5.3.5.4).
//!
//! Addresses of the initiator stay where they are; the addresses that the replacements take up are lost to appending, read as zeros and can be
//! replaced in their turn.

use super::sequential::{recorded_to, room};
use super::{aligned, tracks};
use crate::refusal::Refusal;
use crate::rules::shared::defects::clusters;
use crate::rules::shared::spares::CLUSTER;
use crate::state::{DiscState, PseudoOverwrite, Sequence, Track};
use core::ops::Range;
use discrig_wire::disc::PowResources;
use discrig_wire::sense::codes;

/// Entries of the map for each layer: eight bytes each, in the four clusters of a defect list less its header.
const ENTRIES_PER_LAYER: u32 = (4 * 65_536 - 64) / 8;
/// How often a map can be written for each layer: clusters of its temporary management area.
const UPDATES_PER_LAYER: u32 = 2048;

/// What a WRITE replaces and where the replacements go.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Replacement {
    /// Clusters that are replaced.
    clusters: Range<i32>,
    /// The track that the WRITE goes on in behind what was recorded, and to which block.
    tail: Option<(Track, i32)>,
    /// The track that has room for the replacements.
    receiver: Track,
}

/// The tracks that could be recorded on, the last one first; one that is not begun yet is the last.
fn candidates<'a>(disc: &DiscState, sequence: &'a Sequence) -> impl Iterator<Item = Track> + use<'a> {
    let open = sequence.open_session().into_iter().flat_map(|session| session.tracks.iter().rev());
    tracks::next(disc, sequence).into_iter().chain(open.filter(|track| track.is_writable()).cloned())
}

/// # Errors
/// INVALID ADDRESS FOR WRITE where nothing was recorded, END OF USER AREA ENCOUNTERED ON THIS TRACK when no track has room for what is
/// replaced, or the map has no entry left.
pub(super) fn replacement(
    disc: &DiscState,
    sequence: &Sequence,
    state: &PseudoOverwrite,
    range: &Range<i32>,
) -> Result<Replacement, Refusal> {
    let invalid = Refusal::at_block(codes::INVALID_ADDRESS_FOR_WRITE, range.start);
    let recorded = recorded_to(sequence, range.start).ok_or(invalid)?;
    let end = super::user_end(disc, sequence);
    let tail = if range.end > recorded {
        let track = candidates(disc, sequence).find(|track| track.next == recorded).ok_or(invalid)?;
        if range.end > track.end.unwrap_or(end) {
            return Err(Refusal::at_block(codes::END_OF_USER_AREA_ENCOUNTERED_ON_THIS_TRACK, recorded));
        }
        Some((track, range.end))
    } else {
        None
    };
    let clusters = clusters(disc, &(range.start..range.end.min(recorded)));
    let exhausted = Refusal::at_block(codes::END_OF_USER_AREA_ENCOUNTERED_ON_THIS_TRACK, range.start);
    let needed = clusters.end - clusters.start;
    let after_tail = |track: &Track| match &tail {
        Some((grown, next)) if grown.number == track.number => *next,
        _ => track.next,
    };
    let receiver = candidates(disc, sequence)
        .find(|track| room(after_tail(track), track.end.unwrap_or(end)) >= needed)
        .ok_or(exhausted)?;
    if entries_left(disc, state) < new_entries(state, &clusters) || updates_left(disc, state) == 0 {
        return Err(exhausted);
    }
    Ok(Replacement { clusters, tail, receiver })
}

pub(super) fn replace(sequence: &mut Sequence, replacement: Replacement, end: i32) {
    let Replacement { clusters, tail, receiver } = replacement;
    let begin = |sequence: &mut Sequence, track: &Track| {
        if sequence.track(track.number).is_none() {
            tracks::begin(sequence, track.clone());
        }
    };
    if let Some((track, next)) = &tail {
        begin(sequence, track);
        tracks::advance(sequence, track.number, *next, end);
    }
    begin(sequence, &receiver);
    let from = sequence.track(receiver.number).map_or(receiver.next, |(_, track)| track.next);
    tracks::advance(sequence, receiver.number, aligned(from) + (clusters.end - clusters.start), end);
    if let Some(state) = &mut sequence.pow {
        state.replaced = state.replaced.saturating_add(clusters.start.abs_diff(clusters.end) / CLUSTER);
        state.mapped.insert(clusters);
        state.pending = true;
    }
}

fn layers(disc: &DiscState) -> u32 {
    disc.kind.spec().layers.into()
}

/// A cluster that was replaced before keeps its entry.
fn new_entries(state: &PseudoOverwrite, clusters: &Range<i32>) -> u32 {
    let cluster = CLUSTER as usize;
    let unmapped = |start: &i32| !state.mapped.covers(*start..start + 1);
    clusters.clone().step_by(cluster).filter(unmapped).count() as u32
}

fn entries_left(disc: &DiscState, state: &PseudoOverwrite) -> u32 {
    let used = u32::try_from(state.mapped.len() / u64::from(CLUSTER)).unwrap_or(u32::MAX);
    (ENTRIES_PER_LAYER * layers(disc)).saturating_sub(used)
}

fn updates_left(disc: &DiscState, state: &PseudoOverwrite) -> u32 {
    (UPDATES_PER_LAYER * layers(disc)).saturating_sub(state.updates)
}

pub(super) fn resources(disc: &DiscState, sequence: &Sequence) -> Option<PowResources> {
    let state = sequence.pow.as_ref().filter(|_| !sequence.finalized)?;
    let end = super::user_end(disc, sequence);
    let free: i64 =
        candidates(disc, sequence).map(|track| i64::from(room(track.next, track.end.unwrap_or(end)))).sum();
    let entries = entries_left(disc, state);
    Some(PowResources {
        remaining_replacements: u32::try_from(free).unwrap_or(0) / CLUSTER * CLUSTER,
        remaining_map_entries: entries,
        remaining_updates: updates_left(disc, state),
        ..PowResources::default()
    })
}
