//! DVD-RAM.

use super::MediumRules;

/// DVD-RAM.
pub(super) struct DvdRam;

impl MediumRules for DvdRam {}
