//! `cargo xtask kill-burn`: burns to disc files are killed at random moments, and nothing that was safe may be lost.
//!
//! The burner is an example of `discrig-bench`: the emulated drive with a disc in a file. It says up to which block SYNCHRONIZE CACHE has
//! answered. After each kill the disc is opened again, everything below that block is compared, and the drive is asked whether it agrees with
//! itself. Then the same disc is burned on, or another one is begun.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use anyhow::{Context as _, Result, bail, ensure};

use crate::children::{self, Death};
use crate::release;

/// Media that the rounds take turns with: recorded in sequence, and in any order.
const MEDIA: [&str; 6] = ["bd-r", "bd-re", "dvd-r", "dvd+r", "dvd+rw", "bd-r-xl-128"];
/// What the burner says when the disc is in the drive.
const BEGUN: &str = "begun\n";
/// Kills of the same disc.
const KILLS: u64 = 5;
/// The longest life of a burner.
const LONGEST: Duration = Duration::from_millis(400);

/// How often, and with which luck.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  cargo xtask kill-burn --rounds 1000 --seed 7")]
pub(crate) struct Args {
    /// Kills
    #[arg(long, value_name = "N", default_value_t = 100)]
    rounds: u64,
    /// Decides on the moments and on what is burned
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

/// What came of all rounds.
#[derive(Default)]
struct Tally {
    /// Kills after which something had been safe.
    meaningful: u64,
    /// Blocks that were compared.
    compared: u64,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let burner = release::example("discrig-bench", "burn")?;
    let folder = env::temp_dir().join(format!("discrig-kill-burn-{}", std::process::id()));
    fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    let outcome = all(&burner, &folder, args);
    let tally = match outcome {
        Ok(tally) => tally,
        // The disc is what somebody will want to look at.
        Err(error) => return Err(error.context(format!("the disc file is in {}", folder.display()))),
    };
    fs::remove_dir_all(&folder).with_context(|| format!("remove {}", folder.display()))?;
    let Tally { meaningful, compared } = tally;
    writeln!(
        io::stdout(),
        "{} kills, {meaningful} of them after something was safe: {compared} blocks compared, none lost",
        args.rounds
    )?;
    ensure!(
        meaningful > 0 || args.rounds == 0,
        "no burner lived long enough to make anything safe: this machine is too slow for a verdict"
    );
    Ok(())
}

fn all(burner: &Path, folder: &Path, args: &Args) -> Result<Tally> {
    let mut tally = Tally::default();
    for round in 0..args.rounds {
        let disc = round / KILLS;
        let medium = MEDIA[(disc % MEDIA.len() as u64) as usize];
        let file = folder.join("burned.disc");
        if round.is_multiple_of(KILLS) && file.exists() {
            fs::remove_file(&file)?;
        }
        let seed = mixed(args.seed ^ disc).to_string();
        let life = LONGEST.mul_f64(mixed(args.seed ^ !round) as f64 / u64::MAX as f64);
        let log = folder.join("burned.log");
        kill_after(burn(burner, medium, &file, &seed, &log)?, life)?;
        let said = fs::read_to_string(&log)?;
        let safe = last_safe(&said);
        if round.is_multiple_of(KILLS) && !said.starts_with(BEGUN) {
            // The file was not yet a disc; the next life begins it.
            fs::remove_file(&file).or_else(|error| if file.exists() { Err(error) } else { Ok(()) })?;
            continue;
        }
        check(burner, medium, &file, &seed, safe)
            .with_context(|| format!("round {round}: {medium}, seed {seed}, killed after {life:?}"))?;
        tally.meaningful += u64::from(safe > 0);
        tally.compared += safe;
    }
    Ok(tally)
}

fn burn(burner: &Path, medium: &str, file: &Path, seed: &str, log: &Path) -> Result<Child> {
    children::command(burner, Death::Killed)
        .args([medium.as_ref(), file.as_os_str(), seed.as_ref()])
        .stdout(File::create(log)?)
        .stdin(Stdio::null())
        .spawn()
        .with_context(|| format!("start {}", burner.display()))
}

/// Kills a process outright when its time is over. One that ended by itself before has failed, or has filled the disc.
fn kill_after(mut child: Child, life: Duration) -> Result<()> {
    let end = Instant::now() + life;
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        if let Some(status) = child.try_wait()? {
            ensure!(status.success(), "the burner failed by itself: {status}");
            return Ok(());
        }
        thread::sleep(left.min(Duration::from_millis(2)));
    }
    child.kill()?;
    child.wait()?;
    Ok(())
}

/// The last block that the burner said to be safe; its last line may be torn.
fn last_safe(log: &str) -> u64 {
    let whole = log.rfind('\n').map_or("", |end| &log[..end]);
    whole.lines().filter_map(|line| line.strip_prefix("synced ")?.parse().ok()).next_back().unwrap_or(0)
}

fn check(burner: &Path, medium: &str, file: &Path, seed: &str, safe: u64) -> Result<()> {
    let safe = safe.to_string();
    let answer = Command::new(burner)
        .args([medium.as_ref(), file.as_os_str(), seed.as_ref(), safe.as_ref()])
        .output()
        .with_context(|| format!("start {}", burner.display()))?;
    if !answer.status.success() {
        bail!("{}", String::from_utf8_lossy(&answer.stderr).trim());
    }
    Ok(())
}

/// A step of splitmix64.
fn mixed(seed: u64) -> u64 {
    let word = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn torn_lines_do_not_count() {
        assert_eq!(last_safe(""), 0);
        assert_eq!(last_safe("synced 32\nsynced 128\n"), 128);
        assert_eq!(last_safe("synced 32\nsynced 12"), 32);
        assert_eq!(last_safe("sync"), 0);
    }
}
