//! Pressed discs: nothing can be recorded.

use super::MediumRules;

/// Pressed discs: nothing can be recorded.
pub(super) struct Pressed;

impl MediumRules for Pressed {}
