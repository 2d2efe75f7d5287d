//! The lock world: recorders that count and handles that own, on one host.
//!
//! Recorders 0 and 1 live in the process of the suite, recorder 2 in one that can be killed; handle 0 in the process of the suite, handle 1 in
//! the other. The model knows who owns the device, every count, whether a volume is mounted, whether the drive is there, and whether an
//! abandoned command may still occupy it. Where the documents leave the answer open it allows all of their readings.

use super::locks_cast::Cast;
use super::{Predicted, World, weighted};
use crate::allowed::Pattern;
use crate::answer::Answer;
use crate::stage::Stage;
use crate::stop::Stop;
use discrig_device::{CallerName, Capabilities, Capability, ErrorKind, Owner};
use discrig_recorder::Hresult;
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// How many recorders the world has.
pub(super) const RECORDERS: usize = 3;
/// How many raw handles the world has.
pub(super) const HANDLES: usize = 2;

/// Names that clients use; the last one breaks the rules.
pub(super) const NAMES: [&str; 4] = ["discrig one", "discrig two", "DISCRIG: 3", "no/slash"];
const BAD_NAME: usize = 3;

static CALLERS: LazyLock<[Option<CallerName>; 4]> =
    LazyLock::new(|| NAMES.map(|name| CallerName::new(name).ok()));

/// What can be done in the lock world.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// A command is left running that takes longer than its timeout.
    Abandon {
        #[doc = "Handle."]
        h: usize,
    },
    /// AcquireExclusiveAccess.
    Acquire {
        #[doc = "Recorder."]
        r: usize,
        #[doc = "Ignore a mounted volume."]
        force: bool,
        #[doc = "Name."]
        name: usize,
    },
    /// A handle is closed.
    Close {
        #[doc = "Handle."]
        h: usize,
    },
    /// A recorder object is made (instead of the one before) and initialized.
    Create {
        #[doc = "Recorder."]
        r: usize,
    },
    /// DisableMcn.
    DisableMcn {
        #[doc = "Recorder."]
        r: usize,
    },
    /// The volume is dismounted.
    Dismount,
    /// A recorder object is dropped.
    Drop {
        #[doc = "Recorder."]
        r: usize,
    },
    /// EnableMcn.
    EnableMcn {
        #[doc = "Recorder."]
        r: usize,
    },
    /// The host runs out of memory, or has some again.
    Exhaust {
        #[doc = "Whether memory is short."]
        on: bool,
    },
    /// The other process is killed.
    Kill,
    /// A handle takes exclusive access.
    Lock {
        #[doc = "Handle."]
        h: usize,
        #[doc = "Ignore a mounted volume."]
        ignore: bool,
        #[doc = "Name."]
        name: usize,
    },
    /// The volume is mounted.
    Mount,
    /// A handle is opened instead of the one before.
    Open {
        #[doc = "Handle."]
        h: usize,
    },
    /// ExclusiveAccessOwner.
    Owner {
        #[doc = "Recorder."]
        r: usize,
    },
    /// The host's owner query.
    OwnerOf {
        #[doc = "Handle."]
        h: usize,
    },
    /// The plug is pulled.
    Pull,
    /// The drive is put back.
    PutBack,
    /// TEST UNIT READY.
    Ready {
        #[doc = "Handle."]
        h: usize,
    },
    /// ReleaseExclusiveAccess.
    Release {
        #[doc = "Recorder."]
        r: usize,
    },
    /// A bus reset.
    Reset,
    /// A handle gives exclusive access up.
    Unlock {
        #[doc = "Handle."]
        h: usize,
    },
}

/// Which groups of steps a property draws, as weights.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mix {
    /// Commands left running.
    pub abandon: u32,
    /// Recorders: make, acquire, release, ask.
    pub recorders: u32,
    /// Raw handles: open, lock, unlock, ask, close.
    pub handles: u32,
    /// Bad names among the good ones.
    pub bad_names: u32,
    /// The other process dies.
    pub kill: u32,
    /// Memory pressure.
    pub memory: u32,
    /// The media change notification switch.
    pub notification: u32,
    /// The plug.
    pub plug: u32,
    /// Bus resets.
    pub reset: u32,
    /// Mounting.
    pub volume: u32,
}

/// Whether an actor exists and still reaches a drive.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
enum Bond {
    /// Its drive went away.
    Dead,
    /// It reaches the drive.
    Live,
    /// It does not exist.
    #[default]
    None,
}

/// A recorder of the model.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
struct RecorderState {
    bond: Bond,
    count: u8,
    notification_off: u8,
}

/// Who owns the device.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
enum Holder {
    Handle(usize),
    #[default]
    Nobody,
    Recorder(usize),
}

/// A state of the lock world.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct State {
    recorders: [RecorderState; RECORDERS],
    handles: [Bond; HANDLES],
    holder: Holder,
    name: usize,
    mounted: bool,
    plugged: bool,
    exhausted: bool,
    busy: bool,
}

/// The lock world.
pub struct Locks;

impl World for Locks {
    type Step = Step;
    type State = State;
    type Cast = Cast;
    type Mix = Mix;

    fn steps(mix: &Mix, capabilities: &Capabilities) -> BoxedStrategy<Step> {
        steps(mix, capabilities)
    }

    fn start() -> State {
        State {
            recorders: [RecorderState::default(); RECORDERS],
            handles: [Bond::None; HANDLES],
            holder: Holder::Nobody,
            name: 0,
            mounted: false,
            plugged: true,
            exhausted: false,
            busy: false,
        }
    }

    fn cast(_: &mut Stage<'_>) -> Result<Cast, Stop> {
        Ok(Cast::default())
    }

    fn perform(cast: &mut Cast, stage: &mut Stage<'_>, step: &Step) -> Result<Answer, Stop> {
        cast.perform(stage, step)
    }

    fn predict(rules: &super::Rules, state: &State, step: &Step, emit: &mut dyn FnMut(Predicted, State)) {
        let mut predict = Predict { rules, state: *state, emit };
        predict.step(step);
    }
}

fn steps(mix: &Mix, capabilities: &Capabilities) -> BoxedStrategy<Step> {
    let can = |capability, weight| if capabilities.has(capability) { weight } else { 0 };
    // Without a second process the actors that would live in it do not take part.
    let second = capabilities.has(Capability::SecondProcess);
    let r = || 0..if second { RECORDERS } else { RECORDERS - 1 };
    let h = || 0..if second { HANDLES } else { HANDLES - 1 };
    let force =
        if capabilities.has(Capability::ForceLock) { any::<bool>().boxed() } else { Just(false).boxed() };
    let bad = mix.bad_names;
    let name = || prop_oneof![12 => 0..BAD_NAME, bad => Just(BAD_NAME)];
    let switch = can(Capability::NotificationSwitch, mix.notification);
    let volume = can(Capability::Volume, mix.volume);
    let plug = can(Capability::Plug, mix.plug);
    let memory = can(Capability::MemoryPressure, mix.memory);
    weighted(vec![
        (3 * mix.recorders, r().prop_map(|r| Step::Create { r }).boxed()),
        (
            8 * mix.recorders,
            (r(), force.clone(), name())
                .prop_map(|(r, force, name)| Step::Acquire { r, force, name })
                .boxed(),
        ),
        (8 * mix.recorders, r().prop_map(|r| Step::Release { r }).boxed()),
        (3 * mix.recorders, r().prop_map(|r| Step::Owner { r }).boxed()),
        (mix.recorders, r().prop_map(|r| Step::Drop { r }).boxed()),
        (4 * switch, r().prop_map(|r| Step::DisableMcn { r }).boxed()),
        (4 * switch, r().prop_map(|r| Step::EnableMcn { r }).boxed()),
        (2 * mix.handles, h().prop_map(|h| Step::Open { h }).boxed()),
        (
            5 * mix.handles,
            (h(), force, name()).prop_map(|(h, ignore, name)| Step::Lock { h, ignore, name }).boxed(),
        ),
        (5 * mix.handles, h().prop_map(|h| Step::Unlock { h }).boxed()),
        (3 * mix.handles, h().prop_map(|h| Step::OwnerOf { h }).boxed()),
        (3 * mix.handles, h().prop_map(|h| Step::Ready { h }).boxed()),
        (mix.handles, h().prop_map(|h| Step::Close { h }).boxed()),
        (can(Capability::SecondProcess, mix.kill), Just(Step::Kill).boxed()),
        (2 * volume, Just(Step::Mount).boxed()),
        (2 * volume, Just(Step::Dismount).boxed()),
        (plug, Just(Step::Pull).boxed()),
        (2 * plug, Just(Step::PutBack).boxed()),
        (memory, Just(Step::Exhaust { on: true }).boxed()),
        (2 * memory, Just(Step::Exhaust { on: false }).boxed()),
        (can(Capability::SlowCommand, mix.abandon), h().prop_map(|h| Step::Abandon { h }).boxed()),
        (can(Capability::ResetBus, mix.reset), Just(Step::Reset).boxed()),
    ])
    .unwrap_or_else(|| Just(Step::Create { r: 0 }).boxed())
}

/// The model at one state.
///
/// Short of memory, a host may fail before it finds out that the drive is gone: then both answers are allowed.
struct Predict<'p> {
    rules: &'p super::Rules,
    state: State,
    emit: &'p mut dyn FnMut(Predicted, State),
}

const E_FAIL: Pattern = Pattern::Failed(Hresult::E_FAIL);
const E_INVALIDARG: Pattern = Pattern::Failed(Hresult::E_INVALIDARG);
const LOCKED: Pattern = Pattern::Failed(Hresult::E_IMAPI_RECORDER_LOCKED);
const ACCESS_DENIED: Pattern = Pattern::Failed(Hresult::E_ACCESSDENIED);
const BAD_COMMAND: Pattern = Pattern::Failed(Hresult::ERROR_BAD_COMMAND);
const BAD_CLIENT_NAME: Pattern = Pattern::Failed(Hresult::E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID);
const INVALID_HANDLE: Pattern = Pattern::Failed(Hresult::ERROR_INVALID_HANDLE);
const GONE: Pattern = Pattern::Failed(Hresult::ERROR_DEV_NOT_EXIST);
const NO_MEMORY: Pattern = Pattern::Failed(Hresult::E_OUTOFMEMORY);
const TIMEOUT: Pattern = Pattern::Failed(Hresult::E_IMAPI_RECORDER_COMMAND_TIMEOUT);

impl Predict<'_> {
    fn step(&mut self, step: &Step) {
        match *step {
            Step::Create { r } => self.create(r),
            Step::Drop { r } => {
                let mut next = self.state;
                next.drop_recorder(r);
                self.allow(Pattern::Ok, "imapi2-release", next);
            }
            Step::Acquire { r, name, force } if self.exists(r) => self.acquire(r, force, name),
            Step::Release { r } if self.exists(r) => self.release(r),
            Step::Owner { r } if self.exists(r) => self.owner(r),
            Step::DisableMcn { r } if self.exists(r) => self.disable(r),
            Step::EnableMcn { r } if self.exists(r) => self.enable(r),
            Step::Open { h } => self.open(h),
            Step::Close { h } => {
                let mut next = self.state;
                next.close_handle(h);
                self.allow(Pattern::Ok, "ddi-exclusive-access", next);
            }
            Step::Lock { h, ignore, name } if self.opened(h) => self.lock(h, ignore, name),
            Step::Unlock { h } if self.opened(h) => self.unlock(h),
            Step::OwnerOf { h } if self.opened(h) => self.owner_of(h),
            Step::Ready { h } if self.opened(h) => self.ready(h),
            Step::Abandon { h } if self.opened(h) => self.abandon(h),
            Step::Mount => self.mount(),
            Step::Dismount => {
                let mut next = self.state;
                next.mounted = false;
                self.allow(Pattern::Ok, "bench", next);
            }
            Step::Kill => {
                let mut next = self.state;
                next.drop_recorder(2);
                next.close_handle(1);
                self.allow(Pattern::Ok, "imapi2-acquire", next);
            }
            Step::Pull => {
                let mut next = self.state;
                next.unplug();
                self.allow(Pattern::Any, "bench", next);
            }
            Step::PutBack => {
                let mut next = self.state;
                next.plugged = true;
                self.allow(Pattern::Any, "bench", next);
            }
            Step::Exhaust { on } => {
                let mut next = self.state;
                next.exhausted = on;
                self.allow(Pattern::Ok, "bench", next);
            }
            Step::Reset if self.state.plugged => self.allow(Pattern::Ok, "cdrom-sample", self.state),
            Step::Reset => self.allow(Pattern::Error(ErrorKind::Gone), "bench", self.state),
            // An actor that does not exist does nothing.
            _ => self.allow(Pattern::Ok, "bench", self.state),
        }
    }

    fn allow(&mut self, pattern: Pattern, clause: &'static str, next: State) {
        (self.emit)(Predicted { pattern, clause }, next);
    }

    /// An outcome of a request that passes the host's queue: short of memory only failures stay possible, and while an abandoned
    /// command may occupy the drive it may or may not have ended.
    fn queued(&mut self, pattern: Pattern, clause: &'static str, next: State) {
        let failure = matches!(pattern, Pattern::Failed(_) | Pattern::Error(_));
        if self.state.exhausted && !failure {
            return;
        }
        self.allow(pattern, clause, next);
        if self.state.busy {
            self.allow(pattern, clause, State { busy: false, ..next });
        }
    }

    /// What the queue itself can make of a request of a recorder.
    fn queue_failures(&mut self, timed_out: &[State], clause: &'static str) {
        if self.state.exhausted {
            self.allow(NO_MEMORY, clause, self.state);
        }
        if self.state.busy {
            for state in timed_out {
                self.allow(TIMEOUT, clause, *state);
            }
        }
    }

    /// The same for a handle.
    fn host_queue_failures(&mut self, timed_out: &[State]) {
        if self.state.exhausted {
            self.allow(Pattern::Error(ErrorKind::OutOfMemory), "ddi-exclusive-access", self.state);
        }
        if self.state.busy {
            for state in timed_out {
                self.allow(Pattern::Error(ErrorKind::Timeout), "ddi-exclusive-access", *state);
            }
        }
    }

    fn exists(&self, r: usize) -> bool {
        self.state.recorders[r].bond != Bond::None
    }

    fn opened(&self, h: usize) -> bool {
        self.state.handles[h] != Bond::None
    }

    // --- recorders -----------------------------------------------------------------------------------------------

    fn create(&mut self, r: usize) {
        let mut next = self.state;
        next.drop_recorder(r);
        if self.state.exhausted {
            self.allow(NO_MEMORY, "imapi2-initialize", next);
        }
        if !self.state.plugged {
            self.allow(GONE, "imapi2-initialize", next);
            return;
        }
        if self.state.busy {
            self.allow(TIMEOUT, "imapi2-initialize", next);
        }
        next.recorders[r] = RecorderState { bond: Bond::Live, ..RecorderState::default() };
        self.queued(Pattern::Ok, "imapi2-initialize", next);
    }

    fn acquire(&mut self, r: usize, force: bool, name: usize) {
        const ACQUIRE: &str = "imapi2-acquire";
        let State { holder, mounted, .. } = self.state;
        let recorder = self.state.recorders[r];
        let bad_name = name == BAD_NAME;
        if bad_name {
            self.allow(E_INVALIDARG, ACQUIRE, self.state);
            self.allow(BAD_CLIENT_NAME, "decision-10", self.state);
        }
        if recorder.bond == Bond::Dead {
            self.allow(GONE, "decision-33", self.state);
        }
        if bad_name || (recorder.bond == Bond::Dead && !self.state.exhausted) {
            return;
        }
        let mut next = self.state;
        if recorder.count > 0 {
            next.recorders[r].count += 1;
            self.allow(Pattern::Ok, ACQUIRE, next);
            return;
        }
        self.queue_failures(&[self.state], ACQUIRE);
        if mounted && !force {
            self.queued(ACCESS_DENIED, "decision-5", self.state);
            self.queued(BAD_COMMAND, "decision-5", self.state);
        } else if holder != Holder::Nobody {
            self.queued(LOCKED, ACQUIRE, self.state);
            self.queued(ACCESS_DENIED, "decision-3", self.state);
        } else {
            next.holder = Holder::Recorder(r);
            next.name = name;
            next.recorders[r].count = 1;
            self.queued(Pattern::Ok, ACQUIRE, next);
        }
    }

    fn release(&mut self, r: usize) {
        const RELEASE: &str = "imapi2-release";
        let recorder = self.state.recorders[r];
        let mut next = self.state;
        next.recorders[r].count = 0;
        if recorder.bond == Bond::Dead {
            self.allow(GONE, "decision-33", next);
            if !self.state.exhausted {
                return;
            }
        }
        match recorder.count {
            0 => {
                self.allow(INVALID_HANDLE, "decision-14", self.state);
                self.allow(E_FAIL, "decision-14", self.state);
            }
            1 => {
                let holder = self.state.holder;
                let freed = State { holder: Holder::Nobody, ..self.state };
                self.queue_failures(&[self.state, freed], RELEASE);
                if holder == Holder::Recorder(r) {
                    next.holder = Holder::Nobody;
                    self.queued(Pattern::Ok, RELEASE, next);
                } else {
                    let lost = if holder == Holder::Nobody { INVALID_HANDLE } else { LOCKED };
                    self.queued(lost, RELEASE, next);
                }
            }
            count => {
                next.recorders[r].count = count - 1;
                self.allow(Pattern::Ok, RELEASE, next);
            }
        }
    }

    fn owner(&mut self, r: usize) {
        const OWNER: &str = "imapi2-owner";
        if self.state.recorders[r].bond == Bond::Dead {
            self.allow(GONE, "decision-33", self.state);
            if !self.state.exhausted {
                return;
            }
        }
        self.queue_failures(&[self.state], OWNER);
        let owner = self.state.owner();
        self.queued(Pattern::Owner(owner), OWNER, self.state);
        if !self.rules.owner_name {
            self.queued(Pattern::Owner(Owner::Nobody), OWNER, self.state);
        }
    }

    /// Whether the lock of another shuts recorder `r` out.
    fn shut_out(&mut self, r: usize) -> bool {
        let holder = self.state.holder;
        self.rules.mandatory_lock && holder != Holder::Nobody && holder != Holder::Recorder(r)
    }

    fn disable(&mut self, r: usize) {
        const DISABLE: &str = "imapi2-disable-mcn";
        if self.state.recorders[r].bond == Bond::Dead {
            self.allow(GONE, "decision-33", self.state);
            if !self.state.exhausted {
                return;
            }
        }
        self.queue_failures(&[self.state], DISABLE);
        if self.shut_out(r) {
            self.queued(LOCKED, DISABLE, self.state);
        } else {
            let mut next = self.state;
            next.recorders[r].notification_off += 1;
            self.queued(Pattern::Ok, DISABLE, next);
        }
    }

    fn enable(&mut self, r: usize) {
        const ENABLE: &str = "imapi2-enable-mcn";
        let recorder = self.state.recorders[r];
        if recorder.bond == Bond::Dead {
            self.allow(GONE, "decision-33", self.state);
            if !self.state.exhausted {
                return;
            }
        }
        self.queue_failures(&[self.state], ENABLE);
        if self.shut_out(r) {
            self.queued(LOCKED, ENABLE, self.state);
        }
        if recorder.notification_off == 0 {
            self.queued(E_FAIL, "decision-25", self.state);
            self.queued(BAD_COMMAND, "decision-25", self.state);
        } else if !self.shut_out(r) {
            let mut next = self.state;
            next.recorders[r].notification_off -= 1;
            self.queued(Pattern::Ok, ENABLE, next);
        }
    }

    // --- handles -------------------------------------------------------------------------------------------------

    fn open(&mut self, h: usize) {
        let mut next = self.state;
        // The old handle is closed when the new one takes its place, and stays when there is no new one.
        if self.state.exhausted {
            self.allow(Pattern::Error(ErrorKind::OutOfMemory), "ddi-exclusive-access", self.state);
        }
        if !self.state.plugged {
            self.allow(Pattern::Error(ErrorKind::Gone), "ddi-exclusive-access", self.state);
            return;
        }
        next.close_handle(h);
        next.handles[h] = Bond::Live;
        self.queued(Pattern::Ok, "ddi-exclusive-access", next);
    }

    fn lock(&mut self, h: usize, ignore: bool, name: usize) {
        const LOCK: &str = "ddi-exclusive-access";
        let error = Pattern::Error;
        let dead = self.state.handles[h] == Bond::Dead;
        if dead {
            self.allow(error(ErrorKind::Gone), LOCK, self.state);
        }
        if name == BAD_NAME {
            self.queued(error(ErrorKind::InvalidName), LOCK, self.state);
        }
        if !dead || self.state.exhausted {
            let taken = State { holder: Holder::Handle(h), name, ..self.state };
            let possible = [self.state, if self.free() { taken } else { self.state }];
            self.host_queue_failures(&possible);
            if name == BAD_NAME {
            } else if self.state.mounted && !ignore {
                self.queued(error(ErrorKind::VolumeMounted), LOCK, self.state);
            } else if !self.free() {
                self.queued(error(ErrorKind::AlreadyLocked), LOCK, self.state);
            } else {
                self.queued(Pattern::Ok, LOCK, taken);
            }
        }
    }

    fn free(&self) -> bool {
        self.state.holder == Holder::Nobody
    }

    fn unlock(&mut self, h: usize) {
        const UNLOCK: &str = "ddi-exclusive-access";
        if self.state.handles[h] == Bond::Dead {
            self.allow(Pattern::Error(ErrorKind::Gone), UNLOCK, self.state);
            if !self.state.exhausted {
                return;
            }
        }
        let freed = State { holder: Holder::Nobody, ..self.state };
        let own = self.state.holder == Holder::Handle(h);
        self.host_queue_failures(&[self.state, if own { freed } else { self.state }]);
        match self.state.holder {
            Holder::Nobody => self.queued(Pattern::Error(ErrorKind::NotLocked), UNLOCK, self.state),
            _ if own => self.queued(Pattern::Ok, UNLOCK, freed),
            _ => self.queued(Pattern::Error(ErrorKind::InvalidHandle), UNLOCK, self.state),
        }
    }

    fn owner_of(&mut self, h: usize) {
        const OWNER: &str = "ddi-exclusive-access";
        if self.state.handles[h] == Bond::Dead {
            self.allow(Pattern::Error(ErrorKind::Gone), OWNER, self.state);
            if !self.state.exhausted {
                return;
            }
        }
        self.host_queue_failures(&[self.state]);
        let owner = self.state.owner();
        self.queued(Pattern::Owner(owner), OWNER, self.state);
        if !self.rules.owner_name && owner != Owner::Nobody {
            self.queued(Pattern::Owner(Owner::Unnamed), OWNER, self.state);
        }
    }

    fn ready(&mut self, h: usize) {
        const READY: &str = "drvdoc-exclusive-access";
        if self.state.handles[h] == Bond::Dead {
            self.allow(Pattern::Error(ErrorKind::Gone), READY, self.state);
            if !self.state.exhausted {
                return;
            }
        }
        self.host_queue_failures(&[self.state]);
        let others = self.state.holder != Holder::Nobody && self.state.holder != Holder::Handle(h);
        if others && self.rules.mandatory_lock {
            self.queued(Pattern::Error(ErrorKind::Locked), READY, self.state);
        } else {
            self.queued(Pattern::AnyAnswer, READY, self.state);
        }
    }

    fn abandon(&mut self, h: usize) {
        let busy = State { busy: true, ..self.state };
        self.ready(h);
        self.allow(Pattern::Error(ErrorKind::Timeout), "design-effect-unknown", busy);
    }

    fn mount(&mut self) {
        if !self.state.plugged {
            self.allow(Pattern::Error(ErrorKind::Gone), "bench", self.state);
            if !self.state.exhausted {
                return;
            }
        }
        self.host_queue_failures(&[self.state]);
        if self.free() {
            self.queued(Pattern::Ok, "bench", State { mounted: true, ..self.state });
        } else {
            self.queued(Pattern::Error(ErrorKind::AlreadyLocked), "drvdoc-exclusive-access", self.state);
            self.queued(Pattern::Error(ErrorKind::Locked), "drvdoc-exclusive-access", self.state);
            if self.state.mounted {
                self.queued(Pattern::Ok, "bench", self.state);
            }
        }
    }
}

impl State {
    fn owner(&self) -> Owner {
        match self.holder {
            Holder::Nobody => Owner::Nobody,
            _ => CALLERS[self.name].map_or(Owner::Unnamed, Owner::Named),
        }
    }

    fn drop_recorder(&mut self, r: usize) {
        self.recorders[r] = RecorderState::default();
        if self.holder == Holder::Recorder(r) {
            self.holder = Holder::Nobody;
        }
    }

    fn close_handle(&mut self, h: usize) {
        self.handles[h] = Bond::None;
        if self.holder == Holder::Handle(h) {
            self.holder = Holder::Nobody;
        }
    }

    /// The drive goes away: every lock is gone, and whoever had it open never reaches it again.
    fn unplug(&mut self) {
        self.plugged = false;
        self.holder = Holder::Nobody;
        self.mounted = false;
        self.busy = false;
        for recorder in &mut self.recorders {
            if recorder.bond == Bond::Live {
                recorder.bond = Bond::Dead;
            }
        }
        for handle in &mut self.handles {
            if *handle == Bond::Live {
                *handle = Bond::Dead;
            }
        }
    }
}
