//! What an operating system's open handle on a drive can do.

use crate::error::DeviceError;
use crate::name::CallerName;
use crate::request::Device;
use serde::{Deserialize, Serialize};

/// Whether a mounted volume keeps a lock from being taken.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum VolumePolicy {
    /// The lock is refused while a volume is mounted.
    #[default]
    Respect,
    /// The lock is taken although a volume is mounted.
    Ignore,
}

/// Who holds a device exclusively.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// Nobody.
    #[default]
    Nobody,
    /// A client with this name.
    Named(CallerName),
    /// Somebody whose name the system does not know.
    Unnamed,
}

impl Owner {
    /// The name, if there is an owner and the system knows its name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Owner::Named(name) => Some(name.as_str()),
            Owner::Nobody | Owner::Unnamed => None,
        }
    }

    /// Whether somebody holds the device.
    #[must_use]
    pub fn is_held(&self) -> bool {
        *self != Owner::Nobody
    }
}

/// Host exclusive access: binary, owned by one handle. (The count belongs to the recorder above.)
pub trait ExclusiveAccess {
    /// Takes the device exclusively for this handle.
    ///
    /// # Errors
    /// `InvalidName`, then `VolumeMounted`, then `AlreadyLocked` (this handle included), judged in this order; or that the host could not do it.
    fn lock(&mut self, name: &str, volume: VolumePolicy) -> Result<(), DeviceError>;

    /// Gives the device free.
    ///
    /// # Errors
    /// `NotLocked` when nobody holds it, `InvalidHandle` when another handle does; or that the host could not do it.
    fn unlock(&mut self) -> Result<(), DeviceError>;

    /// Who holds the device. Every handle may ask, also while another one holds it.
    ///
    /// # Errors
    /// That the host could not answer.
    fn owner(&mut self) -> Result<Owner, DeviceError>;
}

/// What a host tells its listeners.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostEvent {
    /// The device itself went away.
    DeviceRemoved,
    /// A client took exclusive access.
    ExclusiveLock,
    /// A client gave exclusive access up.
    ExclusiveUnlock,
    /// A disc is there.
    MediaArrival,
    /// The disc is gone.
    MediaRemoval,
}

/// A notification, and who held the device when it was told.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Told {
    /// What was told.
    pub event: HostEvent,
    /// Whom a listener that asked at once would have found as the owner, where the host keeps that.
    pub owner: Option<Owner>,
}

/// The media change notification switch, counted per handle and per device, and what is notified.
pub trait MediaNotification {
    /// Switches notification off, once more.
    ///
    /// # Errors
    /// That the host refused or could not do it.
    fn disable(&mut self) -> Result<(), DeviceError>;

    /// Takes one switching off back; notification is on again at zero.
    ///
    /// # Errors
    /// `InvalidState` when this handle has not switched off; or that the host refused.
    fn enable(&mut self) -> Result<(), DeviceError>;

    /// The oldest notification that this handle has not seen, after letting the host poll the drive once.
    ///
    /// # Errors
    /// `Unsupported` where the host has no notifications; `InvalidHandle` or `Gone`.
    fn next_event(&mut self) -> Result<Option<HostEvent>, DeviceError>;

    /// The same, with its circumstances.
    ///
    /// # Errors
    /// As [`MediaNotification::next_event`].
    fn next_told(&mut self) -> Result<Option<Told>, DeviceError> {
        Ok(self.next_event()?.map(|event| Told { event, owner: None }))
    }
}

/// Which of the host's two tray locks is meant.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrayLock {
    /// Counted per handle; freed when the handle closes (ejection control).
    Protected,
    /// One count for the device that anybody changes; survives handles (media removal, `CDROM_LOCKDOOR`).
    Simple,
}

/// Tray control by the host's own calls rather than by commands.
pub trait HostTray {
    /// Opens the tray.
    ///
    /// # Errors
    /// `Busy` while a tray lock forbids it; or that the host could not do it.
    fn eject(&mut self) -> Result<(), DeviceError>;

    /// Closes the tray.
    ///
    /// # Errors
    /// That the host could not do it.
    fn load(&mut self) -> Result<(), DeviceError>;

    /// Locks the tray once more.
    ///
    /// # Errors
    /// `Unsupported` for a lock that this host does not have; or that the host could not do it.
    fn lock_tray(&mut self, lock: TrayLock) -> Result<(), DeviceError>;

    /// Takes one locking back.
    ///
    /// # Errors
    /// `InvalidState` for a protected lock that this handle does not hold; or that the host could not do it.
    fn unlock_tray(&mut self, lock: TrayLock) -> Result<(), DeviceError>;
}

/// What a host knows of a drive without asking it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Properties {
    /// Standard INQUIRY data, cached when the host found the drive.
    pub inquiry: Vec<u8>,
    /// Unit serial number, empty when the drive gave none.
    pub serial: String,
    /// The host's unique name for the volume of this drive.
    pub volume_name: String,
    /// Drive letters and mount points.
    pub volume_paths: Vec<String>,
    /// Zero-based number of the drive among the host's optical drives; changes with every reboot.
    pub legacy_device_number: u32,
    /// Buffers must be aligned so that `address & alignment_mask == 0`.
    pub alignment_mask: u32,
    /// Largest single transfer in bytes for a page-aligned buffer.
    pub maximum_transfer_aligned: u32,
    /// Largest single transfer in bytes for any other buffer.
    pub maximum_transfer_unaligned: u32,
}

/// An open handle: one file object of one process on one host.
///
/// Dropping it closes it. What the handle alone held is freed in this order: protected tray locks, media change notification, exclusive access.
pub trait Handle: Device + ExclusiveAccess + MediaNotification {
    /// What the host knows of the drive without asking it; served while another handle holds the device.
    ///
    /// # Errors
    /// `InvalidHandle` or `Gone`.
    fn properties(&mut self) -> Result<Properties, DeviceError>;

    /// Tray control by the host's own calls, where it has them.
    fn tray(&mut self) -> Option<&mut dyn HostTray>;

    /// Another reference to the same file object, as by inheritance or `dup`: what the object holds lasts until the last
    /// reference is closed.
    ///
    /// # Errors
    /// `Unsupported`, `InvalidHandle` or `Gone`.
    fn duplicate(&mut self) -> Result<Box<dyn Handle>, DeviceError>;

    /// Closes the handle and says how that went; dropping it does the same in silence.
    ///
    /// # Errors
    /// That the host could not free what the handle held.
    fn close(self: Box<Self>) -> Result<(), DeviceError>;
}
