//! The world of two hosts and three handles: every layer of "locked" at once, small enough to be walked completely.
//!
//! Handles 0 and 1 are on the judged host, in different processes; handle 2 is on another host, with a nexus of its own. The model knows
//! who owns the device on each host, which nexus prevents removal, and whether the tray is open. Unit attentions are read where they come up.

use super::{Predicted, Rules, World};
use crate::allowed::Pattern;
use crate::answer::Answer;
use crate::families::unit::require_tray_of;
use crate::stage::{Stage, usual_timeout};
use crate::stop::{Stop, Verdict};
use core::time::Duration;
use discrig_device::{
    CallerName, Capabilities, ErrorKind, Handle, HostId, Owner, ProcessId, Request, VolumePolicy,
};
use discrig_wire::command::{PreventAllowMediumRemoval, StartStopUnit, TestUnitReady};
use discrig_wire::sense::codes;
use discrig_wire::{Cdb, SenseKey};
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// How many handles the world has.
const HANDLES: usize = 3;
/// How many hosts, each with a nexus.
const HOSTS: usize = 2;

/// The additional sense code of an eject or load that is refused.
const REFUSED: u8 = codes::MEDIUM_REMOVAL_PREVENTED.asc;

/// Host and process of each handle.
const PLACES: [(usize, ProcessId); HANDLES] = [(0, ProcessId(0)), (0, ProcessId(1)), (1, ProcessId(0))];

/// Under which name each handle locks.
static CALLERS: LazyLock<[Option<CallerName>; HANDLES]> =
    LazyLock::new(|| ["handle 0", "handle 1", "handle 2"].map(|name| CallerName::new(name).ok()));

/// What a handle can be told to do.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// PREVENT ALLOW MEDIUM REMOVAL that allows.
    Allow,
    /// The handle is closed.
    Close,
    /// START STOP UNIT that ejects.
    Eject,
    /// START STOP UNIT that loads.
    Load,
    /// It takes exclusive access.
    Lock,
    /// It is opened.
    Open,
    /// The host's owner query.
    OwnerOf,
    /// PREVENT ALLOW MEDIUM REMOVAL that prevents.
    Prevent,
    /// TEST UNIT READY.
    Ready,
    /// It gives exclusive access up.
    Unlock,
}

impl Deed {
    /// Every one.
    const ALL: [Deed; 10] = [
        Deed::Allow,
        Deed::Close,
        Deed::Eject,
        Deed::Load,
        Deed::Lock,
        Deed::Open,
        Deed::OwnerOf,
        Deed::Prevent,
        Deed::Ready,
        Deed::Unlock,
    ];

    /// The command, for those that are one.
    fn cdb(self) -> Option<Cdb> {
        let prevent = |prevent| PreventAllowMediumRemoval { persistent: false, prevent }.cdb();
        let moves = |start| StartStopUnit { load_eject: true, start, ..StartStopUnit::default() }.cdb();
        Some(match self {
            Deed::Allow => prevent(false),
            Deed::Eject => moves(false),
            Deed::Load => moves(true),
            Deed::Prevent => prevent(true),
            Deed::Ready => TestUnitReady {}.cdb(),
            Deed::Close | Deed::Lock | Deed::Open | Deed::OwnerOf | Deed::Unlock => return None,
        })
    }
}

/// A handle does something.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What.
    #[serde(rename = "do")]
    pub deed: Deed,
    /// Which handle.
    pub h: usize,
}

/// A state of the world.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct State {
    opened: [bool; HANDLES],
    owner: [Option<usize>; HOSTS],
    prevented: [bool; HOSTS],
    tray_open: bool,
}

/// The world of two hosts and three handles.
pub struct Nexuses;

impl Nexuses {
    /// Every step that there is.
    #[must_use]
    pub fn alphabet() -> Vec<Step> {
        (0..HANDLES).flat_map(|h| Deed::ALL.map(|deed| Step { deed, h })).collect()
    }

    /// Whether a step does something: handles that are open act, and those that are not are opened.
    #[must_use]
    pub fn acts(state: &State, step: &Step) -> bool {
        state.opened[step.h] != (step.deed == Deed::Open)
    }
}

impl World for Nexuses {
    type Step = Step;
    type State = State;
    type Cast = Cast;
    type Mix = ();

    fn require(_: &(), stage: &mut Stage<'_>) -> Verdict {
        require_tray_of(stage, HostId(0))
    }

    fn steps(_: &(), _: &Capabilities) -> BoxedStrategy<Step> {
        (proptest::sample::select(&Deed::ALL[..]), 0..HANDLES).prop_map(|(deed, h)| Step { deed, h }).boxed()
    }

    fn start() -> State {
        State::default()
    }

    fn cast(_: &mut Stage<'_>) -> Result<Cast, Stop> {
        Ok(Cast::default())
    }

    fn perform(cast: &mut Cast, stage: &mut Stage<'_>, step: &Step) -> Result<Answer, Stop> {
        cast.perform(stage, *step)
    }

    fn predict(rules: &Rules, state: &State, step: &Step, emit: &mut dyn FnMut(Predicted, State)) {
        let mut allow = |pattern, clause, next| emit(Predicted { pattern, clause }, next);
        if !Nexuses::acts(state, step) {
            return allow(Pattern::Ok, "bench", *state);
        }
        match step.deed {
            Deed::Open | Deed::Close => {
                allow(
                    Pattern::Ok,
                    "ddi-exclusive-access",
                    state.with_handle(step.h, step.deed == Deed::Open),
                );
            }
            Deed::Lock | Deed::Unlock | Deed::OwnerOf => state.exclusive(rules, *step, &mut allow),
            _ if state.shuts_out(rules, step.h) => {
                allow(Pattern::Error(ErrorKind::Locked), "drvdoc-exclusive-access", *state);
            }
            _ => state.command(*step, &mut allow),
        }
    }
}

/// Where a prediction goes.
type Allow<'a> = dyn FnMut(Pattern, &'static str, State) + 'a;

impl State {
    fn with_handle(mut self, h: usize, opened: bool) -> State {
        self.opened[h] = opened;
        let (host, _) = PLACES[h];
        // The nexus stays, and with it what it prevents.
        self.owner[host] = self.owner[host].filter(|owner| *owner != h);
        self
    }

    /// Whether another handle of the same host keeps `h` out. A lock of another host is no concern of this one.
    fn shuts_out(&self, rules: &Rules, h: usize) -> bool {
        rules.mandatory_lock && self.owner[PLACES[h].0].is_some_and(|owner| owner != h)
    }

    fn exclusive(self, rules: &Rules, Step { deed, h }: Step, allow: &mut Allow<'_>) {
        const EXCLUSIVE: &str = "ddi-exclusive-access";
        let (host, _) = PLACES[h];
        let owned_by = |owner| {
            let mut next = self;
            next.owner[host] = owner;
            next
        };
        let owner = self.owner[host];
        match (deed, owner) {
            (Deed::Lock, None) => allow(Pattern::Ok, EXCLUSIVE, owned_by(Some(h))),
            (Deed::Lock, Some(_)) => allow(Pattern::Error(ErrorKind::AlreadyLocked), EXCLUSIVE, self),
            (Deed::Unlock, None) => allow(Pattern::Error(ErrorKind::NotLocked), EXCLUSIVE, self),
            (Deed::Unlock, Some(owner)) if owner == h => allow(Pattern::Ok, EXCLUSIVE, owned_by(None)),
            (Deed::Unlock, Some(_)) => allow(Pattern::Error(ErrorKind::InvalidHandle), EXCLUSIVE, self),
            (_, owner) => {
                let named = |owner: usize| CALLERS[owner].map_or(Owner::Unnamed, Owner::Named);
                allow(Pattern::Owner(owner.map_or(Owner::Nobody, named)), EXCLUSIVE, self);
                if owner.is_some() && !rules.owner_name {
                    allow(Pattern::Owner(Owner::Unnamed), EXCLUSIVE, self);
                }
            }
        }
    }

    fn command(self, Step { deed, h }: Step, allow: &mut Allow<'_>) {
        let (host, _) = PLACES[h];
        let prevented = self.prevented.contains(&true);
        match deed {
            Deed::Prevent | Deed::Allow => {
                let mut next = self;
                next.prevented[host] = deed == Deed::Prevent;
                allow(Pattern::Ok, "mmc5-6.14", next);
            }
            Deed::Eject => {
                if prevented {
                    allow(Pattern::Asc(SenseKey::IllegalRequest, REFUSED), "mmc5-6.40", self);
                }
                // Whether an open tray can be opened while removal is prevented is said nowhere.
                if !prevented || self.tray_open {
                    allow(Pattern::Ok, "mmc5-6.40", State { tray_open: true, ..self });
                }
                if prevented && self.tray_open {
                    allow(Pattern::Asc(SenseKey::NotReady, REFUSED), "sff8020-eject", self);
                }
            }
            Deed::Load => {
                allow(Pattern::Ok, "mmc5-6.40", State { tray_open: false, ..self });
                if prevented && self.tray_open {
                    allow(Pattern::Asc(SenseKey::IllegalRequest, REFUSED), "field-load-prevented", self);
                }
            }
            _ if self.tray_open => {
                allow(Pattern::Asc(SenseKey::NotReady, codes::MEDIUM_NOT_PRESENT.asc), "mmc5-6.42", self);
            }
            _ => allow(Pattern::Ok, "mmc5-6.42", self),
        }
    }
}

/// The handles; what is `None` is closed.
#[derive(Default)]
pub struct Cast {
    handles: [Option<Box<dyn Handle>>; HANDLES],
}

/// How many unit attentions are read, and how often a drive that becomes ready is asked, before the answer counts.
const PATIENCE: usize = 32;
/// How long is waited in between.
const PAUSE: Duration = Duration::from_millis(500);

impl Cast {
    fn perform(&mut self, stage: &mut Stage<'_>, Step { deed, h }: Step) -> Result<Answer, Stop> {
        let (host, process) = PLACES[h];
        let Some(handle) = &mut self.handles[h] else {
            if deed == Deed::Open {
                self.handles[h] = Some(stage.bench.open(HostId(host as u8), process)?);
            }
            return Ok(Answer::Ok);
        };
        Ok(match deed {
            Deed::Open => Answer::Ok,
            Deed::Close => {
                self.handles[h].take().map_or(Answer::Ok, |handle| Answer::of_host(&handle.close()))
            }
            Deed::Lock => {
                let name = CALLERS[h].ok_or_else(|| Stop::Rig(format!("handle {h} has no name")))?;
                Answer::of_host(&handle.lock(name.as_str(), VolumePolicy::Respect))
            }
            Deed::Unlock => Answer::of_host(&handle.unlock()),
            Deed::OwnerOf => Answer::of_owner(&handle.owner()),
            _ => deed.cdb().map_or(Answer::Ok, |cdb| command(stage, handle.as_mut(), cdb)),
        })
    }
}

/// A command past unit attentions and past a medium that becomes ready.
fn command(stage: &mut Stage<'_>, handle: &mut dyn Handle, cdb: Cdb) -> Answer {
    let mut answer = Answer::CheckWithoutSense;
    for _ in 0..PATIENCE {
        answer = Answer::of_command(&handle.execute(Request::none(cdb, usual_timeout(&cdb))));
        match answer {
            Answer::Check(code) if code.key == SenseKey::UnitAttention => {}
            Answer::Check(code) if code == codes::LOGICAL_UNIT_IS_IN_PROCESS_OF_BECOMING_READY => {
                stage.bench.wait(PAUSE);
            }
            _ => break,
        }
    }
    answer
}
