//! Chores of this workspace: `cargo xtask help` lists them.

#![forbid(unsafe_code)]

mod bench;
mod bench_iscsi;
mod burn;
mod children;
mod hostile;
mod initiator;
mod kill_burn;
mod media;
mod peers;
mod release;
mod served;
mod tidy;
mod vm;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Chores of this workspace
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = "Example:\n  cargo xtask tidy")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Measure reads over iSCSI, beside another server
    Bench(bench_iscsi::Args),
    /// Run the benches and show what they found, in one table
    Benches(bench::Args),
    /// Serve drives among enemies, and look whether an honest initiator notices
    Hostile(hostile::Args),
    /// Write the table of media and ways of recording
    Media(media::Args),
    /// Kill burns to disc files at random moments, and look whether anything safe is lost
    KillBurn(kill_burn::Args),
    /// Write the comparison with other emulated drives
    Peers(peers::Args),
    /// Check the invariants of the workspace
    Tidy(tidy::Args),
    /// Run the suite on drives of a real kernel, in virtual machines
    Vm(vm::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().chore {
        Chore::Bench(args) => bench_iscsi::run(&args),
        Chore::Benches(args) => bench::run(&args),
        Chore::Hostile(args) => hostile::run(&args),
        Chore::Media(args) => media::run(&args),
        Chore::KillBurn(args) => kill_burn::run(&args),
        Chore::Peers(args) => peers::run(&args),
        Chore::Tidy(args) => tidy::run(&args),
        Chore::Vm(args) => vm::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nowhere is left to report that standard error is closed.
            _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_chore_shows_an_example() {
        for chore in Cli::command().get_subcommands() {
            let help = chore.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Example"), "{} has no example", chore.get_name());
        }
    }
}
