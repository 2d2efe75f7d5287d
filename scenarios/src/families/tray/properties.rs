//! `tray.property.*`: generated sequences over tray, button and prevention of one or two nexuses.

use crate::property::Property;
use crate::property::drive::{Drive, Mix};
use crate::scenario::{Body, Hazard, Level, Scenario};
use discrig_device::Capability;

static PREVENTION: Property<Drive<false>> =
    Property { mix: Mix { motion: 2, prevent: 3, ready: 2, ..Mix::NONE }, length: 30 };
static PERSISTENCE: Property<Drive<false>> = Property {
    mix: Mix { motion: 2, prevent: 1, persistent: 3, ready: 1, button: 1, ..Mix::NONE },
    length: 30,
};
static BUTTON: Property<Drive<false>> =
    Property { mix: Mix { button: 3, prevent: 2, ready: 2, motion: 1, events: 1, ..Mix::NONE }, length: 30 };
static DISCS: Property<Drive<false>> =
    Property { mix: Mix { discs: 2, motion: 3, ready: 2, read: 2, prevent: 1, ..Mix::NONE }, length: 30 };
static LOCK_STATE: Property<Drive<false>> =
    Property { mix: Mix { prevent: 3, lock_state: 3, exempt: 1, ..Mix::NONE }, length: 40 };
static RESETS: Property<Drive<false>> =
    Property { mix: Mix { reset: 1, prevent: 3, motion: 3, ready: 2, ..Mix::NONE }, length: 30 };
static LOSSES: Property<Drive<false>> =
    Property { mix: Mix { nexus_loss: 2, prevent: 3, motion: 3, ready: 2, ..Mix::NONE }, length: 30 };

pub(in crate::families) const PROPERTIES: &[Scenario] = &[
    Scenario {
        slug: "tray.property.prevention",
        clauses: &["mmc5-6.14", "mmc5-6.40", "spc3-6.13", "t10-04-349"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "in any sequence of prevents, allows, ejects and loads the tray opens exactly when nobody prevents it",
        body: Body::Property(&PREVENTION),
    },
    Scenario {
        slug: "tray.property.persistence",
        clauses: &["mmc5-6.14", "t10-04-349", "t10-2004-eject"],
        level: Level::Should,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "in any sequence the basic and the persistent state of each nexus keep apart",
        body: Body::Property(&PERSISTENCE),
    },
    Scenario {
        slug: "tray.property.button",
        clauses: &["mmc5-6.14", "mmc5-6.40", "mmc5-6.7"],
        level: Level::Must,
        needs: &[Capability::DataDisc, Capability::Button],
        hazard: Hazard::Tray,
        summary: "in any sequence the button opens the tray when nobody prevents it, and never otherwise",
        body: Body::Property(&BUTTON),
    },
    Scenario {
        slug: "tray.property.discs",
        clauses: &["mmc5-6.40", "mmc5-6.42", "mmc5-6.15"],
        level: Level::Must,
        needs: &[Capability::DataDisc, Capability::Changer],
        hazard: Hazard::Tray,
        summary: "whatever discs come and go, the drive is ready exactly when one is in the closed drive",
        body: Body::Property(&DISCS),
    },
    Scenario {
        slug: "tray.property.lock-state",
        clauses: &["mmc6-annex-e", "mmc5-6.14", "t10-04-349"],
        level: Level::Should,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "in any sequence of prevents and allows mode page 2Ah shows whether somebody prevents removal",
        body: Body::Property(&LOCK_STATE),
    },
    Scenario {
        slug: "tray.property.resets",
        clauses: &["spc3-6.13", "sam5-6.3", "mmc5-6.40"],
        level: Level::Must,
        needs: &[Capability::DataDisc, Capability::ResetLogicalUnit],
        hazard: Hazard::Wedge,
        summary: "in any sequence with resets no prevention outlasts one, and none is lost otherwise",
        body: Body::Property(&RESETS),
    },
    Scenario {
        slug: "tray.property.nexus-losses",
        clauses: &["spc3-6.13", "sam5-6.3", "t10-04-349"],
        level: Level::Must,
        needs: &[Capability::DataDisc, Capability::ResetNexus],
        hazard: Hazard::Wedge,
        summary: "in any sequence with losses of nexuses each ends the prevention of its own nexus and of no other",
        body: Body::Property(&LOSSES),
    },
];
