//! The journal: every event on a line of its own, written when it happens.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{Event, Operation, ReportError, ReportErrorKind, Run, Sink};

/// Name of the journal in a report directory.
pub const JOURNAL_FILE: &str = "events.ndjson";

/// Format of the journal, named in its first line.
pub const JOURNAL_FORMAT: &str = "discrig-events/1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    journal: String,
}

/// Appends each event to a file and hands it to the system at once: what happened before a kill is there afterwards.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    /// Bytes that could not be written yet. They go first at the next attempt, so that the journal has no gaps.
    pending: Vec<u8>,
}

impl Journal {
    /// Begins a new journal in this directory, in place of an old one.
    ///
    /// # Errors
    /// When the file cannot be made or written.
    pub fn create(dir: &Path) -> Result<Self, ReportError> {
        let path = dir.join(JOURNAL_FILE);
        let file = File::create(&path).map_err(|source| ReportError::io(Operation::Create, &path, source))?;
        let mut journal = Self { path, file, pending: Vec::new() };
        journal.append(&Header { journal: JOURNAL_FORMAT.to_owned() })?;
        Ok(journal)
    }

    fn append(&mut self, line: &impl Serialize) -> Result<(), ReportError> {
        let line = serde_json::to_string(line).map_err(|error| {
            let kind = ReportErrorKind::Rendering { problem: error.to_string() };
            ReportError::new(kind, Operation::Render, &self.path)
        })?;
        self.pending.extend_from_slice(line.as_bytes());
        self.pending.push(b'\n');
        self.flush()
    }

    fn flush(&mut self) -> Result<(), ReportError> {
        while !self.pending.is_empty() {
            match self.file.write(&self.pending) {
                Ok(0) => return Err(self.failed(std::io::ErrorKind::WriteZero.into())),
                Ok(written) => drop(self.pending.drain(..written)),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failed(error)),
            }
        }
        Ok(())
    }

    fn failed(&self, source: std::io::Error) -> ReportError {
        ReportError::io(Operation::Write, &self.path, source)
    }
}

impl Sink for Journal {
    fn on_event(&mut self, event: &Event, _: &Run) -> Result<(), ReportError> {
        self.append(event)
    }

    fn finish(&mut self, _: &Run) -> Result<(), ReportError> {
        self.flush()?;
        self.file.sync_all().map_err(|source| self.failed(source))
    }
}

/// The events of a journal. A last line that was cut short by a kill is left out.
///
/// # Errors
/// When the file cannot be read, is no journal of this format, or has a line that is no event.
pub fn read_journal(path: &Path) -> Result<Vec<Event>, ReportError> {
    let bytes = fs::read(path).map_err(|source| ReportError::io(Operation::Read, path, source))?;
    let malformed = |line: usize, problem: String| {
        ReportError::new(ReportErrorKind::Malformed { line, problem }, Operation::Read, path)
    };
    let end = bytes.iter().rposition(|&byte| byte == b'\n').unwrap_or(0);
    let mut lines = bytes[..end].split(|&byte| byte == b'\n').enumerate();
    let header = lines.next().map(|(_, line)| serde_json::from_slice::<Header>(line));
    match header {
        Some(Ok(header)) if header.journal == JOURNAL_FORMAT => {}
        Some(Ok(header)) => {
            return Err(malformed(1, format!("format {:?}, not {JOURNAL_FORMAT:?}", header.journal)));
        }
        Some(Err(_)) | None => {
            return Err(malformed(1, format!("no heading of format {JOURNAL_FORMAT:?}")));
        }
    }
    lines
        .map(|(index, line)| {
            serde_json::from_slice(line).map_err(|error| malformed(index + 1, error.to_string()))
        })
        .collect()
}
