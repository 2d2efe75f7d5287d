//! The discs that a server puts into its drives.

use crate::target::parse_disc;
use discrig_bench::demonstration_image;
use discrig_device::DiscKind;
use discrig_drive::{Disc, MediumKind, Profile};
use discrig_serve::Discs;
use discrig_storage::DiscSupply;

/// Discs by specification, as everywhere on the command line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cabinet;

/// What a blank is made of when nobody chose, the best first.
const BLANKS: [MediumKind; 4] =
    [MediumKind::BdR, MediumKind::DvdPlusR, MediumKind::DvdMinusR, MediumKind::CdR];

impl Discs for Cabinet {
    fn open(&self, spec: &str, _: &Profile) -> Result<Option<Disc>, String> {
        let spec = parse_disc(spec)?;
        DiscSupply::open(&spec).and_then(|supply| supply.disc()).map_err(|error| error.to_string())
    }

    fn of_kind(&self, kind: DiscKind, profile: &Profile) -> Result<Disc, String> {
        let known = |kind: &MediumKind| profile.supports(kind.spec().profile);
        match kind {
            DiscKind::Blank => blank(BLANKS.into_iter().find(known).unwrap_or(BLANKS[0])),
            DiscKind::BlankOf(medium) => {
                blank(MediumKind::by_name(medium.name()).ok_or_else(|| format!("there is no {medium} here"))?)
            }
            DiscKind::Data => Disc::from_image(demonstration_image()).map_err(|error| error.to_string()),
        }
    }
}

fn blank(kind: MediumKind) -> Result<Disc, String> {
    Disc::blank(kind).map_err(|error| error.to_string())
}
