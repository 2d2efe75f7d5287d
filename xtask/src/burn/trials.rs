//! Trials: something happens to the drive while it burns, and the tool must say so.
//!
//! Afterwards the server serves on: what happened is undone, what is left of the disc is legal, and the same drive burns the next one.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, ensure};

use super::cell;
use super::jobs::{Finished, Jobs};
use super::media::Medium;
use super::outcome::{Verdict, judge};
use super::server::{Discrig, Server as _};

/// What is burned meanwhile: more than is ever written. The tool wants each command done within ten seconds.
const BURN: &str = "wodim -v gracetime=2 timeout=10 dev=$SR -tao -data tsize=600m /dev/zero";
/// What the tool says when the burn begins.
const BEGUN: Words = Words::Text(&["Starting new track"]);
/// How long it may take until then.
const BEGIN: Duration = Duration::from_secs(90);
/// How long it may take the kernel and the tool to give up.
const GIVE_UP: Duration = Duration::from_secs(120);
/// How a tool looks at a disc whose burn broke off.
const LOOK: &str = "cdrskin dev=$SR -minfo";
/// What the drive must be able to do afterwards.
const AFTERWARDS: &str = "wodim.tao.cd-r";

/// The rule for a stall.
const STALL: &str = "[[rule]]\nname = \"a write never ends\"\nwhen = { command = \"WRITE(10)\" }\ndo = { stall = {} }\ntimes = 1\n";

/// Something that happens to a drive.
#[derive(Debug)]
struct Trial {
    name: &'static str,
    /// What is done.
    strike: Strike,
    /// How it is undone once the tool has said something: words for `discrig ctl`, line by line.
    mend: &'static [&'static [&'static str]],
    /// What the tool must say.
    says: Words,
}

/// Something that a tool says.
#[derive(Clone, Copy, Debug)]
enum Words {
    /// That a command took longer than the tool allows.
    Overrun,
    /// One of these.
    Text(&'static [&'static str]),
}

impl Words {
    /// Whether a line says it.
    fn are_in(self, line: &str) -> bool {
        match self {
            Self::Overrun => overruns(line).unwrap_or(false),
            Self::Text(texts) => texts.iter().any(|text| line.contains(text)),
        }
    }
}

/// Whether wodim says of a command that it took longer than allowed: `cmd finished after 15.604s timeout 10s`.
fn overruns(line: &str) -> Option<bool> {
    let (took, allowed) = line.trim().strip_prefix("cmd finished after ")?.split_once("s timeout ")?;
    let seconds = |text: &str| text.trim_end_matches('s').parse::<f64>().ok();
    Some(seconds(took)? >= seconds(allowed)?)
}

#[derive(Debug)]
enum Strike {
    /// Words for `discrig ctl`.
    Control(&'static [&'static str]),
    /// Rules that the drive gets.
    Rules(&'static str),
}

const TRIALS: &[Trial] = &[
    Trial {
        name: "stall",
        strike: Strike::Rules(STALL),
        // What is stalled stays so until somebody aborts it.
        mend: &[&["faults", "lift"], &["reset", "unit"]],
        says: Words::Overrun,
    },
    Trial {
        name: "foreign-lock",
        strike: Strike::Control(&["lock"]),
        mend: &[&["unlock"]],
        says: Words::Text(&["RESERVATION CONFLICT"]),
    },
    Trial {
        name: "pulled-plug",
        strike: Strike::Control(&["plug", "out", "--for", "5"]),
        mend: &[],
        // QEMU logs in again and repeats the write that was under way. The drive was switched on anew and has forgotten the track that was
        // being written: it says the one, or, where QEMU has swallowed that, the other.
        says: Words::Text(&["Sense Code: 0x29 Qual 0x00", "Sense Code: 0x21 Qual 0x02"]),
    },
];

/// What came of a trial.
#[derive(Debug)]
pub(crate) struct TrialOutcome {
    /// Its name.
    pub(crate) name: &'static str,
    /// How it stands.
    pub(crate) verdict: Verdict,
    /// What the tool said of it.
    pub(crate) heard: String,
    /// Time for it in seconds.
    pub(crate) seconds: f64,
    /// What was said during the burn.
    pub(crate) transcript: PathBuf,
}

/// A drive for trials.
#[derive(Debug)]
pub(crate) struct Rack<'a> {
    /// Its server.
    pub(crate) server: &'a Discrig,
    /// Its number on the server.
    pub(crate) drive: usize,
    /// Its number in the guest.
    pub(crate) id: usize,
    /// The guest.
    pub(crate) jobs: &'a Jobs,
    /// A folder for rules and discs.
    pub(crate) folder: PathBuf,
}

impl Rack<'_> {
    /// Makes all trials, one after the other.
    pub(crate) fn run_all(&self) -> Vec<TrialOutcome> {
        TRIALS.iter().map(|trial| self.run(trial)).collect()
    }

    fn run(&self, trial: &Trial) -> TrialOutcome {
        let started = Instant::now();
        let name = format!("trial.{}", trial.name);
        let (verdict, heard) = match self.strike(&name, trial) {
            Ok((heard, Verdict::Pass)) => (self.afterwards(&name, trial), heard),
            Ok((heard, verdict)) => (verdict, heard),
            Err(error) => (Verdict::trouble(format!("{error:#}")), String::new()),
        };
        let seconds = started.elapsed().as_secs_f64();
        TrialOutcome { name: trial.name, verdict, heard, seconds, transcript: self.jobs.transcript(&name) }
    }

    /// Burns, strikes, and mends; returns what the tool said of it.
    fn strike(&self, name: &str, trial: &Trial) -> Result<(String, Verdict)> {
        let spec = format!("file+{}:{}", Medium::CdR, self.disc(trial).display());
        self.server.lay_in(self.drive, &spec).context("inserting the disc")?;
        let script = format!("drive {}\nmust_fail {BURN}\n", self.id);
        thread::scope(|scope| {
            let burn = scope.spawn(|| self.jobs.run(name, &script, BEGIN + GIVE_UP));
            let struck = self
                .await_words(name, BEGUN, || burn.is_finished())
                .context("waiting for the burn to begin")
                .and_then(|()| self.act(trial));
            // What is not heard before the end of the burn is looked for in all that was said.
            let _ = self.await_words(name, trial.says, || burn.is_finished());
            for words in trial.mend {
                self.server.control(self.drive, words).context("undoing it")?;
            }
            let burned = burn.join().unwrap_or_else(|_| Err(anyhow!("the thread of the burn panicked")));
            struck?;
            Ok(hear(trial, &burned?))
        })
    }

    /// Waits until a job has said it, or is over.
    fn await_words(&self, name: &str, words: Words, over: impl Fn() -> bool) -> Result<()> {
        let end = Instant::now() + BEGIN;
        let path = self.jobs.transcript(name);
        let heard = || {
            fs::read(&path)
                .is_ok_and(|said| String::from_utf8_lossy(&said).lines().any(|line| words.are_in(line)))
        };
        while !heard() {
            ensure!(Instant::now() < end && !over(), "it does not say {words:?}");
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn act(&self, trial: &Trial) -> Result<()> {
        match trial.strike {
            Strike::Control(words) => self.server.control(self.drive, words).map(drop),
            Strike::Rules(rules) => {
                let path = self.folder.join(format!("{}.toml", trial.name));
                fs::write(&path, rules)?;
                self.server.control(self.drive, &["faults", &path.to_string_lossy()]).map(drop)
            }
        }
    }

    /// The file with the disc of a trial.
    fn disc(&self, trial: &Trial) -> PathBuf {
        self.folder.join(format!("{}.disc", trial.name))
    }

    /// What is left of the disc makes sense to a tool and is a legal file, and the same drive burns the next one.
    fn afterwards(&self, name: &str, trial: &Trial) -> Verdict {
        let burned = || -> Result<Verdict> {
            let cell = cell::select(&[AFTERWARDS.to_owned()], &[])?.remove(0);
            let look = format!("revive {id}\ndrive {id}\nrun {LOOK}\n", id = self.id);
            let looked = self.jobs.run(&format!("{name}.look"), &look, GIVE_UP)?;
            if looked.code != Some(0) {
                return Ok(judge(&cell, &looked));
            }
            self.server.insert(self.drive, cell.medium).context("inserting the next disc")?;
            self.server.verify(&self.disc(trial)).context("what is left of the disc")?;
            let job = self.jobs.run(&format!("{name}.afterwards"), &cell.script(self.id), GIVE_UP)?;
            Ok(judge(&cell, &job))
        };
        burned().unwrap_or_else(|error| Verdict::trouble(format!("afterwards: {error:#}")))
    }
}

/// Whether the tool failed, and said why.
fn hear(trial: &Trial, job: &Finished) -> (String, Verdict) {
    let mut lines = job.transcript.lines().map(str::trim);
    let heard = lines.clone().find(|line| trial.says.are_in(line));
    let verdict = match (job.code, heard) {
        (None, _) => Verdict::trouble("the tool did not give up".to_owned()),
        (Some(0), Some(_)) => Verdict::Pass,
        (Some(0), None) => {
            let last = lines.rfind(|line| !line.is_empty() && !line.starts_with("##")).unwrap_or_default();
            Verdict::trouble(format!("the tool failed without saying why; last words: {last}"))
        }
        (Some(code), _) => Verdict::trouble(format!("the job ended with {code}")),
    };
    (heard.unwrap_or_default().to_owned(), verdict)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(code: Option<i32>, transcript: &str) -> Verdict {
        hear(&TRIALS[0], &Finished { code, transcript: transcript.to_owned() }).1
    }

    #[test]
    fn a_tool_must_fail_and_say_why() {
        assert_eq!(heard(Some(0), "cmd finished after 15.604s timeout 10s\n"), Verdict::Pass);
        let soon = heard(Some(0), "cmd finished after 0.003s timeout 10s\n");
        assert!(soon.words().contains("without saying why"), "{soon:?}");
        assert!(heard(Some(0), "wodim: oops\n").words().contains("oops"));
        assert!(heard(Some(1), "cmd finished after 15.6s timeout 10s\n").words().contains("ended with 1"));
        assert!(heard(None, "").words().contains("give up"));
    }

    #[test]
    fn the_cell_for_afterwards_is_there() {
        assert_eq!(cell::select(&[AFTERWARDS.to_owned()], &[]).unwrap().len(), 1);
    }
}
