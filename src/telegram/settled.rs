//! What is watched, once it has come to rest.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// What `read` makes of the watched value, once it has stayed the same for `rest`; while it is `known` there is nothing to tell.
/// None when nobody changes the value any more.
pub async fn settled<V, T: PartialEq>(
    value: &mut watch::Receiver<V>,
    rest: Duration,
    read: impl Fn(&V) -> T,
    known: impl Fn(&T) -> bool,
) -> Option<T> {
    loop {
        let found = value.wait_for(|value| !known(&read(value))).await;
        let found = read(&*found.ok()?);
        match timeout(rest, value.wait_for(|value| read(value) != found)).await {
            Err(_) => return Some(found),
            Ok(changed) => drop(changed.ok()?),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::watch;
    use tokio::time::{Instant, sleep};

    use super::settled;

    const REST: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn of_many_changes_the_last_is_told_when_nothing_followed_it_for_a_while() {
        let (sender, mut value) = watch::channel(0);
        let begin = Instant::now();
        let changes = async {
            for change in 1..=5 {
                sleep(REST - Duration::from_secs(1)).await;
                sender.send_replace(change);
            }
        };
        let told = settled(&mut value, REST, |value| *value, |value| *value == 0);
        let ((), told) = tokio::join!(changes, told);
        assert_eq!(told, Some(5));
        assert_eq!(begin.elapsed().as_secs(), 5 * 9 + 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_that_is_taken_back_or_means_nothing_is_not_told() {
        let (sender, mut value) = watch::channel(0);
        let changes = async {
            for change in [1, 0, 10, 20, 21, 31] {
                sleep(Duration::from_secs(1)).await;
                sender.send_replace(change);
            }
        };
        let begin = Instant::now();
        let told = settled(&mut value, REST, |value| value % 10, |value| *value == 0);
        let ((), told) = tokio::join!(changes, told);
        // From 21 on the last digit stays.
        assert_eq!((told, begin.elapsed().as_secs()), (Some(1), 5 + 10));
    }

    #[tokio::test]
    async fn it_ends_when_nothing_can_change_any_more() {
        let (sender, mut value) = watch::channel(0);
        drop(sender);
        let read = |value: &i32| *value;
        assert_eq!(settled(&mut value, REST, read, |_| true).await, None);
        assert_eq!(settled(&mut value, REST, read, |_| false).await, None);
    }
}
