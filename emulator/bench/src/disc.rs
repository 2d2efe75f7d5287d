//! Where the disc in the drive comes from. The one module of the emulator that reads files.

use crate::image::demonstration_image;
use discrig_disc::{Area, Disc, DiscError, DiscState, MediumKind, Rules, Store, StoreError};
use discrig_drive::{BLOCK, Profile};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;

/// Where the disc in the drive comes from.
#[derive(Clone, Debug, Default)]
pub enum DiscSource {
    /// A recordable disc that nothing was written to.
    Blank(MediumKind),
    /// A small pressed disc that the emulator makes itself.
    #[default]
    Demonstration,
    /// A pressed disc with the contents of a file.
    Image(ImageFile),
    /// No disc.
    None,
}

/// An opened image file.
#[derive(Clone, Debug)]
pub struct ImageFile {
    file: Arc<Mutex<File>>,
    size: u64,
}

/// A file that makes no disc.
#[derive(Debug, Error)]
pub enum ImageError {
    /// The contents make no disc.
    #[error("{}: {error}", path.display())]
    Contents {
        /// The file.
        path: PathBuf,
        /// Why.
        error: DiscError,
    },
    /// It cannot be opened or read.
    #[error("{}: {error}; a readable image file is needed", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It is a directory or something else without a size.
    #[error("{}: not a regular file; an image such as disc.iso is needed", path.display())]
    NoFile {
        /// What was named.
        path: PathBuf,
    },
}

impl DiscSource {
    /// A pressed disc with the contents of the file at `path`, which stays open.
    ///
    /// # Errors
    /// [`ImageError`] naming the file.
    pub fn image(path: &Path) -> Result<DiscSource, ImageError> {
        let problem = |error| ImageError::File { path: path.to_owned(), error };
        let file = File::open(path).map_err(problem)?;
        let metadata = file.metadata().map_err(problem)?;
        if !metadata.is_file() {
            return Err(ImageError::NoFile { path: path.to_owned() });
        }
        let image = ImageFile { file: Arc::new(Mutex::new(file)), size: metadata.len() };
        let source = DiscSource::Image(image);
        source
            .disc(&Profile::default())
            .map_err(|error| ImageError::Contents { path: path.to_owned(), error })?;
        Ok(source)
    }

    /// The disc, anew; nothing where there is none. What the emulator makes itself is of a kind that the model of drive knows.
    pub(crate) fn disc(&self, profile: &Profile) -> Result<Option<Disc>, DiscError> {
        match self {
            DiscSource::Blank(kind) => Disc::blank(*kind).map(Some),
            DiscSource::Demonstration => {
                let mut disc = Disc::from_image(demonstration_image())?;
                disc.state.kind = known(profile, Rules::Pressed).unwrap_or(disc.state.kind);
                Ok(Some(disc))
            }
            DiscSource::Image(image) => {
                let state = DiscState::pressed(image.size.div_ceil(BLOCK as u64))?;
                Ok(Some(Disc { state, store: Box::new(image.clone()) }))
            }
            DiscSource::None => Ok(None),
        }
    }
}

/// The first kind of disc with these rules and the fewest layers that a model of drive knows.
fn known(profile: &Profile, rules: Rules) -> Option<MediumKind> {
    let fitting =
        MediumKind::TABLE.iter().filter(|spec| spec.rules == rules && profile.supports(spec.profile));
    fitting.min_by_key(|spec| spec.layers).map(|spec| spec.kind)
}

/// What a blank is made of when nobody chose: a kind that can be recorded once, where the model of drive knows one.
pub(crate) fn blank_for(profile: &Profile) -> MediumKind {
    const ONCE: [Rules; 4] = [Rules::BdR, Rules::DvdPlusR, Rules::DvdMinusR, Rules::CdR];
    ONCE.into_iter().find_map(|rules| known(profile, rules)).unwrap_or(MediumKind::BdR)
}

impl Store for ImageFile {
    fn read(&mut self, area: Area, first: i32, buffer: &mut [u8]) -> Result<(), StoreError> {
        let from = match u64::try_from(first) {
            Ok(block) if area == Area::User => block * BLOCK as u64,
            _ => self.size,
        };
        let failed = |error: std::io::Error| StoreError::Failed(error.to_string());
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        // What is missing of the last block reads as zeros.
        let there = usize::try_from(self.size.saturating_sub(from)).unwrap_or(usize::MAX).min(buffer.len());
        file.seek(SeekFrom::Start(from)).map_err(failed)?;
        file.read_exact(&mut buffer[..there]).map_err(failed)?;
        buffer[there..].fill(0);
        Ok(())
    }
}
