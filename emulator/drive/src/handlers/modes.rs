//! MODE SENSE and MODE SELECT, 6 and 10.

use crate::check::{Check, Refused};
use crate::dispatch::{Call, Done, Execute, Outcome};
use crate::modes::{ModePages, PageSpec};
use crate::profile::{CdWriteMode, highest};
use crate::quirk::Quirk;
use crate::unit::Unit;
use discrig_disc::{Family, MediumKind};
use discrig_wire::command::{CommandSpec, ModeSelect6, ModeSelect10, ModeSense6, ModeSense10};
use discrig_wire::feature::Profile as MediaProfile;
use discrig_wire::mode::{
    CapabilitiesPage, ModeData, ModeForm, ModePage, PageCode, PageControl, ParameterList, ParameterListError,
    WriteParametersPage, WriteSpeedDescriptor, first_difference,
};
use discrig_wire::reply::Reply;
use discrig_wire::sense::codes;

/// What both forms of MODE SENSE ask.
struct Sense {
    form: ModeForm,
    spec: &'static CommandSpec,
    control: u8,
    page: u8,
    subpage: u8,
    allocation: usize,
}

impl Execute for ModeSense6 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let allocation = self.allocation_length.into();
        let (control, page, subpage) = (self.page_control, self.page_code, self.subpage_code);
        Sense { form: ModeForm::Six, spec: ModeSense6::SPEC, control, page, subpage, allocation }
            .execute(unit, call)
    }
}

impl Execute for ModeSense10 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let allocation = self.allocation_length.into();
        let (control, page, subpage) = (self.page_control, self.page_code, self.subpage_code);
        Sense { form: ModeForm::Ten, spec: ModeSense10::SPEC, control, page, subpage, allocation }
            .execute(unit, call)
    }
}

impl Sense {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let control = PageControl::from_low_bits(self.control);
        if control == PageControl::Saved && !unit.config.profile.saves_mode_pages {
            return Err(codes::SAVING_PARAMETERS_NOT_SUPPORTED.into());
        }
        if self.subpage != 0 {
            return Err(Check::field(self.spec, "subpage_code").into());
        }
        let wanted = PageCode(self.page);
        let all = wanted == PageCode::ALL;
        if !all && wanted != PageCode::CAPABILITIES && PageSpec::of(wanted).is_none() {
            return Err(Check::field(self.spec, "page_code").into());
        }
        call.reply(self.allocation, |reply| {
            ModeData::encode(self.form, 0, reply, |reply| {
                for spec in ModePages::TABLE.iter().filter(|spec| all || spec.code == wanted) {
                    reply.put(&saveable(unit, page(unit, spec, control)));
                }
                if all || wanted == PageCode::CAPABILITIES {
                    capabilities_under(unit, control, reply);
                }
            });
        })
    }
}

fn page(unit: &Unit, spec: &PageSpec, control: PageControl) -> Vec<u8> {
    match control {
        PageControl::Changeable => spec.changeable_of(&unit.config.profile),
        PageControl::Default => spec.default_of(&unit.config.profile),
        PageControl::Current => spec.current_of(&unit.config.profile, &unit.state.modes),
        PageControl::Saved => spec.current_of(&unit.config.profile, &unit.state.saved_modes),
    }
}

/// A page with its PS bit as the drive has it.
fn saveable(unit: &Unit, mut page: Vec<u8>) -> Vec<u8> {
    if unit.config.profile.saves_mode_pages
        && let Some(code) = page.first_mut()
    {
        *code |= 0x80;
    }
    page
}

/// Page 2Ah: nothing in it can be changed, so its mask is all zeros, and what it says of now is its default too.
fn capabilities_under(unit: &Unit, control: PageControl, reply: &mut Reply<'_>) {
    let speeds = write_speeds(unit);
    let start = reply.length();
    if control == PageControl::Changeable {
        let none = vec![WriteSpeedDescriptor::default(); speeds.len()];
        CapabilitiesPage::default().encode(&none, reply);
        reply.patch(start + 30, &[0, 0]);
    } else {
        capabilities(unit).encode(&speeds, reply);
    }
    let least = unit.config.profile.capabilities_length;
    let missing = (start + 2 + usize::from(least)).saturating_sub(reply.length());
    if missing > 0 {
        reply.zeros(missing);
        reply.patch(start + 1, &[least]);
    }
}

/// Page 2Ah has 16 bits for a speed.
fn narrow(speed: u32) -> u16 {
    u16::try_from(speed).unwrap_or(u16::MAX)
}

fn write_speeds(unit: &Unit) -> Vec<WriteSpeedDescriptor> {
    let Some(disc) = unit.recordable_medium() else { return Vec::new() };
    let speeds = unit.speeds(disc.kind, true);
    let descriptor = |speed: &u32| WriteSpeedDescriptor {
        rotation_control: unit.rotation_control(disc, *speed),
        write_speed: narrow(*speed),
    };
    speeds.iter().map(descriptor).collect()
}

fn capabilities(unit: &Unit) -> CapabilitiesPage {
    let profile = &unit.config.profile;
    let claims = &profile.capabilities;
    let reads = |media: MediaProfile| profile.supports(media);
    let kind = unit.medium().map_or(MediumKind::CdRom, |disc| disc.kind);
    let write_speed = narrow(unit.speed(kind, true));
    let rotation_control = match unit.recordable_medium() {
        Some(disc) => unit.rotation_control(disc, unit.speed(kind, true)),
        None => claims.rotation_control,
    };
    CapabilitiesPage {
        dvd_ram_read: claims.dvd_ram_read || reads(MediaProfile::DVD_RAM),
        dvd_r_read: claims.dvd_r_read || reads(MediaProfile::DVD_R_SEQUENTIAL),
        dvd_rom_read: claims.dvd_rom_read || reads(MediaProfile::DVD_ROM),
        cd_rw_read: claims.cd_rw_read || reads(MediaProfile::CD_RW),
        cd_r_read: claims.cd_r_read || reads(MediaProfile::CD_R),
        dvd_ram_write: claims.dvd_ram_write || reads(MediaProfile::DVD_RAM),
        dvd_r_write: claims.dvd_r_write || reads(MediaProfile::DVD_R_SEQUENTIAL),
        cd_rw_write: claims.cd_rw_write || reads(MediaProfile::CD_RW),
        cd_r_write: claims.cd_r_write || reads(MediaProfile::CD_R),
        loading_mechanism: profile.loading,
        eject: true,
        lock_state: unit.state.ledger.is_prevented() && !unit.quirks.has(Quirk::LockStateBitStale),
        prevent_jumper: false,
        lock: true,
        maximum_read_speed: narrow(highest(unit.speeds(kind, false))),
        buffer_size_kb: profile.buffer_kb,
        current_read_speed: narrow(unit.speed(kind, false)),
        maximum_write_speed: narrow(highest(unit.speeds(kind, true))),
        rotation_control,
        current_write_speed_mmc_2: write_speed,
        current_write_speed: write_speed,
        ..*claims
    }
}

/// What both forms of MODE SELECT say.
struct Select {
    form: ModeForm,
    spec: &'static CommandSpec,
    page_format: bool,
    save_pages: bool,
    length: usize,
}

impl Execute for ModeSelect6 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let ModeSelect6 { page_format, save_pages, parameter_list_length } = *self;
        let length = parameter_list_length.into();
        Select { form: ModeForm::Six, spec: ModeSelect6::SPEC, page_format, save_pages, length }
            .execute(unit, call)
    }
}

impl Execute for ModeSelect10 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let ModeSelect10 { page_format, save_pages, parameter_list_length } = *self;
        let length = parameter_list_length.into();
        Select { form: ModeForm::Ten, spec: ModeSelect10::SPEC, page_format, save_pages, length }
            .execute(unit, call)
    }
}

impl Select {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        if self.save_pages && !unit.config.profile.saves_mode_pages {
            return Err(Check::field(self.spec, "save_pages").into());
        }
        if !self.page_format {
            return Err(Check::field(self.spec, "page_format").into());
        }
        let Some(bytes) = call.data_out.get(..self.length) else {
            return Err(codes::PARAMETER_LIST_LENGTH_ERROR.into());
        };
        let list = ParameterList::parse(self.form, bytes).map_err(refused)?;
        if list.block_descriptor.is_some_and(|descriptor| descriptor.block_length != 2048) {
            return Err(refused(list.block_length_error()));
        }
        // All or nothing.
        let mut modes = unit.state.modes;
        for (offset, page) in list.pages() {
            change(unit, &mut modes, offset, &page)?;
        }
        if self.save_pages {
            unit.state.saved_modes = modes;
            // Protection by software ends with the power, whatever was saved.
            unit.state.saved_modes.time_out_and_protect.software_write_protect = false;
        }
        // What was rehearsed ends with the parameters that asked for it.
        if modes.write_parameters != unit.state.modes.write_parameters
            && let Some(disc) = &mut unit.state.disc
        {
            disc.end_rehearsal();
        }
        if modes != unit.state.modes {
            unit.state.modes = modes;
            unit.establish_others(call.nexus, codes::MODE_PARAMETERS_CHANGED);
        }
        Ok(Done::Good)
    }
}

fn refused(error: ParameterListError) -> Refused {
    match error {
        ParameterListError::CutOff { .. } => codes::PARAMETER_LIST_LENGTH_ERROR.into(),
        ParameterListError::InvalidField { byte, bit } => Check::parameter(byte, Some(bit)).into(),
    }
}

/// Takes over a page that stands at `offset` of the list, when it changes nothing that cannot be changed and says nothing illegal.
fn change(unit: &Unit, modes: &mut ModePages, offset: usize, page: &ModePage<'_>) -> Result<(), Refused> {
    let at = |byte: usize, bit| Check::parameter((offset + byte) as u16, bit);
    let spec = match PageSpec::of(page.code) {
        Some(spec) if page.subpage.is_none() => spec,
        _ => return Err(at(0, Some(5)).into()),
    };
    let profile = &unit.config.profile;
    let (now, changeable) = (spec.current_of(profile, modes), spec.changeable_of(profile));
    if let Some((byte, bit)) = first_difference(page.bytes, &now, &changeable) {
        return Err(at(byte, Some(bit)).into());
    }
    if page.code == PageCode::WRITE_PARAMETERS {
        let wanted = WriteParametersPage::parse(page).map_err(|_| at(0, None))?;
        legal(unit, &wanted).map_err(|(byte, bit)| at(byte, Some(bit)))?;
    }
    if spec.store(modes, page.bytes) { Ok(()) } else { Err(at(0, None).into()) }
}

/// Whether this model writes so. Of other media than CD the same settings mean something else.
fn writes(unit: &Unit, mode: CdWriteMode) -> bool {
    let cd = unit.medium().is_some_and(|disc| disc.kind.spec().family == Family::Cd);
    let matters = cd || mode.is_raw() || mode.has_sub_channels();
    !matters || unit.config.profile.cd_write_modes.contains(&mode)
}

/// Whether write parameters are possible on any medium; where not, byte and bit of the first that is not (MMC-5 7.5.4).
fn legal(unit: &Unit, page: &WriteParametersPage) -> Result<(), (usize, u8)> {
    if page.write_type.name().is_none() {
        return Err((2, 3));
    }
    let asked = CdWriteMode::asked_for(page.write_type, page.data_block_type);
    if asked.is_some_and(|mode| !writes(unit, mode)) {
        return Err((2, 3));
    }
    if page.multi_session.0 == 2 {
        return Err((3, 7));
    }
    if !page.write_type.data_block_types().contains(page.data_block_type) {
        return Err((4, 3));
    }
    if page.fixed_packet && ![16, 32].contains(&page.packet_size) {
        return Err((10, 7));
    }
    Ok(())
}
