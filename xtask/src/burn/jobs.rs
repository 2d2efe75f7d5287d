//! Jobs of a guest: scripts that it carries out, and what comes of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

/// What runs in the guest and carries out the jobs.
pub(crate) const AGENT: &str = include_str!("../../vm/burn/agent.sh");
/// What jobs have in common that burn.
pub(crate) const FUNCTIONS: &str = include_str!("../../vm/burn/functions.sh");
/// How often the host looks for answers.
const POLL: Duration = Duration::from_millis(20);
/// How long after a job's limit the guest may take to say so.
const GRACE: Duration = Duration::from_secs(15);

/// Exit codes of timeout(1) for a job whose limit was reached.
const LIMIT_REACHED: [i32; 2] = [124, 137];

/// A guest that carries out jobs, as the host sees it.
#[derive(Debug)]
pub(crate) struct Jobs {
    folder: PathBuf,
    /// What every job begins with.
    functions: String,
    /// Whether the guest has ended.
    ended: AtomicBool,
}

/// What came of a job.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Finished {
    /// Its exit code; none where its limit was reached.
    pub(crate) code: Option<i32>,
    /// What it said.
    pub(crate) transcript: String,
}

impl Jobs {
    /// Makes the folder of the jobs in the shared folder. Each job begins with the functions.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn new(share: &Path, functions: &str) -> Result<Self> {
        let folder = share.join("jobs");
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        Ok(Self { folder, functions: functions.to_owned(), ended: AtomicBool::new(false) })
    }

    /// The file with what a job says.
    pub(crate) fn transcript(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.out"))
    }

    /// Notes that the guest has ended, so that nobody waits for it any longer.
    pub(crate) fn guest_ended(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    /// Waits until the guest takes jobs.
    ///
    /// # Errors
    /// When it ends before, or does not within `limit`.
    pub(crate) fn await_guest(&self, limit: Duration) -> Result<()> {
        self.await_file(&self.folder.join("ready"), limit).context("the guest takes no jobs")
    }

    /// Has the guest carry out a script, and returns when it has ended.
    ///
    /// # Errors
    /// When the guest has ended or does not answer.
    pub(crate) fn run(&self, name: &str, script: &str, limit: Duration) -> Result<Finished> {
        self.leave(name, &format!("# {}\n{}\n{script}", limit.as_secs(), self.functions))?;
        let done = self.folder.join(format!("{name}.done"));
        self.await_file(&done, limit + GRACE).with_context(|| format!("waiting for {name}"))?;
        let code = fs::read_to_string(&done)?.trim().parse().context("the guest's answer")?;
        let said = fs::read(self.transcript(name)).context("reading the transcript")?;
        Ok(Finished {
            code: (!LIMIT_REACHED.contains(&code)).then_some(code),
            transcript: String::from_utf8_lossy(&said).into_owned(),
        })
    }

    /// Ends the guest.
    ///
    /// # Errors
    /// When it cannot be told.
    pub(crate) fn quit(&self) -> Result<()> {
        self.leave("quit", "")
    }

    /// Leaves a job for the guest, complete at once.
    fn leave(&self, name: &str, script: &str) -> Result<()> {
        let (new, job) = (self.folder.join(format!("{name}.new")), self.folder.join(format!("{name}.job")));
        fs::write(&new, script)?;
        fs::rename(&new, &job).with_context(|| format!("leaving {}", job.display()))
    }

    fn await_file(&self, path: &Path, limit: Duration) -> Result<()> {
        let end = Instant::now() + limit;
        while !path.exists() {
            ensure!(!self.ended.load(Ordering::Relaxed), "the guest has ended");
            if Instant::now() > end {
                bail!("the guest does not answer within {} s", limit.as_secs());
            }
            thread::sleep(POLL);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::burn::cell;
    use crate::vm::tools;

    #[test]
    fn everything_for_the_guest_is_shell() {
        // The guest has a bash, because Debian has; a machine that only builds may lack it.
        if tools::find("bash").is_none() {
            return;
        }
        let scripts = cell::all().map(|cell| cell.script(0));
        for text in scripts.chain([AGENT.to_owned(), FUNCTIONS.to_owned()]) {
            let status = Command::new("bash").args(["-n", "-c", &text]).status().unwrap();
            assert!(status.success(), "{text}");
        }
    }

    #[test]
    fn nobody_waits_for_a_guest_that_has_ended() {
        let folder = std::env::temp_dir().join(format!("discrig-jobs-{}", std::process::id()));
        let jobs = Jobs::new(&folder, FUNCTIONS).unwrap();
        jobs.guest_ended();
        let error = jobs.run("a", "true", Duration::from_secs(60)).unwrap_err();
        assert!(format!("{error:#}").contains("has ended"), "{error:#}");
        fs::remove_dir_all(&folder).unwrap();
    }
}
