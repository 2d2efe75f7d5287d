//! Sessions at once: after the cue sheet everything is written in one go, pauses included, and the drive closes the session by itself
//! (MMC-5 6.33 and 6.44).

use super::super::{Change, Placement, Source, Task};
use super::cue::{self, form};
use super::{LEAD_IN_BLOCKS, has_begun, last_lead_out, next_lead_in, next_session};
use crate::refusal::{Place, Refusal};
use crate::sector::block::BlockFormat;
use crate::sector::q::LEAD_OUT;
use crate::state::{CueSession, CueStretch, DiscState, Recording, Sequence, Session, Track, TrackStatus};
use core::ops::Range;
use discrig_wire::mode::{MultiSession, WriteParametersPage, WriteType};
use discrig_wire::sense::codes;

/// SEND CUE SHEET.
pub(super) fn accept(disc: &DiscState, page: &WriteParametersPage, sheet: &[u8]) -> Result<Change, Refusal> {
    let sequence = match &disc.recording {
        Recording::Sequential(sequence) if !sequence.finalized => sequence,
        _ => return Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT.into()),
    };
    if page.write_type != WriteType::SESSION_AT_ONCE || has_begun(sequence) {
        return Err(codes::COMMAND_SEQUENCE_ERROR.into());
    }
    if sequence.open_session().is_some() {
        return Err(codes::CURRENT_PROGRAM_AREA_IS_NOT_EMPTY.into());
    }
    let session = cue::Session {
        lead_in: next_lead_in(sequence),
        start: next_session(sequence),
        last: last_lead_out(disc),
        first_track: sequence.last_track().and_then(|track| u8::try_from(track.number + 1).ok()),
    };
    let mut cue = CueSession {
        disc_type: page.session_format,
        next_session: page.multi_session == MultiSession::NEXT,
        ..cue::read(sheet, &session)?
    };
    cue.catalogue = cue.catalogue.or(super::blocks::catalogue(page));
    cue.next = begin(&cue);
    let mut after = disc.clone();
    if let Recording::Sequential(sequence) = &mut after.recording {
        sequence.cue = Some(Box::new(cue));
    }
    Ok(Change::to(after, Task::Note))
}

/// The first block that the initiator gives.
pub(super) fn begin(cue: &CueSession) -> i32 {
    let first = cue.entries.first().map_or(0, |entry| entry.start);
    skip_empty(cue, first)
}

/// Everything that the sheet announced is written.
pub(super) fn is_complete(cue: &CueSession) -> bool {
    cue.raw.is_none() && cue.entries.last().is_some_and(|lead_out| cue.next >= lead_out.start)
}

/// The stretch that a block lies in, and where the next one begins.
fn stretch_at(cue: &CueSession, block: i32) -> Option<(&CueStretch, i32)> {
    let behind = cue.entries.partition_point(|entry| entry.start <= block);
    let stretch = cue.entries.get(behind.checked_sub(1)?)?;
    Some((stretch, cue.entries.get(behind).map_or(i32::MAX, |entry| entry.start)))
}

/// Bytes that the initiator gives for each block of a stretch.
fn given(stretch: &CueStretch) -> usize {
    BlockFormat::of_data_form(stretch.data_form).map_or(0, |format| format.bytes())
}

/// Stretches of which nothing is given are made by the drive, as soon as it reaches them.
fn skip_empty(cue: &CueSession, mut next: i32) -> i32 {
    while let Some((stretch, end)) = stretch_at(cue, next) {
        if stretch.track == LEAD_OUT || given(stretch) != 0 {
            break;
        }
        next = end;
    }
    next
}

/// What a WRITE of a session at once is.
pub(super) fn write(sequence: &Sequence, range: Range<i32>) -> Result<Placement, Refusal> {
    let cue = sequence.cue.as_ref().filter(|cue| cue.raw.is_none());
    let cue = cue.ok_or(Refusal::new(codes::COMMAND_SEQUENCE_ERROR))?;
    if range.start != cue.next && !range.is_empty() {
        return Err(Refusal::at_block(codes::INVALID_ADDRESS_FOR_WRITE, range.start));
    }
    let end_of_area = Refusal::at_block(codes::END_OF_USER_AREA_ENCOUNTERED_ON_THIS_TRACK, range.start);
    let (first, mut end) = stretch_at(cue, cue.next).ok_or(end_of_area)?;
    if first.track == LEAD_OUT {
        return Err(end_of_area);
    }
    while end < range.end {
        let (stretch, until) = stretch_at(cue, end).ok_or(end_of_area)?;
        if stretch.track == LEAD_OUT {
            return Err(Refusal { place: Place::Block(end), ..end_of_area });
        }
        if stretch.data_form != first.data_form {
            return Err(Refusal::at_block(codes::ILLEGAL_MODE_FOR_THIS_TRACK, end));
        }
        end = until;
    }
    let block_length = given(first) as u16;
    Ok(Placement { block_length, form: form(first), source: Source::CueForm(first.data_form) })
}

/// Blocks of the lead-in that the drive records before the first WRITE. An initiator that gives CD-Text gives the blocks of the lead-in.
pub(super) fn lead_in(sequence: &Sequence) -> u32 {
    let cue = sequence.cue.as_ref().filter(|_| !has_begun(sequence));
    cue.filter(|cue| cue.next >= next_lead_in(sequence) + LEAD_IN_BLOCKS).map_or(0, |_| LEAD_IN_BLOCKS as u32)
}

/// Notes such a WRITE: tracks come into being as they are reached.
pub(super) fn written(sequence: &mut Sequence, blocks: u32) {
    let Some(mut cue) = sequence.cue.take() else { return };
    let before = cue.next;
    cue.next = skip_empty(&cue, before.saturating_add_unsigned(blocks));
    // What the drive made before the first block was given counts with that.
    let from = if before == begin(&cue) { 0 } else { reached(&cue, before) };
    let to = reached(&cue, cue.next);
    for at in from..to {
        let entry = cue.entries[at];
        let is_first = at.checked_sub(1).is_none_or(|before| cue.entries[before].track != entry.track);
        if entry.track != 0 && entry.track != LEAD_OUT && is_first {
            let track = track(&cue, at);
            open_session(sequence, &mut cue).tracks.push(track);
        }
    }
    let next = cue.next;
    if let Some(session) = sequence.sessions.last_mut().filter(|session| !session.closed) {
        // All but the last track were passed by.
        let passed = session.tracks.len().saturating_sub(1 + to - from);
        for track in &mut session.tracks[passed..] {
            let end = track.end.unwrap_or(next);
            track.next = next.min(end);
            if track.next == end {
                track.status = TrackStatus::Complete;
            }
        }
    }
    sequence.cue = Some(cue);
}

/// How many entries begin before a block: those that were reached when it is the next one.
fn reached(cue: &CueSession, next: i32) -> usize {
    cue.entries.partition_point(|entry| entry.start < next)
}

/// The session that is being recorded, which begins with its first track.
fn open_session<'a>(sequence: &'a mut Sequence, cue: &mut CueSession) -> &'a mut Session {
    if sequence.open_session().is_none() {
        let session = Session {
            disc_type: cue.disc_type,
            lead_in: Some(next_lead_in(sequence)),
            catalogue: cue.catalogue,
            text: core::mem::take(&mut cue.text),
            ..Session::default()
        };
        sequence.sessions.push(session);
    }
    let at = sequence.sessions.len() - 1;
    &mut sequence.sessions[at]
}

/// The track whose first entry this is.
fn track(cue: &CueSession, at: usize) -> Track {
    let first = cue.entries[at];
    let entries = || cue.entries[at..].iter().take_while(|entry| entry.track == first.track);
    let end = cue.entries[at..].iter().find(|entry| entry.track != first.track).map(|entry| entry.start);
    let main = entries().find(|entry| entry.index == 1).copied().unwrap_or(first);
    let gap = entries().filter(|entry| entry.index == 0);
    let gap_forms: Vec<_> = gap.map(|entry| (entry.start, form(entry))).collect();
    let is_mixed = gap_forms.iter().any(|(_, gap)| *gap != form(&main));
    Track {
        pre_gap: main.start.abs_diff(first.start),
        indexes: entries().filter(|entry| entry.index > 1).map(|entry| entry.start).collect(),
        next: first.start,
        end,
        control: main.control,
        form: form(&main),
        isrc: cue.codes.iter().find(|(track, _)| *track == first.track).map(|(_, code)| *code),
        sub_channels: main.data_form >> 6 != 0,
        copied: cue.copies.contains(&first.track),
        gap_forms: if is_mixed { gap_forms } else { Vec::new() },
        ..Track::open(first.track.into(), main.start)
    }
}
