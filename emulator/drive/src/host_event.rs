//! What happens to a drive that is no command: plugs, resets, hands and buttons.

use crate::ledger::LedgerEvent;
use crate::nexus::NexusId;
use crate::tray::{Tray, TrayAction};
use crate::unit::Unit;
use discrig_disc::Disc;
use discrig_wire::event::{ExternalEvent, ExternalRequestCode};
use discrig_wire::sense::{SenseCode, codes};
use thiserror::Error;

/// Something that happens outside the drive.
#[derive(Debug)]
#[non_exhaustive]
pub enum HostEvent {
    /// ABORT TASK: the command is gone and will not be answered; what it started goes on.
    AbortTask {
        /// Who sent the command.
        nexus: NexusId,
        /// The sender's name for it.
        tag: u64,
    },
    /// ABORT TASK SET: all commands of a nexus are gone.
    AbortTaskSet(NexusId),
    /// A hard reset of the bus.
    BusReset,
    /// The button on the front was pressed.
    ButtonPressed,
    /// An error of an earlier command of the nexus is reported with its next one.
    DeferredError {
        /// Whose command it was.
        nexus: NexusId,
        /// What went wrong.
        code: SenseCode,
    },
    /// Somebody pulled the tray out by the emergency hole, whatever was locked.
    EmergencyEject,
    /// A unit attention condition arises for a nexus.
    EstablishUnitAttention {
        /// For whom.
        nexus: NexusId,
        /// Which.
        code: SenseCode,
    },
    /// A key on the front went down or up, which initiators may want to know.
    Key {
        /// Down rather than up.
        down: bool,
        /// Which.
        request: ExternalRequestCode,
    },
    /// LOGICAL UNIT RESET.
    LogicalUnitReset,
    /// A nexus came to be, for the first time or again.
    NexusEstablished(NexusId),
    /// A nexus is lost: its commands and what it held with it. Nothing happens when it never was.
    NexusLost(NexusId),
    /// A disc is laid on the open tray, in place of what lies there.
    PlaceDisc(Disc),
    /// Power off and on.
    PowerCycle,
    /// The disc is taken off the open tray.
    RemoveDisc,
    /// The disc becomes another one, or none, in the closed tray: no tray was seen to move.
    SwapDisc(Option<Disc>),
}

/// Why an event cannot happen now.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum HostEventError {
    /// The command is not there: it never was, or it was answered.
    #[error("no such command is under way")]
    NoSuchTask,
    /// Discs are laid and taken on an open tray only.
    #[error("the tray is not open")]
    TrayNotOpen,
    /// The nexus never was.
    #[error("{0} is not known")]
    UnknownNexus(NexusId),
}

pub(crate) fn apply(unit: &mut Unit, event: HostEvent) -> Result<(), HostEventError> {
    match event {
        HostEvent::AbortTask { nexus, tag } => abort_task(unit, nexus, tag)?,
        HostEvent::AbortTaskSet(nexus) => unit.state.tasks.retain(|task| task.nexus != nexus),
        HostEvent::BusReset => reset(unit, LedgerEvent::BusReset, codes::SCSI_BUS_RESET_OCCURRED),
        HostEvent::ButtonPressed => unit.press_button(),
        HostEvent::DeferredError { nexus, code } => known(unit, nexus)?.deferred = Some(code),
        HostEvent::EmergencyEject => {
            unit.abandon_operation();
            if let Some(disc) = unit.state.disc.as_mut().filter(|_| unit.state.tray.is_loaded()) {
                disc.interrupted();
            }
            unit.move_tray(TrayAction::EmergencyOpen);
        }
        HostEvent::EstablishUnitAttention { nexus, code } => known(unit, nexus)?.attentions.establish(code),
        HostEvent::Key { down, request } => {
            let event = if down { ExternalEvent::KEY_DOWN } else { ExternalEvent::KEY_UP };
            unit.raise_all(crate::events::Happening::External(event, request));
        }
        HostEvent::LogicalUnitReset => {
            reset(unit, LedgerEvent::LogicalUnitReset, codes::BUS_DEVICE_RESET_FUNCTION_OCCURRED);
        }
        HostEvent::NexusEstablished(nexus) => {
            unit.nexus(nexus);
        }
        HostEvent::NexusLost(nexus) => {
            unit.state.tasks.retain(|task| task.nexus != nexus);
            unit.lose_nexus(nexus);
        }
        HostEvent::PlaceDisc(disc) => {
            tray_is_open(unit)?;
            unit.replace_disc(Some(disc));
        }
        HostEvent::PowerCycle => {
            unit.state.tasks.clear();
            unit.power_cycle();
        }
        HostEvent::RemoveDisc => {
            tray_is_open(unit)?;
            unit.replace_disc(None);
        }
        HostEvent::SwapDisc(disc) => unit.replace_disc(disc),
    }
    Ok(())
}

fn reset(unit: &mut Unit, event: LedgerEvent, attention: SenseCode) {
    unit.state.tasks.clear();
    unit.reset(event, attention);
}

fn abort_task(unit: &mut Unit, nexus: NexusId, tag: u64) -> Result<(), HostEventError> {
    let tasks = &mut unit.state.tasks;
    let at = tasks.iter().position(|task| task.nexus == nexus && task.tag == tag);
    at.and_then(|at| tasks.remove(at)).map(drop).ok_or(HostEventError::NoSuchTask)
}

fn known(unit: &mut Unit, nexus: NexusId) -> Result<&mut crate::nexus::NexusState, HostEventError> {
    unit.state.nexuses.get_mut(&nexus).ok_or(HostEventError::UnknownNexus(nexus))
}

fn tray_is_open(unit: &Unit) -> Result<(), HostEventError> {
    if unit.state.tray == Tray::Open { Ok(()) } else { Err(HostEventError::TrayNotOpen) }
}
