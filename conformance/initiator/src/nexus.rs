//! One nexus to the drive, as a device: sessions come and go, the initiator port stays.

use crate::address::Address;
use crate::faults::SharedRules;
use crate::session::{LinkError, Outcome, Session};
use core::time::Duration;
use discrig_device::fault::apply_answer;
use discrig_device::{
    Completion, Data, Device, DeviceError, Effect, ErrorKind, HostId, Observation, Request,
};
use discrig_iscsi::initiator::{self, Command, Config, Residual, Tag};
use discrig_iscsi::pdu::{Lun, ScsiResponseCode, TaskManagementFunction, TaskManagementResponseCode};
use discrig_wire::Cdb;
use discrig_wire::command::{CommandSpec, Flags};
use std::time::Instant;
use thiserror::Error;

/// How long connecting and logging in may take together.
const LOG_IN: Duration = Duration::from_secs(10);
/// How long a target has to abort a command that was given up. Then the session ends, so a timeout is honoured to within a second.
const ABORT: Duration = Duration::from_millis(700);
/// How long other task management may take: a reset waits for what the drive is at.
const MANAGE: Duration = Duration::from_secs(30);
/// How long a logout may take.
const LOG_OUT: Duration = Duration::from_secs(1);
/// How long an idle target has to answer a ping.
const PING: Duration = Duration::from_secs(5);
/// Silence after which a session is asked whether it is still there.
pub(crate) const IDLE: Duration = Duration::from_secs(5);

/// Why a target did not carry a command out.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
enum Failure {
    #[error("the command was aborted by task management")]
    Aborted,
    #[error("the target says: {0}")]
    Response(ScsiResponseCode),
    #[error("the target rejected a PDU: {0}")]
    Rejected(discrig_iscsi::pdu::RejectReason),
}

/// An initiator port, and the logical unit that it is there for.
#[derive(Debug)]
pub(crate) struct Nexus {
    host: String,
    port: u16,
    lun: Lun,
    config: Config,
    session: Option<Session>,
    /// When the session was last heard of.
    heard: Instant,
    /// The cable is pulled: there are no sessions until it is put back.
    cable_out: bool,
    used: Used,
    rules: SharedRules,
}

/// What was sent that may have left something behind.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Used {
    /// Registrations of PERSISTENT RESERVE OUT.
    pub(crate) registrations: bool,
    /// Commands that change the disc, or that are unknown and so may.
    pub(crate) disc: bool,
}

impl Used {
    /// What either of two may have left behind.
    pub(crate) fn and(self, other: Used) -> Used {
        Used { registrations: self.registrations || other.registrations, disc: self.disc || other.disc }
    }
}

impl Nexus {
    pub(crate) fn new(address: &Address, config: Config, rules: SharedRules) -> Nexus {
        Nexus {
            host: address.host.clone(),
            port: address.port,
            lun: Lun::single_level(address.lun),
            config,
            session: None,
            heard: Instant::now(),
            cable_out: false,
            used: Used::default(),
            rules,
        }
    }

    /// Whether there is a session, as far as anybody noticed.
    pub(crate) fn is_logged_in(&self) -> bool {
        self.session.is_some()
    }

    /// The name of the initiator.
    pub(crate) fn initiator(&self) -> &str {
        self.config.initiator.as_str()
    }

    /// Logs in if there is no session.
    ///
    /// # Errors
    /// [`LinkError`].
    pub(crate) fn log_in(&mut self) -> Result<&mut Session, LinkError> {
        if self.cable_out {
            return Err(std::io::Error::from(std::io::ErrorKind::NotConnected).into());
        }
        let session = match self.session.take() {
            Some(session) => session,
            None => {
                let deadline = Instant::now() + LOG_IN;
                Session::log_in(&self.host, self.port, self.config.clone(), deadline)?
            }
        };
        self.heard = Instant::now();
        Ok(self.session.insert(session))
    }

    /// Ends the session in order.
    pub(crate) fn log_out(&mut self) {
        if let Some(session) = self.session.take() {
            session.log_out(Instant::now() + LOG_OUT);
        }
    }

    /// Loses the nexus: the connection is cut without a logout.
    pub(crate) fn cut(&mut self) {
        if let Some(session) = self.session.take() {
            session.cut();
        }
    }

    /// Pulls the cable, or puts it back.
    pub(crate) fn set_cable(&mut self, is_out: bool) {
        self.cable_out = is_out;
        if is_out {
            self.cut();
        }
    }

    /// Whether the session was lost since anybody last looked.
    pub(crate) fn is_lost(&mut self) -> bool {
        let lost = self.session.as_mut().is_some_and(|session| session.notice().is_err());
        if lost {
            self.cut();
        }
        lost
    }

    /// Shows the target that an idle session lives; one that gets no answer is over.
    pub(crate) fn keep_alive(&mut self) {
        if self.heard.elapsed() < IDLE {
            return;
        }
        if let Some(session) = &mut self.session {
            match session.ping(Instant::now() + PING) {
                Ok(()) => self.heard = Instant::now(),
                // Whoever uses the nexus next finds out that it is lost.
                Err(_) => session.cut(),
            }
        }
    }

    /// Asks the target for a task management function.
    ///
    /// # Errors
    /// `Gone`, `Timeout`; `Unsupported` when the target does not do that.
    pub(crate) fn manage(&mut self, function: TaskManagementFunction) -> Result<(), DeviceError> {
        let lun = match function {
            TaskManagementFunction::TARGET_WARM_RESET | TaskManagementFunction::TARGET_COLD_RESET => {
                Lun::ZERO
            }
            _ => self.lun,
        };
        let session = self.log_in().map_err(|error| gone("reset", error, Effect::NotDone))?;
        match session.manage(function, lun, None, Instant::now() + MANAGE) {
            Ok(TaskManagementResponseCode::FUNCTION_COMPLETE) => Ok(()),
            Ok(code) => {
                let why = format!("{function}: {code}");
                Err(DeviceError::new(ErrorKind::Unsupported, "reset").with_source(why))
            }
            Err(error) => {
                self.cut();
                Err(self.failed("reset", error))
            }
        }
    }

    /// What was sent since this was last asked.
    pub(crate) fn take_used(&mut self) -> Used {
        core::mem::take(&mut self.used)
    }

    /// Ends a session in which a command got no answer in time.
    fn give_up(&mut self, tag: Option<Tag>) {
        let lun = self.lun;
        let aborted = self.session.as_mut().zip(tag).is_some_and(|(session, tag)| {
            let function = TaskManagementFunction::ABORT_TASK;
            let answer = session.manage(function, lun, Some(tag), Instant::now() + ABORT);
            matches!(
                answer,
                Ok(TaskManagementResponseCode::FUNCTION_COMPLETE
                    | TaskManagementResponseCode::TASK_DOES_NOT_EXIST)
            )
        });
        if !aborted {
            self.cut();
        }
    }

    /// What the end of a session in the middle of something means.
    fn failed(&self, operation: &'static str, error: LinkError) -> DeviceError {
        use initiator::CloseReason::{DataDigest, HeaderDigest, Protocol};
        match error {
            LinkError::Closed(DataDigest | HeaderDigest | Protocol(_)) => {
                DeviceError::new(ErrorKind::Transport, operation).with_source(error)
            }
            LinkError::Timeout => DeviceError::new(ErrorKind::Timeout, operation).with_source(error),
            error => gone(operation, error, Effect::Unknown),
        }
    }

    fn note(&mut self, cdb: &Cdb) {
        const PERSISTENT_RESERVE_OUT: u8 = 0x5F;
        self.used.registrations |= cdb.opcode() == PERSISTENT_RESERVE_OUT;
        self.used.disc |= CommandSpec::of(cdb).is_none_or(|spec| spec.flags.contains(Flags::WRITES));
    }
}

impl Device for Nexus {
    fn execute(&mut self, request: Request<'_>) -> Result<Completion, DeviceError> {
        // The last byte of the ISID is the number of the host.
        match self.rules.decide(request.cdb.opcode(), self.config.isid.0[5]) {
            Some(action) => apply_answer(&action, request, |request| self.serve(request)),
            None => self.serve(request),
        }
    }
}

impl Nexus {
    /// A command on its way there and back.
    fn serve(&mut self, mut request: Request<'_>) -> Result<Completion, DeviceError> {
        const OPERATION: &str = "execute";
        let began = Instant::now();
        if self.is_lost() {
            return Err(gone(OPERATION, lost(), Effect::NotDone));
        }
        self.note(&request.cdb);
        let command = command(self.lun, &request);
        let session = self.log_in().map_err(|error| gone(OPERATION, error, Effect::NotDone))?;
        let outcome = session.command(command, began + request.timeout);
        self.heard = Instant::now();
        let answer = match outcome {
            Ok(Outcome::Completed(answer)) if answer.response == ScsiResponseCode::COMPLETED => answer,
            Ok(Outcome::Completed(answer)) => return Err(transport(Failure::Response(answer.response))),
            Ok(Outcome::Aborted) => return Err(transport(Failure::Aborted)),
            Ok(Outcome::Rejected(reason)) => return Err(transport(Failure::Rejected(reason))),
            Err((error @ LinkError::Timeout, tag)) => {
                self.give_up(tag);
                return Err(self.failed(OPERATION, error));
            }
            Err((error, tag)) => {
                self.cut();
                let failure = self.failed(OPERATION, error);
                return Err(if tag.is_some() { failure } else { failure.with_effect(Effect::NotDone) });
            }
        };
        Ok(Completion {
            transferred: transferred(&mut request.data, &answer),
            status: answer.status,
            sense: answer.sense,
            elapsed: began.elapsed(),
            observed: Observation::Seen,
        })
    }
}

impl Drop for Nexus {
    fn drop(&mut self) {
        self.log_out();
    }
}

/// A request as the protocol has it.
fn command(lun: Lun, request: &Request<'_>) -> Command {
    let mut cdb = [0; 16];
    let bytes = request.cdb.bytes();
    cdb[..bytes.len()].copy_from_slice(bytes);
    let data = match &request.data {
        _ if request.data.is_empty() => initiator::Data::None,
        Data::None => initiator::Data::None,
        Data::In(buffer) => initiator::Data::In(u32::try_from(buffer.len()).unwrap_or(u32::MAX)),
        Data::Out(bytes) => initiator::Data::Out(bytes.to_vec()),
    };
    Command { lun, cdb, data, ..Command::default() }
}

/// Puts what came where it was asked for, and says how many bytes were transferred.
fn transferred(data: &mut Data<'_>, answer: &initiator::Completion) -> usize {
    match data {
        Data::None => 0,
        Data::In(buffer) => {
            let count = answer.data_in.len().min(buffer.len());
            buffer[..count].copy_from_slice(&answer.data_in[..count]);
            count
        }
        Data::Out(_) if !answer.status.is_good() => 0,
        Data::Out(bytes) => match answer.residual {
            Residual::Underflow(missing) => bytes.len().saturating_sub(missing as usize),
            Residual::None | Residual::Overflow(_) => bytes.len(),
        },
    }
}

fn lost() -> LinkError {
    LinkError::Connection(std::io::ErrorKind::ConnectionAborted.into())
}

fn gone(operation: &'static str, error: LinkError, effect: Effect) -> DeviceError {
    DeviceError::new(ErrorKind::Gone, operation).with_effect(effect).with_source(error)
}

fn transport(failure: Failure) -> DeviceError {
    DeviceError::new(ErrorKind::Transport, "execute").with_source(failure)
}

/// The initiator port of a host: its name has the host's number behind it, except for host 0.
pub(crate) fn port_of(config: &Config, host: HostId) -> Config {
    let mut config = config.clone();
    if host.0 > 0
        && let Ok(name) = discrig_iscsi::name::Name::new(&format!("{}.{}", config.initiator, host.0))
    {
        config.initiator = name;
    }
    config.isid.0[5] = host.0;
    config
}
