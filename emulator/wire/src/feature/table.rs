//! THE feature table: one row per feature, with the fields of its descriptor.
//!
//! Offsets count from the first byte of the descriptor, header included, as the standard's tables do. Features whose payload has a variable
//! part have their fixed fields here; [`FeatureDescriptor`] reads the rest. Clauses are MMC-5's, MMC-6's where only that has the
//! feature; some rows of MMC-5 are placed by their order in it.

use super::{FeatureDescriptor, FeatureHeader, FeatureSpec};
use crate::ascii::Ascii;
use crate::error::WireError;
use crate::layout::{Layout, codes, layout};
use crate::reply::Reply;
use core::fmt;

codes! {
    /// How the drive is connected (feature 0001h).
    pub struct PhysicalInterface(u32) {
        UNSPECIFIED = 0 "unspecified",
        SCSI = 1 "SCSI family",
        ATAPI = 2 "ATAPI",
        IEEE_1394 = 3 "IEEE 1394-1995",
        IEEE_1394A = 4 "IEEE 1394A",
        FIBRE_CHANNEL = 5 "FCP",
        IEEE_1394B = 6 "IEEE 1394B",
        SERIAL_ATAPI = 7 "Serial ATAPI",
        USB = 8 "USB",
        VENDOR_UNIQUE = 0xFFFF "vendor unique",
    }

    /// How a medium gets into the drive (feature 0003h and mode page 2Ah).
    pub struct LoadingMechanism(u8) {
        CADDY = 0 "caddy or slot",
        TRAY = 1 "tray",
        POP_UP = 2 "pop-up",
        CHANGER_DISCS = 4 "changer with individually changeable discs",
        CHANGER_MAGAZINE = 5 "changer with a magazine",
    }
}

macro_rules! features {
    ($(
        $(#[doc = $doc:literal])+
        $code:literal $constant:ident $feature:ident $name:literal
        version $version:literal, size $size:literal [$($always:ident)?], clause $clause:literal
        { $($fields:tt)* }
        $(bytes { $($runs:tt)+ })?
    )+) => {
        codes! {
            /// A feature number (MMC-5 5.3).
            pub struct FeatureCode(u16) {
                $($constant = $code $name,)+
            }
        }

        /// All rows, in ascending order of their codes.
        pub const FEATURES: &[&FeatureSpec] = &[$($feature::SPEC),+];

        layout! {$(
            $(#[doc = $doc])+
            #[doc = ""]
            #[doc = concat!("Feature `", stringify!($code), "` ", $name, ", ", $clause, ".")]
            pub struct $feature: $name, size $size, needs 4, own codec { $($fields)* }
            $(bytes { $($runs)+ })?
        )+}

        $(
            impl $feature {
                /// The row of the table.
                pub const SPEC: &'static FeatureSpec = &FeatureSpec {
                    code: FeatureCode::$constant,
                    name: $name,
                    version: $version,
                    additional_length: $size - 4,
                    persistent: !stringify!($($always)?).is_empty(),
                    clause: $clause,
                };

                /// Reads the payload; fields that an older version does not have are zero.
                ///
                /// # Errors
                /// [`WireError::BadValue`] when it is another feature's descriptor.
                pub fn parse(descriptor: &FeatureDescriptor<'_>) -> Result<$feature, WireError> {
                    descriptor.is(FeatureCode::$constant, $name)?;
                    let mut bytes = [0; $size];
                    descriptor.copy(&mut bytes);
                    Ok(<$feature as Layout>::read(&bytes))
                }

                /// Appends the descriptor in the version of the table. A persistent feature is always current.
                pub fn encode(&self, current: bool, reply: &mut Reply<'_>) {
                    self.encode_with($version, current, &[], reply);
                }

                /// Appends the descriptor in some version, with payload beyond the fields, padded with zeros to a multiple of four
                /// bytes.
                pub fn encode_with(&self, version: u8, current: bool, tail: &[u8], reply: &mut Reply<'_>) {
                    let tail = &tail[..tail.len().min(252 - ($size - 4))];
                    Self::SPEC.header(version, current, tail.len()).encode(reply);
                    reply.put(&self.to_bytes()[FeatureHeader::SIZE..]);
                    reply.put(tail);
                    reply.zeros(tail.len().next_multiple_of(4) - tail.len());
                }
            }
        )+

        impl FeatureDescriptor<'_> {
            /// Shows the fields of a feature of the table to `see`, by name; nothing for a feature that the table does not have.
            pub fn visit(&self, see: &mut dyn FnMut(&'static str, &dyn fmt::Display)) {
                match self.code {
                    $(FeatureCode::$constant => {
                        let mut bytes = [0; $size];
                        self.copy(&mut bytes);
                        <$feature as Layout>::read(&bytes).visit(see);
                    })+
                    _ => {}
                }
            }
        }
    };
}

impl FeatureDescriptor<'_> {
    fn is(&self, code: FeatureCode, structure: &'static str) -> Result<(), WireError> {
        let (wanted, found) = (code.0.to_be_bytes(), self.code.0.to_be_bytes());
        match (0..2).find(|byte| wanted[*byte] != found[*byte]) {
            Some(byte) => Err(WireError::BadValue { structure, byte, value: found[byte] }),
            None => Ok(()),
        }
    }

    /// The payload where it stands in the descriptor, as far as both go.
    fn copy(&self, bytes: &mut [u8]) {
        let fits = self.payload.len().min(bytes.len() - FeatureHeader::SIZE);
        bytes[FeatureHeader::SIZE..FeatureHeader::SIZE + fits].copy_from_slice(&self.payload[..fits]);
    }
}

features! {
    /// The profiles that the drive supports. Their list is the payload: [`FeatureDescriptor::profiles`].
    0x0000 PROFILE_LIST ProfileList "Profile List" version 0, size 4 [persistent], clause "MMC-5 5.3.1"
    {}

    /// What every drive does.
    0x0001 CORE Core "Core" version 2, size 12 [persistent], clause "MMC-5 5.3.2"
    {
        interface: PhysicalInterface = 4[7; 32] "How the drive is connected.",
        inquiry_2: bool = 8[1; 1] "INQ2: INQUIRY with vital product data as SPC-3 has it.",
        device_busy_events: bool = 8[0; 1] "DBE: device busy events are reported.",
    }

    /// Reports events.
    0x0002 MORPHING Morphing "Morphing" version 1, size 8 [persistent], clause "MMC-5 5.3.3"
    {
        operational_change_events: bool = 4[1; 1] "OCEVENT.",
        asynchronous: bool = 4[0; 1] "ASYNC: events are also reported without polling.",
    }

    /// The medium can be removed.
    0x0003 REMOVABLE_MEDIUM RemovableMedium "Removable Medium" version 2, size 8 [persistent], clause "MMC-5 5.3.4"
    {
        loading_mechanism: LoadingMechanism = 4[7; 3] "How a medium gets in.",
        load: bool = 4[4; 1] "A command can load the medium.",
        eject: bool = 4[3; 1] "A command can eject the medium.",
        prevent_jumper: bool = 4[2; 1] "The prevent jumper; documents disagree about its polarity.",
        device_busy_medium_load: bool = 4[1; 1] "DBML: device busy events tell of loading and unloading.",
        lock: bool = 4[0; 1] "PREVENT ALLOW MEDIUM REMOVAL can lock the medium.",
    }

    /// Media can be protected against writing.
    0x0004 WRITE_PROTECT WriteProtect "Write Protect" version 2, size 8 [], clause "MMC-5 5.3.5"
    {
        disc_write_protect_pac: bool = 4[3; 1] "DWP: disc write protect PAC on BD.",
        write_inhibit_dcb: bool = 4[2; 1] "WDCB.",
        persistent_write_protect: bool = 4[1; 1] "SPWP.",
        software_write_protect: bool = 4[0; 1] "SSWPP: the SWPP bit of mode page 1Dh.",
    }

    /// Blocks can be read in any order.
    0x0010 RANDOM_READABLE RandomReadable "Random Readable" version 0, size 12 [], clause "MMC-5 5.3.6"
    {
        block_size: u32 = 4[7; 32] "Bytes of a logical block.",
        blocking: u16 = 8[7; 16] "Blocks read at a time: 1 CD, 10h DVD, 20h BD.",
        error_recovery_page: bool = 10[0; 1] "PP: mode page 01h is there.",
    }

    /// All kinds of CD can be read.
    0x001D MULTI_READ MultiRead "Multi-Read" version 0, size 4 [], clause "MMC-5 5.3.7"
    {}

    /// CD structures and sectors of all kinds can be read.
    0x001E CD_READ CdRead "CD Read" version 2, size 8 [], clause "MMC-5 5.3.8"
    {
        digital_audio_play: bool = 4[7; 1] "DAP: error concealment of READ CD can be chosen.",
        c2_flags: bool = 4[1; 1] "C2 pointers can be read.",
        cd_text: bool = 4[0; 1] "CD-Text can be read.",
    }

    /// DVD structures can be read.
    0x001F DVD_READ DvdRead "DVD Read" version 1, size 8 [], clause "MMC-5 5.3.9"
    {
        multi_110: bool = 4[0; 1] "MULTI110: conforms to DVD Multi 1.1.",
        dual_rw: bool = 6[1; 1] "DVD-RW dual layer can be read.",
        dual_r: bool = 6[0; 1] "DVD-R dual layer can be read.",
    }

    /// Blocks can be written in any order.
    0x0020 RANDOM_WRITABLE RandomWritable "Random Writable" version 1, size 16 [], clause "MMC-5 5.3.10"
    {
        last_block: u32 = 4[7; 32] "The last block that can be written.",
        block_size: u32 = 8[7; 32] "Bytes of a logical block.",
        blocking: u16 = 12[7; 16] "Blocks written at a time.",
        error_recovery_page: bool = 14[0; 1] "PP: mode page 01h is there.",
    }

    /// Tracks are written piece by piece. The link sizes follow: [`FeatureDescriptor::link_sizes`].
    0x0021 INCREMENTAL_STREAMING_WRITABLE IncrementalStreamingWritable "Incremental Streaming Writable"
    version 1, size 8 [], clause "MMC-5 5.3.11"
    {
        data_block_types: u16 = 4[7; 16] "Bit n: data block type n can be written.",
        trio: bool = 6[2; 1] "TRIO: tracks can be reported by their last recorded address.",
        reserve_by_address: bool = 6[1; 1] "ARSV: RESERVE TRACK takes an address.",
        buffer_underrun_free: bool = 6[0; 1] "BUF: recording without losing link blocks.",
        number_of_link_sizes: u8 = 7[7; 8] "How many link sizes follow.",
    }

    /// Sectors have to be erased before they are written.
    0x0022 SECTOR_ERASABLE SectorErasable "Sector Erasable" version 0, size 4 [], clause "MMC-5 5.3.12"
    {}

    /// Media can be formatted.
    0x0023 FORMATTABLE Formattable "Formattable" version 1, size 12 [], clause "MMC-5 5.3.13"
    {
        fast_reformat: bool = 4[7; 1] "FRF.",
        expand_without_spare_areas: bool = 4[3; 1] "RENOSA: BD-RE without spare areas.",
        expand: bool = 4[2; 1] "BD-RE spare areas can be expanded.",
        quick_certification: bool = 4[1; 1] "QCERT.",
        full_certification: bool = 4[0; 1] "CERT.",
        random_recording: bool = 8[0; 1] "RRM: BD-R can be formatted for random recording.",
    }

    /// The drive handles defects.
    0x0024 HARDWARE_DEFECT_MANAGEMENT HardwareDefectManagement "Hardware Defect Management"
    version 1, size 8 [], clause "MMC-5 5.3.14"
    {
        spare_area_information: bool = 4[7; 1] "SSA: spare area information can be read.",
    }

    /// Each block can be written once, in any order.
    0x0025 WRITE_ONCE WriteOnce "Write Once" version 0, size 12 [], clause "MMC-5 5.3.15"
    {
        block_size: u32 = 4[7; 32] "Bytes of a logical block.",
        blocking: u16 = 8[7; 16] "Blocks written at a time.",
        error_recovery_page: bool = 10[0; 1] "PP: mode page 01h is there.",
    }

    /// Packets can be overwritten as wholes.
    0x0026 RESTRICTED_OVERWRITE RestrictedOverwrite "Restricted Overwrite" version 0, size 4 [], clause "MMC-5 5.3.16"
    {}

    /// CD-RW is written at constant angular velocity.
    0x0027 CD_RW_CAV_WRITE CdRwCavWrite "CD-RW CAV Write" version 0, size 8 [], clause "MMC-5 5.3.17"
    {}

    /// Mount Rainier.
    0x0028 MRW Mrw "MRW" version 1, size 8 [], clause "MMC-5 5.3.18"
    {
        dvd_plus_write: bool = 4[2; 1] "DVD+MRW can be written.",
        dvd_plus_read: bool = 4[1; 1] "DVD+MRW can be read.",
        cd_write: bool = 4[0; 1] "CD-MRW can be written.",
    }

    /// Defects are reported in detail.
    0x0029 ENHANCED_DEFECT_REPORTING EnhancedDefectReporting "Enhanced Defect Reporting"
    version 1, size 8 [], clause "MMC-5 5.3.19"
    {
        drt_dm: bool = 4[0; 1] "DRT-DM mode.",
        dbi_zones: u8 = 5[7; 8] "DBI cache zones.",
        dbi_entries: u16 = 6[7; 16] "Entries of a zone.",
    }

    /// DVD+RW can be read, and perhaps written.
    0x002A DVD_PLUS_RW DvdPlusRw "DVD+RW" version 1, size 8 [], clause "MMC-5 5.3.20"
    {
        write: bool = 4[0; 1] "It can be written.",
        quick_start: bool = 5[1; 1] "Formatting begins with a quick start.",
        close_only: bool = 5[0; 1] "Only some kinds of closing are supported.",
    }

    /// DVD+R can be read, and perhaps written.
    0x002B DVD_PLUS_R DvdPlusR "DVD+R" version 0, size 8 [], clause "MMC-5 5.3.21"
    {
        write: bool = 4[0; 1] "It can be written.",
    }

    /// DVD-RW in restricted overwrite mode.
    0x002C RIGID_RESTRICTED_OVERWRITE RigidRestrictedOverwrite "Rigid Restricted Overwrite"
    version 0, size 8 [], clause "MMC-5 5.3.22"
    {
        defect_status_data_generate: bool = 4[3; 1] "DSDG.",
        defect_status_data_read: bool = 4[2; 1] "DSDR.",
        intermediate: bool = 4[1; 1] "A session in intermediate state can be written.",
        blank: bool = 4[0; 1] "BLANK is supported.",
    }

    /// CD is written track at once.
    0x002D CD_TRACK_AT_ONCE CdTrackAtOnce "CD Track at Once" version 2, size 8 [], clause "MMC-5 5.3.23"
    {
        buffer_underrun_free: bool = 4[6; 1] "BUF.",
        raw_sub_channel: bool = 4[4; 1] "R-W sub-channels raw.",
        packed_sub_channel: bool = 4[3; 1] "R-W sub-channels packed.",
        test_write: bool = 4[2; 1] "Test writing is supported.",
        cd_rw: bool = 4[1; 1] "CD-RW can be overwritten track at once.",
        sub_channel: bool = 4[0; 1] "R-W sub-channels can be written.",
        data_block_types: u16 = 6[7; 16] "Bit n: data block type n can be written.",
    }

    /// CD is written session at once or raw.
    0x002E CD_MASTERING CdMastering "CD Mastering" version 1, size 8 [], clause "MMC-5 5.3.24"
    {
        buffer_underrun_free: bool = 4[6; 1] "BUF.",
        session_at_once: bool = 4[5; 1] "SAO.",
        raw_multi_session: bool = 4[4; 1] "Raw with several sessions.",
        raw: bool = 4[3; 1] "Raw.",
        test_write: bool = 4[2; 1] "Test writing is supported.",
        cd_rw: bool = 4[1; 1] "CD-RW can be overwritten.",
        sub_channel: bool = 4[0; 1] "R-W sub-channels can be written.",
        maximum_cue_sheet: u32 = 5[7; 24] "Bytes of the longest cue sheet.",
    }

    /// DVD-R and perhaps DVD-RW can be written.
    0x002F DVD_R_RW_WRITE DvdMinusWrite "DVD-R/-RW Write" version 2, size 8 [], clause "MMC-5 5.3.25"
    {
        buffer_underrun_free: bool = 4[6; 1] "BUF.",
        dual_layer: bool = 4[3; 1] "DVD-R dual layer can be written.",
        test_write: bool = 4[2; 1] "Test writing is supported.",
        dvd_rw: bool = 4[1; 1] "DVD-RW can be written.",
    }

    /// Double density CD can be read; legacy.
    0x0030 DDCD_READ DdcdRead "Double Density CD Read" version 0, size 4 [], clause "MMC-3"
    {}

    /// Double density CD-R can be written; legacy.
    0x0031 DDCD_R_WRITE DdcdRWrite "Double Density CD-R Write" version 0, size 8 [], clause "MMC-3"
    {
        test_write: bool = 4[2; 1] "Test writing is supported.",
    }

    /// Double density CD-RW can be written; legacy.
    0x0032 DDCD_RW_WRITE DdcdRwWrite "Double Density CD-RW Write" version 0, size 8 [], clause "MMC-3"
    {
        intermediate: bool = 4[1; 1] "A session in intermediate state can be written.",
        blank: bool = 4[0; 1] "BLANK is supported.",
    }

    /// DVD-R dual layer is written with layer jumps. The link sizes follow: [`FeatureDescriptor::link_sizes`].
    0x0033 LAYER_JUMP_RECORDING LayerJumpRecording "Layer Jump Recording" version 0, size 8 [], clause "MMC-5 5.3"
    {
        number_of_link_sizes: u8 = 7[7; 8] "How many link sizes follow.",
    }

    /// DVD-RW dual layer in restricted overwrite mode.
    0x0034 LAYER_JUMP_RIGID_RESTRICTED_OVERWRITE LayerJumpRigidRestrictedOverwrite
    "Layer Jump Rigid Restricted Overwrite" version 0, size 8 [], clause "MMC-6 5.3"
    {
        close_layer_jump_block: bool = 4[0; 1] "CLJB.",
        buffer_block_size: u8 = 7[7; 8] "Size of a jump block.",
    }

    /// Long operations can be stopped.
    0x0035 STOP_LONG_OPERATION StopLongOperation "Stop Long Operation" version 0, size 4 [], clause "MMC-6 5.3"
    {}

    /// CD-RW sub-types that can be written.
    0x0037 CD_RW_MEDIA_WRITE CdRwMediaWrite "CD-RW Media Write Support" version 0, size 8 [], clause "MMC-5 5.3"
    {
        sub_types: u8 = 5[7; 8] "Bit n: sub-type n can be written.",
    }

    /// Recorded blocks of BD-R can be replaced.
    0x0038 BD_R_PSEUDO_OVERWRITE BdRPseudoOverwrite "BD-R Pseudo-Overwrite" version 0, size 8 [], clause "MMC-5 5.3"
    {}

    /// DVD+RW dual layer can be read, and perhaps written.
    0x003A DVD_PLUS_RW_DL DvdPlusRwDl "DVD+RW Dual Layer" version 0, size 8 [], clause "MMC-5 5.3"
    {
        write: bool = 4[0; 1] "It can be written.",
        quick_start: bool = 5[1; 1] "Formatting begins with a quick start.",
        close_only: bool = 5[0; 1] "Only some kinds of closing are supported.",
    }

    /// DVD+R dual layer can be read, and perhaps written.
    0x003B DVD_PLUS_R_DL DvdPlusRDl "DVD+R Dual Layer" version 0, size 8 [], clause "MMC-5 5.3"
    {
        write: bool = 4[0; 1] "It can be written.",
    }

    /// BD can be read. Bit n of a class is version n of that class of media.
    0x0040 BD_READ BdRead "BD Read" version 1, size 32 [], clause "MMC-5 5.3"
    {
        burst_cutting_area: bool = 4[0; 1] "BCA can be read.",
    }
    bytes {
        re_classes: [u16; 4] = 8 "BD-RE of classes 0 to 3.",
        r_classes: [u16; 4] = 16 "BD-R of classes 0 to 3.",
        rom_classes: [u16; 4] = 24 "BD-ROM of classes 0 to 3.",
    }

    /// BD can be written. Bit n of a class is version n of that class of media.
    0x0041 BD_WRITE BdWrite "BD Write" version 1, size 24 [], clause "MMC-5 5.3"
    {
        verify_not_required: bool = 4[0; 1] "SVNR: writing without verification can be asked for.",
    }
    bytes {
        re_classes: [u16; 4] = 8 "BD-RE of classes 0 to 3.",
        r_classes: [u16; 4] = 16 "BD-R of classes 0 to 3.",
    }

    /// Writing can be resumed with timely safe recording.
    0x0042 TIMELY_SAFE_RECORDING TimelySafeRecording "Timely Safe Recording" version 0, size 4 [], clause "MMC-5 5.3"
    {}

    /// HD DVD can be read.
    0x0050 HD_DVD_READ HdDvdRead "HD DVD Read" version 0, size 8 [], clause "MMC-5 5.3"
    {
        hd_dvd_r: bool = 4[0; 1] "HD DVD-R.",
        hd_dvd_ram: bool = 6[0; 1] "HD DVD-RAM.",
    }

    /// HD DVD can be written.
    0x0051 HD_DVD_WRITE HdDvdWrite "HD DVD Write" version 0, size 8 [], clause "MMC-5 5.3"
    {
        hd_dvd_r: bool = 4[0; 1] "HD DVD-R.",
        hd_dvd_ram: bool = 6[0; 1] "HD DVD-RAM.",
    }

    /// HD DVD-RW is recorded in fragments.
    0x0052 HD_DVD_RW_FRAGMENT HdDvdRwFragment "HD DVD-RW Fragment Recording" version 0, size 8 [], clause "MMC-6 5.3"
    {
        background_padding: bool = 4[0; 1] "BGP.",
    }

    /// Discs with several format layers.
    0x0080 HYBRID_DISC HybridDisc "Hybrid Disc" version 0, size 8 [], clause "MMC-5 5.3"
    {
        reset_immunity: bool = 4[0; 1] "RI: the selected layer survives resets.",
    }

    /// The drive has power conditions.
    0x0100 POWER_MANAGEMENT PowerManagement "Power Management" version 0, size 4 [persistent], clause "MMC-5 5.3"
    {}

    /// The drive predicts failures.
    0x0101 SMART Smart "S.M.A.R.T." version 0, size 8 [], clause "MMC-5 5.3"
    {
        fault_page: bool = 4[0; 1] "PP: mode page 1Ch is there.",
    }

    /// The drive has a changer.
    0x0102 EMBEDDED_CHANGER EmbeddedChanger "Embedded Changer" version 0, size 8 [], clause "MMC-5 5.3"
    {
        side_change: bool = 4[4; 1] "SCC: both sides of a disc can be selected.",
        disc_present: bool = 4[2; 1] "SDP: slots report whether they hold a disc.",
        highest_slot: u8 = 7[4; 5] "Number of the last slot, counted from 0.",
    }

    /// Audio is played by the drive itself; legacy.
    0x0103 CD_AUDIO_EXTERNAL_PLAY CdAudioExternalPlay "CD Audio External Play" version 0, size 8 [], clause "MMC-3"
    {
        scan: bool = 4[2; 1] "SCAN is supported.",
        separate_mute: bool = 4[1; 1] "SCM: channels can be muted separately.",
        separate_volume: bool = 4[0; 1] "SV: channels have their own volume.",
        volume_levels: u16 = 6[7; 16] "How many steps the volume has.",
    }

    /// Firmware can be loaded.
    0x0104 MICROCODE_UPGRADE MicrocodeUpgrade "Microcode Upgrade" version 1, size 8 [persistent], clause "MMC-5 5.3"
    {
        mode_5: bool = 4[0; 1] "M5: mode 5 of WRITE BUFFER is supported.",
    }

    /// Commands end within times that can be set.
    0x0105 TIME_OUT TimeOut "Time-Out" version 1, size 8 [persistent], clause "MMC-5 5.3"
    {
        group_3: bool = 4[0; 1] "A third group of commands is supported.",
        unit_length: u16 = 6[7; 16] "Unit of the third group's time-out.",
    }

    /// CSS.
    0x0106 DVD_CSS DvdCss "DVD CSS" version 0, size 8 [], clause "MMC-6 5.3.38"
    {
        css_version: u8 = 7[7; 8] "Version; 1.",
    }

    /// Speeds can be asked for and set.
    0x0107 REAL_TIME_STREAMING RealTimeStreaming "Real Time Streaming" version 5, size 8 [], clause "MMC-5 5.3"
    {
        set_minimum_performance: bool = 4[5; 1] "SMP.",
        read_buffer_capacity_in_blocks: bool = 4[4; 1] "RBCB: READ BUFFER CAPACITY counts blocks.",
        set_cd_speed: bool = 4[3; 1] "SCS: SET CD SPEED is supported.",
        mode_page_2a: bool = 4[2; 1] "MP2A: page 2Ah has write speed descriptors.",
        write_speed_performance: bool = 4[1; 1] "WSPD: GET PERFORMANCE type 03h and SET STREAMING's write speed are supported.",
        stream_writing: bool = 4[0; 1] "SW: the Streaming bit of WRITE(12) is supported.",
    }

    /// The drive's serial number is the payload: [`FeatureDescriptor::serial_number`].
    0x0108 DRIVE_SERIAL_NUMBER DriveSerialNumber "Drive Serial Number" version 0, size 4 [persistent], clause "MMC-5 5.3"
    {}

    /// The medium's serial number can be read.
    0x0109 MEDIA_SERIAL_NUMBER MediaSerialNumber "Media Serial Number" version 0, size 4 [], clause "MMC-5 5.3"
    {}

    /// Disc control blocks can be read or written; their names are the payload.
    0x010A DISC_CONTROL_BLOCKS DiscControlBlocks "Disc Control Blocks" version 0, size 4 [], clause "MMC-5 5.3"
    {}

    /// CPRM.
    0x010B DVD_CPRM DvdCprm "DVD CPRM" version 0, size 8 [], clause "MMC-6 5.3.42"
    {
        cprm_version: u8 = 7[7; 8] "Version.",
    }

    /// When the firmware was made.
    0x010C FIRMWARE_INFORMATION FirmwareInformation "Firmware Information" version 0, size 20 [persistent], clause "MMC-6 5.3.43"
    {}
    bytes {
        created: Ascii<14> = 4 "Century, year, month, day, hour, minute, second: two digits each.",
    }

    /// AACS.
    0x010D AACS Aacs "AACS" version 2, size 8 [], clause "MMC-6 5.3.44"
    {
        read_drive_certificate: bool = 4[4; 1] "RDC.",
        read_media_key_block: bool = 4[3; 1] "RMC.",
        write_bus_encryption: bool = 4[2; 1] "WBE.",
        bus_encryption_capable: bool = 4[1; 1] "BEC.",
        binding_nonce_generation: bool = 4[0; 1] "BNG.",
        binding_nonce_blocks: u8 = 5[7; 8] "Blocks of a binding nonce.",
        authentication_grants: u8 = 6[3; 4] "How many AGIDs.",
        aacs_version: u8 = 7[7; 8] "Version; 1.",
    }

    /// CSS on recordable media.
    0x010E CSS_MANAGED_RECORDING CssManagedRecording "DVD CSS Managed Recording" version 0, size 8 [], clause "MMC-6 5.3"
    {
        maximum_scramble_extents: u8 = 4[7; 8] "Most scramble extents.",
    }

    /// VCPS; legacy.
    0x0110 VCPS Vcps "VCPS" version 0, size 8 [], clause "MMC-5 5.3"
    {}

    /// SecurDisc. The payload is 0 or 4 bytes.
    0x0113 SECURDISC SecurDisc "SecurDisc" version 0, size 4 [], clause "MMC-6 5.3.46"
    {}

    /// Trusted Computing Group's optical security subsystem class; its payload is not described here.
    0x0142 TCG_OPTICAL_SSC TcgOpticalSsc "TCG Optical Security Subsystem Class" version 0, size 4 [], clause "MMC-6 5.3"
    {}
}
