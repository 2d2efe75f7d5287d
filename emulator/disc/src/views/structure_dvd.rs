//! READ DISC STRUCTURE of DVD media: what a disc says of itself outside of the user data (MMC-5 6.23.3.2), derived from its state.

mod control_blocks;
mod management;
#[cfg(test)]
mod tests;

use super::{StructureBody, StructureRow};
use crate::kind::{MediumKind, Rules};
use crate::state::{DiscState, Recording, Sequence};
use discrig_wire::reply::Reply;
use discrig_wire::structure::{
    BookType, CopyrightProtection, DvdCopyright, DvdPhysicalFormat, DvdStructure, StructureListEntry,
};

/// Media that have a structure.
type Media = fn(MediumKind) -> bool;

/// A readable structure and the media that have it.
const fn read(
    format: DvdStructure,
    body: u16,
    on: Media,
    encode: fn(&DiscState, &mut Reply<'_>),
) -> (Media, StructureRow) {
    let row = StructureRow {
        format: format.0,
        length: 4 + body,
        readable: true,
        sendable: false,
        body: StructureBody::One(encode),
    };
    (on, row)
}

/// The same, of a structure that can be sent as well.
const fn read_and_send(
    format: DvdStructure,
    body: u16,
    on: Media,
    encode: fn(&DiscState, &mut Reply<'_>),
) -> (Media, StructureRow) {
    let (on, row) = read(format, body, on, encode);
    (on, StructureRow { sendable: true, ..row })
}

/// Disc control blocks; the list of them is shorter.
const CONTROL_BLOCKS: (Media, StructureRow) = {
    let (on, row) = read(DvdStructure::DISC_CONTROL_BLOCK, control_blocks::SIZE, is_plus, |_, _| {});
    (on, StructureRow { body: StructureBody::ByAddress(control_blocks::block), ..row })
};

/// Every structure, in the order of its format. The length of the list itself follows from the others.
const TABLE: &[(Media, StructureRow)] = &[
    read(DvdStructure::PHYSICAL, 2048, any, |disc, reply| physical(disc, reply, None)),
    read(DvdStructure::COPYRIGHT, 4, any, copyright),
    read(DvdStructure::BURST_CUTTING_AREA, CUTTING_AREA, has_cutting_area, cutting_area),
    read(DvdStructure::MANUFACTURING, 2048, is_minus_or_pressed, |_, reply| reply.zeros(2048)),
    read(DvdStructure::DVD_RAM_DDS, 2048, is_ram, definition),
    read(DvdStructure::DVD_RAM_STATUS, 4, is_ram, medium_status),
    read(DvdStructure::DVD_RAM_SPARE_AREA, 12, is_ram, spare_area),
    read(DvdStructure::DVD_RAM_RECORDING_TYPE, 4, is_ram, |_, reply| reply.zeros(4)),
    read(DvdStructure::LAST_BORDER_OUT_RMD, management::SIZE, is_minus, management::last_border_out),
    read(DvdStructure::RECENT_RMD, management::SIZE, is_minus, management::recent),
    read(DvdStructure::PRE_RECORDED, 40, is_minus, pre_recorded),
    read(DvdStructure::UNIQUE_DISC_IDENTIFIER, 18, is_minus, unique_identifier),
    read(DvdStructure::RECORDABLE_PHYSICAL, 2048, is_minus, recorded_physical),
    read(DvdStructure::ADIP, 256, is_plus, address_in_pregroove),
    read_and_send(DvdStructure::LAYER_BOUNDARY, 8, |kind| kind == MediumKind::DvdPlusRDl, boundary),
    read_and_send(DvdStructure::SHIFTED_MIDDLE_AREA, 8, jumps, boundary),
    read_and_send(DvdStructure::JUMP_INTERVAL, 8, jumps, |disc, reply| {
        value(reply, false, sequence(disc).and_then(|sequence| sequence.jump_interval).unwrap_or(0));
    }),
    read_and_send(DvdStructure::MANUAL_LAYER_JUMP, 8, jumps, |disc, reply| {
        value(reply, false, sequence(disc).and_then(|sequence| sequence.jump_at).unwrap_or(0) as u32);
    }),
    CONTROL_BLOCKS,
    read(DvdStructure::FORMAT_LAYERS, 4, any, format_layers),
    read(DvdStructure::WRITE_PROTECTION, 4, |kind| !can_be_protected(kind), write_protection),
    read_and_send(DvdStructure::WRITE_PROTECTION, 4, can_be_protected, write_protection),
    read(DvdStructure::LIST, 0, any, list),
];

/// The structures of a DVD, in the order of their formats.
pub(super) fn dvd_structures(disc: &DiscState) -> Vec<StructureRow> {
    let mut rows: Vec<StructureRow> =
        TABLE.iter().filter(|(on, _)| on(disc.kind)).map(|(_, row)| *row).collect();
    let entries = (StructureListEntry::SIZE * rows.len()) as u16;
    for row in rows.iter_mut().filter(|row| row.format == DvdStructure::LIST.0) {
        row.length += entries;
    }
    rows
}

fn any(_: MediumKind) -> bool {
    true
}

fn is_ram(kind: MediumKind) -> bool {
    kind == MediumKind::DvdRam
}

fn is_minus(kind: MediumKind) -> bool {
    matches!(kind.spec().rules, Rules::DvdMinusR | Rules::DvdMinusRw)
}

fn is_minus_or_pressed(kind: MediumKind) -> bool {
    is_minus(kind) || kind == MediumKind::DvdRom
}

fn is_plus(kind: MediumKind) -> bool {
    matches!(kind.spec().rules, Rules::DvdPlusR | Rules::DvdPlusRw)
}

/// DVD-ROM may have a burst cutting area as well, and those that are made here have none.
fn has_cutting_area(kind: MediumKind) -> bool {
    kind == MediumKind::DvdMinusRw
}

fn jumps(kind: MediumKind) -> bool {
    kind == MediumKind::DvdMinusRDl
}

/// Media whose write protection is kept by the medium itself.
fn can_be_protected(kind: MediumKind) -> bool {
    matches!(kind.spec().rules, Rules::DvdPlusRw | Rules::DvdRam)
}

fn sequence(disc: &DiscState) -> Option<&Sequence> {
    match &disc.recording {
        Recording::Random(_) => None,
        Recording::Sequential(sequence) => Some(sequence),
    }
}

/// Where the data area starts, as a physical sector number; farther out on DVD-RAM.
fn data_area(kind: MediumKind) -> u32 {
    if is_ram(kind) { 0x03_1000 } else { 0x03_0000 }
}

/// Blocks of layer 0 on a disc of two.
fn layer_0(disc: &DiscState) -> u32 {
    let whole =
        if disc.kind.spec().is_recordable() { disc.kind.spec().capacity } else { disc.last_block() + 1 };
    match sequence(disc).and_then(|sequence| sequence.layer_boundary) {
        Some(boundary) => boundary.unsigned_abs(),
        None => whole.div_ceil(2),
    }
}

/// Physical format information up to the last sector given, or of all that can be recorded.
fn physical(disc: &DiscState, reply: &mut Reply<'_>, last: Option<u32>) {
    let start = reply.length();
    format_information(disc, last).encode(reply);
    if is_plus(disc.kind) {
        reply.zeros(start + 19 - reply.length());
        maker(reply);
    }
    reply.zeros(2048 - (reply.length() - start));
}

fn format_information(disc: &DiscState, last: Option<u32>) -> DvdPhysicalFormat {
    let spec = disc.kind.spec();
    let (book_type, part_version) = match disc.kind {
        MediumKind::DvdMinusR => (BookType::DVD_R, 5),
        MediumKind::DvdMinusRDl => (BookType::DVD_R, 6),
        MediumKind::DvdMinusRw => (BookType::DVD_RW, 2),
        MediumKind::DvdPlusR => (BookType::DVD_PLUS_R, 1),
        MediumKind::DvdPlusRDl => (BookType::DVD_PLUS_R_DL, 1),
        MediumKind::DvdPlusRw => (BookType::DVD_PLUS_RW, 2),
        MediumKind::DvdRam => (BookType::DVD_RAM, 6),
        _ => (BookType::DVD_ROM, 1),
    };
    let layer_type = match (spec.is_recordable(), spec.is_rewritable()) {
        (_, true) => 0b100,
        (true, false) => 0b010,
        (false, false) => 0b001,
    };
    let first_sector = data_area(disc.kind);
    let dual = disc.layers() > 1;
    let all = if spec.is_recordable() { spec.capacity } else { disc.last_block() + 1 };
    let opposite = dual && !disc.parallel_track_path;
    // A second layer that is read inwards has the inverted addresses of the first; one that is read outwards has the same.
    let last_sector = match (opposite, dual) {
        (true, _) => 0xFF_FFFF - first_sector,
        (false, true) => first_sector + layer_0(disc) - 1,
        (false, false) => first_sector + all.saturating_sub(1),
    };
    DvdPhysicalFormat {
        book_type,
        part_version,
        maximum_rate: 2,
        number_of_layers: u8::from(dual),
        opposite_track_path: opposite,
        layer_type,
        first_sector,
        last_sector: last.unwrap_or(last_sector),
        last_sector_of_layer_0: if opposite { first_sector + layer_0(disc) - 1 } else { 0 },
        burst_cutting_area: has_cutting_area(disc.kind),
        ..DvdPhysicalFormat::default()
    }
}

/// Who made the disc and which of his it is, as DVD+R and DVD+RW say it: eight and three characters.
fn maker(reply: &mut Reply<'_>) {
    reply.padded("DISCRIG", 8);
    reply.padded("001", 3);
}

/// The ADIP of DVD+R and DVD+RW begins as the physical format does.
fn address_in_pregroove(disc: &DiscState, reply: &mut Reply<'_>) {
    let start = reply.length();
    format_information(disc, None).encode(reply);
    reply.zeros(start + 19 - reply.length());
    maker(reply);
    reply.zeros(256 - (reply.length() - start));
}

/// Format 10h: the physical format as the last border-out has it, with where that border-out starts and the next border-in could.
fn recorded_physical(disc: &DiscState, reply: &mut Reply<'_>) {
    let start = reply.length();
    let lead_out = sequence(disc).and_then(Sequence::last_closed).and_then(|border| border.lead_out);
    let border_out = lead_out.map(|block| data_area(disc.kind) + block.unsigned_abs());
    format_information(disc, border_out.map(|sector| sector - 1).or(Some(0))).encode(reply);
    reply.zeros(start + 32 - reply.length());
    reply.put_u32(border_out.unwrap_or(0));
    let next = crate::rules::rules(disc.kind).next_track(disc).filter(|_| border_out.is_some());
    reply.put_u32(next.map_or(0, |next| data_area(disc.kind) + next.start.unsigned_abs()));
    reply.zeros(2048 - (reply.length() - start));
}

fn copyright(_: &DiscState, reply: &mut Reply<'_>) {
    DvdCopyright { protection: CopyrightProtection::NONE, forbidden_regions: 0 }.encode(reply);
}

/// Bytes of a burst cutting area at least.
const CUTTING_AREA: u16 = 12;

/// The number of the disc.
fn cutting_area(disc: &DiscState, reply: &mut Reply<'_>) {
    reply.put_u32(disc.identifier);
    reply.zeros(usize::from(CUTTING_AREA) - 4);
}

/// The pre-pits of the lead-in: five fields of eight bytes, each with its number first (MMC-5 6.23.3.2.14).
fn pre_recorded(disc: &DiscState, reply: &mut Reply<'_>) {
    // Unrestricted use; the last sector that can be recorded.
    let last = data_area(disc.kind) + disc.kind.spec().capacity - 1;
    let [_, high, middle, low] = last.to_be_bytes();
    reply.put(&[1, 0x40, 0, high, middle, low, 0, 0]);
    reply.put(&[2, 0, 0, 0, 0, 0, 0, 0]);
    for (field, name) in [(3, "DISCRI"), (4, "G00001")] {
        reply.put_u8(field);
        reply.padded(name, 6);
        reply.put_u8(0);
    }
    reply.put(&[5, 0, 0, 0, 0, 0, 0, 0]);
}

/// A random number, and fourteen digits of the time at which the disc was first recorded, which nobody noted.
fn unique_identifier(disc: &DiscState, reply: &mut Reply<'_>) {
    reply.zeros(2);
    reply.put_u16(disc.identifier as u16);
    reply.put(&[b'0'; 14]);
}

/// A structure of one value: whether it can be set no more, three reserved bytes, and the value.
fn value(reply: &mut Reply<'_>, fixed: bool, value: u32) {
    reply.put(&[u8::from(fixed) << 7, 0, 0, 0]);
    reply.put_u32(value);
}

/// Formats 20h and 21h: blocks of layer 0, and whether they can still be set.
fn boundary(disc: &DiscState, reply: &mut Reply<'_>) {
    let fixed = match sequence(disc) {
        // DVD+R DL takes it once, DVD-R DL until something is recorded.
        Some(sequence) => !sequence.is_blank() || is_plus(disc.kind) && sequence.layer_boundary.is_some(),
        None => true,
    };
    value(reply, fixed, layer_0(disc));
}

/// The disc definition structure of DVD-RAM: its identifier, how often it was written, one group of 35 zones (ECMA-330).
fn definition(disc: &DiscState, reply: &mut Reply<'_>) {
    reply.put(&[0x0A, 0x0A, 0, 0]);
    reply.put_u32(disc.rewrites);
    reply.put_u16(1);
    reply.put_u16(35);
    reply.zeros(2048 - 12);
}

/// No cartridge, and none is needed.
fn medium_status(_: &DiscState, reply: &mut Reply<'_>) {
    reply.put(&[0, 0x10, 0, 0]);
}

/// Blocks of the primary spare area of DVD-RAM.
const PRIMARY_SPARES: u32 = 12_800;

/// Unused primary spare blocks, unused supplementary ones, and all supplementary ones.
fn spare_area(disc: &DiscState, reply: &mut Reply<'_>) {
    let spares = match &disc.recording {
        Recording::Random(surface) => surface.spares.saturating_mul(disc.kind.spec().blocking.into()),
        Recording::Sequential(_) => 0,
    };
    let supplementary = spares.saturating_sub(PRIMARY_SPARES);
    reply.put_u32(spares.min(PRIMARY_SPARES));
    reply.put_u32(supplementary);
    reply.put_u32(supplementary);
}

/// One format layer, which is a DVD (0010h), on line and the default.
fn format_layers(_: &DiscState, reply: &mut Reply<'_>) {
    reply.put(&[1, 0, 0x00, 0x10]);
}

/// Bit 1: persistent write protection.
fn write_protection(disc: &DiscState, reply: &mut Reply<'_>) {
    reply.put(&[u8::from(disc.write_protected) << 1, 0, 0, 0]);
}

fn list(disc: &DiscState, reply: &mut Reply<'_>) {
    for StructureRow { format, length, readable, sendable, .. } in dvd_structures(disc) {
        StructureListEntry { format, sendable, readable, length }.encode(reply);
    }
}
