//! Memory for long answers, used again and again.
//!
//! Giving it back to the system and taking it anew costs more than the answer itself: each of its pages would be mapped and cleared again.

use core::cell::RefCell;
use discrig_iscsi::target::Connection;

/// Bytes from which on an answer lies in a buffer of its own; shorter ones are put together where they are sent from.
pub(crate) const LONG: usize = 8 << 10;
/// Bytes that are kept for a drive.
const KEPT: usize = 4 << 20;

/// The buffers of a drive, whichever session used them.
#[derive(Debug, Default)]
pub(crate) struct Buffers(RefCell<Vec<Vec<u8>>>);

impl Buffers {
    /// A buffer of so many bytes, with whatever is in it.
    pub(crate) fn take(&self, length: usize) -> Vec<u8> {
        let mut buffer = self.0.borrow_mut().pop().unwrap_or_default();
        buffer.resize(length, 0);
        buffer
    }

    /// Takes the buffers that a connection is done with.
    pub(crate) fn collect(&self, connection: &mut Connection) {
        let mut buffers = self.0.borrow_mut();
        let mut kept: usize = buffers.iter().map(Vec::capacity).sum();
        while let Some(buffer) = connection.spare_buffer() {
            kept += buffer.capacity();
            if kept <= KEPT {
                buffers.push(buffer);
            }
        }
    }
}
