//! tgt with one CD drive.

use std::fs::File;
use std::path::Path;
use std::process::{self, Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::{free_port, program, text};

const TARGET: &str = "iqn.2026-11.dev.discrig:tgt";
/// How long tgtd may take to start.
const START: Duration = Duration::from_secs(20);

/// A running tgtd; it is killed when this is dropped.
#[derive(Debug)]
pub(super) struct Tgt {
    child: Child,
    /// Where QEMU finds the drive.
    pub(super) image: String,
}

impl Tgt {
    /// Starts it with a drive that holds the disc. Unit 0 of its targets is a controller, so the drive is unit 1.
    ///
    /// # Errors
    /// It does not start or does not take the drive.
    pub(super) fn start(folder: &Path, disc: &Path) -> Result<Tgt> {
        let (port, log) = (free_port()?, folder.join("tgtd.log"));
        // The system's own tgtd has control number 0.
        let control = (process::id() % 30_000 + 1).to_string();
        let log = File::create(&log).with_context(|| format!("making {}", log.display()))?;
        let child = program("tgtd")?
            .args(["-f", "-C", &control, "--iscsi", &format!("portal=127.0.0.1:{port}")])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("starting tgtd")?;
        let tgt = Tgt { child, image: format!("portal=127.0.0.1:{port},target={TARGET},lun=1") };
        let say = |words: &[&str]| -> Result<()> {
            let output = program("tgtadm")?.args(["-C", &control, "--lld", "iscsi"]).args(words).output()?;
            ensure!(output.status.success(), "tgtadm: {}", String::from_utf8_lossy(&output.stderr).trim());
            Ok(())
        };
        let end = Instant::now() + START;
        while let Err(error) = say(&["--mode", "target", "--op", "show"]) {
            ensure!(Instant::now() < end, "tgtd does not start: {error:#}");
            thread::sleep(Duration::from_millis(50));
        }
        let target = ["--tid", "1", "--mode", "target", "--op"];
        say(&[&target[..], &["new", "--targetname", TARGET]].concat())?;
        let unit =
            ["--tid", "1", "--mode", "logicalunit", "--op", "new", "--lun", "1", "--device-type", "cd"];
        say(&[&unit[..], &["--backing-store", text(disc)?]].concat())?;
        say(&[&target[..], &["bind", "--initiator-address", "ALL"]].concat())?;
        Ok(tgt)
    }
}

impl Drop for Tgt {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
