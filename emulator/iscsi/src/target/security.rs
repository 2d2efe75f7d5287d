//! Security negotiation: which method, and the exchange of CHAP (RFC 7143, 12.1).

use crate::chap::{Algorithm, Authentication, Challenge};
use crate::pdu::LoginStatus;
use crate::random::Random;
use crate::text::constants::NONE;
use crate::text::push_pair;
use crate::text::value::{binary, binary_text, number};
use std::collections::BTreeMap;

const CHAP: &str = "CHAP";

/// How far it has come.
#[derive(Clone, Debug, Default)]
pub(super) enum Security {
    /// No method was chosen.
    #[default]
    Start,
    /// CHAP was chosen, and the initiator says next which algorithms it knows.
    Method,
    /// The initiator was asked for its proof.
    Challenged(Challenge),
    /// There is nothing to prove any longer.
    Done,
}

/// Keys of this stage with their values.
pub(super) type Keys<'a> = BTreeMap<&'a str, &'a str>;

impl Security {
    /// Whether operational negotiation may begin.
    pub(super) fn is_done(&self) -> bool {
        matches!(self, Security::Done)
    }

    /// One step: what the initiator sent becomes what it is answered.
    pub(super) fn step(
        &mut self,
        random: &mut Random,
        authentication: Option<&Authentication>,
        keys: &Keys<'_>,
        wants_transit: bool,
        answer: &mut Vec<u8>,
    ) -> Result<(), LoginStatus> {
        let Some(authentication) = authentication else { return self.step_open(keys, answer) };
        *self = match core::mem::take(self) {
            Security::Start => match keys.get("AuthMethod") {
                Some(methods) if methods.split(',').any(|method| method == CHAP) => {
                    push_pair(answer, "AuthMethod", CHAP);
                    Security::Method
                }
                None if !wants_transit => Security::Start,
                _ => return Err(LoginStatus::AUTHENTICATION_FAILURE),
            },
            Security::Method => Security::Challenged(challenge(random, keys, answer)?),
            Security::Challenged(challenge) => {
                prove(&challenge, authentication, keys, answer)?;
                Security::Done
            }
            Security::Done if keys.is_empty() => Security::Done,
            Security::Done => return Err(LoginStatus::INITIATOR_ERROR),
        };
        Ok(())
    }

    /// One step where there is nothing to prove.
    fn step_open(&mut self, keys: &Keys<'_>, answer: &mut Vec<u8>) -> Result<(), LoginStatus> {
        if let Some(methods) = keys.get("AuthMethod") {
            if !methods.split(',').any(|method| method == NONE) {
                return Err(LoginStatus::AUTHENTICATION_FAILURE);
            }
            push_pair(answer, "AuthMethod", NONE);
        }
        *self = Security::Done;
        Ok(())
    }
}

fn challenge(random: &mut Random, keys: &Keys<'_>, answer: &mut Vec<u8>) -> Result<Challenge, LoginStatus> {
    let list = keys.get("CHAP_A").ok_or(LoginStatus::AUTHENTICATION_FAILURE)?;
    let algorithm = Algorithm::choose(list).ok_or(LoginStatus::AUTHENTICATION_FAILURE)?;
    let mut identifier = [0];
    let mut bytes = vec![0; algorithm.length()];
    random.fill(&mut identifier);
    random.fill(&mut bytes);
    let challenge = Challenge { algorithm, identifier: identifier[0], bytes };
    push_pair(answer, "CHAP_A", &algorithm.code().to_string());
    push_pair(answer, "CHAP_I", &challenge.identifier.to_string());
    push_pair(answer, "CHAP_C", &binary_text(&challenge.bytes));
    Ok(challenge)
}

/// Checks the initiator's proof, and gives the target's when it was asked for.
fn prove(
    challenge: &Challenge,
    authentication: &Authentication,
    keys: &Keys<'_>,
    answer: &mut Vec<u8>,
) -> Result<(), LoginStatus> {
    let failure = LoginStatus::AUTHENTICATION_FAILURE;
    let name = keys.get("CHAP_N").ok_or(failure)?;
    let response = keys.get("CHAP_R").and_then(|text| binary(text)).ok_or(failure)?;
    if !challenge.is_met(authentication.initiator(), name, &response) {
        return Err(failure);
    }
    let (identifier, question) = match (keys.get("CHAP_I"), keys.get("CHAP_C")) {
        (None, None) => return Ok(()),
        (Some(identifier), Some(question)) => (identifier, question),
        _ => return Err(failure),
    };
    let identifier = number(identifier).and_then(|value| u8::try_from(value).ok()).ok_or(failure)?;
    let question = binary(question).filter(|question| question.len() <= Challenge::MAX).ok_or(failure)?;
    let credentials = authentication.target().ok_or(failure)?;
    // Whoever sends our own question back hopes to learn the answer to it.
    if question == challenge.bytes {
        return Err(failure);
    }
    push_pair(answer, "CHAP_N", &credentials.user);
    let response = challenge.algorithm.response(identifier, &credentials.secret, &question);
    push_pair(answer, "CHAP_R", &binary_text(&response));
    Ok(())
}
