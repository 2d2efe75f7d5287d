//! `timeout.*`: commands that are not answered in time, and what is true afterwards.

use crate::allowed::{Allowed, Pattern, allowed};
use crate::answer::Answer;
use crate::families::locking::{
    ALREADY_LOCKED, ANSWERED, HANDLE_SHUT_OUT, NAME, OTHER_NAME, TIMES_OUT, abandoned, acquired, let_it_end,
    locked, overrun, ready_timeout, released, send_ready, slow, unlocked,
};
use crate::families::sets::SUCCEEDS;
use crate::families::{ELSEWHERE, HERE, HOST, unit};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{HandleSeat, RecorderSeat, Stage};
use crate::stop::{Stop, Verdict};
use core::time::Duration;
use discrig_device::fault::{Action, Rule};
use discrig_device::{Capability, Effect, ErrorKind, Request, VolumePolicy};
use discrig_recorder::{Hresult, SENSE_LENGTH};
use discrig_wire::command::{Inquiry, Read10, TestUnitReady};

pub(super) const TIMEOUT: &[Scenario] = &[
    Scenario {
        slug: "timeout.command.effect-unknown",
        clauses: &["design-effect-unknown"],
        level: Level::Must,
        needs: &[Capability::SlowCommand],
        hazard: Hazard::Wedge,
        summary: "a command that is given up may have been done or not: nobody claims to know",
        body: Body::Example(effect_unknown),
    },
    Scenario {
        slug: "timeout.command.honoured",
        clauses: &["bench", "linux-timeouts"],
        level: Level::Must,
        needs: &[Capability::SlowCommand, Capability::TimeoutHonoured],
        hazard: Hazard::Wedge,
        summary: "a command is given up within a second of its timeout, neither earlier nor later",
        body: Body::Example(honoured),
    },
    Scenario {
        slug: "timeout.command.exact",
        clauses: &["bench"],
        level: Level::Must,
        needs: &[Capability::SlowCommand, Capability::VirtualTime],
        hazard: Hazard::Wedge,
        summary: "where time is virtual, giving a command up takes exactly its timeout",
        body: Body::Example(exact),
    },
    Scenario {
        slug: "timeout.command.never-ends",
        clauses: &["bench", "design-effect-unknown", "design-usable-after"],
        level: Level::Must,
        needs: &[Capability::VirtualTime],
        hazard: Hazard::Wedge,
        summary: "a command that would never end is given up at its timeout, and so is every one that waits behind it",
        body: Body::Example(never_ends),
    },
    Scenario {
        slug: "timeout.lock.survives",
        clauses: &["decision-48", "imapi2-send-command", "imapi2-owner"],
        level: Level::Must,
        needs: &[Capability::SlowCommand, Capability::DataDisc, Capability::OpenWhileLocked],
        hazard: Hazard::Wedge,
        summary: "an owner whose command timed out is told so and still holds the device",
        body: Body::Example(lock_survives),
    },
    Scenario {
        slug: "timeout.lock.shuts-out",
        clauses: &["decision-48", "drvdoc-exclusive-access", "ddi-exclusive-access"],
        level: Level::Must,
        needs: &[
            Capability::SlowCommand,
            Capability::MandatoryLock,
            Capability::OpenWhileLocked,
            Capability::SecondProcess,
        ],
        hazard: Hazard::Wedge,
        summary: "a timeout of the owner lets nobody else in, neither while the command is under way nor later",
        body: Body::Example(shuts_out),
    },
    Scenario {
        slug: "timeout.lock.release-meanwhile",
        clauses: &["decision-48", "decision-59", "imapi2-release"],
        level: Level::Must,
        needs: &[Capability::SlowCommand, Capability::DataDisc, Capability::OpenWhileLocked],
        hazard: Hazard::Wedge,
        summary: "a release while the drive is still at an abandoned command frees the device, or fails and can be tried again",
        body: Body::Example(release_meanwhile),
    },
    Scenario {
        slug: "timeout.lock.acquire-meanwhile",
        clauses: &["decision-59", "imapi2-acquire"],
        level: Level::Must,
        needs: &[Capability::SlowCommand],
        hazard: Hazard::Wedge,
        summary: "an acquire while the drive is still at an abandoned command takes the device, or fails and takes nothing",
        body: Body::Example(acquire_meanwhile),
    },
    Scenario {
        slug: "timeout.lock.owner-dies-meanwhile",
        clauses: &["decision-31", "ddi-exclusive-access"],
        level: Level::Must,
        needs: &[Capability::SlowCommand, Capability::SecondProcess],
        hazard: Hazard::Wedge,
        summary: "an owner that dies after its command timed out leaves the device free once that command has ended",
        body: Body::Example(owner_dies_meanwhile),
    },
    Scenario {
        slug: "timeout.drive.usable-after",
        clauses: &["design-usable-after"],
        level: Level::Must,
        needs: &[Capability::SlowCommand],
        hazard: Hazard::Wedge,
        summary: "when the abandoned command has had time to end, the drive is what it was before",
        body: Body::Example(usable_after),
    },
    Scenario {
        slug: "timeout.answer.stays-away",
        clauses: &["design-effect-unknown", "linux-timeouts"],
        level: Level::Must,
        needs: &[Capability::SlowCommand, Capability::DataDisc],
        hazard: Hazard::Wedge,
        summary: "the late answer of an abandoned command is nobody's: later commands get their own data",
        body: Body::Example(answer_stays_away),
    },
    Scenario {
        slug: "timeout.next.bounded",
        clauses: &["decision-59", "linux-timeouts"],
        level: Level::Must,
        needs: &[Capability::SlowCommand, Capability::TimeoutHonoured],
        hazard: Hazard::Wedge,
        summary: "a command sent at once after a timeout is answered or times out itself, within its own timeout",
        body: Body::Example(next_bounded),
    },
    Scenario {
        slug: "timeout.next.host-calls-bounded",
        clauses: &["decision-59", "design-usable-after"],
        level: Level::Must,
        needs: &[Capability::SlowCommand, Capability::TimeoutHonoured],
        hazard: Hazard::Wedge,
        summary: "who asks for the owner, locks or unlocks at once after a timeout waits for a limited time",
        body: Body::Example(host_calls_bounded),
    },
];

/// A recorder's command that is not answered in time.
const MEMBER_TIMES_OUT: Allowed = allowed!("a recorder's command without an answer in time":
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_COMMAND_TIMEOUT) => "decision-48",
);

/// A lock member while the drive is busy with an abandoned command.
const MEANWHILE: Allowed = allowed!("a lock member while an abandoned command is under way":
    Pattern::Ok => "decision-59",
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_COMMAND_TIMEOUT) => "decision-59",
);

/// A request behind an abandoned command.
const NEXT: Allowed = allowed!("a request while an abandoned command is under way":
    Pattern::AnyAnswer => "decision-59",
    Pattern::Error(ErrorKind::Timeout) => "decision-59",
    Pattern::Error(ErrorKind::Busy) => "decision-59",
);

/// Longest that any request may take whose timeout is shorter.
const BOUND: Duration = Duration::from_secs(30);
/// How exactly a timeout is honoured by those who declare that they do.
const TOLERANCE: Duration = Duration::from_secs(1);

// --- the command itself ----------------------------------------------------------------------------------------------

fn effect_unknown(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let (answer, ..) = overrun(stage, &mut seat)?;
    stage.expect(&TIMES_OUT, answer)?;
    stage.ensure(answer == Answer::Error(ErrorKind::Timeout, Effect::Unknown), || {
        format!("what became of the command cannot be known, but the host says: {answer}")
    })
}

fn honoured(stage: &mut Stage<'_>) -> Verdict {
    timed(stage, TOLERANCE)
}

fn exact(stage: &mut Stage<'_>) -> Verdict {
    timed(stage, Duration::ZERO)
}

/// The time until a command is given up is its timeout, give or take the tolerance.
fn timed(stage: &mut Stage<'_>, tolerance: Duration) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let (answer, took, timeout) = overrun(stage, &mut seat)?;
    stage.expect(&TIMES_OUT, answer)?;
    stage.ensure(took.abs_diff(timeout) <= tolerance, || {
        format!(
            "the timeout is {timeout:?}, give or take {tolerance:?}; the command was given up after {took:?}"
        )
    })
}

/// The timeouts with which a stalled drive is asked, in milliseconds.
const PATIENCE_MS: [u64; 4] = [1, 900, 4_000, 60_000];

fn never_ends(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    stage.inject(Rule::new(Action::Stall {}).on_command(TestUnitReady::SPEC.name))?;
    for timeout in PATIENCE_MS.map(Duration::from_millis) {
        let at = stage.bench.now();
        let answer = Answer::of_command(&stage.execute(&mut seat, Request::none(TestUnitReady {}, timeout)));
        stage.expect(&TIMES_OUT, answer)?;
        let took = stage.bench.now() - at;
        stage.ensure(took == timeout, || format!("the timeout is {timeout:?}, it took {took:?}"))?;
    }
    Ok(())
}

// --- the lock --------------------------------------------------------------------------------------------------------

/// The slow command as a recorder's. Its members count whole seconds, so the timeout may be longer, but by less than one.
fn overrun_member(stage: &mut Stage<'_>, seat: &mut RecorderSeat) -> Verdict {
    let slow = slow(stage)?;
    let seconds = slow.timeout.as_millis().div_ceil(1000).max(1);
    let timeout_s = u32::try_from(seconds).unwrap_or(u32::MAX);
    let (mut sense, mut buffer, mut fetched) = ([0; SENSE_LENGTH], vec![0; slow.transfer], 0);
    let at = stage.bench.now();
    let answer = Answer::of_recorder_command(if buffer.is_empty() {
        seat.recorder.send_command_no_data(slow.cdb.bytes(), &mut sense, timeout_s)
    } else {
        seat.recorder.send_command_get_data_from_device(
            slow.cdb.bytes(),
            &mut sense,
            timeout_s,
            Some(&mut buffer),
            Some(&mut fetched),
        )
    });
    stage.log(&seat.label, "SendCommand", Some(slow.cdb), &answer.to_string(), at);
    stage.expect(&MEMBER_TIMES_OUT, answer).map(|_| ())
}

/// An owner at depth two whose command has just been given up, and a witness.
fn owner_given_up(stage: &mut Stage<'_>) -> Result<(RecorderSeat, HandleSeat), Stop> {
    let witness = unit::seat(stage, HOST)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    acquired(stage, &mut mine)?;
    overrun_member(stage, &mut mine)?;
    Ok((mine, witness))
}

fn lock_survives(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut witness) = owner_given_up(stage)?;
    let_it_end(stage);
    stage.expect_owner(&mut witness, Some(NAME))?;
    let answer = send_ready(stage, &mut mine);
    stage.expect(&SUCCEEDS, answer)?;
    released(stage, &mut mine)?;
    stage.expect_owner(&mut witness, Some(NAME))?;
    released(stage, &mut mine)?;
    stage.expect_owner(&mut witness, None)
}

/// An outsider's command and its lock are refused.
fn outside(stage: &mut Stage<'_>, other: &mut HandleSeat) -> Verdict {
    let answer = stage.command(other, TestUnitReady {});
    stage.expect(&HANDLE_SHUT_OUT, answer).map(|_| ())
}

fn shuts_out(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = unit::seat(stage, HOST)?;
    let mut other = stage.open(HOST, ELSEWHERE)?;
    locked(stage, &mut mine)?;
    abandoned(stage, &mut mine)?;
    outside(stage, &mut other)?;
    let_it_end(stage);
    outside(stage, &mut other)?;
    let answer = stage.lock(&mut other, NAME, VolumePolicy::Respect);
    stage.expect(&ALREADY_LOCKED, answer)?;
    stage.expect_owner(&mut other, Some(OTHER_NAME))?;
    unlocked(stage, &mut mine)
}

fn release_meanwhile(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut witness) = owner_given_up(stage)?;
    // Not the last one: nothing is asked of the drive, so nothing can wait for it.
    released(stage, &mut mine)?;
    let answer = stage.release(&mut mine);
    stage.expect(&MEANWHILE, answer)?;
    let_it_end(stage);
    if !answer.is_ok() {
        stage.expect_owner(&mut witness, Some(NAME))?;
        released(stage, &mut mine)?;
    }
    stage.expect_owner(&mut witness, None)
}

fn acquire_meanwhile(stage: &mut Stage<'_>) -> Verdict {
    let mut witness = unit::seat(stage, HOST)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    abandoned(stage, &mut witness)?;
    let answer = stage.acquire(&mut mine, false, NAME);
    stage.expect(&MEANWHILE, answer)?;
    let_it_end(stage);
    if !answer.is_ok() {
        stage.expect_owner(&mut witness, None)?;
        acquired(stage, &mut mine)?;
    }
    stage.expect_owner(&mut witness, Some(NAME))?;
    released(stage, &mut mine)?;
    stage.expect_owner(&mut witness, None)
}

fn owner_dies_meanwhile(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = unit::seat(stage, HOST)?;
    let mut theirs = stage.open(HOST, ELSEWHERE)?;
    locked(stage, &mut theirs)?;
    abandoned(stage, &mut theirs)?;
    stage.act("kill the owner", |bench| bench.kill(ELSEWHERE))?;
    let_it_end(stage);
    stage.expect_owner(&mut mine, None)?;
    locked(stage, &mut mine)?;
    unlocked(stage, &mut mine)
}

// --- the drive afterwards --------------------------------------------------------------------------------------------

fn usable_after(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let before = unit::test(stage, &mut seat);
    for _ in 0..3 {
        abandoned(stage, &mut seat)?;
        let_it_end(stage);
        let after = unit::settle(stage, &mut seat)?;
        stage.expect(&ANSWERED, after)?;
        stage.ensure(after == before, || format!("the drive answered {before} before, and now {after}"))?;
    }
    Ok(())
}

/// The commands whose answers cannot be mistaken for one another: identity, and two different blocks.
fn telling(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> [(Answer, Vec<u8>); 3] {
    let block = |lba| Read10 { logical_block_address: lba, transfer_length: 1, ..Read10::default() };
    [
        stage.read(seat, Inquiry { allocation_length: 36, ..Inquiry::default() }),
        stage.read(seat, block(16)),
        stage.read(seat, block(0)),
    ]
}

fn answer_stays_away(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    let before = telling(stage, &mut seat);
    if before.iter().any(|(answer, _)| !answer.is_ok()) {
        return Err(Stop::Rig("the disc cannot be read although nothing is wrong".to_owned()));
    }
    abandoned(stage, &mut seat)?;
    // At once a command may fail, but it may not come back with what is not its own.
    let meanwhile = telling(stage, &mut seat);
    for (wanted, (answer, data)) in before.iter().zip(&meanwhile) {
        stage.ensure(!answer.is_ok() || *data == wanted.1, || {
            "a command sent while another was abandoned came back with other data than its own".to_owned()
        })?;
    }
    let_it_end(stage);
    unit::settle(stage, &mut seat)?;
    let after = telling(stage, &mut seat);
    stage.ensure(after == before, || {
        "a command sent after another was abandoned came back with other data than its own".to_owned()
    })
}

// --- those who wait --------------------------------------------------------------------------------------------------

fn next_bounded(stage: &mut Stage<'_>) -> Verdict {
    let mut seat = unit::seat(stage, HOST)?;
    abandoned(stage, &mut seat)?;
    let timeout = ready_timeout();
    for _ in 0..3 {
        let at = stage.bench.now();
        let answer = unit::test(stage, &mut seat);
        stage.expect(&NEXT, answer)?;
        within(stage, stage.bench.now() - at, BOUND.min(timeout + TOLERANCE))?;
    }
    Ok(())
}

fn host_calls_bounded(stage: &mut Stage<'_>) -> Verdict {
    let calls: [fn(&mut Stage<'_>, &mut HandleSeat) -> Answer; 3] = [
        |stage, seat| stage.owner(seat),
        |stage, seat| stage.lock(seat, NAME, VolumePolicy::Respect),
        |stage, seat| stage.unlock(seat),
    ];
    for call in calls {
        let mut seat = unit::seat(stage, HOST)?;
        abandoned(stage, &mut seat)?;
        let at = stage.bench.now();
        call(stage, &mut seat);
        within(stage, stage.bench.now() - at, BOUND)?;
        let_it_end(stage);
    }
    Ok(())
}

fn within(stage: &mut Stage<'_>, took: Duration, bound: Duration) -> Verdict {
    stage.ensure(took <= bound, || format!("it is to take {bound:?} at most, it took {took:?}"))
}
