//! A file in memory that loses power, or has no room.

use redb::StorageBackend;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex};

/// What is written whole or not at all: less than any disk has, so that nothing depends on it.
const SECTOR: usize = 64;

/// A file whose writes are durable only after a sync.
#[derive(Clone, Debug, Default)]
pub(super) struct Plate(Arc<Mutex<Inner>>);

#[derive(Clone, Debug)]
struct Inner {
    /// As the process sees it.
    bytes: Vec<u8>,
    /// What was durable at the last sync before the crash.
    durable: Vec<u8>,
    /// Writes since then, until the crash.
    pending: Vec<Change>,
    /// Writes until the crash.
    left: u64,
    /// Bytes that can still be written.
    room: u64,
}

#[derive(Clone, Debug)]
enum Change {
    Length(usize),
    Write(usize, Vec<u8>),
}

impl Default for Inner {
    fn default() -> Inner {
        Inner { bytes: Vec::new(), durable: Vec::new(), pending: Vec::new(), left: u64::MAX, room: u64::MAX }
    }
}

impl Inner {
    fn changed(&mut self, change: Change) {
        if self.left > 0 {
            self.left -= 1;
            self.pending.push(change);
        }
    }
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Length(length) => bytes.resize(*length, 0),
        Change::Write(at, part) => {
            bytes.resize(bytes.len().max(at + part.len()), 0);
            bytes[*at..at + part.len()].copy_from_slice(part);
        }
    }
}

impl Plate {
    pub(super) fn of(bytes: Vec<u8>) -> Plate {
        Plate(Arc::new(Mutex::new(Inner { durable: bytes.clone(), bytes, ..Inner::default() })))
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().bytes.clone()
    }

    /// After so many more writes the power fails; the process does not notice.
    pub(super) fn crash_after(&self, writes: u64) {
        self.0.lock().unwrap().left = writes;
    }

    pub(super) fn is_alive(&self) -> bool {
        self.0.lock().unwrap().left > 0
    }

    pub(super) fn leave_room(&self, bytes: u64) {
        self.0.lock().unwrap().room = bytes;
    }

    /// What is there after the crash: everything synced, and any sectors of what was not.
    pub(super) fn after_power_loss(&self, mut seed: u64) -> Plate {
        let inner = self.0.lock().unwrap().clone();
        let mut bytes = inner.durable;
        let mut survives = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            seed >> 63 == 1
        };
        for change in &inner.pending {
            match change {
                Change::Length(_) if !survives() => {}
                Change::Length(_) => apply(&mut bytes, change),
                Change::Write(at, part) => {
                    for (sector, part) in part.chunks(SECTOR).enumerate() {
                        if survives() {
                            apply(&mut bytes, &Change::Write(at + sector * SECTOR, part.to_vec()));
                        }
                    }
                }
            }
        }
        Plate::of(bytes)
    }
}

impl StorageBackend for Plate {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().bytes.len() as u64)
    }

    fn read(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let inner = self.0.lock().unwrap();
        let from = offset as usize;
        Ok(inner.bytes.get(from..from + length).ok_or(ErrorKind::UnexpectedEof)?.to_vec())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut inner = self.0.lock().unwrap();
        let change = Change::Length(length as usize);
        apply(&mut inner.bytes, &change);
        inner.changed(change);
        Ok(())
    }

    fn sync_data(&self, _: bool) -> io::Result<()> {
        let mut inner = self.0.lock().unwrap();
        if inner.left > 0 {
            let inner = &mut *inner;
            for change in inner.pending.drain(..) {
                apply(&mut inner.durable, &change);
            }
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut inner = self.0.lock().unwrap();
        inner.room = inner.room.checked_sub(data.len() as u64).ok_or(ErrorKind::StorageFull)?;
        let change = Change::Write(offset as usize, data.to_vec());
        apply(&mut inner.bytes, &change);
        inner.changed(change);
        Ok(())
    }
}
