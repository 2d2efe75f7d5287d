//! What a bench behind a target can do, declared as data with a remark each.

use discrig_device::{Capabilities, Capability, Medium};

/// What was found out about target and drive.
#[derive(Debug)]
pub(crate) struct Findings {
    /// Somebody is at the drive.
    pub(crate) attended: bool,
    /// Why there is no second host, if so.
    pub(crate) no_second_host: Option<String>,
    /// Why unit and target cannot be reset, if so.
    pub(crate) no_reset: [Option<String>; 2],
    pub(crate) has_data: bool,
    pub(crate) moves_tray: bool,
    /// Blank media that the drive knows.
    pub(crate) media: Vec<Medium>,
    /// Why the first answer since power on is not known, if so.
    pub(crate) no_first_answer: Option<String>,
}

/// What the simulated class driver gives on any device.
const OF_HOSTS: &[(Capability, &str)] = &[
    (Capability::Duplicate, "handles of the simulated class driver"),
    (Capability::ForceLock, "volumes of the simulated class driver"),
    (Capability::HostTray, "START STOP UNIT and PREVENT ALLOW MEDIUM REMOVAL by the simulated class driver"),
    (Capability::MandatoryLock, "the simulated class driver refuses outsiders"),
    (Capability::MemoryPressure, "allocations of the simulated class driver"),
    (Capability::NotificationSwitch, "the simulated class driver counts"),
    (Capability::Notifications, "the simulated class driver polls the drive when it is asked"),
    (Capability::OpenWhileLocked, "the simulated class driver lets it"),
    (Capability::OwnerName, "the simulated class driver keeps it"),
    (Capability::ProtectedTrayLock, "the simulated class driver counts per handle"),
    (Capability::SecondProcess, "processes of the simulated class driver"),
    (Capability::StealLock, "fault rules of the simulated class driver"),
];

/// What the protocol gives on any target.
const OF_SESSIONS: &[(Capability, &str)] = &[
    (
        Capability::QuietBus,
        "unit attentions are kept for each nexus, and these nexuses are this bench's own; what other initiators of the target do is not seen",
    ),
    (Capability::ResetNexus, "the connection is cut and the session logged in again"),
    (Capability::TimeoutHonoured, "ABORT TASK when the time is over, then the end of the session"),
];

/// What needs somebody at the drive, how they do it, and what is to be said where nobody is.
const OF_ATTENDANT: &[(Capability, &str, &str)] = &[
    (
        Capability::Button,
        "pressed by the server",
        "nobody is at the drive to press it; discrig's own server has --control",
    ),
    (
        Capability::Changer,
        "discs are laid by the server",
        "nobody is at the drive to change discs; discrig's own server has --control",
    ),
    (
        Capability::ResetPower,
        "switched by the server",
        "the power is not ours to switch; discrig's own server has --control",
    ),
    (
        Capability::SlowCommand,
        "the server delays it",
        "no command is known to be slow; discrig's own server has --control",
    ),
];

/// What there is nowhere.
const NEVER: &[(Capability, &str)] = &[
    (Capability::PlugOther, "the drive behind the address stays the same one"),
    (Capability::VirtualTime, "time is real"),
];

/// The declaration.
pub(crate) fn declare(findings: &Findings) -> Capabilities {
    let all = NEVER.iter().fold(Capabilities::new(), |all, (ability, why)| all.without(*ability, *why));
    let all = OF_HOSTS.iter().chain(OF_SESSIONS).fold(all, |all, (ability, how)| all.with(*ability, *how));
    let all = OF_ATTENDANT.iter().fold(all, |all, (ability, how, why)| match findings.attended {
        true => all.with(*ability, *how),
        false => all.without(*ability, *why),
    });
    let all = all.with(
        Capability::Plug,
        match findings.attended {
            true => "pulled at the server: the drive loses its power, and its sessions are cut",
            false => {
                "the connections are cut and none is made until it is put back; the drive keeps its power"
            }
        },
    );
    let all = unless(
        all,
        Capability::SecondHost,
        &findings.no_second_host,
        "a second session, with an initiator name of its own",
    );
    let all = unless(all, Capability::ResetLogicalUnit, &findings.no_reset[0], "LOGICAL UNIT RESET");
    let all = unless(all, Capability::ResetBus, &findings.no_reset[1], "TARGET WARM RESET");
    let first = match findings.attended {
        true => "the server switches the power",
        false => "asked when the bench was opened; the caller says that nothing was asked before",
    };
    let all = unless(all, Capability::FirstAnswer, &findings.no_first_answer, first);
    let no_disc = (!findings.has_data).then(|| "there is no readable disc in the drive".to_owned());
    let all = unless(all, Capability::DataDisc, &no_disc, "a readable disc is in the drive");
    let all = unless(all, Capability::Volume, &no_disc, "volumes of the simulated class driver");
    let no_motion = (!findings.moves_tray)
        .then(|| "the drive does not say that it ejects and loads by command".to_owned());
    let all = unless(all, Capability::UnitAttention, &no_motion, "the drive ejects and loads by command");
    if findings.attended { all.with_media(findings.media.iter().copied()) } else { all }
}

/// Declares an ability that is there unless there is a reason why not.
fn unless(all: Capabilities, ability: Capability, why: &Option<String>, how: &str) -> Capabilities {
    match why {
        Some(why) => all.without(ability, why.clone()),
        None => all.with(ability, how),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(attended: bool) -> Findings {
        Findings {
            attended,
            no_second_host: None,
            no_reset: [None, Some("refused".to_owned())],
            has_data: true,
            moves_tray: true,
            media: vec![Medium::BdR],
            no_first_answer: Some("not known".to_owned()),
        }
    }

    #[test]
    fn every_ability_is_declared_with_a_remark() {
        for attended in [false, true] {
            let all = declare(&findings(attended));
            for ability in Capability::ALL {
                assert_ne!(all.remark(*ability), Capabilities::new().remark(*ability), "{ability}");
            }
        }
    }

    #[test]
    fn hands_are_declared_where_somebody_is() {
        let (alone, attended) = (declare(&findings(false)), declare(&findings(true)));
        assert!(!alone.has(Capability::Changer) && !alone.supplies(Medium::BdR));
        assert!(attended.supplies(Medium::BdR) && attended.has(Capability::Button));
        assert!(alone.has(Capability::Plug) && alone.has(Capability::ResetLogicalUnit));
        assert!(!alone.has(Capability::ResetBus) && !alone.has(Capability::VirtualTime));
    }
}
