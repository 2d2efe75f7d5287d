//! `attention.property.*`: generated sequences over unit attentions and events of one or two nexuses.

use crate::property::Property;
use crate::property::drive::{Drive, Mix};
use crate::scenario::{Body, Hazard, Level, Scenario};
use discrig_device::Capability;

static LOADS: Property<Drive<true>> =
    Property { mix: Mix { motion: 3, ready: 3, read: 1, ..Mix::NONE }, length: 30 };
static EXEMPTIONS: Property<Drive<true>> = Property {
    mix: Mix { motion: 2, ready: 1, exempt: 2, events: 1, request_sense: 2, unknown: 1, ..Mix::NONE },
    length: 30,
};
static EVENTS: Property<Drive<true>> =
    Property { mix: Mix { motion: 3, events: 3, ready: 1, button: 1, prevent: 1, ..Mix::NONE }, length: 30 };
static RESETS: Property<Drive<true>> = Property {
    mix: Mix { reset: 1, nexus_loss: 1, motion: 1, ready: 3, request_sense: 1, exempt: 1, ..Mix::NONE },
    length: 30,
};

pub(in crate::families) const PROPERTIES: &[Scenario] = &[
    Scenario {
        slug: "attention.property.loads",
        clauses: &["sam5-5.14", "mmc5-6.42"],
        level: Level::Must,
        needs: &[Capability::DataDisc, Capability::UnitAttention],
        hazard: Hazard::Tray,
        summary: "in any sequence of ejects and loads each nexus is told of each loaded disc once, before anything else",
        body: Body::Property(&LOADS),
    },
    Scenario {
        slug: "attention.property.exemptions",
        clauses: &["sam5-5.14", "spc3-6.27", "mmc5-6.6", "mmc5-6.7"],
        level: Level::Must,
        needs: &[Capability::DataDisc, Capability::UnitAttention],
        hazard: Hazard::Tray,
        summary: "in any sequence exempt commands neither report nor clear a unit attention, and REQUEST SENSE clears what it returns",
        body: Body::Property(&EXEMPTIONS),
    },
    Scenario {
        slug: "attention.property.events",
        clauses: &["mmc5-6.7", "t10-2007-button"],
        level: Level::Must,
        needs: &[Capability::DataDisc, Capability::QuietBus],
        hazard: Hazard::Tray,
        summary: "in any sequence media events are of what happened, each is read once, and a loaded disc is not missed",
        body: Body::Property(&EVENTS),
    },
    Scenario {
        slug: "attention.property.resets",
        clauses: &["sam5-5.14", "sam5-6.3"],
        level: Level::Must,
        needs: &[Capability::DataDisc, Capability::ResetLogicalUnit, Capability::QuietBus],
        hazard: Hazard::Wedge,
        summary: "in any sequence with resets each nexus is told of its reset once, before anything else",
        body: Body::Property(&RESETS),
    },
];
