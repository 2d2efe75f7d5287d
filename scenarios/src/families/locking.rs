//! What the families about locks share: names, sets of allowed answers, and courses of events that are not judged by themselves.

use crate::allowed::{Allowed, Pattern, allowed};
use crate::answer::Answer;
use crate::families::sets::SUCCEEDS;
use crate::stage::{HandleSeat, RecorderSeat, Stage, usual_timeout};
use crate::stop::{Stop, Verdict};
use core::time::Duration;
use discrig_device::fault::{Action, Rule};
use discrig_device::{Capability, ErrorKind, HostEvent, HostId, Request, VolumePolicy};
use discrig_recorder::{Hresult, SENSE_LENGTH};
use discrig_wire::Cdb;
use discrig_wire::SenseKey;
use discrig_wire::command::TestUnitReady;

/// The name under which the suite locks.
pub(super) const NAME: &str = "discrig suite";
/// The name of somebody else.
pub(super) const OTHER_NAME: &str = "discrig: someone else";
/// Another host, with a nexus of its own.
pub(super) const OTHER_HOST: HostId = HostId(1);

/// Acquire while another client has the device.
pub(super) const ACQUIRE_FOREIGN: Allowed = allowed!("acquire while another client has the device":
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_LOCKED) => "imapi2-acquire",
    Pattern::Failed(Hresult::E_ACCESSDENIED) => "decision-3",
);

/// Acquire without force under a mounted volume.
pub(super) const ACQUIRE_MOUNTED: Allowed = allowed!("acquire without force while a volume is mounted":
    Pattern::Failed(Hresult::E_ACCESSDENIED) => "decision-5",
    Pattern::Failed(Hresult::ERROR_BAD_COMMAND) => "decision-5",
);

/// A member that another client's lock shuts out.
pub(super) const SHUT_OUT: Allowed = allowed!("a member while another client has the device":
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_LOCKED) => "decision-23",
);

/// A member of an object whose drive is gone.
pub(super) const GONE: Allowed = allowed!("a member after the drive went away":
    Pattern::Failed(Hresult::ERROR_DEV_NOT_EXIST) => "decision-33",
);

/// A member of an object whose process is dead, whose handle is none.
pub(super) const NO_HANDLE: Allowed = allowed!("a member without a handle of its own":
    Pattern::Failed(Hresult::ERROR_INVALID_HANDLE) => "decision-36",
);

/// A host call that has to succeed.
pub(super) const HOST_DOES: Allowed = allowed!("the host does it": Pattern::Ok => "ddi-exclusive-access");

/// A lock of what somebody has locked.
pub(super) const ALREADY_LOCKED: Allowed = allowed!("a lock of a locked device":
    Pattern::Error(ErrorKind::AlreadyLocked) => "ddi-exclusive-access",
);

/// An unlock of what nobody has locked.
pub(super) const NOT_LOCKED: Allowed = allowed!("an unlock of a free device":
    Pattern::Error(ErrorKind::NotLocked) => "ddi-exclusive-access",
);

/// An unlock of what another handle has locked.
pub(super) const NOT_OWNER: Allowed = allowed!("an unlock by another handle":
    Pattern::Error(ErrorKind::InvalidHandle) => "ddi-exclusive-access",
);

/// A request that another handle's lock shuts out.
pub(super) const HANDLE_SHUT_OUT: Allowed = allowed!("a request while another handle has the device":
    Pattern::Error(ErrorKind::Locked) => "drvdoc-exclusive-access",
);

/// A request on a handle whose drive is gone.
pub(super) const HANDLE_GONE: Allowed = allowed!("a request on a handle after the drive went away":
    Pattern::Error(ErrorKind::Gone) => "decision-33",
);

/// A request on a handle that is closed, as those of a dead process are.
pub(super) const HANDLE_DEAD: Allowed = allowed!("a request on a handle of a dead process":
    Pattern::Error(ErrorKind::InvalidHandle) => "bench",
);

/// Any answer of the drive, GOOD or not.
pub(super) const ANSWERED: Allowed =
    allowed!("the drive answers": Pattern::AnyAnswer => "design-usable-after");

/// No answer within the timeout.
pub(super) const TIMES_OUT: Allowed = allowed!("no answer within the timeout":
    Pattern::Error(ErrorKind::Timeout) => "design-effect-unknown",
);

/// A recorder's command without an answer within its timeout.
pub(super) const COMMAND_TIMES_OUT: Allowed = allowed!("a recorder's command that takes too long":
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_COMMAND_TIMEOUT) => "decision-48",
);

// --- recorders -------------------------------------------------------------------------------------------------------

/// The recorder takes the device, as [`NAME`].
pub(super) fn acquired(stage: &mut Stage<'_>, seat: &mut RecorderSeat) -> Verdict {
    let answer = stage.acquire(seat, false, NAME);
    stage.expect(&SUCCEEDS, answer).map(|_| ())
}

/// The recorder counts one acquisition back.
pub(super) fn released(stage: &mut Stage<'_>, seat: &mut RecorderSeat) -> Verdict {
    let answer = stage.release(seat);
    stage.expect(&SUCCEEDS, answer).map(|_| ())
}

/// A recorder's command without data.
pub(super) fn send(
    stage: &mut Stage<'_>,
    seat: &mut RecorderSeat,
    cdb: &[u8],
    timeout_s: u32,
) -> (Answer, [u8; SENSE_LENGTH]) {
    let at = stage.bench.now();
    // Whatever the member leaves untouched shows.
    let mut sense = [0xA5; SENSE_LENGTH];
    let answer = Answer::of_recorder_command(seat.recorder.send_command_no_data(cdb, &mut sense, timeout_s));
    stage.log(&seat.label, "SendCommandNoData", Cdb::new(cdb).ok(), &answer.to_string(), at);
    (answer, sense)
}

/// A recorder's TEST UNIT READY.
pub(super) fn send_ready(stage: &mut Stage<'_>, seat: &mut RecorderSeat) -> Answer {
    send(stage, seat, TestUnitReady {}.cdb().bytes(), 0).0
}

// --- handles ---------------------------------------------------------------------------------------------------------

/// The handle takes the device, as [`OTHER_NAME`].
pub(super) fn locked(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Verdict {
    let answer = stage.lock(seat, OTHER_NAME, VolumePolicy::Respect);
    stage.expect(&HOST_DOES, answer).map(|_| ())
}

/// The handle gives the device free.
pub(super) fn unlocked(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Verdict {
    let answer = stage.unlock(seat);
    stage.expect(&HOST_DOES, answer).map(|_| ())
}

/// The handle closes.
pub(super) fn closed(stage: &mut Stage<'_>, seat: HandleSeat) -> Verdict {
    let answer = stage.close(seat);
    stage.expect(&HOST_DOES, answer).map(|_| ())
}

/// How many unit attentions are read before the next answer counts.
const ATTENTIONS: usize = 8;

/// A command, again as long as the answer is a unit attention: each is reported once and stands in the way of nothing that is judged
/// here.
pub(super) fn past_attentions(stage: &mut Stage<'_>, seat: &mut HandleSeat, cdb: impl Into<Cdb>) -> Answer {
    let cdb = cdb.into();
    for _ in 0..ATTENTIONS {
        match stage.command(seat, cdb) {
            Answer::Check(code) if code.key == SenseKey::UnitAttention => {}
            answer => return answer,
        }
    }
    stage.command(seat, cdb)
}

/// TEST UNIT READY past unit attentions.
pub(super) fn ready(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Answer {
    past_attentions(stage, seat, TestUnitReady {})
}

/// The notifications that a handle has not seen, oldest first.
pub(super) fn events(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<Vec<HostEvent>, Stop> {
    const MOST: usize = 64;
    let mut events = Vec::new();
    let at = stage.bench.now();
    while let Some(event) = seat.handle.next_event()? {
        events.push(event);
        if events.len() == MOST {
            return Err(Stop::fail(format!("the host sends notifications without end: {events:?}")));
        }
    }
    stage.log(&seat.label, "notifications", None, &format!("{events:?}"), at);
    Ok(events)
}

/// The notifications since the last look must be these.
pub(super) fn expect_events(stage: &mut Stage<'_>, seat: &mut HandleSeat, wanted: &[HostEvent]) -> Verdict {
    let seen = events(stage, seat)?;
    stage.ensure(seen == wanted, || format!("the notifications are to be {wanted:?}, they are {seen:?}"))
}

// --- faults ----------------------------------------------------------------------------------------------------------

/// How long an abandoned command is given to come to its end.
const ENDS: Duration = Duration::from_secs(90);
/// How long a drive gets to recover where time is real: the host has aborted the command, or reset the drive, before it gave up waiting.
const RECOVERS: Duration = Duration::from_secs(5);

/// Whoever holds exclusive access loses it, and nobody is told: the fault happens at the next owner query.
pub(super) fn steal(stage: &mut Stage<'_>, witness: &mut HandleSeat) -> Verdict {
    stage.inject(Rule::new(Action::ForeignUnlock {}).times(1))?;
    stage.expect_owner(witness, None)
}

/// Lets an abandoned command come to its end.
pub(super) fn let_it_end(stage: &mut Stage<'_>) {
    let is_virtual = stage.bench.capabilities().has(Capability::VirtualTime);
    stage.wait(if is_virtual { ENDS } else { RECOVERS });
}

/// A command that takes longer than its timeout is sent by `seat`, and given up.
pub(super) fn abandoned(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Verdict {
    let answer = overrun(stage, seat)?.0;
    stage.expect(&TIMES_OUT, answer).map(|_| ())
}

/// The same, the answer being the caller's to judge; with the time that it took and the timeout.
pub(super) fn overrun(
    stage: &mut Stage<'_>,
    seat: &mut HandleSeat,
) -> Result<(Answer, Duration, Duration), Stop> {
    let slow = slow(stage)?;
    let mut buffer = vec![0; slow.transfer];
    let at = stage.bench.now();
    let request = if buffer.is_empty() {
        Request::none(slow.cdb, slow.timeout)
    } else {
        Request::input(slow.cdb, &mut buffer, slow.timeout)
    };
    let answer = Answer::of_command(&stage.execute(seat, request));
    Ok((answer, stage.bench.now() - at, slow.timeout))
}

/// A recorder's command takes longer than its timeout, and is given up.
pub(super) fn give_up_waiting(stage: &mut Stage<'_>, seat: &mut RecorderSeat) -> Verdict {
    let answer = recorder_overrun(stage, seat)?;
    stage.expect(&COMMAND_TIMES_OUT, answer).map(|_| ())
}

/// The same, the answer being the caller's to judge.
pub(super) fn recorder_overrun(stage: &mut Stage<'_>, seat: &mut RecorderSeat) -> Result<Answer, Stop> {
    let slow = slow(stage)?;
    let timeout_s = u32::try_from(slow.timeout.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX).max(1);
    let (mut buffer, mut sense, mut fetched) = (vec![0; slow.transfer], [0; SENSE_LENGTH], 0);
    let at = stage.bench.now();
    let cdb = slow.cdb.bytes();
    let result = if buffer.is_empty() {
        seat.recorder.send_command_no_data(cdb, &mut sense, timeout_s)
    } else {
        let (buffer, fetched) = (Some(&mut buffer[..]), Some(&mut fetched));
        seat.recorder.send_command_get_data_from_device(cdb, &mut sense, timeout_s, buffer, fetched)
    };
    let answer = Answer::of_recorder_command(result);
    stage.log(&seat.label, "SendCommand", Some(slow.cdb), &answer.to_string(), at);
    Ok(answer)
}

/// The bench's slow command.
pub(super) fn slow(stage: &mut Stage<'_>) -> Result<discrig_device::SlowCommand, Stop> {
    stage.act("a slow command", |bench| {
        let source = bench.slow().ok_or_else(|| undeclared(Capability::SlowCommand))?;
        source.arm()
    })
}

/// A bench that declares an ability and does not lend it.
pub(super) fn undeclared(capability: Capability) -> discrig_device::DeviceError {
    discrig_device::DeviceError::new(ErrorKind::Unsupported, format!("declared, but not there: {capability}"))
}

/// The host mounts the disc's volume.
pub(super) fn mounted(stage: &mut Stage<'_>, host: HostId) -> Verdict {
    stage.act("mount", |bench| bench.volume().ok_or_else(|| undeclared(Capability::Volume))?.mount(host))
}

/// The plug is pulled.
pub(super) fn pulled(stage: &mut Stage<'_>) -> Verdict {
    stage.act("pull the plug", |bench| bench.plug().ok_or_else(|| undeclared(Capability::Plug))?.pull())
}

/// The drive is put back.
pub(super) fn put_back(stage: &mut Stage<'_>, how: discrig_device::Replug) -> Verdict {
    stage.act("put back", |bench| bench.plug().ok_or_else(|| undeclared(Capability::Plug))?.put_back(how))
}

/// Requests find no memory on the judged host, or find it again.
pub(super) fn memory(stage: &mut Stage<'_>, host: HostId, short: bool) -> Verdict {
    let name = if short { "memory is short" } else { "there is memory again" };
    stage.act(name, |bench| {
        bench.memory().ok_or_else(|| undeclared(Capability::MemoryPressure))?.exhaust(host, short)
    })
}

/// The timeout of the suite's own TEST UNIT READY.
pub(super) fn ready_timeout() -> Duration {
    usual_timeout(&TestUnitReady {}.cdb())
}
