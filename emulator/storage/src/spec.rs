//! Where a disc comes from, in a word: `none`, `blank:bd-re`, `file:backup.disc`.
//!
//! | specification | the disc in the drive |
//! |---|---|
//! | `none` | none |
//! | `blank:MEDIUM` | a blank one, gone with the drive |
//! | `file:PATH` | that of a disc file, which keeps what is burned |
//! | `file+MEDIUM:PATH` | the same; a file that does not exist is created with a blank disc |
//! | `iso:PATH` | a pressed one with the contents of an image of blocks of 2048 bytes |
//! | `cue:PATH` | a pressed CD as a CUE sheet says |
//! | `raw:PATH`, `raw+audio:PATH` | a pressed CD of one track from whole sectors of 2352 bytes, data or audio |
//!
//! What qualifies a specification stands before the first colon, and everything after it is the path: no path is misunderstood, and a
//! specification without a comma in its path has none at all, so that it can be an item of a list.

use crate::image::RawTrack;
use core::fmt;
use core::str::FromStr;
use discrig_disc::MediumKind;
use std::path::PathBuf;
use thiserror::Error;

/// Where a disc comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DiscSpec {
    /// A blank disc in memory.
    Blank(MediumKind),
    /// A pressed CD from a CUE sheet.
    Cue(PathBuf),
    /// A disc file.
    File {
        /// Where it lies.
        path: PathBuf,
        /// The blank that is created if it does not exist; a file that exists must hold one of these.
        medium: Option<MediumKind>,
    },
    /// A pressed disc from blocks of 2048 bytes.
    Iso(PathBuf),
    /// No disc.
    None,
    /// A pressed CD of one track from sectors of 2352 bytes.
    Raw {
        /// The image.
        path: PathBuf,
        /// What its sectors are.
        what: RawTrack,
    },
}

/// A text that specifies no disc.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum SpecError {
    /// It has none of the forms.
    #[error("`{0}` is no disc; expected {forms}", forms = DiscSpec::FORMS)]
    Form(String),
    /// There is no such medium, or nothing can be recorded on it.
    #[error("there is no recordable disc `{0}`")]
    Medium(String),
    /// The path is missing.
    #[error("`{0}` names no file; a path belongs after the colon")]
    NoPath(String),
}

impl DiscSpec {
    /// The forms of a specification, for messages and help.
    pub const FORMS: &str =
        "none, blank:MEDIUM, file:PATH, file+MEDIUM:PATH, iso:PATH, cue:PATH, raw:PATH or raw+audio:PATH";
}

impl FromStr for DiscSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<DiscSpec, SpecError> {
        let form = || SpecError::Form(text.to_owned());
        let Some((scheme, rest)) = text.split_once(':') else {
            return if text == "none" { Ok(DiscSpec::None) } else { Err(form()) };
        };
        let (scheme, qualifier) = match scheme.split_once('+') {
            Some((scheme, qualifier)) => (scheme, Some(qualifier)),
            None => (scheme, None),
        };
        if (scheme, qualifier) == ("blank", None) {
            return medium(rest).map(DiscSpec::Blank);
        }
        let path = PathBuf::from(rest);
        let spec = match (scheme, qualifier) {
            ("cue", None) => DiscSpec::Cue(path),
            ("file", qualifier) => DiscSpec::File { path, medium: qualifier.map(medium).transpose()? },
            ("iso", None) => DiscSpec::Iso(path),
            ("raw", None) => DiscSpec::Raw { path, what: RawTrack::Data },
            ("raw", Some("audio")) => DiscSpec::Raw { path, what: RawTrack::Audio },
            _ => return Err(form()),
        };
        if rest.is_empty() { Err(SpecError::NoPath(text.to_owned())) } else { Ok(spec) }
    }
}

/// A medium that can be recorded, by its name.
fn medium(name: &str) -> Result<MediumKind, SpecError> {
    MediumKind::by_name(name)
        .filter(|kind| kind.spec().is_recordable())
        .ok_or_else(|| SpecError::Medium(name.to_owned()))
}

impl fmt::Display for DiscSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DiscSpec::Blank(kind) => write!(f, "blank:{}", kind.spec().name),
            DiscSpec::Cue(path) => write!(f, "cue:{}", path.display()),
            DiscSpec::File { path, medium: None } => write!(f, "file:{}", path.display()),
            DiscSpec::File { path, medium: Some(kind) } => {
                write!(f, "file+{}:{}", kind.spec().name, path.display())
            }
            DiscSpec::Iso(path) => write!(f, "iso:{}", path.display()),
            DiscSpec::None => f.write_str("none"),
            DiscSpec::Raw { path, what: RawTrack::Data } => write!(f, "raw:{}", path.display()),
            DiscSpec::Raw { path, what: RawTrack::Audio } => write!(f, "raw+audio:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_is_written() {
        let path = || PathBuf::from("a:b+c.disc");
        for (text, spec) in [
            ("none", DiscSpec::None),
            ("blank:dvd+r-dl", DiscSpec::Blank(MediumKind::by_name("dvd+r-dl").unwrap())),
            ("file:a:b+c.disc", DiscSpec::File { path: path(), medium: None }),
            (
                "file+dvd+rw:a:b+c.disc",
                DiscSpec::File { path: path(), medium: MediumKind::by_name("dvd+rw") },
            ),
            ("iso:a:b+c.disc", DiscSpec::Iso(path())),
            ("cue:a:b+c.disc", DiscSpec::Cue(path())),
            ("raw:a:b+c.disc", DiscSpec::Raw { path: path(), what: RawTrack::Data }),
            ("raw+audio:a:b+c.disc", DiscSpec::Raw { path: path(), what: RawTrack::Audio }),
        ] {
            assert_eq!(text.parse(), Ok(spec.clone()));
            assert_eq!(spec.to_string(), text);
        }
    }

    #[test]
    fn every_recordable_medium_can_be_named() {
        for spec in MediumKind::TABLE.iter().filter(|spec| spec.is_recordable()) {
            let text = format!("file+{}:x", spec.name);
            assert_eq!(text.parse::<DiscSpec>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |text: &str| text.parse::<DiscSpec>().unwrap_err();
        for text in
            ["", "disc", "blank", "iso", "fil:x", "iso+cd-r:x", "blank+cd-r:x", "raw+video:x", "C:\\x"]
        {
            assert_eq!(error(text), SpecError::Form(text.to_owned()));
        }
        for text in ["iso:", "file:", "file+bd-re:", "cue:", "raw+audio:"] {
            assert_eq!(error(text), SpecError::NoPath(text.to_owned()));
        }
        for (text, medium) in
            [("blank:", ""), ("blank:cd-rom", "cd-rom"), ("file+vinyl:x", "vinyl"), ("file+:x", "")]
        {
            assert_eq!(error(text), SpecError::Medium(medium.to_owned()));
        }
    }
}
