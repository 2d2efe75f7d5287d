//! `recorder.walk.*`, `mcn.walk.*`: small parts of the lock world, walked completely.

use crate::property::explore;
use crate::property::locks::Step::{
    Acquire, Close, Create, DisableMcn, Dismount, Drop, EnableMcn, Kill, Lock, Mount, Open, Owner, OwnerOf,
    Pull, PutBack, Ready, Release, Send, Unlock,
};
use crate::property::locks::{Locks, Step};
use crate::scenario::{Body, Hazard, Level, Scenario};
use crate::stage::Stage;
use crate::stop::Verdict;
use discrig_device::Capability;

/// More states than any of these worlds has.
const LIMIT: usize = 5_000;

macro_rules! walks {
    ($($slug:literal [$($clause:literal),+] [$($need:ident),*] $hazard:ident $steps:expr, $summary:literal;)+) => {
        /// Worlds walked completely.
        pub(in crate::families) const WALKS: &[Scenario] = &[$(Scenario {
            slug: $slug,
            clauses: &[$($clause),+],
            level: Level::Must,
            needs: &[Capability::OpenWhileLocked, $(Capability::$need),*],
            hazard: Hazard::$hazard,
            summary: $summary,
            body: Body::Exhaustive(|stage| walk(stage, $steps)),
        }),+];
    };
}

walks! {
    "recorder.walk.one-process" ["imapi2-acquire", "imapi2-release", "decision-2"] [VirtualTime] Observe
        &[
            Create { r: 0 }, Acquire { r: 0, force: false, name: 0 }, Release { r: 0 }, Owner { r: 0 }, Drop { r: 0 },
            Create { r: 1 }, Acquire { r: 1, force: false, name: 1 }, Acquire { r: 1, force: false, name: 3 },
            Release { r: 1 }, Owner { r: 1 }, Send { r: 1 },
        ],
        "two objects of one process, in every state of their counts: every call is answered as it has to be";
    "recorder.walk.two-processes" ["imapi2-acquire", "imapi2-release", "decision-31"] [VirtualTime, SecondProcess] Observe
        &[
            Acquire { r: 0, force: false, name: 0 }, Acquire { r: 0, force: false, name: 2 }, Release { r: 0 },
            Owner { r: 0 }, Send { r: 0 },
            Create { r: 2 }, Acquire { r: 2, force: false, name: 1 }, Release { r: 2 }, Owner { r: 2 }, Drop { r: 2 },
            Kill,
        ],
        "an object here and one in a process that may die at any moment, in every state of their counts";
    "recorder.walk.objects-and-handle" ["imapi2-acquire", "ddi-exclusive-access"] [VirtualTime, SecondProcess] Observe
        &[
            Acquire { r: 0, force: false, name: 0 }, Release { r: 0 }, Owner { r: 0 }, Send { r: 0 },
            Create { r: 2 }, Acquire { r: 2, force: false, name: 1 }, Release { r: 2 },
            Open { h: 0 }, Lock { h: 0, ignore: false, name: 2 }, Unlock { h: 0 }, OwnerOf { h: 0 }, Ready { h: 0 },
            Close { h: 0 }, Kill,
        ],
        "two objects and a plain handle of two processes, in every state of counts and lock";
    "recorder.walk.volume" ["imapi2-acquire", "decision-5", "decision-9", "decision-13"] [VirtualTime, Volume, ForceLock] Observe
        &[
            Acquire { r: 0, force: false, name: 0 }, Acquire { r: 0, force: true, name: 0 }, Release { r: 0 },
            Lock { h: 0, ignore: false, name: 1 }, Lock { h: 0, ignore: true, name: 1 }, Unlock { h: 0 },
            OwnerOf { h: 0 }, Mount, Dismount,
        ],
        "an object and a handle that force or do not, and a volume that comes and goes, in every state";
    "recorder.walk.removal" ["decision-33", "decision-34"] [VirtualTime, Plug] Wedge
        &[
            Create { r: 0 }, Acquire { r: 0, force: false, name: 0 }, Release { r: 0 }, Owner { r: 0 }, Send { r: 0 },
            Open { h: 0 }, Lock { h: 0, ignore: false, name: 1 }, Unlock { h: 0 }, OwnerOf { h: 0 }, Ready { h: 0 },
            Pull, PutBack,
        ],
        "an object and a handle on a drive that comes and goes, in every state of both";
    "mcn.walk.switch-and-lock" ["imapi2-disable-mcn", "imapi2-enable-mcn", "decision-28"] [VirtualTime, NotificationSwitch] Observe
        &[
            Acquire { r: 0, force: false, name: 0 }, Release { r: 0 }, DisableMcn { r: 0 }, EnableMcn { r: 0 },
            Acquire { r: 1, force: false, name: 1 }, Release { r: 1 }, DisableMcn { r: 1 }, EnableMcn { r: 1 },
            OwnerOf { h: 0 },
        ],
        "two objects that use the switch and the lock, in every state of their four counts";
}

fn walk(stage: &mut Stage<'_>, steps: &[Step]) -> Verdict {
    let walk = explore::<Locks>("recorder.property.counting", stage, steps, Locks::is_small, LIMIT)?;
    stage.note(format!("{} states, {} transitions", walk.states, walk.transitions));
    Ok(())
}
