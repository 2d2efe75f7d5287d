//! `tray.lock-state.*`, `tray.capability.*`, `tray.mechanism.*`: what the drive says of tray and lock agrees with itself.

use crate::answer::Answer;
use crate::families::{HOST, unit};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::Stage;
use crate::stop::{Stop, Verdict};
use discrig_device::Capability;
use discrig_wire::command::MechanismStatus;
use discrig_wire::sense::codes;

pub(in crate::families) const SHOWN: &[Scenario] = &[
    Scenario {
        slug: "tray.lock-state.follows-prevent",
        clauses: &["mmc6-annex-e", "mmc5-6.14"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the lock state of mode page 2Ah is set while removal is prevented, and only then",
        body: Body::Example(lock_state_follows),
    },
    Scenario {
        slug: "tray.lock-state.counts-nothing",
        clauses: &["mmc6-annex-e", "mmc5-6.14"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the lock state of mode page 2Ah is clear after two prevents and one allow",
        body: Body::Example(lock_state_counts_nothing),
    },
    Scenario {
        slug: "tray.lock-state.of-another-nexus",
        clauses: &["mmc6-annex-e", "t10-04-349"],
        level: Level::Should,
        needs: &[Capability::SecondHost],
        hazard: Hazard::Observe,
        summary: "the lock state of mode page 2Ah shows the prevention of any nexus to every nexus",
        body: Body::Example(lock_state_of_another),
    },
    Scenario {
        slug: "tray.capability.feature-and-page-agree",
        clauses: &["mmc5-5.3.4", "mmc6-annex-e"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "feature 0003h and mode page 2Ah name the same mechanism, eject and lock capability",
        body: Body::Example(feature_and_page_agree),
    },
    Scenario {
        slug: "tray.mechanism.status-plausible",
        clauses: &["mmc5-6.11"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "MECHANISM STATUS of a closed single-disc drive shows no fault and no open door, and its lengths agree",
        body: Body::Example(mechanism_plausible),
    },
];

fn lock_state_follows(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    for on in [false, true, false] {
        unit::insist(unit::prevent(stage, &mut seat, on), "PREVENT ALLOW MEDIUM REMOVAL")?;
        let shown = unit::lock_state(stage, &mut seat)?;
        stage.ensure(shown == on, || format!("removal is prevented: {on}, page 2Ah shows {shown}"))?;
    }
    Ok(())
}

fn lock_state_counts_nothing(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    for on in [true, true, false] {
        unit::insist(unit::prevent(stage, &mut seat, on), "PREVENT ALLOW MEDIUM REMOVAL")?;
    }
    let shown = unit::lock_state(stage, &mut seat)?;
    stage.ensure(!shown, || "page 2Ah shows the lock after two prevents and one allow".into())
}

fn lock_state_of_another(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = unit::two_seats(stage)?;
    unit::insist(unit::prevent(stage, &mut mine, true), "PREVENT")?;
    unit::insist(unit::prevent(stage, &mut other, false), "ALLOW of the other nexus")?;
    for seat in [&mut mine, &mut other] {
        let shown = unit::lock_state(stage, seat)?;
        stage.ensure(shown, || "one nexus prevents removal, and page 2Ah does not show it".into())?;
    }
    unit::insist(unit::prevent(stage, &mut mine, false), "ALLOW")?;
    let shown = unit::lock_state(stage, &mut other)?;
    stage.ensure(!shown, || "nobody prevents removal, and page 2Ah shows the lock".into())
}

fn feature_and_page_agree(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let page = unit::capabilities_page(stage, &mut seat)?
        .ok_or_else(|| Stop::Skip("the drive does not have the legacy mode page 2Ah".into()))?;
    let Some((_, feature)) = unit::removable_medium(stage, &mut seat)? else {
        return stage.ensure(false, || "feature 0003h, removable medium, is not returned".into());
    };
    let pairs = [
        ("loading mechanism", feature.loading_mechanism == page.loading_mechanism),
        ("eject", feature.eject == page.eject),
        ("lock", feature.lock == page.lock),
    ];
    for (name, agree) in pairs {
        stage.ensure(agree, || format!("feature 0003h and page 2Ah disagree about: {name}"))?;
    }
    Ok(())
}

fn mechanism_plausible(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let (answer, bytes) = stage.read(&mut seat, MechanismStatus { allocation_length: 512 });
    match answer {
        Answer::Ok => {}
        Answer::Check(code) if code == codes::INVALID_COMMAND_OPERATION_CODE => {
            return Err(Stop::Skip("MECHANISM STATUS is mandatory with a changer only".into()));
        }
        other => return stage.ensure(false, || format!("MECHANISM STATUS: {other}")),
    }
    stage.ensure(bytes.len() >= 8, || format!("the header has 8 bytes, {} came", bytes.len()))?;
    let slots = usize::from(bytes[5] & 0x1F);
    let table = usize::from(u16::from_be_bytes([bytes[6], bytes[7]]));
    stage.ensure(bytes[0] & 0x80 == 0, || "the mechanism reports a fault".into())?;
    stage.ensure(bytes[1] & 0x10 == 0, || "the tray is closed, and the door is said to be open".into())?;
    stage.ensure(table == 4 * slots || (slots <= 1 && table == 0), || {
        format!("{slots} slots, and a slot table of {table} bytes")
    })
}
