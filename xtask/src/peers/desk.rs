//! An emulated drive on a desk, with two initiators.

use std::time::Duration;

use discrig_device::{Data, Device as _, Instant, Request};
use discrig_drive::{
    Disc, Drive, DriveConfig, HostEvent, MediumKind, NexusId, Timing, Tray, VirtualClock, VirtualPort,
};
use discrig_wire::{Cdb, SenseCode};

/// The first initiator.
pub(super) const A: u16 = 0;
/// The second one.
pub(super) const B: u16 = 1;

const TIMEOUT: Duration = Duration::from_secs(24 * 3600);

/// More than any answer needs.
const BUFFER: usize = 1 << 16;

/// An emulated drive on a desk, with two initiators.
pub(super) struct Desk {
    drive: Drive,
    clock: VirtualClock,
}

/// What came of a command. No answer at all is none that any question counts.
pub(super) struct Answer {
    /// The sense code of a CHECK CONDITION.
    pub(super) code: Option<SenseCode>,
    /// Whether the status was GOOD.
    pub(super) good: bool,
    /// The data that came.
    pub(super) data: Vec<u8>,
    /// How long it took by the virtual clock.
    pub(super) elapsed: Duration,
}

impl Answer {
    /// Key, ASC and ASCQ; zeros without a sense code.
    pub(super) fn sense(&self) -> (u8, u8, u8) {
        self.code.map_or((0, 0, 0), |code| (code.key as u8, code.asc, code.ascq))
    }
}

impl Desk {
    /// The generic drive with a disc in it, and nothing pending.
    pub(super) fn new(disc: Option<Disc>) -> Desk {
        Desk::with(Timing::Instant, disc)
    }

    /// The same with a blank disc.
    pub(super) fn blank(kind: MediumKind) -> Desk {
        Desk::new(Disc::blank(kind).ok())
    }

    /// The same, and everything takes its time.
    pub(super) fn slow(disc: Option<Disc>) -> Desk {
        Desk::with(Timing::Realistic, disc)
    }

    fn with(timing: Timing, disc: Option<Disc>) -> Desk {
        let config = DriveConfig { timing, ..DriveConfig::default() };
        let drive = Drive::new(config, Instant::ZERO);
        let mut desk = Desk { drive, clock: VirtualClock::default() };
        desk.happen(HostEvent::NexusEstablished(NexusId(A)));
        desk.happen(HostEvent::NexusEstablished(NexusId(B)));
        desk.happen(HostEvent::SwapDisc(disc));
        desk.wait(Duration::from_secs(120));
        desk.settle();
        // Wakes a drive that fell asleep meanwhile.
        desk.send(A, &[0x1B, 0, 0, 0, 1, 0], &[]);
        desk.settle();
        desk
    }

    /// Reads all unit attentions.
    pub(super) fn settle(&mut self) {
        for nexus in [A, B] {
            for _ in 0..4 {
                self.send(nexus, &[0x03, 0, 0, 0, 18, 0], &[]);
            }
        }
    }

    /// Something happens that is no command. What cannot happen does not, and the next answer shows it.
    pub(super) fn happen(&mut self, event: HostEvent) {
        _ = self.drive.host_event(self.clock.now(), event);
    }

    pub(super) fn wait(&mut self, span: Duration) {
        self.clock.advance(span);
        self.drive.handle_timeout(self.clock.now());
    }

    /// Whether the tray is open.
    pub(super) fn is_open(&self) -> bool {
        self.drive.state().tray == Tray::Open
    }

    /// Sends a command, with `out` as its data or with room for an answer.
    pub(super) fn send(&mut self, nexus: u16, cdb: &[u8], out: &[u8]) -> Answer {
        let mut data = vec![0; if out.is_empty() { BUFFER } else { 0 }];
        let none = Answer { code: None, good: false, data: Vec::new(), elapsed: Duration::ZERO };
        let Ok(cdb) = Cdb::new(cdb) else { return none };
        let phase = if out.is_empty() { Data::In(&mut data) } else { Data::Out(out) };
        let mut port = VirtualPort { drive: &mut self.drive, clock: &mut self.clock, nexus: NexusId(nexus) };
        let Ok(completion) = port.execute(Request { cdb, data: phase, timeout: TIMEOUT }) else {
            return none;
        };
        data.truncate(completion.transferred);
        let (code, good) = (completion.code(), completion.is_good());
        Answer { code, good, data, elapsed: completion.elapsed }
    }

    /// Whether a command without data that matter succeeds.
    pub(super) fn does(&mut self, nexus: u16, cdb: &[u8]) -> bool {
        self.send(nexus, cdb, &[]).good
    }
}
