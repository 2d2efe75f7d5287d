//! Who the drive is and how it is: INQUIRY, REPORT LUNS, REQUEST SENSE, TEST UNIT READY.

use crate::check::Check;
use crate::dispatch::{Call, Done, Execute, Outcome};
use crate::quirk::Quirk;
use crate::unit::Unit;
use discrig_wire::ascii::Ascii;
use discrig_wire::command::{Inquiry, ReportLuns, RequestSense, TestUnitReady};
use discrig_wire::inquiry::{
    DesignatorList, PeripheralType, StandardInquiry, VersionDescriptor, VpdCode, VpdPage,
};
use discrig_wire::luns::{LunList, SelectReport};
use discrig_wire::reply::Reply;
use discrig_wire::sense::{SenseCode, SenseKey, codes};
use discrig_wire::sub_channel::AudioStatus;

/// Pages of vital product data.
const VPD_PAGES: [VpdCode; 3] =
    [VpdCode::SUPPORTED_PAGES, VpdCode::UNIT_SERIAL_NUMBER, VpdCode::DEVICE_IDENTIFICATION];

impl Execute for TestUnitReady {
    fn execute(&self, _: &mut Unit, _: &mut Call<'_>) -> Outcome {
        Ok(Done::Good)
    }
}

impl Execute for Inquiry {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let allocation = self.allocation_length.into();
        let page = VpdCode(self.page_code);
        if self.evpd && VPD_PAGES.contains(&page) {
            return call.reply(allocation, |reply| vital_product_data(unit, page, reply));
        }
        if self.evpd || self.page_code != 0 {
            return Err(Check::field(Inquiry::SPEC, "page_code").into());
        }
        call.reply(allocation, |reply| standard(unit).encode(reply))
    }
}

fn standard(unit: &Unit) -> StandardInquiry {
    let profile = &unit.config.profile;
    let mut standards = [0; 8];
    let claimed = [VersionDescriptor::SAM_5, VersionDescriptor::SPC_3, VersionDescriptor::MMC_6];
    standards.iter_mut().zip(claimed).for_each(|(place, standard)| *place = standard.0);
    StandardInquiry {
        peripheral_type: PeripheralType::MULTIMEDIA,
        removable: true,
        version: profile.inquiry.version,
        normal_aca: profile.inquiry.normal_aca,
        hierarchical_support: profile.inquiry.hierarchical_support,
        response_data_format: profile.inquiry.response_format,
        additional_length: profile.inquiry.additional_length,
        vendor: Ascii::new(&profile.vendor),
        product: Ascii::new(&profile.product),
        revision: Ascii::new(&profile.revision),
        version_descriptors: standards,
        ..StandardInquiry::default()
    }
}

fn vital_product_data(unit: &Unit, page: VpdCode, reply: &mut Reply<'_>) {
    let profile = &unit.config.profile;
    match page {
        VpdCode::UNIT_SERIAL_NUMBER => VpdPage::new(page, profile.serial.as_bytes()).encode(reply),
        VpdCode::DEVICE_IDENTIFICATION => {
            let unique = format!("{:<16.16}{}", profile.product, profile.serial);
            DesignatorList::new(reply).naa(profile.naa()).t10_vendor(&profile.vendor, &unique);
        }
        _ => VpdPage::new(page, &VPD_PAGES.map(|code| code.0)).encode(reply),
    }
}

impl Execute for ReportLuns {
    fn execute(&self, _: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let luns: &[u64] = match SelectReport(self.select_report) {
            SelectReport::ORDINARY | SelectReport::ALL => &[0],
            SelectReport::WELL_KNOWN => &[],
            _ => return Err(Check::field(ReportLuns::SPEC, "select_report").into()),
        };
        if self.allocation_length < LunList::LEAST_ALLOCATION {
            return Err(Check::field(ReportLuns::SPEC, "allocation_length").into());
        }
        call.reply(self.allocation_length as usize, |reply| LunList::encode(luns.iter().copied(), reply))
    }
}

impl Execute for RequestSense {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let check = present_sense(unit, call);
        call.reply(self.allocation_length.into(), |reply| {
            if self.descriptor { descriptor_format(&check, reply) } else { reply.put(check.sense().bytes()) }
        })
    }
}

/// What there is to say: a unit attention, what keeps the drive from being ready, a format in the background, a low power condition, or nothing.
fn present_sense(unit: &mut Unit, call: &Call<'_>) -> Check {
    let attention = if unit.quirks.has(Quirk::RequestSenseKeepsUnitAttention) {
        unit.nexus(call.nexus).attentions.first()
    } else {
        unit.take_attention(call.nexus)
    };
    if let Some(code) = attention {
        return Check::new(code);
    }
    if let Err(check) = unit.readiness() {
        return check;
    }
    if let Some(progress) = unit.background_progress() {
        let code = codes::LOGICAL_UNIT_NOT_READY_FORMAT_IN_PROGRESS.under(SenseKey::NoSense);
        return Check::progress(code, progress);
    }
    if let Some(code) = audio(unit) {
        return Check::new(code);
    }
    Check::new(unit.state.power.sense().unwrap_or(codes::NO_ADDITIONAL_SENSE_INFORMATION))
}

/// Audio that is being played, or waits to be played on. That it has come to its end is told by READ SUB-CHANNEL.
fn audio(unit: &Unit) -> Option<SenseCode> {
    match unit.state.playback.as_ref()?.status(unit.state.now) {
        AudioStatus::PLAYING => Some(codes::AUDIO_PLAY_OPERATION_IN_PROGRESS),
        AudioStatus::PAUSED => Some(codes::AUDIO_PLAY_OPERATION_PAUSED),
        _ => None,
    }
}

/// Descriptor format (SPC-3 4.5.2), with the progress where there is one.
fn descriptor_format(check: &Check, reply: &mut Reply<'_>) {
    let code = check.code();
    let progress = check.progress_numerator();
    let additional = if progress.is_some() { 8 } else { 0 };
    reply.put(&[0x72, code.key as u8, code.asc, code.ascq, 0, 0, 0, additional]);
    if let Some(numerator) = progress {
        let [high, low] = numerator.to_be_bytes();
        reply.put(&[0x02, 0x06, 0, 0, 0x80, high, low, 0]);
    }
}
