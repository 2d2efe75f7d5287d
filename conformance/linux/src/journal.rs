//! What this process did to a drive that outlives it, written down before it is done.
//!
//! Linux frees exclusive opens when a process dies, but the drive itself remembers a prevented removal or a reservation. The
//! journal lets the next discrig process find out and undo it.

use crate::node::Node;
use crate::runtime::{FoundRecord, ProcessStamp, RecordFile, RuntimeFolder};
use discrig_device::{Data, Request};
use discrig_wire::Command;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A state of the drive that has to be undone.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Trace {
    /// The kernel's door lock was set.
    DoorLocked,
    /// Removal was prevented, in the basic or persistent state.
    Prevented,
    /// A key was registered for persistent reservations.
    Registered(u64),
    /// The unit was reserved by RESERVE(6).
    Reserved,
}

impl Trace {
    /// What a command is about to leave behind, if anything.
    pub(crate) fn of(request: &Request<'_>) -> Option<Trace> {
        let bytes = request.cdb.bytes();
        match Command::decode(&request.cdb) {
            Ok(Command::PreventAllowMediumRemoval(command)) => command.prevent.then_some(Trace::Prevented),
            Ok(Command::Reserve6(_)) => Some(Trace::Reserved),
            Ok(
                Command::PersistentReserveOutRegister(_) | Command::PersistentReserveOutRegisterAndIgnore(_),
            ) => new_key(&request.data).map(Trace::Registered),
            Ok(_) => None,
            // A command that is no legal one may have the effect all the same.
            Err(_) => match bytes[0] {
                0x1E if bytes[4] & 0x01 != 0 => Some(Trace::Prevented),
                0x16 => Some(Trace::Reserved),
                _ => None,
            },
        }
    }

    /// In words.
    pub(crate) fn describe(self) -> String {
        match self {
            Trace::DoorLocked => "the kernel's door lock".to_owned(),
            Trace::Prevented => "prevented medium removal".to_owned(),
            Trace::Registered(key) => format!("persistent reservation key {key:016X}h"),
            Trace::Reserved => "a reservation".to_owned(),
        }
    }
}

/// The service action reservation key of a parameter list: what is registered; zero unregisters.
fn new_key(data: &Data<'_>) -> Option<u64> {
    let Data::Out(bytes) = data else { return None };
    let key = u64::from_be_bytes(bytes.get(8..16)?.try_into().ok()?);
    (key != 0).then_some(key)
}

/// A journal as it stands in its record.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JournalRecord {
    pub(crate) process: ProcessStamp,
    /// Who started that process: when it is dead, the process is about to end.
    pub(crate) parent: Option<ProcessStamp>,
    pub(crate) traces: BTreeSet<Trace>,
}

fn stem(node: &Node) -> String {
    format!("journal-{}", node.address())
}

/// The journals that other processes left for the drive behind `node`.
pub(crate) fn of_others(folder: &RuntimeFolder, node: &Node) -> Vec<FoundRecord<JournalRecord>> {
    let own = ProcessStamp::current();
    let mut records = folder.records::<JournalRecord>(&stem(node));
    records.retain(|record| record.value.process != own);
    records
}

/// The journal of this process for one drive.
#[derive(Debug)]
pub(crate) struct Journal {
    folder: RuntimeFolder,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    traces: BTreeSet<Trace>,
    record: Option<RecordFile>,
}

impl Journal {
    /// An empty one; nothing is written before there is something to say.
    pub(crate) fn new(folder: RuntimeFolder) -> Journal {
        Journal { folder, state: Mutex::default() }
    }

    /// Writes a trace down. To be called before the deed.
    pub(crate) fn note(&self, node: &Node, trace: Trace) {
        let mut state = self.lock();
        if !state.traces.insert(trace) {
            return;
        }
        let value = JournalRecord {
            process: ProcessStamp::current(),
            parent: ProcessStamp::parent(),
            traces: state.traces.clone(),
        };
        // The new record stands before the old one goes. Without a folder to write to, this process itself still undoes the traces.
        if let Ok(record) = self.folder.create(&stem(node), &value) {
            state.record = Some(record);
        }
    }

    /// What has been noted.
    pub(crate) fn traces(&self) -> BTreeSet<Trace> {
        self.lock().traces.clone()
    }

    /// Forgets everything, once it is undone.
    pub(crate) fn clear(&self) {
        let mut state = self.lock();
        if let Some(record) = &mut state.record {
            record.set_stays(false);
        }
        *state = State::default();
    }

    /// Lets the record outlive this process, for what could not be undone.
    pub(crate) fn leave_to_others(&self) {
        if let Some(record) = &mut self.lock().record {
            record.set_stays(true);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::NodeKind;
    use crate::runtime::TestFolder;
    use core::time::Duration;
    use discrig_wire::Cdb;
    use discrig_wire::command::{PreventAllowMediumRemoval, Reserve6, TestUnitReady};

    fn trace_of(cdb: impl Into<Cdb>) -> Option<Trace> {
        Trace::of(&Request::none(cdb, Duration::ZERO))
    }

    #[test]
    fn commands_that_leave_traces() {
        let prevent = |prevent, persistent| PreventAllowMediumRemoval { prevent, persistent };
        assert_eq!(trace_of(prevent(true, false)), Some(Trace::Prevented));
        assert_eq!(trace_of(prevent(true, true)), Some(Trace::Prevented));
        assert_eq!(trace_of(prevent(false, true)), None);
        assert_eq!(trace_of(Reserve6::default()), Some(Trace::Reserved));
        assert_eq!(trace_of(TestUnitReady {}), None);
        // A reserved bit is set; a drive may look at bit 0 alone.
        assert_eq!(trace_of(Cdb::new(&[0x1E, 0, 0, 0, 0x81, 0]).unwrap()), Some(Trace::Prevented));
        let mut list = [0; 24];
        let register: Cdb = "5F 00 00 00 00 00 00 00 18 00".parse().unwrap();
        let registered = |list: &[u8]| Trace::of(&Request::output(register, list, Duration::ZERO));
        assert_eq!(registered(&list), None);
        list[15] = 7;
        assert_eq!(registered(&list), Some(Trace::Registered(7)));
        assert_eq!(registered(&list[..8]), None);
    }

    #[test]
    fn a_journal_is_written_once_per_trace_and_vanishes_when_cleared() {
        let folder = TestFolder::new("journal");
        let node = Node { path: "/dev/sr0".into(), kind: NodeKind::Sr, major: 11, minor: 0, device: None };
        let journal = Journal::new(folder.clone());
        assert!(folder.records::<JournalRecord>(&stem(&node)).is_empty());
        journal.note(&node, Trace::Prevented);
        journal.note(&node, Trace::Prevented);
        journal.note(&node, Trace::Registered(7));
        let found = folder.records::<JournalRecord>(&stem(&node));
        assert_eq!(found.len(), 1);
        assert!(found[0].held);
        assert_eq!(found[0].value.traces, journal.traces());
        assert!(of_others(&folder, &node).is_empty(), "one's own journal is nobody else's");
        journal.clear();
        assert!(folder.records::<JournalRecord>(&stem(&node)).is_empty());
        assert!(journal.traces().is_empty());
    }
}
