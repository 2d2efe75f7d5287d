//! Files that are there as a whole or not at all.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::{Operation, ReportError};

/// Makes the directory and those above it.
pub(crate) fn create_directory(dir: &Path) -> Result<(), ReportError> {
    fs::create_dir_all(dir).map_err(|source| ReportError::io(Operation::Create, dir, source))
}

/// Replaces `dir/name` by a file with these contents, on disk before this returns. Whoever opens the name meanwhile
/// finds the old file or the new one, complete.
pub(crate) fn replace(dir: &Path, name: &str, contents: &[u8]) -> Result<(), ReportError> {
    let partial = dir.join(format!(".{name}.partial"));
    let written = write_partial(&partial, contents).and_then(|()| {
        let path = dir.join(name);
        fs::rename(&partial, &path).map_err(|source| ReportError::io(Operation::Replace, &path, source))
    });
    if written.is_err() {
        // The first error is the one to tell; what is left of the partial file is swept by the next run.
        let _ = fs::remove_file(&partial);
    }
    written.and_then(|()| sync_directory(dir))
}

fn write_partial(path: &Path, contents: &[u8]) -> Result<(), ReportError> {
    let mut file = File::create(path).map_err(|source| ReportError::io(Operation::Create, path, source))?;
    file.write_all(contents)
        .and_then(|()| file.sync_all())
        .map_err(|source| ReportError::io(Operation::Write, path, source))
}

/// Removes `dir/name`; a file that is not there is as good as removed.
pub(crate) fn remove(dir: &Path, name: &str) -> Result<(), ReportError> {
    let path: PathBuf = dir.join(name);
    match fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(ReportError::io(Operation::Remove, &path, source))
        }
        _ => Ok(()),
    }
}

/// A rename is on disk once the directory is.
#[cfg(unix)]
fn sync_directory(dir: &Path) -> Result<(), ReportError> {
    File::open(dir)
        .and_then(|directory| directory.sync_all())
        .map_err(|source| ReportError::io(Operation::Write, dir, source))
}

/// Directories cannot be opened for this elsewhere; the system orders the rename itself.
#[cfg(not(unix))]
fn sync_directory(_: &Path) -> Result<(), ReportError> {
    Ok(())
}
