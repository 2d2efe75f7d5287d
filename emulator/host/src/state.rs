//! A host's complete state as data, for reports.

use crate::driver::ClassDriver;
use crate::exclusive::LogEntry;
use crate::files::FileId;
use crate::notification::Notification;
use crate::unit::Media;
use discrig_device::{Owner, ProcessId};
use serde::Serialize;

/// What a file object holds.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct FileState {
    /// Which file.
    pub file: FileId,
    /// The processes with handles for it, one entry for each handle.
    pub processes: Vec<ProcessId>,
    /// The arrival of the drive that it was opened on.
    pub instance: u64,
    /// Whether it owns the device.
    pub owner: bool,
    /// How often it has switched media change notification off.
    pub notification_off: u32,
    /// How many protected tray locks it holds.
    pub protected_tray_locks: u32,
}

/// Everything that a host knows.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct HostState {
    /// The arrival of the drive that is there, counted from 1; none when no drive is there.
    pub instance: Option<u64>,
    /// Who holds the device exclusively.
    pub owner: Owner,
    /// The files, in the order of their opening.
    pub files: Vec<FileState>,
    /// Whether there is a disc, as last seen.
    pub media: Media,
    /// Whether there is a disc, as last told to listeners.
    pub media_reported: Media,
    /// How often media change notification is switched off, by all files together.
    pub notification_off: u32,
    /// A poll was due while the device was locked.
    pub poll_postponed: bool,
    /// Simple tray locks.
    pub simple_tray_locks: u32,
    /// Protected tray locks of all files together.
    pub protected_tray_locks: u32,
    /// A volume is mounted.
    pub mounted: bool,
    /// The next access to the volume must look whether it is still the same.
    pub verify_volume: bool,
    /// A command was given up and may still be running in the drive.
    pub command_abandoned: bool,
    /// Requests find no memory.
    pub exhausted: bool,
    /// The last notifications, oldest first.
    pub notifications: Vec<Notification>,
    /// The last entries of the log of locks, oldest first.
    pub log: Vec<LogEntry>,
}

impl ClassDriver {
    /// The complete state, without asking the drive.
    #[must_use]
    pub fn snapshot(&self) -> HostState {
        let unit = self.unit.clone().unwrap_or_default();
        HostState {
            instance: self.unit.as_ref().map(|unit| unit.instance),
            owner: self.owner_now(),
            files: self.holders(),
            media: unit.known,
            media_reported: unit.reported,
            notification_off: unit.notification_off,
            poll_postponed: unit.poll_postponed,
            simple_tray_locks: unit.simple,
            protected_tray_locks: unit.protected,
            mounted: unit.mounted,
            verify_volume: unit.verify,
            command_abandoned: !unit.abandoned.is_empty(),
            exhausted: self.exhausted,
            notifications: self.notifications().cloned().collect(),
            log: self.log().cloned().collect(),
        }
    }

    /// The files and what each holds, in the order of their opening.
    #[must_use]
    pub fn holders(&self) -> Vec<FileState> {
        let owner = self.holder();
        let state = |(file, object): (FileId, &crate::files::FileObject)| FileState {
            file,
            processes: self.files.processes_of(file),
            instance: object.instance,
            owner: owner == Some(file),
            notification_off: object.notification_off,
            protected_tray_locks: object.protected,
        };
        self.files.iter().map(state).collect()
    }
}
