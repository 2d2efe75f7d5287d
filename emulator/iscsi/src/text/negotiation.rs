//! How two values become one: the responder's answer, and what the originator makes of it (RFC 7143, 6.2).

use super::constants::{IRRELEVANT, NONE, NOT_UNDERSTOOD, REJECT};
use super::keys::{Key, Rule};
use super::value::{boolean, boolean_text, number};
use crate::params::Parameters;
use std::borrow::Cow;

/// The name of the only digest that is defined besides none.
pub const CRC32C: &str = "CRC32C";

/// A value that is sent: a word of the protocol or a number.
pub type Value = Cow<'static, str>;

/// What the responder answers to an offer: the value that is agreed on, which also goes into `agreed`; `None` where the key is not answered.
///
/// `ours` are the values that the responder would choose. Values that are not allowed are answered with `Reject`, and the value that
/// held before stays.
pub fn respond(
    key: &Key,
    offer: &str,
    ours: &mut Parameters,
    agreed: &mut Parameters,
    in_discovery: bool,
) -> Option<Value> {
    if in_discovery && !key.in_discovery {
        return Some(IRRELEVANT.into());
    }
    match &key.rule {
        Rule::And(field) | Rule::Or(field) => {
            let Some(offer) = boolean(offer) else { return Some(REJECT.into()) };
            let ours = *field(ours);
            let value = if matches!(key.rule, Rule::And(_)) { offer && ours } else { offer || ours };
            *field(agreed) = value;
            Some(boolean_text(value).into())
        }
        Rule::Minimum(field, range) | Rule::Maximum(field, range) => {
            let Some(offer) = number(offer).filter(|offer| range.contains(offer)) else {
                return Some(REJECT.into());
            };
            let ours = *field(ours);
            let value = if matches!(key.rule, Rule::Minimum(..)) { offer.min(ours) } else { offer.max(ours) };
            *field(agreed) = value;
            Some(value.to_string().into())
        }
        Rule::Digest(field) => {
            let chosen = offer.split(',').find_map(digest);
            let Some(value) = chosen else { return Some(REJECT.into()) };
            *field(agreed) = value;
            Some(digest_text(value).into())
        }
        Rule::List(known) => {
            Some(if offer.split(',').any(|value| value == *known) { *known } else { REJECT }.into())
        }
        Rule::DeclaredLength(field, range) => match number(offer).filter(|length| range.contains(length)) {
            Some(length) => {
                *field(agreed) = length;
                None
            }
            None => Some(REJECT.into()),
        },
        Rule::Obsolete(answer) => Some((*answer).into()),
        Rule::Declared | Rule::Security => None,
    }
}

/// The digest of a word: `true` for CRC32C, `false` for none.
fn digest(word: &str) -> Option<bool> {
    match word {
        CRC32C => Some(true),
        NONE => Some(false),
        _ => None,
    }
}

/// The word for a digest.
#[must_use]
pub const fn digest_text(value: bool) -> &'static str {
    if value { CRC32C } else { NONE }
}

/// What an originator offers for a key, if the key is one to negotiate.
#[must_use]
pub fn offer(key: &Key, wanted: &Parameters) -> Option<Value> {
    let mut wanted = *wanted;
    Some(match &key.rule {
        Rule::And(field) | Rule::Or(field) => boolean_text(*field(&mut wanted)).into(),
        Rule::Minimum(field, _) | Rule::Maximum(field, _) | Rule::DeclaredLength(field, _) => {
            field(&mut wanted).to_string().into()
        }
        Rule::Digest(field) => digest_text(*field(&mut wanted)).into(),
        Rule::List(known) => (*known).into(),
        Rule::Declared | Rule::Obsolete(_) | Rule::Security => return None,
    })
}

/// What the originator makes of an answer to its offer; `false` when the responder had no right to it.
pub fn conclude(key: &Key, answer: &str, wanted: &mut Parameters, agreed: &mut Parameters) -> bool {
    if matches!(answer, IRRELEVANT | NOT_UNDERSTOOD | REJECT) {
        // The value that holds without negotiation stays.
        return true;
    }
    match &key.rule {
        Rule::And(field) | Rule::Or(field) => {
            let Some(value) = boolean(answer) else { return false };
            let wanted = *field(wanted);
            *field(agreed) = value;
            if matches!(key.rule, Rule::And(_)) { wanted || !value } else { !wanted || value }
        }
        Rule::Minimum(field, range) | Rule::Maximum(field, range) => {
            let Some(value) = number(answer).filter(|value| range.contains(value)) else { return false };
            let wanted = *field(wanted);
            *field(agreed) = value;
            if matches!(key.rule, Rule::Minimum(..)) { value <= wanted } else { value >= wanted }
        }
        Rule::Digest(field) => digest(answer).is_some_and(|value| {
            *field(agreed) = value;
            true
        }),
        Rule::DeclaredLength(field, range) => {
            number(answer).filter(|length| range.contains(length)).is_some_and(|length| {
                *field(agreed) = length;
                true
            })
        }
        Rule::List(known) => answer == *known,
        Rule::Declared | Rule::Obsolete(_) | Rule::Security => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::keys::find;
    use super::*;

    fn answer(name: &str, value: &str, in_discovery: bool) -> (Option<String>, Parameters) {
        let mut ours = Parameters {
            max_burst_length: 1 << 20,
            immediate_data: true,
            initial_r2t: false,
            default_time2retain: 0,
            max_outstanding_r2t: 4,
            ..Parameters::default()
        };
        let mut agreed = Parameters::default();
        let answer = respond(find(name).unwrap(), value, &mut ours, &mut agreed, in_discovery);
        (answer.map(Cow::into_owned), agreed)
    }

    #[test]
    fn each_rule_has_its_answer() {
        for (name, offer, expected) in [
            ("ImmediateData", "Yes", Some("Yes")),
            ("ImmediateData", "No", Some("No")),
            ("ImmediateData", "yes", Some("Reject")),
            ("InitialR2T", "No", Some("No")),
            ("InitialR2T", "Yes", Some("Yes")),
            ("DataPDUInOrder", "No", Some("Yes")),
            ("MaxBurstLength", "16776192", Some("1048576")),
            ("MaxBurstLength", "0x200", Some("512")),
            ("MaxBurstLength", "511", Some("Reject")),
            ("MaxBurstLength", "16777216", Some("Reject")),
            ("MaxConnections", "8", Some("1")),
            ("MaxOutstandingR2T", "0", Some("Reject")),
            ("MaxOutstandingR2T", "16", Some("4")),
            ("DefaultTime2Wait", "0", Some("2")),
            ("DefaultTime2Wait", "3600", Some("3600")),
            ("DefaultTime2Wait", "3601", Some("Reject")),
            ("DefaultTime2Retain", "20", Some("0")),
            ("ErrorRecoveryLevel", "2", Some("0")),
            ("ErrorRecoveryLevel", "3", Some("Reject")),
            ("HeaderDigest", "None,CRC32C", Some("None")),
            ("HeaderDigest", "X-a,CRC32C,None", Some("CRC32C")),
            ("HeaderDigest", "MD5", Some("Reject")),
            ("MaxRecvDataSegmentLength", "65536", None),
            ("MaxRecvDataSegmentLength", "5", Some("Reject")),
            ("TaskReporting", "FastAbort,RFC3720", Some("RFC3720")),
            ("TaskReporting", "FastAbort", Some("Reject")),
            ("iSCSIProtocolLevel", "2", Some("1")),
            ("OFMarker", "No", Some("No")),
            ("IFMarkInt", "2048~8192", Some("Reject")),
            ("InitiatorAlias", "me", None),
        ] {
            assert_eq!(answer(name, offer, false).0.as_deref(), expected, "{name}={offer}");
        }
        assert_eq!(answer("MaxRecvDataSegmentLength", "65536", false).1.max_recv_data_segment_length, 65_536);
        assert!(answer("DataDigest", "CRC32C", false).1.data_digest);
    }

    #[test]
    fn discovery_has_no_use_for_what_concerns_commands() {
        assert_eq!(answer("InitialR2T", "No", true).0.as_deref(), Some("Irrelevant"));
        assert_eq!(answer("HeaderDigest", "CRC32C", true).0.as_deref(), Some("CRC32C"));
    }

    #[test]
    fn an_answer_that_exceeds_the_offer_is_wrong() {
        let mut wanted = Parameters { immediate_data: false, ..Parameters::default() };
        for (name, answer, right) in [
            ("MaxBurstLength", "262145", false),
            ("MaxBurstLength", "262144", true),
            ("DefaultTime2Wait", "1", false),
            ("ImmediateData", "Yes", false),
            ("InitialR2T", "No", false),
            ("InitialR2T", "Reject", true),
            ("HeaderDigest", "CRC64", false),
        ] {
            let mut agreed = Parameters::default();
            assert_eq!(
                conclude(find(name).unwrap(), answer, &mut wanted, &mut agreed),
                right,
                "{name}={answer}"
            );
        }
    }
}
