//! READ DISC INFORMATION: the state of the disc, its track resources and its pseudo-overwrite resources (MMC-5 6.22).

use crate::error::{WireError, need};
use crate::layout::{Layout, codes, layout};
use crate::msf::Msf;
use crate::reply::Reply;

codes! {
    /// Which information is meant (data type).
    pub struct DiscDataType(u8) {
        STANDARD = 0 "standard disc information",
        TRACK_RESOURCES = 1 "track resources",
        POW_RESOURCES = 2 "pseudo-overwrite resources",
    }

    /// How far the disc is recorded (MMC-5 6.22.3.1.4).
    pub struct DiscStatus(u8) {
        EMPTY = 0 "empty",
        INCOMPLETE = 1 "incomplete, can be appended to",
        COMPLETE = 2 "complete, cannot be appended to",
        OTHER = 3 "other, randomly writable",
    }

    /// How far the last session is recorded.
    pub struct SessionStatus(u8) {
        EMPTY = 0 "empty",
        INCOMPLETE = 1 "incomplete",
        DAMAGED = 2 "reserved or damaged",
        COMPLETE = 3 "complete",
    }

    /// How far background formatting is (MMC-5 6.22.3.1.13).
    pub struct BackgroundFormat(u8) {
        NONE = 0 "neither formatted nor being formatted, or does not apply",
        SUSPENDED = 1 "begun, not running, not complete",
        RUNNING = 2 "running",
        COMPLETE = 3 "complete",
    }

    /// What the first session of a CD says of the disc.
    pub struct DiscType(u8) {
        CD_DA_OR_ROM = 0x00 "CD-DA or CD-ROM, or no CD",
        CD_I = 0x10 "CD-I",
        CD_ROM_XA = 0x20 "CD-ROM XA or DDCD",
        UNDEFINED = 0xFF "undefined",
    }
}

layout! {
    /// Standard disc information (data type 000b).
    pub struct DiscInformation: "disc information", size 34, needs 12, own codec {
        data_length: u16 = 0[7; 16] "Bytes after byte 1. Written by [`DiscInformation::encode`], whatever stands here.",
        data_type: DiscDataType = 2[7; 3] "Standard.",
        erasable: bool = 2[4; 1] "The disc can be erased or overwritten.",
        last_session_status: SessionStatus = 2[3; 2] "How far the last session is recorded.",
        disc_status: DiscStatus = 2[1; 2] "How far the disc is recorded.",
        first_track: u8 = 3[7; 8] "Number of the first track on the disc.",
        sessions: u16 = 9[7; 8] & 4[7; 8] "How many sessions; an empty one at the end counts.",
        first_track_in_last_session: u16 = 10[7; 8] & 5[7; 8] "Its number.",
        last_track_in_last_session: u16 = 11[7; 8] & 6[7; 8] "Its number.",
        disc_id_valid: bool = 7[7; 1] "DID_V.",
        bar_code_valid: bool = 7[6; 1] "DBC_V.",
        unrestricted_use: bool = 7[5; 1] "URU.",
        application_code_valid: bool = 7[4; 1] "DAC_V.",
        dirty: bool = 7[2; 1] "An MRW defect table or a background format is not up to date.",
        background_format: BackgroundFormat = 7[1; 2] "How far background formatting is.",
        disc_type: DiscType = 8[7; 8] "What kind of CD.",
        disc_id: u32 = 12[7; 32] "Identification, where valid.",
        last_session_lead_in: u32 = 16[7; 32] "Where its lead-in starts: MSF on CD, all ones where there is none.",
        last_possible_lead_out: u32 = 20[7; 32] "Where the last lead-out can start: MSF on CD, else a block; all ones where there is none.",
        bar_code: u64 = 24[7; 64] "Bar code, where valid.",
        application_code: u8 = 32[7; 8] "Disc application code, where valid.",
        opc_entries: u8 = 33[7; 8] "How many calibration entries follow. Written by [`DiscInformation::encode`], whatever stands here.",
    }

    /// A calibration result for a speed.
    pub struct OpcEntry: "OPC table entry", size 8, needs 8 {
        speed: u16 = 0[7; 16] "In units of 1000 bytes a second.",
    }
    bytes {
        values: [u8; 6] = 2 "The drive's own values.",
    }

    /// Track resources (data type 001b).
    pub struct TrackResources: "track resources information", size 12, needs 12, own codec {
        data_length: u16 = 0[7; 16] "Bytes after byte 1; 10. Written by [`TrackResources::encode`], whatever stands here.",
        data_type: DiscDataType = 2[7; 3] "Track resources. Written likewise.",
        maximum_tracks: u16 = 4[7; 16] "Most tracks on the disc.",
        assigned_tracks: u16 = 6[7; 16] "Tracks in use.",
        maximum_appendable_tracks: u16 = 8[7; 16] "Most tracks that can be appended to at a time.",
        appendable_tracks: u16 = 10[7; 16] "Tracks that can be appended to now.",
    }

    /// Pseudo-overwrite resources (data type 010b).
    pub struct PowResources: "POW resources information", size 16, needs 16, own codec {
        data_length: u16 = 0[7; 16] "Bytes after byte 1; 14. Written by [`PowResources::encode`], whatever stands here.",
        data_type: DiscDataType = 2[7; 3] "Pseudo-overwrite resources. Written likewise.",
        remaining_replacements: u32 = 4[7; 32] "Blocks that can still be replaced.",
        remaining_map_entries: u32 = 8[7; 32] "Entries left in the map of replacements.",
        remaining_updates: u32 = 12[7; 32] "How often the map can still be written.",
    }
}

/// The first bytes that `data_length` covers; an error when they are too few for `needed`, or of another data type.
fn covered<'a>(
    structure: &'static str,
    bytes: &'a [u8],
    needed: usize,
    data_type: DiscDataType,
) -> Result<&'a [u8], WireError> {
    let head = need(structure, bytes, needed)?;
    let said = 2 + usize::from(u16::from_be_bytes([head[0], head[1]]));
    if said < needed {
        return Err(WireError::LengthMismatch { structure, said, present: bytes.len() });
    }
    if head[2] >> 5 != data_type.0 {
        return Err(WireError::BadValue { structure, byte: 2, value: head[2] });
    }
    Ok(&bytes[..said.min(bytes.len())])
}

impl DiscInformation {
    /// Reads disc information; fields after the twelfth byte that are missing are zero.
    ///
    /// # Errors
    /// [`WireError::Truncated`] below 12 bytes, [`WireError::LengthMismatch`] when fewer are announced, [`WireError::BadValue`] for another
    /// data type.
    pub fn parse(bytes: &[u8]) -> Result<DiscInformation, WireError> {
        covered(DiscInformation::NAME, bytes, 12, DiscDataType::STANDARD).map(DiscInformation::read)
    }

    /// The calibration entries in an answer: as many as it announces and has.
    pub fn opc_table(bytes: &[u8]) -> impl Iterator<Item = OpcEntry> {
        let count = usize::from(bytes.get(33).copied().unwrap_or(0));
        let entries = bytes.get(DiscInformation::SIZE..).unwrap_or(&[]);
        entries.chunks_exact(OpcEntry::SIZE).take(count).map(OpcEntry::read)
    }

    /// Appends the information with calibration entries, of which 255 at most are sent.
    pub fn encode(&self, opc: &[OpcEntry], reply: &mut Reply<'_>) {
        let opc = &opc[..opc.len().min(usize::from(u8::MAX))];
        let length = DiscInformation::SIZE + opc.len() * OpcEntry::SIZE - 2;
        let information = DiscInformation {
            data_length: length as u16,
            data_type: DiscDataType::STANDARD,
            opc_entries: opc.len() as u8,
            ..*self
        };
        reply.put(&information.to_bytes());
        for entry in opc {
            entry.encode(reply);
        }
    }

    /// The last possible lead-out of a CD, or `None` where the field is empty.
    #[must_use]
    pub const fn last_possible_lead_out_msf(&self) -> Option<Msf> {
        let msf = Msf::from_field(self.last_possible_lead_out);
        if msf.is_valid() { Some(msf) } else { None }
    }
}

impl TrackResources {
    /// Reads track resources.
    ///
    /// # Errors
    /// As [`DiscInformation::parse`], all twelve bytes being needed.
    pub fn parse(bytes: &[u8]) -> Result<TrackResources, WireError> {
        let size = TrackResources::SIZE;
        covered(TrackResources::NAME, bytes, size, DiscDataType::TRACK_RESOURCES).map(TrackResources::read)
    }

    /// Appends the information.
    pub fn encode(&self, reply: &mut Reply<'_>) {
        let data_length = TrackResources::SIZE as u16 - 2;
        let data_type = DiscDataType::TRACK_RESOURCES;
        reply.put(&TrackResources { data_length, data_type, ..*self }.to_bytes());
    }
}

impl PowResources {
    /// Reads pseudo-overwrite resources.
    ///
    /// # Errors
    /// As [`DiscInformation::parse`], all sixteen bytes being needed.
    pub fn parse(bytes: &[u8]) -> Result<PowResources, WireError> {
        let size = PowResources::SIZE;
        covered(PowResources::NAME, bytes, size, DiscDataType::POW_RESOURCES).map(PowResources::read)
    }

    /// Appends the information.
    pub fn encode(&self, reply: &mut Reply<'_>) {
        let data_length = PowResources::SIZE as u16 - 2;
        let data_type = DiscDataType::POW_RESOURCES;
        reply.put(&PowResources { data_length, data_type, ..*self }.to_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::testing::check_layouts;
    use proptest::prelude::*;

    check_layouts!(DiscInformation, OpcEntry, PowResources, TrackResources);

    fn encoded(write: impl FnOnce(&mut Reply<'_>)) -> Vec<u8> {
        let mut buffer = [0xEE; 512];
        let mut reply = Reply::new(&mut buffer, 512);
        write(&mut reply);
        reply.bytes().to_vec()
    }

    /// A blank 80 minute CD-R, as recorders report it.
    const BLANK_CD_R: [u8; 34] = [
        0x00, 0x20, 0x00, 0x01, 0x01, 0x01, 0x01, 0x20, 0x00, 0x00, 0x00, 0x00, 0, 0, 0, 0, 0x00, 0x61, 0x1A,
        0x41, 0x00, 0x4F, 0x3B, 0x4A, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    #[test]
    fn a_blank_disc_by_hand() {
        let blank = DiscInformation::parse(&BLANK_CD_R).unwrap();
        assert_eq!((blank.disc_status, blank.last_session_status), (DiscStatus::EMPTY, SessionStatus::EMPTY));
        assert!(blank.unrestricted_use && !blank.erasable);
        assert_eq!((blank.sessions, blank.last_track_in_last_session), (1, 1));
        assert_eq!(blank.last_possible_lead_out_msf(), Some(Msf::new(79, 59, 74)));
        assert_eq!(Msf::from_field(blank.last_session_lead_in), Msf::new(97, 26, 65));
        assert_eq!(encoded(|reply| blank.encode(&[], reply)), BLANK_CD_R);
    }

    #[test]
    fn a_formatted_rewritable_disc_by_hand() {
        let mut bytes = BLANK_CD_R;
        bytes[2] = 0x1E;
        bytes[7] = 0x22;
        bytes[9] = 0x01;
        bytes[16..24].fill(0xFF);
        let disc = DiscInformation::parse(&bytes).unwrap();
        assert!(disc.erasable);
        assert_eq!(disc.disc_status, DiscStatus::COMPLETE);
        assert_eq!(disc.last_session_status, SessionStatus::COMPLETE);
        assert_eq!(disc.background_format, BackgroundFormat::RUNNING);
        assert_eq!(disc.sessions, 0x101);
        assert_eq!(disc.last_possible_lead_out_msf(), None);
    }

    #[test]
    fn calibration_entries() {
        let opc = [OpcEntry { speed: 7056, values: [1, 2, 3, 4, 5, 6] }; 2];
        let bytes = encoded(|reply| DiscInformation::default().encode(&opc, reply));
        assert_eq!((bytes[1], bytes[33], bytes.len()), (0x30, 2, 50));
        assert_eq!(bytes[34..42], [0x1B, 0x90, 1, 2, 3, 4, 5, 6]);
        assert!(DiscInformation::opc_table(&bytes).eq(opc));
        assert_eq!(DiscInformation::opc_table(&bytes[..49]).count(), 1);
    }

    #[test]
    fn resources_by_hand() {
        let pow =
            PowResources { remaining_replacements: 0x1_0000, remaining_updates: 3, ..Default::default() };
        let bytes = encoded(|reply| pow.encode(reply));
        assert_eq!(bytes, [0, 14, 0x40, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]);
        assert_eq!(PowResources::parse(&bytes).unwrap().remaining_updates, 3);
        let tracks = TrackResources { maximum_tracks: 99, appendable_tracks: 1, ..Default::default() };
        let bytes = encoded(|reply| tracks.encode(reply));
        assert_eq!(bytes, [0, 10, 0x20, 0, 0, 99, 0, 0, 0, 0, 0, 1]);
        assert_eq!(TrackResources::parse(&bytes).unwrap().maximum_tracks, 99);
        let wrong = DiscInformation::parse(&bytes);
        assert_eq!(wrong, Err(WireError::BadValue { structure: "disc information", byte: 2, value: 0x20 }));
        assert!(matches!(PowResources::parse(&bytes), Err(WireError::Truncated { needed: 16, .. })));
        let lying = [0, 4, 0, 1, 1, 1, 1, 0x20, 0, 0, 0, 0];
        assert!(matches!(DiscInformation::parse(&lying), Err(WireError::LengthMismatch { said: 6, .. })));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..80), plain: bool) {
            if plain && bytes.len() > 3 {
                bytes[0] = 0;
                bytes[2] &= 0x1F;
            }
            let opc: Vec<_> = DiscInformation::opc_table(&bytes).collect();
            if let Ok(disc) = DiscInformation::parse(&bytes) {
                let again = encoded(|reply| disc.encode(&opc, reply));
                let back = DiscInformation::parse(&again).unwrap();
                let expected = DiscInformation { data_length: back.data_length, opc_entries: opc.len() as u8, ..disc };
                prop_assert_eq!(back, expected);
                prop_assert_eq!(usize::from(back.data_length) + 2, again.len());
            }
            let _ = (TrackResources::parse(&bytes), PowResources::parse(&bytes));
        }
    }
}
