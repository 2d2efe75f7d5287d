//! READ TRACK INFORMATION (MMC-5 6.27).

use super::TrackSelector;
use crate::kind::{Family, Rules};
use crate::refusal::Refusal;
use crate::rules::rules;
use crate::state::{DiscState, Form, Packets, Recording, Sequence, Surface, Track, TrackStatus};
use discrig_wire::sense::codes;
use discrig_wire::track::{DataMode, LayerJumpStatus, TrackInformation};

/// Number of the track that can be begun next, on media where it has no number of its own.
const INVISIBLE: u32 = 0xFF;

/// Blocks of a fixed packet of a CD, and of the links between two of them.
const CD_PACKET: u32 = 32;
const CD_LINK: u32 = 7;

pub(super) fn information(disc: &DiscState, selector: TrackSelector) -> Result<TrackInformation, Refusal> {
    match &disc.recording {
        Recording::Random(surface) => {
            select_only(disc, selector)?;
            Ok(of_surface(disc, surface))
        }
        Recording::Sequential(sequence) => {
            let next = rules(disc.kind).next_track(disc);
            let (session, track) = select(disc, sequence, next.as_ref(), selector)?;
            let unborn = next.as_ref().is_some_and(|next| core::ptr::eq(next, track));
            Ok(of_track(disc, session, track, unborn))
        }
    }
}

fn out_of_range(block: i32) -> Refusal {
    Refusal::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, block)
}

/// Whether the one track of a randomly written medium is meant.
fn select_only(disc: &DiscState, selector: TrackSelector) -> Result<(), Refusal> {
    match selector {
        TrackSelector::Block(block) if (0..=disc.kind.spec().capacity as i32).contains(&block) => Ok(()),
        TrackSelector::Block(block) => Err(out_of_range(block)),
        TrackSelector::Number(1) | TrackSelector::Session(1) => Ok(()),
        TrackSelector::Number(_) | TrackSelector::Session(_) => Err(Refusal::field("address")),
        TrackSelector::FirstOpen(_) => Err(Refusal::field("open")),
    }
}

fn select<'a>(
    disc: &DiscState,
    sequence: &'a Sequence,
    next: Option<&'a Track>,
    selector: TrackSelector,
) -> Result<(u16, &'a Track), Refusal> {
    let next = next.map(|next| (next_session(sequence), next));
    match selector {
        TrackSelector::Block(block) => sequence
            .tracks()
            .chain(next)
            .find(|(_, track)| (track.start - track.pre_gap as i32..extent_end(disc, track)).contains(&block))
            .ok_or(out_of_range(block)),
        TrackSelector::FirstOpen(from) => sequence
            .tracks()
            .chain(next)
            .find(|(_, track)| u32::from(track.number) >= from && track.is_writable())
            .ok_or(Refusal::field("open")),
        TrackSelector::Number(INVISIBLE) if !rules(disc.kind).numbers_next_track() => next
            .or_else(|| sequence.tracks().filter(|(_, track)| track.status == TrackStatus::Open).last())
            .ok_or(Refusal::field("address")),
        TrackSelector::Number(number) => sequence
            .tracks()
            .chain(next)
            .find(|(_, track)| u32::from(track.number) == number)
            .ok_or(Refusal::field("address")),
        TrackSelector::Session(number) => sequence
            .tracks()
            .chain(next)
            .find(|(session, _)| u32::from(*session) == number)
            .ok_or(Refusal::field("address")),
    }
}

/// Number of the session that the next track belongs to.
fn next_session(sequence: &Sequence) -> u16 {
    let count = sequence.sessions.len() as u16;
    if sequence.open_session().is_some() { count } else { count + 1 }
}

/// Where a track ends, or could.
fn extent_end(disc: &DiscState, track: &Track) -> i32 {
    track.end.unwrap_or_else(|| (rules(disc.kind).last_lead_out(disc) as i32).max(track.next))
}

fn of_surface(disc: &DiscState, surface: &Surface) -> TrackInformation {
    let spec = disc.kind.spec();
    let formatted = surface.blocks > 0;
    // A DVD-RW that was formatted quickly grows as it is written in sequence.
    let grows = formatted && surface.open && spec.rules == Rules::DvdMinusRw;
    let free_blocks = if formatted && !grows { 0 } else { spec.capacity - surface.blocks };
    TrackInformation {
        data_length: TrackInformation::LENGTH_MMC_3,
        track: 1,
        session: 1,
        track_mode: if spec.rules == Rules::DvdRam { 4 } else { 5 },
        blank: !formatted,
        packet: true,
        fixed_packet: formatted && spec.family != Family::Bd,
        data_mode: DataMode::MODE_1,
        next_writable_valid: grows,
        next_writable: if grows { surface.blocks } else { 0 },
        free_blocks,
        packet_size: if spec.family == Family::Cd { CD_PACKET } else { spec.blocking.into() },
        size: if formatted { surface.blocks } else { spec.capacity },
        ..TrackInformation::default()
    }
}

fn of_track(disc: &DiscState, session: u16, track: &Track, unborn: bool) -> TrackInformation {
    let spec = disc.kind.spec();
    let end = extent_end(disc, track);
    let blank = unborn || track.is_blank();
    let writable = unborn || track.is_writable();
    let recorded = !blank && track.next > track.start;
    let extent = Jumping::of(disc, track);
    let incremental = track.packets != Packets::None || spec.is_recordable() && spec.family != Family::Cd;
    TrackInformation {
        data_length: data_length(disc, track),
        track: track.number,
        session,
        layer_jump_status: layer_jump_status(disc, track),
        damage: track.status == TrackStatus::Damaged,
        copy: track.copied,
        track_mode: track.control,
        reserved: track.status == TrackStatus::Reserved,
        blank,
        packet: incremental,
        // On DVD the size of packets is that of ECC blocks, whatever the write parameters say: that fixes nothing of the track.
        fixed_packet: spec.family == Family::Cd && matches!(track.packets, Packets::Fixed(_)),
        data_mode: data_mode(track.form, blank),
        last_recorded_valid: recorded,
        next_writable_valid: writable,
        start: track.start as u32,
        next_writable: if writable { track.next as u32 } else { 0 },
        free_blocks: if writable { free(track, end, extent) } else { 0 },
        packet_size: match track.packets {
            Packets::Fixed(size) => size,
            _ if spec.family == Family::Cd || !spec.is_recordable() => 0,
            _ => spec.blocking.into(),
        },
        size: extent.map_or(track.start.abs_diff(end), Jumping::size),
        last_recorded: if recorded { extent.map_or(track.next, Jumping::end) as u32 - 1 } else { 0 },
        ..layer_jumps(disc, track)
    }
}

/// Blocks that can still be recorded. Of fixed packets on CD the links take their share.
fn free(track: &Track, end: i32, jumping: Option<Jumping>) -> u32 {
    let left = jumping.map_or(track.next.abs_diff(end), Jumping::free);
    match track.packets {
        Packets::Fixed(size) if size == CD_PACKET => left / (CD_PACKET + CD_LINK) * CD_PACKET,
        _ => left,
    }
}

/// A track that is recorded on both layers in turn. Addresses of layer 1 count on from those of layer 0, inwards.
#[derive(Clone, Copy)]
struct Jumping {
    start: i32,
    next: i32,
    complete: bool,
    /// First block of layer 1.
    boundary: i32,
    /// Blocks of layer 0 behind the last jump's end, and behind that of the one before.
    jumps: (i32, i32),
}

impl Jumping {
    fn of(disc: &DiscState, track: &Track) -> Option<Jumping> {
        let Recording::Sequential(sequence) = &disc.recording else { return None };
        if sequence.jump_interval.is_none() && track.jumps.is_empty() {
            return None;
        }
        let behind = |nth: usize| track.jumps.iter().rev().nth(nth).map_or(track.start, |last| last + 1);
        Some(Jumping {
            start: track.start,
            next: track.next,
            complete: track.status == TrackStatus::Complete,
            boundary: sequence.layer_boundary.unwrap_or(disc.kind.spec().capacity as i32 / 2),
            jumps: (behind(0), behind(1)),
        })
    }

    /// The end of the layer 0 part: all of it for an open track.
    fn end_of_layer_0(self) -> i32 {
        if self.complete { self.jumps.0 } else { self.boundary }
    }

    fn size(self) -> u32 {
        2 * self.start.abs_diff(self.end_of_layer_0())
    }

    /// Behind the last recorded block: of a complete track, its outermost address.
    fn end(self) -> i32 {
        if self.complete { 2 * self.boundary - self.start } else { self.next }
    }

    fn free(self) -> u32 {
        let recorded = if self.next < self.boundary {
            (self.next - self.start) + (self.jumps.0 - self.start)
        } else {
            let from = 2 * self.boundary - self.jumps.0;
            (self.jumps.0 - self.start) + (self.jumps.1 - self.start) + (self.next - from)
        };
        self.size().saturating_sub(recorded.unsigned_abs())
    }
}

fn data_mode(form: Form, blank: bool) -> DataMode {
    match form {
        _ if blank => DataMode::UNKNOWN,
        Form::Mode1 => DataMode::MODE_1,
        Form::Mode2 | Form::Mode2Form1 => DataMode::MODE_2,
        Form::Audio | Form::Raw => DataMode::UNKNOWN,
    }
}

fn data_length(disc: &DiscState, track: &Track) -> u16 {
    match disc.kind.spec().rules {
        Rules::DvdPlusR => TrackInformation::LENGTH_DVD_PLUS_R,
        _ if layer_jump_status(disc, track) != LayerJumpStatus::NONE => TrackInformation::LENGTH_LAYER_JUMP,
        _ => TrackInformation::LENGTH_MMC_3,
    }
}

fn layer_jump_status(disc: &DiscState, track: &Track) -> LayerJumpStatus {
    let Recording::Sequential(sequence) = &disc.recording else { return LayerJumpStatus::NONE };
    match (sequence.jump_interval, track.jumps.is_empty()) {
        (Some(0), _) | (None, false) => LayerJumpStatus::MANUAL,
        (Some(_), _) => LayerJumpStatus::REGULAR,
        (None, true) => LayerJumpStatus::NONE,
    }
}

fn layer_jumps(disc: &DiscState, track: &Track) -> TrackInformation {
    TrackInformation {
        next_layer_jump: rules(disc.kind).next_layer_jump(disc, track).unwrap_or(0),
        last_layer_jump: track.jumps.last().map_or(0, |jump| *jump as u32),
        ..TrackInformation::default()
    }
}
