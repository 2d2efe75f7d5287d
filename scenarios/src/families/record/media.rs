//! What the family knows of each medium.

use crate::stop::Stop;
use discrig_device::Medium;
use discrig_wire::feature::Profile;

/// What is the same for every disc of a medium.
#[derive(Debug)]
pub(super) struct Traits {
    /// The medium.
    pub(super) medium: Medium,
    /// The profile that a drive reports with a blank one.
    pub(super) profile: Profile,
    /// Its blocks can be recorded more than once.
    pub(super) rewritable: bool,
    /// Burners have the laser calibrated before they write.
    pub(super) calibrates: bool,
}

impl Traits {
    pub(super) fn is_cd(&self) -> bool {
        matches!(self.profile, Profile::CD_R | Profile::CD_RW)
    }

    pub(super) fn is_bd(&self) -> bool {
        matches!(self.profile, Profile::BD_R_SRM | Profile::BD_RE)
    }
}

macro_rules! traits {
    ($($medium:ident $profile:ident $rewritable:literal $calibrates:literal;)+) => {
        /// One row per medium.
        const TABLE: &[Traits] = &[$(Traits {
            medium: Medium::$medium,
            profile: Profile::$profile,
            rewritable: $rewritable,
            calibrates: $calibrates,
        }),+];
    };
}

traits! {
    // medium, profile, rewritable, calibrated
    BdR BD_R_SRM false false;
    BdRDl BD_R_SRM false false;
    BdRXl BD_R_SRM false false;
    BdRXlQl BD_R_SRM false false;
    BdRe BD_RE true false;
    BdReDl BD_RE true false;
    BdReXl BD_RE true false;
    CdR CD_R false true;
    CdR74 CD_R false true;
    CdR90 CD_R false true;
    CdRw CD_RW true true;
    CdRw74 CD_RW true true;
    DvdMinusR DVD_R_SEQUENTIAL false true;
    DvdMinusRDl DVD_R_DL_SEQUENTIAL false true;
    DvdMinusRw DVD_RW_SEQUENTIAL true true;
    DvdPlusR DVD_PLUS_R false false;
    DvdPlusRDl DVD_PLUS_R_DL false false;
    DvdPlusRw DVD_PLUS_RW true false;
    DvdRam DVD_RAM true false;
}

/// What is known of a medium.
///
/// # Errors
/// [`Stop::Rig`] for one that the table does not have.
pub(super) fn traits(medium: Medium) -> Result<&'static Traits, Stop> {
    TABLE
        .iter()
        .find(|traits| traits.medium == medium)
        .ok_or_else(|| Stop::Rig(format!("the family does not know {medium}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_medium_has_a_row() {
        assert!(TABLE.iter().map(|traits| traits.medium).eq(Medium::ALL.iter().copied()));
    }
}
