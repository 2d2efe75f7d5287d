//! Security negotiation of an initiator (RFC 7143, 12.1).

use super::Link;
use super::event::CloseReason;
use crate::chap::{Algorithm, Challenge};
use crate::text::constants::NONE;
use crate::text::push_pair;
use crate::text::value::{binary, binary_text, number};
use std::collections::BTreeMap;

/// How far it has come.
#[derive(Clone, Debug, Default)]
pub(super) enum Security {
    /// A method was offered.
    #[default]
    Offered,
    /// CHAP was agreed on and algorithms were offered.
    Algorithms,
    /// The proof was given, and the target's asked for if there is a challenge.
    Proven(Option<Challenge>),
}

/// What to do next.
pub(super) enum Step {
    /// Send this text, and be ready for the next stage or not.
    Send(Vec<u8>, bool),
    /// The stage is over.
    Over,
}

const UNPROVEN: CloseReason = CloseReason::Unauthenticated("the target did not prove who it is");

/// The method that is offered.
pub(super) fn offer(link: &Link, text: &mut Vec<u8>) {
    push_pair(text, "AuthMethod", if link.config.authentication.is_some() { "CHAP" } else { NONE });
}

impl Security {
    /// The target answered.
    pub(super) fn step(
        &mut self,
        link: &mut Link,
        keys: &BTreeMap<String, String>,
        went_on: bool,
    ) -> Result<Step, CloseReason> {
        let value = |key: &str| keys.get(key).map(String::as_str);
        let Some(authentication) = link.config.authentication.clone() else {
            return match value("AuthMethod") {
                None | Some(NONE) if went_on => Ok(Step::Over),
                None | Some(NONE) => Ok(Step::Send(Vec::new(), true)),
                Some(_) => Err(CloseReason::Unauthenticated(
                    "the target wants a proof, and there are no credentials",
                )),
            };
        };
        let mut text = Vec::new();
        match self {
            Security::Offered if value("AuthMethod") == Some("CHAP") && !went_on => {
                let codes: Vec<_> =
                    Algorithm::ALL.iter().map(|algorithm| algorithm.code().to_string()).collect();
                push_pair(&mut text, "CHAP_A", &codes.join(","));
                *self = Security::Algorithms;
                Ok(Step::Send(text, false))
            }
            Security::Offered => Err(CloseReason::Unauthenticated("the target does not do CHAP")),
            Security::Algorithms => {
                let question = question(&value).ok_or(CloseReason::Protocol("no CHAP challenge"))?;
                let credentials = authentication.initiator();
                let proof =
                    question.algorithm.response(question.identifier, &credentials.secret, &question.bytes);
                push_pair(&mut text, "CHAP_N", &credentials.user);
                push_pair(&mut text, "CHAP_R", &binary_text(&proof));
                let own = authentication.target().map(|_| challenge(link, question.algorithm));
                if let Some(challenge) = &own {
                    push_pair(&mut text, "CHAP_I", &challenge.identifier.to_string());
                    push_pair(&mut text, "CHAP_C", &binary_text(&challenge.bytes));
                }
                *self = Security::Proven(own);
                Ok(Step::Send(text, true))
            }
            Security::Proven(own) => {
                if let (Some(challenge), Some(credentials)) = (own.take(), authentication.target()) {
                    let response = value("CHAP_R").and_then(binary).ok_or(UNPROVEN)?;
                    if !challenge.is_met(credentials, value("CHAP_N").ok_or(UNPROVEN)?, &response) {
                        return Err(UNPROVEN);
                    }
                }
                Ok(if went_on { Step::Over } else { Step::Send(text, true) })
            }
        }
    }

    /// Whether the proof was given, so that the target may go on.
    pub(super) fn may_end(&self, link: &Link) -> bool {
        link.config.authentication.is_none() || matches!(self, Security::Proven(_))
    }
}

/// The target's challenge.
fn question<'a>(value: &impl Fn(&str) -> Option<&'a str>) -> Option<Challenge> {
    let algorithm = Algorithm::from_text(value("CHAP_A")?)?;
    let identifier = u8::try_from(number(value("CHAP_I")?)?).ok()?;
    let bytes = binary(value("CHAP_C")?).filter(|bytes| bytes.len() <= Challenge::MAX)?;
    Some(Challenge { algorithm, identifier, bytes })
}

/// A challenge for the target.
fn challenge(link: &mut Link, algorithm: Algorithm) -> Challenge {
    let (mut identifier, mut bytes) = ([0], vec![0; algorithm.length()]);
    link.random.fill(&mut identifier);
    link.random.fill(&mut bytes);
    Challenge { algorithm, identifier: identifier[0], bytes }
}
