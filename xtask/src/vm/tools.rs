//! Programs of this machine that the lanes need, and the packages they come from.

use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};

use crate::children::{self, Death};

/// One program and where Debian has it.
#[derive(Debug)]
pub(crate) struct Tool {
    /// File name of the program.
    pub(crate) program: &'static str,
    /// The package it is in; empty where every Debian has it.
    pub(crate) package: &'static str,
}

/// Everything the host and the guest call; the guest uses the host's programs.
const TOOLS: &[Tool] = &[
    Tool { program: "apt-cache", package: "" },
    Tool { program: "apt-get", package: "" },
    Tool { program: "busybox", package: "busybox-static" },
    Tool { program: "depmod", package: "kmod" },
    Tool { program: "dpkg", package: "" },
    Tool { program: "perl", package: "" },
    Tool { program: "qemu-system-x86_64", package: "qemu-system-x86" },
    Tool { program: "sg_start", package: "sg3-utils" },
    Tool { program: "xorriso", package: "xorriso" },
    Tool { program: "xz", package: "xz-utils" },
];

/// The Debian packages that the lanes need beyond what every Debian has.
pub(crate) const PACKAGES: &[&str] =
    &["busybox-static", "kmod", "qemu-system-x86", "sg3-utils", "xorriso", "xz-utils"];

/// Something this machine does not have, so that lanes are skipped. Everything else that goes wrong is a failure.
#[derive(Debug)]
pub(crate) struct Unavailable(
    /// What is missing, and what to do about it.
    pub(crate) String,
);

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unavailable {}

/// Checks that the tools of all lanes are here.
///
/// # Errors
/// [`Unavailable`] with all missing programs and the packages to install.
pub(crate) fn require_all() -> Result<()> {
    require(TOOLS)
}

/// Checks that these tools are here.
///
/// # Errors
/// As [`require_all`].
pub(crate) fn require(tools: &[Tool]) -> Result<()> {
    let missing: Vec<_> = tools.iter().filter(|tool| find(tool.program).is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let programs: Vec<_> = missing.iter().map(|tool| tool.program).collect();
    let packages: Vec<_> = missing.iter().map(|tool| tool.package).filter(|name| !name.is_empty()).collect();
    let remedy = if packages.len() == missing.len() {
        format!("apt-get install --no-install-recommends {}", packages.join(" "))
    } else {
        "this lane needs a Debian system".to_owned()
    };
    Err(Unavailable(format!("not found: {}; {remedy}", programs.join(" "))).into())
}

/// The path of a program, also where the administrator's programs are not in the search path.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let search = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&search)
        .chain(["/usr/sbin", "/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

/// Runs a program in a folder and returns what it wrote to its standard output.
///
/// # Errors
/// When it cannot be started or does not end with success; its last words on standard error are in the message.
pub(crate) fn output<S: AsRef<OsStr>>(
    program: &str,
    arguments: impl IntoIterator<Item = S>,
    folder: &Path,
) -> Result<Vec<u8>> {
    let path = find(program).with_context(|| format!("{program} is not installed"))?;
    let output = children::command(path, Death::Killed)
        .args(arguments)
        .current_dir(folder)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("starting {program}"))?;
    let words = String::from_utf8_lossy(&output.stderr);
    let last = words.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
    ensure!(output.status.success(), "{program} ended with {}: {last}", output.status);
    Ok(output.stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_those_of_the_tools() {
        let mut named: Vec<_> =
            TOOLS.iter().map(|tool| tool.package).filter(|name| !name.is_empty()).collect();
        named.sort_unstable();
        named.dedup();
        assert_eq!(PACKAGES, named);
    }

    #[test]
    fn failures_carry_the_last_words() {
        let here = Path::new(".");
        assert_eq!(output("sh", ["-c", "printf yes"], here).unwrap(), b"yes");
        let error = output("sh", ["-c", "echo first >&2; echo last >&2; exit 3"], here).err().unwrap();
        assert!(error.to_string().contains("last"), "{error}");
        assert!(output("no-such-program", ["x"], here).is_err());
    }
}
