//! The actors of the drive world: a handle for each nexus, and the bench.

use super::drive::{NEXUSES, Scope, Step};
use crate::answer::Answer;
use crate::stage::{Stage, usual_timeout};
use crate::stop::Stop;
use core::time::Duration;
use discrig_device::{Bench, Capability, Handle, HostId, ProcessId, Request, ResetKind};
use discrig_wire::command::{
    GetConfiguration, GetEventStatusNotification, Inquiry, ModeSense10, PreventAllowMediumRemoval, Read10,
    Release6, RequestSense, Reserve6, StartStopUnit, TestUnitReady,
};
use discrig_wire::event::{EventClass, EventClasses, EventNotification};
use discrig_wire::feature::{ConfigurationHeader, Profile};
use discrig_wire::mode::{CapabilitiesPage, ModeData, ModeForm, PageCode};
use discrig_wire::sense::Sense;
use discrig_wire::{Cdb, SenseKey, Status};

/// The process of the suite.
const HERE: ProcessId = ProcessId(0);
/// Longest that the mechanics take to come to rest.
const MECHANICS: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(500);
/// Most polls for one of them.
const POLLS: usize = 120;

/// A handle on each host that the bench has.
pub struct Cast {
    handles: [Option<Box<dyn Handle>>; NEXUSES],
    buffer: Vec<u8>,
}

impl Cast {
    /// Opens the handles, and reads what waits for their nexuses.
    pub(super) fn assemble(stage: &mut Stage<'_>) -> Result<Cast, Stop> {
        let mut cast = Cast { handles: [None, None], buffer: vec![0; 4096] };
        let hosts = if stage.bench.capabilities().has(Capability::SecondHost) { NEXUSES } else { 1 };
        for h in 0..hosts {
            cast.handles[h] = Some(stage.bench.open(HostId(h as u8), HERE)?);
        }
        for h in 0..hosts {
            cast.calm(stage, h)?;
        }
        Ok(cast)
    }

    /// Reads unit attentions and media events until there are none, and waits for the medium.
    fn calm(&mut self, stage: &mut Stage<'_>, h: usize) -> Result<(), Stop> {
        if let Some(handle) = self.handles.get_mut(h).and_then(Option::as_mut) {
            settle(handle.as_mut(), stage.bench);
        }
        for _ in 0..POLLS {
            if !matches!(self.events(h), Answer::Event { code: 1.., .. }) {
                return Ok(());
            }
        }
        Err(Stop::fail("media events do not come to an end"))
    }

    /// Does a step for real. Steps of a nexus that the bench does not have do nothing and answer OK.
    pub(super) fn perform(&mut self, stage: &mut Stage<'_>, step: &Step) -> Result<Answer, Stop> {
        const MOVE: StartStopUnit = StartStopUnit {
            immed: false,
            format_layer: 0,
            power_condition: 0,
            select_format_layer: false,
            load_eject: true,
            start: false,
        };
        Ok(match *step {
            Step::Configuration { h } => {
                self.send(h, GetConfiguration { allocation_length: 4096, ..Default::default() })
            }
            Step::Eject { h } => self.send(h, MOVE),
            Step::Events { h } => self.events(h),
            Step::Inquiry { h } => self.send(h, Inquiry { allocation_length: 96, ..Inquiry::default() }),
            Step::Load { h } => {
                let answer = self.send(h, StartStopUnit { start: true, ..MOVE });
                if answer == Answer::Ok {
                    self.rest(stage);
                }
                answer
            }
            Step::LockState { h } => self.lock_state(h),
            Step::Place { disc } => {
                let changer = stage.bench.changer().ok_or_else(|| undeclared("changer"))?;
                Answer::of_host(&changer.place(disc))
            }
            Step::Press => {
                stage.bench.button().ok_or_else(|| undeclared("button"))?.press()?;
                self.rest(stage);
                Answer::Ok
            }
            Step::Prevent { h, persistent, on } => {
                self.send(h, PreventAllowMediumRemoval { persistent, prevent: on })
            }
            Step::ReadFirst { h } => self.send(h, Read10 { transfer_length: 1, ..Read10::default() }),
            Step::Ready { h } => self.send(h, TestUnitReady {}),
            Step::RequestSense { h } => self.request_sense(h),
            Step::Reserve { h } => self.send(h, Reserve6::default()),
            Step::Reset { h, scope } => {
                let kind = match scope {
                    Scope::Bus => ResetKind::Bus,
                    Scope::Nexus => ResetKind::Nexus(HostId(h as u8)),
                    Scope::Power => ResetKind::Power,
                    Scope::Unit => ResetKind::LogicalUnit,
                };
                stage.bench.reset(kind)?;
                self.rest(stage);
                Answer::Ok
            }
            Step::Unknown { h } => self.raw(h, Cdb::new(&[0x1F, 0, 0, 0, 0, 0])),
            Step::Unreserve { h } => self.send(h, Release6::default()),
        })
    }

    /// Lets the mechanics come to rest without reading attentions or events.
    fn rest(&mut self, stage: &mut Stage<'_>) {
        if stage.bench.capabilities().has(Capability::VirtualTime) {
            return stage.bench.wait(MECHANICS);
        }
        // The current profile tells of a disc; without one the time is over some day. A drive that knows no profiles tells nothing.
        for _ in 0..POLLS / 4 {
            let command = GetConfiguration { requested_type: 2, allocation_length: 8, ..Default::default() };
            if self.send(0, command) != Answer::Ok {
                return;
            }
            let profile = ConfigurationHeader::parse(&self.buffer).map(|header| header.current_profile);
            if profile.is_ok_and(|profile| profile != Profile::NONE) {
                return;
            }
            stage.bench.wait(PAUSE);
        }
    }

    fn send(&mut self, h: usize, command: impl Into<Cdb>) -> Answer {
        self.raw(h, Ok(command.into()))
    }

    fn raw(&mut self, h: usize, cdb: Result<Cdb, discrig_wire::cdb::CdbError>) -> Answer {
        use discrig_wire::command::{CommandSpec, Direction};
        let (Some(handle), Ok(cdb)) = (self.handles.get_mut(h).and_then(Option::as_mut), cdb) else {
            return Answer::Ok;
        };
        let timeout = usual_timeout(&cdb);
        let request = match CommandSpec::of(&cdb) {
            Some(spec) if spec.direction == Direction::In => {
                let length = spec.field("allocation_length").map_or(2048, |field| field.get(&cdb) as usize);
                let room = length.min(self.buffer.len());
                Request::input(cdb, &mut self.buffer[..room], timeout)
            }
            _ => Request::none(cdb, timeout),
        };
        Answer::of_command(&handle.execute(request))
    }

    fn request_sense(&mut self, h: usize) -> Answer {
        match self.send(h, RequestSense { allocation_length: 18, ..RequestSense::default() }) {
            Answer::Ok => Sense::parse(&self.buffer[..18])
                .map_or(Answer::CheckWithoutSense, |sense| Answer::Check(sense.code)),
            // The command itself has to succeed.
            Answer::Check(_) | Answer::CheckWithoutSense => Answer::Status(Status::CHECK_CONDITION),
            other => other,
        }
    }

    fn events(&mut self, h: usize) -> Answer {
        let command = GetEventStatusNotification {
            polled: true,
            notification_class_request: EventClasses::of(EventClass::MEDIA).bits(),
            allocation_length: 8,
        };
        match self.send(h, command) {
            Answer::Ok => {
                // The length is judged elsewhere; here it is what it has to be.
                let event = self.buffer[2] & 0x80 == 0;
                self.buffer[..2].copy_from_slice(&[0, if event { 6 } else { 2 }]);
                match EventNotification::parse(&self.buffer[..8]) {
                    Ok(EventNotification { event: Some(event), .. }) => {
                        Answer::Event { class: event.class().0, code: event.code() }
                    }
                    Ok(_) => Answer::Event { class: 0, code: 0 },
                    Err(_) => Answer::CheckWithoutSense,
                }
            }
            other => other,
        }
    }

    fn lock_state(&mut self, h: usize) -> Answer {
        let command = ModeSense10 {
            disable_block_descriptors: true,
            page_code: PageCode::CAPABILITIES.0,
            allocation_length: 128,
            ..ModeSense10::default()
        };
        match self.send(h, command) {
            Answer::Ok => ModeData::parse(ModeForm::Ten, &self.buffer[..128])
                .ok()
                .and_then(|data| CapabilitiesPage::parse(&data.page(PageCode::CAPABILITIES)?).ok())
                .map_or(Answer::CheckWithoutSense, |page| Answer::Shows(page.lock_state)),
            other => other,
        }
    }
}

/// Reads unit attentions until there are none, and waits as long as the medium becomes ready.
pub(super) fn settle(handle: &mut dyn Handle, bench: &mut dyn Bench) {
    let cdb = TestUnitReady {}.cdb();
    for _ in 0..POLLS {
        match Answer::of_command(&handle.execute(Request::none(cdb, usual_timeout(&cdb)))) {
            Answer::Check(code) if code.key == SenseKey::UnitAttention => {}
            Answer::Check(code) if code.key == SenseKey::NotReady && code.asc == 0x04 => bench.wait(PAUSE),
            _ => return,
        }
    }
}

fn undeclared(what: &str) -> Stop {
    Stop::Rig(format!("the bench declares `{what}` and does not lend it"))
}
