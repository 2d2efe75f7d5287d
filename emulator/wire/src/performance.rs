//! GET PERFORMANCE and SET STREAMING: speeds (MMC-5 6.8 and 6.39).

use crate::error::WireError;
use crate::layout::{Layout, codes, layout};
use crate::mode::RotationControl;
use crate::reply::Reply;

codes! {
    /// What is asked for.
    pub struct PerformanceKind(u8) {
        PERFORMANCE = 0x00 "performance",
        UNUSABLE_AREA = 0x01 "unusable areas",
        DEFECT_STATUS = 0x02 "defect status",
        WRITE_SPEED = 0x03 "write speeds",
        DEFECTIVE_BLOCK_INFORMATION = 0x04 "defective blocks",
        DBI_CACHE_ZONE = 0x05 "defective block information cache zones",
    }

    /// What SET STREAMING sets.
    pub struct StreamingKind(u8) {
        PERFORMANCE = 0x00 "performance",
        DBI_CACHE_ZONE = 0x05 "defective block information cache zones",
    }
}

layout! {
    /// What stands before the descriptors.
    pub struct PerformanceHeader: "performance header", size 8, needs 8 {
        data_length: u32 = 0[7; 32] "Bytes after byte 3, whatever was cut off.",
        write: bool = 4[1; 1] "The descriptors are about writing.",
        except: bool = 4[0; 1] "They are exceptions rather than nominal.",
    }

    /// How fast a zone is (type 00h, nominal). Speeds are in units of 1000 bytes a second.
    pub struct NominalPerformance: "nominal performance descriptor", size 16, needs 16 {
        start_block: u32 = 0[7; 32] "First block of the zone.",
        start_performance: u32 = 4[7; 32] "Speed there.",
        end_block: u32 = 8[7; 32] "Last block of the zone.",
        end_performance: u32 = 12[7; 32] "Speed there.",
    }

    /// A block that takes longer (type 00h, exceptions).
    pub struct PerformanceException: "exception performance descriptor", size 6, needs 6 {
        block: u32 = 0[7; 32] "Which block.",
        time_100us: u16 = 4[7; 16] "How much longer, in units of 100 microseconds.",
    }

    /// Blocks that cannot be used (type 01h).
    pub struct UnusableArea: "unusable area descriptor", size 8, needs 8 {
        start_block: u32 = 0[7; 32] "First block.",
        blocks: u32 = 4[7; 32] "How many.",
    }

    /// What a defect status descriptor begins with (type 02h); a bit for each group of blocks follows, set where one was defective.
    pub struct DefectStatus: "defect status descriptor", size 10, needs 10 {
        start_block: u32 = 0[7; 32] "First block that it is about.",
        end_block: u32 = 4[7; 32] "Last one.",
        blocking_factor: u8 = 8[7; 8] "Blocks to a bit.",
        first_bit: u8 = 9[2; 3] "Bit of the first byte that is about the first block.",
    }

    /// A speed at which the medium can be written (type 03h). Speeds are in units of 1000 bytes a second.
    pub struct WriteSpeed: "write speed descriptor", size 16, needs 16 {
        rotation_control: RotationControl = 0[4; 2] "WRC: how the disc rotates.",
        restore_defaults: bool = 0[2; 1] "RDD: the drive's own setting.",
        exact: bool = 0[1; 1] "The speed holds on the whole medium.",
        mixed: bool = 0[0; 1] "MRW: suited to mixed reading and writing.",
        end_block: u32 = 4[7; 32] "Last block of the medium.",
        read_speed: u32 = 8[7; 32] "Speed of reading.",
        write_speed: u32 = 12[7; 32] "Speed of writing.",
    }

    /// The parameter list of SET STREAMING, type 00h: sizes per times are speeds.
    pub struct StreamingRequest: "SET STREAMING performance descriptor", size 28, needs 28 {
        rotation_control: RotationControl = 0[4; 2] "WRC: how the disc rotates.",
        restore_defaults: bool = 0[2; 1] "RDD: back to the drive's own settings; the rest is ignored.",
        exact: bool = 0[1; 1] "Refuse rather than round.",
        random_access: bool = 0[0; 1] "RA: blocks are accessed in any order.",
        start_block: u32 = 4[7; 32] "First block that it holds for.",
        end_block: u32 = 8[7; 32] "Last block that it holds for.",
        read_size: u32 = 12[7; 32] "Units of 1000 bytes read per read time.",
        read_time_ms: u32 = 16[7; 32] "In milliseconds.",
        write_size: u32 = 20[7; 32] "Units of 1000 bytes written per write time.",
        write_time_ms: u32 = 24[7; 32] "In milliseconds.",
    }
}

impl DefectStatus {
    /// Bytes of a descriptor with its bits.
    pub const BYTES: usize = 2048;
}

impl StreamingRequest {
    /// The read speed in units of 1000 bytes a second, or `None` when the time is zero.
    #[must_use]
    pub const fn read_speed(&self) -> Option<u64> {
        (self.read_size as u64 * 1000).checked_div(self.read_time_ms as u64)
    }

    /// The write speed in units of 1000 bytes a second, or `None` when the time is zero.
    #[must_use]
    pub const fn write_speed(&self) -> Option<u64> {
        (self.write_size as u64 * 1000).checked_div(self.write_time_ms as u64)
    }
}

/// A GET PERFORMANCE answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PerformanceData<'a> {
    /// The header.
    pub header: PerformanceHeader,
    body: &'a [u8],
}

impl<'a> PerformanceData<'a> {
    /// Reads an answer of any type; what is beyond the announced length is ignored.
    ///
    /// # Errors
    /// [`WireError::Truncated`] below 8 bytes, [`WireError::LengthMismatch`] when the data length does not cover the header.
    pub fn parse(bytes: &'a [u8]) -> Result<PerformanceData<'a>, WireError> {
        let header = PerformanceHeader::parse(bytes)?;
        let said = (header.data_length as usize).saturating_add(4);
        if said < PerformanceHeader::SIZE {
            let structure = PerformanceHeader::NAME;
            return Err(WireError::LengthMismatch { structure, said, present: bytes.len() });
        }
        Ok(PerformanceData { header, body: &bytes[PerformanceHeader::SIZE..said.min(bytes.len())] })
    }

    /// The whole nominal descriptors of type 00h.
    pub fn nominal(&self) -> impl Iterator<Item = NominalPerformance> + use<'a> {
        self.body.chunks_exact(NominalPerformance::SIZE).map(NominalPerformance::read)
    }

    /// The whole exceptions of type 00h.
    pub fn exceptions(&self) -> impl Iterator<Item = PerformanceException> + use<'a> {
        self.body.chunks_exact(PerformanceException::SIZE).map(PerformanceException::read)
    }

    /// The whole descriptors of type 01h.
    pub fn unusable_areas(&self) -> impl Iterator<Item = UnusableArea> + use<'a> {
        self.body.chunks_exact(UnusableArea::SIZE).map(UnusableArea::read)
    }

    /// The whole descriptors of type 02h, each of 2048 bytes, with their bits.
    pub fn defect_status(&self) -> impl Iterator<Item = (DefectStatus, &'a [u8])> + use<'a> {
        let bits = |bytes: &'a [u8]| (DefectStatus::read(bytes), &bytes[DefectStatus::SIZE..]);
        self.body.chunks_exact(DefectStatus::BYTES).map(bits)
    }

    /// The whole descriptors of type 03h.
    pub fn write_speeds(&self) -> impl Iterator<Item = WriteSpeed> + use<'a> {
        self.body.chunks_exact(WriteSpeed::SIZE).map(WriteSpeed::read)
    }

    /// Appends an answer: the header, what `descriptors` appends, and the length of both.
    pub fn encode(
        write: bool,
        except: bool,
        reply: &mut Reply<'_>,
        descriptors: impl FnOnce(&mut Reply<'_>),
    ) {
        let start = reply.length();
        PerformanceHeader { data_length: 0, write, except }.encode(reply);
        descriptors(reply);
        reply.patch_length_u32(start, start + 4);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::testing::check_layouts;
    use proptest::prelude::*;

    check_layouts!(
        DefectStatus,
        NominalPerformance,
        PerformanceException,
        PerformanceHeader,
        StreamingRequest,
        UnusableArea,
        WriteSpeed,
    );

    fn encoded(write: impl FnOnce(&mut Reply<'_>)) -> Vec<u8> {
        let mut buffer = [0xEE; 512];
        let mut reply = Reply::new(&mut buffer, 512);
        write(&mut reply);
        reply.bytes().to_vec()
    }

    #[test]
    fn answers_by_hand() {
        let zone = NominalPerformance {
            start_block: 0,
            start_performance: 9141,
            end_block: 2_295_103,
            end_performance: 22_160,
        };
        let bytes = encoded(|reply| PerformanceData::encode(false, false, reply, |reply| zone.encode(reply)));
        let expected =
            [0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x23, 0xB5, 0, 0x23, 0x05, 0x3F, 0, 0, 0x56, 0x90];
        assert_eq!(bytes, expected);
        assert!(PerformanceData::parse(&bytes).unwrap().nominal().eq([zone]));

        let speed = WriteSpeed {
            exact: true,
            end_block: 12_219_391,
            read_speed: 35_960,
            write_speed: 8_990,
            ..Default::default()
        };
        let bytes = encoded(|reply| PerformanceData::encode(true, false, reply, |reply| speed.encode(reply)));
        let expected =
            [0, 0, 0, 20, 2, 0, 0, 0, 2, 0, 0, 0, 0, 0xBA, 0x73, 0xFF, 0, 0, 0x8C, 0x78, 0, 0, 0x23, 0x1E];
        assert_eq!(bytes, expected);
        assert!(PerformanceData::parse(&bytes).unwrap().write_speeds().eq([speed]));
        assert_eq!(PerformanceData::parse(&bytes[..23]).unwrap().write_speeds().count(), 0);
    }

    #[test]
    fn a_defect_status_by_hand() {
        let status = DefectStatus { end_block: 0x7_F7FF, blocking_factor: 32, ..Default::default() };
        let bytes = status.to_bytes();
        assert_eq!(bytes, [0, 0, 0, 0, 0, 7, 0xF7, 0xFF, 32, 0]);
        let mut answer = vec![0; 8 + 2 * DefectStatus::BYTES];
        answer[2..4].copy_from_slice(&0x1004u16.to_be_bytes());
        answer[8..18].copy_from_slice(&bytes);
        answer[18] = 0x80;
        let data = PerformanceData::parse(&answer).unwrap();
        let (first, bits) = data.defect_status().next().unwrap();
        assert_eq!((first, bits[0], bits.len()), (status, 0x80, 2038));
        assert_eq!(data.defect_status().count(), 2);
    }

    #[test]
    fn a_data_length_that_does_not_cover_the_header() {
        let lying = [0, 0, 0, 3, 0, 0, 0, 0];
        assert!(matches!(PerformanceData::parse(&lying), Err(WireError::LengthMismatch { said: 7, .. })));
        let empty = encoded(|reply| PerformanceData::encode(false, true, reply, |_| {}));
        assert_eq!(empty, [0, 0, 0, 4, 1, 0, 0, 0]);
    }

    /// What burning software sends: whole medium, speeds per second.
    #[test]
    fn a_streaming_request_by_hand() {
        let bytes = [
            0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0x23, 0x05, 0x3F, 0, 0, 0x15, 0xA4, 0, 0, 0x03, 0xE8, 0, 0, 0x15,
            0xA4, 0, 0, 0x03, 0xE8,
        ];
        let request = StreamingRequest::parse(&bytes).unwrap();
        assert!(request.exact && !request.restore_defaults);
        assert_eq!((request.end_block, request.write_speed()), (2_295_103, Some(5540)));
        assert_eq!(encoded(|reply| request.encode(reply)), bytes);
        assert_eq!(StreamingRequest::default().read_speed(), None);
        assert!(StreamingRequest::parse(&bytes[..27]).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..80), plain: bool) {
            if plain && bytes.len() > 4 {
                bytes[..3].fill(0);
            }
            if let Ok(data) = PerformanceData::parse(&bytes) {
                let again = encoded(|reply| PerformanceData::encode(data.header.write, data.header.except, reply, |reply| {
                    data.write_speeds().for_each(|speed| speed.encode(reply));
                }));
                prop_assert!(PerformanceData::parse(&again).unwrap().write_speeds().eq(data.write_speeds()));
                let _ = (data.nominal().count(), data.exceptions().count(), data.unusable_areas().count());
            }
            if let Ok(request) = StreamingRequest::parse(&bytes) {
                let _ = (request.read_speed(), request.write_speed());
            }
        }
    }
}
