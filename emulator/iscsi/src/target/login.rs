//! The login phase (RFC 7143, 6.3).

use super::event::SessionInfo;
use super::portal::Turned;
use super::security::{Keys, Security};
use super::window::Window;
use super::{ConnectionId, Limits, Link};
use crate::chap::Authentication;
use crate::name::Name;
use crate::params::Parameters;
use crate::pdu::{Bhs, LoginFlags, LoginRequest, LoginResponse, LoginStatus, Stage, VERSION};
use crate::text::constants::{IRRELEVANT, NOT_UNDERSTOOD, REJECT};
use crate::text::keys::{Key, Rule, When, find};
use crate::text::negotiation::respond;
use crate::text::{pairs, push_pair};
use std::collections::BTreeSet;

/// Bytes of text that a PDU carries during a login, in either direction (RFC 7143, 13.12).
pub(super) const MOST_TEXT: u32 = 8192;

/// A login underway.
#[derive(Debug)]
pub(super) struct Login {
    first: Option<LoginRequest>,
    stage: Stage,
    requests: u32,
    stat_sn: u32,
    /// Text of requests that go on.
    text: Vec<u8>,
    /// Text of an answer that goes on.
    rest: Vec<u8>,
    /// Keys that were negotiated or declared, and the values of the latter.
    seen: BTreeSet<String>,
    said: Said,
    identity: Option<Identity>,
    security: Security,
    ours: Parameters,
    agreed: Parameters,
    declared_length: bool,
}

/// What the initiator says about itself and where it wants to go.
#[derive(Debug, Default)]
struct Said {
    initiator: Option<String>,
    initiator_alias: Option<String>,
    session_type: Option<String>,
    target: Option<String>,
}

/// Who wants to go where, once that is clear.
#[derive(Debug)]
struct Identity {
    initiator: Name,
    target: Option<Name>,
    alias: Option<String>,
    authentication: Option<Authentication>,
    was_announced: bool,
}

/// A login that succeeded.
#[derive(Debug)]
pub(super) struct Established {
    pub(super) session: SessionInfo,
    pub(super) displaced: Option<ConnectionId>,
    /// The connection whose session it goes on with. The last request is not answered then.
    pub(super) continues: Option<ConnectionId>,
    pub(super) parameters: Parameters,
    pub(super) stat_sn: u32,
    pub(super) cmd_sn: u32,
    request: LoginRequest,
    answer: Vec<u8>,
}

/// What a response says beside its text.
#[derive(Clone, Copy, Debug)]
struct Reply {
    status: LoginStatus,
    next: Option<Stage>,
    continues: bool,
    tsih: u16,
    /// ExpCmdSN and MaxCmdSN; those of a new session when absent.
    window: Option<Window>,
}

impl Login {
    pub(super) fn new(limits: &Limits, stat_sn: u32) -> Login {
        let ours = Parameters {
            initial_r2t: false,
            max_burst_length: limits.max_burst_length,
            first_burst_length: limits.first_burst_length,
            max_outstanding_r2t: limits.outstanding_r2t,
            default_time2retain: 0,
            ..Parameters::default()
        };
        Login {
            first: None,
            stage: Stage::SECURITY_NEGOTIATION,
            requests: 0,
            stat_sn,
            text: Vec::new(),
            rest: Vec::new(),
            seen: BTreeSet::new(),
            said: Said::default(),
            identity: None,
            security: Security::default(),
            ours,
            agreed: Parameters { default_time2retain: 0, ..Parameters::default() },
            declared_length: false,
        }
    }

    /// A login request with its text arrived. What is answered goes to the outbox.
    ///
    /// # Errors
    /// The status with which the login was ended.
    pub(super) fn request(
        &mut self,
        link: &mut Link,
        request: &LoginRequest,
        text: &[u8],
    ) -> Result<Option<Established>, LoginStatus> {
        match self.step(link, request, text) {
            Ok(established) => Ok(established),
            Err(turned) => {
                self.refuse(link, Some(request), &turned);
                Err(turned.status)
            }
        }
    }

    /// Something came that has no place in a login.
    pub(super) fn refuse_other(&mut self, link: &mut Link) -> LoginStatus {
        let status = LoginStatus::INVALID_DURING_LOGIN;
        self.refuse(link, None, &status.into());
        status
    }

    fn step(
        &mut self,
        link: &mut Link,
        request: &LoginRequest,
        text: &[u8],
    ) -> Result<Option<Established>, Turned> {
        self.check(link, request)?;
        if self.rest.is_empty() {
            self.text.extend_from_slice(text);
            if self.text.len() > link.limits.text_length {
                return Err(LoginStatus::INITIATOR_ERROR.into());
            }
            if request.flags.continues {
                self.respond(link, request, Reply::default(), &[]);
                return Ok(None);
            }
            self.answer(link, request)?;
            if self.rest.len() > link.limits.text_length {
                return Err(LoginStatus::INITIATOR_ERROR.into());
            }
        } else if !text.is_empty() || request.flags.continues {
            // It is the target's turn to say more.
            return Err(LoginStatus::INITIATOR_ERROR.into());
        }
        if self.rest.len() > MOST_TEXT as usize {
            let later = self.rest.split_off(MOST_TEXT as usize);
            let piece = core::mem::replace(&mut self.rest, later);
            self.respond(link, request, Reply { continues: true, ..Reply::default() }, &piece);
            return Ok(None);
        }
        let answer = core::mem::take(&mut self.rest);
        let may_go = self.stage != Stage::SECURITY_NEGOTIATION || self.security.is_done();
        let next = (request.flags.transit && may_go).then_some(request.flags.next);
        if next == Some(Stage::FULL_FEATURE) {
            return self.establish(link, request, answer).map(Some);
        }
        self.respond(link, request, Reply { next, ..Reply::default() }, &answer);
        self.stage = next.unwrap_or(self.stage);
        Ok(None)
    }

    /// Makes the answer to a complete text.
    fn answer(&mut self, link: &mut Link, request: &LoginRequest) -> Result<(), Turned> {
        let mut answer = Vec::new();
        let text = core::mem::take(&mut self.text);
        let mut keys = Keys::new();
        self.negotiate(&text, request.tsih != 0, &mut keys, &mut answer)?;
        let identity = match self.identity.take() {
            Some(identity) => identity,
            None => self.identify(link, request)?,
        };
        let identity = self.identity.insert(identity);
        if self.stage == Stage::SECURITY_NEGOTIATION {
            let authentication = identity.authentication.as_ref();
            self.security.step(
                &mut link.random,
                authentication,
                &keys,
                request.flags.transit,
                &mut answer,
            )?;
        } else if !keys.is_empty() {
            return Err(LoginStatus::INITIATOR_ERROR.into());
        } else if identity.authentication.is_some() && !self.security.is_done() {
            return Err(LoginStatus::AUTHENTICATION_FAILURE.into());
        }
        self.announce(link, &mut answer);
        self.rest = answer;
        Ok(())
    }

    /// Whether the header fits what came before.
    fn check(&mut self, link: &Link, request: &LoginRequest) -> Result<(), LoginStatus> {
        let flags = request.flags;
        if request.version_min > VERSION {
            return Err(LoginStatus::UNSUPPORTED_VERSION);
        }
        self.requests += 1;
        let names =
            |request: &LoginRequest| (request.isid, request.tsih, request.initiator_task_tag, request.cid);
        let first = *self.first.get_or_insert_with(|| {
            self.stage = flags.current;
            *request
        });
        let stage_exists =
            matches!(flags.current, Stage::SECURITY_NEGOTIATION | Stage::OPERATIONAL_NEGOTIATION);
        let goes_on = matches!(flags.next, Stage::OPERATIONAL_NEGOTIATION | Stage::FULL_FEATURE)
            && flags.next > flags.current;
        let is_right = stage_exists
            && flags.current == self.stage
            && (!flags.transit || goes_on && !flags.continues)
            && names(request) == names(&first)
            && self.requests <= link.limits.login_requests;
        if is_right { Ok(()) } else { Err(LoginStatus::INITIATOR_ERROR) }
    }

    /// Goes through the pairs of a text. Keys of the security stage are put aside for it. `goes_on` when the session exists already, so that what
    /// holds for all of it was agreed on before.
    fn negotiate<'a>(
        &mut self,
        text: &'a [u8],
        goes_on: bool,
        security: &mut Keys<'a>,
        answer: &mut Vec<u8>,
    ) -> Result<(), LoginStatus> {
        let mut pairs: Vec<_> =
            pairs(text).collect::<Result<_, _>>().map_err(|_| LoginStatus::INITIATOR_ERROR)?;
        // The first burst is no longer than any burst, so that one is settled first.
        pairs.sort_by_key(|(name, _)| *name != "MaxBurstLength");
        for (name, value) in pairs {
            let Some(key) = find(name) else {
                push_pair(answer, name, NOT_UNDERSTOOD);
                continue;
            };
            if !self.is_new(key, value)? {
                continue;
            }
            match (&key.rule, key.when) {
                (Rule::Security, _) => {
                    security.insert(name, value);
                }
                (Rule::Declared, When::Login | When::Always) => self.said.take(name, value),
                (_, When::OperationalNegotiation) if self.stage == Stage::SECURITY_NEGOTIATION => {
                    push_pair(answer, name, REJECT);
                }
                (_, When::FullFeature) => push_pair(answer, name, REJECT),
                _ if goes_on && key.is_leading_only() => push_pair(answer, name, IRRELEVANT),
                _ => {
                    let in_discovery = self.said.session_type.as_deref() == Some("Discovery");
                    self.ours.first_burst_length =
                        self.ours.first_burst_length.min(self.agreed.max_burst_length);
                    if let Some(value) = respond(key, value, &mut self.ours, &mut self.agreed, in_discovery) {
                        push_pair(answer, name, &value);
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a key comes for the first time. A declaration may be repeated word by word; a negotiation may not.
    fn is_new(&mut self, key: &Key, value: &str) -> Result<bool, LoginStatus> {
        if matches!(key.rule, Rule::Declared) {
            return match self.said.has(key.name, value) {
                Some(false) => Err(LoginStatus::INITIATOR_ERROR),
                Some(true) => Ok(false),
                None => Ok(true),
            };
        }
        if self.seen.insert(key.name.to_owned()) { Ok(true) } else { Err(LoginStatus::INITIATOR_ERROR) }
    }

    /// Who wants to go where: the first text says it.
    fn identify(&self, link: &Link, request: &LoginRequest) -> Result<Identity, Turned> {
        let name = self.said.initiator.as_deref().ok_or(LoginStatus::MISSING_PARAMETER)?;
        let initiator = Name::new(name).map_err(|_| LoginStatus::INITIATOR_ERROR)?;
        let target = match self.said.session_type.as_deref() {
            None | Some("Normal") => {
                let name = self.said.target.as_deref().ok_or(LoginStatus::MISSING_PARAMETER)?;
                Some(Name::new(name).map_err(|_| LoginStatus::NOT_FOUND)?)
            }
            Some("Discovery") => None,
            Some(_) => return Err(LoginStatus::SESSION_TYPE_NOT_SUPPORTED.into()),
        };
        let (alias, authentication) = match &target {
            Some(target) => {
                let entrance = link.portal.entrance(target, &initiator)?;
                (entrance.alias, entrance.authentication)
            }
            None => (None, link.portal.discovery_authentication()),
        };
        if request.tsih != 0 {
            link.portal.continued(&Login::session(link, request, initiator.clone(), target.clone()))?;
        }
        Ok(Identity { initiator, target, alias, authentication, was_announced: false })
    }

    /// The session that a login is about.
    fn session(link: &Link, request: &LoginRequest, initiator: Name, target: Option<Name>) -> SessionInfo {
        let LoginRequest { isid, tsih, cid, .. } = *request;
        SessionInfo { connection: link.id, initiator, initiator_alias: None, isid, tsih, target, cid }
    }

    /// What the target says about itself, each at its time.
    fn announce(&mut self, link: &Link, answer: &mut Vec<u8>) {
        if let Some(identity) = &mut self.identity
            && !identity.was_announced
            && identity.target.is_some()
        {
            identity.was_announced = true;
            push_pair(answer, "TargetPortalGroupTag", &link.portal.portal_group_tag().to_string());
            if let Some(alias) = &identity.alias {
                push_pair(answer, "TargetAlias", alias);
            }
        }
        if self.stage == Stage::OPERATIONAL_NEGOTIATION && !self.declared_length {
            self.declared_length = true;
            push_pair(answer, "MaxRecvDataSegmentLength", &link.limits.data_segment_length.to_string());
        }
    }

    fn establish(
        &mut self,
        link: &mut Link,
        request: &LoginRequest,
        answer: Vec<u8>,
    ) -> Result<Established, Turned> {
        let identity = self.identity.take().ok_or(LoginStatus::MISSING_PARAMETER)?;
        let mut session = Login::session(link, request, identity.initiator, identity.target);
        session.initiator_alias = self.said.initiator_alias.take();
        let (displaced, continues);
        if session.tsih == 0 {
            (session, displaced) = link.portal.establish(session)?;
            continues = None;
        } else {
            (displaced, continues) = (None, Some(link.portal.reinstate(&session)?));
        }
        let mut established = Established {
            session,
            displaced,
            continues,
            parameters: self.agreed,
            stat_sn: self.stat_sn,
            cmd_sn: request.cmd_sn,
            request: *request,
            answer,
        };
        if continues.is_none() {
            self.conclude(link, &mut established, None);
        }
        Ok(established)
    }

    /// The last response, after which the session is in full feature phase.
    pub(super) fn conclude(
        &mut self,
        link: &mut Link,
        established: &mut Established,
        window: Option<Window>,
    ) {
        let reply = Reply {
            next: Some(Stage::FULL_FEATURE),
            tsih: established.session.tsih,
            window,
            ..Reply::default()
        };
        let answer = core::mem::take(&mut established.answer);
        self.push(link, &established.request, reply, &answer);
        established.stat_sn = self.stat_sn;
    }

    /// The session that was to go on ended meanwhile.
    pub(super) fn refuse_late(&mut self, link: &mut Link, established: &Established) -> LoginStatus {
        let status = LoginStatus::SESSION_DOES_NOT_EXIST;
        self.refuse(link, Some(&established.request), &status.into());
        status
    }

    fn refuse(&mut self, link: &mut Link, request: Option<&LoginRequest>, turned: &Turned) {
        let mut text = Vec::new();
        if let Some(address) = &turned.address {
            push_pair(&mut text, "TargetAddress", address);
        }
        let blank = LoginRequest::parse(&Bhs::blank(LoginRequest::OPCODE));
        let request = request.or(self.first.as_ref()).copied().unwrap_or(blank);
        self.respond(link, &request, Reply { status: turned.status, ..Reply::default() }, &text);
    }

    /// A response that is not the last one of a login.
    fn respond(&mut self, link: &mut Link, request: &LoginRequest, reply: Reply, text: &[u8]) {
        self.push(link, request, Reply { tsih: request.tsih, ..reply }, text);
    }

    fn push(&mut self, link: &mut Link, request: &LoginRequest, reply: Reply, text: &[u8]) {
        let window = reply.window.unwrap_or(Window::new(request.cmd_sn, link.limits.queue_depth));
        let response = LoginResponse {
            flags: LoginFlags {
                transit: reply.next.is_some(),
                continues: reply.continues,
                current: self.stage,
                next: reply.next.unwrap_or(Stage::SECURITY_NEGOTIATION),
            },
            version_max: VERSION,
            version_active: VERSION,
            isid: request.isid,
            tsih: reply.tsih,
            initiator_task_tag: request.initiator_task_tag,
            stat_sn: self.stat_sn,
            exp_cmd_sn: window.expected(),
            max_cmd_sn: window.last(),
            status: reply.status,
        };
        self.stat_sn = self.stat_sn.wrapping_add(1);
        link.outbox.push(response.encode(), text);
    }
}

impl Default for Reply {
    /// All is well, and the stage goes on.
    fn default() -> Reply {
        Reply { status: LoginStatus::SUCCESS, next: None, continues: false, tsih: 0, window: None }
    }
}

impl Said {
    fn field(&mut self, name: &str) -> Option<&mut Option<String>> {
        Some(match name {
            "InitiatorAlias" => &mut self.initiator_alias,
            "InitiatorName" => &mut self.initiator,
            "SessionType" => &mut self.session_type,
            "TargetName" => &mut self.target,
            _ => return None,
        })
    }

    fn take(&mut self, name: &str, value: &str) {
        if let Some(field) = self.field(name) {
            *field = Some(value.to_owned());
        }
    }

    /// Whether a declaration was made already with this value; `None` when it was not made.
    fn has(&mut self, name: &str, value: &str) -> Option<bool> {
        self.field(name)?.as_deref().map(|said| said == value)
    }
}
