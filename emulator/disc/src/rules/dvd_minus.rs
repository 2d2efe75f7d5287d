//! DVD-R and DVD-RW: incremental, disc at once, layer jump, and restricted overwrite.

use super::MediumRules;

/// DVD-R and DVD-RW: incremental, disc at once, layer jump, and restricted overwrite.
pub(super) struct DvdMinus;

impl MediumRules for DvdMinus {}
