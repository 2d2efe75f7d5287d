//! `tray.*`: PREVENT ALLOW MEDIUM REMOVAL, eject and load, the button, and what the drive shows of them.

mod motion;
mod persistent;
mod prevent;
mod properties;
mod resets;
mod sets;
mod shown;

pub(super) use motion::MOTION;
pub(super) use persistent::PERSISTENT;
pub(super) use prevent::PREVENT;
pub(super) use properties::PROPERTIES;
pub(super) use resets::RESETS;
pub(super) use shown::SHOWN;
