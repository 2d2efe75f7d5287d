//! What a disc says of itself: structures, disc information and track information.

use super::command::sized_u16;
use super::{CountingRecorder, UNBOUND};
use crate::buffer::AlignedBuffer;
use crate::hresult::Hresult;
use crate::interface::TrackAddressType;
use crate::translation::Purpose;
use core::time::Duration;
use discrig_device::Request;
use discrig_wire::Cdb;
use discrig_wire::command::{ReadDiscInformation, ReadDiscStructure, ReadTrackInformation};

/// Room for what is usual; longer answers are fetched with a second command.
const FIRST_INFORMATION: u16 = 256;

/// Room for a structure of a sector with its header.
const FIRST_STRUCTURE: u16 = 2052;

/// Bytes before a disc structure, both ways.
const STRUCTURE_HEADER: usize = 4;

/// SEND DISC STRUCTURE (MMC-5 6.34).
const SEND_DISC_STRUCTURE: u8 = 0xBF;

/// How long SEND DISC STRUCTURE may take: some formats start a calibration.
const SEND_STRUCTURE_TIMEOUT: Duration = Duration::from_secs(180);

impl CountingRecorder {
    pub(super) fn disc_structure(
        &mut self,
        format: u8,
        address: u32,
        layer: u8,
        authentication_grant_id: u8,
    ) -> Result<Vec<u8>, Hresult> {
        let command = |allocation_length| {
            ReadDiscStructure {
                media_type: 0,
                address,
                layer,
                format,
                allocation_length,
                authentication_grant_id,
            }
            .cdb()
        };
        let timeout = Duration::from_millis(ReadDiscStructure::SPEC.timeout_ms.into());
        let mut answer = self.fetch(Purpose::Structure, FIRST_STRUCTURE, sized_u16, command, timeout)?;
        if answer.len() < STRUCTURE_HEADER {
            return Err(Hresult::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE);
        }
        answer.drain(..STRUCTURE_HEADER);
        Ok(answer)
    }

    pub(super) fn send_disc_structure(&mut self, format: u8, data: &[u8]) -> Result<(), Hresult> {
        let length = u16::try_from(STRUCTURE_HEADER + data.len()).map_err(|_| Hresult::E_INVALIDARG)?;
        if data.is_empty() {
            return Err(Hresult::E_INVALIDARG);
        }
        self.handle(UNBOUND)?;
        let mut list = AlignedBuffer::new(length.into(), self.alignment_mask);
        list.bytes_mut()[..2].copy_from_slice(&(length - 2).to_be_bytes());
        list.bytes_mut()[STRUCTURE_HEADER..].copy_from_slice(data);
        let [high, low] = length.to_be_bytes();
        let cdb = Cdb::new(&[SEND_DISC_STRUCTURE, 0, 0, 0, 0, 0, 0, format, high, low, 0, 0])
            .map_err(|_| Hresult::E_FAIL)?;
        let request = Request::output(cdb, list.bytes(), SEND_STRUCTURE_TIMEOUT);
        self.ask(Purpose::Structure, request).map(drop)
    }

    pub(super) fn disc_information(&mut self) -> Result<Vec<u8>, Hresult> {
        let command = |allocation_length| ReadDiscInformation { data_type: 0, allocation_length }.cdb();
        let timeout = Duration::from_millis(ReadDiscInformation::SPEC.timeout_ms.into());
        self.fetch(Purpose::Other, FIRST_INFORMATION, sized_u16, command, timeout)
    }

    pub(super) fn track_information(
        &mut self,
        address: u32,
        address_type: TrackAddressType,
    ) -> Result<Vec<u8>, Hresult> {
        let command = |allocation_length| {
            ReadTrackInformation { open: false, address_type: address_type as u8, address, allocation_length }
                .cdb()
        };
        let timeout = Duration::from_millis(ReadTrackInformation::SPEC.timeout_ms.into());
        self.fetch(Purpose::Other, FIRST_INFORMATION, sized_u16, command, timeout)
    }
}
