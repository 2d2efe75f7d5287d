//! `tray.eject.*`, `tray.load.*`, `tray.spindle.*`, `tray.power.*`, `tray.button.*`, `tray.changer.*`: what moves, and what the drive says of it.

use super::sets::{
    EJECTS, EMPTY, LOADS, LOADS_EMPTY, NO_SLOT, OPEN, POWERS, PREVENTS, READY, REFUSED_VALUE, SPINS,
};
use crate::answer::Answer;
use crate::families::{HOST, unit};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{HandleSeat, Stage};
use crate::stop::{Stop, Verdict};
use core::time::Duration;
use discrig_device::Capability;
use discrig_wire::SenseKey;
use discrig_wire::command::{LoadUnloadMedium, StartStopUnit};
use discrig_wire::event::{EventClass, EventClasses, MediaEvent};
use discrig_wire::feature::{Configuration, FeatureCode};

pub(in crate::families) const MOTION: &[Scenario] = &[
    Scenario {
        slug: "tray.eject.opens",
        clauses: &["mmc5-6.40", "mmc5-6.42", "mmc5-6.7"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "after an eject the drive is not ready for want of a medium, and its events show the open tray",
        body: Body::Example(eject_opens),
    },
    Scenario {
        slug: "tray.eject.twice",
        clauses: &["mmc5-6.40"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "an eject of the open tray succeeds and leaves it open",
        body: Body::Example(eject_twice),
    },
    Scenario {
        slug: "tray.eject.immediate",
        clauses: &["mmc5-6.40"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "an eject that returns at once ends with the tray open, and the drive says that it is not ready until then",
        body: Body::Example(eject_immediate),
    },
    Scenario {
        slug: "tray.load.round-trip",
        clauses: &["mmc5-6.40", "mmc5-6.42", "mmc5-6.7"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "a disc that was ejected and loaded again can be accessed, and events show it",
        body: Body::Example(round_trip),
    },
    Scenario {
        slug: "tray.load.immediate",
        clauses: &["mmc5-6.40"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "a load that returns at once leads to a medium that can be accessed",
        body: Body::Example(load_immediate),
    },
    Scenario {
        slug: "tray.load.without-disc",
        clauses: &["mmc5-6.40", "field-load-empty"],
        level: Level::Must,
        needs: &[Capability::Changer],
        hazard: Hazard::Tray,
        summary: "a load without a disc closes the tray, and the drive then says that there is no medium",
        body: Body::Example(load_without_disc),
    },
    Scenario {
        slug: "tray.spindle.stop-start",
        clauses: &["mmc5-6.40"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "the medium can be stopped and started, and can be accessed afterwards",
        body: Body::Example(stop_start),
    },
    Scenario {
        slug: "tray.power.conditions-accepted",
        clauses: &["mmc5-6.40"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "a drive with power management goes to idle and to standby, and still answers",
        body: Body::Example(conditions_accepted),
    },
    Scenario {
        slug: "tray.power.reserved-conditions-refused",
        clauses: &["mmc5-6.40"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Tray,
        summary: "power conditions that the standard reserves are refused",
        body: Body::Example(reserved_conditions),
    },
    Scenario {
        slug: "tray.button.free-ejects",
        clauses: &["mmc5-6.14"],
        level: Level::Must,
        needs: &[Capability::Button, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "the button opens the tray when nobody prevents removal",
        body: Body::Example(button_free),
    },
    Scenario {
        slug: "tray.button.prevented-stays",
        clauses: &["mmc5-6.14"],
        level: Level::Must,
        needs: &[Capability::Button, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "the button moves nothing while removal is prevented",
        body: Body::Example(button_prevented),
    },
    Scenario {
        slug: "tray.button.prevented-requests-eject",
        clauses: &["t10-2007-button", "mmc5-6.7"],
        level: Level::Should,
        needs: &[Capability::Button, Capability::DataDisc, Capability::QuietBus],
        hazard: Hazard::Tray,
        summary: "the button while removal is prevented tells the hosts that somebody wants the medium",
        body: Body::Example(button_requests),
    },
    Scenario {
        slug: "tray.changer.no-such-slot",
        clauses: &["mmc5-6.10"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Tray,
        summary: "a drive without a changer refuses to load from a slot that it does not have",
        body: Body::Example(no_such_slot),
    },
];

const STOP: StartStopUnit = StartStopUnit {
    immed: false,
    format_layer: 0,
    power_condition: 0,
    select_format_layer: false,
    load_eject: false,
    start: false,
};

/// A seat on a drive whose tray moves both ways by command.
fn movable(stage: &mut Stage<'_>) -> Result<HandleSeat, Stop> {
    let mut seat = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut seat)?;
    Ok(seat)
}

fn ejected(stage: &mut Stage<'_>) -> Result<HandleSeat, Stop> {
    let mut seat = movable(stage)?;
    let answer = unit::eject(stage, &mut seat);
    stage.expect(&EJECTS, answer)?;
    let answer = unit::settle(stage, &mut seat)?;
    stage.expect(&OPEN, answer)?;
    Ok(seat)
}

/// What the media class says of door and medium, where the drive supports it.
fn door_and_medium(stage: &mut Stage<'_>, seat: &mut HandleSeat, door_open: bool, medium: bool) -> Verdict {
    let status = match unit::media(stage, seat) {
        Ok(status) => status,
        Err(Stop::Skip(reason)) => {
            stage.note(reason);
            return Ok(());
        }
        Err(other) => return Err(other),
    };
    stage.ensure(status.door_open == door_open, || {
        format!("the door is to be open: {door_open}, the media class says {}", status.door_open)
    })?;
    stage.ensure(status.media_present == medium, || {
        format!("a medium is to be present: {medium}, the media class says {}", status.media_present)
    })
}

fn eject_opens(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = ejected(stage)?;
    door_and_medium(stage, &mut seat, true, false)
}

fn eject_twice(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = ejected(stage)?;
    let answer = unit::eject(stage, &mut seat);
    stage.expect(&EJECTS, answer)?;
    let answer = unit::settle(stage, &mut seat)?;
    stage.expect(&OPEN, answer)?;
    Ok(())
}

fn eject_immediate(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = movable(stage)?;
    let answer = stage.command(&mut seat, StartStopUnit { immed: true, load_eject: true, ..STOP });
    stage.expect(&EJECTS, answer)?;
    for _ in 0..120 {
        match unit::test(stage, &mut seat) {
            // Not under way yet, or under way.
            Answer::Ok => {}
            Answer::Check(code) if unit::is_becoming_ready(code) => {}
            Answer::Check(code) if code.key == SenseKey::UnitAttention => {}
            answer => {
                stage.expect(&OPEN, answer)?;
                return Ok(());
            }
        }
        stage.wait(Duration::from_millis(500));
    }
    stage.ensure(false, || "a minute after an eject was accepted the medium can still be accessed".into())
}

fn round_trip(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = ejected(stage)?;
    let answer = unit::load(stage, &mut seat);
    stage.expect(&LOADS, answer)?;
    let answer = unit::settle(stage, &mut seat)?;
    stage.expect(&READY, answer)?;
    door_and_medium(stage, &mut seat, false, true)
}

fn load_immediate(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = ejected(stage)?;
    let load = StartStopUnit { immed: true, load_eject: true, start: true, ..STOP };
    let answer = stage.command(&mut seat, load);
    stage.expect(&LOADS, answer)?;
    unit::rest(stage, &mut seat, true)?;
    let answer = unit::settle(stage, &mut seat)?;
    stage.expect(&READY, answer)?;
    Ok(())
}

fn load_without_disc(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = ejected(stage)?;
    unit::place(stage, None)?;
    let answer = unit::load(stage, &mut seat);
    stage.expect(&LOADS_EMPTY, answer)?;
    let answer = unit::settle(stage, &mut seat)?;
    stage.expect(&EMPTY, answer)?;
    door_and_medium(stage, &mut seat, false, false)
}

fn stop_start(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    for start in [false, true] {
        let answer = stage.command(&mut seat, StartStopUnit { start, ..STOP });
        stage.expect(&SPINS, answer)?;
    }
    let answer = unit::settle(stage, &mut seat)?;
    stage.expect(&READY, answer)?;
    Ok(())
}

fn has_feature(stage: &mut Stage<'_>, seat: &mut HandleSeat, code: FeatureCode) -> Result<bool, Stop> {
    let (answer, bytes) = unit::configuration(stage, seat, 0, 0);
    unit::insist(answer, "GET CONFIGURATION")?;
    Ok(unit::understood(Configuration::parse(&bytes))?.feature(code).is_some())
}

fn conditions_accepted(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    if !has_feature(stage, &mut seat, FeatureCode::POWER_MANAGEMENT)? {
        return Err(Stop::Skip("the drive does not have feature 0100h, power management".into()));
    }
    for power_condition in [2, 3] {
        let answer = stage.command(&mut seat, StartStopUnit { power_condition, ..STOP });
        stage.expect(&POWERS, answer)?;
    }
    let answer = stage.command(&mut seat, StartStopUnit { start: true, ..STOP });
    stage.expect(&SPINS, answer)?;
    let answer = unit::settle(stage, &mut seat)?;
    stage.expect(&READY, answer)?;
    Ok(())
}

fn reserved_conditions(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    for power_condition in [1, 4, 6, 8, 9, 12, 13, 14, 15] {
        let answer = stage.command(&mut seat, StartStopUnit { power_condition, start: true, ..STOP });
        stage.expect(&REFUSED_VALUE, answer)?;
    }
    Ok(())
}

fn button_free(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::press(stage)?;
    let answer = unit::settle(stage, &mut seat)?;
    stage.expect(&OPEN, answer)?;
    Ok(())
}

fn button_prevented(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let answer = unit::prevent(stage, &mut seat, true);
    stage.expect(&PREVENTS, answer)?;
    unit::press(stage)?;
    let answer = unit::settle(stage, &mut seat)?;
    stage.expect(&READY, answer)?;
    door_and_medium(stage, &mut seat, false, true)
}

fn button_requests(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::media(stage, &mut seat)?;
    let class = EventClasses::of(EventClass::MEDIA);
    unit::drain_events(stage, &mut seat, class)?;
    unit::insist(unit::prevent(stage, &mut seat, true), "PREVENT")?;
    unit::press(stage)?;
    let seen = unit::drain_events(stage, &mut seat, class)?;
    if seen.is_empty() && unit::persistent(stage, &mut seat, true) == Answer::Ok {
        unit::press(stage)?;
        let seen = unit::drain_events(stage, &mut seat, class)?;
        stage.note("the button is reported under the persistent state only [t10-2007-button]");
        return requested(stage, &seen);
    }
    requested(stage, &seen)
}

fn requested(stage: &mut Stage<'_>, seen: &[(EventClass, u8)]) -> Verdict {
    stage.ensure(seen.iter().any(|(_, code)| *code == MediaEvent::EJECT_REQUEST.0), || {
        format!("the button was pressed while removal was prevented; the media events are {seen:?}")
    })
}

fn no_such_slot(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    if has_feature(stage, &mut seat, FeatureCode::EMBEDDED_CHANGER)? {
        return Err(Stop::Skip("the drive has a changer".into()));
    }
    let command = LoadUnloadMedium { load_unload: true, start: true, slot: 9, ..LoadUnloadMedium::default() };
    let answer = stage.command(&mut seat, command);
    stage.expect(&NO_SLOT, answer)?;
    Ok(())
}
