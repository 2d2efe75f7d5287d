//! `discrig disc wear`: what time does to a disc.

use super::failed;
use crate::cli::WearArguments;
use crate::failure::Failure;
use crate::terminal;
use discrig_disc::{DiscState, Extents, Store};
use discrig_reports::ExitCode;
use discrig_storage::{DiscFile, Opened};

pub(super) fn run(arguments: &WearArguments) -> Result<ExitCode, Failure> {
    let Opened { mut file, mut state, .. } = DiscFile::open(&arguments.file).map_err(failed)?;
    let spec = state.kind.spec();
    if let Some(blocks) = arguments.damaged.iter().find(|blocks| blocks.end as u32 > spec.capacity) {
        return Err(Failure::Usage(format!(
            "a {} has no block {}; its last one is {}",
            spec.name,
            blocks.end - 1,
            spec.capacity - 1
        )));
    }
    if arguments.mend {
        (state.damaged, state.rewrites, state.endurance) = (Extents::default(), 0, None);
    }
    arguments.damaged.iter().for_each(|blocks| state.damaged.insert(blocks.clone()));
    state.endurance = arguments.endurance.or(state.endurance);
    file.commit(&state).map_err(failed)?;
    terminal::out(&format!("{}: {}", arguments.file.display(), describe(&state)));
    Ok(ExitCode::AsExpected)
}

/// How worn a disc is, in words.
pub(super) fn describe(state: &DiscState) -> String {
    let rewrites = match state.endurance {
        Some(endurance) => format!("{} of {endurance} rewrites", state.rewrites),
        None => format!("{} rewrites", state.rewrites),
    };
    match state.damaged.len() {
        0 => rewrites,
        damaged => format!("{rewrites}, {damaged} blocks damaged"),
    }
}
