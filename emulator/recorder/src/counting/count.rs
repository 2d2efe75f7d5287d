//! How often exclusive access was taken.

use crate::hresult::Hresult;

/// A count that neither wraps nor goes below zero.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct LockCount(u32);

impl LockCount {
    pub(super) fn get(self) -> u32 {
        self.0
    }

    pub(super) fn is_held(self) -> bool {
        self.0 > 0
    }

    /// One more; E_FAIL instead of a wrap.
    pub(super) fn raise(&mut self) -> Result<(), Hresult> {
        self.0 = self.0.checked_add(1).ok_or(Hresult::E_FAIL)?;
        Ok(())
    }

    /// One less, zero at least.
    pub(super) fn lower(&mut self) {
        self.0 = self.0.saturating_sub(1);
    }

    pub(super) fn clear(&mut self) {
        self.0 = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decision_29_the_count_fails_before_it_wraps() {
        let mut count = LockCount(u32::MAX - 1);
        assert_eq!(count.raise(), Ok(()));
        assert_eq!(count.raise(), Err(Hresult::E_FAIL));
        assert_eq!(count.get(), u32::MAX);
        count.lower();
        assert_eq!(count.get(), u32::MAX - 1);
    }

    #[test]
    fn it_stays_at_zero() {
        let mut count = LockCount::default();
        count.lower();
        assert!(!count.is_held());
        count.raise().unwrap();
        count.raise().unwrap();
        count.clear();
        assert_eq!(count.get(), 0);
    }
}
