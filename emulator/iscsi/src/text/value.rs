//! Forms of values: numbers, booleans and binary (RFC 7143, 6.1).

use super::constants::{NO, YES};

/// A number in decimal or, behind `0x`, hexadecimal form; `None` for anything else and for what has more than 32 bits.
#[must_use]
pub fn number(text: &str) -> Option<u32> {
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None => (text, 10),
    };
    // The library would take a sign.
    if digits.starts_with(['+', '-']) {
        return None;
    }
    u32::from_str_radix(digits, radix).ok()
}

/// `Yes` or `No`.
#[must_use]
pub fn boolean(text: &str) -> Option<bool> {
    match text {
        YES => Some(true),
        NO => Some(false),
        _ => None,
    }
}

/// The word for a boolean.
#[must_use]
pub const fn boolean_text(value: bool) -> &'static str {
    if value { YES } else { NO }
}

/// Bytes in hexadecimal form behind `0x` or in base64 form behind `0b`; `None` for anything else.
#[must_use]
pub fn binary(text: &str) -> Option<Vec<u8>> {
    let (prefix, digits) = text.split_at_checked(2)?;
    match prefix {
        "0x" | "0X" => hexadecimal(digits.as_bytes()),
        "0b" | "0B" => base64(digits.as_bytes()),
        _ => None,
    }
}

/// The hexadecimal form of bytes.
#[must_use]
pub fn binary_text(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    "0x".chars().chain(digits.map(|digit| char::from(DIGITS[usize::from(digit)]))).collect()
}

/// Digits by pairs; with an odd number of them, a zero stands before the first.
fn hexadecimal(digits: &[u8]) -> Option<Vec<u8>> {
    let (first, pairs) = digits.split_at(digits.len() % 2);
    if digits.is_empty() {
        return None;
    }
    let first = first.iter().map(|digit| hexadecimal_digit(*digit));
    let rest = pairs
        .chunks_exact(2)
        .map(|pair| Some(hexadecimal_digit(pair[0])? << 4 | hexadecimal_digit(pair[1])?));
    first.chain(rest).collect()
}

fn hexadecimal_digit(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

/// Groups of four, the last one padded with `=` or not.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let unpadded = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    if text.is_empty() || text.len() != unpadded.len() && !text.len().is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(unpadded.len() * 3 / 4);
    for group in unpadded.chunks(4) {
        if group.len() == 1 {
            return None;
        }
        let mut bits = 0;
        for digit in group {
            bits = bits << 6 | base64_digit(*digit)?;
        }
        let [_, group_bytes @ ..] = (bits << (6 * (4 - group.len()))).to_be_bytes();
        bytes.extend_from_slice(&group_bytes[..group.len() - 1]);
    }
    Some(bytes)
}

fn base64_digit(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_two_forms() {
        for (text, value) in [
            ("0", Some(0)),
            ("262144", Some(262_144)),
            ("0x40000", Some(262_144)),
            ("0XfF", Some(255)),
            ("4294967295", Some(u32::MAX)),
            ("4294967296", None),
            ("", None),
            ("0x", None),
            ("-1", None),
            ("+1", None),
            ("0x+1", None),
            ("12a", None),
            (" 1", None),
        ] {
            assert_eq!(number(text), value, "{text}");
        }
    }

    #[test]
    fn binary_has_two_forms() {
        for (text, value) in [
            ("0x0102ff", Some(vec![1, 2, 255])),
            ("0X123", Some(vec![1, 0x23])),
            ("0bAQL/", Some(vec![1, 2, 255])),
            ("0bAQL", Some(vec![1, 2])),
            ("0bAQ==", Some(vec![1])),
            ("0BAQI=", Some(vec![1, 2])),
            ("0x", None),
            ("0b", None),
            ("0xgg", None),
            ("0bA", None),
            ("0bA=A=", None),
            ("0bAQ=", None),
            ("12", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(binary(text), value, "{text}");
        }
        assert_eq!(binary_text(&[0, 0x1F, 0xA0]), "0x001fa0");
    }
}
