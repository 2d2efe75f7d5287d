//! Readable text for commands, their data and sense data, for people who look at transcripts.
//!
//! Nothing on the way of a command uses this; it allocates.

mod data;
mod listing;
mod recording;
mod structures;

pub use data::describe_data;

use crate::buffer::BufferMode;
use crate::cdb::Cdb;
use crate::close::{BlankingType, CloseFunction};
use crate::command::{Command, CommandSpec, Field};
use crate::disc::DiscDataType;
use crate::feature::{FeatureCode, RequestedType};
use crate::inquiry::VpdCode;
use crate::key::{KeyClass, ReportKeyFormat, SendKeyFormat};
use crate::luns::SelectReport;
use crate::mode::PageCode;
use crate::performance::{PerformanceKind, StreamingKind};
use crate::reservation::ReservationKind;
use crate::sense::SenseBuffer;
use crate::structure::{BdStructure, DvdStructure, StructureMedia};
use crate::sub_channel::SubChannelFormat;
use crate::toc::TocFormat;
use crate::track::TrackAddressType;
use listing::words;

/// A command in one line: its name and the fields that are not zero, then what is wrong with it, if anything.
#[must_use]
pub fn describe_command(cdb: &Cdb) -> String {
    let Some(spec) = CommandSpec::of(cdb) else {
        return match Command::decode(cdb) {
            Err(refusal) => format!("{cdb}: {refusal}"),
            Ok(command) => command.spec().name.to_owned(),
        };
    };
    let mut text = spec.name.to_owned();
    for field in spec.fields {
        let value = field.get(cdb);
        if value != 0 {
            text += if text.len() == spec.name.len() { ": " } else { ", " };
            text += &describe_field(spec, field, value, cdb);
        }
    }
    if let Err(refusal) = Command::decode(cdb) {
        text += &format!("; {refusal}");
    }
    text
}

fn describe_field(spec: &CommandSpec, field: &Field, value: u64, cdb: &Cdb) -> String {
    let name = words(field.name);
    if field.width == 1 {
        return name;
    }
    if let Some(meaning) = meaning(spec, field, value, cdb) {
        return format!("{name} {value:02X}h {meaning}");
    }
    if value < 10 { format!("{name} {value}") } else { format!("{name} {value} ({value:02X}h)") }
}

/// The name of a field's value, for the fields whose values have names.
fn meaning(spec: &CommandSpec, field: &Field, value: u64, cdb: &Cdb) -> Option<&'static str> {
    let byte = value as u8;
    match (spec.opcode, field.name) {
        (0x12, "page_code") if spec.field("evpd")?.get(cdb) != 0 => VpdCode(byte).name(),
        (0x1A | 0x5A, "page_code") => PageCode(byte).name(),
        (0x3B | 0x3C, "mode") => BufferMode(byte).name(),
        (0x42, "format") => SubChannelFormat(byte).name(),
        (0x43, "format") => TocFormat(byte).name(),
        (0x46, "requested_type") => RequestedType(byte).name(),
        (0x46, "starting_feature_number") => FeatureCode(value as u16).name(),
        (0x51, "data_type") => DiscDataType(byte).name(),
        (0x52, "address_type") => TrackAddressType(byte).name(),
        (0x5B, "close_function") => CloseFunction(byte).name(),
        (0x5F, "kind") => ReservationKind(byte).name(),
        (0xA0, "select_report") => SelectReport(byte).name(),
        (0xA1, "blanking_type") => BlankingType(byte).name(),
        (0xA3 | 0xA4, "key_class") => KeyClass(byte).name(),
        (0xA3, "key_format") => SendKeyFormat(byte).name(),
        (0xA4, "key_format") => ReportKeyFormat(byte).name(),
        (0xAC, "kind") => PerformanceKind(byte).name(),
        (0xB6, "kind") => StreamingKind(byte).name(),
        (0xAD | 0xBF, "media_type") => StructureMedia(byte).name(),
        (0xAD | 0xBF, "format") if spec.field("media_type")?.get(cdb) == 0 => DvdStructure(byte).name(),
        (0xAD | 0xBF, "format") => BdStructure(byte).name(),
        _ => None,
    }
}

/// Sense data in one line: code, key, and what else they say.
#[must_use]
pub fn describe_sense(sense: &SenseBuffer) -> String {
    if sense.is_empty() {
        return "no sense data".to_owned();
    }
    let Some(parsed) = sense.parse() else {
        let bytes: Vec<_> = sense.bytes().iter().map(|byte| format!("{byte:02X}")).collect();
        return format!("not sense data: {}", bytes.join(" "));
    };
    let mut text = parsed.code.to_string();
    if parsed.code.name().is_some() {
        text += &format!(" ({})", parsed.code.key);
    }
    if parsed.deferred {
        text += ", deferred from an earlier command";
    }
    if let Some(progress) = parsed.progress() {
        text += &format!(", {:.1} % done", f64::from(progress) / 655.36);
    }
    if let Some(pointer) = parsed.pointer() {
        text += &format!(", byte {}", pointer.byte);
        if let Some(bit) = pointer.bit {
            text += &format!(", bit {bit}");
        }
        text += if pointer.in_cdb { " of the CDB" } else { " of the parameter list" };
    }
    if let Some(information) = parsed.information {
        text += &format!(", information {information} ({information:X}h)");
    }
    if parsed.incorrect_length {
        text += ", incorrect length";
    }
    text
}

#[cfg(test)]
mod tests;
