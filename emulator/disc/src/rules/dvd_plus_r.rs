//! DVD+R of one and two layers.

use super::MediumRules;

/// DVD+R of one and two layers.
pub(super) struct DvdPlusR;

impl MediumRules for DvdPlusR {}
