//! Audio that is being played.

use core::time::Duration;
use discrig_device::Instant;
use discrig_wire::sub_channel::AudioStatus;
use serde::{Deserialize, Serialize};

/// Sectors of a second.
const SECTORS: u128 = 75;

/// A stretch of audio under the pick-up.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Playback {
    /// The block that was reached at `since`.
    from: i32,
    /// Where it ends.
    end: i32,
    since: Instant,
    paused: bool,
}

impl Playback {
    pub(crate) fn new(from: i32, end: i32, now: Instant) -> Playback {
        Playback { from, end, since: now, paused: false }
    }

    /// Where the pick-up is.
    #[must_use]
    pub fn block(&self, now: Instant) -> i32 {
        let played = if self.paused { 0 } else { now.since(self.since).as_nanos() * SECTORS / 1_000_000_000 };
        self.from.saturating_add(i32::try_from(played).unwrap_or(i32::MAX)).min(self.end)
    }

    /// When it comes to its end; a pause counts as an end.
    #[must_use]
    pub fn until(&self) -> Instant {
        let sectors = if self.paused { 0 } else { self.end.saturating_sub(self.from).max(0) as u64 };
        self.since + Duration::from_nanos(sectors * 1_000_000_000 / SECTORS as u64)
    }

    /// It has come to its end.
    #[must_use]
    pub fn is_over(&self, now: Instant) -> bool {
        self.block(now) == self.end
    }

    pub(crate) fn pause(&mut self, paused: bool, now: Instant) {
        *self = Playback { from: self.block(now), since: now, paused, ..*self };
    }

    /// What playing is doing. That it has come to its end is told once.
    pub(crate) fn take_status(playback: &mut Option<Playback>, now: Instant) -> AudioStatus {
        match playback {
            None => AudioStatus::NONE,
            Some(it) if it.is_over(now) => {
                *playback = None;
                AudioStatus::COMPLETED
            }
            Some(it) if it.paused => AudioStatus::PAUSED,
            Some(_) => AudioStatus::PLAYING,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_holds_the_pick_up_and_the_end_is_told_once() {
        let at = |seconds| Instant::ZERO + Duration::from_secs(seconds);
        let mut playback = Some(Playback::new(100, 400, at(0)));
        let it = playback.as_mut().unwrap();
        assert_eq!(it.block(at(2)), 250);
        it.pause(true, at(2));
        assert_eq!(Playback::take_status(&mut playback, at(60)), AudioStatus::PAUSED);
        playback.as_mut().unwrap().pause(false, at(60));
        assert_eq!(playback.unwrap().block(at(61)), 325);
        assert_eq!(Playback::take_status(&mut playback, at(61)), AudioStatus::PLAYING);
        assert_eq!(Playback::take_status(&mut playback, at(99)), AudioStatus::COMPLETED);
        assert_eq!(Playback::take_status(&mut playback, at(99)), AudioStatus::NONE);
    }
}
