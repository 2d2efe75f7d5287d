//! The command line.

mod disc;
mod iscsi;

pub use disc::{
    DiscAction, DiscArguments, ExportArguments, ImageFormat, ImportArguments, InfoArguments, NewArguments,
    WearArguments,
};
pub use iscsi::{Digest, IscsiArguments};

use crate::serve_cli::{CtlArguments, ServeArguments};
use crate::target::{Target, parse_disc};
use clap::{Args, Parser, Subcommand, ValueEnum};
use core::time::Duration;
use discrig_reports::ExitCode;
use discrig_scenarios::Hazard;
use discrig_storage::DiscSpec;
use std::path::PathBuf;

/// Judges optical disc recorders, emulated and physical, by one suite of scenarios.
#[derive(Debug, Parser)]
#[command(name = "discrig", version, arg_required_else_help = true, after_help = epilogue())]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const SPECIFICATIONS: &str = "\
Targets:
  emulator[:PROFILE]    the emulated drive (default)
  /dev/sr0, /dev/sg0    a physical drive
  iscsi://[USER@]HOST[:PORT]/TARGET/LUN
                        a drive behind an iSCSI target

Discs of the emulator (--disc SPEC):
  none                  no disc
  blank:MEDIUM          a blank disc, gone when the command ends (`discrig list discs`)
  file:PATH             the disc in a disc file, which keeps what is burned (`discrig disc --help`)
  file+MEDIUM:PATH      the same; a file that does not exist is created with a blank disc
  iso:PATH              a pressed disc from an image of blocks of 2048 bytes
  cue:PATH              a pressed CD as a CUE sheet says
  raw:PATH              a pressed CD from whole data sectors of 2352 bytes
  raw+audio:PATH        a pressed CD from audio sectors

Exit codes:";

/// What follows the list of commands.
fn epilogue() -> String {
    ExitCode::ALL.iter().fold(SPECIFICATIONS.into(), |text, exit| {
        format!("{text}\n  {:<20}  {}", exit.code(), exit.meaning())
    })
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve handles to another process of discrig (used internally)
    #[command(hide = true)]
    Agent(AgentArguments),
    /// Change discs, pull plugs and install faults at a running server
    #[command(
        after_help = "Examples:\n  discrig ctl --control /tmp/discrig.socket list\n  discrig ctl --control /tmp/discrig.socket a insert blank:bd-re"
    )]
    Ctl(CtlArguments),
    /// Make, look at, import, export and wear the files in which discs are kept
    #[command(after_help = disc::EXAMPLES)]
    Disc(DiscArguments),
    /// Send one command and decode the answer
    #[command(after_help = "Example: discrig exec /dev/sr0 -- 12 00 00 00 24 00")]
    Exec(ExecArguments),
    /// Show identity, features, disc, and every lock layer with its owner
    #[command(after_help = "Example: discrig inspect /dev/sr0")]
    Inspect(InspectArguments),
    /// List scenarios, clauses, defects, profiles or discs
    #[command(after_help = "Example: discrig list scenarios --json")]
    List(ListArguments),
    /// Hold a drive exclusively: be the foreign owner that other software meets
    #[command(after_help = "Example: discrig lock /dev/sr0 --name \"Night backup\" --hold 60")]
    Lock(LockArguments),
    /// Run a recorded step list again
    #[command(after_help = "Example: discrig replay reproduction.toml /dev/sr0")]
    Replay(ReplayArguments),
    /// Serve emulated drives over iSCSI
    #[command(after_help = crate::serve_cli::after_help())]
    Serve(ServeArguments),
    /// Run the suite and write reports
    #[command(
        after_help = "Examples:\n  discrig test\n  discrig test /dev/sr0 --allow tray --report-dir out\n  discrig test iscsi://127.0.0.1/iqn.2026-11.dev.discrig:a/0 --control /tmp/discrig.socket --allow tray\n  discrig test --defect release-never-frees --only 'recorder.*'\n\nThe disc of `--disc file:PATH` is treated as one in a physical drive: unless --allow says so, nothing runs that could write to it or erase it.\nScenarios that bring discs of their own take discs in memory."
    )]
    Test(TestArguments),
}

/// Arguments of `discrig agent`.
#[derive(Args, Debug)]
pub struct AgentArguments {
    /// The node to serve.
    pub node: PathBuf,
}

/// What the emulator is made of.
#[derive(Args, Clone, Debug, Default)]
pub struct EmulatorArguments {
    /// Disc in the emulated drive: none, blank:MEDIUM, file:PATH, file+MEDIUM:PATH, iso:PATH, cue:PATH or raw:PATH (default: a data disc)
    #[arg(long, value_name = "SPEC", value_parser = parse_disc)]
    pub disc: Option<DiscSpec>,
    /// Give the emulated recorder a known misbehaviour (`discrig list defects`)
    #[arg(long, value_name = "NAME")]
    pub defect: Option<String>,
}

/// Arguments of `discrig exec`.
#[derive(Args, Debug)]
pub struct ExecArguments {
    /// The drive
    pub target: Target,
    /// The command descriptor block as hexadecimal bytes, after `--`
    #[arg(last = true, required = true, value_name = "BYTES")]
    pub cdb: Vec<String>,
    /// Bytes of data to receive; by default what the command's own fields say
    #[arg(long = "in", value_name = "COUNT", conflicts_with = "data_out")]
    pub data_in: Option<usize>,
    /// Data to send, as hexadecimal bytes
    #[arg(long = "out", value_name = "BYTES")]
    pub data_out: Option<String>,
    /// How long to wait for the answer, such as 30s; by default what the command usually needs
    #[arg(long, value_parser = humantime::parse_duration, value_name = "TIME")]
    pub timeout: Option<Duration>,
    /// Print the answer as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    /// What the emulator is made of.
    pub emulator: EmulatorArguments,
    #[command(flatten)]
    /// How a drive behind an iSCSI target is reached.
    pub iscsi: IscsiArguments,
}

/// Arguments of `discrig inspect`.
#[derive(Args, Debug)]
pub struct InspectArguments {
    /// The drive
    #[arg(default_value = "emulator")]
    pub target: Target,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    /// What the emulator is made of.
    pub emulator: EmulatorArguments,
    #[command(flatten)]
    /// How a drive behind an iSCSI target is reached.
    pub iscsi: IscsiArguments,
}

/// What `discrig list` can list.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Listing {
    /// Where each requirement stands
    Clauses,
    /// Misbehaviours that the emulator can be given
    Defects,
    /// Discs that the emulator can hold
    Discs,
    /// Drives that the emulator can be
    Profiles,
    /// What is judged
    Scenarios,
}

/// Arguments of `discrig list`.
#[derive(Args, Debug)]
pub struct ListArguments {
    /// What to list
    pub what: Listing,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `discrig lock`.
#[derive(Args, Debug)]
pub struct LockArguments {
    /// The drive
    pub target: Target,
    /// Name under which to hold it
    #[arg(long)]
    pub name: String,
    /// Hold it although a volume is mounted, where the system can
    #[arg(long)]
    pub force: bool,
    /// How many seconds to hold it; until Ctrl-C when absent
    #[arg(long, value_name = "SECONDS")]
    pub hold: Option<u64>,
}

/// Arguments of `discrig replay`.
#[derive(Args, Debug)]
pub struct ReplayArguments {
    /// The step list, as a report or `fixtures/regressions` has it
    pub file: PathBuf,
    /// The drive
    #[arg(default_value = "emulator")]
    pub target: Target,
    /// The worst that the steps may do to a drive, in classes
    #[arg(long, value_delimiter = ',', value_parser = parse_hazard, value_name = "CLASS,..")]
    pub allow: Vec<Hazard>,
    /// Serial number that the drive must have, needed for wedge and worse
    #[arg(long)]
    pub serial: Option<String>,
    #[command(flatten)]
    /// What the emulator is made of.
    pub emulator: EmulatorArguments,
    #[command(flatten)]
    /// How a drive behind an iSCSI target is reached.
    pub iscsi: IscsiArguments,
}

/// Arguments of `discrig test`.
#[derive(Args, Debug)]
pub struct TestArguments {
    /// What to judge
    #[arg(default_value = "emulator")]
    pub target: Target,
    /// Run only scenarios whose slug matches
    #[arg(long, value_name = "GLOB")]
    pub only: Vec<String>,
    /// Leave out scenarios whose slug matches
    #[arg(long, value_name = "GLOB")]
    pub skip: Vec<String>,
    /// What may be done besides observing to a physical drive (tray, write, erase, wedge), or besides observing and moving the tray to the disc in
    /// a disc file (write, erase, wedge)
    #[arg(long, value_delimiter = ',', value_parser = parse_hazard, value_name = "CLASS,..")]
    pub allow: Vec<Hazard>,
    /// Serial number that the drive must have; needed for write, erase and wedge (`none` for a drive without one)
    #[arg(long)]
    pub serial: Option<String>,
    /// The drive was just switched on and nothing has asked it anything: judge its first answer. For an sg node without sr_mod
    #[arg(long)]
    pub fresh: bool,
    /// Seed of every random choice
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Cases per property; by default 256 on the emulator and 8 on a physical drive
    #[arg(long)]
    pub cases: Option<u32>,
    /// Fault rules that hold throughout, as TOML
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
    /// Known deviations, as TOML: they fail no run, but an unexpected pass does. The profiles of other emulators bring theirs along;
    /// this file adds to them and overrides them
    #[arg(long, value_name = "FILE")]
    pub expect: Option<PathBuf>,
    /// Run only each Nth scenario, counted from I
    #[arg(long, value_name = "I/N")]
    pub shard: Option<crate::selection::Shard>,
    /// Where the reports go
    #[arg(long, value_name = "DIR", default_value = "discrig-report")]
    pub report_dir: PathBuf,
    /// Print results.json instead of the summary
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    /// What the emulator is made of.
    pub emulator: EmulatorArguments,
    #[command(flatten)]
    /// How a drive behind an iSCSI target is reached.
    pub iscsi: IscsiArguments,
}

fn parse_hazard(text: &str) -> Result<Hazard, String> {
    Hazard::ALL.iter().copied().find(|hazard| hazard.name() == text).ok_or_else(|| {
        let names: Vec<_> = Hazard::ALL.iter().map(|hazard| hazard.name()).collect();
        format!("one of {} is expected", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent_and_every_command_has_an_example() {
        let cli = Cli::command();
        cli.clone().debug_assert();
        for command in cli.get_subcommands().filter(|command| !command.is_hide_set()) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Example"), "{} has no example", command.get_name());
        }
        let disc = cli.find_subcommand("disc").unwrap();
        assert!(disc.get_subcommands().all(|command| command.get_after_help().is_some()));
    }
}
