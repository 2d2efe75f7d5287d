//! An image in memory as the store of a pressed disc.

use crate::store::{Area, Store, StoreError};
use core::fmt;
use std::sync::Arc;

/// User data of a pressed disc, from block 0 on.
pub(crate) struct MemoryImage(pub(crate) Arc<[u8]>);

impl fmt::Debug for MemoryImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryImage").field("bytes", &self.0.len()).finish()
    }
}

impl Store for MemoryImage {
    fn read(&mut self, area: Area, first: i32, buffer: &mut [u8]) -> Result<(), StoreError> {
        let from = match usize::try_from(first) {
            Ok(block) if area == Area::User => self.0.len().min(block.saturating_mul(area.stride())),
            _ => self.0.len(),
        };
        let there = (self.0.len() - from).min(buffer.len());
        let (head, tail) = buffer.split_at_mut(there);
        head.copy_from_slice(&self.0[from..from + there]);
        tail.fill(0);
        Ok(())
    }

    fn is_memory(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_block_is_filled_up() {
        let mut image = MemoryImage(vec![7u8; 3000].into());
        let mut buffer = [1; 4096];
        image.read(Area::User, 1, &mut buffer).unwrap();
        assert_eq!((buffer[951], buffer[952], buffer[4095]), (7, 0, 0));
        image.read(Area::User, -1, &mut buffer).unwrap();
        assert_eq!(buffer, [0; 4096]);
        assert!(image.write(Area::User, 0, &[0; 2048]).is_err());
    }
}
