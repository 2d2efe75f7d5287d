//! `recorder.release.code-*`, `recorder.acquire.code-*`, `recorder.owner.code-*`: every documented code of the three lock members, each by the
//! cause that it stands for.
//!
//! A [`Cause`] is brought about for real, the member is called, and then the cause is taken away again: what was refused must be possible
//! then, and nothing may have changed meanwhile.

use crate::allowed::{Allowed, Pattern, allowed};
use crate::answer::Answer;
use crate::families::locking::{
    ACQUIRE_FOREIGN, ACQUIRE_MOUNTED, GONE, HOST_DOES, NAME, NO_HANDLE, OTHER_HOST, OTHER_NAME, acquired,
    give_up_waiting, let_it_end, locked, memory, mounted, past_attentions, pulled, put_back, released, steal,
    unlocked,
};
use crate::families::sets::{RELEASE_AT_ZERO, SUCCEEDS};
use crate::families::{ELSEWHERE, HERE, HOST};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::{HandleSeat, RecorderSeat, Stage};
use crate::stop::{Stop, Verdict};
use discrig_device::fault::{Action, Rule};
use discrig_device::{Capability, ProcessId, Replug};
use discrig_recorder::Hresult;
use discrig_wire::command::{Release6, Reserve6, TestUnitReady};
use discrig_wire::{SenseCode, SenseKey};

/// One of the three members.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Member {
    Acquire,
    Owner,
    Release,
}

/// Something that makes a member fail, for real.
struct Cause {
    /// What the member has to answer.
    code: &'static Allowed,
    /// In which process the object lives.
    process: ProcessId,
    /// Whether the member meets the cause only if the host asks the drive before it answers.
    by_drive: bool,
    /// Brings it about.
    bring: fn(&mut Stage<'_>, &mut Scene) -> Verdict,
    /// Takes it away; the object is as good as before then. Without it the object is lost.
    remove: Option<fn(&mut Stage<'_>, &mut Scene) -> Verdict>,
}

/// The object that is judged and whoever is in its way.
struct Scene {
    mine: RecorderSeat,
    other: Option<HandleSeat>,
}

impl Scene {
    fn other(&mut self) -> Result<&mut HandleSeat, Stop> {
        self.other.as_mut().ok_or_else(|| Stop::Rig("there is nobody else".to_owned()))
    }
}

const FAILS: Allowed = allowed!("the drive reports a hardware failure to the host's queue":
    Pattern::Failed(Hresult::E_FAIL) => "imapi2-release",
);
const NO_MEMORY: Allowed = allowed!("the host has no memory for the request":
    Pattern::Failed(Hresult::E_OUTOFMEMORY) => "imapi2-release",
);
const TIMED_OUT: Allowed = allowed!("the host's queue waits for an abandoned command in vain":
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_COMMAND_TIMEOUT) => "imapi2-release",
);
const RESERVED: Allowed = allowed!("another host has reserved the drive":
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_LOCKED) => "decision-44",
);
const NO_POINTER: Allowed = allowed!("no place for the result":
    Pattern::Failed(Hresult::E_POINTER) => "imapi2-pointers",
);
const LOST_TO_OTHER: Allowed = allowed!("release of a lock that somebody else has by now":
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_LOCKED) => "imapi2-release",
    Pattern::Failed(Hresult::ERROR_INVALID_HANDLE) => "cdrom-sample",
);

/// The drive answers the host's queue with a hardware error.
const HARDWARE: Cause = Cause {
    code: &FAILS,
    process: HERE,
    by_drive: true,
    bring: |stage, scene| {
        give_up_waiting(stage, &mut scene.mine)?;
        let_it_end(stage);
        let code = SenseCode::new(SenseKey::HardwareError, 0x44, 0x00);
        let action = Action::Sense { code, deferred: false };
        stage.inject(Rule::new(action).on_command(TestUnitReady::SPEC.name).times(1))
    },
    remove: Some(|stage, _| stage.lift()),
};

/// The host is out of memory.
const MEMORY: Cause = Cause {
    code: &NO_MEMORY,
    process: HERE,
    by_drive: false,
    bring: |stage, _| memory(stage, HOST, true),
    remove: Some(|stage, _| memory(stage, HOST, false)),
};

/// The drive is busy with an abandoned command for longer than the host's queue waits.
const QUEUE: Cause = Cause {
    code: &TIMED_OUT,
    process: HERE,
    by_drive: true,
    bring: |stage, scene| give_up_waiting(stage, &mut scene.mine),
    remove: Some(|stage, _| {
        let_it_end(stage);
        Ok(())
    }),
};

/// Another host reserves the drive while an abandoned command has yet to be waited for.
const RESERVATION: Cause = Cause {
    code: &RESERVED,
    process: HERE,
    by_drive: true,
    bring: |stage, scene| {
        give_up_waiting(stage, &mut scene.mine)?;
        let_it_end(stage);
        let mut other = stage.open(OTHER_HOST, HERE)?;
        let answer = past_attentions(stage, &mut other, Reserve6::default());
        scene.other = Some(other);
        stage.expect(&HOST_DOES, answer).map(|_| ())
    },
    remove: Some(|stage, scene| {
        let answer = past_attentions(stage, scene.other()?, Release6::default());
        stage.expect(&HOST_DOES, answer).map(|_| ())
    }),
};

/// The object's process was killed, and with it its handle closed.
const KILLED: Cause = Cause {
    code: &NO_HANDLE,
    process: ELSEWHERE,
    by_drive: false,
    bring: |stage, _| stage.act("kill the object's process", |bench| bench.kill(ELSEWHERE)),
    remove: None,
};

/// The plug was pulled; the drive is back for what comes after.
const UNPLUGGED: Cause =
    Cause { code: &GONE, process: HERE, by_drive: false, bring: |stage, _| pulled(stage), remove: None };

/// Another process has the device.
const FOREIGN: Cause = Cause {
    code: &ACQUIRE_FOREIGN,
    process: HERE,
    by_drive: false,
    bring: |stage, scene| {
        let mut other = stage.open(HOST, ELSEWHERE)?;
        locked(stage, &mut other)?;
        scene.other = Some(other);
        Ok(())
    },
    remove: Some(|stage, scene| unlocked(stage, scene.other()?)),
};

/// A volume is mounted.
const MOUNTED: Cause = Cause {
    code: &ACQUIRE_MOUNTED,
    process: HERE,
    by_drive: false,
    bring: |stage, _| mounted(stage, HOST),
    remove: Some(|stage, _| {
        stage.act("dismount", |bench| bench.volume().map_or(Ok(()), |volume| volume.dismount(HOST)))
    }),
};

macro_rules! codes {
    ($($slug:literal [$($clause:literal),+] [$($need:ident),*] $hazard:ident $body:expr, $summary:literal;)+) => {
        /// Every documented code of the three members.
        pub(in crate::families) const CODES: &[Scenario] = &[$(Scenario {
            slug: $slug,
            clauses: &[$($clause),+],
            level: Level::Should,
            needs: &[$(Capability::$need),*],
            hazard: Hazard::$hazard,
            summary: $summary,
            body: Body::Example($body),
        }),+];
    };
}

codes! {
    "recorder.release.code-e-fail" ["imapi2-release"] [SlowCommand] Wedge
        |stage| reached(stage, Member::Release, &HARDWARE),
        "a release whose host meets a hardware failure of the drive is E_FAIL, and can be repeated";
    "recorder.release.code-out-of-memory" ["imapi2-release"] [MemoryPressure] Observe
        |stage| reached(stage, Member::Release, &MEMORY),
        "a release that the host has no memory for is E_OUTOFMEMORY, and can be repeated";
    "recorder.release.code-command-timeout" ["imapi2-release", "decision-59"] [SlowCommand] Wedge
        |stage| reached(stage, Member::Release, &QUEUE),
        "a release that waits in vain for an abandoned command is COMMAND_TIMEOUT, and can be repeated";
    "recorder.release.code-invalid-handle" ["imapi2-release", "decision-31"] [SecondProcess, OpenWhileLocked] Observe
        |stage| reached(stage, Member::Release, &KILLED),
        "a release by an object whose process is dead is ERROR_INVALID_HANDLE";
    "recorder.release.code-device-gone" ["imapi2-release", "decision-33"] [Plug] Wedge
        |stage| reached(stage, Member::Release, &UNPLUGGED),
        "a release after the drive was unplugged is ERROR_DEV_NOT_EXIST";
    "recorder.release.code-locked" ["imapi2-release", "ddi-exclusive-access"] [StealLock, SecondProcess] Observe
        lost_to_other,
        "a release of a lock that was lost and that another client has by now is LOCKED, and disturbs nobody";
    "recorder.release.code-locked-by-reservation" ["imapi2-release", "decision-44"] [SlowCommand, SecondHost] Wedge
        |stage| reached(stage, Member::Release, &RESERVATION),
        "a release whose host meets another host's reservation is LOCKED, and can be repeated";
    "recorder.release.code-invalid-handle-lost" ["imapi2-release", "decision-14"] [StealLock, OpenWhileLocked] Observe
        lost_to_nobody,
        "a release of a lock that was lost and that nobody has is ERROR_INVALID_HANDLE";

    "recorder.acquire.code-e-fail" ["imapi2-acquire"] [SlowCommand] Wedge
        |stage| reached(stage, Member::Acquire, &HARDWARE),
        "an acquire whose host meets a hardware failure of the drive is E_FAIL and takes nothing";
    "recorder.acquire.code-out-of-memory" ["imapi2-acquire"] [MemoryPressure] Observe
        |stage| reached(stage, Member::Acquire, &MEMORY),
        "an acquire that the host has no memory for is E_OUTOFMEMORY and takes nothing";
    "recorder.acquire.code-command-timeout" ["imapi2-acquire", "decision-59"] [SlowCommand] Wedge
        |stage| reached(stage, Member::Acquire, &QUEUE),
        "an acquire that waits in vain for an abandoned command is COMMAND_TIMEOUT and takes nothing";
    "recorder.acquire.code-invalid-handle" ["imapi2-acquire", "decision-31"] [SecondProcess, OpenWhileLocked] Observe
        |stage| reached(stage, Member::Acquire, &KILLED),
        "an acquire by an object whose process is dead is ERROR_INVALID_HANDLE";
    "recorder.acquire.code-device-gone" ["imapi2-acquire", "decision-33"] [Plug] Wedge
        |stage| reached(stage, Member::Acquire, &UNPLUGGED),
        "an acquire after the drive was unplugged is ERROR_DEV_NOT_EXIST";
    "recorder.acquire.code-locked" ["imapi2-acquire", "decision-3"] [SecondProcess, OpenWhileLocked] Observe
        |stage| reached(stage, Member::Acquire, &FOREIGN),
        "an acquire while another process has the device is LOCKED and takes nothing";
    "recorder.acquire.code-access-denied" ["imapi2-acquire", "decision-5"] [Volume, OpenWhileLocked] Observe
        |stage| reached(stage, Member::Acquire, &MOUNTED),
        "an acquire without force while a volume is mounted is E_ACCESSDENIED and takes nothing";
    "recorder.acquire.code-invalid-argument" ["imapi2-acquire", "decision-10"] [OpenWhileLocked] Observe
        invalid_argument,
        "an acquire without a usable name is E_INVALIDARG and takes nothing";

    "recorder.owner.code-e-fail" ["imapi2-owner"] [SlowCommand] Wedge
        |stage| reached(stage, Member::Owner, &HARDWARE),
        "an owner query whose host meets a hardware failure of the drive is E_FAIL";
    "recorder.owner.code-out-of-memory" ["imapi2-owner"] [MemoryPressure] Observe
        |stage| reached(stage, Member::Owner, &MEMORY),
        "an owner query that the host has no memory for is E_OUTOFMEMORY";
    "recorder.owner.code-command-timeout" ["imapi2-owner", "decision-59"] [SlowCommand] Wedge
        |stage| reached(stage, Member::Owner, &QUEUE),
        "an owner query that waits in vain for an abandoned command is COMMAND_TIMEOUT";
    "recorder.owner.code-invalid-handle" ["imapi2-owner", "decision-31"] [SecondProcess, OpenWhileLocked] Observe
        |stage| reached(stage, Member::Owner, &KILLED),
        "an owner query by an object whose process is dead is ERROR_INVALID_HANDLE";
    "recorder.owner.code-device-gone" ["imapi2-owner", "decision-33"] [Plug] Wedge
        |stage| reached(stage, Member::Owner, &UNPLUGGED),
        "an owner query after the drive was unplugged is ERROR_DEV_NOT_EXIST";
    "recorder.owner.code-locked" ["imapi2-owner", "decision-44"] [SlowCommand, SecondHost] Wedge
        |stage| reached(stage, Member::Owner, &RESERVATION),
        "an owner query whose host meets another host's reservation is LOCKED";
    "recorder.owner.code-pointer" ["imapi2-owner", "decision-52"] [] Observe
        no_pointer,
        "an owner query without a place for the name is E_POINTER, whoever has the device";
}

impl Member {
    fn call(self, stage: &mut Stage<'_>, seat: &mut RecorderSeat) -> Answer {
        match self {
            Member::Acquire => stage.acquire(seat, false, NAME),
            Member::Owner => stage.exclusive_owner(seat).0,
            Member::Release => stage.release(seat),
        }
    }

    /// What the member was refused is possible now, and it is all that was left to do.
    fn made_up_for(self, stage: &mut Stage<'_>, seat: &mut RecorderSeat) -> Verdict {
        match self {
            Member::Acquire => {
                acquired(stage, seat)?;
                released(stage, seat)?;
            }
            Member::Owner => {
                let answer = self.call(stage, seat);
                stage.expect(&SUCCEEDS, answer)?;
            }
            Member::Release => released(stage, seat)?,
        }
        let answer = stage.release(seat);
        stage.expect(&RELEASE_AT_ZERO, answer).map(|_| ())
    }
}

/// Brings the cause about, calls the member, and takes the cause away.
fn reached(stage: &mut Stage<'_>, member: Member, cause: &Cause) -> Verdict {
    let mut scene = Scene { mine: stage.ready_recorder(HOST, cause.process)?, other: None };
    if member == Member::Release {
        acquired(stage, &mut scene.mine)?;
    }
    (cause.bring)(stage, &mut scene)?;
    let before = stage.fired();
    let answer = member.call(stage, &mut scene.mine);
    if cause.by_drive && answer.is_ok() && stage.fired() == before {
        return Err(Stop::Skip("this host answers without asking the drive".to_owned()));
    }
    stage.expect(cause.code, answer)?;
    match cause.remove {
        Some(remove) => {
            remove(stage, &mut scene)?;
            member.made_up_for(stage, &mut scene.mine)
        }
        None => replaced(stage, scene),
    }
}

/// The object is lost. It keeps nobody out, and a new one works.
fn replaced(stage: &mut Stage<'_>, scene: Scene) -> Verdict {
    if stage.bench.open(HOST, HERE).is_err() {
        put_back(stage, Replug::Same)?;
    }
    let mut new = stage.ready_recorder(HOST, HERE)?;
    acquired(stage, &mut new)?;
    drop(scene);
    released(stage, &mut new)
}

fn lost_to_other(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut other = stage.open(HOST, ELSEWHERE)?;
    acquired(stage, &mut mine)?;
    steal(stage, &mut other)?;
    locked(stage, &mut other)?;
    let answer = stage.release(&mut mine);
    stage.expect(&LOST_TO_OTHER, answer)?;
    stage.expect_owner(&mut other, Some(OTHER_NAME))?;
    let answer = stage.release(&mut mine);
    stage.expect(&RELEASE_AT_ZERO, answer)?;
    unlocked(stage, &mut other)?;
    acquired(stage, &mut mine)?;
    released(stage, &mut mine)
}

fn lost_to_nobody(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    steal(stage, &mut witness)?;
    let answer = stage.release(&mut mine);
    stage.expect(&RELEASE_AT_ZERO, answer)?;
    acquired(stage, &mut mine)?;
    released(stage, &mut mine)
}

fn invalid_argument(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    for name in ["", "no/slash", &"n".repeat(64)] {
        let answer = stage.acquire(&mut mine, false, name);
        stage.expect(&super::names::BAD_NAME, answer)?;
        stage.expect_owner(&mut witness, None)?;
    }
    Member::Acquire.made_up_for(stage, &mut mine)
}

fn no_pointer(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    for _ in 0..2 {
        let answer = stage.recorder_call(&mut mine, "ExclusiveAccessOwner without a place", |recorder| {
            recorder.exclusive_access_owner(None)
        });
        stage.expect(&NO_POINTER, answer)?;
        acquired(stage, &mut mine)?;
    }
    released(stage, &mut mine)?;
    released(stage, &mut mine)
}
