//! Events of one nexus that wait for GET EVENT STATUS NOTIFICATION: one of each class, the newest.

use discrig_wire::event::{
    BusyEvent, EventClass, EventClasses, ExternalEvent, ExternalRequestCode, MediaEvent, MultiHostEvent,
    MultiHostPriority, OperationalChangeKind, OperationalEvent, PowerEvent,
};
use serde::{Deserialize, Serialize};

/// Something that happened, without the status that goes with it: that is read off the drive when the event is reported.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happening {
    /// The drive became busy, or a medium moves on its own.
    Busy(BusyEvent),
    /// A key was pressed, or somebody wants something.
    External(ExternalEvent, ExternalRequestCode),
    /// Something about the medium.
    Media(MediaEvent),
    /// Control over removal was asked for, granted or released.
    MultiHost(MultiHostEvent, MultiHostPriority),
    /// The drive works otherwise than before.
    Operational(OperationalEvent, OperationalChangeKind),
    /// The power condition changed.
    Power(PowerEvent),
}

impl Happening {
    /// Features became current or ceased to be.
    pub(crate) const FEATURES: Happening =
        Happening::Operational(OperationalEvent::CHANGED, OperationalChangeKind::FEATURE_CHANGE);
    /// The drive was reset.
    pub(crate) const RESET: Happening =
        Happening::Operational(OperationalEvent::CHANGED, OperationalChangeKind::RESET);

    pub(crate) const fn class(self) -> EventClass {
        match self {
            Happening::Busy(_) => EventClass::DEVICE_BUSY,
            Happening::External(..) => EventClass::EXTERNAL_REQUEST,
            Happening::Media(_) => EventClass::MEDIA,
            Happening::MultiHost(..) => EventClass::MULTI_HOST,
            Happening::Operational(..) => EventClass::OPERATIONAL_CHANGE,
            Happening::Power(_) => EventClass::POWER_MANAGEMENT,
        }
    }
}

/// The newest event of each class, in the order of the classes.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct EventQueues {
    newest: Vec<Happening>,
}

impl EventQueues {
    /// Adds an event in place of an older one of its class.
    pub(crate) fn raise(&mut self, happening: Happening) {
        match self.newest.binary_search_by_key(&happening.class(), |other| other.class()) {
            Ok(at) => self.newest[at] = happening,
            Err(at) => self.newest.insert(at, happening),
        }
    }

    /// The event of the lowest of these classes that has one.
    pub(crate) fn first_of(&self, classes: EventClasses) -> Option<Happening> {
        self.newest.iter().find(|happening| classes.contains(EventClasses::of(happening.class()))).copied()
    }

    /// Forgets the event of a class.
    pub(crate) fn forget(&mut self, class: EventClass) {
        self.newest.retain(|happening| happening.class() != class);
    }

    /// Everything that waits, in the order of the classes.
    #[must_use]
    pub fn pending(&self) -> &[Happening] {
        &self.newest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_of_a_class_stays_and_the_lowest_class_is_first() {
        let mut queues = EventQueues::default();
        queues.raise(Happening::Media(MediaEvent::NEW_MEDIA));
        queues.raise(Happening::Media(MediaEvent::MEDIA_REMOVAL));
        queues.raise(Happening::RESET);
        assert_eq!(queues.pending(), [Happening::RESET, Happening::Media(MediaEvent::MEDIA_REMOVAL)]);
        assert_eq!(queues.first_of(EventClasses::all()), Some(Happening::RESET));
        assert_eq!(queues.first_of(EventClasses::DEVICE_BUSY), None);
        queues.forget(EventClass::OPERATIONAL_CHANGE);
        assert_eq!(queues.first_of(EventClasses::all()), Some(Happening::Media(MediaEvent::MEDIA_REMOVAL)));
    }
}
