//! Faults at host operations.

use super::*;
use crate::FOREIGN_PROCESS;
use HostEvent::ExclusiveLock;
use discrig_device::CallerName;
use discrig_device::fault::{Action, FaultControl, HostOperation, InstallError, Rule, StateCondition};
use rstest::rstest;

const FOREIGN: &str = "Other Program";

fn foreign_lock() -> Rule {
    Rule::new(Action::ForeignLock { name: CallerName::new(FOREIGN).unwrap() }).times(1)
}

/// #3: somebody is faster. The drive is free again when that process dies.
#[test]
fn a_foreign_lock_comes_just_before() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.driver.install(foreign_lock().on_operation(HostOperation::Lock)).unwrap();
    assert_eq!(rig.owner(mine), Ok(Owner::Nobody));
    assert_eq!(rig.lock(mine), Err(ErrorKind::AlreadyLocked));
    assert_eq!(rig.owner(mine), Ok(named(FOREIGN)));
    assert_eq!(rig.ready(mine).unwrap_err(), ErrorKind::Locked);
    assert_eq!(rig.events(mine), [ExclusiveLock]);
    assert_eq!(rig.driver.log().map(|entry| entry.owner).collect::<Vec<_>>(), [named(FOREIGN)]);
    rig.kill(FOREIGN_PROCESS).unwrap();
    assert_eq!(rig.lock(mine), Ok(()));
    assert_eq!(rig.driver.faults().fired(), 1);
}

/// The foreign lock respects an owner, and its file is opened once.
#[test]
fn a_foreign_lock_needs_a_free_device() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.driver.install(Rule { times: None, ..foreign_lock() }).unwrap();
    rig.driver.faults().lift();
    rig.lock(mine).unwrap();
    rig.driver.install(Rule { times: None, ..foreign_lock() }).unwrap();
    assert_eq!(rig.owner(mine), Ok(named(NAME)));
    assert_eq!(rig.unlock(mine), Ok(()));
    for _ in 0..3 {
        assert_eq!(rig.owner(mine), Ok(named(FOREIGN)));
        rig.driver.clear_owner();
    }
    assert_eq!(rig.driver.holders().len(), 2);
}

#[rstest]
#[case(HostOperation::Notification)]
#[case(HostOperation::Open)]
#[case(HostOperation::Owner)]
#[case(HostOperation::Close)]
#[case(HostOperation::Unlock)]
fn rules_know_every_operation(#[case] operation: HostOperation) {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.driver.install(foreign_lock().on_operation(operation)).unwrap();
    match operation {
        HostOperation::Notification => assert_eq!(rig.disable(mine), Err(ErrorKind::Locked)),
        HostOperation::Open => assert!(rig.driver.open(&mut rig.drive, MINE).is_ok()),
        HostOperation::Owner => assert_eq!(rig.owner(mine), Ok(named(FOREIGN))),
        HostOperation::Close => assert_eq!(rig.close(mine), Ok(())),
        _ => assert_eq!(rig.unlock(mine), Err(ErrorKind::InvalidHandle)),
    }
    assert_eq!(rig.driver.owner_now(), named(FOREIGN));
}

/// The lock vanishes without a word.
#[test]
fn a_foreign_unlock_is_silent() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.lock(mine).unwrap();
    rig.driver.install(Rule::new(Action::ForeignUnlock {}).on_operation(HostOperation::Unlock)).unwrap();
    assert_eq!(rig.unlock(mine), Err(ErrorKind::NotLocked));
    assert_eq!(rig.events(mine), [ExclusiveLock]);
}

/// The unlock says that it succeeded, for those for whom it would have.
#[test]
fn a_lost_unlock() {
    let mut rig = Rig::new();
    let (mine, theirs) = rig.pair();
    rig.driver.install(Rule::new(Action::LostUnlock {}).times(3)).unwrap();
    assert_eq!(rig.unlock(mine), Err(ErrorKind::NotLocked));
    rig.lock(mine).unwrap();
    assert_eq!(rig.driver.faults().fired(), 1, "a rule without an operation is about unlocks");
    assert_eq!(rig.unlock(theirs), Err(ErrorKind::InvalidHandle));
    assert_eq!(rig.unlock(mine), Ok(()));
    assert!(rig.is_locked());
    assert_eq!(rig.unlock(mine), Ok(()));
    assert!(!rig.is_locked());
}

/// Rules see the states of drive and host, the time, and the number of the host.
#[test]
fn rules_ask_for_circumstances() {
    let config = HostConfig { host: discrig_device::HostId(3), ..HostConfig::default() };
    let mut rig = Rig::with(config);
    let mine = rig.open(MINE);
    let mut rule = Rule::new(Action::ForeignUnlock {}).on_operation(HostOperation::Owner);
    rule.when.state = vec![StateCondition::Locked, StateCondition::Disc];
    rule.when.from_ms = Some(1000);
    rule.when.nexus = Some(3);
    rig.driver.install(rule).unwrap();
    rig.lock(mine).unwrap();
    assert_eq!(rig.owner(mine), Ok(named(NAME)), "too early");
    rig.drive.now += Duration::from_secs(1);
    rig.drive.disc = false;
    assert_eq!(rig.owner(mine), Ok(named(NAME)), "no disc");
    rig.drive.disc = true;
    assert_eq!(rig.owner(mine), Ok(Owner::Nobody));
    assert_eq!(rig.driver.faults().fired(), 1);
}

/// What cannot be honoured is refused, not ignored.
#[test]
fn other_rules_are_refused() {
    let mut rig = Rig::new();
    let stall = rig.driver.install(Rule::new(Action::Stall {}));
    assert!(matches!(stall, Err(InstallError::NotHonoured { .. })));
    let at_lock = rig.driver.install(Rule::new(Action::Stall {}).on_operation(HostOperation::Lock));
    assert!(matches!(at_lock, Err(InstallError::Contradiction { .. })));
    let lost = rig.driver.install(Rule::new(Action::LostUnlock {}).on_operation(HostOperation::Lock));
    assert!(matches!(lost, Err(InstallError::Contradiction { .. })));
    assert!(rig.driver.faults().honours(Action::LostUnlock {}.kind()));
}
