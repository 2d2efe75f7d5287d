//! BD-RE: formatted, then written in any order.

use super::MediumRules;

/// BD-RE: formatted, then written in any order.
pub(super) struct BdRe;

impl MediumRules for BdRe {}
