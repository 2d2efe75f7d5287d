//! The sixty decisions about what the recorder's documents leave open, in the order in which they were asked.
//!
//! Each prefers documented text, then the behaviour of the published Windows class driver sample, then the smallest surprise. Those that could well be made
//! otherwise are policies; those that concern only the layers below are the host's or the drive's; the rest are held by a test of this crate with the decision's number
//! in its name.

/// A question that the documents leave open, and its answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Decision {
    /// From 1.
    pub number: u8,
    /// What is open.
    pub question: &'static str,
    /// What was decided.
    pub choice: &'static str,
    /// What holds the decision.
    pub place: Place,
}

/// What holds a decision.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// The class driver below the recorder.
    Host,
    /// The choice of this name in [`crate::Policy`]; a test has its values.
    Policy(&'static str),
    /// The test of this name.
    Test(&'static str),
}

macro_rules! decisions {
    ($($number:literal $question:literal: $choice:literal, $place:ident $(($name:literal))?;)+) => {
        /// All decisions, by number.
        pub const DECISIONS: &[Decision] = &[$(Decision {
            number: $number,
            question: $question,
            choice: $choice,
            place: Place::$place $(($name))?,
        }),+];
    };
}

decisions! {
    1 "what the lock count belongs to": "one initialized recorder object; the device below has one owner or none", Test("decision_01_the_count_is_the_objects_own");
    2 "a second object in the same process": "is another client", Test("decision_02_a_second_object_of_the_process_is_foreign");
    3 "acquiring while another client has the device": "LOCKED; the count stays", Policy("foreign-lock");
    4 "when ACCESSDENIED is returned": "the open was refused for rights, or for a use that is not the exclusive lock", Test("decision_04_access_denied_is_about_opening");
    5 "acquiring without force while a volume is mounted": "ACCESSDENIED", Policy("mounted-volume");
    6 "whether acquiring without force dismounts": "no", Test("decision_06_nothing_is_dismounted");
    7 "whether force takes the device from another owner": "never", Test("decision_07_force_never_evicts");
    8 "a nested acquisition with another name or force": "the name is checked; otherwise both are ignored and the first name stays", Test("decision_08_the_first_name_stays");
    9 "a nested acquisition with a volume mounted meanwhile": "succeeds", Test("decision_09_a_volume_mounted_meanwhile_does_not_matter");
    10 "an invalid name": "INVALIDARG", Policy("invalid-name");
    11 "the longest name": "63 characters", Test("decision_11_names_have_at_most_63_characters");
    12 "the order of an acquisition's checks": "arguments, drive there, count above zero, volume, other owner", Test("decision_12_order_of_checks");
    13 "mounted, no force, and another owner": "the volume is reported, not the owner", Host;
    14 "a release at zero on a free device": "INVALID_HANDLE; the count stays zero", Policy("release-unheld");
    15 "a release at zero on another client's device": "INVALID_HANDLE; the other's lock stays", Test("decision_15_release_at_zero_leaves_a_foreign_lock_alone");
    16 "a release that is not the last": "counts and does nothing else", Test("decision_16_only_the_last_release_reaches_the_host");
    17 "the last release": "unlocks; removal and arrival are told if a disc is there and notification is on; the volume is verified", Host;
    18 "the owner of a free device": "success and an empty name", Test("decision_18_the_owner_of_a_free_device_is_empty");
    19 "the owner while this object has the device": "its own first name", Test("decision_19_the_owner_sees_its_own_first_name");
    20 "the owner while another client has the device": "success and that client's name, never LOCKED", Test("decision_20_a_foreign_owner_is_named");
    21 "initialization on a locked drive": "succeeds", Test("decision_21_a_locked_drive_can_be_bound_to");
    22 "identity on a locked drive": "comes from the cache", Test("decision_22_identity_comes_from_the_cache");
    23 "what reaches the drive, on a drive that another client has": "LOCKED", Test("decision_23_a_foreign_lock_refuses_what_reaches_the_drive");
    24 "the notification switch in the owner's hands": "allowed at any time", Policy("mcn-by-owner");
    25 "switching notification on when it is on": "FAIL; the count stays zero", Policy("mcn-underflow");
    26 "media changes while notification is off": "are tracked and not told later", Host;
    27 "the last release while notification is off": "tells nothing", Host;
    28 "whether the lock changes the notification count": "no: polling is only kept out", Host;
    29 "a count at its limit": "fails before it wraps", Test("decision_29_the_count_fails_before_it_wraps");
    30 "an object that ends while it holds something": "one full release: notification first, then the lock", Test("decision_30_dropping_closes_the_handle");
    31 "a process that ends": "the same, after its commands", Host;
    32 "a duplicated handle that survives": "the lock lasts until the last reference is closed", Host;
    33 "a drive that goes while locked": "DEV_NOT_EXIST from every later call; the release says so too and the count is zero; nothing is told", Test("decision_33_a_drive_that_is_gone_takes_the_count_with_it");
    34 "a drive that comes back": "is another instance, unlocked; the old object stays dead until initialized", Test("decision_34_a_drive_that_comes_back_is_another");
    35 "initializing while holding": "FAIL", Policy("reinitialize");
    36 "members before initialization": "FAIL from getters, INVALID_HANDLE from all else", Test("decision_36_members_before_initialization");
    37 "an eject by the owner": "is allowed and keeps the lock", Test("decision_37_an_eject_keeps_the_lock");
    38 "an eject while a tray lock is held": "BUSY by the host's call, the drive's sense by command; nothing is unlocked", Policy("tray-path");
    39 "whether exclusive access locks the tray": "no", Test("decision_39_exclusive_access_sends_no_command");
    40 "closing the tray of a drive that cannot": "FAIL", Test("decision_40_closing_the_tray_of_a_drive_that_cannot");
    41 "a raw command that ends with CHECK CONDITION": "success with sense: 18 bytes, padded with zeros, not translated", Test("decision_41_sense_is_handed_out");
    42 "a raw command that fails without sense": "FAIL; the sense buffer is zero", Test("decision_42_no_sense_is_a_failure");
    43 "BUSY and TASK SET FULL": "again within the timeout a few times, then MEDIA_BUSY", Test("decision_43_a_busy_device_is_asked_again");
    44 "RESERVATION CONFLICT": "LOCKED, without an owner's name", Test("decision_44_a_reservation_is_a_lock");
    45 "the sense buffer on success": "is zero", Test("decision_45_the_sense_buffer_is_zero_on_success");
    46 "sense in descriptor format": "is understood for translation and handed out raw, cut to 18 bytes", Test("decision_46_descriptor_format");
    47 "a timeout of zero": "is the default of 10 seconds", Test("decision_47_a_timeout_of_zero_is_ten_seconds");
    48 "a timeout": "COMMAND_TIMEOUT; the drive's state is unknown, the lock is kept", Test("decision_48_a_timeout_keeps_the_lock");
    49 "a CDB of the wrong size": "INVALIDARG; nothing is sent", Test("decision_49_cdb_sizes_by_group");
    50 "a CDB of group 60h to 7Fh": "6 to 16 bytes", Test("decision_50_the_variable_group_is_not_checked");
    51 "a misaligned buffer": "INVALIDARG", Policy("misaligned-buffer");
    52 "a null out pointer": "POINTER", Test("decision_52_null_pointers");
    53 "a unit attention in a typed member": "again a few times, then what remains", Test("decision_53_unit_attentions_are_passed_over");
    54 "MEDIA_UPSIDE_DOWN": "no standard sense gives it", Test("decision_54_no_standard_sense_says_upside_down");
    55 "the order of events at an unlock": "removal, arrival, unlocked, and then the owner is cleared", Host;
    56 "what a listener sees in between": "a device that is still locked", Host;
    57 "a lock in a log": "name, time and action are recorded", Host;
    58 "persistent prevent": "the recorder does not use it; a program that wants it tries and falls back to plain prevent when the drive refuses the bit", Test("decision_58_the_recorder_never_prevents_removal");
    59 "threads and waiting": "members of one object take turns; what another object's command delays waits, but not beyond that command's timeout", Host;
    60 "whether the documented lists are closed": "no: codes that are not listed are passed on", Test("decision_60_unlisted_codes_are_passed_on");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use std::collections::BTreeSet;

    const TESTS: &[&str] = &[
        include_str!("counting/command.rs"),
        include_str!("counting/count.rs"),
        include_str!("translation.rs"),
        include_str!("../tests/recorder/commands.rs"),
        include_str!("../tests/recorder/lifecycle.rs"),
        include_str!("../tests/recorder/lock.rs"),
        include_str!("../tests/recorder/notification.rs"),
        include_str!("../tests/recorder/tray.rs"),
        include_str!("../tests/recorder/typed.rs"),
    ];

    fn has_test(name: &str) -> bool {
        let definition = format!("fn {name}(");
        TESTS.iter().any(|file| file.contains(&definition))
    }

    #[test]
    fn every_number_from_1_to_60_is_there_once() {
        let numbers: Vec<u8> = DECISIONS.iter().map(|decision| decision.number).collect();
        assert_eq!(numbers, (1..=60).collect::<Vec<u8>>());
    }

    #[test]
    fn every_test_named_exists() {
        for decision in DECISIONS {
            if let Place::Test(name) = decision.place {
                assert!(has_test(name), "decision {}: no test {name}", decision.number);
            }
        }
    }

    #[test]
    fn policies_and_decisions_agree() {
        let named: BTreeSet<(&str, u8)> = DECISIONS
            .iter()
            .filter_map(|decision| match decision.place {
                Place::Policy(name) => Some((name, decision.number)),
                _ => None,
            })
            .collect();
        let choices: BTreeSet<(&str, u8)> =
            Policy::CHOICES.iter().map(|choice| (choice.name, choice.decision)).collect();
        assert_eq!(named, choices);
        for (name, number) in choices {
            let prefix = format!("fn decision_{number:02}_");
            assert!(TESTS.iter().any(|file| file.contains(&prefix)), "policy {name} has no test");
        }
    }
}
