//! The listener: connections until their session is logged in, and discovery sessions until they are over.

use crate::alarm::Alarm;
use crate::clock::Clock;
use crate::log::Log;
use crate::pump::{self, Flow};
use crate::server::AFTER_REFUSAL;
use crate::session::{Arrival, LINGER};
use crate::thread::{Message, Sender};
use core::future::poll_fn;
use core::task::{Context, Poll};
use core::time::Duration;
use discrig_iscsi::name::Name;
use discrig_iscsi::target::{CloseReason, Connection, Event, LoggedIn, Portal};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use tokio::net::{TcpListener, TcpStream};

/// Where everybody comes in.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) portal: Portal,
    /// As in TargetAddress.
    pub(crate) address: String,
    pub(crate) drives: BTreeMap<Name, Sender>,
    pub(crate) clock: Clock,
    pub(crate) log: Log,
}

/// Transfers of one turn at most, before others have theirs.
const TURN: usize = 16;

/// Accepts connections for as long as the server lives.
pub(crate) async fn accept(listener: TcpListener, door: Rc<Door>) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                if let Err(problem) = admit(stream, peer, &door) {
                    door.log.tell("connection refused", &[("peer", &peer), ("why", &problem)]);
                }
            }
            Err(error) => {
                door.log.tell("connection not accepted", &[("why", &error)]);
                tokio::time::sleep(AFTER_REFUSAL).await;
            }
        }
    }
}

fn admit(stream: TcpStream, peer: SocketAddr, door: &Rc<Door>) -> Result<(), String> {
    let seed = crate::random::seed().map_err(|error| error.to_string())?;
    // The address that the peer knows: with a wildcard the server listens on several.
    let address = stream.local_addr().map_or_else(|_| door.address.clone(), |address| address.to_string());
    let connection =
        door.portal.accept(door.clock.elapsed(), &address, seed).map_err(|refused| refused.to_string())?;
    // Answers are small and asked for one by one; without it each of them may wait for an acknowledgement.
    stream.set_nodelay(true).map_err(|error| error.to_string())?;
    tokio::task::spawn_local(greet(stream, peer, Box::new(connection), Rc::clone(door)));
    Ok(())
}

/// Drives a connection until it is somebody else's or over.
async fn greet(stream: TcpStream, peer: SocketAddr, connection: Box<Connection>, door: Rc<Door>) {
    let mut guest =
        Guest { stream, connection, alarm: Alarm::new(door.clock), clock: door.clock, over: None };
    let why = match poll_fn(|cx| guest.poll(cx)).await {
        Left::In(login) => return hand_over(guest, peer, *login, &door),
        Left::Closed(CloseReason::LoggedOut) | Left::Gone => return,
        Left::Closed(reason) => reason.to_string(),
        Left::Failed(error) => error.to_string(),
    };
    door.log.tell("no login", &[("peer", &peer), ("why", &why)]);
}

/// A session that is logged in moves to the thread of its drive.
fn hand_over(guest: Guest, peer: SocketAddr, login: LoggedIn, door: &Door) {
    let sender = login.session.target.as_ref().and_then(|target| door.drives.get(target));
    let (Some(sender), Ok(stream)) = (sender, guest.stream.into_std()) else { return };
    let arrival = Arrival { stream, connection: guest.connection, login, peer };
    // Fails only while the server stops.
    let _ = sender.send(Message::Session(Box::new(arrival)));
}

/// How a connection left the door.
enum Left {
    Closed(CloseReason),
    Failed(std::io::Error),
    Gone,
    In(Box<LoggedIn>),
}

struct Guest {
    stream: TcpStream,
    connection: Box<Connection>,
    alarm: Alarm,
    clock: Clock,
    over: Option<(CloseReason, Duration)>,
}

impl Guest {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Left> {
        for _ in 0..TURN {
            let now = self.clock.elapsed();
            match self.connection.poll_event(now) {
                Some(Event::LoggedIn(login)) => return Poll::Ready(Left::In(Box::new(login))),
                Some(Event::Closed(reason)) => self.over = Some((reason, now + LINGER)),
                // Without a login there are neither commands nor task management.
                Some(Event::Command(_) | Event::TaskManagement(_)) | None => {}
            }
            let sent = pump::send(cx, &mut self.stream, &mut self.connection);
            let received = match self.over {
                None => pump::receive(cx, &mut self.stream, &mut self.connection),
                Some((reason, until)) if !self.connection.has_output() || until <= now => {
                    return Poll::Ready(Left::Closed(reason));
                }
                Some(_) => Flow::Idle,
            };
            match (sent, received) {
                (Flow::Ended(Some(error)), _) | (_, Flow::Ended(Some(error))) => {
                    return Poll::Ready(Left::Failed(error));
                }
                (Flow::Ended(None), _) | (_, Flow::Ended(None)) => return Poll::Ready(Left::Gone),
                (Flow::Idle, Flow::Idle) => {
                    let due = match self.over {
                        Some((_, until)) => Some(until),
                        None => self.connection.next_deadline(),
                    };
                    if self.alarm.poll(cx, due).is_pending() {
                        return Poll::Pending;
                    }
                    self.connection.handle_timeout(self.clock.elapsed());
                }
                _ => {}
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
