//! READ DISC STRUCTURE of BD (MMC-5 6.23.3.3), derived from the state of the disc.

#[cfg(test)]
mod tests;

use super::{StructureBody, StructureRow};
use crate::kind::{MediumKind, Rules};
use crate::rules::free_spares;
use crate::state::{DiscState, Recording};
use discrig_wire::ascii::Ascii;
use discrig_wire::reply::Reply;
use discrig_wire::structure::{
    BdCartridgeStatus, BdDds, BdDiscInformation, BdSpareArea, BdStructure, FormatLayerType,
    FormatLayersHeader, StructureListEntry, WriteProtection,
};

/// Bytes of the header.
const HEADER: u16 = 4;
/// Bytes of the disc information, the burst cutting area, the disc definition structure and what is returned of the defect list.
const INFORMATION: u16 = 4096;
const CUTTING_AREA: u16 = 64;
const DEFINITION: u16 = 2048;
const DEFECT_LIST: u16 = 16 * 2048;

const fn row(format: BdStructure, length: u16, encode: fn(&DiscState, &mut Reply<'_>)) -> StructureRow {
    let body = StructureBody::One(encode);
    StructureRow { format: format.0, length: HEADER + length, readable: true, sendable: false, body }
}

const DISC_INFORMATION: StructureRow = row(BdStructure::DISC_INFORMATION, INFORMATION, information);
const BURST_CUTTING_AREA: StructureRow =
    row(BdStructure::BURST_CUTTING_AREA, CUTTING_AREA, burst_cutting_area);
const DDS: StructureRow = row(BdStructure::DDS, DEFINITION, definition);
const CARTRIDGE: StructureRow = row(BdStructure::CARTRIDGE_STATUS, 4, cartridge);
const SPARE_AREA: StructureRow = row(BdStructure::SPARE_AREA, 12, spare_area);
const RAW_DEFECT_LIST: StructureRow = row(BdStructure::RAW_DEFECT_LIST, DEFECT_LIST, defect_list);
/// No disc has a physical access control.
const ACCESS_CONTROL: StructureRow = row(BdStructure::PHYSICAL_ACCESS_CONTROL, 0, |_, _| {});
const FORMAT_LAYERS: StructureRow = row(BdStructure::FORMAT_LAYERS, 4, format_layers);
const PROTECTION: StructureRow = row(BdStructure::WRITE_PROTECTION, 4, write_protection);
const PROTECTION_TO_SEND: StructureRow = StructureRow { sendable: true, ..PROTECTION };

const fn list_of(rows: u16) -> StructureRow {
    row(BdStructure::LIST, 4 * rows, list)
}

const ROM: &[StructureRow] = &[DISC_INFORMATION, BURST_CUTTING_AREA, FORMAT_LAYERS, PROTECTION, list_of(5)];
/// A disc that is not formatted has nothing that manages defects.
const BLANK_R: &[StructureRow] = &[DISC_INFORMATION, ACCESS_CONTROL, FORMAT_LAYERS, PROTECTION, list_of(5)];
const R: &[StructureRow] = &[
    DISC_INFORMATION,
    DDS,
    SPARE_AREA,
    RAW_DEFECT_LIST,
    ACCESS_CONTROL,
    FORMAT_LAYERS,
    PROTECTION,
    list_of(8),
];
const BLANK_RE: &[StructureRow] = &[
    DISC_INFORMATION,
    BURST_CUTTING_AREA,
    CARTRIDGE,
    ACCESS_CONTROL,
    FORMAT_LAYERS,
    PROTECTION_TO_SEND,
    list_of(7),
];
const RE: &[StructureRow] = &[
    DISC_INFORMATION,
    BURST_CUTTING_AREA,
    DDS,
    CARTRIDGE,
    SPARE_AREA,
    RAW_DEFECT_LIST,
    ACCESS_CONTROL,
    FORMAT_LAYERS,
    PROTECTION_TO_SEND,
    list_of(10),
];

/// The structures that a BD in this state has.
#[must_use]
pub(super) fn bd_structures(disc: &DiscState) -> &'static [StructureRow] {
    match (disc.kind.spec().rules, Management::of(disc)) {
        (Rules::BdR, None) => BLANK_R,
        (Rules::BdR, Some(_)) => R,
        (Rules::BdRe, None) => BLANK_RE,
        (Rules::BdRe, Some(_)) => RE,
        _ => ROM,
    }
}

fn list(disc: &DiscState, reply: &mut Reply<'_>) {
    for StructureRow { format, length, readable, sendable, .. } in bd_structures(disc) {
        let (format, length, sendable, readable) = (*format, *length, *sendable, *readable);
        StructureListEntry { format, sendable, readable, length }.encode(reply);
    }
}

/// Blocks of a cluster.
const CLUSTER: u32 = 32;
/// Physical sector number of the first cluster of the data zone, and the highest one of a pair of layers.
const DATA_ZONE: u32 = 0x10_0000;
const LAYER_PAIR: u32 = 0x1FF_FFFF;

/// Disc type identifier, class and version, as they stand in the disc information.
fn class(disc: &DiscState) -> (&'static str, u8, u8) {
    match disc.kind {
        MediumKind::BdRXl | MediumKind::BdRXlQl => ("BDR", 0, 2),
        MediumKind::BdReXl => ("BDW", 0, 3),
        _ => match disc.kind.spec().rules {
            Rules::BdR => ("BDR", 0, 1),
            Rules::BdRe => ("BDW", 0, 2),
            // Discs of three layers and more came with a type of their own.
            _ if disc.layers() > 2 => ("BDU", 3, 2),
            _ => ("BDO", 0, 1),
        },
    }
}

/// First and last physical sector number of the data zone of a layer. Odd layers are read inwards: their addresses are those of the even ones,
/// inverted.
fn data_zone(disc: &DiscState, layer: u8) -> (u32, u32) {
    let spec = disc.kind.spec();
    let blocks = if spec.is_recordable() { spec.capacity } else { disc.last_block().saturating_add(1) };
    let of_layer = blocks.div_ceil(u32::from(disc.layers().max(1))).next_multiple_of(CLUSTER);
    let (first, last) = (DATA_ZONE, DATA_ZONE + of_layer - 1);
    let pair = u32::from(layer / 2) * (LAYER_PAIR + 1);
    if layer.is_multiple_of(2) {
        (pair + first, pair + last)
    } else {
        (pair + LAYER_PAIR - last, pair + LAYER_PAIR - first)
    }
}

/// Address unit number of the sector with this physical sector number: sixteen sectors share one, and they count by two.
const fn address_unit(sector: u32) -> u32 {
    (sector >> 4) << 1
}

/// Bytes of a unit that mean something, without the names at its end.
const ROM_UNIT: u8 = 32;
const RECORDABLE_UNIT: u8 = 98;

fn information(disc: &DiscState, reply: &mut Reply<'_>) {
    let start = reply.length();
    for layer in 0..disc.layers() {
        unit(disc, layer, reply);
    }
    reply.zeros(usize::from(INFORMATION) - (reply.length() - start));
}

fn unit(disc: &DiscState, layer: u8, reply: &mut Reply<'_>) {
    let (disc_type, class, version) = class(disc);
    let recordable = disc.kind.spec().is_recordable();
    let start = reply.length();
    BdDiscInformation {
        format_number: 1,
        sequence: layer,
        bytes_in_use: if recordable { RECORDABLE_UNIT } else { ROM_UNIT },
        class,
        version,
        identifier: Ascii::new("DI"),
        disc_type: Ascii::new(disc_type),
        manufacturer: if recordable { Ascii::new("DISCRG") } else { Ascii([0; 6]) },
        media_type: if recordable { Ascii::new("001") } else { Ascii([0; 3]) },
        ..BdDiscInformation::default()
    }
    .encode(reply);
    let layers = disc.layers();
    let (first, last) = data_zone(disc, layer);
    // How many units there are, and which layer this one is about.
    reply.patch(start + 3, &[layers << 3 | layer]);
    // Layers; no layer of another family; a channel bit of 74.5 nm where a layer has 25 GB.
    let channel = u8::from(layers <= 2);
    reply.patch(start + 12, &[layers << 4, channel]);
    reply.patch(start + 16, &[u8::from(has_cutting_area(disc))]);
    let last_of_data = if recordable { 0 } else { DATA_ZONE + disc.last_block() };
    for (at, value) in [(20, last_of_data), (24, address_unit(first)), (28, address_unit(last))] {
        reply.patch(start + at, &value.to_be_bytes());
    }
}

fn has_cutting_area(disc: &DiscState) -> bool {
    disc.kind.spec().rules != Rules::BdR
}

/// The identifier of the disc, and nothing else.
fn burst_cutting_area(disc: &DiscState, reply: &mut Reply<'_>) {
    reply.put_u32(disc.identifier);
    reply.zeros(usize::from(CUTTING_AREA) - 4);
}

/// What a formatted disc has to manage its defects.
struct Management {
    /// Blocks of the user data area.
    user: u32,
    /// Spare clusters.
    spares: u32,
    /// How often the structures were written.
    updates: u32,
}

impl Management {
    fn of(disc: &DiscState) -> Option<Management> {
        match &disc.recording {
            Recording::Random(surface) if surface.blocks > 0 => {
                Some(Management { user: surface.blocks, spares: surface.spares, updates: disc.rewrites })
            }
            Recording::Sequential(sequence) if sequence.format.is_some() => Some(Management {
                user: disc.kind.spec().capacity - sequence.spares * CLUSTER,
                spares: sequence.spares,
                updates: sequence.pow.as_ref().map_or(0, |pow| pow.updates),
            }),
            _ => None,
        }
    }

    /// Clusters of the inner spare area of layer 0, of that of layer 1, and of the outer one of each layer.
    fn areas(&self, layers: u8) -> (u32, u32, u32) {
        const INNER: u32 = 4096;
        let inner_0 = self.spares.min(INNER);
        let rest = self.spares - inner_0;
        let inner_1 = if layers > 1 { rest.min(INNER) } else { 0 };
        (inner_0, inner_1, (rest - inner_1) / u32::from(layers.max(1)))
    }

    /// Physical sector number of block 0: the inner spare area is before it.
    fn first_sector(&self, layers: u8) -> u32 {
        DATA_ZONE + self.areas(layers).0 * CLUSTER
    }
}

/// The disc definition structure.
fn definition(disc: &DiscState, reply: &mut Reply<'_>) {
    let Some(management) = Management::of(disc) else { return reply.zeros(DEFINITION.into()) };
    let layers = disc.layers();
    let (inner_spare_0, inner_spare_1, outer_spare) = management.areas(layers);
    let full = management.spares > 0 && free_spares(disc, management.spares) == 0;
    BdDds {
        update_count: management.updates,
        first_block: management.first_sector(layers),
        last_block: management.user - 1,
        inner_spare_0,
        outer_spare,
        inner_spare_1,
        spare_full: if full { 0xFF } else { 0 },
        identifier: Ascii::new("DS"),
        ..BdDds::default()
    }
    .encode(reply);
    reply.zeros(usize::from(DEFINITION) - BdDds::SIZE);
}

/// No disc is in a cartridge.
fn cartridge(_: &DiscState, reply: &mut Reply<'_>) {
    BdCartridgeStatus::default().encode(reply);
}

fn spare_area(disc: &DiscState, reply: &mut Reply<'_>) {
    let total = Management::of(disc).map_or(0, |management| management.spares);
    BdSpareArea { free: free_spares(disc, total), total }.encode(reply);
}

/// Bytes before the entries of a defect list, and of each entry.
const DEFECT_LIST_HEADER: usize = 64;
const ENTRY: usize = 8;

/// The defect list: where each cluster would be, and where it is instead. Spares are used from the inner area on, in order.
fn defect_list(disc: &DiscState, reply: &mut Reply<'_>) {
    let start = reply.length();
    reply.zeros(DEFECT_LIST.into());
    let Some(management) = Management::of(disc) else { return };
    let first = management.first_sector(disc.layers());
    let starts = disc.replaced.iter().flat_map(|range| range.step_by(CLUSTER as usize));
    let room = (usize::from(DEFECT_LIST) - DEFECT_LIST_HEADER) / ENTRY;
    let mut count: u32 = 0;
    for block in starts.take(room) {
        let at = start + DEFECT_LIST_HEADER + count as usize * ENTRY;
        reply.patch(at, &(first + block as u32).to_be_bytes());
        reply.patch(at + 4, &(DATA_ZONE + count * CLUSTER).to_be_bytes());
        count += 1;
    }
    reply.patch(start, b"DL");
    reply.patch(start + 4, &management.updates.to_be_bytes());
    reply.patch(start + 12, &count.to_be_bytes());
}

/// One format, that of BD, which is the default and in use.
fn format_layers(_: &DiscState, reply: &mut Reply<'_>) {
    FormatLayersHeader { count: 1, default_layer: 0, online_layer: 0 }.encode(reply);
    reply.put_u16(FormatLayerType::BD.0);
}

/// What the disc says; software write protection is the drive's to add.
fn write_protection(disc: &DiscState, reply: &mut Reply<'_>) {
    WriteProtection { persistently_protected: disc.write_protected, ..WriteProtection::default() }
        .encode(reply);
}
