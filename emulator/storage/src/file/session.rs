//! A disc file while it is open: the database, and the transaction in which everything lies that was not committed.

use super::error::DiscFileError;
use super::pages::{Fault, Pages, Shared};
use super::{FORMAT_VERSION, identity};
use discrig_disc::{Area, DiscState, StoreError};
use redb::{Builder, Database, ReadableTable, StorageBackend, TableDefinition, WriteTransaction};
use std::collections::BTreeSet;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

const STATE: TableDefinition<'_, (), &[u8]> = TableDefinition::new("state");

/// Bytes of the file that the database keeps in memory, at most.
const CACHE: usize = 16 << 20;

/// The table of an area's chunks, by number.
const fn table(area: Area) -> TableDefinition<'static, i32, &'static [u8]> {
    TableDefinition::new(match area {
        Area::Raw => "raw",
        Area::SubChannel => "sub-channel",
        Area::User => "user",
    })
}

/// An open database.
#[derive(Debug)]
pub(super) struct Session<F: StorageBackend> {
    /// The transaction, once there is something in it or to be read. It stands before the database: it must be dropped first.
    transaction: Option<Box<Transaction>>,
    database: Option<Database>,
    /// Tables that the transaction has changed.
    changed: BTreeSet<Area>,
    pages: Arc<Pages<F>>,
}

struct Transaction(WriteTransaction);

impl core::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Transaction")
    }
}

impl<F: StorageBackend> Session<F> {
    /// Makes an empty file a disc with this state, which is not known for one until it is identified.
    pub(super) fn create(path: &Path, backend: F, state: &DiscState) -> Result<Session<F>, DiscFileError> {
        let created = || {
            let mut session = Session::start(Pages::create(backend)?)?;
            session.put(state)?;
            Ok(session)
        };
        created().map_err(|fault| refused(path, fault))
    }

    /// Writes the first page, by which the file is known for a disc, and makes it durable.
    pub(super) fn identify(&self, path: &Path) -> Result<(), DiscFileError> {
        self.pages.identify(&identity::page()).map_err(|fault| refused(path, fault))
    }

    /// Opens a disc; also whether it had to be recovered.
    pub(super) fn open(path: &Path, backend: F) -> Result<(Session<F>, bool), DiscFileError> {
        let (pages, closed) = Pages::open(backend).map_err(|fault| refused(path, fault))?;
        let session = Session::start(pages).map_err(|fault| refused(path, fault))?;
        Ok((session, !closed))
    }

    fn start(pages: Arc<Pages<F>>) -> Result<Session<F>, Fault> {
        let shared = Shared(Arc::clone(&pages));
        let database = guarded(&pages, || {
            let mut builder = Builder::new();
            builder.set_cache_size(CACHE).create_with_file_format_v3(true);
            Ok(builder.create_with_backend(shared)?)
        })?;
        Ok(Session { transaction: None, database: Some(database), changed: BTreeSet::new(), pages })
    }

    /// The state of the last commit.
    pub(super) fn state(&mut self, path: &Path) -> Result<DiscState, DiscFileError> {
        let bytes = self
            .attempt(|transaction| {
                let table = transaction.open_table(STATE)?;
                Ok(table.get(())?.map(|value| value.value().to_vec()))
            })
            .map_err(|fault| refused(path, fault))?;
        let damaged = |detail: &str| DiscFileError::Damaged { path: path.into(), detail: detail.into() };
        let bytes = bytes.ok_or_else(|| damaged("it has no disc state"))?;
        let (Some(version), Some(check), Some(json)) =
            (bytes.first_chunk(), bytes.get(4..8).and_then(<[u8]>::first_chunk), bytes.get(8..))
        else {
            return Err(damaged("its disc state is cut short"));
        };
        let found = u32::from_le_bytes(*version);
        if found > FORMAT_VERSION {
            return Err(DiscFileError::Newer { path: path.into(), found, known: FORMAT_VERSION });
        }
        if crc32c::crc32c(json) != u32::from_le_bytes(*check) {
            return Err(damaged("the checksum of its disc state is wrong"));
        }
        serde_json::from_slice(json)
            .map_err(|error| damaged(&format!("its disc state cannot be understood: {error}")))
    }

    /// Copies from chunks: number, first byte, and where to. What is not there reads as zeros.
    pub(super) fn read<'b>(
        &mut self,
        area: Area,
        wanted: impl IntoIterator<Item = (i32, usize, &'b mut [u8])>,
    ) -> Result<(), StoreError> {
        self.attempt(|transaction| {
            let table = transaction.open_table(table(area))?;
            for (chunk, at, buffer) in wanted {
                match table.get(chunk)? {
                    Some(value) => match value.value().get(at..at + buffer.len()) {
                        Some(bytes) => buffer.copy_from_slice(bytes),
                        None => return Err(Fault::Damaged(format!("chunk {chunk} is cut short"))),
                    },
                    None => buffer.fill(0),
                }
            }
            Ok(())
        })
        .map_err(failed)
    }

    /// Keeps whole chunks.
    pub(super) fn write<'b>(
        &mut self,
        area: Area,
        chunks: impl IntoIterator<Item = (i32, &'b [u8])>,
    ) -> Result<(), StoreError> {
        self.changed.insert(area);
        self.attempt(|transaction| {
            let mut table = transaction.open_table(table(area))?;
            for (chunk, bytes) in chunks {
                table.insert(chunk, bytes)?;
            }
            Ok(())
        })
        .map_err(failed)
    }

    /// Whether there is this chunk.
    pub(super) fn has(&mut self, area: Area, chunk: i32) -> Result<bool, StoreError> {
        self.attempt(|transaction| Ok(transaction.open_table(table(area))?.get(chunk)?.is_some()))
            .map_err(failed)
    }

    /// Forgets whole chunks.
    pub(super) fn erase(&mut self, area: Area, chunks: Range<i32>) -> Result<(), StoreError> {
        // A table can be deleted whole only as it was committed: the database does not expect pages of this transaction in it.
        let is_committed = self.changed.insert(area);
        self.attempt(|transaction| {
            let mut opened = transaction.open_table(table(area))?;
            let ends = [opened.first()?, opened.last()?].map(|end| end.map(|(key, _)| key.value()));
            if is_committed && ends.iter().flatten().all(|end| chunks.contains(end)) {
                // Blanking the whole disc takes no time.
                drop(opened);
                transaction.delete_table(table(area))?;
            } else {
                opened.retain_in(chunks, |_, _| false)?;
            }
            Ok(())
        })
        .map_err(failed)
    }

    /// Makes everything durable, with this state.
    pub(super) fn commit(&mut self, state: &DiscState) -> Result<(), StoreError> {
        self.put(state).map_err(failed)
    }

    fn put(&mut self, state: &DiscState) -> Result<(), Fault> {
        let json =
            serde_json::to_vec(state).map_err(|error| Fault::Io(format!("the disc's state: {error}")))?;
        let mut bytes = FORMAT_VERSION.to_le_bytes().to_vec();
        bytes.extend_from_slice(&crc32c::crc32c(&json).to_le_bytes());
        bytes.extend_from_slice(&json);
        self.attempt(|transaction| {
            transaction.open_table(STATE)?.insert((), &*bytes)?;
            Ok(())
        })?;
        self.changed.clear();
        match self.transaction.take() {
            Some(transaction) => guarded(&self.pages, || Ok(transaction.0.commit()?)),
            None => Ok(()),
        }
    }

    /// Forgets what was not committed.
    pub(super) fn abort(&mut self) -> Result<(), StoreError> {
        self.changed.clear();
        let Some(transaction) = self.transaction.take() else { return Ok(()) };
        if let Some(fault) = self.pages.fault() {
            // The database no longer knows what is in its pages, and must not be asked to take anything back.
            let _ = guarded(&self.pages, || {
                drop(transaction);
                Ok(())
            });
            return Err(failed(fault));
        }
        guarded(&self.pages, || Ok(transaction.0.abort()?)).map_err(failed)
    }

    /// The first and the last chunk that there is.
    pub(super) fn ends(&mut self, area: Area) -> Result<Option<(i32, i32)>, StoreError> {
        self.attempt(|transaction| {
            let table = transaction.open_table(table(area))?;
            let ends = [table.first()?, table.last()?].map(|end| end.map(|(key, _)| key.value()));
            Ok(ends[0].zip(ends[1]))
        })
        .map_err(failed)
    }

    /// Runs an operation in the transaction, which is begun when there is none.
    fn attempt<T>(&mut self, work: impl FnOnce(&WriteTransaction) -> Result<T, Fault>) -> Result<T, Fault> {
        let Session { transaction, database, pages, .. } = self;
        guarded(pages, || {
            let transaction = match transaction {
                Some(transaction) => transaction,
                None => {
                    let database =
                        database.as_ref().ok_or_else(|| Fault::Io("the disc file is closed".into()))?;
                    let mut begun = database.begin_write()?;
                    // Recovery then has to look at nothing but the head, however large the disc is.
                    begun.set_quick_repair(true);
                    transaction.insert(Box::new(Transaction(begun)))
                }
            };
            work(&transaction.0)
        })
    }
}

impl<F: StorageBackend> Drop for Session<F> {
    fn drop(&mut self) {
        let aborted = self.abort().is_ok();
        let Session { database, pages, .. } = self;
        let closed = guarded(pages, || {
            drop(database.take());
            Ok(())
        });
        if aborted && closed.is_ok() {
            // A file that cannot be marked as closed is recovered when it is opened next.
            let _ = pages.close();
        }
    }
}

/// Runs an operation of the database. It panics when its pages make no sense, which checked pages do not let happen unless somebody forged them.
fn guarded<F: StorageBackend, T>(
    pages: &Pages<F>,
    work: impl FnOnce() -> Result<T, Fault>,
) -> Result<T, Fault> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(fault)) => Err(pages.fault().unwrap_or(fault)),
        Err(_) => {
            Err(pages.fault().unwrap_or_else(|| Fault::Damaged("its pages contradict each other".into())))
        }
    }
}

/// What the database says of its errors; when one came from below it, that is known better there.
impl From<redb::Error> for Fault {
    fn from(error: redb::Error) -> Fault {
        match error {
            redb::Error::Corrupted(detail) => Fault::Damaged(detail),
            other => Fault::Io(other.to_string()),
        }
    }
}

macro_rules! faults {
    ($($error:ident),+) => {$(
        impl From<redb::$error> for Fault {
            fn from(error: redb::$error) -> Fault {
                redb::Error::from(error).into()
            }
        }
    )+};
}

faults!(CommitError, DatabaseError, StorageError, TableError, TransactionError);

fn refused(path: &Path, fault: Fault) -> DiscFileError {
    let path = path.into();
    match fault {
        Fault::Damaged(detail) => DiscFileError::Damaged { path, detail },
        Fault::Full(detail) => DiscFileError::Full { path, detail },
        Fault::Io(detail) => {
            DiscFileError::Io { path, operation: "use", source: std::io::Error::other(detail) }
        }
    }
}

fn failed(fault: Fault) -> StoreError {
    match fault {
        Fault::Damaged(detail) => StoreError::Failed(format!("the disc file is damaged: {detail}")),
        Fault::Full(detail) => StoreError::Full(detail),
        Fault::Io(detail) => StoreError::Failed(detail),
    }
}
