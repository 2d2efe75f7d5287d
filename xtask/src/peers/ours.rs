//! What this drive can do: a question for each row, asked of the emulator, of its tables or of the workspace.

mod locks;
mod modes;
mod speed;

use std::collections::BTreeSet;

use discrig_bench::{EmulatedBench, EmulatorConfig};
use discrig_device::fault::{ActionKind, FaultControl as _};
use discrig_drive::{Disc, MediumKind};
use discrig_fixtures::PeerValue;
use discrig_scenarios::{Cell, media_tables};
use discrig_wire::command::Command;
use discrig_wire::event::EventClass;

use super::Own;
use super::desk::{A, Desk};
use crate::tidy::Tree;

/// A question: the row that it answers, and how it is asked.
type Question = (&'static str, fn(&Tree) -> Own);

/// All questions, in the order of the rows.
const QUESTIONS: &[Question] = &[
    ("opcodes", |_| opcodes()),
    ("cd", |_| media("CD")),
    ("dvd", |_| media("DVD")),
    ("bd", |_| media("BD")),
    ("configuration", |_| configuration()),
    ("mode-pages", |_| modes::changes()),
    ("events", |_| events()),
    ("prevent", |_| locks::scope()),
    ("locked-eject", |_| locks::locked_eject()),
    ("attentions", |_| locks::attentions()),
    ("power-on", |_| locks::power_on()),
    ("timing", |_| speed::timing()),
    ("faults", |_| faults()),
    ("initiators", |_| locks::initiators()),
    ("needs", |_| level("nothing")),
    ("attached", attached),
    ("tests", tests),
    ("licence", licence),
];

/// The rows that there is a question for.
#[cfg(test)]
pub(super) fn questions() -> impl Iterator<Item = &'static str> {
    QUESTIONS.iter().map(|question| question.0)
}

/// This drive's value in a row, if there is a question for it.
pub(super) fn ask(row: &str, tree: &Tree) -> Option<Own> {
    QUESTIONS.iter().find(|question| question.0 == row).map(|question| question.1(tree))
}

fn level(name: &str) -> Own {
    Own { is: PeerValue::Level(name.to_owned()), text: None }
}

fn yes(is: bool) -> Own {
    level(if is { "yes" } else { "no" })
}

fn count(count: usize) -> Own {
    Own { is: PeerValue::Count(count as u64), text: None }
}

fn set(items: impl IntoIterator<Item = &'static str>) -> Own {
    Own { is: PeerValue::Set(items.into_iter().map(str::to_owned).collect()), text: None }
}

/// Sends every operation code: with the service actions of the command table, or none, and otherwise zeros.
fn opcodes() -> Own {
    const UNKNOWN: (u8, u8, u8) = (5, 0x20, 0);
    let is_answered = |opcode: u8| {
        let rows = Command::TABLE.iter().filter(|spec| spec.opcode == opcode);
        let mut cdbs: Vec<Vec<u8>> = rows.map(|spec| spec.blank().bytes().to_vec()).collect();
        if cdbs.is_empty() {
            cdbs.push([&[opcode][..], &[0; 11]].concat());
        }
        cdbs.iter().any(|cdb| {
            let answer = Desk::blank(MediumKind::CdRw).send(A, cdb, &[]);
            answer.good || answer.code.is_some() && answer.sense() != UNKNOWN
        })
    };
    count((0..0xC0).filter(|opcode| is_answered(*opcode)).count())
}

/// The media of a family that scenarios record and that a blank makes the drive current with.
fn media(family: &str) -> Own {
    let tables = media_tables().iter().filter(|table| table.title == family);
    let recorded = tables.flat_map(|table| {
        let is_recorded =
            |medium| table.ways.iter().any(|way| matches!(table.cell(medium, way), Some(Cell::Scenario(_))));
        table.media.iter().copied().filter(move |medium| is_recorded(*medium))
    });
    set(recorded.map(|medium| medium.name()).filter(|name| is_current_with(name)))
}

/// Whether a blank disc makes its profile the current one.
fn is_current_with(medium: &str) -> bool {
    MediumKind::by_name(medium).is_some_and(|kind| {
        let answer = Desk::blank(kind).send(A, &[0x46, 0, 0, 0, 0, 0, 0, 0, 8, 0], &[]);
        answer.data.get(6..8) == Some(&kind.spec().profile.0.to_be_bytes()[..])
    })
}

/// Features of GET CONFIGURATION with a type of request: their numbers, and whether they are current.
fn features(desk: &mut Desk, requested: u8, first: u16) -> BTreeSet<(u16, bool)> {
    let [high, low] = first.to_be_bytes();
    let answer = desk.send(A, &[0x46, requested, high, low, 0, 0, 0, 0xFF, 0xFF, 0], &[]);
    let mut rest = answer.data.get(8..).unwrap_or_default();
    let mut found = BTreeSet::new();
    while let [high, low, bits, length, tail @ ..] = rest {
        found.insert((u16::from_be_bytes([*high, *low]), bits & 1 != 0));
        rest = tail.get(usize::from(*length)..).unwrap_or_default();
    }
    found
}

fn configuration() -> Own {
    const CORE: u16 = 0x0001;
    let mut desk = Desk::blank(MediumKind::BdR);
    let [all, current] = [0, 1].map(|requested| features(&mut desk, requested, 0));
    let one = features(&mut desk, 2, CORE);
    let is_current = all.iter().copied().filter(|feature| feature.1).collect::<BTreeSet<_>>() == current;
    let differs = !current.is_empty() && current.len() < all.len();
    let text = format!("yes, {} features, {} of them current with a BD-R", all.len(), current.len());
    match [is_current && differs, one == BTreeSet::from([(CORE, true)])] {
        [true, true] => Own { text: Some(text), ..level("yes") },
        [false, false] => level("no"),
        _ => level("partly"),
    }
}

fn events() -> Own {
    let mut desk = Desk::new(None);
    let comes = |class: &EventClass| {
        let answer = desk.send(A, &[0x4A, 1, 0, 0, 1 << class.0, 0, 0, 0, 8, 0], &[]);
        matches!(answer.data[..], [_, _, is, supported, _, _, _, _]
            if is == class.0 && supported >> class.0 & 1 == 1)
    };
    let classes: Vec<EventClass> =
        EventClass::TABLE.iter().map(|row| row.0).filter(|class| class.0 != 0).collect();
    let there: Vec<EventClass> = classes.iter().copied().filter(comes).collect();
    let own = set(there.iter().filter_map(|class| class.name()));
    let text = (there == classes).then(|| format!("all {}: {}", classes.len(), own.is));
    Own { text, ..own }
}

fn faults() -> Own {
    let Ok(bench) = EmulatedBench::new(EmulatorConfig::default()) else { return count(0) };
    let own = count(ActionKind::ALL.iter().filter(|kind| bench.honours(**kind)).count());
    Own { text: Some(format!("{}, seeded", own.is)), ..own }
}

/// The ways of which the package is there. Whoever runs this has the first one.
fn attached(tree: &Tree) -> Own {
    const WAYS: [(&str, &str); 2] = [("discrig-bench", "in process"), ("discrig-serve", "iSCSI")];
    let is_there = |name: &str| tree.packages.iter().any(|package| package.name == name);
    set(WAYS.iter().filter(|way| is_there(way.0)).map(|way| way.1))
}

/// The suite, as long as it runs before each change.
fn tests(tree: &Tree) -> Own {
    let runs = tree.text(".ci/run").contains("--release -- test");
    let own = count(discrig_scenarios::scenarios().filter(|_| runs).count());
    Own { text: Some(format!("{} scenarios", own.is)), ..own }
}

fn licence(tree: &Tree) -> Own {
    const PERMISSIVE: [&str; 3] = ["Apache-2.0", "BSD-3-Clause", "MIT"];
    let is_permissive = |expression: &str| expression.split(" OR ").all(|name| PERMISSIVE.contains(&name));
    let mut all = tree.packages.iter().map(|package| package.license.as_str());
    let first = all.clone().next().unwrap_or_default();
    let same = all.all(|license| license == first);
    let own = level(if same && is_permissive(first) { "permissive" } else { "copyleft" });
    Own { text: Some(first.to_owned()), ..own }
}

/// A pressed disc of so many blocks.
fn pressed(blocks: usize) -> Option<Disc> {
    Disc::from_image(vec![0; blocks * 2048]).ok()
}
