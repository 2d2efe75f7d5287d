//! `identity.disc.*`, `identity.read.*`: what commands say of a data disc agrees, and its blocks can be read.

use super::sets::{LISTS_TRACKS, MEASURES, OPTIONAL, READS, STRUCTURES};
use crate::answer::Answer;
use crate::families::{HOST, unit};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{HandleSeat, Stage};
use crate::stop::{Stop, Verdict};
use discrig_device::Capability;
use discrig_wire::Cdb;
use discrig_wire::capacity::Capacity;
use discrig_wire::command::{
    GetPerformance, Read10, Read12, ReadCapacity, ReadDiscInformation, ReadDiscStructure, ReadToc,
    ReadTrackInformation,
};
use discrig_wire::disc::{DiscInformation, DiscStatus, SessionStatus};
use discrig_wire::feature::Profile;
use discrig_wire::toc::{LEAD_OUT, TocData, TocEntry};
use discrig_wire::track::TrackInformation;

pub(in crate::families) const DISC: &[Scenario] = &[
    Scenario {
        slug: "identity.disc.capacity",
        clauses: &["mmc5-6.19"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "READ CAPACITY of a data disc names a last block, and blocks of 2048 bytes",
        body: Body::Example(capacity_of_data),
    },
    Scenario {
        slug: "identity.disc.table-of-contents",
        clauses: &["mmc5-6.26"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "the table of contents lists every track from the first to the last and then the lead-out, in ascending addresses",
        body: Body::Example(table_of_contents),
    },
    Scenario {
        slug: "identity.disc.lead-out-follows-last-block",
        clauses: &["mmc5-6.26", "mmc5-6.19"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "on a pressed data disc of one session the lead-out is the block after the last one",
        body: Body::Example(lead_out_follows),
    },
    Scenario {
        slug: "identity.disc.lead-out-alone",
        clauses: &["mmc5-6.26"],
        level: Level::Should,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "a table of contents from the lead-out on has the lead-out, and the same address",
        body: Body::Example(lead_out_alone),
    },
    Scenario {
        slug: "identity.disc.information-complete",
        clauses: &["mmc5-6.22"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "disc information of a pressed disc tells of a complete disc that cannot be erased",
        body: Body::Example(information_complete),
    },
    Scenario {
        slug: "identity.disc.track-information-agrees",
        clauses: &["mmc5-6.27", "mmc5-6.26"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "track information by number and by block agree with each other and with the table of contents",
        body: Body::Example(track_information_agrees),
    },
    Scenario {
        slug: "identity.disc.performance-length",
        clauses: &["mmc5-6.8"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "the length of GET PERFORMANCE counts what follows it, in whole descriptors",
        body: Body::Example(performance_length),
    },
    Scenario {
        slug: "identity.disc.structure-length",
        clauses: &["mmc5-6.23"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "the length of READ DISC STRUCTURE counts what follows it",
        body: Body::Example(structure_length),
    },
    Scenario {
        slug: "identity.read.first-and-last-block",
        clauses: &["mmc5-6.15", "mmc5-6.19"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "the first and the last block of a pressed data disc can be read",
        body: Body::Example(first_and_last),
    },
    Scenario {
        slug: "identity.read.several-blocks-as-single-ones",
        clauses: &["mmc5-6.15"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "several blocks read at once are the blocks read one by one",
        body: Body::Example(several_as_single),
    },
    Scenario {
        slug: "identity.read.ten-and-twelve-agree",
        clauses: &["mmc5-6.15", "mmc5-6.16"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "READ(12), where the drive has it, returns what READ(10) does",
        body: Body::Example(ten_and_twelve),
    },
    Scenario {
        slug: "identity.read.no-blocks",
        clauses: &["mmc5-6.15"],
        level: Level::Must,
        needs: &[Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "READ(10) of no blocks succeeds",
        body: Body::Example(no_blocks),
    },
];

fn capacity(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<Capacity, Stop> {
    let (answer, bytes) = stage.read(seat, ReadCapacity::default());
    stage.expect(&MEASURES, answer)?;
    unit::understood(Capacity::parse(&bytes))
}

/// First and last track, and the entries of the table of contents in blocks, from `from` on.
fn contents(stage: &mut Stage<'_>, seat: &mut HandleSeat, from: u8) -> Result<(u8, u8, Vec<TocEntry>), Stop> {
    let command = ReadToc { track_session_number: from, allocation_length: 4096, ..ReadToc::default() };
    let (answer, bytes) = stage.read(seat, command);
    stage.expect(&LISTS_TRACKS, answer)?;
    let toc = unit::understood(TocData::parse(&bytes))?;
    let announced = usize::from(toc.header.data_length) + 2;
    stage.ensure(announced <= bytes.len() && announced % 8 == 4, || {
        format!("the table of contents announces {announced} bytes, {} came", bytes.len())
    })?;
    Ok((toc.header.first, toc.header.last, toc.tracks().collect()))
}

/// Skips unless the disc is a pressed one, of which everything is complete.
fn require_pressed(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<Profile, Stop> {
    let profile = Profile(unit::current_profile(stage, seat)?);
    match profile {
        Profile::CD_ROM | Profile::DVD_ROM | Profile::BD_ROM => Ok(profile),
        other => Err(Stop::Skip(format!("the disc is not a pressed one: {other}"))),
    }
}

/// Data of a command that the drive need not have.
fn optional(stage: &mut Stage<'_>, seat: &mut HandleSeat, command: impl Into<Cdb>) -> Result<Vec<u8>, Stop> {
    let cdb = command.into();
    let (answer, bytes) = stage.read(seat, cdb);
    stage.expect(&OPTIONAL, answer)?;
    if answer == Answer::Ok { Ok(bytes) } else { Err(Stop::Skip(format!("the drive does not have {cdb}"))) }
}

fn capacity_of_data(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let capacity = capacity(stage, &mut seat)?;
    stage.ensure(capacity.block_length == 2048, || format!("blocks have {} bytes", capacity.block_length))?;
    stage.ensure(capacity.last_block > 0, || "a data disc ends with block 0".into())
}

fn table_of_contents(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let (first, last, entries) = contents(stage, &mut seat, 0)?;
    let tracks: Vec<u8> = entries.iter().map(|entry| entry.track).collect();
    let expected: Vec<u8> = (first..=last).chain([LEAD_OUT]).collect();
    stage.ensure(first >= 1 && tracks == expected, || {
        format!("the header says tracks {first} to {last}, the entries are {tracks:02X?}")
    })?;
    stage.ensure(entries.is_sorted_by(|a, b| a.lba(false) < b.lba(false)), || {
        format!("the addresses do not ascend: {entries:?}")
    })
}

fn lead_out_follows(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    require_pressed(stage, &mut seat)?;
    let capacity = capacity(stage, &mut seat)?;
    let (_, _, entries) = contents(stage, &mut seat, 0)?;
    let lead_out = entries.last().map(|entry| entry.address);
    stage.ensure(lead_out == capacity.last_block.checked_add(1), || {
        format!("the last block is {}, the lead-out {lead_out:?}", capacity.last_block)
    })
}

fn lead_out_alone(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let (_, _, whole) = contents(stage, &mut seat, 0)?;
    let (_, _, alone) = contents(stage, &mut seat, LEAD_OUT)?;
    if alone.len() > 1 {
        stage.note("the whole table of contents comes instead of the lead-out alone");
    }
    stage.ensure(alone.last() == whole.last(), || {
        format!("the lead-out is {:?}, and alone {:?}", whole.last(), alone.last())
    })
}

fn information_complete(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    require_pressed(stage, &mut seat)?;
    let command = ReadDiscInformation { data_type: 0, allocation_length: 4096 };
    let bytes = optional(stage, &mut seat, command)?;
    let disc = unit::understood(DiscInformation::parse(&bytes))?;
    let announced = usize::from(disc.data_length) + 2;
    stage.ensure(announced >= 34 && announced <= bytes.len(), || {
        format!("disc information announces {announced} bytes, {} came", bytes.len())
    })?;
    let facts = [
        ("disc status", disc.disc_status == DiscStatus::COMPLETE),
        ("state of the last session", disc.last_session_status == SessionStatus::COMPLETE),
        ("erasable", !disc.erasable),
        ("number of sessions", disc.sessions >= 1),
    ];
    for (name, holds) in facts {
        stage.ensure(holds, || format!("disc information of a pressed disc: {name}: {disc:?}"))?;
    }
    Ok(())
}

fn track(
    stage: &mut Stage<'_>,
    seat: &mut HandleSeat,
    by: u8,
    address: u32,
) -> Result<TrackInformation, Stop> {
    let command = ReadTrackInformation { open: false, address_type: by, address, allocation_length: 256 };
    let bytes = optional(stage, seat, command)?;
    unit::understood(TrackInformation::parse(&bytes))
}

fn track_information_agrees(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let (_, _, entries) = contents(stage, &mut seat, 0)?;
    let Some(entry) = entries.first() else { return Err(Stop::Inconclusive("there is no track".into())) };
    let by_number = track(stage, &mut seat, 1, entry.track.into())?;
    let by_block = track(stage, &mut seat, 0, entry.address)?;
    stage.ensure(by_number == by_block, || {
        format!("track {} by number is {by_number:?}, by block {by_block:?}", entry.track)
    })?;
    stage.ensure(by_number.track == u16::from(entry.track) && by_number.start == entry.address, || {
        format!("the table of contents has track {} at {}: {by_number:?}", entry.track, entry.address)
    })
}

fn performance_length(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    // Nominal reading performance.
    let command = GetPerformance { data_type: 0x10, maximum_descriptors: 16, ..GetPerformance::default() };
    let bytes = optional(stage, &mut seat, command)?;
    let announced = bytes.first_chunk().map_or(0, |length| u32::from_be_bytes(*length) as usize);
    stage.ensure(announced >= 4 && (announced - 4) % 16 == 0 && announced + 4 <= bytes.len(), || {
        format!("GET PERFORMANCE announces {announced} bytes after its length, {} came in all", bytes.len())
    })
}

fn structure_length(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let media_type = match require_pressed(stage, &mut seat)? {
        Profile::DVD_ROM => 0,
        Profile::BD_ROM => 1,
        _ => return Err(Stop::Skip("a CD has no such structures".into())),
    };
    let command = ReadDiscStructure { media_type, allocation_length: 8192, ..ReadDiscStructure::default() };
    let (answer, bytes) = stage.read(&mut seat, command);
    stage.expect(&STRUCTURES, answer)?;
    if answer != Answer::Ok {
        return Err(Stop::Skip("the drive does not return the physical format of this disc".into()));
    }
    let announced = bytes.first_chunk().map_or(0, |length| usize::from(u16::from_be_bytes(*length)));
    stage.ensure(announced > 2 && announced + 2 <= bytes.len(), || {
        format!(
            "READ DISC STRUCTURE announces {announced} bytes after its length, {} came in all",
            bytes.len()
        )
    })
}

fn read(stage: &mut Stage<'_>, seat: &mut HandleSeat, block: u32, count: u16) -> Result<Vec<u8>, Stop> {
    let command = Read10 { logical_block_address: block, transfer_length: count, ..Read10::default() };
    let (answer, bytes) = stage.read(seat, command);
    stage.expect(&READS, answer)?;
    let wanted = usize::from(count) * 2048;
    stage.ensure(bytes.len() == wanted, || format!("{wanted} bytes were asked for, {} came", bytes.len()))?;
    Ok(bytes)
}

fn first_and_last(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    require_pressed(stage, &mut seat)?;
    let last = capacity(stage, &mut seat)?.last_block;
    for block in [0, last] {
        read(stage, &mut seat, block, 1)?;
    }
    Ok(())
}

fn several_as_single(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let count = capacity(stage, &mut seat)?.blocks().min(20) as u16;
    let together = read(stage, &mut seat, 0, count)?;
    let mut single = Vec::new();
    for block in 0..u32::from(count) {
        single.extend(read(stage, &mut seat, block, 1)?);
    }
    let differs = together.chunks(2048).zip(single.chunks(2048)).position(|(a, b)| a != b);
    stage.ensure(differs.is_none(), || format!("block {differs:?} differs when it is read alone"))
}

fn ten_and_twelve(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let count = capacity(stage, &mut seat)?.blocks().min(18) as u16;
    let ten = read(stage, &mut seat, 0, count)?;
    let twelve = optional(stage, &mut seat, Read12 { transfer_length: count.into(), ..Read12::default() })?;
    stage.ensure(ten == twelve, || "READ(10) and READ(12) of the same blocks differ".into())
}

fn no_blocks(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let answer = unit::ask_for_nothing(stage, &mut seat, Read10::default());
    stage.expect(&READS, answer)?;
    Ok(())
}
