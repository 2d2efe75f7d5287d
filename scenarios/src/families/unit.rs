//! What the families about the logical unit share: who acts, the usual commands, and how the drive is brought to rest.
//!
//! The steps here never judge: they say what they saw, or stop the rig when the drive does not come to rest within their bound.

use super::{HERE, HOST};
use crate::answer::Answer;
use crate::stage::{HandleSeat, Stage};
use crate::stop::{Stop, Verdict};
use core::time::Duration;
use discrig_device::{DeviceError, DiscKind, ErrorKind, HostId, Request, ResetKind};
use discrig_wire::command::{
    GetConfiguration, GetEventStatusNotification, ModeSense10, PreventAllowMediumRemoval, RequestSense,
    StartStopUnit, TestUnitReady,
};
use discrig_wire::event::{EventClass, EventClasses, EventNotification, MediaStatus};
use discrig_wire::feature::{Configuration, FeatureCode, LoadingMechanism, RemovableMedium};
use discrig_wire::mode::{CapabilitiesPage, ModeData, ModeForm, PageCode};
use discrig_wire::sense::{Sense, codes};
use discrig_wire::{Cdb, SenseCode, SenseKey};

/// Another host with its own nexus.
pub(super) const OTHER: HostId = HostId(1);

/// Most unit attentions that are read before the drive counts as babbling.
const MOST_ATTENTIONS: usize = 16;
/// How often a drive that becomes ready is asked, and how long is waited in between.
const POLLS: usize = 180;
const PAUSE: Duration = Duration::from_millis(500);

/// A handle on the drive from `host`, with nothing pending on its nexus and the medium at rest.
pub(super) fn seat(stage: &mut Stage<'_>, host: HostId) -> Result<HandleSeat, Stop> {
    let mut seat = stage.open(host, HERE)?;
    settle(stage, &mut seat)?;
    Ok(seat)
}

/// The judged host's handle and that of another nexus.
pub(super) fn two_seats(stage: &mut Stage<'_>) -> Result<(HandleSeat, HandleSeat), Stop> {
    let mut mine = stage.open(HOST, HERE)?;
    let mut other = stage.open(OTHER, HERE)?;
    settle(stage, &mut mine)?;
    settle(stage, &mut other)?;
    Ok((mine, other))
}

// --- coming to rest ----------------------------------------------------------------------------------------------

/// Asks until the drive neither has a unit attention for this nexus nor says that it is becoming ready; the answer it then gives.
pub(super) fn settle(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<Answer, Stop> {
    let mut attentions = 0;
    for _ in 0..POLLS {
        let answer = test(stage, seat);
        match answer {
            Answer::Check(code) if code.key == SenseKey::UnitAttention => {
                attentions += 1;
                if attentions > MOST_ATTENTIONS {
                    return Err(Stop::Rig(format!(
                        "{attentions} unit attentions in a row, the last is {code}"
                    )));
                }
            }
            Answer::Check(code) if is_becoming_ready(code) => stage.wait(PAUSE),
            settled => return Ok(settled),
        }
    }
    Err(Stop::Rig(format!("the drive is not at rest after {:?}", PAUSE * POLLS as u32)))
}

/// Whether the medium will be accessible without help: 04/02 and 04/03 want something first.
pub(super) fn is_becoming_ready(code: SenseCode) -> bool {
    code.key == SenseKey::NotReady && code.asc == 0x04 && !matches!(code.ascq, 0x02 | 0x03)
}

/// Waits until the current profile shows that a disc is there, or that none is, reading no unit attention and no event.
pub(super) fn rest(stage: &mut Stage<'_>, seat: &mut HandleSeat, disc: bool) -> Verdict {
    for _ in 0..POLLS {
        let profile = current_profile(stage, seat)?;
        if (profile != 0) == disc {
            return Ok(());
        }
        stage.wait(PAUSE);
    }
    Err(Stop::Rig(format!("the current profile does not show the disc after {:?}", PAUSE * POLLS as u32)))
}

/// Reads every unit attention of the nexus, by TEST UNIT READY, in their order.
pub(super) fn attentions(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<Vec<SenseCode>, Stop> {
    let mut seen = Vec::new();
    while let Answer::Check(code) = test(stage, seat)
        && code.key == SenseKey::UnitAttention
    {
        seen.push(code);
        if seen.len() > MOST_ATTENTIONS {
            return Err(Stop::fail(format!("unit attentions do not end: {code}")));
        }
    }
    Ok(seen)
}

// --- commands ----------------------------------------------------------------------------------------------------

/// TEST UNIT READY.
pub(super) fn test(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Answer {
    stage.command(seat, TestUnitReady {})
}

/// PREVENT ALLOW MEDIUM REMOVAL of the basic state.
pub(super) fn prevent(stage: &mut Stage<'_>, seat: &mut HandleSeat, prevent: bool) -> Answer {
    stage.command(seat, PreventAllowMediumRemoval { persistent: false, prevent })
}

/// PREVENT ALLOW MEDIUM REMOVAL of the persistent state.
pub(super) fn persistent(stage: &mut Stage<'_>, seat: &mut HandleSeat, prevent: bool) -> Answer {
    stage.command(seat, PreventAllowMediumRemoval { persistent: true, prevent })
}

/// START STOP UNIT that ejects.
pub(super) fn eject(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Answer {
    stage.command(seat, StartStopUnit { load_eject: true, ..StartStopUnit::default() })
}

/// START STOP UNIT that loads.
pub(super) fn load(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Answer {
    stage.command(seat, StartStopUnit { load_eject: true, start: true, ..StartStopUnit::default() })
}

/// REQUEST SENSE in fixed format: its own answer, and the sense that it returned.
pub(super) fn request_sense(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> (Answer, Option<Sense>) {
    let (answer, bytes) =
        stage.read(seat, RequestSense { allocation_length: 252, ..RequestSense::default() });
    (answer, Sense::parse(&bytes))
}

/// Data of a command that is not judged here.
pub(super) fn fetch(
    stage: &mut Stage<'_>,
    seat: &mut HandleSeat,
    command: impl Into<Cdb>,
) -> Result<Vec<u8>, Stop> {
    let cdb = command.into();
    match stage.read(seat, cdb) {
        (Answer::Ok, bytes) => Ok(bytes),
        (answer, _) => Err(Stop::Inconclusive(format!("{cdb}: {answer}"))),
    }
}

/// What a structure of the wire makes of data, as a finding when it cannot be understood.
pub(super) fn understood<T>(parsed: Result<T, discrig_wire::WireError>) -> Result<T, Stop> {
    parsed.map_err(|error| Stop::fail(error.to_string()))
}

/// GET EVENT STATUS NOTIFICATION for some classes, polled.
pub(super) fn events(
    stage: &mut Stage<'_>,
    seat: &mut HandleSeat,
    classes: EventClasses,
) -> Result<EventNotification, Stop> {
    let command = GetEventStatusNotification {
        polled: true,
        notification_class_request: classes.bits(),
        allocation_length: 64,
    };
    match stage.read(seat, command) {
        (Answer::Ok, bytes) => understood(EventNotification::parse(&mend_length(bytes))),
        (Answer::Check(code), _) if code == codes::INVALID_COMMAND_OPERATION_CODE => {
            Err(Stop::fail("GET EVENT STATUS NOTIFICATION is refused, which every MMC drive implements"))
        }
        (answer, _) => Err(Stop::fail(format!("GET EVENT STATUS NOTIFICATION: {answer}"))),
    }
}

/// The answer with the length that it should announce: one scenario judges the length, the others what it is about.
fn mend_length(mut bytes: Vec<u8>) -> Vec<u8> {
    if let [high, low, flags, _, rest @ ..] = bytes.as_mut_slice() {
        let event = *flags & 0x80 == 0 && rest.len() >= 4;
        (*high, *low) = (0, if event { 6 } else { 2 });
    }
    bytes
}

/// The media class: event and live status. Skips where the drive does not support the class.
pub(super) fn media(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<MediaStatus, Stop> {
    match events(stage, seat, EventClasses::of(EventClass::MEDIA))?.event {
        Some(discrig_wire::event::Event::Media(status)) => Ok(status),
        _ => Err(Stop::Skip("the drive does not support the media class of events".into())),
    }
}

/// Reads events of `classes` until there is none, at most 100: their classes and codes.
pub(super) fn drain_events(
    stage: &mut Stage<'_>,
    seat: &mut HandleSeat,
    classes: EventClasses,
) -> Result<Vec<(EventClass, u8)>, Stop> {
    let mut seen = Vec::new();
    loop {
        match events(stage, seat, classes)?.event {
            Some(event) if event.code() != 0 => seen.push((event.class(), event.code())),
            _ => return Ok(seen),
        }
        if seen.len() == 100 {
            return Err(Stop::fail("100 events were read and there are still more"));
        }
    }
}

/// GET CONFIGURATION with room for everything.
pub(super) fn configuration(
    stage: &mut Stage<'_>,
    seat: &mut HandleSeat,
    requested_type: u8,
    starting_feature_number: u16,
) -> (Answer, Vec<u8>) {
    let command = GetConfiguration { requested_type, starting_feature_number, allocation_length: 0xFF00 };
    stage.read(seat, command)
}

/// The current profile; GET CONFIGURATION executes whatever is pending and reports nothing.
pub(super) fn current_profile(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<u16, Stop> {
    let bytes = fetch(
        stage,
        seat,
        GetConfiguration { requested_type: 2, starting_feature_number: 0, allocation_length: 8 },
    )?;
    Ok(understood(Configuration::parse(&bytes))?.current_profile.0)
}

/// Mode page 2Ah, or `None` where the drive does not have it.
pub(super) fn capabilities_page(
    stage: &mut Stage<'_>,
    seat: &mut HandleSeat,
) -> Result<Option<CapabilitiesPage>, Stop> {
    let command = ModeSense10 {
        disable_block_descriptors: true,
        page_code: PageCode::CAPABILITIES.0,
        allocation_length: 512,
        ..ModeSense10::default()
    };
    match stage.read(seat, command) {
        (Answer::Ok, bytes) => {
            let data = understood(ModeData::parse(ModeForm::Ten, &bytes))?;
            data.page(PageCode::CAPABILITIES)
                .map(|page| understood(CapabilitiesPage::parse(&page)))
                .transpose()
        }
        (Answer::Check(code), _) if code.key == SenseKey::IllegalRequest => Ok(None),
        (answer, _) => Err(Stop::Inconclusive(format!("MODE SENSE(10) of page 2Ah: {answer}"))),
    }
}

/// Whether removal is prevented now, as page 2Ah shows it. Skips where the drive does not have the page.
pub(super) fn lock_state(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Result<bool, Stop> {
    capabilities_page(stage, seat)?
        .map(|page| page.lock_state)
        .ok_or_else(|| Stop::Skip("the drive does not have the legacy mode page 2Ah".into()))
}

/// Feature 0003h and its version, or `None` where the drive does not return it.
pub(super) fn removable_medium(
    stage: &mut Stage<'_>,
    seat: &mut HandleSeat,
) -> Result<Option<(u8, RemovableMedium)>, Stop> {
    let (answer, bytes) = configuration(stage, seat, 2, FeatureCode::REMOVABLE_MEDIUM.0);
    if answer != Answer::Ok {
        return Ok(None);
    }
    let configuration = understood(Configuration::parse(&bytes))?;
    configuration
        .feature(FeatureCode::REMOVABLE_MEDIUM)
        .map(|feature| understood(RemovableMedium::parse(&feature)).map(|medium| (feature.version, medium)))
        .transpose()
}

/// Skips unless the drive says that it opens and closes its tray by command: a tray that the suite opens it has to close again.
pub(crate) fn require_tray(stage: &mut Stage<'_>, seat: &mut HandleSeat) -> Verdict {
    let moves = match removable_medium(stage, seat)? {
        Some((version, medium)) if version >= 1 => medium.eject && medium.load,
        Some((_, medium)) => medium.eject && medium.loading_mechanism == LoadingMechanism::TRAY,
        None => capabilities_page(stage, seat)?
            .is_some_and(|page| page.eject && page.loading_mechanism == LoadingMechanism::TRAY),
    };
    if moves {
        Ok(())
    } else {
        Err(Stop::Skip("the drive does not say that it closes its tray by command".into()))
    }
}

/// The same for whoever has no handle yet.
pub(crate) fn require_tray_of(stage: &mut Stage<'_>, host: HostId) -> Verdict {
    let mut seat = seat(stage, host)?;
    require_tray(stage, &mut seat)
}

// --- the bench ---------------------------------------------------------------------------------------------------

/// Opens the tray, takes what lies there away or puts `disc` there, and closes it again. Not judged.
pub(super) fn change_disc(stage: &mut Stage<'_>, seat: &mut HandleSeat, disc: Option<DiscKind>) -> Verdict {
    insist(eject(stage, seat), "eject")?;
    place(stage, disc)?;
    // A load without a disc may answer that there is none.
    load(stage, seat);
    settle(stage, seat).map(drop)
}

/// Puts `disc` on the open tray.
pub(super) fn place(stage: &mut Stage<'_>, disc: Option<DiscKind>) -> Verdict {
    stage.act(&format!("place {disc:?}"), |bench| {
        bench.changer().ok_or_else(|| missing("changer"))?.place(disc)
    })
}

/// Presses the tray button and lets the mechanics come to rest.
pub(super) fn press(stage: &mut Stage<'_>) -> Verdict {
    stage.act("press the button", |bench| bench.button().ok_or_else(|| missing("button"))?.press())?;
    stage.wait(Duration::from_secs(10));
    Ok(())
}

/// Resets, and gives the drive time to come back.
pub(super) fn reset(stage: &mut Stage<'_>, kind: ResetKind) -> Verdict {
    stage.act(&format!("reset {kind:?}"), |bench| bench.reset(kind))?;
    stage.wait(Duration::from_secs(1));
    Ok(())
}

fn missing(what: &'static str) -> DeviceError {
    DeviceError::new(ErrorKind::Unsupported, what)
}

/// A step that others rest on has to be done.
pub(super) fn insist(answer: Answer, what: &str) -> Verdict {
    if answer == Answer::Ok { Ok(()) } else { Err(Stop::Inconclusive(format!("{what}: {answer}"))) }
}

/// A CDB with bits set beside its fields, and the request for it without data.
pub(super) fn raw(bytes: &[u8]) -> Result<Cdb, Stop> {
    Cdb::new(bytes).map_err(|error| Stop::Rig(error.to_string()))
}

/// Executes a command that returns data and asks for none of it. There is room for some: not every path carries a data-in command without.
pub(super) fn ask_for_nothing(
    stage: &mut Stage<'_>,
    seat: &mut HandleSeat,
    command: impl Into<Cdb>,
) -> Answer {
    let mut room = [0; 16];
    let request = Request::input(command.into(), &mut room, Duration::from_secs(20));
    Answer::of_command(&stage.execute(seat, request))
}

/// Executes a CDB without a data phase, whatever the table says of it.
pub(super) fn bare(stage: &mut Stage<'_>, seat: &mut HandleSeat, cdb: Cdb) -> Answer {
    Answer::of_command(&stage.execute(seat, Request::none(cdb, Duration::from_secs(20))))
}

/// An operation code that no standard for these units ever assigned, as a CDB.
pub(super) fn unassigned() -> Result<Cdb, Stop> {
    raw(&[0x1F, 0, 0, 0, 0, 0])
}
