//! What the host tells its listeners, and the switch for media changes.

use crate::command::{refusal, usual};
use crate::driver::ClassDriver;
use crate::files::HandleId;
use crate::port::Port;
use crate::quirk::Quirk;
use crate::request::RequestKind;
use crate::unit::Media;
use discrig_device::{DeviceError, ErrorKind, HostEvent, Instant, Owner, Request};
use discrig_wire::command::GetEventStatusNotification;
use discrig_wire::event::{Event, EventClasses, EventNotification, MediaEvent};
use serde::{Deserialize, Serialize};

/// Something that listeners were told.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Notification {
    /// When.
    pub at: Instant,
    /// What.
    pub event: HostEvent,
    /// Who held the device at that moment, as a listener that asked at once would have found it.
    pub owner: Owner,
}

/// What a look at the drive showed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Sighting {
    media: Media,
    /// The disc may be another one than before.
    changed: bool,
}

/// Why the media event class told nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum NoSighting {
    /// The drive does not have the class: it need not be asked again.
    Never,
    /// What came was no answer of this class: something else may tell.
    NotThisTime,
    /// The drive did not answer at all.
    Silence,
}

/// Understands an answer of GET EVENT STATUS NOTIFICATION to a poll for media events.
fn sighting(bytes: &[u8]) -> Result<Sighting, NoSighting> {
    let answer = EventNotification::parse(bytes).map_err(|_| NoSighting::NotThisTime)?;
    if answer.no_event_available || !answer.supported.contains(EventClasses::MEDIA) {
        return Err(NoSighting::Never);
    }
    let Some(Event::Media(status)) = answer.event else { return Err(NoSighting::NotThisTime) };
    Ok(Sighting {
        media: if status.media_present { Media::Present } else { Media::Absent },
        changed: status.event == MediaEvent::NEW_MEDIA,
    })
}

impl ClassDriver {
    /// Switches media change notification off, once more for the file and for the device.
    ///
    /// # Errors
    /// `Locked`; what the serial queue says; `InvalidState` when the count is at its end.
    pub fn mcn_disable(&mut self, port: &mut dyn Port, handle: HandleId) -> Result<(), DeviceError> {
        let kind = RequestKind::NotificationSwitch;
        let file = self.admit(port, handle, kind)?.file;
        let shared = self.config.has(Quirk::McnShared);
        let unit = self.unit_mut(kind.name())?;
        let device = unit
            .notification_off
            .checked_add(1)
            .ok_or_else(|| DeviceError::new(ErrorKind::InvalidState, kind.name()))?;
        unit.notification_off = device;
        if !shared && let Some(object) = self.files.get_mut(file) {
            // The device counts what all its files do, so its count ends first.
            object.notification_off += 1;
        }
        Ok(())
    }

    /// Takes one switching off of this file back. When the device's count is zero again, listeners are taken to know what the driver
    /// knows: changes missed in between are not told any more.
    ///
    /// # Errors
    /// `Locked`; what the serial queue says; `InvalidState` when this file has not switched off.
    pub fn mcn_enable(&mut self, port: &mut dyn Port, handle: HandleId) -> Result<(), DeviceError> {
        let kind = RequestKind::NotificationSwitch;
        let file = self.admit(port, handle, kind)?.file;
        let shared = self.config.has(Quirk::McnShared);
        let device = self.unit_mut(kind.name())?.notification_off;
        let own = self.files.get(file).map_or(0, |object| object.notification_off);
        if (if shared { device } else { own }) == 0 {
            return Err(DeviceError::new(ErrorKind::InvalidState, kind.name()));
        }
        if let Some(object) = self.files.get_mut(file) {
            object.notification_off = own.saturating_sub(1);
        }
        self.drain_notification(1);
        Ok(())
    }

    /// Takes `count` switchings off from the device.
    pub(crate) fn drain_notification(&mut self, count: u32) {
        let Some(unit) = self.unit.as_mut() else { return };
        let was_off = unit.notification_off > 0;
        unit.notification_off = unit.notification_off.saturating_sub(count);
        if was_off && unit.notification_off == 0 {
            unit.reported = unit.known;
        }
    }

    /// The oldest notification that the file has not seen, after one poll of the drive. While anybody holds the device the poll is put off.
    /// A file whose drive is gone still gets what was told up to that.
    ///
    /// # Errors
    /// `InvalidHandle`, `OutOfMemory`, or `Gone` when the drive is gone and everything seen.
    pub fn next_event(
        &mut self,
        port: &mut dyn Port,
        handle: HandleId,
    ) -> Result<Option<HostEvent>, DeviceError> {
        Ok(self.next_notification(port, handle)?.map(|notification| notification.event))
    }

    /// The same with time, and who held the device then.
    ///
    /// # Errors
    /// As [`ClassDriver::next_event`].
    pub fn next_notification(
        &mut self,
        port: &mut dyn Port,
        handle: HandleId,
    ) -> Result<Option<Notification>, DeviceError> {
        let kind = RequestKind::Listen;
        let file =
            self.file_of(handle).ok_or_else(|| DeviceError::new(ErrorKind::InvalidHandle, kind.name()))?;
        self.allocate(kind)?;
        if self.is_current(file) {
            self.poll(port);
        }
        let Some(object) = self.files.get_mut(file) else { return Ok(None) };
        let next = self.notifications.first_from(object.unseen);
        match next.filter(|(number, _)| object.last.is_none_or(|last| *number < last)) {
            Some((number, notification)) => {
                object.unseen = number + 1;
                Ok(Some(notification.clone()))
            }
            None if object.last.is_some() => Err(DeviceError::new(ErrorKind::Gone, kind.name())),
            None => Ok(None),
        }
    }

    /// The last notifications, oldest first; the host keeps 256.
    pub fn notifications(&self) -> impl Iterator<Item = &Notification> {
        self.notifications.iter()
    }

    pub(crate) fn notify(&mut self, at: Instant, event: HostEvent) {
        self.notifications.push(Notification { at, event, owner: self.owner_now() });
    }

    /// Looks at the drive once, and tells listeners what is new. The poll is a request without a file, so a lock keeps it out whoever
    /// holds it; it is made up for at unlock.
    pub(crate) fn poll(&mut self, port: &mut dyn Port) {
        let locked = self.holder().is_some();
        let Some(unit) = self.unit.as_mut() else { return };
        unit.poll_postponed = locked;
        if locked {
            return;
        }
        let Some(mut sighting) = self.look(port) else { return };
        let Some(unit) = self.unit.as_mut() else { return };
        sighting.changed |= core::mem::take(&mut unit.changed);
        self.see(port.now(), sighting);
    }

    fn look(&mut self, port: &mut dyn Port) -> Option<Sighting> {
        if !self.unit.as_ref()?.no_events {
            match self.media_event(port) {
                Ok(sighting) => return Some(sighting),
                Err(NoSighting::Never) => self.unit.as_mut()?.no_events = true,
                Err(NoSighting::NotThisTime) => {}
                Err(NoSighting::Silence) => return None,
            }
        }
        Some(Sighting { media: self.ask_ready(port)?, changed: false })
    }

    fn media_event(&mut self, port: &mut dyn Port) -> Result<Sighting, NoSighting> {
        let mut buffer = [0; 8];
        let cdb = GetEventStatusNotification {
            polled: true,
            notification_class_request: EventClasses::MEDIA.bits(),
            allocation_length: buffer.len() as u16,
        };
        let request = Request::input(cdb, &mut buffer, usual(GetEventStatusNotification::SPEC));
        let completion = self.ask(port, "poll", request, None).map_err(|_| NoSighting::Silence)?;
        match refusal(&completion) {
            None => sighting(&buffer[..completion.transferred.min(buffer.len())]),
            Some(ErrorKind::Unsupported) => Err(NoSighting::Never),
            Some(_) => Err(NoSighting::NotThisTime),
        }
    }

    /// Takes note of what was seen, and tells listeners unless notification is off.
    fn see(&mut self, now: Instant, sighting: Sighting) {
        let Some(unit) = self.unit.as_mut() else { return };
        let exchanged = sighting.changed && sighting.media == Media::Present && unit.known == Media::Present;
        if exchanged || sighting.media == Media::Absent {
            unit.mounted = false;
            unit.verify = false;
        }
        unit.known = sighting.media;
        if unit.notification_off > 0 {
            return;
        }
        let before = core::mem::replace(&mut unit.reported, sighting.media);
        let left = before == Media::Present && (exchanged || sighting.media == Media::Absent);
        let came = sighting.media == Media::Present && (exchanged || before != Media::Present);
        if left {
            self.notify(now, HostEvent::MediaRemoval);
        }
        if came {
            self.notify(now, HostEvent::MediaArrival);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seen(media: Media, changed: bool) -> Result<Sighting, NoSighting> {
        Ok(Sighting { media, changed })
    }

    /// Bytes by the tables of MMC-5 6.7: length, class, supported classes, event code, status.
    #[test]
    fn answers_of_drives() {
        let rows: &[(&[u8], Result<Sighting, NoSighting>)] = &[
            (&[0, 6, 4, 0x16, 0, 0x02, 0, 0], seen(Media::Present, false)),
            (&[0, 6, 4, 0x16, 1, 0x02, 0, 0], seen(Media::Present, false)),
            (&[0, 6, 4, 0x16, 2, 0x02, 0, 0], seen(Media::Present, true)),
            (&[0, 6, 4, 0x16, 3, 0x01, 0, 0], seen(Media::Absent, false)),
            (&[0, 6, 4, 0x16, 0, 0x00, 0, 0], seen(Media::Absent, false)),
            (&[0, 2, 0x80, 0x06], Err(NoSighting::Never)),
            (&[0, 6, 1, 0x06, 0, 0, 0, 0], Err(NoSighting::Never)),
            (&[0, 6, 1, 0x16, 0, 0, 0, 0], Err(NoSighting::NotThisTime)),
            (&[0, 6, 4, 0x10, 0], Err(NoSighting::NotThisTime)),
            (&[0, 6], Err(NoSighting::NotThisTime)),
            (&[], Err(NoSighting::NotThisTime)),
        ];
        for (bytes, expected) in rows {
            assert_eq!(sighting(bytes), *expected, "{bytes:02X?}");
        }
    }
}
