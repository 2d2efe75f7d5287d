//! `host.walk.*`: two hosts and three handles, walked completely, and by chance.

use crate::families::HOST;
use crate::families::unit::require_tray_of;
use crate::property::nexuses::Nexuses;
use crate::property::{Property, explore};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::Stage;
use crate::stop::Verdict;
use discrig_device::Capability::{DataDisc, OpenWhileLocked, SecondHost, SecondProcess, VirtualTime};

/// More states than the world has.
const LIMIT: usize = 20_000;

/// The property under whose slug a finding of the walk can be replayed.
const PROPERTY: &str = "host.property.two-hosts-three-handles";

static BY_CHANCE: Property<Nexuses> = Property { mix: (), length: 60 };

pub(in crate::families) const WALK: &[Scenario] = &[
    Scenario {
        slug: "host.walk.two-hosts-three-handles",
        clauses: &["ddi-exclusive-access", "drvdoc-exclusive-access", "mmc5-6.14", "mmc5-6.40"],
        level: Level::Must,
        needs: &[SecondHost, SecondProcess, OpenWhileLocked, DataDisc, VirtualTime],
        hazard: Hazard::Tray,
        summary: "in every state of locks, prevention and tray that two hosts with three handles can reach, every step is answered as it has to be",
        body: Body::Exhaustive(completely),
    },
    Scenario {
        slug: PROPERTY,
        clauses: &["ddi-exclusive-access", "drvdoc-exclusive-access", "mmc5-6.14", "mmc5-6.40"],
        level: Level::Must,
        needs: &[SecondHost, SecondProcess, OpenWhileLocked, DataDisc],
        hazard: Hazard::Tray,
        summary: "whatever three handles of two hosts do, a lock counts within its host, prevention for its nexus, and the tray for all",
        body: Body::Property(&BY_CHANCE),
    },
];

fn completely(stage: &mut Stage<'_>) -> Verdict {
    require_tray_of(stage, HOST)?;
    let walk = explore::<Nexuses>(PROPERTY, stage, &Nexuses::alphabet(), Nexuses::acts, LIMIT)?;
    stage.note(format!("{} states, {} transitions", walk.states, walk.transitions));
    Ok(())
}
