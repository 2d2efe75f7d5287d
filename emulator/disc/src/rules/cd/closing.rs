//! Tracks and sessions are completed, closed, reserved, repaired, or lost (MMC-5 6.3.3.1, 6.28 and 6.31).

use super::super::{Change, Reservation, Task};
use super::blocks;
use super::incremental::{begin, complete, end_packet, frame_blocks};
use super::{
    INVISIBLE, LEAD_IN_BLOCKS, RUN_OUT, SHORTEST, has_begun, last_lead_out, next_session, next_track, raw,
    session,
};
use crate::refusal::Refusal;
use crate::state::{DiscState, Packets, Recording, Sequence, Track, TrackStatus};
use discrig_wire::mode::{MultiSession, WriteParametersPage, WriteType};
use discrig_wire::sense::codes;

/// What is left to do with a copy of the state, and what it takes.
struct Work {
    after: DiscState,
    last: i32,
    task: Task,
    blocks: i32,
}

impl Work {
    fn of(disc: &DiscState, task: Task) -> Work {
        Work { after: disc.clone(), last: last_lead_out(disc), task, blocks: 0 }
    }

    fn sequence(&mut self) -> Option<&mut Sequence> {
        match &mut self.after.recording {
            Recording::Sequential(sequence) => Some(sequence),
            Recording::Random(_) => None,
        }
    }

    fn end_packet(&mut self) {
        let last = self.last;
        self.blocks += self.sequence().map_or(0, |sequence| end_packet(sequence, last));
    }

    fn complete(&mut self, number: u16) {
        self.blocks += self.sequence().and_then(|sequence| sequence.track_mut(number)).map_or(0, complete);
    }

    /// Closes the open session behind its last track; another may follow where there is room for it.
    fn close_session(&mut self, another: bool) {
        let last = self.last;
        let Some(sequence) = self.sequence() else { return };
        sequence.cue = None;
        let count = sequence.sessions.len();
        let Some(session) = sequence.sessions.last_mut() else { return };
        session.lead_out = session.tracks.last().map(|track| track.end.unwrap_or(track.next));
        session.closed = true;
        let room = next_session(sequence) + SHORTEST + RUN_OUT <= last;
        let tracks = sequence.last_track().is_some_and(|track| track.number < super::LAST_TRACK);
        sequence.finalized = !(another && room && tracks);
        self.task = if sequence.finalized { Task::Finalize } else { Task::CloseSession };
        self.blocks += frame_blocks(count);
    }

    fn done(self) -> Change {
        let Work { after, task, blocks, .. } = self;
        Change { after, task, blocks: u64::try_from(blocks).unwrap_or(0), erased: Vec::new() }
    }
}

fn sequence(disc: &DiscState) -> Option<&Sequence> {
    match &disc.recording {
        Recording::Sequential(sequence) => Some(sequence),
        Recording::Random(_) => None,
    }
}

/// Every block that the track has room for is written.
fn is_full(track: &Track) -> bool {
    track.end.is_some_and(|end| track.next + RUN_OUT >= end)
}

/// SYNCHRONIZE CACHE ends what is being written: a track at once is complete then (MMC-5 6.3.3.1.2), a packet linked, and a session at once
/// closed when all of it is there.
pub(super) fn synchronize(disc: &DiscState) -> Change {
    let mut work = Work::of(disc, Task::Synchronize);
    let Some(sequence) = sequence(disc) else { return work.done() };
    if let Some(cue) = &sequence.cue {
        if session::is_complete(cue) || raw::is_complete(cue) {
            let another = finish_at_once(&mut work);
            work.close_session(another);
            // The lead-in came first.
            work.blocks -= LEAD_IN_BLOCKS;
        }
        return work.done();
    }
    work.end_packet();
    let at_once = sequence.open_session().into_iter().flat_map(|session| &session.tracks).filter(|track| {
        track.packets == Packets::None
            && (track.status == TrackStatus::Open || track.status == TrackStatus::Reserved && is_full(track))
    });
    for track in at_once {
        work.complete(track.number);
        work.task = Task::CloseTrack;
    }
    work.done()
}

/// Completes the tracks of a session at once; whether another session may follow.
fn finish_at_once(work: &mut Work) -> bool {
    let Some(sequence) = work.sequence() else { return false };
    let Some(cue) = sequence.cue.take() else { return false };
    let another = cue.next_session;
    if cue.raw.is_some() {
        sequence.sessions.extend(raw::session(*cue));
    }
    another
}

/// CLOSE TRACK/SESSION.
pub(super) fn close(
    disc: &DiscState,
    page: &WriteParametersPage,
    function: u8,
    track: u16,
) -> Result<Change, Refusal> {
    match (function, sequence(disc)) {
        (1 | 2, None) => Ok(Change::nothing(disc)),
        (1, Some(sequence)) => close_track(disc, sequence, track),
        (2, Some(sequence)) => close_session(disc, sequence, page),
        _ => Err(Refusal::field("close_function")),
    }
}

fn close_track(disc: &DiscState, sequence: &Sequence, number: u16) -> Result<Change, Refusal> {
    if has_begun(sequence) {
        return Err(codes::COMMAND_SEQUENCE_ERROR.into());
    }
    let track = match number {
        INVISIBLE => sequence.last_track().filter(|track| is_incomplete(track)),
        _ => Some(sequence.track(number).ok_or(Refusal::field("track_number"))?.1),
    };
    let mut work = Work::of(disc, Task::CloseTrack);
    match track {
        Some(track) if track.status == TrackStatus::Reserved && !is_full(track) => {
            Err(codes::EMPTY_OR_PARTIALLY_WRITTEN_RESERVED_TRACK.into())
        }
        Some(track) if track.status != TrackStatus::Complete => {
            work.end_packet();
            work.complete(track.number);
            Ok(work.done())
        }
        // What is closed stays closed.
        _ => Ok(Change::nothing(disc)),
    }
}

fn is_incomplete(track: &Track) -> bool {
    matches!(track.status, TrackStatus::Damaged | TrackStatus::Open)
}

fn close_session(
    disc: &DiscState,
    sequence: &Sequence,
    page: &WriteParametersPage,
) -> Result<Change, Refusal> {
    let mut work = Work::of(disc, Task::CloseSession);
    let mut another = page.multi_session == MultiSession::NEXT;
    if has_begun(sequence) {
        another = finish_at_once(&mut work);
    }
    let Some(open) = work.sequence().and_then(|sequence| sequence.open_session()) else {
        // There is nothing to close; what was begun of a lead-in cannot become a session.
        return Ok(work.done());
    };
    if open.tracks.iter().any(|track| track.status == TrackStatus::Reserved && !is_full(track)) {
        return Err(codes::SESSION_FIXATION_ERROR_INCOMPLETE_TRACK_IN_SESSION.into());
    }
    let left: Vec<u16> = open
        .tracks
        .iter()
        .filter(|track| track.status != TrackStatus::Complete)
        .map(|track| track.number)
        .collect();
    work.end_packet();
    for number in left {
        work.complete(number);
    }
    work.close_session(another);
    Ok(work.done())
}

/// RESERVE TRACK: the blocks behind the last track become one of their own.
pub(super) fn reserve(
    disc: &DiscState,
    page: &WriteParametersPage,
    what: Reservation,
) -> Result<Change, Refusal> {
    let Some(current) = sequence(disc) else {
        return Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT.into());
    };
    if !matches!(page.write_type, WriteType::PACKET | WriteType::TRACK_AT_ONCE) || has_begun(current) {
        return Err(codes::COMMAND_SEQUENCE_ERROR.into());
    }
    if current.open_session().and_then(|session| session.tracks.last()).is_some_and(is_incomplete) {
        return Err(codes::COMMAND_SEQUENCE_ERROR.into());
    }
    let blocks = blocks::of(page)?;
    let next = next_track(disc).ok_or(Refusal::new(codes::NO_MORE_TRACK_RESERVATIONS_ALLOWED))?;
    let start = next.start;
    // So many blocks can be written; the run-out of a track that is written in one piece, or of its last packet, comes behind them.
    let size = match what {
        Reservation::Blocks(size) => i64::from(size) + i64::from(RUN_OUT),
        Reservation::Split(address) => i64::from(address) - i64::from(start),
    };
    if size < i64::from(SHORTEST + RUN_OUT) {
        return Err(Refusal::field("parameter"));
    }
    let end = i64::from(start) + size;
    if end > i64::from(last_lead_out(disc)) {
        return Err(codes::PACKET_DOES_NOT_FIT_IN_AVAILABLE_SPACE.into());
    }
    let mut work = Work::of(disc, Task::Note);
    if let Some(sequence) = work.sequence() {
        sequence.cue = None;
        let track = Track {
            next: start,
            end: i32::try_from(end).ok(),
            status: TrackStatus::Reserved,
            control: blocks.control,
            form: blocks.placement.form,
            packets: blocks.packets,
            ..next
        };
        begin(sequence, page, track);
    }
    Ok(work.done())
}

/// REPAIR TRACK: packets go on behind what was lost; a track at once is complete as it is.
pub(super) fn repair(disc: &DiscState, number: u16) -> Result<Change, Refusal> {
    let Some(current) = sequence(disc) else { return Err(Refusal::field("track_number")) };
    let track = match number {
        INVISIBLE => current.last_track(),
        _ => current.track(number).map(|(_, track)| track),
    };
    let track = track.ok_or(Refusal::field("track_number"))?;
    if track.status != TrackStatus::Damaged {
        return Ok(Change::nothing(disc));
    }
    let (number, packets, is_reserved) = (track.number, track.packets, track.end.is_some());
    if packets == Packets::None {
        let mut work = Work::of(disc, Task::CloseTrack);
        work.complete(number);
        return Ok(work.done());
    }
    let mut work = Work::of(disc, Task::Note);
    if let Some(track) = work.sequence().and_then(|sequence| sequence.track_mut(number)) {
        track.status = if is_reserved { TrackStatus::Reserved } else { TrackStatus::Open };
    }
    Ok(work.done())
}

/// The drive lost what it was writing: a track that is written in one piece cannot go on, a packet that was open is cut short, and of a
/// session at once only what is recorded remains.
pub(super) fn interrupted(disc: &mut DiscState) {
    let last = last_lead_out(disc);
    let Recording::Sequential(sequence) = &mut disc.recording else { return };
    if let Some(cue) = sequence.cue.take()
        && cue.raw.is_some()
    {
        sequence.sessions.extend(raw::session(*cue));
    }
    let cut = sequence.packet.map(|packet| packet.track);
    end_packet(sequence, last);
    let Some(session) = sequence.sessions.last_mut().filter(|session| !session.closed) else { return };
    for track in &mut session.tracks {
        let was_written = match track.packets {
            Packets::None => track.is_writable() && !track.is_blank(),
            _ => cut == Some(track.number),
        };
        if was_written {
            track.status = TrackStatus::Damaged;
        }
    }
}
