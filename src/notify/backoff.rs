//! How long to wait before something is tried again.

use std::time::Duration;

use fastrand::Rng;

/// Pauses that double, up to a bound. Each is shortened by chance, by up to a half, so that many that failed together do not come
/// back together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The pause after the first failure.
    pub first: Duration,
    /// No pause is longer.
    pub most: Duration,
}

impl Backoff {
    /// The pause after that many failures in a row.
    pub fn pause(self, failures: u32, rng: &mut Rng) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        let grown = self.first.saturating_mul(1 << doublings).min(self.most);
        grown.mul_f64(1.0 - rng.f64() / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fastrand::Rng;

    use super::Backoff;

    const BACKOFF: Backoff = Backoff {
        first: Duration::from_secs(1),
        most: Duration::from_secs(60),
    };

    fn pauses(seed: u64) -> Vec<Duration> {
        let mut rng = Rng::with_seed(seed);
        (1..=10)
            .map(|failures| BACKOFF.pause(failures, &mut rng))
            .collect()
    }

    #[test]
    fn each_pause_is_between_half_of_its_step_and_the_step() {
        for seed in 0..100 {
            let steps = [1, 2, 4, 8, 16, 32, 60, 60, 60, 60].map(Duration::from_secs);
            for (pause, step) in pauses(seed).into_iter().zip(steps) {
                assert!(pause > step / 2 - Duration::from_millis(1) && pause <= step);
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_pauses_and_another_seed_others() {
        assert_eq!(pauses(7), pauses(7));
        assert_ne!(pauses(7), pauses(8));
    }

    #[test]
    fn no_number_of_failures_and_no_bound_is_too_large() {
        let widest = Backoff {
            first: Duration::MAX,
            most: Duration::MAX,
        };
        for failures in [0, 1, 31, 32, 33, u32::MAX] {
            assert!(BACKOFF.pause(failures, &mut Rng::with_seed(1)) <= BACKOFF.most);
            assert!(widest.pause(failures, &mut Rng::with_seed(1)) <= widest.most);
        }
    }
}
