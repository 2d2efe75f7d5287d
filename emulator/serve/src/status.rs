//! What a drive and its sessions are at, as JSON.

use crate::plug::Plug;
use crate::seat::Seat;
use discrig_device::fault::FaultControl;
use discrig_drive::{NexusId, Tray};
use serde_json::{Value, json};

impl Seat {
    /// A nexus for people.
    pub(crate) fn who(&self, nexus: NexusId) -> String {
        if nexus == crate::nexuses::OWN {
            let name = self.foreign.as_ref().map_or("server", |(name, _)| name.as_str());
            return format!("the foreign host \"{name}\"");
        }
        match self.nexuses.port(nexus) {
            Some((initiator, _)) => format!("{nexus} ({initiator})"),
            None => nexus.to_string(),
        }
    }
}

/// The tray in a word.
fn tray(tray: Tray) -> &'static str {
    match tray {
        Tray::Closing(_) => "closing",
        Tray::Empty => "empty",
        Tray::Open => "open",
        Tray::Opening(_) => "opening",
        Tray::Ready => "ready",
        Tray::Recognizing(_) => "recognizing",
        Tray::SpinningUp(_) => "spinning-up",
        Tray::Stopped => "stopped",
    }
}

/// Everything about a drive: what people ask for first, then the whole state of the drive.
pub(crate) fn state(seat: &Seat) -> Value {
    let state = seat.drive.state();
    let people =
        |nexuses: Vec<NexusId>| -> Vec<String> { nexuses.into_iter().map(|nexus| seat.who(nexus)).collect() };
    let reserved =
        state.reservations.simple.into_iter().chain(state.reservations.persistent.map(|held| held.holder));
    json!({
        "drive": seat.setup.name,
        "target": seat.target.as_str(),
        "profile": seat.setup.model,
        "plugged": seat.plug.is_in(),
        "returns-in-ms": match seat.plug {
            Plug::Out { returns: Some(at) } => Some(at.since(seat.clock.now()).as_millis() as u64),
            _ => None,
        },
        "tray": tray(state.tray),
        "disc": seat.disc,
        "medium": state.disc.as_ref().map(|disc| disc.kind.spec().name),
        "working": state.operation.is_some(),
        "prevented-by": people(seat.preventers()),
        "reserved-by": people(reserved.collect()),
        "foreign-lock": seat.foreign.as_ref().map(|(name, _)| name),
        "commands-waiting": state.tasks.len(),
        "fault-rules": seat.rules,
        "faults-fired": seat.fired(),
        "sessions": sessions(seat),
        "state": state,
    })
}

/// The sessions of a drive, by nexus.
pub(crate) fn sessions(seat: &Seat) -> Value {
    let sessions = seat.ports.values().map(|port| {
        json!({
            "nexus": port.nexus.0,
            "initiator": port.session.initiator.as_str(),
            "initiator-alias": port.session.initiator_alias,
            "isid": port.session.isid.to_string(),
            "tsih": port.session.tsih,
            "peer": port.peer.to_string(),
            "commands": port.commands.get(),
        })
    });
    sessions.collect()
}
