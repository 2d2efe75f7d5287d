//! `recorder.command.*`, `recorder.tray.*`: raw commands, and the tray in the hands of the owner.

use crate::allowed::{Allowed, Pattern, allowed};
use crate::answer::Answer;
use crate::families::locking::{NAME, acquired, released, send};
use crate::families::sets::SUCCEEDS;
use crate::families::{HERE, HOST, unit};
use crate::stage::{RecorderSeat, Stage};
use crate::stop::{Stop, Verdict};
use core::time::Duration;
use discrig_device::Capability;
use discrig_device::fault::{Action, Rule};
use discrig_recorder::{DEFAULT_COMMAND_TIMEOUT_S, Hresult, SENSE_LENGTH};
use discrig_wire::command::{Inquiry, TestUnitReady};
use discrig_wire::sense::Sense;

/// A raw command that the drive has to fail with sense data.
const HAS_SENSE: Allowed = allowed!("a raw command that the drive fails":
    Pattern::OkWithSense => "imapi2-send-command",
);
/// A CDB of the wrong size.
const WRONG_SIZE: Allowed = allowed!("a CDB whose size does not fit its operation code":
    Pattern::Failed(Hresult::E_INVALIDARG) => "decision-49",
);
/// A CDB whose size is fine: whatever the drive makes of it.
const SENT: Allowed = allowed!("a CDB whose size fits":
    Pattern::Ok => "imapi2-send-command",
    Pattern::OkWithSense => "imapi2-send-command",
);
/// A raw command without a buffer.
const NO_BUFFER: Allowed = allowed!("a raw command without its buffer":
    Pattern::Failed(Hresult::E_POINTER) => "imapi2-send-command",
);
/// A raw command with an empty buffer.
const EMPTY_BUFFER: Allowed = allowed!("a raw command with an empty buffer":
    Pattern::Failed(Hresult::E_INVALIDARG) => "imapi2-send-command",
    Pattern::Failed(Hresult::E_POINTER) => "imapi2-send-command",
);
/// A raw command that another host's reservation refuses.
const CONFLICT: Allowed = allowed!("a raw command under another host's reservation":
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_LOCKED) => "decision-44",
);
/// A raw command to a drive that stays busy.
const STAYS_BUSY: Allowed = allowed!("a raw command to a drive that stays busy":
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_MEDIA_BUSY) => "decision-43",
);
/// A raw command that failed without sense.
const NO_SENSE: Allowed = allowed!("a raw command that fails without sense data":
    Pattern::Failed(Hresult::E_FAIL) => "decision-42",
);
/// A raw command that took longer than its timeout.
const TOO_LONG: Allowed = allowed!("a raw command that takes longer than its timeout":
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_COMMAND_TIMEOUT) => "decision-48",
);

rows! {
    /// Raw commands.
    COMMANDS:
    "recorder.command.sense-is-handed-out" ["imapi2-send-command", "decision-41"] Must [] Observe
        sense_is_handed_out,
        "a command that the drive fails succeeds with its own code, and the drive's sense is in the buffer";
    "recorder.command.sense-is-zero-after-success" ["imapi2-send-command", "decision-45"] Should [] Observe
        sense_is_zero,
        "a command that succeeds leaves no old sense in the buffer";
    "recorder.command.no-sense" ["decision-42"] Should [] Observe
        no_sense,
        "a command that fails without sense data is E_FAIL, and the buffer is zero";
    "recorder.command.cdb-size-by-group" ["imapi2-send-command", "decision-49"] Must [] Observe
        cdb_size_by_group,
        "a CDB has 6 to 16 bytes and the size of its group; otherwise it is E_INVALIDARG, and the drive hears nothing";
    "recorder.command.cdb-size-exempt" ["imapi2-send-command", "decision-50"] Should [] Observe
        cdb_size_exempt,
        "vendors' operation codes, those of 60h to 7Fh and those that are exempt may have any size of 6 to 16";
    "recorder.command.bytes-fetched" ["imapi2-send-command"] Must [] Observe
        bytes_fetched,
        "the count of bytes that came is the drive's, not the buffer's";
    "recorder.command.pointers" ["imapi2-send-command", "imapi2-pointers", "decision-52"] Must [] Observe
        pointers,
        "commands with data need a buffer, and one that fetches needs a place for its count";
    "recorder.command.timeout-zero" ["decision-47"] Should [VirtualTime] Observe
        timeout_zero,
        "a timeout of zero is the default of ten seconds";
    "recorder.command.busy-is-retried" ["decision-43"] Should [] Observe
        busy_is_retried,
        "BUSY that passes is not seen by the caller";
    "recorder.command.busy-stays" ["decision-43"] Should [] Observe
        busy_stays,
        "BUSY that does not pass ends within the timeout as MEDIA_BUSY";
    "recorder.command.reservation-conflict" ["decision-44", "imapi2-send-command"] Should [] Observe
        reservation_conflict,
        "RESERVATION CONFLICT is LOCKED";
    "recorder.tray.eject-keeps-lock" ["decision-37", "imapi2-eject"] Must [OpenWhileLocked] Tray
        eject_keeps_lock,
        "the owner ejects and closes the tray, and keeps the device at the same depth of the count";
    "recorder.tray.lock-is-no-tray-lock" ["decision-39", "cdrom-sample"] Should [] Observe
        lock_is_no_tray_lock,
        "taking the device does not prevent the removal of the disc";
}

/// Neither a byte of sense nor what the suite had put there.
const CLEARED: [u8; SENSE_LENGTH] = [0; SENSE_LENGTH];

/// An operation code that the table does not know, with the size of its group.
const UNKNOWN: [u8; 6] = [0x1F, 0, 0, 0, 0, 0];

/// The recorder's drive with nothing pending on its nexus: raw commands hand out unit attentions as well.
fn at_rest(stage: &mut Stage<'_>) -> Result<RecorderSeat, Stop> {
    drop(unit::seat(stage, HOST)?);
    stage.ready_recorder(HOST, HERE)
}

fn sense_is_handed_out(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = at_rest(stage)?;
    let (answer, sense) = send(stage, &mut mine, &UNKNOWN, 0);
    stage.expect(&HAS_SENSE, answer)?;
    let parsed = Sense::parse(&sense).map(|sense| (sense.code.key as u8, sense.code.asc, sense.deferred));
    stage.ensure(parsed == Some((5, 0x20, false)), || {
        format!("an operation code that does not exist is to give 5/20, the buffer is {sense:02X?}")
    })
}

fn sense_is_zero(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = at_rest(stage)?;
    let (answer, _) = send(stage, &mut mine, &UNKNOWN, 0);
    stage.expect(&HAS_SENSE, answer)?;
    let mut sense = [0xA5; SENSE_LENGTH];
    let mut data = [0; 36];
    let (answer, fetched) = inquiry(stage, &mut mine, &mut data, &mut sense);
    stage.expect(&SUCCEEDS, answer)?;
    stage.ensure(fetched > 0 && sense == CLEARED, || format!("after S_OK the buffer is {sense:02X?}"))
}

fn no_sense(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = at_rest(stage)?;
    let silent = Rule::new(Action::CorruptSense { bytes: Vec::new() });
    stage.inject(silent.on_command(TestUnitReady::SPEC.name).times(1))?;
    let (answer, sense) = send(stage, &mut mine, TestUnitReady {}.cdb().bytes(), 0);
    stage.expect(&NO_SENSE, answer)?;
    stage.ensure(sense == CLEARED, || format!("without sense data the buffer is {sense:02X?}"))
}

fn cdb_size_by_group(stage: &mut Stage<'_>) -> Verdict {
    /// An operation code of each group that prescribes a size.
    const GROUPS: [(u8, usize); 6] = [(0x00, 6), (0x1B, 6), (0x28, 10), (0x43, 10), (0x88, 16), (0xA8, 12)];
    let mut mine = at_rest(stage)?;
    for (opcode, size) in GROUPS {
        let mut cdb = [0; 32];
        cdb[0] = opcode;
        for wrong in (0..=20).filter(|length| *length != size) {
            let before = stage.bench.now();
            let (answer, _) = send(stage, &mut mine, &cdb[..wrong], 0);
            stage.expect(&WRONG_SIZE, answer)?;
            let virtual_time = stage.bench.capabilities().has(Capability::VirtualTime);
            stage.ensure(!virtual_time || stage.bench.now() == before, || {
                format!("a CDB of {wrong} bytes for operation code {opcode:02X}h was sent")
            })?;
        }
    }
    let (answer, _) = send(stage, &mut mine, &[0; 6], 0);
    stage.expect(&SENT, answer).map(|_| ())
}

fn cdb_size_exempt(stage: &mut Stage<'_>) -> Verdict {
    /// Codes that no drive takes for an order to do something.
    const FREE: [u8; 4] = [0x02, 0x09, 0x60, 0x7E];
    let mut mine = at_rest(stage)?;
    for opcode in FREE {
        for size in [6, 10, 12, 16] {
            let mut cdb = [0; 16];
            cdb[0] = opcode;
            let (answer, _) = send(stage, &mut mine, &cdb[..size], 0);
            stage.expect(&SENT, answer)?;
        }
        for size in [0, 5, 17] {
            let mut cdb = [0; 17];
            cdb[0] = opcode;
            let (answer, _) = send(stage, &mut mine, &cdb[..size], 0);
            stage.expect(&WRONG_SIZE, answer)?;
        }
    }
    Ok(())
}

/// INQUIRY into `data` by the recorder; the answer, and the count of bytes that it gives.
fn inquiry(
    stage: &mut Stage<'_>,
    seat: &mut RecorderSeat,
    data: &mut [u8],
    sense: &mut [u8; SENSE_LENGTH],
) -> (Answer, usize) {
    let allocation_length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    let cdb = Inquiry { allocation_length, ..Inquiry::default() }.cdb();
    let at = stage.bench.now();
    let mut fetched = u32::MAX;
    let result = seat.recorder.send_command_get_data_from_device(
        cdb.bytes(),
        sense,
        0,
        Some(data),
        Some(&mut fetched),
    );
    let answer = Answer::of_recorder_command(result);
    stage.log(&seat.label, "SendCommandGetDataFromDevice", Some(cdb), &answer.to_string(), at);
    (answer, fetched as usize)
}

fn bytes_fetched(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = at_rest(stage)?;
    let mut sense = [0; SENSE_LENGTH];
    for room in [5, 36, 255] {
        let mut data = vec![0; room];
        let (answer, fetched) = inquiry(stage, &mut mine, &mut data, &mut sense);
        stage.expect(&SUCCEEDS, answer)?;
        // Byte 4 counts what follows it.
        let has = 5 + usize::from(data[4]);
        stage.ensure(fetched == has.min(room), || {
            format!("of {has} bytes {fetched} are said to have come into a buffer of {room}")
        })?;
    }
    Ok(())
}

fn pointers(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = at_rest(stage)?;
    let inquiry = Inquiry { allocation_length: 36, ..Inquiry::default() }.cdb();
    let mut sense = [0; SENSE_LENGTH];
    let mut data = [0; 36];
    let mut fetched = 0;
    let it = &mut mine.recorder;
    let cdb = inquiry.bytes();
    let calls = [
        (&NO_BUFFER, it.send_command_get_data_from_device(cdb, &mut sense, 0, None, Some(&mut fetched))),
        (&NO_BUFFER, it.send_command_get_data_from_device(cdb, &mut sense, 0, Some(&mut data), None)),
        (&NO_BUFFER, it.send_command_send_data_to_device(&[0x15, 0x10, 0, 0, 0, 0], &mut sense, 0, None)),
        (
            &EMPTY_BUFFER,
            it.send_command_get_data_from_device(cdb, &mut sense, 0, Some(&mut []), Some(&mut fetched)),
        ),
        (
            &EMPTY_BUFFER,
            it.send_command_send_data_to_device(&[0x15, 0x10, 0, 0, 0, 0], &mut sense, 0, Some(&[])),
        ),
    ];
    calls.into_iter().try_for_each(|(allowed, result)| {
        stage.expect(allowed, Answer::of_recorder_command(result)).map(|_| ())
    })
}

fn timeout_zero(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = at_rest(stage)?;
    let limit = Duration::from_secs(DEFAULT_COMMAND_TIMEOUT_S.into());
    let stall = Rule::new(Action::Stall {}).on_command(TestUnitReady::SPEC.name);
    stage.inject(stall.times(1))?;
    let before = stage.bench.now();
    let (answer, _) = send(stage, &mut mine, TestUnitReady {}.cdb().bytes(), 0);
    stage.expect(&TOO_LONG, answer)?;
    let waited = stage.bench.now() - before;
    stage.ensure(waited == limit, || format!("with a timeout of zero it waited {waited:?}, not {limit:?}"))
}

/// The next `times` commands TEST UNIT READY are answered with a status byte.
fn answers_with(stage: &mut Stage<'_>, status: discrig_wire::Status, times: Option<u64>) -> Verdict {
    let rule = Rule::new(Action::Status { status: status.0 }).on_command(TestUnitReady::SPEC.name);
    stage.inject(times.map_or(rule.clone(), |times| rule.times(times)))
}

fn busy_is_retried(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = at_rest(stage)?;
    answers_with(stage, discrig_wire::Status::BUSY, Some(2))?;
    let (answer, _) = send(stage, &mut mine, TestUnitReady {}.cdb().bytes(), 0);
    stage.expect(&SENT, answer).map(|_| ())
}

fn busy_stays(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = at_rest(stage)?;
    answers_with(stage, discrig_wire::Status::BUSY, None)?;
    let before = stage.bench.now();
    let (answer, sense) = send(stage, &mut mine, TestUnitReady {}.cdb().bytes(), 2);
    stage.expect(&STAYS_BUSY, answer)?;
    let waited = stage.bench.now() - before;
    stage.ensure(waited <= Duration::from_secs(3) && sense == CLEARED, || {
        format!("BUSY was tried for {waited:?} under a timeout of two seconds, and left {sense:02X?}")
    })?;
    stage.lift()
}

fn reservation_conflict(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = at_rest(stage)?;
    answers_with(stage, discrig_wire::Status::RESERVATION_CONFLICT, Some(1))?;
    let (answer, sense) = send(stage, &mut mine, TestUnitReady {}.cdb().bytes(), 0);
    stage.expect(&CONFLICT, answer)?;
    stage.ensure(sense == CLEARED, || format!("without sense data the buffer is {sense:02X?}"))
}

fn eject_keeps_lock(stage: &mut Stage<'_>) -> Verdict {
    let mut witness = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut witness)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    acquired(stage, &mut mine)?;
    let answer = stage.recorder_call(&mut mine, "EjectMedia", |recorder| recorder.eject_media());
    stage.expect(&SUCCEEDS, answer)?;
    stage.expect_owner(&mut witness, Some(NAME))?;
    let answer = stage.recorder_call(&mut mine, "CloseTray", |recorder| recorder.close_tray());
    stage.expect(&SUCCEEDS, answer)?;
    stage.expect_owner(&mut witness, Some(NAME))?;
    released(stage, &mut mine)?;
    stage.expect_owner(&mut witness, Some(NAME))?;
    released(stage, &mut mine)?;
    stage.expect_owner(&mut witness, None)
}

fn lock_is_no_tray_lock(stage: &mut Stage<'_>) -> Verdict {
    let mut before = unit::seat(stage, HOST)?;
    let prevented = unit::lock_state(stage, &mut before)?;
    drop(before);
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    let mut page = Vec::new();
    let answer = stage.recorder_call(&mut mine, "GetModePage(2Ah)", |recorder| {
        use discrig_recorder::ModePageRequestType::CurrentValues;
        recorder.get_mode_page(0x2A, CurrentValues, Some(&mut page))
    });
    stage.expect(&SUCCEEDS, answer)?;
    // Byte 6, bit 1: the lock state.
    let now = page.get(6).is_some_and(|byte| byte & 0x02 != 0);
    stage.ensure(now == prevented, || "taking the device changed the drive's lock state".to_owned())?;
    released(stage, &mut mine)
}
