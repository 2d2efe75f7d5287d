//! The first page of a disc file: by it a file is known for a disc before anything else of it is touched.

use super::FORMAT_VERSION;
use super::error::DiscFileError;
use super::pages::PAGE;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// What every disc file begins with. Line ends and end of file are in it: a transfer as text destroys it visibly.
const MAGIC: [u8; 16] = *b"discrig disc\r\n\x1A\n";

/// The page for this version's format.
pub(super) fn page() -> [u8; PAGE] {
    let mut page = [0; PAGE];
    page[..16].copy_from_slice(&MAGIC);
    page[16..20].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
    let check = crc32c::crc32c(&page[..20]);
    page[20..24].copy_from_slice(&check.to_le_bytes());
    page
}

/// Looks whether a file is a disc that this version knows, without changing anything.
pub(super) fn check(path: &Path, file: &mut File) -> Result<(), DiscFileError> {
    let mut page = Vec::with_capacity(PAGE);
    file.take(PAGE as u64).read_to_end(&mut page).map_err(|source| DiscFileError::Io {
        path: path.into(),
        operation: "read",
        source,
    })?;
    if !page.starts_with(&MAGIC) {
        return Err(DiscFileError::NotADisc { path: path.into(), found: describe(&page) });
    }
    let damaged = |detail: &str| DiscFileError::Damaged { path: path.into(), detail: detail.into() };
    if page.len() < PAGE {
        return Err(damaged("it ends within its first page"));
    }
    let number = |at: usize| u32::from_le_bytes([page[at], page[at + 1], page[at + 2], page[at + 3]]);
    if crc32c::crc32c(&page[..20]) != number(20) {
        return Err(damaged("the checksum of its first page is wrong"));
    }
    let found = number(16);
    if found > FORMAT_VERSION {
        return Err(DiscFileError::Newer { path: path.into(), found, known: FORMAT_VERSION });
    }
    Ok(())
}

/// What a foreign file seems to be.
fn describe(beginning: &[u8]) -> &'static str {
    match beginning {
        [] => "it is empty",
        bytes if bytes.starts_with(b"redb") => "it is a database",
        bytes if bytes.iter().all(|byte| *byte == 0) => {
            "it begins with zeros: an image, or a disc file whose creation was interrupted"
        }
        _ => "it begins otherwise",
    }
}
