//! BD-R: sequential, with or without pseudo-overwrite, or random once.

use super::MediumRules;

/// BD-R: sequential, with or without pseudo-overwrite, or random once.
pub(super) struct BdR;

impl MediumRules for BdR {}
