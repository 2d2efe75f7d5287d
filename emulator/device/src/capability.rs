//! What a bench can do, declared as data.

use crate::medium::Medium;
use core::fmt;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

macro_rules! capabilities {
    ($($(#[doc = $doc:literal])+ $name:ident $text:literal;)+) => {
        /// An ability that only some benches have.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Capability {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Capability {
            /// Every capability.
            pub const ALL: &'static [Capability] = &[$(Capability::$name,)+];

            /// The name used in reports and on the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Capability::$name => $text,)+
                }
            }
        }
    };
}

capabilities! {
    /// An open without exclusive intent is possible while another handle holds the device.
    OpenWhileLocked "open-while-locked";
    /// The tray button can be pressed.
    Button "button";
    /// Discs can be placed on the open tray and taken off it.
    Changer "changer";
    /// A disc with data that can be read is in the drive, or the bench can put one there.
    DataDisc "data-disc";
    /// A handle can be duplicated.
    Duplicate "duplicate";
    /// Another host (nexus) can open handles on the drive.
    SecondHost "second-host";
    /// Another process of the same host can open handles, and can be killed.
    SecondProcess "second-process";
    /// The first answer since the power came on can be had, or was when the bench was opened.
    FirstAnswer "first-answer";
    /// A mounted volume can be ignored when locking.
    ForceLock "force-lock";
    /// The host's own tray calls exist.
    HostTray "host-tray";
    /// The host refuses commands of other handles while one holds the device.
    MandatoryLock "mandatory-lock";
    /// The host can be made to run out of memory.
    MemoryPressure "memory-pressure";
    /// The host tells its listeners of media changes.
    Notifications "notifications";
    /// The host has a counted switch for media change notification.
    NotificationSwitch "notification-switch";
    /// The name of the exclusive owner can be asked for.
    OwnerName "owner-name";
    /// The plug can be pulled and put back.
    Plug "plug";
    /// A drive that comes back can be another one.
    PlugOther "plug-other";
    /// The counted per-handle tray lock exists.
    ProtectedTrayLock "protected-tray-lock";
    /// Nothing but the bench talks to the drive, so unit attentions and events are not eaten by others.
    QuietBus "quiet-bus";
    /// A bus or hard reset can be caused.
    ResetBus "reset-bus";
    /// The logical unit can be reset.
    ResetLogicalUnit "reset-logical-unit";
    /// A nexus can be lost and established anew.
    ResetNexus "reset-nexus";
    /// The power can be cycled.
    ResetPower "reset-power";
    /// A command can be had that takes longer than a timeout that the bench honours.
    SlowCommand "slow-command";
    /// The lock state can be changed behind the owner's back.
    StealLock "steal-lock";
    /// A request's timeout is honoured to within a second.
    TimeoutHonoured "timeout-honoured";
    /// A unit attention for a medium change can be caused and reaches the bench.
    UnitAttention "unit-attention";
    /// Time is virtual: waiting costs nothing and is exact.
    VirtualTime "virtual-time";
    /// A disc with a volume is in the drive, or the bench can put one there, and the volume can be mounted and dismounted.
    Volume "volume";
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The declared abilities of a bench, each with a remark: how it is done, or why it is not there.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Capabilities {
    present: BTreeMap<Capability, String>,
    absent: BTreeMap<Capability, String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    media: BTreeSet<Medium>,
}

impl Capabilities {
    /// Nothing declared: everything is absent without a reason.
    #[must_use]
    pub fn new() -> Capabilities {
        Capabilities::default()
    }

    /// Declares an ability and how it is done.
    #[must_use]
    pub fn with(mut self, capability: Capability, how: impl Into<String>) -> Capabilities {
        self.absent.remove(&capability);
        self.present.insert(capability, how.into());
        self
    }

    /// Declares why an ability is not there.
    #[must_use]
    pub fn without(mut self, capability: Capability, why: impl Into<String>) -> Capabilities {
        self.present.remove(&capability);
        self.absent.insert(capability, why.into());
        self
    }

    /// Declares blank media that the changer has at hand.
    #[must_use]
    pub fn with_media(mut self, media: impl IntoIterator<Item = Medium>) -> Capabilities {
        self.media.extend(media);
        self
    }

    /// The blank media that the changer has at hand.
    pub fn media(&self) -> impl Iterator<Item = Medium> {
        self.media.iter().copied()
    }

    /// Whether the changer has a blank one at hand.
    #[must_use]
    pub fn supplies(&self, medium: Medium) -> bool {
        self.has(Capability::Changer) && self.media.contains(&medium)
    }

    /// Whether the bench has the ability.
    #[must_use]
    pub fn has(&self, capability: Capability) -> bool {
        self.present.contains_key(&capability)
    }

    /// The remark on an ability: how it is done, or why it is not there.
    #[must_use]
    pub fn remark(&self, capability: Capability) -> &str {
        self.present
            .get(&capability)
            .or_else(|| self.absent.get(&capability))
            .map_or("not declared by this bench", String::as_str)
    }

    /// The abilities that are there, with how they are done.
    pub fn present(&self) -> impl Iterator<Item = (Capability, &str)> {
        self.present.iter().map(|(capability, how)| (*capability, how.as_str()))
    }

    /// Every ability that is not there, with the reason.
    pub fn absent(&self) -> impl Iterator<Item = (Capability, &str)> {
        Capability::ALL
            .iter()
            .copied()
            .filter(|capability| !self.has(*capability))
            .map(|capability| (capability, self.remark(capability)))
    }
}
