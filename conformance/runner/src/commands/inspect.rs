//! `discrig inspect`: identity, features, disc, and every lock layer with its owner.

use crate::cli::InspectArguments;
use crate::failure::Failure;
use crate::target::Terms;
use crate::terminal;
use core::time::Duration;
use discrig_device::{Completion, Handle, HostId, Owner, ProcessId, Request};
use discrig_reports::{ExitCode, Identity};
use discrig_wire::Cdb;
use discrig_wire::command::{
    GetConfiguration, GetEventStatusNotification, ModeSense10, PersistentReserveInReadReservation,
    ReadCapacity, ReadDiscInformation, TestUnitReady,
};
use discrig_wire::feature::{FeatureCode, Profile};
use discrig_wire::mode::{CapabilitiesPage, ModeData, ModeForm, PageCode};
use serde::Serialize;

/// What there is to know about a drive, in the order in which it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Inspection {
    target: String,
    backend: String,
    vendor: String,
    product: String,
    revision: String,
    serial: Option<String>,
    ready: String,
    current_profile: Option<String>,
    profiles: Vec<String>,
    features: Vec<String>,
    disc: Option<String>,
    locks: Locks,
    capabilities: Vec<String>,
}

/// Every lock layer and what is known of its owner.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Locks {
    /// Host exclusive access.
    host_exclusive_access: String,
    /// Name of its owner, where the system knows it.
    owner: Option<String>,
    /// PREVENT ALLOW MEDIUM REMOVAL, as the drive's own lock state says.
    medium_removal: String,
    /// Whether some nexus has set persistent prevent, as the drive's events say.
    persistent_prevent: String,
    /// Reservations of the drive.
    reservation: String,
    /// What an earlier run that was killed left behind and this one has undone.
    healed: Vec<String>,
}

pub(crate) fn run(arguments: &InspectArguments) -> Result<ExitCode, Failure> {
    let healed = heal(&arguments.target)?;
    let mut opened = arguments.target.open(&arguments.emulator, Terms::of(&arguments.iscsi))?;
    let identity = opened.identity().unwrap_or_default();
    let mut handle = opened
        .bench
        .open(HostId(0), ProcessId(0))
        .map_err(|error| Failure::Target(format!("{}: {error}", arguments.target)))?;
    let mut inspection =
        Inspection::of(&arguments.target.to_string(), opened.backend, identity, handle.as_mut());
    inspection.locks.healed = healed;
    inspection.capabilities = opened
        .bench
        .capabilities()
        .present()
        .map(|(capability, how)| format!("{capability}: {how}"))
        .collect();
    if arguments.json {
        let json =
            serde_json::to_string_pretty(&inspection).map_err(|error| Failure::Target(error.to_string()))?;
        terminal::out(&json);
    } else {
        terminal::out(&inspection.text());
    }
    Ok(ExitCode::AsExpected)
}

/// Undoes what a run that was killed has left behind.
#[cfg(target_os = "linux")]
fn heal(target: &crate::target::Target) -> Result<Vec<String>, Failure> {
    match target {
        crate::target::Target::Node(path) => {
            let report = discrig_linux::heal(path).map_err(|error| Failure::Target(error.to_string()))?;
            let left = report.left.into_iter().map(|what| format!("not yet: {what}"));
            Ok(report.undone.into_iter().chain(left).collect())
        }
        crate::target::Target::Emulator(_) | crate::target::Target::Iscsi(_) => Ok(Vec::new()),
    }
}

#[cfg(not(target_os = "linux"))]
fn heal(_: &crate::target::Target) -> Result<Vec<String>, Failure> {
    Ok(Vec::new())
}

impl Inspection {
    fn of(target: &str, backend: &str, identity: Identity, handle: &mut dyn Handle) -> Inspection {
        let mut drive = Asked { handle };
        let configuration = drive.features();
        Inspection {
            target: target.to_owned(),
            backend: backend.to_owned(),
            vendor: identity.vendor,
            product: identity.product,
            revision: identity.revision,
            serial: identity.serial,
            ready: drive.ready(),
            current_profile: configuration.as_ref().map(|known| known.current.clone()),
            profiles: configuration.as_ref().map(|known| known.profiles.clone()).unwrap_or_default(),
            features: configuration.map(|known| known.features).unwrap_or_default(),
            disc: drive.disc(),
            locks: drive.locks(),
            capabilities: Vec::new(),
        }
    }

    fn text(&self) -> String {
        let row = |name: &str, value: &str| format!("{name:<22} {value}\n");
        let mut text = row("target", &format!("{} ({})", self.target, self.backend));
        text += &row("identity", &format!("{} {} {}", self.vendor, self.product, self.revision));
        text += &row("serial", self.serial.as_deref().unwrap_or("none reported"));
        text += &row("ready", &self.ready);
        text += &row("current profile", self.current_profile.as_deref().unwrap_or("unknown"));
        text += &row("disc", self.disc.as_deref().unwrap_or("none, or not readable"));
        text += "locks\n";
        text += &row("  exclusive access", &self.locks.host_exclusive_access);
        text += &row("  medium removal", &self.locks.medium_removal);
        text += &row("  persistent prevent", &self.locks.persistent_prevent);
        text += &row("  reservation", &self.locks.reservation);
        for healed in &self.locks.healed {
            text += &row("  undone", healed);
        }
        text += &row("profiles", &self.profiles.join(", "));
        text += &row("features", &format!("{} (* is current)", self.features.len()));
        self.features.iter().for_each(|feature| text += &format!("  {feature}\n"));
        text += "abilities of this bench\n";
        self.capabilities.iter().for_each(|capability| text += &format!("  {capability}\n"));
        text.trim_end().to_owned()
    }
}

/// What GET CONFIGURATION says.
struct Configuration {
    current: String,
    profiles: Vec<String>,
    features: Vec<String>,
}

/// A handle that is asked questions; an unanswered one is no failure of the inspection.
struct Asked<'a> {
    handle: &'a mut dyn Handle,
}

const TIMEOUT: Duration = Duration::from_secs(20);

impl Asked<'_> {
    fn ask(&mut self, cdb: impl Into<Cdb>, length: usize) -> Result<(Completion, Vec<u8>), String> {
        let mut buffer = vec![0; length];
        let request =
            if length == 0 { Request::none(cdb, TIMEOUT) } else { Request::input(cdb, &mut buffer, TIMEOUT) };
        let completion = self.handle.execute(request).map_err(|error| error.to_string())?;
        buffer.truncate(completion.transferred);
        Ok((completion, buffer))
    }

    /// The data of a command that ended with GOOD.
    fn data(&mut self, cdb: impl Into<Cdb>, length: usize) -> Option<Vec<u8>> {
        let (completion, data) = self.ask(cdb, length).ok()?;
        completion.is_good().then_some(data)
    }

    /// Whether the drive is ready; a unit attention is read and asked past, as every program does.
    fn ready(&mut self) -> String {
        for _ in 0..4 {
            match self.ask(TestUnitReady {}, 0) {
                Err(problem) => return problem,
                Ok((completion, _)) if completion.is_good() => return "yes".to_owned(),
                Ok((completion, _)) => match completion.code() {
                    Some(code) if code.key == discrig_wire::SenseKey::UnitAttention => {}
                    Some(code) => return format!("no: {code}"),
                    None => return format!("no: {}", completion.status),
                },
            }
        }
        "no: unit attentions do not end".to_owned()
    }

    fn features(&mut self) -> Option<Configuration> {
        let data = self.data(GetConfiguration { allocation_length: 0xFFF8, ..Default::default() }, 0xFFF8)?;
        let configuration = discrig_wire::feature::Configuration::parse(&data).ok()?;
        let named = |profile: Profile| profile.to_string();
        Some(Configuration {
            current: named(configuration.current_profile),
            profiles: configuration
                .feature(FeatureCode::PROFILE_LIST)
                .and_then(|list| list.profiles())
                .map(|profiles| profiles.map(|(profile, _)| named(profile)).collect())
                .unwrap_or_default(),
            features: configuration
                .features()
                .filter_map(Result::ok)
                .map(|feature| format!("{} {}", if feature.current { '*' } else { ' ' }, feature.code))
                .collect(),
        })
    }

    fn disc(&mut self) -> Option<String> {
        let information = self.data(ReadDiscInformation { allocation_length: 34, ..Default::default() }, 34);
        let status = information
            .and_then(|data| discrig_wire::disc::DiscInformation::parse(&data).ok())
            .map(|information| format!("{}, ", information.disc_status));
        let capacity = self.data(ReadCapacity::default(), 8)?;
        let capacity = discrig_wire::capacity::Capacity::parse(&capacity).ok()?;
        let blocks = u64::from(capacity.last_block) + 1;
        Some(format!("{}{blocks} blocks of {} bytes", status.unwrap_or_default(), capacity.block_length))
    }

    fn locks(&mut self) -> Locks {
        let owner = self.handle.owner();
        Locks {
            owner: owner.as_ref().ok().and_then(|owner| owner.name()).map(str::to_owned),
            host_exclusive_access: match owner {
                Ok(Owner::Nobody) => "free".to_owned(),
                Ok(Owner::Named(name)) => format!("held by \"{name}\""),
                Ok(Owner::Unnamed) => {
                    "held by a program or volume whose name the system does not know".to_owned()
                }
                Err(error) => error.to_string(),
            },
            medium_removal: self.lock_state(),
            persistent_prevent: self.persistent_prevent(),
            reservation: self.reservation(),
            healed: Vec::new(),
        }
    }

    /// The lock state of mode page 2Ah.
    fn lock_state(&mut self) -> String {
        let sense = ModeSense10 { page_code: 0x2A, allocation_length: 0x100, ..Default::default() };
        let unknown = || "unknown: the drive has no mode page 2Ah".to_owned();
        let Some(data) = self.data(sense, 0x100) else { return unknown() };
        let Ok(answer) = ModeData::parse(ModeForm::Ten, &data) else { return unknown() };
        let page = answer.page(PageCode::CAPABILITIES).and_then(|page| CapabilitiesPage::parse(&page).ok());
        match page {
            Some(page) if page.lock_state => "prevented".to_owned(),
            Some(_) => "allowed".to_owned(),
            None => unknown(),
        }
    }

    /// The persistent prevented bit of an external request event: bit 7 of its byte 5.
    fn persistent_prevent(&mut self) -> String {
        let poll = GetEventStatusNotification {
            polled: true,
            notification_class_request: 1 << 3,
            allocation_length: 8,
        };
        match self.data(poll, 8).as_deref() {
            Some([_, _, header, _, _, status, ..]) if header & 0x80 == 0 => {
                if status & 0x80 != 0 {
                    "set".to_owned()
                } else {
                    "not set".to_owned()
                }
            }
            _ => "unknown: the drive does not report it".to_owned(),
        }
    }

    fn reservation(&mut self) -> String {
        match self.ask(TestUnitReady {}, 0) {
            Ok((completion, _)) if completion.status == discrig_wire::Status::RESERVATION_CONFLICT => {
                return "held by another initiator".to_owned();
            }
            _ => {}
        }
        let persistent = self.data(PersistentReserveInReadReservation { allocation_length: 24 }, 24);
        match persistent.as_deref() {
            Some([_, _, _, _, 0, 0, 0, 0, ..]) => "free".to_owned(),
            Some(_) => "persistent reservation".to_owned(),
            None => "none known: the drive has no persistent reservations".to_owned(),
        }
    }
}
