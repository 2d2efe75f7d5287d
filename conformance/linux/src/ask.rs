//! The few questions and orders that the rig itself has for a drive, each with a bound. None of them writes to a disc.

use crate::abi::ScsiFd;
use crate::node::{Node, NodeKind};
use crate::sg;
use core::time::Duration;
use discrig_device::{Completion, Device, DeviceError, ErrorKind, Request};
use discrig_wire::command::{
    GetConfiguration, GetEventStatusNotification, ModeSense10, Read10, ReadCapacity, StartStopUnit,
    TestUnitReady,
};
use discrig_wire::sense::codes;
use discrig_wire::{Cdb, SenseCode, SenseKey};
use std::thread;
use std::time::Instant;

/// Unit attentions that are read away before a drive counts as beyond help.
const ATTENTIONS: usize = 16;
/// Pause between two polls of a drive that is becoming ready.
const POLL: Duration = Duration::from_millis(100);
const SHORT: Duration = Duration::from_secs(10);
/// Loading a disc and spinning it up.
const LOAD: Duration = Duration::from_secs(60);

/// What a drive says when it is asked whether it is ready.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Readiness {
    /// A disc can be accessed.
    Ready,
    /// There is no disc, or none that it can use.
    NoDisc,
    /// It is on its way, or in trouble: the sense it gave last, if any.
    NotYet(Option<SenseCode>),
}

/// A conversation with a drive over one open node.
pub(crate) struct Ask<'a> {
    fd: &'a ScsiFd,
    kind: NodeKind,
}

impl Device for Ask<'_> {
    fn execute(&mut self, request: Request<'_>) -> Result<Completion, DeviceError> {
        sg::execute(self.fd, self.kind, request)
    }
}

impl<'a> Ask<'a> {
    pub(crate) fn new(node: &Node, fd: &'a ScsiFd) -> Ask<'a> {
        Ask { fd, kind: node.kind }
    }

    /// Sends a command without data until it meets no unit attention any more; says whether it ended with GOOD.
    pub(crate) fn order(&mut self, command: impl Into<Cdb>, timeout: Duration) -> Result<bool, DeviceError> {
        let cdb = command.into();
        let mut good = false;
        for _ in 0..ATTENTIONS {
            let completion = self.execute(Request::none(cdb, timeout))?;
            good = completion.is_good();
            if completion.code().is_none_or(|code| code.key != SenseKey::UnitAttention) {
                break;
            }
        }
        Ok(good)
    }

    /// The data of a command that ended with GOOD, the unit attentions before it read; `None` when it was refused.
    fn question(
        &mut self,
        command: impl Into<Cdb>,
        length: u16,
        timeout: Duration,
    ) -> Result<Option<Vec<u8>>, DeviceError> {
        let cdb = command.into();
        for _ in 0..ATTENTIONS {
            let mut buffer = vec![0; usize::from(length)];
            let completion = self.execute(Request::input(cdb, &mut buffer, timeout))?;
            if completion.is_good() {
                buffer.truncate(completion.transferred);
                return Ok(Some(buffer));
            }
            if completion.code().is_none_or(|code| code.key != SenseKey::UnitAttention) {
                break;
            }
        }
        Ok(None)
    }

    /// Whether the drive is ready, the pending unit attentions read.
    pub(crate) fn readiness(&mut self) -> Result<Readiness, DeviceError> {
        let mut code = None;
        for _ in 0..ATTENTIONS {
            let completion = self.execute(Request::none(TestUnitReady {}, SHORT))?;
            if completion.is_good() {
                return Ok(Readiness::Ready);
            }
            code = completion.code();
            match code {
                Some(code) if code.key == SenseKey::UnitAttention => {}
                Some(code) if code.key == SenseKey::NotReady && matches!(code.asc, 0x30 | 0x3A) => {
                    return Ok(Readiness::NoDisc);
                }
                _ => break,
            }
        }
        Ok(Readiness::NotYet(code))
    }

    /// Waits until the drive is ready or knows that it has no disc. One that was stopped is started.
    ///
    /// # Errors
    /// `Timeout` with the last sense when `limit` passes first.
    pub(crate) fn settle(&mut self, limit: Duration) -> Result<Readiness, DeviceError> {
        let started = Instant::now();
        let mut was_started = false;
        loop {
            match self.readiness()? {
                Readiness::NotYet(Some(codes::LOGICAL_UNIT_NOT_READY_INITIALIZING_COMMAND_REQUIRED))
                    if !was_started =>
                {
                    was_started = true;
                    self.order(StartStopUnit { start: true, ..StartStopUnit::default() }, LOAD)?;
                }
                Readiness::NotYet(code) if started.elapsed() >= limit => {
                    let last = code.map_or("no sense".to_owned(), |code| code.to_string());
                    let why = format!("not ready after {} s: {last}", limit.as_secs());
                    return Err(DeviceError::new(ErrorKind::Timeout, "wait until ready").with_source(why));
                }
                Readiness::NotYet(_) => thread::sleep(POLL),
                settled => return Ok(settled),
            }
        }
    }

    /// Whether the tray is open: GET EVENT STATUS NOTIFICATION, media class. `None` when the drive does not say.
    pub(crate) fn tray_open(&mut self) -> Result<Option<bool>, DeviceError> {
        let command = GetEventStatusNotification {
            polled: true,
            notification_class_request: 1 << 4,
            allocation_length: 8,
        };
        let data = self.question(command, 8, SHORT)?;
        // Header: bytes 0-1 length, byte 2 NEA and class; event: byte 4 code, byte 5 status with bit 0 "door or tray open".
        Ok(data.filter(|data| data.len() >= 6 && data[2] & 0x87 == 0x04).map(|data| data[5] & 0x01 != 0))
    }

    /// Whether the drive says that its tray is locked.
    pub(crate) fn tray_locked(&mut self) -> Result<bool, DeviceError> {
        const LOCK_STATE: u8 = 0x02;
        Ok(self.mechanism()?.is_some_and(|byte| byte & LOCK_STATE != 0))
    }

    /// Whether the drive can move its tray both ways by command: the removable medium feature says so, or on older drives the mode page.
    pub(crate) fn moves_tray(&mut self) -> Result<bool, DeviceError> {
        const EJECT_AND_LOAD: u8 = 0x18;
        const TRAY_WITH_EJECT: u8 = 0x28;
        let command =
            GetConfiguration { requested_type: 2, starting_feature_number: 0x0003, allocation_length: 16 };
        let data = self.question(command, 16, SHORT)?.unwrap_or_default();
        // Eight bytes of header; then the feature: code, flags, length, and byte 4 with the mechanism's abilities.
        match (data.get(8..10), data.get(12)) {
            (Some([0, 3]), Some(byte)) => Ok(byte & EJECT_AND_LOAD == EJECT_AND_LOAD),
            _ => Ok(self.mechanism()?.is_some_and(|byte| byte & 0xE8 == TRAY_WITH_EJECT)),
        }
    }

    /// Byte 6 of mode page 2Ah: what the mechanism is, can do, and whether it is locked. `None` when the drive has no such page.
    fn mechanism(&mut self) -> Result<Option<u8>, DeviceError> {
        const HEADER: usize = 8;
        let command = ModeSense10 {
            disable_block_descriptors: true,
            page_code: 0x2A,
            allocation_length: 64,
            ..ModeSense10::default()
        };
        let data = self.question(command, 64, SHORT)?.unwrap_or_default();
        let Some(length) = data.get(6..HEADER) else { return Ok(None) };
        let descriptors = usize::from(u16::from_be_bytes([length[0], length[1]]));
        let page = data.get(HEADER + descriptors..).unwrap_or(&[]);
        let is_page = page.first().is_some_and(|code| code & 0x3F == 0x2A);
        Ok(page.get(6).copied().filter(|_| is_page))
    }

    /// Closes the tray and waits until the command is done.
    pub(crate) fn load(&mut self) -> Result<bool, DeviceError> {
        let command = StartStopUnit { load_eject: true, start: true, ..StartStopUnit::default() };
        self.order(command, LOAD)
    }

    /// Blocks on the disc and bytes of a block; `None` without a readable disc.
    pub(crate) fn capacity(&mut self) -> Result<Option<(u32, u32)>, DeviceError> {
        let Some(data) = self.question(ReadCapacity::default(), 8, SHORT)? else { return Ok(None) };
        let word =
            |at: usize| -> Option<u32> { Some(u32::from_be_bytes(data.get(at..at + 4)?.try_into().ok()?)) };
        let capacity = word(0).zip(word(4));
        Ok(capacity.map(|(last, size)| (last.saturating_add(1), size)).filter(|(_, size)| *size != 0))
    }

    /// Reads blocks and says how long that took; `None` when the drive refused.
    pub(crate) fn timed_read(
        &mut self,
        command: Read10,
        buffer: &mut [u8],
        timeout: Duration,
    ) -> Result<Option<Duration>, DeviceError> {
        let completion = self.execute(Request::input(command, buffer, timeout))?;
        Ok(completion.is_good().then_some(completion.elapsed))
    }
}
