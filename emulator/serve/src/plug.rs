//! The plug of a drive: pulled, the drive has no power, its sessions are cut and logins are refused.

use crate::seat::Seat;
use core::time::Duration;
use discrig_device::Instant;
use discrig_drive::HostEvent;
use discrig_iscsi::target::Availability;

/// Where the plug is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Plug {
    /// In.
    In,
    /// Pulled.
    Out {
        /// When it is put back by itself.
        returns: Option<Instant>,
    },
}

impl Plug {
    pub(crate) fn is_in(self) -> bool {
        self == Plug::In
    }

    pub(crate) fn returns(self) -> Option<Instant> {
        match self {
            Plug::In => None,
            Plug::Out { returns } => returns,
        }
    }
}

impl Seat {
    /// Pulls the plug, for a time or for good. What was written since the disc was last synchronized is as it is after a loss of power.
    pub(crate) fn unplug(&mut self, back_after: Option<Duration>) {
        let returns = back_after.map(|after| self.clock.now() + after);
        if self.plug.is_in() {
            self.log.tell("plug out", &[("drive", &self.setup.name)]);
            self.portal.set_availability(&self.target, Availability::Unavailable);
            self.ports.values().for_each(|port| port.sever());
            // The power is gone at this moment; when it comes back is another matter. It cannot be refused.
            let _ = self.happen(HostEvent::PowerCycle);
        }
        self.plug = Plug::Out { returns };
        self.set_alarm();
    }

    /// Puts the plug back: the drive is switched on.
    pub(crate) fn plug_in(&mut self) {
        if !self.plug.is_in() {
            self.plug = Plug::In;
            let _ = self.happen(HostEvent::PowerCycle);
            self.portal.set_availability(&self.target, Availability::Available);
            self.log.tell("plug in", &[("drive", &self.setup.name)]);
        }
    }

    /// The time of a pulled plug may be over.
    pub(crate) fn plug_returns(&mut self, now: Instant) {
        if self.plug.returns().is_some_and(|returns| returns <= now) {
            self.plug_in();
        }
    }
}
