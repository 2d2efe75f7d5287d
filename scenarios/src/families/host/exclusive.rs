//! `host.lock.*`, `host.unlock.*`, `host.owner.*`, `host.close.*`: exclusive access of a handle.

use crate::allowed::{Allowed, Pattern, allowed};
use crate::families::locking::{
    ALREADY_LOCKED, HANDLE_DEAD, HOST_DOES, NAME, NOT_LOCKED, NOT_OWNER, OTHER_NAME, closed, locked, mounted,
    ready, unlocked,
};
use crate::families::{ELSEWHERE, HERE, HOST, unit};
use crate::stage::{HandleSeat, Stage};
use crate::stop::{Stop, Verdict};
use discrig_device::{Bench, Capability, DeviceError, ErrorKind, ResetKind, VolumePolicy};

/// A lock under a name that breaks the rules.
const BAD_NAME: Allowed = allowed!("a lock under a bad name":
    Pattern::Error(ErrorKind::InvalidName) => "ddi-exclusive-access",
);
/// A lock that respects the volume, which is mounted.
const VOLUME_MOUNTED: Allowed = allowed!("a lock that respects a mounted volume":
    Pattern::Error(ErrorKind::VolumeMounted) => "ddi-exclusive-access",
);
/// A command of the owner's.
const DRIVE_ANSWERS: Allowed =
    allowed!("a command of the owner's": Pattern::AnyAnswer => "drvdoc-exclusive-access");

rows! {
    /// The lock of a handle.
    EXCLUSIVE:
    "host.lock.is-binary" ["ddi-exclusive-access", "cdrom-sample"] Must [OpenWhileLocked] Observe
        is_binary, "a second lock by the owner's handle is refused, and one unlock frees the device";
    "host.lock.excludes-handles" ["ddi-exclusive-access"] Must [OpenWhileLocked] Observe
        excludes_handles, "while one handle holds the device no other handle of the same process can lock it";
    "host.lock.excludes-processes" ["ddi-exclusive-access"] Must [SecondProcess, OpenWhileLocked] Observe
        excludes_processes, "while one handle holds the device no handle of another process can lock it";
    "host.lock.name-before-volume" ["cdrom-sample", "decision-12"] Should [Volume] Observe
        name_before_volume, "a bad name is reported even while a volume is mounted";
    "host.lock.name-before-owner" ["cdrom-sample", "decision-12"] Should [OpenWhileLocked] Observe
        name_before_owner, "a bad name is reported even while another handle holds the device, and by the owner itself";
    "host.lock.volume-before-owner" ["cdrom-sample", "decision-13"] Should [Volume, ForceLock, OpenWhileLocked] Observe
        volume_before_owner, "a mounted volume is reported even while another handle holds the device";
    "host.lock.ignores-volume" ["ddi-exclusive-access"] Must [Volume, ForceLock] Observe
        ignores_volume, "a lock that ignores the volume is taken, and the volume stays mounted";
    "host.lock.keeps-mounts-out" ["cdrom-sample", "linux-o-excl"] Must [Volume] Observe
        keeps_mounts_out, "no volume can be mounted while a handle holds the device, and one can afterwards";
    "host.lock.leaves-tray-alone" ["decision-39", "cdrom-sample"] Should [] Tray
        leaves_tray_alone, "the owner of the device opens and closes the tray by command: the lock is no tray lock";
    "host.unlock.free-device" ["ddi-exclusive-access"] Must [] Observe
        unlock_free_device, "an unlock of a device that nobody holds is refused, before a lock and after an unlock";
    "host.unlock.not-by-others" ["ddi-exclusive-access", "cdrom-sample"] Must [OpenWhileLocked] Observe
        not_by_others, "an unlock by another handle is refused, and the owner keeps the device";
    "host.owner.everybody-may-ask" ["ddi-exclusive-access", "drvdoc-exclusive-access"] Must [OpenWhileLocked] Observe
        everybody_may_ask, "every handle is told who holds the device, and nobody's name when it is free";
    "host.close.frees" ["cdrom-sample", "drvdoc-exclusive-access"] Must [OpenWhileLocked] Observe
        close_frees, "closing the owner's handle frees the device";
    "host.close.drop-frees" ["cdrom-sample"] Must [OpenWhileLocked] Observe
        drop_frees, "a handle that is dropped frees the device like one that is closed";
    "host.close.not-others" ["cdrom-sample"] Must [OpenWhileLocked] Observe
        close_not_others, "closing a handle that does not own the device leaves the lock alone";
    "host.close.duplicate-keeps-lock" ["decision-32", "cdrom-sample"] Should [Duplicate, OpenWhileLocked] Observe
        duplicate_keeps_lock, "the lock lasts until the last reference to the owner's file is closed";
    "host.close.duplicate-is-owner" ["decision-32"] Should [Duplicate, OpenWhileLocked] Observe
        duplicate_is_owner, "a duplicate of the owner's handle is the owner: it sends commands and can unlock";
    "host.kill.frees" ["drvdoc-exclusive-access", "decision-31"] Must [SecondProcess, OpenWhileLocked] Observe
        kill_frees, "killing the owner's process frees the device, and its handles are dead";
    "host.kill.duplicates-too" ["decision-31", "decision-32"] Should [SecondProcess, Duplicate, OpenWhileLocked] Observe
        kill_duplicates_too, "killing a process that holds several references to the owner's file frees the device";
    "host.reset.bus-keeps-lock" ["cdrom-sample"] Should [ResetBus] Wedge
        |stage| reset_keeps_lock(stage, ResetKind::Bus), "a bus reset leaves the device locked";
    "host.reset.logical-unit-keeps-lock" ["cdrom-sample"] Should [ResetLogicalUnit] Wedge
        |stage| reset_keeps_lock(stage, ResetKind::LogicalUnit), "a reset of the logical unit leaves the device locked";
    "host.reset.nexus-keeps-lock" ["cdrom-sample"] Should [ResetNexus] Wedge
        |stage| reset_keeps_lock(stage, ResetKind::Nexus(HOST)), "the loss of the host's own nexus leaves the device locked";
    "host.reset.power-keeps-lock" ["cdrom-sample"] May [ResetPower] Wedge
        |stage| reset_keeps_lock(stage, ResetKind::Power), "a power cycle that the host does not see as a removal leaves the device locked";
}

fn is_binary(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.open(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    locked(stage, &mut mine)?;
    for policy in policies(stage) {
        let answer = stage.lock(&mut mine, NAME, policy);
        stage.expect(&ALREADY_LOCKED, answer)?;
    }
    stage.expect_owner(&mut witness, Some(OTHER_NAME))?;
    unlocked(stage, &mut mine)?;
    stage.expect_owner(&mut witness, None)?;
    let answer = stage.unlock(&mut mine);
    stage.expect(&NOT_LOCKED, answer).map(|_| ())
}

/// The volume policies that this bench has.
fn policies(stage: &Stage<'_>) -> Vec<VolumePolicy> {
    let force = stage.bench.capabilities().has(Capability::ForceLock);
    [VolumePolicy::Respect].into_iter().chain(force.then_some(VolumePolicy::Ignore)).collect()
}

fn excludes_handles(stage: &mut Stage<'_>) -> Verdict {
    let (mine, other) = (stage.open(HOST, HERE)?, stage.open(HOST, HERE)?);
    excludes(stage, mine, other)
}

fn excludes_processes(stage: &mut Stage<'_>) -> Verdict {
    let (mine, other) = (stage.open(HOST, HERE)?, stage.open(HOST, ELSEWHERE)?);
    excludes(stage, mine, other)
}

fn excludes(stage: &mut Stage<'_>, mut mine: HandleSeat, mut other: HandleSeat) -> Verdict {
    for _ in 0..2 {
        locked(stage, &mut mine)?;
        for policy in policies(stage) {
            let answer = stage.lock(&mut other, NAME, policy);
            stage.expect(&ALREADY_LOCKED, answer)?;
        }
        unlocked(stage, &mut mine)?;
        core::mem::swap(&mut mine, &mut other);
    }
    Ok(())
}

fn refused_name(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Verdict {
    for name in ["", "no/slash", &"n".repeat(64)] {
        let answer = stage.lock(seat, name, VolumePolicy::Respect);
        stage.expect(&BAD_NAME, answer)?;
    }
    Ok(())
}

fn name_before_volume(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.open(HOST, HERE)?;
    mounted(stage, HOST)?;
    refused_name(stage, &mut mine)?;
    let answer = stage.lock(&mut mine, NAME, VolumePolicy::Respect);
    stage.expect(&VOLUME_MOUNTED, answer).map(|_| ())
}

fn name_before_owner(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = (stage.open(HOST, HERE)?, stage.open(HOST, HERE)?);
    locked(stage, &mut other)?;
    refused_name(stage, &mut mine)?;
    refused_name(stage, &mut other)?;
    stage.expect_owner(&mut mine, Some(OTHER_NAME))?;
    unlocked(stage, &mut other)
}

fn volume_before_owner(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = (stage.open(HOST, HERE)?, stage.open(HOST, HERE)?);
    mounted(stage, HOST)?;
    let answer = stage.lock(&mut other, OTHER_NAME, VolumePolicy::Ignore);
    stage.expect(&HOST_DOES, answer)?;
    for seat in [&mut mine, &mut other] {
        let answer = stage.lock(seat, NAME, VolumePolicy::Respect);
        stage.expect(&VOLUME_MOUNTED, answer)?;
        let answer = stage.lock(seat, NAME, VolumePolicy::Ignore);
        stage.expect(&ALREADY_LOCKED, answer)?;
    }
    unlocked(stage, &mut other)
}

fn ignores_volume(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.open(HOST, HERE)?;
    mounted(stage, HOST)?;
    for _ in 0..2 {
        let answer = stage.lock(&mut mine, NAME, VolumePolicy::Respect);
        stage.expect(&VOLUME_MOUNTED, answer)?;
        let answer = stage.lock(&mut mine, NAME, VolumePolicy::Ignore);
        stage.expect(&HOST_DOES, answer)?;
        unlocked(stage, &mut mine)?;
    }
    Ok(())
}

fn keeps_mounts_out(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.open(HOST, HERE)?;
    locked(stage, &mut mine)?;
    let mount = |bench: &mut dyn Bench| match bench.volume() {
        Some(volume) => Ok(volume.mount(HOST)),
        None => Err(DeviceError::new(ErrorKind::Unsupported, "mount")),
    };
    let result = stage.act("mount under the lock", mount)?;
    stage.ensure(result.is_err(), || "a volume was mounted on a device that a handle holds".to_owned())?;
    unlocked(stage, &mut mine)?;
    stage.act("mount", mount)?.map_err(Stop::from)
}

fn leaves_tray_alone(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = unit::seat(stage, HOST)?;
    unit::require_tray(stage, &mut mine)?;
    locked(stage, &mut mine)?;
    for moved in [unit::eject(stage, &mut mine), unit::load(stage, &mut mine)] {
        stage.expect(&HOST_DOES, moved)?;
    }
    unit::settle(stage, &mut mine)?;
    stage.expect_owner(&mut mine, Some(OTHER_NAME))?;
    unlocked(stage, &mut mine)
}

fn unlock_free_device(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.open(HOST, HERE)?;
    for _ in 0..2 {
        let answer = stage.unlock(&mut mine);
        stage.expect(&NOT_LOCKED, answer)?;
        locked(stage, &mut mine)?;
        unlocked(stage, &mut mine)?;
    }
    let answer = stage.unlock(&mut mine);
    stage.expect(&NOT_LOCKED, answer).map(|_| ())
}

fn not_by_others(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = (stage.open(HOST, HERE)?, stage.open(HOST, HERE)?);
    locked(stage, &mut mine)?;
    for _ in 0..2 {
        let answer = stage.unlock(&mut other);
        stage.expect(&NOT_OWNER, answer)?;
        stage.expect_owner(&mut other, Some(OTHER_NAME))?;
    }
    unlocked(stage, &mut mine)
}

fn everybody_may_ask(stage: &mut Stage<'_>) -> Verdict {
    let mut seats = vec![stage.open(HOST, HERE)?, stage.open(HOST, HERE)?];
    if stage.bench.capabilities().has(Capability::SecondProcess) {
        seats.push(stage.open(HOST, ELSEWHERE)?);
    }
    for owner in 0..seats.len() {
        locked(stage, &mut seats[owner])?;
        for seat in &mut seats {
            stage.expect_owner(seat, Some(OTHER_NAME))?;
        }
        unlocked(stage, &mut seats[owner])?;
        for seat in &mut seats {
            stage.expect_owner(seat, None)?;
        }
    }
    Ok(())
}

fn close_frees(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = (stage.open(HOST, HERE)?, stage.open(HOST, HERE)?);
    locked(stage, &mut mine)?;
    closed(stage, mine)?;
    stage.expect_owner(&mut other, None)?;
    locked(stage, &mut other)?;
    unlocked(stage, &mut other)
}

fn drop_frees(stage: &mut Stage<'_>) -> Verdict {
    let (mut mine, mut other) = (stage.open(HOST, HERE)?, stage.open(HOST, HERE)?);
    locked(stage, &mut mine)?;
    drop(mine);
    stage.expect_owner(&mut other, None)
}

fn close_not_others(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.open(HOST, HERE)?;
    let mut other = stage.open(HOST, HERE)?;
    locked(stage, &mut mine)?;
    let answer = stage.lock(&mut other, NAME, VolumePolicy::Respect);
    stage.expect(&ALREADY_LOCKED, answer)?;
    closed(stage, other)?;
    let mut late = stage.open(HOST, HERE)?;
    stage.expect_owner(&mut late, Some(OTHER_NAME))?;
    closed(stage, late)?;
    stage.expect_owner(&mut mine, Some(OTHER_NAME))?;
    unlocked(stage, &mut mine)
}

/// Another reference to the file of a handle.
fn duplicate(seat: &mut HandleSeat) -> Result<HandleSeat, Stop> {
    Ok(HandleSeat { label: format!("duplicate of {}", seat.label), handle: seat.handle.duplicate()? })
}

fn duplicate_keeps_lock(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.open(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    let second = duplicate(&mut mine)?;
    let third = duplicate(&mut mine)?;
    locked(stage, &mut mine)?;
    for reference in [mine, third] {
        closed(stage, reference)?;
        stage.expect_owner(&mut witness, Some(OTHER_NAME))?;
    }
    closed(stage, second)?;
    stage.expect_owner(&mut witness, None)
}

fn duplicate_is_owner(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.open(HOST, HERE)?;
    locked(stage, &mut mine)?;
    let mut second = duplicate(&mut mine)?;
    let answer = stage.lock(&mut second, NAME, VolumePolicy::Respect);
    stage.expect(&ALREADY_LOCKED, answer)?;
    let answer = ready(stage, &mut second);
    stage.expect(&DRIVE_ANSWERS, answer)?;
    unlocked(stage, &mut second)?;
    stage.expect_owner(&mut mine, None)
}

fn kill_frees(stage: &mut Stage<'_>) -> Verdict {
    let mut theirs = stage.open(HOST, ELSEWHERE)?;
    let mut idle = stage.open(HOST, ELSEWHERE)?;
    let mut mine = stage.open(HOST, HERE)?;
    locked(stage, &mut theirs)?;
    stage.act("kill the owner", |bench| bench.kill(ELSEWHERE))?;
    stage.expect_owner(&mut mine, None)?;
    locked(stage, &mut mine)?;
    for dead in [&mut theirs, &mut idle] {
        let answers = [stage.unlock(dead), stage.lock(dead, NAME, VolumePolicy::Respect), stage.owner(dead)];
        answers.into_iter().try_for_each(|answer| stage.expect(&HANDLE_DEAD, answer).map(|_| ()))?;
    }
    stage.expect_owner(&mut mine, Some(OTHER_NAME))?;
    unlocked(stage, &mut mine)
}

fn kill_duplicates_too(stage: &mut Stage<'_>) -> Verdict {
    let mut theirs = stage.open(HOST, ELSEWHERE)?;
    let mut mine = stage.open(HOST, HERE)?;
    let second = duplicate(&mut theirs)?;
    locked(stage, &mut theirs)?;
    closed(stage, theirs)?;
    stage.expect_owner(&mut mine, Some(OTHER_NAME))?;
    stage.act("kill the owner", |bench| bench.kill(ELSEWHERE))?;
    stage.expect_owner(&mut mine, None)?;
    drop(second);
    Ok(())
}

fn reset_keeps_lock(stage: &mut Stage<'_>, kind: ResetKind) -> Verdict {
    let mut mine = unit::seat(stage, HOST)?;
    locked(stage, &mut mine)?;
    unit::reset(stage, kind)?;
    stage.expect_owner(&mut mine, Some(OTHER_NAME))?;
    unit::settle(stage, &mut mine)?;
    stage.expect_owner(&mut mine, Some(OTHER_NAME))?;
    unlocked(stage, &mut mine)?;
    stage.expect_owner(&mut mine, None)
}
