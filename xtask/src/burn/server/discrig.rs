//! discrig's own drives: `discrig serve`, and its control socket.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context as _, Result, ensure};

use super::{Address, Process, Server, free_port};
use crate::burn::media::Medium;
use crate::children::{self, Death};

/// A running `discrig serve`.
#[derive(Debug)]
pub(crate) struct Discrig {
    binary: PathBuf,
    control: PathBuf,
    port: u16,
    _process: Process,
}

impl Discrig {
    /// Starts it with drives that hold the disc.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn start(binary: &Path, folder: &Path, drives: usize, disc: &Path) -> Result<Self> {
        let port = free_port()?;
        let control = control_socket(folder, port);
        let log = folder.join("serve.log");
        let transcripts = folder.join("nexus");
        fs::create_dir_all(&transcripts).with_context(|| format!("making {}", transcripts.display()))?;
        let mut command = children::command(binary, Death::Asked);
        command.args(["serve", "--pace", "instant", "--listen", &format!("127.0.0.1:{port}"), "--control"]);
        command.arg(&control).arg("--transcript").arg(&transcripts);
        for drive in 0..drives {
            command.args(["--drive", &format!("{},disc=iso:{}", name(drive), disc.display())]);
        }
        let mut process = Process::start(&mut command, &log)?;
        process.await_ready(&log, || {
            ensure!(control.exists(), "{} is not there", control.display());
            Ok(())
        })?;
        Ok(Self { binary: binary.to_owned(), control, port, _process: process })
    }

    /// Lays a disc into a drive, by its specification.
    ///
    /// # Errors
    /// When the server refuses.
    pub(crate) fn lay_in(&self, drive: usize, disc: &str) -> Result<()> {
        // A tool that was killed may have left the tray locked.
        self.control(drive, &["insert", "--force", disc]).map(drop)
    }

    /// Checks a disc file in which nobody burns.
    ///
    /// # Errors
    /// When it is damaged or no disc.
    pub(crate) fn verify(&self, disc: &Path) -> Result<()> {
        let disc = format!("file:{}", disc.display());
        let output = children::command(&self.binary, Death::Asked)
            .args(["disc", "info", "--verify", &disc])
            .output()
            .context("starting discrig disc info")?;
        let said = [output.stdout, output.stderr].concat();
        ensure!(output.status.success(), "{disc}: {}", String::from_utf8_lossy(&said).trim());
        Ok(())
    }

    /// Says something to a drive through the control socket, and returns the answer.
    ///
    /// # Errors
    /// When the server refuses.
    pub(crate) fn control(&self, drive: usize, words: &[&str]) -> Result<String> {
        let output = children::command(&self.binary, Death::Killed)
            .args(["ctl", "--control"])
            .arg(&self.control)
            .arg(name(drive))
            .args(words)
            .output()
            .context("starting discrig ctl")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "discrig ctl {}: {}", words.join(" "), said.trim());
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Server for Discrig {
    fn name(&self) -> &'static str {
        "discrig"
    }

    fn address(&self, drive: usize) -> Address {
        Address { port: self.port, target: format!("iqn.2026-11.dev.discrig:{}", name(drive)), lun: 0 }
    }

    fn as_discrig(&self) -> Option<&Self> {
        Some(self)
    }

    fn lacks(&self, _medium: Medium) -> Option<&'static str> {
        None
    }

    fn insert(&self, drive: usize, medium: Medium) -> Result<()> {
        self.lay_in(drive, &format!("blank:{medium}"))
    }
}

/// Longest path of a socket that every system takes, in bytes.
const SOCKET_PATH_BYTES: usize = 100;

/// Where the control socket is: in the folder, where a killed server's is found and removed by the next run, unless its path is too long.
fn control_socket(folder: &Path, port: u16) -> PathBuf {
    let path = folder.join("control.socket");
    match path.as_os_str().len() {
        0..=SOCKET_PATH_BYTES => path,
        _ => env::temp_dir().join(format!("discrig-{port}.socket")),
    }
}

fn name(drive: usize) -> String {
    format!("drive{drive}")
}
