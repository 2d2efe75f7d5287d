//! `discrig lock`: holds a drive exclusively, as other software would.

use crate::cli::{EmulatorArguments, LockArguments};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::target::{Target, Terms};
use crate::terminal;
use core::time::Duration;
use discrig_device::{HostId, ProcessId};
use discrig_recorder::{Hresult, Recorder};
use discrig_reports::ExitCode;
use std::time::Instant;

const HOST: HostId = HostId(0);
const PROCESS: ProcessId = ProcessId(0);

pub(crate) fn run(arguments: &LockArguments) -> Result<ExitCode, Failure> {
    let nobody = match arguments.target {
        Target::Emulator(_) => Some(
            "an emulated drive lives inside this process, where nobody else meets the lock; name a node such as /dev/sr0",
        ),
        Target::Iscsi(_) => Some(
            "exclusive access belongs to a host, and the host of an iSCSI session lives inside this process, where nobody else meets \
             the lock; `discrig ctl … lock` reserves a drive of discrig's own server for a foreign host",
        ),
        Target::Node(_) => None,
    };
    if let Some(why) = nobody {
        return Err(Failure::Usage(why.to_owned()));
    }
    let mut opened = arguments.target.open(&EmulatorArguments::default(), Terms::default())?;
    let interrupt = Interrupt::listen();
    let id = opened
        .bench
        .opener(HOST, PROCESS)
        .map_err(|error| Failure::Target(error.to_string()))?
        .unique_id()
        .to_owned();
    let mut recorder = opened
        .source
        .recorder(opened.bench.as_mut(), HOST, PROCESS)
        .map_err(|error| Failure::Target(error.to_string()))?;
    recorder
        .initialize_disc_recorder(Some(&id))
        .and_then(|()| recorder.acquire_exclusive_access(arguments.force, Some(&arguments.name)))
        .map_err(|code| refusal(arguments, recorder.as_mut(), code))?;
    terminal::out(&format!("{}: held exclusively by \"{}\"", arguments.target, arguments.name));
    hold(arguments.hold.map(Duration::from_secs), &interrupt);
    recorder
        .release_exclusive_access()
        .map_err(|code| Failure::Target(format!("{}: release failed: {code}", arguments.target)))?;
    terminal::out(&format!("{}: free", arguments.target));
    Ok(ExitCode::AsExpected)
}

fn refusal(arguments: &LockArguments, recorder: &mut dyn Recorder, code: Hresult) -> Failure {
    let mut owner = String::new();
    let named = recorder.exclusive_access_owner(Some(&mut owner)).is_ok() && !owner.is_empty();
    let by = if named { format!("; it is held by \"{owner}\"") } else { String::new() };
    Failure::Target(format!("{}: {code}{by}", arguments.target))
}

/// Waits for the time or for a signal, whichever comes first.
fn hold(time: Option<Duration>, interrupt: &Interrupt) {
    let began = Instant::now();
    while !interrupt.is_asked() && time.is_none_or(|time| began.elapsed() < time) {
        std::thread::sleep(Duration::from_millis(50));
    }
}
