//! Which initiator port is which nexus.

use discrig_drive::NexusId;
use discrig_iscsi::name::Name;
use discrig_iscsi::pdu::Isid;
use std::collections::{BTreeMap, VecDeque};

/// The nexus of the server itself: the foreign host that takes locks, and the hand that synchronizes discs.
pub(crate) const OWN: NexusId = NexusId(u16::MAX);

/// Initiator ports that are remembered beyond those that are logged in. A drive keeps things for each of them, so there is a limit.
const REMEMBERED: usize = 1024;

/// An initiator port: initiator name and ISID (RFC 7143, 4.4.1).
pub(crate) type InitiatorPort = (Name, Isid);

/// Initiator ports and their nexuses. The same port is the same nexus each time that it logs in, unless it was away while more than
/// [`REMEMBERED`] others came and went: then its number was given to another one.
#[derive(Debug, Default)]
pub(crate) struct Nexuses {
    known: BTreeMap<InitiatorPort, NexusId>,
    /// Those that are not logged in, the one that left first at the front.
    away: VecDeque<InitiatorPort>,
    numbers: u16,
}

impl Nexuses {
    /// The nexus of a port that logs in. `None` when there are too many; `kept` are not to be given to others, although their ports are away.
    pub(crate) fn enter(&mut self, port: &InitiatorPort, kept: impl Fn(NexusId) -> bool) -> Option<NexusId> {
        if let Some(nexus) = self.known.get(port) {
            self.away.retain(|other| other != port);
            return Some(*nexus);
        }
        let nexus = match self.forget_one(kept) {
            Some(nexus) => nexus,
            None if self.numbers < OWN.0 => {
                self.numbers += 1;
                NexusId(self.numbers - 1)
            }
            None => return None,
        };
        self.known.insert(port.clone(), nexus);
        Some(nexus)
    }

    /// A port is no longer logged in.
    pub(crate) fn leave(&mut self, port: &InitiatorPort) {
        self.away.push_back(port.clone());
    }

    /// The port that a nexus is.
    pub(crate) fn port(&self, nexus: NexusId) -> Option<&InitiatorPort> {
        self.known.iter().find_map(|(port, known)| (*known == nexus).then_some(port))
    }

    /// The number of the port that has been away for longest, when too many are remembered.
    fn forget_one(&mut self, kept: impl Fn(NexusId) -> bool) -> Option<NexusId> {
        if self.away.len() < REMEMBERED {
            return None;
        }
        let forgettable = |port: &InitiatorPort| self.known.get(port).is_some_and(|nexus| !kept(*nexus));
        let at = self.away.iter().position(forgettable)?;
        let port = self.away.remove(at)?;
        self.known.remove(&port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(number: u16) -> InitiatorPort {
        let [high, low] = number.to_be_bytes();
        (Name::new("iqn.2026-11.dev.discrig:host").unwrap(), Isid([0, 0, 0, 0, high, low]))
    }

    #[test]
    fn a_port_is_the_same_nexus_again_until_many_others_came() {
        let mut nexuses = Nexuses::default();
        let free = |_| false;
        let first = nexuses.enter(&port(0), free).unwrap();
        nexuses.leave(&port(0));
        assert_eq!(nexuses.enter(&port(0), free), Some(first));
        let second = nexuses.enter(&port(1), free).unwrap();
        assert_ne!(first, second);
        nexuses.leave(&port(0));
        nexuses.leave(&port(1));
        for number in 2..5_000 {
            let nexus = nexuses.enter(&port(number), |nexus| nexus == second).unwrap();
            assert!(nexus.0 <= REMEMBERED as u16 + 1, "{nexus} for {number}");
            assert_ne!(nexus, second);
            nexuses.leave(&port(number));
        }
        assert_eq!(nexuses.enter(&port(1), free), Some(second));
        assert_eq!(nexuses.port(second), Some(&port(1)));
        assert_eq!(nexuses.known.len(), REMEMBERED);
    }
}
