//! `identity.inquiry.*`, `identity.vpd.*`, `identity.luns.*`: INQUIRY, vital product data, REPORT LUNS.

use super::sets::{IDENTIFIES, LISTS_UNITS, PAGE_WITHOUT_EVPD, UNLISTED_PAGE};
use crate::answer::Answer;
use crate::families::{HOST, unit};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{HandleSeat, Stage};
use crate::stop::{Stop, Verdict};
use discrig_wire::command::{Inquiry, ReportLuns};
use discrig_wire::feature::{Configuration, Core, FeatureCode};
use discrig_wire::inquiry::{
    Association, PeripheralQualifier, PeripheralType, StandardInquiry, VpdCode, VpdPage,
};
use discrig_wire::sense::codes;

pub(in crate::families) const INQUIRY: &[Scenario] = &[
    Scenario {
        slug: "identity.inquiry.standard-data",
        clauses: &["spc3-6.4", "mmc5-6.9"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "standard INQUIRY data are those of a connected CD/DVD/BD device with a removable medium and no changer",
        body: Body::Example(standard_data),
    },
    Scenario {
        slug: "identity.inquiry.length-agrees",
        clauses: &["spc3-6.4"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the additional length of standard INQUIRY data covers the identification and agrees with what comes",
        body: Body::Example(length_agrees),
    },
    Scenario {
        slug: "identity.inquiry.strings",
        clauses: &["spc3-6.4"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "vendor, product and revision are printable ASCII, aligned to the left and padded with blanks",
        body: Body::Example(strings),
    },
    Scenario {
        slug: "identity.inquiry.truncated",
        clauses: &["spc3-6.4", "spc3-4.3"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a small allocation length cuts standard INQUIRY data and leaves the additional length",
        body: Body::Example(truncated),
    },
    Scenario {
        slug: "identity.inquiry.no-allocation",
        clauses: &["spc3-6.4", "spc3-4.3"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "INQUIRY with allocation length zero succeeds",
        body: Body::Example(no_allocation),
    },
    Scenario {
        slug: "identity.inquiry.page-without-evpd",
        clauses: &["spc3-6.4"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a page code without the bit that asks for a page is refused",
        body: Body::Example(page_without_evpd),
    },
    Scenario {
        slug: "identity.vpd.every-listed-page",
        clauses: &["spc3-7.6", "field-no-vpd"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the list of vital product data pages ascends, and each page on it comes with its code and length",
        body: Body::Example(every_listed_page),
    },
    Scenario {
        slug: "identity.vpd.unlisted-page-refused",
        clauses: &["spc3-6.4", "spc3-7.6"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a page of vital product data that is not listed is refused",
        body: Body::Example(unlisted_page),
    },
    Scenario {
        slug: "identity.vpd.serial-agrees-with-feature",
        clauses: &["spc3-7.6", "mmc5-5.2.2"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the serial number of page 80h is that of feature 0108h, where both have one",
        body: Body::Example(serial_agrees),
    },
    Scenario {
        slug: "identity.vpd.names-the-unit",
        clauses: &["spc3-7.6"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "page 83h has a name of the logical unit, and its lengths agree",
        body: Body::Example(names_the_unit),
    },
    Scenario {
        slug: "identity.luns.lists-unit-zero",
        clauses: &["spc3-6.21", "field-no-report-luns"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "REPORT LUNS lists unit 0, and its length agrees",
        body: Body::Example(lists_unit_zero),
    },
];

const STANDARD: Inquiry = Inquiry { evpd: false, page_code: 0, allocation_length: 252 };

fn standard(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<Vec<u8>, Stop> {
    let (answer, bytes) = stage.read(seat, STANDARD);
    stage.expect(&IDENTIFIES, answer)?;
    Ok(bytes)
}

fn standard_data(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let bytes = standard(stage, &mut seat)?;
    let data = unit::understood(StandardInquiry::parse(&bytes))?;
    let facts = [
        ("peripheral qualifier", data.peripheral_qualifier == PeripheralQualifier::CONNECTED),
        ("peripheral device type", data.peripheral_type == PeripheralType::MULTIMEDIA),
        ("removable medium", data.removable),
        ("response data format", data.response_data_format <= 2),
        ("medium changer", !data.medium_changer),
    ];
    for (name, holds) in facts {
        stage.ensure(holds, || {
            format!("standard INQUIRY data: the {name} is not that of an MMC unit: {data:?}")
        })?;
    }
    Ok(())
}

fn length_agrees(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let bytes = standard(stage, &mut seat)?;
    let announced = bytes.get(4).map_or(0, |length| 5 + usize::from(*length));
    stage.ensure(announced >= StandardInquiry::SHORT, || {
        format!("{announced} bytes are announced, the identification has 36")
    })?;
    stage.ensure(bytes.len() >= announced.min(252), || {
        format!("{announced} bytes are announced, {} came", bytes.len())
    })
}

fn strings(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let bytes = standard(stage, &mut seat)?;
    let data = unit::understood(StandardInquiry::parse(&bytes))?;
    let fields = [
        ("vendor identification", data.vendor.is_printable(), &data.vendor.0[..]),
        ("product identification", data.product.is_printable(), &data.product.0[..]),
        ("product revision", data.revision.is_printable(), &data.revision.0[..]),
    ];
    for (name, printable, raw) in fields {
        stage.ensure(printable, || format!("the {name} is not printable ASCII: {raw:02X?}"))?;
        stage.ensure(raw.first() != Some(&b' ') || raw.iter().all(|byte| *byte == b' '), || {
            format!("the {name} is not aligned to the left: {raw:02X?}")
        })?;
    }
    stage.ensure(!data.vendor.trimmed().is_empty() && !data.product.trimmed().is_empty(), || {
        "vendor or product identification is blank".into()
    })
}

fn truncated(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let full = standard(stage, &mut seat)?;
    for allocation_length in [36, 8, 6] {
        let (answer, bytes) = stage.read(&mut seat, Inquiry { allocation_length, ..STANDARD });
        stage.expect(&IDENTIFIES, answer)?;
        stage.ensure(bytes.len() == usize::from(allocation_length) && full.starts_with(&bytes), || {
            format!("{allocation_length} bytes of {full:02X?} were asked for, {bytes:02X?} came")
        })?;
    }
    Ok(())
}

fn no_allocation(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let answer = unit::ask_for_nothing(stage, &mut seat, Inquiry { allocation_length: 0, ..STANDARD });
    stage.expect(&IDENTIFIES, answer)?;
    Ok(())
}

fn page_without_evpd(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let (answer, _) = stage.read(&mut seat, Inquiry { page_code: 0x80, ..STANDARD });
    stage.expect(&PAGE_WITHOUT_EVPD, answer)?;
    Ok(())
}

/// A page of vital product data, whole.
fn page(stage: &mut Stage<'_>, seat: &mut HandleSeat, code: VpdCode) -> (Answer, Vec<u8>) {
    stage.read(seat, Inquiry { evpd: true, page_code: code.0, allocation_length: 0xFF00 })
}

/// Whether feature 0001h says that vital product data are there.
fn says_inq2(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<bool, Stop> {
    let (answer, bytes) = unit::configuration(stage, seat, 0, 0);
    unit::insist(answer, "GET CONFIGURATION")?;
    let configuration = unit::understood(Configuration::parse(&bytes))?;
    let core = configuration.feature(FeatureCode::CORE);
    core.map_or(Ok(false), |core| unit::understood(Core::parse(&core)).map(|core| core.inquiry_2))
}

/// The pages that the drive lists. Skips where it has none, which feature 0001h then has to say too.
fn listed(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<Vec<VpdCode>, Stop> {
    let (answer, bytes) = page(stage, seat, VpdCode::SUPPORTED_PAGES);
    let listed = match answer {
        Answer::Ok => unit::understood(VpdPage::parse(&bytes))?.supported_pages().map(Vec::from_iter),
        Answer::Check(code) if code == codes::INVALID_FIELD_IN_CDB => None,
        other => return Err(Stop::fail(format!("INQUIRY of page 00h: {other}"))),
    };
    match listed.filter(|pages| !pages.is_empty() && pages.first() == Some(&VpdCode::SUPPORTED_PAGES)) {
        Some(pages) => Ok(pages),
        None if says_inq2(stage, seat)? => {
            Err(Stop::fail("feature 0001h promises vital product data, and page 00h does not come"))
        }
        None => {
            Err(Stop::Skip("the drive has no vital product data, and feature 0001h promises none".into()))
        }
    }
}

fn every_listed_page(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let pages = listed(stage, &mut seat)?;
    stage.ensure(pages.is_sorted(), || format!("the list of pages does not ascend: {pages:?}"))?;
    for code in pages {
        let (answer, bytes) = page(stage, &mut seat, code);
        stage.expect(&IDENTIFIES, answer)?;
        let page = unit::understood(VpdPage::parse(&bytes))?;
        let fits = page.page_code == code
            && page.peripheral_type == PeripheralType::MULTIMEDIA
            && page.body.len() == page.announced;
        stage.ensure(fits, || format!("page {code}: {bytes:02X?}"))?;
    }
    Ok(())
}

fn unlisted_page(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let pages = listed(stage, &mut seat)?;
    // Codes that no standard assigns.
    for code in [0x7F, 0x8E].map(VpdCode).into_iter().filter(|code| !pages.contains(code)) {
        let (answer, _) = page(stage, &mut seat, code);
        stage.expect(&UNLISTED_PAGE, answer)?;
    }
    Ok(())
}

fn serial_agrees(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    if !listed(stage, &mut seat)?.contains(&VpdCode::UNIT_SERIAL_NUMBER) {
        return Err(Stop::Skip("the drive does not list page 80h".into()));
    }
    let (answer, bytes) = page(stage, &mut seat, VpdCode::UNIT_SERIAL_NUMBER);
    stage.expect(&IDENTIFIES, answer)?;
    let of_page = unit::understood(VpdPage::parse(&bytes))?.serial_number().unwrap_or("").to_owned();
    let (answer, bytes) = unit::configuration(stage, &mut seat, 0, FeatureCode::DRIVE_SERIAL_NUMBER.0);
    unit::insist(answer, "GET CONFIGURATION")?;
    let configuration = unit::understood(Configuration::parse(&bytes))?;
    let feature = configuration.feature(FeatureCode::DRIVE_SERIAL_NUMBER);
    let of_feature = feature.and_then(|feature| feature.serial_number()).unwrap_or("");
    if of_page.is_empty() || of_feature.is_empty() {
        return Err(Stop::Skip("page 80h or feature 0108h has no serial number".into()));
    }
    stage.ensure(of_page == of_feature, || {
        format!("page 80h says {of_page:?}, feature 0108h says {of_feature:?}")
    })
}

fn names_the_unit(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    if !listed(stage, &mut seat)?.contains(&VpdCode::DEVICE_IDENTIFICATION) {
        return Err(Stop::Skip("the drive does not list page 83h".into()));
    }
    let (answer, bytes) = page(stage, &mut seat, VpdCode::DEVICE_IDENTIFICATION);
    stage.expect(&IDENTIFIES, answer)?;
    let page = unit::understood(VpdPage::parse(&bytes))?;
    let mut of_unit = 0;
    for designator in page.designators().into_iter().flatten() {
        let designator = unit::understood(designator)?;
        of_unit += usize::from(designator.association == Association::LOGICAL_UNIT);
    }
    stage.ensure(of_unit > 0, || "page 83h has no name of the logical unit".into())
}

fn lists_unit_zero(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let (answer, bytes) = stage.read(&mut seat, ReportLuns { select_report: 0, allocation_length: 4096 });
    stage.expect(&LISTS_UNITS, answer)?;
    if answer != Answer::Ok {
        return Err(Stop::Skip("REPORT LUNS is not carried by this transport".into()));
    }
    let announced = bytes.first_chunk().map_or(0, |length| u32::from_be_bytes(*length) as usize);
    let units = bytes.get(8..8 + announced).map(|list| list.chunks_exact(8));
    stage.ensure(announced >= 8 && announced % 8 == 0 && units.is_some(), || {
        format!("{announced} bytes of unit numbers are announced, {} came", bytes.len().saturating_sub(8))
    })?;
    stage.ensure(units.into_iter().flatten().any(|unit| unit == [0; 8]), || {
        "unit 0, which answers, is not listed".into()
    })
}
