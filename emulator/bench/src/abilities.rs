//! What the emulated laboratory can do besides opening handles.

use crate::bench::EmulatedBench;
use crate::config::EmulatorConfig;
use core::time::Duration;
use discrig_device::fault::{Action, ActionKind, FaultControl, Rule};
use discrig_device::{
    Capabilities, Capability, DeviceError, DiscChanger, DiscKind, HostId, Medium, MemoryControl, Plug,
    Replug, SlowCommand, SlowPath, TrayButton, VolumeControl,
};
use discrig_drive::{HostEvent, MediumKind};
use discrig_wire::command::Read10;

/// What is possible only with a disc that can be read.
const OF_DATA: [Capability; 2] = [Capability::DataDisc, Capability::Volume];

/// Everything is possible here, except what the configured disc rules out.
pub(crate) fn declare(config: &EmulatorConfig) -> Capabilities {
    let all = Capability::ALL
        .iter()
        .fold(Capabilities::new(), |declared, capability| declared.with(*capability, "emulated"))
        .with_media(Medium::ALL.iter().copied().filter(|medium| knows(config, *medium)));
    match config.disc.without_data() {
        Some(reason) => OF_DATA.iter().fold(all, |all, ability| all.without(*ability, reason)),
        None => all,
    }
}

/// Whether the model of drive knows a medium: others are not worth putting in.
fn knows(config: &EmulatorConfig, medium: Medium) -> bool {
    let kind = MediumKind::by_name(medium.name());
    kind.is_some_and(|kind| config.drive.profile.supports(kind.spec().profile))
}

impl FaultControl for EmulatedBench {
    fn honours(&self, _: ActionKind) -> bool {
        true
    }

    fn add(&mut self, rule: Rule) {
        let mut world = self.world();
        if !rule.action.kind().is_host_operation() {
            return world.lab.faults.install(rule);
        }
        let wanted = rule.when.nexus;
        for (number, station) in (0..).zip(&mut world.hosts) {
            if wanted.is_none_or(|nexus| nexus == number) {
                station.driver.faults().add(rule.clone());
            }
        }
    }

    fn lift(&mut self) {
        let mut world = self.world();
        world.lab.faults.lift();
        world.hosts.iter_mut().for_each(|station| station.driver.faults().lift());
    }

    fn fired(&self) -> u64 {
        let mut world = self.world();
        let hosts: u64 = world.hosts.iter_mut().map(|station| station.driver.faults().fired()).sum();
        world.lab.fired() + hosts
    }
}

impl TrayButton for EmulatedBench {
    fn press(&mut self) -> Result<(), DeviceError> {
        self.world().lab.happen("pressing the button", HostEvent::ButtonPressed)
    }
}

impl DiscChanger for EmulatedBench {
    fn place(&mut self, disc: Option<DiscKind>) -> Result<(), DeviceError> {
        let lab = &mut self.world().lab;
        let event = match disc {
            Some(kind) => HostEvent::PlaceDisc(lab.disc(kind)?),
            None => HostEvent::RemoveDisc,
        };
        lab.happen("changing the disc", event)
    }
}

impl MemoryControl for EmulatedBench {
    fn exhaust(&mut self, host: HostId, exhausted: bool) -> Result<(), DeviceError> {
        self.world().station(host)?.0.exhaust(exhausted);
        Ok(())
    }
}

impl Plug for EmulatedBench {
    fn pull(&mut self) -> Result<(), DeviceError> {
        let mut world = self.world();
        world.lab.present()?;
        world.lab.unplug(None);
        world.settle();
        Ok(())
    }

    fn put_back(&mut self, how: Replug) -> Result<(), DeviceError> {
        let mut world = self.world();
        world.lab.put_back(how)?;
        world.settle();
        Ok(())
    }
}

/// How long a command takes that [`SlowPath::arm`] has made slow: longer than its own timeout and the queue's together, and
/// short enough that waiting for it is the end of it.
const SLOW: Duration = Duration::from_secs(25);
const SLOW_TIMEOUT: Duration = Duration::from_secs(1);

impl SlowPath for EmulatedBench {
    fn arm(&mut self) -> Result<SlowCommand, DeviceError> {
        self.world().lab.present()?;
        let ms = u64::try_from(SLOW.as_millis()).unwrap_or(u64::MAX);
        self.add(Rule::new(Action::Delay { ms }).on_command("READ(10)").times(1));
        let cdb = Read10 { transfer_length: 1, ..Read10::default() }.cdb();
        Ok(SlowCommand { cdb, transfer: 2048, timeout: SLOW_TIMEOUT })
    }
}

impl VolumeControl for EmulatedBench {
    fn mount(&mut self, host: HostId) -> Result<(), DeviceError> {
        let mut world = self.world();
        let (driver, mut port) = world.station(host)?;
        driver.mount(&mut port)
    }

    fn dismount(&mut self, host: HostId) -> Result<(), DeviceError> {
        self.world().station(host)?.0.dismount();
        Ok(())
    }
}
