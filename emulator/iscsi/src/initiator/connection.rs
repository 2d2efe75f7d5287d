//! One connection to a target.

use super::Link;
use super::command::{Command, Tag};
use super::config::Config;
use super::event::{CloseReason, Event};
use super::login::Login;
use super::session::Session;
use crate::framer::{FrameError, Framer, Place};
use crate::outbox::Outbox;
use crate::params::Parameters;
use crate::pdu::{LogoutReason, Lun, Response, TaskManagementFunction};
use crate::random::Random;
use crate::text::push_pair;
use std::collections::VecDeque;
use std::io::IoSlice;
use thiserror::Error;

/// A request could not be sent.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum NotLoggedIn {
    /// The session has not begun, or is over.
    #[error("there is no session")]
    NoSession,
    /// Too many requests wait for room in the command window.
    #[error("too many requests wait for the target")]
    QueueFull,
}

/// A connection to a target, from the first login request on.
///
/// # Contract
/// After each call that changes something, poll events until there are none, and send what there is to be sent.
#[derive(Debug)]
pub struct Connection {
    link: Link,
    framer: Framer,
    /// The header whose data segment is underway, and the length of that.
    incoming: Option<(Response, usize)>,
    phase: Phase,
}

#[derive(Debug)]
enum Phase {
    Closed,
    FullFeature(Box<Session>),
    Login(Box<Login>),
}

impl Connection {
    /// Begins to log in. `seed` makes challenges and numbers; it must not be guessed where authentication matters.
    #[must_use]
    pub fn new(config: Config, seed: [u8; 32]) -> Connection {
        let framer = Framer::new(config.parameters.max_recv_data_segment_length.max(8192));
        let (outbox, events) = (Outbox::default(), VecDeque::new());
        let mut link = Link { config, random: Random::new(seed), outbox, events };
        let login = Login::begin(&mut link);
        Connection { link, framer, incoming: None, phase: Phase::Login(Box::new(login)) }
    }

    /// What was agreed on, once the login succeeded.
    #[must_use]
    pub fn parameters(&self) -> Option<&Parameters> {
        match &self.phase {
            Phase::FullFeature(session) => Some(&session.parameters),
            Phase::Closed | Phase::Login(_) => None,
        }
    }

    /// Where to put the next bytes of the target; empty when the connection is over.
    pub fn receive_buffer(&mut self) -> &mut [u8] {
        let place = match (&self.incoming, &mut self.phase) {
            (_, Phase::Closed) => return &mut [],
            (Some((response, length)), Phase::FullFeature(session)) => session.place_of(response, *length),
            _ => None,
        };
        self.framer.receive_buffer(place)
    }

    /// So many bytes were put into the buffer that [`Connection::receive_buffer`] gave last.
    pub fn received(&mut self, count: usize) {
        self.framer.received(count);
    }

    /// What happened next, if anything did.
    pub fn poll_event(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.link.events.pop_front() {
                return Some(event);
            }
            if matches!(self.phase, Phase::Closed) {
                return None;
            }
            match self.step() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(reason) => {
                    self.phase = Phase::Closed;
                    self.link.events.push_back(Event::Closed(reason));
                }
            }
        }
    }

    /// Fills slices with what is to be sent next, and says how many it filled.
    pub fn output<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        self.link.outbox.slices(slices)
    }

    /// Whether there is something to be sent.
    #[must_use]
    pub fn has_output(&self) -> bool {
        self.link.outbox.len() > 0
    }

    /// So many bytes of the output were sent.
    pub fn sent(&mut self, count: usize) {
        self.link.outbox.sent(count);
    }

    /// Sends a command; when the target has no room for it, as soon as it has.
    ///
    /// # Errors
    /// [`NotLoggedIn`]: it will not be sent.
    pub fn command(&mut self, command: Command) -> Result<Tag, NotLoggedIn> {
        self.with_session(|session, link| session.command(link, command))
    }

    /// Sends a task management function, for immediate delivery or in the order of requests. `task` is what ABORT TASK means.
    ///
    /// # Errors
    /// [`NotLoggedIn`]: it will not be sent.
    pub fn task_management(
        &mut self,
        function: TaskManagementFunction,
        lun: Lun,
        task: Option<Tag>,
        immediate: bool,
    ) -> Result<Tag, NotLoggedIn> {
        self.with_session(|session, link| session.manage(link, function, lun, task, immediate))
    }

    /// Asks for a sign of life, with data that come back.
    ///
    /// # Errors
    /// [`NotLoggedIn`]: it was not sent.
    pub fn ping(&mut self, data: &[u8]) -> Result<Tag, NotLoggedIn> {
        self.with_session(|session, link| Some(session.ping(link, data)))
    }

    /// Asks which targets there are: `All`, the name of one, or nothing for the own one. The answer is for
    /// [`TargetPortals::from_pairs`](super::TargetPortals::from_pairs).
    ///
    /// # Errors
    /// [`NotLoggedIn`]: it was not sent.
    pub fn send_targets(&mut self, which: &str) -> Result<Tag, NotLoggedIn> {
        self.text(&[("SendTargets", which)])
    }

    /// Sends pairs of text.
    ///
    /// # Errors
    /// [`NotLoggedIn`]: it was not sent.
    pub fn text(&mut self, pairs: &[(&str, &str)]) -> Result<Tag, NotLoggedIn> {
        let mut text = Vec::new();
        pairs.iter().for_each(|(key, value)| push_pair(&mut text, key, value));
        self.with_session(|session, link| Some(session.text(link, &text)))
    }

    /// Ends the session. The answer closes the connection.
    ///
    /// # Errors
    /// [`NotLoggedIn`]: it was not sent.
    pub fn logout(&mut self) -> Result<Tag, NotLoggedIn> {
        self.with_session(|session, link| Some(session.logout(link, LogoutReason::CLOSE_SESSION)))
    }

    fn with_session(
        &mut self,
        request: impl FnOnce(&mut Session, &mut Link) -> Option<Tag>,
    ) -> Result<Tag, NotLoggedIn> {
        let Phase::FullFeature(session) = &mut self.phase else { return Err(NotLoggedIn::NoSession) };
        request(session, &mut self.link).ok_or(NotLoggedIn::QueueFull)
    }

    /// Goes on with the bytes that were received; says whether there was anything to go on with.
    fn step(&mut self) -> Result<bool, CloseReason> {
        let Some((response, length)) = self.incoming.take() else {
            let head = self.framer.header().map_err(|error| match error {
                FrameError::HeaderDigest => CloseReason::HeaderDigest,
                FrameError::TooLong => CloseReason::Protocol("a data segment that is too long"),
            })?;
            let Some(head) = head else { return Ok(false) };
            let response = Response::parse(&head.bhs)
                .ok_or(CloseReason::Protocol("an opcode that targets do not have"))?;
            let length = head.bhs.data_length();
            let place = match &mut self.phase {
                Phase::FullFeature(session) => session.admit(&response, length)?,
                Phase::Closed | Phase::Login(_) => Place::Segment,
            };
            self.framer.begin(length, place);
            self.incoming = Some((response, length));
            return Ok(true);
        };
        let place = match &mut self.phase {
            Phase::FullFeature(session) => session.place_of(&response, length),
            Phase::Closed | Phase::Login(_) => None,
        };
        match self.framer.data(place) {
            None => {
                self.incoming = Some((response, length));
                return Ok(false);
            }
            Some(false) => return Err(CloseReason::DataDigest),
            Some(true) => {}
        }
        self.complete(&response, length)?;
        Ok(true)
    }

    fn complete(&mut self, response: &Response, length: usize) -> Result<(), CloseReason> {
        match &mut self.phase {
            Phase::FullFeature(session) => {
                session.complete(&mut self.link, response, length, self.framer.segment())
            }
            Phase::Login(login) => {
                let Response::Login(response) = response else {
                    return Err(CloseReason::Protocol("something else than a login response"));
                };
                let established = login.response(&mut self.link, response, self.framer.segment())?;
                if login.is_endless() {
                    return Err(CloseReason::Protocol("a login without an end"));
                }
                if let Some(established) = established {
                    let parameters = established.parameters;
                    self.framer.set_digests(parameters.header_digest, parameters.data_digest);
                    self.link.outbox.set_digests(parameters.header_digest, parameters.data_digest);
                    self.phase = Phase::FullFeature(Box::new(Session::new(&established)));
                    self.link.events.push_back(Event::LoggedIn { tsih: established.tsih, parameters });
                }
                Ok(())
            }
            Phase::Closed => Ok(()),
        }
    }
}
