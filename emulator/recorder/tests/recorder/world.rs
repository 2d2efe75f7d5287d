//! A host that does what the test says: a plain implementation of the contract's lock, with failures and answers put in by hand.

use core::time::Duration;
use discrig_device::{
    CallerName, Completion, Data, Device, DeviceError, Effect, ErrorKind, ExclusiveAccess, Handle, HostEvent,
    HostTray, MediaNotification, Opener, Owner, Properties, Request, TrayLock, VolumePolicy,
};
use discrig_recorder::{CountingRecorder, DiscRecorder2, Hresult, Policy, Quirks};
use discrig_wire::sense::FixedSense;
use discrig_wire::{SenseBuffer, SenseCode, Status};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

pub(crate) const ID: &str = "drive-1";

/// What a handle was asked for.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Op {
    Close,
    Disable,
    Eject,
    Enable,
    Execute,
    Load,
    Lock,
    Open,
    Owner,
    Properties,
    Unlock,
}

/// A command as it reached the host.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Sent {
    pub(crate) cdb: Vec<u8>,
    pub(crate) out: Vec<u8>,
    pub(crate) timeout: Duration,
}

/// The answer to a command.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Data(Vec<u8>),
    Sense(SenseBuffer),
    Status(Status, Duration),
}

impl Reply {
    pub(crate) fn sense(code: SenseCode) -> Reply {
        Reply::Sense(FixedSense::new(code).into())
    }
}

#[derive(Debug, Default)]
pub(crate) struct State {
    instance: u32,
    pub(crate) present: bool,
    pub(crate) mounted: bool,
    /// Whether the host has tray calls of its own.
    pub(crate) tray_calls: bool,
    pub(crate) properties: Properties,
    pub(crate) log: Vec<Op>,
    pub(crate) sent: Vec<Sent>,
    pub(crate) switched_off: BTreeMap<u32, u32>,
    owner: Option<(u32, CallerName)>,
    failures: VecDeque<(Op, ErrorKind, Option<Effect>)>,
    /// The next lock is taken although its answer does not come.
    pub(crate) lock_without_answer: bool,
    replies: VecDeque<Reply>,
    handles: u32,
    killed: Vec<u32>,
}

/// The owner that is no handle of a test's recorders.
const FOREIGN: u32 = u32::MAX;

#[derive(Clone, Debug)]
pub(crate) struct World(Arc<Mutex<State>>);

impl World {
    pub(crate) fn new() -> World {
        let mut inquiry = vec![0x05, 0x80, 0x00, 0x32, 0x1F, 0, 0, 0];
        inquiry.extend_from_slice(b"DISCRIG EMULATED DRIVE  1.00");
        let properties = Properties {
            inquiry,
            serial: "K1".to_owned(),
            volume_name: r"\\?\Volume{1}\".to_owned(),
            volume_paths: vec![r"D:\".to_owned(), r"C:\disc\".to_owned()],
            legacy_device_number: 2,
            alignment_mask: 0,
            maximum_transfer_aligned: 0x2_0000,
            maximum_transfer_unaligned: 0x1_F000,
        };
        let state = State { present: true, properties, ..State::default() };
        World(Arc::new(Mutex::new(state)))
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(crate) fn unbound(&self) -> CountingRecorder {
        CountingRecorder::new(Box::new(TestOpener(self.clone())))
    }

    pub(crate) fn recorder(&self) -> CountingRecorder {
        self.with(Policy::default())
    }

    pub(crate) fn with(&self, policy: Policy) -> CountingRecorder {
        initialized(self.unbound().with_policy(policy))
    }

    pub(crate) fn quirky(&self, quirk: discrig_recorder::Quirk) -> CountingRecorder {
        initialized(self.unbound().with_quirks(Quirks::from([quirk])))
    }

    /// The next request of this kind fails.
    pub(crate) fn fail(&self, op: Op, kind: ErrorKind) {
        self.state().failures.push_back((op, kind, None));
    }

    /// The same with a statement about the effect.
    pub(crate) fn fail_with(&self, op: Op, kind: ErrorKind, effect: Effect) {
        self.state().failures.push_back((op, kind, Some(effect)));
    }

    /// The answers to the next commands; further ones get zeros.
    pub(crate) fn reply(&self, replies: impl IntoIterator<Item = Reply>) {
        self.state().replies.extend(replies);
    }

    /// Another client takes the device, whoever has it.
    pub(crate) fn steal(&self, name: &str) {
        self.state().owner = Some((FOREIGN, CallerName::new(name).unwrap()));
    }

    /// The device is freed behind its owner's back.
    pub(crate) fn free(&self) {
        self.state().owner = None;
    }

    pub(crate) fn pull(&self) {
        let mut state = self.state();
        state.present = false;
        state.owner = None;
    }

    pub(crate) fn put_back(&self) {
        let mut state = self.state();
        state.present = true;
        state.instance += 1;
    }

    /// Every open handle's process ends.
    pub(crate) fn kill(&self) {
        let mut state = self.state();
        state.killed = (0..state.handles).collect();
        state.owner = None;
    }

    pub(crate) fn owner(&self) -> Option<String> {
        self.state().owner.map(|(_, name)| name.to_string())
    }

    /// What was asked since the last look.
    pub(crate) fn take_log(&self) -> Vec<Op> {
        std::mem::take(&mut self.state().log)
    }

    /// What was sent since the last look.
    pub(crate) fn take_sent(&self) -> Vec<Sent> {
        std::mem::take(&mut self.state().sent)
    }
}

fn initialized(mut recorder: CountingRecorder) -> CountingRecorder {
    recorder.initialize_disc_recorder(Some(ID)).unwrap();
    recorder
}

pub(crate) fn acquire(recorder: &mut CountingRecorder) -> Result<(), Hresult> {
    recorder.acquire_exclusive_access(false, Some("tester"))
}

pub(crate) fn owner(recorder: &mut CountingRecorder) -> Result<String, Hresult> {
    let mut name = "before".to_owned();
    recorder.exclusive_access_owner(Some(&mut name))?;
    Ok(name)
}

pub(crate) struct TestOpener(pub(crate) World);

impl Opener for TestOpener {
    fn unique_id(&self) -> &str {
        ID
    }

    fn open(&mut self) -> Result<Box<dyn Handle>, DeviceError> {
        let mut state = self.0.state();
        state.begin(Op::Open)?;
        if !state.present {
            return Err(DeviceError::new(ErrorKind::Gone, "open"));
        }
        let handle = TestHandle { world: self.0.clone(), id: state.handles, instance: state.instance };
        state.handles += 1;
        Ok(Box::new(handle))
    }
}

impl State {
    /// Writes the log and fails if a failure was put in.
    fn begin(&mut self, op: Op) -> Result<(), DeviceError> {
        self.log.push(op);
        let Some(index) = self.failures.iter().position(|(of, ..)| *of == op) else { return Ok(()) };
        let (_, kind, effect) = self.failures.remove(index).unwrap();
        let error = DeviceError::new(kind, "scripted");
        Err(match effect {
            Some(effect) => error.with_effect(effect),
            None => error,
        })
    }
}

struct TestHandle {
    world: World,
    id: u32,
    instance: u32,
}

impl TestHandle {
    fn begin(&self, op: Op) -> Result<MutexGuard<'_, State>, DeviceError> {
        let mut state = self.world.state();
        state.begin(op)?;
        if state.killed.contains(&self.id) {
            return Err(DeviceError::new(ErrorKind::InvalidHandle, "killed"));
        }
        if !state.present || state.instance != self.instance {
            return Err(DeviceError::new(ErrorKind::Gone, "pulled"));
        }
        let reaches_the_drive = matches!(op, Op::Disable | Op::Eject | Op::Enable | Op::Execute | Op::Load);
        let foreign = state.owner.is_some_and(|(owner, _)| owner != self.id);
        if reaches_the_drive && foreign {
            return Err(DeviceError::new(ErrorKind::Locked, "outsider"));
        }
        Ok(state)
    }
}

impl Drop for TestHandle {
    fn drop(&mut self) {
        let mut state = self.world.state();
        state.log.push(Op::Close);
        state.switched_off.remove(&self.id);
        if state.owner.is_some_and(|(owner, _)| owner == self.id) {
            state.owner = None;
        }
    }
}

impl Device for TestHandle {
    fn execute(&mut self, request: Request<'_>) -> Result<Completion, DeviceError> {
        let mut state = self.begin(Op::Execute)?;
        let out = if let Data::Out(bytes) = &request.data { bytes.to_vec() } else { Vec::new() };
        state.sent.push(Sent { cdb: request.cdb.bytes().to_vec(), out, timeout: request.timeout });
        let room = request.data.len();
        Ok(match state.replies.pop_front() {
            None => Completion::good(room),
            Some(Reply::Data(bytes)) => {
                let fits = bytes.len().min(room);
                if let Data::In(buffer) = request.data {
                    buffer[..fits].copy_from_slice(&bytes[..fits]);
                }
                Completion::good(fits)
            }
            Some(Reply::Sense(sense)) => Completion::check(sense),
            Some(Reply::Status(status, elapsed)) => Completion { elapsed, ..Completion::status(status) },
        })
    }
}

impl ExclusiveAccess for TestHandle {
    fn lock(&mut self, name: &str, volume: VolumePolicy) -> Result<(), DeviceError> {
        let mut state = self.begin(Op::Lock)?;
        let name = CallerName::new(name).map_err(|_| DeviceError::new(ErrorKind::InvalidName, "lock"))?;
        if state.mounted && volume == VolumePolicy::Respect {
            return Err(DeviceError::new(ErrorKind::VolumeMounted, "lock"));
        }
        if state.owner.is_some() {
            return Err(DeviceError::new(ErrorKind::AlreadyLocked, "lock"));
        }
        state.owner = Some((self.id, name));
        if std::mem::take(&mut state.lock_without_answer) {
            return Err(DeviceError::new(ErrorKind::Timeout, "lock"));
        }
        Ok(())
    }

    fn unlock(&mut self) -> Result<(), DeviceError> {
        let mut state = self.begin(Op::Unlock)?;
        match state.owner {
            None => Err(DeviceError::new(ErrorKind::NotLocked, "unlock")),
            Some((owner, _)) if owner != self.id => Err(DeviceError::new(ErrorKind::InvalidHandle, "unlock")),
            Some(_) => {
                state.owner = None;
                Ok(())
            }
        }
    }

    fn owner(&mut self) -> Result<Owner, DeviceError> {
        let state = self.begin(Op::Owner)?;
        Ok(state.owner.map_or(Owner::Nobody, |(_, name)| Owner::Named(name)))
    }
}

impl MediaNotification for TestHandle {
    fn disable(&mut self) -> Result<(), DeviceError> {
        *self.begin(Op::Disable)?.switched_off.entry(self.id).or_default() += 1;
        Ok(())
    }

    fn enable(&mut self) -> Result<(), DeviceError> {
        match self.begin(Op::Enable)?.switched_off.get_mut(&self.id) {
            Some(count) if *count > 0 => {
                *count -= 1;
                Ok(())
            }
            _ => Err(DeviceError::new(ErrorKind::InvalidState, "enable")),
        }
    }

    fn next_event(&mut self) -> Result<Option<HostEvent>, DeviceError> {
        Err(DeviceError::new(ErrorKind::Unsupported, "next event"))
    }
}

impl HostTray for TestHandle {
    fn eject(&mut self) -> Result<(), DeviceError> {
        self.begin(Op::Eject).map(drop)
    }

    fn load(&mut self) -> Result<(), DeviceError> {
        self.begin(Op::Load).map(drop)
    }

    fn lock_tray(&mut self, _: TrayLock) -> Result<(), DeviceError> {
        Err(DeviceError::new(ErrorKind::Unsupported, "lock tray"))
    }

    fn unlock_tray(&mut self, _: TrayLock) -> Result<(), DeviceError> {
        Err(DeviceError::new(ErrorKind::Unsupported, "unlock tray"))
    }
}

impl Handle for TestHandle {
    fn properties(&mut self) -> Result<Properties, DeviceError> {
        Ok(self.begin(Op::Properties)?.properties.clone())
    }

    fn tray(&mut self) -> Option<&mut dyn HostTray> {
        let calls = self.world.state().tray_calls;
        if calls { Some(self) } else { None }
    }

    fn duplicate(&mut self) -> Result<Box<dyn Handle>, DeviceError> {
        Err(DeviceError::new(ErrorKind::Unsupported, "duplicate"))
    }

    fn close(self: Box<Self>) -> Result<(), DeviceError> {
        Ok(())
    }
}
