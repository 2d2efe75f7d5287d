//! The scenarios, one module per family.

/// A list of scenarios with fixed courses of events: each is a row of slug, clauses, level, needs, hazard, body and summary.
macro_rules! rows {
    ($(#[$doc:meta])* $list:ident:
        $($slug:literal [$($clause:literal),+] $level:ident [$($need:ident),*] $hazard:ident $body:expr, $summary:literal;)+) => {
        $(#[$doc])*
        pub(in crate::families) const $list: &[crate::scenario::Scenario] = &[$(crate::scenario::Scenario {
            slug: $slug,
            clauses: &[$($clause),+],
            level: crate::scenario::Level::$level,
            needs: &[$(discrig_device::Capability::$need),*],
            hazard: crate::scenario::Hazard::$hazard,
            summary: $summary,
            body: crate::scenario::Body::Example($body),
        }),+];
    };
}

mod attention;
mod foreign;
mod host;
mod identity;
mod locking;
mod mcn;
pub(crate) mod record;
mod recorder;
mod removal;
mod reserve;
mod sense;
mod sets;
mod timeout;
mod tray;
pub(crate) mod unit;

use crate::scenario::Scenario;
use discrig_device::{HostId, ProcessId};

/// Every family's lists.
pub(crate) const ALL: &[&[Scenario]] = &[
    foreign::FOREIGN,
    removal::OBJECTS,
    removal::BACK,
    removal::COMMAND,
    timeout::TIMEOUT,
    host::EXCLUSIVE,
    host::OUTSIDER,
    host::EVENTS,
    host::TRAY,
    host::WALK,
    mcn::MCN,
    recorder::ACQUIRE,
    recorder::CODES,
    recorder::NAMES,
    recorder::OWNER,
    recorder::RELEASE,
    recorder::PROPERTIES,
    recorder::WALKS,
    recorder::COMMANDS,
    recorder::GETTERS,
    recorder::LIFECYCLE,
    tray::PREVENT,
    tray::PERSISTENT,
    tray::MOTION,
    tray::SHOWN,
    tray::RESETS,
    attention::ESTABLISHED,
    attention::EXEMPTIONS,
    attention::EVENTS,
    sense::REFUSED,
    sense::DATA,
    identity::INQUIRY,
    identity::CONFIGURATION,
    identity::MODE,
    identity::DISC,
    reserve::SIMPLE_RESERVATION,
    reserve::PERSISTENT_RESERVATION,
    tray::PROPERTIES,
    attention::PROPERTIES,
    reserve::PROPERTIES,
    sense::PROPERTIES,
    identity::PROPERTIES,
    record::CD_R,
    record::CD_R_74,
    record::CD_R_90,
    record::CD_RW,
    record::CD_RW_74,
    record::DVD_R,
    record::DVD_R_DL,
    record::DVD_RW,
    record::DVD_RAM,
    record::DVD_PLUS_R,
    record::DVD_PLUS_R_DL,
    record::DVD_PLUS_RW,
    record::BD_R,
    record::BD_R_DL,
    record::BD_R_XL,
    record::BD_R_XL_128,
    record::BD_RE,
    record::BD_RE_DL,
    record::BD_RE_XL,
];

/// The host that is judged.
const HOST: HostId = HostId(0);
/// The process of the suite.
const HERE: ProcessId = ProcessId(0);
/// A process that can be killed.
const ELSEWHERE: ProcessId = ProcessId(1);
