//! `recorder.property.*`, `mcn.property.*`, `host.property.*`: generated sequences over recorders and handles of one host.

use crate::property::Property;
use crate::property::locks::{Locks, Mix};
use crate::scenario::{Body, Hazard, Level, Scenario};
use discrig_device::Capability;

/// A property of the lock world, one row each: slug, what it draws, its longest case, what it needs, hazard, clauses, summary.
macro_rules! properties {
    ($($slug:literal draws { $($group:ident: $weight:literal),+ } up to $length:literal,
        needs [$($need:ident)*], $hazard:ident, clauses [$($clause:literal)+], $summary:literal;)+) => {
        pub(in crate::families) const PROPERTIES: &[Scenario] = &[$(Scenario {
            slug: $slug,
            clauses: &[$($clause),+],
            level: Level::Must,
            needs: &[Capability::OpenWhileLocked, $(Capability::$need),*],
            hazard: Hazard::$hazard,
            summary: $summary,
            body: Body::Property({
                #[allow(clippy::needless_update, reason = "one property draws everything")]
                const DRAWN: Mix = Mix { $($group: $weight,)+ ..Mix::NONE };
                static PROPERTY: Property<Locks> = Property { mix: DRAWN, length: $length };
                &PROPERTY
            }),
        },)+];
    };
}

properties! {
    "recorder.property.counting" draws { recorders: 4, bad_names: 1 } up to 40,
        needs [], Observe, clauses ["imapi2-acquire" "imapi2-release" "imapi2-owner"],
        "in any sequence of acquires and releases by several recorders the device is free exactly when the counts say so";
    "recorder.property.ownership" draws { recorders: 2, handles: 2, bad_names: 1, kill: 1 } up to 40,
        needs [], Observe, clauses ["imapi2-acquire" "ddi-exclusive-access"],
        "recorders and plain handles of two processes exclude each other, and a dead process holds nothing";
    "recorder.property.names" draws { recorders: 3, bad_names: 8 } up to 30,
        needs [], Observe, clauses ["imapi2-acquire" "decision-10"],
        "whatever names come, a bad one is refused and changes nothing, and a good one is the owner's";
    "recorder.property.volume" draws { recorders: 3, volume: 3 } up to 40,
        needs [Volume], Observe, clauses ["imapi2-acquire" "decision-5" "decision-13"],
        "a volume that comes and goes keeps out exactly those who do not force";
    "recorder.property.crash" draws { recorders: 3, kill: 4 } up to 40,
        needs [SecondProcess], Observe, clauses ["imapi2-acquire" "decision-31"],
        "however often the other process dies, nothing of it stays locked";
    "recorder.property.memory" draws { recorders: 3, memory: 3 } up to 40,
        needs [MemoryPressure], Observe, clauses ["imapi2-acquire" "imapi2-release"],
        "short of memory every call says so or succeeds, and no count goes wrong";
    "recorder.property.removal" draws { recorders: 3, plug: 6 } up to 40,
        needs [Plug], Wedge, clauses ["decision-33" "decision-34"],
        "a drive that comes and goes takes its locks with it, and its old objects stay dead";
    "recorder.property.resets" draws { recorders: 3, handles: 1, reset: 3 } up to 40,
        needs [ResetBus], Wedge, clauses ["cdrom-sample"],
        "resets of the bus leave exclusive access as it is";
    "recorder.property.ambiguous-timeouts" draws { recorders: 2, handles: 2, abandon: 2 } up to 30,
        needs [SlowCommand], Wedge, clauses ["design-effect-unknown" "decision-48"],
        "while a command may still occupy the drive, every answer fits some state that the drive may be in";
    "recorder.property.lost-locks" draws { recorders: 3, handles: 1, foreign: 4 } up to 40,
        needs [StealLock], Observe, clauses ["imapi2-release" "imapi2-owner" "cdrom-sample"],
        "locks that come and go behind the recorders' backs are neither released nor claimed by anybody else";
    "recorder.property.everything" draws { abandon: 1, foreign: 1, recorders: 3, handles: 2, bad_names: 1, kill: 1, memory: 1, notification: 1, plug: 1, reset: 1, volume: 1 } up to 60,
        needs [Plug SlowCommand], Wedge, clauses ["imapi2-acquire" "imapi2-release" "decision-33"],
        "all of it together";
    "mcn.property.counting" draws { recorders: 2, notification: 4 } up to 40,
        needs [NotificationSwitch], Observe, clauses ["imapi2-disable-mcn" "imapi2-enable-mcn"],
        "every enable needs a disable of the same recorder, whatever the lock does meanwhile";
    "mcn.property.crash" draws { recorders: 1, notification: 4, kill: 2 } up to 40,
        needs [NotificationSwitch SecondProcess], Observe, clauses ["imapi2-disable-mcn" "decision-31"],
        "a process that dies switches nothing for the others";
    "host.property.exclusion" draws { handles: 4, bad_names: 1 } up to 40,
        needs [SecondProcess], Observe, clauses ["ddi-exclusive-access" "drvdoc-exclusive-access"],
        "in any sequence of locks and unlocks by several handles at most one owns the device, and only it can give it up";
    "host.property.crash" draws { handles: 4, kill: 2 } up to 40,
        needs [SecondProcess], Observe, clauses ["ddi-exclusive-access" "cdrom-sample"],
        "the death of a process frees what its handles held and nothing else";
    "host.property.removal" draws { handles: 4, plug: 6 } up to 40,
        needs [Plug], Wedge, clauses ["ddi-exclusive-access" "cdrom-sample"],
        "handles of a drive that went away never reach the one that came";
    "host.property.volume" draws { handles: 3, volume: 3 } up to 40,
        needs [Volume], Observe, clauses ["ddi-exclusive-access"],
        "a mounted volume refuses exactly the locks that respect it";
}
