//! Where the samples of a WAVE file are.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;

/// What audio of a CD is: PCM, two channels, 44100 samples a second, 16 bits.
const CD: [u8; 16] = [1, 0, 2, 0, 0x44, 0xAC, 0, 0, 0x10, 0xB1, 2, 0, 4, 0, 16, 0];

/// The bytes of the samples of a file; the reason when it has none that a CD can take.
pub(super) fn samples(file: &mut File, length: u64) -> io::Result<Result<Range<u64>, &'static str>> {
    match walk(file, length) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(Err("ends within a header")),
        other => other,
    }
}

fn walk(file: &mut File, length: u64) -> io::Result<Result<Range<u64>, &'static str>> {
    let mut head = [0; 12];
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut head)?;
    if &head[..4] != b"RIFF" || &head[8..] != b"WAVE" {
        return Ok(Err("is no WAVE file"));
    }
    let (mut at, mut is_cd) = (12u64, false);
    while at + 8 <= length {
        let mut chunk = [0; 8];
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut chunk)?;
        let [name @ .., a, b, c, d] = chunk;
        let size = u64::from(u32::from_le_bytes([a, b, c, d]));
        let body = at + 8;
        match &name {
            b"data" if is_cd => return Ok(Ok(body..length.min(body + size))),
            b"data" => return Ok(Err("has its samples before their format")),
            b"fmt " => {
                let mut format = [0; 16];
                file.read_exact(&mut format)?;
                if format != CD {
                    return Ok(Err(
                        "is not PCM with 44100 samples a second, two channels and 16 bits; convert it",
                    ));
                }
                is_cd = true;
            }
            _ => {}
        }
        at = body + size + size % 2;
    }
    Ok(Err("has no samples"))
}
