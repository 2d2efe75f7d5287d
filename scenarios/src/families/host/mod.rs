//! `host.*`: handles: who owns the device, what the others get, what is told, and the host's own tray calls.

mod events;
mod exclusive;
mod outsider;
mod tray;
mod walk;

pub(super) use events::EVENTS;
pub(super) use exclusive::EXCLUSIVE;
pub(super) use outsider::OUTSIDER;
pub(super) use tray::TRAY;
pub(super) use walk::WALK;

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
use rows;
