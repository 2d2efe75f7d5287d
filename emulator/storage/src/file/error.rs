//! Why a disc file cannot be used.

use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// A disc file that cannot be created or opened. Each says what to do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DiscFileError {
    /// There is a file of this name; it was not touched.
    #[error("{}: the file exists; open it, remove it, or choose another name", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Its contents are not what was written.
    #[error(
        "{}: the disc file is damaged: {detail}; restore it from a copy, or remove it and begin a new disc",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// There is no room where the file lies.
    #[error("{}: there is no room: {detail}; free some, then try again", path.display())]
    Full {
        /// The file.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// Another process has it open, or another drive of this one.
    #[error(
        "{}: another process or drive has this disc file open; end that process, take the disc out there, or use another file",
        path.display()
    )]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The caller did not want it to go on.
    #[error("{}: interrupted", path.display())]
    Interrupted {
        /// The file.
        path: PathBuf,
    },
    /// The system refused to open, read or write it.
    #[error("{}: cannot {operation} the disc file: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        operation: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A newer version wrote it.
    #[error(
        "{}: disc file format {found}, but this version knows formats up to {known}; use the version that wrote it, or a newer one",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format that is known here.
        known: u32,
    },
    /// It is no disc file, or its creation was interrupted; it was not touched.
    #[error("{}: not a disc file of discrig ({found}); give the path of one, or of no file to create one", path.display())]
    NotADisc {
        /// The file.
        path: PathBuf,
        /// What it is instead, as far as that can be said.
        found: &'static str,
    },
    /// It holds another kind of disc than was asked for; it was not touched.
    #[error("{}: this disc file holds a {found}, not a {wanted}; name no medium, or another file", path.display())]
    OtherMedium {
        /// The file.
        path: PathBuf,
        /// What it holds.
        found: &'static str,
        /// What was asked for.
        wanted: &'static str,
    },
    /// What was to be put on the disc could not be had. There is no file then, unless there was one.
    #[error("{}: the disc file was not made: {detail}", path.display())]
    Unfilled {
        /// The file.
        path: PathBuf,
        /// Why.
        detail: String,
    },
}
