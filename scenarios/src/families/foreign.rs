//! `foreign.*`: other processes and other hosts, and locks that come and go behind one's back.

use crate::allowed::{Allowed, Pattern, allowed};
use crate::answer::Answer;
use crate::families::locking::{
    ACQUIRE_FOREIGN, ALREADY_LOCKED, HOST_DOES, NAME, NOT_OWNER, OTHER_NAME, SHUT_OUT, acquired, closed,
    locked, ready, released, send_ready, steal, unlocked,
};
use crate::families::sets::{RELEASE_AT_ZERO, SUCCEEDS};
use crate::families::{ELSEWHERE, HERE, HOST, unit};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{HandleSeat, RecorderSeat, Stage};
use crate::stop::{Stop, Verdict};
use discrig_device::fault::{Action, HostOperation, Rule};
use discrig_device::{CallerName, Capability, VolumePolicy};
use discrig_recorder::Hresult;
use discrig_wire::command::{Release6, Reserve6};
use discrig_wire::sense::codes;
use discrig_wire::{SenseKey, Status};

pub(super) const FOREIGN: &[Scenario] = &[
    Scenario {
        slug: "foreign.process.refused-by-name",
        clauses: &["imapi2-acquire", "imapi2-owner", "decision-3", "decision-20"],
        level: Level::Must,
        needs: &[Capability::SecondProcess, Capability::OpenWhileLocked, Capability::OwnerName],
        hazard: Hazard::Observe,
        summary: "who is refused because another process has the device can read that process's name",
        body: Body::Example(refused_by_name),
    },
    Scenario {
        slug: "foreign.process.between-two-calls",
        clauses: &["imapi2-acquire", "decision-3"],
        level: Level::Must,
        needs: &[Capability::SecondProcess, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "that the device was free when asked is no promise: another process can take it before the acquire",
        body: Body::Example(between_two_calls),
    },
    Scenario {
        slug: "foreign.process.shut-out-meanwhile",
        clauses: &["decision-23", "drvdoc-exclusive-access"],
        level: Level::Must,
        needs: &[Capability::SecondProcess, Capability::OpenWhileLocked, Capability::MandatoryLock],
        hazard: Hazard::Observe,
        summary: "an object that worked is shut out as long as another process has the device, and works again after",
        body: Body::Example(shut_out_meanwhile),
    },
    Scenario {
        slug: "foreign.process.killed",
        clauses: &["decision-31", "ddi-exclusive-access"],
        level: Level::Must,
        needs: &[Capability::SecondProcess, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "the death of the process that has the device frees it for whoever was refused",
        body: Body::Example(killed),
    },
    Scenario {
        slug: "foreign.process.closes",
        clauses: &["cdrom-sample", "ddi-exclusive-access"],
        level: Level::Must,
        needs: &[Capability::SecondProcess, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "another process that closes its handle without unlocking frees the device; closing another one does not",
        body: Body::Example(closes),
    },
    Scenario {
        slug: "foreign.process.cannot-unlock",
        clauses: &["ddi-exclusive-access"],
        level: Level::Must,
        needs: &[Capability::SecondProcess, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "another process cannot unlock what it has not locked",
        body: Body::Example(cannot_unlock),
    },
    Scenario {
        slug: "foreign.host.own-lock",
        clauses: &["ddi-exclusive-access", "bench"],
        level: Level::Must,
        needs: &[Capability::SecondHost],
        hazard: Hazard::Observe,
        summary: "exclusive access is a matter of one host: another host's commands are answered, and it can lock for itself",
        body: Body::Example(host_not_excluded),
    },
    Scenario {
        slug: "foreign.host.reserves",
        clauses: &["spc2-7.21", "spc2-7.16", "field-reserve-absent"],
        level: Level::May,
        needs: &[Capability::SecondHost],
        hazard: Hazard::Observe,
        summary: "what keeps another host's commands out is a reservation in the drive, where the drive has it",
        body: Body::Example(host_reserves),
    },
    Scenario {
        slug: "foreign.host.reservation-seen-by-recorder",
        clauses: &["spc2-7.21", "decision-44", "field-reserve-absent"],
        level: Level::May,
        needs: &[Capability::SecondHost],
        hazard: Hazard::Observe,
        summary: "a recorder's command that meets another host's reservation says that the device is locked",
        body: Body::Example(reservation_seen_by_recorder),
    },
    Scenario {
        slug: "foreign.fault.lock-just-before",
        clauses: &["imapi2-acquire", "decision-3", "decision-14", "decision-15"],
        level: Level::Must,
        needs: &[Capability::StealLock],
        hazard: Hazard::Observe,
        summary: "an acquire that another process is ahead of by a moment is refused and counts nothing",
        body: Body::Example(lock_just_before),
    },
    Scenario {
        slug: "foreign.fault.lock-lost",
        clauses: &["imapi2-release", "imapi2-owner", "decision-14"],
        level: Level::Must,
        needs: &[Capability::StealLock],
        hazard: Hazard::Observe,
        summary: "a lock lost behind the owner's back shows in the owner query and at the release, which leaves the object usable",
        body: Body::Example(lock_lost),
    },
    Scenario {
        slug: "foreign.fault.lock-lost-to-another",
        clauses: &["imapi2-release", "decision-15"],
        level: Level::Must,
        needs: &[Capability::StealLock, Capability::SecondProcess, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "who lost the lock to another process is told so at the release, which leaves the new lock alone",
        body: Body::Example(lock_lost_to_another),
    },
    Scenario {
        slug: "foreign.fault.unlock-lost",
        clauses: &["imapi2-owner", "decision-19", "decision-30"],
        level: Level::Must,
        needs: &[Capability::StealLock, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "an unlock that the host confirmed and did not do shows in the owner query, and ends with the object",
        body: Body::Example(unlock_lost),
    },
];

/// Release by an object whose lock was taken away.
const RELEASE_OF_LOST: Allowed = allowed!("release of a lock that was lost":
    Pattern::Failed(Hresult::ERROR_INVALID_HANDLE) => "decision-14",
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_LOCKED) => "imapi2-release",
);

/// A command of another nexus while one has reserved the drive.
const CONFLICT: Allowed = allowed!("a command while another nexus has reserved the drive":
    Pattern::Status(Status::RESERVATION_CONFLICT) => "spc2-7.21",
);

/// RESERVE(6) or RELEASE(6) by a nexus that may.
const RESERVES: Allowed = allowed!("RESERVE(6) and RELEASE(6) of a drive that has them":
    Pattern::Ok => "spc2-7.21",
);

/// A recorder's command that meets another host's reservation.
const MEMBER_CONFLICT: Allowed = allowed!("a recorder's command under another host's reservation":
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_LOCKED) => "decision-44",
);

// --- other processes -------------------------------------------------------------------------------------------------

/// The recorder's acquire is refused since somebody else has the device.
fn refused(stage: &mut Stage<'_>, seat: &mut RecorderSeat) -> Verdict {
    let answer = stage.acquire(seat, false, NAME);
    stage.expect(&ACQUIRE_FOREIGN, answer).map(|_| ())
}

/// The name that the recorder reads.
fn owner_is(stage: &mut Stage<'_>, seat: &mut RecorderSeat, wanted: &str) -> Verdict {
    let (answer, name) = stage.exclusive_owner(seat);
    stage.expect(&SUCCEEDS, answer)?;
    stage.ensure(name == wanted, || format!("the owner is to be {wanted:?}, it is {name:?}"))
}

/// A handle of another process that has the device.
fn occupied(stage: &mut Stage<'_>) -> Result<HandleSeat, Stop> {
    let mut other = stage.open(HOST, ELSEWHERE)?;
    locked(stage, &mut other)?;
    Ok(other)
}

fn refused_by_name(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut other = occupied(stage)?;
    for force in [false, true] {
        let answer = stage.acquire(&mut mine, force, NAME);
        stage.expect(&ACQUIRE_FOREIGN, answer)?;
        owner_is(stage, &mut mine, OTHER_NAME)?;
    }
    unlocked(stage, &mut other)?;
    owner_is(stage, &mut mine, "")
}

fn between_two_calls(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut other = stage.open(HOST, ELSEWHERE)?;
    owner_is(stage, &mut mine, "")?;
    locked(stage, &mut other)?;
    refused(stage, &mut mine)?;
    unlocked(stage, &mut other)?;
    acquired(stage, &mut mine)?;
    let answer = stage.lock(&mut other, OTHER_NAME, VolumePolicy::Respect);
    stage.expect(&ALREADY_LOCKED, answer)?;
    released(stage, &mut mine)?;
    // The refused acquire has counted nothing, so one release was enough.
    stage.expect_owner(&mut other, None)
}

fn shut_out_meanwhile(stage: &mut Stage<'_>) -> Verdict {
    unit::seat(stage, HOST)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let before = send_ready(stage, &mut mine);
    let mut other = occupied(stage)?;
    for _ in 0..2 {
        let answer = send_ready(stage, &mut mine);
        stage.expect(&SHUT_OUT, answer)?;
    }
    unlocked(stage, &mut other)?;
    let after = send_ready(stage, &mut mine);
    stage.ensure(after == before, || format!("the drive answered {before} before, and now {after}"))
}

fn killed(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let _other = occupied(stage)?;
    refused(stage, &mut mine)?;
    stage.act("kill the owner", |bench| bench.kill(ELSEWHERE))?;
    acquired(stage, &mut mine)?;
    released(stage, &mut mine)
}

fn closes(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let bystander = stage.open(HOST, ELSEWHERE)?;
    let other = occupied(stage)?;
    closed(stage, bystander)?;
    refused(stage, &mut mine)?;
    closed(stage, other)?;
    acquired(stage, &mut mine)?;
    released(stage, &mut mine)
}

fn cannot_unlock(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.open(HOST, HERE)?;
    let mut other = occupied(stage)?;
    let answer = stage.unlock(&mut mine);
    stage.expect(&NOT_OWNER, answer)?;
    stage.expect_owner(&mut mine, Some(OTHER_NAME))?;
    unlocked(stage, &mut other)
}

// --- other hosts -----------------------------------------------------------------------------------------------------

fn host_not_excluded(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = unit::two_seats(stage)?;
    let before = unit::test(stage, &mut other);
    let answer = stage.lock(&mut mine, NAME, VolumePolicy::Respect);
    stage.expect(&HOST_DOES, answer)?;
    let during = unit::test(stage, &mut other);
    stage.ensure(during == before, || format!("another host got {before} before, and now {during}"))?;
    stage.expect_owner(&mut other, None)?;
    locked(stage, &mut other)?;
    stage.expect_owner(&mut mine, Some(NAME))?;
    unlocked(stage, &mut mine)?;
    stage.expect_owner(&mut other, Some(OTHER_NAME))?;
    unlocked(stage, &mut other)
}

/// Reserves the drive for the nexus of `seat`, where the drive has reservations.
fn reserved(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Verdict {
    let answer = stage.command(seat, Reserve6::default());
    let absent = codes::INVALID_COMMAND_OPERATION_CODE;
    if matches!(answer, Answer::Check(code) if code == absent || code.key == SenseKey::IllegalRequest) {
        return Err(Stop::Skip("the drive has no RESERVE(6)".to_owned()));
    }
    stage.expect(&RESERVES, answer).map(|_| ())
}

fn host_reserves(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = unit::two_seats(stage)?;
    reserved(stage, &mut other)?;
    let answer = ready(stage, &mut mine);
    stage.expect(&CONFLICT, answer)?;
    // A release by somebody else is accepted, and frees nothing.
    let answer = stage.command(&mut mine, Release6::default());
    stage.expect(&RESERVES, answer)?;
    let answer = ready(stage, &mut mine);
    stage.expect(&CONFLICT, answer)?;
    let answer = stage.command(&mut other, Release6::default());
    stage.expect(&RESERVES, answer)?;
    let answer = ready(stage, &mut mine);
    stage.expect(&crate::families::locking::ANSWERED, answer)?;
    stage.ensure(answer != Answer::Status(Status::RESERVATION_CONFLICT), || {
        "the reservation outlives its release".to_owned()
    })
}

fn reservation_seen_by_recorder(stage: &mut Stage<'_>) -> Verdict {
    let (_, mut other) = unit::two_seats(stage)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let before = send_ready(stage, &mut mine);
    reserved(stage, &mut other)?;
    let answer = send_ready(stage, &mut mine);
    stage.expect(&MEMBER_CONFLICT, answer)?;
    owner_is(stage, &mut mine, "")?;
    let answer = stage.command(&mut other, Release6::default());
    stage.expect(&RESERVES, answer)?;
    let after = send_ready(stage, &mut mine);
    stage.ensure(after == before, || format!("the drive answered {before} before, and now {after}"))
}

// --- behind one's back -----------------------------------------------------------------------------------------------

fn lock_just_before(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let name = CallerName::new(OTHER_NAME).map_err(|error| Stop::Rig(error.to_string()))?;
    let rule = Rule::new(Action::ForeignLock { name }).on_operation(HostOperation::Lock).times(1);
    stage.inject(rule)?;
    owner_is(stage, &mut mine, "")?;
    refused(stage, &mut mine)?;
    owner_is(stage, &mut mine, OTHER_NAME)?;
    let answer = stage.release(&mut mine);
    stage.expect(&RELEASE_AT_ZERO, answer)?;
    owner_is(stage, &mut mine, OTHER_NAME)
}

fn lock_lost(stage: &mut Stage<'_>) -> Verdict {
    let mut witness = stage.open(HOST, HERE)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    steal(stage, &mut witness)?;
    owner_is(stage, &mut mine, "")?;
    let answer = stage.release(&mut mine);
    stage.expect(&RELEASE_OF_LOST, answer)?;
    let answer = stage.release(&mut mine);
    stage.expect(&RELEASE_AT_ZERO, answer)?;
    acquired(stage, &mut mine)?;
    owner_is(stage, &mut mine, NAME)?;
    released(stage, &mut mine)?;
    owner_is(stage, &mut mine, "")
}

fn lock_lost_to_another(stage: &mut Stage<'_>) -> Verdict {
    let mut witness = stage.open(HOST, HERE)?;
    let mut other = stage.open(HOST, ELSEWHERE)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    steal(stage, &mut witness)?;
    locked(stage, &mut other)?;
    owner_is(stage, &mut mine, OTHER_NAME)?;
    let answer = stage.release(&mut mine);
    stage.expect(&RELEASE_OF_LOST, answer)?;
    stage.expect_owner(&mut witness, Some(OTHER_NAME))?;
    refused(stage, &mut mine)?;
    drop(mine);
    stage.expect_owner(&mut witness, Some(OTHER_NAME))?;
    unlocked(stage, &mut other)
}

fn unlock_lost(stage: &mut Stage<'_>) -> Verdict {
    let mut witness = stage.open(HOST, HERE)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    stage.inject(Rule::new(Action::LostUnlock {}).on_operation(HostOperation::Unlock).times(1))?;
    // Nothing that the object is told differs from a release; only the owner query knows.
    released(stage, &mut mine)?;
    owner_is(stage, &mut mine, NAME)?;
    let answer = stage.release(&mut mine);
    stage.expect(&RELEASE_AT_ZERO, answer)?;
    stage.expect_owner(&mut witness, Some(NAME))?;
    drop(mine);
    stage.expect_owner(&mut witness, None)
}
