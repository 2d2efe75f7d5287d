//! How fast the drive's time goes: `instant`, `real`, or a number of times as fast as real.

use core::fmt;
use core::num::NonZeroU32;
use core::str::FromStr;
use core::time::Duration;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// How long the mechanics take: one number for every duration that is the drive's own.
///
/// As text it is `instant`, `real` or a number, in data files a number as well. What an initiator sets in its own time is not scaled: the timers
/// of mode page 1Ah and the seconds of audio.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Timing {
    /// Everything takes no time at all.
    #[default]
    Instant,
    /// The durations of the profile.
    Realistic,
    /// So many times as fast.
    Times(Pace),
}

/// How many times as fast as real, in thousandths.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Pace(NonZeroU32);

/// Why a text is no pace.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum TimingError {
    /// It is neither of the words nor a number.
    #[error("`{0}` is no pace: `instant`, `real` or a number such as 10 or 0.5 is one")]
    NotANumber(String),
    /// The number is not one that time can go by.
    #[error("a pace is from 0.001 to 1000000 times real, which {0} is not: for no time at all say `instant`")]
    OutOfRange(String),
}

/// Thousandths of real time.
const REAL: u32 = 1000;
const FASTEST: f64 = 1_000_000.0;

impl Timing {
    /// So many times as fast as real; 1 is [`Timing::Realistic`]. It is rounded to thousandths.
    ///
    /// # Errors
    /// [`TimingError::OutOfRange`] below 0.001 and above 1000000.
    pub fn times(number: f64) -> Result<Timing, TimingError> {
        let thousandths = (number * f64::from(REAL)).round();
        let fits = thousandths >= 1.0 && number <= FASTEST;
        match NonZeroU32::new(if fits { thousandths as u32 } else { 0 }) {
            None => Err(TimingError::OutOfRange(number.to_string())),
            Some(one) if one.get() == REAL => Ok(Timing::Realistic),
            Some(other) => Ok(Timing::Times(Pace(other))),
        }
    }

    /// Thousandths of how many times as fast as real; `None` when nothing takes time.
    pub(super) const fn thousandths(self) -> Option<u32> {
        match self {
            Timing::Instant => None,
            Timing::Realistic => Some(REAL),
            Timing::Times(Pace(thousandths)) => Some(thousandths.get()),
        }
    }
}

/// What a duration of the drive is on the clock.
pub(super) fn on_the_clock(real: Duration, thousandths: u32) -> Duration {
    if thousandths == REAL {
        return real;
    }
    let nanos = real.as_nanos() * u128::from(REAL) / u128::from(thousandths.max(1));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// What time on the clock is for the drive.
pub(super) fn for_the_drive(clock: Duration, thousandths: u32) -> Duration {
    let nanos = clock.as_nanos() * u128::from(thousandths) / u128::from(REAL);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

impl FromStr for Timing {
    type Err = TimingError;

    fn from_str(text: &str) -> Result<Timing, TimingError> {
        match text.trim() {
            "instant" => Ok(Timing::Instant),
            "real" => Ok(Timing::Realistic),
            number => match number.parse::<f64>() {
                Ok(number) if number.is_finite() => Timing::times(number),
                _ => Err(TimingError::NotANumber(text.to_owned())),
            },
        }
    }
}

impl fmt::Display for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Timing::Instant => f.write_str("instant"),
            Timing::Realistic => f.write_str("real"),
            Timing::Times(Pace(thousandths)) => {
                write!(f, "{}", f64::from(thousandths.get()) / f64::from(REAL))
            }
        }
    }
}

impl Serialize for Timing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Timing, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a pace is `instant`, `real` or a number")]
        enum Written {
            Number(f64),
            Text(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Number(number) => Timing::times(number),
            Written::Text(text) => text.parse(),
        }
        .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("instant", "instant")]
    #[case("real", "real")]
    #[case("1", "real")]
    #[case("1.0", "real")]
    #[case("10", "10")]
    #[case("0.5", "0.5")]
    #[case("0.001", "0.001")]
    #[case("1e6", "1000000")]
    fn texts(#[case] text: &str, #[case] again: &str) {
        let timing: Timing = text.parse().unwrap();
        assert_eq!(timing.to_string(), again);
        assert_eq!(again.parse(), Ok(timing));
        let json = serde_json::to_string(&timing).unwrap();
        assert_eq!(serde_json::from_str::<Timing>(&json).unwrap(), timing);
    }

    #[rstest]
    #[case("fast", "`fast` is no pace: `instant`, `real` or a number such as 10 or 0.5 is one")]
    #[case("", "`` is no pace: `instant`, `real` or a number such as 10 or 0.5 is one")]
    #[case("inf", "`inf` is no pace: `instant`, `real` or a number such as 10 or 0.5 is one")]
    #[case(
        "0",
        "a pace is from 0.001 to 1000000 times real, which 0 is not: for no time at all say `instant`"
    )]
    #[case(
        "-2",
        "a pace is from 0.001 to 1000000 times real, which -2 is not: for no time at all say `instant`"
    )]
    #[case(
        "1000001",
        "a pace is from 0.001 to 1000000 times real, which 1000001 is not: for no time at all say `instant`"
    )]
    fn mistakes_are_named(#[case] text: &str, #[case] error: &str) {
        assert_eq!(text.parse::<Timing>().unwrap_err().to_string(), error);
    }

    #[test]
    fn numbers_in_data_files() {
        assert_eq!(serde_json::from_str::<Timing>("10").unwrap(), "10".parse().unwrap());
        assert_eq!(serde_json::from_str::<Timing>("0.25").unwrap(), "0.25".parse().unwrap());
        assert!(serde_json::from_str::<Timing>("0").unwrap_err().to_string().starts_with("a pace is from"));
        assert!(serde_json::from_str::<Timing>("[1]").is_err());
    }

    #[test]
    fn durations_there_and_back() {
        let second = Duration::from_secs(1);
        assert_eq!(on_the_clock(second, 10_000), Duration::from_millis(100));
        assert_eq!(on_the_clock(second, 500), 2 * second);
        assert_eq!(for_the_drive(Duration::from_millis(100), 10_000), second);
        assert_eq!(for_the_drive(on_the_clock(second, REAL), REAL), second);
    }
}
