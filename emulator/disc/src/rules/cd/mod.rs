//! CD-R and CD-RW: track at once, session at once, raw and packets (MMC-5 4.2 and 6.3.3.1).
//!
//! | module | what |
//! |---|---|
//! | `blocks` | which write parameters go together, and what the blocks are then |
//! | `closing` | tracks and sessions are completed, closed, reserved, repaired, or lost |
//! | `cue` | cue sheets |
//! | `incremental` | tracks at once and packets |
//! | `raw` | sessions whose every sector the initiator makes |
//! | `reading` | what can be read back |
//! | `rewritable` | blanking and formatting of CD-RW |
//! | `session` | sessions at once, by cue sheet |

mod blocks;
mod closing;
mod cue;
mod incremental;
mod raw;
mod reading;
mod rewritable;
mod session;
#[cfg(test)]
mod tests;

use super::shared;
use super::{Change, FormatRequest, MediumRules, Placement, Reservation};
use crate::kind::Rules;
use crate::refusal::Refusal;
use crate::state::{DiscState, Form, Recording, Sequence, Track, TrackStatus};
use discrig_wire::capacity::{CurrentCapacity, FormattableCapacity};
use discrig_wire::feature::FeatureCode;
use discrig_wire::mode::{WriteParametersPage, WriteType};
use discrig_wire::msf::Msf;
use discrig_wire::sense::codes;

/// Where the lead-in of the first session starts, as the pre-groove says.
pub(crate) const LEAD_IN: Msf = Msf::new(97, 26, 65);
/// Number of the incomplete track in commands.
const INVISIBLE: u16 = 0xFF;
/// The highest number of a track.
const LAST_TRACK: u16 = 99;
/// Blocks of the pause before a track.
pub(crate) const PAUSE: i32 = 150;
/// Blocks behind the data of a track that cannot be read.
const RUN_OUT: i32 = 2;
/// Blocks between packets: run-out, link and run-in.
const LINK: i32 = 7;
/// Blocks of the shortest track (MMC-5 6.3.3.1.2).
const SHORTEST: i32 = 300;
/// Blocks of a fixed packet.
const PACKET: u32 = 32;
/// Blocks of a lead-in.
pub(crate) const LEAD_IN_BLOCKS: i32 = 4500;
/// Blocks of the lead-out of the first session.
pub(crate) const FIRST_LEAD_OUT: i32 = 6750;
/// Blocks of the lead-out of a later session.
pub(crate) const LATER_LEAD_OUT: i32 = 2250;
/// The last address that minutes, seconds and frames of the program area can say.
const LAST_ADDRESS: u32 = 404_849;

/// CD-R and CD-RW: track at once, session at once, raw and packets.
pub(super) struct Cd;

impl MediumRules for Cd {
    fn write_features(&self, disc: &DiscState) -> &'static [FeatureCode] {
        const INCREMENTAL: FeatureCode = FeatureCode::INCREMENTAL_STREAMING_WRITABLE;
        const TRACKS: FeatureCode = FeatureCode::CD_TRACK_AT_ONCE;
        const MASTERING: FeatureCode = FeatureCode::CD_MASTERING;
        const FORMATTABLE: FeatureCode = FeatureCode::FORMATTABLE;
        const OVERWRITE: FeatureCode = FeatureCode::RESTRICTED_OVERWRITE;
        const REWRITABLE: FeatureCode = FeatureCode::CD_RW_MEDIA_WRITE;
        match (&disc.recording, is_rewritable(disc)) {
            (Recording::Random(_), _) => &[FORMATTABLE, OVERWRITE, REWRITABLE],
            (Recording::Sequential(sequence), true) if sequence.finalized => &[FORMATTABLE, REWRITABLE],
            (Recording::Sequential(sequence), false) if sequence.finalized => &[],
            (_, true) => &[INCREMENTAL, FORMATTABLE, TRACKS, MASTERING, REWRITABLE],
            (_, false) => &[INCREMENTAL, TRACKS, MASTERING],
        }
    }

    fn write(
        &self,
        disc: &DiscState,
        page: &WriteParametersPage,
        first: i32,
        blocks: u32,
    ) -> Result<Placement, Refusal> {
        let range = shared::blocks_of(first, blocks)?;
        let sequence = match &disc.recording {
            Recording::Random(surface) => return rewritable::write(surface, page, range),
            Recording::Sequential(sequence) if sequence.finalized => {
                return Err(codes::WRITE_PROTECTED.into());
            }
            Recording::Sequential(sequence) => sequence,
        };
        match page.write_type {
            WriteType::PACKET | WriteType::TRACK_AT_ONCE if has_begun(sequence) => {
                Err(codes::COMMAND_SEQUENCE_ERROR.into())
            }
            WriteType::PACKET | WriteType::TRACK_AT_ONCE => incremental::write(disc, sequence, page, range),
            WriteType::RAW => raw::write(disc, sequence, page, range),
            WriteType::SESSION_AT_ONCE => session::write(sequence, range),
            _ => Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT.into()),
        }
    }

    fn lead_in(&self, disc: &DiscState, page: &WriteParametersPage) -> u32 {
        match &disc.recording {
            Recording::Sequential(sequence) if page.write_type == WriteType::SESSION_AT_ONCE => {
                session::lead_in(sequence)
            }
            _ => 0,
        }
    }

    fn written(&self, disc: &mut DiscState, page: &WriteParametersPage, first: i32, blocks: u32) {
        let last = last_lead_out(disc);
        let next = next_track(disc);
        let Recording::Sequential(sequence) = &mut disc.recording else { return };
        if blocks == 0 {
            return;
        }
        match page.write_type {
            WriteType::RAW => raw::written(sequence, page, first, blocks),
            WriteType::SESSION_AT_ONCE => session::written(sequence, blocks),
            _ => incremental::written(sequence, page, next, last, first, blocks),
        }
    }

    fn sub_channels_written(&self, disc: &mut DiscState, first: i32, records: &[u8]) {
        if let Recording::Sequential(Sequence { cue: Some(cue), .. }) = &mut disc.recording {
            raw::sub_channels_written(cue, first, records);
        }
    }

    fn synchronize(&self, disc: &DiscState) -> Result<Change, Refusal> {
        Ok(closing::synchronize(disc))
    }

    fn reserve(
        &self,
        disc: &DiscState,
        page: &WriteParametersPage,
        what: Reservation,
    ) -> Result<Change, Refusal> {
        closing::reserve(disc, page, what)
    }

    fn close(
        &self,
        disc: &DiscState,
        page: &WriteParametersPage,
        function: u8,
        track: u16,
    ) -> Result<Change, Refusal> {
        closing::close(disc, page, function, track)
    }

    fn blank(&self, disc: &DiscState, blanking_type: u8, address: u32) -> Result<Change, Refusal> {
        rewritable::blank(disc, blanking_type, address)
    }

    fn format(&self, disc: &DiscState, request: &FormatRequest) -> Result<Change, Refusal> {
        rewritable::format(disc, request)
    }

    fn repair(&self, disc: &DiscState, track: u16) -> Result<Change, Refusal> {
        closing::repair(disc, track)
    }

    fn cue_sheet(
        &self,
        disc: &DiscState,
        page: &WriteParametersPage,
        sheet: &[u8],
    ) -> Result<Change, Refusal> {
        session::accept(disc, page, sheet)
    }

    fn interrupted(&self, disc: &mut DiscState) {
        closing::interrupted(disc);
    }

    fn format_capacities(&self, disc: &DiscState) -> (CurrentCapacity, Vec<FormattableCapacity>) {
        (shared::current_capacity(disc), rewritable::capacities(disc))
    }

    fn next_track(&self, disc: &DiscState) -> Option<Track> {
        next_track(disc)
    }

    fn last_lead_out(&self, disc: &DiscState) -> u32 {
        disc.kind.spec().capacity.min(LAST_ADDRESS)
    }

    fn last_block(&self, disc: &DiscState) -> u32 {
        reading::last_block(disc)
    }

    fn readable(&self, disc: &DiscState, first: i32, blocks: u32) -> Result<Form, Refusal> {
        reading::readable(disc, first, blocks)
    }

    fn track_resources(&self, _: &DiscState) -> (u16, u16) {
        (LAST_TRACK, LAST_TRACK)
    }
}

fn is_rewritable(disc: &DiscState) -> bool {
    disc.kind.spec().rules == Rules::CdRw
}

/// The last block where a lead-out can start.
fn last_lead_out(disc: &DiscState) -> i32 {
    Cd.last_lead_out(disc) as i32
}

/// A session at once, by cue sheet or raw, was begun and is not complete.
fn has_begun(sequence: &Sequence) -> bool {
    sequence.cue.as_ref().is_some_and(|cue| cue.raw.is_some() || cue.next != session::begin(cue))
}

/// First block of the program area of a session that would be begun now.
fn next_session(sequence: &Sequence) -> i32 {
    let Some(lead_out) = sequence.last_closed().and_then(|session| session.lead_out) else { return 0 };
    let before = if sequence.sessions.len() == 1 { FIRST_LEAD_OUT } else { LATER_LEAD_OUT };
    lead_out + before + LEAD_IN_BLOCKS + PAUSE
}

/// Where the lead-in of that session starts.
fn next_lead_in(sequence: &Sequence) -> i32 {
    if sequence.sessions.is_empty() { LEAD_IN.lba() } else { next_session(sequence) - PAUSE - LEAD_IN_BLOCKS }
}

/// The invisible track. There is none while the last track goes on or is damaged, and none without room for the shortest one.
fn next_track(disc: &DiscState) -> Option<Track> {
    let Recording::Sequential(sequence) = &disc.recording else { return None };
    if sequence.finalized {
        return None;
    }
    let number = sequence.last_track().map_or(1, |track| track.number + 1);
    let start = match sequence.open_session().and_then(|session| session.tracks.last()) {
        Some(last) => match last.status {
            TrackStatus::Damaged | TrackStatus::Open => return None,
            TrackStatus::Complete | TrackStatus::Reserved => last.end? + PAUSE,
        },
        None => next_session(sequence),
    };
    let next = match &sequence.cue {
        Some(cue) => cue.next,
        None => start,
    };
    let fits = start + SHORTEST + RUN_OUT <= last_lead_out(disc);
    (number <= LAST_TRACK && fits).then(|| Track { next, ..Track::open(number, start) })
}
