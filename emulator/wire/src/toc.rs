//! READ TOC/PMA/ATIP: tracks, sessions, the raw table of contents, the PMA, the ATIP and CD-Text (MMC-5 6.26).

use crate::error::WireError;
use crate::layout::{Layout, codes, layout};
use crate::msf::Msf;
use crate::reply::Reply;

codes! {
    /// What is asked for.
    pub struct TocFormat(u8) {
        TOC = 0 "tracks",
        SESSIONS = 1 "last complete session",
        FULL_TOC = 2 "raw table of contents",
        PMA = 3 "program memory area",
        ATIP = 4 "absolute time in pre-groove",
        CD_TEXT = 5 "CD-Text",
    }
}

/// Number of the lead-out among the tracks of formats 0 and 1.
pub const LEAD_OUT: u8 = 0xAA;

layout! {
    /// What stands before the descriptors.
    pub struct TocHeader: "TOC header", size 4, needs 4 {
        data_length: u16 = 0[7; 16] "Bytes after byte 1, whatever the allocation length cut off.",
        first: u8 = 2[7; 8] "First track (format 0) or session (1, 2); zero otherwise.",
        last: u8 = 3[7; 8] "Last track or complete session; zero otherwise.",
    }

    /// A track or the lead-out (format 0), or the first track of the last complete session (format 1).
    pub struct TocEntry: "TOC track descriptor", size 8, needs 8 {
        adr: u8 = 1[7; 4] "What the Q sub-channel carries; 1 is the position.",
        control: u8 = 1[3; 4] "Kind of track; bit 2 is data.",
        track: u8 = 2[7; 8] "Number of the track; AAh is the lead-out.",
        address: u32 = 4[7; 32] "Where it starts: a block, or MSF where that was asked for.",
    }

    /// An entry of the raw table of contents (format 2) or the PMA (format 3).
    pub struct FullTocEntry: "full TOC descriptor", size 11, needs 11 {
        session: u8 = 0[7; 8] "Session.",
        adr: u8 = 1[7; 4] "What the entry carries.",
        control: u8 = 1[3; 4] "Kind of track; bit 2 is data.",
        track: u8 = 2[7; 8] "TNO; zero in the lead-in.",
        point: u8 = 3[7; 8] "What is pointed to: 01h to 63h a track, A0h first track, A1h last track, A2h lead-out, B0h next session.",
        hours: u8 = 7[7; 8] "Zero on CD.",
    }
    bytes {
        time: Msf = 4 "Where the entry stands, or other data.",
        pointed: Msf = 8 "PMIN, PSEC, PFRAME: where what is pointed to starts, or other data.",
    }

    /// Absolute time in pre-groove (format 4), header included. The structure is `data_length` + 2 bytes long.
    pub struct Atip: "ATIP", size 32, needs 15, own codec {
        data_length: u16 = 0[7; 16] "Bytes after byte 1: 26, or 30 with S4.",
        writing_power: u8 = 4[6; 3] "Indicative target writing power.",
        double_density: bool = 4[3; 1] "DDCD.",
        reference_speed: u8 = 4[2; 3] "Reference speed.",
        unrestricted_use: bool = 5[6; 1] "URU.",
        rewritable: bool = 6[6; 1] "Disc type: CD-RW rather than CD-R.",
        sub_type: u8 = 6[5; 3] "Disc sub-type.",
        a1_valid: bool = 6[2; 1] "A1 is there.",
        a2_valid: bool = 6[1; 1] "A2 is there.",
        a3_valid: bool = 6[0; 1] "A3 is there.",
    }
    bytes {
        lead_in_start: Msf = 8 "Where the lead-in starts; tells the maker.",
        last_lead_out: Msf = 12 "Last possible start of the lead-out.",
        a1: [u8; 3] = 16 "Speeds and powers.",
        a2: [u8; 3] = 20 "Likewise.",
        a3: [u8; 3] = 24 "Likewise.",
        s4: [u8; 3] = 28 "Likewise.",
    }

    /// A CD-Text pack (format 5).
    pub struct CdTextPack: "CD-Text pack", size 18, needs 18 {
        kind: u8 = 0[7; 8] "80h title, 81h performer, ... 8Fh block size information.",
        track: u8 = 1[7; 8] "Track of the first character; 0 is the disc.",
        sequence: u8 = 2[7; 8] "Number of the pack in its block.",
        double_byte: bool = 3[7; 1] "DBCC: characters of two bytes.",
        block: u8 = 3[6; 3] "Block, that is, language.",
        character: u8 = 3[3; 4] "Position of the first character in its text.",
        crc: u16 = 16[7; 16] "CRC of the first 16 bytes, inverted.",
    }
    bytes {
        text: [u8; 12] = 4 "Characters, ended by zeros.",
    }
}

/// A READ TOC/PMA/ATIP answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TocData<'a> {
    /// The header.
    pub header: TocHeader,
    body: &'a [u8],
}

impl<'a> TocData<'a> {
    /// Reads an answer of any format; what is beyond the announced length is ignored.
    ///
    /// # Errors
    /// [`WireError::Truncated`] below 4 bytes, [`WireError::LengthMismatch`] when the data length does not cover the header.
    pub fn parse(bytes: &'a [u8]) -> Result<TocData<'a>, WireError> {
        let header = TocHeader::parse(bytes)?;
        let said = 2 + usize::from(header.data_length);
        if said < TocHeader::SIZE {
            return Err(WireError::LengthMismatch { structure: TocHeader::NAME, said, present: bytes.len() });
        }
        Ok(TocData { header, body: &bytes[TocHeader::SIZE..said.min(bytes.len())] })
    }

    /// The whole entries of formats 0 and 1.
    pub fn tracks(&self) -> impl Iterator<Item = TocEntry> + use<'a> {
        self.body.chunks_exact(TocEntry::SIZE).map(TocEntry::read)
    }

    /// The whole entries of formats 2 and 3.
    pub fn full(&self) -> impl Iterator<Item = FullTocEntry> + use<'a> {
        self.body.chunks_exact(FullTocEntry::SIZE).map(FullTocEntry::read)
    }

    /// The whole packs of format 5.
    pub fn cd_text(&self) -> impl Iterator<Item = CdTextPack> + use<'a> {
        self.body.chunks_exact(CdTextPack::SIZE).map(CdTextPack::read)
    }

    /// Appends an answer: the header, what `descriptors` appends, and the length of both.
    pub fn encode(first: u8, last: u8, reply: &mut Reply<'_>, descriptors: impl FnOnce(&mut Reply<'_>)) {
        let start = reply.length();
        TocHeader { data_length: 0, first, last }.encode(reply);
        descriptors(reply);
        reply.patch_length_u16(start, start + 2);
    }
}

impl TocEntry {
    /// Whether the track carries data rather than audio.
    #[must_use]
    pub const fn is_data(&self) -> bool {
        self.control & 0b0100 != 0
    }

    /// The first block, the address having been asked for as MSF or not.
    #[must_use]
    pub const fn lba(&self, msf: bool) -> i32 {
        if msf { Msf::from_field(self.address).lba() } else { self.address as i32 }
    }
}

impl Atip {
    /// Data length without S4, as most drives send it.
    pub const LENGTH: u16 = 26;

    /// Reads what is there of the announced length.
    ///
    /// # Errors
    /// [`WireError::Truncated`] when the last possible lead-out is not among the bytes, [`WireError::LengthMismatch`] when it is not
    /// announced.
    pub fn parse(bytes: &[u8]) -> Result<Atip, WireError> {
        const NEEDED: usize = 15;
        let head = crate::error::need(Atip::NAME, bytes, NEEDED)?;
        let said = 2 + usize::from(u16::from_be_bytes([head[0], head[1]]));
        if said < NEEDED {
            return Err(WireError::LengthMismatch { structure: Atip::NAME, said, present: bytes.len() });
        }
        Ok(Atip::read(&bytes[..said.min(bytes.len())]))
    }

    /// Appends as many bytes as `data_length` announces; the bits that are always one are set.
    pub fn encode(&self, reply: &mut Reply<'_>) {
        let announced = 2 + usize::from(self.data_length);
        let mut bytes = self.to_bytes();
        bytes[4] |= 0x80;
        bytes[6] |= 0x80;
        reply.put(&bytes[..announced.min(bytes.len())]);
        reply.zeros(announced.saturating_sub(bytes.len()));
    }
}

impl CdTextPack {
    /// The CRC that the pack should have.
    #[must_use]
    pub fn expected_crc(&self) -> u16 {
        crate::crc::crc_16(&self.to_bytes()[..16])
    }

    /// The pack with the CRC that it should have.
    #[must_use]
    pub fn sealed(self) -> CdTextPack {
        CdTextPack { crc: self.expected_crc(), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::testing::check_layouts;
    use proptest::prelude::*;

    check_layouts!(Atip, CdTextPack, FullTocEntry, TocEntry, TocHeader);

    fn encoded(write: impl FnOnce(&mut Reply<'_>)) -> Vec<u8> {
        let mut buffer = vec![0xEE; 70_000];
        let mut reply = Reply::new(&mut buffer, 70_000);
        write(&mut reply);
        reply.bytes().to_vec()
    }

    /// The table of contents that drives make up for a pressed DVD or BD.
    #[test]
    fn a_disc_of_one_track_by_hand() {
        let bytes = [
            0x00, 0x12, 0x01, 0x01, 0x00, 0x14, 0x01, 0x00, 0, 0, 0, 0, 0x00, 0x14, 0xAA, 0x00, 0x00, 0x23,
            0x05, 0x40,
        ];
        let toc = TocData::parse(&bytes).unwrap();
        assert_eq!((toc.header.first, toc.header.last), (1, 1));
        let tracks: Vec<_> = toc.tracks().collect();
        let track = TocEntry { adr: 1, control: 4, track: 1, address: 0 };
        let lead_out = TocEntry { track: LEAD_OUT, address: 2_295_104, ..track };
        assert_eq!(tracks, [track, lead_out]);
        assert!(track.is_data());
        let again = encoded(|reply| {
            TocData::encode(1, 1, reply, |reply| {
                track.encode(reply);
                lead_out.encode(reply);
            });
        });
        assert_eq!(again, bytes);
        let cut = TocData::parse(&bytes[..15]).unwrap();
        assert_eq!(cut.tracks().count(), 1);
        assert!(matches!(TocData::parse(&[0, 1, 1, 1]), Err(WireError::LengthMismatch { said: 3, .. })));
    }

    #[test]
    fn addresses_of_tracks() {
        let entry = TocEntry { address: 0x0000_0200, ..Default::default() };
        assert_eq!(entry.lba(true), 0);
        assert_eq!(entry.lba(false), 512);
        let pre_gap = TocEntry { address: 0xFFFF_FF6A, ..Default::default() };
        assert_eq!(pre_gap.lba(false), -150);
    }

    #[test]
    fn a_raw_entry_by_hand() {
        let bytes = [0, 13, 1, 1, 0x01, 0x14, 0x00, 0xA2, 0, 0, 0, 0, 79, 59, 74];
        let toc = TocData::parse(&bytes).unwrap();
        let entry = toc.full().next().unwrap();
        assert_eq!((entry.session, entry.point, entry.pointed), (1, 0xA2, Msf::new(79, 59, 74)));
        assert_eq!(encoded(|reply| TocData::encode(1, 1, reply, |reply| entry.encode(reply))), bytes);
    }

    #[test]
    fn a_pre_groove_by_hand() {
        let bytes = [
            0x00, 0x1A, 0, 0, 0xD4, 0x00, 0xC8, 0, 97, 15, 35, 0, 79, 59, 74, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0,
        ];
        let atip = Atip::parse(&bytes).unwrap();
        assert!(atip.rewritable && !atip.unrestricted_use && !atip.a1_valid);
        assert_eq!((atip.writing_power, atip.reference_speed, atip.sub_type), (5, 4, 1));
        assert_eq!(atip.lead_in_start, Msf::new(97, 15, 35));
        assert_eq!(atip.last_lead_out.lba(), 359_849);
        assert_eq!(encoded(|reply| atip.encode(reply)), bytes);
    }

    #[test]
    fn cd_text_packs() {
        let pack = CdTextPack { kind: 0x80, text: *b"Title\0Song\0\0", ..Default::default() }.sealed();
        assert_eq!(pack.crc, !crc_by_division(&pack.to_bytes()[..16]));
        assert_ne!(CdTextPack { track: 1, ..pack }.expected_crc(), pack.crc);
        let bytes = encoded(|reply| TocData::encode(0, 0, reply, |reply| pack.encode(reply)));
        assert_eq!(bytes[..4], [0, 20, 0, 0]);
        assert!(TocData::parse(&bytes).unwrap().cd_text().eq([pack]));
    }

    /// Division of the message by x^16 + x^12 + x^5 + 1, bit by bit.
    fn crc_by_division(message: &[u8]) -> u16 {
        let bits =
            message.iter().chain(&[0, 0]).flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
        bits.fold(0u32, |rest, bit| {
            let rest = rest << 1 | u32::from(bit);
            if rest & 0x1_0000 != 0 { rest ^ 0x1_1021 } else { rest }
        }) as u16
    }

    #[test]
    fn the_division_is_the_usual_crc() {
        assert_eq!(crc_by_division(b"123456789"), 0x31C3);
    }

    proptest! {
        #[test]
        fn entries_round_trip(tracks in prop::collection::vec((0u8..16, 0u8..16, any::<u8>(), any::<u32>()), 0..101)) {
            let tracks: Vec<_> = tracks.into_iter()
                .map(|(adr, control, track, address)| TocEntry { adr, control, track, address })
                .collect();
            let bytes = encoded(|reply| TocData::encode(1, 2, reply, |reply| {
                tracks.iter().for_each(|track| track.encode(reply));
            }));
            prop_assert!(TocData::parse(&bytes).unwrap().tracks().eq(tracks));
        }

        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..80), plain: bool) {
            if plain && bytes.len() > 1 {
                bytes[0] = 0;
            }
            if let Ok(toc) = TocData::parse(&bytes) {
                let _ = (toc.tracks().count(), toc.full().count());
                toc.cd_text().for_each(|pack| { let _ = pack.sealed(); });
            }
            if let Ok(atip) = Atip::parse(&bytes) {
                let again = encoded(|reply| atip.encode(reply));
                prop_assert_eq!(Atip::parse(&again), Ok(atip));
            }
        }
    }
}
