//! `sense.refused.*`: what is illegal is refused with the right key and code, and the field pointer makes sense.

use super::sets::{
    NO_ACA, NOT_WRITABLE, OUT_OF_RANGE, RESERVED_BIT, RESERVED_VALUE, RESERVED_VALUE_OF_OPTIONAL,
    SEEK_OUT_OF_RANGE, UNKNOWN,
};
use crate::allowed::Allowed;
use crate::answer::Answer;
use crate::families::{HOST, unit};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{HandleSeat, Stage};
use crate::stop::{Stop, Verdict};
use core::time::Duration;
use discrig_device::{Capability, Request};
use discrig_wire::Cdb;
use discrig_wire::capacity::Capacity;
use discrig_wire::command::{
    ModeSense10, Read10, ReadCapacity, ReadDiscInformation, ReadToc, ReadTrackInformation, Seek10, Write10,
};
use discrig_wire::feature::Profile;
use discrig_wire::sense::codes;

pub(in crate::families) const REFUSED: &[Scenario] = &[
    Scenario {
        slug: "sense.refused.unknown-command",
        clauses: &["spc3-4.3"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "an operation code that is not assigned is refused as such",
        body: Body::Example(unknown_command),
    },
    Scenario {
        slug: "sense.refused.reserved-bits",
        clauses: &["spc3-4.3", "spc3-4.5.2.4", "field-reserved-bits"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a reserved bit of a CDB is refused with a pointer to it, or has no effect",
        body: Body::Example(reserved_bits),
    },
    Scenario {
        slug: "sense.refused.reserved-values",
        clauses: &["spc3-4.3", "spc3-4.5.2.4"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "a reserved value in a defined field of a CDB is refused, and a field pointer points to it",
        body: Body::Example(reserved_values),
    },
    Scenario {
        slug: "sense.refused.auto-contingent-allegiance",
        clauses: &["spc3-4.3", "field-reserved-bits"],
        level: Level::Should,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "NACA is refused, or has no effect on a drive that does not look at the control byte",
        body: Body::Example(naca),
    },
    Scenario {
        slug: "sense.refused.block-after-the-last",
        clauses: &["mmc5-6.15", "mmc5-6.19"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "reading beyond the last block that READ CAPACITY names is refused as out of range",
        body: Body::Example(block_after_the_last),
    },
    Scenario {
        slug: "sense.refused.seek-after-the-last",
        clauses: &["mmc5-6.32"],
        level: Level::Should,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "seeking beyond the last block is refused as out of range",
        body: Body::Example(seek_after_the_last),
    },
    Scenario {
        slug: "sense.refused.write-to-pressed-disc",
        clauses: &["mmc5-6.44"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Write,
        summary: "WRITE(10) to a pressed disc is refused and leaves what is on it",
        body: Body::Example(write_to_pressed_disc),
    },
];

/// Sends a CDB with room for 64 bytes of data-in (none when `data` is false), judges the answer, and checks that a field pointer stays
/// within the bytes that are wrong.
fn judge_field(
    stage: &mut Stage<'_>,
    seat: &mut HandleSeat,
    cdb: Cdb,
    data: bool,
    wrong: core::ops::RangeInclusive<u16>,
    allowed: &Allowed,
) -> Verdict {
    let (mut buffer, timeout) = ([0; 64], Duration::from_secs(20));
    let request = if data { Request::input(cdb, &mut buffer, timeout) } else { Request::none(cdb, timeout) };
    let result = stage.execute(seat, request);
    let answer = Answer::of_command(&result);
    stage.expect(allowed, answer)?;
    let pointer =
        result.ok().and_then(|completion| completion.sense.parse()).and_then(|sense| sense.pointer());
    if !matches!(answer, Answer::Check(code) if code == codes::INVALID_FIELD_IN_CDB) {
        return Ok(());
    }
    match pointer {
        Some(pointer) => stage.ensure(pointer.in_cdb && wrong.contains(&pointer.byte), || {
            format!("{cdb}: the field at byte {wrong:?} is wrong, the sense data point to {pointer:?}")
        }),
        None => {
            stage.note(format!("{cdb}: refused without a field pointer"));
            Ok(())
        }
    }
}

fn unknown_command(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    for cdb in [unit::unassigned()?, unit::raw(&[0x4F, 0, 0, 0, 0, 0, 0, 0, 0, 0])?] {
        let answer = unit::bare(stage, &mut seat, cdb);
        stage.expect(&UNKNOWN, answer)?;
    }
    Ok(())
}

/// Commands with one reserved bit set: bytes, whether data come, where the bit is.
const RESERVED_BITS: &[(&[u8], bool, u16)] = &[
    (&[0x00, 0, 0x01, 0, 0, 0], false, 2),
    (&[0x00, 0, 0, 0, 0x80, 0], false, 4),
    (&[0x03, 0, 0x40, 0, 18, 0], true, 2),
    (&[0x12, 0x10, 0, 0, 36, 0], true, 1),
    (&[0x1E, 0, 0, 0x02, 0, 0], false, 3),
    (&[0x1E, 0, 0, 0, 0x40, 0], false, 4),
    (&[0x25, 0, 0, 0, 0, 0, 0x01, 0, 0, 0], true, 6),
    (&[0x46, 0x80, 0, 0, 0, 0, 0, 0, 8, 0], true, 1),
    (&[0x46, 0, 0, 0, 0x01, 0, 0, 0, 8, 0], true, 4),
    (&[0x4A, 0x01, 0x20, 0, 0x10, 0, 0, 0, 8, 0], true, 2),
    (&[0x5A, 0, 0x3F, 0, 0x04, 0, 0, 0, 8, 0], true, 4),
];

fn reserved_bits(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    for (bytes, data, byte) in RESERVED_BITS {
        judge_field(stage, &mut seat, unit::raw(bytes)?, *data, *byte..=*byte, &RESERVED_BIT)?;
    }
    Ok(())
}

fn reserved_values(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let toc = ReadToc { format: 0x0F, allocation_length: 64, ..ReadToc::default() };
    judge_field(stage, &mut seat, toc.cdb(), true, 2..=2, &RESERVED_VALUE)?;
    let page = ModeSense10 { page_code: 0x3B, allocation_length: 64, ..ModeSense10::default() };
    judge_field(stage, &mut seat, page.cdb(), true, 2..=2, &RESERVED_VALUE)?;
    let disc = ReadDiscInformation { data_type: 7, allocation_length: 64 };
    judge_field(stage, &mut seat, disc.cdb(), true, 1..=1, &RESERVED_VALUE_OF_OPTIONAL)?;
    let track =
        ReadTrackInformation { address_type: 3, address: 1, allocation_length: 64, ..Default::default() };
    judge_field(stage, &mut seat, track.cdb(), true, 1..=1, &RESERVED_VALUE_OF_OPTIONAL)
}

fn naca(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let cdb = unit::raw(&[0x1E, 0, 0, 0, 0, 0x04])?;
    judge_field(stage, &mut seat, cdb, false, 5..=5, &NO_ACA)
}

fn last_block(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<u32, Stop> {
    let bytes = unit::fetch(stage, seat, ReadCapacity::default())?;
    Ok(unit::understood(Capacity::parse(&bytes))?.last_block)
}

fn block_after_the_last(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let last = last_block(stage, &mut seat)?;
    let after = last.saturating_add(1);
    for (logical_block_address, transfer_length) in [(after, 1), (last, 2), (0x7FFF_FF00, 1)] {
        let command = Read10 { logical_block_address, transfer_length, ..Read10::default() };
        let (answer, _) = stage.read(&mut seat, command);
        stage.expect(&OUT_OF_RANGE, answer)?;
    }
    Ok(())
}

fn seek_after_the_last(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let last = last_block(stage, &mut seat)?;
    let answer = stage.command(&mut seat, Seek10 { logical_block_address: last.saturating_add(1) });
    stage.expect(&SEEK_OUT_OF_RANGE, answer)?;
    Ok(())
}

fn write_to_pressed_disc(stage: &mut Stage<'_>) -> Verdict {
    const PRESSED: [Profile; 3] = [Profile::CD_ROM, Profile::DVD_ROM, Profile::BD_ROM];
    let mut seat = unit::seat(stage, HOST)?;
    let profile = Profile(unit::current_profile(stage, &mut seat)?);
    if !PRESSED.contains(&profile) {
        return Err(Stop::Skip(format!("the disc is not a pressed one: {profile}")));
    }
    let read = Read10 { transfer_length: 1, ..Read10::default() };
    let before = unit::fetch(stage, &mut seat, read)?;
    let write = Write10 { transfer_length: 1, ..Write10::default() };
    let inverse: Vec<u8> = before.iter().map(|byte| !byte).collect();
    let answer = stage.write(&mut seat, write, &inverse);
    stage.expect(&NOT_WRITABLE, answer)?;
    let after = unit::fetch(stage, &mut seat, read)?;
    stage.ensure(before == after, || "a refused WRITE(10) changed the first block".into())
}
