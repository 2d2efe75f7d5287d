//! What is checked before a command is carried out, in one place and in this order:
//!
//! 1. a reservation of another nexus (not for exempt commands);
//! 2. a pending unit attention (not for exempt commands), which comes before everything that may be wrong with the CDB;
//! 3. the operation code, which has to be in the command table and implemented; then reserved bits, the control byte's included;
//! 4. a deferred error;
//! 5. readiness: of the medium for commands that need one, of the mechanism for those that cannot run while it moves.
//!
//! Where documents leave the order open this is the strict reading: unit attention before illegal CDB, and before not ready.

use crate::check::{Check, Refused};
use crate::dispatch;
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
    let known = dispatch::implements(cdb.opcode()) && unit.config.profile.answers(cdb.opcode());
    let spec = match &decoded {
        Ok(command) => Some(command.spec()),
        Err(_) => CommandSpec::of(cdb),
    }
    .filter(|_| known);
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
    if !known {
        return Err(codes::INVALID_COMMAND_OPERATION_CODE.into());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drive::{Drive, DriveConfig};
    use crate::host_event::HostEvent;
    use crate::port::{VirtualClock, VirtualPort};
    use core::time::Duration;
    use discrig_device::{Device, Instant, Request};
    use discrig_wire::sense::SenseCode;

    fn sense(drive: &mut Drive, cdb: Cdb) -> Option<SenseCode> {
        let clock = &mut VirtualClock::default();
        let request = Request { cdb, data: discrig_device::Data::None, timeout: Duration::from_secs(9) };
        let answer = VirtualPort { drive, clock, nexus: NexusId(0) }.execute(request).unwrap();
        answer.sense.parse().map(|sense| sense.code)
    }

    /// Whatever else is wrong with it, a reserved bit included; and the unit attention comes first.
    #[test]
    fn what_is_in_the_table_but_not_in_the_drive_is_unknown() {
        for spec in Command::TABLE.iter().filter(|spec| !dispatch::implements(spec.opcode)) {
            let mut bytes = spec.blank().bytes().to_vec();
            *bytes.last_mut().unwrap() |= 0x04;
            for cdb in [spec.blank(), Cdb::new(&bytes).unwrap()] {
                let mut drive = Drive::new(DriveConfig::default(), Instant::ZERO);
                drive.host_event(Instant::ZERO, HostEvent::NexusEstablished(NexusId(0))).unwrap();
                let first = sense(&mut drive, cdb).unwrap();
                assert_eq!(first.key, discrig_wire::SenseKey::UnitAttention, "{spec}");
                while sense(&mut drive, Command::TABLE[0].blank()).unwrap().key == first.key {}
                assert_eq!(sense(&mut drive, cdb), Some(codes::INVALID_COMMAND_OPERATION_CODE), "{spec}");
            }
        }
    }
}
