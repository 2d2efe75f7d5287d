//! GET CONFIGURATION: profiles and features.

use super::features::FEATURES;
use crate::check::Check;
use crate::dispatch::{Call, Done, Execute, Outcome};
use crate::profile::HexKey;
use crate::quirk::Quirk;
use crate::unit::Unit;
use discrig_disc::{DiscState, Family, Rules};
use discrig_wire::command::GetConfiguration;
use discrig_wire::feature::{Configuration, FeatureCode, FeatureDescriptor, FeatureSpec, RequestedType};
use discrig_wire::reply::Reply;
use std::collections::BTreeSet;

impl Execute for GetConfiguration {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let from = FeatureCode(self.starting_feature_number);
        let wanted: fn(FeatureCode, FeatureCode, bool) -> bool = match RequestedType(self.requested_type) {
            RequestedType::ALL => |code, from, _| code >= from,
            RequestedType::CURRENT => |code, from, current| code >= from && current,
            RequestedType::ONE if unit.quirks.has(Quirk::GetConfigurationRt2ReturnsRest) => {
                |code, from, _| code >= from
            }
            RequestedType::ONE => |code, from, _| code == from,
            _ => return Err(Check::field(GetConfiguration::SPEC, "requested_type").into()),
        };
        let outcome = call.reply(self.allocation_length.into(), |reply| {
            Configuration::encode(unit.current_profile(), reply, |reply| {
                for code in features(unit) {
                    let current = is_current(unit, code);
                    if wanted(code, from, current) {
                        encode(unit, code, current, reply);
                    }
                }
            });
        });
        if unit.quirks.has(Quirk::GetConfigurationLengthCountsItself) {
            count_itself(call.buffer, outcome);
        }
        outcome
    }
}

/// Adds the data length's own four bytes to it.
fn count_itself(buffer: &mut [u8], outcome: Outcome) {
    if let (Ok(Done::Data(4..)), Some([a, b, c, d, ..])) = (outcome, buffer.get(..4)) {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) + 4;
        buffer[..4].copy_from_slice(&length.to_be_bytes());
    }
}

/// The features of this model, ascending.
fn features(unit: &Unit) -> BTreeSet<FeatureCode> {
    let profile = &unit.config.profile;
    let generic = FEATURES.iter().map(|(code, _)| *code).filter(|code| profile.has_feature(*code));
    generic.chain(profile.feature_data.keys().map(|key| FeatureCode(key.0))).collect()
}

/// Appends a descriptor: the model's own, or the generic one.
fn encode(unit: &Unit, code: FeatureCode, current: bool, reply: &mut Reply<'_>) {
    if let Some(own) = unit.config.profile.feature_data.get(&HexKey(code.0)) {
        let persistent = FeatureSpec::of(code).is_some_and(|spec| spec.persistent);
        FeatureDescriptor { code, version: own.version, persistent, current, payload: &own.data.0 }
            .encode(reply);
    } else if let Some((_, generic)) = FEATURES.iter().find(|(row, _)| *row == code) {
        generic(unit, current, reply);
    }
}

/// Persistent features always are; others with a medium that they are about, those for recording while it can be recorded.
fn is_current(unit: &Unit, code: FeatureCode) -> bool {
    if FeatureSpec::of(code).is_some_and(|spec| spec.persistent) {
        return true;
    }
    unit.medium().is_some_and(|disc| {
        reads(disc, code)
            || disc.write_features().contains(&code)
            || code == FeatureCode::WRITE_PROTECT && disc.is_writable()
    })
}

/// Features that a medium of any state makes current.
fn reads(disc: &DiscState, code: FeatureCode) -> bool {
    let spec = disc.kind.spec();
    let of_family: &[FeatureCode] = match (spec.family, spec.rules) {
        (Family::Bd, _) => &[FeatureCode::BD_READ],
        (Family::Cd, _) => {
            &[FeatureCode::MULTI_READ, FeatureCode::CD_READ, FeatureCode::CD_AUDIO_EXTERNAL_PLAY]
        }
        (Family::Dvd, Rules::DvdPlusR | Rules::DvdPlusRw) => {
            &[FeatureCode::DVD_READ, FeatureCode::DISC_CONTROL_BLOCKS]
        }
        (Family::Dvd, _) => &[FeatureCode::DVD_READ],
    };
    [FeatureCode::RANDOM_READABLE, FeatureCode::REAL_TIME_STREAMING].contains(&code)
        || of_family.contains(&code)
}
