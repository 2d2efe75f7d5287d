//! The command line of `discrig disc`.

use crate::target::{parse_disc, parse_medium};
use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use core::ops::Range;
use discrig_bench::MediumKind;
use discrig_storage::DiscSpec;
use std::path::PathBuf;

pub(super) const EXAMPLES: &str = "\
Examples:
  discrig disc new backup.disc bd-re
  discrig test --disc file:backup.disc
  discrig disc info backup.disc
  discrig disc import cue:album.cue album.disc
  discrig disc export album.disc album.iso --track 1
  discrig disc wear backup.disc --damaged 5000-5099

A file is replaced only with --replace, and appears under its name when it is complete.
Where a DISC is wanted, the path of a disc file will do, or a specification such as iso:PATH.";

/// Arguments of `discrig disc`.
#[derive(Args, Debug)]
pub struct DiscArguments {
    /// What to do.
    #[command(subcommand)]
    pub action: DiscAction,
}

/// What to do with disc files.
#[derive(Debug, Subcommand)]
pub enum DiscAction {
    /// Write an image of what is on a disc
    #[command(
        after_help = "Examples:\n  discrig disc export backup.disc backup.iso\n  discrig disc export backup.disc second.iso --session 2\n  discrig disc export album.disc album.cue\n\nBlocks that cannot be read are zeros in the image; the exit code is 100 then."
    )]
    Export(ExportArguments),
    /// Make a disc file from an image
    #[command(
        after_help = "Examples:\n  discrig disc import iso:data.iso data.disc\n  discrig disc import cue:album.cue album.disc\n  discrig disc import raw+audio:track.bin track.disc"
    )]
    Import(ImportArguments),
    /// Show what is on a disc
    #[command(
        after_help = "Examples:\n  discrig disc info backup.disc\n  discrig disc info backup.disc --verify\n  discrig disc info cue:album.cue --json\n\nThe exit code is 100 if --verify finds damage."
    )]
    Info(InfoArguments),
    /// Make a disc file with a blank disc
    #[command(
        after_help = "Example: discrig disc new backup.disc bd-re\n\n`discrig list discs` shows the media. A blank disc takes less than 1 MiB, whatever it can hold."
    )]
    New(NewArguments),
    /// Scratch the disc of a disc file, or let it wear out
    #[command(
        after_help = "Examples:\n  discrig disc wear backup.disc --damaged 5000-5099 --damaged 20000\n  discrig disc wear rewritable.disc --endurance 3\n  discrig disc wear backup.disc --mend\n\nWhat is written to damaged blocks cannot be read, unless the drive replaces them by spares. A worn-out disc can no longer be written."
    )]
    Wear(WearArguments),
}

/// A kind of image.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum ImageFormat {
    /// A CUE sheet, with the sectors of a CD in a file beside it
    Cue,
    /// Blocks of 2048 bytes
    Iso,
}

/// Arguments of `discrig disc export`.
#[derive(Args, Debug)]
pub struct ExportArguments {
    /// The disc
    #[arg(value_parser = named_disc)]
    pub disc: DiscSpec,
    /// The image
    pub image: PathBuf,
    /// Which kind of image; by default what its name ends with
    #[arg(long)]
    pub format: Option<ImageFormat>,
    /// Only this track
    #[arg(long, value_name = "NUMBER", conflicts_with = "session")]
    pub track: Option<u16>,
    /// Only this session
    #[arg(long, value_name = "NUMBER")]
    pub session: Option<u16>,
    /// Replace files that exist
    #[arg(long)]
    pub replace: bool,
}

/// Arguments of `discrig disc import`.
#[derive(Args, Debug)]
pub struct ImportArguments {
    /// The image: iso:PATH, cue:PATH, raw:PATH or raw+audio:PATH
    #[arg(value_parser = parse_disc)]
    pub image: DiscSpec,
    /// The disc file
    pub file: PathBuf,
    /// Replace a file that exists
    #[arg(long)]
    pub replace: bool,
}

/// Arguments of `discrig disc info`.
#[derive(Args, Debug)]
pub struct InfoArguments {
    /// The disc
    #[arg(value_parser = named_disc)]
    pub disc: DiscSpec,
    /// Read everything that the file keeps, to see whether it is intact
    #[arg(long)]
    pub verify: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `discrig disc new`.
#[derive(Args, Debug)]
pub struct NewArguments {
    /// The disc file
    pub file: PathBuf,
    /// What the disc is, such as bd-re
    #[arg(value_parser = parse_medium)]
    pub medium: MediumKind,
    /// Replace a file that exists
    #[arg(long)]
    pub replace: bool,
}

/// Arguments of `discrig disc wear`.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("wear").required(true).multiple(true))]
pub struct WearArguments {
    /// The disc file
    pub file: PathBuf,
    /// Blocks that cannot be read from now on
    #[arg(long, group = "wear", value_name = "FIRST[-LAST]", value_parser = parse_blocks)]
    pub damaged: Vec<Range<i32>>,
    /// How often the disc can be blanked, formatted or written over as a whole
    #[arg(long, group = "wear", value_name = "COUNT")]
    pub endurance: Option<u32>,
    /// Take back all damage and wear before anything else
    #[arg(long, group = "wear")]
    pub mend: bool,
}

/// Blocks, given by the first and the last.
fn parse_blocks(text: &str) -> Result<Range<i32>, String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| text.parse::<i32>().map_err(|error| format!("`{text}`: {error}"));
    let (first, last) = (number(first)?, number(last)?);
    match last.checked_add(1) {
        Some(end) if 0 <= first && first < end => Ok(first..end),
        _ => Err(format!("there are no blocks from {first} to {last}")),
    }
}

/// A disc that is looked at: a specification of one that exists, or the path of a disc file.
fn named_disc(text: &str) -> Result<DiscSpec, String> {
    match text.parse() {
        Ok(DiscSpec::Blank(_) | DiscSpec::None | DiscSpec::File { medium: Some(_), .. }) | Err(_) => {
            Ok(DiscSpec::File { path: PathBuf::from(text), medium: None })
        }
        Ok(spec) => Ok(spec),
    }
}
