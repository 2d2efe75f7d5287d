//! Other programs that this one starts. They end with it, however it ends: by a signal that it could catch, or by SIGKILL.
//!
//! Linux sends a process a signal of its choice when its parent dies. A process asks for that itself, between `fork` and `exec`; here setpriv(1) of
//! util-linux does so and then becomes the program, under the same process id. "Parent" is the *thread* that started it, so who starts
//! a child must outlive it.

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// How a child ends that is left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    /// By SIGTERM, for programs with something to tidy up. It comes once for each thread of ours that the child was handed to meanwhile.
    Asked,
    /// By SIGKILL.
    Killed,
}

impl Death {
    const fn signal(self) -> &'static str {
        match self {
            Self::Asked => "TERM",
            Self::Killed => "KILL",
        }
    }
}

/// A program that ends with this one. `program` is a path, or a name that the search path has. Where there is no setpriv, children may be left behind.
pub(crate) fn command(program: impl AsRef<OsStr>, death: Death) -> Command {
    if !has_setpriv() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", death.signal(), "--"]).arg(program);
    command
}

/// Whether there is a setpriv that knows the option: busybox's does not.
fn has_setpriv() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(|| {
        let mut tried = Command::new("setpriv");
        tried.args(["--pdeathsig", "KILL", "--", "true"]);
        tried.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        tried.status().is_ok_and(|status| status.success())
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::thread;
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn children_end_with_who_started_them() {
        if !has_setpriv() {
            return;
        }
        for death in [Death::Asked, Death::Killed] {
            let start = move || command("sleep", death).arg("60").stdin(Stdio::null()).spawn().unwrap();
            let mut child = thread::spawn(move || {
                let child = start();
                // It asks for the signal before it becomes the program.
                let name = format!("/proc/{}/comm", child.id());
                let end = Instant::now() + Duration::from_secs(20);
                while fs::read_to_string(&name).unwrap().trim() != "sleep" {
                    assert!(Instant::now() < end, "it does not become the program");
                    thread::sleep(Duration::from_millis(5));
                }
                child
            })
            .join()
            .unwrap();
            let end = Instant::now() + Duration::from_secs(20);
            let status = loop {
                if let Some(status) = child.try_wait().unwrap() {
                    break status;
                }
                assert!(Instant::now() < end, "{death:?}: it lives on");
                thread::sleep(Duration::from_millis(5));
            };
            assert!(!status.success(), "{death:?}: {status}");
        }
    }
}
