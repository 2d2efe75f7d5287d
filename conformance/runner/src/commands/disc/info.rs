//! `discrig disc info`: what is on a disc, by the views that a drive would report.

use super::{bar, failed, open, wear};
use crate::cli::InfoArguments;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::terminal;
use discrig_disc::{DiscState, TrackSelector};
use discrig_reports::ExitCode;
use discrig_storage::{DiscFile, DiscSpec, FORMAT_VERSION, Opened, Verified};
use serde::Serialize;
use std::path::Path;

/// What there is to know, in the order in which it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Info {
    disc: String,
    file: Option<FileInfo>,
    medium: &'static str,
    profile: String,
    status: &'static str,
    /// Blocks of a disc that is full.
    capacity: u32,
    /// Blocks that READ CAPACITY tells of.
    blocks: u32,
    sessions: u16,
    last_session: &'static str,
    rewrites: u32,
    /// Rewrites that it endures.
    endurance: Option<u32>,
    /// Blocks that the medium has damaged.
    damaged: Vec<Stretch>,
    #[serde(skip)]
    wear: String,
    tracks: Vec<TrackInfo>,
}

#[derive(Debug, Serialize)]
struct Stretch {
    first: i32,
    last: i32,
}

/// The disc file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct FileInfo {
    format: u32,
    /// Bytes that it takes on the disk.
    room: u64,
    /// It was not closed properly: what was not committed is gone.
    recovered: bool,
    /// What `--verify` found.
    verified: Option<Check>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Check {
    bytes: u64,
    damage: Vec<Damage>,
}

#[derive(Debug, Serialize)]
struct Damage {
    first: i32,
    last: i32,
    detail: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct TrackInfo {
    track: u16,
    session: u16,
    kind: &'static str,
    start: u32,
    size: u32,
    next_writable: Option<u32>,
    free: u32,
    state: &'static str,
}

pub(super) fn run(arguments: &InfoArguments) -> Result<ExitCode, Failure> {
    let info = match &arguments.disc {
        DiscSpec::File { path, .. } => {
            let Opened { mut file, state, recovered } = DiscFile::open(path).map_err(failed)?;
            let verified = arguments.verify.then(|| verify(&mut file)).transpose()?;
            let room = room(path);
            Info::of(
                &arguments.disc,
                Some(FileInfo { format: FORMAT_VERSION, room, recovered, verified }),
                &state,
            )
        }
        _ if arguments.verify => {
            return Err(Failure::Usage(format!(
                "`{}` is no disc file; only those can be verified",
                arguments.disc
            )));
        }
        spec => Info::of(spec, None, &open(spec)?.state),
    };
    if arguments.json {
        let json = serde_json::to_string_pretty(&info).map_err(failed)?;
        terminal::out(&json);
    } else {
        terminal::out(&info.text());
    }
    Ok(if info.is_damaged() { ExitCode::Nonconformance } else { ExitCode::AsExpected })
}

fn verify(file: &mut DiscFile) -> Result<Check, Failure> {
    let (interrupt, bar) = (Interrupt::listen(), bar());
    let verified = file.verify(&mut |bytes| {
        bar.set_position(bytes);
        !interrupt.is_asked()
    });
    bar.finish_and_clear();
    let Verified { bytes, damage } = verified.map_err(failed)?;
    let damage = damage.into_iter().map(|damage| Damage {
        first: damage.blocks.start,
        last: damage.blocks.end - 1,
        detail: damage.detail,
    });
    Ok(Check { bytes, damage: damage.collect() })
}

impl Info {
    fn of(spec: &DiscSpec, file: Option<FileInfo>, state: &DiscState) -> Info {
        let information = state.information();
        let tracks = information.first_track.into()..=information.last_track_in_last_session;
        let is_blank = state.is_blank();
        let kind = state.kind.spec();
        Info {
            disc: spec.to_string(),
            file,
            medium: kind.name,
            profile: state.profile().to_string(),
            status: information.disc_status.name().unwrap_or("unknown"),
            capacity: kind.capacity,
            blocks: if is_blank { 0 } else { state.last_block() + 1 },
            sessions: information.sessions,
            last_session: information.last_session_status.name().unwrap_or("unknown"),
            rewrites: state.rewrites,
            endurance: state.endurance,
            damaged: state
                .damaged
                .iter()
                .map(|blocks| Stretch { first: blocks.start, last: blocks.end - 1 })
                .collect(),
            wear: wear::describe(state),
            tracks: tracks.filter_map(|number| TrackInfo::of(state, number)).collect(),
        }
    }

    fn is_damaged(&self) -> bool {
        let check = self.file.as_ref().and_then(|file| file.verified.as_ref());
        check.is_some_and(|check| !check.damage.is_empty())
    }

    fn text(&self) -> String {
        let row = |name: &str, value: &str| format!("{name:<14} {value}\n");
        let mut text = row("disc", &self.disc);
        if let Some(file) = &self.file {
            text += &row("file", &format!("format {}, {} bytes on the disk", file.format, file.room));
            if file.recovered {
                text += &row("", "was not closed properly: what was not yet safe is gone");
            }
        }
        text += &row("medium", &format!("{} ({})", self.medium, self.profile));
        text += &row("status", self.status);
        text += &row("blocks", &format!("{} of at most {}", self.blocks, self.capacity));
        text += &row("sessions", &format!("{}, the last {}", self.sessions, self.last_session));
        text += &row("wear", &self.wear);
        text += "track  session  kind        start       size       free  next writable\n";
        for track in &self.tracks {
            let next = track.next_writable.map_or_else(|| "-".to_owned(), |next| next.to_string());
            text += &format!(
                "{:>5}  {:>7}  {:<5} {:>11} {:>10} {:>10}  {:>13}  {}\n",
                track.track,
                track.session,
                track.kind,
                track.start,
                track.size,
                track.free,
                next,
                track.state
            );
        }
        if let Some(check) = self.file.as_ref().and_then(|file| file.verified.as_ref()) {
            let found = if check.damage.is_empty() { "all intact" } else { "DAMAGED" };
            text += &row("verified", &format!("{} bytes read, {found}", check.bytes));
            for damage in &check.damage {
                text += &row("", &format!("blocks {} to {}: {}", damage.first, damage.last, damage.detail));
            }
        }
        text.trim_end().to_owned()
    }
}

impl TrackInfo {
    fn of(state: &DiscState, number: u16) -> Option<TrackInfo> {
        let track = state.track_information(TrackSelector::Number(number.into())).ok()?;
        let states = [
            (track.damage, "damaged"),
            (track.blank, "blank"),
            (track.reserved && track.next_writable_valid, "reserved"),
            (track.next_writable_valid, "open"),
        ];
        Some(TrackInfo {
            track: track.track,
            session: track.session,
            kind: if track.track_mode & 4 == 0 { "audio" } else { "data" },
            start: track.start,
            size: track.size,
            next_writable: track.next_writable_valid.then_some(track.next_writable),
            free: track.free_blocks,
            state: states.iter().find(|(is, _)| *is).map_or("complete", |(_, state)| state),
        })
    }
}

/// Bytes that a file takes on the disk: disc files are sparse.
#[cfg(unix)]
fn room(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    path.metadata().map_or(0, |metadata| metadata.blocks() * 512)
}

#[cfg(not(unix))]
fn room(path: &Path) -> u64 {
    path.metadata().map_or(0, |metadata| metadata.len())
}
