//! Fixed-size ASCII fields, padded with blanks, as INQUIRY data and serial numbers have them.

use crate::layout::ByteValue;
use core::fmt;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// `N` bytes that should be printable ASCII, left-aligned and padded with blanks. They are kept as they came.
#[derive(Clone, Copy, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ascii<const N: usize>(pub [u8; N]);

/// Text that does not fit an ASCII field.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("printable ASCII of at most {room} characters is needed")]
pub struct AsciiError {
    /// Size of the field.
    pub room: usize,
}

impl<const N: usize> Ascii<N> {
    /// Pads `text` with blanks; what does not fit is cut off.
    #[must_use]
    pub const fn new(text: &str) -> Ascii<N> {
        let text = text.as_bytes();
        let mut bytes = [b' '; N];
        let mut index = 0;
        while index < N && index < text.len() {
            bytes[index] = text[index];
            index += 1;
        }
        Ascii(bytes)
    }

    /// The text without padding (blanks and zeros at the end, blanks at the beginning). Empty when it is not ASCII.
    #[must_use]
    pub fn trimmed(&self) -> &str {
        trimmed(&self.0)
    }

    /// Whether every byte is printable ASCII (20h to 7Eh), as SPC-3 4.4.1 demands of such fields.
    #[must_use]
    pub fn is_printable(&self) -> bool {
        self.0.iter().all(|byte| (0x20..0x7F).contains(byte))
    }
}

/// Text in `bytes` without padding; empty when it is not ASCII.
pub(crate) fn trimmed(bytes: &[u8]) -> &str {
    match core::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => text.trim_end_matches([' ', '\0']).trim_start_matches(' '),
        _ => "",
    }
}

impl<const N: usize> Default for Ascii<N> {
    fn default() -> Ascii<N> {
        Ascii([b' '; N])
    }
}

impl<const N: usize> fmt::Display for Ascii<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&ByteValue::show(self))
    }
}

impl<const N: usize> fmt::Debug for Ascii<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

impl<const N: usize> TryFrom<String> for Ascii<N> {
    type Error = AsciiError;

    fn try_from(text: String) -> Result<Ascii<N>, AsciiError> {
        let printable = text.bytes().all(|byte| (0x20..0x7F).contains(&byte));
        if printable && text.len() <= N { Ok(Ascii::new(&text)) } else { Err(AsciiError { room: N }) }
    }
}

/// For bytes that are not printable the text form is escaped, and is not read back.
impl<const N: usize> From<Ascii<N>> for String {
    fn from(text: Ascii<N>) -> String {
        text.0.escape_ascii().to_string()
    }
}

impl<const N: usize> ByteValue for Ascii<N> {
    const LENGTH: usize = N;

    fn from_bytes(bytes: &[u8]) -> Ascii<N> {
        Ascii(ByteValue::from_bytes(bytes))
    }

    fn write(&self, bytes: &mut [u8]) {
        ByteValue::write(&self.0, bytes);
    }

    fn show(&self) -> String {
        if self.is_printable() { self.trimmed().into() } else { self.0.escape_ascii().to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_and_trimming() {
        assert_eq!(Ascii::<8>::new("HL-DT-ST").trimmed(), "HL-DT-ST");
        assert_eq!(Ascii::<4>::new("1.0").0, *b"1.0 ");
        assert_eq!(Ascii::<4>::new("12345").0, *b"1234");
        assert_eq!(Ascii(*b" ab \0\0").trimmed(), "ab");
        assert_eq!(Ascii([0xFF; 4]).trimmed(), "");
        assert!(!Ascii(*b"ab\0\0").is_printable());
        assert_eq!(Ascii(*b"ab\0\0").to_string(), r"ab\x00\x00");
    }

    #[test]
    fn text_that_does_not_fit_is_refused() {
        assert_eq!(Ascii::<4>::try_from("abc".to_owned()), Ok(Ascii(*b"abc ")));
        assert_eq!(Ascii::<4>::try_from("abcde".to_owned()), Err(AsciiError { room: 4 }));
        assert_eq!(Ascii::<4>::try_from("\u{e4}".to_owned()), Err(AsciiError { room: 4 }));
    }
}
