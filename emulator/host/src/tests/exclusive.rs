//! The rules of the lock, and what it means for other files.

use super::*;
use crate::{LogAction, LogEntry, OpenWhileLocked, OutsiderAnswer, RequestKind};
use HostEvent::{ExclusiveLock, ExclusiveUnlock, MediaArrival, MediaRemoval};
use discrig_device::TrayLock;
use rstest::rstest;

/// Who holds the device when somebody locks.
#[derive(Clone, Copy, Debug)]
enum Holder {
    Nobody,
    Other,
    Same,
}

/// Name, then volume, then owner (#12, #13), for every combination; the longest name has 63 characters (#11).
#[rstest]
fn lock_is_judged_by_name_then_volume_then_owner(
    #[values(
        NAME,
        "n",
        "012345678901234567890123456789012345678901234567890123456789012",
        "",
        "a/b",
        "\0",
        "0123456789012345678901234567890123456789012345678901234567890123"
    )]
    name: &str,
    #[values(false, true)] mounted: bool,
    #[values(VolumePolicy::Respect, VolumePolicy::Ignore)] volume: VolumePolicy,
    #[values(Holder::Nobody, Holder::Other, Holder::Same)] holder: Holder,
) {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    if mounted {
        rig.driver.mount(&mut rig.drive).unwrap();
    }
    match holder {
        Holder::Nobody => {}
        Holder::Other => rig.lock_as(theirs, "Other", VolumePolicy::Ignore).unwrap(),
        Holder::Same => rig.lock_as(mine, "Same", VolumePolicy::Ignore).unwrap(),
    }
    let before = rig.driver.snapshot();
    let name_is_bad = !(1..=63).contains(&name.len()) || name.contains(['/', '\0']);
    let expected = match (name_is_bad, mounted && volume == VolumePolicy::Respect, holder) {
        (true, ..) => Err(ErrorKind::InvalidName),
        (_, true, _) => Err(ErrorKind::VolumeMounted),
        (.., Holder::Other | Holder::Same) => Err(ErrorKind::AlreadyLocked),
        (.., Holder::Nobody) => Ok(()),
    };
    assert_eq!(rig.lock_as(mine, name, volume), expected);
    match expected {
        Ok(()) => assert_eq!(rig.owner(theirs), Ok(named(name))),
        Err(_) => assert_eq!(rig.driver.snapshot(), before, "a refused lock changes nothing"),
    }
}

/// A closed handle is noticed before anything else (first check of the lock handler).
#[test]
fn a_closed_handle_is_noticed_before_the_name() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.close(mine).unwrap();
    assert_eq!(rig.lock_as(mine, "", VolumePolicy::Respect), Err(ErrorKind::InvalidHandle));
}

/// #14, #15, #16 below the recorder: the driver's lock is not counted.
#[test]
fn unlock_by_owner_outsider_and_nobody() {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    assert_eq!(rig.unlock(mine), Err(ErrorKind::NotLocked));
    rig.lock(mine).unwrap();
    assert_eq!(rig.unlock(theirs), Err(ErrorKind::InvalidHandle));
    assert_eq!(rig.driver.holder(), rig.driver.file_of(mine), "#15: the lock is not disturbed");
    assert_eq!(rig.unlock(mine), Ok(()));
    assert_eq!(rig.unlock(mine), Err(ErrorKind::NotLocked));
}

/// #7: ignoring the volume never takes the device away from an owner.
#[test]
fn force_does_not_evict() {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    rig.lock(theirs).unwrap();
    assert_eq!(rig.lock_as(mine, NAME, VolumePolicy::Ignore), Err(ErrorKind::AlreadyLocked));
    assert_eq!(rig.driver.holder(), rig.driver.file_of(theirs));
}

/// #2: the owner is a file object; the process has nothing to do with it.
#[test]
fn a_second_file_of_the_same_process_is_an_outsider() {
    let mut rig = Rig::new();
    let (first, second) = (rig.open(MINE), rig.open(MINE));
    rig.lock(first).unwrap();
    assert_eq!(rig.lock(second), Err(ErrorKind::AlreadyLocked));
    assert_eq!(rig.unlock(second), Err(ErrorKind::InvalidHandle));
    assert_eq!(rig.ready(second).unwrap_err(), ErrorKind::Locked);
}

/// #18, #19, #20.
#[test]
fn the_owner_can_be_asked_for_by_everybody() {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    assert_eq!(rig.owner(mine), Ok(Owner::Nobody));
    rig.lock_as(mine, "case Is Kept", VolumePolicy::Respect).unwrap();
    for handle in [mine, theirs] {
        assert_eq!(rig.owner(handle), Ok(named("case Is Kept")));
    }
    rig.unlock(mine).unwrap();
    assert_eq!(rig.owner(theirs), Ok(Owner::Nobody));
}

/// Makes a request of a kind.
fn ask(rig: &mut Rig, kind_of: RequestKind, handle: HandleId) -> Outcome {
    let (driver, drive) = (&mut rig.driver, &mut rig.drive);
    kind(match kind_of {
        RequestKind::Command => {
            driver.execute(drive, handle, Request::none(TestUnitReady {}, Duration::from_secs(1))).map(|_| ())
        }
        RequestKind::Duplicate => driver.duplicate(handle, THEIRS).map(|_| ()),
        RequestKind::Eject => driver.eject(drive, handle),
        RequestKind::Listen => driver.next_event(drive, handle).map(|_| ()),
        RequestKind::Load => driver.load(drive, handle),
        RequestKind::Lock => driver.lock(drive, handle, NAME, VolumePolicy::Ignore),
        RequestKind::NotificationSwitch => driver.mcn_disable(drive, handle),
        RequestKind::Open => driver.open(drive, THEIRS).map(|_| ()),
        RequestKind::Owner => driver.owner(drive, handle).map(|_| ()),
        RequestKind::Properties => driver.properties(handle).map(|_| ()),
        RequestKind::TrayLock => driver.lock_tray(drive, handle, TrayLock::Simple),
        RequestKind::Unlock => driver.unlock(drive, handle),
        RequestKind::Volume => driver.mount(drive),
    })
}

/// What files get while another one holds the device, by the published table (#20 to #24, #37).
#[rstest]
#[case(RequestKind::Command, Err(ErrorKind::Locked))]
#[case(RequestKind::Duplicate, Ok(()))]
#[case(RequestKind::Eject, Err(ErrorKind::Locked))]
#[case(RequestKind::Listen, Ok(()))]
#[case(RequestKind::Load, Err(ErrorKind::Locked))]
#[case(RequestKind::Lock, Err(ErrorKind::AlreadyLocked))]
#[case(RequestKind::NotificationSwitch, Err(ErrorKind::Locked))]
#[case(RequestKind::Open, Ok(()))]
#[case(RequestKind::Owner, Ok(()))]
#[case(RequestKind::Properties, Ok(()))]
#[case(RequestKind::TrayLock, Err(ErrorKind::Locked))]
#[case(RequestKind::Unlock, Err(ErrorKind::InvalidHandle))]
#[case(RequestKind::Volume, Err(ErrorKind::Locked))]
fn outsiders_and_owners(#[case] request: RequestKind, #[case] expected: Outcome) {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    rig.lock(mine).unwrap();
    assert_eq!(ask(&mut rig, request, theirs), expected);
    assert_eq!(rig.sent(), Vec::<String>::new(), "nothing of it reaches the drive");
    if request.outsider() == OutsiderAnswer::Refused && request != RequestKind::Volume {
        assert_eq!(ask(&mut rig, request, mine), Ok(()), "the owner may do everything");
        assert!(rig.is_locked(), "#37: and keeps the lock");
    }
}

#[test]
fn the_table_of_outsiders_is_complete() {
    let refused = |kind: &&RequestKind| kind.outsider() == OutsiderAnswer::Refused;
    assert_eq!(RequestKind::ALL.len(), 13);
    assert_eq!(RequestKind::ALL.iter().filter(refused).count(), 6);
}

/// Whether files can be opened during a lock: documents and sample disagree (#21).
#[rstest]
#[case(OpenWhileLocked::Succeed, Ok(()))]
#[case(OpenWhileLocked::Fail, Err(ErrorKind::AccessDenied))]
fn opening_while_locked(#[case] open_while_locked: OpenWhileLocked, #[case] expected: Outcome) {
    let mut rig = Rig::with(HostConfig { open_while_locked, ..HostConfig::default() });
    let mine = rig.open(MINE);
    rig.lock(mine).unwrap();
    assert_eq!(kind(rig.driver.open(&mut rig.drive, THEIRS)).map(|_| ()), expected);
    rig.unlock(mine).unwrap();
    assert!(rig.driver.open(&mut rig.drive, THEIRS).is_ok());
}

/// #17, #55, #56: what is sent at unlock, in which order, and that the device is locked all the while.
#[rstest]
#[case::disc(true, false, &[ExclusiveLock, MediaRemoval, MediaArrival, ExclusiveUnlock])]
#[case::no_disc(false, false, &[ExclusiveLock, ExclusiveUnlock])]
#[case::notification_off(true, true, &[ExclusiveLock, ExclusiveUnlock])]
fn notifications_of_lock_and_unlock(#[case] disc: bool, #[case] off: bool, #[case] expected: &[HostEvent]) {
    let mut rig = Rig::new();
    rig.drive.disc = disc;
    rig.driver.attach(&mut rig.drive).unwrap();
    let (mine, theirs) = rig.pair();
    if off {
        rig.disable(theirs).unwrap();
    }
    rig.lock(mine).unwrap();
    rig.unlock(mine).unwrap();
    for handle in [mine, theirs] {
        let mut seen = Vec::new();
        while let Some(notification) = rig.driver.next_notification(&mut rig.drive, handle).unwrap() {
            assert_eq!(notification.owner, named(NAME), "#56: {:?}", notification.event);
            seen.push(notification.event);
        }
        assert_eq!(seen, expected);
    }
    assert!(!rig.is_locked());
}

/// #57.
#[test]
fn locks_are_logged() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.drive.now = Instant::from_nanos(7);
    rig.lock(mine).unwrap();
    rig.drive.now = Instant::from_nanos(9);
    rig.unlock(mine).unwrap();
    let entry = |nanos, action| LogEntry { at: Instant::from_nanos(nanos), owner: named(NAME), action };
    let log: Vec<LogEntry> = rig.driver.log().cloned().collect();
    assert_eq!(log, [entry(7, LogAction::Lock), entry(9, LogAction::Unlock)]);
}

/// #39, and the lock is in memory alone: a reset of the drive does not touch it.
#[test]
fn the_lock_sends_nothing_and_survives_resets() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.lock(mine).unwrap();
    rig.drive.answer(0x00, Answer::Check(codes::POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED));
    let answer = rig.ready(mine).unwrap();
    assert_eq!(
        answer.code(),
        Some(codes::POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED),
        "clients see it as it is"
    );
    assert!(rig.is_locked());
    rig.unlock(mine).unwrap();
    assert_eq!(rig.sent(), ["TEST UNIT READY"], "only the client's own command");
}

/// Every request but closing needs memory, and nothing happens without.
#[rstest]
fn without_memory(
    #[values(
        RequestKind::Command,
        RequestKind::Duplicate,
        RequestKind::Eject,
        RequestKind::Listen,
        RequestKind::Load,
        RequestKind::Lock,
        RequestKind::NotificationSwitch,
        RequestKind::Open,
        RequestKind::Owner,
        RequestKind::Properties,
        RequestKind::TrayLock,
        RequestKind::Unlock,
        RequestKind::Volume
    )]
    request: RequestKind,
) {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    if request != RequestKind::Lock && request != RequestKind::Volume {
        rig.lock(mine).unwrap();
    }
    rig.driver.exhaust(true);
    let before = rig.driver.snapshot();
    assert_eq!(ask(&mut rig, request, mine), Err(ErrorKind::OutOfMemory));
    assert_eq!(rig.driver.snapshot(), before);
    assert!(rig.sent().is_empty());
    rig.driver.exhaust(false);
    assert_eq!(ask(&mut rig, request, mine), Ok(()));
    rig.driver.exhaust(true);
    assert_eq!(rig.close(mine), Ok(()), "closing needs none");
}

/// What the host found out when the drive arrived, without asking it again (#22).
#[test]
fn properties_are_cached() {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    rig.lock(theirs).unwrap();
    let properties = rig.driver.properties(mine).unwrap();
    assert_eq!(properties.serial, "SN-123");
    assert_eq!(&properties.inquiry[8..16], b"DISCRIG ");
    assert!(rig.sent().is_empty());
}

/// The adapter's limits hold before the drive is asked (#51).
#[rstest]
#[case(0, 0x2_0000, Ok(()))]
#[case(0, 0x2_0001, Err(ErrorKind::InvalidRequest))]
#[case(u32::MAX, 1, Err(ErrorKind::InvalidRequest))]
fn buffers(#[case] alignment_mask: u32, #[case] length: usize, #[case] expected: Outcome) {
    let mut rig = Rig::with(HostConfig { alignment_mask, ..HostConfig::default() });
    let mine = rig.open(MINE);
    let mut buffer = vec![0; length];
    let request = Request::input(Inquiry::default(), &mut buffer, Duration::from_secs(1));
    assert_eq!(kind(rig.driver.execute(&mut rig.drive, mine, request)).map(|_| ()), expected);
    assert_eq!(rig.sent().is_empty(), expected.is_err());
}
