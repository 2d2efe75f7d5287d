//! `identity.property.*`: generated questions.

use crate::property::Property;
use crate::property::lengths::Lengths;
use crate::scenario::{Body, Hazard, Level, Scenario};

static ALLOCATION_LENGTHS: Property<Lengths> = Property { mix: (), length: 20 };

pub(in crate::families) const PROPERTIES: &[Scenario] = &[Scenario {
    slug: "identity.property.allocation-lengths",
    clauses: &["spc3-4.3", "mmc5-6.6", "spc3-6.4", "mmc5-6.13"],
    level: Level::Must,
    needs: &[],
    hazard: Hazard::Observe,
    summary: "whatever the allocation length, what comes is the beginning of the whole answer, its length fields included",
    body: Body::Property(&ALLOCATION_LENGTHS),
}];
