//! Pressed discs: nothing can be recorded.

#[cfg(test)]
mod tests;

use super::{Change, MediumRules};
use crate::refusal::Refusal;
use crate::state::{DiscState, Recording};
use discrig_wire::mode::WriteParametersPage;
use discrig_wire::sense::codes;

/// Pressed discs. A WRITE is refused because the medium is protected; what begins, ends or takes back recording, because the medium has no
/// format in which it could.
pub(super) struct Pressed;

impl MediumRules for Pressed {
    fn close(
        &self,
        _: &DiscState,
        _: &WriteParametersPage,
        _function: u8,
        _track: u16,
    ) -> Result<Change, Refusal> {
        Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT.into())
    }

    fn repair(&self, _: &DiscState, _track: u16) -> Result<Change, Refusal> {
        Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT.into())
    }

    fn send_structure(&self, _: &DiscState, _format: u8, _bytes: &[u8]) -> Result<Change, Refusal> {
        Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT.into())
    }

    fn track_resources(&self, disc: &DiscState) -> (u16, u16) {
        match &disc.recording {
            Recording::Random(_) => (1, 0),
            Recording::Sequential(sequence) => (sequence.tracks().count() as u16, 0),
        }
    }
}
