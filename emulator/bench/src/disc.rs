//! Where the disc in the drive comes from.

use crate::image::demonstration_image;
use discrig_disc::{Disc, DiscState, Form, MediumKind, Rules};
use discrig_drive::Profile;
use discrig_storage::image::Image;
use discrig_storage::{DiscSpec, DiscSupply, KeptDisc, SupplyError};

/// Where the disc in the drive comes from.
#[derive(Clone, Debug, Default)]
pub enum DiscSource {
    /// A recordable disc that nothing was written to.
    Blank(MediumKind),
    /// A small pressed disc that the emulator makes itself.
    #[default]
    Demonstration,
    /// The disc of a disc file, which keeps what is burned. Restoring the laboratory gives it back as it was last committed.
    File(KeptDisc),
    /// A pressed disc with the contents of image files.
    Image(Image),
    /// No disc.
    None,
}

impl From<DiscSupply> for DiscSource {
    fn from(supply: DiscSupply) -> DiscSource {
        match supply {
            DiscSupply::Blank(kind) => DiscSource::Blank(kind),
            DiscSupply::File(kept) => DiscSource::File(kept),
            DiscSupply::Image(image) => DiscSource::Image(image),
            DiscSupply::None => DiscSource::None,
        }
    }
}

impl DiscSource {
    /// Opens what a specification names. Files stay open.
    ///
    /// # Errors
    /// [`SupplyError`] naming the file.
    pub fn open(spec: &DiscSpec) -> Result<DiscSource, SupplyError> {
        DiscSupply::open(spec).map(DiscSource::from)
    }

    /// The disc, anew; nothing where there is none. What the emulator makes itself is of a kind that the model of drive knows.
    pub(crate) fn disc(&self, profile: &Profile) -> Result<Option<Disc>, SupplyError> {
        match self {
            DiscSource::Blank(kind) => Ok(Some(Disc::blank(*kind)?)),
            DiscSource::Demonstration => {
                let mut disc = Disc::from_image(demonstration_image())?;
                disc.state.kind = known(profile, Rules::Pressed).unwrap_or(disc.state.kind);
                Ok(Some(disc))
            }
            DiscSource::File(kept) => Ok(Some(kept.disc()?)),
            DiscSource::Image(image) => Ok(Some(image.disc())),
            DiscSource::None => Ok(None),
        }
    }

    /// Why it is no disc with data, if it is none.
    pub(crate) fn without_data(&self) -> Option<&'static str> {
        match self {
            DiscSource::Blank(_) => Some("the disc is blank, by --disc"),
            DiscSource::Demonstration => None,
            DiscSource::File(kept) => kept.disc().map_or(None, |disc| nothing_to_read(&disc.state)),
            DiscSource::Image(image) => nothing_to_read(image.state()),
            DiscSource::None => Some("there is no disc, by --disc"),
        }
    }
}

fn nothing_to_read(state: &DiscState) -> Option<&'static str> {
    match state.readable(0, 1) {
        Ok(Form::Audio) => Some("the disc begins with audio, by --disc"),
        Ok(_) => None,
        Err(_) => Some("the disc has no data at its beginning, by --disc"),
    }
}

/// The first kind of disc with these rules and the fewest layers that a model of drive knows.
fn known(profile: &Profile, rules: Rules) -> Option<MediumKind> {
    let fitting =
        MediumKind::TABLE.iter().filter(|spec| spec.rules == rules && profile.supports(spec.profile));
    fitting.min_by_key(|spec| spec.layers).map(|spec| spec.kind)
}

/// What a blank is made of when nobody chose: a kind that can be recorded once, where the model of drive knows one.
pub(crate) fn blank_for(profile: &Profile) -> MediumKind {
    const ONCE: [Rules; 4] = [Rules::BdR, Rules::DvdPlusR, Rules::DvdMinusR, Rules::CdR];
    ONCE.into_iter().find_map(|rules| known(profile, rules)).unwrap_or(MediumKind::BdR)
}
