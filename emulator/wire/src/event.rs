//! GET EVENT STATUS NOTIFICATION: what happened to the drive that nobody asked for (MMC-5 6.7). The parameter list of SEND EVENT has the
//! same form.

use crate::error::WireError;
use crate::layout::{Layout, codes, layout};
use crate::reply::Reply;
use core::fmt;
use serde::{Deserialize, Serialize};

codes! {
    /// A class of events.
    pub struct EventClass(u8) {
        NONE = 0 "none of the requested classes",
        OPERATIONAL_CHANGE = 1 "operational change",
        POWER_MANAGEMENT = 2 "power management",
        EXTERNAL_REQUEST = 3 "external request",
        MEDIA = 4 "media",
        MULTI_HOST = 5 "multi-host",
        DEVICE_BUSY = 6 "device busy",
    }

    /// Events of the operational change class.
    pub struct OperationalEvent(u8) {
        NO_CHANGE = 0 "no change",
        CHANGE_REQUESTED = 1 "change requested",
        CHANGED = 2 "change occurred",
    }

    /// What changed in operation.
    pub struct OperationalChangeKind(u16) {
        NONE = 0 "no change",
        FEATURE_CHANGE = 1 "features or profiles became current or ceased to be",
        FEATURE_ADDED = 2 "a feature was added",
        RESET = 3 "the drive was reset",
        FIRMWARE_CHANGED = 4 "the firmware changed",
        INQUIRY_CHANGED = 5 "the INQUIRY data changed",
    }

    /// Events of the power management class.
    pub struct PowerEvent(u8) {
        NO_CHANGE = 0 "no change",
        CHANGED = 1 "the change succeeded",
        CHANGE_FAILED = 2 "the change failed",
    }

    /// Power conditions.
    pub struct PowerStatus(u8) {
        RESERVED = 0 "reserved",
        ACTIVE = 1 "active",
        IDLE = 2 "idle",
        STANDBY = 3 "standby",
        SLEEP = 4 "sleep",
    }

    /// Events of the external request class.
    pub struct ExternalEvent(u8) {
        NO_CHANGE = 0 "no change",
        KEY_DOWN = 1 "a key went down",
        KEY_UP = 2 "a key went up",
        REQUEST = 3 "an external request waits",
    }

    /// Whether another nexus prevents removal persistently (classes external request and multi-host).
    pub struct HostStatus(u8) {
        READY = 0 "ready",
        OTHER_PREVENT = 1 "another nexus prevents removal persistently",
    }

    /// What an external request wants.
    pub struct ExternalRequestCode(u16) {
        NONE = 0x0000 "nothing",
        QUEUE_OVERRUN = 0x0001 "requests were lost",
        PLAY = 0x0101 "play",
        REWIND = 0x0102 "rewind or back",
        FAST_FORWARD = 0x0103 "fast forward",
        PAUSE = 0x0104 "pause",
        STOP = 0x0106 "stop",
        FRONT_PANEL_BUTTON = 0x0107 "a button of the front panel",
    }

    /// Events of the media class.
    pub struct MediaEvent(u8) {
        NO_CHANGE = 0 "no change",
        EJECT_REQUEST = 1 "somebody wants the medium ejected",
        NEW_MEDIA = 2 "a medium was loaded and can be accessed",
        MEDIA_REMOVAL = 3 "the medium was removed",
        MEDIA_CHANGED = 4 "another medium is wanted from the changer",
        BACKGROUND_FORMAT_COMPLETED = 5 "background formatting is complete",
        BACKGROUND_FORMAT_RESTARTED = 6 "background formatting went on",
    }

    /// Events of the multi-host class.
    pub struct MultiHostEvent(u8) {
        NO_CHANGE = 0 "no change",
        CONTROL_REQUESTED = 1 "a nexus asks for control",
        CONTROL_GRANTED = 2 "control was granted",
        CONTROL_RELEASED = 3 "control was released",
    }

    /// How urgent a request for control is.
    pub struct MultiHostPriority(u16) {
        NONE = 0 "no request",
        LOW = 1 "low",
        MEDIUM = 2 "medium",
        HIGH = 3 "high",
    }

    /// Events of the device busy class.
    pub struct BusyEvent(u8) {
        NO_CHANGE = 0 "no change",
        CHANGE = 1 "the drive became busy or ceased to be",
        LOAD_CHANGE = 2 "a medium moves though no command moves it",
    }

    /// Whether the drive is busy.
    pub struct BusyStatus(u8) {
        NOT_BUSY = 0 "not busy",
        BUSY = 1 "busy",
    }
}

bitflags::bitflags! {
    /// A set of event classes: what a command requests, and what a drive supports.
    #[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
    #[serde(transparent)]
    pub struct EventClasses: u8 {
        /// Operational change.
        const OPERATIONAL_CHANGE = 1 << 1;
        /// Power management.
        const POWER_MANAGEMENT = 1 << 2;
        /// External request.
        const EXTERNAL_REQUEST = 1 << 3;
        /// Media.
        const MEDIA = 1 << 4;
        /// Multi-host.
        const MULTI_HOST = 1 << 5;
        /// Device busy.
        const DEVICE_BUSY = 1 << 6;
        /// Reserved bits are kept as they came.
        const _ = !0;
    }
}

impl EventClasses {
    /// The set of one class; empty for class 0.
    #[must_use]
    pub const fn of(class: EventClass) -> EventClasses {
        match class.0 {
            1..=7 => EventClasses::from_bits_retain(1 << class.0),
            _ => EventClasses::empty(),
        }
    }

    /// The defined classes of the set, in the order in which they are reported: the lowest number first.
    pub fn classes(self) -> impl Iterator<Item = EventClass> {
        EventClass::TABLE.iter().map(|row| row.0).filter(move |class| {
            let one = EventClasses::of(*class);
            !one.is_empty() && self.contains(one)
        })
    }
}

layout! {
    /// What stands before an event.
    pub struct EventHeader: "event header", size 4, needs 4 {
        descriptor_length: u16 = 0[7; 16] "Bytes after byte 1: 6 with an event, 2 without.",
        no_event_available: bool = 2[7; 1] "NEA: none of the requested classes is supported.",
        class: EventClass = 2[2; 3] "Class of the event that follows.",
        supported: u8 = 3[7; 8] "The classes that the drive supports, as [`EventClasses`].",
    }

    /// An event of the operational change class.
    pub struct OperationalChange: "operational change event", size 4, needs 4 {
        event: OperationalEvent = 0[3; 4] "What happened.",
        persistent_prevented: bool = 1[7; 1] "Some nexus prevents removal persistently.",
        status: u8 = 1[3; 4] "Legacy operational status.",
        change: OperationalChangeKind = 2[7; 16] "What changed.",
    }

    /// An event of the power management class.
    pub struct PowerManagementEvent: "power management event", size 4, needs 4 {
        event: PowerEvent = 0[3; 4] "What happened.",
        status: PowerStatus = 1[7; 8] "The power condition now.",
    }

    /// An event of the external request class.
    pub struct ExternalRequest: "external request event", size 4, needs 4 {
        event: ExternalEvent = 0[3; 4] "What happened.",
        persistent_prevented: bool = 1[7; 1] "Some nexus prevents removal persistently.",
        status: HostStatus = 1[3; 4] "Whether another nexus prevents it.",
        request: ExternalRequestCode = 2[7; 16] "What is wanted.",
    }

    /// An event of the media class. The two state bits are true at the time of the answer, also without an event.
    pub struct MediaStatus: "media event", size 4, needs 4 {
        event: MediaEvent = 0[3; 4] "What happened.",
        media_present: bool = 1[1; 1] "A medium is in the drive.",
        door_open: bool = 1[0; 1] "The tray or door is open.",
        start_slot: u8 = 2[7; 8] "First slot of a changer that is meant.",
        end_slot: u8 = 3[7; 8] "Last slot of a changer that is meant.",
    }

    /// An event of the multi-host class.
    pub struct MultiHost: "multi-host event", size 4, needs 4 {
        event: MultiHostEvent = 0[3; 4] "What happened.",
        persistent_prevented: bool = 1[7; 1] "Some nexus prevents removal persistently.",
        status: HostStatus = 1[3; 4] "Whether another nexus prevents it.",
        priority: MultiHostPriority = 2[7; 16] "How urgent the request is.",
    }

    /// An event of the device busy class.
    pub struct DeviceBusy: "device busy event", size 4, needs 4 {
        event: BusyEvent = 0[3; 4] "What happened.",
        status: BusyStatus = 1[7; 8] "Whether the drive is busy.",
        time_100ms: u16 = 2[7; 16] "How long it will be, in units of 100 ms.",
    }
}

macro_rules! events {
    ($($variant:ident($payload:ident) = $class:ident,)+) => {
        /// An event with its class.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
        pub enum Event {
            $(#[doc = concat!("[`EventClass::", stringify!($class), "`].")] $variant($payload),)+
        }

        impl Event {
            /// The class of the event.
            #[must_use]
            pub const fn class(&self) -> EventClass {
                match self {
                    $(Event::$variant(_) => EventClass::$class,)+
                }
            }

            /// The event code; zero when nothing happened.
            #[must_use]
            pub const fn code(&self) -> u8 {
                match self {
                    $(Event::$variant(payload) => payload.event.0,)+
                }
            }

            /// The four bytes of the event.
            #[must_use]
            pub fn to_bytes(&self) -> [u8; 4] {
                match self {
                    $(Event::$variant(payload) => payload.to_bytes(),)+
                }
            }

            /// Reads the event of a class.
            ///
            /// # Errors
            /// [`WireError::BadValue`] for a class that is not defined, [`WireError::Truncated`] below four bytes.
            pub fn parse(class: EventClass, bytes: &[u8]) -> Result<Event, WireError> {
                match class {
                    $(EventClass::$class => $payload::parse(bytes).map(Event::$variant),)+
                    _ => Err(WireError::BadValue { structure: EventHeader::NAME, byte: 2, value: class.0 }),
                }
            }

            /// Shows the fields of the event to `see`, by name.
            pub fn visit(&self, see: &mut dyn FnMut(&'static str, &dyn fmt::Display)) {
                match self {
                    $(Event::$variant(payload) => Layout::visit(payload, see),)+
                }
            }
        }

        $(
            impl From<$payload> for Event {
                fn from(payload: $payload) -> Event {
                    Event::$variant(payload)
                }
            }
        )+
    };
}

events! {
    OperationalChange(OperationalChange) = OPERATIONAL_CHANGE,
    PowerManagement(PowerManagementEvent) = POWER_MANAGEMENT,
    ExternalRequest(ExternalRequest) = EXTERNAL_REQUEST,
    Media(MediaStatus) = MEDIA,
    MultiHost(MultiHost) = MULTI_HOST,
    DeviceBusy(DeviceBusy) = DEVICE_BUSY,
}

/// A GET EVENT STATUS NOTIFICATION answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EventNotification {
    /// The classes that the drive supports.
    pub supported: EventClasses,
    /// NEA: none of the requested classes is supported.
    pub no_event_available: bool,
    /// The event, unless NEA is set or the allocation length cut it off.
    pub event: Option<Event>,
}

impl EventNotification {
    /// An answer with an event, or with NEA when there is none.
    #[must_use]
    pub const fn new(supported: EventClasses, event: Option<Event>) -> EventNotification {
        EventNotification { supported, no_event_available: event.is_none(), event }
    }

    /// Reads an answer of 4 or more bytes.
    ///
    /// # Errors
    /// [`WireError::Truncated`] below 4 bytes; [`WireError::LengthMismatch`] when the length announces neither a header alone nor a whole
    /// event; [`WireError::BadValue`] for an event of a class that is not defined.
    pub fn parse(bytes: &[u8]) -> Result<EventNotification, WireError> {
        let header = EventHeader::parse(bytes)?;
        let said = usize::from(header.descriptor_length) + 2;
        let event = &bytes[EventHeader::SIZE..bytes.len().min(said.max(EventHeader::SIZE))];
        let answer = EventNotification {
            supported: EventClasses::from_bits_retain(header.supported),
            no_event_available: header.no_event_available,
            event: None,
        };
        match (header.no_event_available, said) {
            (true, EventHeader::SIZE..) => Ok(answer),
            (false, 8..) if event.len() < 4 => Ok(answer),
            (false, 8..) => {
                Ok(EventNotification { event: Some(Event::parse(header.class, event)?), ..answer })
            }
            _ => Err(WireError::LengthMismatch { structure: EventHeader::NAME, said, present: bytes.len() }),
        }
    }

    /// Appends the answer: 8 bytes with an event, 4 without.
    pub fn encode(&self, reply: &mut Reply<'_>) {
        let event = self.event.filter(|_| !self.no_event_available);
        EventHeader {
            descriptor_length: if event.is_some() { 6 } else { 2 },
            no_event_available: event.is_none(),
            class: event.map_or(EventClass::NONE, |event| event.class()),
            supported: self.supported.bits(),
        }
        .encode(reply);
        if let Some(event) = event {
            reply.put(&event.to_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::testing::check_layouts;
    use proptest::prelude::*;

    check_layouts!(
        DeviceBusy,
        EventHeader,
        ExternalRequest,
        MediaStatus,
        MultiHost,
        OperationalChange,
        PowerManagementEvent,
    );

    fn encoded(answer: EventNotification) -> Vec<u8> {
        let mut buffer = [0xEE; 16];
        let mut reply = Reply::new(&mut buffer, 16);
        answer.encode(&mut reply);
        reply.bytes().to_vec()
    }

    #[test]
    fn answers_by_hand() {
        let supported =
            EventClasses::OPERATIONAL_CHANGE | EventClasses::POWER_MANAGEMENT | EventClasses::MEDIA;
        let eject =
            MediaStatus { event: MediaEvent::EJECT_REQUEST, media_present: true, ..Default::default() };
        let feature = OperationalChange {
            event: OperationalEvent::CHANGED,
            persistent_prevented: true,
            change: OperationalChangeKind::FEATURE_CHANGE,
            ..Default::default()
        };
        let power = PowerManagementEvent { event: PowerEvent::CHANGED, status: PowerStatus::STANDBY };
        let busy = DeviceBusy { event: BusyEvent::CHANGE, status: BusyStatus::BUSY, time_100ms: 300 };
        let button = ExternalRequest {
            event: ExternalEvent::KEY_DOWN,
            status: HostStatus::OTHER_PREVENT,
            request: ExternalRequestCode::STOP,
            ..Default::default()
        };
        let grant = MultiHost {
            event: MultiHostEvent::CONTROL_GRANTED,
            persistent_prevented: true,
            priority: MultiHostPriority::HIGH,
            ..Default::default()
        };
        let cases: [(Event, [u8; 8]); 6] = [
            (eject.into(), [0, 6, 0x04, 0x16, 0x01, 0x02, 0, 0]),
            (feature.into(), [0, 6, 0x01, 0x16, 0x02, 0x80, 0x00, 0x01]),
            (power.into(), [0, 6, 0x02, 0x16, 0x01, 0x03, 0, 0]),
            (button.into(), [0, 6, 0x03, 0x16, 0x01, 0x01, 0x01, 0x06]),
            (grant.into(), [0, 6, 0x05, 0x16, 0x02, 0x80, 0x00, 0x03]),
            (busy.into(), [0, 6, 0x06, 0x16, 0x01, 0x01, 0x01, 0x2C]),
        ];
        for (event, bytes) in cases {
            let answer = EventNotification::new(supported, Some(event));
            assert_eq!(encoded(answer), bytes, "{event:?}");
            assert_eq!(EventNotification::parse(&bytes), Ok(answer));
        }
        let none = EventNotification::new(supported, None);
        assert_eq!(encoded(none), [0, 2, 0x80, 0x16]);
        assert_eq!(EventNotification::parse(&[0, 2, 0x80, 0x16, 0xEE, 0xEE]), Ok(none));
    }

    #[test]
    fn cut_and_contradicting_answers() {
        let cut = EventNotification::parse(&[0, 6, 0x04, 0x10, 0x02]).unwrap();
        assert_eq!((cut.event, cut.no_event_available), (None, false));
        let short = EventNotification::parse(&[0, 2, 0x04, 0x10, 0x02, 0x02, 0, 0]);
        assert_eq!(short, Err(WireError::LengthMismatch { structure: "event header", said: 4, present: 8 }));
        let undefined = EventNotification::parse(&[0, 6, 0x07, 0x10, 0, 0, 0, 0]);
        assert_eq!(undefined, Err(WireError::BadValue { structure: "event header", byte: 2, value: 7 }));
    }

    #[test]
    fn sets_of_classes() {
        let set = EventClasses::from_bits_retain(0x91);
        assert_eq!(set.classes().collect::<Vec<_>>(), [EventClass::MEDIA]);
        assert_eq!(EventClasses::of(EventClass::NONE), EventClasses::empty());
        assert_eq!(EventClasses::of(EventClass::DEVICE_BUSY).bits(), 0x40);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..12), said in 0u16..9) {
            let mut bytes = bytes;
            if bytes.len() >= 2 {
                bytes[..2].copy_from_slice(&said.to_be_bytes());
            }
            if let Ok(answer) = EventNotification::parse(&bytes) {
                prop_assert!(!(answer.no_event_available && answer.event.is_some()));
                if answer.no_event_available || answer.event.is_some() {
                    prop_assert_eq!(EventNotification::parse(&encoded(answer)), Ok(answer));
                }
                if let Some(event) = answer.event {
                    let mut named = 0;
                    event.visit(&mut |_, _| named += 1);
                    prop_assert!(named >= 2);
                }
            }
        }
    }
}
