//! The laboratory around a drive behind a target.

use crate::abilities::{Findings, declare};
use crate::address::Address;
use crate::ask::Ask;
use crate::faults::{Clock, Faults, SharedAttendant, SharedRules, attendant};
use crate::hands::Hands;
use crate::keeper::Keeper;
use crate::nexus::{Nexus, Used, port_of};
use crate::options::IscsiOptions;
use crate::seat::Station;
use crate::session::LinkError;
use core::time::Duration;
use discrig_device::fault::FaultControl;
use discrig_device::{
    Bench, Capabilities, Capability, Completion, Device as _, DeviceError, DiscChanger, DiscKind, ErrorKind,
    HostId, Instant, MemoryControl, Opener, Plug, ProcessId, Request, ResetKind, SlowCommand, SlowPath,
    TrayButton, VolumeControl,
};
use discrig_host::{HostConfig, Seat as _};
use discrig_iscsi::initiator::Config;
use discrig_iscsi::name::{Name, NameError};
use discrig_iscsi::pdu::{Isid, TaskManagementFunction};
use discrig_wire::command::{Read10, TestUnitReady};
use std::sync::{Arc, Mutex};
use thiserror::Error;

/// Hosts of the laboratory: the one that is judged and a foreign one.
const HOSTS: u8 = 2;
/// The name of host 0 unless told otherwise.
const INITIATOR: &str = "iqn.2026-11.dev.discrig:bench";
/// How long the drive gets to become ready when it is brought to the known state.
const READY: Duration = Duration::from_secs(60);
/// How long the first command after power on may take.
const FIRST_ANSWER: Duration = Duration::from_secs(10);

/// Why a drive cannot be reached, and what to do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Whoever was to be at the drive is not.
    #[error("{0}")]
    Attendant(String),
    /// The target let us in, but the drive is not to be used.
    #[error("{address}: {cause}{}", .cause_of_cause.as_deref().map(|cause| format!(": {cause}")).unwrap_or_default())]
    Drive {
        /// Where.
        address: Box<Address>,
        /// Why.
        cause: DeviceError,
        /// Why that.
        cause_of_cause: Option<String>,
    },
    /// No session.
    #[error("{address}: {cause}; {}", advice(.cause))]
    NoSession {
        /// Where.
        address: Box<Address>,
        /// Why.
        cause: LinkError,
    },
    /// The name of the initiator cannot be used.
    #[error("initiator name: {0}")]
    Initiator(#[from] NameError),
    /// The system has no random numbers or threads for us.
    #[error("{0}")]
    System(std::io::Error),
}

/// What to do about a session that did not begin.
fn advice(error: &LinkError) -> &'static str {
    use discrig_iscsi::initiator::CloseReason::{LoginFailed, Unauthenticated};
    match error {
        LinkError::Closed(Unauthenticated(_)) => {
            "the user stands in the address, the secret in --chap-secret-file or DISCRIG_CHAP_SECRET, and what the target has to prove in --chap-mutual-user and DISCRIG_CHAP_MUTUAL_SECRET"
        }
        LinkError::Closed(LoginFailed(status, _)) if status.0 == 0x0201 => {
            "the user stands in the address, the secret in --chap-secret-file or DISCRIG_CHAP_SECRET"
        }
        LinkError::Closed(LoginFailed(status, _)) if status.0 == 0x0203 => {
            "`iscsi-ls iscsi://HOST:PORT` or `discrig ctl … list` shows which targets there are"
        }
        LinkError::Closed(_) => "see the log of the target",
        _ => "is a target listening there?",
    }
}

/// A drive behind a target, the hosts that use it, and whoever is at it.
#[derive(Debug)]
pub struct IscsiBench {
    hands: Hands,
    faults: Faults,
    capabilities: Capabilities,
    clock: Clock,
    allow_tray: bool,
    /// There was a disc when the bench was opened; the attendant's name for it.
    had_disc: bool,
    home: Option<String>,
    /// The answer to the first command since power on, or why it is not known.
    first: Result<Completion, String>,
    _keeper: Keeper,
}

impl IscsiBench {
    /// Logs every host in and finds out what can be done with the drive.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(address: &Address, options: IscsiOptions) -> Result<IscsiBench, OpenError> {
        let clock = Clock::start();
        let rules = SharedRules::new(clock);
        let config = initiator(address, &options)?;
        let attendant: Option<SharedAttendant> =
            options.attendant.map(|attendant| Arc::new(Mutex::new(attendant)));
        let mut nexus = Nexus::new(address, port_of(&config, HostId(0)), rules.clone());
        let no_session = |cause| OpenError::NoSession { address: Box::new(address.clone()), cause };
        let unfit = |cause: DeviceError| OpenError::Drive {
            address: Box::new(address.clone()),
            cause_of_cause: std::error::Error::source(&cause).map(ToString::to_string),
            cause,
        };
        nexus.log_in().map_err(no_session)?;
        let first = match options.fresh {
            true => nexus
                .execute(Request::none(TestUnitReady {}, FIRST_ANSWER))
                .map_err(|error| error.to_string()),
            false => Err("nobody says that the drive was just switched on".to_owned()),
        };
        let no_reset = resets(&mut nexus, attendant.is_some(), options.allow_reset);
        let host = |number: u8, nexus| {
            let unique_id = address.to_string();
            let config = HostConfig { host: HostId(number), unique_id, ..HostConfig::default() };
            Station::new(config, nexus, move || clock.now())
        };
        let mut stations = vec![host(0, nexus).map_err(unfit)?];
        let mut no_second_host = None;
        for number in 1..HOSTS {
            let nexus = Nexus::new(address, port_of(&config, HostId(number)), rules.clone());
            match second(nexus).and_then(|nexus| host(number, nexus).map_err(|error| error.to_string())) {
                Ok(station) => stations.push(station),
                Err(why) => no_second_host = Some(why),
            }
        }
        let (ready, has_data, (moves_tray, media)) = stations[0].nexus(explore).map_err(unfit)?;
        let home = match &attendant {
            Some(shared) => {
                Some(crate::faults::attendant(shared).situation().map_err(OpenError::Attendant)?.disc)
            }
            None => None,
        };
        let capabilities = declare(&Findings {
            attended: attendant.is_some(),
            no_second_host,
            no_reset,
            has_data: ready && has_data,
            moves_tray,
            media,
            no_first_answer: first.as_ref().err().filter(|_| attendant.is_none()).cloned(),
        });
        Ok(IscsiBench {
            _keeper: Keeper::of(stations.clone()).map_err(OpenError::System)?,
            faults: Faults { rules, stations: stations.clone(), attendant: attendant.clone(), own: 0 },
            hands: Hands { stations, attendant, is_pulled: false },
            capabilities,
            clock,
            allow_tray: options.allow_tray,
            had_disc: ready,
            home,
            first,
        })
    }

    /// Brings drive and hosts to the known state.
    fn bring_back(&mut self) -> Result<(), DeviceError> {
        self.faults.lift();
        let used = self.used();
        self.hands.plug_in()?;
        if let Some(shared) = &self.hands.attendant {
            let home = self.home.as_deref().unwrap_or("none");
            tidy(attendant(shared).as_mut(), home, used).map_err(|problem| {
                DeviceError::new(ErrorKind::InvalidState, "restore").with_source(problem)
            })?;
        }
        for station in &self.hands.stations {
            station.with(|driver, _| driver.restart());
            station.nexus(|nexus| {
                nexus.cut();
                let gone = |error| DeviceError::new(ErrorKind::Gone, "restore").with_source(error);
                nexus.log_in().map_err(gone)?;
                Ask(nexus).let_go(used.registrations)
            })?;
        }
        let may_load = self.allow_tray && self.had_disc;
        self.hands.stations[0].nexus(|nexus| {
            let mut ask = Ask(nexus);
            // Not every drive says whether its tray is open.
            if !ask.settle(READY)? && may_load && ask.tray_open()?.unwrap_or(true) {
                ask.load()?;
                ask.settle(READY)?;
            }
            Ok::<_, DeviceError>(())
        })?;
        self.hands.stations.iter().try_for_each(|station| {
            station.nexus(Nexus::take_used);
            station.with(|driver, port| driver.attach(port))
        })
    }

    /// What the commands of all hosts may have left behind.
    fn used(&self) -> Used {
        let all = self.hands.stations.iter().map(|station| station.nexus(Nexus::take_used));
        all.fold(Used::default(), Used::and)
    }
}

/// The initiator, with an ISID that no other process has (RFC 7143, 10.1.1): two of the same would throw each other out.
fn initiator(address: &Address, options: &IscsiOptions) -> Result<Config, OpenError> {
    let name = match &options.initiator {
        Some(name) => name.clone(),
        None => Name::new(INITIATOR)?,
    };
    let mut config = Config::new(name, Some(address.target.clone()));
    let mut qualifier = [0; 4];
    getrandom::fill(&mut qualifier).map_err(|error| OpenError::System(std::io::Error::other(error)))?;
    let [a, b, c, d] = qualifier;
    // Of the kind "random": the type in the first two bits.
    config.isid = Isid([0x80, a, b, c, d, 0]);
    config.alias = Some("discrig".to_owned());
    config.authentication = options.authentication.clone();
    config.header_digest = options.header_digest;
    config.data_digest = options.data_digest;
    Ok(config)
}

/// Why unit and target cannot be reset: where it is allowed, each is tried once.
fn resets(nexus: &mut Nexus, attended: bool, allowed: bool) -> [Option<String>; 2] {
    let functions = [TaskManagementFunction::LOGICAL_UNIT_RESET, TaskManagementFunction::TARGET_WARM_RESET];
    functions.map(|function| match (attended, allowed) {
        (true, _) => None,
        (false, false) => Some("not allowed".to_owned()),
        (false, true) => nexus.manage(function).err().map(|error| {
            std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string)
        }),
    })
}

/// A nexus besides the first, logged in.
fn second(mut nexus: Nexus) -> Result<Nexus, String> {
    match nexus.log_in().map(drop) {
        Ok(()) => Ok(nexus),
        Err(error) => Err(format!("a second session: {error}")),
    }
}

type Explored = (bool, bool, (bool, Vec<discrig_device::Medium>));

/// Whether the drive is ready and has data, and what it says of itself. One that does not become ready is a drive all the same.
fn explore(nexus: &mut Nexus) -> Result<Explored, DeviceError> {
    let mut ask = Ask(nexus);
    let ready = match ask.settle(READY) {
        Err(error) if error.kind() == ErrorKind::Timeout => false,
        other => other?,
    };
    Ok((ready, ready && ask.has_data()?, ask.features()?))
}

/// What somebody at the drive does to bring it to the known state.
fn tidy(attendant: &mut dyn crate::Attendant, home: &str, used: Used) -> Result<(), String> {
    if attendant.situation()?.foreign {
        attendant.unlock()?;
    }
    attendant.reset(ResetKind::Power)?;
    let found = attendant.situation()?;
    if found.tray_open || found.disc != home || used.disc {
        attendant.insert(home)?;
    }
    Ok(())
}

impl Drop for IscsiBench {
    fn drop(&mut self) {
        // What outlives a session is taken back, as far as it can be; the rest ends with it.
        let used = self.used();
        self.faults.lift();
        let _ = self.hands.plug_in();
        for station in &self.hands.stations {
            station.nexus(|nexus| {
                if nexus.is_logged_in() {
                    let _ = Ask(nexus).let_go(used.registrations);
                    nexus.log_out();
                }
            });
        }
    }
}

impl Bench for IscsiBench {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn opener(&mut self, host: HostId, process: ProcessId) -> Result<Box<dyn Opener>, DeviceError> {
        Ok(Box::new(self.hands.station(host)?.opener(process)))
    }

    fn kill(&mut self, process: ProcessId) -> Result<(), DeviceError> {
        if process == ProcessId(0) {
            return Err(DeviceError::new(ErrorKind::Unsupported, "killing the process of the suite"));
        }
        let kill = |station: &Station| station.with(|driver, port| driver.kill(port, process));
        self.hands.stations.iter().map(kill).fold(Ok(()), Result::and)
    }

    fn reset(&mut self, kind: ResetKind) -> Result<(), DeviceError> {
        let managed = |function| self.hands.station(HostId(0))?.nexus(|nexus| nexus.manage(function));
        match kind {
            ResetKind::Bus if self.capabilities.has(Capability::ResetBus) => {
                managed(TaskManagementFunction::TARGET_WARM_RESET)
            }
            ResetKind::LogicalUnit if self.capabilities.has(Capability::ResetLogicalUnit) => {
                managed(TaskManagementFunction::LOGICAL_UNIT_RESET)
            }
            ResetKind::Nexus(host) => self.hands.station(host)?.nexus(|nexus| {
                nexus.cut();
                let gone = |error| DeviceError::new(ErrorKind::Gone, "reset").with_source(error);
                nexus.log_in().map(drop).map_err(gone)
            }),
            ResetKind::Power => self.hands.ask("reset", |attendant| attendant.reset(kind)),
            ResetKind::Bus | ResetKind::LogicalUnit => Err(DeviceError::new(ErrorKind::Unsupported, "reset")),
        }
    }

    fn first_answer(&mut self) -> Result<Completion, DeviceError> {
        if self.hands.attendant.is_none() {
            let unknown = |why| DeviceError::new(ErrorKind::Unsupported, "first answer").with_source(why);
            return self.first.clone().map_err(unknown);
        }
        // Opened before, because the host asks the drive for what it is.
        let mut handle = self.open(HostId(0), ProcessId(0))?;
        self.reset(ResetKind::Power)?;
        handle.execute(Request::none(TestUnitReady {}, FIRST_ANSWER))
    }

    fn now(&self) -> Instant {
        self.clock.now()
    }

    fn wait(&mut self, span: Duration) {
        std::thread::sleep(span);
        self.hands.stations.iter().for_each(Station::notice);
    }

    fn restore(&mut self) -> Result<(), DeviceError> {
        self.bring_back()
    }

    fn snapshot(&self) -> Option<String> {
        let found = attendant(self.hands.attendant.as_ref()?).situation();
        found.ok().map(|situation| situation.state)
    }

    fn faults(&mut self) -> Option<&mut dyn FaultControl> {
        Some(&mut self.faults)
    }

    fn button(&mut self) -> Option<&mut dyn TrayButton> {
        if self.hands.attendant.is_some() { Some(self) } else { None }
    }

    fn changer(&mut self) -> Option<&mut dyn DiscChanger> {
        if self.hands.attendant.is_some() { Some(self) } else { None }
    }

    fn memory(&mut self) -> Option<&mut dyn MemoryControl> {
        Some(&mut self.hands)
    }

    fn plug(&mut self) -> Option<&mut dyn Plug> {
        Some(&mut self.hands)
    }

    fn slow(&mut self) -> Option<&mut dyn SlowPath> {
        if self.hands.attendant.is_some() { Some(self) } else { None }
    }

    fn volume(&mut self) -> Option<&mut dyn VolumeControl> {
        Some(&mut self.hands)
    }
}

impl TrayButton for IscsiBench {
    fn press(&mut self) -> Result<(), DeviceError> {
        self.hands.ask("pressing the button", |attendant| attendant.press())
    }
}

impl DiscChanger for IscsiBench {
    fn place(&mut self, disc: Option<DiscKind>) -> Result<(), DeviceError> {
        if let Some(DiscKind::BlankOf(medium)) = disc
            && !self.capabilities.supplies(medium)
        {
            return Err(DeviceError::new(ErrorKind::Unsupported, format!("a blank {medium}")));
        }
        self.faults.own += self.hands.place(disc)?;
        Ok(())
    }
}

/// How long a command takes that [`SlowPath::arm`] has made slow. It is aborted when its time is over.
const SLOW_MS: u64 = 25_000;
const SLOW_TIMEOUT: Duration = Duration::from_secs(1);

impl SlowPath for IscsiBench {
    fn arm(&mut self) -> Result<SlowCommand, DeviceError> {
        use discrig_device::fault::{Action, Rule};
        let rule = Rule::new(Action::Delay { ms: SLOW_MS }).on_command("READ(10)").times(1);
        let failed =
            |error| DeviceError::new(ErrorKind::InvalidState, "making a command slow").with_source(error);
        self.faults.install(rule).map_err(failed)?;
        let cdb = Read10 { transfer_length: 1, ..Read10::default() }.cdb();
        Ok(SlowCommand { cdb, transfer: 2048, timeout: SLOW_TIMEOUT })
    }
}
