//! READ MEDIA SERIAL NUMBER: what tells one disc from another of its kind (MMC-6 6.24).

use crate::error::{WireError, need};
use crate::records::body_after;
use crate::reply::Reply;

const NAME: &str = "media serial number";
const HEADER: usize = 4;

/// Reads the serial number in an answer, as far as it is there. It is bytes, ASCII on most media.
///
/// # Errors
/// [`WireError::Truncated`] below 4 bytes.
pub fn parse(bytes: &[u8]) -> Result<&[u8], WireError> {
    let head = need(NAME, bytes, HEADER)?;
    let said = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
    body_after(NAME, bytes, said.saturating_add(HEADER), HEADER)
}

/// Appends an answer with its length.
pub fn encode(serial: &[u8], reply: &mut Reply<'_>) {
    reply.put_u32(u32::try_from(serial.len()).unwrap_or(u32::MAX));
    reply.put(serial);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_by_hand() {
        let mut buffer = [0; 16];
        let mut reply = Reply::new(&mut buffer, 16);
        encode(b"A1B2", &mut reply);
        assert_eq!(reply.bytes(), b"\0\0\0\x04A1B2");
        assert_eq!(parse(b"\0\0\0\x04A1B2 beyond"), Ok(&b"A1B2"[..]));
        assert_eq!(parse(b"\0\0\0\x04A1"), Ok(&b"A1"[..]), "cut at the allocation length");
        assert!(parse(b"\0\0\0").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..20)) {
            prop_assert_eq!(parse(&bytes).is_ok(), bytes.len() >= 4);
        }
    }
}
