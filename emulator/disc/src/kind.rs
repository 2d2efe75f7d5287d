//! What kinds of discs there are, one row each.

use discrig_wire::feature::Profile;
use serde::{Deserialize, Serialize};

/// Families of media, which differ in optics, speeds and structures.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Blu-ray Disc.
    Bd,
    /// Compact disc.
    Cd,
    /// DVD of either format.
    Dvd,
}

/// By which rules a kind is recorded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rules {
    /// BD-R: sequential, with or without pseudo-overwrite, or random once.
    BdR,
    /// BD-RE: formatted, then in any order.
    BdRe,
    /// CD-R.
    CdR,
    /// CD-RW.
    CdRw,
    /// DVD-R and DVD-R DL.
    DvdMinusR,
    /// DVD-RW: in sequence, or restricted overwrite.
    DvdMinusRw,
    /// DVD+R and DVD+R DL.
    DvdPlusR,
    /// DVD+RW.
    DvdPlusRw,
    /// DVD-RAM.
    DvdRam,
    /// Nothing can be recorded.
    Pressed,
}

/// What is the same for every disc of a kind.
#[derive(Debug)]
pub struct MediumSpec {
    /// The kind.
    pub kind: MediumKind,
    /// Its name in disc specifications, such as `dvd+r-dl`.
    pub name: &'static str,
    /// The profile that a drive reports with a blank one, or a pressed one.
    pub profile: Profile,
    /// Its family.
    pub family: Family,
    /// By which rules it is recorded.
    pub rules: Rules,
    /// Blocks of user data, at most.
    pub capacity: u32,
    /// Recorded layers.
    pub layers: u8,
    /// Blocks of an ECC block or cluster.
    pub blocking: u16,
}

impl MediumSpec {
    /// It can be recorded.
    #[must_use]
    pub fn is_recordable(&self) -> bool {
        self.rules != Rules::Pressed
    }

    /// The write parameters page says how it is recorded (MMC-5 7.5.4); on other media its settings are without effect.
    #[must_use]
    pub fn obeys_write_parameters(&self) -> bool {
        matches!(self.rules, Rules::CdR | Rules::CdRw | Rules::DvdMinusR | Rules::DvdMinusRw)
    }

    /// What was recorded can be replaced.
    #[must_use]
    pub fn is_rewritable(&self) -> bool {
        matches!(self.rules, Rules::BdRe | Rules::CdRw | Rules::DvdMinusRw | Rules::DvdPlusRw | Rules::DvdRam)
    }
}

macro_rules! media {
    ($(
        $(#[doc = $doc:literal])+
        $kind:ident $name:literal $profile:ident $family:ident $rules:ident $capacity:literal blocks, layers $layers:literal, blocking $blocking:literal;
    )+) => {
        /// A kind of disc.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
        pub enum MediumKind {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $kind,)+
        }

        impl MediumKind {
            /// One row per kind.
            pub const TABLE: &'static [MediumSpec] = &[$(MediumSpec {
                kind: MediumKind::$kind,
                name: $name,
                profile: Profile::$profile,
                family: Family::$family,
                rules: Rules::$rules,
                capacity: $capacity,
                layers: $layers,
                blocking: $blocking,
            }),+];
        }
    };
}

media! {
    /// BD-R, single layer, 25 GB.
    BdR "bd-r" BD_R_SRM Bd BdR 12_219_392 blocks, layers 1, blocking 32;
    /// BD-R, double layer, 50 GB.
    BdRDl "bd-r-dl" BD_R_SRM Bd BdR 24_438_784 blocks, layers 2, blocking 32;
    /// BD-R XL, triple layer, 100 GB.
    BdRXl "bd-r-xl" BD_R_SRM Bd BdR 48_878_592 blocks, layers 3, blocking 32;
    /// BD-R XL, quadruple layer, 128 GB.
    BdRXlQl "bd-r-xl-128" BD_R_SRM Bd BdR 62_500_864 blocks, layers 4, blocking 32;
    /// BD-RE, single layer, 25 GB.
    BdRe "bd-re" BD_RE Bd BdRe 12_219_392 blocks, layers 1, blocking 32;
    /// BD-RE, double layer, 50 GB.
    BdReDl "bd-re-dl" BD_RE Bd BdRe 24_438_784 blocks, layers 2, blocking 32;
    /// BD-RE XL, triple layer, 100 GB.
    BdReXl "bd-re-xl" BD_RE Bd BdRe 48_878_592 blocks, layers 3, blocking 32;
    /// BD-ROM, up to four layers.
    BdRom "bd-rom" BD_ROM Bd Pressed 62_500_864 blocks, layers 4, blocking 32;
    /// CD-R of 80 minutes.
    CdR "cd-r" CD_R Cd CdR 359_849 blocks, layers 1, blocking 1;
    /// CD-R of 74 minutes.
    CdR74 "cd-r-74" CD_R Cd CdR 333_000 blocks, layers 1, blocking 1;
    /// CD-R of 90 minutes, as close to it as addresses of the program area go.
    CdR90 "cd-r-90" CD_R Cd CdR 404_850 blocks, layers 1, blocking 1;
    /// CD-ROM or audio CD.
    CdRom "cd-rom" CD_ROM Cd Pressed 404_850 blocks, layers 1, blocking 1;
    /// CD-RW of 80 minutes.
    CdRw "cd-rw" CD_RW Cd CdRw 359_849 blocks, layers 1, blocking 1;
    /// CD-RW of 74 minutes.
    CdRw74 "cd-rw-74" CD_RW Cd CdRw 333_000 blocks, layers 1, blocking 1;
    /// DVD-R, single layer.
    DvdMinusR "dvd-r" DVD_R_SEQUENTIAL Dvd DvdMinusR 2_297_888 blocks, layers 1, blocking 16;
    /// DVD-R, dual layer.
    DvdMinusRDl "dvd-r-dl" DVD_R_DL_SEQUENTIAL Dvd DvdMinusR 4_171_712 blocks, layers 2, blocking 16;
    /// DVD-RW.
    DvdMinusRw "dvd-rw" DVD_RW_SEQUENTIAL Dvd DvdMinusRw 2_297_888 blocks, layers 1, blocking 16;
    /// DVD+R, single layer.
    DvdPlusR "dvd+r" DVD_PLUS_R Dvd DvdPlusR 2_295_104 blocks, layers 1, blocking 16;
    /// DVD+R, dual layer.
    DvdPlusRDl "dvd+r-dl" DVD_PLUS_R_DL Dvd DvdPlusR 4_173_824 blocks, layers 2, blocking 16;
    /// DVD+RW.
    DvdPlusRw "dvd+rw" DVD_PLUS_RW Dvd DvdPlusRw 2_295_104 blocks, layers 1, blocking 16;
    /// DVD-RAM of 4.7 GB.
    DvdRam "dvd-ram" DVD_RAM Dvd DvdRam 2_295_072 blocks, layers 1, blocking 16;
    /// DVD-ROM of one or two layers.
    DvdRom "dvd-rom" DVD_ROM Dvd Pressed 4_173_824 blocks, layers 2, blocking 16;
}

/// Blocks of a CD of 80 minutes: images up to that size make a CD.
const CD_IMAGE: u64 = 359_849;
impl MediumKind {
    /// The row of the kind.
    #[must_use]
    pub fn spec(self) -> &'static MediumSpec {
        &MediumKind::TABLE[self as usize]
    }

    /// The kind with this name in disc specifications.
    #[must_use]
    pub fn by_name(name: &str) -> Option<MediumKind> {
        MediumKind::TABLE.iter().find(|spec| spec.name == name).map(|spec| spec.kind)
    }

    /// The pressed medium that an image of so many blocks makes.
    #[must_use]
    pub fn pressed_for(blocks: u64) -> Option<MediumKind> {
        [(MediumKind::CdRom, CD_IMAGE), (MediumKind::DvdRom, 4_173_824), (MediumKind::BdRom, 62_500_864)]
            .into_iter()
            .find(|(_, most)| blocks <= *most)
            .map(|(kind, _)| kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_kinds() {
        for (row, spec) in MediumKind::TABLE.iter().enumerate() {
            assert_eq!(spec.kind as usize, row);
            assert_eq!(MediumKind::by_name(spec.name), Some(spec.kind));
            assert_eq!(spec.capacity % u32::from(spec.blocking), 0, "{}", spec.name);
        }
        assert_eq!(MediumKind::by_name("floppy"), None);
    }
}
