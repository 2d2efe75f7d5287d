//! What is checked before a command is carried out, in one place and in this order:
//!
//! 1. a reservation of another nexus (not for exempt commands);
//! 2. a pending unit attention (not for exempt commands), which comes before everything that may be wrong with the CDB;
//! 3. the operation code, then reserved bits, the control byte's included;
//! 4. a deferred error;
//! 5. readiness: of the medium for commands that need one, of the mechanism for those that cannot run while it moves.
//!
//! Where documents leave the order open this is the strict reading: unit attention before illegal CDB, and before not ready.

use crate::check::{Check, Refused};
use crate::nexus::NexusId;
use crate::quirk::Quirk;
use crate::unit::Unit;
use discrig_wire::command::{Command, CommandSpec, Flags};
use discrig_wire::event::PowerStatus;
use discrig_wire::sense::codes;
use discrig_wire::{Cdb, Status};

/// The command that `cdb` is, when nothing forbids it.
pub(crate) fn admit(unit: &mut Unit, nexus: NexusId, cdb: &Cdb) -> Result<Command, Refused> {
    let decoded = Command::decode(cdb);
    let spec = match &decoded {
        Ok(command) => Some(command.spec()),
        Err(_) => CommandSpec::of(cdb),
    };
    let flags = spec.map_or(Flags::empty(), |spec| spec.flags);
    if let Some(spec) = spec
        && !unit.state.reservations.is_idle()
    {
        let enforced = !unit.quirks.has(Quirk::ReserveNotEnforced);
        if unit.state.reservations.conflicts(nexus, spec, cdb, enforced) {
            return Err(Refused::Status(Status::RESERVATION_CONFLICT));
        }
    }
    if !flags.contains(Flags::UA_EXEMPT)
        && let Some(code) = unit.take_attention(nexus)
    {
        return Err(code.into());
    }
    let command = decoded.map_err(Check::from)?;
    if !flags.contains(Flags::UA_EXEMPT)
        && let Some(code) = unit.nexus(nexus).deferred.take()
    {
        return Err(Check::deferred(code).into());
    }
    ready_for(unit, flags)?;
    Ok(command)
}

fn ready_for(unit: &Unit, flags: Flags) -> Result<(), Check> {
    if flags.contains(Flags::NEEDS_MEDIUM) {
        unit.readiness()?;
    } else if !flags.contains(Flags::WHILE_BUSY) {
        if unit.state.power.condition == PowerStatus::SLEEP {
            return Err(Check::new(codes::LOGICAL_UNIT_NOT_READY_INITIALIZING_COMMAND_REQUIRED));
        }
        unit.settled()?;
    }
    Ok(())
}
