//! Reading everything that a disc file keeps, to see whether it still can be.

use super::{DiscFile, DiscFileError, blocks, chunk_bytes, per_chunk};
use discrig_disc::{Area, Store, StoreError};
use std::ops::Range;

/// Blocks of a disc file that cannot be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Damage {
    /// What of them.
    pub area: Area,
    /// Which.
    pub blocks: Range<i32>,
    /// What was found at the first of them.
    pub detail: String,
}

/// What a look at everything found.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Verified {
    /// Bytes that were read, of places where something may be kept.
    pub bytes: u64,
    /// What could not be read.
    pub damage: Vec<Damage>,
}

impl DiscFile {
    /// Reads everything that the file keeps. `go_on` is told how many bytes were read, and may end it.
    ///
    /// # Errors
    /// [`DiscFileError::Damaged`] if not even what is kept can be found out, [`DiscFileError::Interrupted`] if `go_on` ended it.
    pub fn verify(&mut self, go_on: &mut dyn FnMut(u64) -> bool) -> Result<Verified, DiscFileError> {
        let mut verified = Verified::default();
        for area in Area::ALL {
            let ends = self
                .run(|session| session.ends(area))
                .map_err(|error| DiscFileError::Damaged { path: self.path.clone(), detail: text(&error) })?;
            let Some((first, last)) = ends else { continue };
            let mut buffer = vec![0; chunk_bytes(area)];
            for chunk in first..=last {
                let kept = blocks(chunk.saturating_mul(per_chunk(area)), per_chunk(area) as usize);
                match self.read(area, kept.start, &mut buffer) {
                    Ok(()) => verified.bytes += buffer.len() as u64,
                    Err(error) => verified.note(area, kept, text(&error)),
                }
                if !go_on(verified.bytes) {
                    return Err(DiscFileError::Interrupted { path: self.path.clone() });
                }
            }
        }
        Ok(verified)
    }
}

impl Verified {
    /// Damage that goes on from the last is one with it.
    fn note(&mut self, area: Area, blocks: Range<i32>, detail: String) {
        match self.damage.last_mut() {
            Some(last) if last.area == area && last.blocks.end == blocks.start => {
                last.blocks.end = blocks.end
            }
            _ => self.damage.push(Damage { area, blocks, detail }),
        }
    }
}

fn text(error: &StoreError) -> String {
    let text = error.to_string();
    text.strip_prefix("the disc file is damaged: ").map(str::to_owned).unwrap_or(text)
}
