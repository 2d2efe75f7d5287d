//! An initiator on a real socket.

use discrig_iscsi::initiator::{Command, Completion, Config, Connection, Data, Event, Tag};
use discrig_iscsi::name::Name;
use discrig_iscsi::pdu::{Isid, Lun, TaskAttribute, TaskManagementFunction, TaskManagementResponseCode};
use discrig_wire::command::TestUnitReady;
use discrig_wire::{Cdb, SenseCode, SenseKey};
use std::io::{IoSlice, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// What anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// An initiator port and its session.
pub(crate) struct Host {
    stream: TcpStream,
    connection: Connection,
}

/// The initiator port number `isid`, as it logs in to drive `a`.
pub(crate) fn config(isid: u8) -> Config {
    let name = |end| Name::new(&format!("iqn.2026-11.dev.discrig:{end}")).unwrap();
    Config { isid: Isid([0x80, 0, 0, 0, 0, isid]), ..Config::new(name("host"), Some(name("a"))) }
}

impl Host {
    /// Logs in and reads the unit attentions that wait.
    pub(crate) fn new(address: SocketAddr, isid: u8) -> Host {
        let mut host = Host::login(address, config(isid)).expect("the login succeeds");
        host.settle();
        host
    }

    /// Logs in, if it is let in.
    pub(crate) fn login(address: SocketAddr, config: Config) -> Option<Host> {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut host = Host { stream, connection: Connection::new(config, [7; 32]) };
        match host.event() {
            Some(Event::LoggedIn { .. }) => Some(host),
            _ => None,
        }
    }

    /// The next event; none when the server has closed the connection without one.
    pub(crate) fn event(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.connection.poll_event() {
                return Some(event);
            }
            self.flush();
            let buffer = self.connection.receive_buffer();
            match self.stream.read(buffer) {
                Ok(0) => return None,
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                count => self.connection.received(count.expect("an answer in time")),
            }
        }
    }

    /// Answers what the target wants to know for so long, and says whether nothing else came.
    pub(crate) fn is_silent_for(&mut self, span: Duration) -> bool {
        let end = std::time::Instant::now() + span;
        loop {
            if self.connection.poll_event().is_some() {
                return false;
            }
            self.flush();
            let left = end.saturating_duration_since(std::time::Instant::now());
            if left.is_zero() {
                break;
            }
            self.stream.set_read_timeout(Some(left)).unwrap();
            match self.stream.read(self.connection.receive_buffer()) {
                Ok(0) => return false,
                Ok(count) => self.connection.received(count),
                Err(_) => break,
            }
        }
        self.stream.set_read_timeout(Some(PATIENCE)).unwrap();
        true
    }

    fn flush(&mut self) {
        while self.connection.has_output() {
            let mut slices = [IoSlice::new(&[]); 8];
            let count = self.connection.output(&mut slices);
            let sent = self.stream.write_vectored(&slices[..count]).unwrap();
            self.connection.sent(sent);
        }
    }

    /// Sends a command and does not wait.
    pub(crate) fn send(&mut self, lun: Lun, cdb: Cdb, data: Data) -> Tag {
        self.send_with(TaskAttribute::Simple, lun, cdb, data)
    }

    /// The same with a task attribute.
    pub(crate) fn send_with(
        &mut self,
        attribute: TaskAttribute,
        lun: Lun,
        cdb: impl Into<Cdb>,
        data: Data,
    ) -> Tag {
        let command = Command { lun, cdb: *cdb.into().padded(), data, attribute, immediate: false };
        let tag = self.connection.command(command).unwrap();
        self.flush();
        tag
    }

    /// The answer to a command on LUN 0.
    pub(crate) fn execute(&mut self, cdb: impl Into<Cdb>, data: Data) -> Completion {
        self.execute_on(Lun::ZERO, cdb, data)
    }

    pub(crate) fn execute_on(&mut self, lun: Lun, cdb: impl Into<Cdb>, data: Data) -> Completion {
        let tag = self.send(lun, cdb.into(), data);
        loop {
            match self.event() {
                Some(Event::Completed(done)) if done.tag == tag => return done,
                Some(Event::Closed(reason)) => panic!("the session is over: {reason:?}"),
                Some(_) => {}
                None => panic!("the connection is over"),
            }
        }
    }

    /// The sense code of a command without data; none when it succeeds.
    pub(crate) fn sense(&mut self, cdb: impl Into<Cdb>) -> Option<SenseCode> {
        let done = self.execute(cdb, Data::None);
        assert!(done.status.is_good() || !done.sense.is_empty(), "{}", done.status);
        done.sense.code()
    }

    /// Reads the unit attentions that wait.
    pub(crate) fn settle(&mut self) -> Vec<SenseCode> {
        let codes = core::iter::from_fn(|| self.sense(TestUnitReady {}));
        codes.take_while(|code| code.key == SenseKey::UnitAttention).collect()
    }

    /// What comes of a command that was sent: how it was answered, or nothing if it was aborted.
    pub(crate) fn outcome(&mut self, tag: Tag) -> Option<Completion> {
        loop {
            match self.event() {
                Some(Event::Completed(done)) if done.tag == tag => return Some(done),
                Some(Event::Aborted(aborted)) if aborted == tag => return None,
                Some(Event::Closed(reason)) => panic!("the session is over: {reason:?}"),
                Some(_) => {}
                None => panic!("the connection is over"),
            }
        }
    }

    /// Sends a task management function in order and a command behind it.
    pub(crate) fn send_behind(
        &mut self,
        function: TaskManagementFunction,
        cdb: impl Into<Cdb>,
    ) -> (Tag, Tag) {
        let first = self.connection.task_management(function, Lun::ZERO, None, false).unwrap();
        (first, self.send(Lun::ZERO, cdb.into(), Data::None))
    }

    /// The next commands that are answered.
    pub(crate) fn answered(&mut self, count: usize) -> Vec<Tag> {
        let mut tags = Vec::new();
        while tags.len() < count {
            match self.event() {
                Some(Event::Completed(done)) => tags.push(done.tag),
                Some(Event::Closed(_)) | None => panic!("the session is over"),
                Some(_) => {}
            }
        }
        tags
    }

    /// Carries out a task management function on LUN 0.
    pub(crate) fn manage(
        &mut self,
        function: TaskManagementFunction,
        task: Option<Tag>,
    ) -> TaskManagementResponseCode {
        self.manage_on(Lun::ZERO, function, task)
    }

    pub(crate) fn manage_on(
        &mut self,
        lun: Lun,
        function: TaskManagementFunction,
        task: Option<Tag>,
    ) -> TaskManagementResponseCode {
        let tag = self.connection.task_management(function, lun, task, true).unwrap();
        self.managed(tag)
    }

    /// The answer to a task management function.
    pub(crate) fn managed(&mut self, tag: Tag) -> TaskManagementResponseCode {
        loop {
            match self.event() {
                Some(Event::TaskManagement(managed, response)) if managed == tag => return response,
                Some(Event::Closed(reason)) => panic!("the session is over: {reason:?}"),
                Some(_) => {}
                None => panic!("the connection is over"),
            }
        }
    }

    /// Whether the connection ends, whatever is told before.
    pub(crate) fn ends(&mut self) -> bool {
        loop {
            match self.event() {
                None | Some(Event::Closed(_)) => return true,
                Some(_) => {}
            }
        }
    }

    /// Logs out.
    pub(crate) fn logout(mut self) {
        self.connection.logout().unwrap();
        assert!(self.ends());
    }
}
