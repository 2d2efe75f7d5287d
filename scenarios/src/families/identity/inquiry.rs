//! `identity.inquiry.*`, `identity.vital-data.*`, `identity.units.*`: who the drive says that it is.

use super::sets::{
    IDENTIFIES, LISTED_PAGE, LISTS_UNITS, PAGE_WITHOUT_EVPD, PAGE_WITHOUT_EVPD_OLD, UNLISTED_PAGE, VITAL,
};
use super::{exact_length, skip_if_absent};
use crate::answer::Answer;
use crate::families::{HOST, unit};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{HandleSeat, Stage};
use crate::stop::{Stop, Verdict};
use discrig_wire::command::{Inquiry, ReportLuns};
use discrig_wire::feature::{Configuration, Core, FeatureCode};
use discrig_wire::inquiry::{
    PeripheralQualifier, PeripheralType, StandardInquiry, VpdCode, VpdHeader, VpdPage,
};
use discrig_wire::luns::{LunList, LunListHeader};

pub(in crate::families) const INQUIRY: &[Scenario] = &[
    Scenario {
        slug: "identity.inquiry.multimedia-unit",
        clauses: &["mmc5-6.9", "spc3-6.4"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the drive is a connected multimedia unit with a removable medium",
        body: Body::Example(multimedia_unit),
    },
    Scenario {
        slug: "identity.inquiry.strings-printable",
        clauses: &["spc3-6.4"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "vendor, product and revision are printable, left-aligned and padded with blanks",
        body: Body::Example(strings_printable),
    },
    Scenario {
        slug: "identity.inquiry.length-consistent",
        clauses: &["spc3-6.4"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the additional length is that of the data, which reach to the revision at least",
        body: Body::Example(length_consistent),
    },
    Scenario {
        slug: "identity.inquiry.cut-is-prefix",
        clauses: &["spc3-6.4", "spc3-4.3"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a small allocation length gives the beginning of the same data, with the same additional length",
        body: Body::Example(cut_is_prefix),
    },
    Scenario {
        slug: "identity.inquiry.page-code-without-evpd",
        clauses: &["spc3-6.4", "mmc5-5.3.2"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a page code without EVPD is refused by a drive that says that it looks at these fields",
        body: Body::Example(page_code_without_evpd),
    },
    Scenario {
        slug: "identity.vital-data.listed-pages-exist",
        clauses: &["spc3-7.6", "spc3-6.4"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the list of vital product data pages ascends, and every listed page comes with its own code and length",
        body: Body::Example(listed_pages_exist),
    },
    Scenario {
        slug: "identity.vital-data.unlisted-page-refused",
        clauses: &["spc3-6.4"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a vital product data page that is not listed is refused",
        body: Body::Example(unlisted_page_refused),
    },
    Scenario {
        slug: "identity.vital-data.designators-whole",
        clauses: &["spc3-7.6"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the designators of page 83h fill it exactly, and none is empty",
        body: Body::Example(designators_whole),
    },
    Scenario {
        slug: "identity.vital-data.serial-agrees-with-feature",
        clauses: &["spc3-7.6", "mmc5-6.6"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the serial numbers of page 80h and of feature 0108h are the same where both are there",
        body: Body::Example(serial_agrees),
    },
    Scenario {
        slug: "identity.units.list-has-this-one",
        clauses: &["spc3-6.21"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the list of logical units is as long as it says, and has unit 0 in it",
        body: Body::Example(list_has_this_one),
    },
];

/// What INQUIRY allows at most in the one byte that SCSI-2 had for it.
const MOST: u16 = 255;

fn inquire(
    stage: &mut Stage<'_>,
    seat: &mut HandleSeat,
    allocation_length: u16,
) -> Result<Vec<u8>, Stop> {
    let (answer, bytes) = stage.read(seat, Inquiry { evpd: false, page_code: 0, allocation_length });
    stage.expect(&IDENTIFIES, answer)?;
    Ok(bytes)
}

fn standard(stage: &mut Stage<'_>) -> Result<(Vec<u8>, StandardInquiry), Stop> {
    let mut seat = unit::seat(stage, HOST)?;
    let bytes = inquire(stage, &mut seat, MOST)?;
    let data = unit::understood(StandardInquiry::parse(&bytes))?;
    Ok((bytes, data))
}

fn multimedia_unit(stage: &mut Stage<'_>) -> Verdict {
    let (_, data) = standard(stage)?;
    let (qualifier, kind) = (data.peripheral_qualifier, data.peripheral_type);
    stage.ensure(qualifier == PeripheralQualifier::CONNECTED, || {
        format!("the peripheral qualifier is {qualifier}")
    })?;
    stage.ensure(kind == PeripheralType::MULTIMEDIA, || format!("the peripheral type is {kind}"))?;
    stage.ensure(data.removable, || "RMB says that the medium cannot be removed".into())?;
    stage.ensure(data.response_data_format == 2, || {
        format!("the response data format is {}", data.response_data_format)
    })
}

/// Printable, not blank throughout, and blanks only at the end of words: what is left-aligned does not begin with one.
fn is_proper(text: &[u8]) -> bool {
    text.iter().all(|byte| (0x20..0x7F).contains(byte)) && text.first().is_some_and(|byte| *byte != b' ')
}

fn strings_printable(stage: &mut Stage<'_>) -> Verdict {
    let (_, data) = standard(stage)?;
    let fields: [(&str, &[u8]); 3] =
        [("vendor", &data.vendor.0), ("product", &data.product.0), ("revision", &data.revision.0)];
    for (name, text) in fields {
        stage.ensure(is_proper(text), || format!("the {name} is \"{}\"", text.escape_ascii()))?;
    }
    Ok(())
}

fn length_consistent(stage: &mut Stage<'_>) -> Verdict {
    let (bytes, data) = standard(stage)?;
    let said = 5 + usize::from(data.additional_length);
    exact_length(stage, "INQUIRY", said.min(usize::from(MOST)), &bytes)?;
    stage.ensure(said >= StandardInquiry::SHORT, || format!("standard data have only {said} bytes"))
}

fn cut_is_prefix(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let whole = inquire(stage, &mut seat, MOST)?;
    for allocation in [0, 5, StandardInquiry::SHORT as u16] {
        let cut = inquire(stage, &mut seat, allocation)?;
        let wanted = usize::from(allocation).min(whole.len());
        stage.ensure(cut == whole[..wanted], || {
            format!("allocation length {allocation}: {cut:02X?}, of the whole {:02X?}", &whole[..wanted])
        })?;
    }
    Ok(())
}

/// INQ2 of the Core feature: EVPD, page code and allocation length are looked at.
fn says_inq2(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<bool, Stop> {
    let (answer, bytes) = unit::configuration(stage, seat, 2, FeatureCode::CORE.0);
    unit::insist(answer, "GET CONFIGURATION of feature 0001h")?;
    let configuration = unit::understood(Configuration::parse(&bytes))?;
    let core = configuration.feature(FeatureCode::CORE);
    let core = core.map(|feature| unit::understood(Core::parse(&feature))).transpose()?;
    Ok(core.is_some_and(|core| core.inquiry_2))
}

fn page_code_without_evpd(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let allowed = if says_inq2(stage, &mut seat)? { &PAGE_WITHOUT_EVPD } else { &PAGE_WITHOUT_EVPD_OLD };
    let command = Inquiry {
        evpd: false,
        page_code: VpdCode::UNIT_SERIAL_NUMBER.0,
        allocation_length: StandardInquiry::SHORT as u16,
    };
    let answer = stage.command(&mut seat, command);
    stage.expect(allowed, answer)?;
    Ok(())
}

fn vital(stage: &mut Stage<'_>, seat: &mut HandleSeat, page: VpdCode) -> (Answer, Vec<u8>) {
    stage.read(seat, Inquiry { evpd: true, page_code: page.0, allocation_length: MOST })
}

/// The pages that the drive lists. Skips where it has no vital product data, which some show by returning standard data.
fn listed(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<Vec<VpdCode>, Stop> {
    let (answer, bytes) = vital(stage, seat, VpdCode::SUPPORTED_PAGES);
    stage.expect(&VITAL, answer)?;
    let absent = || Stop::Skip("the drive does not have vital product data".into());
    if answer != Answer::Ok {
        return Err(absent());
    }
    let page = unit::understood(VpdPage::parse(&bytes))?;
    // Byte 1 of standard data is RMB.
    if page.page_code == VpdCode(0x80) && !says_inq2(stage, seat)? {
        return Err(absent());
    }
    let pages = page.supported_pages().map(Iterator::collect);
    pages.ok_or_else(|| Stop::fail(format!("page 00h was asked for, and page {} came", page.page_code)))
}

/// A page that is listed. Skips where it is not.
fn listed_page(stage: &mut Stage<'_>, seat: &mut HandleSeat, page: VpdCode) -> Result<Vec<u8>, Stop> {
    if !listed(stage, seat)?.contains(&page) {
        return Err(Stop::Skip(format!("the drive does not list the page {page}")));
    }
    let (answer, bytes) = vital(stage, seat, page);
    stage.expect(&LISTED_PAGE, answer)?;
    Ok(bytes)
}

fn listed_pages_exist(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let pages = listed(stage, &mut seat)?;
    let ascends = pages.is_sorted_by(|one, next| one < next);
    stage.ensure(ascends && pages.first() == Some(&VpdCode::SUPPORTED_PAGES), || {
        format!("the list of pages is {pages:?}")
    })?;
    for code in pages {
        let (answer, bytes) = vital(stage, &mut seat, code);
        stage.expect(&LISTED_PAGE, answer)?;
        let page = unit::understood(VpdPage::parse(&bytes))?;
        stage.ensure(page.page_code == code, || {
            format!("page {code} was asked for, and page {} came", page.page_code)
        })?;
        let said = VpdHeader::SIZE + page.announced;
        exact_length(stage, "a vital product data page", said.min(usize::from(MOST)), &bytes)?;
    }
    Ok(())
}

fn unlisted_page_refused(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let pages = listed(stage, &mut seat)?;
    let unlisted = (0x01..0x80).map(VpdCode).find(|code| !pages.contains(code));
    let unlisted = unlisted.ok_or_else(|| Stop::Skip("the drive lists every page".into()))?;
    let (answer, _) = vital(stage, &mut seat, unlisted);
    stage.expect(&UNLISTED_PAGE, answer)?;
    Ok(())
}

fn designators_whole(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let bytes = listed_page(stage, &mut seat, VpdCode::DEVICE_IDENTIFICATION)?;
    let page = unit::understood(VpdPage::parse(&bytes))?;
    let designators =
        page.designators().ok_or_else(|| Stop::fail("page 83h was asked for, and another came"))?;
    for designator in designators {
        let designator = unit::understood(designator)?;
        stage.ensure(!designator.identifier.is_empty(), || {
            format!("a designator is empty: {designator:?}")
        })?;
    }
    Ok(())
}

fn serial_agrees(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let bytes = listed_page(stage, &mut seat, VpdCode::UNIT_SERIAL_NUMBER)?;
    let page = unit::understood(VpdPage::parse(&bytes))?;
    let of_page = page.serial_number().unwrap_or_default();
    let (answer, bytes) = unit::configuration(stage, &mut seat, 2, FeatureCode::DRIVE_SERIAL_NUMBER.0);
    unit::insist(answer, "GET CONFIGURATION of feature 0108h")?;
    let configuration = unit::understood(Configuration::parse(&bytes))?;
    let feature = configuration.feature(FeatureCode::DRIVE_SERIAL_NUMBER);
    let of_feature = feature.and_then(|feature| feature.serial_number()).unwrap_or_default();
    if of_page.is_empty() || of_feature.is_empty() {
        return Err(Stop::Skip("the drive does not give its serial number in both places".into()));
    }
    stage.ensure(of_page == of_feature, || {
        format!("page 80h says {of_page:?}, feature 0108h says {of_feature:?}")
    })
}

fn list_has_this_one(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let (answer, bytes) =
        stage.read(&mut seat, ReportLuns { select_report: 0, allocation_length: 4096 });
    skip_if_absent(answer, "REPORT LUNS")?;
    stage.expect(&LISTS_UNITS, answer)?;
    let list = unit::understood(LunList::parse(&bytes))?;
    exact_length(stage, "REPORT LUNS", LunListHeader::SIZE + list.list_length as usize, &bytes)?;
    stage.ensure(list.luns().any(|lun| lun == 0), || "unit 0 is not in the list of logical units".into())
}
