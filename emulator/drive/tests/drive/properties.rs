//! Whatever arrives, the drive answers, and its views of one fact agree.

use crate::rig::{A, Rig, data_disc, ending, image};
use core::time::Duration;
use discrig_device::{Completion, Device, Request};
use discrig_drive::{Disc, Drive, DriveConfig, HostEvent, MediumKind, NexusId, Quirk, State, Timing, Tray};
use discrig_wire::Cdb;
use discrig_wire::command::{Command, CommandSpec, Direction};
use discrig_wire::event::{EventNotification, MediaStatus};
use discrig_wire::mode::{CapabilitiesPage, ModeData, ModeForm};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// The longest that a command can take: 64K blocks at the lowest speed.
const TIMEOUT: Duration = Duration::from_secs(600);

/// Something that befalls a drive.
#[derive(Clone, Debug)]
enum Step {
    Command { nexus: u16, cdb: Cdb, data_out: Vec<u8> },
    World(World),
    Wait(u32),
}

#[derive(Clone, Copy, Debug)]
enum World {
    BlankPlaced,
    ButtonPressed,
    BusReset,
    DiscPlaced,
    DiscRemoved,
    DiscSwapped,
    EmergencyEject,
    LogicalUnitReset,
    NexusLost(u16),
    PowerCycle,
}

fn world() -> impl Strategy<Value = World> {
    prop_oneof![
        Just(World::BlankPlaced),
        Just(World::ButtonPressed),
        Just(World::BusReset),
        Just(World::DiscPlaced),
        Just(World::DiscRemoved),
        Just(World::DiscSwapped),
        Just(World::EmergencyEject),
        Just(World::LogicalUnitReset),
        (0..3u16).prop_map(World::NexusLost),
        Just(World::PowerCycle),
    ]
}

/// A row of the command table with fields that are small more often than not, and now and then a wrong bit.
fn row() -> impl Strategy<Value = Cdb> {
    let value = prop_oneof![4 => 0..4u64, 2 => 0..300u64, 1 => any::<u64>()];
    let fields = prop::collection::vec(value, 8);
    let flip = prop::option::weighted(0.15, (0..16usize, 0..8u8));
    (0..Command::TABLE.len(), fields, flip).prop_map(|(row, values, flip)| {
        let cdb = Command::TABLE[row].assemble(values);
        let mut bytes = cdb.bytes().to_vec();
        if let Some((at, bit)) = flip
            && let Some(byte) = bytes.get_mut(at)
        {
            *byte ^= 1 << bit;
        }
        Cdb::new(&bytes).unwrap()
    })
}

fn cdb() -> impl Strategy<Value = Cdb> {
    let noise = prop::collection::vec(any::<u8>(), 6..=16).prop_map(|bytes| Cdb::new(&bytes).unwrap());
    prop_oneof![8 => row(), 1 => noise]
}

fn data_out() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(Vec::new()),
        prop::collection::vec(prop_oneof![3 => Just(0u8), 1 => any::<u8>()], 0..64),
        (0..4usize).prop_map(image),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..3u16, cdb(), data_out())
            .prop_map(|(nexus, cdb, data_out)| Step::Command { nexus, cdb, data_out }),
        2 => world().prop_map(Step::World),
        1 => (0..60_000u32).prop_map(Step::Wait),
    ]
}

/// What differs from the usual drive.
#[derive(Clone, Debug)]
struct Setup {
    timing: Timing,
    quirks: BTreeSet<Quirk>,
}

impl Setup {
    fn config(&self) -> DriveConfig {
        DriveConfig { timing: self.timing, quirks: self.quirks.clone(), ..DriveConfig::default() }
    }

    fn rig(&self) -> Rig {
        let mut rig = Rig::fresh(self.config());
        rig.befall(World::DiscSwapped);
        rig
    }
}

fn setup() -> impl Strategy<Value = Setup> {
    let timing = prop_oneof![Just(Timing::Instant), Just(Timing::Realistic)];
    let quirks = prop::collection::btree_set(prop::sample::select(Quirk::ALL), 0..3);
    (timing, quirks).prop_map(|(timing, quirks)| Setup { timing, quirks })
}

/// The most bytes of data that a command allows.
fn allocation(spec: &CommandSpec, cdb: &Cdb) -> Option<u64> {
    spec.field("allocation_length").map(|field| field.get(cdb))
}

impl Rig {
    fn run(&mut self, nexus: u16, cdb: &Cdb, data_out: &[u8]) -> (Completion, Vec<u8>) {
        let spec = CommandSpec::of(cdb);
        let mut buffer = Vec::new();
        let request = if spec.is_some_and(|spec| spec.direction == Direction::Out) {
            Request::output(*cdb, data_out, TIMEOUT)
        } else {
            buffer = vec![0xEE; 1 << 17];
            Request::input(*cdb, &mut buffer, TIMEOUT)
        };
        let answer = self.port(nexus).execute(request).unwrap();
        (answer, buffer)
    }

    fn befall(&mut self, world: World) {
        let event = match world {
            World::BlankPlaced => HostEvent::PlaceDisc(Disc::blank(MediumKind::DvdPlusR).unwrap()),
            World::ButtonPressed => HostEvent::ButtonPressed,
            World::BusReset => HostEvent::BusReset,
            World::DiscPlaced => HostEvent::PlaceDisc(data_disc(7)),
            World::DiscRemoved => HostEvent::RemoveDisc,
            World::DiscSwapped => HostEvent::SwapDisc(Some(data_disc(11))),
            World::EmergencyEject => HostEvent::EmergencyEject,
            World::LogicalUnitReset => HostEvent::LogicalUnitReset,
            World::NexusLost(nexus) => HostEvent::NexusLost(NexusId(nexus)),
            World::PowerCycle => HostEvent::PowerCycle,
        };
        // A disc is placed on an open tray only; that it is refused otherwise is part of the game.
        let _ = self.drive.host_event(self.clock.now(), event);
    }

    /// Applies a step and says what came of it.
    fn step(&mut self, step: &Step) -> String {
        match step {
            Step::Command { nexus, cdb, data_out } => {
                let (answer, data) = self.run(*nexus, cdb, data_out);
                check_answer(cdb, &answer);
                format!("{} {:?}", ending(&answer), &data[..answer.transferred.min(data.len())])
            }
            Step::World(world) => {
                self.befall(*world);
                String::new()
            }
            Step::Wait(ms) => {
                self.wait(Duration::from_millis((*ms).into()));
                String::new()
            }
        }
    }

    /// Every view of the tray and of the lock says the same.
    fn views_agree(&mut self, stale: bool) {
        let (answer, data) = self.run(A, &"4A 01 00 00 10 00 00 00 08 00".parse().unwrap(), &[]);
        assert!(answer.is_good());
        let notification = EventNotification::parse(&data[..answer.transferred]).unwrap();
        let event = notification.event.unwrap();
        let media = MediaStatus::parse(&event.to_bytes()).unwrap();
        let state = self.drive.state();
        assert_eq!(media.door_open, state.tray.is_open());
        assert_eq!(media.media_present, state.tray.is_loaded());
        assert!(!media.media_present || state.disc.is_some());
        assert!(!media.media_present || !media.door_open);
        let prevented = state.ledger.is_prevented();
        assert_eq!(prevented, state.ledger.basic_count() + state.ledger.persistent_count() > 0);
        // Whatever hinders MODE SENSE from answering hinders nothing else here.
        let sense = "5A 08 2A 00 00 00 00 01 00 00".parse().unwrap();
        let (answer, data) = self.run(A, &sense, &[]);
        if answer.is_good() {
            let pages = ModeData::parse(ModeForm::Ten, &data[..answer.transferred]).unwrap();
            let page = pages.page(CapabilitiesPage::CODE).unwrap();
            let lock_state = CapabilitiesPage::parse(&page).unwrap().lock_state;
            assert_eq!(lock_state, prevented && !stale);
        }
    }
}

/// Data never exceed what the initiator allowed, and come with GOOD only; sense comes with CHECK CONDITION only.
pub(crate) fn check_answer(cdb: &Cdb, answer: &Completion) {
    assert_eq!(answer.status == discrig_wire::Status::CHECK_CONDITION, answer.sense.parse().is_some());
    if !answer.is_good() {
        assert_eq!(answer.transferred, 0, "{cdb}");
        return;
    }
    let command = Command::decode(cdb).unwrap();
    if let Some(most) = allocation(command.spec(), cdb) {
        assert!(answer.transferred as u64 <= most, "{cdb}: {} bytes", answer.transferred);
    }
}

proptest! {
    #[test]
    fn anything_is_answered_and_views_agree(setup in setup(), steps in prop::collection::vec(step(), 1..40)) {
        let mut rig = setup.rig();
        for step in &steps {
            rig.step(step);
            rig.views_agree(setup.quirks.contains(&Quirk::LockStateBitStale));
        }
    }

    #[test]
    fn a_saved_state_behaves_as_the_original(
        setup in setup(),
        before in prop::collection::vec(step(), 0..20),
        after in prop::collection::vec(step(), 1..20),
    ) {
        let mut original = setup.rig();
        for step in &before {
            original.step(step);
        }
        // Recorded blocks are not part of the state.
        if original.drive.state().disc.as_ref().is_some_and(|disc| disc.kind.spec().is_recordable() && !disc.is_blank()) {
            original.befall(World::DiscSwapped);
        }
        let text = serde_json::to_string(original.drive.state()).unwrap();
        let state: State = serde_json::from_str(&text).unwrap();
        let disc = state.disc.as_ref().map(|disc| match disc.kind {
            MediumKind::CdRom => data_disc(disc.last_block() as usize + 1),
            kind => Disc::blank(kind).unwrap(),
        });
        let drive = Drive::restore(setup.config(), state, disc).unwrap();
        let mut twin = Rig { drive, clock: original.clock };
        for step in &after {
            prop_assert_eq!(original.step(step), twin.step(step));
        }
        prop_assert_eq!(original.drive.state(), twin.drive.state());
    }

    /// With everything allowed and released the drive is usable again, whatever happened to it.
    #[test]
    fn a_power_cycle_mends_everything(setup in setup(), steps in prop::collection::vec(step(), 1..40)) {
        let mut rig = setup.rig();
        for step in &steps {
            rig.step(step);
        }
        rig.befall(World::PowerCycle);
        rig.befall(World::EmergencyEject);
        rig.befall(World::DiscPlaced);
        rig.befall(World::ButtonPressed);
        rig.wait(Duration::from_secs(60));
        for nexus in 0..3 {
            for _ in 0..2 {
                rig.ask(nexus, "00 00 00 00 00 00");
            }
            let conflict = rig.drive.state().reservations.is_reserved();
            let ready = rig.ask(nexus, "00 00 00 00 00 00");
            prop_assert!(ready == "GOOD" || conflict, "{ready}");
        }
        prop_assert_eq!(rig.drive.state().tray, Tray::Ready);
        prop_assert!(!rig.drive.state().ledger.is_prevented());
    }
}
