//! discrig's own drives: `discrig serve`, and its control socket.

use std::ffi::OsString;
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
    folder: PathBuf,
    control: PathBuf,
    port: u16,
    /// What it is told beside the address and the socket.
    arguments: Vec<OsString>,
    process: Process,
}

impl Discrig {
    /// Starts it with drives that hold the disc. It gets a folder of its own for log and transcripts, and is told `further` beside.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn start(
        binary: &Path,
        folder: &Path,
        drives: usize,
        disc: &Path,
        further: &[&str],
    ) -> Result<Self> {
        let port = free_port()?;
        let control = control_socket(folder, port);
        let transcripts = transcripts(folder);
        fs::create_dir_all(&transcripts).with_context(|| format!("making {}", transcripts.display()))?;
        let mut arguments = vec!["--transcript".into(), transcripts.into_os_string()];
        for drive in 0..drives {
            let drive = format!("{},disc=iso:{}", name(drive), disc.display());
            arguments.extend(["--drive".into(), drive.into()]);
        }
        arguments.extend(further.iter().map(OsString::from));
        let process = launch(binary, folder, port, &control, &arguments)?;
        Ok(Self { binary: binary.to_owned(), folder: folder.to_owned(), control, port, arguments, process })
    }

    /// Kills it: no session is closed in order, and nothing is written any more.
    ///
    /// # Errors
    /// When it has ended before.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.process.kill()?;
        fs::remove_file(&self.control).with_context(|| format!("removing {}", self.control.display()))
    }

    /// Starts it again, at the same port with the same drives, after it was killed.
    ///
    /// # Errors
    /// As [`Discrig::start`].
    pub(crate) fn start_again(&mut self) -> Result<()> {
        self.process = launch(&self.binary, &self.folder, self.port, &self.control, &self.arguments)?;
        Ok(())
    }

    /// Its log so far.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn log(&self) -> Result<String> {
        let path = log(&self.folder);
        fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
    }

    /// How many commands its drives have answered, by the transcripts.
    ///
    /// # Errors
    /// When a transcript cannot be read.
    pub(crate) fn commands(&self) -> Result<usize> {
        let mut count = 0;
        for entry in fs::read_dir(transcripts(&self.folder)).context("reading the transcripts")? {
            let text = fs::read_to_string(entry?.path()).context("reading a transcript")?;
            count += text.lines().filter(|line| line.contains("\"cdb\":")).count();
        }
        Ok(count)
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

/// Starts the server and waits until it can be reached.
fn launch(
    binary: &Path,
    folder: &Path,
    port: u16,
    control: &Path,
    arguments: &[OsString],
) -> Result<Process> {
    let mut command = children::command(binary, Death::Asked);
    command.args(["serve", "--pace", "instant", "--listen", &format!("127.0.0.1:{port}"), "--control"]);
    command.arg(control).args(arguments);
    let mut process = Process::start(&mut command, &log(folder))?;
    process.await_ready(&log(folder), || {
        ensure!(control.exists(), "{} is not there", control.display());
        Ok(())
    })?;
    Ok(process)
}

fn log(folder: &Path) -> PathBuf {
    folder.join("serve.log")
}

fn transcripts(folder: &Path) -> PathBuf {
    folder.join("nexus")
}

fn name(drive: usize) -> String {
    format!("drive{drive}")
}
