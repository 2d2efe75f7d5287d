//! A drive with a clock, and answers in a form that reads well in assertions.

use core::time::Duration;
use discrig_device::{Completion, Device, Instant, Request};
use discrig_disc::MemoryStore;
use discrig_drive::{
    Disc, DiscState, Drive, DriveConfig, HostEvent, MediumKind, NexusId, Quirk, Timing, VirtualClock,
    VirtualPort,
};
use discrig_wire::Cdb;

/// Two nexuses that talk to the drive in most tests.
pub(crate) const A: u16 = 0;
pub(crate) const B: u16 = 1;

pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);

pub(crate) struct Rig {
    pub(crate) drive: Drive,
    pub(crate) clock: VirtualClock,
}

/// An image whose every byte tells its block.
pub(crate) fn image(blocks: usize) -> Vec<u8> {
    (0..blocks).flat_map(|block| [block as u8; 2048]).collect()
}

/// A pressed disc of any size without its blocks in memory: all zeros.
pub(crate) fn plain_disc(blocks: u64) -> Disc {
    Disc { state: DiscState::pressed(blocks).unwrap(), store: Box::new(MemoryStore::default()) }
}

pub(crate) fn data_disc(blocks: usize) -> Disc {
    Disc::from_image(image(blocks)).unwrap()
}

impl Rig {
    /// Switched on, empty; unit attentions of both nexuses are pending.
    pub(crate) fn fresh(config: DriveConfig) -> Rig {
        let mut rig = Rig { drive: Drive::new(config, Instant::ZERO), clock: VirtualClock::default() };
        rig.happen(HostEvent::NexusEstablished(NexusId(A)));
        rig.happen(HostEvent::NexusEstablished(NexusId(B)));
        rig
    }

    /// Empty, no unit attentions or events.
    pub(crate) fn empty() -> Rig {
        let mut rig = Rig::fresh(DriveConfig::default());
        rig.settle();
        rig
    }

    /// A CD-ROM of 100 blocks in it, no unit attentions or events.
    pub(crate) fn loaded() -> Rig {
        Rig::with(data_disc(100), &[])
    }

    pub(crate) fn blank(kind: MediumKind) -> Rig {
        Rig::with(Disc::blank(kind).unwrap(), &[])
    }

    pub(crate) fn quirky(quirk: Quirk) -> Rig {
        Rig::with(data_disc(100), &[quirk])
    }

    pub(crate) fn with(disc: Disc, quirks: &[Quirk]) -> Rig {
        let quirks = quirks.iter().copied().collect();
        let mut rig = Rig::fresh(DriveConfig { quirks, ..DriveConfig::default() });
        rig.happen(HostEvent::SwapDisc(Some(disc)));
        rig.settle();
        rig
    }

    /// The same with mechanics that take time.
    pub(crate) fn slow(disc: Option<Disc>) -> Rig {
        let mut rig = Rig::fresh(DriveConfig { timing: Timing::Realistic, ..DriveConfig::default() });
        rig.happen(HostEvent::SwapDisc(disc));
        rig.wait(Duration::from_secs(60));
        rig.settle();
        rig.ask(A, "1B 00 00 00 01 00");
        rig.settle();
        rig
    }

    /// Reads all unit attentions and events.
    pub(crate) fn settle(&mut self) {
        for nexus in [A, B] {
            for _ in 0..4 {
                self.ask(nexus, "03 00 00 00 12 00");
            }
            for _ in 0..8 {
                self.ask(nexus, "4A 01 00 00 7E 00 00 00 08 00");
            }
        }
    }

    pub(crate) fn happen(&mut self, event: HostEvent) {
        self.drive.host_event(self.clock.now(), event).unwrap();
    }

    pub(crate) fn wait(&mut self, span: Duration) {
        self.clock.advance(span);
        self.drive.handle_timeout(self.clock.now());
    }

    pub(crate) fn port(&mut self, nexus: u16) -> VirtualPort<'_> {
        VirtualPort { drive: &mut self.drive, clock: &mut self.clock, nexus: NexusId(nexus) }
    }

    /// What a command without data, or with data-in, ends with.
    pub(crate) fn ask(&mut self, nexus: u16, cdb: &str) -> String {
        let mut buffer = vec![0; 1 << 16];
        let request = Request::input(cdb.parse::<Cdb>().unwrap(), &mut buffer, TIMEOUT);
        ending(&self.port(nexus).execute(request).unwrap())
    }

    /// What a command with data-out ends with.
    pub(crate) fn tell(&mut self, nexus: u16, cdb: &str, bytes: &[u8]) -> String {
        let request = Request::output(cdb.parse::<Cdb>().unwrap(), bytes, TIMEOUT);
        ending(&self.port(nexus).execute(request).unwrap())
    }

    /// The data of a command that has to succeed.
    pub(crate) fn data(&mut self, nexus: u16, cdb: &str) -> Vec<u8> {
        let mut buffer = vec![0xEE; 1 << 20];
        let request = Request::input(cdb.parse::<Cdb>().unwrap(), &mut buffer, TIMEOUT);
        let answer = self.port(nexus).execute(request).unwrap();
        assert_eq!(ending(&answer), "GOOD", "{cdb}");
        buffer.truncate(answer.transferred);
        buffer
    }
}

/// `GOOD`, another status by name, or the sense code with what it points to: `05/24/00 cdb 4.1`.
pub(crate) fn ending(answer: &Completion) -> String {
    let Some(sense) = answer.sense.parse() else { return answer.status.to_string() };
    let mut text = sense.code.to_string();
    text.truncate(8);
    if let Some(pointer) = sense.pointer() {
        let place = if pointer.in_cdb { "cdb" } else { "list" };
        text += &format!(" {place} {}", pointer.byte);
        if let Some(bit) = pointer.bit {
            text += &format!(".{bit}");
        }
    }
    if let Some(information) = sense.information {
        text += &format!(" block {information}");
    }
    if sense.deferred {
        text += " deferred";
    }
    text
}

/// Bytes as hexadecimal text.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ")
}

pub(crate) const TEST_UNIT_READY: &str = "00 00 00 00 00 00";
pub(crate) const EJECT: &str = "1B 00 00 00 02 00";
pub(crate) const LOAD: &str = "1B 00 00 00 03 00";
pub(crate) const ALLOW: &str = "1E 00 00 00 00 00";
pub(crate) const PREVENT: &str = "1E 00 00 00 01 00";
pub(crate) const PERSISTENT_ALLOW: &str = "1E 00 00 00 02 00";
pub(crate) const PERSISTENT_PREVENT: &str = "1E 00 00 00 03 00";
pub(crate) const RESERVE: &str = "16 00 00 00 00 00";
pub(crate) const RELEASE: &str = "17 00 00 00 00 00";
