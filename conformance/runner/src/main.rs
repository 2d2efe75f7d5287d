//! The `discrig` command.

#![forbid(unsafe_code)]

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    discrig::run(discrig::cli::Cli::parse())
}
