//! The data phase of each command of the table, decoded.

use super::listing::Listing;
use super::recording;
use super::structures::disc_structure;
use crate::buffer::{BufferCapacity, BufferMode};
use crate::capacity::{Capacity, Capacity16};
use crate::cdb::Cdb;
use crate::command::{Command, ReadToc};
use crate::disc::{DiscDataType, DiscInformation, PowResources, TrackResources};
use crate::error::WireError;
use crate::event::EventNotification;
use crate::feature::{Configuration, FeatureDescriptor};
use crate::inquiry::{StandardInquiry, VpdPage};
use crate::layout::Layout;
use crate::luns::LunList;
use crate::mechanism::MechanismStatus;
use crate::mode::{CapabilitiesPage, ModeData, ModeForm, ModePage, PageCode, ParameterList};
use crate::performance::{PerformanceData, PerformanceKind, StreamingKind, StreamingRequest};
use crate::reservation::{
    ReservationCapabilities, ReservationKeys, ReservationParameters, ReservationStatus,
};
use crate::sense::SenseBuffer;
use crate::sub_channel::BlockHeader;
use crate::toc::{Atip, LEAD_OUT, TocData, TocFormat};
use crate::track::TrackInformation;

/// The data of a command in several lines: decoded where the command's answer or parameter list has a structure, else as bytes.
///
/// Data that are not what the structure says are shown as bytes, below what is wrong with them.
#[must_use]
pub fn describe_data(cdb: &Cdb, data: &[u8]) -> String {
    let mut out = Listing::default();
    if data.is_empty() {
        out.line("no data");
        return out.finish();
    }
    match Command::decode(cdb).map(|command| decode(&command, data, &mut out)) {
        Ok(Ok(())) => {}
        Ok(Err(error)) => out.section(error, |out| out.bytes(data)),
        Err(_) => out.bytes(data),
    }
    out.finish()
}

/// Adds a structure below a heading.
pub(super) fn show<T: Layout>(parsed: Result<T, WireError>, out: &mut Listing) -> Result<(), WireError> {
    let structure = parsed?;
    out.section(T::NAME, |out| out.structure(&structure));
    Ok(())
}

fn decode(command: &Command, data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    match command {
        Command::FormatUnit(command) => recording::format_parameters(command.format_code, data, out),
        Command::GetConfiguration(_) => configuration(data, out),
        Command::GetEventStatusNotification(_) | Command::SendEvent(_) => event(data, out),
        Command::GetPerformance(command) => performance(PerformanceKind(command.kind), data, out),
        Command::Inquiry(inquiry) if inquiry.evpd => vital_product_data(data, out),
        Command::Inquiry(_) => show(StandardInquiry::parse(data), out),
        Command::MechanismStatus(_) => mechanism(data, out),
        Command::ModeSelect6(_) => mode_select(ModeForm::Six, data, out),
        Command::ModeSelect10(_) => mode_select(ModeForm::Ten, data, out),
        Command::ModeSense6(_) => mode_sense(ModeForm::Six, data, out),
        Command::ModeSense10(_) => mode_sense(ModeForm::Ten, data, out),
        Command::PersistentReserveInReadKeys(_) => reservation_keys(data, out),
        Command::PersistentReserveInReadReservation(_) => reservation(data, out),
        Command::PersistentReserveInReportCapabilities(_) => show(ReservationCapabilities::parse(data), out),
        Command::PersistentReserveOutRegister(_)
        | Command::PersistentReserveOutReserve(_)
        | Command::PersistentReserveOutRelease(_)
        | Command::PersistentReserveOutClear(_)
        | Command::PersistentReserveOutPreempt(_)
        | Command::PersistentReserveOutPreemptAndAbort(_)
        | Command::PersistentReserveOutRegisterAndIgnore(_) => show(ReservationParameters::parse(data), out),
        Command::ReadBuffer(command) => recording::buffer(BufferMode(command.mode), data, out),
        Command::ReadBufferCapacity(_) => show(BufferCapacity::parse(data), out),
        Command::ReadCapacity(_) => show(Capacity::parse(data), out),
        Command::ReadCapacity16(_) => show(Capacity16::parse(data), out),
        Command::ReadDiscInformation(command) => disc_information(DiscDataType(command.data_type), data, out),
        Command::ReadDiscStructure(command) => disc_structure(command.media_type, command.format, data, out),
        Command::ReadFormatCapacities(_) => recording::format_capacities(data, out),
        Command::ReadHeader(_) => show(BlockHeader::parse(data), out),
        Command::ReadMediaSerialNumber(_) => recording::media_serial_number(data, out),
        Command::ReadSubChannel(command) => recording::sub_channel(command, data, out),
        Command::ReadToc(command) => table_of_contents(command, data, out),
        Command::ReadTrackInformation(_) => show(TrackInformation::parse(data), out),
        Command::ReportKey(command) => recording::report_key(command, data, out),
        Command::ReportLuns(_) => logical_units(data, out),
        Command::RequestSense(_) => sense(data, out),
        Command::SendCueSheet(_) => recording::cue_sheet(data, out),
        Command::SendDiscStructure(command) => disc_structure(command.media_type, command.format, data, out),
        Command::SendKey(command) => recording::send_key(command, data, out),
        Command::SendOpcInformation(_) => recording::opc(data, out),
        Command::SetStreaming(command) if StreamingKind(command.kind) == StreamingKind::PERFORMANCE => {
            show(StreamingRequest::parse(data), out)
        }
        _ => user_data(data, out),
    }
}

fn user_data(data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    out.bytes(data);
    Ok(())
}

fn sense(data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    out.line(super::describe_sense(&SenseBuffer::new(data)));
    Ok(())
}

fn logical_units(data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    let list = LunList::parse(data)?;
    out.section("logical units", |out| {
        list.luns().for_each(|lun| out.line(format_args!("{lun:016X}h")));
    });
    Ok(())
}

fn reservation_keys(data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    let keys = ReservationKeys::parse(data)?;
    out.section(format_args!("registered keys, generation {}", keys.generation), |out| {
        keys.keys().for_each(|key| out.line(format_args!("{key:016X}h")));
    });
    Ok(())
}

fn vital_product_data(data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    let page = VpdPage::parse(data)?;
    out.section(format_args!("vital product data page {}", page.page_code), |out| {
        if let Some(pages) = page.supported_pages() {
            pages.for_each(|code| out.line(code));
        } else if let Some(serial) = page.serial_number() {
            out.line(format_args!("serial number: {serial}"));
        } else if let Some(designators) = page.designators() {
            for designator in designators {
                match designator {
                    Ok(designator) => {
                        let name = designator.text().map_or_else(
                            || designator.identifier.iter().map(|byte| format!("{byte:02X}")).collect(),
                            str::to_owned,
                        );
                        let (kind, association) = (designator.kind, designator.association);
                        out.line(format_args!("{association}, {kind}: {name}"));
                    }
                    Err(error) => out.line(error),
                }
            }
        } else {
            out.bytes(page.body);
        }
    });
    Ok(())
}

fn mode_sense(form: ModeForm, data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    let answer = ModeData::parse(form, data)?;
    out.section("mode data", |out| {
        out.structure(&answer.header);
        for page in answer.pages() {
            match page {
                Ok(page) => mode_page(&page, out),
                Err(error) => out.line(error),
            }
        }
    });
    Ok(())
}

fn mode_select(form: ModeForm, data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    match ParameterList::parse(form, data) {
        Ok(list) => out.section("mode parameter list", |out| {
            if let Some(descriptor) = list.block_descriptor {
                out.section("block descriptor", |out| out.structure(&descriptor));
            }
            list.pages().for_each(|(_, page)| mode_page(&page, out));
        }),
        Err(error) => out.section(error, |out| out.bytes(data)),
    }
    Ok(())
}

fn mode_page(page: &ModePage<'_>, out: &mut Listing) {
    let heading = match page.subpage {
        Some(subpage) => format!("page {}, subpage {subpage:02X}h", page.code),
        None => format!("page {}", page.code),
    };
    out.section(heading, |out| {
        let before = out.lines();
        out.fields(|see| page.visit(see));
        if out.lines() == before {
            out.bytes(page.body());
        }
        if page.code == PageCode::CAPABILITIES && page.subpage.is_none() {
            for speed in CapabilitiesPage::write_speeds(page) {
                let (speed, rotation) = (speed.write_speed, speed.rotation_control);
                out.line(format_args!("write speed: {speed} kB/s, {rotation}"));
            }
        }
    });
}

fn table_of_contents(command: &ReadToc, data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    let toc = TocData::parse(data)?;
    let format = TocFormat(if command.format == 0 { command.legacy_format } else { command.format });
    match format {
        TocFormat::TOC | TocFormat::SESSIONS => {
            out.section(format_args!("{format}: {} to {}", toc.header.first, toc.header.last), |out| {
                for entry in toc.tracks() {
                    let kind = if entry.is_data() { "data" } else { "audio" };
                    let lba = entry.lba(command.msf);
                    match entry.track {
                        LEAD_OUT => out.line(format_args!("lead-out, from block {lba}")),
                        track => out.line(format_args!("track {track}, {kind}, from block {lba}")),
                    }
                }
            });
        }
        TocFormat::FULL_TOC | TocFormat::PMA => out.section(format, |out| {
            for entry in toc.full() {
                let (session, point, pointed) = (entry.session, entry.point, entry.pointed);
                out.line(format_args!("session {session}, point {point:02X}h at {pointed}"));
            }
        }),
        TocFormat::ATIP => return show(Atip::parse(data), out),
        TocFormat::CD_TEXT => out.section(format, |out| {
            for pack in toc.cd_text() {
                let intact = if pack.crc == pack.expected_crc() { "" } else { ", CRC wrong" };
                let (kind, track) = (pack.kind, pack.track);
                let text = pack.text.escape_ascii();
                out.line(format_args!("pack {kind:02X}h, track {track}: {text}{intact}"));
            }
        }),
        _ => out.bytes(data),
    }
    Ok(())
}

fn configuration(data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    let answer = Configuration::parse(data)?;
    out.section(format_args!("configuration, profile {}", answer.current_profile), |out| {
        for feature in answer.features() {
            match feature {
                Ok(feature) => describe_feature(&feature, out),
                Err(error) => out.line(error),
            }
        }
    });
    Ok(())
}

fn describe_feature(feature: &FeatureDescriptor<'_>, out: &mut Listing) {
    let current = if feature.current { ", current" } else { "" };
    let persistent = if feature.persistent { ", persistent" } else { "" };
    let heading = format!("feature {}, version {}{current}{persistent}", feature.code, feature.version);
    out.section(heading, |out| {
        let before = out.lines();
        out.fields(|see| feature.visit(see));
        if let Some(profiles) = feature.profiles() {
            for (profile, current) in profiles {
                out.line(format_args!("{profile}{}", if current { ", current" } else { "" }));
            }
        } else if let Some(serial) = feature.serial_number() {
            out.line(format_args!("serial number: {serial}"));
        } else if let Some(sizes) = feature.link_sizes() {
            out.line(format_args!("link sizes: {sizes:?}"));
        } else if out.lines() == before {
            out.bytes(feature.payload);
        }
    });
}

fn event(data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    let answer = EventNotification::parse(data)?;
    let heading = match answer.event {
        Some(event) => format!("{} event", event.class()),
        None if answer.no_event_available => "no event: none of the classes is supported".to_owned(),
        None => "an event that was cut off".to_owned(),
    };
    out.section(heading, |out| {
        if let Some(event) = answer.event {
            out.fields(|see| event.visit(see));
        }
        let supported: Vec<_> = answer.supported.classes().filter_map(|class| class.name()).collect();
        out.line(format_args!("supported: {}", supported.join(", ")));
    });
    Ok(())
}

fn disc_information(kind: DiscDataType, data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    match kind {
        DiscDataType::TRACK_RESOURCES => show(TrackResources::parse(data), out),
        DiscDataType::POW_RESOURCES => show(PowResources::parse(data), out),
        _ => {
            show(DiscInformation::parse(data), out)?;
            DiscInformation::opc_table(data).try_for_each(|entry| show(Ok(entry), out))
        }
    }
}

fn reservation(data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    let status = ReservationStatus::parse(data)?;
    out.section(format_args!("reservation, generation {}", status.generation), |out| {
        match status.reservation {
            Some(held) => out.line(format_args!("key {:016X}h, {}", held.key, held.kind)),
            None => out.line("none"),
        }
    });
    Ok(())
}

fn performance(kind: PerformanceKind, data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    let answer = PerformanceData::parse(data)?;
    let direction = if answer.header.write { "writing" } else { "reading" };
    out.section(format_args!("{kind}, {direction}"), |out| match kind {
        PerformanceKind::PERFORMANCE if answer.header.except => {
            answer
                .exceptions()
                .for_each(|exception| out.section("exception", |out| out.structure(&exception)));
        }
        PerformanceKind::PERFORMANCE => {
            for zone in answer.nominal() {
                let (from, to) = (zone.start_block, zone.end_block);
                let (slow, fast) = (zone.start_performance, zone.end_performance);
                out.line(format_args!("blocks {from} to {to}: {slow} to {fast} kB/s"));
            }
        }
        PerformanceKind::UNUSABLE_AREA => {
            for area in answer.unusable_areas() {
                out.line(format_args!("{} blocks from {}", area.blocks, area.start_block));
            }
        }
        PerformanceKind::DEFECT_STATUS => {
            for (status, bits) in answer.defect_status() {
                let defective: u32 = bits.iter().map(|byte| byte.count_ones()).sum();
                out.section("defect status", |out| {
                    out.structure(&status);
                    out.line(format_args!("groups with defects: {defective}"));
                });
            }
        }
        PerformanceKind::WRITE_SPEED => {
            answer.write_speeds().for_each(|speed| out.section("speed", |out| out.structure(&speed)));
        }
        _ => out.bytes(data),
    });
    Ok(())
}

fn mechanism(data: &[u8], out: &mut Listing) -> Result<(), WireError> {
    let status = MechanismStatus::parse(data)?;
    out.section("mechanism status", |out| {
        out.structure(&status.header);
        for (number, slot) in status.slots().enumerate() {
            out.section(format_args!("slot {number}"), |out| out.structure(&slot));
        }
    });
    Ok(())
}
