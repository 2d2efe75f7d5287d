//! `attention.exempt.*`, `attention.request-sense.*`, `attention.reported-by.*`: which commands report a unit attention and which do not.

use super::established::establish;
use super::sets::{EXEMPT, MEDIUM_REPORTED, NOTHING_PENDING, UNKNOWN_WHILE_PENDING};
use crate::answer::Answer;
use crate::families::{HOST, unit};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::Stage;
use crate::stop::Verdict;
use discrig_device::Capability;
use discrig_wire::Cdb;
use discrig_wire::command::{
    GetConfiguration, GetEventStatusNotification, Inquiry, ModeSense10, PreventAllowMediumRemoval,
    ReadCapacity, ReportLuns,
};
use discrig_wire::sense::codes;

pub(in crate::families) const EXEMPTIONS: &[Scenario] = &[
    Scenario {
        slug: "attention.exempt.identification",
        clauses: &["sam5-5.14"],
        level: Level::Must,
        needs: &[Capability::UnitAttention, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "INQUIRY and REPORT LUNS neither report nor clear a unit attention",
        body: Body::Example(identification),
    },
    Scenario {
        slug: "attention.exempt.configuration-and-events",
        clauses: &["sam5-5.14", "mmc5-6.6", "mmc5-6.7"],
        level: Level::Must,
        needs: &[Capability::UnitAttention, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "GET CONFIGURATION and GET EVENT STATUS NOTIFICATION neither report nor clear a unit attention",
        body: Body::Example(configuration_and_events),
    },
    Scenario {
        slug: "attention.request-sense.returns-and-clears",
        clauses: &["spc3-6.27", "sam5-5.14"],
        level: Level::Must,
        needs: &[Capability::UnitAttention, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "REQUEST SENSE returns a pending unit attention as its data, once, and no command reports it any more",
        body: Body::Example(request_sense),
    },
    Scenario {
        slug: "attention.reported-by.every-other-command",
        clauses: &["sam5-5.14"],
        level: Level::Must,
        needs: &[Capability::UnitAttention, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "commands that are not exempt report a unit attention instead of being executed",
        body: Body::Example(every_other_command),
    },
    Scenario {
        slug: "attention.reported-by.prevent-is-not-executed",
        clauses: &["sam5-5.14", "mmc5-6.14"],
        level: Level::Must,
        needs: &[Capability::UnitAttention, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "a PREVENT that reported a unit attention did not prevent anything",
        body: Body::Example(prevent_is_not_executed),
    },
    Scenario {
        slug: "attention.reported-by.unknown-command",
        clauses: &["sam5-5.14", "field-attention-order"],
        level: Level::Should,
        needs: &[Capability::UnitAttention, Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "an unknown command reports a unit attention, or is refused and leaves it pending",
        body: Body::Example(unknown_command),
    },
];

const INQUIRY: Inquiry = Inquiry { evpd: false, page_code: 0, allocation_length: 96 };
const LUNS: ReportLuns = ReportLuns { select_report: 0, allocation_length: 1024 };
const CONFIGURATION: GetConfiguration =
    GetConfiguration { requested_type: 0, starting_feature_number: 0, allocation_length: 4096 };
const EVENTS: GetEventStatusNotification =
    GetEventStatusNotification { polled: true, notification_class_request: 0x10, allocation_length: 64 };
const CAPACITY: ReadCapacity = ReadCapacity { logical_block_address: 0, partial_medium_indicator: false };
const ALL_PAGES: ModeSense10 = ModeSense10 {
    disable_block_descriptors: true,
    page_control: 0,
    page_code: 0x3F,
    subpage_code: 0,
    allocation_length: 1024,
};
const ALLOW: PreventAllowMediumRemoval = PreventAllowMediumRemoval { persistent: false, prevent: false };

fn executed_and_left_pending(stage: &mut Stage<'_>, commands: &[Cdb]) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    establish(stage, &mut seat)?;
    for cdb in commands {
        let (answer, _) = stage.read(&mut seat, *cdb);
        if matches!(answer, Answer::Check(code) if code == codes::INVALID_COMMAND_OPERATION_CODE)
            && cdb.opcode() == LUNS.cdb().opcode()
        {
            stage.note("REPORT LUNS is refused, as ATAPI units do [sam5-5.14]");
            continue;
        }
        stage.expect(&EXEMPT, answer)?;
    }
    let answer = unit::test(stage, &mut seat);
    stage.expect(&MEDIUM_REPORTED, answer)?;
    Ok(())
}

fn identification(stage: &mut Stage<'_>) -> Verdict {
    executed_and_left_pending(stage, &[INQUIRY.cdb(), LUNS.cdb(), INQUIRY.cdb()])
}

fn configuration_and_events(stage: &mut Stage<'_>) -> Verdict {
    executed_and_left_pending(stage, &[CONFIGURATION.cdb(), EVENTS.cdb(), CONFIGURATION.cdb()])
}

fn request_sense(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    establish(stage, &mut seat)?;
    let (answer, sense) = unit::request_sense(stage, &mut seat);
    stage.expect(&EXEMPT, answer)?;
    let code = sense.map(|sense| sense.code);
    stage.ensure(code == Some(codes::NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED), || {
        format!("a unit attention for the medium is pending, REQUEST SENSE returns {code:?}")
    })?;
    let answer = unit::test(stage, &mut seat);
    stage.expect(&NOTHING_PENDING, answer)?;
    Ok(())
}

fn every_other_command(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    for cdb in [CAPACITY.cdb(), ALL_PAGES.cdb(), ALLOW.cdb()] {
        establish(stage, &mut seat)?;
        let (answer, _) = stage.read(&mut seat, cdb);
        stage.expect(&MEDIUM_REPORTED, answer)?;
        let answer = unit::test(stage, &mut seat);
        stage.expect(&NOTHING_PENDING, answer)?;
    }
    Ok(())
}

fn prevent_is_not_executed(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    establish(stage, &mut seat)?;
    let answer = unit::prevent(stage, &mut seat, true);
    stage.expect(&MEDIUM_REPORTED, answer)?;
    let answer = unit::eject(stage, &mut seat);
    stage.expect(&NOTHING_PENDING, answer)?;
    Ok(())
}

fn unknown_command(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    establish(stage, &mut seat)?;
    let answer = unit::bare(stage, &mut seat, unit::unassigned()?);
    let reported = stage.expect(&UNKNOWN_WHILE_PENDING, answer)?;
    let next = unit::test(stage, &mut seat);
    let expected =
        if reported.clause == "field-attention-order" { &MEDIUM_REPORTED } else { &NOTHING_PENDING };
    stage.expect(expected, next)?;
    Ok(())
}
