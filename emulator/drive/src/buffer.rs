//! The drive's buffer, as far as it matters when: what is still to be recorded, and what was read ahead. The bytes themselves are with the
//! disc as soon as a command takes effect; here is counted when a real drive would have them there.

use crate::check::{Check, Refused};
use crate::drive::BLOCK;
use crate::read_ahead::{ReadAhead, ReadAheadJump};
use crate::timing::SpeedCurve;
use crate::unit::Unit;
use core::time::Duration;
use discrig_device::Instant;
use discrig_disc::{BackgroundState, DiscState, Family, Recording, Task};
use discrig_wire::Status;
use discrig_wire::mode::WriteType;
use discrig_wire::sense::codes;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Bytes of the longest block that is recorded: a CD sector with its sub-channels.
const LONGEST_BLOCK: u64 = 2448;

/// What a WRITE gets for which the buffer has no room.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FullBuffer {
    /// The status BUSY.
    Busy,
    /// It waits until there is room.
    #[default]
    Hold,
    /// LOGICAL UNIT NOT READY, LONG WRITE IN PROGRESS: the initiator sends it again.
    LongWriteInProgress,
}

/// Blocks that are recorded in one go.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The first one.
    pub first: i32,
    /// The one after the last.
    pub end: i32,
    /// Bytes that a block takes in the buffer.
    pub block_bytes: u32,
    /// The speed that was set when it came, in kB/s.
    pub kb_s: u32,
    /// The drive reads it again, and replaces what is damaged.
    #[serde(default)]
    pub verified: bool,
    /// What the drive does before, beside moving the pick-up.
    pub lead: Duration,
    /// When its recording begins.
    pub since: Instant,
    /// When it is recorded.
    pub until: Instant,
}

/// What the buffer holds, and how recording stands. All of it is idle when nothing takes time.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Buffer {
    /// What is to be recorded, in the order in which it came.
    pub writing: VecDeque<Run>,
    /// Recording has begun. One that may not be interrupted waits until the buffer is well filled.
    pub recording: bool,
    /// The recording may not be interrupted: an empty buffer ends it.
    pub streaming: bool,
    /// The initiator wants the buffer emptied: that it runs empty is no accident.
    pub flushing: bool,
    /// A recording was cut off, and nobody was told yet.
    pub lost: bool,
    /// Recordings that were interrupted and linked since the disc came in.
    pub links: u32,
    /// A recording has begun and was not ended by the initiator.
    pub open: bool,
    /// The power for this disc is calibrated.
    pub calibrated: bool,
    /// What is read ahead.
    pub reading: Option<ReadAhead>,
    /// Where SET READ AHEAD goes on reading.
    pub jump: Option<ReadAheadJump>,
}

impl Buffer {
    pub(crate) fn is_idle(&self) -> bool {
        *self == Buffer::default()
    }
}

/// Whether blocks are verified when they are recorded: where defects are managed, unless time matters more (MMC-5 4.8.5).
fn verifies(disc: &DiscState, streaming: bool) -> bool {
    disc.manages_defects() && !streaming
}

/// What goes before a recording that was admitted.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub(crate) struct Lead(Duration);

impl Unit {
    /// Bytes of the buffer.
    pub(crate) fn buffer_bytes(&self) -> u64 {
        u64::from(self.config.profile.buffer_kb) * 1024
    }

    /// Bytes that wait for being recorded.
    pub(crate) fn buffer_fill(&self) -> u64 {
        let buffer = &self.state.buffer;
        let Some(disc) = self.state.disc.as_ref().filter(|_| !buffer.writing.is_empty()) else { return 0 };
        let waiting = |run: &Run| {
            let recorded = if buffer.recording && run.since < self.state.now {
                let curve = self.recording_curve(disc.seen(), run.kb_s, run.verified);
                let seconds = self.clockwork.in_seconds(self.state.now.since(run.since));
                curve.reach(run.first, seconds).clamp(run.first, run.end)
            } else {
                run.first
            };
            u64::from(recorded.abs_diff(run.end)) * u64::from(run.block_bytes)
        };
        buffer.writing.iter().map(waiting).sum()
    }

    /// Bytes of the buffer that are free.
    pub(crate) fn buffer_free(&self) -> u64 {
        self.buffer_bytes().saturating_sub(self.buffer_fill())
    }

    /// A recording that may not be interrupted is under way: the pick-up cannot go elsewhere.
    pub(crate) fn is_streaming(&self) -> bool {
        let buffer = &self.state.buffer;
        buffer.streaming && !buffer.flushing && !buffer.writing.is_empty()
    }

    /// When everything that is being recorded will be.
    pub(crate) fn recorded_at(&self) -> Instant {
        let last = self.state.buffer.writing.back().filter(|_| self.state.buffer.recording);
        last.map_or(self.state.now, |run| run.until.max(self.state.now))
    }

    /// Time goes on to `now`: what is recorded by then leaves the buffer.
    pub(crate) fn drain(&mut self, now: Instant) {
        let buffer = &mut self.state.buffer;
        if buffer.writing.is_empty() || !buffer.recording {
            return;
        }
        while let Some(run) = buffer.writing.front().copied().filter(|run| run.until <= now) {
            buffer.writing.pop_front();
            self.state.power.last_access = self.state.power.last_access.max(run.until);
        }
        if buffer.writing.is_empty() {
            buffer.recording = false;
            let cut_off = buffer.streaming && !buffer.flushing;
            buffer.open &= !buffer.flushing;
            buffer.flushing = false;
            if cut_off {
                self.cut_off();
            }
        }
    }

    /// The buffer has run empty in a recording that may not be interrupted. What was recorded stays.
    fn cut_off(&mut self) {
        self.state.buffer.lost = true;
        self.state.buffer.open = false;
        let (Some(disc), Some(store)) = (&mut self.state.disc, &mut self.content) else { return };
        if disc.rehearsal.is_some() {
            return disc.end_rehearsal();
        }
        disc.interrupted();
        // What fails to be kept is found out again after a crash.
        let _ = store.commit(disc);
    }

    /// Tells once that a recording was cut off: LOSS OF STREAMING, to the next WRITE or SYNCHRONIZE CACHE.
    pub(crate) fn tell_loss(&mut self) -> Result<(), Refused> {
        if core::mem::take(&mut self.state.buffer.lost) {
            return Err(codes::WRITE_ERROR_LOSS_OF_STREAMING.into());
        }
        Ok(())
    }

    /// Whether the buffer takes `bytes` for blocks from `first` on, as far as time is concerned.
    pub(crate) fn admit_recording(&mut self, first: i32, bytes: u64) -> Result<Lead, Refused> {
        if self.clockwork.is_instant() {
            return Ok(Lead(Duration::ZERO));
        }
        self.tell_loss()?;
        let policy = self.config.profile.full_buffer;
        // What fits into no buffer is passed on while it comes.
        let fits = bytes <= self.buffer_free() || bytes > self.buffer_bytes();
        if policy != FullBuffer::Hold && !fits {
            self.begin_recording();
            return Err(match policy {
                FullBuffer::Busy => Refused::Status(Status::BUSY),
                _ => Check::new(codes::LOGICAL_UNIT_NOT_READY_LONG_WRITE_IN_PROGRESS).into(),
            });
        }
        Ok(Lead(self.format_time_to(first) + self.lead_in_time(first)))
    }

    /// What the lead-in of a session takes that is recorded at once, before its first block.
    fn lead_in_time(&self, first: i32) -> Duration {
        let Some(disc) = self.medium() else { return Duration::ZERO };
        match disc.lead_in(&self.state.modes.write_parameters) {
            0 => Duration::ZERO,
            blocks => {
                let start = first.saturating_sub_unsigned(blocks);
                self.clockwork.seconds(self.curve(disc, true).seconds(start, first))
            }
        }
    }

    /// What a background format takes that has to reach a block first.
    fn format_time_to(&self, first: i32) -> Duration {
        match self.medium().map(|disc| &disc.recording) {
            Some(Recording::Random(surface)) if surface.background != BackgroundState::Complete => {
                let ahead = u32::try_from(first).unwrap_or(0).saturating_sub(surface.formatted_to);
                self.clockwork.background(ahead)
            }
            _ => Duration::ZERO,
        }
    }

    /// How long a WRITE waits until the buffer has room for it. With `streaming` its blocks are not verified.
    pub(crate) fn room_time(&mut self, first: i32, bytes: u64, streaming: bool) -> Duration {
        let now = self.state.now;
        let (whole, free) = (self.buffer_bytes(), self.buffer_free());
        if bytes <= free || self.config.profile.full_buffer != FullBuffer::Hold && bytes <= whole {
            return Duration::ZERO;
        }
        self.begin_recording();
        // The command under way brings more than the buffer holds: that this runs empty meanwhile is no accident.
        self.state.buffer.flushing |= bytes > whole;
        let Some(disc) = self.medium() else { return Duration::ZERO };
        if bytes > whole {
            // All but the last buffer full is recorded meanwhile.
            let family = disc.kind.spec().family;
            let curve = self.recording_curve(disc, self.speed(disc.kind, true), verifies(disc, streaming));
            let surplus = first.saturating_add(((bytes - whole) / BLOCK as u64) as i32);
            let seek = self.clockwork.seek(family, &curve, self.state.head as i32, first);
            let spent = self.clockwork.seconds(curve.seconds(first, surplus));
            return self.recorded_at().since(now) + seek + spent;
        }
        let mut wanted = bytes - free;
        for run in &self.state.buffer.writing {
            let curve = self.recording_curve(disc, run.kb_s, run.verified);
            let from = if run.since < now {
                curve.reach(run.first, self.clockwork.in_seconds(now.since(run.since)))
            } else {
                run.first
            };
            let from = from.clamp(run.first, run.end);
            let block_bytes = u64::from(run.block_bytes.max(1));
            let blocks = u64::from(from.abs_diff(run.end));
            if blocks * block_bytes >= wanted {
                let enough = from.saturating_add(wanted.div_ceil(block_bytes) as i32);
                let until = run.since + self.clockwork.seconds(curve.seconds(run.first, enough));
                return until.since(now);
            }
            wanted -= blocks * block_bytes;
        }
        self.recorded_at().since(now)
    }

    /// Blocks of `bytes` altogether have come into the buffer, with `streaming` not to be verified. This is where the pick-up will be next.
    pub(crate) fn buffered(&mut self, first: i32, count: u32, bytes: u64, lead: Lead, streaming: bool) {
        let from = self.state.head as i32;
        let end = first.saturating_add_unsigned(count);
        self.state.head = end as u32;
        if self.clockwork.is_instant() {
            return;
        }
        let Some(disc) = self.medium() else { return };
        let (kb_s, sequential) =
            (self.speed(disc.kind, true), matches!(disc.recording, Recording::Sequential(_)));
        let (verified, uninterrupted) = (verifies(disc, streaming), self.must_stream(disc));
        let block_bytes = (bytes / u64::from(count.max(1))).clamp(1, LONGEST_BLOCK) as u32;
        let most = i32::try_from(self.buffer_bytes() / u64::from(block_bytes)).unwrap_or(i32::MAX);
        let first = first.max(end.saturating_sub(most));
        let buffer = &mut self.state.buffer;
        buffer.reading = None;
        (buffer.streaming, buffer.flushing) = (uninterrupted, false);
        let follows = |last: &&mut Run| {
            (last.end, last.kb_s, last.block_bytes, last.verified) == (first, kb_s, block_bytes, verified)
                && lead.0.is_zero()
        };
        if let Some(last) = buffer.writing.back_mut().filter(follows) {
            last.end = end;
        } else {
            buffer.links +=
                u32::from(buffer.open && buffer.writing.is_empty() && sequential && from == first);
            let (since, until) = (Instant::NEVER, Instant::NEVER);
            buffer.writing.push_back(Run {
                first,
                end,
                block_bytes,
                kb_s,
                verified,
                lead: lead.0,
                since,
                until,
            });
        }
        if self.state.buffer.recording {
            self.schedule(self.state.buffer.writing.len() - 1, from);
        } else if !uninterrupted || self.buffer_fill() * 4 >= self.buffer_bytes() * 3 {
            self.begin_at(from);
        }
    }

    /// Whether the recording is one that ends where the buffer runs empty, as more of it has to come: without protection against buffer
    /// under-run, tracks and sessions that are recorded at once (MMC-5 7.5.4, BUFE).
    fn must_stream(&self, disc: &DiscState) -> bool {
        let page = &self.state.modes.write_parameters;
        let Recording::Sequential(sequence) = &disc.recording else { return false };
        let spec = disc.kind.spec();
        if page.buffer_underrun_free || !spec.obeys_write_parameters() {
            return false;
        }
        if let Some(cue) = &sequence.cue {
            let lead_out = match &cue.raw {
                Some(raw) => raw.lead_out,
                None => cue.entries.last().map(|entry| entry.start),
            };
            return lead_out.is_none_or(|lead_out| cue.next < lead_out);
        }
        let incomplete =
            || sequence.last_track().is_none_or(|track| track.end.is_none_or(|end| track.next < end));
        match page.write_type {
            WriteType::TRACK_AT_ONCE => spec.family == Family::Cd && incomplete(),
            WriteType::SESSION_AT_ONCE | WriteType::RAW => incomplete(),
            _ => false,
        }
    }

    /// What waits in the buffer begins to be recorded, if it did not.
    fn begin_recording(&mut self) {
        if let Some(first) = self.state.buffer.writing.front().map(|run| run.first) {
            self.begin_at(first);
        }
    }

    /// The same from where the pick-up is.
    fn begin_at(&mut self, from: i32) {
        let buffer = &mut self.state.buffer;
        if buffer.recording {
            return;
        }
        (buffer.recording, buffer.open) = (true, true);
        if !core::mem::replace(&mut buffer.calibrated, true)
            && let Some(family) = self.medium().map(|disc| disc.kind.spec().family)
            && let calibration = self.clockwork.task(Task::Calibrate, family)
            && let Some(run) = self.state.buffer.writing.front_mut()
        {
            run.lead += calibration;
        }
        self.schedule(0, from);
    }

    /// Says when the runs from this one on are recorded; the pick-up comes from `from`. One that is being recorded stays where it is.
    fn schedule(&mut self, place: usize, mut from: i32) {
        let mut runs = core::mem::take(&mut self.state.buffer.writing);
        let mut free_at = match place.checked_sub(1).and_then(|before| runs.get(before)) {
            Some(before) => before.until.max(self.state.now),
            None => self.state.now,
        };
        if let Some(disc) = self.medium() {
            let family = disc.kind.spec().family;
            let mut curve: Option<((u32, bool), SpeedCurve)> = None;
            for (index, run) in runs.iter_mut().enumerate().skip(place) {
                let how = (run.kb_s, run.verified);
                if curve.as_ref().is_none_or(|(before, _)| *before != how) {
                    curve = Some((how, self.recording_curve(disc, run.kb_s, run.verified)));
                }
                let Some((_, curve)) = &curve else { continue };
                if run.since == Instant::NEVER {
                    let seek = if index > 0 && from == run.first {
                        Duration::ZERO
                    } else {
                        self.clockwork.seek(family, curve, from, run.first)
                    };
                    run.since = free_at + run.lead + seek;
                }
                run.until = run.since + self.clockwork.seconds(curve.seconds(run.first, run.end));
                (free_at, from) = (run.until, run.end);
            }
        }
        self.state.buffer.writing = runs;
    }

    /// The buffer is to be emptied: how long that takes.
    pub(crate) fn flush(&mut self) -> Duration {
        if self.state.buffer.writing.is_empty() {
            self.state.buffer.open = false;
            return Duration::ZERO;
        }
        self.begin_recording();
        self.state.buffer.flushing = true;
        self.recorded_at().since(self.state.now)
    }

    /// How long it takes to bring blocks that were just recorded past the pick-up again; nothing where that was part of recording them.
    pub(crate) fn verification_time(&self, first: i32, count: u32) -> Duration {
        let unverified = |disc: &&DiscState| !self.clockwork.is_instant() && !verifies(disc, false);
        let Some(disc) = self.medium().filter(unverified) else {
            return Duration::ZERO;
        };
        let curve = self.curve(disc, false);
        let end = first.saturating_add_unsigned(count);
        let seek = self.clockwork.seek(disc.kind.spec().family, &curve, end, first);
        seek + self.clockwork.seconds(curve.seconds(first, end))
    }
}
