//! The pages that MMC units have, with their fields. Offsets count from the first byte of the page, header included.

use super::{CapabilitiesPage, ModePage};
use crate::error::WireError;
use crate::layout::{Layout, codes, layout};
use crate::reply::Reply;
use core::fmt;

codes! {
    /// A mode page.
    pub struct PageCode(u8) {
        VENDOR_SPECIFIC = 0x00 "vendor specific",
        ERROR_RECOVERY = 0x01 "read/write error recovery",
        MRW = 0x03 "MRW",
        WRITE_PARAMETERS = 0x05 "write parameters",
        VERIFY_ERROR_RECOVERY = 0x07 "verify error recovery",
        CACHING = 0x08 "caching",
        CONTROL = 0x0A "control",
        CD_DEVICE_PARAMETERS = 0x0D "CD device parameters",
        CD_AUDIO_CONTROL = 0x0E "CD audio control",
        PROTOCOL_SPECIFIC_UNIT = 0x18 "protocol specific logical unit",
        PROTOCOL_SPECIFIC_PORT = 0x19 "protocol specific port",
        POWER_CONDITION = 0x1A "power condition",
        FAULT_REPORTING = 0x1C "fault/failure reporting",
        TIME_OUT_AND_PROTECT = 0x1D "time-out and protect",
        CAPABILITIES = 0x2A "CD/DVD capabilities and mechanical status",
        ALL = 0x3F "all pages",
    }

    /// How data are written (page 05h, MMC-5 7.5.4).
    pub struct WriteType(u8) {
        PACKET = 0 "packet or incremental",
        TRACK_AT_ONCE = 1 "track at once",
        SESSION_AT_ONCE = 2 "session or disc at once",
        RAW = 3 "raw",
        LAYER_JUMP = 4 "layer jump recording",
    }

    /// What follows when a session is closed (page 05h).
    pub struct MultiSession(u8) {
        NONE = 0 "no next session, B0 pointer invalid",
        FINAL_WITH_B0 = 1 "no next session, B0 pointer FF:FF:FF",
        NEXT = 3 "a next session is allowed",
    }

    /// Form of a block that is written (page 05h).
    pub struct DataBlockType(u8) {
        RAW = 0 "raw, 2352 bytes",
        RAW_WITH_PQ = 1 "raw with P and Q, 2368 bytes",
        RAW_WITH_PACKED_RW = 2 "raw with packed P to W, 2448 bytes",
        RAW_WITH_RAW_RW = 3 "raw with raw P to W, 2448 bytes",
        VENDOR_7 = 7 "vendor specific",
        MODE_1 = 8 "mode 1, 2048 bytes",
        MODE_2 = 9 "mode 2, 2336 bytes",
        MODE_2_FORM_1 = 10 "mode 2 form 1, 2048 bytes",
        MODE_2_FORM_1_SUBHEADER = 11 "mode 2 form 1 with subheader, 2056 bytes",
        MODE_2_FORM_2 = 12 "mode 2 form 2, 2324 bytes",
        MODE_2_MIXED = 13 "mode 2 mixed with subheader, 2332 bytes",
        VENDOR_15 = 15 "vendor specific",
    }
}

impl WriteType {
    /// The data block types that blocks can have when they are written so (MMC-5 7.5.4). In session at once a cue sheet says it, so all are
    /// possible; of a write type that is reserved there are none.
    #[must_use]
    pub const fn data_block_types(self) -> DataBlockTypes {
        const PACKETS: DataBlockTypes = DataBlockTypes::of(&[
            DataBlockType::MODE_1,
            DataBlockType::MODE_2_FORM_1,
            DataBlockType::MODE_2_FORM_1_SUBHEADER,
            DataBlockType::MODE_2_MIXED,
        ]);
        const TRACKS: DataBlockTypes = DataBlockTypes::of(&[
            DataBlockType::RAW,
            DataBlockType::MODE_1,
            DataBlockType::MODE_2,
            DataBlockType::MODE_2_FORM_1,
            DataBlockType::MODE_2_FORM_1_SUBHEADER,
            DataBlockType::MODE_2_FORM_2,
            DataBlockType::MODE_2_MIXED,
        ]);
        const WITH_SUB_CHANNELS: DataBlockTypes = DataBlockTypes::of(&[
            DataBlockType::RAW_WITH_PQ,
            DataBlockType::RAW_WITH_PACKED_RW,
            DataBlockType::RAW_WITH_RAW_RW,
        ]);
        match self {
            WriteType::PACKET => PACKETS,
            WriteType::TRACK_AT_ONCE => TRACKS,
            WriteType::SESSION_AT_ONCE => DataBlockTypes(u16::MAX),
            WriteType::RAW => WITH_SUB_CHANNELS,
            WriteType::LAYER_JUMP => DataBlockTypes::of(&[DataBlockType::MODE_1]),
            _ => DataBlockTypes(0),
        }
    }
}

/// A set of data block types, as features 0021h and 002Dh have it: bit n is type n.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DataBlockTypes(pub u16);

impl DataBlockTypes {
    const fn of(types: &[DataBlockType]) -> DataBlockTypes {
        let (mut bits, mut at) = (0, 0);
        while at < types.len() {
            bits |= 1 << types[at].0;
            at += 1;
        }
        DataBlockTypes(bits)
    }

    /// Whether a type is in it.
    #[must_use]
    pub const fn contains(self, data_block_type: DataBlockType) -> bool {
        data_block_type.0 < 16 && self.0 >> data_block_type.0 & 1 != 0
    }
}

codes! {
    /// How long the pick-up stays where it is after an access (page 0Dh).
    pub struct InactivityTime(u8) {
        INFINITE = 0x0 "for ever",
        MS_125 = 0x1 "125 ms",
        MS_250 = 0x2 "250 ms",
        MS_500 = 0x3 "500 ms",
        S_1 = 0x4 "1 s",
        S_2 = 0x5 "2 s",
        S_4 = 0x6 "4 s",
        S_8 = 0x7 "8 s",
        S_16 = 0x8 "16 s",
        S_32 = 0x9 "32 s",
        MIN_1 = 0xA "1 min",
        MIN_2 = 0xB "2 min",
        MIN_4 = 0xC "4 min",
        MIN_8 = 0xD "8 min",
        MIN_16 = 0xE "16 min",
        MIN_32 = 0xF "32 min",
    }
}

macro_rules! pages {
    ($(
        $(#[doc = $doc:literal])+
        $code:ident $page:ident $title:literal, size $size:literal
        { $($fields:tt)* }
        $(bytes { $($runs:tt)+ })?
    )+) => {
        layout! {$(
            $(#[doc = $doc])+
            pub struct $page: $title, size $size, needs 2, own codec { $($fields)* }
            $(bytes { $($runs)+ })?
        )+}

        $(
            impl $page {
                /// Which page this is.
                pub const CODE: PageCode = PageCode::$code;

                /// Reads the fields; those that a shorter page does not have are zero.
                ///
                /// # Errors
                /// [`WireError::BadValue`] when it is another page.
                pub fn parse(page: &ModePage<'_>) -> Result<$page, WireError> {
                    page.is(PageCode::$code, $title)?;
                    Ok(<$page as Layout>::read(page.bytes))
                }

                /// The whole page with its header, not saveable.
                #[must_use]
                pub fn page(&self) -> [u8; $size] {
                    let mut bytes = self.to_bytes();
                    bytes[0] = PageCode::$code.0;
                    bytes[1] = $size - 2;
                    bytes
                }

                /// Appends the page with its header, not saveable.
                pub fn encode(&self, reply: &mut Reply<'_>) {
                    reply.put(&self.page());
                }
            }
        )+

        impl ModePage<'_> {
            /// Shows the fields of a page that MMC units have to `see`, by name; nothing for another page.
            pub fn visit(&self, see: &mut dyn FnMut(&'static str, &dyn fmt::Display)) {
                match self.code {
                    _ if self.subpage.is_some() => {}
                    $(PageCode::$code => <$page as Layout>::read(self.bytes).visit(see),)+
                    PageCode::CAPABILITIES => <CapabilitiesPage as Layout>::read(self.bytes).visit(see),
                    _ => {}
                }
            }
        }
    };
}

impl ModePage<'_> {
    pub(super) fn is(&self, code: PageCode, structure: &'static str) -> Result<(), WireError> {
        if self.code == code && self.subpage.is_none() {
            return Ok(());
        }
        let value = self.bytes.first().copied().unwrap_or(0);
        Err(WireError::BadValue { structure, byte: 0, value })
    }
}

pages! {
    /// Page 01h, read/write error recovery (MMC-5 7.3).
    ERROR_RECOVERY ErrorRecoveryPage "error recovery page", size 12
    {
        automatic_write_reallocation: bool = 2[7; 1] "AWRE.",
        automatic_read_reallocation: bool = 2[6; 1] "ARRE.",
        transfer_block: bool = 2[5; 1] "TB: transfer a block that could not be recovered.",
        read_continuous: bool = 2[4; 1] "RC: do not stop for recovery.",
        post_error: bool = 2[2; 1] "PER: report recovered errors.",
        disable_transfer_on_error: bool = 2[1; 1] "DTE: stop at a recovered error.",
        disable_correction: bool = 2[0; 1] "DCR: do not use error correction codes.",
        read_retry_count: u8 = 3[7; 8] "How often reading is tried again.",
        enhanced_media_certification: u8 = 7[1; 2] "EMCDR: what is reported of defects.",
        write_retry_count: u8 = 8[7; 8] "How often writing is tried again.",
        error_reporting_window: u32 = 9[7; 24] "Blocks for which defects are reported together.",
    }

    /// Page 03h, MRW (MMC-5 7.4).
    MRW MrwPage "MRW page", size 8
    {
        general_application_area: bool = 3[0; 1] "LBA space: addresses are those of the general application area rather than of the defect managed one.",
    }

    /// Page 05h, write parameters (MMC-5 7.5). Media whose way of recording leaves no choice ignore it.
    WRITE_PARAMETERS WriteParametersPage "write parameters page", size 52
    {
        buffer_underrun_free: bool = 2[6; 1] "BUFE.",
        link_size_valid: bool = 2[5; 1] "LS_V.",
        test_write: bool = 2[4; 1] "Laser at reading power.",
        write_type: WriteType = 2[3; 4] "How data are written.",
        multi_session: MultiSession = 3[7; 2] "What follows when the session is closed.",
        fixed_packet: bool = 3[5; 1] "FP: packets have a fixed size.",
        copy: bool = 3[4; 1] "The copy bit of SCMS.",
        track_mode: u8 = 3[3; 4] "The control nibble of the track.",
        data_block_type: DataBlockType = 4[3; 4] "Form of the blocks.",
        link_size: u8 = 5[7; 8] "Link blocks, where `link_size_valid` says so: 7 CD, 10h DVD.",
        host_application_code: u8 = 7[5; 6] "Zero on unrestricted media.",
        session_format: u8 = 8[7; 8] "00h CD-DA or CD-ROM, 10h CD-I, 20h CD-ROM XA.",
        packet_size: u32 = 10[7; 32] "Blocks of a fixed packet.",
        audio_pause_length: u16 = 14[7; 16] "Blocks between audio tracks; 150.",
    }
    bytes {
        media_catalog_number: [u8; 16] = 16 "MCN: validity, 13 digits, zero, frame.",
        isrc: [u8; 16] = 32 "ISRC: validity, 12 characters, zero, frame.",
        sub_header: [u8; 4] = 48 "Subheader of mode 2 blocks.",
    }

    /// Page 07h, verify error recovery (SBC-2 6.3.6; legacy on MMC units).
    VERIFY_ERROR_RECOVERY VerifyRecoveryPage "verify error recovery page", size 12
    {
        early_recovery: bool = 2[3; 1] "EER.",
        post_error: bool = 2[2; 1] "PER: report recovered errors.",
        disable_transfer_on_error: bool = 2[1; 1] "DTE: stop at a recovered error.",
        disable_correction: bool = 2[0; 1] "DCR: do not use error correction codes.",
        verify_retry_count: u8 = 3[7; 8] "How often reading is tried again.",
        correction_span: u8 = 4[7; 8] "Longest error that is corrected, in bits; zero on MMC units.",
        recovery_time_limit_ms: u16 = 10[7; 16] "Longest recovery, in milliseconds; zero is the drive's own.",
    }

    /// Page 08h, caching (SBC-2, as MMC-5 lists it).
    CACHING CachingPage "caching page", size 12
    {
        write_cache_enable: bool = 2[2; 1] "WCE.",
        read_cache_disable: bool = 2[0; 1] "RCD.",
        demand_read_retention: u8 = 3[7; 4] "Zero on MMC units.",
        write_retention: u8 = 3[3; 4] "Zero on MMC units.",
        disable_prefetch_length: u16 = 4[7; 16] "Transfers beyond it are not read ahead.",
        minimum_prefetch: u16 = 6[7; 16] "Fewest blocks read ahead.",
        maximum_prefetch: u16 = 8[7; 16] "Most blocks read ahead.",
        maximum_prefetch_ceiling: u16 = 10[7; 16] "The drive's limit of that.",
    }

    /// Page 0Dh, CD device parameters (MMC-3, legacy).
    CD_DEVICE_PARAMETERS DeviceParametersPage "CD device parameters page", size 8
    {
        inactivity_multiplier: InactivityTime = 3[3; 4] "How long the pick-up stays after an access.",
        seconds_per_minute: u16 = 4[7; 16] "S units of an M unit; 60.",
        frames_per_second: u16 = 6[7; 16] "F units of an S unit; 75.",
    }

    /// Page 0Eh, CD audio control (MMC-3, legacy).
    CD_AUDIO_CONTROL AudioControlPage "CD audio control page", size 16
    {
        immediate: bool = 2[2; 1] "IMMED: playing starts without waiting; one.",
        stop_on_track_crossing: bool = 2[1; 1] "SOTC: false joins tracks.",
        output_0_channel: u8 = 8[3; 4] "Channels of output port 0; 1 is left.",
        output_0_volume: u8 = 9[7; 8] "Volume of output port 0; FFh is full.",
        output_1_channel: u8 = 10[3; 4] "Channels of output port 1; 2 is right.",
        output_1_volume: u8 = 11[7; 8] "Volume of output port 1.",
        output_2_channel: u8 = 12[3; 4] "Channels of output port 2.",
        output_2_volume: u8 = 13[7; 8] "Volume of output port 2.",
        output_3_channel: u8 = 14[3; 4] "Channels of output port 3.",
        output_3_volume: u8 = 15[7; 8] "Volume of output port 3.",
    }

    /// Page 18h, protocol specific logical unit (SPC-3 7.4.13). What follows the protocol is the transport's own.
    PROTOCOL_SPECIFIC_UNIT ProtocolSpecificUnitPage "protocol specific logical unit page", size 8
    {
        protocol: u8 = 2[3; 4] "5 iSCSI, 8 ATA/ATAPI, 9 UAS.",
    }

    /// Page 1Ah, power condition (SPC-3 7.4.12).
    POWER_CONDITION PowerConditionPage "power condition page", size 12
    {
        idle: bool = 3[1; 1] "The idle timer runs.",
        standby: bool = 3[0; 1] "The standby timer runs.",
        idle_timer_100ms: u32 = 4[7; 32] "Time without commands until idle, in units of 100 ms.",
        standby_timer_100ms: u32 = 8[7; 32] "Time without commands until standby, in units of 100 ms.",
    }

    /// Page 1Ch, fault/failure reporting (MMC-5 7.6; informational exceptions in SPC-3).
    FAULT_REPORTING FaultReportingPage "fault/failure reporting page", size 12
    {
        performance: bool = 2[7; 1] "PERF: delays for reporting are not acceptable.",
        disable_exceptions: bool = 2[3; 1] "DEXCPT.",
        test: bool = 2[2; 1] "Report a false failure.",
        log_errors: bool = 2[0; 1] "LOGERR.",
        reporting_method: u8 = 3[3; 4] "MRIE.",
        interval_timer_100ms: u32 = 4[7; 32] "Time between reports, in units of 100 ms.",
        report_count: u32 = 8[7; 32] "Most reports.",
    }

    /// Page 1Dh, time-out and protect (MMC-5 7.7).
    TIME_OUT_AND_PROTECT TimeOutAndProtectPage "time-out and protect page", size 12
    {
        group_3_enable: bool = 4[3; 1] "G3ENABLE.",
        time_out_enable: bool = 4[2; 1] "TMOE: the time-outs hold.",
        disable_until_power_cycle: bool = 4[1; 1] "DISP: the drive is unavailable until power is cycled.",
        software_write_protect: bool = 4[0; 1] "SWPP: writing is protected until power is cycled.",
        group_1_minimum_s: u16 = 6[7; 16] "Least time-out of the first group of commands, in seconds.",
        group_2_minimum_s: u16 = 8[7; 16] "Least time-out of the second group, in seconds.",
        group_3_unit: u16 = 10[7; 16] "Time-out of the third group.",
    }
}
