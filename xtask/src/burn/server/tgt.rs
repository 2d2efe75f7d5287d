//! tgt, the SCSI target of Debian: one of its CD drives for each drive.
//!
//! An empty file is a blank DVD+R to it, any other one a DVD-ROM; it has no other media (its README.mmc).

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result};

use super::{Address, Process, Server, free_port, program};
use crate::burn::media::Medium;
use crate::vm::tools;

/// Number of a drive in its target, whose unit 0 is a controller.
const LUN: &str = "1";

/// A running tgtd.
#[derive(Debug)]
pub(crate) struct Tgt {
    control: Control,
    folder: PathBuf,
    port: u16,
    discs: AtomicU32,
    _process: Process,
}

/// The number by which tgtadm finds its tgtd.
#[derive(Debug)]
struct Control(String);

impl Control {
    fn say(&self, arguments: &[&str]) -> Result<()> {
        let own = ["-C", &self.0, "--lld", "iscsi"];
        tools::output("tgtadm", own.iter().chain(arguments), Path::new("/")).map(drop)
    }
}

impl Tgt {
    /// Starts it with drives that hold the disc.
    ///
    /// # Errors
    /// When it does not start or does not take the drives.
    pub(crate) fn start(folder: &Path, drives: usize, disc: &Path) -> Result<Self> {
        let port = free_port()?;
        // The system's own tgtd has 0.
        let control = Control((process::id() % 30_000 + 1).to_string());
        let log = folder.join("tgtd.log");
        let portal = format!("portal=127.0.0.1:{port}");
        let mut command = program("tgtd")?;
        command.args(["-f", "-C", &control.0, "--iscsi", &portal]);
        let mut process = Process::start(&mut command, &log)?;
        process.await_ready(&log, || control.say(&["--mode", "target", "--op", "show"]))?;
        for drive in 0..drives {
            let (target, name) = (target(drive), name(drive));
            let disc = disc.to_string_lossy();
            control.say(&["--mode", "target", "--op", "new", "--tid", &target, "--targetname", &name])?;
            let unit = ["--mode", "logicalunit", "--op", "new", "--tid", &target, "--lun", LUN];
            control.say(&[&unit[..], &["--device-type", "cd", "--backing-store", &disc]].concat())?;
            control.say(&[
                "--mode",
                "target",
                "--op",
                "bind",
                "--tid",
                &target,
                "--initiator-address",
                "ALL",
            ])?;
        }
        Ok(Self { control, folder: folder.to_owned(), port, discs: AtomicU32::new(0), _process: process })
    }
}

impl Server for Tgt {
    fn name(&self) -> &'static str {
        "tgt"
    }

    fn address(&self, drive: usize) -> Address {
        Address { port: self.port, target: name(drive), lun: 1 }
    }

    fn lacks(&self, medium: Medium) -> Option<&'static str> {
        (medium != Medium::DvdPlusR).then_some("has no such medium")
    }

    fn insert(&self, drive: usize, _medium: Medium) -> Result<()> {
        let number = self.discs.fetch_add(1, Ordering::Relaxed);
        let disc = self.folder.join(format!("blank-{number}.disc"));
        File::create(&disc).with_context(|| format!("making {}", disc.display()))?;
        let target = target(drive);
        let unit = ["--mode", "logicalunit", "--op", "update", "--tid", &target, "--lun", LUN, "--params"];
        // A new path is refused while a disc is in; with one, the unit is online again.
        for change in ["online=0", &format!("path={}", disc.display())] {
            self.control.say(&[&unit[..], &[change]].concat())?;
        }
        Ok(())
    }
}

/// tgt counts its targets from 1.
fn target(drive: usize) -> String {
    (drive + 1).to_string()
}

fn name(drive: usize) -> String {
    format!("iqn.2026-11.dev.discrig:tgt{drive}")
}
