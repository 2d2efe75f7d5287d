//! The last of a sequence of records.

use std::collections::VecDeque;

/// Records numbered from 0, of which the last [`History::LIMIT`] are kept.
#[derive(Clone, Debug)]
pub(crate) struct History<T> {
    kept: VecDeque<T>,
    dropped: u64,
}

impl<T> Default for History<T> {
    fn default() -> History<T> {
        History { kept: VecDeque::new(), dropped: 0 }
    }
}

impl<T> History<T> {
    /// Most records kept.
    pub(crate) const LIMIT: usize = 256;

    /// Adds a record; the oldest one makes room.
    pub(crate) fn push(&mut self, record: T) {
        if self.kept.len() == History::<T>::LIMIT {
            self.kept.pop_front();
            self.dropped += 1;
        }
        self.kept.push_back(record);
    }

    /// The number that the next record gets.
    pub(crate) fn end(&self) -> u64 {
        self.dropped + self.kept.len() as u64
    }

    /// The oldest record kept that has the number `from` or a higher one, with its number.
    pub(crate) fn first_from(&self, from: u64) -> Option<(u64, &T)> {
        let number = from.max(self.dropped);
        let index = usize::try_from(number - self.dropped).ok()?;
        self.kept.get(index).map(|record| (number, record))
    }

    /// The records kept, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.kept.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_records_make_room() {
        let mut history = History::default();
        (0..300).for_each(|value| history.push(value));
        assert_eq!(history.end(), 300);
        assert_eq!(history.first_from(0), Some((44, &44)));
        assert_eq!(history.first_from(299), Some((299, &299)));
        assert_eq!(history.first_from(300), None);
        assert_eq!(history.iter().count(), History::<i32>::LIMIT);
    }
}
