//! A session with its socket: sends, waits, and gives up when the time is over.

use discrig_iscsi::initiator::{
    CloseReason, Command, Completion, Config, Connection, Event, NotLoggedIn, Tag,
};
use discrig_iscsi::pdu::{AsyncEvent, Lun, RejectReason, TaskManagementFunction, TaskManagementResponseCode};
use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};
use thiserror::Error;

/// Slices that are handed to the socket at once.
const SLICES: usize = 16;

/// Why a session ended, could not begin, or gives no answer.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LinkError {
    /// The session ended in the protocol.
    #[error("{0}")]
    Closed(CloseReason),
    /// The connection failed.
    #[error("{0}")]
    Connection(#[from] io::Error),
    /// The target asked us to leave.
    #[error("the target asked for the end of the session")]
    Dismissed,
    /// A request could not be sent.
    #[error(transparent)]
    NotSent(#[from] NotLoggedIn),
    /// The time was over.
    #[error("no answer in time")]
    Timeout,
}

/// What came of a command.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It was aborted by a task management function of somebody.
    Aborted,
    /// It was answered.
    Completed(Completion),
    /// The target did not accept its PDU.
    Rejected(RejectReason),
}

/// A session that is logged in.
#[derive(Debug)]
pub(crate) struct Session {
    stream: TcpStream,
    connection: Connection,
}

impl Session {
    /// Connects to a portal and logs in.
    ///
    /// # Errors
    /// [`LinkError`]: nobody is there, or the target does not let us in.
    pub(crate) fn log_in(
        host: &str,
        port: u16,
        config: Config,
        deadline: Instant,
    ) -> Result<Session, LinkError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| LinkError::Connection(io::Error::other(error)))?;
        let stream = connect(host, port, deadline)?;
        stream.set_nodelay(true)?;
        let mut session = Session { stream, connection: Connection::new(config, seed) };
        loop {
            match session.next(deadline)? {
                Event::LoggedIn { .. } => return Ok(session),
                Event::Closed(reason) => return Err(LinkError::Closed(reason)),
                _ => {}
            }
        }
    }

    /// Sends a command and waits for what comes of it. After [`LinkError::Timeout`] it may be aborted by its tag.
    ///
    /// # Errors
    /// [`LinkError`], with the tag if it was sent.
    pub(crate) fn command(
        &mut self,
        command: Command,
        deadline: Instant,
    ) -> Result<Outcome, (LinkError, Option<Tag>)> {
        let tag = self.connection.command(command).map_err(|error| (error.into(), None))?;
        loop {
            match self.next(deadline).map_err(|error| (error, Some(tag)))? {
                Event::Completed(completion) if completion.tag == tag => {
                    return Ok(Outcome::Completed(completion));
                }
                Event::Aborted(aborted) if aborted == tag => return Ok(Outcome::Aborted),
                Event::Rejected(rejected, reason) if rejected.is_none_or(|rejected| rejected == tag) => {
                    return Ok(Outcome::Rejected(reason));
                }
                other => self.unasked(other).map_err(|error| (error, Some(tag)))?,
            }
        }
    }

    /// Sends a task management function and waits for its answer.
    ///
    /// # Errors
    /// [`LinkError`].
    pub(crate) fn manage(
        &mut self,
        function: TaskManagementFunction,
        lun: Lun,
        task: Option<Tag>,
        deadline: Instant,
    ) -> Result<TaskManagementResponseCode, LinkError> {
        let tag = self.connection.task_management(function, lun, task, true)?;
        loop {
            match self.next(deadline)? {
                Event::TaskManagement(answered, code) if answered == tag => return Ok(code),
                Event::Rejected(Some(rejected), _) if rejected == tag => {
                    return Ok(TaskManagementResponseCode::REJECTED);
                }
                other => self.unasked(other)?,
            }
        }
    }

    /// Asks for a sign of life; answers on the way what the target wants to know.
    ///
    /// # Errors
    /// [`LinkError`]: there is none.
    pub(crate) fn ping(&mut self, deadline: Instant) -> Result<(), LinkError> {
        let tag = self.connection.ping(&[])?;
        loop {
            match self.next(deadline)? {
                Event::Pong(answered, _) if answered == tag => return Ok(()),
                other => self.unasked(other)?,
            }
        }
    }

    /// Ends the session in order.
    pub(crate) fn log_out(mut self, deadline: Instant) {
        if self.connection.logout().is_ok() {
            // Whatever comes of it, the session is over.
            while let Ok(event) = self.next(deadline) {
                if matches!(event, Event::Closed(_)) {
                    break;
                }
            }
        }
    }

    /// Cuts the connection, as by a pulled cable.
    pub(crate) fn cut(&self) {
        // It may be cut already.
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    /// Takes note of what came while nobody asked.
    ///
    /// # Errors
    /// [`LinkError`]: the session is over.
    pub(crate) fn notice(&mut self) -> Result<(), LinkError> {
        self.stream.set_nonblocking(true)?;
        let read = self.read_available();
        self.stream.set_nonblocking(false)?;
        read?;
        while let Some(event) = self.connection.poll_event() {
            self.unasked(event)?;
        }
        self.flush(Instant::now() + Duration::from_millis(100))
    }

    fn read_available(&mut self) -> Result<(), LinkError> {
        match self.stream.read(self.connection.receive_buffer()) {
            Ok(0) => Err(io::Error::from(ErrorKind::UnexpectedEof).into()),
            Ok(count) => {
                self.connection.received(count);
                Ok(())
            }
            Err(error) if is_pause(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Something that nobody waits for: late answers, messages, the end.
    fn unasked(&mut self, event: Event) -> Result<(), LinkError> {
        const ENDS: [AsyncEvent; 3] =
            [AsyncEvent::LOGOUT_REQUEST, AsyncEvent::CONNECTION_DROP, AsyncEvent::SESSION_DROP];
        match event {
            Event::Closed(reason) => Err(LinkError::Closed(reason)),
            Event::Message(message, _) if ENDS.contains(&message.event) => Err(LinkError::Dismissed),
            _ => Ok(()),
        }
    }

    /// The next event.
    fn next(&mut self, deadline: Instant) -> Result<Event, LinkError> {
        loop {
            let event = self.connection.poll_event();
            self.flush(deadline)?;
            match event {
                Some(event) => return Ok(event),
                None => self.receive(deadline)?,
            }
        }
    }

    fn receive(&mut self, deadline: Instant) -> Result<(), LinkError> {
        self.stream.set_read_timeout(Some(remaining(deadline)?))?;
        self.read_available()
    }

    fn flush(&mut self, deadline: Instant) -> Result<(), LinkError> {
        if !self.connection.has_output() {
            return Ok(());
        }
        self.stream.set_write_timeout(Some(remaining(deadline)?))?;
        while self.connection.has_output() {
            remaining(deadline)?;
            let mut slices = [IoSlice::new(&[]); SLICES];
            let count = self.connection.output(&mut slices);
            match self.stream.write_vectored(&slices[..count]) {
                Ok(0) => return Err(io::Error::from(ErrorKind::WriteZero).into()),
                Ok(count) => self.connection.sent(count),
                Err(error) if is_pause(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// Whether a call ended for a reason after which it is made again.
fn is_pause(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::TimedOut | ErrorKind::WouldBlock)
}

fn remaining(deadline: Instant) -> Result<Duration, LinkError> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(LinkError::Timeout) } else { Ok(left) }
}

/// Connects to the first address of a host that answers.
fn connect(host: &str, port: u16, deadline: Instant) -> Result<TcpStream, LinkError> {
    let mut failure = io::Error::new(ErrorKind::NotFound, "the host has no address");
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, remaining(deadline)?) {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = error,
        }
    }
    Err(failure.into())
}
