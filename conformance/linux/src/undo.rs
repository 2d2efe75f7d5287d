//! Leaving a drive unlocked: undoing what this process did, and what dead processes left behind.

use crate::abi::ScsiFd;
use crate::ask::Ask;
use crate::journal::{self, JournalRecord, Trace};
use crate::node::{Node, NodeKind, OpenError};
use crate::owner;
use crate::runtime::{FoundRecord, RuntimeFolder};
use core::fmt;
use core::time::Duration;
use discrig_device::{Data, Device, DeviceError, ErrorKind, Request};
use discrig_wire::command::{PersistentReserveOutClear, PreventAllowMediumRemoval, Release6};
use rustix::io::Errno;
use std::collections::BTreeSet;
use std::path::Path;
use std::thread;
use std::time::Instant;

const TIMEOUT: Duration = Duration::from_secs(10);
/// How long a process whose parent is dead gets to end by itself.
const ORPHANS_END: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(20);
/// Length of the parameter list of PERSISTENT RESERVE OUT (SPC-3 6.12.3).
const RESERVE_OUT_LENGTH: u32 = 24;

/// What [`heal`] found and did.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[must_use]
pub struct HealReport {
    /// What was undone, in words with the process that had left it.
    pub undone: Vec<String>,
    /// What was found and left alone, with the reason.
    pub left: Vec<String>,
}

impl HealReport {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.undone.is_empty() && self.left.is_empty()
    }
}

impl fmt::Display for HealReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing was left behind");
        }
        let undone = self.undone.iter().map(|what| format!("undone: {what}"));
        let left = self.left.iter().map(|what| format!("left: {what}"));
        f.write_str(&undone.chain(left).collect::<Vec<_>>().join("; "))
    }
}

/// Undoes what discrig processes that are dead by now left behind on the drive at `path`: prevented removal, a locked door,
/// reservations. What living ones did is theirs.
///
/// # Errors
/// [`OpenError`] when the path is no drive or cannot be opened. Nothing is opened when there is nothing to undo.
pub fn heal(path: &Path) -> Result<HealReport, OpenError> {
    let node = Node::at(path)?;
    heal_node(&RuntimeFolder::of_system(), &node).map_err(|cause| match cause.kind() {
        ErrorKind::AccessDenied => OpenError::AccessDenied { path: path.to_owned() },
        ErrorKind::Gone => OpenError::Gone { path: path.to_owned() },
        _ => OpenError::Silent { path: path.to_owned(), cause },
    })
}

/// [`heal`] for a node.
pub(crate) fn heal_node(folder: &RuntimeFolder, node: &Node) -> Result<HealReport, DeviceError> {
    await_orphans(folder, node);
    // Names that the dead left are swept on the way.
    for node in [Some(node), node.sibling().as_ref()].into_iter().flatten() {
        let _ = owner::find_name(folder, node);
    }
    let (living, dead): (Vec<_>, Vec<_>) =
        journal::of_others(folder, node).into_iter().partition(|record| record.value.process.is_alive());
    let mut report = HealReport::default();
    // A prevention is the nexus', which all processes share: undoing the dead one's would undo the living one's.
    if let Some(alive) = living.first() {
        let why = format!("process {} is at work on the drive", alive.value.process.pid());
        report.left = dead.iter().map(|record| format!("{}: {why}", describe(record))).collect();
        return Ok(report);
    }
    let mut traces: BTreeSet<Trace> = dead.iter().flat_map(|record| record.value.traces.clone()).collect();
    if !traces.is_empty() {
        let (node, fd) =
            open_either(node).map_err(|errno| DeviceError::from(node.open_error(errno, None)))?;
        undo(&node, &fd, &mut traces)?;
    }
    for record in &dead {
        match record.remove() {
            Ok(()) => report.undone.push(describe(record)),
            Err(error) => {
                report.left.push(format!("{}: undone, but its record stays: {error}", describe(record)));
            }
        }
    }
    Ok(report)
}

fn describe(record: &FoundRecord<JournalRecord>) -> String {
    let traces: Vec<String> = record.value.traces.iter().map(|trace| trace.describe()).collect();
    format!("{} by process {}", traces.join(", "), record.value.process.pid())
}

/// Waits until processes that have lost their parent have ended, as they do by themselves.
fn await_orphans(folder: &RuntimeFolder, node: &Node) {
    let started = Instant::now();
    let is_orphan = |record: &FoundRecord<JournalRecord>| {
        record.value.process.is_alive()
            && record.value.parent.as_ref().is_some_and(|parent| !parent.is_alive())
    };
    while started.elapsed() < ORPHANS_END && journal::of_others(folder, node).iter().any(is_orphan) {
        thread::sleep(POLL);
    }
}

/// Opens a drive for the rig's own purposes: by its sg node if there is one that opens, else by its sr node. Opening and closing
/// sr nodes makes the kernel itself ask the drive, which takes unit attentions away from the bench.
pub(crate) fn open_either(node: &Node) -> Result<(Node, ScsiFd), Errno> {
    let sibling = node.sibling();
    let order = match node.kind {
        NodeKind::Sg => [Some(node), sibling.as_ref()],
        NodeKind::Sr => [sibling.as_ref(), Some(node)],
    };
    let mut refusal = Errno::NODEV;
    for candidate in order.into_iter().flatten() {
        match candidate.open(false) {
            Ok(fd) => return Ok((candidate.clone(), fd)),
            // What is wrong with the bench's own node is what counts.
            Err(errno) if candidate.kind == node.kind => refusal = errno,
            Err(_) => {}
        }
    }
    Err(refusal)
}

/// Undoes `traces`; each one that is undone leaves the set.
///
/// # Errors
/// The first failure that was no answer of the drive. A drive that refuses a command has nothing to undo by it.
pub(crate) fn undo(node: &Node, fd: &ScsiFd, traces: &mut BTreeSet<Trace>) -> Result<(), DeviceError> {
    for trace in traces.clone() {
        match trace {
            Trace::DoorLocked => unlock_door(node, fd),
            Trace::Prevented => allow_removal(node, fd)?,
            Trace::Registered(key) => clear_registrations(node, fd, key)?,
            Trace::Reserved => release(node, fd)?,
        }
        traces.remove(&trace);
    }
    Ok(())
}

/// Clears both preventions of this nexus.
pub(crate) fn allow_removal(node: &Node, fd: &ScsiFd) -> Result<(), DeviceError> {
    let mut ask = Ask::new(node, fd);
    for persistent in [false, true] {
        ask.order(PreventAllowMediumRemoval { persistent, prevent: false }, TIMEOUT)?;
    }
    Ok(())
}

/// Gives a reservation by RESERVE(6) up.
pub(crate) fn release(node: &Node, fd: &ScsiFd) -> Result<(), DeviceError> {
    Ask::new(node, fd).order(Release6::default(), TIMEOUT).map(drop)
}

/// Clears the kernel's door lock. Where the node has none, or the drive is on its way out, there is nothing to clear.
pub(crate) fn unlock_door(node: &Node, fd: &ScsiFd) {
    if fd.lock_door(false).is_err()
        && let Some(Ok(sr)) = node.sibling().map(|sibling| sibling.open(false))
    {
        let _ = sr.lock_door(false);
    }
}

/// Removes every registration and reservation, as the holder of `key` may.
fn clear_registrations(node: &Node, fd: &ScsiFd, key: u64) -> Result<(), DeviceError> {
    let mut list = [0; RESERVE_OUT_LENGTH as usize];
    list[..8].copy_from_slice(&key.to_be_bytes());
    let command =
        PersistentReserveOutClear { parameter_list_length: RESERVE_OUT_LENGTH, ..Default::default() };
    // Once more for a unit attention in the way.
    for _ in 0..2 {
        let request = Request { cdb: command.into(), data: Data::Out(&list), timeout: TIMEOUT };
        if Ask::new(node, fd).execute(request)?.is_good() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::TestFolder;

    #[test]
    fn nothing_left_behind_needs_no_drive() {
        let folder = TestFolder::new("heal");
        let node = Node { path: "/dev/sr0".into(), kind: NodeKind::Sr, major: 11, minor: 0, device: None };
        assert!(heal_node(&folder, &node).unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_undone_stays_recorded() {
        let folder = TestFolder::new("heal-absent");
        let path = "/dev/discrig-has-no-such-node".into();
        let node = Node { path, kind: NodeKind::Sr, major: 11, minor: 250, device: None };
        let dead = r#"{"process":{"boot":"","pid":1,"started":0},"parent":null,"traces":["prevented"]}"#;
        let record: JournalRecord = serde_json::from_str(dead).unwrap();
        // A record that is nobody's any more: created and then left in place.
        let file = folder.create("journal-sr-11-250", &record).unwrap();
        assert_eq!(heal_node(&folder, &node).unwrap_err().kind(), ErrorKind::Gone);
        assert_eq!(journal::of_others(&folder, &node).len(), 1);
        drop(file);
    }

    #[test]
    fn a_living_process_is_left_alone() {
        let folder = TestFolder::new("heal-living");
        let node = Node { path: "/dev/null".into(), kind: NodeKind::Sr, major: 11, minor: 251, device: None };
        let parent = crate::runtime::ProcessStamp::parent().unwrap();
        let living = JournalRecord { process: parent, parent: None, traces: [Trace::Prevented].into() };
        let dead = r#"{"process":{"boot":"","pid":1,"started":0},"parent":null,"traces":["reserved"]}"#;
        let dead: JournalRecord = serde_json::from_str(dead).unwrap();
        let files = [folder.create("journal-sr-11-251", &living), folder.create("journal-sr-11-251", &dead)];
        let report = heal_node(&folder, &node).unwrap();
        assert!(report.undone.is_empty());
        assert_eq!(report.left.len(), 1);
        assert!(report.to_string().contains("is at work"), "{report}");
        drop(files);
    }
}
