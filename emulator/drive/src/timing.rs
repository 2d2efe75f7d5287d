//! How long things take: latencies of the mechanics, the speed at each block, and how fast the drive's time goes.

mod curve;
mod geometry;
mod pace;

pub use curve::{Rotation, ZoneStart};
pub use pace::{Pace, Timing, TimingError};

pub(crate) use curve::{CurveSpec, SpeedCurve, Zone};
pub(crate) use geometry::Geometry;

use core::time::Duration;
use discrig_disc::{Family, Task};
use serde::{Deserialize, Serialize};

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
    /// Positioning over a third of the band, without the turn that brings the block.
    pub seek: PerFamily,
    /// Focusing on another layer.
    pub layer_jump_ms: u32,
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
            layer_jump_ms: 150,
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

/// Latencies as they apply: none under [`Timing::Instant`], and otherwise at a pace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clockwork(Option<(Latencies, u32)>);

impl Clockwork {
    pub(crate) fn new(timing: Timing, latencies: Latencies) -> Clockwork {
        Clockwork(timing.thousandths().map(|thousandths| (latencies, thousandths)))
    }

    pub(crate) const fn is_instant(&self) -> bool {
        self.0.is_none()
    }

    fn span(&self, of: impl FnOnce(&Latencies) -> Duration) -> Duration {
        match &self.0 {
            None => Duration::ZERO,
            Some((latencies, thousandths)) => pace::on_the_clock(of(latencies), *thousandths),
        }
    }

    /// What so many seconds of the drive are on the clock.
    pub(crate) fn seconds(&self, seconds: f64) -> Duration {
        self.span(|_| Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX))
    }

    /// The seconds of the drive in a time on the clock.
    pub(crate) fn in_seconds(&self, clock: Duration) -> f64 {
        self.0
            .as_ref()
            .map_or(f64::INFINITY, |(_, thousandths)| pace::for_the_drive(clock, *thousandths).as_secs_f64())
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

    /// Moving the pick-up from one block to another, and waiting for it to come by. Half the nominal time is settling, whatever the distance;
    /// a third of the band takes the nominal time, the whole band twice that. From a block to itself it is the turn alone.
    pub(crate) fn seek(&self, family: Family, curve: &SpeedCurve, from: i32, to: i32) -> Duration {
        self.span(|latencies| {
            let latency = Duration::try_from_secs_f64(curve.latency(to)).unwrap_or_default();
            if from == to {
                return latency;
            }
            let geometry = &curve.geometry;
            let jump = if geometry.layer(from) == geometry.layer(to) { 0 } else { latencies.layer_jump_ms };
            let nominal = latencies.seek.of(family);
            nominal.mul_f64(0.5 + 1.5 * geometry.distance(from, to)) + millis(jump) + latency
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
        let Some((latencies, thousandths)) = &self.0 else { return (u32::MAX, Duration::ZERO) };
        let nanos = pace::for_the_drive(time, *thousandths).as_nanos();
        let blocks = nanos * u128::from(latencies.background_format_kb_s) / u128::from(BLOCK_NANOS);
        let blocks = u32::try_from(blocks).unwrap_or(u32::MAX);
        (blocks, time.saturating_sub(self.background(blocks)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use discrig_disc::{DiscState, MediumKind};

    fn curve(kind: MediumKind, kb_s: u32) -> SpeedCurve {
        let spec = CurveSpec { rotation: Rotation::Clv, kb_s, speeds: &[], zones: &[], maximum_rpm: 10_000 };
        SpeedCurve::new(Geometry::of(&DiscState::blank(kind).unwrap()), &spec)
    }

    #[test]
    fn nothing_takes_time_in_an_instant_world() {
        let clockwork = Clockwork::new(Timing::Instant, Latencies::default());
        let cd = curve(MediumKind::CdR, 706);
        assert_eq!(clockwork.open() + clockwork.seek(Family::Cd, &cd, 9, 10), Duration::ZERO);
        assert_eq!(clockwork.seconds(1e9), Duration::ZERO);
    }

    #[test]
    fn real_times_and_ten_times_as_fast() {
        let real = Clockwork::new(Timing::Realistic, Latencies::default());
        assert_eq!(real.recognize(Family::Bd, true), Duration::from_secs(17));
        assert_eq!(real.seconds(1.5), Duration::from_millis(1500));
        let fast = Clockwork::new("10".parse().unwrap(), Latencies::default());
        assert_eq!(fast.recognize(Family::Bd, true), Duration::from_millis(1700));
        assert_eq!(fast.in_seconds(fast.seconds(2.5)), 2.5);
        for clockwork in [real, fast] {
            let (blocks, rest) = clockwork.background_blocks(Duration::from_secs(10));
            assert_eq!(clockwork.background(blocks) + rest, Duration::from_secs(10));
        }
        assert_eq!(real.background_blocks(Duration::from_secs(10)).0, 10 * 3_324_000 / 2048);
    }

    /// From the innermost block a third of the band out, all of the band, and not at all; and at half a turn each.
    #[test]
    fn seeking() {
        let real = Clockwork::new(Timing::Realistic, Latencies::default());
        let cd = curve(MediumKind::CdR, 706);
        let took = |to| (real.seek(Family::Cd, &cd, 0, to), real.seconds(cd.latency(to)));
        let (stay, turn) = took(0);
        assert_eq!(stay, turn);
        assert_eq!(turn.as_millis(), 15, "4x of some 500 turns a minute");
        // 36 mm from the centre: the share (36² - 25²) / (58² - 25²) of the blocks.
        let (third, turn) = took((359_849.0 * 671.0 / 2739.0) as i32);
        assert_eq!((third - turn).as_millis(), 119);
        let (all, turn) = took(359_849);
        assert_eq!(all - turn, Duration::from_millis(240));
        let dual = curve(MediumKind::DvdPlusRDl, 3324);
        let jump = real.seek(Family::Dvd, &dual, 2_086_911, 2_086_912);
        assert!(jump > Duration::from_millis(67 + 150), "{jump:?}");
    }
}
