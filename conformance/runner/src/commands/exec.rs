//! `discrig exec`: one command and its decoded answer.

use crate::cli::ExecArguments;
use crate::failure::Failure;
use crate::target::{Stake, Terms};
use crate::terminal;
use core::time::Duration;
use discrig_device::{Completion, Data, Handle, HostId, ProcessId, Request};
use discrig_reports::ExitCode;
use discrig_wire::command::{CommandSpec, Direction, Flags, SynchronizeCache};
use discrig_wire::{Cdb, SenseKey, describe};
use serde_json::json;

/// Most bytes that one command may transfer here.
const LIMIT: usize = 1 << 20;

pub(crate) fn run(arguments: &ExecArguments) -> Result<ExitCode, Failure> {
    let cdb: Cdb = arguments.cdb.join(" ").parse().map_err(|error| Failure::Usage(format!("{error}")))?;
    let spec = CommandSpec::of(&cdb);
    let mut opened = arguments.target.open(&arguments.emulator, Terms::of(&arguments.iscsi))?;
    if opened.stake == Stake::Drive && spec.is_none_or(|spec| spec.flags.contains(Flags::WRITES)) {
        return Err(Failure::Usage(
            "this command writes, or is unknown and so may; a physical drive is not written by `exec`"
                .to_owned(),
        ));
    }
    let data_out = arguments.data_out.as_deref().map(bytes).transpose()?.unwrap_or_default();
    let mut buffer = vec![0; data_in_length(arguments, &cdb, spec)?];
    let timeout = arguments
        .timeout
        .or_else(|| spec.map(|spec| Duration::from_millis(u64::from(spec.timeout_ms))))
        .unwrap_or(Duration::from_secs(30));
    let data = match (data_out.is_empty(), buffer.is_empty()) {
        (false, _) => Data::Out(&data_out),
        (true, false) => Data::In(&mut buffer),
        (true, true) => Data::None,
    };
    let mut handle = opened
        .bench
        .open(HostId(0), ProcessId(0))
        .map_err(|error| Failure::Target(format!("{}: {error}", arguments.target)))?;
    let completion = handle
        .execute(Request { cdb, data, timeout })
        .map_err(|error| Failure::Target(format!("{}: {error}", arguments.target)))?;
    if opened.stake == Stake::Disc && completion.is_good() {
        keep(handle.as_mut())?;
    }
    let received =
        if data_out.is_empty() { &buffer[..completion.transferred.min(buffer.len())] } else { &[] };
    terminal::out(&if arguments.json {
        as_json(&cdb, &completion, received)
    } else {
        as_text(&cdb, &completion, received)
    });
    Ok(ExitCode::AsExpected)
}

/// Empties the drive's buffer onto the disc, as a drive does that is left alone: with this command its power ends.
fn keep(handle: &mut dyn Handle) -> Result<(), Failure> {
    let request = Request::none(SynchronizeCache::default().cdb(), Duration::from_secs(3600));
    let failed =
        |problem: String| Failure::Target(format!("what the command wrote could not be kept: {problem}"));
    let completion = handle.execute(request).map_err(|error| failed(error.to_string()))?;
    match completion.code() {
        // Nothing that could be written was in the drive.
        Some(code) if code.key == SenseKey::IllegalRequest || code.key == SenseKey::NotReady => Ok(()),
        Some(code) => Err(failed(code.to_string())),
        None => Ok(()),
    }
}

/// How many bytes to receive: as asked for, or as many as the command's own fields say.
fn data_in_length(
    arguments: &ExecArguments,
    cdb: &Cdb,
    spec: Option<&'static CommandSpec>,
) -> Result<usize, Failure> {
    let length = match (arguments.data_in, spec) {
        (Some(count), _) => count,
        (None, Some(spec)) if spec.direction == Direction::In => spec.allocation(cdb),
        (None, _) => 0,
    };
    if length > LIMIT {
        return Err(Failure::Usage(format!("{length} bytes at once; at most {LIMIT} can be received here")));
    }
    Ok(length)
}

fn bytes(text: &str) -> Result<Vec<u8>, Failure> {
    text.split_ascii_whitespace()
        .map(|pair| u8::from_str_radix(pair, 16))
        .collect::<Result<_, _>>()
        .map_err(|_| Failure::Usage("data are written as hexadecimal bytes such as `00 0A FF`".to_owned()))
}

fn as_text(cdb: &Cdb, completion: &Completion, received: &[u8]) -> String {
    let mut lines = vec![
        format!("command   {cdb}  {}", describe::describe_command(cdb)),
        format!("status    {} after {:?}", completion.status, completion.elapsed),
    ];
    if !completion.sense.is_empty() {
        lines.push(format!("sense     {}", describe::describe_sense(&completion.sense)));
    }
    if !received.is_empty() {
        lines.push(format!("data      {} bytes", received.len()));
        lines.push(describe::describe_data(cdb, received));
    }
    lines.join("\n")
}

fn as_json(cdb: &Cdb, completion: &Completion, received: &[u8]) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ");
    let value = json!({
        "cdb": cdb.to_string(),
        "command": describe::describe_command(cdb),
        "status": completion.status.0,
        "sense": hex(completion.sense.bytes()),
        "sense-code": completion.sense.code().map(|code| code.to_string()),
        "transferred": completion.transferred,
        "elapsed-ns": u64::try_from(completion.elapsed.as_nanos()).unwrap_or(u64::MAX),
        "data": hex(received),
    });
    format!("{value:#}")
}
