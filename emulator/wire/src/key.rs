//! REPORT KEY and SEND KEY: regions, authentication grants, and what a drive without licences answers (MMC-5 6.29 and 6.35).

use crate::error::WireError;
use crate::layout::{Layout, codes, layout};
use crate::records::body_after;
use crate::reply::Reply;

codes! {
    /// Which protection is meant.
    pub struct KeyClass(u8) {
        DVD = 0x00 "CSS, CPPM or CPRM",
        REWRITABLE_SECURITY_SERVICES_A = 0x01 "ReWritable Security Services-A",
        AACS = 0x02 "AACS",
        VCPS = 0x20 "VCPS",
        SECURDISC = 0x21 "SecurDisc",
    }

    /// What REPORT KEY asks for, in the class of DVD.
    pub struct ReportKeyFormat(u8) {
        AGID = 0x00 "authentication grant for CSS or CPPM",
        CHALLENGE = 0x01 "challenge key",
        KEY_1 = 0x02 "key 1",
        TITLE_KEY = 0x04 "title key",
        AUTHENTICATION_SUCCESS = 0x05 "authentication success flag",
        RPC_STATE = 0x08 "region playback control state",
        AGID_CPRM = 0x11 "authentication grant for CPRM",
        INVALIDATE_AGID = 0x3F "give the authentication grant back",
    }

    /// What SEND KEY sends, in the class of DVD.
    pub struct SendKeyFormat(u8) {
        CHALLENGE = 0x01 "challenge key",
        KEY_2 = 0x03 "key 2",
        RPC = 0x06 "region playback control structure",
        INVALIDATE_AGID = 0x3F "give the authentication grant back",
    }

    /// How final the drive's region is.
    pub struct RegionType(u8) {
        NONE = 0 "not set",
        SET = 1 "set",
        LAST_CHANCE = 2 "set, one change left",
        PERMANENT = 3 "set for good",
    }
}

layout! {
    /// What stands before a key.
    pub struct KeyHeader: "key header", size 4, needs 4 {
        data_length: u16 = 0[7; 16] "Bytes after byte 1, whatever the allocation length cut off.",
    }

    /// An authentication grant (formats 00h and 11h).
    pub struct AuthenticationGrant: "authentication grant", size 4, needs 4 {
        id: u8 = 3[7; 2] "AGID.",
    }

    /// Whether authentication has succeeded (format 05h).
    pub struct AuthenticationSuccess: "authentication success flag", size 4, needs 4 {
        success: bool = 3[0; 1] "ASF.",
    }

    /// The drive's region (REPORT KEY, format 08h).
    pub struct RpcState: "RPC state", size 4, needs 4 {
        region_type: RegionType = 0[7; 2] "How final the region is.",
        vendor_resets: u8 = 0[5; 3] "How often the maker can reset it.",
        user_changes: u8 = 0[2; 3] "How often the user can set it.",
        region_mask: u8 = 1[7; 8] "Bit n clear: discs of region n + 1 are played; all ones where none is set.",
        scheme: u8 = 2[7; 8] "0 unknown or none, 1 RPC phase II.",
    }

    /// The region wanted (SEND KEY, format 06h).
    pub struct RpcRequest: "RPC structure", size 4, needs 4 {
        region_mask: u8 = 0[7; 8] "Bit n clear: region n + 1. Exactly one is.",
    }
}

impl RpcState {
    /// The drive's region, 1 to 8, or `None` when none or several are set.
    #[must_use]
    pub const fn region(&self) -> Option<u8> {
        single_region(self.region_mask)
    }
}

impl RpcRequest {
    /// The region wanted, 1 to 8, or `None` when it is not exactly one.
    #[must_use]
    pub const fn region(&self) -> Option<u8> {
        single_region(self.region_mask)
    }
}

const fn single_region(mask: u8) -> Option<u8> {
    if mask.count_zeros() == 1 { Some(mask.trailing_ones() as u8 + 1) } else { None }
}

/// A REPORT KEY answer or a SEND KEY parameter list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyData<'a> {
    /// What follows the header, as far as it is there.
    pub body: &'a [u8],
}

impl<'a> KeyData<'a> {
    /// Reads data of any format; what is beyond the announced length is ignored.
    ///
    /// # Errors
    /// [`WireError::Truncated`] below 4 bytes, [`WireError::LengthMismatch`] when the data length does not cover the header.
    pub fn parse(bytes: &'a [u8]) -> Result<KeyData<'a>, WireError> {
        let said = 2 + usize::from(KeyHeader::parse(bytes)?.data_length);
        Ok(KeyData { body: body_after(KeyHeader::NAME, bytes, said, KeyHeader::SIZE)? })
    }

    /// Appends the header, what `body` appends, and the length of both.
    pub fn encode(reply: &mut Reply<'_>, body: impl FnOnce(&mut Reply<'_>)) {
        let start = reply.length();
        KeyHeader::default().encode(reply);
        body(reply);
        reply.patch_length_u16(start, start + 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::testing::check_layouts;
    use proptest::prelude::*;

    check_layouts!(AuthenticationGrant, AuthenticationSuccess, KeyHeader, RpcRequest, RpcState);

    fn encoded(write: impl FnOnce(&mut Reply<'_>)) -> Vec<u8> {
        let mut buffer = [0xEE; 64];
        let mut reply = Reply::new(&mut buffer, 64);
        write(&mut reply);
        reply.bytes().to_vec()
    }

    /// A drive set to region 2 with four changes left; a new one.
    #[test]
    fn regions_by_hand() {
        let bytes = [0, 6, 0, 0, 0x64, 0xFD, 0x01, 0];
        let state = RpcState::parse(KeyData::parse(&bytes).unwrap().body).unwrap();
        assert_eq!((state.region_type, state.vendor_resets, state.user_changes), (RegionType::SET, 4, 4));
        assert_eq!((state.region(), state.scheme), (Some(2), 1));
        assert_eq!(encoded(|reply| KeyData::encode(reply, |reply| state.encode(reply))), bytes);
        let new = RpcState {
            vendor_resets: 4,
            user_changes: 5,
            region_mask: 0xFF,
            scheme: 1,
            ..Default::default()
        };
        assert_eq!(new.to_bytes(), [0x25, 0xFF, 1, 0]);
        assert_eq!(new.region(), None);
        assert_eq!(RpcRequest::parse(&[0x7F, 0, 0, 0]).unwrap().region(), Some(8));
        assert_eq!(RpcRequest::parse(&[0x7E, 0, 0, 0]).unwrap().region(), None);
        assert_eq!(RpcRequest::parse(&[0xFE, 0, 0, 0]).unwrap().region(), Some(1));
    }

    #[test]
    fn grants_by_hand() {
        let grant = AuthenticationGrant::parse(KeyData::parse(&[0, 6, 0, 0, 0, 0, 0, 0xC0]).unwrap().body);
        assert_eq!(grant.unwrap().id, 3);
        assert!(AuthenticationSuccess::parse(&[0, 0, 0, 1]).unwrap().success);
        assert!(matches!(KeyData::parse(&[0, 1, 0, 0]), Err(WireError::LengthMismatch { said: 3, .. })));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..20)) {
            if let Ok(data) = KeyData::parse(&bytes) {
                let again = encoded(|reply| KeyData::encode(reply, |reply| reply.put(data.body)));
                prop_assert_eq!(KeyData::parse(&again), Ok(data));
            }
        }
    }
}
