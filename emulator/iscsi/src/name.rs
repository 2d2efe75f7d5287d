//! Names of iSCSI nodes (RFC 7143, 4.2.7; RFC 3722).

use core::fmt;
use thiserror::Error;

/// The name of an iSCSI node: `iqn.…`, `eui.…` or `naa.…`, in lower case.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Name(String);

/// Text that is no name of an iSCSI node.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum NameError {
    /// A character that names do not have.
    #[error("a name has letters, digits, '-', '.' and ':' only")]
    Character,
    /// None of the three forms.
    #[error(
        "a name begins with 'iqn.' and a date, or is 'eui.' with 16 or 'naa.' with 16 or 32 hexadecimal digits"
    )]
    Form,
    /// Too long.
    #[error("a name has at most 223 bytes")]
    Length,
}

impl Name {
    /// Longest name in bytes.
    pub const MAX: usize = 223;

    /// Checks `text` and folds it to lower case, as names are compared without regard to case.
    ///
    /// Characters outside of ASCII are kept as they are: whoever makes a name normalises it.
    ///
    /// # Errors
    /// [`NameError`] when it is no name.
    pub fn new(text: &str) -> Result<Name, NameError> {
        if text.len() > Name::MAX {
            return Err(NameError::Length);
        }
        let name = text.to_ascii_lowercase();
        if !name.chars().all(is_allowed) {
            return Err(NameError::Character);
        }
        let has_form = match name.split_at_checked(4) {
            Some(("iqn.", rest)) => is_qualified(rest),
            Some(("eui.", digits)) => digits.len() == 16 && is_hexadecimal(digits),
            Some(("naa.", digits)) => matches!(digits.len(), 16 | 32) && is_hexadecimal(digits),
            _ => false,
        };
        if has_form { Ok(Name(name)) } else { Err(NameError::Form) }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_allowed(character: char) -> bool {
    match character {
        'a'..='z' | '0'..='9' | '-' | '.' | ':' => true,
        // Common in the field, though the standard leaves it out.
        '_' => true,
        _ => !character.is_ascii() && !character.is_control() && !character.is_whitespace(),
    }
}

fn is_hexadecimal(digits: &str) -> bool {
    digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Year and month, a dot, and the reversed domain of whoever gives the name.
fn is_qualified(rest: &str) -> bool {
    let bytes = rest.as_bytes();
    let shape = [b'9', b'9', b'9', b'9', b'-', b'9', b'9', b'.'];
    bytes.len() > shape.len()
        && shape.iter().zip(bytes).all(|(wanted, byte)| match wanted {
            b'9' => byte.is_ascii_digit(),
            wanted => byte == wanted,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_of_three_forms() {
        for good in [
            "iqn.2026-11.dev.discrig:a",
            "iqn.1991-05.com.microsoft:host-1",
            "eui.02004567A425678D",
            "naa.52004567BA64678D",
            "naa.62004567BA64678D0123456789ABCDEF",
        ] {
            assert_eq!(Name::new(good).map(|name| name.to_string()), Ok(good.to_ascii_lowercase()));
        }
        for (bad, error) in [
            ("", NameError::Form),
            ("All", NameError::Form),
            ("iqn.", NameError::Form),
            ("iqn.2026-1.dev", NameError::Form),
            ("iqn.2026-11.", NameError::Form),
            ("eui.02004567A425678", NameError::Form),
            ("eui.02004567A425678G", NameError::Form),
            ("naa.52004567BA64678D0", NameError::Form),
            ("iqn.2026-11.dev discrig", NameError::Character),
            ("iqn.2026-11.dev/discrig", NameError::Character),
        ] {
            assert_eq!(Name::new(bad), Err(error), "{bad}");
        }
        assert_eq!(Name::new(&format!("iqn.2026-11.{}", "a".repeat(212))), Err(NameError::Length));
        assert!(Name::new(&format!("iqn.2026-11.{}", "a".repeat(211))).is_ok());
    }
}
