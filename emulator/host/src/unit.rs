//! One arrival of a drive, and all that concerns it alone.

use crate::exclusive::Exclusive;
use crate::files::FileId;
use discrig_device::Properties;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whether there is a disc, as far as the host knows.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Media {
    /// There is none.
    Absent,
    /// There is one.
    Present,
    /// The drive has not said.
    #[default]
    Unknown,
}

/// One arrival of a drive: the device object, which takes all of this along when the drive goes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unit {
    /// Which arrival it is.
    pub(crate) instance: u64,
    /// What the drive said of itself when it arrived.
    pub(crate) properties: Properties,
    /// The exclusive lock.
    pub(crate) exclusive: Option<Exclusive>,
    /// Files (none: the driver itself) whose commands were given up and may still be running in the drive.
    pub(crate) abandoned: BTreeSet<Option<FileId>>,
    /// Whether there is a disc, as last seen.
    pub(crate) known: Media,
    /// Whether there is a disc, as last told to listeners.
    pub(crate) reported: Media,
    /// A unit attention said that the medium may have changed; no poll has looked since.
    pub(crate) changed: bool,
    /// The drive does not report media events; polls ask whether it is ready.
    pub(crate) no_events: bool,
    /// How often media change notification is switched off, by all files together.
    pub(crate) notification_off: u32,
    /// A poll was due while the device was locked.
    pub(crate) poll_postponed: bool,
    /// Simple tray locks.
    pub(crate) simple: u32,
    /// Protected tray locks of all files together.
    pub(crate) protected: u32,
    /// A volume is mounted.
    pub(crate) mounted: bool,
    /// The next access must look whether it is still the same volume.
    pub(crate) verify: bool,
}

impl Unit {
    /// Whether the host keeps the medium from being removed.
    pub(crate) fn prevents(&self) -> bool {
        self.simple > 0 || self.protected > 0
    }
}
