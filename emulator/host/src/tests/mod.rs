//! Tests of the driver, over a drive whose answers are scripted. Numbers after `#` are those of the decisions on what the documents of the
//! recorder interface leave open.

mod ending;
mod exclusive;
mod faults;
mod handle;
mod model;
mod notification;
mod queue;
mod quirks;
mod tray;
mod volume;

use crate::{ClassDriver, HandleId, HostConfig, Port, Quirk};
use core::time::Duration;
use discrig_device::fault::States;
use discrig_device::{
    Completion, Data, Device, DeviceError, ErrorKind, HostEvent, Instant, Owner, ProcessId, Request,
    VolumePolicy,
};
use discrig_wire::command::{Inquiry, ReadDiscInformation, StartStopUnit, TestUnitReady};
use discrig_wire::sense::{FixedSense, codes};
use discrig_wire::{Command, SenseCode, Status};
use std::collections::{BTreeMap, VecDeque};

/// A scripted answer.
#[derive(Clone, Copy, Debug)]
enum Answer {
    Check(SenseCode),
    Deferred(SenseCode),
    Error(ErrorKind),
    Good,
    Status(Status),
}

/// A drive that does what a test says, and otherwise behaves.
#[derive(Clone, Debug)]
struct Drive {
    now: Instant,
    disc: bool,
    /// What the next media event says: 2 is NewMedia.
    event: u8,
    /// A drive without GET EVENT STATUS NOTIFICATION.
    no_events: bool,
    unplugged: bool,
    peripheral: u8,
    /// Answers that come before the usual ones, by operation code.
    script: BTreeMap<u8, VecDeque<Answer>>,
    /// What was sent: operation codes, with what matters of some.
    sent: Vec<String>,
}

impl Default for Drive {
    fn default() -> Drive {
        Drive {
            now: Instant::ZERO,
            disc: true,
            event: 0,
            no_events: false,
            unplugged: false,
            peripheral: 5,
            script: BTreeMap::new(),
            sent: Vec::new(),
        }
    }
}

impl Drive {
    fn answer(&mut self, opcode: u8, answer: Answer) {
        self.script.entry(opcode).or_default().push_back(answer);
    }

    fn usual(&mut self, command: Command, data: &mut [u8]) -> Completion {
        let no_disc = Completion::check(FixedSense::new(codes::MEDIUM_NOT_PRESENT));
        let bytes: &[u8] = match command {
            Command::Inquiry(Inquiry { evpd: true, .. }) => b"\x05\x80\0\x06SN-123",
            Command::Inquiry(_) => {
                &[&[self.peripheral, 0x80, 5, 2, 31, 0, 0, 0][..], b"DISCRIG SCRIPTED DRIVE  1.00"].concat()
            }
            Command::GetEventStatusNotification(_) if self.no_events => {
                return Completion::check(FixedSense::new(codes::INVALID_COMMAND_OPERATION_CODE));
            }
            Command::GetEventStatusNotification(_) => {
                &[0, 6, 4, 0x10, core::mem::take(&mut self.event), u8::from(self.disc) << 1, 0, 0]
            }
            Command::TestUnitReady(_) | Command::Read10(_) if !self.disc => return no_disc,
            Command::Read10(_) => &[0xDA; 2048],
            Command::StartStopUnit(StartStopUnit { load_eject: true, start, .. }) => {
                self.disc = start;
                &[]
            }
            _ => &[],
        };
        let transferred = bytes.len().min(data.len());
        data[..transferred].copy_from_slice(&bytes[..transferred]);
        Completion::good(transferred)
    }
}

impl Device for Drive {
    fn execute(&mut self, request: Request<'_>) -> Result<Completion, DeviceError> {
        if self.unplugged {
            return Err(DeviceError::new(ErrorKind::Gone, "execute"));
        }
        let command = Command::decode(&request.cdb).expect("a command of the table");
        self.sent.push(match command {
            Command::PreventAllowMediumRemoval(command) if command.prevent => "PREVENT".to_owned(),
            Command::PreventAllowMediumRemoval(_) => "ALLOW".to_owned(),
            Command::StartStopUnit(command) if command.start => "LOAD".to_owned(),
            Command::StartStopUnit(_) => "EJECT".to_owned(),
            _ => command.spec().name.to_owned(),
        });
        self.now += Duration::from_millis(1);
        let mut empty = [];
        let data = match request.data {
            Data::In(buffer) => buffer,
            Data::None | Data::Out(_) => &mut empty,
        };
        match self.script.get_mut(&request.cdb.opcode()).and_then(VecDeque::pop_front) {
            Some(Answer::Check(code)) => Ok(Completion::check(FixedSense::new(code))),
            Some(Answer::Deferred(code)) => Ok(Completion::check(FixedSense::new(code).deferred())),
            Some(Answer::Error(kind)) => {
                if kind == ErrorKind::Timeout {
                    self.now += request.timeout;
                }
                Err(DeviceError::new(kind, "execute"))
            }
            Some(Answer::Status(status)) => Ok(Completion::status(status)),
            Some(Answer::Good) | None => Ok(self.usual(command, data)),
        }
    }
}

impl Port for Drive {
    fn now(&self) -> Instant {
        self.now
    }

    fn states(&self) -> States {
        States::DISC.when(self.disc)
    }
}

/// A driver that has found its drive.
struct Rig {
    driver: ClassDriver,
    drive: Drive,
}

const NAME: &str = "Disc Burner";
const MINE: ProcessId = ProcessId(0);
const THEIRS: ProcessId = ProcessId(1);

/// The outcome of an operation, with the error by its kind.
type Outcome<T = ()> = Result<T, ErrorKind>;

fn kind<T>(result: Result<T, DeviceError>) -> Outcome<T> {
    result.map_err(|error| error.kind())
}

impl Rig {
    fn new() -> Rig {
        Rig::with(HostConfig::default())
    }

    fn quirky(quirk: Quirk) -> Rig {
        Rig::with(HostConfig::default().with_quirk(quirk))
    }

    fn with(config: HostConfig) -> Rig {
        let mut rig = Rig { driver: ClassDriver::new(config), drive: Drive::default() };
        rig.driver.attach(&mut rig.drive).unwrap();
        rig.drive.sent.clear();
        rig
    }

    fn open(&mut self, process: ProcessId) -> HandleId {
        self.driver.open(&mut self.drive, process).unwrap()
    }

    /// One handle of mine and one of another process.
    fn pair(&mut self) -> (HandleId, HandleId) {
        (self.open(MINE), self.open(THEIRS))
    }

    fn lock(&mut self, handle: HandleId) -> Outcome {
        self.lock_as(handle, NAME, VolumePolicy::Respect)
    }

    fn lock_as(&mut self, handle: HandleId, name: &str, volume: VolumePolicy) -> Outcome {
        kind(self.driver.lock(&mut self.drive, handle, name, volume))
    }

    fn unlock(&mut self, handle: HandleId) -> Outcome {
        kind(self.driver.unlock(&mut self.drive, handle))
    }

    fn owner(&mut self, handle: HandleId) -> Outcome<Owner> {
        kind(self.driver.owner(&mut self.drive, handle))
    }

    fn close(&mut self, handle: HandleId) -> Outcome {
        kind(self.driver.close(&mut self.drive, handle))
    }

    fn kill(&mut self, process: ProcessId) -> Outcome {
        kind(self.driver.kill(&mut self.drive, process))
    }

    fn disable(&mut self, handle: HandleId) -> Outcome {
        kind(self.driver.mcn_disable(&mut self.drive, handle))
    }

    fn enable(&mut self, handle: HandleId) -> Outcome {
        kind(self.driver.mcn_enable(&mut self.drive, handle))
    }

    fn ready(&mut self, handle: HandleId) -> Outcome<Completion> {
        let request = Request::none(TestUnitReady {}, Duration::from_secs(1));
        kind(self.driver.execute(&mut self.drive, handle, request))
    }

    /// A command of this file that takes too long.
    fn abandon(&mut self, handle: HandleId) {
        self.drive.answer(ReadDiscInformation::SPEC.opcode, Answer::Error(ErrorKind::Timeout));
        let mut buffer = [0; 34];
        let request = Request::input(ReadDiscInformation::default(), &mut buffer, Duration::from_secs(1));
        let outcome = self.driver.execute(&mut self.drive, handle, request);
        assert_eq!(kind(outcome).unwrap_err(), ErrorKind::Timeout);
        self.drive.sent.clear();
    }

    fn is_locked(&self) -> bool {
        self.driver.owner_now().is_held()
    }

    /// Everything that the file has not seen yet.
    fn events(&mut self, handle: HandleId) -> Vec<HostEvent> {
        let mut events = Vec::new();
        while let Ok(Some(event)) = self.driver.next_event(&mut self.drive, handle) {
            events.push(event);
        }
        events
    }

    /// What was sent since this was asked last.
    fn sent(&mut self) -> Vec<String> {
        core::mem::take(&mut self.drive.sent)
    }
}

fn named(name: &str) -> Owner {
    Owner::Named(discrig_device::CallerName::new(name).unwrap())
}
