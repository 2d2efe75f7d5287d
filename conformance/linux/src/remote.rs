//! The other processes of a bench, from the outside: starting, using and killing them.

use crate::rig::{Rig, locked};
use crate::rpc::{self, Answer, Bytes, Call, Phase};
use core::time::Duration;
use discrig_device::{
    Completion, Data, Device, DeviceError, Effect, ErrorKind, ExclusiveAccess, Handle, HostEvent, HostTray,
    MediaNotification, Owner, Properties, Request, TrayLock, VolumePolicy,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::ffi::OsString;
use std::io::{self, Read};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

/// How to start another process of the bench: a program that calls [`crate::serve_agent`] on its standard input and output.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AgentCommand {
    /// The program, usually this one itself.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
}

/// Waiting for an answer beyond a command's own timeout: the kernel's error handler may escalate to a host reset.
const GRACE: Duration = Duration::from_secs(120);
/// Opening the tray by the host's own call waits for the mechanism.
const OPERATION: Duration = Duration::from_secs(120);
/// A killed process ends when its command ends.
const END: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(2);

/// A child process that holds handles.
#[derive(Debug)]
pub(crate) struct AgentProcess {
    child: Mutex<Child>,
    pipe: Mutex<Option<Pipe>>,
}

#[derive(Debug)]
struct Pipe {
    to: ChildStdin,
    from: ChildStdout,
}

impl AgentProcess {
    /// Starts a process.
    ///
    /// # Errors
    /// That the program could not be started.
    pub(crate) fn start(command: &AgentCommand) -> Result<Arc<AgentProcess>, DeviceError> {
        let failed = |error: io::Error| {
            let why = format!("{}: {error}", command.program.display());
            DeviceError::new(ErrorKind::Unsupported, "start process").with_source(why)
        };
        let mut child = Command::new(&command.program)
            .args(&command.args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Ctrl-C at the terminal is for the bench, which ends its processes when it is done with them.
            .process_group(0)
            .spawn()
            .map_err(failed)?;
        let pipe = child.stdin.take().zip(child.stdout.take()).map(|(to, from)| Pipe { to, from });
        Ok(Arc::new(AgentProcess { child: Mutex::new(child), pipe: Mutex::new(pipe) }))
    }

    /// Whether the process is there to be talked to.
    pub(crate) fn is_alive(&self) -> bool {
        locked(&self.pipe).is_some() && matches!(locked(&self.child).try_wait(), Ok(None))
    }

    /// Sends SIGKILL and waits until the process has ended: the kernel has then closed its handles.
    ///
    /// # Errors
    /// `Timeout` when it does not end: a command under way can keep a process in the kernel.
    pub(crate) fn kill(&self) -> Result<(), DeviceError> {
        let started = Instant::now();
        let failed = |error: io::Error| DeviceError::new(ErrorKind::Transport, "kill").with_source(error);
        locked(&self.child).kill().map_err(failed)?;
        loop {
            if locked(&self.child).try_wait().map_err(failed)?.is_some() {
                *locked(&self.pipe) = None;
                return Ok(());
            }
            if started.elapsed() > END {
                return Err(DeviceError::new(ErrorKind::Timeout, "kill"));
            }
            thread::sleep(POLL);
        }
    }

    fn call(&self, call: &Call, limit: Duration) -> Result<Answer, DeviceError> {
        let mut slot = locked(&self.pipe);
        let pipe = slot.as_mut().ok_or_else(|| self.dead())?;
        if rpc::send(&mut pipe.to, call).is_err() {
            *slot = None;
            return Err(self.dead());
        }
        let mut reader = DeadlineReader { from: &mut pipe.from, deadline: Instant::now() + limit };
        let received = rpc::receive::<Answer>(&mut reader);
        match received {
            Ok(Some(answer)) => answer.into_result(),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                *slot = None;
                drop(slot);
                // It cannot be used any more: an answer that comes later would be taken for that to another call.
                let killed = self.kill();
                let error = DeviceError::new(ErrorKind::Timeout, "ask process").with_source(error);
                killed.and(Err(error))
            }
            Ok(None) | Err(_) => {
                *slot = None;
                Err(self.dead().with_effect(Effect::Unknown))
            }
        }
    }

    /// The error of a call to a process that has ended, with how it ended where that is known.
    fn dead(&self) -> DeviceError {
        let why = match locked(&self.child).try_wait() {
            Ok(Some(status)) => format!("the process is dead: {status}"),
            Ok(None) | Err(_) => "the process is dead".to_owned(),
        };
        DeviceError::new(ErrorKind::InvalidHandle, "ask process").with_source(why)
    }
}

impl Drop for AgentProcess {
    fn drop(&mut self) {
        // Without its pipe it ends by itself; a zombie would be left without the wait.
        let _ = self.kill();
    }
}

/// A pipe that is not waited for without a bound.
struct DeadlineReader<'a> {
    from: &'a mut ChildStdout,
    deadline: Instant,
}

impl Read for DeadlineReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let left = self.deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            let left = Timespec {
                tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: left.subsec_nanos().into(),
            };
            match poll(&mut [PollFd::new(&*self.from, PollFlags::IN)], Some(&left)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => return self.from.read(buffer),
                Err(errno) => return Err(errno.into()),
            }
        }
    }
}

/// A handle of another process. When that process is dead, every call is an `InvalidHandle`.
#[derive(Debug)]
pub struct RemoteHandle {
    rig: Arc<Rig>,
    process: Arc<AgentProcess>,
    handle: u32,
    tray: bool,
}

impl RemoteHandle {
    /// Has a process open `path`.
    ///
    /// # Errors
    /// As for an open by this process; `InvalidHandle` when that process is dead.
    pub(crate) fn open(
        rig: &Arc<Rig>,
        process: &Arc<AgentProcess>,
        path: &Path,
    ) -> Result<RemoteHandle, DeviceError> {
        let answer = process.call(&Call::Open { path: path.to_owned() }, OPERATION)?;
        RemoteHandle::from_answer(rig, process, answer)
    }

    fn from_answer(
        rig: &Arc<Rig>,
        process: &Arc<AgentProcess>,
        answer: Answer,
    ) -> Result<RemoteHandle, DeviceError> {
        match answer {
            Answer::Opened { handle, tray } => {
                Ok(RemoteHandle { rig: Arc::clone(rig), process: Arc::clone(process), handle, tray })
            }
            other => Err(unexpected(&other)),
        }
    }

    fn done(&self, call: &Call) -> Result<(), DeviceError> {
        match self.process.call(call, OPERATION)? {
            Answer::Done => Ok(()),
            other => Err(unexpected(&other)),
        }
    }

    fn run(&self, request: Request<'_>) -> Result<Completion, DeviceError> {
        let Request { cdb, mut data, timeout } = request;
        let phase = match &data {
            Data::None => Phase::None,
            Data::In(buffer) => Phase::In { length: buffer.len() },
            Data::Out(bytes) => Phase::Out { bytes: Bytes(bytes.to_vec()) },
        };
        let call = Call::Execute { handle: self.handle, cdb, data: phase, timeout };
        match self.process.call(&call, timeout.saturating_add(GRACE))? {
            Answer::Completed { status, sense, transferred, elapsed, inferred, data: received } => {
                if let Data::In(buffer) = &mut data {
                    let fits = received.0.len().min(buffer.len());
                    buffer[..fits].copy_from_slice(&received.0[..fits]);
                }
                if elapsed > timeout {
                    self.rig.count_late_answer();
                }
                let transferred = transferred.min(data.len());
                Ok(rpc::completion(status, &sense, transferred, elapsed, inferred))
            }
            other => Err(unexpected(&other)),
        }
    }
}

fn unexpected(answer: &Answer) -> DeviceError {
    DeviceError::new(ErrorKind::Transport, "ask process").with_source(format!("unexpected answer {answer:?}"))
}

impl Drop for RemoteHandle {
    fn drop(&mut self) {
        let _ = self.done(&Call::Close { handle: self.handle });
    }
}

impl Device for RemoteHandle {
    fn execute(&mut self, request: Request<'_>) -> Result<Completion, DeviceError> {
        self.rig.faults().apply(self.rig.now(), request, |request| self.run(request))
    }
}

impl ExclusiveAccess for RemoteHandle {
    fn lock(&mut self, name: &str, volume: VolumePolicy) -> Result<(), DeviceError> {
        self.done(&Call::Lock { handle: self.handle, name: name.to_owned(), volume })
    }

    fn unlock(&mut self) -> Result<(), DeviceError> {
        self.done(&Call::Unlock { handle: self.handle })
    }

    fn owner(&mut self) -> Result<Owner, DeviceError> {
        match self.process.call(&Call::Owner { handle: self.handle }, OPERATION)? {
            Answer::Owner(owner) => Ok(owner),
            other => Err(unexpected(&other)),
        }
    }
}

/// Linux has no switch for media change notification that a handle could hold.
impl MediaNotification for RemoteHandle {
    fn disable(&mut self) -> Result<(), DeviceError> {
        Err(DeviceError::new(ErrorKind::Unsupported, "disable media change notification"))
    }

    fn enable(&mut self) -> Result<(), DeviceError> {
        Err(DeviceError::new(ErrorKind::Unsupported, "enable media change notification"))
    }

    fn next_event(&mut self) -> Result<Option<HostEvent>, DeviceError> {
        Err(DeviceError::new(ErrorKind::Unsupported, "next event"))
    }
}

impl HostTray for RemoteHandle {
    fn eject(&mut self) -> Result<(), DeviceError> {
        self.done(&Call::Eject { handle: self.handle })
    }

    fn load(&mut self) -> Result<(), DeviceError> {
        self.done(&Call::Load { handle: self.handle })
    }

    fn lock_tray(&mut self, lock: TrayLock) -> Result<(), DeviceError> {
        self.done(&Call::LockTray { handle: self.handle, lock })
    }

    fn unlock_tray(&mut self, lock: TrayLock) -> Result<(), DeviceError> {
        self.done(&Call::UnlockTray { handle: self.handle, lock })
    }
}

impl Handle for RemoteHandle {
    fn properties(&mut self) -> Result<Properties, DeviceError> {
        match self.process.call(&Call::Properties { handle: self.handle }, OPERATION)? {
            Answer::Properties(properties) => Ok(properties),
            other => Err(unexpected(&other)),
        }
    }

    fn tray(&mut self) -> Option<&mut dyn HostTray> {
        if self.tray { Some(self) } else { None }
    }

    fn duplicate(&mut self) -> Result<Box<dyn Handle>, DeviceError> {
        let answer = self.process.call(&Call::Duplicate { handle: self.handle }, OPERATION)?;
        RemoteHandle::from_answer(&self.rig, &self.process, answer)
            .map(|handle| -> Box<dyn Handle> { Box::new(handle) })
    }

    fn close(self: Box<Self>) -> Result<(), DeviceError> {
        self.done(&Call::Close { handle: self.handle })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A process that never answers.
    fn silent() -> Arc<AgentProcess> {
        let command = AgentCommand { program: "sh".into(), args: vec!["-c".into(), "exec sleep 60".into()] };
        AgentProcess::start(&command).unwrap()
    }

    #[test]
    fn silence_is_not_waited_for_without_a_bound() {
        let process = silent();
        assert!(process.is_alive());
        let error = process.call(&Call::Unlock { handle: 1 }, Duration::from_millis(50)).unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Timeout, Effect::Unknown));
        assert!(!process.is_alive());
    }

    #[test]
    fn a_killed_process_is_an_invalid_handle() {
        let process = silent();
        process.kill().unwrap();
        let error = process.call(&Call::Unlock { handle: 1 }, Duration::from_secs(5)).unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::InvalidHandle, Effect::NotDone));
    }

    #[test]
    fn a_process_that_dies_in_a_call_leaves_the_effect_unknown() {
        let process = silent();
        let killer = Arc::clone(&process);
        let thread = thread::spawn(move || {
            thread::sleep(Duration::from_millis(50));
            locked(&killer.child).kill().unwrap();
        });
        let error = process.call(&Call::Unlock { handle: 1 }, Duration::from_secs(30)).unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::InvalidHandle, Effect::Unknown));
        thread.join().unwrap();
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let command = AgentCommand { program: "/no/such/program".into(), args: Vec::new() };
        let error = AgentProcess::start(&command).unwrap_err();
        assert!(error.to_string().contains("/no/such/program"), "{error}");
    }
}
