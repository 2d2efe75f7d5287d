//! A guest that takes jobs: its shared folder, and its life around somebody's work.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::data;
use super::jobs::{AGENT, Jobs};
use crate::vm::kernel::Kernel;
use crate::vm::modules::Index;
use crate::vm::qemu::{self, End};
use crate::vm::{initramfs, rig};

/// How long the guest may take until it takes jobs.
pub(crate) const BOOT: Duration = Duration::from_secs(120);

/// Makes the folder of a lane with what is burned in it, and returns the shared folder.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn prepare(folder: &Path) -> Result<PathBuf> {
    rig::empty(folder)?;
    let share = folder.join("share");
    for name in ["guest", "monitor", "data"] {
        fs::create_dir_all(share.join(name))?;
    }
    data::make(&share.join("data"))?;
    fs::write(share.join("guest/run.sh"), AGENT)?;
    Ok(share)
}

/// What a guest is made of.
#[derive(Debug)]
pub(crate) struct Guest<'a> {
    pub(crate) kernel: &'a Kernel,
    pub(crate) share: &'a Path,
    /// The modules that it loads.
    pub(crate) modules: &'a [&'a str],
    /// How many drives it waits for.
    pub(crate) drives: usize,
    /// Further arguments of QEMU.
    pub(crate) further: &'a [String],
}

impl Guest<'_> {
    /// Boots it, does something while it takes jobs, and returns what came of that. It is killed when it lives longer than `limit`.
    ///
    /// # Errors
    /// When the guest cannot be booted, does not take jobs, or does not end well.
    pub(crate) fn during<T>(&self, jobs: &Jobs, limit: Duration, work: impl FnOnce() -> T) -> Result<T> {
        let Guest { kernel, share, modules, drives, further } = *self;
        fs::write(share.join("lane.conf"), format!("DRIVES={drives}\n"))?;
        let initramfs = initramfs::write(share, kernel, &Index::read(&kernel.modules)?, modules)?;
        let guest = qemu::Guest {
            kernel: &kernel.image,
            initramfs: &initramfs,
            disc: Path::new(""),
            drives: &[],
            untouched: false,
            further,
            share,
        };
        thread::scope(|scope| {
            let guest = scope.spawn(|| {
                let end = guest.run(limit);
                jobs.guest_ended();
                end
            });
            let done = jobs.await_guest(BOOT).map(|()| work());
            // A guest that cannot be told is killed by its limit; one that has ended needs no telling.
            _ = jobs.quit();
            match guest.join() {
                Ok(Ok(End::Ended { success: true })) => done,
                Ok(Ok(End::Ended { success: false })) => done.context("QEMU failed; see qemu.log"),
                Ok(Ok(End::Deadline)) => bail!("the guest did not end in time"),
                Ok(Err(error)) => Err(error),
                Err(_) => bail!("the guest's thread panicked"),
            }
        })
    }
}
