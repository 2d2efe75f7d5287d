//! Mode pages, by MODE SENSE(10) and MODE SELECT(10).

use super::{CountingRecorder, UNBOUND};
use crate::buffer::AlignedBuffer;
use crate::hresult::Hresult;
use crate::interface::ModePageRequestType;
use crate::translation::Purpose;
use core::time::Duration;
use discrig_device::Request;
use discrig_wire::command::{ModeSelect10, ModeSense10};
use discrig_wire::mode::{ModeData, ModeForm, ModeHeader10, PageCode};

/// Room for all pages of most drives.
const FIRST: u16 = 512;

const HEADER: usize = ModeHeader10::SIZE;

const INVALID_RESPONSE: Hresult = Hresult::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE;

impl CountingRecorder {
    /// The answer of MODE SENSE, whole, with a header that announces its size.
    fn mode_sense(&mut self, page: PageCode, values: ModePageRequestType) -> Result<Vec<u8>, Hresult> {
        let command = |allocation_length| {
            ModeSense10 {
                page_control: values as u8,
                page_code: page.0,
                allocation_length,
                ..ModeSense10::default()
            }
            .cdb()
        };
        let timeout = Duration::from_millis(ModeSense10::SPEC.timeout_ms.into());
        let mut answer = self.fetch(Purpose::ModeSense, FIRST, mode_data_size, command, timeout)?;
        let length = u16::try_from(answer.len().saturating_sub(2)).unwrap_or(u16::MAX);
        if let Some(field) = answer.first_chunk_mut() {
            *field = length.to_be_bytes();
        }
        Ok(answer)
    }

    /// One page with its header.
    pub(super) fn mode_page(&mut self, page: u8, values: ModePageRequestType) -> Result<Vec<u8>, Hresult> {
        if page >= PageCode::ALL.0 {
            return Err(Hresult::E_INVALIDARG);
        }
        let answer = self.mode_sense(PageCode(page), values)?;
        let data = ModeData::parse(ModeForm::Ten, &answer).map_err(|_| INVALID_RESPONSE)?;
        for found in data.pages() {
            let found = found.map_err(|_| INVALID_RESPONSE)?;
            if found.code == PageCode(page) && found.subpage.is_none() {
                return Ok(found.bytes.to_vec());
            }
        }
        Err(Hresult::E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE)
    }

    /// The codes of all pages, each once, in the drive's order.
    pub(super) fn mode_pages(
        &mut self,
        values: ModePageRequestType,
        unbound: Hresult,
    ) -> Result<Vec<u8>, Hresult> {
        self.handle(unbound)?;
        let answer = self.mode_sense(PageCode::ALL, values)?;
        let data = ModeData::parse(ModeForm::Ten, &answer).map_err(|_| INVALID_RESPONSE)?;
        let mut codes = Vec::new();
        for page in data.pages() {
            let code = page.map_err(|_| INVALID_RESPONSE)?.code.0;
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        Ok(codes)
    }

    /// Sets one page. PS, which pages that were read have and which is reserved here, is cleared.
    pub(super) fn set_mode_page_values(
        &mut self,
        values: ModePageRequestType,
        page: &[u8],
    ) -> Result<(), Hresult> {
        let save_pages = match values {
            ModePageRequestType::CurrentValues => false,
            ModePageRequestType::SavedValues => true,
            ModePageRequestType::ChangeableValues | ModePageRequestType::DefaultValues => {
                return Err(Hresult::E_INVALIDARG);
            }
        };
        let length = u16::try_from(HEADER + page.len()).map_err(|_| Hresult::E_INVALIDARG)?;
        if page.is_empty() {
            return Err(Hresult::E_INVALIDARG);
        }
        self.handle(UNBOUND)?;
        let mut list = AlignedBuffer::new(length.into(), self.alignment_mask);
        list.bytes_mut()[HEADER..].copy_from_slice(page);
        list.bytes_mut()[HEADER] &= 0x7F;
        let command = ModeSelect10 { page_format: true, save_pages, parameter_list_length: length };
        let timeout = Duration::from_millis(ModeSelect10::SPEC.timeout_ms.into());
        self.ask(Purpose::ModeSelect, Request::output(command, list.bytes(), timeout)).map(drop)
    }
}

/// The size of the whole answer.
///
/// Some drives announce less than the one page that they send, whose own length is right: the larger size counts.
fn mode_data_size(bytes: &[u8]) -> Option<usize> {
    let header = ModeHeader10::parse(bytes).ok()?;
    let announced = 2 + usize::from(header.mode_data_length);
    let first_page = HEADER + usize::from(header.block_descriptor_length);
    let sent = match bytes.get(first_page..) {
        Some([code, length, ..]) if code & 0x40 == 0 => first_page + 2 + usize::from(*length),
        _ => 0,
    };
    (announced >= HEADER).then(|| announced.max(sent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_larger_of_both_lengths_counts() {
        assert_eq!(mode_data_size(&[0, 10, 0, 0, 0, 0, 0, 0, 0x05, 2, 0, 0]), Some(12));
        assert_eq!(mode_data_size(&[0, 6, 0, 0, 0, 0, 0, 0, 0x05, 2, 0, 0]), Some(12), "announced too short");
        assert_eq!(mode_data_size(&[0, 14, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0]), Some(16), "cut before the page");
        assert_eq!(mode_data_size(&[0, 6, 0, 0, 0, 0, 0, 0]), Some(8), "no page");
        assert_eq!(mode_data_size(&[0, 6, 0]), None);
        assert_eq!(mode_data_size(&[0; 12]), None, "not even the header is announced");
    }
}
