//! `removal.return.*`, `removal.notify.*`: what of the old instance is gone when the drive is back, and what listeners are told.

use super::{SWITCH_MEMBERS, bereft, dead};
use crate::allowed::{Allowed, Pattern, allowed};
use crate::families::locking::{
    GONE, HOST_DOES, OTHER_NAME, acquired, events, expect_events, locked, pulled, put_back, released,
    send_ready,
};
use crate::families::sets::SUCCEEDS;
use crate::families::{ELSEWHERE, HERE, HOST, unit};
use crate::stage::{HandleSeat, Stage};
use crate::stop::{Stop, Verdict};
use discrig_device::{DeviceError, ErrorKind, HostEvent, HostTray, Replug, TrayLock};

rows! {
    BACK:
    "removal.return.unlocked" ["decision-34", "imapi2-acquire"] Must [Plug, DataDisc] Wedge
        unlocked_after_return,
        "a drive that is back is free, and a new object can take it and talk to it";
    "removal.return.foreign-lock-gone" ["decision-34", "ddi-exclusive-access"] Must [Plug, SecondProcess] Wedge
        foreign_lock_gone,
        "the lock of another process ends with the instance of the drive that it was on";
    // A plug that leaves the drive its power leaves the prevention too: only who commands the power can ask for this.
    "removal.return.nothing-prevented" ["spc3-6.13", "mmc5-6.14"] Must [Plug, ResetPower, DataDisc] Wedge
        nothing_prevented,
        "a drive that was without power prevents no removal when it is back";
    "removal.return.tray-lock-gone" ["decision-34", "ddi-ejection-control"] Must [Plug, ResetPower, HostTray, ProtectedTrayLock, DataDisc] Wedge
        tray_lock_gone,
        "the host's tray locks on the old instance do not hold the tray of the new one";
    "removal.return.notification-is-on" ["decision-34", "ddi-mcn-control", "decision-25"] Must [Plug, NotificationSwitch, Notifications, DataDisc] Wedge
        notification_is_on,
        "what the old instance had switched off is on for the new one, and cannot be counted back there";
    "removal.return.other-identity" ["decision-34", "imapi2-identity"] Must [Plug, PlugOther] Wedge
        other_identity,
        "another drive in the same place is seen as such by new handles and objects, and not at all by old ones";
    "removal.notify.no-unlock" ["decision-33", "cdrom-sample"] Should [Plug, Notifications] Wedge
        no_unlock_told,
        "listeners learn of the removal once, and of no unlock, although the lock ends with it";
}

/// EnableMcn by an object that has switched nothing off.
const ENABLE_AT_ZERO: Allowed = allowed!("EnableMcn at count zero":
    Pattern::Failed(discrig_recorder::Hresult::E_FAIL) => "decision-25",
    Pattern::Failed(discrig_recorder::Hresult::ERROR_BAD_COMMAND) => "decision-25",
);

fn unlocked_after_return(stage: &mut Stage<'_>) -> Verdict {
    let old = bereft(stage)?;
    put_back(stage, Replug::Same)?;
    let mut witness = unit::seat(stage, HOST)?;
    stage.expect_owner(&mut witness, None)?;
    let mut new = stage.ready_recorder(HOST, HERE)?;
    acquired(stage, &mut new)?;
    let answer = send_ready(stage, &mut new);
    stage.expect(&SUCCEEDS, answer)?;
    released(stage, &mut new)?;
    drop(old);
    Ok(())
}

fn foreign_lock_gone(stage: &mut Stage<'_>) -> Verdict {
    let mut theirs = stage.open(HOST, ELSEWHERE)?;
    locked(stage, &mut theirs)?;
    pulled(stage)?;
    put_back(stage, Replug::Same)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    dead(stage, &mut theirs)?;
    let (answer, name) = stage.exclusive_owner(&mut mine);
    stage.expect(&SUCCEEDS, answer)?;
    stage.ensure(name != OTHER_NAME, || format!("the owner is still {name:?}"))?;
    released(stage, &mut mine)
}

fn nothing_prevented(stage: &mut Stage<'_>) -> Verdict {
    let mut old = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut old)?;
    let answer = unit::prevent(stage, &mut old, true);
    stage.expect(&HOST_DOES, answer)?;
    pulled(stage)?;
    put_back(stage, Replug::Same)?;
    let mut new = unit::seat(stage, HOST)?;
    let answer = unit::eject(stage, &mut new);
    stage.expect(&EJECTS_AGAIN, answer).map(|_| ())
}

/// Eject of a drive that is back.
const EJECTS_AGAIN: Allowed = allowed!("eject after power was off": Pattern::Ok => "spc3-6.13");

/// A tray call of the host.
fn tray_call(
    stage: &mut Stage<'_>,
    seat: &mut HandleSeat,
    name: &str,
    call: impl FnOnce(&mut dyn HostTray) -> Result<(), DeviceError>,
) -> Verdict {
    let answer = stage.host_call(seat, name, |handle| match handle.tray() {
        Some(tray) => call(tray),
        None => Err(DeviceError::new(ErrorKind::Unsupported, "tray calls")),
    });
    stage.expect(&HOST_DOES, answer).map(|_| ())
}

fn tray_lock_gone(stage: &mut Stage<'_>) -> Verdict {
    let mut old = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut old)?;
    for lock in [TrayLock::Protected, TrayLock::Simple] {
        tray_call(stage, &mut old, "lock the tray", |tray| tray.lock_tray(lock))?;
    }
    pulled(stage)?;
    put_back(stage, Replug::Same)?;
    let mut new = unit::seat(stage, HOST)?;
    tray_call(stage, &mut new, "eject", |tray| tray.eject())?;
    tray_call(stage, &mut new, "load", |tray| tray.load())
}

/// What a listener of the old instance still gets, up to the word that the device is gone.
fn last_events(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<Vec<HostEvent>, Stop> {
    const MOST: usize = 64;
    let (mut seen, at) = (Vec::new(), stage.bench.now());
    while seen.len() < MOST {
        match seat.handle.next_event() {
            Ok(Some(event)) => seen.push(event),
            Ok(None) => break,
            Err(error) if error.kind() == ErrorKind::Gone => break,
            Err(error) => return Err(error.into()),
        }
    }
    stage.log(&seat.label, "last notifications", None, &format!("{seen:?}"), at);
    Ok(seen)
}

fn no_unlock_told(stage: &mut Stage<'_>) -> Verdict {
    let mut listener = stage.open(HOST, HERE)?;
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    acquired(stage, &mut mine)?;
    events(stage, &mut listener)?;
    pulled(stage)?;
    let answer = stage.release(&mut mine);
    stage.expect(&GONE, answer)?;
    let seen = last_events(stage, &mut listener)?;
    stage.ensure(seen == [HostEvent::DeviceRemoved], || {
        format!("the removal is to be all that listeners learn; they learn {seen:?}")
    })
}

fn notification_is_on(stage: &mut Stage<'_>) -> Verdict {
    let mut old = stage.ready_recorder(HOST, HERE)?;
    let answer = SWITCH_MEMBERS[0](stage, &mut old);
    stage.expect(&SUCCEEDS, answer)?;
    pulled(stage)?;
    put_back(stage, Replug::Same)?;
    let mut listener = unit::seat(stage, HOST)?;
    let mut new = stage.ready_recorder(HOST, HERE)?;
    let answer = SWITCH_MEMBERS[1](stage, &mut new);
    stage.expect(&ENABLE_AT_ZERO, answer)?;
    // The host learns of the disc, which may have taken its time, before the lock holds its polls back.
    events(stage, &mut listener)?;
    // A host whose switch is off keeps the disc's removal and arrival to itself.
    acquired(stage, &mut new)?;
    events(stage, &mut listener)?;
    released(stage, &mut new)?;
    let wanted = [HostEvent::MediaRemoval, HostEvent::MediaArrival, HostEvent::ExclusiveUnlock];
    expect_events(stage, &mut listener, &wanted)?;
    drop(old);
    Ok(())
}

/// What tells one drive from another.
fn identity(seat: &mut HandleSeat) -> Result<(Vec<u8>, String), Stop> {
    let properties = seat.handle.properties()?;
    Ok((properties.inquiry, properties.serial))
}

fn other_identity(stage: &mut Stage<'_>) -> Verdict {
    let mut old = stage.open(HOST, HERE)?;
    let before = identity(&mut old)?;
    pulled(stage)?;
    put_back(stage, Replug::Other)?;
    dead(stage, &mut old)?;
    let mut new = unit::seat(stage, HOST)?;
    let after = identity(&mut new)?;
    stage.ensure(before != after, || format!("another drive shows the identity of the first: {after:?}"))?;
    let (answer, inquiry) =
        stage.read(&mut new, discrig_wire::command::Inquiry { allocation_length: 36, ..Default::default() });
    stage.expect(&HOST_DOES, answer)?;
    let known = after.0.get(..inquiry.len());
    stage.ensure(known == Some(inquiry.as_slice()), || {
        "what the host remembers is not what the drive says that is there now".to_owned()
    })
}
