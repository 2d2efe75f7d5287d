//! At which speeds a model reads and records, and which of them media are made for.

use discrig_disc::{Family, MediumKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Speeds in kB/s, the highest first.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Speeds {
    /// For CD.
    pub cd: Vec<u32>,
    /// For DVD.
    pub dvd: Vec<u32>,
    /// For BD.
    pub bd: Vec<u32>,
    /// For single kinds of media, where they differ from their family's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub media: BTreeMap<MediumKind, Vec<u32>>,
}

impl Speeds {
    /// The speeds at which a kind of medium is read: its own, or those of its family.
    #[must_use]
    pub fn reading(&self, kind: MediumKind) -> &[u32] {
        self.media.get(&kind).map_or_else(|| self.family(kind), Vec::as_slice)
    }

    /// The speeds at which a kind of medium is recorded: its own, or those that it is made for, up to the highest of its family.
    #[must_use]
    pub fn recording(&self, kind: MediumKind) -> &[u32] {
        if let Some(own) = self.media.get(&kind) {
            return own;
        }
        let family = self.family(kind);
        let Some((_, speeds)) = MADE_FOR.iter().find(|(kinds, _)| kinds.contains(&kind)) else {
            return family;
        };
        let most = highest(family) + ROUNDING;
        let fitting = &speeds[speeds.partition_point(|speed| *speed > most)..];
        if family.is_empty() || fitting.is_empty() { family } else { fitting }
    }

    fn family(&self, kind: MediumKind) -> &[u32] {
        match kind.spec().family {
            Family::Bd => &self.bd,
            Family::Cd => &self.cd,
            Family::Dvd => &self.dvd,
        }
    }
}

/// By how much drives differ that mean the same multiple of single speed.
const ROUNDING: u32 = 2;

/// Media that are made for other speeds than those of their family that are written once in one layer: the speeds that drives were seen to
/// offer for them, the highest first.
const MADE_FOR: &[(&[MediumKind], &[u32])] = &[
    (&[MediumKind::BdRDl], &[35_960, 26_970, 17_980, 8990]),
    (&[MediumKind::BdRXl], &[26_970, 17_980, 8990]),
    (&[MediumKind::BdRXlQl], &[17_980, 8990]),
    (&[MediumKind::BdRe, MediumKind::BdReDl, MediumKind::BdReXl], &[8990]),
    (&[MediumKind::CdRw, MediumKind::CdRw74], &[4234, 2822, 1764, 706]),
    (&[MediumKind::DvdMinusRDl], &[11_080, 8310, 5540, 2770]),
    (&[MediumKind::DvdMinusRw], &[8310, 5540, 2770]),
    (&[MediumKind::DvdPlusRDl, MediumKind::DvdPlusRw], &[11_080, 8310, 5540, 3324]),
    (&[MediumKind::DvdRam], &[6925, 4155, 2770]),
];

/// The highest of these speeds; 0 when there is none.
pub(crate) fn highest(speeds: &[u32]) -> u32 {
    speeds.iter().copied().max().unwrap_or(0)
}

/// The highest of these speeds that is not above `wanted`, or the lowest one.
pub(crate) fn round_down(speeds: &[u32], wanted: u32) -> u32 {
    let fitting = speeds.iter().copied().filter(|speed| *speed <= wanted).max();
    fitting.or_else(|| speeds.iter().copied().min()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;
    use rstest::rstest;

    #[test]
    fn speeds_round_down_to_what_there_is() {
        let speeds = Profile::generic_bd_writer().read_speeds;
        assert_eq!(round_down(speeds.reading(MediumKind::CdR), 2900), 2822);
        assert_eq!(round_down(speeds.reading(MediumKind::CdRom), 1), 706);
        assert_eq!(highest(speeds.reading(MediumKind::BdR)), 53_940);
    }

    #[test]
    fn a_kind_of_medium_can_have_speeds_of_its_own() {
        let profile: Profile = toml::from_str(
            "[write-speeds]\ncd = [706]\ndvd = [5540]\nbd = []\n[write-speeds.media]\n'dvd+rw' = [3324]",
        )
        .unwrap();
        for (kind, speeds) in [
            (MediumKind::DvdPlusRw, [3324].as_slice()),
            (MediumKind::DvdPlusR, &[5540]),
            (MediumKind::BdR, &[]),
            (MediumKind::BdRe, &[]),
        ] {
            assert_eq!(profile.write_speeds.recording(kind), speeds);
        }
    }

    /// No medium is recorded faster than it is made for, nor than the model records its family.
    #[rstest]
    #[case(MediumKind::DvdRam, &[22_160], &[6925, 4155, 2770])]
    #[case(MediumKind::DvdRam, &[5540, 3324], &[4155, 2770])]
    #[case(MediumKind::DvdRam, &[2770, 1385], &[2770])]
    #[case(MediumKind::DvdRam, &[1385], &[1385])]
    #[case(MediumKind::DvdPlusR, &[1385], &[1385])]
    #[case(MediumKind::CdRw, &[4233], &[4234, 2822, 1764, 706])]
    #[case(MediumKind::CdRw, &[1411, 706], &[706])]
    fn media_are_made_for_some_speeds(
        #[case] kind: MediumKind,
        #[case] family: &[u32],
        #[case] speeds: &[u32],
    ) {
        let of_family = family.to_vec();
        let all =
            Speeds { cd: of_family.clone(), dvd: of_family.clone(), bd: of_family, media: BTreeMap::new() };
        assert_eq!(all.recording(kind), speeds);
    }

    #[test]
    fn lists_descend() {
        for (kinds, speeds) in MADE_FOR {
            assert!(speeds.windows(2).all(|pair| pair[0] > pair[1]), "{kinds:?}");
        }
    }
}
