//! Files that appear whole or not at all.

use super::error::ImageError;
use super::io;
use crate::naming::Provisional;
use std::fs::File;
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
    // The file is closed before its provisional name is removed, as some systems want it.
    file: Option<BufWriter<File>>,
    provisional: Provisional,
    replace: Replace,
}

impl Output {
    pub(super) fn create(path: &Path, replace: Replace) -> Result<Output, ImageError> {
        let (provisional, file) =
            Provisional::create(path, replace).map_err(|error| unnamed(path, "create the file", error))?;
        let file = Some(BufWriter::with_capacity(1 << 20, file));
        Ok(Output { path: path.into(), file, provisional, replace })
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
        let Output { path, provisional, replace, .. } = self;
        provisional.publish(replace).map_err(|error| unnamed(&path, "name the image", error))
    }
}

fn unnamed(path: &Path, operation: &'static str, error: std::io::Error) -> ImageError {
    match error.kind() {
        ErrorKind::AlreadyExists => ImageError::Exists { path: path.into() },
        _ => io(path, operation)(error),
    }
}
