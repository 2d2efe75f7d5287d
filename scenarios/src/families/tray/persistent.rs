//! `tray.persistent.*`: the persistent state of PREVENT ALLOW MEDIUM REMOVAL, beside the basic one.

use super::sets::{
    EJECT_PERSISTENT_OTHER, EJECT_PERSISTENT_OWN, EJECT_PREVENTED, EJECTS, OPEN, PERSISTS, PREVENTS, READY,
};
use crate::answer::Answer;
use crate::families::{HOST, unit};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{HandleSeat, Stage};
use crate::stop::{Stop, Verdict};
use discrig_device::Capability;
use discrig_wire::event::{Event, EventClass, EventClasses};

pub(in crate::families) const PERSISTENT: &[Scenario] = &[
    Scenario {
        slug: "tray.persistent.accepted-or-refused",
        clauses: &["mmc5-6.14", "field-persistent-refused"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the persistent state can be set and cleared, or is refused as an illegal field",
        body: Body::Example(accepted_or_refused),
    },
    Scenario {
        slug: "tray.persistent.survives-basic-allow",
        clauses: &["t10-04-349", "mmc5-6.14"],
        level: Level::Should,
        needs: &[Capability::SecondHost, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "an allow of the basic state leaves the persistent one in force against another nexus; its own allow ends it",
        body: Body::Example(survives_basic_allow),
    },
    Scenario {
        slug: "tray.persistent.allow-leaves-basic",
        clauses: &["t10-04-349", "mmc5-6.14"],
        level: Level::Should,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "an allow of the persistent state leaves the basic one in force",
        body: Body::Example(allow_leaves_basic),
    },
    Scenario {
        slug: "tray.persistent.own-eject",
        clauses: &["t10-2004-eject"],
        level: Level::Should,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "an eject by the nexus that holds only the persistent state opens the tray, or is refused and does not",
        body: Body::Example(own_eject),
    },
    Scenario {
        slug: "tray.persistent.other-eject-refused",
        clauses: &["t10-04-349"],
        level: Level::Should,
        needs: &[Capability::SecondHost, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "an eject by another nexus than the holder of the persistent state is refused, and the medium stays",
        body: Body::Example(other_eject_refused),
    },
    Scenario {
        slug: "tray.persistent.button-after-basic-allow",
        clauses: &["t10-04-349", "mmc5-6.14"],
        level: Level::Should,
        needs: &[Capability::Button, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "the button stays without effect after an allow of the basic state, while the persistent one is set",
        body: Body::Example(button_after_basic_allow),
    },
    Scenario {
        slug: "tray.persistent.shown-in-events",
        clauses: &["mmc5-6.7", "mmc5-6.14"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the persistent prevented bit of events follows the persistent state and ignores the basic one",
        body: Body::Example(shown_in_events),
    },
];

/// Sets the persistent state, or skips where the drive does not have it.
pub(super) fn require_persistent(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Verdict {
    let answer = unit::persistent(stage, seat, true);
    stage.expect(&PERSISTS, answer)?;
    if answer == Answer::Ok {
        return Ok(());
    }
    Err(Stop::Skip("the drive refuses the persistent state of prevention".into()))
}

fn accepted_or_refused(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let set = unit::persistent(stage, &mut seat, true);
    let set = stage.expect(&PERSISTS, set)?.clause;
    let cleared = unit::persistent(stage, &mut seat, false);
    let cleared = stage.expect(&PERSISTS, cleared)?.clause;
    stage.ensure(set == cleared, || "setting and clearing the persistent state are not answered alike".into())
}

fn survives_basic_allow(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = unit::two_seats(stage)?;
    unit::require_tray(stage, &mut mine)?;
    require_persistent(stage, &mut mine)?;
    let answer = unit::prevent(stage, &mut mine, false);
    stage.expect(&PREVENTS, answer)?;
    let answer = unit::eject(stage, &mut other);
    stage.expect(&EJECT_PERSISTENT_OTHER, answer)?;
    let answer = unit::test(stage, &mut other);
    stage.expect(&READY, answer)?;
    let answer = unit::persistent(stage, &mut mine, false);
    stage.expect(&PREVENTS, answer)?;
    let answer = unit::eject(stage, &mut other);
    stage.expect(&EJECTS, answer)?;
    Ok(())
}

fn allow_leaves_basic(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut seat)?;
    require_persistent(stage, &mut seat)?;
    let answer = unit::prevent(stage, &mut seat, true);
    stage.expect(&PREVENTS, answer)?;
    let answer = unit::persistent(stage, &mut seat, false);
    stage.expect(&PREVENTS, answer)?;
    let answer = unit::eject(stage, &mut seat);
    stage.expect(&EJECT_PREVENTED, answer)?;
    let answer = unit::test(stage, &mut seat);
    stage.expect(&READY, answer)?;
    Ok(())
}

fn own_eject(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut seat)?;
    require_persistent(stage, &mut seat)?;
    let eject = unit::eject(stage, &mut seat);
    stage.expect(&EJECT_PERSISTENT_OWN, eject)?;
    let answer = unit::settle(stage, &mut seat)?;
    stage.expect(if eject == Answer::Ok { &OPEN } else { &READY }, answer)?;
    Ok(())
}

fn other_eject_refused(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = unit::two_seats(stage)?;
    unit::require_tray(stage, &mut mine)?;
    require_persistent(stage, &mut mine)?;
    let answer = unit::eject(stage, &mut other);
    stage.expect(&EJECT_PERSISTENT_OTHER, answer)?;
    let answer = unit::test(stage, &mut other);
    stage.expect(&READY, answer)?;
    Ok(())
}

fn button_after_basic_allow(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    require_persistent(stage, &mut seat)?;
    let answer = unit::prevent(stage, &mut seat, false);
    stage.expect(&PREVENTS, answer)?;
    unit::press(stage)?;
    let answer = unit::test(stage, &mut seat);
    stage.expect(&READY, answer)?;
    Ok(())
}

/// The persistent prevented bit in the first of the classes that carry it, or a skip.
fn persistent_prevented(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<bool, Stop> {
    for class in [EventClass::OPERATIONAL_CHANGE, EventClass::EXTERNAL_REQUEST, EventClass::MULTI_HOST] {
        match unit::events(stage, seat, EventClasses::of(class))?.event {
            Some(Event::OperationalChange(event)) => return Ok(event.persistent_prevented),
            Some(Event::ExternalRequest(event)) => return Ok(event.persistent_prevented),
            Some(Event::MultiHost(event)) => return Ok(event.persistent_prevented),
            _ => {}
        }
    }
    Err(Stop::Skip("the drive supports no class of events that shows the persistent state".into()))
}

fn shown_in_events(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    require_persistent(stage, &mut seat)?;
    let set = persistent_prevented(stage, &mut seat)?;
    stage.ensure(set, || "the persistent state is set, and events do not show it".into())?;
    unit::insist(unit::persistent(stage, &mut seat, false), "clearing the persistent state")?;
    unit::insist(unit::prevent(stage, &mut seat, true), "PREVENT")?;
    let set = persistent_prevented(stage, &mut seat)?;
    stage.ensure(!set, || "only the basic state is set, and events show the persistent one".into())
}
