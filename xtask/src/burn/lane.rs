//! The guest and the servers of its drives, and the cells' way through them.

use std::collections::VecDeque;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::cell::Cell;
use super::guest::{BOOT, Guest};
use super::jobs::{FUNCTIONS, Jobs};
use super::outcome::{Outcome, Verdict, judge};
use super::server::Server;
use super::trials::{Rack, TrialOutcome};
use crate::vm::kernel::Kernel;

/// What the guest loads: its world over 9p, the drives over virtio-scsi, and what mounts discs.
const MODULES: &[&str] = &["virtio_pci", "9pnet_virtio", "9p", "virtio_scsi", "sr_mod", "sg", "isofs"];

/// A server and its drives in the guest.
#[derive(Debug)]
pub(crate) struct Shop {
    /// The server.
    pub(crate) server: Box<dyn Server>,
    /// How many of its drives burn cells.
    pub(crate) drives: usize,
    /// Whether it has one more, for trials.
    pub(crate) trials: bool,
}

/// What came of a shop.
#[derive(Debug, Default)]
pub(crate) struct Burned {
    /// Its cells.
    pub(crate) cells: Vec<Outcome>,
    /// Its trials.
    pub(crate) trials: Vec<TrialOutcome>,
}

/// Limits of time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// For one cell.
    pub(crate) cell: Duration,
    /// For all of them.
    pub(crate) all: Duration,
}

/// Boots a guest with the drives of all shops, burns the cells on each of them, makes the trials, and returns what came of it, shop by shop.
///
/// # Errors
/// When the guest cannot be booted or does not take jobs.
pub(crate) fn run(
    kernel: &Kernel,
    share: &Path,
    shops: &[Shop],
    cells: &[Cell],
    limits: Limits,
) -> Result<Vec<Burned>> {
    let end = Instant::now() + limits.all;
    let jobs = Jobs::new(share, FUNCTIONS)?;
    let places = places(shops);
    let properties =
        |place: &Place| shops[place.shop].server.address(place.drive).properties() + place.patience();
    let further = arguments(&places.iter().map(properties).collect::<Vec<_>>());
    let queues: Vec<Mutex<VecDeque<Cell>>> =
        shops.iter().map(|_| Mutex::new(cells.iter().copied().collect())).collect();
    let results: Vec<Mutex<Burned>> = shops.iter().map(|_| Mutex::default()).collect();
    let guest = Guest { kernel, share, modules: MODULES, drives: places.len(), further: &further };
    guest.during(&jobs, limits.all + BOOT, || {
        for trials in [false, true] {
            thread::scope(|scope| {
                for (id, place) in places.iter().enumerate().filter(|(_, place)| place.trials == trials) {
                    let (queue, results, jobs) = (&queues[place.shop], &results[place.shop], &jobs);
                    let server = &*shops[place.shop].server;
                    let station = Station { server, drive: place.drive, id, jobs, limits, end };
                    match server.as_discrig() {
                        Some(server) if trials => {
                            let rack =
                                Rack { server, drive: place.drive, id, jobs, folder: share.to_owned() };
                            scope.spawn(move || locked(results).trials = rack.run_all());
                        }
                        _ => _ = scope.spawn(move || station.burn_all(queue, results)),
                    }
                }
            });
        }
    })?;
    Ok(results.into_iter().map(in_order).collect())
}

/// A drive of the guest.
struct Place {
    /// Which shop's.
    shop: usize,
    /// Its number there.
    drive: usize,
    /// Whether it is for trials.
    trials: bool,
}

impl Place {
    /// What QEMU's iSCSI driver is told beside the address. The guest's driver of virtio-scsi waits for ever, so for trials QEMU gives up.
    const fn patience(&self) -> &'static str {
        if self.trials { ",file.timeout=15" } else { "" }
    }
}

/// All drives of the guest, in the order of their SCSI ids.
fn places(shops: &[Shop]) -> Vec<Place> {
    let of = |(shop, of): (usize, &Shop)| {
        let burning = of.drives;
        let all = burning + usize::from(of.trials);
        (0..all).map(move |drive| Place { shop, drive, trials: drive >= burning })
    };
    shops.iter().enumerate().flat_map(of).collect()
}

/// What came of a shop, its cells in the order of the table.
fn in_order(results: Mutex<Burned>) -> Burned {
    let mut burned = results.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    let order: Vec<String> = super::cell::all().map(|cell| cell.name()).collect();
    burned.cells.sort_by_key(|outcome| order.iter().position(|name| *name == outcome.cell.name()));
    burned
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// QEMU's arguments for drives with these properties; the place in the list is the SCSI id.
fn arguments(drives: &[String]) -> Vec<String> {
    let mut arguments = vec!["-device".to_owned(), "virtio-scsi-pci,id=served".to_owned()];
    for (id, properties) in drives.iter().enumerate() {
        let drive = format!("if=none,id=served{id},format=raw,{properties}");
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
    fn burn_all(&self, queue: &Mutex<VecDeque<Cell>>, results: &Mutex<Burned>) {
        loop {
            let Some(cell) = locked(queue).pop_front() else { return };
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
            locked(results).cells.push(outcome);
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
    use super::super::server::Address;
    use super::*;

    #[test]
    fn drives_are_attached_by_their_address() {
        let address = Address { port: 7, target: "iqn.x:a".into(), lun: 1 };
        assert_eq!(
            arguments(&[address.properties()]).join(" "),
            "-device virtio-scsi-pci,id=served \
             -drive if=none,id=served0,format=raw,\
             file.driver=iscsi,file.transport=tcp,file.portal=127.0.0.1:7,file.target=iqn.x:a,file.lun=1 \
             -device scsi-generic,bus=served.0,scsi-id=0,drive=served0"
        );
    }
}
