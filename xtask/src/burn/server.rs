//! Who serves the drives.

mod discrig;
mod tgt;

use std::fs::{self, OpenOptions};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fmt, thread};

use anyhow::{Context as _, Result, bail};

use super::media::Medium;
use crate::children::{self, Death};
use crate::vm::tools;

pub(crate) use discrig::Discrig;
pub(crate) use tgt::Tgt;

/// How long a server may take to start.
const START: Duration = Duration::from_secs(20);

/// A program that serves drives over iSCSI. It ends when this is dropped.
pub(crate) trait Server: fmt::Debug + Send + Sync {
    /// Its name on the command line and in the table.
    fn name(&self) -> &'static str;
    /// Where a drive is.
    fn address(&self, drive: usize) -> Address;
    /// Why it has no such medium; none where it has.
    fn lacks(&self, medium: Medium) -> Option<&'static str>;
    /// Takes out whatever is in a drive and puts a fresh disc into it.
    ///
    /// # Errors
    /// When the server refuses.
    fn insert(&self, drive: usize, medium: Medium) -> Result<()>;
    /// Our own server, whose drives can be made to misbehave; none for others.
    fn as_discrig(&self) -> Option<&Discrig> {
        None
    }
}

/// Where a drive is: a logical unit of a target behind a port of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// The port.
    pub(crate) port: u16,
    /// The name of the target.
    pub(crate) target: String,
    /// The number of the logical unit.
    pub(crate) lun: u8,
}

impl Address {
    /// What QEMU's iSCSI driver is told, as properties of a drive.
    pub(crate) fn properties(&self) -> String {
        let Self { port, target, lun } = self;
        format!(
            "file.driver=iscsi,file.transport=tcp,file.portal=127.0.0.1:{port},file.target={target},file.lun={lun}"
        )
    }
}

/// A server's or a tool's process; it is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Process {
    /// Starts a program whose words go to the end of a file.
    ///
    /// # Errors
    /// When it cannot be started or the file cannot be made.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let open = OpenOptions::new().create(true).append(true).open(log);
        let file = open.with_context(|| format!("making {}", log.display()))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("starting {}", command.get_program().display()))?;
        Ok(Self(child))
    }

    /// Kills it.
    ///
    /// # Errors
    /// When it has ended before.
    pub(crate) fn kill(&mut self) -> Result<()> {
        if let Some(status) = self.0.try_wait()? {
            bail!("it has ended before: {status}");
        }
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }

    /// Whether it has not ended yet.
    ///
    /// # Errors
    /// When the system does not say.
    pub(crate) fn is_running(&mut self) -> Result<bool> {
        Ok(self.0.try_wait()?.is_none())
    }

    /// Repeats `ready` until it succeeds.
    fn await_ready<T>(&mut self, log: &Path, mut ready: impl FnMut() -> Result<T>) -> Result<T> {
        let end = Instant::now() + START;
        loop {
            let error = match ready() {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            if let Some(status) = self.0.try_wait()? {
                let words = fs::read_to_string(log).unwrap_or_default();
                bail!(
                    "the server ended with {status}: {}",
                    words.lines().last().unwrap_or("it said nothing")
                );
            }
            if Instant::now() > end {
                return Err(error.context("the server does not become ready"));
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port that nobody uses at this moment.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("looking for a free port")?;
    Ok(listener.local_addr()?.port())
}

/// A program of this machine as a command, which is killed when this program ends.
///
/// # Errors
/// When it is not installed.
pub(crate) fn program(name: &str) -> Result<Command> {
    let path = tools::find(name).with_context(|| format!("{name} is not installed"))?;
    Ok(children::command(path, Death::Killed))
}
