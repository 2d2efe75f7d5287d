//! Files that appear whole or not at all.

use super::error::ImageError;
use super::io;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// What to do with a file of the same name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Replace {
    /// Refuse.
    Never,
    /// Put the new one in its place, once it is complete.
    Existing,
}

/// A file under a name of its own until it is complete.
pub(super) struct Output {
    path: PathBuf,
    partial: PathBuf,
    file: Option<BufWriter<File>>,
    replace: Replace,
}

impl Output {
    pub(super) fn create(path: &Path, replace: Replace) -> Result<Output, ImageError> {
        if replace == Replace::Never && path.symlink_metadata().is_ok() {
            return Err(ImageError::Exists { path: path.into() });
        }
        let Some(name) = path.file_name() else {
            return Err(ImageError::CannotHold { path: path.into(), reason: "this is no name of a file" });
        };
        let mut partial = name.to_os_string();
        partial.push(format!(".{}.partial", std::process::id()));
        let partial = path.with_file_name(partial);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&partial)
            .map_err(io(&partial, "create the file"))?;
        Ok(Output {
            path: path.into(),
            partial,
            file: Some(BufWriter::with_capacity(1 << 20, file)),
            replace,
        })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), ImageError> {
        match self.file.as_mut() {
            Some(file) => file.write_all(bytes).map_err(io(&self.path, "write the image")),
            None => Ok(()),
        }
    }

    /// Makes everything durable, under the name of its own still.
    pub(super) fn complete(&mut self) -> Result<(), ImageError> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let file =
            file.into_inner().map_err(|error| io(&self.path, "write the image")(error.into_error()))?;
        file.sync_all().map_err(io(&self.path, "write the image"))
    }

    /// Gives the file its name.
    pub(super) fn publish(mut self) -> Result<(), ImageError> {
        self.complete()?;
        if self.replace == Replace::Never {
            // A link never replaces what is there, also what came there meanwhile. Not every file system has links.
            match std::fs::hard_link(&self.partial, &self.path) {
                Ok(()) => return Ok(()),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    return Err(ImageError::Exists { path: self.path.clone() });
                }
                Err(_) if self.path.symlink_metadata().is_ok() => {
                    return Err(ImageError::Exists { path: self.path.clone() });
                }
                Err(_) => {}
            }
        }
        std::fs::rename(&self.partial, &self.path).map_err(io(&self.path, "name the image"))
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.file = None;
        // After a rename there is nothing to remove.
        let _ = std::fs::remove_file(&self.partial);
    }
}
