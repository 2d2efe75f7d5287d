//! `attention.events.*`: GET EVENT STATUS NOTIFICATION, beside the unit attentions.

use super::established::{establish, reload};
use super::sets::{MEDIUM_REPORTED, NOT_POLLED};
use crate::answer::Answer;
use crate::families::{HOST, unit};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::Stage;
use crate::stop::{Stop, Verdict};
use discrig_device::Capability;
use discrig_wire::command::GetEventStatusNotification;
use discrig_wire::event::{EventClass, EventClasses, MediaEvent};
use discrig_wire::feature::{Configuration, FeatureCode, Morphing};

pub(in crate::families) const EVENTS: &[Scenario] = &[
    Scenario {
        slug: "attention.events.independent",
        clauses: &["mmc5-6.7", "sam5-5.14"],
        level: Level::Must,
        needs: &[Capability::UnitAttention, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "reading every event leaves the unit attention for a loaded disc pending",
        body: Body::Example(independent),
    },
    Scenario {
        slug: "attention.events.not-read-by-commands",
        clauses: &["mmc5-6.7", "sam5-5.14"],
        level: Level::Must,
        needs: &[Capability::UnitAttention, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "reading the unit attention for a loaded disc leaves the event of it",
        body: Body::Example(not_read_by_commands),
    },
    Scenario {
        slug: "attention.events.new-medium",
        clauses: &["mmc5-6.7"],
        level: Level::Must,
        needs: &[Capability::QuietBus, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "a loaded disc is an event of the media class, once",
        body: Body::Example(new_medium),
    },
    Scenario {
        slug: "attention.events.medium-removal",
        clauses: &["mmc5-6.7", "field-no-media-removal"],
        level: Level::Should,
        needs: &[Capability::QuietBus, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "an ejected disc is an event of the media class, or shows in its status alone",
        body: Body::Example(medium_removal),
    },
    Scenario {
        slug: "attention.events.per-nexus",
        clauses: &["mmc5-6.7"],
        level: Level::Should,
        needs: &[Capability::SecondHost, Capability::QuietBus, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "an event that one nexus read is still there for another",
        body: Body::Example(per_nexus),
    },
    Scenario {
        slug: "attention.events.drain",
        clauses: &["mmc5-6.7"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "reading events comes to an end",
        body: Body::Example(drain),
    },
    Scenario {
        slug: "attention.events.drain-while-open",
        clauses: &["mmc5-6.7"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "reading events comes to an end while the tray is open",
        body: Body::Example(drain_while_open),
    },
    Scenario {
        slug: "attention.events.lowest-class-first",
        clauses: &["mmc5-6.7"],
        level: Level::Must,
        needs: &[Capability::QuietBus, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "of several classes with events the lowest is answered first",
        body: Body::Example(lowest_class_first),
    },
    Scenario {
        slug: "attention.events.length",
        clauses: &["mmc5-6.7"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the length of an answer counts what follows it: the rest of the header, and the event where there is one",
        body: Body::Example(length),
    },
    Scenario {
        slug: "attention.events.no-event-names-lowest-class",
        clauses: &["mmc5-6.7"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "without an event the answer is the status of the lowest class that was asked for and is supported",
        body: Body::Example(no_event),
    },
    Scenario {
        slug: "attention.events.unsupported-classes",
        clauses: &["mmc5-6.7"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a request for classes that are all unsupported is answered by a header that says so and nothing more",
        body: Body::Example(unsupported),
    },
    Scenario {
        slug: "attention.events.asynchronous-refused",
        clauses: &["mmc5-6.7", "mmc5-5.3.3"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a drive that reports events by polling alone refuses a request that is not polled",
        body: Body::Example(asynchronous),
    },
];

const MEDIA: EventClasses = EventClasses::of(EventClass::MEDIA);
const ALL: EventClasses = EventClasses::from_bits_retain(0x7E);

fn independent(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    establish(stage, &mut seat)?;
    unit::drain_events(stage, &mut seat, ALL)?;
    let answer = unit::test(stage, &mut seat);
    stage.expect(&MEDIUM_REPORTED, answer)?;
    Ok(())
}

fn has_new_medium(seen: &[(EventClass, u8)]) -> bool {
    seen.contains(&(EventClass::MEDIA, MediaEvent::NEW_MEDIA.0))
}

fn not_read_by_commands(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::media(stage, &mut seat)?;
    unit::drain_events(stage, &mut seat, MEDIA)?;
    reload(stage, &mut seat)?;
    unit::settle(stage, &mut seat)?;
    let seen = unit::drain_events(stage, &mut seat, MEDIA)?;
    stage.ensure(has_new_medium(&seen), || {
        format!("a disc was loaded and its unit attention read; the media events are {seen:?}")
    })
}

fn new_medium(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::media(stage, &mut seat)?;
    reload(stage, &mut seat)?;
    let seen = unit::drain_events(stage, &mut seat, MEDIA)?;
    let count = seen.iter().filter(|(_, code)| *code == MediaEvent::NEW_MEDIA.0).count();
    stage.ensure(count == 1, || format!("one disc was loaded; the media events are {seen:?}"))?;
    let status = unit::media(stage, &mut seat)?;
    stage.ensure(status.media_present && !status.door_open, || {
        format!("a disc is in the closed drive; the media class says {status:?}")
    })
}

fn medium_removal(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut seat)?;
    unit::media(stage, &mut seat)?;
    unit::drain_events(stage, &mut seat, MEDIA)?;
    unit::insist(unit::eject(stage, &mut seat), "eject")?;
    unit::settle(stage, &mut seat)?;
    let seen = unit::drain_events(stage, &mut seat, MEDIA)?;
    let removed = seen.iter().any(|(_, code)| *code == MediaEvent::MEDIA_REMOVAL.0);
    stage.note(if removed {
        "removal is an event [mmc5-6.7]"
    } else {
        "removal shows in the status alone [field-no-media-removal]"
    });
    let unexpected = seen.iter().any(|(_, code)| *code == MediaEvent::NEW_MEDIA.0);
    stage.ensure(!unexpected, || format!("a disc was ejected; the media events are {seen:?}"))?;
    let status = unit::media(stage, &mut seat)?;
    stage.ensure(status.door_open && !status.media_present, || {
        format!("the tray is open; the media class says {status:?}")
    })
}

fn per_nexus(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = unit::two_seats(stage)?;
    unit::media(stage, &mut mine)?;
    for seat in [&mut mine, &mut other] {
        unit::drain_events(stage, seat, MEDIA)?;
    }
    reload(stage, &mut mine)?;
    for (name, seat) in [("the nexus that loaded", &mut mine), ("the other nexus", &mut other)] {
        let seen = unit::drain_events(stage, seat, MEDIA)?;
        stage.ensure(has_new_medium(&seen), || {
            format!("a disc was loaded; the media events of {name} are {seen:?}")
        })?;
    }
    Ok(())
}

fn drain(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::drain_events(stage, &mut seat, ALL).map(drop)
}

fn drain_while_open(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut seat)?;
    unit::insist(unit::eject(stage, &mut seat), "eject")?;
    unit::settle(stage, &mut seat)?;
    unit::drain_events(stage, &mut seat, ALL).map(drop)
}

fn lowest_class_first(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::drain_events(stage, &mut seat, ALL)?;
    reload(stage, &mut seat)?;
    let seen = unit::drain_events(stage, &mut seat, ALL)?;
    stage.ensure(seen.is_sorted_by_key(|(class, _)| *class), || {
        format!("the classes of the events in the order of the answers are {seen:?}")
    })
}

/// What the drive supports, from an answer to a request for everything.
fn supported(stage: &mut Stage<'_>, seat: &mut crate::stage::HandleSeat) -> Result<EventClasses, Stop> {
    Ok(unit::events(stage, seat, ALL)?.supported & ALL)
}

fn no_event(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::drain_events(stage, &mut seat, ALL)?;
    let supported = supported(stage, &mut seat)?;
    let classes: Vec<EventClass> = supported.classes().collect();
    stage.ensure(!classes.is_empty(), || "the drive says that it supports no class of events".into())?;
    for from in 0..classes.len() {
        let wanted =
            classes[from..].iter().fold(EventClasses::empty(), |all, class| all | EventClasses::of(*class));
        let answer = unit::events(stage, &mut seat, wanted)?;
        let Some(event) = answer.event else {
            return stage
                .ensure(false, || format!("classes {wanted:?} are supported, and none was answered"));
        };
        let expected = classes[from];
        stage.ensure(event.class() == expected || event.code() != 0, || {
            format!("classes {wanted:?} have no event, and the answer is of {}", event.class())
        })?;
    }
    Ok(())
}

fn length(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    for wanted in [ALL, EventClasses::empty()] {
        let command = GetEventStatusNotification {
            polled: true,
            notification_class_request: wanted.bits(),
            allocation_length: 64,
        };
        let bytes = unit::fetch(stage, &mut seat, command)?;
        let head = bytes.get(..4).unwrap_or(&bytes);
        let agrees = match head {
            [0, 6, flags, _] => flags & 0x80 == 0,
            [0, 2, flags, _] => flags & 0x80 != 0,
            _ => false,
        };
        stage.ensure(agrees, || format!("classes {wanted:?}: the header is {head:02X?}"))?;
    }
    Ok(())
}

fn unsupported(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let supported = supported(stage, &mut seat)?;
    for wanted in [EventClasses::empty(), ALL.difference(supported)] {
        let command = GetEventStatusNotification {
            polled: true,
            notification_class_request: wanted.bits(),
            allocation_length: 64,
        };
        let bytes = unit::fetch(stage, &mut seat, command)?;
        let head = bytes.get(..4).unwrap_or(&bytes);
        let says_so = matches!(head, [_, _, flags, _] if flags & 0x87 == 0x80);
        stage.ensure(says_so, || {
            format!("classes {wanted:?} are unsupported, and the header is {head:02X?}")
        })?;
    }
    Ok(())
}

fn asynchronous(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let (answer, bytes) = unit::configuration(stage, &mut seat, 0, 0);
    unit::insist(answer, "GET CONFIGURATION")?;
    let configuration = unit::understood(Configuration::parse(&bytes))?;
    if let Some(feature) = configuration.feature(FeatureCode::MORPHING)
        && unit::understood(Morphing::parse(&feature))?.asynchronous
    {
        return Err(Stop::Skip("the drive reports events without polling: the command would wait".into()));
    }
    let command = GetEventStatusNotification {
        polled: false,
        notification_class_request: ALL.bits(),
        allocation_length: 64,
    };
    let (answer, _) = stage.read(&mut seat, command);
    if answer == Answer::Ok {
        stage.note("a request that is not polled was answered at once");
    }
    stage.expect(&NOT_POLLED, answer)?;
    Ok(())
}
