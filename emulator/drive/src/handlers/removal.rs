//! Loading, ejecting, locking, power: START STOP UNIT, PREVENT ALLOW MEDIUM REMOVAL, LOAD/UNLOAD MEDIUM, MECHANISM STATUS.

use crate::check::{Check, Refused};
use crate::dispatch::{Call, Done, Execute, Outcome};
use crate::events::Happening;
use crate::ledger::LedgerEvent;
use crate::nexus::NexusId;
use crate::quirk::Quirk;
use crate::tray::{Tray, TrayAction};
use crate::unit::Unit;
use discrig_wire::command::{LoadUnloadMedium, MechanismStatus, PreventAllowMediumRemoval, StartStopUnit};
use discrig_wire::event::{BusyEvent, PowerStatus};
use discrig_wire::feature::LoadingMechanism;
use discrig_wire::mechanism::{ChangerState, MechanismHeader, MechanismSlot};
use discrig_wire::sense::{SenseKey, codes};

impl Execute for StartStopUnit {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let condition = match self.power_condition {
            0 => None,
            2 => Some(PowerStatus::IDLE),
            3 => Some(PowerStatus::STANDBY),
            5 => Some(PowerStatus::SLEEP),
            _ => return Err(Check::field(StartStopUnit::SPEC, "power_condition").into()),
        };
        if self.select_format_layer {
            return Err(Check::field(StartStopUnit::SPEC, "select_format_layer").into());
        }
        if !self.start || condition.is_some() {
            unit.state.playback = None;
        }
        if let Some(condition) = condition {
            unit.command_power(call.nexus, condition);
            return Ok(Done::Good);
        }
        unit.wake(call.nexus);
        match (self.load_eject, self.start) {
            (true, false) => eject(unit, call.nexus)?,
            (true, true) => load(unit)?,
            (false, true) => start(unit)?,
            (false, false) => unit.move_tray(TrayAction::Stop),
        }
        Ok(finish(unit, self.immed))
    }
}

/// When what a command began is over: at once for the initiator that asked not to wait.
fn finish(unit: &mut Unit, immed: bool) -> Done {
    match unit.settled_at() {
        Some(_) if immed => {
            unit.raise_all(Happening::Busy(BusyEvent::CHANGE));
            Done::Good
        }
        Some(until) => Done::Until(until),
        None => Done::Good,
    }
}

fn eject(unit: &mut Unit, nexus: NexusId) -> Result<(), Refused> {
    if unit.state.ledger.blocks_eject(nexus) && !unit.quirks.has(Quirk::EjectIgnoresPrevent) {
        let code = codes::MEDIUM_REMOVAL_PREVENTED;
        let old = unit.quirks.has(Quirk::EjectSenseKeyNotReady);
        return Err(
            if old { codes::MEDIA_LOAD_OR_EJECT_FAILED.under(SenseKey::NotReady) } else { code }.into()
        );
    }
    unit.move_tray(TrayAction::Open);
    Ok(())
}

fn load(unit: &mut Unit) -> Result<(), Refused> {
    if unit.quirks.has(Quirk::LoadRefusedWhilePrevented) && unit.state.ledger.is_prevented() {
        return Err(codes::MEDIUM_REMOVAL_PREVENTED.into());
    }
    if unit.state.tray.is_open() && !unit.config.profile.can_load {
        return Err(Check::field(StartStopUnit::SPEC, "load_eject").into());
    }
    unit.move_tray(TrayAction::Close);
    Ok(())
}

fn start(unit: &mut Unit) -> Result<(), Refused> {
    match unit.state.tray {
        Tray::Empty => Err(codes::MEDIUM_NOT_PRESENT_TRAY_CLOSED.into()),
        Tray::Open => Err(codes::MEDIUM_NOT_PRESENT_TRAY_OPEN.into()),
        _ => {
            unit.move_tray(TrayAction::SpinUp);
            Ok(())
        }
    }
}

impl Execute for PreventAllowMediumRemoval {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        if self.prevent && unit.quirks.has(Quirk::PreventWithoutMediumNotReady) {
            unit.readiness()?;
        }
        let event = match (self.persistent, self.prevent) {
            (false, false) => LedgerEvent::Allow,
            (false, true) => LedgerEvent::Prevent,
            (true, false) => LedgerEvent::PersistentAllow,
            (true, true) => LedgerEvent::PersistentPrevent,
        };
        unit.enter_ledger(event, call.nexus);
        Ok(Done::Good)
    }
}

fn has_changer(unit: &Unit) -> bool {
    let changers = [LoadingMechanism::CHANGER_DISCS, LoadingMechanism::CHANGER_MAGAZINE];
    changers.contains(&unit.config.profile.loading)
}

/// Without a changer the command does not exist. A changer of this rig has one slot, number 0: moving its disc is what START STOP UNIT does.
impl Execute for LoadUnloadMedium {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        if !has_changer(unit) {
            return Err(codes::INVALID_COMMAND_OPERATION_CODE.into());
        }
        if self.slot != 0 {
            return Err(codes::INVALID_ELEMENT_ADDRESS.into());
        }
        let LoadUnloadMedium { immed, load_unload: load_eject, start, .. } = *self;
        StartStopUnit { immed, load_eject, start, ..StartStopUnit::default() }.execute(unit, call)
    }
}

impl Execute for MechanismStatus {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let changer_state = match unit.state.tray {
            Tray::Closing(_) | Tray::Recognizing(_) => ChangerState::LOADING,
            Tray::Opening(_) => ChangerState::UNLOADING,
            _ => ChangerState::READY,
        };
        let header = MechanismHeader {
            changer_state,
            door_open: unit.state.tray.is_open(),
            ..MechanismHeader::default()
        };
        let slot = MechanismSlot { disc_present: unit.state.disc.is_some(), ..MechanismSlot::default() };
        let slots: &[MechanismSlot] = if has_changer(unit) { &[slot] } else { &[] };
        call.reply(self.allocation_length.into(), |reply| header.encode_with(slots, reply))
    }
}
