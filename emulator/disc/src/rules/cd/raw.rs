//! Sessions that are recorded raw: the initiator makes lead-in, program area and lead-out with their sub-channels, and the table of contents
//! is what the Q channel of its lead-in says (MMC-5 4.2.3.7 and 7.5.4). CD-Text comes the same way, in session at once too.

use super::super::{Placement, Source};
use super::{FIRST_LEAD_OUT, LEAD_IN, PAUSE, blocks, has_begun, last_lead_out};
use crate::refusal::Refusal;
use crate::sector::SUB_CHANNEL_BYTES;
use crate::sector::block::{BlockFormat, SubChannelFormat};
use crate::sector::q::{LEAD_OUT, QData, QFrame};
use crate::sector::{pack, sub_channel};
use crate::state::{
    CueSession, CueStretch, DiscState, Form, RawLeadIn, Sequence, Session, Track, TrackStatus,
};
use core::ops::Range;
use discrig_wire::mode::WriteParametersPage;
use discrig_wire::sense::codes;

/// Points of the table of contents.
const FIRST_TRACK: u8 = 0xA0;
const POINT_LEAD_OUT: u8 = 0xA2;
const NEXT_SESSION: u8 = 0xB0;
/// Kinds of CD-Text packs.
const CD_TEXT: core::ops::RangeInclusive<u8> = 0x80..=0x8F;
/// Packs that CD-Text can have: eight blocks of 256.
const MOST_PACKS: usize = 2048;

/// What a raw WRITE is. It begins somewhere in the lead-in of a blank disc, and goes on without a gap.
pub(super) fn write(
    disc: &DiscState,
    sequence: &Sequence,
    page: &WriteParametersPage,
    range: Range<i32>,
) -> Result<Placement, Refusal> {
    let illegal = Refusal::new(codes::ILLEGAL_MODE_FOR_THIS_TRACK);
    let format = BlockFormat::of_data_block_type(page.data_block_type)
        .filter(|format| {
            format.form(crate::sector::frame::Subheader::DATA) == Form::Raw
                && format.sub_channels != SubChannelFormat::None
        })
        .ok_or(illegal)?;
    let raw = match &sequence.cue {
        Some(cue) if cue.raw.is_some() => Some(cue),
        Some(_) if has_begun(sequence) => return Err(codes::COMMAND_SEQUENCE_ERROR.into()),
        _ => None,
    };
    let fits = match raw {
        _ if range.is_empty() => true,
        Some(cue) => range.start == cue.next,
        None if !sequence.is_blank() => return Err(codes::CURRENT_PROGRAM_AREA_IS_NOT_EMPTY.into()),
        None => (LEAD_IN.lba()..-PAUSE).contains(&range.start),
    };
    if !fits {
        return Err(Refusal::at_block(codes::INVALID_ADDRESS_FOR_WRITE, range.start));
    }
    let last = last_lead_out(disc);
    let lead_out = raw.and_then(|cue| cue.raw.as_ref()?.lead_out).map_or(last, |lead_out| lead_out.min(last));
    if range.end > lead_out + FIRST_LEAD_OUT {
        return Err(Refusal::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, range.start));
    }
    let source = Source::BlockType(page.data_block_type);
    Ok(Placement { block_length: format.bytes() as u16, form: Form::Raw, source })
}

/// Notes such a WRITE.
pub(super) fn written(sequence: &mut Sequence, page: &WriteParametersPage, first: i32, blocks: u32) {
    let cue = sequence.cue.take().filter(|cue| cue.raw.is_some());
    let mut cue = cue.unwrap_or_else(|| {
        Box::new(CueSession {
            catalogue: blocks::catalogue(page),
            disc_type: page.session_format,
            raw: Some(RawLeadIn::default()),
            ..CueSession::default()
        })
    });
    cue.next = first.saturating_add_unsigned(blocks);
    sequence.cue = Some(cue);
}

/// Notes the sub-channels that a WRITE gave.
pub(super) fn sub_channels_written(cue: &mut CueSession, first: i32, records: &[u8]) {
    for (block, channels) in (first..).zip(records.as_chunks::<SUB_CHANNEL_BYTES>().0) {
        let is_lead_in = block < cue.entries.get(1).map_or(-PAUSE, |entry| entry.start).max(-PAUSE);
        if is_lead_in {
            add_text(cue, channels);
        }
        let Some(raw) = &mut cue.raw else { continue };
        let Some(frame) = QFrame::from_bytes(&sub_channel::q(channels)) else { continue };
        match frame.data {
            QData::LeadIn { point, pointed, .. } => match point {
                1..=99 => {
                    raw.tracks.insert(point, (frame.control, pointed.lba()));
                }
                FIRST_TRACK => cue.disc_type = pointed.second,
                POINT_LEAD_OUT => raw.lead_out = Some(pointed.lba()),
                NEXT_SESSION => cue.next_session = true,
                _ => {}
            },
            QData::Position { track, index, .. } => {
                add_stretch(
                    cue,
                    CueStretch { start: block, track, index, control: frame.control, data_form: 0 },
                );
            }
            QData::Catalogue { number, .. } => cue.catalogue = Some(number),
            QData::Isrc { code, .. } => {
                if let Some(track) = cue.entries.last().map(|entry| entry.track)
                    && !cue.codes.contains(&(track, code))
                {
                    cue.codes.push((track, code));
                }
            }
        }
    }
}

/// CD-Text is repeated from the beginning of the lead-in to its end: each pack counts once.
fn add_text(cue: &mut CueSession, channels: &[u8; SUB_CHANNEL_BYTES]) {
    if channels[24..].iter().all(|byte| *byte == 0) {
        return;
    }
    for pack in pack::cd_text(channels) {
        if CD_TEXT.contains(&pack.kind) && cue.text.len() < MOST_PACKS && !cue.text.contains(&pack) {
            cue.text.push(pack);
        }
    }
}

/// A stretch begins where track or index change.
fn add_stretch(cue: &mut CueSession, stretch: CueStretch) {
    let same = |last: &CueStretch| (last.track, last.index) == (stretch.track, stretch.index);
    if !cue.entries.last().is_some_and(same) {
        cue.entries.push(stretch);
    }
}

/// The lead-out of a raw session was reached.
pub(super) fn is_complete(cue: &CueSession) -> bool {
    let lead_out = cue.raw.as_ref().and_then(|raw| raw.lead_out);
    lead_out.is_some_and(|lead_out| cue.next > 0 && cue.next >= lead_out)
}

/// The session that was recorded raw, as far as it came; none without a program area. Its tracks are those of the table of contents, or one
/// where that has none.
pub(super) fn session(cue: CueSession) -> Option<Session> {
    let raw = cue.raw.as_ref()?;
    let end = raw.lead_out.map_or(cue.next, |lead_out| lead_out.min(cue.next));
    if end <= 0 {
        return None;
    }
    let mut starts: Vec<(u8, u8, i32)> = Vec::new();
    for (number, (control, start)) in &raw.tracks {
        let from = starts.last().map_or(0, |(_, _, before)| before + 1);
        if (from..end).contains(start) {
            starts.push((*number, *control, *start));
        }
    }
    if starts.is_empty() {
        starts.push((1, blocks::DATA, 0));
    }
    let mut tracks: Vec<Track> = Vec::new();
    for (at, (number, control, start)) in starts.iter().enumerate() {
        let floor = at.checked_sub(1).map_or(-PAUSE, |before| starts[before].2 + 1);
        let pause = pause(&cue, *number, *start).max(floor);
        if let Some(before) = tracks.last_mut() {
            before.next = pause;
            before.end = Some(pause);
        }
        tracks.push(Track {
            pre_gap: start.abs_diff(if at == 0 { -PAUSE } else { pause }),
            indexes: indexes(&cue, *number, *start),
            next: end,
            end: Some(end),
            status: TrackStatus::Complete,
            control: *control,
            form: if control & blocks::DATA == 0 { Form::Audio } else { Form::Raw },
            isrc: cue.codes.iter().find(|(track, _)| track == number).map(|(_, code)| *code),
            sub_channels: true,
            ..Track::open((*number).into(), *start)
        });
    }
    Some(Session {
        tracks,
        disc_type: cue.disc_type,
        lead_in: Some(LEAD_IN.lba()),
        catalogue: cue.catalogue,
        text: cue.text,
        raw: true,
        ..Session::default()
    })
}

/// Where the pause before a track begins; where the track does, when there is none.
fn pause(cue: &CueSession, number: u8, start: i32) -> i32 {
    let mut entries = cue.entries.iter();
    let pause = entries.find(|entry| entry.track == number && entry.index == 0 && entry.start < start);
    pause.map_or(start, |entry| entry.start)
}

/// Where the indexes from 2 on of a track begin.
fn indexes(cue: &CueSession, number: u8, start: i32) -> Vec<i32> {
    let entries = cue.entries.iter().filter(|entry| entry.track == number && entry.track != LEAD_OUT);
    entries.filter(|entry| entry.index > 1 && entry.start > start).map(|entry| entry.start).collect()
}
