//! `attention.power-on.*`, `attention.reset.*`, `attention.load.*`, `attention.order.*`, `attention.mode-select.*`: what is reported to whom, and how often.

use super::sets::{MEDIUM_REPORTED, MODE_REPORTED, NOTHING_PENDING, RESET_REPORTED, SELECTED};
use crate::answer::Answer;
use crate::families::HOST;
use crate::families::unit::{self, OTHER};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{HandleSeat, Stage};
use crate::stop::{Stop, Verdict};
use discrig_device::{Capability, HostId, ResetKind};
use discrig_wire::command::{ModeSelect10, ModeSense10};
use discrig_wire::mode::{ModeData, ModeForm, PageCode};

pub(in crate::families) const ESTABLISHED: &[Scenario] = &[
    Scenario {
        slug: "attention.power-on.first-command",
        clauses: &["sam5-5.14", "sam5-6.3"],
        level: Level::Must,
        needs: &[Capability::FirstAnswer],
        hazard: Hazard::Observe,
        summary: "the first command since the power came on reports it",
        body: Body::Example(first_command),
    },
    Scenario {
        slug: "attention.reset.power-on",
        clauses: &["sam5-5.14", "sam5-6.3"],
        level: Level::Must,
        needs: &[Capability::ResetPower, Capability::QuietBus],
        hazard: Hazard::Wedge,
        summary: "after power on the first command of a nexus reports it",
        body: Body::Example(power_on),
    },
    Scenario {
        slug: "attention.reset.bus",
        clauses: &["sam5-5.14", "sam5-6.3"],
        level: Level::Must,
        needs: &[Capability::ResetBus, Capability::QuietBus],
        hazard: Hazard::Wedge,
        summary: "after a hard reset the first command of a nexus reports it",
        body: Body::Example(bus),
    },
    Scenario {
        slug: "attention.reset.logical-unit",
        clauses: &["sam5-5.14", "sam5-6.3"],
        level: Level::Must,
        needs: &[Capability::ResetLogicalUnit, Capability::QuietBus],
        hazard: Hazard::Wedge,
        summary: "after a reset of the logical unit the first command of a nexus reports it",
        body: Body::Example(logical_unit),
    },
    Scenario {
        slug: "attention.reset.new-nexus",
        clauses: &["sam5-5.14", "sam5-6.3"],
        level: Level::Must,
        needs: &[Capability::ResetNexus, Capability::QuietBus],
        hazard: Hazard::Wedge,
        summary: "a nexus that was lost and is established anew is told so by its first command",
        body: Body::Example(new_nexus),
    },
    Scenario {
        slug: "attention.reset.told-to-every-nexus",
        clauses: &["sam5-5.14", "sam5-6.3"],
        level: Level::Must,
        needs: &[Capability::ResetBus, Capability::SecondHost, Capability::QuietBus],
        hazard: Hazard::Wedge,
        summary: "a hard reset is reported to every nexus, whoever heard of it first",
        body: Body::Example(told_to_every_nexus),
    },
    Scenario {
        slug: "attention.reset.other-nexus-not-told-of-loss",
        clauses: &["sam5-5.14", "sam5-6.3"],
        level: Level::Must,
        needs: &[Capability::ResetNexus, Capability::SecondHost, Capability::QuietBus, Capability::DataDisc],
        hazard: Hazard::Wedge,
        summary: "the loss of one nexus is nothing to another",
        body: Body::Example(other_not_told),
    },
    Scenario {
        slug: "attention.load.reported-once",
        clauses: &["sam5-5.14", "mmc5-6.42"],
        level: Level::Must,
        needs: &[Capability::UnitAttention, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "a disc that was loaded is reported by the next command, and by no further one",
        body: Body::Example(load_once),
    },
    Scenario {
        slug: "attention.load.per-nexus",
        clauses: &["sam5-5.14"],
        level: Level::Must,
        needs: &[Capability::UnitAttention, Capability::SecondHost, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "a disc that was loaded is reported to every nexus, whoever loaded it and whoever heard first",
        body: Body::Example(load_per_nexus),
    },
    Scenario {
        slug: "attention.load.by-button",
        clauses: &["sam5-5.14", "mmc5-6.42"],
        level: Level::Must,
        needs: &[Capability::UnitAttention, Capability::Button, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "a disc that the user loaded is reported by the next command",
        body: Body::Example(load_by_button),
    },
    Scenario {
        slug: "attention.order.reset-before-medium",
        clauses: &["sam5-5.14"],
        level: Level::Must,
        needs: &[Capability::ResetBus, Capability::SecondHost, Capability::QuietBus, Capability::DataDisc],
        hazard: Hazard::Wedge,
        summary: "a nexus for which a reset and a loaded disc are pending hears of the reset first",
        body: Body::Example(reset_before_medium),
    },
    Scenario {
        slug: "attention.mode-select.others-told",
        clauses: &["mmc5-6.12", "sam5-5.14"],
        level: Level::Must,
        needs: &[Capability::SecondHost, Capability::QuietBus, Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "changed mode parameters are reported to the other nexuses and not to the one that changed them",
        body: Body::Example(mode_select),
    },
];

fn reported_after(stage: &mut Stage<'_>, kind: ResetKind, hosts: &[HostId]) -> Verdict {
    // The handles stay open: some systems ask the drive when one is opened, and are told instead.
    let mut seats = hosts.iter().map(|host| unit::seat(stage, *host)).collect::<Result<Vec<_>, Stop>>()?;
    unit::reset(stage, kind)?;
    for seat in &mut seats {
        let answer = unit::test(stage, seat);
        stage.expect(&RESET_REPORTED, answer)?;
        // A report of the medium may follow; one of the reset may not.
        let rest = unit::attentions(stage, seat)?;
        stage.ensure(rest.iter().all(|code| code.asc != 0x29), || "the reset is reported twice".into())?;
    }
    Ok(())
}

fn first_command(stage: &mut Stage<'_>) -> Verdict {
    let answer = stage.first_answer();
    stage.expect(&RESET_REPORTED, answer)?;
    Ok(())
}

fn power_on(stage: &mut Stage<'_>) -> Verdict {
    reported_after(stage, ResetKind::Power, &[HOST])
}

fn bus(stage: &mut Stage<'_>) -> Verdict {
    reported_after(stage, ResetKind::Bus, &[HOST])
}

fn logical_unit(stage: &mut Stage<'_>) -> Verdict {
    reported_after(stage, ResetKind::LogicalUnit, &[HOST])
}

fn new_nexus(stage: &mut Stage<'_>) -> Verdict {
    reported_after(stage, ResetKind::Nexus(HOST), &[HOST])
}

fn told_to_every_nexus(stage: &mut Stage<'_>) -> Verdict {
    reported_after(stage, ResetKind::Bus, &[OTHER, HOST])
}

fn other_not_told(stage: &mut Stage<'_>) -> Verdict {
    let (_, mut other) = unit::two_seats(stage)?;
    unit::reset(stage, ResetKind::Nexus(HOST))?;
    let answer = unit::test(stage, &mut other);
    stage.expect(&NOTHING_PENDING, answer)?;
    Ok(())
}

/// Ejects and loads by command, and waits until the disc can be accessed, without reading what that establishes.
pub(super) fn reload(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Verdict {
    unit::require_tray(stage, seat)?;
    unit::insist(unit::eject(stage, seat), "eject")?;
    unit::insist(unit::load(stage, seat), "load")?;
    unit::rest(stage, seat, true)
}

/// The same, leaving the report of the disc pending. Nothing can be concluded on a drive that does not report discs that were loaded so.
pub(super) fn establish(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Verdict {
    reload(stage, seat)?;
    let answer = unit::test(stage, seat);
    if MEDIUM_REPORTED.admits(&answer).is_none() {
        return Err(Stop::Inconclusive(format!(
            "the drive reports no disc that it loaded by command: {answer}"
        )));
    }
    unit::settle(stage, seat)?;
    reload(stage, seat)
}

fn load_once(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    reload(stage, &mut seat)?;
    let answer = unit::test(stage, &mut seat);
    stage.expect(&MEDIUM_REPORTED, answer)?;
    unit::rest(stage, &mut seat, true)?;
    let rest = unit::attentions(stage, &mut seat)?;
    stage.ensure(rest.is_empty(), || format!("one load, and further reports: {rest:?}"))
}

fn load_per_nexus(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = unit::two_seats(stage)?;
    reload(stage, &mut mine)?;
    for seat in [&mut other, &mut mine] {
        let answer = unit::test(stage, seat);
        stage.expect(&MEDIUM_REPORTED, answer)?;
        let answer = unit::test(stage, seat);
        stage.expect(&NOTHING_PENDING, answer)?;
    }
    Ok(())
}

fn load_by_button(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::press(stage)?;
    unit::settle(stage, &mut seat)?;
    unit::press(stage)?;
    unit::rest(stage, &mut seat, true)?;
    let answer = unit::test(stage, &mut seat);
    stage.expect(&MEDIUM_REPORTED, answer)?;
    Ok(())
}

fn reset_before_medium(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = unit::two_seats(stage)?;
    unit::require_tray(stage, &mut mine)?;
    unit::reset(stage, ResetKind::Bus)?;
    unit::settle(stage, &mut other)?;
    reload(stage, &mut other)?;
    let answer = unit::test(stage, &mut mine);
    stage.expect(&RESET_REPORTED, answer)?;
    let rest = unit::attentions(stage, &mut mine)?;
    stage.ensure(rest.iter().all(|code| code.asc != 0x29), || format!("reported after a reset: {rest:?}"))
}

/// Page 01h as it is, and its changeable bits.
fn recovery_page(stage: &mut Stage<'_>, seat: &mut HandleSeat, page_control: u8) -> Result<Vec<u8>, Stop> {
    let command = ModeSense10 {
        disable_block_descriptors: true,
        page_control,
        page_code: PageCode::ERROR_RECOVERY.0,
        allocation_length: 256,
        ..ModeSense10::default()
    };
    let bytes = unit::fetch(stage, seat, command)?;
    let data = unit::understood(ModeData::parse(ModeForm::Ten, &bytes))?;
    data.page(PageCode::ERROR_RECOVERY)
        .map(|page| page.bytes.to_vec())
        .ok_or_else(|| Stop::Skip("the drive does not have mode page 01h".into()))
}

fn select(stage: &mut Stage<'_>, seat: &mut HandleSeat, page: &[u8]) -> Answer {
    let mut list = vec![0; ModeForm::Ten.header()];
    list.extend_from_slice(page);
    // PS is reserved in MODE SELECT.
    list[ModeForm::Ten.header()] &= 0x3F;
    let command =
        ModeSelect10 { page_format: true, save_pages: false, parameter_list_length: list.len() as u16 };
    stage.write(seat, command, &list)
}

fn mode_select(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = unit::two_seats(stage)?;
    let before = recovery_page(stage, &mut mine, 0)?;
    let mask = recovery_page(stage, &mut mine, 1)?;
    // The read retry count is what every drive with a changeable byte lets change.
    let bit = mask.get(3).map_or(0, |mask| mask & mask.wrapping_neg());
    if bit == 0 || before.len() != mask.len() {
        return Err(Stop::Skip("the read retry count cannot be changed".into()));
    }
    let mut changed = before.clone();
    changed[3] ^= bit;
    let answer = select(stage, &mut mine, &changed);
    stage.expect(&SELECTED, answer)?;
    let told = unit::test(stage, &mut other);
    let own = unit::test(stage, &mut mine);
    unit::insist(select(stage, &mut mine, &before), "changing the page back")?;
    stage.expect(&MODE_REPORTED, told)?;
    stage.expect(&NOTHING_PENDING, own)?;
    Ok(())
}
