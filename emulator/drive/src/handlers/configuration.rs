//! GET CONFIGURATION: profiles and features.

use crate::check::Check;
use crate::dispatch::{Call, Done, Execute, Outcome};
use crate::medium::Family;
use crate::quirk::Quirk;
use crate::unit::Unit;
use discrig_wire::ascii::Ascii;
use discrig_wire::command::GetConfiguration;
use discrig_wire::event::EventClasses;
use discrig_wire::feature::{
    BdRead, BdWrite, CdMastering, CdRead, CdTrackAtOnce, Configuration, Core, DriveSerialNumber,
    DvdMinusWrite, DvdPlusR, DvdPlusRDl, DvdRead, FeatureCode, FeatureSpec, FirmwareInformation, Formattable,
    IncrementalStreamingWritable, LoadingMechanism, Morphing, MultiRead, PowerManagement, ProfileList,
    RandomReadable, RealTimeStreaming, RemovableMedium, RequestedType, TimeOut, WriteProtect,
};
use discrig_wire::mode::DataBlockType;
use discrig_wire::reply::Reply;

impl Execute for GetConfiguration {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let from = FeatureCode(self.starting_feature_number);
        let wanted: fn(FeatureCode, FeatureCode, bool) -> bool = match RequestedType(self.requested_type) {
            RequestedType::ALL => |code, from, _| code >= from,
            RequestedType::CURRENT => |code, from, current| code >= from && current,
            RequestedType::ONE if unit.quirks.has(Quirk::GetConfigurationRt2ReturnsRest) => {
                |code, from, _| code >= from
            }
            RequestedType::ONE => |code, from, _| code == from,
            _ => return Err(Check::field(GetConfiguration::SPEC, "requested_type").into()),
        };
        let outcome = call.reply(self.allocation_length.into(), |reply| {
            Configuration::encode(unit.current_profile(), reply, |reply| {
                for (code, encode) in FEATURES {
                    let current = is_current(unit, *code);
                    if has(unit, *code) && wanted(*code, from, current) {
                        encode(unit, current, reply);
                    }
                }
            });
        });
        if unit.quirks.has(Quirk::GetConfigurationLengthCountsItself) {
            count_itself(call.buffer, outcome);
        }
        outcome
    }
}

/// Adds the data length's own four bytes to it.
fn count_itself(buffer: &mut [u8], outcome: Outcome) {
    if let (Ok(Done::Data(4..)), Some([a, b, c, d, ..])) = (outcome, buffer.get(..4)) {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) + 4;
        buffer[..4].copy_from_slice(&length.to_be_bytes());
    }
}

/// Features that every drive of the rig has.
const ALWAYS: &[FeatureCode] = &[
    FeatureCode::PROFILE_LIST,
    FeatureCode::CORE,
    FeatureCode::MORPHING,
    FeatureCode::REMOVABLE_MEDIUM,
    FeatureCode::POWER_MANAGEMENT,
    FeatureCode::TIME_OUT,
    FeatureCode::DRIVE_SERIAL_NUMBER,
    FeatureCode::FIRMWARE_INFORMATION,
];

fn has(unit: &Unit, code: FeatureCode) -> bool {
    ALWAYS.contains(&code) || unit.config.profile.features.contains(&code)
}

/// Persistent features always are; others with a medium that they are about, those for recording while it can be recorded.
fn is_current(unit: &Unit, code: FeatureCode) -> bool {
    if FeatureSpec::of(code).is_some_and(|spec| spec.persistent) {
        return true;
    }
    unit.medium().is_some_and(|disc| {
        let spec = disc.spec();
        let writes = spec.write_features.contains(&code) || code == FeatureCode::WRITE_PROTECT;
        spec.read_features.contains(&code) || (writes && disc.is_writable())
    })
}

type Encode = fn(&Unit, bool, &mut Reply<'_>);

/// What each feature says, ascending by its number.
const FEATURES: &[(FeatureCode, Encode)] = &[
    (FeatureCode::PROFILE_LIST, profile_list),
    (FeatureCode::CORE, |unit, current, reply| {
        let interface = unit.config.profile.interface;
        let device_busy_events = reports(unit, EventClasses::DEVICE_BUSY);
        Core { interface, inquiry_2: true, device_busy_events }.encode(current, reply);
    }),
    (FeatureCode::MORPHING, |unit, current, reply| {
        let operational_change_events = reports(unit, EventClasses::OPERATIONAL_CHANGE);
        Morphing { operational_change_events, asynchronous: false }.encode(current, reply);
    }),
    (FeatureCode::REMOVABLE_MEDIUM, |unit, current, reply| removable_medium(unit).encode(current, reply)),
    (FeatureCode::WRITE_PROTECT, |_, current, reply| {
        WriteProtect { software_write_protect: true, ..WriteProtect::default() }.encode(current, reply);
    }),
    (FeatureCode::RANDOM_READABLE, |unit, current, reply| {
        let blocking = unit.medium().map_or(1, |disc| disc.spec().blocking);
        RandomReadable { block_size: 2048, blocking, error_recovery_page: true }.encode(current, reply);
    }),
    (FeatureCode::MULTI_READ, |_, current, reply| MultiRead {}.encode(current, reply)),
    (FeatureCode::CD_READ, |_, current, reply| CdRead::default().encode(current, reply)),
    (FeatureCode::DVD_READ, |_, current, reply| {
        DvdRead { multi_110: true, dual_r: true, ..DvdRead::default() }.encode(current, reply);
    }),
    (FeatureCode::INCREMENTAL_STREAMING_WRITABLE, incremental_streaming),
    (FeatureCode::FORMATTABLE, |_, current, reply| Formattable::default().encode(current, reply)),
    (FeatureCode::DVD_PLUS_R, |_, current, reply| DvdPlusR { write: true }.encode(current, reply)),
    (FeatureCode::CD_TRACK_AT_ONCE, |_, current, reply| {
        CdTrackAtOnce {
            buffer_underrun_free: true,
            test_write: true,
            data_block_types: CD_BLOCK_TYPES,
            ..CdTrackAtOnce::default()
        }
        .encode(current, reply);
    }),
    (FeatureCode::CD_MASTERING, |_, current, reply| {
        CdMastering {
            buffer_underrun_free: true,
            session_at_once: true,
            test_write: true,
            maximum_cue_sheet: 0x0C00,
            ..CdMastering::default()
        }
        .encode(current, reply);
    }),
    (FeatureCode::DVD_R_RW_WRITE, |_, current, reply| {
        DvdMinusWrite { buffer_underrun_free: true, dual_layer: true, test_write: true, dvd_rw: false }
            .encode(current, reply);
    }),
    (FeatureCode::DVD_PLUS_R_DL, |_, current, reply| DvdPlusRDl { write: true }.encode(current, reply)),
    (FeatureCode::BD_READ, |_, current, reply| {
        BdRead {
            re_classes: [0x000C, 0, 0, 0],
            r_classes: [0x0006, 0, 0, 0],
            rom_classes: [0x0002, 0, 0, 0],
            ..BdRead::default()
        }
        .encode(current, reply);
    }),
    (FeatureCode::BD_WRITE, |_, current, reply| {
        BdWrite { r_classes: [0x0006, 0, 0, 0], ..BdWrite::default() }.encode(current, reply);
    }),
    (FeatureCode::POWER_MANAGEMENT, |_, current, reply| PowerManagement {}.encode(current, reply)),
    (FeatureCode::TIME_OUT, |_, current, reply| TimeOut::default().encode(current, reply)),
    (FeatureCode::REAL_TIME_STREAMING, |_, current, reply| {
        RealTimeStreaming {
            set_cd_speed: true,
            mode_page_2a: true,
            write_speed_performance: true,
            ..RealTimeStreaming::default()
        }
        .encode(current, reply);
    }),
    (FeatureCode::DRIVE_SERIAL_NUMBER, |unit, current, reply| {
        let serial = unit.config.profile.serial.as_bytes();
        DriveSerialNumber {}.encode_with(0, current, serial, reply);
    }),
    (FeatureCode::FIRMWARE_INFORMATION, |unit, current, reply| {
        let created = Ascii::new(&unit.config.profile.firmware_date);
        FirmwareInformation { created }.encode(current, reply);
    }),
];

/// Data block types that can be recorded on CD.
const CD_BLOCK_TYPES: u16 =
    1 << DataBlockType::MODE_1.0 | 1 << DataBlockType::MODE_2_FORM_1.0 | 1 << DataBlockType::MODE_2_MIXED.0;

/// Whether GET EVENT STATUS NOTIFICATION has these events.
fn reports(unit: &Unit, classes: EventClasses) -> bool {
    unit.config.profile.event_classes.contains(classes)
}

fn profile_list(unit: &Unit, _: bool, reply: &mut Reply<'_>) {
    let now = unit.current_profile();
    let profiles = unit.config.profile.profiles.iter();
    ProfileList::encode_list(profiles.map(|profile| (*profile, *profile == now)), reply);
}

fn removable_medium(unit: &Unit) -> RemovableMedium {
    RemovableMedium {
        loading_mechanism: LoadingMechanism(unit.config.profile.loading.0),
        load: unit.config.profile.can_load,
        eject: true,
        prevent_jumper: false,
        device_busy_medium_load: reports(unit, EventClasses::DEVICE_BUSY),
        lock: true,
    }
}

fn incremental_streaming(unit: &Unit, current: bool, reply: &mut Reply<'_>) {
    let cd = unit.medium().is_some_and(|disc| disc.spec().family == Family::Cd);
    let (data_block_types, link) = if cd { (CD_BLOCK_TYPES, 7) } else { (1 << DataBlockType::MODE_1.0, 16) };
    IncrementalStreamingWritable {
        data_block_types,
        buffer_underrun_free: true,
        number_of_link_sizes: 1,
        ..IncrementalStreamingWritable::default()
    }
    .encode_with(1, current, &[link], reply);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_ascend() {
        assert!(FEATURES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
