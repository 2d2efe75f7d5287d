//! Structures of discs, decoded.

use super::listing::Listing;
use crate::error::WireError;
use crate::layout::Layout;
use crate::structure::{
    BdCartridgeStatus, BdDds, BdSpareArea, BdStructure, DiscControlBlock, DvdBorders, DvdCopyright,
    DvdPhysicalFormat, DvdPlusIdentity, DvdPreRecorded, DvdRamDds, DvdRamRecordingType, DvdRamSpareArea,
    DvdRamStatus, DvdStructure, FormatLayersHeader, JumpInterval, LayerBoundary, ManualLayerJump, PacHeader,
    Remapping, ShiftedMiddleArea, StructureData, StructureMedia, UniqueDiscIdentifier, WriteProtection,
};

/// Adds an answer to READ DISC STRUCTURE or a parameter list of SEND DISC STRUCTURE.
pub(super) fn disc_structure(media: u8, format: u8, data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    let answer = StructureData::parse(data)?;
    let dvd = StructureMedia(media) == StructureMedia::DVD;
    let name = if dvd { DvdStructure(format).to_string() } else { BdStructure(format).to_string() };
    out.section(format_args!("disc structure {name}"), |out| match format {
        0x90 => format_layers(&answer, out),
        0xC0 => structure(WriteProtection::parse(answer.body), out),
        0xFF => {
            answer.list().for_each(|entry| out.section("structure", |out| out.structure(&entry)));
            Ok(())
        }
        _ if dvd => dvd_structure(DvdStructure(format), answer.body, out),
        _ => bd_structure(BdStructure(format), &answer, out),
    })
}

/// Adds the fields of a structure.
fn structure<T: Layout>(parsed: Result<T, WireError>, out: &mut Listing) -> Result<(), WireError> {
    out.structure(&parsed?);
    Ok(())
}

fn dvd_structure(format: DvdStructure, body: &[u8], out: &mut Listing) -> Result<(), WireError> {
    match format {
        DvdStructure::PHYSICAL | DvdStructure::RECORDABLE_PHYSICAL | DvdStructure::ADIP => {
            physical(body, out)
        }
        DvdStructure::COPYRIGHT => structure(DvdCopyright::parse(body), out),
        DvdStructure::DVD_RAM_DDS => structure(DvdRamDds::parse(body), out),
        DvdStructure::DVD_RAM_STATUS => structure(DvdRamStatus::parse(body), out),
        DvdStructure::DVD_RAM_SPARE_AREA => structure(DvdRamSpareArea::parse(body), out),
        DvdStructure::DVD_RAM_RECORDING_TYPE => structure(DvdRamRecordingType::parse(body), out),
        DvdStructure::PRE_RECORDED => structure(DvdPreRecorded::parse(body), out),
        DvdStructure::UNIQUE_DISC_IDENTIFIER => structure(UniqueDiscIdentifier::parse(body), out),
        DvdStructure::LAYER_BOUNDARY => structure(LayerBoundary::parse(body), out),
        DvdStructure::SHIFTED_MIDDLE_AREA => structure(ShiftedMiddleArea::parse(body), out),
        DvdStructure::JUMP_INTERVAL => structure(JumpInterval::parse(body), out),
        DvdStructure::MANUAL_LAYER_JUMP => structure(ManualLayerJump::parse(body), out),
        DvdStructure::REMAPPING => structure(Remapping::parse(body), out),
        DvdStructure::DISC_CONTROL_BLOCK => structure(DiscControlBlock::parse(body), out),
        _ => {
            out.bytes(body);
            Ok(())
        }
    }
}

/// Physical format information, and what the books of recordable discs put behind it.
fn physical(body: &[u8], out: &mut Listing) -> Result<(), WireError> {
    let physical = DvdPhysicalFormat::parse(body)?;
    out.structure(&physical);
    if physical.book_type.is_dvd_plus() {
        if let Ok(identity) = DvdPlusIdentity::parse(body) {
            out.structure(&identity);
        }
    } else if physical.book_type.has_borders()
        && let Ok(borders) = DvdBorders::parse(body)
    {
        out.structure(&borders);
    }
    Ok(())
}

fn bd_structure(format: BdStructure, answer: &StructureData<'_>, out: &mut Listing) -> Result<(), WireError> {
    match format {
        BdStructure::DISC_INFORMATION => {
            answer.bd_units().for_each(|unit| out.section("unit", |out| out.structure(&unit)));
            Ok(())
        }
        BdStructure::DDS => structure(BdDds::parse(answer.body), out),
        BdStructure::CARTRIDGE_STATUS => structure(BdCartridgeStatus::parse(answer.body), out),
        BdStructure::SPARE_AREA => structure(BdSpareArea::parse(answer.body), out),
        BdStructure::PHYSICAL_ACCESS_CONTROL => answer.access_controls().try_for_each(|bytes| {
            let header = PacHeader::parse(bytes)?;
            out.section("physical access control", |out| {
                out.structure(&header);
                for segment in PacHeader::segments(bytes) {
                    out.line(format_args!("sectors {:X}h to {:X}h", segment.start, segment.end));
                }
            });
            Ok(())
        }),
        _ => {
            out.bytes(answer.body);
            Ok(())
        }
    }
}

fn format_layers(answer: &StructureData<'_>, out: &mut Listing) -> Result<(), WireError> {
    out.structure(&FormatLayersHeader::parse(answer.body)?);
    for (number, layer) in answer.format_layers().enumerate() {
        out.line(format_args!("layer {number}: {layer}"));
    }
    Ok(())
}
