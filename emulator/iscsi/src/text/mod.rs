//! Text of logins and text exchanges: pairs of key and value (RFC 7143, section 6.1).

pub mod keys;
pub mod negotiation;
pub mod value;

use thiserror::Error;

/// Longest key in bytes.
const KEY_LENGTH: usize = 63;

/// Constant values that any negotiation may be answered with (RFC 7143, 6.2).
pub mod constants {
    /// The key has no meaning in this place.
    pub const IRRELEVANT: &str = "Irrelevant";
    /// The lists have nothing in common.
    pub const NONE: &str = "None";
    /// The key is not known.
    pub const NOT_UNDERSTOOD: &str = "NotUnderstood";
    /// The value is not allowed, or not accepted.
    pub const REJECT: &str = "Reject";
    /// A boolean.
    pub const YES: &str = "Yes";
    /// A boolean.
    pub const NO: &str = "No";
}

/// Text that is no list of pairs.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum TextError {
    /// No key in front of a value, or one that is too long.
    #[error("a key has 1 to 63 bytes and stands before '='")]
    Key,
    /// Not UTF-8.
    #[error("text is UTF-8")]
    Encoding,
}

/// The pairs of a text in their order.
///
/// # Errors
/// [`TextError`] for each piece between two NULs that is no pair.
pub fn pairs(text: &[u8]) -> impl Iterator<Item = Result<(&str, &str), TextError>> {
    text.split(|byte| *byte == 0).filter(|piece| !piece.is_empty()).map(|piece| {
        let piece = str::from_utf8(piece).map_err(|_| TextError::Encoding)?;
        let (key, value) = piece.split_once('=').ok_or(TextError::Key)?;
        if (1..=KEY_LENGTH).contains(&key.len()) { Ok((key, value)) } else { Err(TextError::Key) }
    })
}

/// Appends a pair to a text.
pub fn push_pair(text: &mut Vec<u8>, key: &str, value: &str) {
    for part in [key, "=", value, "\0"] {
        text.extend_from_slice(part.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_stand_between_nuls() {
        let mut text = Vec::new();
        push_pair(&mut text, "SendTargets", "All");
        push_pair(&mut text, "X-com.example.a", "");
        assert_eq!(text, b"SendTargets=All\0X-com.example.a=\0");
        let read: Vec<_> = pairs(&text).collect();
        assert_eq!(read, [Ok(("SendTargets", "All")), Ok(("X-com.example.a", ""))]);
        assert_eq!(pairs(b"\0\0a=b=c\0\0").collect::<Vec<_>>(), [Ok(("a", "b=c"))]);
        assert_eq!(
            pairs(b"a\0=b\0\xFF=1").collect::<Vec<_>>(),
            [Err(TextError::Key), Err(TextError::Key), Err(TextError::Encoding)]
        );
        let long = format!("{}=1", "k".repeat(64));
        assert_eq!(pairs(long.as_bytes()).next(), Some(Err(TextError::Key)));
    }
}
