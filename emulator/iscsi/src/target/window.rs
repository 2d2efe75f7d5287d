//! The order of requests: CmdSN, ExpCmdSN and MaxCmdSN (RFC 7143, 4.2.2.1).

use crate::serial::{is_before, later};

/// Which requests are accepted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    expected: u32,
    last: u32,
    depth: u32,
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    /// Requests before it are missing.
    Ahead,
    /// It is its turn.
    Next,
    /// A duplicate, or more than was allowed: to be ignored.
    Outside,
}

impl Window {
    pub(super) fn new(first: u32, depth: u32) -> Window {
        let depth = depth.max(1);
        Window { expected: first, last: first.wrapping_add(depth - 1), depth }
    }

    /// ExpCmdSN.
    pub(super) fn expected(&self) -> u32 {
        self.expected
    }

    /// MaxCmdSN.
    pub(super) fn last(&self) -> u32 {
        self.last
    }

    pub(super) fn place(&self, cmd_sn: u32) -> Place {
        if cmd_sn == self.expected && !is_before(self.last, cmd_sn) {
            Place::Next
        } else if is_before(self.expected, cmd_sn) && !is_before(self.last, cmd_sn) {
            Place::Ahead
        } else {
            Place::Outside
        }
    }

    /// The next request had its turn.
    pub(super) fn advance(&mut self) {
        self.expected = self.expected.wrapping_add(1);
    }

    /// The same, open as far as it goes when nothing is outstanding any longer.
    pub(super) fn opened(mut self) -> Window {
        self.open(0);
        self
    }

    /// The request that just had its turn was rejected: it counts as not received, and its number is missing (RFC 7143, 7.3).
    pub(super) fn retreat(&mut self) {
        self.expected = self.expected.wrapping_sub(1);
    }

    /// Opens as far as the depth allows with so many requests outstanding; it never closes again. Says whether it moved.
    pub(super) fn open(&mut self, outstanding: usize) -> bool {
        let outstanding = u32::try_from(outstanding).unwrap_or(u32::MAX).min(self.depth);
        let last = later(self.last, self.expected.wrapping_add(self.depth - outstanding).wrapping_sub(1));
        core::mem::replace(&mut self.last, last) != last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_outside_are_told_apart_around_the_end_of_numbers() {
        let window = Window::new(0xFFFF_FFFE, 4);
        assert_eq!(window.last(), 1);
        for (cmd_sn, place) in [
            (0xFFFF_FFFD, Place::Outside),
            (0xFFFF_FFFE, Place::Next),
            (0xFFFF_FFFF, Place::Ahead),
            (1, Place::Ahead),
            (2, Place::Outside),
            (0x8000_0000, Place::Outside),
        ] {
            assert_eq!(window.place(cmd_sn), place, "{cmd_sn:08X}");
        }
    }

    #[test]
    fn the_window_shrinks_by_what_is_outstanding_and_never_steps_back() {
        let mut window = Window::new(10, 2);
        window.advance();
        assert!(!window.open(1));
        assert_eq!((window.expected(), window.last()), (11, 11));
        window.advance();
        assert!(!window.open(2));
        assert_eq!((window.last(), window.place(12)), (11, Place::Outside));
        assert!(window.open(1));
        assert_eq!((window.last(), window.place(12)), (12, Place::Next));
        assert!(window.open(0));
        assert_eq!(window.last(), 13);
    }
}
