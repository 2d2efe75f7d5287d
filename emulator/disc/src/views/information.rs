//! READ DISC INFORMATION (MMC-5 6.22).

use crate::kind::{Family, MediumSpec, Rules};
use crate::rules::{cd, rules};
use crate::state::{BackgroundState, DiscState, Recording, Sequence, Surface};
use discrig_wire::disc::{
    BackgroundFormat, DiscInformation, DiscStatus, DiscType, SessionStatus, TrackResources,
};
use discrig_wire::msf::Msf;

/// A field without an address.
const NO_ADDRESS: u32 = u32::MAX;
/// Blocks of a later session's lead-in, and the pre-gap of its first track.
const LATER_LEAD_IN: i32 = cd::LEAD_IN_BLOCKS + cd::PAUSE;
/// Blocks of a layer.
const DVD_LAYER: u32 = 2_298_496;
const BD_LAYER: u32 = 12_219_392;

pub(super) fn layers(disc: &DiscState) -> u8 {
    let spec = disc.kind.spec();
    let layer = match spec.family {
        Family::Bd => BD_LAYER,
        Family::Cd => return 1,
        Family::Dvd => DVD_LAYER,
    };
    if spec.is_recordable() {
        spec.layers
    } else {
        (disc.last_block().saturating_add(1).div_ceil(layer) as u8).clamp(1, spec.layers)
    }
}

pub(super) fn is_blank(disc: &DiscState) -> bool {
    match &disc.recording {
        Recording::Random(surface) => surface.blocks == 0,
        Recording::Sequential(sequence) => sequence.is_blank(),
    }
}

pub(super) fn is_writable(disc: &DiscState) -> bool {
    disc.kind.spec().is_recordable()
        && !disc.write_protected
        && match &disc.recording {
            // One that takes each block once can be closed for good.
            Recording::Random(surface) => surface.blocks > 0 && (!surface.once || surface.open),
            Recording::Sequential(sequence) => {
                sequence.tracks().any(|(_, track)| track.is_writable())
                    || rules(disc.kind).next_track(disc).is_some()
            }
        }
}

/// Status of disc and last session, how many sessions there are, and the first and last track of the last one.
struct Outline {
    disc: DiscStatus,
    session: SessionStatus,
    sessions: u16,
    tracks: (u16, u16),
}

/// `next_track` is the track that would be begun next: in an open session it counts, although nothing is recorded of it (MMC-5 6.22).
fn of_sequence(sequence: &Sequence, next_track: Option<u16>) -> Outline {
    let count = sequence.sessions.len() as u16;
    let next = sequence.last_track().map_or(1, |track| track.number.saturating_add(1));
    let open =
        |disc| Outline { disc, session: SessionStatus::EMPTY, sessions: count + 1, tracks: (next, next) };
    let Some(last) = sequence.sessions.last() else { return open(DiscStatus::EMPTY) };
    let tracks = match (last.tracks.first(), last.tracks.last()) {
        (Some(first), Some(last)) => (first.number, last.number),
        _ => (next, next),
    };
    match (last.closed, sequence.finalized) {
        (true, true) => {
            Outline { disc: DiscStatus::COMPLETE, session: SessionStatus::COMPLETE, sessions: count, tracks }
        }
        (true, false) => open(DiscStatus::INCOMPLETE),
        (false, _) => Outline {
            disc: DiscStatus::INCOMPLETE,
            session: SessionStatus::INCOMPLETE,
            sessions: count,
            tracks: (tracks.0, next_track.map_or(tracks.1, |number| number.max(tracks.1))),
        },
    }
}

fn of_surface(surface: &Surface, spec: &MediumSpec) -> Outline {
    let (disc, session) = match surface.blocks {
        0 => (DiscStatus::EMPTY, SessionStatus::EMPTY),
        _ if surface.open && spec.rules == Rules::DvdMinusRw => {
            (DiscStatus::COMPLETE, SessionStatus::INCOMPLETE)
        }
        _ if surface.once && surface.open => (DiscStatus::OTHER, SessionStatus::INCOMPLETE),
        _ => (DiscStatus::COMPLETE, SessionStatus::COMPLETE),
    };
    Outline { disc, session, sessions: 1, tracks: (1, 1) }
}

pub(super) fn standard(disc: &DiscState) -> DiscInformation {
    let spec = disc.kind.spec();
    let outline = match &disc.recording {
        Recording::Random(surface) => of_surface(surface, spec),
        Recording::Sequential(sequence) => {
            of_sequence(sequence, rules(disc.kind).next_track(disc).map(|track| track.number))
        }
    };
    let (background_format, dirty) = match &disc.recording {
        Recording::Random(surface) if spec.rules == Rules::DvdPlusRw => (background(surface), surface.dirty),
        _ => (BackgroundFormat::NONE, false),
    };
    let (last_session_lead_in, last_possible_lead_out) = addresses(disc, spec);
    let identified = spec.family == Family::Cd && disc.identifier != 0 && spec.is_recordable();
    DiscInformation {
        erasable: spec.is_rewritable(),
        last_session_status: outline.session,
        disc_status: outline.disc,
        first_track: first_track(disc),
        sessions: outline.sessions,
        first_track_in_last_session: outline.tracks.0,
        last_track_in_last_session: outline.tracks.1,
        disc_id_valid: identified,
        disc_id: if identified { disc.identifier } else { 0 },
        unrestricted_use: true,
        dirty,
        background_format,
        disc_type: DiscType(disc_type(disc)),
        last_session_lead_in,
        last_possible_lead_out,
        ..DiscInformation::default()
    }
}

fn first_track(disc: &DiscState) -> u8 {
    match &disc.recording {
        Recording::Random(_) => 1,
        Recording::Sequential(sequence) => {
            sequence.tracks().next().map_or(1, |(_, track)| u8::try_from(track.number).unwrap_or(1))
        }
    }
}

fn disc_type(disc: &DiscState) -> u8 {
    match &disc.recording {
        Recording::Random(_) => 0,
        Recording::Sequential(sequence) => sequence.sessions.first().map_or(0, |session| session.disc_type),
    }
}

fn background(surface: &Surface) -> BackgroundFormat {
    match (surface.blocks, surface.background) {
        (0, _) => BackgroundFormat::NONE,
        (_, BackgroundState::Complete) => BackgroundFormat::COMPLETE,
        (_, BackgroundState::Running) => BackgroundFormat::RUNNING,
        (_, BackgroundState::Suspended) => BackgroundFormat::SUSPENDED,
    }
}

/// Where the lead-in of the last session starts, and where the last lead-out could.
fn addresses(disc: &DiscState, spec: &MediumSpec) -> (u32, u32) {
    let Recording::Sequential(sequence) = &disc.recording else { return (0, 0) };
    let cd = spec.family == Family::Cd;
    if !spec.is_recordable() {
        return if cd { (NO_ADDRESS, NO_ADDRESS) } else { (0, 0) };
    }
    if sequence.finalized {
        return (if cd { NO_ADDRESS } else { 0 }, NO_ADDRESS);
    }
    let last = rules(disc.kind).last_lead_out(disc);
    if cd { (cd_field(lead_in(disc, sequence)), cd_field(last as i32)) } else { (0, last) }
}

fn lead_in(disc: &DiscState, sequence: &Sequence) -> i32 {
    let first = cd::LEAD_IN.lba();
    match (sequence.open_session(), rules(disc.kind).next_track(disc)) {
        (Some(session), _) => session.lead_in.unwrap_or(first),
        (None, Some(next)) if !sequence.sessions.is_empty() => next.start - LATER_LEAD_IN,
        _ => first,
    }
}

/// A block as minute, second and frame in a field of four bytes.
pub(super) fn cd_field(block: i32) -> u32 {
    Msf::from_lba(block).map_or(NO_ADDRESS, Msf::to_field)
}

pub(super) fn track_resources(disc: &DiscState) -> TrackResources {
    let rules = rules(disc.kind);
    let (maximum_tracks, maximum_appendable_tracks) = rules.track_resources(disc);
    let (assigned, appendable) = match &disc.recording {
        Recording::Random(surface) => (1, usize::from(surface.blocks > 0)),
        Recording::Sequential(sequence) => {
            let reserved = sequence.tracks().filter(|(_, track)| track.is_writable()).count();
            (sequence.tracks().count(), reserved + usize::from(rules.next_track(disc).is_some()))
        }
    };
    let writable = is_writable(disc);
    TrackResources {
        maximum_tracks,
        assigned_tracks: assigned as u16,
        maximum_appendable_tracks: if writable { maximum_appendable_tracks } else { 0 },
        appendable_tracks: if writable { (appendable as u16).min(maximum_appendable_tracks) } else { 0 },
        ..TrackResources::default()
    }
}
