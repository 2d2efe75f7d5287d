//! The world of the laboratory: the drive, its plug, the clock, the hosts.

use crate::config::EmulatorConfig;
use crate::disc::{DiscSource, blank_for};
use crate::port::LabPort;
use core::time::Duration;
use discrig_device::fault::FaultEngine;
use discrig_device::{
    DeviceError, DiscKind, ErrorKind, HostId, Instant, Medium, ProcessId, Replug, ResetKind,
};
use discrig_drive::{Disc, Drive, DriveConfig, HostEvent, HostEventError, MediumKind, NexusId, VirtualClock};
use discrig_host::{ClassDriver, HostConfig, HostState};
use serde::Serialize;

/// Hosts of the laboratory: the one that is judged and a foreign one.
pub(crate) const HOSTS: u8 = 2;

/// Everything: the drive's side and the hosts.
pub(crate) struct World {
    pub(crate) lab: Lab,
    pub(crate) hosts: Vec<Station>,
}

/// A host and the plugging in that it knows of.
pub(crate) struct Station {
    pub(crate) driver: ClassDriver,
    arrival: u64,
}

/// The drive's side.
pub(crate) struct Lab {
    pub(crate) config: EmulatorConfig,
    pub(crate) clock: VirtualClock,
    /// None while the plug is pulled.
    pub(crate) drive: Option<Drive>,
    pub(crate) faults: FaultEngine,
    /// Firings of fault engines that were replaced.
    fired_before: u64,
    /// How often a drive was plugged in.
    arrival: u64,
    /// When a drive that disappeared for a time comes back, and as what.
    returns: Option<(Instant, Replug)>,
    /// What was in the drive when it disappeared.
    left_behind: Option<DiscKind>,
    /// The configured disc is in the drive, or was when it disappeared.
    has_own_disc: bool,
}

/// The complete state, for reports.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Snapshot<'a> {
    now_ns: u64,
    plugged: bool,
    drive: Option<&'a discrig_drive::State>,
    hosts: Vec<HostState>,
}

impl World {
    pub(crate) fn new(config: EmulatorConfig) -> Result<World, DeviceError> {
        let hosts = (0..HOSTS)
            .map(|number| {
                let host = HostConfig { host: HostId(number), ..config.host.clone() };
                Station { driver: ClassDriver::new(host), arrival: 0 }
            })
            .collect();
        let lab = Lab {
            clock: VirtualClock::default(),
            drive: None,
            faults: FaultEngine::new(config.seed),
            fired_before: 0,
            arrival: 0,
            returns: None,
            left_behind: None,
            has_own_disc: false,
            config,
        };
        let mut world = World { lab, hosts };
        world.restore()?;
        Ok(world)
    }

    /// A new drive with the default disc, new hosts, no faults. The clock goes on.
    pub(crate) fn restore(&mut self) -> Result<(), DeviceError> {
        self.lab.reset_faults();
        let disc = self.lab.own_disc()?;
        let drive = self.lab.config.drive.clone();
        self.lab.plug_in(drive, disc)?;
        self.lab.has_own_disc = true;
        for host in 0..HOSTS {
            self.hosts[usize::from(host)].arrival = self.lab.arrival;
            let (driver, mut port) = self.place(HostId(host));
            driver.restart();
            driver.attach(&mut port)?;
        }
        Ok(())
    }

    /// A host's driver and its way to the drive, after the host has learnt what happened to the plug.
    ///
    /// # Errors
    /// `Unsupported` for a host that is not there.
    pub(crate) fn station(&mut self, host: HostId) -> Result<(&mut ClassDriver, LabPort<'_>), DeviceError> {
        if host.0 < HOSTS {
            Ok(self.place(host))
        } else {
            Err(DeviceError::new(ErrorKind::Unsupported, format!("host {}", host.0)))
        }
    }

    /// The same for a host that is known to be there.
    pub(crate) fn place(&mut self, host: HostId) -> (&mut ClassDriver, LabPort<'_>) {
        self.lab.come_back();
        let now = self.lab.clock.now();
        let station = &mut self.hosts[usize::from(host.0 % HOSTS)];
        if self.lab.drive.is_none() {
            station.driver.detach(now);
        } else if station.arrival != self.lab.arrival {
            station.driver.detach(now);
            station.arrival = self.lab.arrival;
            // A drive that does not answer now is looked for again when somebody opens it.
            let _ = station.driver.attach(&mut LabPort { lab: &mut self.lab, host });
        }
        (&mut station.driver, LabPort { lab: &mut self.lab, host })
    }

    /// Tells every host what happened to the plug.
    pub(crate) fn settle(&mut self) {
        for host in 0..HOSTS {
            self.place(HostId(host));
        }
    }

    pub(crate) fn kill(&mut self, process: ProcessId) -> Result<(), DeviceError> {
        let ends = (0..HOSTS).map(|host| {
            let (driver, mut port) = self.place(HostId(host));
            driver.kill(&mut port, process)
        });
        // The process dies on every host, whatever came of it on those before.
        ends.fold(Ok(()), Result::and)
    }

    pub(crate) fn snapshot(&self) -> Option<String> {
        let snapshot = Snapshot {
            now_ns: self.lab.clock.now().as_nanos(),
            plugged: self.lab.drive.is_some(),
            drive: self.lab.drive.as_ref().map(Drive::state),
            hosts: self.hosts.iter().map(|station| station.driver.snapshot()).collect(),
        };
        serde_json::to_string(&snapshot).ok()
    }
}

impl Lab {
    /// Switches a new drive on, with `disc` in its closed tray.
    fn plug_in(&mut self, config: DriveConfig, disc: Option<Disc>) -> Result<(), DeviceError> {
        let now = self.clock.now();
        let mut drive = Drive::new(config, now);
        drive.host_event(now, HostEvent::SwapDisc(disc)).map_err(|error| refused("plugging in", error))?;
        self.drive = Some(drive);
        self.arrival += 1;
        self.returns = None;
        Ok(())
    }

    /// Pulls the plug; the drive comes back after `returns`, if at all.
    pub(crate) fn unplug(&mut self, returns: Option<(Duration, Replug)>) {
        if let Some(drive) = self.drive.take() {
            self.left_behind =
                drive.state().disc.as_ref().map(|disc| {
                    if disc.kind.spec().is_recordable() { DiscKind::Blank } else { DiscKind::Data }
                });
        }
        self.returns = returns.map(|(after, identity)| (self.clock.now() + after, identity));
    }

    /// Puts the drive back as a new instance, with the disc that was in it.
    pub(crate) fn put_back(&mut self, how: Replug) -> Result<(), DeviceError> {
        if self.drive.is_some() {
            return Err(DeviceError::new(ErrorKind::InvalidState, "putting back a drive that is there"));
        }
        let mut config = self.config.drive.clone();
        if how == Replug::Other {
            config.profile.serial = config.profile.serial.chars().rev().collect();
            config.profile.product = "DRIVE OTHER".to_owned();
        }
        let disc = match (self.left_behind, &self.config.disc) {
            // There is but one of it.
            (Some(_), DiscSource::File(_)) if self.has_own_disc => self.own_disc()?,
            (Some(kind), _) => Some(self.disc(kind)?),
            (None, _) => None,
        };
        self.plug_in(config, disc)
    }

    /// A drive that disappeared for a time comes back when the time is over.
    fn come_back(&mut self) {
        if let Some((at, identity)) = self.returns
            && at <= self.clock.now()
            && self.put_back(identity).is_err()
        {
            self.returns = None;
        }
    }

    /// The configured disc.
    fn own_disc(&self) -> Result<Option<Disc>, DeviceError> {
        self.config.disc.disc(&self.config.drive.profile).map_err(|error| {
            DeviceError::new(ErrorKind::InvalidState, "putting the disc in").with_source(error)
        })
    }

    /// A disc of a kind to be put in, of the configured make where that is of the kind and there can be more than one of it.
    pub(crate) fn disc(&mut self, kind: DiscKind) -> Result<Disc, DeviceError> {
        self.has_own_disc = false;
        let profile = &self.config.drive.profile;
        let source = match (kind, &self.config.disc) {
            (DiscKind::Blank, DiscSource::Blank(medium)) => DiscSource::Blank(*medium),
            (DiscKind::Blank, _) => DiscSource::Blank(blank_for(profile)),
            (DiscKind::BlankOf(medium), _) => DiscSource::Blank(kind_of(medium)?),
            (DiscKind::Data, DiscSource::Image(image)) => DiscSource::Image(image.clone()),
            (DiscKind::Data, _) => DiscSource::Demonstration,
        };
        source
            .disc(profile)
            .ok()
            .flatten()
            .ok_or_else(|| DeviceError::new(ErrorKind::Unsupported, "making a disc"))
    }

    /// The drive, while it is plugged in.
    pub(crate) fn present(&mut self) -> Result<&mut Drive, DeviceError> {
        self.drive.as_mut().ok_or_else(|| DeviceError::new(ErrorKind::Gone, "reaching the drive"))
    }

    /// Something happens to the drive now.
    pub(crate) fn happen(&mut self, what: &'static str, event: HostEvent) -> Result<(), DeviceError> {
        let now = self.clock.now();
        self.present()?.host_event(now, event).map_err(|error| refused(what, error))
    }

    pub(crate) fn reset(&mut self, kind: ResetKind) -> Result<(), DeviceError> {
        match kind {
            ResetKind::Bus => self.happen("bus reset", HostEvent::BusReset),
            ResetKind::LogicalUnit => self.happen("logical unit reset", HostEvent::LogicalUnitReset),
            ResetKind::Power => self.happen("power cycle", HostEvent::PowerCycle),
            ResetKind::Nexus(host) if host.0 < HOSTS => {
                let nexus = nexus_of(host);
                self.happen("nexus loss", HostEvent::NexusLost(nexus))?;
                self.happen("nexus establishment", HostEvent::NexusEstablished(nexus))
            }
            ResetKind::Nexus(host) => {
                Err(DeviceError::new(ErrorKind::Unsupported, format!("host {}", host.0)))
            }
        }
    }

    pub(crate) fn wait(&mut self, span: Duration) {
        self.clock.advance(span);
        let now = self.clock.now();
        if let Some(drive) = &mut self.drive {
            drive.handle_timeout(now);
        }
        self.come_back();
    }

    pub(crate) fn fired(&self) -> u64 {
        self.fired_before + self.faults.fired()
    }

    fn reset_faults(&mut self) {
        self.fired_before = self.fired();
        self.faults = FaultEngine::new(self.config.seed);
    }
}

/// The kind of disc that a medium is.
///
/// # Errors
/// `Unsupported` where the emulator has no such disc.
fn kind_of(medium: Medium) -> Result<MediumKind, DeviceError> {
    MediumKind::by_name(medium.name())
        .ok_or_else(|| DeviceError::new(ErrorKind::Unsupported, format!("a blank {medium}")))
}

/// The nexus of a host.
pub(crate) fn nexus_of(host: HostId) -> NexusId {
    NexusId(u16::from(host.0))
}

fn refused(what: &'static str, error: HostEventError) -> DeviceError {
    DeviceError::new(ErrorKind::InvalidState, what).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_media_of_the_contract_are_those_that_can_be_recorded() {
        let named: Vec<_> = Medium::ALL.iter().map(|medium| kind_of(*medium).unwrap()).collect();
        let recordable: Vec<_> =
            MediumKind::TABLE.iter().filter(|spec| spec.is_recordable()).map(|spec| spec.kind).collect();
        assert_eq!(named, recordable);
    }
}
