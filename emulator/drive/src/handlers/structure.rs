//! READ DISC STRUCTURE for DVD and BD.

use crate::check::{Check, Refused};
use crate::dispatch::{Call, Execute, Outcome};
use crate::unit::Unit;
use discrig_disc::{DiscState, Family, MediumKind};
use discrig_wire::ascii::Ascii;
use discrig_wire::command::ReadDiscStructure;
use discrig_wire::reply::Reply;
use discrig_wire::sense::codes;
use discrig_wire::structure::{
    BdDiscInformation, BdStructure, BookType, CopyrightProtection, DvdCopyright, DvdPhysicalFormat,
    DvdStructure, StructureData, StructureListEntry, StructureMedia,
};

/// A structure: its number, its length with header, and who writes it.
struct Row {
    format: u8,
    length: u16,
    encode: fn(&DiscState, &mut Reply<'_>),
}

const DVD: &[Row] = &[
    Row { format: DvdStructure::PHYSICAL.0, length: 4 + 2048, encode: dvd_physical },
    Row { format: DvdStructure::COPYRIGHT.0, length: 4 + 4, encode: dvd_copyright },
    Row { format: DvdStructure::WRITE_PROTECTION.0, length: 4 + 4, encode: write_protection },
    Row { format: DvdStructure::LIST.0, length: 4 + 4 * 4, encode: |_, reply| list(DVD, reply) },
];

const BD: &[Row] = &[
    Row { format: BdStructure::DISC_INFORMATION.0, length: 4 + 4096, encode: bd_information },
    Row { format: BdStructure::WRITE_PROTECTION.0, length: 4 + 4, encode: write_protection },
    Row { format: BdStructure::LIST.0, length: 4 + 3 * 4, encode: |_, reply| list(BD, reply) },
];

impl Execute for ReadDiscStructure {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let wrong = |name| Err(Refused::from(Check::field(ReadDiscStructure::SPEC, name)));
        let disc = unit.readiness()?;
        let rows = match (StructureMedia(self.media_type), disc.kind.spec().family) {
            (StructureMedia::DVD, Family::Dvd) => DVD,
            (StructureMedia::BD, Family::Bd) => BD,
            (StructureMedia::DVD | StructureMedia::BD, _) => {
                return Err(codes::CANNOT_READ_MEDIUM_INCOMPATIBLE_FORMAT.into());
            }
            _ => return wrong("media_type"),
        };
        let Some(row) = rows.iter().find(|row| row.format == self.format) else { return wrong("format") };
        if self.layer >= disc.layers() {
            return wrong("layer");
        }
        let encode = row.encode;
        call.reply(self.allocation_length.into(), |reply| {
            StructureData::encode(reply, |reply| encode(disc, reply));
        })
    }
}

fn list(rows: &[Row], reply: &mut Reply<'_>) {
    for row in rows {
        let (format, length) = (row.format, row.length);
        StructureListEntry { format, sendable: false, readable: true, length }.encode(reply);
    }
}

/// Where the data area of a DVD starts, as a physical sector number.
const DATA_AREA: u32 = 0x03_0000;

fn dvd_physical(disc: &DiscState, reply: &mut Reply<'_>) {
    let spec = disc.kind.spec();
    let (book_type, part_version) = match disc.kind {
        MediumKind::DvdMinusR => (BookType::DVD_R, 5),
        MediumKind::DvdMinusRDl => (BookType::DVD_R, 6),
        MediumKind::DvdPlusR => (BookType::DVD_PLUS_R, 1),
        MediumKind::DvdPlusRDl => (BookType::DVD_PLUS_R_DL, 1),
        _ => (BookType::DVD_ROM, 1),
    };
    let blocks = if spec.is_recordable() { spec.capacity } else { disc.last_block() + 1 };
    let dual = disc.layers() > 1;
    // The layers are of equal length, the second one read inwards: its addresses are the first one's, inverted.
    let last_of_layer_0 = DATA_AREA + blocks.div_ceil(2) - 1;
    let start = reply.length();
    DvdPhysicalFormat {
        book_type,
        part_version,
        maximum_rate: 2,
        number_of_layers: u8::from(dual),
        opposite_track_path: dual,
        layer_type: if spec.is_recordable() { 0b010 } else { 0b001 },
        first_sector: DATA_AREA,
        last_sector: if dual { 0xFF_FFFF - DATA_AREA } else { DATA_AREA + blocks.saturating_sub(1) },
        last_sector_of_layer_0: if dual { last_of_layer_0 } else { 0 },
        ..DvdPhysicalFormat::default()
    }
    .encode(reply);
    reply.zeros(2048 - (reply.length() - start));
}

fn dvd_copyright(_: &DiscState, reply: &mut Reply<'_>) {
    DvdCopyright { protection: CopyrightProtection::NONE, forbidden_regions: 0 }.encode(reply);
}

/// Nothing is protected.
fn write_protection(_: &DiscState, reply: &mut Reply<'_>) {
    reply.zeros(4);
}

fn bd_information(disc: &DiscState, reply: &mut Reply<'_>) {
    let (disc_type, class_version) = match disc.kind {
        MediumKind::BdRXl => ("BDR", 2),
        MediumKind::BdR | MediumKind::BdRDl => ("BDR", 1),
        _ => ("BDO", 1),
    };
    let recordable = disc.kind.spec().is_recordable();
    let start = reply.length();
    for sequence in 0..disc.layers() {
        BdDiscInformation {
            format_number: 1,
            sequence,
            bytes_in_use: BdDiscInformation::SIZE as u8,
            version: class_version,
            identifier: Ascii::new("DI"),
            disc_type: Ascii::new(disc_type),
            manufacturer: if recordable { Ascii::new("DISCRG") } else { Ascii([0; 6]) },
            media_type: if recordable { Ascii::new("001") } else { Ascii([0; 3]) },
            ..BdDiscInformation::default()
        }
        .encode(reply);
    }
    reply.zeros(4096 - (reply.length() - start));
}
