//! Steps of trials beside the common ones, and random trials of every medium that is no CD and no DVD-R.

use super::blocks_of;
use crate::kind::MediumKind;
use crate::refusal::Refusal;
use crate::rules::trial::Trial;
use crate::rules::{Change, FormatRequest, rules};
use crate::state::{BackgroundState, DiscState, Recording, Surface};
use core::ops::Range;
use discrig_wire::sense::{SenseCode, codes};
use proptest::prelude::*;

impl Trial {
    /// Carries out a change, or shows why it is refused.
    pub(in crate::rules) fn carry_out(&mut self, change: Result<Change, Refusal>) -> Result<(), SenseCode> {
        let change = change.map_err(|refusal| refusal.code)?;
        for blocks in change.erased {
            self.written.remove(blocks);
        }
        self.disc = change.after;
        self.check();
        Ok(())
    }

    /// FORMAT UNIT with everything that a descriptor has.
    pub(in crate::rules) fn format_as(
        &mut self,
        (format_type, sub_type): (u8, u8),
        blocks: u32,
        parameter: u32,
    ) -> Result<(), SenseCode> {
        let request = FormatRequest { blocks, format_type, sub_type, parameter, ..FormatRequest::default() };
        self.carry_out(self.disc.format(&request))
    }

    /// Persistent write protection.
    pub(in crate::rules) fn protect(&mut self, on: bool) -> Result<(), SenseCode> {
        self.carry_out(self.disc.send_structure(0xC0, &[u8::from(on) << 1, 0, 0, 0]))
    }

    pub(in crate::rules) fn surface(&self) -> &Surface {
        match &self.disc.recording {
            Recording::Random(surface) => surface,
            Recording::Sequential(_) => panic!("recorded in sequence"),
        }
    }

    pub(in crate::rules) fn read(&self, first: i32, blocks: u32) -> Result<(), SenseCode> {
        self.disc.readable(first, blocks).map(drop).map_err(|refusal| refusal.code)
    }

    /// The list of READ FORMAT CAPACITIES: kind and blocks of the first descriptor; type, blocks and parameter of the rest.
    pub(in crate::rules) fn capacities(&self) -> (u8, u32, Vec<(u8, u32, u32)>) {
        let (current, list) = self.disc.format_capacities();
        let rows = list.iter().map(|row| (row.format_type.0, row.blocks, row.parameter)).collect();
        (current.kind.0, current.blocks, rows)
    }

    /// Numbers of the features that are current because the disc can be recorded.
    pub(in crate::rules) fn features(&self) -> Vec<u16> {
        self.disc.write_features().iter().map(|code| code.0).collect()
    }
}

/// A command at random.
#[derive(Clone, Debug)]
enum Step {
    Background(u32),
    Close(u8, u16),
    Damage(i32, i32),
    Erase(i32, i32),
    Format((u8, u8), usize, u32),
    Interrupt,
    Protect(bool),
    Reserve(u32),
    Split(i32),
    Synchronize,
    /// At a next writable address, by its number.
    WriteNext(usize, u32),
    WriteAt(i32, u32),
}

fn address() -> impl Strategy<Value = i32> {
    prop_oneof![
        6 => 0i32..400,
        2 => (0i32..400).prop_map(|cluster| cluster * 32),
        1 => -5i32..5,
        1 => (-200i32..200).prop_map(|block| 2_295_104 + block),
        1 => (-400i32..200).prop_map(|block| 12_219_392 + block),
        1 => any::<i32>(),
    ]
}

fn count() -> impl Strategy<Value = u32> {
    prop_oneof![8 => 0u32..200, 2 => (0u32..8).prop_map(|clusters| clusters * 32), 1 => 1_000_000u32..13_000_000]
}

fn step() -> impl Strategy<Value = Step> {
    let format = (
        prop_oneof![Just(0u8), Just(0x01), Just(0x26), Just(0x30), Just(0x31), Just(0x32), any::<u8>()],
        0u8..4,
    );
    prop_oneof![
        8 => (0usize..4, count()).prop_map(|(which, blocks)| Step::WriteNext(which, blocks)),
        6 => (address(), count()).prop_map(|(first, blocks)| Step::WriteAt(first, blocks)),
        2 => Just(Step::Synchronize),
        2 => (0u8..8, 0u16..5).prop_map(|(function, track)| Step::Close(function, track)),
        2 => count().prop_map(Step::Reserve),
        2 => address().prop_map(Step::Split),
        2 => (format, 0usize..8, 0u32..3).prop_map(|(format, row, parameter)| Step::Format(format, row, parameter)),
        2 => count().prop_map(Step::Background),
        1 => (0i32..400, 1i32..40).prop_map(|(start, blocks)| Step::Damage(start, blocks)),
        1 => (address(), 0i32..40).prop_map(|(start, blocks)| Step::Erase(start, blocks)),
        1 => Just(Step::Interrupt),
        1 => any::<bool>().prop_map(Step::Protect),
    ]
}

/// Addresses at which recording could go on.
fn next_addresses(trial: &Trial) -> Vec<i32> {
    match &trial.disc.recording {
        Recording::Random(surface) => vec![surface.written.end().unwrap_or(0), surface.formatted_to as i32],
        Recording::Sequential(sequence) => sequence
            .tracks()
            .filter(|(_, track)| track.is_writable())
            .map(|(_, track)| track.next)
            .chain(trial.next().map(|track| track.start))
            .collect(),
    }
}

fn format_blocks(disc: &DiscState, row: usize) -> u32 {
    let (current, list) = disc.format_capacities();
    list.get(row).map_or(current.blocks / 64 * 32, |row| row.blocks)
}

fn go(trial: &mut Trial, step: &Step) -> Result<(), SenseCode> {
    match *step {
        Step::Background(blocks) => {
            trial.disc.background(blocks);
            trial.check();
            Ok(())
        }
        Step::Close(function, track) => trial.close(function, track),
        Step::Damage(start, blocks) => {
            // What was written before may be lost by it.
            trial.disc.damaged.insert(start..start + blocks);
            let lost: Vec<Range<i32>> = trial.disc.damaged.iter().collect();
            lost.into_iter().for_each(|blocks| trial.written.remove(blocks));
            Ok(())
        }
        Step::Erase(start, blocks) => match start.checked_add(blocks) {
            Some(end) => trial.carry_out(trial.disc.erase(start..end)),
            None => Ok(()),
        },
        Step::Format(format, row, parameter) => {
            trial.format_as(format, format_blocks(&trial.disc, row), parameter)
        }
        Step::Interrupt => {
            trial.interrupt();
            Ok(())
        }
        Step::Protect(on) => trial.protect(on),
        Step::Reserve(blocks) => trial.reserve(blocks),
        Step::Split(address) => trial.split(address),
        Step::Synchronize => trial.synchronize(),
        Step::WriteNext(which, blocks) => {
            let nexts = next_addresses(trial);
            let Some(first) = nexts.get(which % nexts.len().max(1)) else { return Ok(()) };
            write(trial, *first, blocks)
        }
        Step::WriteAt(first, blocks) => write(trial, first, blocks),
    }
}

/// A WRITE, of which only what is not damaged can be read again where nothing is replaced.
fn write(trial: &mut Trial, first: i32, blocks: u32) -> Result<(), SenseCode> {
    trial.disc.placement(&trial.page, first, blocks).map_err(|refusal| refusal.code)?;
    let range = blocks_of(first, blocks).unwrap();
    let once = match &trial.disc.recording {
        Recording::Random(surface) => surface.once,
        Recording::Sequential(sequence) => sequence.pow.is_none(),
    };
    assert!(!once || !trial.written.intersects(range.clone()), "{range:?} is written twice");
    rules(trial.disc.kind).written(&mut trial.disc, &trial.page, first, blocks);
    trial.written.insert(range);
    let bad: Vec<i32> =
        core::iter::successors(super::defects::first_damaged(&trial.disc, 0..i32::MAX), |block| {
            super::defects::first_damaged(&trial.disc, block + 1..i32::MAX)
        })
        .collect();
    bad.into_iter().for_each(|block| trial.written.remove(block..block + 1));
    trial.check();
    Ok(())
}

/// What must hold of spares, formats and finished discs, whatever was done.
fn check(trial: &Trial) {
    let disc = &trial.disc;
    let blocking = u64::from(disc.kind.spec().blocking);
    let (spares, finished) = match &disc.recording {
        Recording::Random(surface) => {
            assert!(surface.formatted_to <= surface.blocks);
            assert_eq!(
                surface.formatted_to == surface.blocks,
                surface.background == BackgroundState::Complete,
                "{surface:?}"
            );
            (surface.spares, surface.once && !surface.open)
        }
        Recording::Sequential(sequence) => (sequence.spares, sequence.finalized),
    };
    assert!(disc.replaced.len() <= u64::from(spares) * blocking);
    assert_eq!(disc.replaced.len() % blocking, 0);
    if finished {
        assert!(disc.write_features().is_empty());
        for first in [0, 32, 4096] {
            let code = disc.placement(&trial.page, first, 32).map_err(|refusal| refusal.code);
            assert!([codes::WRITE_PROTECTED, codes::PERSISTENT_WRITE_PROTECT].contains(&code.unwrap_err()));
        }
    }
}

const KINDS: [MediumKind; 9] = [
    MediumKind::BdR,
    MediumKind::BdRDl,
    MediumKind::BdRXl,
    MediumKind::BdRXlQl,
    MediumKind::BdRe,
    MediumKind::BdReDl,
    MediumKind::BdReXl,
    MediumKind::DvdPlusRw,
    MediumKind::DvdRam,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn whatever_is_done_the_disc_is_legal(
        kind in prop::sample::select(&KINDS[..]),
        format in prop::option::of((prop_oneof![Just(0u8), Just(0x26), Just(0x30), Just(0x31), Just(0x32)], 0u8..4)),
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut trial = Trial::new(kind);
        if let Some(format) = format {
            let _ = trial.format_as(format, format_blocks(&trial.disc, 0), 0);
        }
        for step in steps {
            let before = trial.disc.clone();
            if go(&mut trial, &step).is_err() {
                prop_assert_eq!(&before, &trial.disc, "{:?}", step);
            }
            check(&trial);
        }
    }
}
