//! IDiscRecorder2Ex.

use super::{CountingRecorder, UNBOUND};
use crate::descriptor;
use crate::hresult::{Hresult, Success};
use crate::interface::{DiscRecorder2Ex, ModePageRequestType, SENSE_LENGTH, TrackAddressType};
use discrig_device::Data;

/// A buffer of a raw command: not null, not empty, and of a size that fits the interface.
fn checked<T: AsRef<[u8]>>(buffer: Option<T>) -> Result<T, Hresult> {
    let buffer = buffer.ok_or(Hresult::E_POINTER)?;
    let size = u32::try_from(buffer.as_ref().len());
    if size.is_ok_and(|size| size > 0) { Ok(buffer) } else { Err(Hresult::E_INVALIDARG) }
}

impl DiscRecorder2Ex for CountingRecorder {
    fn send_command_no_data(
        &mut self,
        cdb: &[u8],
        sense_buffer: &mut [u8; SENSE_LENGTH],
        timeout_s: u32,
    ) -> Result<Success, Hresult> {
        let result = self.raw(cdb, sense_buffer, timeout_s, Data::None);
        self.told(result).map(|(success, _)| success)
    }

    fn send_command_send_data_to_device(
        &mut self,
        cdb: &[u8],
        sense_buffer: &mut [u8; SENSE_LENGTH],
        timeout_s: u32,
        buffer: Option<&[u8]>,
    ) -> Result<Success, Hresult> {
        let result = self.raw(cdb, sense_buffer, timeout_s, Data::Out(checked(buffer)?));
        self.told(result).map(|(success, _)| success)
    }

    fn send_command_get_data_from_device(
        &mut self,
        cdb: &[u8],
        sense_buffer: &mut [u8; SENSE_LENGTH],
        timeout_s: u32,
        buffer: Option<&mut [u8]>,
        buffer_fetched: Option<&mut u32>,
    ) -> Result<Success, Hresult> {
        let (buffer, fetched) = buffer.zip(buffer_fetched).ok_or(Hresult::E_POINTER)?;
        let result = self.raw(cdb, sense_buffer, timeout_s, Data::In(checked(Some(buffer))?));
        let (success, transferred) = self.told(result)?;
        *fetched = u32::try_from(transferred).unwrap_or(u32::MAX);
        Ok(success)
    }

    fn read_dvd_structure(
        &mut self,
        format: u32,
        address: u32,
        layer: u32,
        agid: u32,
        data: Option<&mut Vec<u8>>,
    ) -> Result<(), Hresult> {
        self.fill(data, |recorder| recorder.disc_structure(format as u8, address, layer as u8, agid as u8))
    }

    fn send_dvd_structure(&mut self, format: u32, data: Option<&[u8]>) -> Result<(), Hresult> {
        let result = self.send_disc_structure(format as u8, data.ok_or(Hresult::E_POINTER)?);
        self.told(result)
    }

    fn get_adapter_descriptor(&mut self, data: Option<&mut Vec<u8>>) -> Result<(), Hresult> {
        self.fill(data, |recorder| Ok(descriptor::adapter(&recorder.properties()?)))
    }

    fn get_device_descriptor(&mut self, data: Option<&mut Vec<u8>>) -> Result<(), Hresult> {
        self.fill(data, |recorder| descriptor::device(&recorder.properties()?).ok_or(Hresult::E_FAIL))
    }

    fn get_disc_information(&mut self, data: Option<&mut Vec<u8>>) -> Result<(), Hresult> {
        self.fill(data, CountingRecorder::disc_information)
    }

    fn get_track_information(
        &mut self,
        address: u32,
        address_type: TrackAddressType,
        data: Option<&mut Vec<u8>>,
    ) -> Result<(), Hresult> {
        self.fill(data, |recorder| recorder.track_information(address, address_type))
    }

    fn get_feature_page(
        &mut self,
        feature: u16,
        current_only: bool,
        data: Option<&mut Vec<u8>>,
    ) -> Result<(), Hresult> {
        self.fill(data, |recorder| recorder.feature_page(feature, current_only))
    }

    fn get_mode_page(
        &mut self,
        page: u8,
        request_type: ModePageRequestType,
        data: Option<&mut Vec<u8>>,
    ) -> Result<(), Hresult> {
        self.fill(data, |recorder| recorder.mode_page(page, request_type))
    }

    fn set_mode_page(
        &mut self,
        request_type: ModePageRequestType,
        data: Option<&[u8]>,
    ) -> Result<(), Hresult> {
        let result = self.set_mode_page_values(request_type, data.ok_or(Hresult::E_POINTER)?);
        self.told(result)
    }

    fn get_supported_feature_pages(
        &mut self,
        current_only: bool,
        features: Option<&mut Vec<u16>>,
    ) -> Result<(), Hresult> {
        self.fill(features, |recorder| recorder.feature_pages(current_only, UNBOUND))
    }

    fn get_supported_profiles(
        &mut self,
        current_only: bool,
        profiles: Option<&mut Vec<u16>>,
    ) -> Result<(), Hresult> {
        self.fill(profiles, |recorder| recorder.profiles(current_only, UNBOUND))
    }

    fn get_supported_mode_pages(
        &mut self,
        request_type: ModePageRequestType,
        pages: Option<&mut Vec<u8>>,
    ) -> Result<(), Hresult> {
        self.fill(pages, |recorder| recorder.mode_pages(request_type, UNBOUND))
    }

    fn get_byte_alignment_mask(&mut self, value: Option<&mut u32>) -> Result<(), Hresult> {
        self.fill(value, CountingRecorder::alignment)
    }

    fn get_maximum_non_page_aligned_transfer_size(&mut self, value: Option<&mut u32>) -> Result<(), Hresult> {
        self.fill(value, |recorder| recorder.properties().map(|known| known.maximum_transfer_unaligned))
    }

    fn get_maximum_page_aligned_transfer_size(&mut self, value: Option<&mut u32>) -> Result<(), Hresult> {
        self.fill(value, |recorder| recorder.properties().map(|known| known.maximum_transfer_aligned))
    }
}
