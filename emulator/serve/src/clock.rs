//! The real clock, as the parts below take it.

use core::time::Duration;
use discrig_device::Instant;

/// Time since the server started: the one clock of portal, connections and drives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    start: tokio::time::Instant,
}

impl Clock {
    /// A clock that shows zero now.
    pub(crate) fn start() -> Clock {
        Clock { start: tokio::time::Instant::now() }
    }

    /// What it shows, for connections.
    pub(crate) fn elapsed(self) -> Duration {
        self.start.elapsed()
    }

    /// What it shows, for drives.
    pub(crate) fn now(self) -> Instant {
        Instant::ZERO + self.elapsed()
    }

    /// When it will show `due`. What lies beyond all timers is a day away, and then looked at again.
    pub(crate) fn when(self, due: Duration) -> tokio::time::Instant {
        const DAY: Duration = Duration::from_secs(86_400);
        self.start + due.min(self.elapsed() + DAY)
    }
}
