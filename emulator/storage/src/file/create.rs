//! Making disc files. A file has its name when it is a disc, and not before.

use super::session::Session;
use super::{DiscFile, DiscFileError, Opened, lock};
use crate::Replace;
use crate::image::Image;
use crate::naming::Provisional;
use discrig_disc::{DiscState, MediumKind, Store, StoreError};
use std::io::{self, ErrorKind};
use std::path::Path;

/// Blocks that are copied at once.
const PIECE: i32 = 32;
/// Pieces between two commits of a long copy: 32 MiB, about.
const PIECES: usize = 512;

impl DiscFile {
    /// Creates a file for a disc and commits its first state. It appears under its name complete and durable.
    ///
    /// # Errors
    /// [`DiscFileError::Exists`], [`DiscFileError::Full`], [`DiscFileError::Io`]; there is no file then, unless there was one, and that is
    /// as it was.
    pub fn create(path: &Path, state: &DiscState, replace: Replace) -> Result<DiscFile, DiscFileError> {
        build(path, state, replace, |_| Ok(()))
    }

    /// Creates a file for a disc with everything that an image has. `go_on` is told how many blocks of how many are done, and may end it.
    ///
    /// # Errors
    /// As for [`DiscFile::create`], and [`DiscFileError::Unfilled`] if the image cannot be read, [`DiscFileError::Interrupted`] if `go_on` ended it.
    pub fn import(
        path: &Path,
        image: &Image,
        replace: Replace,
        go_on: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<DiscFile, DiscFileError> {
        build(path, image.state(), replace, |file| match fill(file, image, go_on) {
            Ok(true) => file.commit(image.state()).map_err(|error| unfilled(path, error)),
            Ok(false) => Err(DiscFileError::Interrupted { path: path.into() }),
            Err(error) => Err(unfilled(path, error)),
        })
    }

    /// Opens a disc file; if there is none, creates one with a blank disc.
    ///
    /// # Errors
    /// [`DiscFileError`], [`DiscFileError::OtherMedium`] for a file that holds another kind of disc.
    pub fn open_or_create(path: &Path, medium: MediumKind) -> Result<Opened, DiscFileError> {
        let is_missing = |error: &DiscFileError| matches!(error, DiscFileError::Io { source, .. } if source.kind() == ErrorKind::NotFound);
        let opened = match DiscFile::open(path) {
            Err(error) if is_missing(&error) => {
                let state = DiscState::blank(medium).map_err(|error| DiscFileError::Unfilled {
                    path: path.into(),
                    detail: error.to_string(),
                })?;
                match DiscFile::create(path, &state, Replace::Never) {
                    // Somebody else was faster.
                    Err(DiscFileError::Exists { .. }) => DiscFile::open(path)?,
                    created => Opened { file: created?, state, recovered: false },
                }
            }
            opened => opened?,
        };
        if opened.state.kind != medium {
            return Err(DiscFileError::OtherMedium {
                path: path.into(),
                found: opened.state.kind.spec().name,
                wanted: medium.spec().name,
            });
        }
        Ok(opened)
    }
}

fn build(
    path: &Path,
    state: &DiscState,
    replace: Replace,
    fill: impl FnOnce(&mut DiscFile) -> Result<(), DiscFileError>,
) -> Result<DiscFile, DiscFileError> {
    let unnamed = |error: io::Error| match error.kind() {
        ErrorKind::AlreadyExists => DiscFileError::Exists { path: path.into() },
        ErrorKind::StorageFull => DiscFileError::Full { path: path.into(), detail: error.to_string() },
        _ => DiscFileError::Io { path: path.into(), operation: "create", source: error },
    };
    let (provisional, file) = Provisional::create(path, replace).map_err(unnamed)?;
    // A disc that is in use is not replaced under the other's hands.
    let replaced = (replace == Replace::Existing).then(|| still(path)).transpose()?.flatten();
    let session = Session::create(path, lock(path, file)?, state)?;
    let mut file = DiscFile::with(path, session);
    fill(&mut file)?;
    file.session()?.identify(path)?;
    provisional.publish(replace).map_err(unnamed)?;
    drop(replaced);
    Ok(file)
}

fn unfilled(path: &Path, error: StoreError) -> DiscFileError {
    match error {
        StoreError::Full(detail) => DiscFileError::Full { path: path.into(), detail },
        other => DiscFileError::Unfilled { path: path.into(), detail: other.to_string() },
    }
}

/// Holds what is there, if it is a disc file, so that nobody begins to use it.
fn still(path: &Path) -> Result<Option<DiscFile>, DiscFileError> {
    match DiscFile::open(path) {
        Ok(opened) => Ok(Some(opened.file)),
        Err(error @ DiscFileError::InUse { .. }) => Err(error),
        // What cannot be used as a disc can be replaced.
        Err(_) => Ok(None),
    }
}

/// Copies what the files of an image have; whether it came to its end.
fn fill(
    file: &mut DiscFile,
    image: &Image,
    go_on: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<bool, StoreError> {
    let mut disc = image.disc();
    let total = image.stretches().map(|(_, blocks)| blocks.len() as u64).sum();
    let (mut done, mut bytes) = (0, Vec::new());
    for (area, blocks) in image.stretches() {
        for (number, first) in (1..).zip(blocks.clone().step_by(PIECE as usize)) {
            let count = PIECE.min(blocks.end - first);
            bytes.resize(count as usize * area.stride(), 0);
            disc.store.read(area, first, &mut bytes)?;
            file.write(area, first, &bytes)?;
            done += count as u64;
            if !go_on(done, total) {
                return Ok(false);
            }
            if number % PIECES == 0 {
                file.commit(image.state())?;
            }
        }
    }
    Ok(true)
}
