//! Fault rules: on the path here, at the operations of the hosts, and inside of the drive where somebody is there.

use crate::attendant::Attendant;
use crate::seat::Station;
use core::sync::atomic::{AtomicBool, Ordering};
use discrig_device::fault::{
    Action, ActionKind, FaultControl, FaultEngine, InstallError, Occurrence, Plan, Rule, StateCondition,
    States, Subject,
};
use discrig_device::{Instant, Replug};
use discrig_host::Seat as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant as RealInstant;

/// The bench's clock: time since it was opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    began: RealInstant,
}

impl Clock {
    pub(crate) fn start() -> Clock {
        Clock { began: RealInstant::now() }
    }

    pub(crate) fn now(self) -> Instant {
        Instant::from_nanos(u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }
}

/// Rules for answers, applied on the way between driver and session. Every nexus of a bench has the same.
#[derive(Clone, Debug)]
pub(crate) struct SharedRules {
    clock: Clock,
    inner: Arc<Rules>,
}

#[derive(Debug, Default)]
struct Rules {
    armed: AtomicBool,
    engine: Mutex<FaultEngine>,
}

impl SharedRules {
    pub(crate) fn new(clock: Clock) -> SharedRules {
        SharedRules { clock, inner: Arc::default() }
    }

    /// The fault that befalls a command, if any.
    pub(crate) fn decide(&self, opcode: u8, nexus: u8) -> Option<Action> {
        if !self.inner.armed.load(Ordering::Acquire) {
            return None;
        }
        let (subject, now) = (Subject::Command(opcode), self.clock.now());
        let occurrence = Occurrence { subject, nexus, now, states: States::default() };
        self.engine().decide(&occurrence).map(|firing| firing.action)
    }

    fn install(&self, rule: Rule) {
        self.engine().install(rule);
        self.inner.armed.store(true, Ordering::Release);
    }

    fn lift(&self) {
        self.inner.armed.store(false, Ordering::Release);
        self.engine().lift();
    }

    fn fired(&self) -> u64 {
        self.engine().fired()
    }

    fn engine(&self) -> MutexGuard<'_, FaultEngine> {
        self.inner.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody at the drive, shared by all that need a hand.
pub(crate) type SharedAttendant = Arc<Mutex<Box<dyn Attendant>>>;

/// The attendant. A panic of somebody who spoke with them leaves a conversation that is as good as broken off, which shows.
pub(crate) fn attendant(shared: &SharedAttendant) -> MutexGuard<'_, Box<dyn Attendant>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All rules of a bench.
#[derive(Debug)]
pub(crate) struct Faults {
    pub(crate) rules: SharedRules,
    pub(crate) stations: Vec<Station>,
    pub(crate) attendant: Option<SharedAttendant>,
    /// Firings in the drive that were the bench's own doing.
    pub(crate) own: u64,
}

/// Where a rule is carried out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// Inside of the drive.
    Drive,
    /// At the operations of the hosts.
    Hosts,
    /// On the path between host and session.
    Path,
}

impl Faults {
    /// Where an action is carried out. A failing path is this side's own: a cut connection would be a drive that is gone.
    fn place(&self, action: ActionKind) -> Option<Place> {
        match action {
            _ if action.is_host_operation() => Some(Place::Hosts),
            ActionKind::TransportError => Some(Place::Path),
            _ if self.attendant.is_some() => Some(Place::Drive),
            _ if action.is_answer() => Some(Place::Path),
            _ => None,
        }
    }

    fn install_at(&mut self, place: Place, rule: Rule) -> Result<(), InstallError> {
        let unknowable = || InstallError::NotHonoured { rule: rule.to_string(), action: rule.action.kind() };
        let wants_state =
            |known: &[StateCondition]| rule.when.state.iter().any(|state| !known.contains(state));
        match place {
            Place::Hosts if wants_state(&[StateCondition::Locked]) => Err(unknowable()),
            Place::Hosts => {
                let wanted = rule.when.nexus;
                (0u8..)
                    .zip(&self.stations)
                    .filter(|(number, _)| wanted.is_none_or(|wanted| wanted == *number))
                    .try_for_each(|(_, station)| station.with(|driver, _| driver.install(rule.clone())))
            }
            Place::Path if wants_state(&[]) => Err(unknowable()),
            Place::Path => {
                self.rules.install(checked(rule)?);
                Ok(())
            }
            // The server's clock is another one, and its drive comes back as what it was.
            Place::Drive if rule.when.from_ms.or(rule.when.until_ms).is_some() => Err(unknowable()),
            Place::Drive if matches!(rule.action, Action::Disappear { identity: Replug::Other, .. }) => {
                Err(unknowable())
            }
            Place::Drive => self.install_in_drive(checked(rule)?),
        }
    }

    /// Has the server install a rule. Nexuses have numbers of their own there.
    fn install_in_drive(&mut self, mut rule: Rule) -> Result<(), InstallError> {
        let refused = |rule: &Rule, problem| InstallError::Contradiction { rule: rule.to_string(), problem };
        let Some(shared) = &self.attendant else { return Ok(()) };
        let mut attendant = attendant(shared);
        if let Some(host) = rule.when.nexus {
            let name = self
                .stations
                .get(usize::from(host))
                .map(|host| host.nexus(|nexus| nexus.initiator().to_owned()));
            let sessions = attendant.sessions().map_err(|problem| refused(&rule, problem))?;
            let served = sessions.iter().find(|session| Some(&session.initiator) == name.as_ref());
            let served = served.ok_or_else(|| refused(&rule, format!("host {host} is not logged in")))?;
            rule.when.nexus = Some(served.nexus);
        }
        let text = as_toml(&rule).map_err(|problem| refused(&rule, problem))?;
        attendant.faults(&text).map_err(|problem| refused(&rule, problem))
    }
}

/// A rule that does not contradict itself.
fn checked(rule: Rule) -> Result<Rule, InstallError> {
    let contradiction = |problem| InstallError::Contradiction { rule: rule.to_string(), problem };
    let text = as_toml(&rule).map_err(contradiction)?;
    Plan::from_toml(&text).map_err(|error| contradiction(error.to_string()))?;
    Ok(rule)
}

/// A plan of one rule.
pub(crate) fn as_toml(rule: &Rule) -> Result<String, String> {
    let plan = Plan { seed: 0, rules: vec![rule.clone()] };
    toml::to_string(&plan).map_err(|error| error.to_string())
}

impl FaultControl for Faults {
    fn honours(&self, action: ActionKind) -> bool {
        self.place(action).is_some()
    }

    fn add(&mut self, rule: Rule) {
        // What cannot be installed is refused by `install`, which everybody calls.
        let _ = self.install(rule);
    }

    fn lift(&mut self) {
        self.rules.lift();
        self.stations.iter().for_each(|station| station.with(|driver, _| driver.faults().lift()));
        if let Some(shared) = &self.attendant {
            // Rules that stay show in what follows, and restoring the bench says why.
            let _ = attendant(shared).lift();
        }
    }

    fn fired(&self) -> u64 {
        let hosts: u64 =
            self.stations.iter().map(|station| station.with(|driver, _| driver.faults().fired())).sum();
        let served = self.attendant.as_ref().and_then(|shared| attendant(shared).situation().ok());
        let drive = served.map_or(0, |situation| situation.fired.saturating_sub(self.own));
        self.rules.fired() + hosts + drive
    }

    fn install(&mut self, rule: Rule) -> Result<(), InstallError> {
        let action = rule.action.kind();
        match self.place(action) {
            Some(place) => self.install_at(place, rule),
            None => Err(InstallError::NotHonoured { rule: rule.to_string(), action }),
        }
    }
}
