//! Writing, formatting, closing and erasing.

macro_rules! rows {
    ($($before:tt)*) => {
        chain! {
        $($before)*

        /// Formats the medium as the parameter list says. IMMED is in that list: see [`format`](crate::format).
        0x04 FormatUnit "FORMAT UNIT"
        length 6, Out, [NEEDS_MEDIUM WRITES LONG], 18_000_000 ms, features [0x0023 0x0028 0x002A 0x002C], clause "MMC-5 6.5"
        {
            format_data: bool = 1[4; 1] "FMTDATA: there is a parameter list (always, in MMC).",
            complete_list: bool = 1[3; 1] "CMPLST: forget the defects that were known.",
            format_code: u8 = 1[2; 3] "1; 7 is the legacy form for CD-RW.",
            interleave: u16 = 3[7; 16] "Zero.",
        }

        /// Writes blocks of user data.
        0x2A Write10 "WRITE(10)"
        length 10, Out, [NEEDS_MEDIUM WRITES LONG], 180_000 ms, features [0x0020 0x0021 0x0025 0x0026 0x002D 0x002E 0x002F], clause "MMC-5 6.44"
        {
            disable_page_out: bool = 1[4; 1] "DPO: a caching hint.",
            force_unit_access: bool = 1[3; 1] "FUA: write to the medium itself.",
            logical_block_address: u32 = 2[7; 32] "First block; two's complement on CD.",
            transfer_length: u16 = 7[7; 16] "Blocks to write.",
        }

        /// Erases blocks; MMC-6 does not have it.
        0x2C Erase10 "ERASE(10)"
        length 10, None, [NEEDS_MEDIUM WRITES LONG], 9_600_000 ms, features [0x0022], clause "MMC-5 6.4"
        {
            erase_all: bool = 1[2; 1] "ERA: everything from the address on.",
            logical_block_address: u32 = 2[7; 32] "First block.",
            transfer_length: u16 = 7[7; 16] "Blocks to erase.",
        }

        /// Writes blocks of user data and checks that they can be read.
        0x2E WriteAndVerify10 "WRITE AND VERIFY(10)"
        length 10, Out, [NEEDS_MEDIUM WRITES LONG], 180_000 ms, features [0x0020 0x0025], clause "MMC-5 6.46"
        {
            disable_page_out: bool = 1[4; 1] "DPO: a caching hint.",
            byte_check: bool = 1[1; 1] "Compare with what was sent; zero in MMC.",
            logical_block_address: u32 = 2[7; 32] "First block.",
            transfer_length: u16 = 7[7; 16] "Blocks to write.",
        }

        /// Brings what is cached onto the medium.
        0x35 SynchronizeCache "SYNCHRONIZE CACHE(10)"
        length 10, None, [NEEDS_MEDIUM LONG], 180_000 ms, features [0x0020 0x0021 0x0025 0x0026 0x002D 0x002E 0x002F], clause "MMC-5 6.41"
        {
            immed: bool = 1[1; 1] "Return before the operation is done.",
            logical_block_address: u32 = 2[7; 32] "Ignored by MMC drives.",
            number_of_blocks: u16 = 7[7; 16] "Ignored by MMC drives.",
        }

        /// Sets blocks aside for a track.
        0x53 ReserveTrack "RESERVE TRACK"
        length 10, None, [NEEDS_MEDIUM WRITES], 200_000 ms, features [0x0021 0x002B 0x002F 0x0041], clause "MMC-5 6.31"
        {
            by_zone: bool = 1[1; 1] "RMZ: extend the recording management zone.",
            by_address: bool = 1[0; 1] "ARSV: split the track at an address rather than reserve a size.",
            parameter: u64 = 2[7; 56] "Bytes 2 to 8, of which the address is the first four and the size the last four: [`ReserveTrack::address`], [`ReserveTrack::size`].",
        }

        /// Calibrates the laser, or takes values that the initiator kept.
        0x54 SendOpcInformation "SEND OPC INFORMATION"
        length 10, Out, [NEEDS_MEDIUM WRITES LONG], 200_000 ms, features [0x0021 0x002D 0x002F], clause "MMC-5 6.36"
        {
            exclude_layer_1: bool = 1[2; 1] "Do not calibrate on layer 1.",
            exclude_layer_0: bool = 1[1; 1] "Do not calibrate on layer 0.",
            do_opc: bool = 1[0; 1] "Calibrate now; there is no parameter list.",
            parameter_list_length: u16 = 7[7; 16] "Bytes of the parameter list.",
        }

        /// Completes a track whose writing was interrupted.
        0x58 RepairTrack "REPAIR TRACK"
        length 10, None, [NEEDS_MEDIUM WRITES LONG], 480_000 ms, features [0x0021], clause "MMC-5 6.28"
        {
            immed: bool = 1[0; 1] "Return before the operation is done.",
            track_number: u16 = 4[7; 16] "Which track.",
        }

        /// Closes a track or a session, finalises the disc, or stops background formatting.
        0x5B CloseTrackSession "CLOSE TRACK/SESSION"
        length 10, None, [NEEDS_MEDIUM WRITES LONG], 3_600_000 ms, features [0x0021 0x002A 0x002B 0x002D 0x002F 0x0041], clause "MMC-5 6.3"
        {
            immed: bool = 1[0; 1] "Return before the operation is done.",
            close_function: u8 = 2[2; 3] "What is closed: see [`CloseFunction`](crate::close::CloseFunction).",
            track_number: u16 = 4[7; 16] "Which track or, on some media, session; FFh is the incomplete track of a CD.",
        }

        /// Says what a session written at once will be: its lead-in, pauses, tracks and lead-out. See [`cue`](crate::cue).
        0x5D SendCueSheet "SEND CUE SHEET"
        length 10, Out, [NEEDS_MEDIUM WRITES], 60_000 ms, features [0x002E], clause "MMC-5 6.33"
        {
            cue_sheet_size: u32 = 6[7; 24] "Bytes of the cue sheet, eight to an entry.",
        }

        /// Makes a rewritable medium, or a part of it, blank.
        0xA1 Blank "BLANK"
        length 12, None, [NEEDS_MEDIUM WRITES LONG], 9_600_000 ms, features [0x0026 0x002C 0x002D 0x002F], clause "MMC-5 6.2"
        {
            immed: bool = 1[4; 1] "Return before the operation is done.",
            blanking_type: u8 = 1[2; 3] "What becomes blank: see [`BlankingType`](crate::close::BlankingType).",
            start_address: u32 = 2[7; 32] "Which track, or from which block on.",
        }

        /// Writes blocks of user data; the form for many of them.
        0xAA Write12 "WRITE(12)"
        length 12, Out, [NEEDS_MEDIUM WRITES LONG], 180_000 ms, features [0x0107], clause "MMC-5 6.45"
        {
            disable_page_out: bool = 1[4; 1] "DPO: a caching hint.",
            force_unit_access: bool = 1[3; 1] "FUA: write to the medium itself.",
            logical_block_address: u32 = 2[7; 32] "First block; two's complement on CD.",
            transfer_length: u32 = 6[7; 32] "Blocks to write.",
            streaming: bool = 10[7; 1] "Time matters more than correctness.",
        }

        /// Writes a structure of the disc that is not user data.
        0xBF SendDiscStructure "SEND DISC STRUCTURE"
        length 12, Out, [NEEDS_MEDIUM WRITES LONG], 240_000 ms, features [0x002A 0x002F 0x0033 0x003B 0x010A], clause "MMC-5 6.34"
        {
            media_type: u8 = 1[3; 4] "0 DVD, 1 BD.",
            format: u8 = 7[7; 8] "Which structure.",
            parameter_list_length: u16 = 8[7; 16] "Bytes of the parameter list.",
        }
        }
    };
}

pub(super) use rows;
