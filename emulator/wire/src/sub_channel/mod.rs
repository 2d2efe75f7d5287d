//! The Q sub-channel: frames as they are recorded, and what READ SUB-CHANNEL and READ HEADER tell of them (MMC-5 4.2.3.7, MMC-6 Annex E).

use crate::ascii::Ascii;
use crate::crc::crc_16;
use crate::error::WireError;
use crate::layout::{Layout, codes, layout};
use crate::msf::Msf;
use crate::records::body_after;
use crate::reply::Reply;

codes! {
    /// What a READ SUB-CHANNEL answer is about.
    pub struct SubChannelFormat(u8) {
        POSITION = 1 "position of the pick-up",
        MEDIA_CATALOG_NUMBER = 2 "media catalog number",
        ISRC = 3 "ISRC of a track",
    }

    /// What playing audio is doing.
    pub struct AudioStatus(u8) {
        NOT_SUPPORTED = 0x00 "not supported or not valid",
        PLAYING = 0x11 "playing",
        PAUSED = 0x12 "paused",
        COMPLETED = 0x13 "completed",
        STOPPED_BY_ERROR = 0x14 "stopped by an error",
        NONE = 0x15 "nothing to report",
    }

    /// What a frame of the Q sub-channel carries (ADR).
    pub struct QMode(u8) {
        POSITION = 1 "a position",
        MEDIA_CATALOG_NUMBER = 2 "the media catalog number",
        ISRC = 3 "the ISRC of the track",
    }
}

layout! {
    /// What stands before READ SUB-CHANNEL data.
    pub struct SubChannelHeader: "sub-channel data header", size 4, needs 4 {
        audio_status: AudioStatus = 1[7; 8] "What playing is doing.",
        data_length: u16 = 2[7; 16] "Bytes after byte 3, whatever the allocation length cut off.",
    }

    /// Where the pick-up is (format 01h).
    pub struct CurrentPosition: "current position data", size 12, needs 12 {
        format: SubChannelFormat = 0[7; 8] "Position.",
        adr: u8 = 1[7; 4] "What the Q sub-channel carries there.",
        control: u8 = 1[3; 4] "Kind of track; bit 2 is data.",
        track: u8 = 2[7; 8] "Number of the track.",
        index: u8 = 3[7; 8] "Index in it.",
        absolute_address: u32 = 4[7; 32] "Where on the disc: a block, or MSF where that was asked for.",
        relative_address: u32 = 8[7; 32] "Where in the track, likewise; in a pause it counts down.",
    }

    /// The media catalog number (format 02h).
    pub struct CatalogNumberData: "media catalog number data", size 20, needs 20 {
        format: SubChannelFormat = 0[7; 8] "Media catalog number.",
        valid: bool = 4[7; 1] "MCVAL: there is a number.",
        absolute_frame: u8 = 19[7; 8] "AFRAME: frame of the sector where it was found.",
    }
    bytes {
        number: Ascii<13> = 5 "Thirteen digits.",
    }

    /// The ISRC of a track (format 03h).
    pub struct RecordingCodeData: "ISRC data", size 20, needs 20 {
        format: SubChannelFormat = 0[7; 8] "ISRC.",
        adr: u8 = 1[7; 4] "What the Q sub-channel carries there.",
        control: u8 = 1[3; 4] "Kind of track; bit 2 is data.",
        track: u8 = 2[7; 8] "Number of the track.",
        valid: bool = 4[7; 1] "TCVAL: there is a code.",
        absolute_frame: u8 = 18[7; 8] "AFRAME: frame of the sector where it was found.",
    }
    bytes {
        code: Ascii<12> = 5 "Country, owner, year and serial number.",
    }

    /// READ HEADER data: what the header of a block of data says.
    pub struct BlockHeader: "block header", size 8, needs 8 {
        mode: u8 = 0[7; 8] "Mode of the sector: 0, 1 or 2.",
        address: u32 = 4[7; 32] "Its address: a block, or MSF where that was asked for.",
    }

    /// A frame of the Q sub-channel in mode 1: a position. Numbers are BCD, as they are recorded.
    pub struct QPosition: "Q frame with a position", size 12, needs 12 {
        control: u8 = 0[7; 4] "Kind of track; bit 2 is data.",
        mode: QMode = 0[3; 4] "ADR: a position.",
        track: u8 = 1[7; 8] "TNO; 0 is the lead-in, AAh the lead-out.",
        index: u8 = 2[7; 8] "Index; in the lead-in POINT.",
        zero: u8 = 6[7; 8] "Zero.",
        crc: u16 = 10[7; 16] "CRC of the first ten bytes, inverted.",
    }
    bytes {
        relative: Msf = 3 "Time in the track.",
        absolute: Msf = 7 "Time on the disc; in the lead-in PMIN, PSEC, PFRAME.",
    }

    /// A frame of the Q sub-channel in mode 2: the media catalog number. Numbers are BCD.
    pub struct QCatalogNumber: "Q frame with the catalog number", size 12, needs 12 {
        control: u8 = 0[7; 4] "Kind of track; bit 2 is data.",
        mode: QMode = 0[3; 4] "ADR: media catalog number.",
        number: u64 = 1[7; 52] "Thirteen digits, the first one most significant.",
        absolute_frame: u8 = 9[7; 8] "AFRAME: frame of the time on the disc.",
        crc: u16 = 10[7; 16] "CRC of the first ten bytes, inverted.",
    }

    /// A frame of the Q sub-channel in mode 3: the ISRC. Numbers are BCD; characters have six bits each, 00h to 09h digits, 11h to 2Ah
    /// letters.
    pub struct QRecordingCode: "Q frame with an ISRC", size 12, needs 12 {
        control: u8 = 0[7; 4] "Kind of track; bit 2 is data.",
        mode: QMode = 0[3; 4] "ADR: ISRC.",
        characters: u32 = 1[7; 30] "Country and owner: five characters, the first one most significant.",
        digits: u32 = 5[7; 28] "Year and serial number: seven digits, the first one most significant.",
        absolute_frame: u8 = 9[7; 8] "AFRAME: frame of the time on the disc.",
        crc: u16 = 10[7; 16] "CRC of the first ten bytes, inverted.",
    }
}

/// A frame of the Q sub-channel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum QFrame {
    /// Mode 2.
    CatalogNumber(QCatalogNumber),
    /// Mode 1.
    Position(QPosition),
    /// Mode 3.
    RecordingCode(QRecordingCode),
}

impl QFrame {
    /// Bytes of a frame.
    pub const SIZE: usize = QPosition::SIZE;

    /// Reads a frame, whether its CRC is right or not.
    ///
    /// # Errors
    /// [`WireError::Truncated`] below 12 bytes, [`WireError::BadValue`] for a mode that has no layout.
    pub fn parse(bytes: &[u8]) -> Result<QFrame, WireError> {
        let position = QPosition::parse(bytes)?;
        match position.mode {
            QMode::POSITION => Ok(QFrame::Position(position)),
            QMode::MEDIA_CATALOG_NUMBER => Ok(QFrame::CatalogNumber(QCatalogNumber::read(bytes))),
            QMode::ISRC => Ok(QFrame::RecordingCode(QRecordingCode::read(bytes))),
            _ => Err(WireError::BadValue { structure: "Q frame", byte: 0, value: bytes[0] }),
        }
    }

    /// Whether the last two of the twelve bytes are the CRC of the others. Formatted Q data of READ CD may have zeros there instead.
    #[must_use]
    pub fn is_intact(bytes: &[u8]) -> bool {
        bytes.get(..12).is_some_and(|frame| crc_16(&frame[..10]).to_be_bytes() == frame[10..])
    }

    /// The frame as bytes, with the CRC that it should have.
    #[must_use]
    pub fn sealed(&self) -> [u8; QFrame::SIZE] {
        let mut bytes = match self {
            QFrame::CatalogNumber(frame) => frame.to_bytes(),
            QFrame::Position(frame) => frame.to_bytes(),
            QFrame::RecordingCode(frame) => frame.to_bytes(),
        };
        let crc = crc_16(&bytes[..10]);
        bytes[10..].copy_from_slice(&crc.to_be_bytes());
        bytes
    }
}

impl QCatalogNumber {
    /// The digits in ASCII; nibbles above nine become question marks.
    #[must_use]
    pub fn text(&self) -> Ascii<13> {
        Ascii(core::array::from_fn(|index| digit(self.number >> (4 * (12 - index)))))
    }
}

impl QRecordingCode {
    /// The code in ASCII; what is neither digit nor letter becomes a question mark.
    #[must_use]
    pub fn text(&self) -> Ascii<12> {
        Ascii(core::array::from_fn(|index| match index {
            0..5 => match (self.characters >> (6 * (4 - index)) & 0x3F) as u8 {
                value @ 0x00..=0x09 => b'0' + value,
                value @ 0x11..=0x2A => b'A' + (value - 0x11),
                _ => b'?',
            },
            _ => digit((self.digits >> (4 * (11 - index))).into()),
        }))
    }
}

fn digit(nibble: u64) -> u8 {
    match (nibble & 0xF) as u8 {
        value @ 0..=9 => b'0' + value,
        _ => b'?',
    }
}

/// A READ SUB-CHANNEL answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SubChannelData<'a> {
    /// What playing is doing.
    pub audio_status: AudioStatus,
    /// The data, as far as they are there; none where SUBQ was not set.
    pub body: &'a [u8],
}

impl<'a> SubChannelData<'a> {
    /// Reads an answer of any format; what is beyond the announced length is ignored.
    ///
    /// # Errors
    /// [`WireError::Truncated`] below 4 bytes.
    pub fn parse(bytes: &'a [u8]) -> Result<SubChannelData<'a>, WireError> {
        let SubChannelHeader { audio_status, data_length } = SubChannelHeader::parse(bytes)?;
        let said = SubChannelHeader::SIZE + usize::from(data_length);
        let body = body_after(SubChannelHeader::NAME, bytes, said, SubChannelHeader::SIZE)?;
        Ok(SubChannelData { audio_status, body })
    }

    /// Appends the header, what `body` appends, and the length of that.
    pub fn encode(audio_status: AudioStatus, reply: &mut Reply<'_>, body: impl FnOnce(&mut Reply<'_>)) {
        let start = reply.length();
        SubChannelHeader { audio_status, data_length: 0 }.encode(reply);
        body(reply);
        reply.patch_length_u16(start + 2, start + SubChannelHeader::SIZE);
    }
}

#[cfg(test)]
mod tests;
