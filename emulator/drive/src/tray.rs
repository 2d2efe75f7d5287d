//! The tray and the readiness of the medium: one state machine.
//!
//! It knows nothing of commands or nexuses: it is told what happens and says what changed. Locks are checked before it is asked.

use core::time::Duration;
use discrig_device::Instant;
use serde::{Deserialize, Serialize};

/// From when to when something goes on.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// When it began.
    pub since: Instant,
    /// When it is done.
    pub until: Instant,
}

impl Span {
    pub(crate) fn new(since: Instant, length: Duration) -> Span {
        Span { since, until: since + length }
    }

    /// How far it has come at `now`, as a numerator over 65536.
    #[must_use]
    pub fn progress(&self, now: Instant) -> u16 {
        let whole = self.until.since(self.since).as_nanos().max(1);
        let done = now.since(self.since).as_nanos().min(whole);
        (done * 0xFFFF / whole) as u16
    }
}

/// Where tray and medium are.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tray {
    /// The tray moves in.
    Closing(Span),
    /// Closed, and no disc in it.
    Empty,
    /// The tray is open.
    Open,
    /// The tray moves out.
    Opening(Span),
    /// The disc can be accessed.
    Ready,
    /// A disc was loaded and is being identified.
    Recognizing(Span),
    /// The disc was stopped and is being spun up.
    SpinningUp(Span),
    /// The disc was stopped by an initiator. It is ready all the same: whoever accesses it spins it up, see [`TrayAction::Access`].
    Stopped,
}

/// What is done to the tray.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum TrayAction {
    /// The medium is accessed: a stopped disc spins up, for which the command waits.
    Access,
    /// Close it and identify the disc.
    Close,
    /// It springs open at once, as by the emergency hole.
    EmergencyOpen,
    /// Open it.
    Open,
    /// Another disc, or none, is in the closed tray.
    Replace,
    /// The power came back: identify the disc again.
    Restart,
    /// Spin the disc up.
    SpinUp,
    /// Stop the disc.
    Stop,
    /// What went on is done.
    TimeUp,
}

/// What an action changed that others have to know.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TrayChange {
    /// A medium that could be accessed can no longer be.
    MediumGone,
    /// A medium can be accessed that could not be before.
    MediumReady,
}

/// How long the mechanics take for the disc that is in.
#[derive(Clone, Copy, Debug, Default)]
pub struct TrayTimes {
    /// Moving in.
    pub close: Duration,
    /// Moving out.
    pub open: Duration,
    /// Identifying the disc.
    pub recognize: Duration,
    /// Spinning up.
    pub spin_up: Duration,
}

impl Tray {
    /// Every action.
    pub const ACTIONS: [TrayAction; 9] = [
        TrayAction::Access,
        TrayAction::Close,
        TrayAction::EmergencyOpen,
        TrayAction::Open,
        TrayAction::Replace,
        TrayAction::Restart,
        TrayAction::SpinUp,
        TrayAction::Stop,
        TrayAction::TimeUp,
    ];

    /// Does `action` at `now`; `disc` says whether a disc lies in the tray. Actions that make no sense change nothing.
    pub fn act(
        &mut self,
        action: TrayAction,
        now: Instant,
        disc: bool,
        times: &TrayTimes,
    ) -> Option<TrayChange> {
        let before = *self;
        *self = before.next(action, now, disc, times);
        match (before.is_loaded(), self.is_loaded()) {
            (true, false) => Some(TrayChange::MediumGone),
            (false, true) => Some(TrayChange::MediumReady),
            _ => None,
        }
    }

    fn next(self, action: TrayAction, now: Instant, disc: bool, times: &TrayTimes) -> Tray {
        let recognizing = || {
            if disc { Tray::Recognizing(Span::new(now, times.recognize)) } else { Tray::Empty }
        };
        match (action, self) {
            (TrayAction::Access, Tray::Stopped) => Tray::Ready,
            (TrayAction::Close, Tray::Open | Tray::Opening(_)) => Tray::Closing(Span::new(now, times.close)),
            (TrayAction::Close | TrayAction::SpinUp, Tray::Stopped) => {
                Tray::SpinningUp(Span::new(now, times.spin_up))
            }
            (TrayAction::EmergencyOpen, _) => Tray::Open,
            (TrayAction::Open, Tray::Open | Tray::Opening(_)) => self,
            (TrayAction::Open, _) => Tray::Opening(Span::new(now, times.open)),
            (TrayAction::Replace | TrayAction::Restart, Tray::Open) => Tray::Open,
            (TrayAction::Restart, Tray::Opening(_) | Tray::Closing(_)) => self,
            (TrayAction::Replace | TrayAction::Restart, _) => recognizing(),
            (TrayAction::Stop, Tray::Ready | Tray::SpinningUp(_)) => Tray::Stopped,
            (TrayAction::TimeUp, Tray::Closing(_)) => recognizing(),
            (TrayAction::TimeUp, Tray::Opening(_)) => Tray::Open,
            (TrayAction::TimeUp, Tray::Recognizing(_) | Tray::SpinningUp(_)) => Tray::Ready,
            _ => self,
        }
    }

    /// When what goes on is done.
    #[must_use]
    pub fn busy_until(&self) -> Option<Instant> {
        self.span().map(|span| span.until)
    }

    /// What goes on.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        match self {
            Tray::Closing(span) | Tray::Opening(span) | Tray::Recognizing(span) | Tray::SpinningUp(span) => {
                Some(*span)
            }
            Tray::Empty | Tray::Open | Tray::Ready | Tray::Stopped => None,
        }
    }

    /// Whether the tray is out, or on its way out.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self, Tray::Open | Tray::Opening(_))
    }

    /// Whether a medium was identified and is still in.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        matches!(self, Tray::Ready | Tray::SpinningUp(_) | Tray::Stopped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::fmt::Write;

    const TIMES: TrayTimes = TrayTimes {
        close: Duration::from_nanos(1),
        open: Duration::from_nanos(2),
        recognize: Duration::from_nanos(3),
        spin_up: Duration::from_nanos(4),
    };

    fn name(tray: Tray) -> String {
        let text = format!("{tray:?}");
        text.split('(').next().unwrap_or_default().to_owned()
    }

    /// The whole machine, one line per transition that changes something, with a disc and without.
    #[test]
    fn transitions() {
        let span = Span::new(Instant::ZERO, Duration::from_nanos(9));
        let states = [
            Tray::Closing(span),
            Tray::Empty,
            Tray::Open,
            Tray::Opening(span),
            Tray::Ready,
            Tray::Recognizing(span),
            Tray::SpinningUp(span),
            Tray::Stopped,
        ];
        let mut table = String::new();
        for state in states {
            for action in Tray::ACTIONS {
                let needs_disc = state.is_loaded() || matches!(state, Tray::Recognizing(_));
                for disc in [true, false] {
                    if needs_disc && !disc && action != TrayAction::Replace {
                        continue;
                    }
                    let mut next = state;
                    let change = next.act(action, Instant::ZERO, disc, &TIMES);
                    if next == state {
                        continue;
                    }
                    let with = if disc { "disc" } else { "none" };
                    let change = change.map(|change| format!("  [{change:?}]")).unwrap_or_default();
                    writeln!(table, "{:<12}{action:?} ({with}) -> {}{change}", name(state), name(next))
                        .unwrap();
                }
            }
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn progress_is_monotone_and_ends_below_one() {
        let span = Span::new(Instant::from_nanos(10), Duration::from_nanos(100));
        let at = |nanos| span.progress(Instant::from_nanos(nanos));
        assert_eq!([at(0), at(10), at(60), at(110), at(1000)], [0, 0, 0x7FFF, 0xFFFF, 0xFFFF]);
        assert_eq!(Span::new(Instant::ZERO, Duration::ZERO).progress(Instant::ZERO), 0);
    }
}
