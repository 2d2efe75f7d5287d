//! RESERVE(6) and persistent reservations (SPC-2 5.5, SPC-3 5.6).

use crate::nexus::NexusId;
use discrig_wire::command::{
    CommandSpec, Flags, GetPerformance, PersistentReserveInReadKeys, PersistentReserveOutRegister,
    PreventAllowMediumRemoval, Read10, Read12, ReadCapacity, ReadDiscInformation, ReadDiscStructure, ReadToc,
    ReadTrackInformation, Release6, Reserve6, Seek10, TestUnitReady, Verify10,
};
use discrig_wire::reservation::ReservationKind;
use discrig_wire::{Cdb, SenseCode, sense::codes};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most registrations that the drive keeps.
const MOST_REGISTRATIONS: usize = 64;

/// The kind with this code in a CDB, when there is one.
pub(crate) fn kind_of(code: u8) -> Option<ReservationKind> {
    Some(ReservationKind(code)).filter(|kind| kind.name().is_some())
}

/// A persistent reservation that is in force.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Persistent {
    /// Who took it. Of the all-registrants kinds every registered nexus is a holder.
    pub holder: NexusId,
    /// Which kind.
    pub kind: ReservationKind,
}

/// Who has reserved the drive.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Reservations {
    /// Holder of RESERVE(6).
    pub simple: Option<NexusId>,
    /// Registered keys.
    pub registrations: BTreeMap<NexusId, u64>,
    /// The persistent reservation.
    pub persistent: Option<Persistent>,
    /// PRGENERATION: how many times registrations were changed.
    pub generation: u32,
    /// APTPL: registrations and reservation outlive the loss of power.
    pub through_power_loss: bool,
}

/// Why a reservation command is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ReservationError {
    /// RESERVATION CONFLICT.
    Conflict,
    /// CHECK CONDITION about the parameter list.
    Check(SenseCode),
}

/// What an action did to other nexuses.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Consequences {
    /// Unit attentions to establish.
    pub(crate) attentions: Vec<(NexusId, SenseCode)>,
    /// Nexuses that lost their registration by force.
    pub(crate) preempted: Vec<NexusId>,
}

type Outcome = Result<Consequences, ReservationError>;

/// Commands that a nexus without registration may issue under the kinds that let others read.
const READING: &[&CommandSpec] = &[
    GetPerformance::SPEC,
    Read10::SPEC,
    Read12::SPEC,
    ReadCapacity::SPEC,
    ReadDiscInformation::SPEC,
    ReadDiscStructure::SPEC,
    ReadToc::SPEC,
    ReadTrackInformation::SPEC,
    Seek10::SPEC,
    Verify10::SPEC,
];

fn is(spec: &CommandSpec, other: &CommandSpec) -> bool {
    spec.opcode == other.opcode
}

/// PREVENT ALLOW MEDIUM REMOVAL that only allows goes through every reservation.
fn only_allows(spec: &CommandSpec, cdb: &Cdb) -> bool {
    is(spec, PreventAllowMediumRemoval::SPEC) && cdb.padded()[4] & 0x03 == 0
}

impl Reservations {
    /// Whether anybody has reserved the drive.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        self.simple.is_some() || self.persistent.is_some()
    }

    /// Whether nothing could conflict with any command: the fast path.
    pub(crate) fn is_idle(&self) -> bool {
        self.simple.is_none() && self.registrations.is_empty()
    }

    /// Whether `nexus` may not issue the command. `enforced` is false on a drive whose RESERVE(6) keeps nobody out.
    pub(crate) fn conflicts(&self, nexus: NexusId, spec: &CommandSpec, cdb: &Cdb, enforced: bool) -> bool {
        self.mixes(spec, enforced)
            || self.simple_conflict(nexus, spec, cdb, enforced)
            || self.persistent_conflict(nexus, spec, cdb)
    }

    /// The two methods exclude each other: each one's commands conflict while the other is in use, for everybody.
    fn mixes(&self, spec: &CommandSpec, enforced: bool) -> bool {
        let simple = is(spec, Reserve6::SPEC) || is(spec, Release6::SPEC);
        let persistent =
            is(spec, PersistentReserveInReadKeys::SPEC) || is(spec, PersistentReserveOutRegister::SPEC);
        (simple && !self.registrations.is_empty()) || (persistent && enforced && self.simple.is_some())
    }

    fn simple_conflict(&self, nexus: NexusId, spec: &CommandSpec, cdb: &Cdb, enforced: bool) -> bool {
        enforced
            && self.simple.is_some_and(|holder| holder != nexus)
            && !spec.flags.contains(Flags::RESERVATION_EXEMPT)
            && !only_allows(spec, cdb)
    }

    fn persistent_conflict(&self, nexus: NexusId, spec: &CommandSpec, cdb: &Cdb) -> bool {
        let Some(Persistent { kind, .. }) = self.persistent else { return false };
        let registered = self.registrations.contains_key(&nexus);
        let inside = self.holds(nexus) || (kind.admits_registrants() && registered);
        // PERSISTENT RESERVE OUT decides by registration and key.
        let decides_itself = is(spec, PersistentReserveOutRegister::SPEC);
        !(inside
            || decides_itself
            || spec.flags.contains(Flags::RESERVATION_EXEMPT)
            || is(spec, TestUnitReady::SPEC)
            || only_allows(spec, cdb)
            || (!kind.excludes_reading() && READING.iter().any(|other| is(spec, other))))
    }

    /// Whether `nexus` holds the persistent reservation.
    #[must_use]
    pub fn holds(&self, nexus: NexusId) -> bool {
        self.persistent.is_some_and(|held| {
            held.holder == nexus || (held.kind.is_held_by_all() && self.registrations.contains_key(&nexus))
        })
    }

    /// REGISTER, or REGISTER AND IGNORE EXISTING KEY when `existing` is `None`.
    pub(crate) fn register(&mut self, nexus: NexusId, existing: Option<u64>, key: u64) -> Outcome {
        let registered = self.registrations.get(&nexus).copied();
        if existing.is_some_and(|claimed| claimed != registered.unwrap_or(0)) {
            return Err(ReservationError::Conflict);
        }
        let mut consequences = Consequences::default();
        match (registered, key) {
            (None, 0) => return Ok(consequences),
            (Some(_), 0) => {
                self.registrations.remove(&nexus);
                self.drop_unheld(nexus, &mut consequences);
            }
            _ => {
                if registered.is_none() && self.registrations.len() >= MOST_REGISTRATIONS {
                    return Err(ReservationError::Check(codes::INSUFFICIENT_REGISTRATION_RESOURCES));
                }
                self.registrations.insert(nexus, key);
            }
        }
        self.generation = self.generation.wrapping_add(1);
        Ok(consequences)
    }

    /// Ends the reservation when its holder is gone; all-registrants kinds live as long as somebody is registered.
    fn drop_unheld(&mut self, gone: NexusId, consequences: &mut Consequences) {
        let Some(held) = self.persistent else { return };
        if held.kind.is_held_by_all() {
            match self.registrations.keys().next() {
                Some(heir) if held.holder == gone => {
                    self.persistent = Some(Persistent { holder: *heir, ..held });
                }
                Some(_) => {}
                None => self.persistent = None,
            }
        } else if held.holder == gone {
            self.persistent = None;
            self.tell_released(held.kind, gone, consequences);
        }
    }

    fn tell_released(&self, kind: ReservationKind, except: NexusId, consequences: &mut Consequences) {
        if kind.admits_registrants() {
            let others = self.registrations.keys().filter(|nexus| **nexus != except);
            consequences.attentions.extend(others.map(|nexus| (*nexus, codes::RESERVATIONS_RELEASED)));
        }
    }

    fn authorize(&self, nexus: NexusId, key: u64) -> Result<(), ReservationError> {
        match self.registrations.get(&nexus) {
            Some(registered) if *registered == key => Ok(()),
            _ => Err(ReservationError::Conflict),
        }
    }

    /// RESERVE.
    pub(crate) fn reserve(&mut self, nexus: NexusId, key: u64, kind: ReservationKind) -> Outcome {
        self.authorize(nexus, key)?;
        match self.persistent {
            None => self.persistent = Some(Persistent { holder: nexus, kind }),
            Some(held) if held.kind == kind && self.holds(nexus) => {}
            Some(_) => return Err(ReservationError::Conflict),
        }
        Ok(Consequences::default())
    }

    /// RELEASE. Releasing what one does not hold changes nothing.
    pub(crate) fn release(&mut self, nexus: NexusId, key: u64, kind: Option<ReservationKind>) -> Outcome {
        self.authorize(nexus, key)?;
        let mut consequences = Consequences::default();
        let Some(held) = self.persistent.filter(|_| self.holds(nexus)) else { return Ok(consequences) };
        if kind != Some(held.kind) {
            return Err(ReservationError::Check(codes::INVALID_RELEASE_OF_PERSISTENT_RESERVATION));
        }
        self.persistent = None;
        self.tell_released(held.kind, nexus, &mut consequences);
        Ok(consequences)
    }

    /// CLEAR.
    pub(crate) fn clear(&mut self, nexus: NexusId, key: u64) -> Outcome {
        self.authorize(nexus, key)?;
        let others = self.registrations.keys().filter(|other| **other != nexus);
        let attentions = others.map(|other| (*other, codes::RESERVATIONS_PREEMPTED)).collect();
        self.registrations.clear();
        self.persistent = None;
        self.generation = self.generation.wrapping_add(1);
        Ok(Consequences { attentions, preempted: Vec::new() })
    }

    /// PREEMPT, and the reservation part of PREEMPT AND ABORT.
    pub(crate) fn preempt(
        &mut self,
        nexus: NexusId,
        key: u64,
        victim_key: u64,
        kind: Option<ReservationKind>,
    ) -> Outcome {
        self.authorize(nexus, key)?;
        let held = self.persistent;
        let all = held.is_some_and(|held| held.kind.is_held_by_all());
        if victim_key == 0 && !all {
            return Err(ReservationError::Check(codes::INVALID_FIELD_IN_PARAMETER_LIST));
        }
        let everybody = victim_key == 0;
        let takes_over = match held {
            Some(_) if all => everybody,
            Some(held) => self.registrations.get(&held.holder) == Some(&victim_key),
            None => false,
        };
        let new_kind = match (takes_over, kind) {
            (true, None) => return Err(ReservationError::Check(codes::INVALID_FIELD_IN_CDB)),
            (true, kind) => kind,
            (false, _) => None,
        };
        if !everybody && !self.registrations.values().any(|registered| *registered == victim_key) {
            return Err(ReservationError::Conflict);
        }
        let preempted: Vec<NexusId> = self
            .registrations
            .iter()
            .filter(|(other, registered)| **other != nexus && (everybody || **registered == victim_key))
            .map(|(other, _)| *other)
            .collect();
        let mut consequences = Consequences {
            attentions: preempted.iter().map(|victim| (*victim, codes::REGISTRATIONS_PREEMPTED)).collect(),
            preempted,
        };
        self.registrations.retain(|other, _| !consequences.preempted.contains(other));
        if let (Some(kind), Some(held)) = (new_kind, held) {
            self.persistent = Some(Persistent { holder: nexus, kind });
            if kind != held.kind {
                self.tell_released(held.kind, nexus, &mut consequences);
            }
        } else if let Some(held) = held
            && consequences.preempted.contains(&held.holder)
        {
            self.drop_unheld(held.holder, &mut consequences);
        }
        self.generation = self.generation.wrapping_add(1);
        Ok(consequences)
    }

    /// Power was off: everything is forgotten unless it was to be kept.
    pub(crate) fn power_cycle(&mut self) {
        self.simple = None;
        self.generation = 0;
        if !self.through_power_loss {
            *self = Reservations::default();
        }
    }
}
