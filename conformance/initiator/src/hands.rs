//! The plug of the drive, and discs on its tray.

use crate::attendant::Attendant;
use crate::faults::{SharedAttendant, as_toml, attendant};
use crate::nexus::Nexus;
use crate::seat::Station;
use core::time::Duration;
use discrig_device::fault::{Action, Rule};
use discrig_device::{
    Device as _, DeviceError, DiscKind, ErrorKind, HostId, MemoryControl, Plug, Replug, Request,
    VolumeControl,
};
use discrig_host::Seat as _;
use discrig_wire::command::Inquiry;
use std::thread;
use std::time::Instant;

/// How long a cut connection may take to show.
const SHOWS: Duration = Duration::from_secs(2);
const POLL: Duration = Duration::from_millis(1);

/// The hosts, and who is at the drive.
#[derive(Debug)]
pub(crate) struct Hands {
    pub(crate) stations: Vec<Station>,
    pub(crate) attendant: Option<SharedAttendant>,
    pub(crate) is_pulled: bool,
}

impl Hands {
    /// Asks the attendant for something.
    ///
    /// # Errors
    /// `Unsupported` where nobody is; what they say, otherwise.
    pub(crate) fn ask<R>(
        &self,
        operation: &'static str,
        body: impl FnOnce(&mut dyn Attendant) -> Result<R, String>,
    ) -> Result<R, DeviceError> {
        let shared =
            self.attendant.as_ref().ok_or_else(|| DeviceError::new(ErrorKind::Unsupported, operation))?;
        body(attendant(shared).as_mut())
            .map_err(|problem| DeviceError::new(ErrorKind::InvalidState, operation).with_source(problem))
    }

    /// The host.
    ///
    /// # Errors
    /// `Unsupported` for one that is not there.
    pub(crate) fn station(&self, host: HostId) -> Result<&Station, DeviceError> {
        self.stations
            .get(usize::from(host.0))
            .ok_or_else(|| DeviceError::new(ErrorKind::Unsupported, format!("host {}", host.0)))
    }

    /// Lays a disc on the open tray, by a fault rule that exchanges it at a command of ours: the server's other ways to change discs close the
    /// tray as well. Says how often rules have fired for it.
    pub(crate) fn place(&self, disc: Option<DiscKind>) -> Result<u64, DeviceError> {
        const OPERATION: &str = "changing the disc";
        let before = self.ask(OPERATION, |attendant| attendant.situation())?;
        if !before.tray_open {
            return Err(
                DeviceError::new(ErrorKind::InvalidState, OPERATION).with_source("the tray is not open")
            );
        }
        let rule = Rule::new(Action::SwapDisc { disc }).on_command("INQUIRY").times(1);
        self.ask(OPERATION, |attendant| attendant.faults(&as_toml(&rule)?))?;
        let mut data = [0; 36];
        let inquiry = Inquiry { allocation_length: data.len() as u16, ..Inquiry::default() };
        let request = Request::input(inquiry, &mut data, Duration::from_secs(10));
        self.station(HostId(0))?.nexus(|nexus| nexus.execute(request))?;
        let after = self.ask(OPERATION, |attendant| attendant.situation())?;
        match after.fired.saturating_sub(before.fired) {
            0 => Err(DeviceError::new(ErrorKind::InvalidState, OPERATION)
                .with_source("another fault rule came first")),
            fired => Ok(fired),
        }
    }

    /// Whether the plug is out. A fault may have pulled it.
    fn is_out(&self) -> Result<bool, DeviceError> {
        match self.attendant {
            Some(_) => Ok(!self.ask("put back", |attendant| attendant.situation())?.plugged),
            None => Ok(self.is_pulled),
        }
    }

    /// Puts the plug in, if it is out, without looking for the drive.
    pub(crate) fn plug_in(&mut self) -> Result<(), DeviceError> {
        if !self.is_out()? {
            return Ok(());
        }
        match self.attendant {
            Some(_) => self.ask("put back", |attendant| attendant.plug_in())?,
            None => self.stations.iter().for_each(|station| station.nexus(|nexus| nexus.set_cable(false))),
        }
        self.is_pulled = false;
        Ok(())
    }
}

impl Plug for Hands {
    fn pull(&mut self) -> Result<(), DeviceError> {
        if self.attendant.is_some() {
            self.ask("pull", |attendant| attendant.plug_out())?;
            let until = Instant::now() + SHOWS;
            for station in &self.stations {
                while station.nexus(|nexus| nexus.is_logged_in() && !nexus.is_lost())
                    && Instant::now() < until
                {
                    thread::sleep(POLL);
                }
            }
        } else {
            self.stations.iter().for_each(|station| station.nexus(|nexus| nexus.set_cable(true)));
        }
        self.is_pulled = true;
        self.stations.iter().for_each(Station::detach);
        Ok(())
    }

    fn put_back(&mut self, how: Replug) -> Result<(), DeviceError> {
        if how == Replug::Other {
            return Err(DeviceError::new(ErrorKind::Unsupported, "put back"));
        }
        if !self.is_out()? {
            return Err(DeviceError::new(ErrorKind::InvalidState, "put back").with_source("it is not pulled"));
        }
        self.plug_in()?;
        self.stations.iter().try_for_each(|station| {
            station
                .nexus(|nexus: &mut Nexus| nexus.log_in().map(drop))
                .map_err(|error| DeviceError::new(ErrorKind::Gone, "put back").with_source(error))?;
            // A drive that does not answer now is looked for again when somebody opens it.
            let _ = station.with(|driver, port| driver.attach(port));
            Ok(())
        })
    }
}

impl MemoryControl for Hands {
    fn exhaust(&mut self, host: HostId, exhausted: bool) -> Result<(), DeviceError> {
        self.station(host)?.with(|driver, _| driver.exhaust(exhausted));
        Ok(())
    }
}

impl VolumeControl for Hands {
    fn mount(&mut self, host: HostId) -> Result<(), DeviceError> {
        self.station(host)?.with(|driver, port| driver.mount(port))
    }

    fn dismount(&mut self, host: HostId) -> Result<(), DeviceError> {
        self.station(host)?.with(|driver, _| driver.dismount());
        Ok(())
    }
}
