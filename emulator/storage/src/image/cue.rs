//! BIN/CUE: what a sheet means for a disc.
//!
//! Block 0 is the first frame of the first file; the two seconds before it are in no file. Each further frame of the files follows where the one
//! before ended, with PREGAP and POSTGAP between them. Sectors of mode 1 are kept as their 2048 bytes: a drive builds the rest, as it would when
//! it reads them, and what a file has instead (a wrong EDC on purpose) is not kept; [`super::import_raw`] keeps it.

use super::error::ImageError;
use super::sheet::{FileKind, Flags, Sheet, SheetIndex, SheetTrack, TrackMode};
use super::store::{ImageFile, ImageStore, Layout, Origin, Stretch};
use super::{Image, NO_FILE, PAUSE, compact_disc, complete, io, text, wave};
use discrig_disc::{Form, MediumKind, Session, Track};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The longest sheet and CD-Text file that are read.
const LONGEST: u64 = 1 << 20;

/// How the blocks of a mode lie in a file, and what they become.
struct ModeRow {
    /// Bytes from block to block, and what of them comes before that which is kept.
    stride: u32,
    skipped: u32,
    layout: Layout,
    form: Form,
    control: u8,
    disc_type: u8,
}

fn row(mode: TrackMode) -> ModeRow {
    let user = |stride, skipped, form, disc_type| ModeRow {
        stride,
        skipped,
        layout: Layout::Plain,
        form,
        control: 4,
        disc_type,
    };
    let kind = |interactive| if interactive { 0x10 } else { 0x20 };
    match mode {
        TrackMode::Audio => ModeRow { control: 0, ..user(2352, 0, Form::Audio, 0) },
        TrackMode::Mode1User => user(2048, 0, Form::Mode1, 0),
        TrackMode::Mode1Whole => user(2352, 16, Form::Mode1, 0),
        TrackMode::Mode2Form1 => user(2048, 0, Form::Mode2Form1, 0x20),
        TrackMode::Mode2Tail { interactive } => {
            ModeRow { layout: Layout::Tail, ..user(2336, 0, Form::Mode2, kind(interactive)) }
        }
        TrackMode::Mode2Whole { interactive } => user(2352, 0, Form::Mode2, kind(interactive)),
    }
}

/// A CD from a CUE sheet and the files that it names, which are looked for beside it.
///
/// # Errors
/// [`ImageError`], with the line of the sheet.
pub fn import_cue(path: &Path) -> Result<Image, ImageError> {
    let text = read_whole(path)?;
    // Old sheets are written in the code of their day; ISO 8859-1 has a character for every byte.
    let text = String::from_utf8(text)
        .unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect());
    let sheet = Sheet::parse(&text).map_err(|(line, problem)| ImageError::Sheet {
        path: path.into(),
        line,
        problem,
    })?;
    Builder::new(path, &sheet)?.build()
}

fn read_whole(path: &Path) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    let (file, _) = super::open(path)?;
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(io(path, "read the file"))?;
    if bytes.len() as u64 > LONGEST {
        return Err(ImageError::Invalid {
            path: path.into(),
            reason: "is larger than 1 MiB: an image itself, perhaps",
        });
    }
    Ok(bytes)
}

/// A disc that grows track by track.
struct Builder<'a> {
    path: &'a Path,
    sheet: &'a Sheet,
    store: ImageStore,
    /// The samples or blocks of each file.
    contents: Vec<Range<u64>>,
    /// Where the next index of each file begins in it: frame and byte.
    reached: Vec<(u32, u64)>,
    /// The next block.
    next: i32,
}

impl<'a> Builder<'a> {
    fn new(path: &'a Path, sheet: &'a Sheet) -> Result<Builder<'a>, ImageError> {
        let mut store = ImageStore { files: Vec::new(), stretches: BTreeMap::new() };
        let mut contents = Vec::new();
        for entry in &sheet.files {
            let name = beside(path, &entry.name);
            let refused = |reason: String| ImageError::SheetFile {
                sheet: path.into(),
                line: entry.line,
                file: name.clone(),
                reason,
            };
            let cannot = |error: std::io::Error| refused(format!("cannot be opened: {error}"));
            let metadata = name.metadata().map_err(cannot)?;
            if !metadata.is_file() {
                return Err(refused(NO_FILE.into()));
            }
            let mut file = File::open(&name).map_err(cannot)?;
            contents.push(match entry.kind {
                FileKind::Binary | FileKind::Motorola => 0..metadata.len(),
                FileKind::Wave => wave::samples(&mut file, metadata.len())
                    .map_err(|error| refused(format!("cannot be read: {error}")))?
                    .map_err(|reason| refused(reason.into()))?,
            });
            store.files.push(ImageFile::new(name, file));
        }
        let reached = contents.iter().map(|contents| (0, contents.start)).collect();
        Ok(Builder { path, sheet, store, contents, reached, next: 0 })
    }

    fn build(mut self) -> Result<Image, ImageError> {
        let (mut tracks, mut disc_type) = (Vec::new(), 0);
        for (at, track) in self.sheet.tracks.iter().enumerate() {
            tracks.push(self.track(at, track)?);
            disc_type = row(track.mode).disc_type.max(disc_type);
        }
        let last = tracks.last().map_or(1, |track| track.number as u8);
        let first = tracks.first().map_or(1, |track| track.number as u8);
        let session = Session {
            disc_type,
            catalogue: self.sheet.catalogue,
            text: self.text(first, last)?,
            tracks,
            ..Session::default()
        };
        Ok(Image { state: compact_disc(session, self.next).into(), store: self.store })
    }

    fn track(&mut self, at: usize, track: &SheetTrack) -> Result<Track, ImageError> {
        let row = row(track.mode);
        let begin = self.next;
        self.gap(&row, track.pre_gap.unwrap_or(0))?;
        let (mut start, mut indexes) = (begin, Vec::new());
        for (number, index) in track.indexes.iter().enumerate() {
            match index.number {
                0 => {}
                1 => start = self.next,
                _ => indexes.push(self.next),
            }
            let following = track.indexes.get(number + 1);
            let following =
                following.or_else(|| self.sheet.tracks.get(at + 1).and_then(|track| track.indexes.first()));
            self.stretch(track, &row, index, following.filter(|following| following.file == index.file))?;
        }
        self.gap(&row, track.post_gap.unwrap_or(0))?;
        let before_all = if at == 0 { PAUSE } else { 0 };
        Ok(Track {
            pre_gap: start.abs_diff(begin) + before_all,
            indexes,
            control: row.control | control(track.flags, row.form),
            copied: track.flags.serial_copy,
            form: row.form,
            isrc: track.isrc,
            ..complete(Track::open(track.number.into(), start), self.next)
        })
    }

    /// Blocks that are in no file.
    fn gap(&mut self, row: &ModeRow, blocks: u32) -> Result<(), ImageError> {
        let first = self.next;
        self.advance(u64::from(blocks))?;
        if row.form == Form::Mode2 && blocks > 0 {
            let stretch = Stretch { area: row.form.area(), blocks, origin: Origin::EmptyMode2 };
            self.store.stretches.insert(first, stretch);
        }
        Ok(())
    }

    /// The blocks from an index to the next in its file, or to the file's end.
    fn stretch(
        &mut self,
        track: &SheetTrack,
        row: &ModeRow,
        index: &SheetIndex,
        following: Option<&SheetIndex>,
    ) -> Result<(), ImageError> {
        let refused = |builder: &Builder<'_>, reason: String| ImageError::SheetFile {
            sheet: builder.path.into(),
            line: index.line,
            file: PathBuf::from(&builder.sheet.files[index.file].name),
            reason,
        };
        let (frame, offset) = self.reached[index.file];
        if frame != index.frame {
            return Err(refused(
                self,
                "has frames before its first INDEX; begin with INDEX 00 or 01 at 00:00:00".into(),
            ));
        }
        let kind = self.sheet.files[index.file].kind;
        if kind != FileKind::Binary && track.mode != TrackMode::Audio {
            return Err(refused(self, "is audio by its type, but the track is not".into()));
        }
        let end = self.contents[index.file].end;
        let (stride, left) = (u64::from(row.stride), end.saturating_sub(offset));
        // The last samples of a WAVE file need not fill a block.
        let whole = if kind == FileKind::Wave { left.div_ceil(stride) } else { left / stride };
        let blocks = following.map_or(whole, |following| u64::from(following.frame - frame));
        if whole < blocks {
            return Err(refused(self, format!("ends {whole} blocks after this INDEX, before the next one")));
        }
        if following.is_none() && kind != FileKind::Wave && whole * stride != left {
            let reason =
                format!("has {left} bytes from this INDEX on, which is not a number of blocks of {stride}");
            return Err(refused(self, reason));
        }
        let first = self.next;
        self.advance(blocks)?;
        self.reached[index.file] = (frame + blocks as u32, offset + blocks * stride);
        if blocks > 0 {
            let layout = if kind == FileKind::Motorola { Layout::Swapped } else { row.layout };
            let offset = offset + u64::from(row.skipped);
            let origin = Origin::File { file: index.file, offset, stride: row.stride, end, layout };
            self.store
                .stretches
                .insert(first, Stretch { area: row.form.area(), blocks: blocks as u32, origin });
        }
        Ok(())
    }

    fn advance(&mut self, blocks: u64) -> Result<(), ImageError> {
        let next = self.next as u64 + blocks;
        if next > u64::from(MediumKind::CdRom.spec().capacity) {
            return Err(ImageError::TooLarge { path: self.path.into(), blocks: next, disc: "CD-ROM" });
        }
        self.next = next as i32;
        Ok(())
    }

    /// CD-Text from the file that is named, or else from the texts of the sheet.
    fn text(&self, first: u8, last: u8) -> Result<Vec<discrig_wire::toc::CdTextPack>, ImageError> {
        let Some((line, name)) = &self.sheet.text_file else {
            return text::encode(&self.sheet.texts, first, last).ok_or(ImageError::Invalid {
                path: self.path.into(),
                reason: "has more texts than fit into CD-Text; shorten them",
            });
        };
        let path = beside(self.path, name);
        text::from_file(&read_whole(&path)?).ok_or_else(|| ImageError::SheetFile {
            sheet: self.path.into(),
            line: *line,
            file: path,
            reason: "is no CD-Text file: it should be packs of 18 bytes".into(),
        })
    }
}

/// The control nibble's bits of the flags.
fn control(flags: Flags, form: Form) -> u8 {
    let is_audio = form == Form::Audio;
    u8::from(flags.copy_permitted) << 1
        | u8::from(is_audio && flags.pre_emphasis)
        | u8::from(is_audio && flags.four_channels) << 3
}

/// A file that a sheet names.
fn beside(sheet: &Path, name: &str) -> PathBuf {
    // Joining an absolute path gives that path.
    sheet.parent().unwrap_or(Path::new("")).join(name)
}
