//! `reserve.property.*`: generated sequences over RESERVE(6) and RELEASE(6) of two nexuses.

use crate::property::Property;
use crate::property::drive::{Drive, Mix};
use crate::scenario::{Body, Hazard, Level, Scenario};
use discrig_device::Capability;

static CONFLICTS: Property<Drive<false>> = Property {
    mix: Mix { reserve: 2, ready: 2, read: 1, prevent: 1, exempt: 1, request_sense: 1, ..Mix::NONE },
    length: 40,
};
static ENDINGS: Property<Drive<false>> = Property {
    mix: Mix { reserve: 3, ready: 3, reset: 1, nexus_loss: 2, request_sense: 1, ..Mix::NONE },
    length: 40,
};

pub(in crate::families) const PROPERTIES: &[Scenario] = &[
    Scenario {
        slug: "reserve.property.conflicts",
        clauses: &["spc2-7.21", "spc2-7.16", "spc2-5.5.1"],
        level: Level::Must,
        needs: &[Capability::DataDisc, Capability::SecondHost],
        hazard: Hazard::Observe,
        summary: "in any sequence of reserving and releasing exactly the commands of the other nexus conflict",
        body: Body::Property(&CONFLICTS),
    },
    Scenario {
        slug: "reserve.property.endings",
        clauses: &["spc2-7.21", "spc2-7.16", "sam5-6.3"],
        level: Level::Must,
        needs: &[Capability::DataDisc, Capability::SecondHost, Capability::ResetNexus],
        hazard: Hazard::Wedge,
        summary: "in any sequence a reservation ends by its holder's release, its loss, or a reset, and not otherwise",
        body: Body::Property(&ENDINGS),
    },
];
