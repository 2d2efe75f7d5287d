//! RESERVE(6), RELEASE(6), PERSISTENT RESERVE IN and OUT.

use crate::check::{Check, Refused};
use crate::dispatch::{Call, Done, Execute, Outcome};
use crate::ledger::LedgerEvent;
use crate::reservation::{Consequences, ReservationError, Reservations, kind_of};
use crate::unit::Unit;
use discrig_wire::Status;
use discrig_wire::command::{
    PersistentReserveInReadKeys, PersistentReserveInReadReservation, PersistentReserveInReportCapabilities,
    PersistentReserveOutClear, PersistentReserveOutPreempt, PersistentReserveOutPreemptAndAbort,
    PersistentReserveOutRegister, PersistentReserveOutRegisterAndIgnore, PersistentReserveOutRelease,
    PersistentReserveOutReserve, Release6, Reserve6,
};
use discrig_wire::reservation::{
    Reservation, ReservationCapabilities, ReservationKeys, ReservationKind, ReservationKinds,
    ReservationParameters, ReservationStatus,
};
use discrig_wire::sense::codes;

/// Third parties and extents were never part of MMC.
macro_rules! simple {
    ($command:ident, $reservations:ident, $nexus:ident => $action:expr) => {
        impl Execute for $command {
            fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
                let wrong = |name| Err(Check::field($command::SPEC, name).into());
                match *self {
                    $command { third_party: true, .. } => wrong("third_party"),
                    $command { third_party_id: 1.., .. } => wrong("third_party_id"),
                    $command { extent: true, .. } => wrong("extent"),
                    _ => {
                        let ($reservations, $nexus) = (&mut unit.state.reservations, call.nexus);
                        $action;
                        Ok(Done::Good)
                    }
                }
            }
        }
    };
}

simple!(Reserve6, reservations, nexus => reservations.simple = Some(nexus));
// Releasing what another holds, or nobody, is GOOD and changes nothing.
simple!(Release6, reservations, nexus => if reservations.simple == Some(nexus) { reservations.simple = None; });

impl Execute for PersistentReserveInReadKeys {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let Reservations { generation, registrations, .. } = &unit.state.reservations;
        call.reply(self.allocation_length.into(), |reply| {
            ReservationKeys::encode(*generation, registrations.values().copied(), reply);
        })
    }
}

impl Execute for PersistentReserveInReadReservation {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let Reservations { generation, registrations, persistent, .. } = &unit.state.reservations;
        let reservation = persistent.map(|held| {
            let of_holder = registrations.get(&held.holder).copied().unwrap_or(0);
            let key = if held.kind.is_held_by_all() { 0 } else { of_holder };
            Reservation { key, scope: 0, kind: held.kind }
        });
        let status = ReservationStatus { generation: *generation, reservation };
        call.reply(self.allocation_length.into(), |reply| status.encode(reply))
    }
}

impl Execute for PersistentReserveInReportCapabilities {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let kinds = ReservationKind::TABLE
            .iter()
            .fold(ReservationKinds::empty(), |kinds, (kind, _)| kinds.union(ReservationKinds::of(*kind)));
        let capabilities = ReservationCapabilities {
            length: ReservationCapabilities::SIZE as u16,
            persist_through_power_loss_capable: true,
            persist_through_power_loss_active: unit.state.reservations.through_power_loss,
            type_mask_valid: true,
            types: kinds.bits(),
            ..ReservationCapabilities::default()
        };
        call.reply(self.allocation_length.into(), |reply| capabilities.encode(reply))
    }
}

impl From<ReservationError> for Refused {
    fn from(error: ReservationError) -> Refused {
        match error {
            ReservationError::Conflict => Refused::Status(Status::RESERVATION_CONFLICT),
            ReservationError::Check(code) => code.into(),
        }
    }
}

/// The parameter list that every action has.
fn parameters(call: &Call<'_>, length: u32) -> Result<ReservationParameters, Refused> {
    let list = call.data_out.get(..ReservationParameters::SIZE);
    let Some(list) = list.filter(|_| length as usize == ReservationParameters::SIZE) else {
        return Err(codes::PARAMETER_LIST_LENGTH_ERROR.into());
    };
    let parameters =
        ReservationParameters::parse(list).map_err(|_| Refused::from(codes::PARAMETER_LIST_LENGTH_ERROR))?;
    if parameters.specify_initiator_ports {
        return Err(Check::parameter(20, Some(3)).into());
    }
    if parameters.all_target_ports {
        return Err(Check::parameter(20, Some(2)).into());
    }
    Ok(parameters)
}

/// Tells others what an action did to them; those who are to be aborted are, and lose their prevention.
fn carry_out(unit: &mut Unit, call: &mut Call<'_>, consequences: &Consequences, abort: bool) -> Outcome {
    unit.apply(consequences);
    if abort {
        for victim in &consequences.preempted {
            unit.enter_ledger(LedgerEvent::Preempted, *victim);
        }
        call.abort.extend(&consequences.preempted);
    }
    Ok(Done::Good)
}

fn register(unit: &mut Unit, call: &mut Call<'_>, length: u32, ignore: bool) -> Outcome {
    let parameters = parameters(call, length)?;
    let existing = (!ignore).then_some(parameters.key);
    let reservations = &mut unit.state.reservations;
    let consequences = reservations.register(call.nexus, existing, parameters.service_action_key)?;
    reservations.through_power_loss = parameters.persist_through_power_loss;
    carry_out(unit, call, &consequences, false)
}

impl Execute for PersistentReserveOutRegister {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        register(unit, call, self.parameter_list_length, false)
    }
}

impl Execute for PersistentReserveOutRegisterAndIgnore {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        register(unit, call, self.parameter_list_length, true)
    }
}

impl Execute for PersistentReserveOutReserve {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let parameters = parameters(call, self.parameter_list_length)?;
        let wrong = |name| Refused::from(Check::field(PersistentReserveOutReserve::SPEC, name));
        if self.scope != 0 {
            return Err(wrong("scope"));
        }
        let kind = kind_of(self.kind).ok_or_else(|| wrong("kind"))?;
        let consequences = unit.state.reservations.reserve(call.nexus, parameters.key, kind)?;
        carry_out(unit, call, &consequences, false)
    }
}

impl Execute for PersistentReserveOutRelease {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let parameters = parameters(call, self.parameter_list_length)?;
        let kind = kind_of(self.kind).filter(|_| self.scope == 0);
        let consequences = unit.state.reservations.release(call.nexus, parameters.key, kind)?;
        carry_out(unit, call, &consequences, false)
    }
}

impl Execute for PersistentReserveOutClear {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let parameters = parameters(call, self.parameter_list_length)?;
        let consequences = unit.state.reservations.clear(call.nexus, parameters.key)?;
        carry_out(unit, call, &consequences, false)
    }
}

macro_rules! preempt {
    ($command:ident, abort $abort:literal) => {
        impl Execute for $command {
            fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
                let parameters = parameters(call, self.parameter_list_length)?;
                let kind = kind_of(self.kind).filter(|_| self.scope == 0);
                let (key, victim) = (parameters.key, parameters.service_action_key);
                let consequences = unit.state.reservations.preempt(call.nexus, key, victim, kind)?;
                carry_out(unit, call, &consequences, $abort)
            }
        }
    };
}

preempt!(PersistentReserveOutPreempt, abort false);
preempt!(PersistentReserveOutPreemptAndAbort, abort true);
