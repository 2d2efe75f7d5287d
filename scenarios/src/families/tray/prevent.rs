//! `tray.prevent.*`: the basic state of PREVENT ALLOW MEDIUM REMOVAL.

use super::sets::{
    EJECT_PREVENTED, EJECT_PREVENTED_EMPTY, EJECTS, EMPTY, LOADS_PREVENTED, PREVENTS, PREVENTS_EMPTY, READY,
};
use crate::families::{HOST, unit};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{HandleSeat, Stage};
use crate::stop::Verdict;
use discrig_device::Capability;

pub(in crate::families) const PREVENT: &[Scenario] = &[
    Scenario {
        slug: "tray.prevent.eject-refused",
        clauses: &["mmc5-6.14", "mmc5-6.40"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "an eject while removal is prevented is refused as an illegal request, and the medium stays accessible",
        body: Body::Example(eject_refused),
    },
    Scenario {
        slug: "tray.prevent.eject-refused-without-disc",
        clauses: &["mmc5-6.14", "mmc5-6.40", "sff8020-eject"],
        level: Level::Must,
        needs: &[Capability::Changer],
        hazard: Hazard::Tray,
        summary: "an eject of the empty drive while removal is prevented is refused, and the tray stays closed",
        body: Body::Example(eject_refused_without_disc),
    },
    Scenario {
        slug: "tray.prevent.not-counted",
        clauses: &["mmc5-6.14", "spc3-6.13"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "prevention is a flag: one allow ends what two prevents began",
        body: Body::Example(not_counted),
    },
    Scenario {
        slug: "tray.prevent.allow-without-prevent",
        clauses: &["mmc5-6.14"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "an allow that ends nothing is accepted",
        body: Body::Example(allow_without_prevent),
    },
    Scenario {
        slug: "tray.prevent.per-nexus",
        clauses: &["t10-04-349", "spc3-6.13"],
        level: Level::Must,
        needs: &[Capability::SecondHost, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "the allow of one nexus leaves the prevention of another in force, for both of them",
        body: Body::Example(per_nexus),
    },
    Scenario {
        slug: "tray.prevent.every-nexus-has-to-allow",
        clauses: &["t10-04-349", "spc3-6.13"],
        level: Level::Must,
        needs: &[Capability::SecondHost, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "when two nexuses prevent removal, it is free after both allowed it and not before",
        body: Body::Example(both_have_to_allow),
    },
    Scenario {
        slug: "tray.prevent.accepted-without-medium",
        clauses: &["mmc5-6.14", "field-prevent-not-ready"],
        level: Level::Should,
        needs: &[Capability::Changer],
        hazard: Hazard::Tray,
        summary: "removal can be prevented and allowed without a medium in the drive",
        body: Body::Example(accepted_without_medium),
    },
    Scenario {
        slug: "tray.prevent.load-while-prevented",
        clauses: &["mmc5-6.40", "field-load-prevented"],
        level: Level::Should,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "a load while removal is prevented and a disc is in changes nothing",
        body: Body::Example(load_while_prevented),
    },
    Scenario {
        slug: "tray.prevent.spindle-is-free",
        clauses: &["mmc5-6.14", "mmc5-6.40"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "the spindle can be stopped and started while removal is prevented, and stays locked in",
        body: Body::Example(spindle_is_free),
    },
];

/// The medium is where it was: it can be accessed, and the door is closed.
fn stayed(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Verdict {
    let answer = unit::test(stage, seat);
    stage.expect(&READY, answer)?;
    Ok(())
}

fn eject_refused(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut seat)?;
    let answer = unit::prevent(stage, &mut seat, true);
    stage.expect(&PREVENTS, answer)?;
    let answer = unit::eject(stage, &mut seat);
    stage.expect(&EJECT_PREVENTED, answer)?;
    stayed(stage, &mut seat)?;
    let answer = unit::prevent(stage, &mut seat, false);
    stage.expect(&PREVENTS, answer)?;
    let answer = unit::eject(stage, &mut seat);
    stage.expect(&EJECTS, answer)?;
    Ok(())
}

fn eject_refused_without_disc(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut seat)?;
    unit::change_disc(stage, &mut seat, None)?;
    let answer = unit::prevent(stage, &mut seat, true);
    if answer != crate::answer::Answer::Ok {
        stage.expect(&PREVENTS_EMPTY, answer)?;
        return Err(crate::stop::Stop::Skip("the drive prevents removal with a medium only".into()));
    }
    let answer = unit::eject(stage, &mut seat);
    stage.expect(&EJECT_PREVENTED_EMPTY, answer)?;
    let answer = unit::settle(stage, &mut seat)?;
    stage.expect(&EMPTY, answer)?;
    Ok(())
}

fn not_counted(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut seat)?;
    for on in [true, true, false] {
        let answer = unit::prevent(stage, &mut seat, on);
        stage.expect(&PREVENTS, answer)?;
    }
    let answer = unit::eject(stage, &mut seat);
    stage.expect(&EJECTS, answer)?;
    Ok(())
}

fn allow_without_prevent(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    for _ in 0..2 {
        let answer = unit::prevent(stage, &mut seat, false);
        stage.expect(&PREVENTS, answer)?;
    }
    Ok(())
}

fn per_nexus(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = unit::two_seats(stage)?;
    unit::require_tray(stage, &mut mine)?;
    let answer = unit::prevent(stage, &mut mine, true);
    stage.expect(&PREVENTS, answer)?;
    let answer = unit::prevent(stage, &mut other, false);
    stage.expect(&PREVENTS, answer)?;
    for seat in [&mut other, &mut mine] {
        let answer = unit::eject(stage, seat);
        stage.expect(&EJECT_PREVENTED, answer)?;
        stayed(stage, seat)?;
    }
    Ok(())
}

fn both_have_to_allow(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = unit::two_seats(stage)?;
    unit::require_tray(stage, &mut mine)?;
    for seat in [&mut mine, &mut other] {
        let answer = unit::prevent(stage, seat, true);
        stage.expect(&PREVENTS, answer)?;
    }
    let answer = unit::prevent(stage, &mut mine, false);
    stage.expect(&PREVENTS, answer)?;
    let answer = unit::eject(stage, &mut mine);
    stage.expect(&EJECT_PREVENTED, answer)?;
    let answer = unit::prevent(stage, &mut other, false);
    stage.expect(&PREVENTS, answer)?;
    let answer = unit::eject(stage, &mut mine);
    stage.expect(&EJECTS, answer)?;
    Ok(())
}

fn accepted_without_medium(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut seat)?;
    unit::change_disc(stage, &mut seat, None)?;
    for on in [true, false] {
        let answer = unit::prevent(stage, &mut seat, on);
        stage.expect(&PREVENTS_EMPTY, answer)?;
    }
    Ok(())
}

fn load_while_prevented(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut seat)?;
    let answer = unit::prevent(stage, &mut seat, true);
    stage.expect(&PREVENTS, answer)?;
    let answer = unit::load(stage, &mut seat);
    stage.expect(&LOADS_PREVENTED, answer)?;
    let answer = unit::settle(stage, &mut seat)?;
    stage.expect(&READY, answer)?;
    let answer = unit::eject(stage, &mut seat);
    stage.expect(&EJECT_PREVENTED, answer)?;
    Ok(())
}

fn spindle_is_free(stage: &mut Stage<'_>) -> Verdict {
    use super::sets::SPINS;
    use discrig_wire::command::StartStopUnit;
    let mut seat = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut seat)?;
    let answer = unit::prevent(stage, &mut seat, true);
    stage.expect(&PREVENTS, answer)?;
    for start in [false, true] {
        let answer = stage.command(&mut seat, StartStopUnit { start, ..StartStopUnit::default() });
        stage.expect(&SPINS, answer)?;
    }
    unit::settle(stage, &mut seat)?;
    let answer = unit::eject(stage, &mut seat);
    stage.expect(&EJECT_PREVENTED, answer)?;
    Ok(())
}
