//! A small ISO 9660 file system, made rather than stored: the disc that the emulator has at hand.

use std::sync::{Arc, LazyLock};

const BLOCK: usize = 2048;
const BLOCKS: u32 = 512;
const DESCRIPTOR: u32 = 16;
const TERMINATOR: u32 = 17;
const PATH_TABLE_L: u32 = 18;
const PATH_TABLE_M: u32 = 19;
const ROOT: u32 = 20;
const FILE: u32 = 21;
const VOLUME: &str = "DISCRIG";

/// The image: 512 blocks, a volume `DISCRIG` with one file `PATTERN.BIN` whose 32-bit words count upwards from 0, big-endian.
#[must_use]
pub fn demonstration_image() -> Arc<[u8]> {
    static IMAGE: LazyLock<Arc<[u8]>> = LazyLock::new(|| build().into());
    Arc::clone(&IMAGE)
}

fn build() -> Vec<u8> {
    let mut image = vec![0; BLOCKS as usize * BLOCK];
    put(&mut image, DESCRIPTOR, &descriptor());
    put(&mut image, TERMINATOR, &[&[0xFF][..], b"CD001", &[1]].concat());
    put(&mut image, PATH_TABLE_L, &path_table(ROOT.to_le_bytes(), 1u16.to_le_bytes()));
    put(&mut image, PATH_TABLE_M, &path_table(ROOT.to_be_bytes(), 1u16.to_be_bytes()));
    let length = (BLOCKS - FILE) * BLOCK as u32;
    let directory = [
        record(ROOT, BLOCK as u32, true, &[0]),
        record(ROOT, BLOCK as u32, true, &[1]),
        record(FILE, length, false, b"PATTERN.BIN;1"),
    ];
    put(&mut image, ROOT, &directory.concat());
    for (word, bytes) in (0u32..).zip(image[FILE as usize * BLOCK..].chunks_exact_mut(4)) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    image
}

fn put(image: &mut [u8], block: u32, bytes: &[u8]) {
    let at = block as usize * BLOCK;
    image[at..at + bytes.len()].copy_from_slice(bytes);
}

/// A number in both byte orders (ISO 9660 7.3.3).
fn both_32(value: u32) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&value.to_le_bytes());
    bytes[4..].copy_from_slice(&value.to_be_bytes());
    bytes
}

/// The same for 16 bits (7.2.3).
fn both_16(value: u16) -> [u8; 4] {
    let [low, high] = value.to_le_bytes();
    [low, high, high, low]
}

/// The primary volume descriptor (8.4).
fn descriptor() -> Vec<u8> {
    let mut block = vec![0; BLOCK];
    let mut text = |at: usize, length: usize, value: &str| {
        block[at..at + length].fill(b' ');
        block[at..at + value.len()].copy_from_slice(value.as_bytes());
    };
    text(8, 32, "");
    text(40, 32, VOLUME);
    text(190, 128, "");
    text(318, 128, "");
    text(446, 128, "");
    text(574, 128, VOLUME);
    text(702, 111, "");
    // Four dates that are not given: digits zero, offset zero.
    for date in [813, 830, 847, 864] {
        block[date..date + 16].fill(b'0');
    }
    let mut bytes = |at: usize, value: &[u8]| block[at..at + value.len()].copy_from_slice(value);
    bytes(0, &[1]);
    bytes(1, b"CD001");
    bytes(6, &[1]);
    bytes(80, &both_32(BLOCKS));
    bytes(120, &both_16(1));
    bytes(124, &both_16(1));
    bytes(128, &both_16(BLOCK as u16));
    bytes(132, &both_32(10));
    bytes(140, &PATH_TABLE_L.to_le_bytes());
    bytes(148, &PATH_TABLE_M.to_be_bytes());
    bytes(156, &record(ROOT, BLOCK as u32, true, &[0]));
    bytes(881, &[1]);
    block
}

/// The one path table record, of the root (9.4).
fn path_table(location: [u8; 4], parent: [u8; 2]) -> Vec<u8> {
    [&[1, 0][..], &location, &parent, &[0, 0]].concat()
}

/// A directory record (9.1), dated 1 January 2026.
fn record(location: u32, length: u32, directory: bool, name: &[u8]) -> Vec<u8> {
    let padding = usize::from(name.len().is_multiple_of(2));
    let mut record = vec![0; 33 + name.len() + padding];
    record[0] = record.len() as u8;
    record[2..10].copy_from_slice(&both_32(location));
    record[10..18].copy_from_slice(&both_32(length));
    record[18..25].copy_from_slice(&[126, 1, 1, 0, 0, 0, 0]);
    record[25] = if directory { 2 } else { 0 };
    record[28..32].copy_from_slice(&both_16(1));
    record[32] = name.len() as u8;
    record[33..33 + name.len()].copy_from_slice(name);
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_directory_leads_to_the_file() {
        let image = demonstration_image();
        let block = |n: u32| &image[n as usize * BLOCK..(n as usize + 1) * BLOCK];
        assert_eq!(&block(16)[..7], b"\x01CD001\x01");
        assert_eq!(&block(16)[40..47], b"DISCRIG");
        let root = u32::from_le_bytes(block(16)[158..162].try_into().unwrap());
        let entry = &block(root)[68..];
        assert_eq!(&entry[33..46], b"PATTERN.BIN;1");
        let file = u32::from_le_bytes(entry[2..6].try_into().unwrap());
        assert_eq!(&block(file + 1)[..4], &512u32.to_be_bytes());
    }
}
