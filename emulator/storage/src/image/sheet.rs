//! CUE sheets as text: commands with their operands, line by line. What they mean for a disc is decided in [`super::cue`].
//!
//! A parser of our own: the crates for CUE sheets know audio alone, or do not say in which line an error is.

use super::text::{Field, Texts};
use std::fmt::Write as _;
use thiserror::Error;

/// Frames of a second, and seconds of a minute.
const FRAMES: u32 = 75;
const SECONDS: u32 = 60;

/// What is wrong in a line of a CUE sheet.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum SheetProblem {
    /// An operand has no such form.
    #[error("{operand:?} is no {expected}")]
    BadOperand {
        /// The operand.
        operand: String,
        /// What was expected.
        expected: &'static str,
    },
    /// An index lies before the one before it in the same file.
    #[error("the index lies before the one before it; indexes of a file go up")]
    Backwards,
    /// What may be there once is there again.
    #[error("{0} is there a second time; remove one")]
    Duplicate(&'static str),
    /// There are too few or too many operands.
    #[error("{command} has {found} operands, not {expected}")]
    OperandCount {
        /// The command.
        command: &'static str,
        /// How many are there.
        found: usize,
        /// How many belong there.
        expected: &'static str,
    },
    /// Numbers of tracks, or indexes, do not follow each other.
    #[error("number {found} does not follow; {expected} is next")]
    OutOfOrder {
        /// The number.
        found: u8,
        /// What should be there.
        expected: u8,
    },
    /// A command stands where it has no meaning.
    #[error("{command} cannot stand here; it belongs {place}")]
    Misplaced {
        /// The command.
        command: &'static str,
        /// Where it belongs.
        place: &'static str,
    },
    /// There is no such command.
    #[error("there is no command {0:?} in CUE sheets; remarks begin with REM")]
    UnknownCommand(String),
    /// A text does not end.
    #[error("a quotation mark is missing")]
    Unquoted,
    /// A track has no index 1.
    #[error("track {0} has no INDEX 01")]
    WithoutIndex(u8),
    /// There is no track.
    #[error("there is no TRACK")]
    WithoutTrack,
}

/// What the bytes of a file are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum FileKind {
    Binary,
    Motorola,
    Wave,
}

/// What the blocks of a track are in its file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum TrackMode {
    Audio,
    Mode1User,
    Mode1Whole,
    Mode2Form1,
    Mode2Tail { interactive: bool },
    Mode2Whole { interactive: bool },
}

/// The names of modes, as sheets have them.
const MODES: [(&str, TrackMode); 8] = [
    ("AUDIO", TrackMode::Audio),
    ("MODE1/2048", TrackMode::Mode1User),
    ("MODE1/2352", TrackMode::Mode1Whole),
    ("MODE2/2048", TrackMode::Mode2Form1),
    ("MODE2/2336", TrackMode::Mode2Tail { interactive: false }),
    ("MODE2/2352", TrackMode::Mode2Whole { interactive: false }),
    ("CDI/2336", TrackMode::Mode2Tail { interactive: true }),
    ("CDI/2352", TrackMode::Mode2Whole { interactive: true }),
];

const KINDS: [(&str, FileKind); 3] =
    [("BINARY", FileKind::Binary), ("MOTOROLA", FileKind::Motorola), ("WAVE", FileKind::Wave)];

/// A sheet.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Sheet {
    pub(super) catalogue: Option<[u8; 13]>,
    /// File of CD-Text, with the line that names it.
    pub(super) text_file: Option<(usize, String)>,
    pub(super) texts: Texts,
    pub(super) files: Vec<SheetFile>,
    pub(super) tracks: Vec<SheetTrack>,
}

/// A file that a sheet names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct SheetFile {
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) kind: FileKind,
}

/// A track of a sheet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct SheetTrack {
    pub(super) line: usize,
    pub(super) number: u8,
    pub(super) mode: TrackMode,
    /// Copying permitted, four channels, pre-emphasis, SCMS: one each.
    pub(super) flags: Flags,
    pub(super) isrc: Option<[u8; 12]>,
    /// Frames of silence before and after it that are in no file.
    pub(super) pre_gap: Option<u32>,
    pub(super) post_gap: Option<u32>,
    pub(super) indexes: Vec<SheetIndex>,
}

/// Flags of a track.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Flags {
    pub(super) copy_permitted: bool,
    pub(super) four_channels: bool,
    pub(super) pre_emphasis: bool,
    pub(super) serial_copy: bool,
}

impl Flags {
    /// The flags with their names.
    fn table(&mut self) -> [(&'static str, &mut bool); 4] {
        [
            ("DCP", &mut self.copy_permitted),
            ("4CH", &mut self.four_channels),
            ("PRE", &mut self.pre_emphasis),
            ("SCMS", &mut self.serial_copy),
        ]
    }
}

/// An index of a track.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct SheetIndex {
    pub(super) line: usize,
    pub(super) number: u8,
    /// Which of the files.
    pub(super) file: usize,
    /// Where in it.
    pub(super) frame: u32,
}

/// The commands, with what they do to the sheet.
type Command = fn(&mut Sheet, &Line<'_>) -> Result<(), SheetProblem>;
const COMMANDS: [(&str, Command); 9] = [
    ("CATALOG", Sheet::catalogue),
    ("CDTEXTFILE", Sheet::text_file),
    ("FILE", Sheet::file),
    ("FLAGS", Sheet::flags),
    ("INDEX", Sheet::index),
    ("ISRC", Sheet::isrc),
    ("POSTGAP", Sheet::post_gap),
    ("PREGAP", Sheet::pre_gap),
    ("TRACK", Sheet::track),
];

/// A line with its operands.
struct Line<'a> {
    number: usize,
    command: &'static str,
    operands: Vec<&'a str>,
}

impl<'a> Line<'a> {
    fn exactly<const N: usize>(&self, expected: &'static str) -> Result<[&'a str; N], SheetProblem> {
        let found = self.operands.len();
        let command = self.command;
        <[&str; N]>::try_from(&*self.operands).map_err(|_| SheetProblem::OperandCount {
            command,
            found,
            expected,
        })
    }

    fn misplaced(&self, place: &'static str) -> SheetProblem {
        SheetProblem::Misplaced { command: self.command, place }
    }
}

impl Sheet {
    /// Reads a sheet; an error comes with its line, counted from 1.
    pub(super) fn parse(text: &str) -> Result<Sheet, (usize, SheetProblem)> {
        let mut sheet = Sheet::default();
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        for (number, line) in (1..).zip(text.lines()) {
            sheet.line(number, line).map_err(|problem| (number, problem))?;
        }
        let last = text.lines().count().max(1);
        sheet.complete_track().map_err(|problem| (last, problem))?;
        if sheet.tracks.is_empty() { Err((last, SheetProblem::WithoutTrack)) } else { Ok(sheet) }
    }

    fn line(&mut self, number: usize, line: &str) -> Result<(), SheetProblem> {
        let line = line.trim();
        let (word, rest) = line.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((line, ""));
        if word.is_empty() || word.eq_ignore_ascii_case("REM") {
            return Ok(());
        }
        if let Some(field) = Field::named(word) {
            return self.text(field, rest.trim());
        }
        match COMMANDS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)) {
            Some((command, run)) => run(self, &Line { number, command, operands: operands(rest)? }),
            None => Err(SheetProblem::UnknownCommand(word.into())),
        }
    }

    fn text(&mut self, field: Field, rest: &str) -> Result<(), SheetProblem> {
        let text = match rest.strip_prefix('"') {
            Some(quoted) => quoted.strip_suffix('"').ok_or(SheetProblem::Unquoted)?,
            None => rest,
        };
        let track = self.tracks.last().map_or(0, |track| track.number);
        if self.texts.insert((field, track), text.into()).is_some() {
            return Err(SheetProblem::Duplicate(field.name()));
        }
        Ok(())
    }

    fn catalogue(&mut self, line: &Line<'_>) -> Result<(), SheetProblem> {
        let [operand] = line.exactly("1")?;
        let digits = Some(operand.as_bytes()).filter(|bytes| bytes.iter().all(u8::is_ascii_digit));
        let number = digits.and_then(|bytes| bytes.try_into().ok());
        let number = number.ok_or_else(|| bad(operand, "catalogue number of 13 digits"))?;
        once("CATALOG", &mut self.catalogue, number)
    }

    fn text_file(&mut self, line: &Line<'_>) -> Result<(), SheetProblem> {
        let [name] = line.exactly("1")?;
        once("CDTEXTFILE", &mut self.text_file, (line.number, name.into()))
    }

    fn file(&mut self, line: &Line<'_>) -> Result<(), SheetProblem> {
        let [name, kind] = line.exactly("a name and a type")?;
        let kind = KINDS.iter().find(|(name, _)| kind.eq_ignore_ascii_case(name)).map(|(_, kind)| *kind);
        let kind = kind.ok_or_else(|| {
            bad(line.operands[1], "type of file that can be imported: BINARY, MOTOROLA or WAVE")
        })?;
        self.files.push(SheetFile { line: line.number, name: name.into(), kind });
        Ok(())
    }

    fn track(&mut self, line: &Line<'_>) -> Result<(), SheetProblem> {
        self.complete_track()?;
        let [number, mode] = line.exactly("a number and a mode")?;
        if self.files.is_empty() {
            return Err(line.misplaced("after FILE"));
        }
        let found = in_range(number, 1, 99, "track number from 1 to 99")?;
        match self.tracks.last() {
            Some(last) if found != last.number + 1 => {
                return Err(SheetProblem::OutOfOrder { found, expected: last.number + 1 });
            }
            _ => {}
        }
        let mode = MODES.iter().find(|(name, _)| mode.eq_ignore_ascii_case(name)).map(|(_, mode)| *mode);
        let mode = mode
            .ok_or_else(|| bad(line.operands[1], "mode that can be imported, such as AUDIO or MODE1/2352"))?;
        self.tracks.push(SheetTrack {
            line: line.number,
            number: found,
            mode,
            flags: Flags::default(),
            isrc: None,
            pre_gap: None,
            post_gap: None,
            indexes: Vec::new(),
        });
        Ok(())
    }

    fn complete_track(&self) -> Result<(), SheetProblem> {
        match self.tracks.last() {
            Some(track) if !track.indexes.iter().any(|index| index.number == 1) => {
                Err(SheetProblem::WithoutIndex(track.number))
            }
            _ => Ok(()),
        }
    }

    fn in_track(&mut self, line: &Line<'_>) -> Result<&mut SheetTrack, SheetProblem> {
        self.tracks.last_mut().ok_or_else(|| line.misplaced("after TRACK"))
    }

    fn flags(&mut self, line: &Line<'_>) -> Result<(), SheetProblem> {
        let track = self.in_track(line)?;
        for operand in &line.operands {
            let mut table = track.flags.table();
            let flag = table.iter_mut().find(|(name, _)| operand.eq_ignore_ascii_case(name));
            let (_, flag) = flag.ok_or_else(|| bad(operand, "flag: DCP, 4CH, PRE or SCMS"))?;
            **flag = true;
        }
        Ok(())
    }

    fn isrc(&mut self, line: &Line<'_>) -> Result<(), SheetProblem> {
        let [operand] = line.exactly("1")?;
        let bytes = operand.to_ascii_uppercase().into_bytes();
        let is_code = bytes.len() == 12
            && bytes[..5].iter().all(u8::is_ascii_alphanumeric)
            && bytes[5..].iter().all(u8::is_ascii_digit);
        let code = bytes.try_into().ok().filter(|_| is_code);
        let code = code.ok_or_else(|| bad(operand, "recording code of 5 letters or digits and 7 digits"))?;
        once("ISRC", &mut self.in_track(line)?.isrc, code)
    }

    fn pre_gap(&mut self, line: &Line<'_>) -> Result<(), SheetProblem> {
        let [time] = line.exactly("1")?;
        let track = self.in_track(line)?;
        if !track.indexes.is_empty() {
            return Err(line.misplaced("before the first INDEX of its track"));
        }
        once("PREGAP", &mut track.pre_gap, frames(time)?)
    }

    fn post_gap(&mut self, line: &Line<'_>) -> Result<(), SheetProblem> {
        let [time] = line.exactly("1")?;
        let track = self.in_track(line)?;
        if track.indexes.is_empty() {
            return Err(line.misplaced("after the last INDEX of its track"));
        }
        once("POSTGAP", &mut track.post_gap, frames(time)?)
    }

    fn index(&mut self, line: &Line<'_>) -> Result<(), SheetProblem> {
        let [number, time] = line.exactly("a number and a time")?;
        let found = in_range(number, 0, 99, "index number from 0 to 99")?;
        let frame = frames(time)?;
        let file = self.files.len().checked_sub(1).ok_or_else(|| line.misplaced("after FILE"))?;
        let before = self.tracks.iter().flat_map(|track| &track.indexes).next_back().copied();
        let track = self.in_track(line)?;
        if track.post_gap.is_some() {
            return Err(line.misplaced("before POSTGAP"));
        }
        match track.indexes.last() {
            None if found > 1 => return Err(SheetProblem::OutOfOrder { found, expected: 1 }),
            Some(last) if found != last.number + 1 => {
                return Err(SheetProblem::OutOfOrder { found, expected: last.number + 1 });
            }
            _ => {}
        }
        if before.is_some_and(|before| before.file == file && before.frame > frame) {
            return Err(SheetProblem::Backwards);
        }
        track.indexes.push(SheetIndex { line: line.number, number: found, file, frame });
        Ok(())
    }

    /// The sheet as text.
    pub(super) fn render(&self) -> String {
        let mut out = String::new();
        // Writing to a string does not fail.
        let _ = self.render_to(&mut out);
        out
    }

    fn render_to(&self, out: &mut String) -> std::fmt::Result {
        if let Some(number) = &self.catalogue {
            writeln!(out, "CATALOG {}", String::from_utf8_lossy(number))?;
        }
        if let Some((_, name)) = &self.text_file {
            writeln!(out, "CDTEXTFILE \"{name}\"")?;
        }
        self.render_texts(out, 0, "")?;
        let mut file = None;
        for track in &self.tracks {
            // Only sheets of one file are written.
            let first = track.indexes.first().map(|index| index.file);
            if first != file {
                file = first;
                if let Some(file) = first.and_then(|file| self.files.get(file)) {
                    writeln!(out, "FILE \"{}\" {}", file.name, name_of(&KINDS, file.kind))?;
                }
            }
            writeln!(out, "  TRACK {:02} {}", track.number, name_of(&MODES, track.mode))?;
            self.render_texts(out, track.number, "    ")?;
            let mut flags = track.flags;
            let set: Vec<&str> =
                flags.table().iter().filter(|(_, set)| **set).map(|(name, _)| *name).collect();
            if !set.is_empty() {
                writeln!(out, "    FLAGS {}", set.join(" "))?;
            }
            if let Some(code) = &track.isrc {
                writeln!(out, "    ISRC {}", String::from_utf8_lossy(code))?;
            }
            if let Some(gap) = track.pre_gap {
                writeln!(out, "    PREGAP {}", time(gap))?;
            }
            for index in &track.indexes {
                writeln!(out, "    INDEX {:02} {}", index.number, time(index.frame))?;
            }
            if let Some(gap) = track.post_gap {
                writeln!(out, "    POSTGAP {}", time(gap))?;
            }
        }
        Ok(())
    }

    fn render_texts(&self, out: &mut String, track: u8, indent: &str) -> std::fmt::Result {
        for ((field, _), text) in self.texts.iter().filter(|((_, of), _)| *of == track) {
            writeln!(out, "{indent}{} \"{text}\"", field.name())?;
        }
        Ok(())
    }
}

fn bad(operand: &str, expected: &'static str) -> SheetProblem {
    SheetProblem::BadOperand { operand: operand.into(), expected }
}

fn once<T>(command: &'static str, slot: &mut Option<T>, value: T) -> Result<(), SheetProblem> {
    match slot.replace(value) {
        Some(_) => Err(SheetProblem::Duplicate(command)),
        None => Ok(()),
    }
}

fn in_range(operand: &str, least: u8, most: u8, expected: &'static str) -> Result<u8, SheetProblem> {
    let number = operand.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| bad(operand, expected))
}

fn name_of<T: PartialEq + Copy>(table: &[(&'static str, T)], value: T) -> &'static str {
    table.iter().find(|(_, row)| *row == value).map_or("", |(name, _)| name)
}

/// Minutes, seconds and frames as frames.
fn frames(operand: &str) -> Result<u32, SheetProblem> {
    let parts: Option<Vec<u32>> = operand.split(':').map(|part| part.parse().ok()).collect();
    match parts.as_deref() {
        Some([minutes @ 0..=99, seconds, frames]) if *seconds < SECONDS && *frames < FRAMES => {
            Ok((minutes * SECONDS + seconds) * FRAMES + frames)
        }
        _ => Err(bad(operand, "time mm:ss:ff with up to 59 seconds and 74 frames")),
    }
}

fn time(frames: u32) -> String {
    format!("{:02}:{:02}:{:02}", frames / FRAMES / SECONDS, frames / FRAMES % SECONDS, frames % FRAMES)
}

/// Operands: words, or texts between quotation marks.
fn operands(mut rest: &str) -> Result<Vec<&str>, SheetProblem> {
    let mut operands = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Ok(operands);
        }
        let (operand, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or(SheetProblem::Unquoted)?,
            None => rest.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((rest, "")),
        };
        operands.push(operand);
        rest = after;
    }
}
