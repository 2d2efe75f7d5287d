//! The recorder's interface: every member of IDiscRecorder2 and IDiscRecorder2Ex in the order of their vtables.
//!
//! # Conventions, the same as of the COM interfaces
//! - An out parameter is `Option<&mut T>`; `None` is a null pointer and gives E_POINTER. On failure it is left as it was.
//! - In parameters that may not be null are `Option` as well; sizes go with their slices.
//! - Timeouts are in seconds; 0 asks for the default of 10.
//! - Buffers of raw commands must meet the device's alignment ([`DiscRecorder2Ex::get_byte_alignment_mask`]).
//! - A member may return codes that its page does not list ([`crate::documented()`]): the pages call their lists incomplete.
//!
//! Names of features, profiles and mode pages are the MMC numbers; the enumerations of IMAPI2 have the same values.

use crate::hresult::{Hresult, Success};
use serde::{Deserialize, Serialize};

/// Bytes of the sense buffer of raw commands.
pub const SENSE_LENGTH: usize = 18;

/// The timeout that a timeout of 0 stands for, in seconds (IMAPI2_DEFAULT_COMMAND_TIMEOUT).
pub const DEFAULT_COMMAND_TIMEOUT_S: u32 = 10;

/// IDiscRecorder2.
///
/// # Errors
/// The codes that each member's page lists are in [`crate::documented()`].
pub trait DiscRecorder2 {
    /// Opens the tray.
    fn eject_media(&mut self) -> Result<(), Hresult>;

    /// Closes the tray. Drives without a motor for that cannot; see [`DiscRecorder2::device_can_load_media`].
    fn close_tray(&mut self) -> Result<(), Hresult>;

    /// Takes exclusive access, or counts once more when this recorder has it. `force` ignores a mounted volume and nothing else: it never
    /// takes the device from another owner.
    fn acquire_exclusive_access(&mut self, force: bool, client_name: Option<&str>) -> Result<(), Hresult>;

    /// Counts one acquisition back; the last one frees the device.
    fn release_exclusive_access(&mut self) -> Result<(), Hresult>;

    /// Switches media change notification off, once more.
    fn disable_mcn(&mut self) -> Result<(), Hresult>;

    /// Counts one switching off back.
    fn enable_mcn(&mut self) -> Result<(), Hresult>;

    /// Binds this object to the drive with this identifier. It must come before the other members and succeeds on a drive that another
    /// client holds.
    fn initialize_disc_recorder(&mut self, recorder_unique_id: Option<&str>) -> Result<(), Hresult>;

    /// The identifier given to [`DiscRecorder2::initialize_disc_recorder`].
    fn active_disc_recorder(&mut self, value: Option<&mut String>) -> Result<(), Hresult>;

    /// Vendor, from INQUIRY data, without padding.
    fn vendor_id(&mut self, value: Option<&mut String>) -> Result<(), Hresult>;

    /// Product, from INQUIRY data, without padding.
    fn product_id(&mut self, value: Option<&mut String>) -> Result<(), Hresult>;

    /// Revision, from INQUIRY data, without padding.
    fn product_revision(&mut self, value: Option<&mut String>) -> Result<(), Hresult>;

    /// The unique name of the drive's volume.
    fn volume_name(&mut self, value: Option<&mut String>) -> Result<(), Hresult>;

    /// Drive letters and mount points.
    fn volume_path_names(&mut self, value: Option<&mut Vec<String>>) -> Result<(), Hresult>;

    /// Whether the drive can close its tray.
    fn device_can_load_media(&mut self, value: Option<&mut bool>) -> Result<(), Hresult>;

    /// Zero-based number among the host's optical drives.
    fn legacy_device_number(&mut self, value: Option<&mut i32>) -> Result<(), Hresult>;

    /// Every feature of the drive.
    fn supported_feature_pages(&mut self, value: Option<&mut Vec<u16>>) -> Result<(), Hresult>;

    /// The features that are current.
    fn current_feature_pages(&mut self, value: Option<&mut Vec<u16>>) -> Result<(), Hresult>;

    /// Every profile of the drive.
    fn supported_profiles(&mut self, value: Option<&mut Vec<u16>>) -> Result<(), Hresult>;

    /// The profiles that are current.
    fn current_profiles(&mut self, value: Option<&mut Vec<u16>>) -> Result<(), Hresult>;

    /// Every mode page of the drive.
    fn supported_mode_pages(&mut self, value: Option<&mut Vec<u8>>) -> Result<(), Hresult>;

    /// The name of the client that holds the device exclusively; empty when nobody does.
    fn exclusive_access_owner(&mut self, value: Option<&mut String>) -> Result<(), Hresult>;
}

/// How [`DiscRecorder2Ex::get_track_information`] is to read its address (IMAPI_READ_TRACK_ADDRESS_TYPE).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum TrackAddressType {
    /// A logical block address in the track.
    Lba = 0,
    /// A track number.
    Track = 1,
    /// A session number.
    Session = 2,
}

/// Which values of a mode page are meant (IMAPI_MODE_PAGE_REQUEST_TYPE).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum ModePageRequestType {
    /// Those in force.
    CurrentValues = 0,
    /// A mask of what can be changed.
    ChangeableValues = 1,
    /// Those after a reset.
    DefaultValues = 2,
    /// Those that were saved.
    SavedValues = 3,
}

/// IDiscRecorder2Ex.
///
/// # Errors
/// The codes that each member's page lists are in [`crate::documented()`].
pub trait DiscRecorder2Ex {
    /// Sends a command without data. `cdb` has 6 to 16 bytes, and as many as the group of its operation code prescribes.
    fn send_command_no_data(
        &mut self,
        cdb: &[u8],
        sense_buffer: &mut [u8; SENSE_LENGTH],
        timeout_s: u32,
    ) -> Result<Success, Hresult>;

    /// Sends a command with data for the device.
    fn send_command_send_data_to_device(
        &mut self,
        cdb: &[u8],
        sense_buffer: &mut [u8; SENSE_LENGTH],
        timeout_s: u32,
        buffer: Option<&[u8]>,
    ) -> Result<Success, Hresult>;

    /// Sends a command that fetches data; `buffer_fetched` says how many bytes came.
    fn send_command_get_data_from_device(
        &mut self,
        cdb: &[u8],
        sense_buffer: &mut [u8; SENSE_LENGTH],
        timeout_s: u32,
        buffer: Option<&mut [u8]>,
        buffer_fetched: Option<&mut u32>,
    ) -> Result<Success, Hresult>;

    /// READ DISC STRUCTURE without the header of its answer. Of `format`, `layer` and `agid` the low bits that have a place in the CDB count.
    fn read_dvd_structure(
        &mut self,
        format: u32,
        address: u32,
        layer: u32,
        agid: u32,
        data: Option<&mut Vec<u8>>,
    ) -> Result<(), Hresult>;

    /// SEND DISC STRUCTURE; the header is put before `data`.
    fn send_dvd_structure(&mut self, format: u32, data: Option<&[u8]>) -> Result<(), Hresult>;

    /// STORAGE_ADAPTER_DESCRIPTOR, little-endian.
    fn get_adapter_descriptor(&mut self, data: Option<&mut Vec<u8>>) -> Result<(), Hresult>;

    /// STORAGE_DEVICE_DESCRIPTOR with the texts it points to, little-endian.
    fn get_device_descriptor(&mut self, data: Option<&mut Vec<u8>>) -> Result<(), Hresult>;

    /// The answer of READ DISC INFORMATION as it came.
    fn get_disc_information(&mut self, data: Option<&mut Vec<u8>>) -> Result<(), Hresult>;

    /// The answer of READ TRACK INFORMATION as it came.
    fn get_track_information(
        &mut self,
        address: u32,
        address_type: TrackAddressType,
        data: Option<&mut Vec<u8>>,
    ) -> Result<(), Hresult>;

    /// The descriptor of one feature, beginning with its code.
    fn get_feature_page(
        &mut self,
        feature: u16,
        current_only: bool,
        data: Option<&mut Vec<u8>>,
    ) -> Result<(), Hresult>;

    /// One mode page, beginning with its code.
    fn get_mode_page(
        &mut self,
        page: u8,
        request_type: ModePageRequestType,
        data: Option<&mut Vec<u8>>,
    ) -> Result<(), Hresult>;

    /// Sets a mode page; `data` begins with its code.
    fn set_mode_page(
        &mut self,
        request_type: ModePageRequestType,
        data: Option<&[u8]>,
    ) -> Result<(), Hresult>;

    /// The codes of the drive's features.
    fn get_supported_feature_pages(
        &mut self,
        current_only: bool,
        features: Option<&mut Vec<u16>>,
    ) -> Result<(), Hresult>;

    /// The numbers of the drive's profiles.
    fn get_supported_profiles(
        &mut self,
        current_only: bool,
        profiles: Option<&mut Vec<u16>>,
    ) -> Result<(), Hresult>;

    /// The codes of the drive's mode pages.
    fn get_supported_mode_pages(
        &mut self,
        request_type: ModePageRequestType,
        pages: Option<&mut Vec<u8>>,
    ) -> Result<(), Hresult>;

    /// A power of two: a buffer is aligned when its address and this value less one have no bit in common.
    fn get_byte_alignment_mask(&mut self, value: Option<&mut u32>) -> Result<(), Hresult>;

    /// Most bytes of one transfer for a buffer that does not begin at a page.
    fn get_maximum_non_page_aligned_transfer_size(&mut self, value: Option<&mut u32>) -> Result<(), Hresult>;

    /// Most bytes of one transfer for a buffer that begins at a page.
    fn get_maximum_page_aligned_transfer_size(&mut self, value: Option<&mut u32>) -> Result<(), Hresult>;
}

/// A disc recorder object with both interfaces.
///
/// Dropping it gives free what it holds: media change notification is on again first, then exclusive access ends.
pub trait Recorder: DiscRecorder2 + DiscRecorder2Ex + Send {}

impl<R: DiscRecorder2 + DiscRecorder2Ex + Send + ?Sized> Recorder for R {}
