//! The guest and the servers of its drives, and the cells' way through them.

use std::collections::VecDeque;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use super::cell::Cell;
use super::data;
use super::jobs::{AGENT, Jobs};
use super::outcome::{Outcome, Verdict, judge};
use super::server::Server;
use crate::vm::guest::{INIT, init_settings};
use crate::vm::kernel::Kernel;
use crate::vm::modules::Index;
use crate::vm::qemu::{End, Guest};
use crate::vm::{initramfs, rig};

/// What the guest loads: its world over 9p, the drives over virtio-scsi, and what mounts discs.
const MODULES: &[&str] = &["virtio_pci", "9pnet_virtio", "9p", "virtio_scsi", "sr_mod", "sg", "isofs"];
/// How long the guest may take until it takes jobs.
const BOOT: Duration = Duration::from_secs(120);

/// A server and how many drives it serves.
#[derive(Debug)]
pub(crate) struct Shop {
    /// The server.
    pub(crate) server: Box<dyn Server>,
    /// Its drives.
    pub(crate) drives: usize,
}

/// Limits of time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// For one cell.
    pub(crate) cell: Duration,
    /// For all of them.
    pub(crate) all: Duration,
}

/// Makes the folder of the lane with what is burned in it, and returns the shared folder.
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

/// Boots a guest with the drives of all shops, burns the cells on each of them, and returns what came of it, shop by shop.
///
/// # Errors
/// When the guest cannot be booted or does not take jobs.
pub(crate) fn run(
    kernel: &Kernel,
    share: &Path,
    shops: &[Shop],
    cells: &[Cell],
    limits: Limits,
) -> Result<Vec<Vec<Outcome>>> {
    let end = Instant::now() + limits.all;
    let jobs = Jobs::new(share)?;
    let drives: Vec<(usize, usize)> = shops
        .iter()
        .enumerate()
        .flat_map(|(shop, of)| (0..of.drives).map(move |drive| (shop, drive)))
        .collect();
    fs::write(share.join("lane.conf"), format!("DRIVES={}\n", drives.len()))?;
    let initramfs = write_initramfs(kernel, share)?;
    let addresses: Vec<_> = drives.iter().map(|&(shop, drive)| shops[shop].server.address(drive)).collect();
    let further = arguments(&addresses);
    let guest = Guest {
        kernel: &kernel.image,
        initramfs: &initramfs,
        disc: Path::new(""),
        drives: &[],
        untouched: false,
        further: &further,
        share,
    };
    let queues: Vec<Mutex<VecDeque<Cell>>> =
        shops.iter().map(|_| Mutex::new(cells.iter().copied().collect())).collect();
    let results: Vec<Mutex<Vec<Outcome>>> = shops.iter().map(|_| Mutex::default()).collect();
    thread::scope(|scope| {
        let guest = scope.spawn(|| {
            let end = guest.run(limits.all + BOOT);
            jobs.guest_ended();
            end
        });
        let burned = jobs.await_guest(BOOT).map(|()| {
            thread::scope(|scope| {
                for (id, &(shop, drive)) in drives.iter().enumerate() {
                    let (queue, results, jobs) = (&queues[shop], &results[shop], &jobs);
                    let station = Station { server: &*shops[shop].server, drive, id, jobs, limits, end };
                    scope.spawn(move || station.burn_all(queue, results));
                }
            });
        });
        // A guest that cannot be told is killed by its limit; one that has ended needs no telling.
        _ = jobs.quit();
        match guest.join() {
            Ok(Ok(End::Ended { success: true })) => burned,
            Ok(Ok(End::Ended { success: false })) => burned.context("QEMU failed; see qemu.log"),
            Ok(Ok(End::Deadline)) => bail!("the guest did not end in time"),
            Ok(Err(error)) => Err(error),
            Err(_) => bail!("the guest's thread panicked"),
        }
    })?;
    Ok(results.into_iter().map(in_order).collect())
}

/// The outcomes in the order of the table.
fn in_order(results: Mutex<Vec<Outcome>>) -> Vec<Outcome> {
    let mut outcomes = results.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    let order: Vec<String> = super::cell::all().map(|cell| cell.name()).collect();
    outcomes.sort_by_key(|outcome| order.iter().position(|name| *name == outcome.cell.name()));
    outcomes
}

fn write_initramfs(kernel: &Kernel, share: &Path) -> Result<PathBuf> {
    let modules = Index::read(&kernel.modules)?.load_order(MODULES)?;
    let archive = initramfs::build(INIT, &init_settings(share), &kernel.modules, &modules)?;
    let path = share.join("initramfs.cpio");
    fs::write(&path, archive).context("writing the initramfs")?;
    Ok(path)
}

/// QEMU's arguments for served drives, each with its place in the list as its SCSI id.
fn arguments(addresses: &[String]) -> Vec<String> {
    let mut arguments = vec!["-device".to_owned(), "virtio-scsi-pci,id=served".to_owned()];
    for (id, address) in addresses.iter().enumerate() {
        let drive = format!("if=none,id=served{id},file={address},format=raw");
        let device = format!("scsi-generic,bus=served.0,scsi-id={id},drive=served{id}");
        arguments.extend(["-drive".to_owned(), drive, "-device".to_owned(), device]);
    }
    arguments
}

/// One drive, in front of which cells stand in line.
struct Station<'a> {
    server: &'a dyn Server,
    /// Its number on the server.
    drive: usize,
    /// Its number in the guest.
    id: usize,
    jobs: &'a Jobs,
    limits: Limits,
    end: Instant,
}

impl Station<'_> {
    fn burn_all(&self, queue: &Mutex<VecDeque<Cell>>, results: &Mutex<Vec<Outcome>>) {
        loop {
            let next = queue.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).pop_front();
            let Some(cell) = next else { return };
            let started = Instant::now();
            let name = format!("{}.{}", self.server.name(), cell.name());
            let verdict =
                self.burn(&name, &cell).unwrap_or_else(|error| Verdict::trouble(format!("{error:#}")));
            let seconds = started.elapsed().as_secs_f64();
            if !matches!(verdict, Verdict::Absent(_)) {
                // Nowhere is left to report that standard output is closed.
                _ = writeln!(io::stdout(), "{:6} {name} {seconds:.1} s {}", verdict.word(), verdict.words());
            }
            let outcome = Outcome { cell, verdict, seconds, transcript: self.jobs.transcript(&name) };
            results.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(outcome);
        }
    }

    fn burn(&self, name: &str, cell: &Cell) -> Result<Verdict> {
        if let Some(reason) = self.server.lacks(cell.medium) {
            return Ok(Verdict::Absent(reason.to_owned()));
        }
        let left = self.end.saturating_duration_since(Instant::now());
        ensure!(!left.is_zero(), "no time was left for it");
        self.server.insert(self.drive, cell.medium).context("inserting the disc")?;
        let job = self.jobs.run(name, &cell.script(self.id), left.min(self.limits.cell))?;
        Ok(judge(cell, &job))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drives_are_attached_by_their_address() {
        let said = arguments(&["iscsi://a/b/0".into(), "iscsi://c/d/1".into()]).join(" ");
        assert_eq!(
            said,
            "-device virtio-scsi-pci,id=served \
             -drive if=none,id=served0,file=iscsi://a/b/0,format=raw \
             -device scsi-generic,bus=served.0,scsi-id=0,drive=served0 \
             -drive if=none,id=served1,file=iscsi://c/d/1,format=raw \
             -device scsi-generic,bus=served.0,scsi-id=1,drive=served1"
        );
    }
}
