//! GET CONFIGURATION: profiles and features.

use super::features::FEATURES;
use crate::check::Check;
use crate::dispatch::{Call, Done, Execute, Outcome};
use crate::quirk::Quirk;
use crate::unit::Unit;
use discrig_disc::{DiscState, Family};
use discrig_wire::command::GetConfiguration;
use discrig_wire::feature::{Configuration, FeatureCode, FeatureSpec, RequestedType};

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
                for (code, encode) in FEATURES {
                    let current = is_current(unit, *code);
                    if has(unit, *code) && wanted(*code, from, current) {
                        encode(unit, current, reply);
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

/// Features that every drive of the rig has.
const ALWAYS: &[FeatureCode] = &[
    FeatureCode::PROFILE_LIST,
    FeatureCode::CORE,
    FeatureCode::MORPHING,
    FeatureCode::REMOVABLE_MEDIUM,
    FeatureCode::POWER_MANAGEMENT,
    FeatureCode::TIME_OUT,
    FeatureCode::DRIVE_SERIAL_NUMBER,
    FeatureCode::FIRMWARE_INFORMATION,
];

fn has(unit: &Unit, code: FeatureCode) -> bool {
    ALWAYS.contains(&code) || unit.config.profile.features.contains(&code)
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
    let of_family: &[FeatureCode] = match disc.kind.spec().family {
        Family::Bd => &[FeatureCode::BD_READ],
        Family::Cd => &[FeatureCode::MULTI_READ, FeatureCode::CD_READ],
        Family::Dvd => &[FeatureCode::DVD_READ],
    };
    [FeatureCode::RANDOM_READABLE, FeatureCode::REAL_TIME_STREAMING].contains(&code)
        || of_family.contains(&code)
}
