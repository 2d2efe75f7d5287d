//! Discs for a drive, each as often as it is wanted.

use crate::file::{DiscFile, DiscFileError, Opened};
use crate::image::{Image, ImageError, import_cue, import_iso, import_raw};
use crate::spec::DiscSpec;
use discrig_disc::{Area, Disc, DiscError, DiscState, MediumKind, Store, StoreError};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use thiserror::Error;

/// Where a drive's disc comes from, opened: files stay open, and locked where they can be written.
#[derive(Clone, Debug)]
pub enum DiscSupply {
    /// A blank disc in memory.
    Blank(MediumKind),
    /// The disc of a disc file.
    File(KeptDisc),
    /// A pressed disc from image files.
    Image(Image),
    /// No disc.
    None,
}

/// A disc that cannot be had.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SupplyError {
    /// It makes no sense.
    #[error("{0}")]
    Disc(#[from] DiscError),
    /// The disc file.
    #[error("{0}")]
    File(#[from] DiscFileError),
    /// The image.
    #[error("{0}")]
    Image(#[from] ImageError),
}

impl DiscSupply {
    /// Opens what a specification names.
    ///
    /// # Errors
    /// [`SupplyError`], naming the file and what to do.
    pub fn open(spec: &DiscSpec) -> Result<DiscSupply, SupplyError> {
        Ok(match spec {
            DiscSpec::Blank(kind) => DiscSupply::Blank(*kind),
            DiscSpec::Cue(path) => DiscSupply::Image(import_cue(path)?),
            DiscSpec::File { path, medium: None } => DiscSupply::File(KeptDisc::of(DiscFile::open(path)?)),
            DiscSpec::File { path, medium: Some(kind) } => {
                DiscSupply::File(KeptDisc::of(DiscFile::open_or_create(path, *kind)?))
            }
            DiscSpec::Iso(path) => DiscSupply::Image(import_iso(path)?),
            DiscSpec::None => DiscSupply::None,
            DiscSpec::Raw { path, what } => DiscSupply::Image(import_raw(path, *what)?),
        })
    }

    /// The disc, anew. That of a disc file is as it was last committed, and one that was given out before can no longer be used: there is
    /// only one of it.
    ///
    /// # Errors
    /// [`SupplyError`], for instance if the disc file became unreadable.
    pub fn disc(&self) -> Result<Option<Disc>, SupplyError> {
        Ok(match self {
            DiscSupply::Blank(kind) => Some(Disc::blank(*kind)?),
            DiscSupply::File(kept) => Some(kept.disc()?),
            DiscSupply::Image(image) => Some(image.disc()),
            DiscSupply::None => None,
        })
    }
}

/// The disc of an open disc file. Clones are the same disc.
#[derive(Clone, Debug)]
pub struct KeptDisc(Arc<Mutex<Kept>>);

#[derive(Debug)]
struct Kept {
    file: DiscFile,
    /// How often the disc was given out.
    generation: u64,
}

/// The blocks of a disc as it was given out.
#[derive(Debug)]
struct Lent {
    kept: KeptDisc,
    generation: u64,
}

impl KeptDisc {
    /// The disc of a file that was opened.
    #[must_use]
    pub fn of(opened: Opened) -> KeptDisc {
        KeptDisc(Arc::new(Mutex::new(Kept { file: opened.file, generation: 0 })))
    }

    /// The disc as it was last committed. What was given out before can no longer be used.
    ///
    /// # Errors
    /// [`DiscFileError`], if it cannot be read any longer.
    pub fn disc(&self) -> Result<Disc, DiscFileError> {
        let mut kept = self.kept();
        kept.generation += 1;
        let state = kept.file.revert()?;
        let store = Lent { kept: self.clone(), generation: kept.generation };
        Ok(Disc { state, store: Box::new(store) })
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lent {
    fn run<T>(&self, work: impl FnOnce(&mut DiscFile) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut kept = self.kept.kept();
        if kept.generation != self.generation {
            return Err(StoreError::Failed("the disc was taken out: another drive has it".into()));
        }
        work(&mut kept.file)
    }
}

impl Store for Lent {
    fn read(&mut self, area: Area, first: i32, buffer: &mut [u8]) -> Result<(), StoreError> {
        self.run(|file| file.read(area, first, buffer))
    }

    fn write(&mut self, area: Area, first: i32, records: &[u8]) -> Result<(), StoreError> {
        self.run(|file| file.write(area, first, records))
    }

    fn erase(&mut self, blocks: Range<i32>) -> Result<(), StoreError> {
        self.run(|file| file.erase(blocks))
    }

    fn commit(&mut self, state: &DiscState) -> Result<(), StoreError> {
        self.run(|file| file.commit(state))
    }
}
