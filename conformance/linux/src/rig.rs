//! What a process needs to work with one drive: shared by its bench, openers, handles and guards.

use crate::abi::ScsiFd;
use crate::faults::SharedFaults;
use crate::journal::Journal;
use crate::mounts::mount_points;
use crate::node::{Identity, Node, NodeKind, OpenError};
use crate::object::FileObject;
use crate::remote::AgentProcess;
use crate::runtime::RuntimeFolder;
use crate::undo;
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use discrig_device::{DeviceError, Instant, Properties};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

/// Largest transfer where the kernel does not say: every Linux driver takes it.
const TRANSFER_DEFAULT: u32 = 64 * 1024;
const PAGE: u32 = 4096;

/// How long commands under way get to end before what they may have done is undone.
const UNDER_WAY: Duration = Duration::from_secs(2);
const POLL: Duration = Duration::from_millis(2);

/// The open objects of a rig.
#[derive(Debug, Default)]
struct Objects {
    open: Vec<Weak<FileObject>>,
    /// Whether the rig has been left for good: an object that comes now is closed at once.
    closed: bool,
}

/// Everything of one process about one drive.
#[derive(Debug)]
pub(crate) struct Rig {
    folder: RuntimeFolder,
    journal: Journal,
    faults: SharedFaults,
    started: std::time::Instant,
    late_answers: AtomicU64,
    /// The instance of the drive that new handles open.
    current: Mutex<Node>,
    identity: Identity,
    objects: Mutex<Objects>,
    agents: Mutex<BTreeMap<u8, Arc<AgentProcess>>>,
}

impl Rig {
    /// Opens the node once and asks who is there.
    ///
    /// # Errors
    /// [`OpenError`].
    pub(crate) fn open(node: Node, folder: RuntimeFolder) -> Result<Arc<Rig>, OpenError> {
        let owner =
            || crate::owner::find_name(&folder, &node).map(|(name, pid)| format!("{name} (process {pid})"));
        let fd = node.open(false).map_err(|errno| node.open_error(errno, owner()))?;
        let identity = Identity::ask(&node, &fd)?;
        Ok(Arc::new(Rig {
            journal: Journal::new(folder.clone()),
            folder,
            faults: SharedFaults::default(),
            started: std::time::Instant::now(),
            late_answers: AtomicU64::new(0),
            current: Mutex::new(node),
            identity,
            objects: Mutex::default(),
            agents: Mutex::default(),
        }))
    }

    pub(crate) fn folder(&self) -> &RuntimeFolder {
        &self.folder
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.journal
    }

    pub(crate) fn faults(&self) -> &SharedFaults {
        &self.faults
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Now, on the bench's clock: since this process opened the drive.
    pub(crate) fn now(&self) -> Instant {
        Instant::ZERO + self.started.elapsed()
    }

    pub(crate) fn count_late_answer(&self) {
        self.late_answers.fetch_add(1, Ordering::Relaxed);
    }

    /// Answers that came after their request's timeout.
    pub(crate) fn late_answers(&self) -> u64 {
        self.late_answers.load(Ordering::Relaxed)
    }

    pub(crate) fn current(&self) -> Node {
        locked(&self.current).clone()
    }

    pub(crate) fn set_current(&self, node: Node) {
        *locked(&self.current) = node;
    }

    /// Remembers an object, so that it can be revoked.
    pub(crate) fn adopt(&self, object: &Arc<FileObject>) {
        let mut objects = locked(&self.objects);
        if objects.closed {
            object.revoke();
            return;
        }
        objects.open.retain(|object| object.strong_count() > 0);
        objects.open.push(Arc::downgrade(object));
    }

    /// Closes every object of this process; the descriptors that commands under way still use are returned.
    pub(crate) fn revoke_objects(&self) -> Vec<Weak<ScsiFd>> {
        let objects = std::mem::take(&mut locked(&self.objects).open);
        objects.iter().filter_map(Weak::upgrade).filter_map(|object| object.revoke()).collect()
    }

    /// Closes every object for good, also those that other threads are about to open, and waits for commands under way. One that is stuck is left behind.
    fn close_objects(&self) {
        locked(&self.objects).closed = true;
        let under_way = self.revoke_objects();
        let started = std::time::Instant::now();
        while under_way.iter().any(|fd| fd.strong_count() > 0) && started.elapsed() < UNDER_WAY {
            thread::sleep(POLL);
        }
    }

    /// Whether the rig has been left for good.
    pub(crate) fn is_closed(&self) -> bool {
        locked(&self.objects).closed
    }

    pub(crate) fn agents(&self) -> MutexGuard<'_, BTreeMap<u8, Arc<AgentProcess>>> {
        locked(&self.agents)
    }

    /// Kills every other process of the bench.
    ///
    /// # Errors
    /// That one of them did not end.
    pub(crate) fn kill_agents(&self) -> Result<(), DeviceError> {
        let agents: Vec<_> = std::mem::take(&mut *self.agents()).into_values().collect();
        let mut result = Ok(());
        for agent in agents {
            result = result.and(agent.kill());
        }
        result
    }

    /// Opens the drive for the rig's own purposes, by whichever of its nodes disturbs least.
    ///
    /// # Errors
    /// As for any open.
    pub(crate) fn open_either(&self) -> Result<(Node, ScsiFd), DeviceError> {
        let node = self.current();
        undo::open_either(&node).map_err(|errno| node.open_error(errno, None).into())
    }

    /// Frees everything that this process and its children hold, and undoes what they did to the drive. For the end of a run,
    /// however it ends: nothing can be opened afterwards; quick and without regard to who is in the middle of what.
    ///
    /// # Errors
    /// What could not be undone. The journal then stays for the next process.
    pub(crate) fn release_everything(&self) -> Result<(), DeviceError> {
        // First, so that another thread that is still at work neither starts processes nor sends commands behind this one's back.
        self.close_objects();
        let killed = self.kill_agents();
        let mut traces = self.journal.traces();
        let current = self.current();
        // The children's journals; one of them may have been killed in the middle of something.
        let healed = undo::heal_node(&self.folder, &current);
        let undone = if traces.is_empty() {
            Ok(())
        } else {
            self.open_either().and_then(|(node, fd)| undo::undo(&node, &fd, &mut traces))
        };
        match undone {
            Ok(()) => self.journal.clear(),
            // Also for a drive that is gone: it may come back with its memory.
            Err(_) => self.journal.leave_to_others(),
        }
        undone.and(killed).and(healed.map(drop))
    }

    /// What the kernel knows of the drive behind `node`.
    pub(crate) fn properties(&self, node: &Node) -> Properties {
        let device = node.device.as_ref();
        let sr = match node.kind {
            NodeKind::Sr => Some(node.clone()),
            NodeKind::Sg => node.sibling(),
        };
        let limit = |name| device.and_then(|device| device.queue_limit(name));
        // A transfer is limited in bytes and in pages; a buffer that does not begin on a page touches one more.
        let bytes = limit("max_hw_sectors_kb").map_or(TRANSFER_DEFAULT, |kib| kib.saturating_mul(1024));
        let pages = limit("max_segments").map_or(u32::MAX, |segments| segments.saturating_mul(PAGE));
        let aligned = bytes.min(pages);
        Properties {
            inquiry: device
                .and_then(|device| device.inquiry())
                .unwrap_or_else(|| self.identity.inquiry.clone()),
            serial: self.identity.serial.clone(),
            volume_name: sr.as_ref().map(|sr| sr.path.display().to_string()).unwrap_or_default(),
            volume_paths: sr.as_ref().map(|sr| mount_points(sr.major, sr.minor)).unwrap_or_default(),
            legacy_device_number: sr.as_ref().map_or(node.minor, |sr| sr.minor),
            // SG_IO copies what the adapter cannot reach.
            alignment_mask: 0,
            maximum_transfer_aligned: aligned,
            maximum_transfer_unaligned: aligned.saturating_sub(PAGE).max(PAGE),
        }
    }
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
