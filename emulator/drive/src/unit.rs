//! The logical unit: its state with what it is made of. Commands are handled against it; commands that wait are not its business.

use crate::buffer::Buffer;
use crate::check::Check;
use crate::drive::DriveConfig;
use crate::events::{EventQueues, Happening};
use crate::ledger::LedgerEvent;
use crate::nexus::{NexusId, NexusState};
use crate::playback::Playback;
use crate::power::Power;
use crate::quirk::{Quirk, QuirkSet};
use crate::reservation::Consequences;
use crate::state::{SpeedState, State};
use crate::timing::Clockwork;
use crate::tray::{Tray, TrayAction, TrayChange, TrayTimes};
use core::time::Duration;
use discrig_device::Instant;
use discrig_disc::{BackgroundState, Change, Disc, DiscState, Family, Form, Store, Task};
use discrig_wire::event::{
    BusyEvent, EventClass, MediaEvent, MultiHostEvent, MultiHostPriority, PowerEvent, PowerStatus,
};
use discrig_wire::feature::Profile as MediaProfile;
use discrig_wire::sense::{SenseCode, codes};

/// A drive without its queue.
pub(crate) struct Unit {
    pub(crate) config: DriveConfig,
    pub(crate) quirks: QuirkSet,
    pub(crate) clockwork: Clockwork,
    pub(crate) state: State,
    /// The blocks of the disc in the tray.
    pub(crate) content: Option<Box<dyn Store>>,
}

impl Unit {
    pub(crate) fn new(config: DriveConfig, state: State, content: Option<Box<dyn Store>>) -> Unit {
        let quirks = QuirkSet::new(&config.quirks);
        let clockwork = Clockwork::new(config.timing, config.profile.latencies);
        Unit { config, quirks, clockwork, state, content }
    }

    // What can be seen.

    /// The disc, when it was identified and this model knows its kind.
    pub(crate) fn medium(&self) -> Option<&DiscState> {
        let disc = self.state.disc.as_ref()?.seen();
        (self.state.tray.is_loaded() && self.knows(disc)).then_some(disc)
    }

    /// The disc, when it can be recorded: as it is, or after it was formatted or erased.
    pub(crate) fn recordable_medium(&self) -> Option<&DiscState> {
        self.medium().filter(|disc| disc.is_writable() || disc.kind.spec().is_rewritable())
    }

    fn knows(&self, disc: &DiscState) -> bool {
        self.config.profile.supports(disc.profile())
    }

    /// The current profile.
    pub(crate) fn current_profile(&self) -> MediaProfile {
        self.medium().map_or(MediaProfile::NONE, DiscState::profile)
    }

    /// Whether the medium can be accessed, and why not.
    pub(crate) fn readiness(&self) -> Result<&DiscState, Check> {
        if self.state.power.condition == PowerStatus::SLEEP {
            return Err(Check::new(codes::LOGICAL_UNIT_NOT_READY_INITIALIZING_COMMAND_REQUIRED));
        }
        self.settled()?;
        match (self.state.tray, self.state.disc.as_ref().map(DiscState::seen)) {
            (Tray::Ready | Tray::Stopped, Some(disc)) if self.knows(disc) => Ok(disc),
            (Tray::Ready | Tray::Stopped, Some(_)) => Err(Check::new(codes::INCOMPATIBLE_MEDIUM_INSTALLED)),
            (Tray::Open, _) => Err(Check::new(codes::MEDIUM_NOT_PRESENT_TRAY_OPEN)),
            _ => Err(Check::new(codes::MEDIUM_NOT_PRESENT_TRAY_CLOSED)),
        }
    }

    /// Whether nothing moves, and what it is otherwise.
    pub(crate) fn settled(&self) -> Result<(), Check> {
        let code = match self.state.tray {
            Tray::Closing(_) | Tray::Recognizing(_) | Tray::SpinningUp(_) => {
                codes::LOGICAL_UNIT_IS_IN_PROCESS_OF_BECOMING_READY
            }
            Tray::Opening(_) => codes::LOGICAL_UNIT_NOT_READY_OPERATION_IN_PROGRESS,
            Tray::Empty | Tray::Open | Tray::Ready | Tray::Stopped => return self.idle(),
        };
        let progress = self.state.tray.span().map_or(0, |span| span.progress(self.state.now));
        Err(Check::progress(code, progress))
    }

    /// Whether nothing is done to the medium, and what it is otherwise.
    fn idle(&self) -> Result<(), Check> {
        self.state.operation.as_ref().map_or(Ok(()), |operation| Err(operation.busy(self.state.now)))
    }

    // Nexuses.

    /// What is kept for `nexus`, which is established when it was not.
    pub(crate) fn nexus(&mut self, nexus: NexusId) -> &mut NexusState {
        let power_on = !self.quirks.has(Quirk::NoPowerOnUnitAttention);
        let state = self.state.nexuses.entry(nexus).or_insert_with(|| {
            let mut fresh = NexusState::default();
            if power_on {
                fresh.attentions.establish(codes::POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED);
            }
            fresh
        });
        if !state.established {
            // What happened while the nexus was not there is not its business.
            state.events = EventQueues::default();
            state.established = true;
        }
        state
    }

    /// Takes the unit attention that is to be reported to `nexus`.
    pub(crate) fn take_attention(&mut self, nexus: NexusId) -> Option<SenseCode> {
        let code = self.state.nexuses.get_mut(&nexus)?.attentions.take()?;
        if self.quirks.has(Quirk::SharedUnitAttention) {
            self.state.nexuses.values_mut().for_each(|state| state.attentions.forget(code));
        }
        Some(code)
    }

    pub(crate) fn establish_all(&mut self, code: SenseCode) {
        self.state.nexuses.values_mut().for_each(|state| state.attentions.establish(code));
    }

    pub(crate) fn establish_others(&mut self, nexus: NexusId, code: SenseCode) {
        let others = self.state.nexuses.iter_mut().filter(|(other, _)| **other != nexus);
        others.for_each(|(_, state)| state.attentions.establish(code));
    }

    pub(crate) fn raise(&mut self, nexus: NexusId, happening: Happening) {
        if let Some(state) = self.state.nexuses.get_mut(&nexus) {
            state.events.raise(happening);
        }
    }

    pub(crate) fn raise_all(&mut self, happening: Happening) {
        self.state.nexuses.values_mut().for_each(|state| state.events.raise(happening));
    }

    pub(crate) fn raise_others(&mut self, nexus: NexusId, happening: Happening) {
        let others = self.state.nexuses.iter_mut().filter(|(other, _)| **other != nexus);
        others.for_each(|(_, state)| state.events.raise(happening));
    }

    // The tray.

    fn tray_times(&self) -> TrayTimes {
        let disc = self.state.disc.as_ref();
        let family = disc.map_or(Family::Cd, |disc| disc.kind.spec().family);
        TrayTimes {
            close: self.clockwork.close(),
            open: self.clockwork.open() + self.letting_go_time(),
            recognize: self.clockwork.recognize(family, disc.is_some_and(DiscState::is_writable)),
            spin_up: self.clockwork.spin_up(family),
        }
    }

    /// Moves the tray and lets it come as far as it does without time passing.
    pub(crate) fn move_tray(&mut self, action: TrayAction) {
        let now = self.state.now;
        self.step_tray(action);
        while self.state.tray.busy_until().is_some_and(|until| until <= now) {
            self.step_tray(TrayAction::TimeUp);
        }
    }

    fn step_tray(&mut self, action: TrayAction) {
        if action == TrayAction::Open {
            self.flush();
        }
        let times = self.tray_times();
        let was_busy = self.state.tray.busy_until().is_some();
        let change = self.state.tray.act(action, self.state.now, self.state.disc.is_some(), &times);
        match change {
            Some(TrayChange::MediumGone) if action == TrayAction::Restart => {}
            Some(TrayChange::MediumGone) => {
                if action == TrayAction::Open {
                    self.let_go();
                }
                self.medium_gone();
            }
            Some(TrayChange::MediumReady) => self.medium_ready(),
            None => {}
        }
        if was_busy && self.state.tray.busy_until().is_none() {
            self.forget_busy();
        }
    }

    /// Whoever did not ask while it lasted need not know that it is over.
    pub(crate) fn forget_busy(&mut self) {
        self.state.nexuses.values_mut().for_each(|state| state.events.forget(EventClass::DEVICE_BUSY));
    }

    /// What a recorder does with a disc before it gives it away: what waits in the buffer is recorded, a background format is stopped.
    fn letting_go_time(&self) -> Duration {
        let stop = match self.background_state() {
            Some(BackgroundState::Running) => self.clockwork.task(Task::StopFormat, Family::Dvd),
            _ => Duration::ZERO,
        };
        self.recorded_at().since(self.state.now) + stop
    }

    fn medium_gone(&mut self) {
        self.state.speeds = SpeedState::default();
        self.state.buffer = Buffer::default();
        self.state.playback = None;
        self.state.head = 0;
        self.raise_all(Happening::Media(MediaEvent::MEDIA_REMOVAL));
        self.raise_all(Happening::FEATURES);
    }

    fn medium_ready(&mut self) {
        self.state.head = 0;
        if !self.quirks.has(Quirk::NoUnitAttentionAfterLoad) {
            self.establish_all(codes::NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
        }
        self.raise_all(Happening::Media(MediaEvent::NEW_MEDIA));
        self.raise_all(Happening::FEATURES);
    }

    /// The button on the front: it opens, it closes, or, where removal is prevented, it only asks.
    pub(crate) fn press_button(&mut self) {
        if self.state.operation.is_some() {
            // The disc is not given away in the middle of it.
            return;
        }
        if self.state.tray.is_open() {
            self.move_tray(TrayAction::Close);
        } else if self.state.ledger.is_prevented() && !self.quirks.has(Quirk::EjectIgnoresPrevent) {
            return self.raise_all(Happening::Media(MediaEvent::EJECT_REQUEST));
        } else {
            self.move_tray(TrayAction::Open);
        }
        if self.state.tray.busy_until().is_some() {
            self.raise_all(Happening::Busy(BusyEvent::LOAD_CHANGE));
        }
    }

    /// Puts a disc into the tray in place of what is there, wherever the tray is.
    pub(crate) fn replace_disc(&mut self, disc: Option<Disc>) {
        self.abandon_operation();
        self.state.buffer = Buffer::default();
        match disc {
            Some(Disc { state, store }) => {
                self.state.disc = Some(state);
                self.content = Some(store);
            }
            None => {
                self.state.disc = None;
                self.content = None;
            }
        }
        self.move_tray(TrayAction::Replace);
    }

    /// When everything that is under way will be over, when anything is.
    pub(crate) fn settled_at(&self) -> Option<Instant> {
        let until = self.state.tray.busy_until()?;
        let then_recognizes = matches!(self.state.tray, Tray::Closing(_)) && self.state.disc.is_some();
        Some(if then_recognizes { until + self.tray_times().recognize } else { until })
    }

    /// When the drive will have time for commands again that it has none for now.
    pub(crate) fn busy_until(&self) -> Option<Instant> {
        self.settled_at().max(self.operation_deadline())
    }

    // Changes of the disc.

    /// What a change of the disc takes.
    pub(crate) fn task_time(&self, change: &Change) -> Duration {
        let structures = self.clockwork.task(change.task, change.after.kind.spec().family);
        if change.blocks == 0 || self.clockwork.is_instant() {
            return structures;
        }
        // Whole discs are begun at the first block; what ends a recording goes on where the pick-up is.
        let first = match change.task {
            Task::BlankFull | Task::FormatFull => 0,
            _ => self.state.head as i32,
        };
        let capacity = change.after.kind.spec().capacity as i32;
        let blocks = i32::try_from(change.blocks).unwrap_or(i32::MAX);
        let disc = &change.after;
        // A format of everything is a certification where there are spares for what it finds.
        let certifies = change.task == Task::FormatFull && disc.manages_defects();
        let curve = self.recording_curve(disc, self.speed(disc.kind, true), certifies);
        let passes = f64::from(blocks / capacity) * curve.seconds(0, capacity);
        let rest = curve.seconds(first, first.saturating_add(blocks % capacity));
        structures + self.clockwork.seconds(passes + rest)
    }

    // Power.

    /// When a power timer runs out, if any does.
    pub(crate) fn power_deadline(&self) -> Option<Instant> {
        // A drive that works on a disc by itself is not at rest.
        if self.background_deadline().is_some() || self.state.operation.is_some() {
            return None;
        }
        self.next_power().map(|(due, _)| due)
    }

    /// The next power condition and when it comes. Playing is an access as long as it lasts.
    fn next_power(&self) -> Option<(Instant, PowerStatus)> {
        let mut power = self.state.power;
        if let Some(until) = self.state.playback.as_ref().map(Playback::until) {
            power.last_access = power.last_access.max(until);
        }
        if let Some(run) = self.state.buffer.writing.back().filter(|_| self.state.buffer.recording) {
            power.last_access = power.last_access.max(run.until);
        }
        power.next(&self.state.modes.power_condition)
    }

    /// A power timer has run out.
    pub(crate) fn power_timer(&mut self) {
        if let Some((_, condition)) = self.next_power() {
            self.state.power.condition = condition;
            self.state.power.by_timer = true;
            self.raise_all(Happening::Power(PowerEvent::CHANGED));
        }
    }

    /// A nexus commands a power condition: the others are told.
    pub(crate) fn command_power(&mut self, nexus: NexusId, condition: PowerStatus) {
        let changed = self.state.power.condition != condition;
        self.state.power = Power { condition, by_timer: false, last_access: self.state.now };
        if changed {
            self.raise_others(nexus, Happening::Power(PowerEvent::CHANGED));
        }
    }

    /// The drive has something to do for `nexus`: the timers start anew, and a drive at rest wakes up, which takes the returned time.
    pub(crate) fn wake(&mut self, nexus: NexusId) -> Duration {
        self.state.power.last_access = self.state.now;
        let condition = self.state.power.condition;
        if condition == PowerStatus::ACTIVE {
            return Duration::ZERO;
        }
        self.state.power.condition = PowerStatus::ACTIVE;
        self.raise_others(nexus, Happening::Power(PowerEvent::CHANGED));
        match (condition, &self.state.disc) {
            (PowerStatus::STANDBY, Some(disc)) => self.clockwork.spin_up(disc.kind.spec().family),
            _ => Duration::ZERO,
        }
    }

    /// The medium is accessed for `nexus`: as [`wake`](Self::wake), and a disc that was stopped spins up. Burning programs stop it when they are
    /// done, ask whether the drive is ready, and leave it to whoever reads next.
    pub(crate) fn access(&mut self, nexus: NexusId) -> Duration {
        let woken = self.wake(nexus);
        match &self.state.disc {
            Some(disc) if self.state.tray == Tray::Stopped => {
                let family = disc.kind.spec().family;
                self.move_tray(TrayAction::Access);
                woken.max(self.clockwork.spin_up(family))
            }
            _ => woken,
        }
    }

    // The lock.

    /// Enters an event into the ledger and tells the nexuses what it means for control over removal.
    pub(crate) fn enter_ledger(&mut self, event: LedgerEvent, nexus: NexusId) {
        let before: Vec<NexusId> = self.state.ledger.persistent_holders().collect();
        self.state.ledger.enter(event, nexus, self.quirks);
        let after: Vec<NexusId> = self.state.ledger.persistent_holders().collect();
        if before == after {
            return;
        }
        let tell = |event, priority| Happening::MultiHost(event, priority);
        if after.contains(&nexus) {
            let request = tell(MultiHostEvent::CONTROL_REQUESTED, MultiHostPriority::MEDIUM);
            before.iter().for_each(|holder| self.raise(*holder, request));
        } else if after.is_empty() {
            self.raise_others(nexus, tell(MultiHostEvent::CONTROL_RELEASED, MultiHostPriority::NONE));
        } else {
            let granted = tell(MultiHostEvent::CONTROL_GRANTED, MultiHostPriority::NONE);
            after.iter().for_each(|holder| self.raise(*holder, granted));
        }
    }

    /// Carries out what a persistent reservation did to others.
    pub(crate) fn apply(&mut self, consequences: &Consequences) {
        for (victim, code) in &consequences.attentions {
            if let Some(state) = self.state.nexuses.get_mut(victim) {
                state.attentions.establish(*code);
            }
        }
    }

    // Resets.

    /// What every reset does to the unit, beside the commands that it kills.
    pub(crate) fn reset(&mut self, event: LedgerEvent, attention: SenseCode) {
        self.enter_ledger(event, NexusId::default());
        self.state.reservations.simple = None;
        self.state.modes = self.state.saved_modes;
        self.state.speeds = SpeedState::default();
        self.state.power = Power::new(self.state.now);
        self.state.playback = None;
        if let Some(disc) = &mut self.state.disc {
            // It was asked for in page 05h, which is as it was saved again.
            disc.end_rehearsal();
        }
        for state in self.state.nexuses.values_mut() {
            state.deferred = None;
            state.attentions.establish(attention);
            state.events.raise(Happening::RESET);
        }
    }

    /// Power off and on: beyond a reset, events and reservations are lost and the disc is identified anew.
    pub(crate) fn power_cycle(&mut self) {
        for state in self.state.nexuses.values_mut() {
            *state = NexusState { established: state.established, ..NexusState::default() };
        }
        self.state.reservations.power_cycle();
        self.state.operation = None;
        self.state.buffer = Buffer::default();
        if let Some(disc) = &mut self.state.disc {
            disc.interrupted();
        }
        self.reset(LedgerEvent::PowerCycle, codes::POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED);
        if self.quirks.has(Quirk::NoPowerOnUnitAttention) {
            let code = codes::POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED;
            self.state.nexuses.values_mut().for_each(|state| state.attentions.forget(code));
        }
        self.move_tray(TrayAction::Restart);
    }

    /// The nexus is lost: what it held is freed, and it is told when it comes back.
    pub(crate) fn lose_nexus(&mut self, nexus: NexusId) {
        self.enter_ledger(LedgerEvent::NexusLoss, nexus);
        if self.state.reservations.simple == Some(nexus)
            && !self.quirks.has(Quirk::ReservationSurvivesNexusLoss)
        {
            self.state.reservations.simple = None;
        }
        if let Some(state) = self.state.nexuses.get_mut(&nexus) {
            *state = NexusState::default();
            state.attentions.establish(codes::I_T_NEXUS_LOSS_OCCURRED);
        }
    }

    // Blocks.

    /// Fills `buffer` with user data.
    pub(crate) fn read_blocks(&mut self, form: Form, first: i32, buffer: &mut [u8]) -> Result<(), Check> {
        match (&self.state.disc, &mut self.content) {
            (Some(disc), Some(store)) => Ok(disc.read(form, first, buffer, &mut **store)?),
            _ => Err(Check::new(codes::MEDIUM_NOT_PRESENT)),
        }
    }
}
