//! The few questions and orders that the bench itself has for a drive, each with a bound. None of them writes to a disc.

use core::time::Duration;
use discrig_device::{Completion, Data, Device, DeviceError, ErrorKind, Medium, Request};
use discrig_wire::capacity::Capacity;
use discrig_wire::command::{
    GetConfiguration, GetEventStatusNotification, PersistentReserveOutRegisterAndIgnore,
    PreventAllowMediumRemoval, ReadCapacity, Release6, StartStopUnit, TestUnitReady,
};
use discrig_wire::event::{Event, EventClasses, EventNotification};
use discrig_wire::feature::{Configuration, FeatureCode, Profile};
use discrig_wire::sense::codes;
use discrig_wire::{Cdb, SenseKey};
use std::thread;
use std::time::Instant;

/// Unit attentions that are read away before a drive counts as beyond help.
const ATTENTIONS: usize = 16;
/// Pause between two polls of a drive that is becoming ready.
const POLL: Duration = Duration::from_millis(20);
const SHORT: Duration = Duration::from_secs(10);
/// Loading a disc and spinning it up.
const LOAD: Duration = Duration::from_secs(60);
/// Bytes of a PERSISTENT RESERVE OUT parameter list (SPC-3 6.12.3).
const RESERVE_OUT_LENGTH: usize = 24;

/// A conversation with a drive.
pub(crate) struct Ask<'a, D>(pub(crate) &'a mut D);

impl<D: Device> Ask<'_, D> {
    /// Sends a command until it meets no unit attention any more.
    fn order(&mut self, mut request: Request<'_>) -> Result<Completion, DeviceError> {
        let mut completion = self.0.execute(request.reborrow())?;
        for _ in 0..ATTENTIONS {
            if completion.code().is_none_or(|code| code.key != SenseKey::UnitAttention) {
                break;
            }
            completion = self.0.execute(request.reborrow())?;
        }
        Ok(completion)
    }

    /// The data of a command that ended with GOOD; `None` when it was refused.
    fn question(&mut self, command: impl Into<Cdb>, length: usize) -> Result<Option<Vec<u8>>, DeviceError> {
        let mut buffer = vec![0; length];
        let completion = self.order(Request::input(command, &mut buffer, SHORT))?;
        buffer.truncate(completion.transferred);
        Ok(completion.is_good().then_some(buffer))
    }

    /// Waits until the drive is ready, or knows that it has no disc that it can use; says whether it is ready. One that was stopped is
    /// started.
    ///
    /// # Errors
    /// `Timeout` with the last sense when `limit` passes first.
    pub(crate) fn settle(&mut self, limit: Duration) -> Result<bool, DeviceError> {
        let began = Instant::now();
        let mut was_started = false;
        loop {
            let completion = self.order(Request::none(TestUnitReady {}, SHORT))?;
            match completion.code() {
                None if completion.is_good() => return Ok(true),
                Some(code) if code.key == SenseKey::NotReady && matches!(code.asc, 0x30 | 0x3A) => {
                    return Ok(false);
                }
                Some(codes::LOGICAL_UNIT_NOT_READY_INITIALIZING_COMMAND_REQUIRED) if !was_started => {
                    was_started = true;
                    let start = StartStopUnit { start: true, ..StartStopUnit::default() };
                    self.order(Request::none(start, LOAD))?;
                }
                code if began.elapsed() >= limit => {
                    let last = code.map_or_else(|| completion.status.to_string(), |code| code.to_string());
                    let why = format!("not ready after {} s: {last}", limit.as_secs());
                    return Err(DeviceError::new(ErrorKind::Timeout, "wait until ready").with_source(why));
                }
                _ => thread::sleep(POLL),
            }
        }
    }

    /// Whether the tray is open; `None` when the drive does not say.
    pub(crate) fn tray_open(&mut self) -> Result<Option<bool>, DeviceError> {
        let command = GetEventStatusNotification {
            polled: true,
            notification_class_request: EventClasses::MEDIA.bits(),
            allocation_length: 8,
        };
        let data = self.question(command, 8)?.unwrap_or_default();
        match EventNotification::parse(&data).ok().and_then(|answer| answer.event) {
            Some(Event::Media(status)) => Ok(Some(status.door_open)),
            _ => Ok(None),
        }
    }

    /// Closes the tray and waits until the command is done.
    pub(crate) fn load(&mut self) -> Result<(), DeviceError> {
        let command = StartStopUnit { load_eject: true, start: true, ..StartStopUnit::default() };
        self.order(Request::none(command, LOAD)).map(drop)
    }

    /// Whether there are blocks that can be read.
    pub(crate) fn has_data(&mut self) -> Result<bool, DeviceError> {
        let data = self.question(ReadCapacity::default(), 8)?.unwrap_or_default();
        Ok(Capacity::parse(&data).is_ok_and(|capacity| capacity.last_block > 0))
    }

    /// Whether the drive says that commands move its tray both ways, and the blank media that it knows.
    pub(crate) fn features(&mut self) -> Result<(bool, Vec<Medium>), DeviceError> {
        let command = GetConfiguration { allocation_length: 0x1000, ..GetConfiguration::default() };
        let data = self.question(command, 0x1000)?.unwrap_or_default();
        let Ok(configuration) = Configuration::parse(&data) else { return Ok((false, Vec::new())) };
        // Load and Eject: bits 4 and 3 of the first byte behind the header (MMC-5 5.3.4).
        const LOAD_AND_EJECT: u8 = 0x18;
        let removable = configuration.feature(FeatureCode::REMOVABLE_MEDIUM);
        let abilities = removable.and_then(|feature| feature.payload.first()).copied().unwrap_or(0);
        let profiles = configuration.feature(FeatureCode::PROFILE_LIST);
        let known: Vec<Profile> = profiles
            .and_then(|list| list.profiles())
            .map(|profiles| profiles.map(|(profile, _)| profile).collect())
            .unwrap_or_default();
        let media = Medium::ALL.iter().copied().filter(|medium| known.contains(&profile_of(*medium)));
        Ok((abilities & LOAD_AND_EJECT == LOAD_AND_EJECT, media.collect()))
    }

    /// Frees what this nexus may hold: preventions, reservations, and registrations when it has made any. What a drive refuses it does not have.
    pub(crate) fn let_go(&mut self, registrations: bool) -> Result<(), DeviceError> {
        for persistent in [false, true] {
            let allow = PreventAllowMediumRemoval { persistent, prevent: false };
            self.order(Request::none(allow, SHORT))?;
        }
        self.order(Request::none(Release6::default(), SHORT))?;
        if registrations {
            // A new key of zero takes the registration back, and a reservation with it (SPC-3 5.6.10).
            let command = PersistentReserveOutRegisterAndIgnore {
                parameter_list_length: RESERVE_OUT_LENGTH as u32,
                ..Default::default()
            };
            let list = [0; RESERVE_OUT_LENGTH];
            self.order(Request { cdb: command.into(), data: Data::Out(&list), timeout: SHORT })?;
        }
        Ok(())
    }
}

/// The profile of a drive with a blank disc of this medium.
fn profile_of(medium: Medium) -> Profile {
    match medium {
        Medium::BdR | Medium::BdRDl | Medium::BdRXl | Medium::BdRXlQl => Profile::BD_R_SRM,
        Medium::BdRe | Medium::BdReDl | Medium::BdReXl => Profile::BD_RE,
        Medium::CdR | Medium::CdR74 | Medium::CdR90 => Profile::CD_R,
        Medium::CdRw | Medium::CdRw74 => Profile::CD_RW,
        Medium::DvdMinusR => Profile::DVD_R_SEQUENTIAL,
        Medium::DvdMinusRDl => Profile::DVD_R_DL_SEQUENTIAL,
        Medium::DvdMinusRw => Profile::DVD_RW_SEQUENTIAL,
        Medium::DvdPlusR => Profile::DVD_PLUS_R,
        Medium::DvdPlusRDl => Profile::DVD_PLUS_R_DL,
        Medium::DvdPlusRw => Profile::DVD_PLUS_RW,
        Medium::DvdRam => Profile::DVD_RAM,
    }
}
