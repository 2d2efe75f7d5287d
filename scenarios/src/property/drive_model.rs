//! What the model of the drive world allows, and what state each answer leads to.

use super::Predicted;
use super::drive::{Disc, Nexus, Pending, Scope, State, Step};
use crate::allowed::Pattern;
use discrig_device::{DiscKind, ErrorKind};
use discrig_wire::SenseKey::{self, IllegalRequest, NotReady, UnitAttention};
use discrig_wire::Status;
use discrig_wire::event::{EventClass, MediaEvent};
use discrig_wire::sense::codes;

/// The model at one state.
pub(super) struct Predict<'p> {
    /// What is pending is reported for sure: it is judged, and nobody else on the bus may have been told instead.
    pub(super) told: bool,
    pub(super) state: State,
    /// Whose command the step is.
    pub(super) nexus: Option<usize>,
    pub(super) emit: &'p mut dyn FnMut(Predicted, State),
}

/// What another nexus' reservation means to a command.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Reserved {
    /// It is kept out.
    Conflicts,
    /// Documents and drives differ.
    Either,
    /// It is let through.
    Passes,
}

const EVERY_EVENT: u8 =
    bit(MediaEvent::EJECT_REQUEST) | bit(MediaEvent::NEW_MEDIA) | bit(MediaEvent::MEDIA_REMOVAL);

const fn bit(event: MediaEvent) -> u8 {
    1 << event.0
}

impl Predict<'_> {
    pub(super) fn step(&mut self, step: &Step) {
        match *step {
            Step::Configuration { h } => self.exempt(h, Reserved::Either, "mmc5-6.6"),
            Step::Inquiry { h } => self.exempt(h, Reserved::Passes, "spc3-6.4"),
            Step::Eject { h } => self.eject(h),
            Step::Events { h } => self.events(h),
            Step::Load { h } => self.load(h),
            Step::LockState { h } => self.lock_state(h),
            Step::Place { disc } => self.place(disc),
            Step::Press => self.press(),
            Step::Prevent { h, persistent, on } => self.prevent(h, persistent, on),
            Step::ReadFirst { h } => self.read_first(h),
            Step::Ready { h } => self.ready(h),
            Step::RequestSense { h } => self.request_sense(h),
            Step::Reserve { h } => self.reserve(h, true),
            Step::Reset { h, scope } => self.reset(h, scope),
            Step::Unknown { h } => self.unknown(h),
            Step::Unreserve { h } => self.reserve(h, false),
        }
    }

    fn allow(&mut self, pattern: Pattern, clause: &'static str, mut next: State) {
        if let Some(h) = self.nexus {
            next.nexuses[h].kept = matches!(pattern, Pattern::Asc(..) | Pattern::Check(_) | Pattern::Key(_));
        }
        (self.emit)(Predicted { pattern, clause }, next);
    }

    /// What REQUEST SENSE returned is not kept for another one.
    fn returns(&mut self, pattern: Pattern, clause: &'static str, mut next: State) {
        if let Some(h) = self.nexus {
            next.nexuses[h].kept = false;
        }
        (self.emit)(Predicted { pattern, clause }, next);
    }

    // --- what comes before a command is looked at --------------------------------------------------------------------

    fn conflicts(&self, h: usize) -> bool {
        self.state.holder.is_some_and(|holder| holder != h)
    }

    /// Reservation and unit attention. The state in which the command is executed, when it can be.
    fn admit(&mut self, h: usize, reserved: Reserved) -> Option<State> {
        let kept_out = self.conflicts(h) && reserved != Reserved::Passes;
        if kept_out {
            self.allow(Pattern::Status(Status::RESERVATION_CONFLICT), "spc2-5.5.1", self.state);
        }
        let admitted = self.attend(h, Predict::allow);
        admitted.filter(|_| !(kept_out && reserved == Reserved::Conflicts))
    }

    /// Every unit attention that the nexus may be told. What was pending for sure keeps the command from being executed; what was not, and was not
    /// reported, is not pending.
    fn attend(&mut self, h: usize, tell: fn(&mut Self, Pattern, &'static str, State)) -> Option<State> {
        let mut left = self.state;
        let Nexus { reset, medium, .. } = self.state.nexuses[h];
        left.nexuses[h].reset = Pending::No;
        if reset != Pending::No {
            tell(self, Pattern::Asc(UnitAttention, 0x29), "sam5-5.14", left);
        }
        if reset == Pending::Yes {
            return None;
        }
        left.nexuses[h].medium = Pending::No;
        if medium != Pending::No {
            let code = codes::NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED;
            tell(self, Pattern::Check(code), "sam5-5.14", left);
        }
        (medium != Pending::Yes).then_some(left)
    }

    /// START STOP UNIT may be executed although a medium change is pending, which then may stay so.
    fn admit_motion(&mut self, h: usize, reserved: Reserved) -> Option<State> {
        let admitted = self.admit(h, reserved);
        let Nexus { reset, medium, .. } = self.state.nexuses[h];
        let kept_out = self.conflicts(h) && reserved == Reserved::Conflicts;
        if admitted.is_none() && !kept_out && reset != Pending::Yes && medium == Pending::Yes {
            let mut left = self.state;
            left.nexuses[h].reset = Pending::No;
            left.nexuses[h].medium = Pending::Maybe;
            return Some(left);
        }
        admitted
    }

    fn exempt(&mut self, h: usize, reserved: Reserved, clause: &'static str) {
        if self.conflicts(h) && reserved != Reserved::Passes {
            self.allow(Pattern::Status(Status::RESERVATION_CONFLICT), "spc2-5.5.1", self.state);
        }
        self.allow(Pattern::Ok, clause, self.state);
    }

    fn surely(&self) -> Pending {
        if self.told { Pending::Yes } else { Pending::Maybe }
    }

    // --- the tray ----------------------------------------------------------------------------------------------------

    fn prevent(&mut self, h: usize, persistent: bool, on: bool) {
        const PREVENT: &str = "mmc5-6.14";
        let reserved = if on { Reserved::Conflicts } else { Reserved::Either };
        let Some(state) = self.admit(h, reserved) else { return };
        let mut next = state;
        if on && !state.is_loaded() {
            self.allow(Pattern::Asc(NotReady, 0x3A), "field-prevent-not-ready", state);
        }
        if persistent {
            next.nexuses[h].persistent = on;
            self.allow(Pattern::Check(codes::INVALID_FIELD_IN_CDB), "field-persistent-refused", state);
        } else {
            next.nexuses[h].basic = on;
        }
        self.allow(Pattern::Ok, PREVENT, next);
    }

    fn eject(&mut self, h: usize) {
        const EJECT: &str = "mmc5-6.40";
        let Some(state) = self.admit_motion(h, Reserved::Conflicts) else { return };
        let removed = Pattern::Check(codes::MEDIUM_REMOVAL_PREVENTED);
        let failed = codes::MEDIA_LOAD_OR_EJECT_FAILED;
        if state.nexuses.iter().any(|nexus| nexus.basic) {
            self.allow(removed, EJECT, state);
            self.allow(Pattern::Check(failed.under(IllegalRequest)), "field-eject-qualifier", state);
            if !state.is_loaded() {
                let prevented = codes::MEDIUM_REMOVAL_PREVENTED.under(NotReady);
                self.allow(Pattern::Check(prevented), "sff8020-eject", state);
                self.allow(Pattern::Check(failed.under(NotReady)), "sff8020-eject", state);
            }
        } else if state.nexuses.iter().enumerate().any(|(other, nexus)| other != h && nexus.persistent) {
            self.allow(Pattern::Key(IllegalRequest), "t10-04-349", state);
        } else {
            if state.nexuses[h].persistent {
                self.allow(removed, "t10-2004-eject", state);
            }
            self.allow(Pattern::Ok, EJECT, state.opened());
            return;
        }
        if state.open {
            self.allow(Pattern::Ok, EJECT, state);
        }
    }

    fn load(&mut self, h: usize) {
        const LOAD: &str = "mmc5-6.40";
        let Some(state) = self.admit_motion(h, Reserved::Either) else { return };
        if state.is_prevented() {
            self.allow(Pattern::Check(codes::MEDIUM_REMOVAL_PREVENTED), "field-load-prevented", state);
        }
        let next = state.closed(self.surely());
        self.allow(Pattern::Ok, LOAD, next);
        if state.disc == Disc::None {
            self.allow(Pattern::Asc(NotReady, 0x3A), "field-load-empty", next);
        }
    }

    fn press(&mut self) {
        const BUTTON: &str = "mmc5-6.14";
        let mut asked = self.state;
        for nexus in &mut asked.nexuses {
            nexus.events |= bit(MediaEvent::EJECT_REQUEST);
        }
        match (self.state.open, self.state.is_prevented()) {
            (false, true) => self.allow(Pattern::Ok, BUTTON, asked),
            (false, false) => self.allow(Pattern::Ok, BUTTON, asked.opened()),
            // What the button does to an open tray is the drive's own affair.
            (true, _) => {
                self.allow(Pattern::Ok, BUTTON, asked.closed(self.surely()));
                self.allow(Pattern::Ok, BUTTON, asked);
            }
        }
    }

    fn place(&mut self, disc: Option<DiscKind>) {
        let disc = match disc {
            Some(DiscKind::Blank | DiscKind::BlankOf(_)) => Disc::Blank,
            Some(DiscKind::Data) => Disc::Data,
            None => Disc::None,
        };
        if self.state.open {
            self.allow(Pattern::Ok, "bench", State { disc, ..self.state });
        } else {
            self.allow(Pattern::Error(ErrorKind::InvalidState), "bench", self.state);
        }
    }

    fn lock_state(&mut self, h: usize) {
        const PAGE: &str = "mmc6-annex-e";
        let Some(state) = self.admit(h, Reserved::Conflicts) else { return };
        self.allow(Pattern::Check(codes::INVALID_FIELD_IN_CDB), PAGE, state);
        let basic = state.nexuses.iter().any(|nexus| nexus.basic);
        if basic || state.is_prevented() {
            self.allow(Pattern::Shows(true), PAGE, state);
        }
        // Whether the persistent state alone shows is not said.
        if !basic {
            self.allow(Pattern::Shows(false), PAGE, state);
        }
    }

    // --- readiness, sense and events ---------------------------------------------------------------------------------

    /// What a command that needs the medium answers when it is not there, before or after a unit attention.
    fn not_ready(&mut self, state: State) {
        const READY: &str = "mmc5-6.42";
        if !state.is_loaded() {
            self.allow(Pattern::Asc(NotReady, 0x3A), READY, State { unsettled: false, ..state });
        }
        if state.unsettled {
            self.allow(Pattern::Key(NotReady), READY, state);
        }
    }

    /// The state in which a command that needs the medium is executed.
    fn admit_medium(&mut self, h: usize) -> Option<State> {
        let kept_out = self.conflicts(h);
        if !kept_out {
            // Some drives say that they are not ready first, and keep the unit attention.
            self.not_ready(self.state);
        }
        let state = self.admit(h, Reserved::Conflicts)?;
        self.not_ready(state);
        state.is_loaded().then_some(State { unsettled: false, ..state })
    }

    fn ready(&mut self, h: usize) {
        if let Some(state) = self.admit_medium(h) {
            self.allow(Pattern::Ok, "mmc5-6.42", state);
        }
    }

    fn read_first(&mut self, h: usize) {
        const READ: &str = "mmc5-6.15";
        let Some(state) = self.admit_medium(h) else { return };
        self.allow(Pattern::Ok, READ, state);
        if state.disc == Disc::Blank {
            for key in [IllegalRequest, SenseKey::BlankCheck, SenseKey::MediumError] {
                self.allow(Pattern::Key(key), READ, state);
            }
        }
    }

    fn request_sense(&mut self, h: usize) {
        const SENSE: &str = "spc3-6.27";
        if self.state.nexuses[h].kept {
            for key in (0..16).map(SenseKey::from_low_bits) {
                self.returns(Pattern::Key(key), "field-kept-sense", self.state);
            }
        }
        let Some(state) = self.attend(h, Predict::returns) else { return };
        self.returns(Pattern::Key(SenseKey::NoSense), SENSE, state);
        if state.unsettled {
            self.returns(Pattern::Key(NotReady), SENSE, state);
        } else if !state.is_loaded() {
            self.returns(Pattern::Asc(NotReady, 0x3A), SENSE, state);
        }
    }

    fn events(&mut self, h: usize) {
        const EVENTS: &str = "mmc5-6.7";
        if self.conflicts(h) {
            self.allow(Pattern::Status(Status::RESERVATION_CONFLICT), "spc2-5.5.1", self.state);
        }
        // A drive without the media class says so every time.
        self.allow(Pattern::Event { class: 0, code: 0 }, EVENTS, self.state);
        let Nexus { events, event_waits, .. } = self.state.nexuses[h];
        let class = EventClass::MEDIA.0;
        for event in [MediaEvent::EJECT_REQUEST, MediaEvent::NEW_MEDIA, MediaEvent::MEDIA_REMOVAL] {
            if events & bit(event) != 0 {
                let mut next = self.state;
                next.nexuses[h].events &= !bit(event);
                // Some drives have one queue for all: what one nexus read may be gone for the others.
                next.nexuses.iter_mut().for_each(|nexus| nexus.event_waits = false);
                self.allow(Pattern::Event { class, code: event.0 }, EVENTS, next);
            }
        }
        if !event_waits {
            let mut next = self.state;
            next.nexuses[h].events = 0;
            self.allow(Pattern::Event { class, code: 0 }, EVENTS, next);
        }
    }

    fn unknown(&mut self, h: usize) {
        const UNKNOWN: &str = "spc3-4.3";
        let refused = Pattern::Check(codes::INVALID_COMMAND_OPERATION_CODE);
        // Some drives look at the operation code first, and keep the unit attention.
        self.allow(refused, "field-attention-order", self.state);
        if let Some(state) = self.admit(h, Reserved::Either) {
            self.allow(refused, UNKNOWN, state);
        }
    }

    // --- reservations and resets -------------------------------------------------------------------------------------

    fn reserve(&mut self, h: usize, on: bool) {
        let reserved = if on { Reserved::Conflicts } else { Reserved::Passes };
        let Some(state) = self.admit(h, reserved) else { return };
        let unknown = Pattern::Check(codes::INVALID_COMMAND_OPERATION_CODE);
        self.allow(unknown, "field-reserve-absent", state);
        match (on, state.holder) {
            (true, _) => self.allow(Pattern::Ok, "spc2-7.21", State { holder: Some(h), ..state }),
            (false, Some(holder)) if holder == h => {
                self.allow(Pattern::Ok, "spc2-7.16", State { holder: None, ..state });
            }
            (false, _) => self.allow(Pattern::Ok, "spc2-7.16", state),
        }
    }

    fn reset(&mut self, h: usize, scope: Scope) {
        const RESET: &str = "sam5-6.3";
        let mut next = self.state;
        let surely = self.surely();
        if scope == Scope::Nexus {
            next.nexuses[h] = Nexus::after_reset(surely);
            next.holder = next.holder.filter(|holder| *holder != h);
            return self.allow(Pattern::Ok, RESET, next);
        }
        next.nexuses = [Nexus::after_reset(surely); super::drive::NEXUSES];
        next.holder = None;
        next.unsettled = true;
        self.allow(Pattern::Ok, RESET, next);
        if scope == Scope::Power && next.open {
            // Some drives pull the tray in when they are switched on.
            self.allow(Pattern::Ok, RESET, next.closed(Pending::Maybe));
        }
    }
}

impl Nexus {
    /// Whatever was pending, a reset may have replaced; what it does to the medium may be reported too.
    fn after_reset(reset: Pending) -> Nexus {
        Nexus { reset, medium: Pending::Maybe, events: EVERY_EVENT, ..Nexus::default() }
    }
}

impl State {
    /// A disc is in the closed drive.
    fn is_loaded(&self) -> bool {
        !self.open && self.disc != Disc::None
    }

    fn is_prevented(&self) -> bool {
        self.nexuses.iter().any(|nexus| nexus.basic || nexus.persistent)
    }

    /// The tray opens, if it was not open.
    fn opened(mut self) -> State {
        if self.open {
            return self;
        }
        self.open = true;
        self.unsettled = true;
        for nexus in &mut self.nexuses {
            // Removal is reported by some drives, and what was pending of the disc that is gone may be dropped.
            nexus.medium = Pending::Maybe;
            nexus.events |= bit(MediaEvent::MEDIA_REMOVAL);
            nexus.event_waits = false;
        }
        self
    }

    /// The tray closes; a disc on it becomes ready, of which every nexus is to be told. If it was closed, the disc is spun up.
    fn closed(mut self, surely: Pending) -> State {
        let loads = self.open && self.disc != Disc::None;
        self.open = false;
        self.unsettled = true;
        for nexus in self.nexuses.iter_mut().filter(|_| self.disc != Disc::None) {
            nexus.medium = if loads { surely } else { nexus.medium.max(Pending::Maybe) };
            nexus.events |= bit(MediaEvent::NEW_MEDIA);
            nexus.event_waits |= loads && surely == Pending::Yes;
        }
        self
    }
}
