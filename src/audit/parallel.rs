//! The same work for many streams, on all cores, with the results in their order.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Does `work` for each stream and hands each result to `done`, in order and on the calling thread. `done` ends everything
/// early by an error.
pub fn for_each_stream<S: Copy + Sync, T: Send, E>(
    streams: &[S],
    work: impl Fn(S) -> T + Sync,
    mut done: impl FnMut(S, T) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    let threads = thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(streams.len().max(1));
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(threads * 16);
        for _ in 0..threads {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(stream) = streams.get(index) else {
                        return;
                    };
                    if sender.send((index, work(*stream))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        in_order(receiver, |index, result| done(streams[index], result))
    })
}

/// Hands on what comes in any order by its number, without a gap.
fn in_order<T, E>(
    receiver: mpsc::Receiver<(usize, T)>,
    mut done: impl FnMut(usize, T) -> Result<(), E>,
) -> Result<(), E> {
    let (mut wanted, mut early) = (0, BTreeMap::new());
    for (index, result) in receiver {
        early.insert(index, result);
        while let Some(result) = early.remove(&wanted) {
            done(wanted, result)?;
            wanted += 1;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::for_each_stream;
    use crate::domain::ChatId;

    #[test]
    fn results_come_in_the_order_of_the_chats_and_an_error_ends_it() {
        let chats: Vec<ChatId> = (0..1_000).map(ChatId).collect();
        let work = |chat: ChatId| chat.0 * 2;
        let mut seen = Vec::new();
        let all = for_each_stream(&chats, work, |chat, result| {
            seen.push((chat.0, result));
            Ok::<(), ()>(())
        });
        assert_eq!(all, Ok(()));
        assert!(
            seen.iter()
                .enumerate()
                .all(|(n, pair)| *pair == (n as i64, 2 * n as i64))
        );
        assert_eq!(seen.len(), 1_000);

        let stopped = for_each_stream(&chats, work, |chat, _| {
            if chat.0 == 10 { Err("stop") } else { Ok(()) }
        });
        assert_eq!(stopped, Err("stop"));
    }
}
