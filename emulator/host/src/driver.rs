//! The driver: arrivals of a drive, files, handles, and what every request passes first.

use crate::config::{HostConfig, OpenWhileLocked};
use crate::exclusive::{Exclusive, LogEntry};
use crate::faults::HostFaults;
use crate::files::{FileId, FileObject, Files, HandleId};
use crate::history::History;
use crate::notification::Notification;
use crate::port::Port;
use crate::quirk::Quirk;
use crate::request::{OutsiderAnswer, RequestKind};
use crate::unit::Unit;
use discrig_device::fault::{HostOperation, States};
use discrig_device::{DeviceError, ErrorKind, HostEvent, Instant, ProcessId, Properties};
use std::collections::BTreeMap;

/// A simulated class driver: state and rules. It is lent the way to its drive with each call.
///
/// Every request is judged in this order: the handle, the memory for the request, whether the drive of its file is still there, fault
/// rules for the operation, whether another file holds the device, the serial queue, and then its own rules.
#[derive(Clone, Debug)]
pub struct ClassDriver {
    pub(crate) config: HostConfig,
    pub(crate) unit: Option<Unit>,
    pub(crate) files: Files,
    pub(crate) notifications: History<Notification>,
    pub(crate) log: History<LogEntry>,
    pub(crate) faults: HostFaults,
    pub(crate) exhausted: bool,
    /// How often each process died since the host started.
    deaths: BTreeMap<ProcessId, u64>,
    instances: u64,
    /// The lock that outlives its drive, under [`Quirk::LockSurvivesRemoval`].
    surviving: Option<Exclusive>,
}

/// A request that may go on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Admitted {
    /// The file that it is made on.
    pub(crate) file: FileId,
    /// Whether a fault rule wants it answered without effect.
    pub(crate) lost: bool,
}

/// How a file comes to its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Ending {
    /// Its last handle was closed.
    Closed,
    /// The process with its last handle died.
    Died,
}

impl ClassDriver {
    /// A driver that has not found a drive yet.
    #[must_use]
    pub fn new(config: HostConfig) -> ClassDriver {
        ClassDriver {
            faults: HostFaults::new(config.fault_seed),
            config,
            unit: None,
            files: Files::default(),
            notifications: History::default(),
            log: History::default(),
            exhausted: false,
            deaths: BTreeMap::new(),
            instances: 0,
            surviving: None,
        }
    }

    /// What was chosen about this host.
    #[must_use]
    pub fn config(&self) -> &HostConfig {
        &self.config
    }

    /// The fault rules for host operations.
    pub fn faults(&mut self) -> &mut HostFaults {
        &mut self.faults
    }

    /// The states that fault rules can ask for, as far as the host knows them.
    #[must_use]
    pub fn states(&self) -> States {
        States::LOCKED.when(self.holder().is_some())
    }

    /// From now on requests find no memory, or find it again. Everything but closing a handle is a request.
    pub fn exhaust(&mut self, exhausted: bool) {
        self.exhausted = exhausted;
    }

    /// Whether a drive is there, as far as the host knows.
    #[must_use]
    pub fn is_attached(&self) -> bool {
        self.unit.is_some()
    }

    /// The drive arrives: the driver asks who it is and whether there is a disc, and keeps the answers. If the driver thought that one was
    /// there, that one is gone.
    ///
    /// # Errors
    /// That the drive did not answer INQUIRY, refused it (`Hardware`, `Busy`), or is no CD/DVD/BD device (`Unsupported`).
    pub fn attach(&mut self, port: &mut dyn Port) -> Result<(), DeviceError> {
        self.detach(port.now());
        let inquiry = self.identify(port)?;
        self.instances += 1;
        self.unit =
            Some(Unit { instance: self.instances, exclusive: self.surviving.take(), ..Unit::default() });
        let serial = self.serial_number(port)?;
        self.find_medium(port)?;
        let properties = self.describe(inquiry, serial);
        let unit = self.unit_mut("attach")?;
        unit.properties = properties;
        unit.reported = unit.known;
        Ok(())
    }

    fn describe(&self, inquiry: Vec<u8>, serial: String) -> Properties {
        let config = &self.config;
        Properties {
            inquiry,
            serial,
            volume_name: config.volume_name.clone(),
            volume_paths: config.volume_paths.clone(),
            legacy_device_number: config.legacy_device_number,
            alignment_mask: config.alignment_mask,
            maximum_transfer_aligned: config.maximum_transfer_aligned,
            maximum_transfer_unaligned: config.maximum_transfer_unaligned,
        }
    }

    /// The drive is gone, without notice: so is all that concerned it. Files opened on it answer `Gone` for ever; they still learn of it by
    /// a notification. Nothing happens when no drive is there. The driver calls this itself when the port answers `Gone`.
    pub fn detach(&mut self, now: Instant) {
        let Some(unit) = self.unit.take() else { return };
        self.notifications.push(Notification {
            at: now,
            event: HostEvent::DeviceRemoved,
            owner: unit.exclusive.as_ref().map(|lock| lock.owner).unwrap_or_default(),
        });
        let end = self.notifications.end();
        for object in self.files.iter_mut().filter(|object| object.instance == unit.instance) {
            object.last = Some(end);
        }
        if self.config.has(Quirk::LockSurvivesRemoval) {
            self.surviving = unit.exclusive;
        }
    }

    /// The host starts anew: every process and file, the lock, the counts, the fault rules and the shortage of memory are gone, and no drive
    /// is there until [`ClassDriver::attach`]. The drive is told nothing. Handles of before answer `InvalidHandle`.
    pub fn restart(&mut self) {
        self.unit = None;
        self.surviving = None;
        self.exhausted = false;
        self.deaths.clear();
        self.files.clear();
        self.faults.forget();
    }

    /// Opens a file on the drive that is there now. If none is known, the driver looks for one.
    ///
    /// # Errors
    /// `OutOfMemory`; what [`ClassDriver::attach`] says; `AccessDenied` while the device is locked, under [`OpenWhileLocked::Fail`].
    pub fn open(&mut self, port: &mut dyn Port, process: ProcessId) -> Result<HandleId, DeviceError> {
        let kind = RequestKind::Open;
        self.allocate(kind)?;
        if self.unit.is_none() {
            self.attach(port)?;
        }
        self.inject(port, kind.operation());
        let refused = kind.outsider() == OutsiderAnswer::ByPolicy
            && self.config.open_while_locked == OpenWhileLocked::Fail
            && self.holder().is_some();
        if refused {
            return Err(DeviceError::new(ErrorKind::AccessDenied, kind.name()));
        }
        self.new_file(process)
    }

    pub(crate) fn new_file(&mut self, process: ProcessId) -> Result<HandleId, DeviceError> {
        let object = FileObject {
            instance: self.unit_mut(RequestKind::Open.name())?.instance,
            notification_off: 0,
            protected: 0,
            unseen: self.notifications.end(),
            last: None,
        };
        Ok(self.files.open(process, object))
    }

    /// Another handle for the same file, held by `process`: duplicated, or inherited by a child.
    ///
    /// # Errors
    /// `InvalidHandle`, `OutOfMemory` or `Gone`.
    pub fn duplicate(&mut self, handle: HandleId, process: ProcessId) -> Result<HandleId, DeviceError> {
        let file = self.present(handle, RequestKind::Duplicate)?;
        Ok(self.files.refer(file, process))
    }

    /// The process that holds a handle; none once the handle is closed.
    #[must_use]
    pub fn process_of(&self, handle: HandleId) -> Option<ProcessId> {
        self.files.reference(handle).map(|reference| reference.process)
    }

    /// The file that a handle refers to; none once the handle is closed.
    #[must_use]
    pub fn file_of(&self, handle: HandleId) -> Option<FileId> {
        self.files.reference(handle).map(|reference| reference.file)
    }

    /// Closes a handle. With the last one of a file goes what the file holds, in this order: protected tray locks, media change notification,
    /// exclusive access. A file whose command was given up goes when the drive is done with that, or the queue has waited long enough.
    ///
    /// # Errors
    /// `InvalidHandle` when it is closed already; or why the tray could not be freed, everything else being done.
    pub fn close(&mut self, port: &mut dyn Port, handle: HandleId) -> Result<(), DeviceError> {
        self.end_handle(port, handle, Ending::Closed)
    }

    /// A process dies: its handles are closed in the order in which it got them.
    ///
    /// # Errors
    /// The first of those that [`ClassDriver::close`] gave, everything else being done.
    pub fn kill(&mut self, port: &mut dyn Port, process: ProcessId) -> Result<(), DeviceError> {
        *self.deaths.entry(process).or_default() += 1;
        let handles = self.files.handles_of(process);
        let ends = handles.into_iter().map(|handle| self.end_handle(port, handle, Ending::Died));
        // Every handle is closed, whatever came of those before it.
        ends.fold(Ok(()), Result::and)
    }

    /// How often a process died since the host started: another process of the same number is another life.
    #[must_use]
    pub fn deaths(&self, process: ProcessId) -> u64 {
        self.deaths.get(&process).copied().unwrap_or(0)
    }

    fn end_handle(
        &mut self,
        port: &mut dyn Port,
        handle: HandleId,
        ending: Ending,
    ) -> Result<(), DeviceError> {
        let reference = self
            .files
            .drop_handle(handle)
            .ok_or_else(|| DeviceError::new(ErrorKind::InvalidHandle, "close"))?;
        if self.files.is_referred(reference.file) {
            return Ok(());
        }
        self.end_file(port, reference.file, ending)
    }

    fn end_file(&mut self, port: &mut dyn Port, file: FileId, ending: Ending) -> Result<(), DeviceError> {
        let is_current = self.is_current(file);
        let Some(object) = self.files.remove(file) else { return Ok(()) };
        if !is_current {
            return Ok(());
        }
        self.inject(port, Some(HostOperation::Close));
        if self.unit.as_ref().is_some_and(|unit| unit.abandoned.contains(&Some(file))) {
            // Whether the drive is done or not, the wait is over after this.
            let _ = self.synchronise(port, "close");
        }
        let tray = self.drain_tray_locks(port, object.protected);
        self.drain_notification(object.notification_off);
        let survives = ending == Ending::Died && self.config.has(Quirk::OwnerDeathKeepsLock);
        if self.holder() == Some(file) && !survives {
            self.release(port, true);
        }
        tray
    }

    /// What the host knows of the drive without asking it.
    ///
    /// # Errors
    /// `InvalidHandle`, `OutOfMemory` or `Gone`.
    pub fn properties(&mut self, handle: HandleId) -> Result<Properties, DeviceError> {
        self.present(handle, RequestKind::Properties)?;
        self.unit_mut(RequestKind::Properties.name()).map(|unit| unit.properties.clone())
    }

    /// What every request passes before its own rules.
    pub(crate) fn admit(
        &mut self,
        port: &mut dyn Port,
        handle: HandleId,
        kind: RequestKind,
    ) -> Result<Admitted, DeviceError> {
        let file = self.present(handle, kind)?;
        let lost = self.inject(port, kind.operation());
        self.keep_out(Some(file), kind)?;
        if kind.is_serial() {
            self.synchronise(port, kind.name())?;
        }
        Ok(Admitted { file, lost })
    }

    /// The file of a handle, if the request can be made and its drive is there.
    fn present(&self, handle: HandleId, kind: RequestKind) -> Result<FileId, DeviceError> {
        let file =
            self.file_of(handle).ok_or_else(|| DeviceError::new(ErrorKind::InvalidHandle, kind.name()))?;
        self.allocate(kind)?;
        if self.is_current(file) { Ok(file) } else { Err(DeviceError::new(ErrorKind::Gone, kind.name())) }
    }

    /// Whether there is memory for a request.
    pub(crate) fn allocate(&self, kind: RequestKind) -> Result<(), DeviceError> {
        if self.exhausted { Err(DeviceError::new(ErrorKind::OutOfMemory, kind.name())) } else { Ok(()) }
    }

    /// Whether the drive that a file was opened on is there.
    pub(crate) fn is_current(&self, file: FileId) -> bool {
        let instance = self.unit.as_ref().map(|unit| unit.instance);
        instance.is_some() && self.files.get(file).map(|object| object.instance) == instance
    }

    /// Refuses the request if somebody else than `file` holds the device and the table says so.
    pub(crate) fn keep_out(&self, file: Option<FileId>, kind: RequestKind) -> Result<(), DeviceError> {
        let refused = kind.outsider() == OutsiderAnswer::Refused
            && self.holder().is_some_and(|holder| Some(holder) != file)
            && !self.config.has(Quirk::OutsiderCommandsPass);
        if refused { Err(DeviceError::new(ErrorKind::Locked, kind.name())) } else { Ok(()) }
    }

    /// The drive that is there, or `Gone`.
    pub(crate) fn unit_mut(&mut self, operation: &'static str) -> Result<&mut Unit, DeviceError> {
        self.unit.as_mut().ok_or_else(|| DeviceError::new(ErrorKind::Gone, operation))
    }
}
