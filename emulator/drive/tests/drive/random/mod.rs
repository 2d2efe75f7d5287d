//! Random commands, legal and illegal, on every kind of disc: nothing panics, what is refused changes nothing, what was written stays, and
//! the views of the disc agree at each step.

mod burner;
mod chance;
mod plain;
mod views;

use crate::properties::check_answer;
use crate::rig::{Rig, data_disc, ending, hex};
use burner::Order;
use chance::Chance;
use core::time::Duration;
use discrig_device::{Completion, Device, Request};
use discrig_disc::{Area, MemoryStore, Store, StoreError};
use discrig_drive::{
    Disc, DiscState, Drive, DriveConfig, HostEvent, MediumKind, NexusId, State, Timing, VirtualPort,
};
use discrig_wire::Cdb;
use discrig_wire::command::{CommandSpec, Direction};
use plain::Plain;
use rstest::rstest;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

/// Commands after which drive and disc are new ones.
const EPOCH: u64 = 2_000;
/// Answers longer than this are looked at in part.
const BUFFER: usize = 1 << 17;
const TIMEOUT: Duration = Duration::from_secs(100_000);

/// A store that outlives the drive: a drive that is restored goes on with the same blocks.
#[derive(Clone, Debug, Default)]
struct Shared(Arc<Mutex<MemoryStore>>);

impl Store for Shared {
    fn read(&mut self, area: Area, first: i32, buffer: &mut [u8]) -> Result<(), StoreError> {
        self.0.lock().unwrap().read(area, first, buffer)
    }

    fn write(&mut self, area: Area, first: i32, records: &[u8]) -> Result<(), StoreError> {
        self.0.lock().unwrap().write(area, first, records)
    }

    fn erase(&mut self, blocks: core::ops::Range<i32>) -> Result<(), StoreError> {
        self.0.lock().unwrap().erase(blocks)
    }

    fn commit(&mut self, state: &DiscState) -> Result<(), StoreError> {
        self.0.lock().unwrap().commit(state)
    }

    fn is_memory(&self) -> bool {
        true
    }
}

/// A drive that is given anything, and what is known of its disc.
struct Chaos {
    rig: Rig,
    config: DriveConfig,
    kept: Shared,
    plain: Plain,
    chance: Chance,
    buffer: Vec<u8>,
    /// Commands that come next, as they go together.
    queue: VecDeque<Order>,
    /// How often each operation code was sent, and succeeded.
    counts: BTreeMap<u8, (u64, u64)>,
    /// The last commands, for the report of a failure.
    trail: VecDeque<String>,
    name: String,
}

impl Drop for Chaos {
    fn drop(&mut self) {
        if std::thread::panicking() {
            {
                eprintln!("{}\n{}", self.name, self.trail.make_contiguous().join("\n"));
                eprintln!("{:?}", self.rig.drive.state().disc);
            }
        }
    }
}

impl Chaos {
    fn new(kind: MediumKind, seed: u64, timing: Timing) -> Chaos {
        let config = DriveConfig { timing, ..DriveConfig::default() };
        let (disc, kept) = disc(kind);
        let mut rig = Rig::fresh(config.clone());
        rig.happen(HostEvent::SwapDisc(Some(disc)));
        rig.wait(Duration::from_secs(60));
        rig.settle();
        Chaos {
            rig,
            config,
            kept,
            plain: Plain::default(),
            chance: Chance(seed),
            buffer: vec![0; BUFFER],
            queue: VecDeque::new(),
            counts: BTreeMap::new(),
            trail: VecDeque::new(),
            name: format!("{kind:?}, {timing:?}, seed {seed}"),
        }
    }

    fn disc(&self) -> &DiscState {
        self.rig.drive.state().disc.as_ref().unwrap()
    }

    fn is_instant(&self) -> bool {
        self.config.timing == Timing::Instant
    }

    /// Issues a command; its data are in the buffer.
    fn issue(&mut self, cdb: &Cdb, data_out: &[u8]) -> Completion {
        let out = CommandSpec::of(cdb).is_some_and(|spec| spec.direction == Direction::Out);
        let request = if out {
            Request::output(*cdb, data_out, TIMEOUT)
        } else {
            Request::input(*cdb, &mut self.buffer, TIMEOUT)
        };
        let (drive, clock) = (&mut self.rig.drive, &mut self.rig.clock);
        VirtualPort { drive, clock, nexus: NexusId(0) }.execute(request).unwrap()
    }

    /// The data of a command that is written in hexadecimal, when it succeeds.
    fn ask(&mut self, cdb: &str) -> Result<Vec<u8>, String> {
        let answer = self.issue(&cdb.parse().unwrap(), &[]);
        let ends = ending(&answer);
        if ends == "GOOD" { Ok(self.buffer[..answer.transferred].to_vec()) } else { Err(ends) }
    }

    fn step(&mut self, number: u64) {
        let Order { cdb, data } = self.order();
        // What goes on by itself is not this command's.
        self.rig.wait(Duration::ZERO);
        let before = self.rig.drive.state().clone();
        // Parameter lists repeat a finding; blocks are the same each time.
        let shown = if data.len() <= 80 { hex(&data) } else { format!("00*{}", data.len()) };
        self.note(format!("{number}: {cdb} [{shown}]"));
        let answer = self.issue(&cdb, &data);
        self.note(format!("    {}", ending(&answer)));
        let (sent, good) = self.counts.entry(cdb.opcode()).or_default();
        (*sent, *good) = (*sent + 1, *good + u64::from(answer.is_good()));
        check_answer(&cdb, &answer);
        if self.is_instant() {
            if answer.is_good() {
                let after = self.rig.drive.state();
                self.plain.note(&cdb, &data, &before, after);
            } else {
                self.unchanged(&before);
            }
            if number.is_multiple_of(32) {
                self.read_back(4);
            }
        }
        if number.is_multiple_of(4) {
            self.views_agree();
        }
        if number.is_multiple_of(128) {
            self.befall();
            self.save_and_restore();
        }
    }

    fn note(&mut self, line: String) {
        self.trail.push_back(line);
        if self.trail.len() > 60 {
            self.trail.pop_front();
        }
    }

    /// What is refused leaves no trace but in what is told to initiators.
    fn unchanged(&self, before: &State) {
        let after = self.rig.drive.state();
        assert_eq!(after.disc, before.disc, "refused, and the disc changed");
        assert_eq!((&after.modes, &after.saved_modes), (&before.modes, &before.saved_modes));
        assert_eq!(
            (&after.ledger, &after.region, &after.scratch),
            (&before.ledger, &before.region, &before.scratch)
        );
    }

    /// Something beside commands, now and then.
    fn befall(&mut self) {
        let event = match self.chance.below(6) {
            0 => HostEvent::PowerCycle,
            1 => HostEvent::LogicalUnitReset,
            _ => return,
        };
        self.note(format!("{event:?}"));
        self.rig.happen(event);
        self.rig.wait(Duration::from_secs(30));
        for _ in 0..4 {
            let _ = self.ask("03 00 00 00 12 00");
        }
    }

    /// The drive is made anew from its state as text.
    fn save_and_restore(&mut self) {
        let state = self.rig.drive.state();
        let text = serde_json::to_string(state).unwrap();
        let again: State = serde_json::from_str(&text).unwrap();
        assert_eq!(&again, state);
        let disc = again.disc.clone().map(|state| Disc { state, store: Box::new(self.kept.clone()) });
        self.rig.drive = Drive::restore(self.config.clone(), again, disc).unwrap();
    }
}

/// A disc of a kind: blank, or pressed.
fn disc(kind: MediumKind) -> (Disc, Shared) {
    let kept = Shared::default();
    let state = if kind.spec().is_recordable() {
        DiscState::blank(kind).unwrap()
    } else {
        let blocks = match kind {
            MediumKind::CdRom => return (data_disc(700), kept),
            MediumKind::DvdRom => 400_000,
            _ => 5_000_000,
        };
        DiscState::pressed(blocks).unwrap()
    };
    (Disc { state, store: Box::new(kept.clone()) }, kept)
}

/// So many commands on discs of a kind: how often each operation code was sent, and succeeded.
fn run(kind: MediumKind, seed: u64, count: u64) -> BTreeMap<u8, (u64, u64)> {
    let mut counts: BTreeMap<u8, (u64, u64)> = BTreeMap::new();
    for epoch in 0..count.div_ceil(EPOCH) {
        let seed = seed.wrapping_mul(1_000_003).wrapping_add(epoch);
        let timing = if epoch % 8 == 7 { Timing::Realistic } else { Timing::Instant };
        let mut chaos = Chaos::new(kind, seed, timing);
        for number in 1..=EPOCH.min(count - epoch * EPOCH) {
            chaos.step(number);
        }
        chaos.finish();
        for (code, (sent, good)) in core::mem::take(&mut chaos.counts) {
            let sums = counts.entry(code).or_default();
            *sums = (sums.0 + sent, sums.1 + good);
        }
    }
    counts
}

impl Chaos {
    fn finish(&mut self) {
        if self.is_instant() {
            self.read_back(usize::MAX);
        }
        self.views_agree();
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// A number of commands that every test run can afford.
#[rstest]
fn some_commands(#[values(0, 1)] half: usize) {
    for spec in MediumKind::TABLE.iter().skip(half).step_by(2) {
        let counts = run(spec.kind, setting("DISCRIG_SEED", 1), 1_000);
        // What burning software sends succeeds often enough to matter.
        let good = |code| counts.get(&code).map_or(0, |(_, good)| *good);
        assert!(!spec.is_recordable() || good(0x2A) > 12, "{}: {counts:?}", spec.name);
    }
}

/// A million commands on each kind of medium, in release mode:
/// `DISCRIG_COUNT=1000000 cargo test --release -p discrig-drive --test drive -- --ignored --nocapture random_cdbs`.
/// `DISCRIG_SEED` is another sequence, `DISCRIG_MEDIUM` (such as `dvd+rw`) one kind alone.
#[test]
#[ignore = "takes minutes: see its documentation"]
fn random_cdbs() {
    let (seed, count) = (setting("DISCRIG_SEED", 1), setting("DISCRIG_COUNT", 1_000_000));
    let only = std::env::var("DISCRIG_MEDIUM").ok();
    for spec in MediumKind::TABLE.iter().filter(|spec| only.as_deref().is_none_or(|name| name == spec.name)) {
        let begun = std::time::Instant::now();
        let counts = run(spec.kind, seed, count);
        {
            eprintln!("{}: {count} commands, seed {seed}, {:.1} s", spec.name, begun.elapsed().as_secs_f64());
            let share = |(code, (sent, good)): (&u8, &(u64, u64))| format!("{code:02X}: {good}/{sent}");
            eprintln!(
                "    GOOD: {}",
                counts.iter().filter(|(_, (_, good))| *good > 0).map(share).collect::<Vec<_>>().join(", ")
            );
        }
    }
}
