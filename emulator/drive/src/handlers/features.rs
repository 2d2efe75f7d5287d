//! What each feature of GET CONFIGURATION says.

use crate::profile::CdWriteMode;
use crate::unit::Unit;
use discrig_disc::{Family, Rules};
use discrig_wire::ascii::Ascii;
use discrig_wire::event::EventClasses;
use discrig_wire::feature::{
    BdRPseudoOverwrite, BdRead, BdWrite, CdAudioExternalPlay, CdMastering, CdRead, CdRwCavWrite,
    CdRwMediaWrite, CdTrackAtOnce, Core, DiscControlBlocks, DriveSerialNumber, DvdMinusWrite, DvdPlusR,
    DvdPlusRDl, DvdPlusRw, DvdRead, FeatureCode, FirmwareInformation, Formattable, HardwareDefectManagement,
    IncrementalStreamingWritable, LayerJumpRecording, LoadingMechanism, Morphing, MultiRead, PowerManagement,
    ProfileList, RandomReadable, RandomWritable, RealTimeStreaming, RemovableMedium, RestrictedOverwrite,
    RigidRestrictedOverwrite, TimeOut, WriteOnce, WriteProtect,
};
use discrig_wire::mode::{DataBlockType, WriteType};
use discrig_wire::reply::Reply;

pub(super) type Encode = fn(&Unit, bool, &mut Reply<'_>);

/// What each feature says, ascending by its number.
pub(super) const FEATURES: &[(FeatureCode, Encode)] = &[
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
        let blocking = unit.medium().map_or(1, |disc| disc.kind.spec().blocking);
        RandomReadable { block_size: 2048, blocking, error_recovery_page: true }.encode(current, reply);
    }),
    (FeatureCode::MULTI_READ, |_, current, reply| MultiRead {}.encode(current, reply)),
    (FeatureCode::CD_READ, |_, current, reply| {
        CdRead { c2_flags: true, cd_text: true, ..CdRead::default() }.encode(current, reply);
    }),
    (FeatureCode::DVD_READ, |_, current, reply| {
        DvdRead { multi_110: true, dual_r: true, ..DvdRead::default() }.encode(current, reply);
    }),
    (FeatureCode::RANDOM_WRITABLE, |unit, current, reply| {
        let (last_block, blocking) =
            unit.medium().map_or((0, 1), |disc| (disc.last_block(), disc.kind.spec().blocking));
        RandomWritable { last_block, block_size: 2048, blocking, error_recovery_page: true }
            .encode(current, reply);
    }),
    (FeatureCode::INCREMENTAL_STREAMING_WRITABLE, incremental_streaming),
    (FeatureCode::FORMATTABLE, |_, current, reply| {
        Formattable {
            expand_without_spare_areas: true,
            quick_certification: true,
            full_certification: true,
            random_recording: true,
            ..Formattable::default()
        }
        .encode(current, reply);
    }),
    (FeatureCode::HARDWARE_DEFECT_MANAGEMENT, |_, current, reply| {
        HardwareDefectManagement { spare_area_information: true }.encode(current, reply);
    }),
    (FeatureCode::WRITE_ONCE, |_, current, reply| {
        WriteOnce { block_size: 2048, blocking: 32, error_recovery_page: true }.encode(current, reply);
    }),
    (FeatureCode::RESTRICTED_OVERWRITE, |_, current, reply| RestrictedOverwrite {}.encode(current, reply)),
    (FeatureCode::CD_RW_CAV_WRITE, |_, current, reply| CdRwCavWrite {}.encode(current, reply)),
    (FeatureCode::DVD_PLUS_RW, |_, current, reply| {
        DvdPlusRw { write: true, quick_start: true, close_only: false }.encode(current, reply);
    }),
    (FeatureCode::DVD_PLUS_R, |_, current, reply| DvdPlusR { write: true }.encode(current, reply)),
    (FeatureCode::RIGID_RESTRICTED_OVERWRITE, |_, current, reply| {
        RigidRestrictedOverwrite { intermediate: true, blank: true, ..RigidRestrictedOverwrite::default() }
            .encode(current, reply);
    }),
    (FeatureCode::CD_TRACK_AT_ONCE, |_, current, reply| {
        CdTrackAtOnce {
            buffer_underrun_free: true,
            test_write: true,
            cd_rw: true,
            data_block_types: WriteType::TRACK_AT_ONCE.data_block_types().0,
            ..CdTrackAtOnce::default()
        }
        .encode(current, reply);
    }),
    (FeatureCode::CD_MASTERING, |unit, current, reply| {
        let modes = &unit.config.profile.cd_write_modes;
        CdMastering {
            buffer_underrun_free: true,
            session_at_once: modes.contains(&CdWriteMode::Sao),
            raw: modes.iter().any(|mode| mode.is_raw()),
            test_write: true,
            cd_rw: true,
            sub_channel: modes.iter().any(|mode| mode.has_sub_channels()),
            maximum_cue_sheet: 0x0C00,
            ..CdMastering::default()
        }
        .encode(current, reply);
    }),
    (FeatureCode::DVD_R_RW_WRITE, |_, current, reply| {
        DvdMinusWrite { buffer_underrun_free: true, dual_layer: true, test_write: true, dvd_rw: true }
            .encode(current, reply);
    }),
    (FeatureCode::LAYER_JUMP_RECORDING, |_, current, reply| {
        LayerJumpRecording { number_of_link_sizes: 1 }.encode_with(0, current, &[16, 0, 0, 0], reply);
    }),
    (FeatureCode::CD_RW_MEDIA_WRITE, |_, current, reply| {
        // Up to ultra speed plus.
        CdRwMediaWrite { sub_types: 0x0F }.encode(current, reply);
    }),
    (FeatureCode::BD_R_PSEUDO_OVERWRITE, |_, current, reply| BdRPseudoOverwrite {}.encode(current, reply)),
    (FeatureCode::DVD_PLUS_R_DL, |_, current, reply| DvdPlusRDl { write: true }.encode(current, reply)),
    (FeatureCode::BD_READ, |_, current, reply| {
        BdRead {
            burst_cutting_area: true,
            re_classes: [0x000C, 0, 0, 0],
            r_classes: [0x0006, 0, 0, 0],
            rom_classes: [0x0002, 0, 0, 0],
        }
        .encode(current, reply);
    }),
    (FeatureCode::BD_WRITE, |_, current, reply| {
        BdWrite { re_classes: [0x000C, 0, 0, 0], r_classes: [0x0006, 0, 0, 0], ..BdWrite::default() }
            .encode(current, reply);
    }),
    (FeatureCode::POWER_MANAGEMENT, |_, current, reply| PowerManagement {}.encode(current, reply)),
    (FeatureCode::CD_AUDIO_EXTERNAL_PLAY, |_, current, reply| {
        CdAudioExternalPlay { scan: true, separate_mute: true, separate_volume: true, volume_levels: 0x0100 }
            .encode(current, reply);
    }),
    (FeatureCode::TIME_OUT, |_, current, reply| TimeOut::default().encode(current, reply)),
    (FeatureCode::REAL_TIME_STREAMING, |_, current, reply| {
        RealTimeStreaming {
            set_cd_speed: true,
            mode_page_2a: true,
            write_speed_performance: true,
            read_buffer_capacity_in_blocks: true,
            stream_writing: true,
            ..RealTimeStreaming::default()
        }
        .encode(current, reply);
    }),
    (FeatureCode::DRIVE_SERIAL_NUMBER, |unit, current, reply| {
        let serial = unit.config.profile.serial.as_bytes();
        DriveSerialNumber {}.encode_with(0, current, serial, reply);
    }),
    (FeatureCode::DISC_CONTROL_BLOCKS, |_, current, reply| {
        DiscControlBlocks {}.encode_with(0, current, b"FDC\0SDC\0", reply);
    }),
    (FeatureCode::FIRMWARE_INFORMATION, |unit, current, reply| {
        let created = Ascii::new(&unit.config.profile.firmware_date);
        FirmwareInformation { created }.encode(current, reply);
    }),
];

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
    let medium = unit.medium().map(|disc| disc.kind.spec());
    let (data_block_types, link) = match medium.map(|medium| medium.family) {
        Some(Family::Cd) => (WriteType::PACKET.data_block_types().0, 7),
        _ => (1 << DataBlockType::MODE_1.0, 16),
    };
    // Where RESERVE TRACK counts blocks alone.
    let by_blocks = [Rules::DvdMinusR, Rules::DvdMinusRw];
    IncrementalStreamingWritable {
        data_block_types,
        reserve_by_address: medium.is_some_and(|medium| !by_blocks.contains(&medium.rules)),
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
