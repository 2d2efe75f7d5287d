//! What the guest gets: scripts and settings, in the initramfs and in the shared folder.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::lanes::{Lane, Script};

/// The script that runs first in the guest.
pub(super) const INIT: &str = include_str!("../../vm/init.sh");

/// The scripts that run in the host's root file system, by file name.
const SCRIPTS: &[(&str, &str)] = &[
    ("fresh.sh", include_str!("../../vm/fresh.sh")),
    ("functions.sh", include_str!("../../vm/functions.sh")),
    ("kill.sh", include_str!("../../vm/kill.sh")),
    ("lock.sh", include_str!("../../vm/lock.sh")),
    ("run.sh", include_str!("../../vm/run.sh")),
    ("slow.sh", include_str!("../../vm/slow.sh")),
    ("suite.sh", include_str!("../../vm/suite.sh")),
    ("unplug.sh", include_str!("../../vm/unplug.sh")),
];

/// Seconds that the guest keeps of a lane's limit for booting and for what is not the suite.
const RESERVE_S: u64 = 30;

impl Script {
    /// Its file name.
    const fn file(self) -> &'static str {
        match self {
            Self::Fresh => "fresh.sh",
            Self::Kill => "kill.sh",
            Self::Lock => "lock.sh",
            Self::Slow => "slow.sh",
            Self::Suite => "suite.sh",
            Self::Unplug => "unplug.sh",
        }
    }
}

/// Settings for [`INIT`]: where the shared folder is.
pub(super) fn init_settings(share: &Path) -> String {
    format!("SHARE={}\n", quoted(&share.to_string_lossy()))
}

/// Fills the shared folder with the scripts and settings of a lane. `suite` are arguments of `discrig test` beside the
/// lane's own, `expected` is a file of expected failures in the folder.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn write(
    share: &Path,
    lane: &Lane,
    seed: u16,
    suite: &[String],
    expected: Option<&Path>,
) -> Result<()> {
    let guest = share.join("guest");
    for folder in [&guest, &share.join("monitor")] {
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    for (name, text) in SCRIPTS {
        let path = guest.join(name);
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    }
    let path = share.join("lane.conf");
    fs::write(&path, settings(lane, seed, suite, expected))
        .with_context(|| format!("writing {}", path.display()))
}

fn settings(lane: &Lane, seed: u16, suite: &[String], expected: Option<&Path>) -> String {
    let expected = expected.map(|path| path.to_string_lossy());
    let further = suite.iter().map(String::as_str);
    let mut suite: Vec<String> = lane.suite.iter().copied().chain(further).map(quoted).collect();
    if let Some(path) = &expected {
        suite.extend(["--expect".to_owned(), quoted(path)]);
    }
    format!(
        "SCRIPT={}\nNODES={}\nDRIVES={}\nSUITE=({})\nEXPECTED={}\nSUITE_LIMIT={}\nSEED={seed}\n",
        lane.script.file(),
        lane.nodes.name(),
        lane.drives.len(),
        suite.join(" "),
        quoted(expected.as_deref().unwrap_or_default()),
        lane.limit_s.saturating_sub(RESERVE_S),
    )
}

/// The text as one word of the shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::super::lanes::LANES;
    use super::super::tools;
    use super::*;

    #[test]
    fn every_script_is_delivered() {
        for lane in LANES {
            assert!(SCRIPTS.iter().any(|(name, _)| *name == lane.script.file()), "{}", lane.name);
        }
    }

    #[test]
    fn scripts_are_shell() {
        // The guest has a bash, because Debian has; a machine that only builds may lack it.
        if tools::find("bash").is_none() {
            return;
        }
        for (name, text) in SCRIPTS.iter().chain(&[("init.sh", INIT)]) {
            let status = Command::new("bash").args(["-n", "-c", text]).status().unwrap();
            assert!(status.success(), "{name}");
        }
    }

    #[test]
    fn every_promised_check_stands_in_the_lanes_script() {
        let script =
            |name: &str| SCRIPTS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text).unwrap();
        for lane in LANES {
            for check in lane.checks {
                let all = [script(lane.script.file()), script("functions.sh")].concat();
                assert!(all.contains(&format!(" {check} ")), "{}: {check}", lane.name);
            }
        }
    }

    #[test]
    fn words_of_the_shell_are_quoted() {
        assert_eq!(quoted("timeout.*"), "'timeout.*'");
        assert_eq!(quoted("a'b"), r"'a'\''b'");
    }
}
