//! `tray.prevent.cleared-by-*`: what ends prevention without an allow.

use super::persistent::require_persistent;
use super::sets::{EJECT_PREVENTED, EJECTS, PREVENTS};
use crate::families::HOST;
use crate::families::unit::{self, OTHER};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::Stage;
use crate::stop::Verdict;
use discrig_device::{Capability, ResetKind};

pub(in crate::families) const RESETS: &[Scenario] = &[
    Scenario {
        slug: "tray.prevent.cleared-by-bus-reset",
        clauses: &["spc3-6.13", "sam5-6.3"],
        level: Level::Must,
        needs: &[Capability::ResetBus, Capability::DataDisc],
        hazard: Hazard::Wedge,
        summary: "a hard reset ends prevention",
        body: Body::Example(by_bus_reset),
    },
    Scenario {
        slug: "tray.prevent.cleared-by-logical-unit-reset",
        clauses: &["spc3-6.13", "sam5-6.3"],
        level: Level::Must,
        needs: &[Capability::ResetLogicalUnit, Capability::DataDisc],
        hazard: Hazard::Wedge,
        summary: "a reset of the logical unit ends prevention",
        body: Body::Example(by_unit_reset),
    },
    Scenario {
        slug: "tray.prevent.cleared-by-power-cycle",
        clauses: &["spc3-6.13", "sam5-6.3"],
        level: Level::Must,
        needs: &[Capability::ResetPower, Capability::DataDisc],
        hazard: Hazard::Wedge,
        summary: "switching the power off and on ends prevention",
        body: Body::Example(by_power_cycle),
    },
    Scenario {
        slug: "tray.prevent.cleared-by-nexus-loss",
        clauses: &["spc3-6.13", "sam5-6.3"],
        level: Level::Must,
        needs: &[Capability::ResetNexus, Capability::DataDisc],
        hazard: Hazard::Wedge,
        summary: "the loss of a nexus ends its prevention",
        body: Body::Example(by_nexus_loss),
    },
    Scenario {
        slug: "tray.prevent.kept-over-loss-of-another-nexus",
        clauses: &["spc3-6.13", "t10-04-349"],
        level: Level::Must,
        needs: &[Capability::ResetNexus, Capability::SecondHost, Capability::DataDisc],
        hazard: Hazard::Wedge,
        summary: "the loss of one nexus leaves the prevention of another in force",
        body: Body::Example(kept_over_other_loss),
    },
    Scenario {
        slug: "tray.persistent.cleared-by-reset",
        clauses: &["spc3-6.13", "t10-04-349"],
        level: Level::Should,
        needs: &[Capability::ResetBus, Capability::SecondHost, Capability::DataDisc],
        hazard: Hazard::Wedge,
        summary: "a hard reset ends the persistent state of prevention too",
        body: Body::Example(persistent_by_reset),
    },
];

fn cleared_by(stage: &mut Stage<'_>, kind: ResetKind) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut seat)?;
    let answer = unit::prevent(stage, &mut seat, true);
    stage.expect(&PREVENTS, answer)?;
    unit::reset(stage, kind)?;
    let mut seat = unit::seat(stage, HOST)?;
    let answer = unit::eject(stage, &mut seat);
    stage.expect(&EJECTS, answer)?;
    Ok(())
}

fn by_bus_reset(stage: &mut Stage<'_>) -> Verdict {
    cleared_by(stage, ResetKind::Bus)
}

fn by_unit_reset(stage: &mut Stage<'_>) -> Verdict {
    cleared_by(stage, ResetKind::LogicalUnit)
}

fn by_power_cycle(stage: &mut Stage<'_>) -> Verdict {
    cleared_by(stage, ResetKind::Power)
}

fn by_nexus_loss(stage: &mut Stage<'_>) -> Verdict {
    cleared_by(stage, ResetKind::Nexus(HOST))
}

fn kept_over_other_loss(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = unit::two_seats(stage)?;
    unit::require_tray(stage, &mut mine)?;
    for seat in [&mut mine, &mut other] {
        let answer = unit::prevent(stage, seat, true);
        stage.expect(&PREVENTS, answer)?;
    }
    unit::reset(stage, ResetKind::Nexus(OTHER))?;
    unit::settle(stage, &mut mine)?;
    let answer = unit::eject(stage, &mut mine);
    stage.expect(&EJECT_PREVENTED, answer)?;
    let answer = unit::prevent(stage, &mut mine, false);
    stage.expect(&PREVENTS, answer)?;
    let answer = unit::eject(stage, &mut mine);
    stage.expect(&EJECTS, answer)?;
    Ok(())
}

fn persistent_by_reset(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, _) = unit::two_seats(stage)?;
    unit::require_tray(stage, &mut mine)?;
    require_persistent(stage, &mut mine)?;
    unit::reset(stage, ResetKind::Bus)?;
    let mut other = unit::seat(stage, OTHER)?;
    let answer = unit::eject(stage, &mut other);
    stage.expect(&EJECTS, answer)?;
    Ok(())
}
