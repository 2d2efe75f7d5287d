//! Additional header segments (RFC 7143, 11.2.2).

use thiserror::Error;

/// One additional header segment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Additional<'a> {
    /// The rest of a command descriptor block that is longer than sixteen bytes.
    ExtendedCdb(&'a [u8]),
    /// Bytes of data for the initiator that a bidirectional command expects.
    ExpectedReadLength(u32),
    /// A type that the standard does not assign.
    Unknown {
        /// The lower six bits of its type.
        kind: u8,
        /// What it holds behind its type.
        bytes: &'a [u8],
    },
}

/// Additional header segments that contradict the length of the header.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("an additional header segment is longer than the header, or too short for its type")]
pub struct AdditionalError;

const EXTENDED_CDB: u8 = 1;
const EXPECTED_READ_LENGTH: u8 = 2;

impl<'a> Additional<'a> {
    /// The segments of a header in their order.
    ///
    /// # Errors
    /// [`AdditionalError`] where a segment does not end within `bytes`; nothing comes after it.
    pub fn parse_all(mut bytes: &'a [u8]) -> impl Iterator<Item = Result<Additional<'a>, AdditionalError>> {
        core::iter::from_fn(move || {
            if bytes.is_empty() {
                return None;
            }
            let segment = split(&mut bytes);
            if segment.is_none() {
                bytes = &[];
            }
            Some(segment.and_then(|(kind, content)| Additional::parse(kind, content)).ok_or(AdditionalError))
        })
    }

    fn parse(kind: u8, content: &'a [u8]) -> Option<Additional<'a>> {
        // The first byte behind the type belongs to the segment's length, but is reserved in the segments that exist.
        let (_, content) = content.split_first()?;
        Some(match kind {
            EXTENDED_CDB => Additional::ExtendedCdb(content),
            EXPECTED_READ_LENGTH => {
                Additional::ExpectedReadLength(u32::from_be_bytes(*content.first_chunk()?))
            }
            kind => Additional::Unknown { kind, bytes: content },
        })
    }
}

/// Type and content of the first segment; `bytes` goes on behind its padding.
fn split<'a>(bytes: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let [high, low, kind, rest @ ..] = *bytes else { return None };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    let content = rest.get(..length)?;
    let padded = length + super::padding(3 + length);
    *bytes = rest.get(padded..)?;
    Some((kind & 0x3F, content))
}
