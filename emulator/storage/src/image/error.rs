//! Why an image cannot be imported or exported.

use super::sheet::SheetProblem;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// An image that cannot be read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ImageError {
    /// The disc has nothing that the format could hold, or more than it can.
    #[error("{}: {reason}", path.display())]
    CannotHold {
        /// The image that was to be written.
        path: PathBuf,
        /// Why, and what to do.
        reason: &'static str,
    },
    /// There is a file of this name; it was not touched.
    #[error("{}: the file exists; choose another name, or ask for it to be replaced", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A file is not what it should be.
    #[error("{}: the file {reason}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The system refused to open, read or write it.
    #[error("{}: cannot {operation}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        operation: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A line of a CUE sheet is wrong.
    #[error("{}:{line}: {problem}", path.display())]
    Sheet {
        /// The sheet.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        problem: SheetProblem,
    },
    /// A line of a CUE sheet and the file that it is about do not agree.
    #[error("{}:{line}: the file {} {reason}", sheet.display(), file.display())]
    SheetFile {
        /// The sheet.
        sheet: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The file.
        file: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// It is more than a disc holds.
    #[error("{}: {blocks} blocks do not fit on a {disc}", path.display())]
    TooLarge {
        /// The image.
        path: PathBuf,
        /// Its blocks.
        blocks: u64,
        /// The largest disc that could be made of it.
        disc: &'static str,
    },
}
