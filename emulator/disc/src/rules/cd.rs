//! CD-R and CD-RW: track at once, session at once, raw and packets.

use super::MediumRules;

/// CD-R and CD-RW: track at once, session at once, raw and packets.
pub(super) struct Cd;

impl MediumRules for Cd {}
