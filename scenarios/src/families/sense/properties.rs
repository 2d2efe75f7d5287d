//! `sense.property.*`: generated commands and sequences.

use crate::property::Property;
use crate::property::commands::Commands;
use crate::property::drive::{Drive, Mix};
use crate::scenario::{Body, Hazard, Level, Scenario};
use discrig_device::Capability;

static ANY_COMMAND: Property<Commands> = Property { mix: (), length: 40 };
static PRESENT_STATE: Property<Drive<false>> = Property {
    mix: Mix { request_sense: 3, unknown: 3, ready: 2, exempt: 1, prevent: 1, ..Mix::NONE },
    length: 40,
};

pub(in crate::families) const PROPERTIES: &[Scenario] = &[
    Scenario {
        slug: "sense.property.any-cdb-is-answered",
        clauses: &["sam5-5.3", "spc3-4.3", "spc3-4.5.3"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "whatever command is sent, right or wrong, the answer comes with a legal status and sense that can be understood",
        body: Body::Property(&ANY_COMMAND),
    },
    Scenario {
        slug: "sense.property.present-state",
        clauses: &["spc3-6.27", "spc3-4.3"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "in any sequence REQUEST SENSE returns the present state and nothing of commands before it",
        body: Body::Property(&PRESENT_STATE),
    },
];
