//! `host.tray.*`: the host's own tray calls and its two locks on the tray.

use crate::allowed::{Allowed, Pattern, allowed};
use crate::answer::Answer;
use crate::families::locking::{HOST_DOES, closed};
use crate::families::{ELSEWHERE, HERE, HOST, unit};
use crate::stage::{HandleSeat, Stage};
use crate::stop::Verdict;
use discrig_device::TrayLock::{Protected, Simple};
use discrig_device::{DeviceError, ErrorKind, HostTray, TrayLock};

/// A tray call that a lock on the tray forbids.
const FORBIDDEN: Allowed = allowed!("eject under a protected tray lock":
    Pattern::Error(ErrorKind::Busy) => "decision-38",
);
/// Giving up a protected lock that the handle does not hold.
const NOT_HELD: Allowed = allowed!("giving up a protected tray lock that the handle does not hold":
    Pattern::Error(ErrorKind::InvalidState) => "ddi-ejection-control",
);

rows! {
    /// The host's tray calls.
    TRAY:
    "host.tray.eject-and-load" ["cdrom-sample"] Must [HostTray] Tray
        eject_and_load, "the host opens and closes the tray when it is asked to";
    "host.tray.protected-forbids-eject" ["decision-38", "ddi-ejection-control"] Must [HostTray, ProtectedTrayLock] Tray
        protected_forbids_eject, "while any handle holds a protected tray lock no handle ejects by the host's call, its own included";
    "host.tray.protected-counts" ["ddi-ejection-control"] Must [HostTray, ProtectedTrayLock] Observe
        protected_counts, "removal is prevented from the first protected lock to the last, and no handle gives up another's";
    "host.tray.protected-closes" ["ddi-ejection-control", "cdrom-sample"] Must [HostTray, ProtectedTrayLock] Observe
        protected_closes, "closing a handle gives up its protected tray locks and no other's";
    "host.tray.protected-dies" ["ddi-ejection-control", "cdrom-sample"] Must [HostTray, ProtectedTrayLock, SecondProcess] Observe
        protected_dies, "the protected tray locks of a process that dies are given up";
    "host.tray.simple-is-anybodys" ["ddi-media-removal"] Must [HostTray] Observe
        simple_is_anybodys, "a simple tray lock can be given up by any handle, and outlives the one that took it";
    "host.tray.simple-at-zero" ["ddi-media-removal"] Should [HostTray] Observe
        simple_at_zero, "giving up a simple tray lock that nobody holds succeeds and changes nothing";
    "host.tray.both-together" ["ddi-media-removal", "ddi-ejection-control", "cdrom-sample"] Should [HostTray, ProtectedTrayLock] Observe
        both_together, "removal is prevented as long as a lock of either kind is held";
}

/// A tray call of the host, to be judged.
pub(super) fn call(
    stage: &mut Stage<'_>,
    seat: &mut HandleSeat,
    name: &str,
    call: impl FnOnce(&mut dyn HostTray) -> Result<(), DeviceError>,
) -> Answer {
    stage.host_call(seat, name, |handle| match handle.tray() {
        Some(tray) => call(tray),
        None => Err(DeviceError::new(ErrorKind::Unsupported, "tray calls")),
    })
}

/// Locks the tray once more, or takes one locking back, which has to succeed.
fn hold(stage: &mut Stage<'_>, seat: &mut HandleSeat, lock: TrayLock, held: bool) -> Verdict {
    let name = format!("{} the tray, {lock:?}", if held { "lock" } else { "unlock" });
    let answer = call(stage, seat, &name, |tray| match held {
        true => tray.lock_tray(lock),
        false => tray.unlock_tray(lock),
    });
    stage.expect(&HOST_DOES, answer).map(|_| ())
}

/// The drive shows that removal is prevented, or that it is not.
fn shows(stage: &mut Stage<'_>, seat: &mut HandleSeat, prevented: bool) -> Verdict {
    let shown = unit::lock_state(stage, seat)?;
    stage.ensure(shown == prevented, || {
        format!(
            "removal is to be {}, the drive shows the opposite",
            if prevented { "prevented" } else { "allowed" }
        )
    })
}

fn eject_and_load(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut mine)?;
    for _ in 0..2 {
        let answer = call(stage, &mut mine, "eject", |tray| tray.eject());
        stage.expect(&HOST_DOES, answer)?;
        unit::rest(stage, &mut mine, false)?;
        let answer = call(stage, &mut mine, "load", |tray| tray.load());
        stage.expect(&HOST_DOES, answer)?;
        // Linux takes an eject that only met the unit attention of a loaded disc for done.
        unit::settle(stage, &mut mine)?;
    }
    Ok(())
}

fn protected_forbids_eject(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = unit::seat(stage, HOST)?;
    let mut other = stage.open(HOST, HERE)?;
    unit::require_tray(stage, &mut mine)?;
    hold(stage, &mut mine, Protected, true)?;
    for seat in [&mut mine, &mut other] {
        let answer = call(stage, seat, "eject", |tray| tray.eject());
        stage.expect(&FORBIDDEN, answer)?;
    }
    shows(stage, &mut mine, true)?;
    hold(stage, &mut mine, Protected, false)?;
    let answer = call(stage, &mut other, "eject", |tray| tray.eject());
    stage.expect(&HOST_DOES, answer)?;
    let answer = call(stage, &mut other, "load", |tray| tray.load());
    stage.expect(&HOST_DOES, answer).map(|_| ())
}

fn protected_counts(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = unit::seat(stage, HOST)?;
    let mut other = stage.open(HOST, HERE)?;
    shows(stage, &mut mine, false)?;
    hold(stage, &mut mine, Protected, true)?;
    hold(stage, &mut mine, Protected, true)?;
    hold(stage, &mut other, Protected, true)?;
    hold(stage, &mut other, Protected, false)?;
    let answer = call(stage, &mut other, "unlock the tray", |tray| tray.unlock_tray(Protected));
    stage.expect(&NOT_HELD, answer)?;
    hold(stage, &mut mine, Protected, false)?;
    shows(stage, &mut mine, true)?;
    hold(stage, &mut mine, Protected, false)?;
    shows(stage, &mut mine, false)?;
    let answer = call(stage, &mut mine, "unlock the tray", |tray| tray.unlock_tray(Protected));
    stage.expect(&NOT_HELD, answer)?;
    shows(stage, &mut mine, false)
}

fn protected_closes(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = unit::seat(stage, HOST)?;
    let (mut first, mut second) = (stage.open(HOST, HERE)?, stage.open(HOST, HERE)?);
    hold(stage, &mut first, Protected, true)?;
    hold(stage, &mut first, Protected, true)?;
    hold(stage, &mut second, Protected, true)?;
    closed(stage, first)?;
    shows(stage, &mut mine, true)?;
    closed(stage, second)?;
    shows(stage, &mut mine, false)
}

fn protected_dies(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = unit::seat(stage, HOST)?;
    let mut theirs = stage.open(HOST, ELSEWHERE)?;
    hold(stage, &mut theirs, Protected, true)?;
    shows(stage, &mut mine, true)?;
    stage.act("kill the other process", |bench| bench.kill(ELSEWHERE))?;
    shows(stage, &mut mine, false)
}

fn simple_is_anybodys(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = unit::seat(stage, HOST)?;
    let mut other = stage.open(HOST, HERE)?;
    hold(stage, &mut other, Simple, true)?;
    closed(stage, other)?;
    shows(stage, &mut mine, true)?;
    hold(stage, &mut mine, Simple, false)?;
    shows(stage, &mut mine, false)
}

fn simple_at_zero(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = unit::seat(stage, HOST)?;
    for _ in 0..2 {
        hold(stage, &mut mine, Simple, false)?;
        shows(stage, &mut mine, false)?;
        hold(stage, &mut mine, Simple, true)?;
        shows(stage, &mut mine, true)?;
        hold(stage, &mut mine, Simple, false)?;
    }
    shows(stage, &mut mine, false)
}

fn both_together(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = unit::seat(stage, HOST)?;
    for (first, last) in [(Simple, Protected), (Protected, Simple)] {
        hold(stage, &mut mine, first, true)?;
        hold(stage, &mut mine, last, true)?;
        hold(stage, &mut mine, first, false)?;
        shows(stage, &mut mine, true)?;
        hold(stage, &mut mine, last, false)?;
        shows(stage, &mut mine, false)?;
    }
    Ok(())
}
