//! Files that get their name when they are complete: until then they have one that nobody takes for it.

use crate::Replace;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Names that are tried until one is free.
const TRIES: u32 = 1000;

/// A file under a provisional name beside its own. It is removed unless it was published.
#[derive(Debug)]
pub(crate) struct Provisional {
    path: PathBuf,
    name: PathBuf,
}

impl Provisional {
    /// Creates an empty file beside `path`.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] if there is something at `path` that is not to be replaced; what the system says otherwise.
    pub(crate) fn create(path: &Path, replace: Replace) -> io::Result<(Provisional, File)> {
        if replace == Replace::Never && path.symlink_metadata().is_ok() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        if path.is_dir() {
            return Err(io::Error::new(ErrorKind::IsADirectory, "it is a directory"));
        }
        let file_name =
            path.file_name().ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "this names no file"))?;
        for number in 0..TRIES {
            let mut name = file_name.to_os_string();
            name.push(format!(".{}-{number}.partial", std::process::id()));
            let name = path.with_file_name(name);
            match OpenOptions::new().read(true).write(true).create_new(true).open(&name) {
                Ok(file) => return Ok((Provisional { path: path.into(), name }, file)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("every provisional name beside it is taken"))
    }

    /// Gives the file its name, and makes the name last. The contents are to be durable already.
    ///
    /// # Errors
    /// As for [`Provisional::create`]; then the file is gone.
    pub(crate) fn publish(self, replace: Replace) -> io::Result<()> {
        match replace {
            Replace::Existing => std::fs::rename(&self.name, &self.path)?,
            // A link never replaces what is there, also what came there meanwhile.
            Replace::Never => match std::fs::hard_link(&self.name, &self.path) {
                Err(_) if self.path.symlink_metadata().is_ok() => {
                    return Err(ErrorKind::AlreadyExists.into());
                }
                // Not every file system has links.
                Err(_) => std::fs::rename(&self.name, &self.path)?,
                Ok(()) => {}
            },
        }
        // Systems that cannot do that for folders do it by themselves.
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let _ = File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

impl Drop for Provisional {
    fn drop(&mut self) {
        // After a rename there is nothing to remove.
        let _ = std::fs::remove_file(&self.name);
    }
}
