//! Misbehaviour of a host, by name.

use core::fmt;
use serde::{Deserialize, Serialize};

macro_rules! quirks {
    ($($(#[doc = $doc:literal])+ $name:ident $text:literal;)+) => {
        /// A way in which a host breaks its rules, to be found by a judge.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Quirk {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Quirk {
            /// Every quirk.
            pub const ALL: &'static [Quirk] = &[$(Quirk::$name,)+];

            /// The name used in files, in reports and on the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Quirk::$name => $text,)+
                }
            }

            /// What is wrong, in one sentence.
            #[must_use]
            pub fn describe(self) -> &'static str {
                match self {
                    $(Quirk::$name => concat!($($doc),+).trim_ascii(),)+
                }
            }
        }
    };
}

quirks! {
    /// Closing a file leaves its protected tray locks in force.
    CloseSkipsTrayLocks "close-skips-tray-locks";
    /// A lock that ignores the volume takes the device away from its owner.
    ForceEvictsOwner "force-evicts-owner";
    /// Any file can give up the lock of another one.
    ForeignHandleCanUnlock "foreign-handle-can-unlock";
    /// A drive that comes back is still locked by the owner that it had before.
    LockSurvivesRemoval "lock-survives-removal";
    /// Media change notification is counted for the device alone, so that any file can switch it on again, and closing a file does not.
    McnShared "mcn-shared";
    /// A lock is granted under any name.
    NameNotChecked "name-not-checked";
    /// No notification is sent when a lock is given up, and the poll that the lock held back is forgotten.
    NotificationsLostAfterUnlock "notifications-lost-after-unlock";
    /// The lock is not enforced: other files' requests reach the drive.
    OutsiderCommandsPass "outsider-commands-pass";
    /// The owner is cleared before the notifications of an unlock are sent.
    OwnerClearedBeforeEvents "owner-cleared-before-events";
    /// The death of the owner's process leaves the device locked.
    OwnerDeathKeepsLock "owner-death-keeps-lock";
    /// Asking for the owner is refused to other files while the device is locked.
    OwnerQueryRefusedWhileLocked "owner-query-refused-while-locked";
    /// An unlock succeeds, sends its notifications, and leaves the device locked until the owner's file is closed.
    ReleaseFreesNothing "release-frees-nothing";
    /// The owner can lock once more; one unlock still frees the device.
    SecondLockByOwnerSucceeds "second-lock-by-owner-succeeds";
    /// A mounted volume never keeps a lock from being taken.
    VolumeIgnored "volume-ignored";
}

impl fmt::Display for Quirk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
