//! Misbehaviours of recorder implementations, on purpose: each must be found by a suite that is worth its name.

use core::fmt;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

macro_rules! quirks {
    ($($(#[doc = $doc:literal])+ $quirk:ident $name:literal;)+) => {
        /// A way in which the recorder misbehaves.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
        pub enum Quirk {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $quirk,)+
        }

        impl Quirk {
            /// Every quirk.
            pub const ALL: &'static [Quirk] = &[$(Quirk::$quirk,)+];

            /// The name in data and reports.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Quirk::$quirk => $name,)+
                }
            }
        }
    };
}

quirks! {
    /// A nested acquisition succeeds but does not count, so the first release frees the device.
    AcquireNotCounted "acquire-not-counted";
    /// An eject ends exclusive access.
    EjectDropsLock "eject-drops-lock";
    /// A drive that is gone is reported as an unspecified failure.
    GoneReportedAsFail "gone-reported-as-fail";
    /// A device that another client holds is reported as access denied.
    LockedReportedAsAccessDenied "locked-reported-as-access-denied";
    /// The notification switch and exclusive access share one count.
    McnSharesLockCount "mcn-shares-lock-count";
    /// The owner reads the name of its last acquisition instead of the first.
    NameFromLastAcquire "name-from-last-acquire";
    /// Asking who has a free device fails.
    OwnerErrorWhenFree "owner-error-when-free";
    /// A release without an acquisition succeeds.
    ReleaseBelowZeroSucceeds "release-below-zero-succeeds";
    /// The first of several releases already frees the device.
    ReleaseFreesTooEarly "release-frees-too-early";
    /// The last release succeeds and keeps the device.
    ReleaseNeverFrees "release-never-frees";
    /// A nested acquisition is refused as if another client had the device.
    SecondAcquireRefused "second-acquire-refused";
    /// A command that times out ends exclusive access.
    TimeoutDropsLock "timeout-drops-lock";
}

/// Quirks that are switched on together.
pub type Quirks = BTreeSet<Quirk>;

impl fmt::Display for Quirk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::IntoDeserializer;
    use serde::de::value::Error;

    #[test]
    fn names_are_alphabetical_and_read_back() {
        assert!(Quirk::ALL.windows(2).all(|pair| pair[0].name() < pair[1].name()));
        for quirk in Quirk::ALL {
            let read = Quirk::deserialize(IntoDeserializer::<Error>::into_deserializer(quirk.name()));
            assert_eq!(read, Ok(*quirk));
        }
    }
}
