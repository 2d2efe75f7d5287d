//! A running `discrig serve` with drives of our choice.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context as _, Result, bail, ensure};

use crate::children::{self, Death};

/// How long the server may take to end when it is asked to.
const END: Duration = Duration::from_secs(30);

/// A running server. It is killed when this is dropped, unless it ended before.
#[derive(Debug)]
pub(crate) struct Served {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Served {
    /// Starts a server on a port that the system chooses. Its log goes to a file.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) fn start(program: &Path, arguments: &[&str], log: &Path) -> Result<Served> {
        let log = fs::File::create(log).with_context(|| format!("making {}", log.display()))?;
        let mut child = children::command(program, Death::Asked)
            .args(["serve", "--listen", "127.0.0.1:0", "--pace", "instant"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .with_context(|| format!("starting {}", program.display()))?;
        let mut line = String::new();
        let stdout = child.stdout.take().context("the server has no standard output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.strip_prefix("iscsi://").and_then(|rest| rest.split('/').next()?.parse().ok());
        match address {
            Some(address) => Ok(Served { child, address }),
            None => bail!("the server does not start: {:?}", child.wait()?),
        }
    }

    /// Resident memory in KiB.
    ///
    /// # Errors
    /// The server is gone.
    pub(crate) fn resident_kib(&self) -> Result<u64> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(&path).context("the server is gone")?;
        status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok())
            .with_context(|| format!("{path} has no VmRSS: the server is gone"))
    }

    /// Asks the server to end, as `kill` does.
    ///
    /// # Errors
    /// It does not end, or not with 0.
    pub(crate) fn end(mut self) -> Result<()> {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status()?;
        ensure!(asked.success(), "the server is gone");
        let end = Instant::now() + END;
        loop {
            if let Some(status) = self.child.try_wait()? {
                ensure!(status.success(), "the server ended with {status}");
                return Ok(());
            }
            ensure!(Instant::now() < end, "the server does not end when it is asked to");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
