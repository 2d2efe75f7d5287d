//! The lock world: recorders that count and handles that own, on one host.
//!
//! Recorders 0 and 1 live in the process of the suite, recorder 2 in one that can be killed; handle 0 in the process of the suite, handle 1 in
//! the other. Those of the suite's own process exist from the beginning. The model knows who owns the device, every count, whether a volume
//! is mounted, whether the drive is there, and whether an abandoned command may still occupy it. Where the documents leave the answer
//! open it allows all of their readings.

mod cast;
mod draw;
mod handles;
mod model;
mod recorders;
mod state;

pub use cast::Cast;
pub use draw::Mix;
pub use state::State;

use super::{Predicted, Rules, World};
use crate::answer::Answer;
use crate::stage::Stage;
use crate::stop::Stop;
use discrig_device::{CallerName, Capabilities};
use model::Predict;
use proptest::strategy::BoxedStrategy;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// How many recorders the world has.
const RECORDERS: usize = 3;
/// The one in the process that can be killed.
const KILLED_RECORDER: usize = 2;
/// How many raw handles the world has.
const HANDLES: usize = 2;
/// The one in the process that can be killed.
const KILLED_HANDLE: usize = 1;

/// Names that clients use; the last one breaks the rules.
const NAMES: [&str; 4] = ["discrig one", "discrig two", "DISCRIG: 3", "no/slash"];
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
    /// Another process takes exclusive access and keeps it.
    ForeignLock {
        #[doc = "Name."]
        name: usize,
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
    /// A recorder's command takes longer than its timeout, and is left running.
    Overrun {
        #[doc = "Recorder."]
        r: usize,
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
    /// A recorder's TEST UNIT READY.
    Send {
        #[doc = "Recorder."]
        r: usize,
    },
    /// Whoever holds exclusive access loses it and is not told.
    Steal,
    /// A handle gives exclusive access up.
    Unlock {
        #[doc = "Handle."]
        h: usize,
    },
}

/// The lock world.
pub struct Locks;

impl World for Locks {
    type Step = Step;
    type State = State;
    type Cast = Cast;
    type Mix = Mix;

    fn steps(mix: &Mix, capabilities: &Capabilities) -> BoxedStrategy<Step> {
        draw::steps(mix, capabilities)
    }

    fn start() -> State {
        State::start()
    }

    fn cast(stage: &mut Stage<'_>) -> Result<Cast, Stop> {
        Cast::new(stage)
    }

    fn perform(cast: &mut Cast, stage: &mut Stage<'_>, step: &Step) -> Result<Answer, Stop> {
        cast.perform(stage, step)
    }

    fn predict(rules: &Rules, state: &State, step: &Step, emit: &mut dyn FnMut(Predicted, State)) {
        Predict::new(rules, *state, emit).step(step);
    }
}

impl Locks {
    /// What a complete walk may do in a state without losing sight of the end: actors that are there act, and nobody counts further than two.
    #[must_use]
    pub fn is_small(state: &State, step: &Step) -> bool {
        match *step {
            Step::Acquire { r, .. } => state.exists(r) && state.count(r) < 2,
            Step::DisableMcn { r } => state.exists(r) && state.notification_off(r) < 2,
            Step::Drop { r }
            | Step::EnableMcn { r }
            | Step::Owner { r }
            | Step::Release { r }
            | Step::Send { r } => state.exists(r),
            Step::Close { h }
            | Step::Lock { h, .. }
            | Step::OwnerOf { h }
            | Step::Ready { h }
            | Step::Unlock { h } => state.is_open(h),
            _ => true,
        }
    }
}
