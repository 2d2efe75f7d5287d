//! The command line of `discrig serve` and `discrig ctl`.

mod limits;

pub use limits::{LimitArguments, after_help};

use crate::secret::MutualChap;
use clap::{Args, Subcommand, ValueEnum};
use core::str::FromStr;
use core::time::Duration;
use discrig_device::ResetKind;
use discrig_drive::Timing;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Arguments of `discrig serve`.
#[derive(Args, Debug)]
pub struct ServeArguments {
    /// Where to listen; addresses that others can reach need CHAP
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:3260")]
    pub listen: SocketAddr,
    /// A drive: `NAME[,profile=P][,disc=SPEC][,faults=FILE][,defect=D]`; its target is iqn.2026-11.dev.discrig:NAME
    #[arg(long, value_name = "DRIVE", required = true)]
    pub drive: Vec<DriveArgument>,
    /// How fast the drives are: instant, real, or so many times as fast as real
    #[arg(long, value_name = "instant|real|N", default_value_t = Timing::Instant)]
    pub pace: Timing,
    /// The name that initiators prove by CHAP to be theirs; the secret is in --chap-secret-file or in DISCRIG_CHAP_SECRET
    #[arg(long, value_name = "NAME")]
    pub chap_user: Option<String>,
    /// A file with the secret of CHAP, which nobody else can read
    #[arg(long, value_name = "FILE")]
    pub chap_secret_file: Option<PathBuf>,
    /// How the server proves who it is
    #[command(flatten)]
    pub mutual: MutualChap,
    /// Make a socket for `discrig ctl`
    #[arg(long, value_name = "SOCKET")]
    pub control: Option<PathBuf>,
    /// Write down what each nexus is told, into a folder
    #[arg(long, value_name = "DIR")]
    pub transcript: Option<PathBuf>,
    /// How to log to standard error
    #[arg(long, value_enum, default_value_t = LogLines::Text)]
    pub log_format: LogLines,
    /// How long commands and sessions have to end when the server is asked to stop, such as 5s
    #[arg(long, value_parser = humantime::parse_duration, value_name = "TIME", default_value = "5s")]
    pub grace: Duration,
    /// Limits
    #[command(flatten)]
    pub limits: LimitArguments,
}

/// How the server logs.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum LogLines {
    /// A JSON object on each line
    Json,
    /// Nothing
    None,
    /// For people
    Text,
}

/// One drive of `discrig serve`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DriveArgument {
    /// Its name.
    pub name: String,
    /// Its profile; the usual one when absent.
    pub profile: Option<String>,
    /// The disc in it; none when absent.
    pub disc: Option<String>,
    /// A file with fault rules.
    pub faults: Option<PathBuf>,
    /// A known misbehaviour.
    pub defect: Option<String>,
}

impl FromStr for DriveArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<DriveArgument, String> {
        const KEYS: [&str; 4] = ["defect", "disc", "faults", "profile"];
        let mut parts = text.split(',');
        let name = parts.next().unwrap_or_default().to_owned();
        if name.is_empty() || name.contains('=') {
            return Err("a drive begins with its name, as in a,disc=blank:bd-re".to_owned());
        }
        // What has no key of ours in front belongs to the value before it: paths may have commas.
        let mut values: Vec<(&str, String)> = Vec::new();
        for part in parts {
            match (part.split_once('='), values.last_mut()) {
                (Some((key, value)), _) if KEYS.contains(&key) => values.push((key, value.to_owned())),
                (_, Some((_, value))) => {
                    value.push(',');
                    value.push_str(part);
                }
                (_, None) => {
                    return Err(format!(
                        "`{part}` is none of {}",
                        KEYS.map(|key| format!("{key}=")).join(" ")
                    ));
                }
            }
        }
        let mut drive = DriveArgument { name, ..DriveArgument::default() };
        for (key, value) in values {
            if value.is_empty() {
                return Err(format!("`{key}=` has no value"));
            }
            let earlier = match key {
                "defect" => drive.defect.replace(value),
                "disc" => drive.disc.replace(value),
                "profile" => drive.profile.replace(value),
                _ => drive.faults.replace(value.into()).map(|path| path.display().to_string()),
            };
            if earlier.is_some() {
                return Err(format!("`{key}=` stands twice"));
            }
        }
        Ok(drive)
    }
}

/// Arguments of `discrig ctl`.
#[derive(Args, Debug)]
pub struct CtlArguments {
    /// The control socket of the server
    #[arg(long, value_name = "SOCKET")]
    pub control: PathBuf,
    /// The name of a drive; `list` alone names all of them
    pub drive: String,
    /// What to do
    #[command(subcommand)]
    pub act: Option<Act>,
    /// Print the list as JSON
    #[arg(long)]
    pub json: bool,
}

/// What `discrig ctl` can do to a drive.
#[derive(Clone, Debug, Subcommand)]
pub enum Act {
    /// Establish a unit attention for everybody who is logged in
    Attention {
        /// Additional sense code and its qualifier in hexadecimal, such as 28/00
        code: AttentionCode,
    },
    /// Press the button on the front
    Button,
    /// Open the tray
    Eject {
        /// By the emergency hole, whatever prevents it
        #[arg(long)]
        force: bool,
    },
    /// Install fault rules, or lift all of them
    Faults {
        /// A file with rules as TOML, or `lift`
        #[arg(value_name = "FILE|lift")]
        what: PathBuf,
    },
    /// Open the tray, lay a disc in, close it
    Insert {
        /// The disc: none, blank:MEDIUM, iso:PATH and others (`discrig list discs`)
        spec: String,
        /// By the emergency hole, whatever prevents it
        #[arg(long)]
        force: bool,
    },
    /// Close the tray
    Load,
    /// Let a foreign host reserve the drive and prevent removal
    Lock {
        /// For so many seconds; until `unlock` when absent
        #[arg(long, value_name = "SECONDS", value_parser = seconds)]
        hold: Option<Duration>,
    },
    /// Pull the plug or put it back
    Plug {
        /// Which
        #[command(subcommand)]
        act: PlugAct,
    },
    /// Open the tray, take the disc, close it
    Remove {
        /// By the emergency hole, whatever prevents it
        #[arg(long)]
        force: bool,
    },
    /// Reset the drive
    Reset {
        /// What is reset
        #[arg(value_enum, default_value_t = ResetWhat::Bus)]
        kind: ResetWhat,
    },
    /// Show who is logged in
    Sessions {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what the drive is at
    State {
        /// Print everything as JSON
        #[arg(long)]
        json: bool,
    },
    /// Let the foreign host give the drive back
    Unlock,
}

/// What can be done to a plug.
#[derive(Clone, Debug, Subcommand)]
pub enum PlugAct {
    /// Put it back
    In,
    /// Pull it
    Out {
        /// Put it back after so many seconds
        #[arg(long = "for", value_name = "SECONDS", value_parser = seconds)]
        back_after: Option<Duration>,
    },
}

/// What `discrig ctl` can reset.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ResetWhat {
    /// The bus: every nexus sees it
    Bus,
    /// The power
    Power,
    /// The logical unit
    Unit,
}

impl From<ResetWhat> for ResetKind {
    fn from(what: ResetWhat) -> ResetKind {
        match what {
            ResetWhat::Bus => ResetKind::Bus,
            ResetWhat::Power => ResetKind::Power,
            ResetWhat::Unit => ResetKind::LogicalUnit,
        }
    }
}

/// Additional sense code and qualifier.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AttentionCode(pub u8, pub u8);

impl FromStr for AttentionCode {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<AttentionCode, &'static str> {
        let code = |digits: &str| u8::from_str_radix(digits, 16).ok();
        text.split_once('/')
            .and_then(|(asc, ascq)| Some(AttentionCode(code(asc)?, code(ascq)?)))
            .ok_or("two hexadecimal numbers are expected, such as 28/00")
    }
}

/// Seconds, which may have a fraction.
fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "a number of seconds is expected".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drives_are_named_with_what_belongs_to_them() {
        let drive: DriveArgument = "a,disc=iso:/a,b.iso,profile=hl-dt-st-bu40n".parse().unwrap();
        assert_eq!((drive.name.as_str(), drive.disc.as_deref()), ("a", Some("iso:/a,b.iso")));
        assert_eq!(drive.profile.as_deref(), Some("hl-dt-st-bu40n"));
        assert_eq!("b".parse::<DriveArgument>().unwrap().disc, None);
        for (wrong, named) in [
            ("", "begins with its name"),
            ("disc=none", "begins with its name"),
            ("a,profle=x", "profle=x"),
            ("a,disc=", "has no value"),
            ("a,disc=none,disc=none", "stands twice"),
            ("a,faults=x,faults=y", "stands twice"),
        ] {
            let problem = wrong.parse::<DriveArgument>().unwrap_err();
            assert!(problem.contains(named), "{wrong}: {problem}");
        }
    }

    #[test]
    fn codes_and_times() {
        assert_eq!("28/00".parse(), Ok(AttentionCode(0x28, 0)));
        assert_eq!("3F/0e".parse(), Ok(AttentionCode(0x3F, 0x0E)));
        assert!("2800".parse::<AttentionCode>().is_err() && "128/00".parse::<AttentionCode>().is_err());
        assert_eq!(seconds("1.5"), Ok(Duration::from_millis(1500)));
        assert!(seconds("-1").is_err() && seconds("soon").is_err());
    }
}
