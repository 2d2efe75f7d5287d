//! Page 2Ah: what the drive can do and what its mechanism is doing (MMC-3 7.5; legacy since, and sent by every drive).

use super::{ModePage, PageCode};
use crate::error::WireError;
use crate::feature::LoadingMechanism;
use crate::layout::{Layout, codes, layout};
use crate::reply::Reply;

codes! {
    /// How the disc rotates.
    pub struct RotationControl(u8) {
        CLV = 0 "CLV, or the medium's default",
        CAV = 1 "pure CAV",
    }
}

layout! {
    /// The fixed part of page 2Ah. Write speed descriptors follow it: [`CapabilitiesPage::write_speeds`].
    ///
    /// Speeds are in units of 1000 bytes a second and do not go beyond 65535.
    pub struct CapabilitiesPage: "capabilities page", size 32, needs 2, own codec {
        dvd_ram_read: bool = 2[5; 1] "DVD-RAM can be read.",
        dvd_r_read: bool = 2[4; 1] "DVD-R can be read.",
        dvd_rom_read: bool = 2[3; 1] "DVD-ROM can be read.",
        method_2: bool = 2[2; 1] "Fixed packets can be read with addressing method 2.",
        cd_rw_read: bool = 2[1; 1] "CD-RW can be read.",
        cd_r_read: bool = 2[0; 1] "CD-R can be read.",
        dvd_ram_write: bool = 3[5; 1] "DVD-RAM can be written.",
        dvd_r_write: bool = 3[4; 1] "DVD-R can be written.",
        test_write: bool = 3[2; 1] "Test writing is supported.",
        cd_rw_write: bool = 3[1; 1] "CD-RW can be written.",
        cd_r_write: bool = 3[0; 1] "CD-R can be written.",
        buffer_underrun_free: bool = 4[7; 1] "BUF.",
        multi_session: bool = 4[6; 1] "Discs with several sessions can be read.",
        mode_2_form_2: bool = 4[5; 1] "Mode 2 form 2 can be read.",
        mode_2_form_1: bool = 4[4; 1] "Mode 2 form 1 can be read.",
        digital_port_2: bool = 4[3; 1] "Digital output on port 2.",
        digital_port_1: bool = 4[2; 1] "Digital output on port 1.",
        composite: bool = 4[1; 1] "Composite audio and video output.",
        audio_play: bool = 4[0; 1] "Audio can be played.",
        bar_code: bool = 5[7; 1] "The disc's bar code can be read.",
        upc: bool = 5[6; 1] "The media catalog number can be read.",
        isrc: bool = 5[5; 1] "ISRC can be read.",
        c2_pointers: bool = 5[4; 1] "C2 pointers can be read.",
        sub_channel_corrected: bool = 5[3; 1] "R-W sub-channels are deinterleaved and corrected.",
        sub_channel: bool = 5[2; 1] "R-W sub-channels can be read.",
        accurate_stream: bool = 5[1; 1] "Reading audio goes on where it stopped.",
        cd_da: bool = 5[0; 1] "READ CD reads audio.",
        loading_mechanism: LoadingMechanism = 6[7; 3] "How a medium gets in.",
        eject: bool = 6[3; 1] "A command can eject the medium.",
        prevent_jumper: bool = 6[2; 1] "The prevent jumper; documents disagree about its polarity.",
        lock_state: bool = 6[1; 1] "Removal of the medium is prevented now.",
        lock: bool = 6[0; 1] "PREVENT ALLOW MEDIUM REMOVAL can lock the medium.",
        sub_channel_in_lead_in: bool = 7[5; 1] "R-W sub-channels of the lead-in can be read.",
        side_change: bool = 7[4; 1] "Both sides of a disc can be selected.",
        software_slot_selection: bool = 7[3; 1] "SSS.",
        disc_present: bool = 7[2; 1] "SDP: the changer reports which slots hold a disc.",
        separate_mute: bool = 7[1; 1] "Channels can be muted separately.",
        separate_volume: bool = 7[0; 1] "Channels have their own volume.",
        maximum_read_speed: u16 = 8[7; 16] "Obsolete, but filled in.",
        volume_levels: u16 = 10[7; 16] "How many steps the volume has.",
        buffer_size_kb: u16 = 12[7; 16] "Buffer in units of 1024 bytes.",
        current_read_speed: u16 = 14[7; 16] "Obsolete, but filled in.",
        digital_format: u8 = 17[5; 5] "Form of the digital output.",
        maximum_write_speed: u16 = 18[7; 16] "Obsolete, but filled in.",
        current_write_speed_mmc_2: u16 = 20[7; 16] "Obsolete, but filled in.",
        copy_management_revision: u16 = 22[7; 16] "1 where CSS is supported.",
        rotation_control: RotationControl = 27[1; 2] "How the disc rotates while it is written.",
        current_write_speed: u16 = 28[7; 16] "Write speed now.",
        number_of_write_speeds: u16 = 30[7; 16] "How many write speed descriptors follow.",
    }

    /// A write speed that the drive offers for the medium in it.
    pub struct WriteSpeedDescriptor: "write speed descriptor", size 4, needs 4 {
        rotation_control: RotationControl = 1[2; 3] "How the disc rotates.",
        write_speed: u16 = 2[7; 16] "In units of 1000 bytes a second.",
    }
}

impl CapabilitiesPage {
    /// Which page this is.
    pub const CODE: PageCode = PageCode::CAPABILITIES;

    /// Reads the fixed part; fields that the shorter page of an older drive does not have are zero.
    ///
    /// # Errors
    /// [`WireError::BadValue`] when it is another page.
    pub fn parse(page: &ModePage<'_>) -> Result<CapabilitiesPage, WireError> {
        page.is(PageCode::CAPABILITIES, <CapabilitiesPage as Layout>::NAME)?;
        Ok(CapabilitiesPage::read(page.bytes))
    }

    /// The write speeds of a page: as many as it announces and has room for.
    pub fn write_speeds<'a>(page: &ModePage<'a>) -> impl Iterator<Item = WriteSpeedDescriptor> + use<'a> {
        let descriptors = page.bytes.get(CapabilitiesPage::SIZE..).unwrap_or(&[]);
        let count = usize::from(CapabilitiesPage::read(page.bytes).number_of_write_speeds);
        descriptors.chunks_exact(WriteSpeedDescriptor::SIZE).take(count).map(WriteSpeedDescriptor::read)
    }

    /// Appends the page with its header, not saveable; `number_of_write_speeds` is set to their number, of which 55 fit.
    pub fn encode(&self, speeds: &[WriteSpeedDescriptor], reply: &mut Reply<'_>) {
        const MOST: usize = (257 - CapabilitiesPage::SIZE) / WriteSpeedDescriptor::SIZE - 1;
        let speeds = &speeds[..speeds.len().min(MOST)];
        let page = CapabilitiesPage { number_of_write_speeds: speeds.len() as u16, ..*self };
        let mut bytes = page.to_bytes();
        bytes[0] = PageCode::CAPABILITIES.0;
        bytes[1] = (CapabilitiesPage::SIZE + speeds.len() * WriteSpeedDescriptor::SIZE - 2) as u8;
        reply.put(&bytes);
        for speed in speeds {
            speed.encode(reply);
        }
    }
}
