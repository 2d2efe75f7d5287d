//! Handles over a seat.

use super::*;
use crate::{Host, Seat};
use discrig_device::{ExclusiveAccess, Handle, Opener, TrayLock};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

fn host() -> Host<Drive> {
    Host::new(HostConfig::default(), Drive::default(), || Instant::ZERO).unwrap()
}

fn named_owner(handle: &mut dyn Handle) -> Option<String> {
    handle.owner().unwrap().name().map(str::to_owned)
}

#[test]
fn dropping_closes() {
    let host = host();
    let mut mine = host.open(MINE).unwrap();
    let mut theirs = host.open(THEIRS).unwrap();
    mine.lock(NAME, VolumePolicy::Respect).unwrap();
    assert_eq!(named_owner(&mut theirs), Some(NAME.to_owned()));
    drop(mine);
    assert_eq!(named_owner(&mut theirs), None);
}

#[test]
fn a_handle_does_everything_that_the_contract_has() {
    let host = host();
    let mut opener = host.opener(MINE);
    assert!(opener.unique_id().contains("cdrom"));
    let mut handle = opener.open().unwrap();
    let mut twin = handle.duplicate().unwrap();
    handle.lock(NAME, VolumePolicy::Respect).unwrap();
    handle.disable().unwrap();
    handle.enable().unwrap();
    let tray = handle.tray().unwrap();
    tray.lock_tray(TrayLock::Protected).unwrap();
    assert_eq!(kind(tray.eject()), Err(ErrorKind::Busy));
    tray.unlock_tray(TrayLock::Protected).unwrap();
    tray.eject().unwrap();
    tray.load().unwrap();
    assert_eq!(handle.properties().unwrap().serial, "SN-123");
    assert_eq!(handle.next_event().unwrap(), Some(HostEvent::ExclusiveLock));
    let request = Request::none(TestUnitReady {}, Duration::from_secs(1));
    assert!(handle.execute(request).unwrap().is_good());
    handle.close().unwrap();
    assert_eq!(twin.unlock().map_err(|e| e.kind()), Ok(()), "the same file");
}

#[test]
fn a_dead_handle_stays_dead() {
    let host = host();
    let mut mine = host.open(MINE).unwrap();
    let heir = mine.inherit(THEIRS).unwrap();
    host.with(|driver, port| driver.kill(port, MINE)).unwrap();
    assert_eq!(kind(mine.lock(NAME, VolumePolicy::Respect)), Err(ErrorKind::InvalidHandle));
    assert_eq!(kind(mine.duplicate().map(|_| ())), Err(ErrorKind::InvalidHandle));
    assert_eq!(kind(Box::new(mine).close()), Err(ErrorKind::InvalidHandle));
    assert_eq!(heir.next_notification().unwrap(), None);
    assert!(format!("{host:?} {heir:?}").contains("HostHandle"));
}

/// Handles are used from threads; one of them owns the device at a time.
#[test]
fn threads() {
    let host = host();
    let wins = Arc::new(AtomicU64::new(0));
    let threads = (0..4).map(|_| {
        let (host, wins) = (host.clone(), Arc::clone(&wins));
        thread::spawn(move || {
            let mut handle = host.open(MINE).unwrap();
            for _ in 0..200 {
                if handle.lock(NAME, VolumePolicy::Respect).is_ok() {
                    wins.fetch_add(1, Ordering::Relaxed);
                    handle.unlock().unwrap();
                }
            }
        })
    });
    let threads: Vec<_> = threads.collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let locked = host.with(|driver, _| driver.snapshot().log.len() as u64);
    assert!(wins.load(Ordering::Relaxed) > 0);
    assert!(locked > 0 && locked <= 256);
    host.device(|drive| assert!(drive.disc));
}
