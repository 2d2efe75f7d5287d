//! Which features make sense with which media.

use discrig_wire::feature::{FeatureCode, Profile as MediaProfile};

/// The media that a feature is about; `None` for one that is about every medium, or about none.
pub(super) fn media_of(code: FeatureCode) -> Option<&'static [MediaProfile]> {
    ABOUT.iter().find(|(feature, _)| *feature == code).map(|(_, media)| *media)
}

const CD: &[MediaProfile] = &[MediaProfile::CD_ROM, MediaProfile::CD_R, MediaProfile::CD_RW];
const CD_RECORDABLE: &[MediaProfile] = &[MediaProfile::CD_R, MediaProfile::CD_RW];
const DVD: &[MediaProfile] = &[
    MediaProfile::DVD_ROM,
    MediaProfile::DVD_R_SEQUENTIAL,
    MediaProfile::DVD_RAM,
    MediaProfile::DVD_RW_RESTRICTED_OVERWRITE,
    MediaProfile::DVD_RW_SEQUENTIAL,
    MediaProfile::DVD_PLUS_RW,
    MediaProfile::DVD_PLUS_R,
];
const BD: &[MediaProfile] =
    &[MediaProfile::BD_ROM, MediaProfile::BD_R_SRM, MediaProfile::BD_R_RRM, MediaProfile::BD_RE];
const BD_RECORDABLE: &[MediaProfile] = &[MediaProfile::BD_R_SRM, MediaProfile::BD_R_RRM, MediaProfile::BD_RE];

/// Recorded in any order.
const RANDOM: &[MediaProfile] = &[
    MediaProfile::DVD_RAM,
    MediaProfile::DVD_RW_RESTRICTED_OVERWRITE,
    MediaProfile::DVD_PLUS_RW,
    MediaProfile::BD_RE,
];

/// Recorded in sequence.
const SEQUENTIAL: &[MediaProfile] = &[
    MediaProfile::CD_R,
    MediaProfile::CD_RW,
    MediaProfile::DVD_R_SEQUENTIAL,
    MediaProfile::DVD_RW_SEQUENTIAL,
    MediaProfile::DVD_R_DL_SEQUENTIAL,
    MediaProfile::DVD_PLUS_R,
    MediaProfile::DVD_PLUS_R_DL,
    MediaProfile::BD_R_SRM,
];

const FORMATTED: &[MediaProfile] = &[
    MediaProfile::CD_RW,
    MediaProfile::DVD_RAM,
    MediaProfile::DVD_RW_RESTRICTED_OVERWRITE,
    MediaProfile::DVD_RW_SEQUENTIAL,
    MediaProfile::DVD_PLUS_RW,
    MediaProfile::BD_R_SRM,
    MediaProfile::BD_RE,
];

/// One row per feature that is about some media alone.
const ABOUT: &[(FeatureCode, &[MediaProfile])] = &[
    (FeatureCode::MULTI_READ, CD),
    (FeatureCode::CD_READ, CD),
    (FeatureCode::DVD_READ, DVD),
    (FeatureCode::RANDOM_WRITABLE, RANDOM),
    (FeatureCode::INCREMENTAL_STREAMING_WRITABLE, SEQUENTIAL),
    (FeatureCode::FORMATTABLE, FORMATTED),
    (
        FeatureCode::HARDWARE_DEFECT_MANAGEMENT,
        &[MediaProfile::DVD_RAM, MediaProfile::BD_R_SRM, MediaProfile::BD_R_RRM, MediaProfile::BD_RE],
    ),
    (FeatureCode::WRITE_ONCE, &[MediaProfile::BD_R_RRM]),
    (
        FeatureCode::RESTRICTED_OVERWRITE,
        &[MediaProfile::CD_RW, MediaProfile::DVD_RW_RESTRICTED_OVERWRITE, MediaProfile::DVD_PLUS_RW],
    ),
    (FeatureCode::CD_RW_CAV_WRITE, &[MediaProfile::CD_RW]),
    (FeatureCode::DVD_PLUS_RW, &[MediaProfile::DVD_PLUS_RW]),
    (FeatureCode::DVD_PLUS_R, &[MediaProfile::DVD_PLUS_R]),
    (FeatureCode::RIGID_RESTRICTED_OVERWRITE, &[MediaProfile::DVD_RW_RESTRICTED_OVERWRITE]),
    (FeatureCode::CD_TRACK_AT_ONCE, CD_RECORDABLE),
    (FeatureCode::CD_MASTERING, CD_RECORDABLE),
    (
        FeatureCode::DVD_R_RW_WRITE,
        &[MediaProfile::DVD_R_SEQUENTIAL, MediaProfile::DVD_RW_SEQUENTIAL, MediaProfile::DVD_R_DL_SEQUENTIAL],
    ),
    (FeatureCode::LAYER_JUMP_RECORDING, &[MediaProfile::DVD_R_DL_LAYER_JUMP]),
    (FeatureCode::CD_RW_MEDIA_WRITE, &[MediaProfile::CD_RW]),
    (FeatureCode::BD_R_PSEUDO_OVERWRITE, &[MediaProfile::BD_R_SRM]),
    (FeatureCode::DVD_PLUS_R_DL, &[MediaProfile::DVD_PLUS_R_DL]),
    (FeatureCode::BD_READ, BD),
    (FeatureCode::BD_WRITE, BD_RECORDABLE),
    (FeatureCode::CD_AUDIO_EXTERNAL_PLAY, CD),
    (
        FeatureCode::DISC_CONTROL_BLOCKS,
        &[MediaProfile::DVD_PLUS_RW, MediaProfile::DVD_PLUS_R, MediaProfile::DVD_PLUS_R_DL],
    ),
];
