//! REPORT LUNS: the logical units of a target (SPC-3 6.21).

use crate::error::WireError;
use crate::layout::{Layout, codes, layout};
use crate::reply::Reply;

codes! {
    /// Which logical units are asked for.
    pub struct SelectReport(u8) {
        ORDINARY = 0 "all but well known ones",
        WELL_KNOWN = 1 "well known ones",
        ALL = 2 "all",
    }
}

layout! {
    /// What stands before the logical unit numbers.
    pub struct LunListHeader: "REPORT LUNS header", size 8, needs 8 {
        list_length: u32 = 0[7; 32] "Bytes that follow, eight to a number.",
    }
}

/// A REPORT LUNS answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LunList<'a> {
    /// The length that the target reports.
    pub list_length: u32,
    luns: &'a [u8],
}

impl<'a> LunList<'a> {
    /// Smallest allocation length that SPC-3 allows: one number.
    pub const LEAST_ALLOCATION: u32 = 16;

    /// Reads an answer; what is beyond the announced length is ignored.
    ///
    /// # Errors
    /// [`WireError::Truncated`] below 8 bytes, [`WireError::LengthMismatch`] when the length is not a multiple of eight.
    pub fn parse(bytes: &'a [u8]) -> Result<LunList<'a>, WireError> {
        let LunListHeader { list_length } = LunListHeader::parse(bytes)?;
        let luns = &bytes[LunListHeader::SIZE..];
        let said = list_length as usize;
        if !said.is_multiple_of(8) {
            let structure = LunListHeader::NAME;
            return Err(WireError::LengthMismatch { structure, said, present: luns.len() });
        }
        Ok(LunList { list_length, luns: &luns[..said.min(luns.len())] })
    }

    /// The whole numbers, in the eight-byte form of SAM.
    pub fn luns(&self) -> impl Iterator<Item = u64> + use<'a> {
        self.luns.chunks_exact(8).map(|lun| lun.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// Appends an answer.
    pub fn encode(luns: impl IntoIterator<Item = u64>, reply: &mut Reply<'_>) {
        let start = reply.length();
        LunListHeader::default().encode(reply);
        for lun in luns {
            reply.put_u64(lun);
        }
        reply.patch_length_u32(start, start + LunListHeader::SIZE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::testing::check_layouts;
    use proptest::prelude::*;

    check_layouts!(LunListHeader);

    fn encoded(luns: &[u64]) -> Vec<u8> {
        let mut buffer = [0xEE; 512];
        let mut reply = Reply::new(&mut buffer, 512);
        LunList::encode(luns.iter().copied(), &mut reply);
        reply.bytes().to_vec()
    }

    #[test]
    fn one_unit_by_hand() {
        let bytes = encoded(&[0]);
        assert_eq!(bytes, [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert!(LunList::parse(&bytes).unwrap().luns().eq([0]));
        assert_eq!(LunList::parse(&bytes[..15]).unwrap().luns().count(), 0);
        assert!(LunList::parse(&[0, 0, 0, 7, 0, 0, 0, 0]).is_err());
        assert!(LunList::parse(&[0, 0, 0, 8]).is_err());
    }

    proptest! {
        #[test]
        fn lists_round_trip(luns in prop::collection::vec(any::<u64>(), 0..60)) {
            prop_assert!(LunList::parse(&encoded(&luns)).unwrap().luns().eq(luns));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(list) = LunList::parse(&bytes) {
                prop_assert!(list.luns().count() * 8 <= bytes.len() - 8);
            }
        }
    }
}
