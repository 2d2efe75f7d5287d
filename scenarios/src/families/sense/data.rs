//! `sense.data.*`, `sense.request.*`, `sense.not-ready.*`: the bytes of sense data, and what REQUEST SENSE returns when.

use super::sets::{NO_MEDIUM, NO_MEDIUM_OPTIONAL, RETURNS, RETURNS_DESCRIPTORS, UNKNOWN, WITHOUT_MEDIUM};
use crate::answer::Answer;
use crate::families::{HOST, unit};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{HandleSeat, Stage};
use crate::stop::{Stop, Verdict};
use core::time::Duration;
use discrig_device::{Capability, Request};
use discrig_wire::command::{
    GetConfiguration, GetEventStatusNotification, Inquiry, Read10, ReadCapacity, ReadDiscInformation,
    ReadToc, ReadTrackInformation, RequestSense, Seek10,
};
use discrig_wire::sense::Sense;
use discrig_wire::{Cdb, SenseKey};

pub(in crate::families) const DATA: &[Scenario] = &[
    Scenario {
        slug: "sense.data.fixed-layout",
        clauses: &["spc3-4.5.3"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a refused command carries current sense data in fixed format, whose length field agrees with its 18 bytes",
        body: Body::Example(fixed_layout),
    },
    Scenario {
        slug: "sense.request.nothing-to-report",
        clauses: &["spc3-6.27", "mmc5-6.30"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "REQUEST SENSE of a drive at rest returns that there is nothing to report",
        body: Body::Example(nothing_to_report),
    },
    Scenario {
        slug: "sense.request.not-delivered-twice",
        clauses: &["spc3-6.27"],
        level: Level::Should,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "REQUEST SENSE after sense data came with a status returns the present state and not that sense again",
        body: Body::Example(not_delivered_twice),
    },
    Scenario {
        slug: "sense.request.not-sticky",
        clauses: &["spc3-6.27"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "REQUEST SENSE after a command succeeded returns nothing of the failure before it",
        body: Body::Example(not_sticky),
    },
    Scenario {
        slug: "sense.request.not-sticky-after-load",
        clauses: &["spc3-6.27"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "REQUEST SENSE with a disc at rest returns nothing of the time when there was none",
        body: Body::Example(not_sticky_after_load),
    },
    Scenario {
        slug: "sense.request.without-medium",
        clauses: &["spc3-6.27", "mmc5-6.30"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "REQUEST SENSE without a medium succeeds and returns that there is none, or nothing",
        body: Body::Example(without_medium),
    },
    Scenario {
        slug: "sense.request.length-agrees",
        clauses: &["spc3-4.5.3", "spc3-6.27"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the length field of what REQUEST SENSE returns agrees with the bytes that come",
        body: Body::Example(length_agrees),
    },
    Scenario {
        slug: "sense.request.truncated",
        clauses: &["spc3-6.27", "spc3-4.3"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "REQUEST SENSE with a small allocation length succeeds and returns the beginning of the sense data",
        body: Body::Example(truncated),
    },
    Scenario {
        slug: "sense.request.no-allocation",
        clauses: &["spc3-6.27", "spc3-4.3"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "REQUEST SENSE with allocation length zero succeeds and returns nothing",
        body: Body::Example(no_allocation),
    },
    Scenario {
        slug: "sense.request.descriptor-format",
        clauses: &["spc3-6.27", "spc3-4.5.2", "field-descriptor-sense"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "REQUEST SENSE for descriptor format returns it, or fixed format, or is refused",
        body: Body::Example(descriptor_format),
    },
    Scenario {
        slug: "sense.not-ready.commands-that-need-a-medium",
        clauses: &["mmc5-6.42", "mmc5-6.15", "mmc5-6.19", "mmc5-6.26"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "without a medium the commands that need one say so",
        body: Body::Example(need_a_medium),
    },
    Scenario {
        slug: "sense.not-ready.commands-that-need-none",
        clauses: &["mmc5-6.6", "mmc5-6.9", "mmc5-6.7"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Tray,
        summary: "without a medium the commands that need none are executed",
        body: Body::Example(need_none),
    },
];

/// The raw sense bytes of a command that is refused.
fn refused_bytes(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<Vec<u8>, Stop> {
    let result = stage.execute(seat, Request::none(unit::unassigned()?, Duration::from_secs(10)));
    stage.expect(&UNKNOWN, Answer::of_command(&result))?;
    Ok(result.map(|completion| completion.sense.bytes().to_vec())?)
}

fn fixed_layout(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let bytes = refused_bytes(stage, &mut seat)?;
    stage.ensure(bytes.first().is_some_and(|byte| byte & 0x7F == 0x70), || {
        format!("the response code is not that of current sense in fixed format: {bytes:02X?}")
    })?;
    stage.ensure(bytes.len() >= 18 && bytes[7] == 0x0A, || {
        format!("18 bytes with an additional length of 0Ah are due: {bytes:02X?}")
    })
}

/// REQUEST SENSE has to succeed; what it returned.
fn returned(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<Sense, Stop> {
    let (answer, sense) = unit::request_sense(stage, seat);
    stage.expect(&RETURNS, answer)?;
    stage.ensure(sense.is_some(), || "REQUEST SENSE returned no sense data".into())?;
    sense.ok_or_else(|| Stop::fail("REQUEST SENSE returned no sense data"))
}

fn returns_nothing(stage: &mut Stage<'_>, seat: &mut HandleSeat, when: &str) -> Verdict {
    let sense = returned(stage, seat)?;
    stage.ensure(sense.code.key == SenseKey::NoSense && !sense.deferred, || {
        format!("{when}, REQUEST SENSE returns {}", sense.code)
    })
}

fn nothing_to_report(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    returns_nothing(stage, &mut seat, "nothing is pending and the medium can be accessed")
}

fn not_delivered_twice(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    refused_bytes(stage, &mut seat)?;
    returns_nothing(stage, &mut seat, "the sense of a refused command was delivered")
}

fn not_sticky(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    refused_bytes(stage, &mut seat)?;
    unit::insist(unit::test(stage, &mut seat), "TEST UNIT READY")?;
    returns_nothing(stage, &mut seat, "a command succeeded after one that was refused")
}

fn not_sticky_after_load(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut seat)?;
    unit::insist(unit::eject(stage, &mut seat), "eject")?;
    unit::settle(stage, &mut seat)?;
    unit::insist(unit::load(stage, &mut seat), "load")?;
    unit::rest(stage, &mut seat, true)?;
    unit::insist(unit::settle(stage, &mut seat)?, "TEST UNIT READY")?;
    returns_nothing(stage, &mut seat, "the disc is in again")
}

fn without_medium(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = opened(stage)?;
    let sense = returned(stage, &mut seat)?;
    let fits = match sense.code.key {
        SenseKey::NotReady => sense.code.asc == 0x3A,
        key => key == SenseKey::NoSense,
    };
    stage.ensure(fits, || format!("the tray is open, REQUEST SENSE returns {}", sense.code))
}

fn length_agrees(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let command = RequestSense { allocation_length: 252, ..RequestSense::default() };
    let (answer, bytes) = stage.read(&mut seat, command);
    stage.expect(&RETURNS, answer)?;
    let announced = bytes.get(7).map_or(0, |length| 8 + usize::from(*length));
    // A transport without residuals shows more bytes than came, never fewer.
    stage.ensure((14..=bytes.len()).contains(&announced), || {
        format!("{announced} bytes are announced, {} came", bytes.len())
    })
}

fn truncated(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let full = unit::fetch(stage, &mut seat, RequestSense { allocation_length: 18, ..Default::default() })?;
    for allocation_length in [4, 8, 14] {
        let command = RequestSense { allocation_length, ..RequestSense::default() };
        let (answer, bytes) = stage.read(&mut seat, command);
        stage.expect(&RETURNS, answer)?;
        let wanted = usize::from(allocation_length);
        stage.ensure(bytes.len() == wanted && full.starts_with(&bytes), || {
            format!("{wanted} bytes of {full:02X?} were asked for, {bytes:02X?} came")
        })?;
    }
    Ok(())
}

fn no_allocation(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let answer = unit::ask_for_nothing(stage, &mut seat, RequestSense::default());
    stage.expect(&RETURNS, answer)?;
    Ok(())
}

fn descriptor_format(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let command = RequestSense { descriptor: true, allocation_length: 252 };
    let (answer, bytes) = stage.read(&mut seat, command);
    stage.expect(&RETURNS_DESCRIPTORS, answer)?;
    if answer != Answer::Ok {
        return Ok(());
    }
    let format = bytes.first().map(|byte| byte & 0x7F);
    stage.note(if format == Some(0x72) {
        "descriptor format was returned [spc3-6.27]"
    } else {
        "fixed format was returned [field-descriptor-sense]"
    });
    stage.ensure(matches!(format, Some(0x70 | 0x72)), || {
        format!("the response code is neither that of fixed nor of descriptor format: {bytes:02X?}")
    })
}

/// A seat on the drive with the tray open.
fn opened(stage: &mut Stage<'_>) -> Result<HandleSeat, Stop> {
    let mut seat = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut seat)?;
    unit::insist(unit::eject(stage, &mut seat), "eject")?;
    unit::settle(stage, &mut seat)?;
    Ok(seat)
}

fn need_a_medium(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = opened(stage)?;
    let read = Read10 { transfer_length: 1, ..Read10::default() };
    let toc = ReadToc { allocation_length: 256, ..ReadToc::default() };
    for cdb in [ReadCapacity::default().cdb(), read.cdb(), toc.cdb()] {
        let (answer, _) = stage.read(&mut seat, cdb);
        stage.expect(&NO_MEDIUM, answer)?;
    }
    let disc = ReadDiscInformation { allocation_length: 256, ..Default::default() };
    let track =
        ReadTrackInformation { address_type: 1, address: 1, allocation_length: 256, ..Default::default() };
    for cdb in [disc.cdb(), track.cdb(), Seek10::default().cdb()] {
        let (answer, _) = stage.read(&mut seat, cdb);
        stage.expect(&NO_MEDIUM_OPTIONAL, answer)?;
    }
    Ok(())
}

fn need_none(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = opened(stage)?;
    let commands: [Cdb; 3] = [
        Inquiry { allocation_length: 96, ..Inquiry::default() }.cdb(),
        GetConfiguration { allocation_length: 1024, ..GetConfiguration::default() }.cdb(),
        GetEventStatusNotification { polled: true, notification_class_request: 0x10, allocation_length: 8 }
            .cdb(),
    ];
    for cdb in commands {
        let (answer, _) = stage.read(&mut seat, cdb);
        stage.expect(&WITHOUT_MEDIUM, answer)?;
    }
    Ok(())
}
