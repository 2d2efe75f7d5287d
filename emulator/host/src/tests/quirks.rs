//! Each quirk breaks its rule, and a driver without it keeps it: every case runs both ways.

use super::*;
use HostEvent::{ExclusiveLock, ExclusiveUnlock, MediaArrival, MediaRemoval};
use discrig_device::TrayLock;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};

/// What is seen of a driver; the first with the quirk, the second without.
type Scene = (fn(&mut Rig) -> String, &'static str, &'static str);

fn scene(quirk: Quirk) -> Scene {
    match quirk {
        Quirk::CloseSkipsTrayLocks => (close_with_tray_lock, "1 []", "0 [\"ALLOW\"]"),
        Quirk::ForceEvictsOwner => {
            (force, "Ok(()) Some(\"Intruder\")", "Err(AlreadyLocked) Some(\"Disc Burner\")")
        }
        Quirk::ForeignHandleCanUnlock => (foreign_unlock, "Ok(()) false", "Err(InvalidHandle) true"),
        Quirk::LockSurvivesRemoval => (replug, "Err(AlreadyLocked)", "Ok(())"),
        Quirk::McnShared => (foreign_enable, "Ok(()) 0", "Err(InvalidState) 1"),
        Quirk::NameNotChecked => (bad_name, "Ok(()) Ok(Unnamed)", "Err(InvalidName) Ok(Nobody)"),
        Quirk::NotificationsLostAfterUnlock => (
            lock_cycle,
            "[(ExclusiveLock, true)]",
            "[(ExclusiveLock, true), (MediaRemoval, true), (MediaArrival, true), (ExclusiveUnlock, true)]",
        ),
        Quirk::OutsiderCommandsPass => (outsider_command, "Ok(true)", "Err(Locked)"),
        Quirk::OwnerClearedBeforeEvents => (
            lock_cycle,
            "[(ExclusiveLock, true), (MediaRemoval, false), (MediaArrival, false), (ExclusiveUnlock, false)]",
            "[(ExclusiveLock, true), (MediaRemoval, true), (MediaArrival, true), (ExclusiveUnlock, true)]",
        ),
        Quirk::OwnerDeathKeepsLock => (death, "Err(AlreadyLocked)", "Ok(())"),
        Quirk::OwnerQueryRefusedWhileLocked => (outsider_query, "Err(Locked)", "Ok(Named(\"Disc Burner\"))"),
        Quirk::ReleaseFreesNothing => (unlock_twice, "Ok(()) true", "Ok(()) false"),
        Quirk::SecondLockByOwnerSucceeds => {
            (lock_twice, "Ok(()) Ok(()) false", "Err(AlreadyLocked) Ok(()) false")
        }
        Quirk::VolumeIgnored => (lock_mounted, "Ok(())", "Err(VolumeMounted)"),
    }
}

fn close_with_tray_lock(rig: &mut Rig) -> String {
    let mine = rig.open(MINE);
    rig.driver.lock_tray(&mut rig.drive, mine, TrayLock::Protected).unwrap();
    rig.sent();
    rig.close(mine).unwrap();
    format!("{} {:?}", rig.driver.snapshot().protected_tray_locks, rig.sent())
}

fn force(rig: &mut Rig) -> String {
    let (mine, theirs) = rig.pair();
    rig.lock(mine).unwrap();
    assert_eq!(rig.lock_as(theirs, "Intruder", VolumePolicy::Respect), Err(ErrorKind::AlreadyLocked));
    format!("{:?} {:?}", rig.lock_as(theirs, "Intruder", VolumePolicy::Ignore), rig.driver.owner_now().name())
}

fn foreign_unlock(rig: &mut Rig) -> String {
    let (mine, theirs) = rig.pair();
    rig.lock(mine).unwrap();
    format!("{:?} {}", rig.unlock(theirs), rig.is_locked())
}

fn replug(rig: &mut Rig) -> String {
    let mine = rig.open(MINE);
    rig.lock(mine).unwrap();
    rig.driver.detach(rig.drive.now);
    rig.driver.attach(&mut rig.drive).unwrap();
    rig.close(mine).unwrap();
    let again = rig.open(MINE);
    format!("{:?}", rig.lock(again))
}

fn foreign_enable(rig: &mut Rig) -> String {
    let (mine, theirs) = rig.pair();
    rig.disable(mine).unwrap();
    format!("{:?} {}", rig.enable(theirs), rig.driver.snapshot().notification_off)
}

fn bad_name(rig: &mut Rig) -> String {
    let mine = rig.open(MINE);
    format!("{:?} {:?}", rig.lock_as(mine, "a/b", VolumePolicy::Respect), rig.owner(mine))
}

fn lock_cycle(rig: &mut Rig) -> String {
    let (mine, theirs) = rig.pair();
    rig.lock(mine).unwrap();
    assert_eq!(rig.events(mine), [ExclusiveLock]);
    rig.unlock(mine).unwrap();
    let seen: Vec<(HostEvent, bool)> =
        rig.driver.notifications().map(|told| (told.event, told.owner.is_held())).collect();
    let pair = [MediaRemoval, MediaArrival, ExclusiveUnlock];
    assert_eq!(rig.events(theirs).len(), seen.len());
    assert!(seen.len() == 1 || seen[1..].iter().map(|(event, _)| *event).eq(pair));
    format!("{seen:?}")
}

fn outsider_command(rig: &mut Rig) -> String {
    let (mine, theirs) = rig.pair();
    rig.lock(mine).unwrap();
    format!("{:?}", rig.ready(theirs).map(|answer| answer.is_good()))
}

fn death(rig: &mut Rig) -> String {
    let (mine, theirs) = rig.pair();
    rig.lock(mine).unwrap();
    rig.kill(MINE).unwrap();
    format!("{:?}", rig.lock(theirs))
}

fn outsider_query(rig: &mut Rig) -> String {
    let (mine, theirs) = rig.pair();
    rig.lock(mine).unwrap();
    assert_eq!(rig.owner(mine), Ok(named(NAME)));
    format!("{:?}", rig.owner(theirs))
}

fn unlock_twice(rig: &mut Rig) -> String {
    let mine = rig.open(MINE);
    rig.lock(mine).unwrap();
    format!("{:?} {}", rig.unlock(mine), rig.is_locked())
}

fn lock_twice(rig: &mut Rig) -> String {
    let (mine, theirs) = rig.pair();
    rig.lock(mine).unwrap();
    assert_eq!(rig.lock(theirs), Err(ErrorKind::AlreadyLocked));
    format!("{:?} {:?} {}", rig.lock(mine), rig.unlock(mine), rig.is_locked())
}

fn lock_mounted(rig: &mut Rig) -> String {
    let mine = rig.open(MINE);
    rig.driver.mount(&mut rig.drive).unwrap();
    format!("{:?}", rig.lock(mine))
}

#[test]
fn every_quirk_breaks_its_rule() {
    for &quirk in Quirk::ALL {
        let (play, with, without) = scene(quirk);
        assert_eq!(play(&mut Rig::quirky(quirk)), with, "with {quirk}");
        assert_eq!(play(&mut Rig::new()), without, "without {quirk}");
    }
}

#[test]
fn quirks_leave_other_rules_alone() {
    for &quirk in Quirk::ALL {
        for &other in Quirk::ALL {
            // Two quirks are about the same rule: what is sent at unlock.
            let related = [Quirk::NotificationsLostAfterUnlock, Quirk::OwnerClearedBeforeEvents];
            let (play, _, without) = scene(other);
            // Scenes that unlock show that nothing was freed.
            let frees = quirk == Quirk::ReleaseFreesNothing && other == Quirk::SecondLockByOwnerSucceeds;
            if quirk == other || frees || (related.contains(&quirk) && related.contains(&other)) {
                continue;
            }
            assert_eq!(play(&mut Rig::quirky(quirk)), without, "{quirk} in the scene of {other}");
        }
    }
}

/// One name everywhere: printed, and read from files.
#[test]
fn names() {
    for &quirk in Quirk::ALL {
        let read: StrDeserializer<'_, ValueError> = quirk.name().into_deserializer();
        assert_eq!(Quirk::deserialize(read), Ok(quirk));
        assert!(
            quirk.describe().starts_with(char::is_uppercase) && quirk.describe().ends_with('.'),
            "{quirk}"
        );
    }
}

#[test]
fn the_poll_is_forgotten_with_the_notifications() {
    let mut rig = Rig::quirky(Quirk::NotificationsLostAfterUnlock);
    let mine = rig.open(MINE);
    rig.lock(mine).unwrap();
    rig.events(mine);
    rig.unlock(mine).unwrap();
    assert!(rig.sent().is_empty());
}
