//! `host.outsider.*`: what the other handles get while one holds the device.

use crate::answer::Answer;
use crate::families::locking::{
    ALREADY_LOCKED, HANDLE_SHUT_OUT, HOST_DOES, NAME, OTHER_NAME, closed, locked, unlocked,
};
use crate::families::{HERE, HOST, unit};
use crate::stage::{HandleSeat, Stage};
use crate::stop::Verdict;
use discrig_device::{Effect, TrayLock, VolumePolicy};
use discrig_wire::Cdb;
use discrig_wire::command::{
    GetConfiguration, GetEventStatusNotification, Inquiry, ModeSense10, PreventAllowMediumRemoval, Read10,
    ReadToc, ReportLuns, RequestSense, StartStopUnit, TestUnitReady,
};

rows! {
    /// What a lock leaves to the others.
    OUTSIDER:
    "host.outsider.commands" ["drvdoc-exclusive-access", "cdrom-sample"] Must [MandatoryLock, OpenWhileLocked] Observe
        commands, "no command of another handle reaches a device that is held, not even one that only asks";
    "host.outsider.not-done" ["drvdoc-exclusive-access", "design-effect-unknown"] Must [MandatoryLock, OpenWhileLocked] Observe
        not_done, "a command that the lock refused has left no trace in the drive";
    "host.outsider.known-properties" ["drvdoc-exclusive-access", "decision-22"] Must [OpenWhileLocked] Observe
        known_properties, "what the host knows of the drive it tells while another handle holds the device";
    "host.outsider.opens" ["cdrom-sample", "imapi2-initialize"] Should [OpenWhileLocked] Observe
        opens, "a handle can be opened, ask and be closed while another one holds the device";
    "host.outsider.tray-calls" ["drvdoc-exclusive-access"] Must [HostTray, MandatoryLock, OpenWhileLocked] Observe
        tray_calls, "the host's tray calls of another handle are refused while one holds the device";
    "host.outsider.notification-switch" ["drvdoc-exclusive-access", "decision-23"] Must [NotificationSwitch, MandatoryLock, OpenWhileLocked] Observe
        notification_switch, "another handle cannot switch notification while one holds the device, not even back on";
    "host.outsider.listens" ["cdrom-sample", "decision-55"] Should [Notifications, OpenWhileLocked] Observe
        listens, "another handle can listen while one holds the device";
    "host.outsider.owner-goes-on" ["drvdoc-exclusive-access"] Must [OpenWhileLocked] Observe
        owner_goes_on, "the owner's commands are answered as ever, whatever the others try";
}

/// Commands of every sort: for the medium, for the unit, with and without data, exempt from unit attentions and reservations or not.
fn samples() -> [Cdb; 11] {
    [
        TestUnitReady {}.cdb(),
        Inquiry { allocation_length: 36, ..Inquiry::default() }.cdb(),
        RequestSense { allocation_length: 18, ..RequestSense::default() }.cdb(),
        GetConfiguration { allocation_length: 8, ..GetConfiguration::default() }.cdb(),
        GetEventStatusNotification { polled: true, notification_class_request: 0x10, allocation_length: 8 }
            .cdb(),
        ModeSense10 { page_code: 0x2A, allocation_length: 64, ..ModeSense10::default() }.cdb(),
        PreventAllowMediumRemoval { persistent: false, prevent: true }.cdb(),
        Read10 { transfer_length: 1, ..Read10::default() }.cdb(),
        ReadToc { allocation_length: 12, ..ReadToc::default() }.cdb(),
        ReportLuns { allocation_length: 16, ..ReportLuns::default() }.cdb(),
        StartStopUnit { load_eject: true, ..StartStopUnit::default() }.cdb(),
    ]
}

/// A handle, and another one that holds the device.
fn pair(stage: &mut Stage<'_>) -> Result<(HandleSeat, HandleSeat), crate::stop::Stop> {
    let mine = unit::seat(stage, HOST)?;
    let mut owner = stage.open(HOST, HERE)?;
    locked(stage, &mut owner)?;
    Ok((mine, owner))
}

fn commands(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut owner) = pair(stage)?;
    for cdb in samples() {
        let answer = stage.command(&mut mine, cdb);
        stage.expect(&HANDLE_SHUT_OUT, answer)?;
        stage.ensure(matches!(answer, Answer::Error(_, Effect::NotDone)), || {
            format!("a refused command is certainly not done, but the host says: {answer}")
        })?;
    }
    unlocked(stage, &mut owner)
}

fn not_done(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut owner) = pair(stage)?;
    let before = unit::lock_state(stage, &mut owner)?;
    let answer = unit::prevent(stage, &mut mine, true);
    stage.expect(&HANDLE_SHUT_OUT, answer)?;
    let after = unit::lock_state(stage, &mut owner)?;
    stage.ensure(before == after, || "a PREVENT that the lock refused was carried out".to_owned())?;
    unlocked(stage, &mut owner)?;
    // Once the lock is gone the same command does what it says.
    let answer = unit::prevent(stage, &mut mine, true);
    stage.expect(&HOST_DOES, answer)?;
    let prevented = unit::lock_state(stage, &mut mine)?;
    stage.ensure(prevented, || "PREVENT was answered and not carried out".to_owned())?;
    let answer = unit::prevent(stage, &mut mine, false);
    stage.expect(&HOST_DOES, answer).map(|_| ())
}

fn known_properties(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.open(HOST, HERE)?;
    let before = mine.handle.properties()?;
    let mut owner = stage.open(HOST, HERE)?;
    locked(stage, &mut owner)?;
    let mut during = None;
    let answer = stage.host_call(&mut mine, "properties", |handle| {
        during = Some(handle.properties()?);
        Ok(())
    });
    stage.expect(&HOST_DOES, answer)?;
    stage.ensure(during.as_ref() == Some(&before), || {
        format!("during the lock the host knows {during:?}, before it knew {before:?}")
    })?;
    unlocked(stage, &mut owner)
}

fn opens(stage: &mut Stage<'_>) -> Verdict {
    let mut owner = stage.open(HOST, HERE)?;
    locked(stage, &mut owner)?;
    let mut late = stage.open(HOST, HERE)?;
    stage.expect_owner(&mut late, Some(OTHER_NAME))?;
    let answer = stage.lock(&mut late, NAME, VolumePolicy::Respect);
    stage.expect(&ALREADY_LOCKED, answer)?;
    closed(stage, late)?;
    stage.expect_owner(&mut owner, Some(OTHER_NAME))?;
    unlocked(stage, &mut owner)
}

fn tray_calls(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut owner) = pair(stage)?;
    let before = unit::lock_state(stage, &mut owner)?;
    let answers = [
        super::tray::call(stage, &mut mine, "eject", |tray| tray.eject()),
        super::tray::call(stage, &mut mine, "load", |tray| tray.load()),
        super::tray::call(stage, &mut mine, "lock the tray, simple", |tray| tray.lock_tray(TrayLock::Simple)),
        super::tray::call(stage, &mut mine, "lock the tray, protected", |tray| {
            tray.lock_tray(TrayLock::Protected)
        }),
        super::tray::call(stage, &mut mine, "unlock the tray, simple", |tray| {
            tray.unlock_tray(TrayLock::Simple)
        }),
    ];
    answers.into_iter().try_for_each(|answer| stage.expect(&HANDLE_SHUT_OUT, answer).map(|_| ()))?;
    let after = unit::lock_state(stage, &mut owner)?;
    stage.ensure(before == after, || "a refused tray call reached the drive".to_owned())?;
    unlocked(stage, &mut owner)
}

fn notification_switch(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.open(HOST, HERE)?;
    let answer = stage.host_call(&mut mine, "switch notification off", |handle| handle.disable());
    stage.expect(&HOST_DOES, answer)?;
    let mut owner = stage.open(HOST, HERE)?;
    locked(stage, &mut owner)?;
    let answers = [
        stage.host_call(&mut mine, "switch notification off", |handle| handle.disable()),
        stage.host_call(&mut mine, "switch notification on", |handle| handle.enable()),
    ];
    answers.into_iter().try_for_each(|answer| stage.expect(&HANDLE_SHUT_OUT, answer).map(|_| ()))?;
    unlocked(stage, &mut owner)?;
    let answer = stage.host_call(&mut mine, "switch notification on", |handle| handle.enable());
    stage.expect(&HOST_DOES, answer)?;
    let answer = stage.host_call(&mut mine, "switch notification on", |handle| handle.enable());
    stage.expect(&crate::families::mcn::HANDLE_AT_ZERO, answer).map(|_| ())
}

fn listens(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut owner) = pair(stage)?;
    let seen = crate::families::locking::events(stage, &mut mine)?;
    stage.ensure(seen.contains(&discrig_device::HostEvent::ExclusiveLock), || {
        format!("a listener is to learn of the lock, it learns {seen:?}")
    })?;
    unlocked(stage, &mut owner)
}

fn owner_goes_on(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut owner) = pair(stage)?;
    for cdb in samples().into_iter().filter(|cdb| !matches!(cdb.opcode(), 0x1B | 0x1E)) {
        // Where the lock is not enforced the other's command is answered; that is not judged here.
        stage.command(&mut mine, cdb);
        let answer = stage.command(&mut owner, cdb);
        stage.expect(&crate::families::locking::ANSWERED, answer)?;
    }
    unlocked(stage, &mut owner)
}
