//! Power conditions: active, idle, standby, sleep, by command and by timer (MMC-5 4.x power management, mode page 1Ah).

use core::time::Duration;
use discrig_device::Instant;
use discrig_wire::SenseCode;
use discrig_wire::event::PowerStatus;
use discrig_wire::mode::PowerConditionPage;
use discrig_wire::sense::codes;
use serde::{Deserialize, Serialize};

/// The power condition and how it came about.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Power {
    /// The condition.
    pub condition: PowerStatus,
    /// A timer brought it about, not a command.
    pub by_timer: bool,
    /// The last access to the medium or command that started the timers anew.
    pub last_access: Instant,
}

impl Power {
    pub(crate) fn new(now: Instant) -> Power {
        Power { condition: PowerStatus::ACTIVE, by_timer: false, last_access: now }
    }

    /// When a timer of the page brings about the next condition, and which.
    pub(crate) fn next(&self, page: &PowerConditionPage) -> Option<(Instant, PowerStatus)> {
        let after = |runs: bool, ticks: u32, condition| {
            let due = self.last_access + Duration::from_millis(u64::from(ticks) * 100);
            runs.then_some((due, condition))
        };
        let idle = after(page.idle, page.idle_timer_100ms, PowerStatus::IDLE);
        let standby = after(page.standby, page.standby_timer_100ms, PowerStatus::STANDBY);
        match self.condition {
            PowerStatus::ACTIVE => match (idle, standby) {
                (Some(idle), Some(standby)) => Some(if standby.0 < idle.0 { standby } else { idle }),
                (one, other) => one.or(other),
            },
            PowerStatus::IDLE => standby,
            _ => None,
        }
    }

    /// What REQUEST SENSE says in a low power condition (SPC-3 6.27).
    pub(crate) fn sense(&self) -> Option<SenseCode> {
        match (self.condition, self.by_timer) {
            (PowerStatus::IDLE, true) => Some(codes::IDLE_CONDITION_ACTIVATED_BY_TIMER),
            (PowerStatus::IDLE, false) => Some(codes::IDLE_CONDITION_ACTIVATED_BY_COMMAND),
            (PowerStatus::STANDBY, true) => Some(codes::STANDBY_CONDITION_ACTIVATED_BY_TIMER),
            (PowerStatus::STANDBY, false) => Some(codes::STANDBY_CONDITION_ACTIVATED_BY_COMMAND),
            (PowerStatus::SLEEP, _) => Some(codes::LOW_POWER_CONDITION_ON),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earlier_timer_comes_first() {
        let page =
            PowerConditionPage { idle: true, standby: true, idle_timer_100ms: 200, standby_timer_100ms: 100 };
        let power = Power::new(Instant::ZERO);
        let seconds = |count| Instant::ZERO + Duration::from_secs(count);
        assert_eq!(power.next(&page), Some((seconds(10), PowerStatus::STANDBY)));
        let only_idle = PowerConditionPage { standby: false, ..page };
        assert_eq!(power.next(&only_idle), Some((seconds(20), PowerStatus::IDLE)));
        assert_eq!(power.next(&PowerConditionPage::default()), None);
        let idle = Power { condition: PowerStatus::IDLE, by_timer: true, ..power };
        assert_eq!(idle.next(&page), Some((seconds(10), PowerStatus::STANDBY)));
        assert_eq!(idle.next(&only_idle), None);
    }
}
