//! What distinguishes one model of drive from another, as data.

mod media;
mod overrides;
mod rotation;
mod speeds;

pub use overrides::{CdWriteMode, FeatureData, Hex, HexKey, InquiryData, ModePageData};
pub use rotation::Rotations;
pub use speeds::Speeds;

pub(crate) use speeds::{highest, round_down};

use crate::buffer::FullBuffer;
use crate::timing::Latencies;
use discrig_wire::event::EventClasses;
use discrig_wire::feature::{FeatureCode, LoadingMechanism, PhysicalInterface, Profile as MediaProfile};
use discrig_wire::mode::{CapabilitiesPage, PageCode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A model of drive.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Profile {
    /// T10 vendor identification, 8 characters at most.
    pub vendor: String,
    /// Product identification, 16 characters at most.
    pub product: String,
    /// Product revision level, 4 characters at most.
    pub revision: String,
    /// Serial number: VPD page 80h and feature 0108h.
    pub serial: String,
    /// When the firmware was made, as feature 010Ch says it: 14 digits from the century to the second.
    pub firmware_date: String,
    /// 64-bit name of the logical unit for VPD page 83h (NAA format in its upper four bits); derived from the serial number when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_name: Option<u64>,
    /// What standard INQUIRY data say beside the names.
    pub inquiry: InquiryData,
    /// How the drive is connected, feature 0001h.
    pub interface: PhysicalInterface,
    /// How a medium gets in.
    pub loading: LoadingMechanism,
    /// The tray can be closed by command.
    pub can_load: bool,
    /// Buffer in kB, mode page 2Ah.
    pub buffer_kb: u16,
    /// Reading speeds.
    pub read_speeds: Speeds,
    /// Recording speeds.
    pub write_speeds: Speeds,
    /// How discs turn when they are read.
    pub read_rotation: Rotations,
    /// How discs turn when they are recorded.
    pub write_rotation: Rotations,
    /// How fast the drive can turn a disc, in revolutions a minute.
    pub maximum_rpm: u32,
    /// What a WRITE gets for which the buffer has no room.
    pub full_buffer: FullBuffer,
    /// Profiles that the drive supports, in the order of feature 0000h.
    pub profiles: Vec<MediaProfile>,
    /// Features that the drive has, beside feature 0000h and as far as they are about media that it supports.
    pub features: Vec<FeatureCode>,
    /// Descriptors that differ from the generic ones. A feature that stands here is there, whatever [`Profile::features`] says.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub feature_data: BTreeMap<HexKey<4>, FeatureData>,
    /// The operation codes that are answered, of those that the rig has; all of them when absent. Others are unknown (05/20/00).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commands: Option<Vec<u8>>,
    /// How CD can be written.
    pub cd_write_modes: Vec<CdWriteMode>,
    /// What page 2Ah claims, as far as it does not follow from the rest: fields about media are set by [`Profile::profiles`] as well, and
    /// mechanism, lock, speeds and buffer are never taken from here.
    pub capabilities: CapabilitiesPage,
    /// The page length of page 2Ah at least: zeros fill it up.
    pub capabilities_length: u8,
    /// Mode pages that differ from the generic ones.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub mode_pages: BTreeMap<HexKey<2>, ModePageData>,
    /// Mode pages can be saved, and come back with the power.
    pub saves_mode_pages: bool,
    /// Event classes that GET EVENT STATUS NOTIFICATION supports.
    pub event_classes: EventClasses,
    /// How long things take under realistic timing.
    pub latencies: Latencies,
}

impl Profile {
    /// A tray-loading BD recorder that follows MMC-6 wherever it is clear.
    #[must_use]
    pub fn generic_bd_writer() -> Profile {
        Profile {
            vendor: "DISCRIG".into(),
            product: "BD-RE EMULATOR".into(),
            revision: "1.00".into(),
            serial: "DR0000000001".into(),
            firmware_date: "20261101000000".into(),
            unit_name: None,
            inquiry: InquiryData::default(),
            interface: PhysicalInterface::SCSI,
            loading: LoadingMechanism::TRAY,
            can_load: true,
            buffer_kb: 4096,
            read_speeds: Speeds {
                cd: vec![8467, 7056, 5645, 4234, 2822, 1411, 706],
                dvd: vec![22_160, 16_620, 11_080, 5540, 2770],
                bd: vec![53_940, 35_960, 26_970, 17_980, 8990],
                media: BTreeMap::new(),
            },
            write_speeds: Speeds {
                cd: vec![8467, 7056, 5645, 4234, 2822, 1411, 706],
                dvd: vec![22_160, 16_620, 11_080, 8310, 5540, 3324],
                bd: vec![71_920, 53_940, 35_960, 26_970, 17_980, 8990],
                media: BTreeMap::new(),
            },
            read_rotation: Rotations::generic_reading(),
            write_rotation: Rotations::generic_recording(),
            maximum_rpm: 10_500,
            full_buffer: FullBuffer::Hold,
            profiles: GENERIC_PROFILES.to_vec(),
            features: GENERIC_FEATURES.to_vec(),
            feature_data: BTreeMap::new(),
            commands: None,
            cd_write_modes: CdWriteMode::ALL.to_vec(),
            capabilities: CapabilitiesPage {
                test_write: true,
                buffer_underrun_free: true,
                multi_session: true,
                mode_2_form_2: true,
                mode_2_form_1: true,
                audio_play: true,
                upc: true,
                isrc: true,
                c2_pointers: true,
                sub_channel_corrected: true,
                sub_channel: true,
                accurate_stream: true,
                cd_da: true,
                separate_mute: true,
                separate_volume: true,
                volume_levels: 256,
                copy_management_revision: 1,
                ..CapabilitiesPage::default()
            },
            capabilities_length: 0,
            mode_pages: BTreeMap::new(),
            saves_mode_pages: false,
            event_classes: EventClasses::OPERATIONAL_CHANGE
                .union(EventClasses::POWER_MANAGEMENT)
                .union(EventClasses::EXTERNAL_REQUEST)
                .union(EventClasses::MEDIA)
                .union(EventClasses::MULTI_HOST)
                .union(EventClasses::DEVICE_BUSY),
            latencies: Latencies::default(),
        }
    }

    /// Whether this model knows media of a profile.
    #[must_use]
    pub fn supports(&self, profile: MediaProfile) -> bool {
        self.profiles.contains(&profile)
    }

    /// Whether this model has a feature.
    #[must_use]
    pub fn has_feature(&self, code: FeatureCode) -> bool {
        let applies = || media::media_of(code).is_none_or(|about| about.iter().any(|of| self.supports(*of)));
        code == FeatureCode::PROFILE_LIST
            || self.feature_data.contains_key(&HexKey(code.0))
            || self.features.contains(&code) && applies()
    }

    /// Whether this model knows an operation code, as far as the rig does.
    #[must_use]
    pub fn answers(&self, opcode: u8) -> bool {
        self.commands.as_ref().is_none_or(|known| known.contains(&opcode))
    }

    /// What it says of a mode page in its own bytes.
    pub(crate) fn mode_page(&self, code: PageCode) -> Option<&ModePageData> {
        self.mode_pages.get(&HexKey(code.0.into()))
    }

    /// The unit's NAA name: as given, or locally assigned (3h) from the serial number.
    #[must_use]
    pub fn naa(&self) -> u64 {
        self.unit_name.unwrap_or_else(|| {
            // FNV-1a: any stable hash would do.
            let hash = self
                .vendor
                .bytes()
                .chain(self.product.bytes())
                .chain(self.serial.bytes())
                .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
                    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
                });
            (hash >> 4) | (0x3 << 60)
        })
    }
}

/// Profiles of the generic drive.
const GENERIC_PROFILES: &[MediaProfile] = &[
    MediaProfile::BD_RE,
    MediaProfile::BD_R_RRM,
    MediaProfile::BD_R_SRM,
    MediaProfile::BD_ROM,
    MediaProfile::DVD_PLUS_R_DL,
    MediaProfile::DVD_PLUS_R,
    MediaProfile::DVD_PLUS_RW,
    MediaProfile::DVD_R_DL_LAYER_JUMP,
    MediaProfile::DVD_R_DL_SEQUENTIAL,
    MediaProfile::DVD_RW_SEQUENTIAL,
    MediaProfile::DVD_RW_RESTRICTED_OVERWRITE,
    MediaProfile::DVD_RAM,
    MediaProfile::DVD_R_SEQUENTIAL,
    MediaProfile::DVD_ROM,
    MediaProfile::CD_RW,
    MediaProfile::CD_R,
    MediaProfile::CD_ROM,
    MediaProfile::REMOVABLE_DISK,
];

/// Features of the generic drive.
const GENERIC_FEATURES: &[FeatureCode] = &[
    FeatureCode::CORE,
    FeatureCode::MORPHING,
    FeatureCode::REMOVABLE_MEDIUM,
    FeatureCode::WRITE_PROTECT,
    FeatureCode::RANDOM_READABLE,
    FeatureCode::MULTI_READ,
    FeatureCode::CD_READ,
    FeatureCode::DVD_READ,
    FeatureCode::RANDOM_WRITABLE,
    FeatureCode::INCREMENTAL_STREAMING_WRITABLE,
    FeatureCode::FORMATTABLE,
    FeatureCode::HARDWARE_DEFECT_MANAGEMENT,
    FeatureCode::WRITE_ONCE,
    FeatureCode::RESTRICTED_OVERWRITE,
    FeatureCode::CD_RW_CAV_WRITE,
    FeatureCode::DVD_PLUS_RW,
    FeatureCode::RIGID_RESTRICTED_OVERWRITE,
    FeatureCode::LAYER_JUMP_RECORDING,
    FeatureCode::CD_RW_MEDIA_WRITE,
    FeatureCode::BD_R_PSEUDO_OVERWRITE,
    FeatureCode::POWER_MANAGEMENT,
    FeatureCode::CD_AUDIO_EXTERNAL_PLAY,
    FeatureCode::TIME_OUT,
    FeatureCode::DVD_PLUS_R,
    FeatureCode::CD_TRACK_AT_ONCE,
    FeatureCode::CD_MASTERING,
    FeatureCode::DVD_R_RW_WRITE,
    FeatureCode::DVD_PLUS_R_DL,
    FeatureCode::BD_READ,
    FeatureCode::BD_WRITE,
    FeatureCode::REAL_TIME_STREAMING,
    FeatureCode::DRIVE_SERIAL_NUMBER,
    FeatureCode::DISC_CONTROL_BLOCKS,
    FeatureCode::FIRMWARE_INFORMATION,
];

impl Default for Profile {
    fn default() -> Profile {
        Profile::generic_bd_writer()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_of_a_few_lines_fills_up_with_the_generic_one() {
        let profile: Profile = toml::from_str("vendor = 'ACME'\nloading = 0\ncan-load = false").unwrap();
        assert_eq!((profile.vendor.as_str(), profile.loading), ("ACME", LoadingMechanism::CADDY));
        assert_eq!(profile.buffer_kb, Profile::generic_bd_writer().buffer_kb);
        assert!(toml::from_str::<Profile>("vendro = 'ACME'").is_err());
        let again: Profile = toml::from_str(&toml::to_string(&profile).unwrap()).unwrap();
        assert_eq!(again, profile);
    }

    #[test]
    fn names_differ_with_the_serial_number_and_are_locally_assigned() {
        let one = Profile::generic_bd_writer();
        let other = Profile { serial: "DR0000000002".into(), ..one.clone() };
        assert_ne!(one.naa(), other.naa());
        assert_eq!(one.naa() >> 60, 3);
    }

    #[test]
    fn features_follow_the_media_unless_a_model_has_its_own() {
        let profile: Profile =
            toml::from_str("profiles = [8]\n[feature-data]\n0106 = { version = 0, data = '00 00 00 01' }")
                .unwrap();
        for (code, has) in [
            (FeatureCode::PROFILE_LIST, true),
            (FeatureCode::CORE, true),
            (FeatureCode::CD_READ, true),
            (FeatureCode::DVD_READ, false),
            (FeatureCode::BD_WRITE, false),
            (FeatureCode::DVD_CSS, true),
        ] {
            assert_eq!(profile.has_feature(code), has, "{code}");
        }
    }
}
