//! Random histories of three files in two processes against a small model of what must come of them.

use super::*;
use discrig_device::TrayLock;
use proptest::prelude::*;
use proptest::sample::select;

const HANDLES: usize = 3;

/// One step; numbers are positions among the handles.
#[derive(Clone, Copy, Debug)]
enum Step {
    Close(usize),
    Command(usize),
    Disable(usize),
    Enable(usize),
    Kill(ProcessId),
    Lock(usize, &'static str, VolumePolicy),
    LockTray(usize),
    Mount,
    Open(usize),
    Owner(usize),
    Replug,
    Unlock(usize),
    UnlockTray(usize),
}

/// What a file should hold.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Slot {
    open: bool,
    gone: bool,
    off: u32,
    protected: u32,
}

/// What should be true.
#[derive(Clone, Debug, Default)]
struct Model {
    slots: [Slot; HANDLES],
    owner: Option<(usize, &'static str)>,
    mounted: bool,
}

/// The process of the handle at a position: two share one.
fn process(slot: usize) -> ProcessId {
    if slot == 0 { MINE } else { THEIRS }
}

impl Model {
    /// Whether the handle can be used, and whether others are kept out.
    fn use_of(&self, slot: usize, kept_out: bool) -> Outcome {
        match (self.slots[slot], self.owner) {
            (Slot { open: false, .. }, _) => Err(ErrorKind::InvalidHandle),
            (Slot { gone: true, .. }, _) => Err(ErrorKind::Gone),
            (_, Some((owner, _))) if kept_out && owner != slot => Err(ErrorKind::Locked),
            _ => Ok(()),
        }
    }

    fn close(&mut self, slot: usize) -> Outcome {
        if !self.slots[slot].open {
            return Err(ErrorKind::InvalidHandle);
        }
        self.slots[slot] = Slot::default();
        self.owner = self.owner.filter(|(owner, _)| *owner != slot);
        Ok(())
    }

    fn step(&mut self, step: Step) -> Outcome {
        match step {
            Step::Close(slot) => self.close(slot),
            Step::Command(slot) => self.use_of(slot, true),
            Step::Disable(slot) => self.use_of(slot, true).map(|()| self.slots[slot].off += 1),
            Step::Enable(slot) => {
                self.use_of(slot, true)?;
                lower(&mut self.slots[slot].off)
            }
            Step::Kill(dead) => {
                (0..HANDLES).filter(|slot| process(*slot) == dead).for_each(|slot| {
                    let _ = self.close(slot);
                });
                Ok(())
            }
            Step::Lock(slot, name, volume) => {
                self.use_of(slot, false)?;
                match (name, self.mounted && volume == VolumePolicy::Respect, self.owner) {
                    ("", ..) => Err(ErrorKind::InvalidName),
                    (_, true, _) => Err(ErrorKind::VolumeMounted),
                    (.., Some(_)) => Err(ErrorKind::AlreadyLocked),
                    (.., None) => {
                        self.owner = Some((slot, name));
                        Ok(())
                    }
                }
            }
            Step::LockTray(slot) => self.use_of(slot, true).map(|()| self.slots[slot].protected += 1),
            Step::Mount if self.owner.is_some() => Err(ErrorKind::Locked),
            Step::Mount => {
                self.mounted = true;
                Ok(())
            }
            Step::Open(slot) => {
                let _ = self.close(slot);
                self.slots[slot].open = true;
                Ok(())
            }
            Step::Owner(slot) => self.use_of(slot, false),
            Step::Replug => {
                for slot in &mut self.slots {
                    *slot = Slot { open: slot.open, gone: slot.open, ..Slot::default() };
                }
                (self.owner, self.mounted) = (None, false);
                Ok(())
            }
            Step::Unlock(slot) => {
                self.use_of(slot, false)?;
                match self.owner {
                    None => Err(ErrorKind::NotLocked),
                    Some((owner, _)) if owner != slot => Err(ErrorKind::InvalidHandle),
                    Some(_) => {
                        self.owner = None;
                        Ok(())
                    }
                }
            }
            Step::UnlockTray(slot) => {
                self.use_of(slot, true)?;
                lower(&mut self.slots[slot].protected)
            }
        }
    }
}

fn lower(count: &mut u32) -> Outcome {
    *count = count.checked_sub(1).ok_or(ErrorKind::InvalidState)?;
    Ok(())
}

/// The driver with handles at positions.
struct World {
    rig: Rig,
    handles: [HandleId; HANDLES],
}

impl World {
    fn new() -> World {
        let mut rig = Rig::new();
        let handles = core::array::from_fn(|slot| {
            let handle = rig.open(process(slot));
            rig.close(handle).unwrap();
            handle
        });
        World { rig, handles }
    }

    fn step(&mut self, step: Step) -> Outcome {
        let World { rig, handles } = self;
        match step {
            Step::Close(slot) => rig.close(handles[slot]),
            Step::Command(slot) => rig.ready(handles[slot]).map(|_| ()),
            Step::Disable(slot) => rig.disable(handles[slot]),
            Step::Enable(slot) => rig.enable(handles[slot]),
            Step::Kill(process) => rig.kill(process),
            Step::Lock(slot, name, volume) => rig.lock_as(handles[slot], name, volume),
            Step::LockTray(slot) => {
                kind(rig.driver.lock_tray(&mut rig.drive, handles[slot], TrayLock::Protected))
            }
            Step::Mount => kind(rig.driver.mount(&mut rig.drive)),
            Step::Open(slot) => {
                let _ = rig.close(handles[slot]);
                handles[slot] = rig.open(process(slot));
                Ok(())
            }
            Step::Owner(slot) => rig.owner(handles[slot]).map(|_| ()),
            Step::Replug => {
                rig.driver.detach(rig.drive.now);
                kind(rig.driver.attach(&mut rig.drive))
            }
            Step::Unlock(slot) => rig.unlock(handles[slot]),
            Step::UnlockTray(slot) => {
                kind(rig.driver.unlock_tray(&mut rig.drive, handles[slot], TrayLock::Protected))
            }
        }
    }
}

fn steps() -> impl Strategy<Value = Step> {
    let slot = || 0..HANDLES;
    let volumes = || select(vec![VolumePolicy::Ignore, VolumePolicy::Respect]);
    prop_oneof![
        1 => slot().prop_map(Step::Close),
        2 => slot().prop_map(Step::Command),
        2 => slot().prop_map(Step::Disable),
        2 => slot().prop_map(Step::Enable),
        1 => select(vec![MINE, THEIRS]).prop_map(Step::Kill),
        6 => (slot(), select(vec!["First", "Second", ""]), volumes())
            .prop_map(|(slot, name, volume)| Step::Lock(slot, name, volume)),
        2 => slot().prop_map(Step::LockTray),
        1 => Just(Step::Mount),
        6 => slot().prop_map(Step::Open),
        2 => slot().prop_map(Step::Owner),
        1 => Just(Step::Replug),
        6 => slot().prop_map(Step::Unlock),
        2 => slot().prop_map(Step::UnlockTray),
    ]
}

fn compare(world: &World, model: &Model) {
    let state = world.rig.driver.snapshot();
    assert_eq!(state.owner.name(), model.owner.map(|(_, name)| name));
    assert_eq!(state.mounted, model.mounted);
    let live = |slot: &&Slot| slot.open && !slot.gone;
    let total = |count: fn(&Slot) -> u32| model.slots.iter().filter(live).map(count).sum::<u32>();
    assert_eq!(state.notification_off, total(|slot| slot.off));
    assert_eq!(state.protected_tray_locks, total(|slot| slot.protected));
    assert_eq!(state.files.len(), model.slots.iter().filter(|slot| slot.open).count());
    assert_eq!(state.files.iter().filter(|file| file.owner).count(), usize::from(model.owner.is_some()));
    let log = &state.log;
    let flips = log
        .windows(2)
        .all(|pair| pair[0].action != pair[1].action || pair[1].action == crate::LogAction::Lock);
    assert!(flips, "two unlocks without a lock between them: {log:?}");
    // PREVENT and ALLOW take turns, and the last one is what the counts say. A new arrival begins anew.
    let prevented = world.rig.drive.sent.iter().fold(false, |prevented, sent| match sent.as_str() {
        "PREVENT" => {
            assert!(!prevented, "PREVENT twice");
            true
        }
        "ALLOW" => {
            assert!(prevented, "ALLOW without PREVENT");
            false
        }
        "INQUIRY" => false,
        _ => prevented,
    });
    assert_eq!(prevented, state.protected_tray_locks > 0);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn histories(steps in proptest::collection::vec(steps(), 1..60)) {
        let (mut world, mut model) = (World::new(), Model::default());
        for step in steps {
            let expected = model.step(step);
            prop_assert_eq!(world.step(step), expected, "{:?}", step);
            compare(&world, &model);
        }
    }

    /// Whatever the drive answers, at whatever moment: nothing panics, and the counts of the device are the sums of its files'.
    #[test]
    fn a_drive_that_answers_anything(
        steps in proptest::collection::vec(steps(), 1..60),
        answers in proptest::collection::vec((select(vec![0x00u8, 0x12, 0x1E, 0x28, 0x4A]), 0u8..6), 0..60),
    ) {
        let mut world = World::new();
        for (opcode, answer) in answers {
            world.rig.drive.answer(opcode, match answer {
                0 => Answer::Check(codes::INTERNAL_TARGET_FAILURE),
                1 => Answer::Check(codes::POWER_ON_OCCURRED),
                2 => Answer::Error(ErrorKind::Timeout),
                3 => Answer::Error(ErrorKind::Gone),
                4 => Answer::Status(Status::RESERVATION_CONFLICT),
                _ => Answer::Good,
            });
        }
        for step in steps {
            if let Step::Open(slot) = step {
                let rig = &mut world.rig;
                let _ = rig.close(world.handles[slot]);
                if let Ok(handle) = rig.driver.open(&mut rig.drive, process(slot)) {
                    world.handles[slot] = handle;
                }
            } else {
                let _ = world.step(step);
            }
            world.rig.events(world.handles[0]);
            let state = world.rig.driver.snapshot();
            let current = state.files.iter().filter(|file| Some(file.instance) == state.instance);
            let (off, protected) = current.fold((0, 0), |(off, protected), file| {
                (off + file.notification_off, protected + file.protected_tray_locks)
            });
            prop_assert_eq!((state.notification_off, state.protected_tray_locks), (off, protected));
        }
    }
}
