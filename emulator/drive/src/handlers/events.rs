//! GET EVENT STATUS NOTIFICATION and SEND EVENT.

use crate::check::Check;
use crate::dispatch::{Call, Done, Execute, Outcome};
use crate::events::Happening;
use crate::nexus::NexusId;
use crate::quirk::Quirk;
use crate::unit::Unit;
use core::time::Duration;
use discrig_wire::command::{GetEventStatusNotification, SendEvent};
use discrig_wire::event::{
    BusyEvent, BusyStatus, DeviceBusy, Event, EventClass, EventClasses, EventNotification, ExternalEvent,
    ExternalRequest, ExternalRequestCode, HostStatus, MediaEvent, MediaStatus, MultiHost, MultiHostEvent,
    MultiHostPriority, OperationalChange, OperationalChangeKind, OperationalEvent, PowerEvent,
    PowerManagementEvent,
};
use discrig_wire::sense::codes;

impl Execute for GetEventStatusNotification {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        if !self.polled {
            return Err(Check::field(GetEventStatusNotification::SPEC, "polled").into());
        }
        let supported = unit.config.profile.event_classes;
        let requested =
            EventClasses::from_bits_retain(self.notification_class_request).intersection(supported);
        let event = requested.classes().next().map(|lowest| {
            let happening = take(unit, call.nexus, requested);
            let class = happening.map_or(lowest, Happening::class);
            with_status(unit, call.nexus, class, happening)
        });
        call.reply(self.allocation_length.into(), |reply| {
            EventNotification::new(supported, event).encode(reply)
        })
    }
}

/// Bytes of the header of a SEND EVENT list: a length, the class, and a reserved byte. The event follows.
const EVENT_LIST_HEADER: usize = 4;

/// An event that an initiator saw for the drive: keys of a front panel that is the initiator's. The other initiators are told.
impl Execute for SendEvent {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        if self.parameter_list_length == 0 {
            return Ok(Done::Good);
        }
        let list = call.data_out.get(..self.parameter_list_length.into());
        let list = list.and_then(|list| list.split_at_checked(EVENT_LIST_HEADER));
        let Some((header, event)) = list.filter(|(_, event)| event.len() >= ExternalRequest::SIZE) else {
            return Err(codes::PARAMETER_LIST_LENGTH_ERROR.into());
        };
        if EventClass(header[2] & 0x07) != EventClass::EXTERNAL_REQUEST {
            return Err(Check::parameter(2, Some(2)).into());
        }
        let Ok(ExternalRequest { event, request, .. }) = ExternalRequest::parse(event) else {
            return Err(codes::PARAMETER_LIST_LENGTH_ERROR.into());
        };
        let known = [ExternalEvent::KEY_DOWN, ExternalEvent::KEY_UP, ExternalEvent::REQUEST];
        if !known.contains(&event) {
            return Err(Check::parameter(EVENT_LIST_HEADER as u16, Some(3)).into());
        }
        unit.raise_others(call.nexus, Happening::External(event, request));
        Ok(Done::Good)
    }
}

/// Takes the event of the lowest class that has one.
fn take(unit: &mut Unit, nexus: NexusId, requested: EventClasses) -> Option<Happening> {
    let never_drains = unit.quirks.has(Quirk::GesnNeverDrains) && unit.state.tray.is_open();
    if never_drains && requested.contains(EventClasses::OPERATIONAL_CHANGE) {
        return Some(Happening::FEATURES);
    }
    let events = &mut unit.nexus(nexus).events;
    let happening = events.first_of(requested)?;
    events.forget(happening.class());
    if unit.quirks.has(Quirk::EventsShared) {
        unit.state.nexuses.values_mut().for_each(|state| state.events.forget(happening.class()));
    }
    Some(happening)
}

/// The event of a class, or none, with the status as it is now.
fn with_status(unit: &Unit, nexus: NexusId, class: EventClass, happening: Option<Happening>) -> Event {
    let persistent_prevented = unit.state.ledger.is_persistent();
    let others = unit.state.ledger.persistent_elsewhere(nexus);
    let status = if others { HostStatus::OTHER_PREVENT } else { HostStatus::READY };
    match (class, happening) {
        (EventClass::OPERATIONAL_CHANGE, happening) => {
            let (event, change) = match happening {
                Some(Happening::Operational(event, change)) => (event, change),
                _ => (OperationalEvent::NO_CHANGE, OperationalChangeKind::NONE),
            };
            OperationalChange { event, persistent_prevented, status: 0, change }.into()
        }
        (EventClass::POWER_MANAGEMENT, happening) => {
            let event = match happening {
                Some(Happening::Power(event)) => event,
                _ => PowerEvent::NO_CHANGE,
            };
            PowerManagementEvent { event, status: unit.state.power.condition }.into()
        }
        (EventClass::EXTERNAL_REQUEST, happening) => {
            let (event, request) = match happening {
                Some(Happening::External(event, request)) => (event, request),
                _ => (ExternalEvent::NO_CHANGE, ExternalRequestCode::NONE),
            };
            ExternalRequest { event, persistent_prevented, status, request }.into()
        }
        (EventClass::MULTI_HOST, happening) => {
            let (event, priority) = match happening {
                Some(Happening::MultiHost(event, priority)) => (event, priority),
                _ => (MultiHostEvent::NO_CHANGE, MultiHostPriority::NONE),
            };
            MultiHost { event, persistent_prevented, status, priority }.into()
        }
        (EventClass::DEVICE_BUSY, happening) => {
            let event = match happening {
                Some(Happening::Busy(event)) => event,
                _ => BusyEvent::NO_CHANGE,
            };
            busy(unit, event).into()
        }
        (_, happening) => {
            let event = match happening {
                Some(Happening::Media(event)) => event,
                _ => MediaEvent::NO_CHANGE,
            };
            media(unit, event).into()
        }
    }
}

fn media(unit: &Unit, event: MediaEvent) -> MediaStatus {
    MediaStatus {
        event,
        media_present: unit.state.tray.is_loaded(),
        door_open: unit.state.tray.is_open(),
        ..MediaStatus::default()
    }
}

fn busy(unit: &Unit, event: BusyEvent) -> DeviceBusy {
    const UNIT: u128 = Duration::from_millis(100).as_nanos();
    let Some(until) = unit.busy_until() else {
        return DeviceBusy { event, ..DeviceBusy::default() };
    };
    let left = until.since(unit.state.now).as_nanos().div_ceil(UNIT);
    let time_100ms = u16::try_from(left).unwrap_or(u16::MAX);
    DeviceBusy { event, status: BusyStatus::BUSY, time_100ms }
}
