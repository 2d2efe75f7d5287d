//! The task of one session on its drive's thread.

use crate::alarm::Alarm;
use crate::buffers::LONG;
use crate::port::Port;
use crate::pump::{self, Flow};
use crate::seat::Seat;
use core::cell::RefCell;
use core::future::poll_fn;
use core::task::{Context, Poll};
use core::time::Duration;
use discrig_iscsi::target::{CloseReason, Connection, Event, LoggedIn};
use std::io;
use std::net::{SocketAddr, TcpStream as StdStream};
use std::rc::Rc;
use tokio::net::TcpStream;

/// A session on its way to the drive that it is logged in to.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) stream: StdStream,
    pub(crate) connection: Box<Connection>,
    pub(crate) login: LoggedIn,
    pub(crate) peer: SocketAddr,
}

/// Events and transfers of one turn at most, before others of the same drive have theirs.
const TURN: usize = 64;

/// How long a peer may take to receive what is left when a connection is over.
pub(crate) const LINGER: Duration = Duration::from_secs(5);

/// Serves a session until it is over.
pub(crate) async fn serve(seat: Rc<RefCell<Seat>>, port: Rc<Port>, stream: StdStream) {
    let outcome = match TcpStream::from_std(stream) {
        Ok(stream) => {
            let alarm = Alarm::new(seat.borrow().clock);
            let mut session = Session { seat: &seat, port: &port, stream, alarm, over: None };
            poll_fn(|cx| session.poll(cx)).await
        }
        Err(error) => End::Failed(error),
    };
    let mut seat = seat.borrow_mut();
    seat.depart(&port);
    let why: &dyn core::fmt::Display = match &outcome {
        End::Closed(reason) => reason,
        End::Failed(error) => error,
        End::Gone => &"connection closed by the initiator",
        End::Severed => &"cut",
    };
    seat.log.tell("session over", &[("drive", &seat.setup.name), ("nexus", &port.nexus.0), ("why", why)]);
}

/// How a session ended.
enum End {
    Closed(CloseReason),
    Failed(io::Error),
    Gone,
    Severed,
}

struct Session<'a> {
    seat: &'a RefCell<Seat>,
    port: &'a Rc<Port>,
    stream: TcpStream,
    alarm: Alarm,
    /// The connection is over; what is left is sent until then.
    over: Option<(CloseReason, Duration)>,
}

impl Session<'_> {
    /// One turn: as much as there is to do, within a bound.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        self.port.wait(cx);
        let clock = self.seat.borrow().clock;
        for _ in 0..TURN {
            let now = clock.elapsed();
            // Nothing of a session that was cut reaches the drive any more: the drive may have no power.
            if self.port.is_severed() {
                if !self.port.is_silent() {
                    let _ = pump::send(cx, &mut self.stream, &mut self.port.connection.borrow_mut());
                }
                return Poll::Ready(End::Severed);
            }
            if self.handle_event(now) {
                continue;
            }
            let connection = &mut *self.port.connection.borrow_mut();
            if connection.output_length() >= LONG {
                self.port.buffers.collect(connection);
            }
            let sent = pump::send(cx, &mut self.stream, connection);
            let received = match self.over {
                None => pump::receive(cx, &mut self.stream, connection),
                Some((reason, until)) if !connection.has_output() || until <= now => {
                    return Poll::Ready(End::Closed(reason));
                }
                Some(_) => Flow::Idle,
            };
            match (sent, received) {
                (Flow::Ended(Some(error)), _) | (_, Flow::Ended(Some(error))) => {
                    return Poll::Ready(End::Failed(error));
                }
                (Flow::Ended(None), _) | (_, Flow::Ended(None)) => return Poll::Ready(End::Gone),
                (Flow::Idle, Flow::Idle) => {
                    let due = match self.over {
                        Some((_, until)) => Some(until),
                        None => connection.next_deadline(),
                    };
                    if self.alarm.poll(cx, due).is_pending() {
                        return Poll::Pending;
                    }
                    connection.handle_timeout(clock.elapsed());
                }
                _ => {}
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Handles the next event; says whether there was one.
    fn handle_event(&mut self, now: Duration) -> bool {
        // The drive answers into the connection, which therefore must not be borrowed meanwhile.
        let event = self.port.connection.borrow_mut().poll_event(now);
        match event {
            None => return false,
            Some(Event::Command(command)) => self.seat.borrow_mut().command(self.port, command),
            Some(Event::TaskManagement(asked)) => self.seat.borrow_mut().manage(self.port, &asked),
            Some(Event::Closed(reason)) => {
                self.over = Some((reason, now + LINGER));
                self.seat.borrow_mut().depart(self.port);
            }
            // That happened before the session came here.
            Some(Event::LoggedIn(_)) => {}
        }
        true
    }
}
