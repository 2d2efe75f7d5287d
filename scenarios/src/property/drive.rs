//! The drive world: commands of one or two nexuses, the button, discs, resets, and the tray that they all act on.
//!
//! The model knows where the tray is, which disc lies in it, who prevents removal, who has reserved the drive, and what each nexus has
//! to be told. Where documents or drives differ it allows all of their readings: an attention that some drives establish and others do not is one that
//! may be pending.

use super::drive_cast::Cast;
use super::drive_model::Predict;
use super::{Predicted, Rules, World, weighted};
use crate::answer::Answer;
use crate::families::unit::require_tray_of;
use crate::stage::Stage;
use crate::stop::{Stop, Verdict};
use discrig_device::{Capabilities, Capability, DiscKind, HostId};
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use serde::{Deserialize, Serialize};

/// How many nexuses the world has; where the bench has one host, the second does nothing.
pub(super) const NEXUSES: usize = 2;

/// What is reset.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Everything, by the bus.
    Bus,
    /// A nexus is lost and comes back.
    Nexus,
    /// Power off and on.
    Power,
    /// The logical unit.
    Unit,
}

/// What can be done in the drive world. `h` is the number of the nexus.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// GET CONFIGURATION.
    Configuration {
        #[doc = "Nexus."]
        h: usize,
    },
    /// START STOP UNIT that ejects.
    Eject {
        #[doc = "Nexus."]
        h: usize,
    },
    /// GET EVENT STATUS NOTIFICATION for the media class.
    Events {
        #[doc = "Nexus."]
        h: usize,
    },
    /// INQUIRY.
    Inquiry {
        #[doc = "Nexus."]
        h: usize,
    },
    /// START STOP UNIT that loads.
    Load {
        #[doc = "Nexus."]
        h: usize,
    },
    /// MODE SENSE(10) of page 2Ah, for the lock state.
    LockState {
        #[doc = "Nexus."]
        h: usize,
    },
    /// A disc is put on the open tray, or taken off.
    Place {
        #[doc = "Which; none when absent."]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        disc: Option<DiscKind>,
    },
    /// The button.
    Press,
    /// PREVENT ALLOW MEDIUM REMOVAL.
    Prevent {
        #[doc = "Nexus."]
        h: usize,
        #[doc = "The persistent state."]
        persistent: bool,
        #[doc = "Set rather than clear it."]
        on: bool,
    },
    /// READ(10) of the first block.
    ReadFirst {
        #[doc = "Nexus."]
        h: usize,
    },
    /// TEST UNIT READY.
    Ready {
        #[doc = "Nexus."]
        h: usize,
    },
    /// REQUEST SENSE; the answer is the sense that it returned.
    RequestSense {
        #[doc = "Nexus."]
        h: usize,
    },
    /// RESERVE(6).
    Reserve {
        #[doc = "Nexus."]
        h: usize,
    },
    /// A reset.
    Reset {
        #[doc = "Which nexus, where one is meant."]
        h: usize,
        #[doc = "What is reset."]
        scope: Scope,
    },
    /// An operation code that is not assigned.
    Unknown {
        #[doc = "Nexus."]
        h: usize,
    },
    /// RELEASE(6).
    Unreserve {
        #[doc = "Nexus."]
        h: usize,
    },
}

/// Which groups of steps a property draws, as weights.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mix {
    /// Eject and load.
    pub motion: u32,
    /// PREVENT of the basic state.
    pub prevent: u32,
    /// PREVENT of the persistent state.
    pub persistent: u32,
    /// Page 2Ah.
    pub lock_state: u32,
    /// The button.
    pub button: u32,
    /// Discs put on the tray and taken off.
    pub discs: u32,
    /// TEST UNIT READY.
    pub ready: u32,
    /// READ(10).
    pub read: u32,
    /// REQUEST SENSE.
    pub request_sense: u32,
    /// GET EVENT STATUS NOTIFICATION.
    pub events: u32,
    /// INQUIRY and GET CONFIGURATION.
    pub exempt: u32,
    /// Unknown commands.
    pub unknown: u32,
    /// RESERVE(6) and RELEASE(6).
    pub reserve: u32,
    /// Resets of bus and logical unit, and power cycles.
    pub reset: u32,
    /// Losses of a nexus.
    pub nexus_loss: u32,
}

impl Mix {
    /// Nothing drawn.
    pub const NONE: Mix = Mix {
        motion: 0,
        prevent: 0,
        persistent: 0,
        lock_state: 0,
        button: 0,
        discs: 0,
        ready: 0,
        read: 0,
        request_sense: 0,
        events: 0,
        exempt: 0,
        unknown: 0,
        reserve: 0,
        reset: 0,
        nexus_loss: 0,
    };
}

/// Whether something is to be reported.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Pending {
    /// It is not.
    #[default]
    No,
    /// It may be.
    Maybe,
    /// It is.
    Yes,
}

/// What the model keeps for a nexus.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Nexus {
    /// Basic prevention.
    pub basic: bool,
    /// Persistent prevention.
    pub persistent: bool,
    /// Unit attention 29h.
    pub reset: Pending,
    /// Unit attention 28h.
    pub medium: Pending,
    /// Events of the media class that may wait, one bit for each code.
    pub events: u8,
    /// One of them waits for sure.
    pub event_waits: bool,
    /// The sense of the command before may be kept for REQUEST SENSE.
    pub kept: bool,
}

/// What lies in the tray.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Disc {
    /// A disc on which nothing is recorded.
    Blank,
    /// A disc with data.
    Data,
    /// Nothing.
    None,
}

/// A state of the drive world.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct State {
    pub(super) nexuses: [Nexus; NEXUSES],
    pub(super) open: bool,
    pub(super) disc: Disc,
    /// The mechanics moved, and the drive may still say that it becomes ready.
    pub(super) unsettled: bool,
    pub(super) holder: Option<usize>,
}

impl Step {
    /// The nexus whose command it is.
    fn nexus(&self) -> Option<usize> {
        match *self {
            Step::Configuration { h }
            | Step::Eject { h }
            | Step::Events { h }
            | Step::Inquiry { h }
            | Step::Load { h }
            | Step::LockState { h }
            | Step::Prevent { h, .. }
            | Step::ReadFirst { h }
            | Step::Ready { h }
            | Step::RequestSense { h }
            | Step::Reserve { h }
            | Step::Unknown { h }
            | Step::Unreserve { h } => Some(h),
            Step::Place { .. } | Step::Press | Step::Reset { .. } => None,
        }
    }
}

/// The drive world. `TOLD` says whether it is judged that every unit attention is established: what is about the tray or about reservations does
/// not fail for one that is missing.
pub struct Drive<const TOLD: bool>;

impl<const TOLD: bool> World for Drive<TOLD> {
    type Step = Step;
    type State = State;
    type Cast = Cast;
    type Mix = Mix;

    fn require(mix: &Mix, stage: &mut Stage<'_>) -> Verdict {
        let moves = mix.motion + mix.button + mix.discs > 0;
        if moves { require_tray_of(stage, HostId(0)) } else { Ok(()) }
    }

    fn steps(mix: &Mix, capabilities: &Capabilities) -> BoxedStrategy<Step> {
        steps(mix, capabilities)
    }

    fn start() -> State {
        State {
            nexuses: [Nexus::default(); NEXUSES],
            open: false,
            disc: Disc::Data,
            unsettled: false,
            holder: None,
        }
    }

    fn cast(stage: &mut Stage<'_>) -> Result<Cast, Stop> {
        Cast::assemble(stage)
    }

    fn perform(cast: &mut Cast, stage: &mut Stage<'_>, step: &Step) -> Result<Answer, Stop> {
        cast.perform(stage, step)
    }

    fn predict(rules: &Rules, state: &State, step: &Step, emit: &mut dyn FnMut(Predicted, State)) {
        Predict { told: TOLD && rules.quiet_bus, state: *state, nexus: step.nexus(), emit }.step(step);
    }
}

fn steps(mix: &Mix, capabilities: &Capabilities) -> BoxedStrategy<Step> {
    let can = |capability, weight| if capabilities.has(capability) { weight } else { 0 };
    let h = || 0..if capabilities.has(Capability::SecondHost) { NEXUSES } else { 1 };
    let prevent = |persistent| {
        (h(), any::<bool>()).prop_map(move |(h, on)| Step::Prevent { h, persistent, on }).boxed()
    };
    let disc =
        prop_oneof![2 => Just(None), 2 => Just(Some(DiscKind::Data)), 1 => Just(Some(DiscKind::Blank))];
    let reset = |scope| h().prop_map(move |h| Step::Reset { h, scope }).boxed();
    weighted(vec![
        (2 * mix.motion, h().prop_map(|h| Step::Eject { h }).boxed()),
        (2 * mix.motion, h().prop_map(|h| Step::Load { h }).boxed()),
        (3 * mix.prevent, prevent(false)),
        (3 * mix.persistent, prevent(true)),
        (2 * mix.lock_state, h().prop_map(|h| Step::LockState { h }).boxed()),
        (can(Capability::Button, 2 * mix.button), Just(Step::Press).boxed()),
        (can(Capability::Changer, 2 * mix.discs), disc.prop_map(|disc| Step::Place { disc }).boxed()),
        (2 * mix.ready, h().prop_map(|h| Step::Ready { h }).boxed()),
        (mix.read, h().prop_map(|h| Step::ReadFirst { h }).boxed()),
        (2 * mix.request_sense, h().prop_map(|h| Step::RequestSense { h }).boxed()),
        (2 * mix.events, h().prop_map(|h| Step::Events { h }).boxed()),
        (mix.exempt, h().prop_map(|h| Step::Inquiry { h }).boxed()),
        (mix.exempt, h().prop_map(|h| Step::Configuration { h }).boxed()),
        (mix.unknown, h().prop_map(|h| Step::Unknown { h }).boxed()),
        (3 * mix.reserve, h().prop_map(|h| Step::Reserve { h }).boxed()),
        (2 * mix.reserve, h().prop_map(|h| Step::Unreserve { h }).boxed()),
        (can(Capability::ResetBus, mix.reset), reset(Scope::Bus)),
        (can(Capability::ResetLogicalUnit, mix.reset), reset(Scope::Unit)),
        (can(Capability::ResetPower, mix.reset), reset(Scope::Power)),
        (can(Capability::ResetNexus, 2 * mix.nexus_loss), reset(Scope::Nexus)),
    ])
    .unwrap_or_else(|| Just(Step::Ready { h: 0 }).boxed())
}
