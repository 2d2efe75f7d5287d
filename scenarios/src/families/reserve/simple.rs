//! `reserve.simple.*`: RESERVE(6) and RELEASE(6), where the drive has them.

use super::sets::{CONFLICT, FREE, LET_THROUGH, RELEASES, SIMPLE, TAKES};
use crate::answer::Answer;
use crate::families::HOST;
use crate::families::unit::{self, OTHER};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{HandleSeat, Stage};
use crate::stop::{Stop, Verdict};
use discrig_device::{Capability, ResetKind};
use discrig_wire::command::{
    Inquiry, ModeSense10, Read10, Release6, RequestSense, Reserve6, StartStopUnit, TestUnitReady,
};

pub(in crate::families) const SIMPLE_RESERVATION: &[Scenario] = &[
    Scenario {
        slug: "reserve.simple.accepted-or-unknown",
        clauses: &["spc2-7.21", "spc2-7.16", "field-reserve-absent"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "RESERVE(6) and RELEASE(6) are both there or both unknown",
        body: Body::Example(accepted_or_unknown),
    },
    Scenario {
        slug: "reserve.simple.conflict-for-others",
        clauses: &["spc2-7.21", "spc2-5.5.1"],
        level: Level::Must,
        needs: &[Capability::SecondHost, Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "under a reservation the commands of another nexus end with RESERVATION CONFLICT",
        body: Body::Example(conflict_for_others),
    },
    Scenario {
        slug: "reserve.simple.eject-kept-out",
        clauses: &["spc2-7.21", "spc2-5.5.1"],
        level: Level::Must,
        needs: &[Capability::SecondHost, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "another nexus cannot eject under a reservation, and the medium stays",
        body: Body::Example(eject_kept_out),
    },
    Scenario {
        slug: "reserve.simple.lets-through",
        clauses: &["spc2-5.5.1"],
        level: Level::Must,
        needs: &[Capability::SecondHost],
        hazard: Hazard::Observe,
        summary: "INQUIRY and REQUEST SENSE of another nexus are executed under a reservation",
        body: Body::Example(lets_through),
    },
    Scenario {
        slug: "reserve.simple.lets-allow-through",
        clauses: &["spc2-5.5.1", "mmc5-6.14"],
        level: Level::Should,
        needs: &[Capability::SecondHost],
        hazard: Hazard::Observe,
        summary: "another nexus can end its prevention under a reservation, and cannot begin one",
        body: Body::Example(lets_allow_through),
    },
    Scenario {
        slug: "reserve.simple.holder-is-free",
        clauses: &["spc2-7.21"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "the commands of the nexus that holds the reservation are executed",
        body: Body::Example(holder_is_free),
    },
    Scenario {
        slug: "reserve.simple.again-by-holder",
        clauses: &["spc2-7.21", "spc2-7.16"],
        level: Level::Must,
        needs: &[Capability::SecondHost, Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "the holder can reserve again, and one release ends it all",
        body: Body::Example(again_by_holder),
    },
    Scenario {
        slug: "reserve.simple.refused-while-held",
        clauses: &["spc2-7.21"],
        level: Level::Must,
        needs: &[Capability::SecondHost],
        hazard: Hazard::Observe,
        summary: "a reservation cannot be taken from its holder",
        body: Body::Example(refused_while_held),
    },
    Scenario {
        slug: "reserve.simple.release-by-others-ignored",
        clauses: &["spc2-7.16"],
        level: Level::Must,
        needs: &[Capability::SecondHost],
        hazard: Hazard::Observe,
        summary: "a release by another nexus succeeds and changes nothing",
        body: Body::Example(release_by_others),
    },
    Scenario {
        slug: "reserve.simple.ended-by-bus-reset",
        clauses: &["spc2-7.21", "sam5-6.3"],
        level: Level::Must,
        needs: &[Capability::SecondHost, Capability::ResetBus, Capability::DataDisc],
        hazard: Hazard::Wedge,
        summary: "a hard reset ends a reservation",
        body: Body::Example(ended_by_bus_reset),
    },
    Scenario {
        slug: "reserve.simple.ended-by-logical-unit-reset",
        clauses: &["spc2-7.21", "sam5-6.3"],
        level: Level::Must,
        needs: &[Capability::SecondHost, Capability::ResetLogicalUnit, Capability::DataDisc],
        hazard: Hazard::Wedge,
        summary: "a reset of the logical unit ends a reservation",
        body: Body::Example(ended_by_unit_reset),
    },
    Scenario {
        slug: "reserve.simple.ended-by-nexus-loss",
        clauses: &["spc2-7.21", "sam5-6.3"],
        level: Level::Must,
        needs: &[Capability::SecondHost, Capability::ResetNexus, Capability::DataDisc],
        hazard: Hazard::Wedge,
        summary: "the loss of the holder's nexus ends a reservation",
        body: Body::Example(ended_by_nexus_loss),
    },
];

/// Reserves, or skips where the drive does not have the command.
fn reserve(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Verdict {
    let answer = stage.command(seat, Reserve6::default());
    stage.expect(&SIMPLE, answer)?;
    if answer == Answer::Ok { Ok(()) } else { Err(Stop::Skip("the drive does not have RESERVE(6)".into())) }
}

fn release(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Verdict {
    let answer = stage.command(seat, Release6::default());
    stage.expect(&RELEASES, answer)?;
    Ok(())
}

/// The judged nexus holds the reservation, the other one does not.
fn reserved(stage: &mut Stage<'_>) -> Result<(HandleSeat, HandleSeat), Stop> {
    let (mut mine, other) = unit::two_seats(stage)?;
    reserve(stage, &mut mine)?;
    Ok((mine, other))
}

fn accepted_or_unknown(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let reserve = stage.command(&mut seat, Reserve6::default());
    stage.expect(&SIMPLE, reserve)?;
    let release = stage.command(&mut seat, Release6::default());
    stage.expect(&SIMPLE, release)?;
    stage.ensure(reserve == release, || format!("RESERVE(6): {reserve}; RELEASE(6): {release}"))
}

fn conflict_for_others(stage: &mut Stage<'_>) -> Verdict {
    let (_mine, mut other) = reserved(stage)?;
    let sense = ModeSense10 { page_code: 0x3F, allocation_length: 64, ..ModeSense10::default() };
    let read = Read10 { transfer_length: 1, ..Read10::default() };
    for cdb in [TestUnitReady {}.cdb(), sense.cdb(), read.cdb()] {
        let (answer, _) = stage.read(&mut other, cdb);
        stage.expect(&CONFLICT, answer)?;
    }
    Ok(())
}

fn eject_kept_out(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = reserved(stage)?;
    unit::require_tray(stage, &mut mine)?;
    for load_eject in [true, false] {
        let answer = stage.command(&mut other, StartStopUnit { load_eject, ..StartStopUnit::default() });
        stage.expect(&CONFLICT, answer)?;
    }
    let answer = unit::test(stage, &mut mine);
    stage.expect(&FREE, answer)?;
    Ok(())
}

fn lets_through(stage: &mut Stage<'_>) -> Verdict {
    let (_mine, mut other) = reserved(stage)?;
    let inquiry = Inquiry { allocation_length: 36, ..Inquiry::default() };
    let sense = RequestSense { allocation_length: 18, ..RequestSense::default() };
    for cdb in [inquiry.cdb(), sense.cdb()] {
        let (answer, _) = stage.read(&mut other, cdb);
        stage.expect(&LET_THROUGH, answer)?;
    }
    Ok(())
}

fn lets_allow_through(stage: &mut Stage<'_>) -> Verdict {
    let (_mine, mut other) = reserved(stage)?;
    let answer = unit::prevent(stage, &mut other, false);
    stage.expect(&LET_THROUGH, answer)?;
    let answer = unit::prevent(stage, &mut other, true);
    stage.expect(&CONFLICT, answer)?;
    Ok(())
}

fn holder_is_free(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    reserve(stage, &mut seat)?;
    let read = Read10 { transfer_length: 1, ..Read10::default() };
    for cdb in [TestUnitReady {}.cdb(), read.cdb()] {
        let (answer, _) = stage.read(&mut seat, cdb);
        stage.expect(&FREE, answer)?;
    }
    release(stage, &mut seat)
}

fn again_by_holder(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = reserved(stage)?;
    let answer = stage.command(&mut mine, Reserve6::default());
    stage.expect(&TAKES, answer)?;
    let answer = unit::test(stage, &mut other);
    stage.expect(&CONFLICT, answer)?;
    release(stage, &mut mine)?;
    let answer = unit::test(stage, &mut other);
    stage.expect(&FREE, answer)?;
    Ok(())
}

fn refused_while_held(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = reserved(stage)?;
    let answer = stage.command(&mut other, Reserve6::default());
    stage.expect(&CONFLICT, answer)?;
    release(stage, &mut mine)?;
    let answer = stage.command(&mut other, Reserve6::default());
    stage.expect(&TAKES, answer)?;
    release(stage, &mut other)
}

fn release_by_others(stage: &mut Stage<'_>) -> Verdict {
    let (_mine, mut other) = reserved(stage)?;
    release(stage, &mut other)?;
    let answer = unit::test(stage, &mut other);
    stage.expect(&CONFLICT, answer)?;
    Ok(())
}

fn ended_by(stage: &mut Stage<'_>, kind: ResetKind) -> Verdict {
    let (_mine, mut other) = reserved(stage)?;
    let answer = unit::test(stage, &mut other);
    stage.expect(&CONFLICT, answer)?;
    unit::reset(stage, kind)?;
    let mut other = stage.open(OTHER, crate::families::HERE)?;
    let answer = unit::settle(stage, &mut other)?;
    stage.expect(&FREE, answer)?;
    Ok(())
}

fn ended_by_bus_reset(stage: &mut Stage<'_>) -> Verdict {
    ended_by(stage, ResetKind::Bus)
}

fn ended_by_unit_reset(stage: &mut Stage<'_>) -> Verdict {
    ended_by(stage, ResetKind::LogicalUnit)
}

fn ended_by_nexus_loss(stage: &mut Stage<'_>) -> Verdict {
    ended_by(stage, ResetKind::Nexus(HOST))
}
