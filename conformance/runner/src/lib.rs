//! The `discrig` command as a library: it picks a target, runs the suite on it, and writes the reports.
//!
//! Everything that a user sees goes through here: [`cli`] says which commands there are, [`target`] opens what they act on, [`session`] runs
//! scenarios and tells a reporter, and the modules under `commands` are one command each.

#![forbid(unsafe_code)]

mod cabinet;
pub mod cli;
mod commands;
mod convert;
pub mod expectations;
mod failure;
mod interrupt;
mod progress;
mod secret;
mod selection;
pub mod serve_cli;
pub mod session;
pub mod target;

pub use failure::Failure;

use cli::{Cli, Command};
use std::process::ExitCode;

/// Runs a command line and says how the process ends.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    let outcome = match cli.command {
        Command::Agent(arguments) => commands::agent::run(&arguments),
        Command::Ctl(arguments) => commands::ctl::run(&arguments),
        Command::Disc(arguments) => commands::disc::run(&arguments),
        Command::Exec(arguments) => commands::exec::run(&arguments),
        Command::Inspect(arguments) => commands::inspect::run(&arguments),
        Command::List(arguments) => commands::list::run(&arguments),
        Command::Lock(arguments) => commands::lock::run(&arguments),
        Command::Replay(arguments) => commands::replay::run(&arguments),
        Command::Serve(arguments) => commands::serve::run(&arguments),
        Command::Test(arguments) => commands::test::run(&arguments),
    };
    match outcome {
        Ok(code) => code.into(),
        Err(failure) => {
            terminal::error(&failure);
            failure.exit_code().into()
        }
    }
}

pub(crate) mod terminal;
