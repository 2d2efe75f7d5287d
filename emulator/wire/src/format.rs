//! The parameter list of FORMAT UNIT (MMC-5 6.5). What can be asked for is what READ FORMAT CAPACITIES offers: [`capacity`](crate::capacity).

use crate::capacity::{FormatType, FormattableCapacity};
use crate::error::{WireError, need};
use crate::layout::{Layout, codes, layout};
use crate::reply::Reply;

codes! {
    /// How a BD-RE is checked when it is formatted: the sub-type of format types 30h and 31h.
    pub struct Certification(u8) {
        QUICK_REFORMAT = 0 "quick reformat",
        NONE = 1 "no certification",
        FULL = 2 "full certification",
        QUICK = 3 "quick certification",
    }

    /// How a BD-R is recorded after formatting: the sub-type of format types 00h and 32h.
    pub struct RecordingMode(u8) {
        SEQUENTIAL_POW = 0 "sequential with pseudo-overwrite",
        SEQUENTIAL = 1 "sequential",
        RANDOM = 2 "random",
    }
}

layout! {
    /// What stands before the format descriptor.
    pub struct FormatListHeader: "format list header", size 4, needs 4 {
        format_options_valid: bool = 1[7; 1] "FOV: the next five bits mean something.",
        disable_primary: bool = 1[6; 1] "DPRY.",
        disable_certification: bool = 1[5; 1] "DCRT: do not check the medium.",
        stop_format: bool = 1[4; 1] "STPF: stop at the first error.",
        initialization_pattern: bool = 1[3; 1] "IP: there is a pattern; zero in MMC.",
        try_out: bool = 1[2; 1] "Check the parameters, format nothing.",
        immed: bool = 1[1; 1] "Return before the operation is done.",
        vendor_specific: bool = 1[0; 1] "VS.",
        descriptor_length: u16 = 2[7; 16] "Bytes that follow: 8.",
    }

    /// What is wanted (format code 001b).
    pub struct FormatDescriptor: "format descriptor", size 8, needs 8 {
        blocks: u32 = 0[7; 32] "How many blocks there shall be; on some media all ones is as many as possible.",
        format_type: FormatType = 4[7; 6] "Which way.",
        sub_type: u8 = 4[1; 2] "Depends on the type: see [`Certification`] and [`RecordingMode`].",
        parameter: u32 = 5[7; 24] "Depends on the type: block length, packet size, spare clusters, or bit 0 restart.",
    }

    /// What is wanted of a CD-RW, as initiators before MMC-2 said it (format code 111b).
    pub struct LegacyFormatDescriptor: "CD-RW format descriptor", size 8, needs 8 {
        session: bool = 0[7; 1] "Add a session rather than format all.",
        grow: bool = 0[6; 1] "Grow the last session.",
        blocks: u32 = 4[7; 32] "How many blocks there shall be.",
    }
}

/// Format code of [`FormatDescriptor`].
pub const FORMAT_CODE: u8 = 0b001;
/// Format code of [`LegacyFormatDescriptor`].
pub const LEGACY_FORMAT_CODE: u8 = 0b111;

/// A FORMAT UNIT parameter list.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct FormatParameters {
    /// The header.
    pub header: FormatListHeader,
    /// What is wanted.
    pub descriptor: FormatDescriptor,
}

impl FormatListHeader {
    /// Whether the medium is to be checked as far as the header says so: DCRT counts only where FOV is set.
    #[must_use]
    pub const fn certifies(&self) -> bool {
        !(self.format_options_valid && self.disable_certification)
    }
}

impl FormatDescriptor {
    /// What a drive offers, asked for without change.
    #[must_use]
    pub const fn of(offer: FormattableCapacity, sub_type: u8) -> FormatDescriptor {
        let FormattableCapacity { blocks, format_type, parameter } = offer;
        FormatDescriptor { blocks, format_type, sub_type, parameter }
    }

    /// Whether a background format that was stopped is to go on (type 26h).
    #[must_use]
    pub fn restarts(&self) -> bool {
        self.format_type == FormatType::DVD_PLUS_RW_BASIC && self.parameter & 1 != 0
    }
}

impl FormatParameters {
    /// Bytes of a list.
    pub const SIZE: usize = FormatListHeader::SIZE + FormatDescriptor::SIZE;

    /// Reads a list with a descriptor of format code 001b; what follows it is ignored.
    ///
    /// # Errors
    /// [`WireError::Truncated`] below 12 bytes, [`WireError::LengthMismatch`] when the header does not announce one descriptor.
    pub fn parse(bytes: &[u8]) -> Result<FormatParameters, WireError> {
        let body = announced(bytes)?;
        Ok(FormatParameters {
            header: FormatListHeader::read(bytes),
            descriptor: FormatDescriptor::read(body),
        })
    }

    /// Appends a list; the descriptor length is written whatever stands there.
    pub fn encode(&self, reply: &mut Reply<'_>) {
        FormatListHeader { descriptor_length: FormatDescriptor::SIZE as u16, ..self.header }.encode(reply);
        self.descriptor.encode(reply);
    }
}

impl LegacyFormatDescriptor {
    /// Reads a list with a descriptor of format code 111b.
    ///
    /// # Errors
    /// As [`FormatParameters::parse`].
    pub fn parse_list(bytes: &[u8]) -> Result<(FormatListHeader, LegacyFormatDescriptor), WireError> {
        let body = announced(bytes)?;
        Ok((FormatListHeader::read(bytes), LegacyFormatDescriptor::read(body)))
    }
}

/// The descriptor's bytes.
fn announced(bytes: &[u8]) -> Result<&[u8], WireError> {
    let structure = FormatListHeader::NAME;
    let head = need(structure, bytes, FormatParameters::SIZE)?;
    let said = usize::from(FormatListHeader::read(head).descriptor_length);
    if said != FormatDescriptor::SIZE {
        return Err(WireError::LengthMismatch { structure, said, present: FormatDescriptor::SIZE });
    }
    Ok(&head[FormatListHeader::SIZE..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::testing::check_layouts;
    use proptest::prelude::*;

    check_layouts!(FormatDescriptor, FormatListHeader, LegacyFormatDescriptor);

    fn encoded(parameters: &FormatParameters) -> Vec<u8> {
        let mut buffer = [0xEE; 16];
        let mut reply = Reply::new(&mut buffer, 16);
        parameters.encode(&mut reply);
        reply.bytes().to_vec()
    }

    /// What burning software sends for a blank DVD+RW, and to go on later.
    #[test]
    fn background_formats_by_hand() {
        let bytes = [0, 0x82, 0, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0x98, 0, 0, 0];
        let list = FormatParameters::parse(&bytes).unwrap();
        assert!(list.header.immed && list.header.format_options_valid && list.header.certifies());
        assert_eq!(list.descriptor.format_type, FormatType::DVD_PLUS_RW_BASIC);
        assert_eq!((list.descriptor.blocks, list.descriptor.restarts()), (u32::MAX, false));
        assert_eq!(encoded(&list), bytes);
        let restart = FormatDescriptor { parameter: 1, ..list.descriptor };
        assert!(restart.restarts());
        assert!(!FormatDescriptor { format_type: FormatType::FULL, ..restart }.restarts());
    }

    #[test]
    fn a_bd_re_with_spare_areas_by_hand() {
        let offer = FormattableCapacity {
            blocks: 11_826_176,
            format_type: FormatType::BD_RE_WITH_SPARE,
            parameter: 0x3000,
        };
        let list = FormatParameters {
            header: FormatListHeader {
                format_options_valid: true,
                disable_certification: true,
                immed: true,
                ..Default::default()
            },
            descriptor: FormatDescriptor::of(offer, Certification::NONE.0),
        };
        assert_eq!(encoded(&list), [0, 0xA2, 0, 8, 0x00, 0xB4, 0x74, 0x00, 0xC1, 0x00, 0x30, 0x00]);
        assert!(!list.header.certifies());
    }

    #[test]
    fn lists_that_contradict_themselves() {
        let whole = [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 8, 0];
        assert!(matches!(
            FormatParameters::parse(&whole[..11]),
            Err(WireError::Truncated { needed: 12, .. })
        ));
        let mut lying = whole;
        lying[3] = 4;
        assert!(matches!(FormatParameters::parse(&lying), Err(WireError::LengthMismatch { said: 4, .. })));
        let legacy = [0, 0x02, 0, 8, 0xC0, 0, 0, 0, 0, 0, 0x10, 0];
        let (header, descriptor) = LegacyFormatDescriptor::parse_list(&legacy).unwrap();
        assert!(header.immed && descriptor.session && descriptor.grow);
        assert_eq!(descriptor.blocks, 0x1000);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..20), plain: bool) {
            if plain && bytes.len() > 3 {
                bytes[2..4].copy_from_slice(&[0, 8]);
            }
            let _ = LegacyFormatDescriptor::parse_list(&bytes);
            if let Ok(list) = FormatParameters::parse(&bytes) {
                prop_assert_eq!(FormatParameters::parse(&encoded(&list)), Ok(list));
            }
        }
    }
}
