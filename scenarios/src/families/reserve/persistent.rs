//! `reserve.persistent.*`: PERSISTENT RESERVE IN and OUT, where the drive has them.

use super::sets::{
    CLEARED, PERSISTENT, PERSISTENT_CONFLICT, PERSISTENT_DOES, PERSISTENT_FREE, PREEMPTED, RELEASED,
    WRONG_RELEASE,
};
use crate::answer::Answer;
use crate::families::HOST;
use crate::families::unit::{self, OTHER};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{HandleSeat, Stage};
use crate::stop::{Stop, Verdict};
use discrig_device::{Capability, ResetKind};
use discrig_wire::Cdb;
use discrig_wire::command::{
    PersistentReserveInReadKeys, PersistentReserveInReadReservation, PersistentReserveInReportCapabilities,
    PersistentReserveOutClear, PersistentReserveOutPreempt, PersistentReserveOutRegister,
    PersistentReserveOutRelease, PersistentReserveOutReserve, Read10,
};
use discrig_wire::reservation::{
    ReservationCapabilities, ReservationKeys, ReservationKind, ReservationParameters, ReservationStatus,
};

pub(in crate::families) const PERSISTENT_RESERVATION: &[Scenario] = &[
    Scenario {
        slug: "reserve.persistent.registered-keys-are-read",
        clauses: &["spc3-5.6", "spc3-6.11", "spc3-6.12"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a key that was registered is listed until it is unregistered",
        body: Body::Example(keys_are_read),
    },
    Scenario {
        slug: "reserve.persistent.reservation-is-read",
        clauses: &["spc3-5.6", "spc3-6.11"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a reservation is shown with the key and the type with which it was taken, until it is released",
        body: Body::Example(reservation_is_read),
    },
    Scenario {
        slug: "reserve.persistent.unregistered-cannot-reserve",
        clauses: &["spc3-5.6", "spc3-6.12"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a nexus that is not registered, or gives a wrong key, cannot reserve",
        body: Body::Example(unregistered_cannot_reserve),
    },
    Scenario {
        slug: "reserve.persistent.exclusive-access-keeps-out",
        clauses: &["spc3-5.6"],
        level: Level::Must,
        needs: &[Capability::SecondHost, Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "an exclusive access reservation keeps another nexus from reading, registered or not",
        body: Body::Example(exclusive_access),
    },
    Scenario {
        slug: "reserve.persistent.registrants-are-let-in",
        clauses: &["spc3-5.6"],
        level: Level::Must,
        needs: &[Capability::SecondHost, Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "a reservation for registrants lets a nexus read as soon as it is registered",
        body: Body::Example(registrants_are_let_in),
    },
    Scenario {
        slug: "reserve.persistent.write-exclusive-lets-read",
        clauses: &["spc3-5.6"],
        level: Level::Must,
        needs: &[Capability::SecondHost, Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "a write exclusive reservation lets another nexus read",
        body: Body::Example(write_exclusive),
    },
    Scenario {
        slug: "reserve.persistent.release-of-wrong-type",
        clauses: &["spc3-6.12"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "a release that names another type than the reservation has is refused and ends nothing",
        body: Body::Example(wrong_release),
    },
    Scenario {
        slug: "reserve.persistent.preempt-takes-over",
        clauses: &["spc3-5.6", "spc3-6.12"],
        level: Level::Must,
        needs: &[Capability::SecondHost, Capability::QuietBus, Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "a preempt takes the reservation, removes the holder's registration and tells it",
        body: Body::Example(preempt),
    },
    Scenario {
        slug: "reserve.persistent.release-told-to-registrants",
        clauses: &["spc3-5.6"],
        level: Level::Must,
        needs: &[Capability::SecondHost, Capability::QuietBus, Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "the release of a reservation for registrants is reported to the other registrants",
        body: Body::Example(release_told),
    },
    Scenario {
        slug: "reserve.persistent.clear-told-to-registrants",
        clauses: &["spc3-5.6"],
        level: Level::Must,
        needs: &[Capability::SecondHost, Capability::QuietBus, Capability::DataDisc],
        hazard: Hazard::Observe,
        summary: "clearing removes every registration and is reported to the other registrants",
        body: Body::Example(clear_told),
    },
    Scenario {
        slug: "reserve.persistent.generation",
        clauses: &["spc3-6.11", "spc3-6.12"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the generation counts registrations and clearing, and neither reserving nor releasing",
        body: Body::Example(generation_counts),
    },
    Scenario {
        slug: "reserve.persistent.capabilities",
        clauses: &["spc3-6.11"],
        level: Level::Must,
        needs: &[],
        hazard: Hazard::Observe,
        summary: "the capabilities have their length, and name at least one type where they name types",
        body: Body::Example(capabilities),
    },
    Scenario {
        slug: "reserve.persistent.outlasts-nexus-loss",
        clauses: &["spc3-5.6"],
        level: Level::Must,
        needs: &[Capability::SecondHost, Capability::ResetNexus],
        hazard: Hazard::Wedge,
        summary: "registration and reservation outlast the loss of the nexus that holds them",
        body: Body::Example(outlasts_nexus_loss),
    },
];

const KEY: u64 = 0x4449_5343_5249_4731;
const OTHER_KEY: u64 = 0x4449_5343_5249_4732;
const NO_KEY: u64 = 0;
const LENGTH: u32 = ReservationParameters::SIZE as u32;

/// PERSISTENT RESERVE OUT with the keys that every action has.
fn out(stage: &mut Stage<'_>, seat: &mut HandleSeat, cdb: Cdb, key: u64, action_key: u64) -> Answer {
    let list = ReservationParameters { key, service_action_key: action_key, ..Default::default() };
    stage.write(seat, cdb, &list.to_bytes())
}

/// Registers a key in place of none, or skips where the drive does not have the command.
fn register(stage: &mut Stage<'_>, seat: &mut HandleSeat, key: u64) -> Verdict {
    let command = PersistentReserveOutRegister { parameter_list_length: LENGTH, ..Default::default() };
    let answer = out(stage, seat, command.cdb(), NO_KEY, key);
    stage.expect(&PERSISTENT, answer)?;
    if answer == Answer::Ok {
        return Ok(());
    }
    Err(Stop::Skip("the drive does not have PERSISTENT RESERVE OUT".into()))
}

fn reserve(stage: &mut Stage<'_>, seat: &mut HandleSeat, key: u64, kind: ReservationKind) -> Answer {
    let command = PersistentReserveOutReserve { kind: kind.0, parameter_list_length: LENGTH, scope: 0 };
    out(stage, seat, command.cdb(), key, NO_KEY)
}

fn release(stage: &mut Stage<'_>, seat: &mut HandleSeat, key: u64, kind: ReservationKind) -> Answer {
    let command = PersistentReserveOutRelease { kind: kind.0, parameter_list_length: LENGTH, scope: 0 };
    out(stage, seat, command.cdb(), key, NO_KEY)
}

fn clear(stage: &mut Stage<'_>, seat: &mut HandleSeat, key: u64) -> Verdict {
    let command = PersistentReserveOutClear { parameter_list_length: LENGTH, ..Default::default() };
    let answer = out(stage, seat, command.cdb(), key, NO_KEY);
    stage.expect(&PERSISTENT_DOES, answer)?;
    Ok(())
}

/// Generation and keys.
fn keys(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<(u32, Vec<u64>), Stop> {
    let bytes = unit::fetch(stage, seat, PersistentReserveInReadKeys { allocation_length: 4096 })?;
    let keys = unit::understood(ReservationKeys::parse(&bytes))?;
    Ok((keys.generation, keys.keys().collect()))
}

fn reservation(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<Option<(u64, ReservationKind)>, Stop> {
    let bytes = unit::fetch(stage, seat, PersistentReserveInReadReservation { allocation_length: 4096 })?;
    let status = unit::understood(ReservationStatus::parse(&bytes))?;
    Ok(status.reservation.map(|reservation| (reservation.key, reservation.kind)))
}

/// A nexus that is registered, nobody else being so.
fn registered(stage: &mut Stage<'_>) -> Result<HandleSeat, Stop> {
    let mut seat = unit::seat(stage, HOST)?;
    register(stage, &mut seat, KEY)?;
    Ok(seat)
}

/// The judged nexus holds a reservation; the other one is registered when `both` says so.
fn held(stage: &mut Stage<'_>, kind: ReservationKind, both: bool) -> Result<(HandleSeat, HandleSeat), Stop> {
    let (mut mine, mut other) = unit::two_seats(stage)?;
    register(stage, &mut mine, KEY)?;
    if both {
        register(stage, &mut other, OTHER_KEY)?;
    }
    let answer = reserve(stage, &mut mine, KEY, kind);
    stage.expect(&PERSISTENT_DOES, answer)?;
    Ok((mine, other))
}

fn read(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Answer {
    stage.read(seat, Read10 { transfer_length: 1, ..Read10::default() }).0
}

fn keys_are_read(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = registered(stage)?;
    let (_, listed) = keys(stage, &mut seat)?;
    stage.ensure(listed == [KEY], || format!("{KEY:016X} is registered, {listed:016X?} are listed"))?;
    let command = PersistentReserveOutRegister { parameter_list_length: LENGTH, ..Default::default() };
    let answer = out(stage, &mut seat, command.cdb(), KEY, NO_KEY);
    stage.expect(&PERSISTENT_DOES, answer)?;
    let (_, listed) = keys(stage, &mut seat)?;
    stage.ensure(listed.is_empty(), || format!("nothing is registered, {listed:016X?} are listed"))
}

fn reservation_is_read(stage: &mut Stage<'_>) -> Verdict {
    let kind = ReservationKind::EXCLUSIVE_ACCESS;
    let mut seat = registered(stage)?;
    let answer = reserve(stage, &mut seat, KEY, kind);
    stage.expect(&PERSISTENT_DOES, answer)?;
    let shown = reservation(stage, &mut seat)?;
    stage.ensure(shown == Some((KEY, kind)), || format!("the reservation is shown as {shown:016X?}"))?;
    let answer = release(stage, &mut seat, KEY, kind);
    stage.expect(&PERSISTENT_DOES, answer)?;
    let shown = reservation(stage, &mut seat)?;
    stage.ensure(shown.is_none(), || format!("nothing is reserved, shown is {shown:016X?}"))?;
    clear(stage, &mut seat, KEY)
}

fn unregistered_cannot_reserve(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = registered(stage)?;
    let answer = reserve(stage, &mut seat, OTHER_KEY, ReservationKind::EXCLUSIVE_ACCESS);
    stage.expect(&PERSISTENT_CONFLICT, answer)?;
    clear(stage, &mut seat, KEY)?;
    let answer = reserve(stage, &mut seat, KEY, ReservationKind::EXCLUSIVE_ACCESS);
    stage.expect(&PERSISTENT_CONFLICT, answer)?;
    Ok(())
}

fn exclusive_access(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = held(stage, ReservationKind::EXCLUSIVE_ACCESS, false)?;
    let answer = read(stage, &mut other);
    stage.expect(&PERSISTENT_CONFLICT, answer)?;
    register(stage, &mut other, OTHER_KEY)?;
    let answer = read(stage, &mut other);
    stage.expect(&PERSISTENT_CONFLICT, answer)?;
    let answer = read(stage, &mut mine);
    stage.expect(&PERSISTENT_FREE, answer)?;
    clear(stage, &mut mine, KEY)
}

fn registrants_are_let_in(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = held(stage, ReservationKind::EXCLUSIVE_ACCESS_REGISTRANTS_ONLY, false)?;
    let answer = read(stage, &mut other);
    stage.expect(&PERSISTENT_CONFLICT, answer)?;
    register(stage, &mut other, OTHER_KEY)?;
    let answer = read(stage, &mut other);
    stage.expect(&PERSISTENT_FREE, answer)?;
    clear(stage, &mut mine, KEY)
}

fn write_exclusive(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = held(stage, ReservationKind::WRITE_EXCLUSIVE, false)?;
    let answer = read(stage, &mut other);
    stage.expect(&PERSISTENT_FREE, answer)?;
    clear(stage, &mut mine, KEY)
}

fn wrong_release(stage: &mut Stage<'_>) -> Verdict {
    let kind = ReservationKind::EXCLUSIVE_ACCESS;
    let mut seat = registered(stage)?;
    let answer = reserve(stage, &mut seat, KEY, kind);
    stage.expect(&PERSISTENT_DOES, answer)?;
    let answer = release(stage, &mut seat, KEY, ReservationKind::WRITE_EXCLUSIVE);
    stage.expect(&WRONG_RELEASE, answer)?;
    let shown = reservation(stage, &mut seat)?;
    stage.ensure(shown == Some((KEY, kind)), || format!("the reservation is shown as {shown:016X?}"))?;
    clear(stage, &mut seat, KEY)
}

fn preempt(stage: &mut Stage<'_>) -> Verdict {
    let kind = ReservationKind::EXCLUSIVE_ACCESS;
    let (mut mine, mut other) = held(stage, kind, true)?;
    let command = PersistentReserveOutPreempt { kind: kind.0, parameter_list_length: LENGTH, scope: 0 };
    let answer = out(stage, &mut other, command.cdb(), OTHER_KEY, KEY);
    stage.expect(&PERSISTENT_DOES, answer)?;
    let shown = reservation(stage, &mut other)?;
    stage
        .ensure(shown == Some((OTHER_KEY, kind)), || format!("the reservation is shown as {shown:016X?}"))?;
    let (_, listed) = keys(stage, &mut other)?;
    stage.ensure(listed == [OTHER_KEY], || format!("after the preempt {listed:016X?} are listed"))?;
    let told = unit::test(stage, &mut mine);
    stage.expect(&PREEMPTED, told)?;
    let answer = read(stage, &mut mine);
    stage.expect(&PERSISTENT_CONFLICT, answer)?;
    clear(stage, &mut other, OTHER_KEY)
}

fn release_told(stage: &mut Stage<'_>) -> Verdict {
    let kind = ReservationKind::EXCLUSIVE_ACCESS_REGISTRANTS_ONLY;
    let (mut mine, mut other) = held(stage, kind, true)?;
    let answer = release(stage, &mut mine, KEY, kind);
    stage.expect(&PERSISTENT_DOES, answer)?;
    let told = unit::test(stage, &mut other);
    stage.expect(&RELEASED, told)?;
    let answer = unit::test(stage, &mut mine);
    stage.expect(&PERSISTENT_FREE, answer)?;
    clear(stage, &mut mine, KEY)
}

fn clear_told(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = held(stage, ReservationKind::EXCLUSIVE_ACCESS, true)?;
    clear(stage, &mut mine, KEY)?;
    let (_, listed) = keys(stage, &mut mine)?;
    stage.ensure(listed.is_empty(), || format!("after clearing {listed:016X?} are listed"))?;
    let told = unit::test(stage, &mut other);
    stage.expect(&CLEARED, told)?;
    let answer = read(stage, &mut other);
    stage.expect(&PERSISTENT_FREE, answer)?;
    Ok(())
}

fn generation_counts(stage: &mut Stage<'_>) -> Verdict {
    let kind = ReservationKind::EXCLUSIVE_ACCESS;
    let mut seat = registered(stage)?;
    let (start, _) = keys(stage, &mut seat)?;
    let answer = reserve(stage, &mut seat, KEY, kind);
    stage.expect(&PERSISTENT_DOES, answer)?;
    let answer = release(stage, &mut seat, KEY, kind);
    stage.expect(&PERSISTENT_DOES, answer)?;
    let (unchanged, _) = keys(stage, &mut seat)?;
    stage.ensure(unchanged == start, || {
        format!("reserving and releasing changed the generation from {start} to {unchanged}")
    })?;
    clear(stage, &mut seat, KEY)?;
    let (cleared, _) = keys(stage, &mut seat)?;
    register(stage, &mut seat, KEY)?;
    let (registered, _) = keys(stage, &mut seat)?;
    let counts = cleared == start.wrapping_add(1) && registered == start.wrapping_add(2);
    stage.ensure(counts, || {
        format!("the generation was {start}, {cleared} after clearing, {registered} after registering")
    })?;
    clear(stage, &mut seat, KEY)
}

fn capabilities(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let (answer, bytes) =
        stage.read(&mut seat, PersistentReserveInReportCapabilities { allocation_length: 64 });
    stage.expect(&PERSISTENT, answer)?;
    if answer != Answer::Ok {
        return Err(Stop::Skip("the drive does not have PERSISTENT RESERVE IN".into()));
    }
    let shown = unit::understood(ReservationCapabilities::parse(&bytes))?;
    stage.ensure(shown.length == 8, || format!("the length of the capabilities is {}", shown.length))?;
    stage.ensure(!shown.type_mask_valid || shown.types != 0, || "no type of reservation is supported".into())
}

fn outlasts_nexus_loss(stage: &mut Stage<'_>) -> Verdict {
    let kind = ReservationKind::EXCLUSIVE_ACCESS;
    held(stage, kind, false)?;
    unit::reset(stage, ResetKind::Nexus(HOST))?;
    let mut other = stage.open(OTHER, crate::families::HERE)?;
    let shown = reservation(stage, &mut other)?;
    stage.ensure(shown == Some((KEY, kind)), || format!("the reservation is shown as {shown:016X?}"))?;
    let mut mine = stage.open(HOST, crate::families::HERE)?;
    unit::settle(stage, &mut mine)?;
    clear(stage, &mut mine, KEY)
}
