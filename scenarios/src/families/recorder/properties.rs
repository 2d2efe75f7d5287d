//! `recorder.property.*`: generated sequences over recorders and handles of one host.

use crate::property::Property;
use crate::property::locks::{Locks, Mix};
use crate::scenario::{Body, Hazard, Level, Scenario};

static COUNTING: Property<Locks> = Property { mix: Mix { recorders: 4, bad_names: 1, ..NONE }, length: 40 };
static OWNERSHIP: Property<Locks> =
    Property { mix: Mix { recorders: 2, handles: 2, bad_names: 1, kill: 1, ..NONE }, length: 40 };

/// Nothing drawn.
const NONE: Mix = Mix {
    abandon: 0,
    recorders: 0,
    handles: 0,
    bad_names: 0,
    kill: 0,
    memory: 0,
    notification: 0,
    plug: 0,
    reset: 0,
    volume: 0,
};

pub(in crate::families) const PROPERTIES: &[Scenario] = &[
    Scenario {
        slug: "recorder.property.counting",
        clauses: &["imapi2-acquire", "imapi2-release", "imapi2-owner"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "in any sequence of acquires and releases by several recorders the device is free exactly when the counts say so",
        body: Body::Property(&COUNTING),
    },
    Scenario {
        slug: "recorder.property.ownership",
        clauses: &["imapi2-acquire", "ddi-exclusive-access"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "recorders and plain handles of two processes exclude each other, and a dead process holds nothing",
        body: Body::Property(&OWNERSHIP),
    },
];
