//! `recorder.name.*`: which names AcquireExclusiveAccess takes.

use crate::allowed::{Allowed, Pattern, allowed};
use crate::families::locking::{ACQUIRE_FOREIGN, NAME, locked, released, unlocked};
use crate::families::sets::SUCCEEDS;
use crate::families::{ELSEWHERE, HERE, HOST};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::Stage;
use crate::stop::Verdict;
use discrig_device::{CallerName, Capability};
use discrig_recorder::Hresult;

/// Acquire under a name with illegal characters or too many.
pub(super) const BAD_NAME: Allowed = allowed!("acquire under a bad name":
    Pattern::Failed(Hresult::E_INVALIDARG) => "imapi2-acquire",
    Pattern::Failed(Hresult::E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID) => "decision-10",
);

/// Acquire without a name. The page says that there must be one, so nothing else than an invalid argument makes sense.
const NO_NAME: Allowed = allowed!("acquire without a name":
    Pattern::Failed(Hresult::E_INVALIDARG) => "imapi2-acquire",
);

/// One character of each kind that the naming rules leave out, and some of their neighbours in ASCII. NUL is not among them: it ends a name
/// where names are C strings.
const BAD_CHARACTERS: &[char] = &[
    '\t',
    '\n',
    '\u{1f}',
    '!',
    '"',
    '#',
    '%',
    '&',
    '\'',
    '(',
    ')',
    '*',
    '+',
    '/',
    '<',
    '=',
    '>',
    '?',
    '@',
    '[',
    '\\',
    ']',
    '^',
    '`',
    '{',
    '|',
    '}',
    '~',
    '\u{7f}',
    '\u{80}',
    '\u{e9}',
    '\u{2013}',
    '\u{1f4bf}',
];

/// All characters that the naming rules allow, in names of at most 63.
const GOOD_NAMES: &[&str] = &[
    "a",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz",
    "0123456789 .,:;-_",
    " begins and ends with a blank ",
    ".",
];

pub(in crate::families) const NAMES: &[Scenario] = &[
    Scenario {
        slug: "recorder.name.missing",
        clauses: &["imapi2-acquire", "decision-10"],
        level: Level::Must,
        needs: &[Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "an acquire without a name, or with an empty one, is an invalid argument",
        body: Body::Example(missing),
    },
    Scenario {
        slug: "recorder.name.63-characters",
        clauses: &["ddi-exclusive-access", "decision-11"],
        level: Level::Should,
        needs: &[Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "a name of 63 characters is taken whole",
        body: Body::Example(longest),
    },
    Scenario {
        slug: "recorder.name.64-characters",
        clauses: &["ddi-exclusive-access", "decision-10", "decision-11"],
        level: Level::Must,
        needs: &[Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "a name of 64 characters or many more is refused",
        body: Body::Example(too_long),
    },
    Scenario {
        slug: "recorder.name.allowed-characters",
        clauses: &["ddi-exclusive-access"],
        level: Level::Must,
        needs: &[Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "every allowed character is taken, and the owner query gives the name back with its case",
        body: Body::Example(allowed_characters),
    },
    Scenario {
        slug: "recorder.name.bad-characters",
        clauses: &["ddi-exclusive-access", "decision-10"],
        level: Level::Must,
        needs: &[Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "any other character is refused wherever it stands, and the device stays free",
        body: Body::Example(bad_characters),
    },
    Scenario {
        slug: "recorder.name.judged-before-foreign-lock",
        clauses: &["decision-12", "cdrom-sample"],
        level: Level::Should,
        needs: &[Capability::SecondProcess, Capability::OpenWhileLocked],
        hazard: Hazard::Observe,
        summary: "a bad name is reported as such even while another client has the device",
        body: Body::Example(judged_before_foreign_lock),
    },
];

fn missing(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    let answer = stage.recorder_call(&mut mine, "AcquireExclusiveAccess without a name", |recorder| {
        recorder.acquire_exclusive_access(false, None)
    });
    stage.expect(&NO_NAME, answer)?;
    let answer = stage.acquire(&mut mine, false, "");
    stage.expect(&NO_NAME, answer)?;
    stage.expect_owner(&mut witness, None)
}

fn longest(stage: &mut Stage<'_>) -> Verdict {
    taken(stage, &"n".repeat(CallerName::MAX))
}

fn too_long(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    for length in [CallerName::MAX + 1, 65, 128, 4_096] {
        let answer = stage.acquire(&mut mine, false, &"n".repeat(length));
        stage.expect(&BAD_NAME, answer)?;
    }
    stage.expect_owner(&mut witness, None)
}

fn allowed_characters(stage: &mut Stage<'_>) -> Verdict {
    GOOD_NAMES.iter().try_for_each(|name| taken(stage, name))
}

/// The device can be taken under `name`, and the owner is called so.
fn taken(stage: &mut Stage<'_>, name: &str) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    let answer = stage.acquire(&mut mine, false, name);
    stage.expect(&SUCCEEDS, answer)?;
    stage.expect_owner(&mut witness, Some(name))?;
    released(stage, &mut mine)?;
    stage.expect_owner(&mut witness, None)
}

fn bad_characters(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut witness = stage.open(HOST, HERE)?;
    for character in BAD_CHARACTERS {
        for name in [
            format!("{character}"),
            format!("{character}x"),
            format!("a{character}b"),
            format!("x{character}"),
        ] {
            let answer = stage.acquire(&mut mine, false, &name);
            stage.expect(&BAD_NAME, answer)?;
        }
    }
    stage.expect_owner(&mut witness, None)
}

fn judged_before_foreign_lock(stage: &mut Stage<'_>) -> Verdict {
    let mut mine = stage.ready_recorder(HOST, HERE)?;
    let mut other = stage.open(HOST, ELSEWHERE)?;
    locked(stage, &mut other)?;
    let answer = stage.acquire(&mut mine, false, "no/slash");
    stage.expect(&BAD_NAME, answer)?;
    let answer = stage.acquire(&mut mine, false, NAME);
    stage.expect(&ACQUIRE_FOREIGN, answer)?;
    unlocked(stage, &mut other)
}
