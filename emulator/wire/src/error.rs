//! What can be wrong with bytes that came from outside.

use thiserror::Error;

/// Bytes that are not what their structure says.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum WireError {
    /// A field holds a value that the structure does not define.
    #[error("{structure}: byte {byte} holds {value:02X}h, which the structure does not define")]
    BadValue {
        /// Name of the structure.
        structure: &'static str,
        /// Offset of the offending byte.
        byte: usize,
        /// What stands there.
        value: u8,
    },
    /// A length field contradicts the bytes that are there.
    #[error("{structure}: a length field says {said} bytes where {present} are present")]
    LengthMismatch {
        /// Name of the structure.
        structure: &'static str,
        /// What the length field says.
        said: usize,
        /// How many bytes are there.
        present: usize,
    },
    /// Fewer bytes than the smallest legal form.
    #[error("{structure}: {present} bytes, at least {needed} needed")]
    Truncated {
        /// Name of the structure.
        structure: &'static str,
        /// Smallest legal size in bytes.
        needed: usize,
        /// How many bytes are there.
        present: usize,
    },
}

/// The first `needed` bytes of `bytes`, or the error that says they are missing.
pub(crate) fn need<'a>(
    structure: &'static str,
    bytes: &'a [u8],
    needed: usize,
) -> Result<&'a [u8], WireError> {
    bytes.get(..needed).ok_or(WireError::Truncated { structure, needed, present: bytes.len() })
}
