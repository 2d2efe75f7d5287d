//! REPORT KEY and SEND KEY of a drive without licences: it has a region, and refuses everything that needs a key.

use crate::check::Check;
use crate::dispatch::{Call, Done, Execute, Outcome};
use crate::unit::Unit;
use discrig_wire::command::{ReportKey, SendKey};
use discrig_wire::key::{
    KeyClass, KeyData, RegionType, ReportKeyFormat, RpcRequest, RpcState, SendKeyFormat,
};
use discrig_wire::sense::codes;
use serde::{Deserialize, Serialize};

/// How often a user can set the region.
const USER_CHANGES: u8 = 5;
/// How often the maker can allow that again.
const VENDOR_RESETS: u8 = 4;

/// The region of the drive. It outlives power.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// As a mask: bit n clear plays discs of region n + 1. Zero while none was set.
    mask: u8,
    /// How often it was set.
    changes: u8,
}

impl Region {
    fn state(self) -> RpcState {
        let left = USER_CHANGES.saturating_sub(self.changes);
        RpcState {
            region_type: match (self.changes, left) {
                (0, _) => RegionType::NONE,
                (_, 0) => RegionType::PERMANENT,
                (_, 1) => RegionType::LAST_CHANCE,
                _ => RegionType::SET,
            },
            vendor_resets: VENDOR_RESETS,
            user_changes: left,
            region_mask: if self.changes == 0 { 0xFF } else { self.mask },
            scheme: 1,
        }
    }
}

impl Execute for ReportKey {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        if KeyClass(self.key_class) != KeyClass::DVD {
            return Err(Check::field(ReportKey::SPEC, "key_class").into());
        }
        match ReportKeyFormat(self.key_format) {
            ReportKeyFormat::RPC_STATE => {
                let state = unit.state.region.state();
                call.reply(self.allocation_length.into(), |reply| {
                    KeyData::encode(reply, |reply| state.encode(reply));
                })
            }
            // There is no grant that could be invalid.
            ReportKeyFormat::INVALIDATE_AGID => Ok(Done::Good),
            _ => Err(Check::field(ReportKey::SPEC, "key_format").into()),
        }
    }
}

impl Execute for SendKey {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        if KeyClass(self.key_class) != KeyClass::DVD {
            return Err(Check::field(SendKey::SPEC, "key_class").into());
        }
        if SendKeyFormat(self.key_format) != SendKeyFormat::RPC {
            return Err(Check::field(SendKey::SPEC, "key_format").into());
        }
        let list = call.data_out.get(..self.parameter_list_length.into());
        let request =
            list.and_then(|list| KeyData::parse(list).ok()).and_then(|key| RpcRequest::parse(key.body).ok());
        let Some(request) = request else { return Err(codes::PARAMETER_LIST_LENGTH_ERROR.into()) };
        if request.region().is_none() {
            return Err(Check::parameter(4, Some(7)).into());
        }
        if unit.state.region.changes >= USER_CHANGES {
            return Err(codes::DRIVE_REGION_MUST_BE_PERMANENT_REGION_RESET_COUNT_ERROR.into());
        }
        unit.state.region = Region { mask: request.region_mask, changes: unit.state.region.changes + 1 };
        Ok(Done::Good)
    }
}
