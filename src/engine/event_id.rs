//! The ids of new events.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};

use uuid::{Builder, Uuid};

thread_local! {
    /// A secret that the system's random source gives each thread once, and how many numbers were made from it.
    static SOURCE: (RandomState, Cell<u64>) = (RandomState::new(), Cell::new(0));
}

/// A new UUID v7 of this moment. Its random bits are a keyed hash of a counter: no likelier to come again, in another thread
/// or process too, than those of the system's random source, but without a system call for each.
pub fn new_event_id(millis: u64) -> Uuid {
    let mut random = [0; 16];
    for half in random.as_chunks_mut().0 {
        *half = next_random().to_le_bytes();
    }
    let [random @ .., _, _, _, _, _, _] = random;
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

fn next_random() -> u64 {
    SOURCE.with(|(secret, count)| {
        count.set(count.get().wrapping_add(1));
        secret.hash_one(count.get())
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::thread;

    use super::new_event_id;

    #[test]
    fn ids_of_one_moment_differ_in_all_threads_and_tell_the_moment() {
        let millis = 1_735_603_200_007;
        let make = move || (0..1_000).map(|_| new_event_id(millis)).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4).map(|_| thread::spawn(make)).collect();
        let made = threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("no panic"));
        let ids: HashSet<_> = made.collect();
        assert_eq!(ids.len(), 4_000);
        for id in ids {
            assert_eq!(id.get_version_num(), 7);
            assert_eq!(id.as_u128() >> 80, u128::from(millis));
        }
    }
}
