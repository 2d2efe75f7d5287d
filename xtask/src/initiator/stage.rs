//! Where the steps happen: the guest, the server of its drives, and a server that wants to know who comes.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail, ensure};

use crate::burn::jobs::Jobs;
use crate::burn::server::{Discrig, Server as _, program};
use crate::vm::outcome::{Check, Standing};

/// The name of the guest's initiator.
pub(super) const KERNEL: &str = "iqn.2026-11.dev.discrig:kernel";
/// The name of another initiator, on the host.
pub(super) const OTHER: &str = "iqn.2026-11.dev.discrig:other";
/// The initiator's name and secret for CHAP.
pub(super) const USER: (&str, &str) = ("kernel", "secret-of-the-initiator");
/// The server's.
pub(super) const SERVER: (&str, &str) = ("rig", "secret-of-the-server");

/// Lines with this are what the kernel has logged about connections, see `functions.sh`.
const LOGGED: &str = "##e ";
/// In front of the number of an error.
const ERROR: &str = "detected conn error (";
/// Errors by which the kernel says that a connection is lost, not that something is wrong with what came: the connection or sending failed, it was
/// closed, the session was dropped because commands hang, nobody answered (`iscsi_err` of the kernel's `iscsi_if.h`).
const LOSSES: [&str; 5] = ["1011", "1019", "1020", "1021", "1022"];
/// With these, other lines for the host begin.
const STEP: &str = "##> ";
const STOPPED: &str = "##! ";

/// One step, in the order of the table.
#[derive(Debug)]
pub(super) struct Step {
    /// Its name.
    pub(super) name: &'static str,
    /// Whether the kernel may log that connections and sessions are lost. That the protocol is violated it may never.
    pub(super) breaks: bool,
    /// What is done; the outcome is what was seen.
    pub(super) act: fn(&mut Stage<'_>) -> Result<String>,
}

/// Everything that steps need.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    /// The server of the drives: number 0 is read, number 1 burned.
    pub(super) server: Discrig,
    /// The server that wants proof of who comes.
    pub(super) guarded: Discrig,
    share: &'a Path,
    jobs: &'a Jobs,
    /// Jobs so far.
    count: u32,
    /// Errors that the kernel has logged in this step.
    logged: Vec<String>,
    end: Instant,
}

impl<'a> Stage<'a> {
    /// Starts the servers.
    ///
    /// # Errors
    /// When one does not start.
    pub(super) fn set(
        binary: &Path,
        folder: &Path,
        share: &'a Path,
        jobs: &'a Jobs,
        end: Instant,
    ) -> Result<Self> {
        let disc = share.join("data/first.iso");
        let server = Discrig::start(binary, folder, 2, &disc, &[])?;
        let own = folder.join("guarded");
        fs::create_dir_all(&own)?;
        let secrets = [USER, SERVER].map(|(user, secret)| (own.join(format!("{user}.secret")), secret));
        for (path, secret) in &secrets {
            write_secret(path, secret)?;
        }
        let [one, other] = secrets.map(|(path, _)| path.to_string_lossy().into_owned());
        let access = ["--chap-user", USER.0, "--chap-secret-file", &one];
        let proof = ["--chap-mutual-user", SERVER.0, "--chap-mutual-secret-file", &other];
        let guarded = Discrig::start(binary, &own, 1, &disc, &[access, proof].concat())?;
        Ok(Self { server, guarded, share, jobs, count: 0, logged: Vec::new(), end })
    }

    /// Carries out the steps, tells how each stands, and goes on whatever comes of one.
    pub(super) fn carry_out(&mut self, steps: &[Step]) -> Vec<Check> {
        steps.iter().map(|step| self.judge(step)).collect()
    }

    fn judge(&mut self, step: &Step) -> Check {
        let started = Instant::now();
        let mut seen = (step.act)(self);
        let logged = std::mem::take(&mut self.logged);
        if seen.is_ok()
            && let Some(line) = logged.iter().find(|line| !(step.breaks && is_loss(line)))
        {
            seen = Err(anyhow!("the kernel's log: {line}"));
        }
        let (standing, words) = match seen {
            Ok(words) => (Standing::Pass, words),
            Err(error) => {
                self.mend();
                (Standing::Fail, format!("{error:#}"))
            }
        };
        let (word, seconds) = (standing.word(), started.elapsed().as_secs_f64());
        // Nowhere is left to report that standard output is closed.
        _ = writeln!(io::stdout(), "{word:6} {} {seconds:.1} s: {words}", step.name);
        Check { standing, name: step.name.to_owned(), words }
    }

    /// Undoes what a step that failed may have left.
    fn mend(&self) {
        for words in [&["faults", "lift"][..], &["plug", "in"], &["unlock"]] {
            // What is not there cannot be undone, and is refused.
            _ = self.server.control(0, words);
        }
    }

    /// Has the guest carry out a script that must succeed, and returns what it said, without the lines for the host.
    ///
    /// # Errors
    /// When it does not succeed within the time, with its last words.
    pub(super) fn guest(&mut self, seconds: u64, script: &str) -> Result<String> {
        let port = self.server.address(0).port;
        self.guest_at(port, seconds, script)
    }

    /// The same with the server that is guarded.
    ///
    /// # Errors
    /// As [`Stage::guest`].
    pub(super) fn guest_guarded(&mut self, seconds: u64, script: &str) -> Result<String> {
        let port = self.guarded.address(0).port;
        self.guest_at(port, seconds, script)
    }

    fn guest_at(&mut self, port: u16, seconds: u64, script: &str) -> Result<String> {
        let left = self.end.saturating_duration_since(Instant::now());
        ensure!(!left.is_zero(), "no time was left for it");
        self.count += 1;
        let name = format!("{:02}", self.count);
        let script = format!("PORT={port} PORTAL=10.0.2.2:{port}\n{script}\n");
        let job = self.jobs.run(&name, &script, left.min(Duration::from_secs(seconds)))?;
        let (lines, said): (Vec<&str>, Vec<&str>) =
            job.transcript.lines().partition(|line| line.starts_with("##"));
        self.logged.extend(lines.iter().filter_map(|line| line.strip_prefix(LOGGED)).map(str::to_owned));
        if job.code == Some(0) {
            return Ok(said.join("\n"));
        }
        let last = |start: &str| lines.iter().rev().find_map(|line| line.strip_prefix(start));
        let words = said.get(said.len().saturating_sub(2)..).unwrap_or_default().join(" | ");
        let step = last(STEP).unwrap_or("before the first command");
        match (job.code, last(STOPPED)) {
            (None, _) => bail!("{step}: did not end in time; last words: {words}"),
            (Some(_), Some(stopped)) => bail!("{step}: {stopped}; last words: {words}"),
            (Some(code), None) => bail!("{step}: the job ended with {code}; last words: {words}"),
        }
    }

    /// Errors of connections that the kernel has logged in this step.
    pub(super) fn logged(&self) -> &[String] {
        &self.logged
    }

    /// Gives a drive fault rules, in place of those that it has.
    ///
    /// # Errors
    /// When the server refuses.
    pub(super) fn rules(&self, drive: usize, rules: &str) -> Result<()> {
        let path = self.share.join("rules.toml");
        fs::write(&path, rules).with_context(|| format!("writing {}", path.display()))?;
        self.server.control(drive, &["faults", "lift"])?;
        self.server.control(drive, &["faults", &path.to_string_lossy()]).map(drop)
    }

    /// What the server logs while something is done, and what comes of that.
    ///
    /// # Errors
    /// When that fails, or the log cannot be read.
    pub(super) fn logging<T>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<(T, Vec<String>)> {
        let before = self.server.log()?.len();
        let done = act(self)?;
        let log = self.server.log()?;
        let lines = log.get(before..).unwrap_or_default().lines().map(str::to_owned).collect();
        Ok((done, lines))
    }
}

/// Whether a line of the kernel's log says no more than that a connection or a session is lost.
fn is_loss(line: &str) -> bool {
    match line.split_once(ERROR) {
        Some((_, rest)) => rest.split(')').next().is_some_and(|number| LOSSES.contains(&number)),
        None => !line.contains("rejected"),
    }
}

/// What another initiator on this machine finds when it looks for drives and asks each whether it is ready.
///
/// # Errors
/// When the program cannot be started.
pub(super) fn other_initiator(stage: &Stage<'_>) -> Result<String> {
    let portal = format!("iscsi://127.0.0.1:{}", stage.server.address(0).port);
    let output = program("iscsi-ls")?.args(["-s", "-i", OTHER, &portal]).output().context("iscsi-ls")?;
    let said = [output.stdout, output.stderr].concat();
    Ok(String::from_utf8_lossy(&said).into_owned())
}

/// Writes a file that nobody else can read.
fn write_secret(path: &PathBuf, secret: &str) -> Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("making {}", path.display()))?;
    file.write_all(secret.as_bytes()).with_context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_violation_is_no_loss() {
        assert!(is_loss(" connection1:0: detected conn error (1020)"));
        assert!(is_loss(" session1: session recovery timed out after 2 secs"));
        assert!(!is_loss(" connection1:0: detected conn error (1008)"));
        assert!(!is_loss(" connection1:0: pdu (op 0x1 itt 0x2) rejected. Reason code 0x4"));
    }
}
