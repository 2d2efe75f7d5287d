//! What drives do whatever medium is in, and how content is protected: features from 0100h on.

macro_rules! rows {
    ($($before:tt)*) => {
        chain! {
        $($before)*

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
    };
}

pub(super) use rows;
