//! Which write parameters go together for tracks at once and packets, and what the blocks are then (MMC-5 7.5.4).

use super::super::{Placement, Source};
use super::{PACKET, PAUSE};
use crate::refusal::Refusal;
use crate::sector::block::BlockFormat;
use crate::sector::frame::Subheader;
use crate::state::{Form, Packets};
use discrig_wire::mode::{DataBlockType, WriteParametersPage, WriteType};
use discrig_wire::sense::codes;

/// Bit of the control nibble: data.
pub(super) const DATA: u8 = 4;
/// Bit of the control nibble: copying is permitted.
const COPY: u8 = 2;
/// Bit of the control nibble of data: recorded incrementally.
const INCREMENTAL: u8 = 1;
/// Session formats: CD-DA or CD-ROM, CD-I, CD-ROM XA.
const SESSION_FORMATS: [u8; 3] = [0x00, 0x10, 0x20];
/// What the write parameters make of a track.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Blocks {
    pub(super) placement: Placement,
    pub(super) packets: Packets,
    pub(super) control: u8,
}

/// What blocks are with these parameters, in a track at once or in packets.
///
/// # Errors
/// ILLEGAL MODE FOR THIS TRACK when track mode, data block type and session format do not go together, INVALID PACKET SIZE for packets
/// that are not 32 blocks.
pub(super) fn of(page: &WriteParametersPage) -> Result<Blocks, Refusal> {
    let illegal = Refusal::new(codes::ILLEGAL_MODE_FOR_THIS_TRACK);
    let packets = packets(page)?;
    let control = page.track_mode;
    let is_data_of = |write_type: WriteType| {
        page.data_block_type != DataBlockType::RAW
            && write_type.data_block_types().contains(page.data_block_type)
    };
    let is_legal = match (control & DATA != 0, packets) {
        (false, Packets::None) => {
            // Two or four channels, with or without pre-emphasis; the pause is part of what lies before the track.
            page.data_block_type == DataBlockType::RAW
                && page.audio_pause_length <= PAUSE as u16
                && control <= 0xB
        }
        (false, _) => false,
        (true, Packets::None) => control & !COPY == DATA && is_data_of(WriteType::TRACK_AT_ONCE),
        (true, _) => control & !COPY == DATA | INCREMENTAL && is_data_of(WriteType::PACKET),
    };
    if !is_legal || !SESSION_FORMATS.contains(&page.session_format) {
        return Err(illegal);
    }
    let format = BlockFormat::of_data_block_type(page.data_block_type).ok_or(illegal)?;
    let form = match format.form(Subheader::from_bytes(page.sub_header)) {
        _ if control & DATA == 0 => Form::Audio,
        form => form,
    };
    let source = if form == Form::Mode1 { Source::User } else { Source::BlockType(page.data_block_type) };
    let placement = Placement { block_length: format.bytes() as u16, form, source };
    Ok(Blocks { placement, packets, control })
}

/// How the parameters put data into packets.
pub(super) fn packets(page: &WriteParametersPage) -> Result<Packets, Refusal> {
    match (page.write_type, page.fixed_packet) {
        (WriteType::PACKET, true) if page.packet_size == PACKET => Ok(Packets::Fixed(PACKET)),
        (WriteType::PACKET, true) => Err(codes::INVALID_PACKET_SIZE.into()),
        (WriteType::PACKET, false) => Ok(Packets::Variable),
        _ => Ok(Packets::None),
    }
}

/// The media catalogue number of the write parameters, where it is valid: thirteen digits.
pub(super) fn catalogue(page: &WriteParametersPage) -> Option<[u8; 13]> {
    let digits = page.media_catalog_number[1..14].try_into().ok()?;
    (page.media_catalog_number[0] & 0x80 != 0 && is_catalogue(&digits)).then_some(digits)
}

/// The recording code of the write parameters, where it is valid.
pub(super) fn recording_code(page: &WriteParametersPage) -> Option<[u8; 12]> {
    let code = page.isrc[1..13].try_into().ok()?;
    (page.isrc[0] & 0x80 != 0 && is_recording_code(&code)).then_some(code)
}

/// Thirteen digits.
pub(super) fn is_catalogue(number: &[u8; 13]) -> bool {
    number.iter().all(u8::is_ascii_digit)
}

/// Five letters or digits of country and owner, two digits of the year and five of the recording.
pub(super) fn is_recording_code(code: &[u8; 12]) -> bool {
    let (letters, digits) = code.split_at(5);
    letters.iter().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
        && digits.iter().all(u8::is_ascii_digit)
}
