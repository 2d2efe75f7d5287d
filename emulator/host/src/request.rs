//! What can be asked of the driver, and what each request passes first.

use discrig_device::fault::HostOperation;
use serde::{Deserialize, Serialize};

/// What a request gets while another file holds the device exclusively.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutsiderAnswer {
    /// It is answered as ever.
    Allowed,
    /// What [`HostConfig::open_while_locked`](crate::HostConfig::open_while_locked) says.
    ByPolicy,
    /// It is refused with `Locked`.
    Refused,
}

macro_rules! requests {
    ($($(#[doc = $doc:literal])+ $kind:ident $name:literal, $operation:expr, outsider $outsider:ident, serial $serial:literal;)+) => {
        /// The kinds of request.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum RequestKind {
            $($(#[doc = $doc])+ $kind,)+
        }

        impl RequestKind {
            /// Every kind.
            pub const ALL: &'static [RequestKind] = &[$(RequestKind::$kind,)+];

            /// The name in error messages.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(RequestKind::$kind => $name,)+ }
            }

            /// The host operation that fault rules know it by, where they know it.
            #[must_use]
            pub const fn operation(self) -> Option<HostOperation> {
                match self { $(RequestKind::$kind => $operation,)+ }
            }

            /// What it gets while another file holds the device exclusively.
            #[must_use]
            pub const fn outsider(self) -> OutsiderAnswer {
                match self { $(RequestKind::$kind => OutsiderAnswer::$outsider,)+ }
            }

            /// Whether it waits in the serial queue for a drive that may still be busy with an abandoned command. (Requests that are
            /// commands wait in the drive itself.)
            #[must_use]
            pub const fn is_serial(self) -> bool {
                match self { $(RequestKind::$kind => $serial,)+ }
            }
        }
    };
}

requests! {
    /// A command as it is: pass-through.
    Command "execute", None, outsider Refused, serial false;
    /// Another handle for the same file.
    Duplicate "duplicate", None, outsider Allowed, serial false;
    /// Opening the tray by the host's own call.
    Eject "eject", None, outsider Refused, serial false;
    /// Listening to notifications. Nothing is sent to the drive on behalf of the file.
    Listen "next event", None, outsider Allowed, serial false;
    /// Closing the tray by the host's own call.
    Load "load", None, outsider Refused, serial false;
    /// Taking exclusive access; who is locked out learns it from the rules of the lock itself.
    Lock "lock", Some(HostOperation::Lock), outsider Allowed, serial true;
    /// Switching media change notification.
    NotificationSwitch "switch notification", Some(HostOperation::Notification), outsider Refused, serial true;
    /// Opening a file.
    Open "open", Some(HostOperation::Open), outsider ByPolicy, serial false;
    /// Asking who holds exclusive access.
    Owner "owner", Some(HostOperation::Owner), outsider Allowed, serial true;
    /// What the host knows without asking the drive.
    Properties "properties", None, outsider Allowed, serial false;
    /// Locking or unlocking the tray by the host's own calls.
    TrayLock "tray lock", None, outsider Refused, serial false;
    /// Giving exclusive access up; whose lock it is is asked by the rules of the lock itself.
    Unlock "unlock", Some(HostOperation::Unlock), outsider Allowed, serial true;
    /// A file system at work: mounting, reading.
    Volume "volume", None, outsider Refused, serial false;
}
