//! One TCP connection, from its first byte to its last.

use super::event::{CloseReason, Event, LoggedIn, Outcome, RequestId, SessionInfo, TaskId};
use super::login::{Established, Login, MOST_TEXT};
use super::portal::{ConnectionId, Portal};
use super::session::{Incoming, Remains, Session};
use super::{Limits, Link};
use crate::framer::{FrameError, Framer, Head, Place};
use crate::outbox::Outbox;
use crate::pdu::{AsyncEvent, AsyncMessage, Lun, RESERVED_TAG, Request, TaskManagementResponseCode};
use crate::random::Random;
use core::time::Duration;
use discrig_wire::SenseBuffer;
use std::collections::VecDeque;
use std::io::IoSlice;

/// A connection to the target side.
///
/// # Contract
/// - After each call that changes something, poll events until there are none, send what there is to be sent, and ask for the deadline again.
/// - Time never runs backwards.
/// - Each [`Event::Command`] and [`Event::TaskManagement`] is answered at most once, in any order. Answers to what has ended meanwhile
///   are ignored, and say so.
/// - When the peer is gone, drop the connection. Dropping it gives its place and its session back to the portal.
#[derive(Debug)]
pub struct Connection {
    link: Link,
    framer: Framer,
    incoming: Option<Incoming>,
    phase: Phase,
    /// When the connection was accepted.
    started: Duration,
    /// When the last PDU was complete.
    heard: Duration,
}

#[derive(Debug)]
enum Phase {
    /// Nothing is received any longer; what is to be sent is given up at that time.
    Closed(Duration),
    FullFeature(Box<Session>),
    Login(Box<Login>),
    /// The login succeeded, and waits for the session that it goes on with.
    Succeeding(Box<(Login, Established)>),
}

impl Connection {
    pub(super) fn new(
        portal: Portal,
        id: ConnectionId,
        limits: Limits,
        now: Duration,
        address: &str,
        seed: [u8; 32],
    ) -> Connection {
        let mut random = Random::new(seed);
        let login = Login::new(&limits, random.number());
        let framer = Framer::new(MOST_TEXT);
        let address = address.to_owned();
        let (outbox, events) = (Outbox::default(), VecDeque::new());
        Connection {
            link: Link { id, portal, address, limits, random, outbox, events },
            framer,
            incoming: None,
            phase: Phase::Login(Box::new(login)),
            started: now,
            heard: now,
        }
    }

    /// Its name in the portal.
    #[must_use]
    pub fn id(&self) -> ConnectionId {
        self.link.id
    }

    /// The session, once the login succeeded.
    #[must_use]
    pub fn session(&self) -> Option<&SessionInfo> {
        match &self.phase {
            Phase::FullFeature(session) => Some(&session.info),
            Phase::Succeeding(login) => Some(&login.1.session),
            Phase::Closed(_) | Phase::Login(_) => None,
        }
    }

    /// Where to put the next bytes of the peer. Empty while nothing is to be received: when the connection is over, when events wait to be
    /// polled, or when the peer does not take what it asked for.
    pub fn receive_buffer(&mut self) -> &mut [u8] {
        if !self.is_receiving() || !self.link.events.is_empty() {
            return &mut [];
        }
        let place = match (&self.incoming, &mut self.phase) {
            (Some(incoming), Phase::FullFeature(session)) => session.place_of(incoming),
            _ => None,
        };
        self.framer.receive_buffer(place)
    }

    /// So many bytes were put into the buffer that [`Connection::receive_buffer`] gave last.
    pub fn received(&mut self, count: usize) {
        self.framer.received(count);
    }

    /// What happened next, if anything did.
    pub fn poll_event(&mut self, now: Duration) -> Option<Event> {
        loop {
            if let Some(event) = self.link.events.pop_front() {
                return Some(event);
            }
            if !self.is_receiving() {
                return None;
            }
            match self.step(now) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(reason) => self.close(now, reason),
            }
        }
    }

    /// Fills slices with what is to be sent next, and says how many it filled.
    pub fn output<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        self.link.outbox.slices(slices)
    }

    /// Bytes that are to be sent.
    #[must_use]
    pub fn output_length(&self) -> usize {
        self.link.outbox.len()
    }

    /// Whether there is something to be sent.
    #[must_use]
    pub fn has_output(&self) -> bool {
        self.output_length() > 0
    }

    /// So many bytes of the output were sent.
    pub fn sent(&mut self, count: usize) {
        self.link.outbox.sent(count);
    }

    /// When [`Connection::handle_timeout`] is to be called at the latest.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Duration> {
        let limits = &self.link.limits;
        Some(match &self.phase {
            Phase::Closed(until) if self.has_output() => *until,
            Phase::Closed(_) => return None,
            Phase::Login(_) | Phase::Succeeding(_) => self.started + limits.login_time,
            Phase::FullFeature(session) => {
                let idle = match session.ping {
                    Some((_, sent)) => sent + limits.ping_time,
                    None => self.heard + limits.idle_time,
                };
                session.deadline.map_or(idle, |deadline| deadline.min(idle))
            }
        })
    }

    /// Time has come to `now`.
    pub fn handle_timeout(&mut self, now: Duration) {
        if self.next_deadline().is_none_or(|deadline| now < deadline) {
            return;
        }
        match &mut self.phase {
            Phase::Closed(_) => self.link.outbox.clear(),
            Phase::Login(_) | Phase::Succeeding(_) => self.close(now, CloseReason::LoginTimeout),
            Phase::FullFeature(session) => {
                let is_overdue = session.deadline.is_some_and(|deadline| deadline <= now);
                if is_overdue {
                    self.shutdown(now);
                } else if session.ping.is_some() {
                    self.close(now, CloseReason::Idle);
                } else {
                    session.nop_in(&mut self.link, Some(now));
                }
            }
        }
    }

    /// Answers a command without data. `false` when it has ended already.
    pub fn respond(&mut self, task: TaskId, outcome: &Outcome) -> bool {
        let Phase::FullFeature(session) = &mut self.phase else { return false };
        session.respond(&mut self.link, task, outcome)
    }

    /// Answers a command with data that `fill` writes where they are sent from: it is called once, with room for as many bytes as there are
    /// and the initiator expects, and says how many it wrote. It is not called when that is none. `false` when the command has ended already.
    pub fn respond_with(
        &mut self,
        task: TaskId,
        outcome: &Outcome,
        fill: impl FnOnce(&mut [u8]) -> usize,
    ) -> bool {
        let Phase::FullFeature(session) = &mut self.phase else { return false };
        session.respond_with(&mut self.link, task, outcome, fill)
    }

    /// Answers a command with data that are sent from where they are. More than the initiator expects are not sent. `false` when the
    /// command has ended already.
    pub fn respond_with_data(&mut self, task: TaskId, outcome: &Outcome, data: Vec<u8>) -> bool {
        let Phase::FullFeature(session) = &mut self.phase else { return false };
        session.respond_with_data(&mut self.link, task, outcome, data)
    }

    /// Answers a task management function. With FUNCTION COMPLETE, the tasks that it concerned on this connection have ended without an answer;
    /// those of other connections are for [`Connection::abort_tasks`]. After a target cold reset this connection is over, and the caller ends
    /// the others. `false` when there is no such request.
    pub fn respond_task_management(
        &mut self,
        now: Duration,
        request: RequestId,
        response: TaskManagementResponseCode,
    ) -> bool {
        let Phase::FullFeature(session) = &mut self.phase else { return false };
        match session.respond_task_management(&mut self.link, request, response) {
            Some(true) => self.close(now, CloseReason::ColdReset),
            Some(false) => {}
            None => return false,
        }
        true
    }

    /// The tasks of a logical unit, or of all of them, were ended from elsewhere: another nexus reset it or cleared its task set.
    pub fn abort_tasks(&mut self, lun: Option<Lun>) {
        if let Phase::FullFeature(session) = &mut self.phase {
            session.abort_tasks(&mut self.link, lun);
        }
    }

    /// Tells the initiator of a SCSI event, such as a unit attention, without being asked.
    pub fn report_event(&mut self, lun: Lun, sense: &SenseBuffer) {
        let mut data = (sense.bytes().len() as u16).to_be_bytes().to_vec();
        data.extend_from_slice(sense.bytes());
        self.send_message(AsyncEvent::SCSI, lun, (0, 0, 0), &data);
    }

    /// Asks the initiator to log out within `seconds`, as its target is to be removed. If it does not, the session is ended.
    pub fn request_logout(&mut self, now: Duration, seconds: u16) {
        let grace = self.link.limits.closing_time;
        self.send_message(AsyncEvent::LOGOUT_REQUEST, Lun::ZERO, (0, 0, seconds), &[]);
        if let Phase::FullFeature(session) = &mut self.phase {
            session.deadline = Some(now + Duration::from_secs(u64::from(seconds)) + grace);
        }
    }

    /// Ends the session, telling the initiator when it may come back.
    pub fn shutdown(&mut self, now: Duration) {
        if let Phase::FullFeature(session) = &self.phase {
            let wait = u16::try_from(session.parameters.default_time2wait).unwrap_or(u16::MAX);
            self.send_message(AsyncEvent::SESSION_DROP, Lun::ZERO, (0, wait, 0), &[]);
        }
        self.close(now, CloseReason::Shutdown);
    }

    /// The same initiator port logged in again: ends the session without a word.
    pub fn displaced(&mut self, now: Duration) {
        self.link.outbox.clear();
        self.close(now, CloseReason::Reinstated);
    }

    /// Another connection takes the place of this one in the same session: ends it without a word, and its tasks with it. What the other one
    /// needs is for [`Connection::take_over`]; `None` when there is no session any longer.
    pub fn surrender(&mut self, now: Duration) -> Option<Remains> {
        let Phase::FullFeature(session) = &mut self.phase else { return None };
        let remains = session.surrender();
        self.displaced(now);
        Some(remains)
    }

    /// Goes on with the session of another connection, as [`LoggedIn::continues`] asked for. Without it the login fails.
    pub fn take_over(&mut self, now: Duration, remains: Option<Remains>) {
        let waiting = core::mem::replace(&mut self.phase, Phase::Closed(now));
        let Phase::Succeeding(waiting) = waiting else {
            self.phase = waiting;
            return;
        };
        let (mut login, mut established) = *waiting;
        match remains {
            Some(remains) => {
                login.conclude(&mut self.link, &mut established, Some(remains.window()));
                self.begin(established, Some(remains));
            }
            None => {
                let status = login.refuse_late(&mut self.link, &established);
                self.phase = Phase::Succeeding(Box::new((login, established)));
                self.close(now, CloseReason::LoginFailed(status));
            }
        }
    }

    /// Whether there are tasks of a logical unit, told of or not.
    #[must_use]
    pub fn has_tasks(&self, lun: Lun) -> bool {
        matches!(&self.phase, Phase::FullFeature(session) if session.tasks.any_of(lun))
    }

    /// A buffer that was used before, with whatever is in it; for data to answer with.
    pub fn spare_buffer(&mut self) -> Option<Vec<u8>> {
        self.link.outbox.spare()
    }

    /// Gives a buffer back, such as the data of a command that was carried out.
    pub fn recycle(&mut self, buffer: Vec<u8>) {
        self.link.outbox.recycle(buffer);
    }

    fn is_receiving(&self) -> bool {
        !matches!(self.phase, Phase::Closed(_) | Phase::Succeeding(_))
            && self.link.outbox.len() <= self.link.limits.output
    }

    /// Goes on with the bytes that were received; says whether there was anything to go on with.
    fn step(&mut self, now: Duration) -> Result<bool, CloseReason> {
        let Some(incoming) = self.incoming.take() else {
            let head = self.framer.header().map_err(|error| match error {
                FrameError::HeaderDigest => CloseReason::HeaderDigest,
                FrameError::TooLong => CloseReason::Limit("data_segment_length"),
            })?;
            let Some(head) = head else { return Ok(false) };
            let incoming = self.admit(&head)?;
            let place = match incoming {
                Incoming::Command { .. } | Incoming::DataOut { .. } => Place::External,
                Incoming::Discard { .. } | Incoming::Refused { .. } => Place::Discard,
                Incoming::Request { .. } => Place::Segment,
            };
            self.framer.begin(head.data_length(), place);
            self.incoming = Some(incoming);
            return Ok(true);
        };
        let place = match &mut self.phase {
            Phase::FullFeature(session) => session.place_of(&incoming),
            Phase::Closed(_) | Phase::Login(_) | Phase::Succeeding(_) => None,
        };
        let Some(is_intact) = self.framer.data(place) else {
            self.incoming = Some(incoming);
            return Ok(false);
        };
        self.heard = now;
        self.complete(now, incoming, is_intact)?;
        Ok(true)
    }

    fn admit(&mut self, head: &Head) -> Result<Incoming, CloseReason> {
        match &mut self.phase {
            Phase::FullFeature(session) => session.admit(&mut self.link, head),
            Phase::Login(login) => match Request::parse(&head.bhs) {
                Some(request @ Request::Login(_)) => Ok(Incoming::Request { request, head: head.clone() }),
                _ => Err(CloseReason::LoginFailed(login.refuse_other(&mut self.link))),
            },
            Phase::Closed(_) | Phase::Succeeding(_) => {
                Ok(Incoming::Discard { head: head.clone(), reject: None })
            }
        }
    }

    fn complete(&mut self, now: Duration, incoming: Incoming, is_intact: bool) -> Result<(), CloseReason> {
        match (&mut self.phase, incoming) {
            (Phase::FullFeature(session), incoming) => {
                let segment = match incoming {
                    Incoming::Request { .. } => self.framer.take_segment(),
                    _ => Vec::new(),
                };
                session.complete(&mut self.link, incoming, is_intact, segment)
            }
            (Phase::Login(login), Incoming::Request { request: Request::Login(request), .. }) => {
                let established = login.request(&mut self.link, &request, self.framer.segment());
                if let Some(established) = established.map_err(CloseReason::LoginFailed)? {
                    self.enter(now, established);
                }
                Ok(())
            }
            (Phase::Login(_) | Phase::Closed(_) | Phase::Succeeding(_), _) => Ok(()),
        }
    }

    /// The login succeeded.
    fn enter(&mut self, now: Duration, established: Established) {
        let Established { session, displaced, continues, parameters, .. } = &established;
        if session.target.is_some() {
            let (session, parameters) = (session.clone(), *parameters);
            let (displaced, continues) = (*displaced, *continues);
            let login = LoggedIn { session, parameters, displaced, continues };
            self.link.events.push_back(Event::LoggedIn(login));
        }
        if established.continues.is_none() {
            return self.begin(established, None);
        }
        if let Phase::Login(login) = core::mem::replace(&mut self.phase, Phase::Closed(now)) {
            self.phase = Phase::Succeeding(Box::new((*login, established)));
        }
    }

    /// The full feature phase begins.
    fn begin(&mut self, established: Established, remains: Option<Remains>) {
        let parameters = established.parameters;
        self.framer.set_limit(self.link.limits.data_segment_length);
        self.framer.set_digests(parameters.header_digest, parameters.data_digest);
        self.link.outbox.set_digests(parameters.header_digest, parameters.data_digest);
        let mut session = Session::new(established, &self.link.limits);
        if let Some(remains) = remains {
            session.take_over(remains);
        }
        self.phase = Phase::FullFeature(Box::new(session));
    }

    fn close(&mut self, now: Duration, reason: CloseReason) {
        if let Some(session) = self.session() {
            self.link.portal.end_session(session);
        }
        if !matches!(self.phase, Phase::Closed(_)) {
            self.phase = Phase::Closed(now + self.link.limits.closing_time);
            self.incoming = None;
            self.link.events.push_back(Event::Closed(reason));
        }
    }

    fn send_message(&mut self, event: AsyncEvent, lun: Lun, parameters: (u16, u16, u16), data: &[u8]) {
        let Phase::FullFeature(session) = &mut self.phase else { return };
        let message = AsyncMessage {
            lun,
            initiator_task_tag: RESERVED_TAG,
            stat_sn: session.next_stat_sn(),
            exp_cmd_sn: session.window.expected(),
            max_cmd_sn: session.open_window(),
            event,
            vendor_code: 0,
            parameter1: parameters.0,
            parameter2: parameters.1,
            parameter3: parameters.2,
        };
        self.link.outbox.push(message.encode(), data);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(session) = self.session() {
            self.link.portal.end_session(session);
        }
        self.link.portal.end_connection();
    }
}
