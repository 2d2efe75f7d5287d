//! What a bench on this node can do, declared as data with a remark each.

use crate::node::{Node, NodeKind};
use crate::sysfs::ScsiDevice;
use discrig_device::{Capabilities, Capability};
use std::fs;

/// What was found out about drive, node and machine.
#[derive(Debug)]
pub(crate) struct Findings {
    pub(crate) kind: NodeKind,
    /// Whether other processes can be started.
    pub(crate) processes: bool,
    /// Why the plug cannot be pulled, if so.
    pub(crate) no_plug: Option<&'static str>,
    /// Why resets cannot be caused, if so.
    pub(crate) no_reset: [Option<String>; 2],
    pub(crate) has_disc: bool,
    pub(crate) moves_tray: bool,
    /// Who else talks to the drive.
    pub(crate) pollers: Vec<String>,
    /// Why the first answer since power on is not known, if so.
    pub(crate) no_first_answer: Option<String>,
    pub(crate) slow: Result<String, String>,
}

/// Abilities that no Linux machine has, and why.
const NEVER: &[(Capability, &str)] = &[
    (Capability::Button, "nobody stands at the drive to press it"),
    (Capability::Changer, "nobody stands at the drive to change discs"),
    (Capability::MemoryPressure, "the kernel's memory is not ours to exhaust"),
    (Capability::Notifications, "Linux has no notifications that a handle could be asked for"),
    (Capability::NotificationSwitch, "Linux has no switch for media change notification"),
    (Capability::PlugOther, "there is one physical drive"),
    (Capability::ProtectedTrayLock, "Linux has one door lock for all, none per handle"),
    (Capability::ResetNexus, "there is one nexus, and Linux cannot lose it alone"),
    (Capability::ResetPower, "the power is not ours to switch"),
    (Capability::SecondHost, "there is one machine with one nexus"),
    (Capability::StealLock, "an exclusive open ends with its own file only"),
    (
        Capability::TimeoutHonoured,
        "the kernel raises timeouts below 7 s on sr nodes, its error handler takes its time, and some adapters wait for ever",
    ),
    (Capability::VirtualTime, "time is real"),
    (Capability::Volume, "mounting would have the kernel use the drive beside the bench"),
];

/// The declaration.
pub(crate) fn declare(findings: &Findings) -> Capabilities {
    let never = NEVER.iter().fold(Capabilities::new(), |all, (ability, why)| all.without(*ability, *why));
    let all = of_node(never, findings.kind);
    let all = either(
        all,
        Capability::SecondProcess,
        findings.processes,
        ["real child processes, killed by SIGKILL", "no command to start other processes was given"],
    );
    let all = either(
        all,
        Capability::DataDisc,
        findings.has_disc,
        ["a readable disc is in the drive", "there is no readable disc in the drive"],
    );
    let all = match findings.no_plug {
        None => all.with(Capability::Plug, "the kernel deletes the device and scans the bus again"),
        Some(why) => all.without(Capability::Plug, why),
    };
    let all = match &findings.no_first_answer {
        None => all.with(
            Capability::FirstAnswer,
            "asked when the bench was opened; the caller says that nothing was asked before, and no driver is bound",
        ),
        Some(why) => all.without(Capability::FirstAnswer, why.clone()),
    };
    let kinds = [Capability::ResetLogicalUnit, Capability::ResetBus];
    let all = kinds.into_iter().zip(&findings.no_reset).fold(all, |all, (ability, why)| match why {
        None => all.with(ability, "SG_SCSI_RESET, tried once when the bench was opened"),
        Some(why) => all.without(ability, why.clone()),
    });
    let all = match &findings.slow {
        Ok(how) => all.with(Capability::SlowCommand, how.clone()),
        Err(why) => all.without(Capability::SlowCommand, why.clone()),
    };
    quiet(all, findings)
}

/// What follows from the node's kind alone.
fn of_node(all: Capabilities, kind: NodeKind) -> Capabilities {
    let all = all.with(Capability::Duplicate, "references to one open file description, as by dup(2)");
    match kind {
        NodeKind::Sr => all
            .with(Capability::OpenWhileLocked, "O_EXCL of a block node is advisory")
            .with(Capability::OwnerName, "discrig's own processes leave their name; others are shown unnamed")
            .with(Capability::HostTray, "CDROMEJECT, CDROMCLOSETRAY, CDROM_LOCKDOOR")
            .without(Capability::ForceLock, "the kernel refuses O_EXCL on a mounted block node")
            .without(
                Capability::MandatoryLock,
                "O_EXCL of a block node binds exclusive opens and mounts alone",
            ),
        NodeKind::Sg => all
            .without(Capability::OpenWhileLocked, "sg refuses every open while one is exclusive")
            .without(Capability::OwnerName, "nobody can open the node to ask while it is held")
            .without(Capability::HostTray, "sg has no tray calls; use the sr node")
            .with(Capability::ForceLock, "sg does not know of mounts")
            .with(
                Capability::MandatoryLock,
                "sg shuts every other open out; the sr node of the drive stays open to all",
            ),
    }
}

/// Whether unit attentions and events reach the bench.
fn quiet(all: Capabilities, findings: &Findings) -> Capabilities {
    if !findings.pollers.is_empty() {
        let why = format!("others talk to the drive: {}", findings.pollers.join(", "));
        return all
            .without(Capability::QuietBus, why)
            .without(Capability::UnitAttention, "whoever else talks to the drive may take it");
    }
    let at_open = match findings.kind {
        NodeKind::Sr => {
            "nobody polls; the kernel itself asks for events and readiness when an sr node is opened or closed"
        }
        NodeKind::Sg => "nobody polls",
    };
    let all = all.with(Capability::QuietBus, at_open);
    either(
        all,
        Capability::UnitAttention,
        findings.moves_tray,
        [
            "the drive ejects and loads by command; on sr the kernel takes it when a node is opened or closed",
            "the drive does not say that it ejects and loads by command",
        ],
    )
}

fn either(all: Capabilities, ability: Capability, has: bool, [how, why]: [&str; 2]) -> Capabilities {
    if has { all.with(ability, how) } else { all.without(ability, why) }
}

/// Programs known to watch optical drives, by the name the kernel shows (cut at 15 characters).
const WATCHERS: &[&str] = &[
    "automount",
    "devmon",
    "gvfs-udisks2-vo",
    "hald",
    "hald-addon-stor",
    "systemd-udevd",
    "udevd",
    "udisksd",
];

/// Who else talks to the drive, as far as this process can see.
pub(crate) fn pollers(node: &Node) -> Vec<String> {
    let mut found: Vec<String> = WATCHERS
        .iter()
        .filter(|name| running().any(|running| running == **name))
        .map(|name| format!("{name} is running"))
        .collect();
    match node.device.as_ref().and_then(ScsiDevice::poll_interval_ms) {
        Some(0) | None => {}
        Some(every) => found.push(format!("the kernel polls every {every} ms")),
    }
    found
}

fn running() -> impl Iterator<Item = String> {
    let entries = fs::read_dir("/proc").into_iter().flatten();
    entries.filter_map(|entry| {
        let name = fs::read_to_string(entry.ok()?.path().join("comm")).ok()?;
        Some(name.trim_end().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(kind: NodeKind) -> Findings {
        Findings {
            kind,
            processes: true,
            no_plug: None,
            no_reset: [None, Some("refused".to_owned())],
            has_disc: true,
            moves_tray: true,
            pollers: Vec::new(),
            no_first_answer: None,
            slow: Err("the drive is too fast".to_owned()),
        }
    }

    #[test]
    fn every_ability_is_declared_with_a_remark() {
        for kind in [NodeKind::Sr, NodeKind::Sg] {
            let all = declare(&findings(kind));
            for ability in Capability::ALL {
                assert_ne!(all.remark(*ability), Capabilities::new().remark(*ability), "{ability} of {kind}");
            }
        }
    }

    #[test]
    fn the_two_drivers_differ_in_their_locks() {
        let of = |kind| {
            let all = declare(&findings(kind));
            [Capability::OpenWhileLocked, Capability::MandatoryLock, Capability::HostTray]
                .map(|ability| all.has(ability))
        };
        assert_eq!(of(NodeKind::Sr), [true, false, true]);
        assert_eq!(of(NodeKind::Sg), [false, true, false]);
    }

    #[test]
    fn others_on_the_bus_are_named() {
        let noisy = Findings { pollers: vec!["udisksd is running".to_owned()], ..findings(NodeKind::Sg) };
        let all = declare(&noisy);
        assert!(!all.has(Capability::QuietBus) && !all.has(Capability::UnitAttention));
        assert!(all.remark(Capability::QuietBus).contains("udisksd"));
        assert!(!all.has(Capability::ResetBus) && all.has(Capability::ResetLogicalUnit));
    }

    #[test]
    fn names_fit_what_the_kernel_shows() {
        assert!(WATCHERS.iter().all(|name| name.len() <= 15));
        assert!(running().next().is_some());
    }
}
