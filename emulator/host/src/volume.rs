//! The volume that the host may have mounted. Its file system is a client without a file, so a lock keeps it out.

use crate::command::usual;
use crate::driver::ClassDriver;
use crate::port::Port;
use crate::request::RequestKind;
use discrig_device::{DeviceError, ErrorKind, Request};
use discrig_wire::command::{Read10, TestUnitReady};

/// Bytes of a block of user data.
const BLOCK: usize = 2048;

impl ClassDriver {
    /// Mounts the disc's volume; nothing happens when it is mounted.
    ///
    /// # Errors
    /// `OutOfMemory`, `Gone`; `Locked` while a client holds the device; why the first block cannot be read.
    pub fn mount(&mut self, port: &mut dyn Port) -> Result<(), DeviceError> {
        self.allocate(RequestKind::Volume)?;
        self.keep_out(None, RequestKind::Volume)?;
        let operation = "mount";
        if self.unit_mut(operation)?.mounted {
            return Ok(());
        }
        self.probe(port, operation)?;
        self.unit_mut(operation)?.mounted = true;
        Ok(())
    }

    /// Whether there is a disc whose first block can be read.
    fn probe(&mut self, port: &mut dyn Port, operation: &'static str) -> Result<(), DeviceError> {
        self.demand(port, operation, Request::none(TestUnitReady {}, usual(TestUnitReady::SPEC)), None)?;
        self.read_block(port, operation, 0, &mut [0; BLOCK])
    }

    fn read_block(
        &mut self,
        port: &mut dyn Port,
        operation: &'static str,
        block: u32,
        buffer: &mut [u8; BLOCK],
    ) -> Result<(), DeviceError> {
        let cdb = Read10 { logical_block_address: block, transfer_length: 1, ..Read10::default() };
        let completion =
            self.demand(port, operation, Request::input(cdb, buffer, usual(Read10::SPEC)), None)?;
        if completion.transferred < BLOCK {
            return Err(DeviceError::new(ErrorKind::Hardware, operation));
        }
        Ok(())
    }

    /// Dismounts it; nothing happens when nothing is mounted.
    pub fn dismount(&mut self) {
        if let Some(unit) = self.unit.as_mut() {
            unit.mounted = false;
            unit.verify = false;
        }
    }

    /// Whether a volume is mounted.
    #[must_use]
    pub fn is_mounted(&self) -> bool {
        self.unit.as_ref().is_some_and(|unit| unit.mounted)
    }

    /// Reads a block through the mounted volume, as a program that reads a file does. After a lock was given up, the first access looks
    /// whether the volume is still there, and dismounts it if it is not.
    ///
    /// # Errors
    /// `OutOfMemory`, `Gone`; `InvalidState` when nothing is mounted; `Locked` while a client holds the device; why the block cannot be read.
    pub fn read_volume(
        &mut self,
        port: &mut dyn Port,
        block: u32,
        buffer: &mut [u8; BLOCK],
    ) -> Result<(), DeviceError> {
        let operation = "read volume";
        self.allocate(RequestKind::Volume)?;
        if !self.unit_mut(operation)?.mounted {
            return Err(DeviceError::new(ErrorKind::InvalidState, operation));
        }
        self.keep_out(None, RequestKind::Volume)?;
        if core::mem::take(&mut self.unit_mut(operation)?.verify)
            && let Err(error) = self.probe(port, operation)
        {
            self.dismount();
            return Err(error);
        }
        self.read_block(port, operation, block, buffer)
    }
}
