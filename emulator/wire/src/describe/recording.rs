//! What goes along with writing, formatting, playing and keys, decoded.

use super::data::show;
use super::listing::Listing;
use crate::buffer::{BufferDescriptor, BufferHeader, BufferMode, EchoDescriptor};
use crate::capacity::FormatCapacities;
use crate::command::{ReadSubChannel, ReportKey, SendKey};
use crate::cue::{Cue, CueSheet};
use crate::disc::OpcEntry;
use crate::error::WireError;
use crate::format::{FormatParameters, LEGACY_FORMAT_CODE, LegacyFormatDescriptor};
use crate::key::{
    AuthenticationGrant, AuthenticationSuccess, KeyClass, KeyData, ReportKeyFormat, RpcRequest, RpcState,
    SendKeyFormat,
};
use crate::msf::Msf;
use crate::sub_channel::{
    CatalogNumberData, CurrentPosition, RecordingCodeData, SubChannelData, SubChannelFormat,
};

pub(super) fn format_capacities(data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    let capacities = FormatCapacities::parse(data)?;
    out.section("format capacities", |out| {
        let current = capacities.current;
        out.line(format_args!(
            "{} blocks of {} bytes, {}",
            current.blocks, current.block_length, current.kind
        ));
        for offer in capacities.formattable() {
            let (blocks, parameter) = (offer.blocks, offer.parameter);
            out.line(format_args!("{}: {blocks} blocks, parameter {parameter:X}h", offer.format_type));
        }
    });
    Ok(())
}

pub(super) fn format_parameters(code: u8, data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    if code == LEGACY_FORMAT_CODE {
        let (header, descriptor) = LegacyFormatDescriptor::parse_list(data)?;
        show(Ok(header), out)?;
        return show(Ok(descriptor), out);
    }
    let list = FormatParameters::parse(data)?;
    show(Ok(list.header), out)?;
    show(Ok(list.descriptor), out)
}

pub(super) fn cue_sheet(data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    let sheet = CueSheet::parse(data)?;
    out.section("cue sheet", |out| {
        for cue in sheet.entries() {
            match cue {
                Cue::Position(entry) => {
                    let (track, index, time) = (entry.track, entry.index, entry.time);
                    let kind = if entry.control & 0b0100 == 0 { "audio" } else { "data" };
                    let name = match track {
                        0 => "lead-in".to_owned(),
                        0xAA => "lead-out".to_owned(),
                        _ => format!("track {track}, index {index}"),
                    };
                    let (main, sub) = (entry.main_form, entry.sub_channel_form);
                    out.line(format_args!("{time} {name}, {kind}; main channel {main}; sub-channels {sub}"));
                }
                Cue::CatalogNumber(entry) => {
                    out.line(format_args!("catalog number: {}", entry.digits.0.escape_ascii()));
                }
                Cue::RecordingCode(entry) => {
                    let code = entry.characters.0.escape_ascii();
                    out.line(format_args!("ISRC of track {}: {code}", entry.track));
                }
            }
        }
    });
    Ok(())
}

pub(super) fn opc(data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    data.chunks(OpcEntry::SIZE).try_for_each(|entry| show(OpcEntry::parse(entry), out))
}

pub(super) fn buffer(mode: BufferMode, data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    match mode {
        BufferMode::COMBINED => {
            show(BufferHeader::parse(data), out)?;
            out.bytes(&data[BufferHeader::SIZE..]);
            Ok(())
        }
        BufferMode::DESCRIPTOR => show(BufferDescriptor::parse(data), out),
        BufferMode::ECHO_DESCRIPTOR => show(EchoDescriptor::parse(data), out),
        _ => {
            out.bytes(data);
            Ok(())
        }
    }
}

pub(super) fn sub_channel(command: &ReadSubChannel, data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    let answer = SubChannelData::parse(data)?;
    out.section(format_args!("sub-channel, audio status {}", answer.audio_status), |out| {
        if answer.body.is_empty() {
            return Ok(());
        }
        match SubChannelFormat(command.format) {
            SubChannelFormat::POSITION => {
                let position = CurrentPosition::parse(answer.body)?;
                show(Ok(position), out)?;
                if command.time {
                    let [disc, track] =
                        [position.absolute_address, position.relative_address].map(Msf::from_field);
                    out.line(format_args!("{disc} on the disc, {track} in the track"));
                }
                Ok(())
            }
            SubChannelFormat::MEDIA_CATALOG_NUMBER => show(CatalogNumberData::parse(answer.body), out),
            SubChannelFormat::ISRC => show(RecordingCodeData::parse(answer.body), out),
            _ => {
                out.bytes(answer.body);
                Ok(())
            }
        }
    })
}

pub(super) fn report_key(command: &ReportKey, data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    let body = KeyData::parse(data)?.body;
    match (KeyClass(command.key_class), ReportKeyFormat(command.key_format)) {
        (KeyClass::DVD, ReportKeyFormat::RPC_STATE) => {
            let state = RpcState::parse(body)?;
            show(Ok(state), out)?;
            match state.region() {
                Some(region) => out.line(format_args!("the drive plays region {region}")),
                None => out.line("the drive has no region"),
            }
            Ok(())
        }
        (KeyClass::DVD, ReportKeyFormat::AGID | ReportKeyFormat::AGID_CPRM) => {
            show(AuthenticationGrant::parse(body), out)
        }
        (KeyClass::DVD, ReportKeyFormat::AUTHENTICATION_SUCCESS) => {
            show(AuthenticationSuccess::parse(body), out)
        }
        _ => {
            out.bytes(body);
            Ok(())
        }
    }
}

pub(super) fn send_key(command: &SendKey, data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    let body = KeyData::parse(data)?.body;
    match (KeyClass(command.key_class), SendKeyFormat(command.key_format)) {
        (KeyClass::DVD, SendKeyFormat::RPC) => show(RpcRequest::parse(body), out),
        _ => {
            out.bytes(body);
            Ok(())
        }
    }
}

pub(super) fn media_serial_number(data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    let serial = crate::serial::parse(data)?;
    out.line(format_args!("media serial number: {}", serial.escape_ascii()));
    Ok(())
}
