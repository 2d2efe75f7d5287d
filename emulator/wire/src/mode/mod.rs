//! MODE SENSE and MODE SELECT: headers, the pages of an answer, and the pages that MMC units have (SPC-3 7.4, MMC-5 7).

mod capabilities;
mod identifiers;
mod page;
mod select;

pub use capabilities::{CapabilitiesPage, RotationControl, WriteSpeedDescriptor};
pub use identifiers::{PageCatalogNumber, PageRecordingCode};
pub use page::*;
pub use select::{ParameterList, ParameterListError, first_difference};

use crate::error::WireError;
use crate::layout::{Layout, layout};
use crate::records::Records;
use crate::reply::Reply;

/// Which values of a page are meant (PC field).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum PageControl {
    /// The values in force.
    Current,
    /// A mask of the bits that MODE SELECT can change.
    Changeable,
    /// The values after power on.
    Default,
    /// The values kept over a reset.
    Saved,
}

impl PageControl {
    /// All four, in the order of their values.
    pub const ALL: [PageControl; 4] =
        [PageControl::Current, PageControl::Changeable, PageControl::Default, PageControl::Saved];

    /// The control in the low two bits of `value`.
    #[must_use]
    pub const fn from_low_bits(value: u8) -> PageControl {
        PageControl::ALL[(value & 3) as usize]
    }
}

/// Which command's header stands before the pages.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum ModeForm {
    /// MODE SENSE(6) and MODE SELECT(6): 4 bytes.
    Six,
    /// MODE SENSE(10) and MODE SELECT(10): 8 bytes.
    Ten,
}

impl ModeForm {
    /// Size of the header in bytes.
    #[must_use]
    pub const fn header(self) -> usize {
        match self {
            ModeForm::Six => ModeHeader6::SIZE,
            ModeForm::Ten => ModeHeader10::SIZE,
        }
    }
}

layout! {
    /// What stands before the pages of MODE SENSE(6) and MODE SELECT(6).
    pub struct ModeHeader6: "mode parameter header(6)", size 4, needs 4 {
        mode_data_length: u8 = 0[7; 8] "Bytes after byte 0; reserved in MODE SELECT.",
        medium_type: u8 = 1[7; 8] "Legacy; zero.",
        device_specific: u8 = 2[7; 8] "Zero on MMC units.",
        block_descriptor_length: u8 = 3[7; 8] "Bytes of block descriptors; zero on MMC units.",
    }

    /// What stands before the pages of MODE SENSE(10) and MODE SELECT(10).
    pub struct ModeHeader10: "mode parameter header(10)", size 8, needs 8 {
        mode_data_length: u16 = 0[7; 16] "Bytes after byte 1; reserved in MODE SELECT.",
        medium_type: u8 = 2[7; 8] "Legacy; zero.",
        device_specific: u8 = 3[7; 8] "Zero on MMC units.",
        long_block_addresses: bool = 4[0; 1] "LONGLBA: block descriptors of 16 bytes.",
        block_descriptor_length: u16 = 6[7; 16] "Bytes of block descriptors; zero on MMC units.",
    }

    /// A block descriptor as SCSI-2 initiators still send it.
    pub struct BlockDescriptor: "mode block descriptor", size 8, needs 8 {
        density_code: u8 = 0[7; 8] "Legacy; zero.",
        number_of_blocks: u32 = 1[7; 24] "Zero: all.",
        block_length: u32 = 5[7; 24] "Bytes of a block: 2048 on MMC units.",
    }
}

/// A MODE SENSE answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ModeData<'a> {
    /// The header; that of the 6-byte form is widened.
    pub header: ModeHeader10,
    /// The block descriptors, as far as they are there.
    pub block_descriptors: &'a [u8],
    pages: &'a [u8],
    announced: usize,
}

impl<'a> ModeData<'a> {
    /// Reads the answer to either command.
    ///
    /// # Errors
    /// [`WireError::Truncated`] when the header is cut; [`WireError::LengthMismatch`] when the mode data length does not cover the header
    /// and the block descriptors.
    pub fn parse(form: ModeForm, bytes: &'a [u8]) -> Result<ModeData<'a>, WireError> {
        let (header, announced) = match form {
            ModeForm::Six => {
                let six = ModeHeader6::parse(bytes)?;
                let header = ModeHeader10 {
                    mode_data_length: six.mode_data_length.into(),
                    medium_type: six.medium_type,
                    device_specific: six.device_specific,
                    long_block_addresses: false,
                    block_descriptor_length: six.block_descriptor_length.into(),
                };
                (header, usize::from(six.mode_data_length) + 1)
            }
            ModeForm::Ten => {
                let header = ModeHeader10::parse(bytes)?;
                (header, usize::from(header.mode_data_length) + 2)
            }
        };
        let before_pages = form.header() + usize::from(header.block_descriptor_length);
        if announced < before_pages {
            let structure = ModeHeader10::NAME;
            return Err(WireError::LengthMismatch { structure, said: announced, present: before_pages });
        }
        let cut = before_pages.min(bytes.len());
        Ok(ModeData {
            header,
            block_descriptors: &bytes[form.header()..cut],
            pages: &bytes[cut..],
            announced: announced - before_pages,
        })
    }

    /// The pages in their order. One that the allocation length cut ends the walk; one that contradicts the mode data length is an error.
    #[must_use]
    pub fn pages(&self) -> ModePages<'a> {
        ModePages { records: Records::new("mode page", self.pages, self.announced, 2, page_size) }
    }

    /// The first whole page with `code` that is not a subpage.
    #[must_use]
    pub fn page(&self, code: PageCode) -> Option<ModePage<'a>> {
        self.pages().filter_map(Result::ok).find(|page| page.code == code && page.subpage.is_none())
    }

    /// Appends an answer: the header without block descriptors, what `pages` appends, and the length of both.
    pub fn encode(
        form: ModeForm,
        medium_type: u8,
        reply: &mut Reply<'_>,
        pages: impl FnOnce(&mut Reply<'_>),
    ) {
        let start = reply.length();
        match form {
            ModeForm::Six => ModeHeader6 { medium_type, ..Default::default() }.encode(reply),
            ModeForm::Ten => ModeHeader10 { medium_type, ..Default::default() }.encode(reply),
        }
        pages(reply);
        match form {
            ModeForm::Six => {
                let length = (reply.length() - start - 1).min(usize::from(u8::MAX)) as u8;
                reply.patch(start, &[length]);
            }
            ModeForm::Ten => reply.patch_length_u16(start, start + 2),
        }
    }
}

/// Size of a page from its first bytes: with a subpage code, four bytes of header; two without.
fn page_size(page: &[u8]) -> usize {
    match page {
        [code, _, high, low, ..] if code & 0x40 != 0 => 4 + usize::from(u16::from_be_bytes([*high, *low])),
        [code, ..] if code & 0x40 != 0 => 4,
        [_, length, ..] => 2 + usize::from(*length),
        _ => 2,
    }
}

/// A mode page, as it came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ModePage<'a> {
    /// Which page.
    pub code: PageCode,
    /// Which subpage, where the page has the form with one.
    pub subpage: Option<u8>,
    /// PS: the page can be saved.
    pub saveable: bool,
    /// The whole page with its header, so that offsets are the standard's.
    pub bytes: &'a [u8],
}

impl<'a> ModePage<'a> {
    /// A page from its bytes, which must be exactly the page.
    fn new(bytes: &'a [u8]) -> ModePage<'a> {
        let [code, subpage, ..] = bytes else {
            return ModePage { code: PageCode::default(), subpage: None, saveable: false, bytes };
        };
        ModePage {
            code: PageCode(code & 0x3F),
            subpage: (code & 0x40 != 0).then_some(*subpage),
            saveable: code & 0x80 != 0,
            bytes,
        }
    }

    /// What follows the page length.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        let header = if self.subpage.is_some() { 4 } else { 2 };
        self.bytes.get(header..).unwrap_or(&[])
    }
}

/// The pages of an answer. See [`ModeData::pages`].
#[derive(Clone, Debug)]
pub struct ModePages<'a> {
    records: Records<'a>,
}

impl<'a> Iterator for ModePages<'a> {
    type Item = Result<ModePage<'a>, WireError>;

    fn next(&mut self) -> Option<Result<ModePage<'a>, WireError>> {
        self.records.next().map(|record| record.map(ModePage::new))
    }
}

#[cfg(test)]
mod tests;
