//! What connections have in common: targets, sessions, and how many of each there may be.

use super::config::{Availability, PortalConfig, Target};
use super::connection::Connection;
use super::event::SessionInfo;
use crate::chap::Authentication;
use crate::name::Name;
use crate::pdu::LoginStatus;
use core::fmt;
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use thiserror::Error;

/// The name of a connection, unique in its portal for all time.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ConnectionId(pub u64);

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a connection is not even listened to.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum Refused {
    /// There are as many as there may be.
    #[error("there are {0} connections already, as many as the portal takes")]
    TooMany(usize),
}

/// A target with that name exists.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("there is a target {0} already")]
pub struct TargetExists(pub Name);

/// A network portal with its targets and sessions.
///
/// It is a handle: clones are the same portal. Connections lock it while they log in, list targets and end, and never for commands.
#[derive(Clone, Debug)]
pub struct Portal {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    config: PortalConfig,
    targets: BTreeMap<Name, Target>,
    connections: usize,
    /// By TSIH.
    sessions: BTreeMap<u16, SessionInfo>,
    next_connection: u64,
    last_tsih: u16,
}

/// What a login needs to know of its target.
#[derive(Clone, Debug)]
pub(super) struct Entrance {
    pub(super) alias: Option<String>,
    pub(super) authentication: Option<Authentication>,
}

/// Why a target does not let somebody in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Turned {
    pub(super) status: LoginStatus,
    /// Where the target is, for redirections.
    pub(super) address: Option<String>,
}

impl From<LoginStatus> for Turned {
    fn from(status: LoginStatus) -> Turned {
        Turned { status, address: None }
    }
}

impl Portal {
    /// A portal without targets.
    #[must_use]
    pub fn new(config: PortalConfig) -> Portal {
        let shared = Shared {
            config,
            targets: BTreeMap::new(),
            connections: 0,
            sessions: BTreeMap::new(),
            next_connection: 0,
            last_tsih: 0,
        };
        Portal { shared: Arc::new(Mutex::new(shared)) }
    }

    /// Offers a target.
    ///
    /// # Errors
    /// [`TargetExists`] when there is one with the same name.
    pub fn add_target(&self, target: Target) -> Result<(), TargetExists> {
        let mut shared = self.lock();
        if shared.targets.contains_key(&target.name) {
            return Err(TargetExists(target.name));
        }
        shared.targets.insert(target.name.clone(), target);
        Ok(())
    }

    /// Takes a target back. Gives the connections that use it: the caller ends them, politely or not.
    pub fn remove_target(&self, name: &Name) -> Vec<ConnectionId> {
        let mut shared = self.lock();
        shared.targets.remove(name);
        let users = shared.sessions.values().filter(|session| session.target.as_ref() == Some(name));
        users.map(|session| session.connection).collect()
    }

    /// Says whether logins to a target succeed; `false` when there is no such target. Sessions that exist go on.
    pub fn set_availability(&self, name: &Name, availability: Availability) -> bool {
        match self.lock().targets.get_mut(name) {
            Some(target) => {
                target.availability = availability;
                true
            }
            None => false,
        }
    }

    /// The sessions, by TSIH.
    #[must_use]
    pub fn sessions(&self) -> Vec<SessionInfo> {
        self.lock().sessions.values().cloned().collect()
    }

    /// How many connections there are, logged in or not.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.lock().connections
    }

    /// A TCP connection was accepted on `address`, written as in TargetAddress: `address:port`, IPv6 addresses in brackets.
    ///
    /// `seed` makes challenges and tags; it must not be guessed.
    ///
    /// # Errors
    /// [`Refused`]: close it.
    pub fn accept(&self, now: Duration, address: &str, seed: [u8; 32]) -> Result<Connection, Refused> {
        let mut shared = self.lock();
        if shared.connections >= shared.config.limits.connections {
            return Err(Refused::TooMany(shared.connections));
        }
        shared.connections += 1;
        shared.next_connection += 1;
        let id = ConnectionId(shared.next_connection);
        let limits = shared.config.limits.clone();
        drop(shared);
        Ok(Connection::new(self.clone(), id, limits, now, address, seed))
    }

    pub(super) fn portal_group_tag(&self) -> u16 {
        self.lock().config.portal_group_tag
    }

    pub(super) fn discovery_authentication(&self) -> Option<Authentication> {
        self.lock().config.discovery_authentication.clone()
    }

    /// Whether `initiator` may try to log in to `target`.
    pub(super) fn entrance(&self, target: &Name, initiator: &Name) -> Result<Entrance, Turned> {
        let shared = self.lock();
        let target = shared.targets.get(target).ok_or(LoginStatus::NOT_FOUND)?;
        if target.initiators.as_ref().is_some_and(|allowed| !allowed.contains(initiator)) {
            return Err(LoginStatus::AUTHORIZATION_FAILURE.into());
        }
        let status = match &target.availability {
            Availability::Available => {
                let authentication = target.authentication.clone();
                return Ok(Entrance { alias: target.alias.clone(), authentication });
            }
            Availability::Failed => LoginStatus::TARGET_ERROR,
            Availability::Moved { address, permanently } => {
                let status = match permanently {
                    true => LoginStatus::TARGET_MOVED_PERMANENTLY,
                    false => LoginStatus::TARGET_MOVED_TEMPORARILY,
                };
                return Err(Turned { status, address: Some(address.clone()) });
            }
            Availability::Removed => LoginStatus::TARGET_REMOVED,
            Availability::Unavailable => LoginStatus::SERVICE_UNAVAILABLE,
        };
        Err(status.into())
    }

    /// Whether a login with a handle may take the place of a connection: of the only one that a session has here, which must be the same.
    pub(super) fn continued(&self, session: &SessionInfo) -> Result<(), LoginStatus> {
        self.lock().continued(session).map(drop)
    }

    /// A login with a handle succeeded: the session has another connection from here. Gives the old one.
    pub(super) fn reinstate(&self, session: &SessionInfo) -> Result<ConnectionId, LoginStatus> {
        let mut shared = self.lock();
        let known = shared.continued(session)?;
        Ok(core::mem::replace(&mut known.connection, session.connection))
    }

    /// Whether a session was not displaced.
    pub(super) fn is_current(&self, session: &SessionInfo) -> bool {
        let shared = self.lock();
        shared.sessions.get(&session.tsih).is_some_and(|known| known.connection == session.connection)
    }

    /// A login succeeded: the session gets its TSIH and takes the place of an older one of the same initiator port and target.
    pub(super) fn establish(
        &self,
        mut session: SessionInfo,
    ) -> Result<(SessionInfo, Option<ConnectionId>), LoginStatus> {
        let mut shared = self.lock();
        if session.target.as_ref().is_some_and(|target| !shared.targets.contains_key(target)) {
            return Err(LoginStatus::NOT_FOUND);
        }
        let same = |other: &SessionInfo| {
            (&other.initiator, other.isid, &other.target)
                == (&session.initiator, session.isid, &session.target)
        };
        let old =
            shared.sessions.iter().find(|(_, other)| same(other)).map(|(tsih, old)| (*tsih, old.connection));
        if old.is_none() && shared.sessions.len() >= shared.config.limits.sessions {
            return Err(LoginStatus::OUT_OF_RESOURCES);
        }
        session.tsih = shared.free_tsih().ok_or(LoginStatus::OUT_OF_RESOURCES)?;
        if let Some((tsih, _)) = old {
            shared.sessions.remove(&tsih);
        }
        shared.sessions.insert(session.tsih, session.clone());
        Ok((session, old.map(|(_, connection)| connection)))
    }

    /// A session is over, unless it was displaced before.
    pub(super) fn end_session(&self, session: &SessionInfo) {
        let mut shared = self.lock();
        if shared.sessions.get(&session.tsih).is_some_and(|known| known.connection == session.connection) {
            shared.sessions.remove(&session.tsih);
        }
    }

    pub(super) fn end_connection(&self) {
        let mut shared = self.lock();
        shared.connections = shared.connections.saturating_sub(1);
    }

    /// The targets that `initiator` may see.
    pub(super) fn visible_targets(&self, initiator: &Name) -> Vec<Name> {
        let shared = self.lock();
        let is_visible = |target: &&Target| {
            target.availability != Availability::Removed
                && target.initiators.as_ref().is_none_or(|allowed| allowed.contains(initiator))
        };
        shared.targets.values().filter(is_visible).map(|target| target.name.clone()).collect()
    }

    /// A panic elsewhere leaves nothing half done here.
    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// The session that a login with a handle goes on with.
    fn continued(&mut self, session: &SessionInfo) -> Result<&mut SessionInfo, LoginStatus> {
        let known = self.sessions.get_mut(&session.tsih).ok_or(LoginStatus::SESSION_DOES_NOT_EXIST)?;
        let whose = |info: &SessionInfo| (info.initiator.clone(), info.isid, info.target.clone());
        if whose(known) != whose(session) || known.target.is_none() {
            Err(LoginStatus::CANNOT_INCLUDE_IN_SESSION)
        } else if known.cid != session.cid {
            Err(LoginStatus::TOO_MANY_CONNECTIONS)
        } else {
            Ok(known)
        }
    }

    /// The next handle that no session has; never zero.
    fn free_tsih(&mut self) -> Option<u16> {
        let start = self.last_tsih;
        let free = (1..=u16::MAX)
            .map(|step| start.wrapping_add(step))
            .find(|tsih| *tsih != 0 && !self.sessions.contains_key(tsih))?;
        self.last_tsih = free;
        Some(free)
    }
}
