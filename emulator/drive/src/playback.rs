//! Audio that is being played.

use core::time::Duration;
use discrig_device::Instant;
use discrig_wire::sub_channel::AudioStatus;
use serde::{Deserialize, Serialize};

/// Sectors of a second.
const SECTORS: u128 = 75;
/// How much faster than playing SCAN is.
const SCAN: u32 = 8;

/// A stretch of audio under the pick-up.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Playback {
    /// The block that was reached at `since`.
    from: i32,
    /// Where it ends; before `from` when it goes backwards.
    end: i32,
    since: Instant,
    paused: bool,
    /// How many times faster than usual.
    rate: u32,
}

impl Playback {
    pub(crate) fn new(from: i32, end: i32, now: Instant) -> Playback {
        Playback { from, end, since: now, paused: false, rate: 1 }
    }

    /// Fast, forwards or backwards.
    pub(crate) fn scan(from: i32, end: i32, now: Instant) -> Playback {
        Playback { rate: SCAN, ..Playback::new(from, end, now) }
    }

    /// Where the pick-up is.
    #[must_use]
    pub fn block(&self, now: Instant) -> i32 {
        let sectors = now.since(self.since).as_nanos() * SECTORS * u128::from(self.rate) / 1_000_000_000;
        let played = if self.paused { 0 } else { u32::try_from(sectors).unwrap_or(u32::MAX) };
        let played = played.min(self.end.abs_diff(self.from));
        if self.end < self.from {
            self.from.saturating_sub_unsigned(played)
        } else {
            self.from.saturating_add_unsigned(played)
        }
    }

    /// When it comes to its end; a pause counts as an end.
    #[must_use]
    pub fn until(&self) -> Instant {
        let sectors = if self.paused { 0 } else { u64::from(self.end.abs_diff(self.from)) };
        let sectors_a_second = SECTORS as u64 * u64::from(self.rate);
        self.since + Duration::from_nanos((sectors * 1_000_000_000).div_ceil(sectors_a_second))
    }

    /// It has come to its end.
    #[must_use]
    pub fn is_over(&self, now: Instant) -> bool {
        self.block(now) == self.end
    }

    pub(crate) fn pause(&mut self, paused: bool, now: Instant) {
        *self = Playback { from: self.block(now), since: now, paused, ..*self };
    }

    /// What playing is doing.
    #[must_use]
    pub fn status(&self, now: Instant) -> AudioStatus {
        match self {
            _ if self.is_over(now) => AudioStatus::COMPLETED,
            _ if self.paused => AudioStatus::PAUSED,
            _ => AudioStatus::PLAYING,
        }
    }

    /// The same of what may be played. That it has come to its end is told once.
    pub(crate) fn take_status(playback: &mut Option<Playback>, now: Instant) -> AudioStatus {
        let status = playback.as_ref().map_or(AudioStatus::NONE, |playback| playback.status(now));
        if status == AudioStatus::COMPLETED {
            *playback = None;
        }
        status
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

    #[test]
    fn scanning_is_faster_and_goes_both_ways() {
        let at = |seconds| Instant::ZERO + Duration::from_secs(seconds);
        let forwards = Playback::scan(0, 1500, at(0));
        assert_eq!((forwards.block(at(2)), forwards.block(at(3))), (1200, 1500));
        let backwards = Playback::scan(1500, 0, at(0));
        assert_eq!((backwards.block(at(2)), backwards.is_over(at(2))), (300, false));
        assert!(backwards.is_over(at(3)) && backwards.until() == Instant::ZERO + Duration::from_millis(2500));
    }
}
