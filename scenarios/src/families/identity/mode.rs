//! `identity.mode.*`: MODE SENSE.

use super::sets::{SAVED_VALUES, SENSES_MODES};
use crate::answer::Answer;
use crate::families::{HOST, unit};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{HandleSeat, Stage};
use crate::stop::{Stop, Verdict};
use discrig_wire::command::{ModeSense6, ModeSense10};
use discrig_wire::mode::{ModeData, ModeForm, PageCode};
use discrig_wire::sense::codes;

pub(in crate::families) const MODE: &[Scenario] = &[
    Scenario {
        slug: "identity.mode.header",
        clauses: &["mmc5-6.13", "spc3-7.4.3"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the mode data length counts what follows it, and covers header, block descriptors and pages exactly",
        body: Body::Example(header),
    },
    Scenario {
        slug: "identity.mode.pages-ascend",
        clauses: &["spc3-7.4.3", "mmc5-6.13"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a request for all pages returns them in ascending order, each once, a vendor page 00h last",
        body: Body::Example(pages_ascend),
    },
    Scenario {
        slug: "identity.mode.one-page-as-among-all",
        clauses: &["mmc5-6.13"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a page alone is the page among all, in current values, masks and defaults",
        body: Body::Example(one_as_among_all),
    },
    Scenario {
        slug: "identity.mode.truncated",
        clauses: &["mmc5-6.13", "spc3-4.3"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a small allocation length cuts the answer and leaves the mode data length",
        body: Body::Example(truncated),
    },
    Scenario {
        slug: "identity.mode.saved-values",
        clauses: &["mmc5-6.13", "field-saved-pages"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a drive that saves nothing refuses a request for saved values as such",
        body: Body::Example(saved_values),
    },
    Scenario {
        slug: "identity.mode.six-byte-form-agrees",
        clauses: &["spc3-6.9"],
        level: Level::May,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "where the six-byte form exists, it returns the same pages",
        body: Body::Example(six_byte_form),
    },
];

const ALL: ModeSense10 = ModeSense10 {
    disable_block_descriptors: true,
    page_control: 0,
    page_code: PageCode::ALL.0,
    subpage_code: 0,
    allocation_length: 4096,
};

fn sensed(stage: &mut Stage<'_>, seat: &mut HandleSeat, command: ModeSense10) -> Result<Vec<u8>, Stop> {
    let (answer, bytes) = stage.read(seat, command);
    stage.expect(&SENSES_MODES, answer)?;
    Ok(bytes)
}

/// All pages, or nothing can be concluded: another scenario judges whether they come.
fn all_pages(stage: &mut Stage<'_>, seat: &mut HandleSeat, page_control: u8) -> Result<Vec<u8>, Stop> {
    match stage.read(seat, ModeSense10 { page_control, ..ALL }) {
        (Answer::Ok, bytes) => Ok(bytes),
        (answer, _) => Err(Stop::Inconclusive(format!("MODE SENSE(10) for all pages: {answer}"))),
    }
}

/// A request for the first of the usual pages that the drive has.
fn usual_page(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<ModeSense10, Stop> {
    for page_code in [PageCode::CAPABILITIES.0, PageCode::ERROR_RECOVERY.0, PageCode::ALL.0] {
        let command = ModeSense10 { page_code, ..ALL };
        if stage.read(seat, command).0 == Answer::Ok {
            return Ok(command);
        }
    }
    Err(Stop::fail("MODE SENSE(10) returns neither page 2Ah nor page 01h nor all pages"))
}

/// The pages of an answer, whole, in their order.
fn pages(form: ModeForm, bytes: &[u8]) -> Result<Vec<(PageCode, Vec<u8>)>, Stop> {
    let data = unit::understood(ModeData::parse(form, bytes))?;
    data.pages().map(|page| unit::understood(page).map(|page| (page.code, page.bytes.to_vec()))).collect()
}

fn header(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let command = usual_page(stage, &mut seat)?;
    let bytes = sensed(stage, &mut seat, command)?;
    let data = unit::understood(ModeData::parse(ModeForm::Ten, &bytes))?;
    let descriptors = usize::from(data.header.block_descriptor_length);
    stage.ensure(descriptors % 8 == 0, || format!("{descriptors} bytes of block descriptors"))?;
    let walked = pages(ModeForm::Ten, &bytes)?.iter().map(|(_, page)| page.len()).sum::<usize>();
    let announced = usize::from(data.header.mode_data_length) + 2;
    stage.ensure(announced == 8 + descriptors + walked, || {
        format!(
            "header, descriptors and pages have {} bytes, {announced} are announced",
            8 + descriptors + walked
        )
    })
}

fn pages_ascend(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let bytes = sensed(stage, &mut seat, ALL)?;
    let codes: Vec<PageCode> = pages(ModeForm::Ten, &bytes)?.into_iter().map(|(code, _)| code).collect();
    // A vendor's page 00h comes after the others.
    let place = |code: &PageCode| if code.0 == 0 { 0x40 } else { code.0 };
    stage.ensure(!codes.is_empty() && codes.is_sorted_by(|a, b| place(a) < place(b)), || {
        format!("the pages are {codes:?}")
    })
}

fn one_as_among_all(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    for page_control in [0, 1, 2] {
        let bytes = all_pages(stage, &mut seat, page_control)?;
        for (code, page) in pages(ModeForm::Ten, &bytes)?.into_iter().filter(|(code, _)| code.0 != 0) {
            let command = ModeSense10 { page_control, page_code: code.0, ..ALL };
            let alone = pages(ModeForm::Ten, &sensed(stage, &mut seat, command)?)?;
            stage.ensure(alone == [(code, page.clone())], || {
                format!("page {code}, control {page_control}: among all {page:02X?}, alone {alone:02X?}")
            })?;
        }
    }
    Ok(())
}

fn truncated(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let command = usual_page(stage, &mut seat)?;
    let full = sensed(stage, &mut seat, command)?;
    for allocation_length in [8, 14] {
        let bytes = sensed(stage, &mut seat, ModeSense10 { allocation_length, ..command })?;
        stage.ensure(bytes.len() == usize::from(allocation_length) && full.starts_with(&bytes), || {
            format!("{allocation_length} bytes of {full:02X?} were asked for, {bytes:02X?} came")
        })?;
    }
    Ok(())
}

fn saved_values(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let (answer, _) = stage.read(&mut seat, ModeSense10 { page_control: 3, ..ALL });
    stage.expect(&SAVED_VALUES, answer)?;
    Ok(())
}

fn six_byte_form(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let of_ten = pages(ModeForm::Ten, &all_pages(stage, &mut seat, 0)?)?;
    let command = ModeSense6 {
        disable_block_descriptors: true,
        page_code: PageCode::CAPABILITIES.0,
        allocation_length: 252,
        ..ModeSense6::default()
    };
    let (answer, bytes) = stage.read(&mut seat, command);
    match answer {
        Answer::Ok => {}
        Answer::Check(code) if code == codes::INVALID_COMMAND_OPERATION_CODE => {
            return Err(Stop::Skip(
                "the six-byte form is not part of MMC, and this drive does not have it".into(),
            ));
        }
        Answer::Check(code) if code == codes::INVALID_FIELD_IN_CDB => {
            return Err(Stop::Skip("the drive does not have page 2Ah".into()));
        }
        other => return stage.ensure(false, || format!("MODE SENSE(6): {other}")),
    }
    let of_six = pages(ModeForm::Six, &bytes)?;
    let same = of_six.iter().all(|page| of_ten.contains(page)) && of_six.len() == 1;
    stage.ensure(same, || format!("page 2Ah by the six-byte form is {of_six:02X?}"))
}
