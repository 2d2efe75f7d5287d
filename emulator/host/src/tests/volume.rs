//! The mounted volume.

use super::*;
use rstest::rstest;

impl Rig {
    fn mount(&mut self) -> Outcome {
        kind(self.driver.mount(&mut self.drive))
    }

    fn read(&mut self) -> Outcome {
        let mut buffer = [0; 2048];
        kind(self.driver.read_volume(&mut self.drive, 16, &mut buffer))
            .inspect(|()| assert_eq!(buffer, [0xDA; 2048]))
    }
}

#[test]
fn a_readable_disc_can_be_mounted() {
    let mut rig = Rig::new();
    rig.drive.answer(0x00, Answer::Check(codes::NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED));
    assert_eq!(rig.mount(), Ok(()));
    assert_eq!(rig.sent(), ["TEST UNIT READY", "TEST UNIT READY", "READ(10)"]);
    assert_eq!(rig.mount(), Ok(()));
    assert!(rig.sent().is_empty(), "it is mounted");
    assert_eq!(rig.read(), Ok(()));
    rig.driver.dismount();
    assert!(!rig.driver.is_mounted());
    assert_eq!(rig.read(), Err(ErrorKind::InvalidState));
}

/// What keeps a volume from being mounted.
#[rstest]
#[case::no_disc(0x00, Answer::Check(codes::MEDIUM_NOT_PRESENT), ErrorKind::InvalidState)]
#[case::blank(0x28, Answer::Check(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE), ErrorKind::Unsupported)]
#[case::scratched(0x28, Answer::Check(codes::UNRECOVERED_READ_ERROR), ErrorKind::Hardware)]
#[case::late(0x28, Answer::Error(ErrorKind::Timeout), ErrorKind::Timeout)]
fn what_cannot_be_mounted(#[case] opcode: u8, #[case] answer: Answer, #[case] expected: ErrorKind) {
    let mut rig = Rig::new();
    rig.drive.answer(opcode, answer);
    assert_eq!(rig.mount(), Err(expected));
    assert!(!rig.driver.is_mounted());
}

/// A lock without regard for the volume keeps it mounted, and its file system out; unlock has it verified.
#[rstest]
#[case::still_there(true, Ok(()))]
#[case::gone(false, Err(ErrorKind::InvalidState))]
fn locked_out_and_verified(#[case] disc: bool, #[case] expected: Outcome) {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.mount().unwrap();
    rig.lock_as(mine, NAME, VolumePolicy::Ignore).unwrap();
    assert!(rig.driver.is_mounted());
    assert_eq!(rig.read(), Err(ErrorKind::Locked));
    rig.sent();
    rig.drive.disc = disc;
    rig.unlock(mine).unwrap();
    assert!(rig.sent().is_empty(), "unlock flags the volume and sends nothing");
    assert!(rig.driver.snapshot().verify_volume);
    assert_eq!(rig.read(), expected);
    assert_eq!(rig.driver.is_mounted(), disc);
    assert!(!rig.driver.snapshot().verify_volume);
}

#[test]
fn nothing_is_mounted_while_locked() {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.lock(mine).unwrap();
    assert_eq!(rig.mount(), Err(ErrorKind::Locked));
    rig.unlock(mine).unwrap();
    assert!(!rig.driver.snapshot().verify_volume, "nothing to verify");
    assert_eq!(rig.mount(), Ok(()));
}

/// A volume goes with its disc, when the driver sees that it went.
#[rstest]
#[case::taken_out(false, 0, false)]
#[case::exchanged(true, 2, false)]
#[case::still_there(true, 0, true)]
fn a_volume_goes_with_its_disc(#[case] disc: bool, #[case] event: u8, #[case] mounted: bool) {
    let mut rig = Rig::new();
    let mine = rig.open(MINE);
    rig.mount().unwrap();
    (rig.drive.disc, rig.drive.event) = (disc, event);
    rig.events(mine);
    assert_eq!(rig.driver.is_mounted(), mounted);
    assert_eq!(rig.lock(mine).is_ok(), !mounted);
}

/// A short read is no block.
#[test]
fn short_blocks_are_refused() {
    let mut rig = Rig::new();
    struct Short<'a>(&'a mut Drive);
    impl Device for Short<'_> {
        fn execute(&mut self, request: Request<'_>) -> Result<Completion, DeviceError> {
            self.0
                .execute(request)
                .map(|answer| Completion { transferred: answer.transferred.min(100), ..answer })
        }
    }
    impl Port for Short<'_> {
        fn now(&self) -> Instant {
            self.0.now
        }
    }
    assert_eq!(kind(rig.driver.mount(&mut Short(&mut rig.drive))), Err(ErrorKind::Hardware));
}
