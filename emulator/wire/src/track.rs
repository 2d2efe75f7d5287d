//! READ TRACK INFORMATION: where a track is and how far it is recorded (MMC-5 6.27).

use crate::error::{WireError, need};
use crate::layout::{Layout, codes, layout};
use crate::reply::Reply;

codes! {
    /// What the address of the command means.
    pub struct TrackAddressType(u8) {
        BLOCK = 0 "a block in the track",
        TRACK = 1 "the track's number; 0 the lead-in, FFh the invisible track",
        SESSION = 2 "a session, of which the first track is meant",
    }

    /// How the data of a track are written.
    pub struct DataMode(u8) {
        MODE_1 = 1 "mode 1, or no CD",
        MODE_2 = 2 "mode 2 or CD-I",
        UNKNOWN = 0xF "unknown or nothing recorded",
    }

    /// How a layer jump track is recorded.
    pub struct LayerJumpStatus(u8) {
        NONE = 0 "not recorded with layer jumps",
        UNSPECIFIED = 1 "unspecified",
        MANUAL = 2 "jumps at given addresses",
        REGULAR = 3 "jumps at regular intervals",
    }
}

layout! {
    /// Track information. The structure is `data_length` + 2 bytes long: [`TrackInformation::LENGTH_MMC_3`] and its siblings.
    pub struct TrackInformation: "track information", size 48, needs 28, own codec {
        data_length: u16 = 0[7; 16] "Bytes after byte 1.",
        track: u16 = 32[7; 8] & 2[7; 8] "Number of the track.",
        session: u16 = 33[7; 8] & 3[7; 8] "Number of its session.",
        layer_jump_status: LayerJumpStatus = 5[7; 2] "LJRS.",
        damage: bool = 5[5; 1] "Not closed after an incomplete write.",
        copy: bool = 5[4; 1] "A second or later copy, or copying is permitted.",
        track_mode: u8 = 5[3; 4] "The control nibble of the track.",
        reserved: bool = 6[7; 1] "RT: reserved.",
        blank: bool = 6[6; 1] "Nothing is recorded.",
        packet: bool = 6[5; 1] "Packet or incremental recording.",
        fixed_packet: bool = 6[4; 1] "FP: packets have a fixed size.",
        data_mode: DataMode = 6[3; 4] "How the data are written.",
        last_recorded_valid: bool = 7[1; 1] "LRA_V.",
        next_writable_valid: bool = 7[0; 1] "NWA_V.",
        start: u32 = 8[7; 32] "First block.",
        next_writable: u32 = 12[7; 32] "Next writable address, where valid.",
        free_blocks: u32 = 16[7; 32] "Blocks that can still be recorded.",
        packet_size: u32 = 20[7; 32] "Blocks of a fixed packet, or blocking factor.",
        size: u32 = 24[7; 32] "Blocks of the track.",
        last_recorded: u32 = 28[7; 32] "Last recorded address, where valid.",
        read_compatibility: u32 = 36[7; 32] "Read compatibility address of DVD+R.",
        next_layer_jump: u32 = 40[7; 32] "Where the next layer jump will be.",
        last_layer_jump: u32 = 44[7; 32] "Where the last layer jump was.",
    }
}

impl TrackInformation {
    /// Data length of the 36 bytes that every drive sends.
    pub const LENGTH_MMC_3: u16 = 34;
    /// Data length with the read compatibility address.
    pub const LENGTH_DVD_PLUS_R: u16 = 38;
    /// Data length with the layer jump addresses.
    pub const LENGTH_LAYER_JUMP: u16 = 46;

    /// Reads what is there of the announced length; fields after the 28th byte that are missing are zero.
    ///
    /// # Errors
    /// [`WireError::Truncated`] below 28 bytes, [`WireError::LengthMismatch`] when fewer are announced.
    pub fn parse(bytes: &[u8]) -> Result<TrackInformation, WireError> {
        const NEEDED: usize = 28;
        let head = need(TrackInformation::NAME, bytes, NEEDED)?;
        let said = 2 + usize::from(u16::from_be_bytes([head[0], head[1]]));
        if said < NEEDED {
            return Err(WireError::LengthMismatch {
                structure: TrackInformation::NAME,
                said,
                present: bytes.len(),
            });
        }
        Ok(TrackInformation::read(&bytes[..said.min(bytes.len())]))
    }

    /// Appends as many bytes as `data_length` announces.
    pub fn encode(&self, reply: &mut Reply<'_>) {
        let announced = 2 + usize::from(self.data_length);
        let bytes = self.to_bytes();
        reply.put(&bytes[..announced.min(bytes.len())]);
        reply.zeros(announced.saturating_sub(bytes.len()));
    }

    /// The next writable address, where it is valid.
    #[must_use]
    pub const fn nwa(&self) -> Option<u32> {
        if self.next_writable_valid { Some(self.next_writable) } else { None }
    }

    /// The last recorded address, where it is valid.
    #[must_use]
    pub const fn lra(&self) -> Option<u32> {
        if self.last_recorded_valid { Some(self.last_recorded) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::testing::check_layouts;
    use proptest::prelude::*;

    check_layouts!(TrackInformation);

    fn encoded(track: &TrackInformation) -> Vec<u8> {
        let mut buffer = vec![0xEE; 70_000];
        let mut reply = Reply::new(&mut buffer, 70_000);
        track.encode(&mut reply);
        reply.bytes().to_vec()
    }

    /// The invisible track of a blank CD-R: address 0 is next, 359845 blocks are free.
    #[test]
    fn a_blank_track_by_hand() {
        let bytes = [
            0x00, 0x22, 0x01, 0x01, 0x00, 0x04, 0x4F, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x05, 0x7D, 0xA5,
            0, 0, 0, 0, 0x00, 0x05, 0x7D, 0xA5, 0, 0, 0, 0, 0, 0, 0, 0,
        ];
        let track = TrackInformation::parse(&bytes).unwrap();
        let expected = TrackInformation {
            data_length: TrackInformation::LENGTH_MMC_3,
            track: 1,
            session: 1,
            track_mode: 4,
            blank: true,
            data_mode: DataMode::UNKNOWN,
            next_writable_valid: true,
            free_blocks: 359_845,
            size: 359_845,
            ..Default::default()
        };
        assert_eq!(track, expected);
        assert_eq!((track.nwa(), track.lra()), (Some(0), None));
        assert_eq!(encoded(&track), bytes);
        let short = TrackInformation::parse(&bytes[..28]).unwrap();
        assert_eq!(short.size, 359_845);
    }

    #[test]
    fn lengths_that_are_too_small() {
        assert!(matches!(TrackInformation::parse(&[0; 27]), Err(WireError::Truncated { needed: 28, .. })));
        assert!(matches!(TrackInformation::parse(&[0; 36]), Err(WireError::LengthMismatch { said: 2, .. })));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..64), length in 0u16..70) {
            if bytes.len() > 2 {
                bytes[..2].copy_from_slice(&length.to_be_bytes());
            }
            if let Ok(track) = TrackInformation::parse(&bytes) {
                let again = encoded(&track);
                prop_assert_eq!(again.len(), usize::from(length) + 2);
                prop_assert_eq!(TrackInformation::parse(&again), Ok(track));
            }
        }
    }
}
