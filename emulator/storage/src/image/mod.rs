//! Discs from images of other formats, and images of discs.
//!
//! Imports give a pressed disc whose blocks are read from the image when they are asked for. The image must stay as it is meanwhile.

mod cue;
mod error;
mod export;
mod output;
mod sheet;
mod store;
#[cfg(test)]
mod tests;
mod text;
mod wave;

pub use cue::import_cue;
pub use error::ImageError;
pub use export::{Exported, Part, export_cue, export_iso};
pub use output::Replace;
pub use sheet::SheetProblem;

use discrig_disc::sector::frame;
use discrig_disc::{
    Area, Disc, DiscState, Form, MediumKind, Recording, Sequence, Session, Track, TrackStatus,
};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use store::{ImageFile, ImageStore, Layout, Origin, Stretch};

/// Bytes of a block of user data, and of a whole sector.
const USER: u64 = 2048;
const SECTOR: u64 = 2352;
/// Blocks of the pause before the first track.
const PAUSE: u32 = 150;

/// What is wrong with directories, devices and pipes.
const NO_FILE: &str = "is a directory or a device; an image is needed";

/// A pressed disc whose blocks lie in image files, which stay open.
#[derive(Clone, Debug)]
pub struct Image {
    state: Arc<DiscState>,
    store: ImageStore,
}

impl Image {
    /// What is on it.
    #[must_use]
    pub fn state(&self) -> &DiscState {
        &self.state
    }

    /// The disc, as often as it is asked for.
    #[must_use]
    pub fn disc(&self) -> Disc {
        Disc { state: DiscState::clone(&self.state), store: Box::new(self.store.clone()) }
    }

    /// What the files have of it: blocks that are kept in an area.
    pub(crate) fn stretches(&self) -> impl Iterator<Item = (Area, Range<i32>)> + '_ {
        let stretches = self.store.stretches.iter();
        stretches.map(|(first, stretch)| (stretch.area, *first..*first + stretch.blocks as i32))
    }
}

/// What the sectors of a raw image are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RawTrack {
    /// Audio, whatever they look like.
    Audio,
    /// Data of the mode that the header of the first sector says.
    Data,
}

/// A pressed disc from an image of blocks of 2048 bytes: CD-ROM, DVD-ROM or BD-ROM by its size.
///
/// # Errors
/// [`ImageError`]; an image whose length is no number of blocks is refused.
pub fn import_iso(path: &Path) -> Result<Image, ImageError> {
    let (file, length) = open(path)?;
    let blocks = blocks(
        path,
        length,
        USER,
        "is not a number of blocks of 2048 bytes; it may be cut short, or of another format",
    )?;
    let too_large = |_| ImageError::TooLarge { path: path.into(), blocks, disc: "BD-ROM" };
    let state = DiscState::pressed(blocks).map_err(too_large)?;
    Ok(Image { state: state.into(), store: single(path, file, Area::User, length, blocks) })
}

/// A CD of one track from an image of whole sectors of 2352 bytes, kept as they are.
///
/// # Errors
/// [`ImageError`]; data whose first sector has no sync, or no mode 1 or 2, are refused.
pub fn import_raw(path: &Path, what: RawTrack) -> Result<Image, ImageError> {
    let (mut file, length) = open(path)?;
    let blocks = blocks(
        path,
        length,
        SECTOR,
        "is not a number of sectors of 2352 bytes; it may be cut short, or of another format",
    )?;
    if blocks > u64::from(MediumKind::CdRom.spec().capacity) {
        return Err(ImageError::TooLarge { path: path.into(), blocks, disc: "CD-ROM" });
    }
    let (form, control, disc_type) = match what {
        RawTrack::Audio => (Form::Audio, 0, 0),
        RawTrack::Data => raw_form(path, &mut file)?,
    };
    let end = blocks as i32;
    let track = Track { control, form, pre_gap: PAUSE, ..complete(Track::open(1, 0), end) };
    let state = compact_disc(Session { tracks: vec![track], disc_type, ..Session::default() }, end);
    Ok(Image { state: state.into(), store: single(path, file, Area::Raw, length, blocks) })
}

/// Form, control and type of disc by the first sector.
fn raw_form(path: &Path, file: &mut File) -> Result<(Form, u8, u8), ImageError> {
    let mut sector = [0; SECTOR as usize];
    file.seek(SeekFrom::Start(0))
        .and_then(|_| file.read_exact(&mut sector))
        .map_err(io(path, "read the image"))?;
    match (sector.starts_with(&frame::SYNC), sector[15]) {
        (true, 1) => Ok((Form::Raw, 4, 0)),
        (true, 2) => Ok((Form::Mode2, 4, 0x20)),
        _ => Err(ImageError::Invalid {
            path: path.into(),
            reason: "does not begin with a sector of mode 1 or 2; if it is audio, import it as audio",
        }),
    }
}

fn open(path: &Path) -> Result<(File, u64), ImageError> {
    // It is looked at before it is opened: opening a pipe would wait for its other end.
    let metadata = path.metadata().map_err(io(path, "open the image"))?;
    if !metadata.is_file() {
        return Err(ImageError::Invalid { path: path.into(), reason: NO_FILE });
    }
    let file = File::open(path).map_err(io(path, "open the image"))?;
    Ok((file, metadata.len()))
}

/// The blocks of an image, of which there is one at least.
fn blocks(path: &Path, length: u64, stride: u64, reason: &'static str) -> Result<u64, ImageError> {
    let invalid = |reason| Err(ImageError::Invalid { path: path.into(), reason });
    match length {
        0 => invalid("is empty"),
        _ if !length.is_multiple_of(stride) => invalid(reason),
        _ => Ok(length / stride),
    }
}

fn io(path: &Path, operation: &'static str) -> impl Fn(std::io::Error) -> ImageError {
    move |source| ImageError::Io { path: path.into(), operation, source }
}

/// The store of an image that is one stretch of records.
fn single(path: &Path, file: File, area: Area, end: u64, blocks: u64) -> ImageStore {
    let origin =
        Origin::File { file: 0, offset: 0, stride: area.stride() as u32, end, layout: Layout::Plain };
    let stretch = Stretch { area, blocks: blocks as u32, origin };
    ImageStore { files: vec![ImageFile::new(path.into(), file)], stretches: BTreeMap::from([(0, stretch)]) }
}

/// A track that ends there.
fn complete(track: Track, end: i32) -> Track {
    Track { next: end, end: Some(end), status: TrackStatus::Complete, ..track }
}

/// A pressed CD of one session.
fn compact_disc(session: Session, lead_out: i32) -> DiscState {
    let session = Session { closed: true, lead_out: Some(lead_out), ..session };
    let sequence = Sequence { sessions: vec![session], finalized: true, ..Sequence::default() };
    DiscState::with(MediumKind::CdRom, Recording::Sequential(sequence))
}
