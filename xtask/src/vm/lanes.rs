//! The lanes: which drives a guest has, what it runs, and what it must have checked in the end.

/// One boot of the guest.
#[derive(Debug)]
pub(crate) struct Lane {
    /// Name on the command line, in the table and of its folder.
    pub(crate) name: &'static str,
    /// What it is for.
    pub(crate) summary: &'static str,
    /// The drives, in the order in which the kernel shall find them.
    pub(crate) drives: &'static [Drive],
    /// The nodes through which they are used.
    pub(crate) nodes: Nodes,
    /// The guest's script.
    pub(crate) script: Script,
    /// Arguments of `discrig test`.
    pub(crate) suite: &'static [&'static str],
    /// Names of the checks that the guest must have answered; more are welcome.
    pub(crate) checks: &'static [&'static str],
    /// Hard limit of the boot, in seconds; the lanes with the highest run first.
    pub(crate) limit_s: u64,
}

/// A script of the guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Script {
    /// The first answer of a drive.
    Fresh,
    /// SIGKILL at random moments.
    Kill,
    /// Two processes and one lock.
    Lock,
    /// A drive that runs into genuine timeouts.
    Slow,
    /// The whole suite.
    Suite,
    /// Drives that go away.
    Unplug,
}

/// The nodes that the guest has for a drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nodes {
    /// `sg` alone, and nobody asks the drive for anything that could report a unit attention: not the firmware, which would
    /// look at the disc; not the optical driver, which would as soon as it is there; not libata, which would after a reset. Nor does the
    /// kernel ask for vital product data: where a page is refused, libata fetches the sense, which could be that of a unit attention.
    Sg,
    /// `sr` and `sg`.
    Sr,
}

impl Nodes {
    /// The kernel modules for them, each with its arguments.
    pub(crate) const fn modules(self) -> &'static [&'static str] {
        match self {
            Self::Sg => &["scsi_mod default_dev_flags=0x4000000", "libata force=norst", "sg"],
            Self::Sr => &["sr_mod", "sg"],
        }
    }

    /// The first letters of their names.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sg => "sg",
            Self::Sr => "sr",
        }
    }
}

/// An optical drive of the guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Drive {
    /// How it is attached.
    pub(crate) kind: DriveKind,
    /// Bytes a second that it reads at most, where QEMU shall throttle it.
    pub(crate) read_limit: Option<u32>,
}

/// A kind of drive. Its name is also the id of the device in QEMU; kinds of one name are one device on two adapters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DriveKind {
    /// QEMU's ATAPI drive, on the PIIX controller's libata driver.
    IdeCd,
    /// QEMU's ATAPI drive, on an AHCI adapter's libata driver. There libata can be told not to reset the drive.
    IdeCdAhci,
    /// QEMU's SCSI drive on virtio-scsi.
    ScsiCd,
    /// The kernel's own pseudo drive, which knows no MMC command.
    ScsiDebug,
    /// QEMU's SCSI drive behind USB mass storage, bulk only.
    UsbStorage,
}

/// What a kind of drive needs of QEMU and of the kernel.
#[derive(Debug)]
pub(crate) struct Attachment {
    /// Name of the kind.
    pub(crate) name: &'static str,
    /// Further devices for QEMU that it is attached to.
    pub(crate) controller: &'static [&'static str],
    /// The device for QEMU; empty where the kernel makes the drive itself. `{n}` is the number of the drive among its kind.
    pub(crate) device: &'static str,
    /// Kernel modules, each with its arguments.
    pub(crate) modules: &'static [&'static str],
}

impl DriveKind {
    /// What it needs.
    pub(crate) const fn attachment(self) -> &'static Attachment {
        match self {
            Self::IdeCd => &Attachment {
                name: "ide-cd",
                controller: &[],
                device: "ide-cd,bus=ide.{n}",
                modules: &["ata_piix"],
            },
            Self::IdeCdAhci => &Attachment {
                name: "ide-cd",
                controller: &["ich9-ahci,id=ahci"],
                device: "ide-cd,bus=ahci.{n}",
                modules: &["ahci"],
            },
            Self::ScsiCd => &Attachment {
                name: "scsi-cd",
                controller: &["virtio-scsi-pci,id=scsi"],
                device: "scsi-cd,bus=scsi.0",
                modules: &["virtio_pci", "virtio_scsi"],
            },
            // Without a delay, lest START STOP UNIT take a second each time.
            Self::ScsiDebug => &Attachment {
                name: "scsi_debug",
                controller: &[],
                device: "",
                modules: &[
                    "crct10dif_generic",
                    "scsi_debug ptype=5 removable=1 sector_size=2048 dev_size_mb=8 delay=0",
                ],
            },
            Self::UsbStorage => &Attachment {
                name: "usb-storage",
                controller: &["qemu-xhci,id=usb"],
                device: "usb-storage,bus=usb.0",
                modules: &["xhci_pci", "usb_storage"],
            },
        }
    }
}

const fn drive(kind: DriveKind) -> Drive {
    Drive { kind, read_limit: None }
}

/// What every guest loads.
pub(crate) const BASE_MODULES: &[&str] = &["virtio_pci", "9pnet_virtio", "9p"];

/// The suite on hardware that has nothing to lose: the discs are read-only files, the drives come back at the next boot.
const WHOLE_SUITE: &[&str] = &["--allow", "tray,wedge"];
/// A run that does not end by itself before something happens to it.
const LONG_SUITE: &[&str] = &["--allow", "tray", "--cases", "100000"];
/// The timeouts. Each command that is given up costs 20 s of this drive.
const SLOW_SUITE: &[&str] = &["--allow", "tray,wedge", "--only", "timeout.*"];
/// What can be judged of a drive's first answer. Nothing is allowed, because whatever needs that would ask the drive first.
const FRESH_SUITE: &[&str] = &["--fresh", "--only", "attention.power-on.*"];
const SUITE_CHECKS: &[&str] = &["suite", "removable-afterwards", "free-afterwards"];
/// Enough for the slowest of these lanes on two cores that have nothing else to do. Measured: `usb-storage` 140 s, of which
/// 100 s are resets, after each of which the kernel's driver waits for six seconds; `scsi-debug` 208 s, whose bus needs ten seconds after
/// each reset; `ide-cd` 110 s; `scsi-cd` 35 s.
const SUITE_LIMIT_S: u64 = 400;

/// A lane that runs the whole suite on one drive.
const fn suite(name: &'static str, summary: &'static str, drives: &'static [Drive]) -> Lane {
    Lane {
        name,
        summary,
        drives,
        nodes: Nodes::Sr,
        script: Script::Suite,
        suite: WHOLE_SUITE,
        checks: SUITE_CHECKS,
        limit_s: SUITE_LIMIT_S,
    }
}

/// A lane that judges the first answer of one drive after power on.
const fn fresh(name: &'static str, summary: &'static str, drives: &'static [Drive]) -> Lane {
    Lane {
        name,
        summary,
        drives,
        nodes: Nodes::Sg,
        script: Script::Fresh,
        suite: FRESH_SUITE,
        checks: &["fresh.nothing-asked-before", "suite", "fresh.asked-first", "fresh.attentions-arrive"],
        limit_s: 150,
    }
}

/// All lanes, in the order of the table that is printed.
pub(crate) const LANES: &[Lane] = &[
    suite("ide-cd", "the suite on QEMU's ATAPI drive, through libata", &[drive(DriveKind::IdeCd)]),
    suite("scsi-cd", "the suite on QEMU's SCSI drive, through virtio-scsi", &[drive(DriveKind::ScsiCd)]),
    suite(
        "usb-storage",
        "the suite on QEMU's SCSI drive, through USB mass storage",
        &[drive(DriveKind::UsbStorage)],
    ),
    suite(
        "scsi-debug",
        "the suite on the kernel's pseudo drive, which knows no MMC",
        &[drive(DriveKind::ScsiDebug)],
    ),
    fresh("ide-cd-fresh", "the first answer of QEMU's ATAPI drive", &[drive(DriveKind::IdeCdAhci)]),
    fresh("scsi-cd-fresh", "the first answer of QEMU's SCSI drive", &[drive(DriveKind::ScsiCd)]),
    Lane {
        name: "slow",
        summary: "the timeout scenarios on a drive that reads 2048 bytes a second",
        drives: &[drive(DriveKind::IdeCd), Drive { kind: DriveKind::IdeCd, read_limit: Some(2048) }],
        nodes: Nodes::Sr,
        script: Script::Slow,
        suite: SLOW_SUITE,
        checks: &["slow.times-out", "slow.usable-after", "suite"],
        limit_s: 420,
    },
    Lane {
        name: "unplug",
        summary: "a drive goes away in the middle of the suite, by QEMU's monitor and by sysfs",
        drives: &[drive(DriveKind::IdeCd), drive(DriveKind::ScsiCd), drive(DriveKind::UsbStorage)],
        nodes: Nodes::Sr,
        script: Script::Unplug,
        suite: LONG_SUITE,
        checks: &[
            "unplug.scsi-cd.monitor",
            "unplug.usb-storage.monitor",
            "unplug.ide-cd.sysfs",
            "unplug.ide-cd.returns",
        ],
        limit_s: 120,
    },
    Lane {
        name: "lock",
        summary: "one process holds the drive, others learn who; its death frees the drive",
        drives: &[drive(DriveKind::ScsiCd)],
        nodes: Nodes::Sr,
        script: Script::Lock,
        suite: &[],
        checks: &[
            "lock.owner-is-named",
            "lock.is-genuine",
            "lock.suite-reports-it",
            "lock.freed-by-death",
            "lock.owner-is-forgotten",
        ],
        limit_s: 120,
    },
    Lane {
        name: "kill",
        summary: "runs killed or interrupted at random moments leave the drive neither locked nor prevented",
        drives: &[drive(DriveKind::ScsiCd)],
        nodes: Nodes::Sr,
        script: Script::Kill,
        suite: LONG_SUITE,
        checks: &[
            "kill.interrupts",
            "kill.inspect-succeeds",
            "kill.never-locked",
            "kill.never-prevented",
            "interrupt.ends-at-once",
            "interrupt.no-orphans",
            "interrupt.never-locked",
        ],
        limit_s: 400,
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_fit_for_a_folder() {
        let names: BTreeSet<_> = LANES.iter().map(|lane| lane.name).collect();
        assert_eq!(names.len(), LANES.len());
        for name in names {
            assert!(name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'), "{name}");
        }
    }

    #[test]
    fn every_lane_promises_checks_and_has_drives() {
        for lane in LANES {
            assert!(!lane.checks.is_empty() && !lane.drives.is_empty(), "{}", lane.name);
        }
    }

    #[test]
    fn ide_has_room_for_all_its_drives() {
        for lane in LANES {
            let count = lane.drives.iter().filter(|drive| drive.kind == DriveKind::IdeCd).count();
            assert!(count <= 2, "{}: one drive for each of two buses", lane.name);
        }
    }
}
