//! The kernel's side of the seam: structures and numbers of its user-space interface, and every `unsafe` block of this crate.
//!
//! What leaves this module is safe: [`ScsiFd`] can only hold nodes whose driver understands these calls, and buffers are
//! borrowed for exactly the length of a call.

use core::ffi::{c_int, c_uint, c_void};
use core::marker::PhantomData;
use core::mem::{offset_of, size_of};
use discrig_device::Data;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{FileType, fstat, major, minor};
use rustix::io::{Errno, Result};
use rustix::ioctl::{Getter, IntegerSetter, Ioctl, IoctlOutput, Opcode, Setter, ioctl};

/// Block device major of `/dev/sr*` (SCSI_CDROM_MAJOR).
pub(crate) const SR_MAJOR: u32 = 11;
/// Character device major of `/dev/sg*` (SCSI_GENERIC_MAJOR).
pub(crate) const SG_MAJOR: u32 = 21;
/// Bytes of sense that the kernel hands out at most.
pub(crate) const SENSE_MAX: usize = 96;

const SG_IO: Opcode = 0x2285;
const SG_SCSI_RESET: Opcode = 0x2284;
const SCSI_IOCTL_GET_BUS_NUMBER: Opcode = 0x5386;
const CDROMEJECT: Opcode = 0x5309;
const CDROMCLOSETRAY: Opcode = 0x5319;
const CDROM_LOCKDOOR: Opcode = 0x5329;

/// `struct sg_io_hdr`, version 3.
#[repr(C)]
struct SgIoHdr {
    interface_id: c_int,
    dxfer_direction: c_int,
    cmd_len: u8,
    mx_sb_len: u8,
    iovec_count: u16,
    dxfer_len: c_uint,
    dxferp: *mut c_void,
    cmdp: *const u8,
    sbp: *mut u8,
    timeout: c_uint,
    flags: c_uint,
    pack_id: c_int,
    usr_ptr: *mut c_void,
    status: u8,
    masked_status: u8,
    msg_status: u8,
    sb_len_wr: u8,
    host_status: u16,
    driver_status: u16,
    resid: c_int,
    duration: c_uint,
    info: c_uint,
}

const _: () = {
    assert!(offset_of!(SgIoHdr, dxfer_len) == 12);
    assert!(offset_of!(SgIoHdr, dxferp) == 16);
    let pointer = size_of::<usize>();
    assert!(offset_of!(SgIoHdr, timeout) == 16 + 3 * pointer);
    assert!(offset_of!(SgIoHdr, status) == if pointer == 8 { 64 } else { 44 });
    assert!(offset_of!(SgIoHdr, info) == if pointer == 8 { 80 } else { 60 });
    assert!(size_of::<SgIoHdr>() == if pointer == 8 { 88 } else { 64 });
};

const DIRECTION_NONE: c_int = -1;
const DIRECTION_OUT: c_int = -2;
const DIRECTION_IN: c_int = -3;

/// What the kernel filled in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct SgAnswer {
    /// SCSI status byte.
    pub(crate) status: u8,
    /// The host adapter's status (`DID_*`).
    pub(crate) host_status: u16,
    /// The mid layer's status (`DRIVER_*`), zero on newer kernels.
    pub(crate) driver_status: u16,
    /// Bytes of sense that were written.
    pub(crate) sense_length: u8,
    /// Bytes that were asked for and not transferred; drivers may get it wrong in either direction.
    pub(crate) residual: i32,
    /// Time in milliseconds by the kernel's clock.
    pub(crate) duration_ms: u32,
}

/// One SG_IO call. The lifetime keeps the buffers behind the pointers borrowed.
struct SgIo<'a> {
    header: SgIoHdr,
    buffers: PhantomData<&'a mut [u8]>,
}

// SAFETY: SG_IO takes a pointer to `struct sg_io_hdr`, whose layout is asserted above, and reads and writes that structure and the buffers
// it points to, nothing else. Both live as long as `self`. After success the pointer that `as_ptr` gave still points to
// the structure.
unsafe impl Ioctl for SgIo<'_> {
    type Output = SgAnswer;

    const IS_MUTATING: bool = true;

    fn opcode(&self) -> Opcode {
        SG_IO
    }

    fn as_ptr(&mut self) -> *mut c_void {
        (&raw mut self.header).cast()
    }

    /// # Safety
    /// `header` is what `as_ptr` gave, after the call succeeded.
    unsafe fn output_from_ptr(_: IoctlOutput, header: *mut c_void) -> Result<SgAnswer> {
        // SAFETY: The caller passes what `as_ptr` gave: a valid, initialised header that nobody else refers to.
        let header = unsafe { &*header.cast::<SgIoHdr>() };
        Ok(SgAnswer {
            status: header.status,
            host_status: header.host_status,
            driver_status: header.driver_status,
            sense_length: header.sb_len_wr,
            residual: header.resid,
            duration_ms: header.duration,
        })
    }
}

/// A call that moves the tray. When the drive refuses, newer kernels return the SCSI status as a positive number and no error.
struct TrayMove<const OPCODE: Opcode>;

// SAFETY: Both calls take no argument and touch no memory of this process; nothing is read through the pointer.
unsafe impl<const OPCODE: Opcode> Ioctl for TrayMove<OPCODE> {
    type Output = ();

    const IS_MUTATING: bool = false;

    fn opcode(&self) -> Opcode {
        OPCODE
    }

    fn as_ptr(&mut self) -> *mut c_void {
        core::ptr::null_mut()
    }

    /// # Safety
    /// None is needed: the pointer is not used.
    unsafe fn output_from_ptr(status: IoctlOutput, _: *mut c_void) -> Result<()> {
        if status == 0 { Ok(()) } else { Err(Errno::IO) }
    }
}

/// An open node of the `sr` or `sg` driver: the only files that the calls of this module are made on.
#[derive(Debug)]
pub(crate) struct ScsiFd {
    fd: OwnedFd,
    is_sr: bool,
}

impl ScsiFd {
    /// Takes an open file that is a node of one of the two drivers.
    ///
    /// # Errors
    /// `ENOTTY` for any other file, or why the kernel could not say what it is.
    pub(crate) fn adopt(fd: OwnedFd) -> Result<ScsiFd> {
        let stat = fstat(&fd)?;
        match (FileType::from_raw_mode(stat.st_mode), major(stat.st_rdev)) {
            (FileType::BlockDevice, SR_MAJOR) => Ok(ScsiFd { fd, is_sr: true }),
            (FileType::CharacterDevice, SG_MAJOR) => Ok(ScsiFd { fd, is_sr: false }),
            _ => Err(Errno::NOTTY),
        }
    }

    /// Major and minor number of the node.
    pub(crate) fn numbers(&self) -> Result<(u32, u32)> {
        let stat = fstat(&self.fd)?;
        Ok((major(stat.st_rdev), minor(stat.st_rdev)))
    }

    /// Executes one command and waits for it.
    pub(crate) fn sg_io(
        &self,
        cdb: &[u8],
        data: &mut Data<'_>,
        sense: &mut [u8; SENSE_MAX],
        timeout_ms: u32,
    ) -> Result<SgAnswer> {
        let (direction, pointer, length) = match data {
            Data::In(buffer) if !buffer.is_empty() => {
                (DIRECTION_IN, buffer.as_mut_ptr().cast::<c_void>(), buffer.len())
            }
            // The kernel only reads what it sends, so the pointer's mutability is never used.
            Data::Out(bytes) if !bytes.is_empty() => {
                (DIRECTION_OUT, bytes.as_ptr().cast_mut().cast::<c_void>(), bytes.len())
            }
            _ => (DIRECTION_NONE, core::ptr::null_mut(), 0),
        };
        let header = SgIoHdr {
            interface_id: c_int::from(b'S'),
            dxfer_direction: direction,
            cmd_len: u8::try_from(cdb.len()).map_err(|_| Errno::INVAL)?,
            mx_sb_len: SENSE_MAX as u8,
            iovec_count: 0,
            dxfer_len: c_uint::try_from(length).map_err(|_| Errno::INVAL)?,
            dxferp: pointer,
            cmdp: cdb.as_ptr(),
            sbp: sense.as_mut_ptr(),
            timeout: timeout_ms,
            flags: 0,
            pack_id: 0,
            usr_ptr: core::ptr::null_mut(),
            status: 0,
            masked_status: 0,
            msg_status: 0,
            sb_len_wr: 0,
            host_status: 0,
            driver_status: 0,
            resid: 0,
            duration: 0,
            info: 0,
        };
        // SAFETY: `self` is a node of a driver that takes SG_IO with this structure. CDB, data and sense are borrowed by this
        // function until the call returns; each length in the header is that of its buffer; the call is synchronous.
        unsafe { ioctl(&self.fd, SgIo { header, buffers: PhantomData }) }
    }

    /// Asks the kernel whether the device behind the node still exists, without a command.
    ///
    /// # Errors
    /// `ENODEV` when it does not.
    pub(crate) fn ping(&self) -> Result<()> {
        // SAFETY: SCSI_IOCTL_GET_BUS_NUMBER writes one `int` through its argument; both drivers pass it to the SCSI layer.
        unsafe { ioctl(&self.fd, Getter::<SCSI_IOCTL_GET_BUS_NUMBER, c_int>::new()) }.map(|_| ())
    }

    /// Opens the tray by the kernel's own call; sr nodes only.
    ///
    /// # Errors
    /// `EIO` when the drive refused, besides what the kernel says.
    pub(crate) fn eject(&self) -> Result<()> {
        self.sr_only()?;
        // SAFETY: CDROMEJECT takes no argument.
        unsafe { ioctl(&self.fd, TrayMove::<CDROMEJECT>) }
    }

    /// Closes the tray by the kernel's own call; sr nodes only.
    ///
    /// # Errors
    /// `EIO` when the drive refused, besides what the kernel says.
    pub(crate) fn close_tray(&self) -> Result<()> {
        self.sr_only()?;
        // SAFETY: CDROMCLOSETRAY takes no argument.
        unsafe { ioctl(&self.fd, TrayMove::<CDROMCLOSETRAY>) }
    }

    /// Locks or unlocks the door by the kernel's own call; sr nodes only.
    pub(crate) fn lock_door(&self, locked: bool) -> Result<()> {
        self.sr_only()?;
        // SAFETY: CDROM_LOCKDOOR takes its argument by value and touches no memory of this process.
        unsafe { ioctl(&self.fd, IntegerSetter::<CDROM_LOCKDOOR>::new_usize(usize::from(locked))) }
    }

    /// Resets what `level` says: see [`reset_level`].
    pub(crate) fn reset(&self, level: c_int) -> Result<()> {
        // SAFETY: SG_SCSI_RESET reads one `int` through its argument; both drivers pass it to the SCSI layer.
        unsafe { ioctl(&self.fd, Setter::<SG_SCSI_RESET, c_int>::new(level)) }
    }

    fn sr_only(&self) -> Result<()> {
        if self.is_sr { Ok(()) } else { Err(Errno::NOTTY) }
    }
}

impl AsFd for ScsiFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Arguments of [`ScsiFd::reset`].
pub(crate) mod reset_level {
    use core::ffi::c_int;

    /// Do not try the next harder reset when one fails.
    const NO_ESCALATE: c_int = 0x100;
    /// The logical unit.
    pub(crate) const DEVICE: c_int = 1 | NO_ESCALATE;
    /// Everything on the bus.
    pub(crate) const BUS: c_int = 2 | NO_ESCALATE;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    #[test]
    fn only_nodes_of_the_two_drivers_are_adopted() {
        for path in ["/dev/null", "/", "/proc/self/exe"] {
            let file = File::open(path).unwrap();
            assert_eq!(ScsiFd::adopt(file.into()).err(), Some(Errno::NOTTY), "{path}");
        }
    }

    #[test]
    fn fields_stand_where_the_kernel_has_them() {
        // The values of the 64-bit interface, as `pahole` shows them for a kernel.
        if size_of::<usize>() == 8 {
            let offsets = [
                offset_of!(SgIoHdr, cmd_len),
                offset_of!(SgIoHdr, mx_sb_len),
                offset_of!(SgIoHdr, iovec_count),
                offset_of!(SgIoHdr, cmdp),
                offset_of!(SgIoHdr, sbp),
                offset_of!(SgIoHdr, flags),
                offset_of!(SgIoHdr, usr_ptr),
                offset_of!(SgIoHdr, masked_status),
                offset_of!(SgIoHdr, sb_len_wr),
                offset_of!(SgIoHdr, host_status),
                offset_of!(SgIoHdr, driver_status),
                offset_of!(SgIoHdr, resid),
                offset_of!(SgIoHdr, duration),
            ];
            assert_eq!(offsets, [8, 9, 10, 24, 32, 44, 56, 65, 67, 68, 70, 72, 76]);
        }
    }
}
