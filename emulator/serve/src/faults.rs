//! Faults on the way between sessions and the drive.
//!
//! Rules about commands are asked for each command that a session sends. A target sees no handles of hosts, so the operations of hosts mean
//! what hosts do on the bus at these occasions:
//!
//! | operation | what a served drive sees of it |
//! |---|---|
//! | close | the end of a session |
//! | lock | PREVENT ALLOW MEDIUM REMOVAL that prevents, RESERVE(6), PERSISTENT RESERVE OUT that reserves |
//! | open | the login of a session |
//! | unlock | PREVENT ALLOW MEDIUM REMOVAL that allows, RELEASE(6), PERSISTENT RESERVE OUT that releases |
//!
//! The remaining operations, and a drive that comes back as another one, are refused when the rule is installed.

use crate::error::FaultError;
use crate::port::Port;
use crate::seat::Seat;
use crate::tasks::Change;
use core::time::Duration;
use discrig_device::fault::{
    Action, ActionKind, DisappearWhen, FaultControl, HostOperation, Occurrence, Plan, Rule, Subject,
};
use discrig_device::{Replug, ResetKind};
use discrig_drive::{HostEvent, NexusId, Service};
use discrig_iscsi::target::{self, Outcome};
use discrig_wire::command::{Command, PreventAllowMediumRemoval};
use discrig_wire::sense::FixedSense;
use discrig_wire::{Cdb, SenseBuffer, SenseCode, SenseKey, Status};

/// Adds rules to those that are there, all of them or none.
///
/// # Errors
/// [`FaultError`] about the first rule that a served drive cannot honour.
pub(crate) fn install(seat: &mut Seat, plan: &Plan) -> Result<(), FaultError> {
    plan.rules.iter().try_for_each(check)?;
    plan.rules.iter().try_for_each(|rule| seat.install(rule.clone()))?;
    Ok(())
}

/// Whether a served drive can honour a rule.
///
/// # Errors
/// [`FaultError`] that says what it cannot do.
pub(crate) fn check(rule: &Rule) -> Result<(), FaultError> {
    if let Action::Disappear { identity: Replug::Other, .. } = rule.action {
        return Err(FaultError::OtherIdentity { rule: rule.to_string() });
    }
    match rule.when.operation {
        Some(HostOperation::Notification) => Err("notification"),
        Some(HostOperation::Owner) => Err("owner"),
        _ => Ok(()),
    }
    .map_err(|operation| FaultError::Operation { rule: rule.to_string(), operation })
}

impl FaultControl for Seat {
    fn honours(&self, _: ActionKind) -> bool {
        true
    }

    fn add(&mut self, rule: Rule) {
        self.faults.install(rule);
        self.rules += 1;
    }

    fn lift(&mut self) {
        self.faults.lift();
        self.rules = 0;
    }

    fn fired(&self) -> u64 {
        self.faults.fired()
    }
}

/// The operation of a host that a command is part of.
fn operation_of(cdb: &Cdb) -> Option<HostOperation> {
    match Command::decode(cdb).ok()? {
        Command::PreventAllowMediumRemoval(PreventAllowMediumRemoval { prevent: false, .. })
        | Command::Release6(_)
        | Command::PersistentReserveOutRelease(_) => Some(HostOperation::Unlock),
        Command::PreventAllowMediumRemoval(_)
        | Command::Reserve6(_)
        | Command::PersistentReserveOutReserve(_) => Some(HostOperation::Lock),
        _ => None,
    }
}

impl Seat {
    /// A command, while there are rules.
    pub(crate) fn serve_or_suffer(&mut self, port: &Port, command: &target::Command, cdb: Cdb) {
        if let Some(action) = operation_of(&cdb).and_then(|operation| self.befalls(port.nexus, operation))
            && self.foreign_action(&action)
        {
            return self.answer_at_once(
                port,
                command,
                &cdb,
                Outcome::good(command.data_out.len() as u64),
                Vec::new(),
            );
        }
        match self.decide(port.nexus, Subject::Command(cdb.opcode())) {
            None => self.serve(port, command, cdb, Service::NORMAL, None),
            Some(action) => self.suffer(port, command, cdb, &action),
        }
    }

    /// The fault that befalls an operation of a host.
    fn befalls(&mut self, nexus: NexusId, operation: HostOperation) -> Option<Action> {
        if self.faults.is_empty() { None } else { self.decide(nexus, Subject::Operation(operation)) }
    }

    /// A session begins or ends, which rules may wait for.
    pub(crate) fn operation(&mut self, nexus: NexusId, operation: HostOperation) {
        if let Some(action) = self.befalls(nexus, operation) {
            self.foreign_action(&action);
        }
    }

    fn decide(&mut self, nexus: NexusId, subject: Subject) -> Option<Action> {
        let occurrence = Occurrence {
            subject,
            nexus: u8::try_from(nexus.0).unwrap_or(u8::MAX),
            now: self.clock.now(),
            states: self.drive.state().conditions(),
        };
        let firing = self.faults.decide(&occurrence)?;
        self.log.tell("fault", &[("drive", &self.setup.name), ("nexus", &nexus.0), ("rule", &firing.rule)]);
        Some(firing.action)
    }

    /// What a foreign host does. True when the operation itself is not to happen, although it is said to have.
    fn foreign_action(&mut self, action: &Action) -> bool {
        match action {
            Action::ForeignLock { name } => self.foreign_lock(&name.to_string(), None),
            Action::ForeignUnlock {} => self.foreign_unlock(),
            Action::LostUnlock {} => return true,
            _ => {}
        }
        false
    }

    fn suffer(&mut self, port: &Port, command: &target::Command, cdb: Cdb, action: &Action) {
        match action {
            Action::CorruptData { offset, length, xor } => {
                let change = Change::CorruptData { offset: *offset, length: *length, xor: *xor };
                self.serve(port, command, cdb, Service::NORMAL, Some(change));
            }
            Action::Delay { ms } => {
                self.serve(port, command, cdb, Service::delayed(Duration::from_millis(*ms)), None);
            }
            Action::Disappear { when, return_ms, .. } => {
                self.disappear(port, command, cdb, *when, *return_ms)
            }
            Action::ShortTransfer { length } => {
                let change = Change::ShortTransfer { length: *length };
                self.serve(port, command, cdb, Service::NORMAL, Some(change));
            }
            Action::Stall {} => self.serve(port, command, cdb, Service::STALLED, None),
            Action::TransportError {} => port.sever(),
            Action::TruncateSense { length } => {
                let change = Change::TruncateSense { length: *length };
                self.serve(port, command, cdb, Service::NORMAL, Some(change));
            }
            answer => match answered(answer, command) {
                Some((outcome, data)) => self.answer_at_once(port, command, &cdb, outcome, data),
                None => {
                    self.happens_before(port.nexus, answer);
                    self.serve(port, command, cdb, Service::NORMAL, None);
                }
            },
        }
    }

    /// What happens to the drive just before a command. What cannot happen now does not.
    fn happens_before(&mut self, nexus: NexusId, action: &Action) {
        let event = match action {
            Action::Reset { kind } => return self.reset(*kind),
            Action::SwapDisc { disc: Some(kind) } => {
                match self.discs.of_kind(*kind, &self.setup.config.profile) {
                    Ok(disc) => HostEvent::SwapDisc(Some(disc)),
                    Err(problem) => {
                        return self
                            .log
                            .tell("fault failed", &[("drive", &self.setup.name), ("problem", &problem)]);
                    }
                }
            }
            Action::SwapDisc { disc: None } => HostEvent::SwapDisc(None),
            Action::UnitAttention { asc, ascq } => {
                let code = SenseCode::new(SenseKey::UnitAttention, *asc, *ascq);
                HostEvent::EstablishUnitAttention { nexus, code }
            }
            _ => return,
        };
        if let HostEvent::SwapDisc(disc) = &event {
            self.disc = if disc.is_some() { "by a fault".to_owned() } else { "none".to_owned() };
        }
        if let Err(problem) = self.happen(event) {
            self.log.tell("fault failed", &[("drive", &self.setup.name), ("problem", &problem)]);
        }
    }

    /// Resets the drive or a nexus.
    pub(crate) fn reset(&mut self, kind: ResetKind) {
        let events = match kind {
            ResetKind::Bus => vec![HostEvent::BusReset],
            ResetKind::LogicalUnit => vec![HostEvent::LogicalUnitReset],
            ResetKind::Nexus(host) => {
                let nexus = NexusId(host.0.into());
                match self.ports.contains_key(&nexus) {
                    true => vec![HostEvent::NexusLost(nexus), HostEvent::NexusEstablished(nexus)],
                    false => Vec::new(),
                }
            }
            ResetKind::Power => vec![HostEvent::PowerCycle],
        };
        for event in events {
            // None of these can be refused.
            let _ = self.happen(event);
        }
    }

    fn disappear(
        &mut self,
        port: &Port,
        command: &target::Command,
        cdb: Cdb,
        when: DisappearWhen,
        milliseconds: Option<u64>,
    ) {
        match when {
            DisappearWhen::After => {
                self.serve(port, command, cdb, Service::NORMAL, Some(Change::Unplug { milliseconds }));
            }
            DisappearWhen::Before => self.unplug(milliseconds.map(Duration::from_millis)),
            DisappearWhen::During => {
                // It takes effect if the drive is fast enough, and its answer never arrives.
                port.sever_silently();
                self.serve(port, command, cdb, Service::NORMAL, Some(Change::Unplug { milliseconds }));
                self.unplug(milliseconds.map(Duration::from_millis));
            }
        }
    }
}

/// The answer that a fault gives in the place of the drive's.
fn answered(action: &Action, command: &target::Command) -> Option<(Outcome, Vec<u8>)> {
    let check = |sense| Outcome { status: Status::CHECK_CONDITION, sense, transfer_length: 0 };
    let outcome = match action {
        Action::CorruptSense { bytes } => check(SenseBuffer::new(bytes)),
        Action::Lie {} => {
            let expected = command.expected_length as usize;
            // A read has data, whatever they are; how much the drive would have had nobody knows.
            let data = if command.reads { vec![0; expected.min(LIE)] } else { Vec::new() };
            let length = if command.reads { data.len() } else { expected };
            return Some((Outcome::good(length as u64), data));
        }
        Action::Sense { code, deferred } => {
            let sense = FixedSense::new(*code);
            check((if *deferred { sense.deferred() } else { sense }).into())
        }
        Action::Status { status } => {
            Outcome { status: Status(*status), sense: SenseBuffer::EMPTY, transfer_length: 0 }
        }
        _ => return None,
    };
    Some((outcome, Vec::new()))
}

/// Most bytes that a lie makes up.
const LIE: usize = 1 << 20;

/// The command that holds or frees the drive for the server's own nexus.
pub(crate) fn prevention(prevent: bool) -> Cdb {
    PreventAllowMediumRemoval { prevent, ..Default::default() }.cdb()
}
