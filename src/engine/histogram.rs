//! A histogram with fixed bounds: two atomic adds for each value.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// How many values fell below each bound.
#[derive(Debug)]
pub struct Histogram {
    /// Ascending; a bound belongs to the values up to it.
    bounds: &'static [u64],
    /// One for each bound, and one for what is above the last.
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

/// A histogram at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Each bound with the number of values up to it.
    pub up_to: Vec<(u64, u64)>,
    pub count: u64,
    pub sum: u64,
}

impl Histogram {
    /// An empty one.
    pub fn new(bounds: &'static [u64]) -> Self {
        Self {
            bounds,
            counts: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(),
            sum: AtomicU64::new(0),
        }
    }

    /// Adds a value.
    pub fn observe(&self, value: u64) {
        let place = self.bounds.partition_point(|bound| *bound < value);
        if let Some(count) = self.counts.get(place) {
            count.fetch_add(1, Relaxed);
        }
        self.sum.fetch_add(value, Relaxed);
    }

    /// What it holds now. Values that come meanwhile may be in the sum and not yet in the counts, or the reverse.
    pub fn read(&self) -> Reading {
        let mut count = 0;
        let mut add = |next: &AtomicU64| {
            count += next.load(Relaxed);
            count
        };
        let up_to = self.bounds.iter().zip(&self.counts);
        let up_to = up_to.map(|(bound, next)| (*bound, add(next))).collect();
        let above = self.counts.last().map_or(0, &mut add);
        Reading {
            up_to,
            count: above,
            sum: self.sum.load(Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Histogram, Reading};

    #[test]
    fn a_value_counts_for_every_bound_that_is_not_below_it() {
        let histogram = Histogram::new(&[1, 10]);
        for value in [0, 1, 2, 10, 11] {
            histogram.observe(value);
        }
        let expected = Reading {
            up_to: vec![(1, 2), (10, 4)],
            count: 5,
            sum: 24,
        };
        assert_eq!(histogram.read(), expected);
    }
}
