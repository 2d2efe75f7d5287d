//! Reading ahead: the drive goes on reading while nobody asks, until the buffer is full, so that who reads in sequence waits for the medium alone.

use crate::timing::SpeedCurve;
use crate::unit::Unit;
use core::ops::Range;
use core::time::Duration;
use discrig_device::Instant;
use serde::{Deserialize, Serialize};

/// What is read while nobody asks.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReadAhead {
    /// The first block that is still in the buffer.
    pub low: i32,
    /// The block that is read from `since` on.
    pub start: i32,
    /// When its reading begins.
    pub since: Instant,
    /// The block after the last one that was asked for.
    pub wanted: i32,
    /// The speed that was set when it began, in kB/s.
    pub kb_s: u32,
}

/// Where reading goes on elsewhere (SET READ AHEAD).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReadAheadJump {
    /// When this block was read.
    pub trigger: i32,
    /// From this block on.
    pub target: i32,
}

/// How blocks are read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reading {
    /// From the medium, whatever is in the buffer (FUA).
    pub(crate) from_medium: bool,
    /// Nobody will want them again (DPO).
    pub(crate) once: bool,
}

impl Unit {
    /// How long it takes until blocks are in the buffer. What is to be recorded goes first.
    pub(crate) fn reading_time(&mut self, blocks: Range<i32>, how: Reading) -> Duration {
        let flush = self.flush();
        let now = self.state.now + flush;
        let Some(disc) = self.medium() else { return flush };
        let (family, kb_s) = (disc.kind.spec().family, self.speed(disc.kind, false));
        let curve = self.curve(disc, false);
        let limit = i32::try_from(disc.last_block()).unwrap_or(i32::MAX).saturating_add(1);
        let uncached = self.state.modes.caching.read_cache_disable;
        let mut from = self.state.head as i32;
        let before = self.state.buffer.reading.take();
        if let Some(mut ahead) = before.filter(|ahead| flush.is_zero() && ahead.kb_s == kb_s) {
            let (reached, full) = self.reached(&curve, &ahead, limit);
            from = reached;
            if !uncached && !how.from_medium && self.finds(&curve, &ahead, reached, blocks.start) {
                if full {
                    // There is room again; the drive has to find the place.
                    (ahead.start, ahead.since) =
                        (reached, now + self.clockwork.seconds(curve.latency(reached)));
                }
                let kept = reached.saturating_sub(self.read_ahead_blocks(&curve));
                ahead.low = ahead.low.max(if how.once { blocks.end } else { kept });
                ahead.wanted = ahead.wanted.max(blocks.end);
                let until = if blocks.end <= reached {
                    now
                } else {
                    now.max(ahead.since + self.clockwork.seconds(curve.seconds(ahead.start, blocks.end)))
                };
                self.read_on(&curve, ahead, &blocks, until);
                return until.since(self.state.now);
            }
        }
        let since = now + self.clockwork.seek(family, &curve, from, blocks.start);
        let until = since + self.clockwork.seconds(curve.seconds(blocks.start, blocks.end));
        if !uncached {
            let low = if how.once { blocks.end } else { blocks.start };
            let ahead = ReadAhead { low, start: blocks.start, since, wanted: blocks.end, kb_s };
            self.read_on(&curve, ahead, &blocks, until);
        }
        until.since(self.state.now)
    }

    /// The pick-up goes to a block, and reading ahead begins there.
    pub(crate) fn seeking_time(&mut self, block: i32) -> Duration {
        self.reading_time(block..block, Reading { from_medium: true, once: false })
    }

    fn read_ahead_blocks(&self, curve: &SpeedCurve) -> i32 {
        let block_bytes = u64::from(curve.geometry.optics.block_bytes);
        i32::try_from(self.buffer_bytes() / block_bytes).unwrap_or(i32::MAX)
    }

    /// The block that reading ahead has come to, and whether it went no further because the buffer is full or the disc ends.
    fn reached(&self, curve: &SpeedCurve, ahead: &ReadAhead, limit: i32) -> (i32, bool) {
        let most = ahead.wanted.saturating_add(self.read_ahead_blocks(curve)).min(limit).max(ahead.start);
        let seconds = self.clockwork.in_seconds(self.state.now.since(ahead.since));
        let reached = curve.reach(ahead.start, seconds).clamp(ahead.start, most);
        (reached, reached == most)
    }

    /// Whether a block is in the buffer, or comes into it sooner than the pick-up could move there.
    fn finds(&self, curve: &SpeedCurve, ahead: &ReadAhead, reached: i32, block: i32) -> bool {
        if block <= reached {
            return ahead.low <= block;
        }
        let Some(disc) = self.medium() else { return false };
        let reading_over = self.clockwork.seconds(curve.seconds(reached, block));
        reading_over <= self.clockwork.seek(disc.kind.spec().family, curve, reached, block)
    }

    /// Reading goes on after blocks that are there at `until`: behind them, or where the initiator said.
    fn read_on(&mut self, curve: &SpeedCurve, ahead: ReadAhead, blocks: &Range<i32>, until: Instant) {
        let family = self.medium().map(|disc| disc.kind.spec().family);
        let jump = self.state.buffer.jump.filter(|jump| blocks.contains(&jump.trigger));
        self.state.buffer.reading = Some(match (jump, family) {
            (Some(ReadAheadJump { target, .. }), Some(family)) => {
                let since = until + self.clockwork.seek(family, curve, blocks.end, target);
                ReadAhead { low: target, start: target, since, wanted: target, ..ahead }
            }
            _ => ahead,
        });
    }
}
