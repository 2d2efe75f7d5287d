//! READ CAPACITY and READ FORMAT CAPACITIES: how much fits (MMC-5 6.19 and 6.24).

use crate::error::WireError;
use crate::layout::{Layout, codes, layout};
use crate::reply::Reply;

codes! {
    /// What the first descriptor of a format capacity list is about.
    pub struct CapacityKind(u8) {
        UNFORMATTED = 1 "unformatted: the largest capacity possible",
        FORMATTED = 2 "formatted: the capacity now",
        UNKNOWN = 3 "no medium, or not known",
    }

    /// What a FORMAT UNIT with this descriptor does (MMC-5 6.5.4.2).
    pub struct FormatType(u8) {
        FULL = 0x00 "full format",
        SPARE_AREA_EXPANSION = 0x01 "spare area expansion",
        ZONE_REFORMAT = 0x04 "zone reformat",
        ZONE_FORMAT = 0x05 "zone format",
        PACKET_FULL = 0x10 "full format of CD-RW or DVD-RW",
        PACKET_GROW = 0x11 "grow session",
        PACKET_ADD = 0x12 "add session",
        QUICK_GROW = 0x13 "quick grow of the last border",
        QUICK_ADD = 0x14 "quick add border",
        QUICK = 0x15 "quick format",
        HD_DVD_TEST_ZONE = 0x16 "HD DVD test zone expansion",
        FAST_REFORMAT = 0x18 "fast reformat",
        DDCD_RW = 0x20 "DDCD-RW full format",
        MRW = 0x24 "MRW format",
        DVD_PLUS_RW_BASIC = 0x26 "DVD+RW background format",
        DDCD_RW_QUICK = 0x28 "DDCD-RW quick format",
        BD_RE_WITH_SPARE = 0x30 "BD-RE with spare areas",
        BD_RE_WITHOUT_SPARE = 0x31 "BD-RE without spare areas",
        BD_R_WITH_SPARE = 0x32 "BD-R with spare areas",
    }
}

layout! {
    /// READ CAPACITY(10) data.
    pub struct Capacity: "capacity", size 8, needs 8 {
        last_block: u32 = 0[7; 32] "The last block that can be read; 0 on a blank disc.",
        block_length: u32 = 4[7; 32] "Bytes of a block; 2048.",
    }

    /// READ CAPACITY(16) data, as far as it means something for optical discs.
    pub struct Capacity16: "capacity(16)", size 32, needs 12 {
        last_block: u64 = 0[7; 64] "The last block that can be read.",
        block_length: u32 = 8[7; 32] "Bytes of a block; 2048.",
    }

    /// What stands before format capacities.
    pub struct FormatCapacityHeader: "format capacity list header", size 4, needs 4 {
        list_length: u8 = 3[7; 8] "Bytes that follow, eight to a descriptor.",
    }

    /// The first descriptor: the capacity now, or the largest one.
    pub struct CurrentCapacity: "current or maximum capacity descriptor", size 8, needs 8 {
        blocks: u32 = 0[7; 32] "How many blocks.",
        kind: CapacityKind = 4[1; 2] "What capacity it is.",
        block_length: u32 = 5[7; 24] "Bytes of a block.",
    }

    /// A way in which the medium can be formatted.
    pub struct FormattableCapacity: "formattable capacity descriptor", size 8, needs 8 {
        blocks: u32 = 0[7; 32] "How many blocks there will be.",
        format_type: FormatType = 4[7; 6] "Which way.",
        parameter: u32 = 5[7; 24] "Depends on the type: block length, packet size or spare clusters.",
    }
}

impl Capacity {
    /// How many blocks there are.
    #[must_use]
    pub const fn blocks(&self) -> u64 {
        self.last_block as u64 + 1
    }
}

/// A READ FORMAT CAPACITIES answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FormatCapacities<'a> {
    /// The first descriptor.
    pub current: CurrentCapacity,
    rest: &'a [u8],
}

impl<'a> FormatCapacities<'a> {
    /// Reads an answer; what is beyond the announced length is ignored.
    ///
    /// # Errors
    /// [`WireError::Truncated`] when the first descriptor is not there, [`WireError::LengthMismatch`] when the list length is not a multiple
    /// of eight or zero.
    pub fn parse(bytes: &'a [u8]) -> Result<FormatCapacities<'a>, WireError> {
        let header = FormatCapacityHeader::parse(bytes)?;
        let said = usize::from(header.list_length);
        let list = &bytes[FormatCapacityHeader::SIZE..];
        if said == 0 || !said.is_multiple_of(8) {
            let structure = FormatCapacityHeader::NAME;
            return Err(WireError::LengthMismatch { structure, said, present: list.len() });
        }
        let current = CurrentCapacity::parse(list)?;
        Ok(FormatCapacities { current, rest: &list[CurrentCapacity::SIZE..said.min(list.len())] })
    }

    /// The whole formattable capacity descriptors.
    pub fn formattable(&self) -> impl Iterator<Item = FormattableCapacity> + use<'a> {
        self.rest.chunks_exact(FormattableCapacity::SIZE).map(FormattableCapacity::read)
    }

    /// Appends an answer; 30 formattable capacities fit.
    pub fn encode(current: CurrentCapacity, formattable: &[FormattableCapacity], reply: &mut Reply<'_>) {
        let formattable = &formattable[..formattable.len().min(30)];
        FormatCapacityHeader { list_length: 8 * (1 + formattable.len()) as u8 }.encode(reply);
        current.encode(reply);
        for capacity in formattable {
            capacity.encode(reply);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::testing::check_layouts;
    use proptest::prelude::*;

    check_layouts!(Capacity, Capacity16, CurrentCapacity, FormatCapacityHeader, FormattableCapacity);

    fn encoded(write: impl FnOnce(&mut Reply<'_>)) -> Vec<u8> {
        let mut buffer = [0xEE; 512];
        let mut reply = Reply::new(&mut buffer, 512);
        write(&mut reply);
        reply.bytes().to_vec()
    }

    #[test]
    fn a_capacity_by_hand() {
        let capacity = Capacity::parse(&[0x02, 0x76, 0x03, 0xFF, 0, 0, 8, 0]).unwrap();
        assert_eq!((capacity.last_block, capacity.block_length), (0x0276_03FF, 2048));
        assert_eq!(capacity.blocks(), 0x0276_0400);
        assert_eq!(Capacity { last_block: u32::MAX, ..capacity }.blocks(), 1 << 32);
        assert!(Capacity::parse(&[0; 7]).is_err());
        let long = Capacity16 { last_block: 0x0276_03FF, block_length: 2048 };
        assert_eq!(long.to_bytes()[..12], [0, 0, 0, 0, 0x02, 0x76, 0x03, 0xFF, 0, 0, 8, 0]);
    }

    /// An unformatted DVD+RW.
    #[test]
    fn format_capacities_by_hand() {
        let bytes =
            [0, 0, 0, 16, 0x00, 0x23, 0x05, 0x40, 0x01, 0, 8, 0, 0x00, 0x23, 0x05, 0x40, 0x98, 0, 0, 0];
        let capacities = FormatCapacities::parse(&bytes).unwrap();
        assert_eq!(capacities.current.kind, CapacityKind::UNFORMATTED);
        let background = FormattableCapacity {
            blocks: 2_295_104,
            format_type: FormatType::DVD_PLUS_RW_BASIC,
            parameter: 0,
        };
        assert!(capacities.formattable().eq([background]));
        assert_eq!(
            encoded(|reply| FormatCapacities::encode(capacities.current, &[background], reply)),
            bytes
        );
        assert_eq!(FormatCapacities::parse(&bytes[..12]).unwrap().formattable().count(), 0);
        let odd = [0, 0, 0, 9, 0, 0, 0, 0, 1, 0, 8, 0];
        assert!(matches!(FormatCapacities::parse(&odd), Err(WireError::LengthMismatch { said: 9, .. })));
    }

    proptest! {
        #[test]
        fn lists_round_trip(
            blocks: u32, kind in 0u8..4, block_length in 0u32..1 << 24,
            list in prop::collection::vec((any::<u32>(), 0u8..64, 0u32..1 << 24), 0..31),
        ) {
            let current = CurrentCapacity { blocks, kind: CapacityKind(kind), block_length };
            let list: Vec<_> = list.into_iter()
                .map(|(blocks, kind, parameter)| FormattableCapacity { blocks, format_type: FormatType(kind), parameter })
                .collect();
            let bytes = encoded(|reply| FormatCapacities::encode(current, &list, reply));
            let back = FormatCapacities::parse(&bytes).unwrap();
            prop_assert_eq!(back.current, current);
            prop_assert!(back.formattable().eq(list));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(list) = FormatCapacities::parse(&bytes) {
                prop_assert!(8 * list.formattable().count() + 12 <= bytes.len());
            }
            prop_assert_eq!(Capacity::parse(&bytes).is_ok(), bytes.len() >= 8);
        }
    }
}
