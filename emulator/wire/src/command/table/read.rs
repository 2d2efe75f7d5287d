//! Reading, and what is known of the medium.

macro_rules! rows {
    ($($before:tt)*) => {
        chain! {
        $($before)*

        /// Asks in which ways the medium can be formatted.
        0x23 ReadFormatCapacities "READ FORMAT CAPACITIES"
        length 10, In, [], 4_000 ms, features [0x0023 0x0028 0x002A], clause "MMC-5 6.24"
        {
            allocation_length: u16 = 7[7; 16] "Most bytes to return.",
        }

        /// Asks for the last address and the block size.
        0x25 ReadCapacity "READ CAPACITY(10)"
        length 10, In, [NEEDS_MEDIUM RESERVATION_EXEMPT], 20_000 ms, features [0x0010 0x0020 0x0025 0x0026], clause "MMC-5 6.19"
        {
            logical_block_address: u32 = 2[7; 32] "Obsolete, zero.",
            partial_medium_indicator: bool = 8[0; 1] "Obsolete, zero.",
        }

        /// Reads blocks of user data.
        0x28 Read10 "READ(10)"
        length 10, In, [NEEDS_MEDIUM], 30_000 ms, features [0x0010], clause "MMC-5 6.15"
        {
            disable_page_out: bool = 1[4; 1] "DPO: a caching hint.",
            force_unit_access: bool = 1[3; 1] "FUA: read from the medium itself.",
            logical_block_address: u32 = 2[7; 32] "First block.",
            transfer_length: u16 = 7[7; 16] "Blocks to read.",
        }

        /// Moves the pick-up to a block.
        0x2B Seek10 "SEEK(10)"
        length 10, None, [NEEDS_MEDIUM], 30_000 ms, features [0x0010], clause "MMC-5 6.32"
        {
            logical_block_address: u32 = 2[7; 32] "Where to.",
        }

        /// Checks that blocks can be read.
        0x2F Verify10 "VERIFY(10)"
        length 10, None, [NEEDS_MEDIUM LONG], 180_000 ms, features [0x0023], clause "MMC-5 6.43"
        {
            disable_page_out: bool = 1[4; 1] "DPO: a caching hint.",
            byte_check: bool = 1[1; 1] "Compare with data from the initiator; zero in MMC.",
            logical_block_address: u32 = 2[7; 32] "First block.",
            verification_length: u16 = 7[7; 16] "Blocks to check.",
        }

        /// Asks for tracks, sessions, the PMA, the ATIP or CD-Text.
        0x43 ReadToc "READ TOC/PMA/ATIP"
        length 10, In, [NEEDS_MEDIUM], 30_000 ms, features [0x001E 0x001F], clause "MMC-5 6.26"
        {
            msf: bool = 1[1; 1] "Addresses as minute, second, frame.",
            format: u8 = 2[3; 4] "0 TOC, 1 sessions, 2 full TOC, 3 PMA, 4 ATIP, 5 CD-Text.",
            track_session_number: u8 = 6[7; 8] "First track or session wanted.",
            allocation_length: u16 = 7[7; 16] "Most bytes to return.",
            legacy_format: u8 = 9[7; 2] "Format as SFF-8020 initiators gave it.",
        }

        /// Asks for the address in the header of a block of data.
        0x44 ReadHeader "READ HEADER"
        length 10, In, [NEEDS_MEDIUM], 30_000 ms, features [], clause "MMC-6 Annex E"
        {
            msf: bool = 1[1; 1] "The address as minute, second, frame.",
            logical_block_address: u32 = 2[7; 32] "Which block.",
            allocation_length: u16 = 7[7; 16] "Most bytes to return.",
        }

        /// Asks for the state of the disc.
        0x51 ReadDiscInformation "READ DISC INFORMATION"
        length 10, In, [NEEDS_MEDIUM], 4_000 ms, features [0x0021 0x0026 0x002D 0x002E 0x002F], clause "MMC-5 6.22"
        {
            data_type: u8 = 1[2; 3] "0 standard, 1 track resources, 2 pseudo-overwrite resources.",
            allocation_length: u16 = 7[7; 16] "Most bytes to return.",
        }

        /// Asks for the state of a track.
        0x52 ReadTrackInformation "READ TRACK INFORMATION"
        length 10, In, [NEEDS_MEDIUM], 4_000 ms, features [0x0021 0x0026 0x002D 0x002E 0x002F], clause "MMC-5 6.27"
        {
            open: bool = 1[2; 1] "Only open tracks are meant.",
            address_type: u8 = 1[1; 2] "0 block address, 1 track, 2 session.",
            address: u32 = 2[7; 32] "Block, track or session number.",
            allocation_length: u16 = 7[7; 16] "Most bytes to return.",
        }

        /// Asks for the last address and the block size; the form for disks. MMC never defined it.
        0x9E / 0x10 ReadCapacity16 "READ CAPACITY(16)"
        length 16, In, [NEEDS_MEDIUM RESERVATION_EXEMPT], 20_000 ms, features [], clause "SBC-2 5.11"
        {
            logical_block_address: u64 = 2[7; 64] "Zero, unless `partial_medium_indicator` is set.",
            allocation_length: u32 = 10[7; 32] "Most bytes to return.",
            partial_medium_indicator: bool = 14[0; 1] "PMI: the last block before a delay.",
        }

        /// Reads blocks of user data.
        0xA8 Read12 "READ(12)"
        length 12, In, [NEEDS_MEDIUM], 30_000 ms, features [0x001F 0x0107], clause "MMC-5 6.16"
        {
            disable_page_out: bool = 1[4; 1] "DPO: a caching hint.",
            force_unit_access: bool = 1[3; 1] "FUA: read from the medium itself.",
            logical_block_address: u32 = 2[7; 32] "First block.",
            transfer_length: u32 = 6[7; 32] "Blocks to read.",
            streaming: bool = 10[7; 1] "Time matters more than correctness.",
        }

        /// Asks for the serial number of the medium.
        0xAB / 0x01 ReadMediaSerialNumber "READ MEDIA SERIAL NUMBER"
        length 12, In, [NEEDS_MEDIUM], 30_000 ms, features [0x0109], clause "MMC-6 6.24"
        {
            allocation_length: u32 = 6[7; 32] "Most bytes to return.",
        }

        /// Asks for structures of the disc that are not user data.
        0xAD ReadDiscStructure "READ DISC STRUCTURE"
        length 12, In, [NEEDS_MEDIUM], 30_000 ms, features [0x001F 0x0040], clause "MMC-5 6.23"
        {
            media_type: u8 = 1[3; 4] "0 DVD, 1 BD.",
            address: u32 = 2[7; 32] "Depends on the format.",
            layer: u8 = 6[7; 8] "Which layer.",
            format: u8 = 7[7; 8] "Which structure.",
            allocation_length: u16 = 8[7; 16] "Most bytes to return.",
            authentication_grant_id: u8 = 10[7; 2] "AGID, for keyed formats.",
        }

        /// Checks that blocks can be read; the form for many of them.
        0xAF Verify12 "VERIFY(12)"
        length 12, None, [NEEDS_MEDIUM LONG], 180_000 ms, features [], clause "SBC-2 VERIFY(12)"
        {
            disable_page_out: bool = 1[4; 1] "DPO: a caching hint.",
            byte_check: bool = 1[1; 1] "Compare with data from the initiator; zero in MMC.",
            logical_block_address: u32 = 2[7; 32] "First block.",
            verification_length: u32 = 6[7; 32] "Blocks to check.",
        }

        /// Reads any part of CD sectors between two times.
        0xB9 ReadCdMsf "READ CD MSF"
        length 12, In, [NEEDS_MEDIUM], 30_000 ms, features [0x001E], clause "MMC-5 6.21"
        {
            expected_sector_type: u8 = 1[4; 3] "0 any, 1 CD-DA, 2 mode 1, 3 mode 2 formless, 4 mode 2 form 1, 5 mode 2 form 2.",
            digital_audio_play: bool = 1[1; 1] "DAP: conceal errors of audio.",
            starting_msf: u32 = 3[7; 24] "First sector: minute, second, frame.",
            ending_msf: u32 = 6[7; 24] "The sector after the last one: minute, second, frame.",
            sync: bool = 9[7; 1] "The synchronisation pattern is wanted.",
            header_codes: u8 = 9[6; 2] "0 none, 1 header, 2 subheader, 3 both.",
            user_data: bool = 9[4; 1] "User data are wanted.",
            edc_ecc: bool = 9[3; 1] "EDC and ECC are wanted.",
            c2_error_information: u8 = 9[2; 2] "0 none, 1 the C2 bits (294 bytes), 2 with a summary byte (296 bytes).",
            sub_channel_selection: u8 = 10[2; 3] "0 none, 1 raw P to W, 2 Q, 4 corrected R to W.",
        }

        /// Reads any part of CD sectors.
        0xBE ReadCd "READ CD"
        length 12, In, [NEEDS_MEDIUM], 30_000 ms, features [0x001E], clause "MMC-5 6.20"
        {
            expected_sector_type: u8 = 1[4; 3] "0 any, 1 CD-DA, 2 mode 1, 3 mode 2 formless, 4 mode 2 form 1, 5 mode 2 form 2.",
            digital_audio_play: bool = 1[1; 1] "DAP: conceal errors of audio.",
            logical_block_address: u32 = 2[7; 32] "First sector; two's complement before 00:02:00: FFFFFF6Ah is -150.",
            transfer_length: u32 = 6[7; 24] "Sectors to read.",
            sync: bool = 9[7; 1] "The synchronisation pattern is wanted.",
            header_codes: u8 = 9[6; 2] "0 none, 1 header, 2 subheader, 3 both.",
            user_data: bool = 9[4; 1] "User data are wanted.",
            edc_ecc: bool = 9[3; 1] "EDC and ECC are wanted.",
            c2_error_information: u8 = 9[2; 2] "0 none, 1 the C2 bits (294 bytes), 2 with a summary byte (296 bytes).",
            sub_channel_selection: u8 = 10[2; 3] "0 none, 1 raw P to W, 2 Q, 4 corrected R to W.",
        }
        }
    };
}

pub(super) use rows;
