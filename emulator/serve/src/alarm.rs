//! Timers that are set much more often than they go off.

use crate::clock::Clock;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::future::Future;
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// A timer that is set anew at almost every turn, nearly always to later. It goes off early rather than being moved: whoever it wakes looks
/// whether something is due and sets it again.
#[derive(Debug)]
pub(crate) struct Alarm {
    clock: Clock,
    sleep: Pin<Box<Sleep>>,
    set_to: Option<Instant>,
}

impl Alarm {
    /// A timer that is not set.
    pub(crate) fn new(clock: Clock) -> Alarm {
        Alarm { clock, sleep: Box::pin(tokio::time::sleep(Duration::ZERO)), set_to: None }
    }

    /// Sets it so that the task is woken at `due` or before; says whether it went off.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>, due: Option<Duration>) -> Poll<()> {
        let Some(due) = due else { return Poll::Pending };
        let when = self.clock.when(due);
        if self.set_to.is_none_or(|set_to| when < set_to) {
            self.sleep.as_mut().reset(when);
            self.set_to = Some(when);
        }
        match self.sleep.as_mut().poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => {
                self.set_to = None;
                Poll::Ready(())
            }
        }
    }
}
