//! All keys, as a table: who may use them where, and how their values meet (RFC 7143, section 13).

use super::constants::NO;
use crate::params::Parameters;
use core::ops::RangeInclusive;

/// One key.
#[derive(Debug)]
pub struct Key {
    /// Its name; case counts.
    pub name: &'static str,
    /// When it may be sent.
    pub when: When,
    /// Whether it means something in discovery sessions.
    pub in_discovery: bool,
    /// What is done with its value.
    pub rule: Rule,
}

impl Key {
    /// Whether its value holds for a whole session and is agreed on by its first connection alone (LO in RFC 7143, section 13).
    #[must_use]
    pub const fn is_leading_only(&self) -> bool {
        matches!(self.when, When::OperationalNegotiation)
            && !matches!(self.rule, Rule::Digest(_) | Rule::Obsolete(_))
    }
}

/// When a key may be sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum When {
    /// In logins and in full feature phase.
    Always,
    /// In full feature phase.
    FullFeature,
    /// In any stage of a login.
    Login,
    /// In operational negotiation.
    OperationalNegotiation,
    /// In security negotiation.
    SecurityNegotiation,
}

/// A field of the parameters.
pub type Field<T> = fn(&mut Parameters) -> &mut T;

/// How the values of two parties meet.
#[derive(Clone, Debug)]
pub enum Rule {
    /// Yes if both say so.
    And(Field<bool>),
    /// A list of digests; the first that the responder knows.
    Digest(Field<bool>),
    /// Nothing to answer. The state machines read it.
    Declared,
    /// Nothing to answer. How long the sender's data segments may be.
    DeclaredLength(Field<u32>, RangeInclusive<u32>),
    /// A list of which one value is known here.
    List(&'static str),
    /// The greater number.
    Maximum(Field<u32>, RangeInclusive<u32>),
    /// The smaller number.
    Minimum(Field<u32>, RangeInclusive<u32>),
    /// No longer in use, with the answer that it has to have (RFC 7143, 13.26).
    Obsolete(&'static str),
    /// Yes if one says so.
    Or(Field<bool>),
    /// A step of the authentication.
    Security,
}

/// Lengths of data segments and bursts: 512 up to what 24 bits hold.
const LENGTH: RangeInclusive<u32> = 512..=0xFF_FFFF;
const SECONDS: RangeInclusive<u32> = 0..=3600;

use Rule::{And, Declared, DeclaredLength, Digest, List, Maximum, Minimum, Obsolete, Or, Security};
use When::{Always, FullFeature, Login, OperationalNegotiation, SecurityNegotiation};

const fn key(name: &'static str, when: When, in_discovery: bool, rule: Rule) -> Key {
    Key { name, when, in_discovery, rule }
}

/// All keys, by name.
pub const KEYS: &[Key] = &[
    key("AuthMethod", SecurityNegotiation, true, Security),
    key("CHAP_A", SecurityNegotiation, true, Security),
    key("CHAP_C", SecurityNegotiation, true, Security),
    key("CHAP_I", SecurityNegotiation, true, Security),
    key("CHAP_N", SecurityNegotiation, true, Security),
    key("CHAP_R", SecurityNegotiation, true, Security),
    key("DataDigest", OperationalNegotiation, true, Digest(|p| &mut p.data_digest)),
    key("DataPDUInOrder", OperationalNegotiation, false, Or(|p| &mut p.data_pdu_in_order)),
    key("DataSequenceInOrder", OperationalNegotiation, false, Or(|p| &mut p.data_sequence_in_order)),
    key("DefaultTime2Retain", OperationalNegotiation, true, Minimum(|p| &mut p.default_time2retain, SECONDS)),
    key("DefaultTime2Wait", OperationalNegotiation, true, Maximum(|p| &mut p.default_time2wait, SECONDS)),
    key("ErrorRecoveryLevel", OperationalNegotiation, true, Minimum(|p| &mut p.error_recovery_level, 0..=2)),
    key("FirstBurstLength", OperationalNegotiation, false, Minimum(|p| &mut p.first_burst_length, LENGTH)),
    key("HeaderDigest", OperationalNegotiation, true, Digest(|p| &mut p.header_digest)),
    key("IFMarkInt", OperationalNegotiation, true, Obsolete(super::constants::REJECT)),
    key("IFMarker", OperationalNegotiation, true, Obsolete(NO)),
    key("ImmediateData", OperationalNegotiation, false, And(|p| &mut p.immediate_data)),
    key("InitialR2T", OperationalNegotiation, false, Or(|p| &mut p.initial_r2t)),
    key("InitiatorAlias", Always, true, Declared),
    key("InitiatorName", Login, true, Declared),
    key("MaxBurstLength", OperationalNegotiation, false, Minimum(|p| &mut p.max_burst_length, LENGTH)),
    key("MaxConnections", OperationalNegotiation, false, Minimum(|p| &mut p.max_connections, 1..=65_535)),
    key(
        "MaxOutstandingR2T",
        OperationalNegotiation,
        false,
        Minimum(|p| &mut p.max_outstanding_r2t, 1..=65_535),
    ),
    key(
        "MaxRecvDataSegmentLength",
        Always,
        true,
        DeclaredLength(|p| &mut p.max_recv_data_segment_length, LENGTH),
    ),
    key("OFMarkInt", OperationalNegotiation, true, Obsolete(super::constants::REJECT)),
    key("OFMarker", OperationalNegotiation, true, Obsolete(NO)),
    key("SendTargets", FullFeature, true, Declared),
    key("SessionType", Login, true, Declared),
    key("TargetAddress", Always, true, Declared),
    key("TargetAlias", Always, true, Declared),
    key("TargetName", Always, true, Declared),
    key("TargetPortalGroupTag", Login, true, Declared),
    key("TaskReporting", OperationalNegotiation, false, List("RFC3720")),
    key("iSCSIProtocolLevel", OperationalNegotiation, false, Minimum(|p| &mut p.protocol_level, 0..=31)),
];

/// The key of a name; `None` for keys that nobody defined, or that are not known here.
#[must_use]
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.binary_search_by(|key| key.name.cmp(name)).ok().map(|index| &KEYS[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_finds_each() {
        assert!(KEYS.is_sorted_by(|a, b| a.name < b.name));
        for key in KEYS {
            assert_eq!(find(key.name).map(|found| found.name), Some(key.name));
        }
        assert!(find("sENDtARGETS").is_none() && find("").is_none());
    }

    #[test]
    fn defaults_are_in_range() {
        let mut defaults = Parameters::default();
        for key in KEYS {
            if let Minimum(field, range) | Maximum(field, range) | DeclaredLength(field, range) = &key.rule {
                assert!(range.contains(field(&mut defaults)), "{}", key.name);
            }
        }
    }
}
