//! Sets of blocks as ranges.

use core::ops::Range;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A set of blocks, kept as ranges that neither overlap nor touch.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Extents {
    /// End of each range by its start.
    ranges: BTreeMap<i32, i32>,
}

impl Extents {
    /// Adds blocks.
    pub fn insert(&mut self, blocks: Range<i32>) {
        if blocks.is_empty() {
            return;
        }
        let (mut start, mut end) = (blocks.start, blocks.end);
        if let Some((&before, &reach)) = self.ranges.range(..=start).next_back()
            && reach >= start
        {
            (start, end) = (before, end.max(reach));
        }
        while let Some((&next, &reach)) = self.ranges.range(start + 1..=end).next() {
            self.ranges.remove(&next);
            end = end.max(reach);
        }
        self.ranges.insert(start, end);
    }

    /// Takes blocks out.
    pub fn remove(&mut self, blocks: Range<i32>) {
        if blocks.is_empty() {
            return;
        }
        if let Some((_, reach)) = self.ranges.range_mut(..blocks.start).next_back()
            && *reach > blocks.start
        {
            let tail = *reach;
            *reach = blocks.start;
            if tail > blocks.end {
                self.ranges.insert(blocks.end, tail);
            }
        }
        while let Some((&start, &end)) = self.ranges.range(blocks.start..blocks.end).next() {
            self.ranges.remove(&start);
            if end > blocks.end {
                self.ranges.insert(blocks.end, end);
            }
        }
    }

    /// Whether all of these blocks are in the set.
    #[must_use]
    pub fn covers(&self, blocks: Range<i32>) -> bool {
        blocks.is_empty()
            || self.ranges.range(..=blocks.start).next_back().is_some_and(|(_, end)| *end >= blocks.end)
    }

    /// Whether any of these blocks is in the set.
    #[must_use]
    pub fn intersects(&self, blocks: Range<i32>) -> bool {
        !blocks.is_empty()
            && self.ranges.range(..blocks.end).next_back().is_some_and(|(_, end)| *end > blocks.start)
    }

    /// The first block from `from` on, below `to`, that is not in the set.
    #[must_use]
    pub fn first_gap(&self, from: i32, to: i32) -> Option<i32> {
        let gap = match self.ranges.range(..=from).next_back() {
            Some((_, end)) if *end > from => *end,
            _ => from,
        };
        (gap < to).then_some(gap)
    }

    /// The first block from `from` on, below `to`, that is in the set.
    #[must_use]
    pub fn first(&self, from: i32, to: i32) -> Option<i32> {
        if from < to && self.covers(from..from + 1) {
            return Some(from);
        }
        self.ranges.range(from..to.max(from)).next().map(|(start, _)| *start)
    }

    /// The end of the last range.
    #[must_use]
    pub fn end(&self) -> Option<i32> {
        self.ranges.values().next_back().copied()
    }

    /// How many blocks.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.ranges.iter().map(|(start, end)| u64::from(start.abs_diff(*end))).sum()
    }

    /// Nothing is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The ranges, in order.
    pub fn iter(&self) -> impl Iterator<Item = Range<i32>> + '_ {
        self.ranges.iter().map(|(start, end)| *start..*end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn ranges_are_a_set(steps in prop::collection::vec((any::<bool>(), -40i32..40, 0i32..20), 1..40)) {
            let (mut extents, mut plain) = (Extents::default(), BTreeSet::new());
            for (add, start, count) in steps {
                let range = start..start + count;
                if add {
                    extents.insert(range.clone());
                    plain.extend(range.clone());
                } else {
                    extents.remove(range.clone());
                    plain.retain(|block| !range.contains(block));
                }
                prop_assert_eq!(extents.covers(range.clone()), range.clone().all(|block| plain.contains(&block)));
                prop_assert_eq!(extents.intersects(range.clone()), range.clone().any(|block| plain.contains(&block)));
                prop_assert_eq!(extents.first(start, start + count), range.clone().find(|block| plain.contains(block)));
                prop_assert_eq!(extents.first_gap(start, start + count), range.clone().find(|block| !plain.contains(block)));
            }
            prop_assert_eq!(extents.iter().flatten().collect::<Vec<_>>(), plain.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(extents.end(), plain.last().map(|last| last + 1));
            prop_assert_eq!(extents.len(), plain.len() as u64);
            prop_assert!(extents.iter().zip(extents.iter().skip(1)).all(|(a, b)| a.end < b.start));
        }
    }
}
