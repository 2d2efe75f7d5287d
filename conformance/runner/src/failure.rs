//! Why a command could not do what it was asked for.

use discrig_reports::{ExitCode, ReportError};
use std::path::PathBuf;
use thiserror::Error;

/// Why a command could not do what it was asked for; its text says what was wrong and what to do.
#[derive(Debug, Error)]
pub enum Failure {
    /// An argument or a file that it names is wrong.
    #[error("{0}")]
    Usage(String),
    /// A file that an argument names cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The target cannot be opened or used.
    #[error("{0}")]
    Target(String),
    /// The report cannot be written.
    #[error("{0}")]
    Report(#[from] ReportError),
}

impl Failure {
    /// The exit code that tells it.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Failure::Usage(_) | Failure::Unreadable { .. } => ExitCode::Usage,
            Failure::Target(_) => ExitCode::SetupFailed,
            Failure::Report(_) => ExitCode::ReportNotWritten,
        }
    }

    /// Reads a text file that an argument names.
    pub(crate) fn read(path: &std::path::Path) -> Result<String, Failure> {
        std::fs::read_to_string(path).map_err(|error| Failure::Unreadable { path: path.to_owned(), error })
    }
}
