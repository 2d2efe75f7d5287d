//! The media that are burned.

use std::fmt;

/// A kind of medium, as `discrig` takes it by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Medium {
    /// CD-R
    CdR,
    /// CD-RW
    CdRw,
    /// DVD-R, recorded in sequence
    DvdR,
    /// DVD-RW, delivered for recording in sequence
    DvdRw,
    /// DVD+R
    #[value(name = "dvd+r")]
    DvdPlusR,
    /// DVD+RW
    #[value(name = "dvd+rw")]
    DvdPlusRw,
    /// DVD-RAM
    DvdRam,
    /// DVD+R with two layers
    #[value(name = "dvd+r-dl")]
    DvdPlusRDl,
    /// BD-R, recorded in sequence
    BdR,
    /// BD-RE
    BdRe,
}

/// What is known of a kind of medium.
struct Facts {
    name: &'static str,
    title: &'static str,
    profile: u16,
}

impl Medium {
    /// All of them, in the order of the table's columns.
    pub(crate) const ALL: [Self; 10] = [
        Self::CdR,
        Self::CdRw,
        Self::DvdR,
        Self::DvdRw,
        Self::DvdPlusR,
        Self::DvdPlusRw,
        Self::DvdRam,
        Self::DvdPlusRDl,
        Self::BdR,
        Self::BdRe,
    ];

    const fn facts(self) -> Facts {
        let (name, title, profile) = match self {
            Self::BdR => ("bd-r", "BD-R", 0x41),
            Self::BdRe => ("bd-re", "BD-RE", 0x43),
            Self::CdR => ("cd-r", "CD-R", 0x09),
            Self::CdRw => ("cd-rw", "CD-RW", 0x0a),
            Self::DvdPlusR => ("dvd+r", "DVD+R", 0x1b),
            Self::DvdPlusRDl => ("dvd+r-dl", "DVD+R DL", 0x2b),
            Self::DvdPlusRw => ("dvd+rw", "DVD+RW", 0x1a),
            Self::DvdR => ("dvd-r", "DVD-R", 0x11),
            Self::DvdRam => ("dvd-ram", "DVD-RAM", 0x12),
            Self::DvdRw => ("dvd-rw", "DVD-RW", 0x14),
        };
        Facts { name, title, profile }
    }

    /// Its name on command lines.
    pub(crate) const fn name(self) -> &'static str {
        self.facts().name
    }

    /// Its name in the table.
    pub(crate) const fn title(self) -> &'static str {
        self.facts().title
    }

    /// The current profile of a drive with a blank disc of this kind in it (MMC-6, table of profiles).
    pub(crate) const fn profile(self) -> u16 {
        self.facts().profile
    }
}

impl fmt::Display for Medium {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn every_medium_has_a_column_a_name_and_a_profile_of_its_own() {
        assert_eq!(Medium::value_variants(), Medium::ALL);
        let profiles: BTreeSet<_> = Medium::ALL.map(Medium::profile).into();
        let titles: BTreeSet<_> = Medium::ALL.map(Medium::title).into();
        assert_eq!((profiles.len(), titles.len()), (Medium::ALL.len(), Medium::ALL.len()));
        for medium in Medium::ALL {
            assert_eq!(medium.to_possible_value().unwrap().get_name(), medium.name());
        }
    }
}
