//! `identity.*`: what the drive says of itself and of its disc, and that it says the same everywhere.

mod blocks;
mod configuration;
mod disc;
mod inquiry;
mod modes;
mod sets;

pub(super) use blocks::BLOCKS;
pub(super) use configuration::CONFIGURATION;
pub(super) use disc::DISC;
pub(super) use inquiry::INQUIRY;
pub(super) use modes::MODES;

use super::unit;
use crate::answer::Answer;
use crate::stage::{HandleSeat, Stage};
use crate::stop::{Stop, Verdict};
use discrig_wire::feature::{Configuration, FeatureCode, Profile};
use discrig_wire::sense::codes;

/// Skips where a command that no feature of the drive makes mandatory is not there.
fn skip_if_absent(answer: Answer, what: &str) -> Verdict {
    if answer == Answer::Check(codes::INVALID_COMMAND_OPERATION_CODE) {
        return Err(Stop::Skip(format!("the drive does not have {what}")));
    }
    Ok(())
}

/// Whether the drive returns one of `features`, current or not.
fn has_feature(
    stage: &mut Stage<'_>,
    seat: &mut HandleSeat,
    features: &[FeatureCode],
) -> Result<bool, Stop> {
    let (answer, bytes) = unit::configuration(stage, seat, 0, 0);
    unit::insist(answer, "GET CONFIGURATION")?;
    let configuration = unit::understood(Configuration::parse(&bytes))?;
    Ok(features.iter().any(|code| configuration.feature(*code).is_some()))
}

/// The current profile.
fn profile(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<Profile, Stop> {
    unit::current_profile(stage, seat).map(Profile)
}

/// Whether discs of this profile are pressed: nobody can have left one half written.
fn is_pressed(profile: Profile) -> bool {
    matches!(profile, Profile::CD_ROM | Profile::DVD_ROM | Profile::BD_ROM | Profile::HD_DVD_ROM)
}

/// Whether a length of `said` bytes is that of `bytes`, as a finding when it is not.
fn exact_length(stage: &mut Stage<'_>, what: &str, said: usize, bytes: &[u8]) -> Verdict {
    let came = bytes.len();
    stage.ensure(said == came, || format!("{what}: the length means {said} bytes, and {came} came"))
}
