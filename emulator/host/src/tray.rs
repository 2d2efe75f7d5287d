//! The tray: the host's two locks on it, opening and closing.

use crate::command::usual;
use crate::driver::ClassDriver;
use crate::files::{FileId, HandleId};
use crate::port::Port;
use crate::quirk::Quirk;
use crate::request::RequestKind;
use crate::unit::Unit;
use discrig_device::{DeviceError, ErrorKind, Request, TrayLock};
use discrig_wire::command::{PreventAllowMediumRemoval, StartStopUnit};

impl ClassDriver {
    /// Opens the tray and waits until it is open.
    ///
    /// # Errors
    /// `Locked`; `Busy` while any file, this one included, holds a protected tray lock, or the drive says that removal is prevented; why the
    /// drive did not do it.
    pub fn eject(&mut self, port: &mut dyn Port, handle: HandleId) -> Result<(), DeviceError> {
        self.move_tray(port, handle, RequestKind::Eject, false)
    }

    /// Closes the tray and waits until the drive has taken the medium in.
    ///
    /// # Errors
    /// As [`ClassDriver::eject`]; `Unsupported` for a drive that cannot load.
    pub fn load(&mut self, port: &mut dyn Port, handle: HandleId) -> Result<(), DeviceError> {
        self.move_tray(port, handle, RequestKind::Load, true)
    }

    fn move_tray(
        &mut self,
        port: &mut dyn Port,
        handle: HandleId,
        kind: RequestKind,
        start: bool,
    ) -> Result<(), DeviceError> {
        let file = self.admit(port, handle, kind)?.file;
        if self.unit_mut(kind.name())?.protected > 0 {
            return Err(DeviceError::new(ErrorKind::Busy, kind.name()));
        }
        let cdb = StartStopUnit { load_eject: true, start, ..StartStopUnit::default() };
        let request = Request::none(cdb, usual(StartStopUnit::SPEC));
        self.demand(port, kind.name(), request, Some(file)).map(|_| ())
    }

    /// Locks the tray once more. The drive hears of the first lock of either kind only.
    ///
    /// # Errors
    /// `Locked`; why the drive did not do it, the count being as it was; `InvalidState` when the count is at its end.
    pub fn lock_tray(
        &mut self,
        port: &mut dyn Port,
        handle: HandleId,
        lock: TrayLock,
    ) -> Result<(), DeviceError> {
        let kind = RequestKind::TrayLock;
        let file = self.admit(port, handle, kind)?.file;
        let unit = self.unit_mut(kind.name())?;
        let end = || DeviceError::new(ErrorKind::InvalidState, kind.name());
        let raised = count_of(unit, lock).checked_add(1).ok_or_else(end)?;
        if !unit.prevents() {
            self.prevent(port, kind.name(), true, Some(file))?;
        }
        *count_of(self.unit_mut(kind.name())?, lock) = raised;
        if lock == TrayLock::Protected
            && let Some(object) = self.files.get_mut(file)
        {
            // The device counts what all its files do, so its count ends first.
            object.protected += 1;
        }
        Ok(())
    }

    /// Takes one locking back. The drive hears when the last one of either kind goes. A simple lock that nobody holds is given up in silence.
    ///
    /// # Errors
    /// `Locked`; `InvalidState` for a protected lock that this file does not hold; why the drive did not do it, the count being lower by then.
    pub fn unlock_tray(
        &mut self,
        port: &mut dyn Port,
        handle: HandleId,
        lock: TrayLock,
    ) -> Result<(), DeviceError> {
        let kind = RequestKind::TrayLock;
        let file = self.admit(port, handle, kind)?.file;
        if lock == TrayLock::Protected {
            let own = self.files.get_mut(file).filter(|object| object.protected > 0);
            let object = own.ok_or_else(|| DeviceError::new(ErrorKind::InvalidState, kind.name()))?;
            object.protected -= 1;
        }
        self.lower_tray_lock(port, lock, 1, Some(file))
    }

    /// Takes the protected tray locks of a file away with the file.
    pub(crate) fn drain_tray_locks(&mut self, port: &mut dyn Port, held: u32) -> Result<(), DeviceError> {
        if self.config.has(Quirk::CloseSkipsTrayLocks) {
            return Ok(());
        }
        self.lower_tray_lock(port, TrayLock::Protected, held, None)
    }

    fn lower_tray_lock(
        &mut self,
        port: &mut dyn Port,
        lock: TrayLock,
        by: u32,
        client: Option<FileId>,
    ) -> Result<(), DeviceError> {
        let operation = RequestKind::TrayLock.name();
        let Some(unit) = self.unit.as_mut() else { return Ok(()) };
        let prevented = unit.prevents();
        let count = count_of(unit, lock);
        *count = count.saturating_sub(by);
        if prevented && !unit.prevents() {
            self.prevent(port, operation, false, client)?;
        }
        Ok(())
    }

    fn prevent(
        &mut self,
        port: &mut dyn Port,
        operation: &'static str,
        prevent: bool,
        client: Option<FileId>,
    ) -> Result<(), DeviceError> {
        let cdb = PreventAllowMediumRemoval { persistent: false, prevent };
        let request = Request::none(cdb, usual(PreventAllowMediumRemoval::SPEC));
        self.demand(port, operation, request, client).map(|_| ())
    }
}

fn count_of(unit: &mut Unit, lock: TrayLock) -> &mut u32 {
    match lock {
        TrayLock::Protected => &mut unit.protected,
        TrayLock::Simple => &mut unit.simple,
    }
}
