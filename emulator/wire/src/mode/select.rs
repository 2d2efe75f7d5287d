//! The parameter list of MODE SELECT, and what precisely is wrong with one.

use super::{BlockDescriptor, ModeForm, ModeHeader6, ModeHeader10, ModePage, page_size};
use crate::layout::Layout;
use thiserror::Error;

/// What is wrong with a parameter list, said as sense data say it.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum ParameterListError {
    /// The list ends in the middle of a header, block descriptor or page (PARAMETER LIST LENGTH ERROR).
    #[error("the parameter list ends after {present} bytes, in the middle of what needs {needed}")]
    CutOff {
        /// Bytes that the list would have needed.
        needed: usize,
        /// Bytes that it has.
        present: usize,
    },
    /// A field is illegal (INVALID FIELD IN PARAMETER LIST).
    #[error("byte {byte}, bit {bit} of the parameter list is illegal")]
    InvalidField {
        /// Offset of the byte in the list.
        byte: u16,
        /// Most significant bit of the field.
        bit: u8,
    },
}

/// A MODE SELECT parameter list whose structure is sound: what its pages say is for the drive to judge.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ParameterList<'a> {
    /// The block descriptor, when there is one.
    pub block_descriptor: Option<BlockDescriptor>,
    bytes: &'a [u8],
    first_page: usize,
}

impl<'a> ParameterList<'a> {
    /// Understands a list; an empty one is legal and changes nothing (SPC-3 6.7).
    ///
    /// The header's lengths, medium type and device specific byte are ignored, as drives do. PS is reserved here (SPC-3 7.4.5).
    ///
    /// # Errors
    /// [`ParameterListError`] for the first thing that is wrong.
    pub fn parse(form: ModeForm, bytes: &'a [u8]) -> Result<ParameterList<'a>, ParameterListError> {
        let present = bytes.len();
        if present == 0 {
            return Ok(ParameterList { block_descriptor: None, bytes, first_page: 0 });
        }
        if present < form.header() {
            return Err(ParameterListError::CutOff { needed: form.header(), present });
        }
        let (descriptors, length_byte) = match form {
            ModeForm::Six => (usize::from(ModeHeader6::read(bytes).block_descriptor_length), 3),
            ModeForm::Ten => (usize::from(ModeHeader10::read(bytes).block_descriptor_length), 6),
        };
        if descriptors != 0 && descriptors != BlockDescriptor::SIZE {
            return Err(ParameterListError::InvalidField { byte: length_byte, bit: 7 });
        }
        let first_page = form.header() + descriptors;
        if present < first_page {
            return Err(ParameterListError::CutOff { needed: first_page, present });
        }
        let block_descriptor = (descriptors != 0).then(|| BlockDescriptor::read(&bytes[form.header()..]));
        let list = ParameterList { block_descriptor, bytes, first_page };
        list.check_pages()?;
        Ok(list)
    }

    fn check_pages(&self) -> Result<(), ParameterListError> {
        let mut at = self.first_page;
        while at < self.bytes.len() {
            let page = &self.bytes[at..];
            if page[0] & 0x80 != 0 {
                return Err(ParameterListError::InvalidField { byte: at as u16, bit: 7 });
            }
            let needed = at + page_size(page);
            if needed > self.bytes.len() {
                return Err(ParameterListError::CutOff { needed, present: self.bytes.len() });
            }
            at = needed;
        }
        Ok(())
    }

    /// Where the block descriptor's block length stands in the list.
    #[must_use]
    pub fn block_length_error(&self) -> ParameterListError {
        ParameterListError::InvalidField { byte: (self.first_page.saturating_sub(3)) as u16, bit: 7 }
    }

    /// The pages with their offsets in the list.
    pub fn pages(&self) -> impl Iterator<Item = (usize, ModePage<'a>)> + use<'a> {
        let (bytes, mut at) = (self.bytes, self.first_page);
        core::iter::from_fn(move || {
            let page = bytes.get(at..).filter(|rest| !rest.is_empty())?;
            let start = at;
            at += page_size(page);
            Some((start, ModePage::new(bytes.get(start..at)?)))
        })
    }
}

/// The first byte and its highest bit in which `wanted` differs from `current` where `changeable` does not allow it; the page length when
/// their lengths differ. All three are whole pages with their headers; the page code is not compared.
///
/// Add the page's offset in the list to get what sense data point to.
#[must_use]
pub fn first_difference(wanted: &[u8], current: &[u8], changeable: &[u8]) -> Option<(usize, u8)> {
    if wanted.len() != current.len() || wanted.get(1) != current.get(1) {
        return Some((1, 7));
    }
    (2..wanted.len()).find_map(|index| {
        let mask = changeable.get(index).copied().unwrap_or(0);
        let illegal = (wanted[index] ^ current[index]) & !mask;
        (illegal != 0).then(|| (index, 7 - illegal.leading_zeros() as u8))
    })
}
