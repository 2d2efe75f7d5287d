//! The login of an initiator (RFC 7143, 6.3).

use super::Link;
use super::config::Offer;
use super::event::CloseReason;
use super::security::{Security, Step, offer as offer_method};
use crate::params::Parameters;
use crate::pdu::{LoginFlags, LoginRequest, LoginResponse, Stage, VERSION};
use crate::text::constants::NOT_UNDERSTOOD;
use crate::text::keys::{KEYS, Rule, When, find};
use crate::text::negotiation::{conclude, offer, respond};
use crate::text::{pairs, push_pair};
use std::collections::{BTreeMap, BTreeSet};

/// Requests of a login after which there is no hope.
const MOST_REQUESTS: u32 = 32;
/// Bytes of text that a PDU carries during a login, in either direction (RFC 7143, 13.12).
const MOST_TEXT: usize = 8192;
/// The task tag of the login.
pub(super) const LOGIN_TAG: u32 = 0;

/// A login underway.
#[derive(Debug)]
pub(super) struct Login {
    stage: Stage,
    security: Security,
    cmd_sn: u32,
    exp_stat_sn: u32,
    requests: u32,
    /// Whether the last request was ready for the next stage.
    was_ready: bool,
    /// Text of responses that go on.
    text: Vec<u8>,
    /// Text of a request that goes on, and whether the next stage may begin behind it.
    rest: (Vec<u8>, bool),
    offered: BTreeSet<&'static str>,
    agreed: Parameters,
}

/// A login that succeeded.
#[derive(Debug)]
pub(super) struct Established {
    pub(super) tsih: u16,
    pub(super) parameters: Parameters,
    pub(super) cmd_sn: u32,
    pub(super) max_cmd_sn: u32,
    pub(super) exp_stat_sn: u32,
}

impl Login {
    /// Begins with the first request.
    pub(super) fn begin(link: &mut Link) -> Login {
        let mut login = Login {
            stage: Stage::SECURITY_NEGOTIATION,
            security: Security::default(),
            cmd_sn: link.random.number(),
            exp_stat_sn: 0,
            requests: 0,
            was_ready: false,
            text: Vec::new(),
            rest: (Vec::new(), false),
            offered: BTreeSet::new(),
            agreed: Parameters { initial_r2t: true, ..Parameters::default() },
        };
        let config = &link.config;
        let mut text = Vec::new();
        push_pair(&mut text, "InitiatorName", config.initiator.as_str());
        if let Some(alias) = &config.alias {
            push_pair(&mut text, "InitiatorAlias", alias);
        }
        match &config.target {
            Some(target) => {
                push_pair(&mut text, "SessionType", "Normal");
                push_pair(&mut text, "TargetName", target.as_str());
            }
            None => push_pair(&mut text, "SessionType", "Discovery"),
        }
        offer_method(link, &mut text);
        let is_ready = link.config.authentication.is_none();
        login.send(link, &text, is_ready);
        login
    }

    /// The target answered.
    pub(super) fn response(
        &mut self,
        link: &mut Link,
        response: &LoginResponse,
        text: &[u8],
    ) -> Result<Option<Established>, CloseReason> {
        self.text.extend_from_slice(text);
        if self.text.len() > link.config.text_length {
            return Err(CloseReason::Protocol("too much text"));
        }
        if !response.status.is_success() {
            let found = pairs(&self.text).flatten().find(|(key, _)| *key == "TargetAddress");
            return Err(CloseReason::LoginFailed(
                response.status,
                found.map(|(_, address)| address.to_owned()),
            ));
        }
        self.check(response)?;
        self.exp_stat_sn = response.stat_sn.wrapping_add(1);
        if !self.rest.0.is_empty() {
            // It is our turn to say more.
            if response.flags.continues || !text.is_empty() {
                return Err(CloseReason::Protocol("an answer to half of a text"));
            }
            self.send_piece(link);
            return Ok(None);
        }
        if response.flags.continues {
            self.send(link, &[], false);
            return Ok(None);
        }
        let text = core::mem::take(&mut self.text);
        let went_on = response.flags.transit;
        let (keys, answer) = self.read(link, &text)?;
        if self.stage == Stage::SECURITY_NEGOTIATION {
            match self.security.step(link, &keys, went_on)? {
                Step::Send(_, _) if went_on => {
                    return Err(CloseReason::Protocol("the target goes on too early"));
                }
                Step::Send(mut text, is_ready) => {
                    text.extend_from_slice(&answer);
                    self.send(link, &text, is_ready);
                }
                Step::Over if self.security.may_end(link) => self.negotiate(link, &answer),
                Step::Over => return Err(CloseReason::Protocol("the target goes on too early")),
            }
            return Ok(None);
        }
        if !went_on {
            self.send(link, &answer, true);
            return Ok(None);
        }
        if response.tsih == 0 {
            return Err(CloseReason::Protocol("a session without a handle"));
        }
        Ok(Some(Established {
            tsih: response.tsih,
            parameters: self.agreed,
            cmd_sn: self.cmd_sn,
            max_cmd_sn: response.max_cmd_sn,
            exp_stat_sn: self.exp_stat_sn,
        }))
    }

    fn check(&self, response: &LoginResponse) -> Result<(), CloseReason> {
        let flags = response.flags;
        let next = match self.stage {
            Stage::SECURITY_NEGOTIATION => Stage::OPERATIONAL_NEGOTIATION,
            _ => Stage::FULL_FEATURE,
        };
        let is_right = response.initiator_task_tag == LOGIN_TAG
            && response.version_active == VERSION
            && flags.current == self.stage
            && (!flags.transit || self.was_ready && !flags.continues && flags.next == next);
        if is_right { Ok(()) } else { Err(CloseReason::Protocol("a login response that does not fit")) }
    }

    /// Goes through the pairs of a text: keys of the security stage, and answers to what the target offers itself.
    fn read(&mut self, link: &Link, text: &[u8]) -> Result<(BTreeMap<String, String>, Vec<u8>), CloseReason> {
        let (mut keys, mut answer) = (BTreeMap::new(), Vec::new());
        let mut wanted = link.config.parameters;
        for pair in pairs(text) {
            let (name, value) = pair.map_err(|_| CloseReason::Protocol("text that is none"))?;
            let Some(key) = find(name) else {
                if value != NOT_UNDERSTOOD {
                    push_pair(&mut answer, name, NOT_UNDERSTOOD);
                }
                continue;
            };
            match &key.rule {
                Rule::Security => {
                    keys.insert(name.to_owned(), value.to_owned());
                }
                Rule::DeclaredLength(..) => {
                    respond(key, value, &mut wanted, &mut self.agreed, false);
                }
                Rule::Declared => {}
                Rule::Digest(_) if self.offered.remove(key.name) => {
                    let offer = if key.name == "HeaderDigest" {
                        link.config.header_digest
                    } else {
                        link.config.data_digest
                    };
                    if !offer.words().contains(&value) || !conclude(key, value, &mut wanted, &mut self.agreed)
                    {
                        return Err(CloseReason::Protocol("a digest that was not offered"));
                    }
                }
                _ if self.offered.remove(key.name) => {
                    if !conclude(key, value, &mut wanted, &mut self.agreed) {
                        return Err(CloseReason::Protocol("an answer beyond the offer"));
                    }
                }
                _ => {
                    let in_discovery = link.config.target.is_none();
                    if let Some(value) = respond(key, value, &mut wanted, &mut self.agreed, in_discovery) {
                        push_pair(&mut answer, name, &value);
                    }
                }
            }
        }
        Ok((keys, answer))
    }

    /// Begins operational negotiation with all offers.
    fn negotiate(&mut self, link: &mut Link, answer: &[u8]) {
        self.stage = Stage::OPERATIONAL_NEGOTIATION;
        let mut text = answer.to_vec();
        let in_discovery = link.config.target.is_none();
        for key in KEYS.iter().filter(|key| !in_discovery || key.in_discovery) {
            let digest = |offer: Offer| Some(offer.words().join(",").into());
            let value = match key.name {
                "DataDigest" => digest(link.config.data_digest),
                "HeaderDigest" => digest(link.config.header_digest),
                _ => offer(key, &link.config.parameters),
            };
            if let Some(value) = value {
                push_pair(&mut text, key.name, &value);
                if key.when == When::OperationalNegotiation {
                    self.offered.insert(key.name);
                }
            }
        }
        self.send(link, &text, true);
    }

    fn send(&mut self, link: &mut Link, text: &[u8], is_ready: bool) {
        self.rest = (text.to_vec(), is_ready);
        self.send_piece(link);
    }

    /// Sends as much of a text as a request carries.
    fn send_piece(&mut self, link: &mut Link) {
        let (mut text, wants) = core::mem::take(&mut self.rest);
        let later = text.split_off(text.len().min(MOST_TEXT));
        let continues = !later.is_empty();
        self.rest = (later, wants);
        let is_ready = wants && !continues;
        self.requests += 1;
        self.was_ready = is_ready;
        let next = match self.stage {
            Stage::SECURITY_NEGOTIATION => Stage::OPERATIONAL_NEGOTIATION,
            _ => Stage::FULL_FEATURE,
        };
        let request = LoginRequest {
            flags: LoginFlags {
                transit: is_ready,
                continues,
                current: self.stage,
                next: if is_ready { next } else { Stage::SECURITY_NEGOTIATION },
            },
            version_max: VERSION,
            version_min: VERSION,
            isid: link.config.isid,
            tsih: 0,
            initiator_task_tag: LOGIN_TAG,
            cid: 0,
            cmd_sn: self.cmd_sn,
            exp_stat_sn: self.exp_stat_sn,
        };
        let mut bhs = request.encode();
        bhs.set_immediate(true);
        link.outbox.push(bhs, &text);
    }

    /// Whether the target keeps us busy without end.
    pub(super) fn is_endless(&self) -> bool {
        self.requests > MOST_REQUESTS
    }
}
