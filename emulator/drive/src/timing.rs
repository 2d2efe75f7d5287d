//! How long things take.

use core::time::Duration;
use discrig_disc::{Family, Task};
use serde::{Deserialize, Serialize};

/// Which clock the mechanics obey.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Timing {
    /// Everything takes no time at all.
    #[default]
    Instant,
    /// The latencies of the profile.
    Realistic,
}

/// Milliseconds for each family of media.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PerFamily {
    /// For CD.
    pub cd_ms: u32,
    /// For DVD.
    pub dvd_ms: u32,
    /// For BD.
    pub bd_ms: u32,
}

impl PerFamily {
    fn of(&self, family: Family) -> Duration {
        millis(match family {
            Family::Bd => self.bd_ms,
            Family::Cd => self.cd_ms,
            Family::Dvd => self.dvd_ms,
        })
    }
}

/// The latencies of a drive. The defaults are estimates for a tray-loading recorder, good to a factor of three.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Latencies {
    /// From the arrival of a command to its beginning, in microseconds.
    pub overhead_us: u32,
    /// Opening the tray.
    pub open_ms: u32,
    /// Closing the tray.
    pub close_ms: u32,
    /// From the closed tray to a pressed disc that is ready.
    pub recognize: PerFamily,
    /// What a blank or appendable disc needs beyond that.
    pub recognize_recordable_ms: u32,
    /// From standby or stop to ready.
    pub spin_up: PerFamily,
    /// Positioning over a third of the disc.
    pub seek: PerFamily,
    /// Speed of a background format, in kB/s.
    pub background_format_kb_s: u32,
    /// What is not recording in long operations.
    pub tasks: TaskTimes,
}

macro_rules! task_times {
    ($($(#[doc = $doc:literal])+ $field:ident: $task:ident = $cd:literal $dvd:literal $bd:literal;)+) => {
        /// What long operations take beyond the blocks that they record at the speed of recording: power calibration, lead-in and lead-out,
        /// tables of the disc.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
        #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
        pub struct TaskTimes {
            $($(#[doc = $doc])+ pub $field: PerFamily,)+
        }

        impl Default for TaskTimes {
            fn default() -> TaskTimes {
                TaskTimes { $($field: PerFamily { cd_ms: $cd, dvd_ms: $dvd, bd_ms: $bd },)+ }
            }
        }

        impl TaskTimes {
            fn of(&self, task: Task) -> &PerFamily {
                match task {
                    $(Task::$task => &self.$field,)+
                }
            }
        }
    };
}

// Middles of what drives were seen to take.
task_times! {
    /// Blanking everything.
    blank_full: BlankFull = 15_000 20_000 20_000;
    /// Blanking the structures alone.
    blank_minimal: BlankMinimal = 60_000 75_000 60_000;
    /// Calibrating the laser's power.
    calibrate: Calibrate = 5_000 10_000 10_000;
    /// Closing a session or border.
    close_session: CloseSession = 10_000 20_000 15_000;
    /// Closing a track.
    close_track: CloseTrack = 3_000 5_000 3_000;
    /// Finalizing the disc.
    finalize: Finalize = 15_000 30_000 30_000;
    /// Formatting everything.
    format_full: FormatFull = 30_000 30_000 60_000;
    /// Formatting the structures alone.
    format_quick: FormatQuick = 60_000 40_000 60_000;
    /// Noting something in a table of the disc.
    note: Note = 500 1_000 1_000;
    /// Stopping a background format.
    stop_format: StopFormat = 5_000 5_000 5_000;
    /// Writing what is still in the buffer.
    synchronize: Synchronize = 300 300 300;
}

impl Default for Latencies {
    fn default() -> Latencies {
        Latencies {
            overhead_us: 200,
            open_ms: 1_500,
            close_ms: 1_500,
            recognize: PerFamily { cd_ms: 5_000, dvd_ms: 7_000, bd_ms: 11_000 },
            recognize_recordable_ms: 6_000,
            spin_up: PerFamily { cd_ms: 3_000, dvd_ms: 4_000, bd_ms: 5_000 },
            seek: PerFamily { cd_ms: 120, dvd_ms: 135, bd_ms: 200 },
            background_format_kb_s: 3_324,
            tasks: TaskTimes::default(),
        }
    }
}

/// What a block takes at 1 kB/s, in nanoseconds.
const BLOCK_NANOS: u64 = 2048 * 1_000_000;

const fn millis(count: u32) -> Duration {
    Duration::from_millis(count as u64)
}

/// Latencies as they apply: none under [`Timing::Instant`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clockwork(Option<Latencies>);

impl Clockwork {
    pub(crate) fn new(timing: Timing, latencies: Latencies) -> Clockwork {
        Clockwork((timing == Timing::Realistic).then_some(latencies))
    }

    pub(crate) const fn is_instant(&self) -> bool {
        self.0.is_none()
    }

    fn span(&self, of: impl FnOnce(&Latencies) -> Duration) -> Duration {
        self.0.as_ref().map_or(Duration::ZERO, of)
    }

    pub(crate) fn overhead(&self) -> Duration {
        self.span(|latencies| Duration::from_micros(u64::from(latencies.overhead_us)))
    }

    pub(crate) fn open(&self) -> Duration {
        self.span(|latencies| millis(latencies.open_ms))
    }

    pub(crate) fn close(&self) -> Duration {
        self.span(|latencies| millis(latencies.close_ms))
    }

    pub(crate) fn recognize(&self, family: Family, recordable: bool) -> Duration {
        self.span(|latencies| {
            let extra = if recordable { latencies.recognize_recordable_ms } else { 0 };
            latencies.recognize.of(family) + millis(extra)
        })
    }

    pub(crate) fn spin_up(&self, family: Family) -> Duration {
        self.span(|latencies| latencies.spin_up.of(family))
    }

    /// What a long operation takes beside recording.
    pub(crate) fn task(&self, task: Task, family: Family) -> Duration {
        self.span(|latencies| latencies.tasks.of(task).of(family))
    }

    /// Moving the pick-up over `distance` of `span` blocks. A third of the way takes the nominal time, the whole way twice that.
    pub(crate) fn seek(&self, family: Family, distance: u32, span: u32) -> Duration {
        if distance == 0 {
            return Duration::ZERO;
        }
        self.span(|latencies| {
            let nominal = latencies.seek.of(family);
            let share = f64::from(distance.min(span)) / f64::from(span.max(1));
            nominal.mul_f64(0.5 + 1.5 * share)
        })
    }

    /// Formatting so many blocks in the background.
    pub(crate) fn background(&self, blocks: u32) -> Duration {
        self.span(|latencies| {
            let speed = u64::from(latencies.background_format_kb_s.max(1));
            Duration::from_nanos(u64::from(blocks) * BLOCK_NANOS / speed)
        })
    }

    /// The blocks that are formatted in the background in `time`, and what is left of it.
    pub(crate) fn background_blocks(&self, time: Duration) -> (u32, Duration) {
        let Some(latencies) = &self.0 else { return (u32::MAX, Duration::ZERO) };
        let blocks = time.as_nanos() * u128::from(latencies.background_format_kb_s) / u128::from(BLOCK_NANOS);
        let blocks = u32::try_from(blocks).unwrap_or(u32::MAX);
        (blocks, time.saturating_sub(self.background(blocks)))
    }

    /// Carrying `bytes` at `speed` kB/s.
    pub(crate) fn transfer(&self, bytes: u64, speed: u32) -> Duration {
        self.span(|_| Duration::from_nanos(bytes.saturating_mul(1_000_000) / u64::from(speed.max(1))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_takes_time_in_an_instant_world() {
        let clockwork = Clockwork::new(Timing::Instant, Latencies::default());
        assert_eq!(clockwork.open() + clockwork.seek(Family::Cd, 9, 10), Duration::ZERO);
        assert_eq!(clockwork.transfer(1 << 30, 1), Duration::ZERO);
    }

    #[test]
    fn real_times() {
        let clockwork = Clockwork::new(Timing::Realistic, Latencies::default());
        assert_eq!(clockwork.recognize(Family::Bd, true), Duration::from_secs(17));
        assert_eq!(clockwork.transfer(4_495_500, 4_495), Duration::from_nanos(1_000_111_234));
        assert_eq!(clockwork.seek(Family::Cd, 0, 100), Duration::ZERO);
        let third = clockwork.seek(Family::Cd, 100, 300);
        assert_eq!(third, Duration::from_millis(120));
        assert_eq!(clockwork.seek(Family::Cd, 300, 300), 2 * third);
        let (blocks, rest) = clockwork.background_blocks(Duration::from_secs(10));
        assert_eq!(blocks, 10 * 3_324_000 / 2048);
        assert_eq!(clockwork.background(blocks) + rest, Duration::from_secs(10));
    }
}
