//! Which media are read and recorded, and how: features 0010h to 0080h.

macro_rules! rows {
    ($($before:tt)*) => {
        chain! {
        $($before)*

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
        }
    };
}

pub(super) use rows;
