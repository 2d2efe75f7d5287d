//! What a command acts on.

#[cfg(unix)]
mod attendant;
mod iscsi;

use crate::cli::{EmulatorArguments, IscsiArguments};
use crate::failure::Failure;
use core::fmt;
use core::str::FromStr;
use discrig_bench::{Defect, DiscSource, EmulatedBench, EmulatorConfig, MediumKind, Model};
use discrig_device::{Bench, HostId, ProcessId};
use discrig_initiator::{Address, AddressError};
use discrig_recorder::{PortableSource, RecorderSource};
use discrig_reports::Identity;
use discrig_scenarios::Hazard;
use discrig_storage::{DiscSpec, SpecError};
use discrig_wire::inquiry::StandardInquiry;
use std::path::PathBuf;

/// What a command acts on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Target {
    /// The emulated drive with a profile.
    Emulator(String),
    /// A drive behind an iSCSI target.
    Iscsi(Box<Address>),
    /// A node of a physical drive.
    Node(PathBuf),
}

/// The profile that the emulator has unless told otherwise.
pub(crate) const DEFAULT_PROFILE: &str = "generic-bd-writer";

/// Kinds of targets that other builds or later versions reach.
const ELSEWHERE: [&str; 3] = ["spti:", "imapi2:", "replay:"];

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Target, String> {
        match text.strip_prefix("emulator") {
            Some("") => Ok(Target::Emulator(DEFAULT_PROFILE.to_owned())),
            Some(rest) if rest.starts_with(':') => known_profile(&rest[1..]).map(Target::Emulator),
            _ if ELSEWHERE.iter().any(|scheme| text.starts_with(scheme)) => Err(format!(
                "`{text}` cannot be reached by this version; it reaches emulator, iscsi:// and /dev nodes"
            )),
            _ if text.starts_with("iscsi:") => text
                .parse()
                .map(|address| Target::Iscsi(Box::new(address)))
                .map_err(|error: AddressError| error.to_string()),
            _ if text.contains('/') => Ok(Target::Node(PathBuf::from(text))),
            _ => Err(format!(
                "`{text}` is no target; expected emulator[:PROFILE], iscsi://HOST/TARGET/LUN or a node such as /dev/sr0"
            )),
        }
    }
}

/// The name of a profile that there is.
fn known_profile(name: &str) -> Result<String, String> {
    if discrig_fixtures::profile(name).is_some() {
        return Ok(name.to_owned());
    }
    let near = perhaps(name, discrig_fixtures::profiles().map(|(name, _)| name));
    Err(format!("there is no profile `{name}`{near}; `discrig list profiles` shows them"))
}

/// What somebody may have meant who wrote `wrong`.
fn perhaps<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    match discrig_fixtures::near(wrong, names).as_slice() {
        [] => String::new(),
        near => format!(", did you mean {}", near.join(" or ")),
    }
}

/// The model behind the name of a profile.
pub(crate) fn model(name: &str) -> Result<Model, Failure> {
    let table = discrig_fixtures::profile(name)
        .ok_or_else(|| Failure::Usage(known_profile(name).err().unwrap_or_default()))?;
    Model::from_table(table).map_err(|error| Failure::Usage(format!("profile {name}: {error}")))
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Emulator(profile) if profile == DEFAULT_PROFILE => f.write_str("emulator"),
            Target::Emulator(profile) => write!(f, "emulator:{profile}"),
            Target::Iscsi(address) => write!(f, "{address}"),
            Target::Node(path) => write!(f, "{}", path.display()),
        }
    }
}

/// Understands what `--disc` says.
///
/// # Errors
/// What is wrong with it, for users.
pub fn parse_disc(text: &str) -> Result<DiscSpec, String> {
    text.parse().map_err(|error| match &error {
        SpecError::Medium(name) => {
            format!("{error}{}; `discrig list discs` shows them", perhaps(name, recordable()))
        }
        _ => error.to_string(),
    })
}

/// Understands the name of a medium that can be recorded.
pub(crate) fn parse_medium(name: &str) -> Result<MediumKind, String> {
    match parse_disc(&format!("blank:{name}"))? {
        DiscSpec::Blank(kind) => Ok(kind),
        _ => Err(format!("`{name}` is no medium")),
    }
}

/// The names of the media that can be recorded.
fn recordable() -> impl Iterator<Item = &'static str> {
    MediumKind::TABLE.iter().filter(|spec| spec.is_recordable()).map(|spec| spec.name)
}

/// What a run can harm, from nothing on.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Stake {
    /// Nothing: everything is gone when the command ends.
    Nothing,
    /// The disc in a disc file.
    Disc,
    /// A physical drive, or one that somebody else serves, and the disc in it.
    Drive,
}

impl Stake {
    /// What may be done when `asked` is allowed besides what always is.
    #[must_use]
    pub fn allowed(self, asked: &[Hazard]) -> Vec<Hazard> {
        let always: &[Hazard] = match self {
            Stake::Nothing => Hazard::ALL,
            Stake::Disc => &[Hazard::Observe, Hazard::Tray],
            Stake::Drive => &[Hazard::Observe],
        };
        let is_allowed = |hazard: &Hazard| always.contains(hazard) || asked.contains(hazard);
        Hazard::ALL.iter().copied().filter(is_allowed).collect()
    }
}

/// An opened target.
pub struct Opened {
    /// The laboratory around the drive.
    pub bench: Box<dyn Bench>,
    /// Where recorder objects come from.
    pub source: Box<dyn RecorderSource>,
    /// How it is reached, for reports.
    pub backend: &'static str,
    /// What can be harmed.
    pub stake: Stake,
}

/// On which terms a drive is opened that is not the emulator's.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms<'a> {
    /// What may be done to it besides observing.
    pub allowed: &'a [Hazard],
    /// It was just switched on and nothing has asked it for anything that could report a unit attention.
    pub fresh: bool,
    /// How a drive behind an iSCSI target is reached.
    pub iscsi: Option<&'a IscsiArguments>,
}

impl<'a> Terms<'a> {
    /// To observe, and reached as the command line says.
    #[must_use]
    pub fn of(iscsi: &'a IscsiArguments) -> Terms<'a> {
        Terms { iscsi: Some(iscsi), ..Terms::default() }
    }
}

impl Target {
    /// Opens the target. Discs and defects concern the emulator alone, the terms a physical drive alone.
    ///
    /// # Errors
    /// [`Failure`] that says what was wrong and what to do.
    pub fn open(&self, emulator: &EmulatorArguments, terms: Terms<'_>) -> Result<Opened, Failure> {
        match self {
            Target::Emulator(_) if terms.fresh => Err(Failure::Usage(
                "--fresh is about a physical drive: the emulator switches the power itself".to_owned(),
            )),
            Target::Iscsi(_) | Target::Node(_) if emulator.defect.is_some() || emulator.disc.is_some() => {
                Err(Failure::Usage(
                    "--defect and --disc are about the emulator: another drive has its own".to_owned(),
                ))
            }
            Target::Emulator(_) | Target::Node(_) if terms.iscsi.is_some_and(|given| !given.is_empty()) => {
                Err(Failure::Usage(format!(
                    "CHAP, digests, initiator names and --control are about iscsi:// targets; {self} is none"
                )))
            }
            Target::Emulator(profile) => open_emulator(profile, emulator),
            Target::Iscsi(address) => iscsi::open(address, terms),
            Target::Node(path) => open_node(path, terms),
        }
    }
}

fn open_emulator(profile: &str, arguments: &EmulatorArguments) -> Result<Opened, Failure> {
    let mut config = EmulatorConfig::of(&model(profile)?);
    if let Some(spec) = &arguments.disc {
        config.disc = DiscSource::open(spec).map_err(|error| Failure::Target(error.to_string()))?;
    }
    let stake = if matches!(config.disc, DiscSource::File(_)) { Stake::Disc } else { Stake::Nothing };
    let mut source = PortableSource::default();
    if let Some(name) = &arguments.defect {
        let defect = defect(name)?;
        source.quirks = defect.recorder.clone();
        config.afflict(&defect);
    }
    let bench = EmulatedBench::new(config).map_err(|error| Failure::Target(error.to_string()))?;
    Ok(Opened { bench: Box::new(bench), source: Box::new(source), backend: "emulator", stake })
}

pub(crate) fn defect(name: &str) -> Result<Defect, Failure> {
    let table = discrig_fixtures::defect(name).ok_or_else(|| {
        let near = perhaps(name, discrig_fixtures::defects().map(|(name, _)| name));
        Failure::Usage(format!("there is no defect `{name}`{near}; `discrig list defects` shows them"))
    })?;
    Defect::from_table(table).map_err(|error| Failure::Usage(format!("defect {name}: {error}")))
}

#[cfg(target_os = "linux")]
fn open_node(path: &std::path::Path, terms: Terms<'_>) -> Result<Opened, Failure> {
    use discrig_linux::{AgentCommand, LinuxBench, LinuxOptions};
    let program = std::env::current_exe()
        .map_err(|error| Failure::Target(format!("the path of this program cannot be found: {error}")))?;
    let agent = AgentCommand { program, args: vec!["agent".into(), path.into()] };
    let may = |hazard| terms.allowed.contains(&hazard);
    let options = LinuxOptions {
        agent_command: Some(agent),
        allow_reset: may(Hazard::Wedge),
        allow_tray: may(Hazard::Tray),
        allow_unplug: may(Hazard::Wedge),
        fresh: terms.fresh,
        measure: may(Hazard::Wedge),
    };
    let bench = LinuxBench::open(path, options).map_err(|error| Failure::Target(error.to_string()))?;
    Ok(Opened {
        bench: Box::new(bench),
        source: Box::new(PortableSource::default()),
        backend: "Linux SG_IO",
        stake: Stake::Drive,
    })
}

#[cfg(not(target_os = "linux"))]
fn open_node(path: &std::path::Path, _: Terms<'_>) -> Result<Opened, Failure> {
    Err(Failure::Target(format!("{}: nodes of drives can be opened under Linux", path.display())))
}

impl Opened {
    /// Who the drive says it is, from the host's cache.
    #[must_use]
    pub fn identity(&mut self) -> Option<Identity> {
        let properties = self.bench.open(HostId(0), ProcessId(0)).ok()?.properties().ok()?;
        let inquiry = StandardInquiry::parse(&properties.inquiry).ok()?;
        Some(Identity {
            vendor: inquiry.vendor.trimmed().to_owned(),
            product: inquiry.product.trimmed().to_owned(),
            revision: inquiry.revision.trimmed().to_owned(),
            serial: Some(properties.serial).filter(|serial| !serial.is_empty()),
        })
    }
}

/// Classes that can ruin a disc or wedge a drive need the serial number of a physical drive. (A disc file was named already.)
///
/// # Errors
/// [`Failure::Usage`] when it is missing or is another drive's.
pub(crate) fn check_serial(
    stake: Stake,
    allowed: &[Hazard],
    serial: Option<&str>,
    identity: Option<&Identity>,
) -> Result<(), Failure> {
    let dangerous = allowed.iter().find(|hazard| **hazard >= Hazard::Write);
    let Some(hazard) = dangerous.filter(|_| stake == Stake::Drive) else { return Ok(()) };
    let is = identity.and_then(|identity| identity.serial.as_deref()).unwrap_or("none").trim();
    match serial.map(str::trim) {
        Some(given) if given == is => Ok(()),
        Some(given) => Err(Failure::Usage(format!("--serial {given} is not this drive, which is {is}"))),
        None => Err(Failure::Usage(format!(
            "--allow {hazard} on a drive that is not the emulator's needs --serial, so that it is the drive you mean; this one is {is}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;
    use discrig_bench::ModelKind;
    use discrig_device::{Device, Request};
    use discrig_wire::{Cdb, Status};

    #[test]
    fn targets_and_discs_by_name() {
        assert_eq!("emulator".parse(), Ok(Target::Emulator(DEFAULT_PROFILE.to_owned())));
        assert_eq!("/dev/sr0".parse(), Ok(Target::Node(PathBuf::from("/dev/sr0"))));
        assert_eq!("emulator:hl-dt-st-bu40n".parse(), Ok(Target::Emulator("hl-dt-st-bu40n".to_owned())));
        assert!("emulator:bu40".parse::<Target>().unwrap_err().contains("did you mean hl-dt-st-bu40n"));
        assert!(parse_disc("blank:bd-rr").unwrap_err().contains("did you mean bd-r"));
        assert!(parse_disc("file+bd-rr:x").unwrap_err().contains("did you mean bd-r"));
        let iscsi = "iscsi://burner@127.0.0.1/iqn.2026-11.dev.discrig:a/0";
        assert_eq!(iscsi.parse::<Target>().map(|target| target.to_string()), Ok(iscsi.to_owned()));
        for wrong in ["emulator:", "emulator:nonsense", "sr0", "iscsi://127.0.0.1/x/0", "iscsi:a", ""] {
            assert!(wrong.parse::<Target>().is_err(), "{wrong}");
        }
        for wrong in ["iso:", "blank:vinyl", "blank:cd-rom", "disc"] {
            assert!(parse_disc(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_can_be_harmed_is_harmed_only_when_asked_for() {
        assert_eq!(Stake::Nothing.allowed(&[]), Hazard::ALL);
        assert_eq!(Stake::Disc.allowed(&[Hazard::Write]), [Hazard::Observe, Hazard::Tray, Hazard::Write]);
        assert_eq!(Stake::Drive.allowed(&[]), [Hazard::Observe]);
    }

    /// The data of a command that has to succeed, after what is pending was reported.
    fn answer(opened: &mut Opened, cdb: &[u8]) -> Vec<u8> {
        let mut handle = opened.bench.open(HostId(0), ProcessId(0)).unwrap();
        let mut data = vec![0; 4096];
        for _ in 0..4 {
            let request = Request::input(Cdb::new(cdb).unwrap(), &mut data, Duration::from_secs(9));
            let completion = handle.execute(request).unwrap();
            if completion.status == Status::GOOD {
                data.truncate(completion.transferred);
                return data;
            }
        }
        panic!("{cdb:02X?} does not succeed");
    }

    fn open(name: &str) -> (Model, Opened) {
        let target: Target = format!("emulator:{name}").parse().unwrap();
        let opened = target
            .open(&EmulatorArguments::default(), Terms::default())
            .unwrap_or_else(|error| panic!("{error}"));
        (model(name).unwrap_or_else(|error| panic!("{error}")), opened)
    }

    /// What a profile says is what an initiator gets: names, mode pages, feature descriptors, current medium.
    #[test]
    fn every_profile_is_the_drive_that_it_describes() {
        for (name, _) in discrig_fixtures::profiles() {
            let (model, mut opened) = open(name);
            let profile = &model.profile;
            let identity = opened.identity().unwrap();
            assert_eq!(
                (identity.vendor, identity.product),
                (profile.vendor.clone(), profile.product.clone())
            );
            for (key, page) in &profile.mode_pages {
                let code = key.0 as u8;
                for (control, wanted) in [(0, &page.default), (0x80, &page.default), (0x40, &page.changeable)]
                {
                    let Some(wanted) = wanted else { continue };
                    let data = answer(&mut opened, &[0x5A, 8, control | code, 0, 0, 0, 0, 1, 0, 0]);
                    assert_eq!(data[8..], wanted.0, "{name}: page {code:02X}h, control {control:02X}h");
                }
            }
            for (key, feature) in &profile.feature_data {
                assert_eq!(feature.data.0.len() % 4, 0, "{name}: feature {:04X}h", key.0);
                let [high, low] = key.0.to_be_bytes();
                let data = answer(&mut opened, &[0x46, 2, high, low, 0, 0, 0, 1, 0, 0]);
                assert_eq!(data[12..], feature.data.0, "{name}: feature {:04X}h", key.0);
            }
            if profile.answers(0x46) {
                let data = answer(&mut opened, &[0x46, 2, 0, 0, 0, 0, 0, 1, 0, 0]);
                let current = u16::from_be_bytes([data[6], data[7]]);
                assert_ne!(current, 0, "{name} does not know its own demonstration disc");
            }
        }
    }

    /// A drive that was sold follows the standards until it is asked for its deviations: each of them is a defect with a name.
    #[test]
    fn every_deviation_of_a_drive_is_a_defect() {
        for (name, _) in discrig_fixtures::profiles() {
            let model = model(name).unwrap_or_else(|error| panic!("{name}: {error}"));
            for quirk in model.deviations.iter().flat_map(|deviation| &deviation.quirks) {
                let mut defects =
                    discrig_fixtures::defects().map(|(_, table)| Defect::from_table(table).unwrap());
                assert!(defects.any(|defect| defect.drive.contains(quirk)), "{name}: {}", quirk.name());
            }
            assert!(model.kind == ModelKind::Peer || model.drive_config().quirks.is_empty(), "{name}");
        }
    }
}
