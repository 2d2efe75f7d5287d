//! Playing audio.

macro_rules! rows {
    ($($before:tt)*) => {
        chain! {
        $($before)*

        /// Asks what the Q sub-channel says: position, catalog number or recording code.
        0x42 ReadSubChannel "READ SUB-CHANNEL"
        length 10, In, [NEEDS_MEDIUM], 10_000 ms, features [0x0103], clause "MMC-6 Annex E"
        {
            time: bool = 1[1; 1] "Addresses as minute, second, frame.",
            sub_q: bool = 2[6; 1] "SUBQ: the data are wanted, not only their header.",
            format: u8 = 3[7; 8] "1 position, 2 media catalog number, 3 ISRC.",
            track_number: u8 = 6[7; 8] "Of which track the ISRC is wanted.",
            allocation_length: u16 = 7[7; 16] "Most bytes to return.",
        }

        /// Plays audio from a block on.
        0x45 PlayAudio10 "PLAY AUDIO(10)"
        length 10, None, [NEEDS_MEDIUM], 30_000 ms, features [0x0103], clause "MMC-6 Annex E"
        {
            starting_address: u32 = 2[7; 32] "First block; FFFFFFFFh is where the pick-up is.",
            play_length: u16 = 7[7; 16] "Blocks to play.",
        }

        /// Plays audio between two times.
        0x47 PlayAudioMsf "PLAY AUDIO MSF"
        length 10, None, [NEEDS_MEDIUM], 30_000 ms, features [0x0103], clause "MMC-6 Annex E"
        {
            starting_msf: u32 = 3[7; 24] "First frame: minute, second, frame; FFFFFFh is where the pick-up is.",
            ending_msf: u32 = 6[7; 24] "Where playing stops: minute, second, frame.",
        }

        /// Plays audio between two indexes.
        0x48 PlayAudioTrackIndex "PLAY AUDIO TRACK INDEX"
        length 10, None, [NEEDS_MEDIUM], 30_000 ms, features [], clause "SCSI-2 14.2.5"
        {
            starting_track: u8 = 4[7; 8] "First track.",
            starting_index: u8 = 5[7; 8] "First index in it.",
            ending_track: u8 = 7[7; 8] "Last track.",
            ending_index: u8 = 8[7; 8] "Last index in it.",
        }

        /// Halts playing, or goes on.
        0x4B PauseResume "PAUSE/RESUME"
        length 10, None, [NEEDS_MEDIUM], 10_000 ms, features [0x0103], clause "MMC-6 Annex E"
        {
            resume: bool = 8[0; 1] "Go on rather than halt.",
        }

        /// Ends playing or scanning.
        0x4E StopPlayScan "STOP PLAY/SCAN"
        length 10, None, [NEEDS_MEDIUM], 10_000 ms, features [0x0103], clause "MMC-6 Annex E"
        {}

        /// Plays audio from a block on; the form for many of them.
        0xA5 PlayAudio12 "PLAY AUDIO(12)"
        length 12, None, [NEEDS_MEDIUM], 30_000 ms, features [0x0103], clause "MMC-6 Annex E"
        {
            starting_address: u32 = 2[7; 32] "First block; FFFFFFFFh is where the pick-up is.",
            play_length: u32 = 6[7; 32] "Blocks to play.",
        }

        /// Plays audio fast, forwards or backwards.
        0xBA Scan "SCAN"
        length 12, None, [NEEDS_MEDIUM], 30_000 ms, features [0x0103], clause "MMC-6 Annex E"
        {
            direct: bool = 1[4; 1] "DIRECT: backwards.",
            starting_address: u32 = 2[7; 32] "Where it starts.",
            address_type: u8 = 9[7; 2] "How the address is meant: 0 block, 1 minute, second, frame, 2 track.",
        }
        }
    };
}

pub(super) use rows;
