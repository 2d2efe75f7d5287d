//! Persistent write protection, which the medium keeps (SEND DISC STRUCTURE C0h).

use crate::refusal::Refusal;
use crate::rules::{Change, Task};
use crate::state::DiscState;
use discrig_wire::sense::codes;
use discrig_wire::structure::BdStructure;

/// The bit of the first byte that is persistent write protection.
const PERSISTENT: u8 = 1 << 1;
/// Where the structure begins in the parameter list, behind the header.
const HEADER: u16 = 4;

/// Sets or lifts persistent write protection, which is the one bit of the structure that can be sent.
///
/// # Errors
/// INVALID FIELD IN CDB for another structure, PARAMETER LIST LENGTH ERROR, INVALID FIELD IN PARAMETER LIST for any other bit.
pub(in crate::rules) fn send(disc: &DiscState, format: u8, bytes: &[u8]) -> Result<Change, Refusal> {
    if format != BdStructure::WRITE_PROTECTION.0 {
        return Err(Refusal::field("format"));
    }
    let [flags, reserved @ ..] = bytes else { return Err(codes::PARAMETER_LIST_LENGTH_ERROR.into()) };
    if reserved.len() != 3 {
        return Err(codes::PARAMETER_LIST_LENGTH_ERROR.into());
    }
    if flags & !PERSISTENT != 0 {
        let bit = 7 - (flags & !PERSISTENT).leading_zeros() as u8;
        return Err(Refusal::parameter(HEADER, Some(bit)));
    }
    if let Some(byte) = (HEADER + 1..).zip(reserved).find_map(|(at, byte)| (*byte != 0).then_some(at)) {
        return Err(Refusal::parameter(byte, Some(7)));
    }
    let after = DiscState { write_protected: flags & PERSISTENT != 0, ..disc.clone() };
    Ok(Change::to(after, Task::Note))
}
