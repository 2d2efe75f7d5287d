//! DVD+RW: formatted in the background, written in any order.

use super::MediumRules;

/// DVD+RW: formatted in the background, written in any order.
pub(super) struct DvdPlusRw;

impl MediumRules for DvdPlusRw {}
