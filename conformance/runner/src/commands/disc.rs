//! `discrig disc`: the files in which discs are kept.

mod info;
mod wear;

use crate::cli::{DiscAction, DiscArguments, ExportArguments, ImageFormat, ImportArguments, NewArguments};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::terminal;
use discrig_disc::{Disc, DiscState};
use discrig_reports::ExitCode;
use discrig_storage::image::{Exported, Part, export_cue, export_iso};
use discrig_storage::{DiscFile, DiscSpec, DiscSupply, Replace};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

pub(crate) fn run(arguments: &DiscArguments) -> Result<ExitCode, Failure> {
    match &arguments.action {
        DiscAction::Export(arguments) => export(arguments),
        DiscAction::Import(arguments) => import(arguments),
        DiscAction::Info(arguments) => info::run(arguments),
        DiscAction::New(arguments) => new(arguments),
        DiscAction::Wear(arguments) => wear::run(arguments),
    }
}

fn new(arguments: &NewArguments) -> Result<ExitCode, Failure> {
    let state = DiscState::blank(arguments.medium).map_err(failed)?;
    DiscFile::create(&arguments.file, &state, replace(arguments.replace)).map_err(failed)?;
    let name = arguments.medium.spec().name;
    terminal::out(&format!("{}: a blank {name}", arguments.file.display()));
    Ok(ExitCode::AsExpected)
}

fn import(arguments: &ImportArguments) -> Result<ExitCode, Failure> {
    let supply = match &arguments.image {
        spec @ (DiscSpec::Cue(_) | DiscSpec::Iso(_) | DiscSpec::Raw { .. }) => DiscSupply::open(spec),
        other => {
            return Err(Failure::Usage(format!(
                "`{other}` is no image; import iso:, cue:, raw: or raw+audio:"
            )));
        }
    };
    let DiscSupply::Image(image) = supply.map_err(failed)? else {
        return Err(Failure::Usage(format!("`{}` is no image", arguments.image)));
    };
    let (interrupt, bar) = (Interrupt::listen(), bar());
    let mut go_on = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
        !interrupt.is_asked()
    };
    DiscFile::import(&arguments.file, &image, replace(arguments.replace), &mut go_on).map_err(failed)?;
    bar.finish_and_clear();
    let (medium, blocks) = (image.state().kind.spec().name, u64::from(image.state().last_block()) + 1);
    terminal::out(&format!("{}: a {medium} of {blocks} blocks", arguments.file.display()));
    Ok(ExitCode::AsExpected)
}

fn export(arguments: &ExportArguments) -> Result<ExitCode, Failure> {
    let extension = arguments.image.extension().and_then(|extension| extension.to_str());
    let format = arguments.format.or(match extension {
        Some("cue") => Some(ImageFormat::Cue),
        Some("iso") => Some(ImageFormat::Iso),
        _ => None,
    });
    let Some(format) = format else {
        return Err(Failure::Usage(format!(
            "{}: the name ends neither with .iso nor with .cue; --format says what it is to be",
            arguments.image.display()
        )));
    };
    let part = match (arguments.track, arguments.session) {
        (Some(track), _) => Part::Track(track),
        (None, Some(session)) => Part::Session(session),
        (None, None) => Part::Whole,
    };
    let mut disc = open(&arguments.disc)?;
    let write = match format {
        ImageFormat::Cue => export_cue,
        ImageFormat::Iso => export_iso,
    };
    let exported = write(&mut disc, part, &arguments.image, replace(arguments.replace)).map_err(failed)?;
    let Exported { blocks, unreadable } = exported;
    terminal::out(&format!("{}: {blocks} blocks", arguments.image.display()));
    if unreadable == 0 {
        return Ok(ExitCode::AsExpected);
    }
    terminal::remark(&format!(
        "discrig: {}: {unreadable} of {blocks} blocks cannot be read and are zeros in the image",
        arguments.disc
    ));
    Ok(ExitCode::Nonconformance)
}

/// The disc that a specification names.
fn open(spec: &DiscSpec) -> Result<Disc, Failure> {
    let disc = DiscSupply::open(spec).and_then(|supply| supply.disc()).map_err(failed)?;
    disc.ok_or_else(|| Failure::Usage(format!("`{spec}` is no disc")))
}

fn replace(wanted: bool) -> Replace {
    if wanted { Replace::Existing } else { Replace::Never }
}

fn failed(error: impl core::fmt::Display) -> Failure {
    Failure::Target(error.to_string())
}

/// A bar on standard error, where that is a terminal.
fn bar() -> ProgressBar {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    match ProgressStyle::with_template("{bar:24} {percent}%") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
