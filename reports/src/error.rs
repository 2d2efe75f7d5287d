//! Why a report could not be written, or a journal not read.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

/// A report could not be written or read. Its text names the path and says what to do.
///
/// The caller ends with [`ExitCode::ReportNotWritten`](crate::ExitCode::ReportNotWritten).
#[derive(Debug, thiserror::Error)]
#[error("cannot {operation} {}: {}; {}", .path.display(), self.cause(), .kind.advice())]
pub struct ReportError {
    kind: ReportErrorKind,
    operation: Operation,
    path: PathBuf,
    #[source]
    source: Option<io::Error>,
}

/// Who is at fault, as far as the system tells.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReportErrorKind {
    /// Something else stands in its place: a file where a directory is needed, or the other way round.
    Obstructed,
    /// No permission, or a file system that is read-only.
    NotWritable,
    /// The disk or a quota is full.
    Full,
    /// The file is not there.
    NotFound,
    /// A journal is damaged or not one of ours.
    Malformed {
        /// Line of the journal, counted from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// A document could not be made from the run; an error of this program.
    Rendering {
        /// What is wrong.
        problem: String,
    },
    /// Any other answer of the system.
    Other,
}

/// What was being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Operation {
    /// Making the report directory or a file in it.
    Create,
    /// Reading a journal.
    Read,
    /// Removing the files of an earlier run.
    Remove,
    /// Making a document from the run.
    Render,
    /// Putting a finished file in the place of the old one.
    Replace,
    /// Writing.
    Write,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Remove => "remove",
            Self::Render => "render",
            Self::Replace => "replace",
            Self::Write => "write",
        })
    }
}

impl ReportErrorKind {
    fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::AlreadyExists | io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => {
                Self::Obstructed
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::NotWritable,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::Full
            }
            io::ErrorKind::NotFound => Self::NotFound,
            _ => Self::Other,
        }
    }

    /// What the user can do about it.
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Obstructed => "move it away, or name another directory with --report-dir",
            Self::NotWritable => "name a directory that you may write to with --report-dir",
            Self::Full => "free some space, or name a directory on another disk with --report-dir",
            Self::NotFound => "check the path",
            Self::Malformed { .. } => "use the events.ndjson of a report that this version wrote",
            Self::Rendering { .. } => {
                "this is a defect of discrig; the events.ndjson beside it holds the run"
            }
            Self::Other => "try another directory with --report-dir",
        }
    }
}

impl ReportError {
    pub(crate) fn io(operation: Operation, path: &Path, source: io::Error) -> Self {
        Self { kind: ReportErrorKind::of(&source), operation, path: path.to_owned(), source: Some(source) }
    }

    pub(crate) fn new(kind: ReportErrorKind, operation: Operation, path: &Path) -> Self {
        Self { kind, operation, path: path.to_owned(), source: None }
    }

    /// Who is at fault.
    pub fn kind(&self) -> &ReportErrorKind {
        &self.kind
    }

    /// What was being done.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// The file or directory concerned.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn cause(&self) -> String {
        match (&self.kind, &self.source) {
            (ReportErrorKind::Malformed { line, problem }, _) => format!("line {line}: {problem}"),
            (ReportErrorKind::Rendering { problem }, _) => problem.clone(),
            (_, Some(source)) => source.to_string(),
            (_, None) => "unknown reason".to_owned(),
        }
    }
}
