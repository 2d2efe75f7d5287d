//! The laboratory around one drive.

use crate::capability::Capabilities;
use crate::error::DeviceError;
use crate::fault::FaultControl;
use crate::handle::Handle;
use crate::medium::Medium;
use crate::request::Completion;
use crate::time::Instant;
use core::time::Duration;
use discrig_wire::Cdb;
use serde::{Deserialize, Serialize};

/// A host of the bench: one operating system with one nexus to the drive. Host 0 is the one that is judged.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct HostId(pub u8);

/// A process on a host. Process 0 is the one that runs the suite and is never killed.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct ProcessId(pub u8);

/// What is reset, and so what the drive forgets.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResetKind {
    /// A hard reset that every nexus sees.
    Bus,
    /// The logical unit alone, by task management.
    LogicalUnit,
    /// The nexus of one host is lost and comes back.
    Nexus(HostId),
    /// Power off and on.
    Power,
}

/// A disc that a bench has at hand.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiscKind {
    /// A recordable disc that nothing was written to.
    Blank,
    /// A recordable disc of this medium that nothing was written to.
    BlankOf(Medium),
    /// A disc with data that can be read.
    Data,
}

/// How a drive comes back.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Replug {
    /// Another drive, with another identity, in the same place.
    Other,
    /// The same drive, as a new instance.
    Same,
}

/// The laboratory around one drive.
///
/// # Contract
/// - Handles opened before [`Bench::restore`], [`Bench::kill`] of their process, or the loss of the drive keep existing and answer with
///   errors; they never reach what came after.
/// - Every `Option` accessor agrees with [`Bench::capabilities`]: declared abilities give `Some`.
/// - After any failure `restore` brings drive and hosts to the known state with bounded effort: no faults, no locks, nothing prevented or
///   reserved, tray closed, the default disc in, unit attentions of the bench's own nexuses read.
pub trait Bench {
    /// What this bench can do.
    fn capabilities(&self) -> &Capabilities;

    /// A way to open handles as `process` on `host`, also later and after the drive came back.
    ///
    /// # Errors
    /// `Unsupported` for a host or process that the bench does not have.
    fn opener(&mut self, host: HostId, process: ProcessId) -> Result<Box<dyn Opener>, DeviceError>;

    /// Opens a handle for reading and writing.
    ///
    /// # Errors
    /// `AccessDenied`, `Gone`, `Busy`, or `Unsupported` for a host or process that the bench does not have.
    fn open(&mut self, host: HostId, process: ProcessId) -> Result<Box<dyn Handle>, DeviceError> {
        self.opener(host, process)?.open()
    }

    /// Kills a process: every handle of it is closed by the system, in the system's order.
    ///
    /// # Errors
    /// `Unsupported` for process 0 or where there is only one.
    fn kill(&mut self, process: ProcessId) -> Result<(), DeviceError>;

    /// Resets the drive or a nexus.
    ///
    /// # Errors
    /// `Unsupported` for a kind that is not declared; or that it failed.
    fn reset(&mut self, kind: ResetKind) -> Result<(), DeviceError>;

    /// What TEST UNIT READY is answered on host 0 as the first command since the power came on that could report a unit attention. A bench
    /// that cannot switch the power has asked when it was opened, and gives that answer each time.
    ///
    /// # Errors
    /// As [`Device::execute`](crate::Device::execute); `Unsupported` where it is not declared.
    fn first_answer(&mut self) -> Result<Completion, DeviceError>;

    /// Now, on the bench's clock.
    fn now(&self) -> Instant;

    /// Lets time pass.
    fn wait(&mut self, span: Duration);

    /// Brings everything to the known state.
    ///
    /// # Errors
    /// Why it could not be reached.
    fn restore(&mut self) -> Result<(), DeviceError>;

    /// The complete state as JSON, for reports; `None` where it cannot be known.
    fn snapshot(&self) -> Option<String> {
        None
    }

    /// Fault injection.
    fn faults(&mut self) -> Option<&mut dyn FaultControl>;

    /// The tray button.
    fn button(&mut self) -> Option<&mut dyn TrayButton>;

    /// Somebody who changes discs.
    fn changer(&mut self) -> Option<&mut dyn DiscChanger>;

    /// Control over the memory of hosts.
    fn memory(&mut self) -> Option<&mut dyn MemoryControl>;

    /// The plug.
    fn plug(&mut self) -> Option<&mut dyn Plug>;

    /// A source of commands that take too long.
    fn slow(&mut self) -> Option<&mut dyn SlowPath>;

    /// Control over mounted volumes.
    fn volume(&mut self) -> Option<&mut dyn VolumeControl>;
}

/// A way to open handles on the drive of a bench, from one process of one host.
pub trait Opener: Send {
    /// The host's unique identifier of the drive, as its enumeration gives it.
    fn unique_id(&self) -> &str;

    /// Opens a handle for reading and writing on the instance of the drive that is there now.
    ///
    /// # Errors
    /// `AccessDenied`, `Busy`, `InvalidHandle` when the process is dead, or `Gone`.
    fn open(&mut self) -> Result<Box<dyn Handle>, DeviceError>;
}

/// The button on the drive's front.
pub trait TrayButton {
    /// Presses and lets go.
    ///
    /// # Errors
    /// That it could not be pressed.
    fn press(&mut self) -> Result<(), DeviceError>;
}

/// Somebody who puts discs on the open tray and takes them off.
pub trait DiscChanger {
    /// Puts `disc` on the open tray instead of what lies there; `None` leaves it empty.
    ///
    /// # Errors
    /// `InvalidState` while the tray is closed; `Unsupported` for a disc that the bench does not have: which blank media it has, its
    /// [`Capabilities::media`] say.
    fn place(&mut self, disc: Option<DiscKind>) -> Result<(), DeviceError>;
}

/// Makes a host's allocations fail.
pub trait MemoryControl {
    /// From now on allocations for requests fail on `host`, or succeed again.
    ///
    /// # Errors
    /// `Unsupported` for a host that the bench does not have.
    fn exhaust(&mut self, host: HostId, exhausted: bool) -> Result<(), DeviceError>;
}

/// The plug of the drive: removal without notice.
pub trait Plug {
    /// Pulls it. Whatever is under way is lost.
    ///
    /// # Errors
    /// That it could not be pulled.
    fn pull(&mut self) -> Result<(), DeviceError>;

    /// Puts it back. The drive is a new instance: old handles stay dead.
    ///
    /// # Errors
    /// That the drive did not come back.
    fn put_back(&mut self, how: Replug) -> Result<(), DeviceError>;
}

/// A data-in command that will not be answered within its timeout when it is the next one executed.
#[derive(Clone, Copy, Debug)]
pub struct SlowCommand {
    /// The command.
    pub cdb: Cdb,
    /// Bytes of its data-in buffer.
    pub transfer: usize,
    /// The timeout that it will exceed.
    pub timeout: Duration,
}

/// A source of commands that take too long.
pub trait SlowPath {
    /// Prepares the drive and says which command is slow now.
    ///
    /// # Errors
    /// That the drive could not be made slow.
    fn arm(&mut self) -> Result<SlowCommand, DeviceError>;
}

/// Control over the volume that a host may have mounted.
pub trait VolumeControl {
    /// Mounts the disc's file system on `host`.
    ///
    /// # Errors
    /// `AlreadyLocked` or `Locked` while a client holds the device; or that there is nothing to mount.
    fn mount(&mut self, host: HostId) -> Result<(), DeviceError>;

    /// Dismounts it; nothing happens when nothing is mounted.
    ///
    /// # Errors
    /// That the system refused.
    fn dismount(&mut self, host: HostId) -> Result<(), DeviceError>;
}
