//! Recording management data of DVD-R and DVD-RW: fifteen fields of 2048 bytes (ECMA-359, ECMA-338).

use super::{data_area, pre_recorded, sequence, unique_identifier};
use crate::state::{DiscState, Packets, Recording, Sequence, Track};
use discrig_wire::reply::Reply;

/// Bytes of a field.
const FIELD: usize = 2048;
/// Bytes of all fields.
pub(super) const SIZE: u16 = 15 * FIELD as u16;
/// Fields that list RZones after the first, which has room for fewer.
const FURTHER_FIELDS: usize = 8;
/// RZones of the first field that lists them, and of each further one.
const FIRST_ROOM: usize = 254;
const FURTHER_ROOM: usize = 256;

/// Format 0Ch: as they were when the last border was closed. Zeros when none is.
pub(super) fn last_border_out(disc: &DiscState, reply: &mut Reply<'_>) {
    match sequence(disc).filter(|sequence| sequence.last_closed().is_some()) {
        Some(sequence) => {
            let closed = sequence.sessions.iter().filter(|border| border.closed).cloned().collect();
            let sequence = Sequence { sessions: closed, ..sequence.clone() };
            let then = DiscState { recording: Recording::Sequential(sequence), ..disc.clone() };
            recent(&then, reply);
        }
        None => reply.zeros(SIZE.into()),
    }
}

/// Format 0Dh: as they are now.
pub(super) fn recent(disc: &DiscState, reply: &mut Reply<'_>) {
    let nothing = Sequence::default();
    let sequence = sequence(disc).unwrap_or(&nothing);
    let start = reply.length();
    status(disc, sequence, reply);
    fill(reply, start, 3);
    borders(disc, sequence, reply);
    fill(reply, start, 4);
    zones(disc, sequence, reply);
    fill(reply, start, usize::from(SIZE) / FIELD);
}

/// Zeros up to the beginning of a field.
fn fill(reply: &mut Reply<'_>, start: usize, field: usize) {
    reply.zeros((start + field * FIELD).saturating_sub(reply.length()));
}

fn sector(disc: &DiscState, block: i32) -> u32 {
    data_area(disc.kind).saturating_add_signed(block)
}

/// Field 0: form, status of the disc, its unique identifier, and a copy of the pre-pits.
fn status(disc: &DiscState, sequence: &Sequence, reply: &mut Reply<'_>) {
    let at_once = sequence.tracks().any(|(_, track)| track.packets == Packets::None);
    let status = match (&disc.recording, sequence.is_blank()) {
        (Recording::Random(surface), _) if surface.open => 0x12,
        (Recording::Random(_), _) => 0x11,
        (_, true) => 0x00,
        _ if at_once => 0x01,
        _ if sequence.finalized => 0x04,
        _ => 0x02,
    };
    reply.put(&[0, 1, status, 0]);
    unique_identifier(disc, reply);
    pre_recorded(disc, reply);
}

/// Field 3: where each border-out starts.
fn borders(disc: &DiscState, sequence: &Sequence, reply: &mut Reply<'_>) {
    let starts = sequence.sessions.iter().filter_map(|border| border.lead_out);
    for block in starts.take(FIELD / 4) {
        reply.put_u32(sector(disc, block));
    }
}

/// Fields 4 to 12: the invisible RZone, the reserved ones that are open, and where each RZone starts and was recorded last.
fn zones(disc: &DiscState, sequence: &Sequence, reply: &mut Reply<'_>) {
    let begun = |track: &&Track| track.end.is_none();
    let last = sequence.last_track().filter(begun).map(|track| track.number);
    let invisible = last.or(crate::rules::rules(disc.kind).next_track(disc).map(|next| next.number));
    reply.put_u16(invisible.unwrap_or(0));
    let mut open = sequence.tracks().filter(|(_, track)| track.end.is_some() && track.is_writable());
    for _ in 0..2 {
        reply.put_u16(open.next().map_or(0, |(_, track)| track.number));
    }
    reply.zeros(10);
    for (_, track) in sequence.tracks().take(FIRST_ROOM + FURTHER_FIELDS * FURTHER_ROOM) {
        reply.put_u32(sector(disc, track.start));
        reply.put_u32(if track.next > track.start { sector(disc, track.next - 1) } else { 0 });
    }
}
