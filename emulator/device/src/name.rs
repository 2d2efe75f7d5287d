//! The name under which a client holds exclusive access.

use core::fmt;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A valid name of an exclusive owner: 1 to 63 characters out of A-Z a-z 0-9 blank `.` `,` `:` `;` `-` `_`
/// (Windows driver documentation of IOCTL_CDROM_EXCLUSIVE_ACCESS). Held inline; case is kept; not unique.
#[derive(Clone, Copy, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct CallerName {
    bytes: [u8; CallerName::MAX],
    length: u8,
}

/// How a name breaks the rules.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum NameError {
    /// A character outside the allowed set.
    #[error("character {1:?} at position {0} is not among A-Z a-z 0-9 blank . , : ; - _")]
    Character(usize, char),
    /// No character at all.
    #[error("an owner's name is not empty")]
    Empty,
    /// More than 63 characters.
    #[error("an owner's name has at most 63 characters, not {0}")]
    TooLong(usize),
}

impl CallerName {
    /// Most characters in a name.
    pub const MAX: usize = 63;

    /// Checks characters first, then the length, as the Windows driver does.
    ///
    /// # Errors
    /// [`NameError`] naming the first rule that is broken.
    pub fn new(name: &str) -> Result<CallerName, NameError> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || " .,:;-_".contains(c);
        if let Some((position, character)) = name.chars().enumerate().find(|&(_, c)| !allowed(c)) {
            return Err(NameError::Character(position, character));
        }
        match name.len() {
            0 => Err(NameError::Empty),
            length if length > CallerName::MAX => Err(NameError::TooLong(length)),
            length => {
                let mut bytes = [0; CallerName::MAX];
                bytes[..length].copy_from_slice(name.as_bytes());
                Ok(CallerName { bytes, length: length as u8 })
            }
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[..self.length as usize]).unwrap_or("")
    }
}

impl fmt::Display for CallerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CallerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl TryFrom<String> for CallerName {
    type Error = NameError;

    fn try_from(name: String) -> Result<CallerName, NameError> {
        CallerName::new(&name)
    }
}

impl From<CallerName> for String {
    fn from(name: CallerName) -> String {
        name.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules() {
        assert!(CallerName::new("Disc Burner 2.0, beta:x;y-z_w").is_ok());
        assert_eq!(CallerName::new(""), Err(NameError::Empty));
        assert!(CallerName::new(&"n".repeat(63)).is_ok());
        assert_eq!(CallerName::new(&"n".repeat(64)), Err(NameError::TooLong(64)));
        assert_eq!(CallerName::new("a/b"), Err(NameError::Character(1, '/')));
        assert_eq!(CallerName::new("caf\u{e9}"), Err(NameError::Character(3, '\u{e9}')));
        assert_eq!(CallerName::new("a\0"), Err(NameError::Character(1, '\0')));
    }
}
