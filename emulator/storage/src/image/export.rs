//! Images of discs, written as a stream.

use super::error::ImageError;
use super::output::{Output, Replace};
use super::sheet::{FileKind, Flags, Sheet, SheetFile, SheetIndex, SheetTrack, TrackMode};
use super::text;
use discrig_disc::sector::read_cd::ReadCdSelection;
use discrig_disc::sector::{SECTOR_BYTES, SectorType, frame};
use discrig_disc::{Area, Disc, Family, Form, Recording, Session, Track};
use discrig_wire::msf::Msf;
use std::ops::Range;
use std::path::Path;

/// Blocks that are read at once.
const AT_ONCE: i32 = 32;
/// READ CD: everything of the main channel.
const WHOLE_SECTORS: u8 = 0xF8;

/// What became of an export.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Exported {
    /// Blocks that were written.
    pub blocks: u64,
    /// How many of them could not be read from the disc, and are zeros in the image.
    pub unreadable: u64,
}

/// What of a disc is exported.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part {
    /// A session, counted from 1.
    Session(u16),
    /// A track, by its number.
    Track(u16),
    /// All of it.
    Whole,
}

/// Writes user data as blocks of 2048 bytes: a track or session, all of a DVD or BD, or the one track of a CD with nothing but data.
///
/// # Errors
/// [`ImageError::CannotHold`] for other CDs, for audio, and where nothing is recorded, [`ImageError::Exists`], [`ImageError::Io`]; there is
/// no new file then.
pub fn export_iso(
    disc: &mut Disc,
    part: Part,
    path: &Path,
    replace: Replace,
) -> Result<Exported, ImageError> {
    let blocks =
        iso_blocks(disc, part).map_err(|reason| ImageError::CannotHold { path: path.into(), reason })?;
    let mut output = Output::create(path, replace)?;
    let stride = Area::User.stride();
    let mut read = |first: i32, count: i32, bytes: &mut Vec<u8>| {
        bytes.resize(count as usize * stride, 0);
        let form = disc.state.readable(first, count as u32).ok();
        form.is_some_and(|form| disc.state.read(form, first, bytes, &mut *disc.store).is_ok())
    };
    let exported = stream(blocks, &mut output, &mut read, &|_, bytes| bytes.resize(stride, 0))?;
    output.publish()?;
    Ok(exported)
}

const BLANK: &str = "nothing is recorded there";
const NO_SESSION: &str = "the disc has no such session";

/// The blocks that an image of user data has.
fn iso_blocks(disc: &Disc, part: Part) -> Result<Range<i32>, &'static str> {
    match part {
        Part::Session(number) => blocks_of(&session(disc, number)?.tracks),
        Part::Track(number) => {
            let Recording::Sequential(sequence) = &disc.state.recording else {
                return Err("the disc has no tracks; export all of it");
            };
            let (_, track) = sequence.track(number).ok_or("the disc has no such track")?;
            blocks_of(core::slice::from_ref(track))
        }
        Part::Whole => whole_blocks(disc),
    }
}

/// The session with this number.
fn session(disc: &Disc, number: u16) -> Result<&Session, &'static str> {
    let Recording::Sequential(sequence) = &disc.state.recording else {
        return Err("the disc has no sessions; export all of it");
    };
    let at = usize::from(number).checked_sub(1).ok_or(NO_SESSION)?;
    sequence.sessions.get(at).ok_or(NO_SESSION)
}

/// The blocks from the first to the last of some tracks, all of which are data.
fn blocks_of(tracks: &[Track]) -> Result<Range<i32>, &'static str> {
    if tracks.iter().any(|track| track.control & 4 == 0) {
        return Err("there is audio, which an ISO image cannot hold; export BIN/CUE");
    }
    let recorded = || tracks.iter().filter(|track| track.next > track.start);
    let begin = recorded().map(|track| track.start).min();
    let end = recorded().map(|track| track.next).max();
    begin.zip(end).map(|(begin, end)| begin..end).ok_or(BLANK)
}

/// The blocks of a disc that is one track.
fn whole_blocks(disc: &Disc) -> Result<Range<i32>, &'static str> {
    const OTHER: &str =
        "the CD has audio or several tracks, which an ISO image cannot hold; export BIN/CUE, or one track";
    if disc.state.is_blank() {
        return Err(BLANK);
    }
    if disc.state.kind.spec().family != Family::Cd {
        return i32::try_from(disc.state.last_block()).map(|last| 0..last + 1).map_err(|_| BLANK);
    }
    match &disc.state.recording {
        Recording::Random(_) => Ok(0..disc.state.last_block() as i32 + 1),
        Recording::Sequential(sequence) => match sequence.sessions.as_slice() {
            [] => Err(BLANK),
            [session] if session.tracks.len() == 1 => blocks_of(&session.tracks),
            _ => Err(OTHER),
        },
    }
}

/// Writes a CD, or a session of one, as one file of whole sectors beside a CUE sheet at `path`; the file has the sheet's name with `.bin`, and CD-Text that a sheet
/// cannot hold goes into one with `.cdt`.
///
/// # Errors
/// [`ImageError::CannotHold`] for discs that are no CD, a track, or more than one session, [`ImageError::Exists`] and [`ImageError::Io`]. The sheet
/// is written last: there is no new one then.
pub fn export_cue(
    disc: &mut Disc,
    part: Part,
    path: &Path,
    replace: Replace,
) -> Result<Exported, ImageError> {
    let session =
        cue_session(disc, part).map_err(|reason| ImageError::CannotHold { path: path.into(), reason })?;
    let name = |extension: &str| {
        let path = path.with_extension(extension);
        path.file_name()
            .and_then(|name| name.to_str())
            .filter(|name| !name.contains('"'))
            .map(|name| (path.clone(), name.to_owned()))
    };
    let (Some((bin, bin_name)), Some((cdt, cdt_name))) = (name("bin"), name("cdt")) else {
        return Err(ImageError::CannotHold {
            path: path.into(),
            reason: "a CUE sheet cannot hold this name; choose another",
        });
    };
    if bin == path || cdt == path {
        return Err(ImageError::CannotHold {
            path: path.into(),
            reason: "the sheet needs another name than its files; end it with .cue",
        });
    }
    let (mut sheet, blocks) = sheet_of(disc, &session, bin_name);
    let (first, last) = (
        sheet.tracks.first().map_or(1, |track| track.number),
        sheet.tracks.last().map_or(1, |track| track.number),
    );
    let mut text_file = None;
    if !session.text.is_empty() {
        match text::decode(&session.text, first, last) {
            Some(texts) => sheet.texts = texts,
            None => {
                sheet.text_file = Some((0, cdt_name));
                let mut output = Output::create(&cdt, replace)?;
                output.write(&text::to_file(&session.text))?;
                text_file = Some(output);
            }
        }
    }
    let mut sheet_file = Output::create(path, replace)?;
    sheet_file.write(sheet.render().as_bytes())?;
    let mut output = Output::create(&bin, replace)?;
    let exported = stream_sectors(disc, &session, blocks, &mut output)?;
    for output in text_file.iter_mut().chain([&mut sheet_file, &mut output]) {
        output.complete()?;
    }
    for output in text_file.into_iter().chain([output, sheet_file]) {
        output.publish()?;
    }
    Ok(exported)
}

fn cue_session(disc: &Disc, part: Part) -> Result<Session, &'static str> {
    if disc.state.kind.spec().family != Family::Cd {
        return Err("a CUE sheet is for CDs; export ISO");
    }
    let session = match (part, &disc.state.recording) {
        (_, Recording::Random(_)) => return Err("the CD has no tracks; export ISO"),
        (Part::Track(_), _) => return Err("a CUE sheet is for sessions; export the track as ISO"),
        (Part::Session(number), _) => session(disc, number)?,
        (Part::Whole, Recording::Sequential(sequence)) => match sequence.sessions.as_slice() {
            [] => return Err(BLANK),
            [session] => session,
            _ => return Err("the CD has several sessions, of which a CUE sheet holds one; say which"),
        },
    };
    if session.closed { Ok(session.clone()) } else { Err("the session is open; close it first") }
}

/// The sheet of a session, and the blocks that its file has.
fn sheet_of(disc: &mut Disc, session: &Session, name: String) -> (Sheet, Range<i32>) {
    let begin = session
        .tracks
        .first()
        .map_or(0, |track| track.start - track.pre_gap.saturating_sub(super::PAUSE) as i32);
    let end = session.tracks.last().map_or(begin, |track| track.end.unwrap_or(track.next));
    let mut sheet = Sheet {
        catalogue: session.catalogue,
        files: vec![SheetFile { line: 0, name, kind: FileKind::Binary }],
        ..Sheet::default()
    };
    for track in &session.tracks {
        let gap = (track.start - track.pre_gap as i32).max(begin);
        let blocks = (gap < track.start).then_some((0, gap)).into_iter().chain([(1, track.start)]);
        let blocks = blocks.chain((2..).zip(track.indexes.iter().copied()));
        let index = |(number, block): (u8, i32)| SheetIndex {
            line: 0,
            number,
            file: 0,
            frame: block.abs_diff(begin),
        };
        sheet.tracks.push(SheetTrack {
            line: 0,
            number: track.number as u8,
            mode: mode(disc, session, track),
            flags: Flags {
                copy_permitted: track.control & 2 != 0,
                four_channels: track.control & 0b1100 == 0b1000,
                pre_emphasis: track.control & 0b0101 == 0b0001,
                serial_copy: track.copied,
            },
            isrc: track.isrc,
            pre_gap: None,
            post_gap: None,
            indexes: blocks.map(index).collect(),
        });
    }
    (sheet, begin..end)
}

/// The mode of a track; sectors that are kept raw tell it themselves.
fn mode(disc: &mut Disc, session: &Session, track: &Track) -> TrackMode {
    let is_mode_2 = match track.form {
        Form::Audio => return TrackMode::Audio,
        Form::Mode1 => false,
        Form::Mode2 | Form::Mode2Form1 => true,
        Form::Raw => {
            let mut sector = [0; SECTOR_BYTES];
            let read = disc.store.read(Area::Raw, track.start, &mut sector);
            read.is_ok() && frame::sector_type(&sector).is_some_and(|kind| kind != SectorType::Mode1)
        }
    };
    if is_mode_2 {
        TrackMode::Mode2Whole { interactive: session.disc_type == 0x10 }
    } else {
        TrackMode::Mode1Whole
    }
}

fn stream_sectors(
    disc: &mut Disc,
    session: &Session,
    blocks: Range<i32>,
    output: &mut Output,
) -> Result<Exported, ImageError> {
    let Ok(selection) = ReadCdSelection::new(0, WHOLE_SECTORS, 0) else { return Ok(Exported::default()) };
    let Disc { state, store } = disc;
    let mut read = |first: i32, count: i32, bytes: &mut Vec<u8>| {
        state.read_cd(&selection, first, count as u32, &mut **store, bytes).is_ok()
            && bytes.len() == count as usize * SECTOR_BYTES
    };
    // What cannot be read is an empty sector of its track.
    let empty = |block: i32, bytes: &mut Vec<u8>| {
        let mut sector = [0; SECTOR_BYTES];
        let track = session.tracks.iter().rev().find(|track| track.start - track.pre_gap as i32 <= block);
        let address = Msf::from_lba(block).unwrap_or_default();
        match track.map(|track| track.form) {
            None | Some(Form::Audio) => {}
            Some(Form::Mode2 | Form::Mode2Form1) => {
                frame::seal(SectorType::Mode2Formless, address, &mut sector)
            }
            Some(Form::Mode1 | Form::Raw) => frame::seal(SectorType::Mode1, address, &mut sector),
        }
        bytes.extend_from_slice(&sector);
    };
    stream(blocks, output, &mut read, &empty)
}

/// Reads blocks many at once, and one by one where that fails.
fn stream(
    blocks: Range<i32>,
    output: &mut Output,
    read: &mut dyn FnMut(i32, i32, &mut Vec<u8>) -> bool,
    empty: &dyn Fn(i32, &mut Vec<u8>),
) -> Result<Exported, ImageError> {
    let mut exported = Exported { blocks: blocks.len() as u64, unreadable: 0 };
    let mut bytes = Vec::new();
    for first in blocks.clone().step_by(AT_ONCE as usize) {
        let count = AT_ONCE.min(blocks.end - first);
        bytes.clear();
        if read(first, count, &mut bytes) {
            output.write(&bytes)?;
            continue;
        }
        for block in first..first + count {
            bytes.clear();
            if !read(block, 1, &mut bytes) {
                bytes.clear();
                empty(block, &mut bytes);
                exported.unreadable += 1;
            }
            output.write(&bytes)?;
        }
    }
    Ok(exported)
}
