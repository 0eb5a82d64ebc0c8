//! Clients that keep a number of commands in flight, and what that took.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use anyhow::ensure;

/// How long the commands took, together and each.
pub struct Run {
    pub elapsed: Duration,
    pub latencies: Vec<Duration>,
}

/// Tells the client that its command is durable and answered.
pub struct Done {
    begun: Instant,
    client: Sender<(Duration, bool)>,
}

impl Done {
    /// `accepted`: whether it became an event.
    pub fn tell(self, accepted: bool) {
        // The client waits for all of them, unless it gave up.
        let _ = self.client.send((self.begun.elapsed(), accepted));
    }
}

/// Submits all items in order, `window` of them in flight. Fails when one is not accepted.
pub fn closed_loop<T>(
    items: Vec<T>,
    window: usize,
    mut submit: impl FnMut(T, Done),
) -> anyhow::Result<Run> {
    let (client, answers) = channel();
    let (count, mut in_flight) = (items.len(), 0);
    let mut latencies = Vec::with_capacity(count);
    let begun = Instant::now();
    let mut items = items.into_iter();
    while latencies.len() < count {
        for item in items.by_ref().take(window - in_flight) {
            in_flight += 1;
            let (begun, client) = (Instant::now(), client.clone());
            submit(item, Done { begun, client });
        }
        let first = answers.recv()?;
        for (latency, accepted) in std::iter::once(first).chain(answers.try_iter()) {
            ensure!(accepted, "a command of the workload was refused");
            latencies.push(latency);
            in_flight -= 1;
        }
    }
    Ok(Run {
        elapsed: begun.elapsed(),
        latencies,
    })
}

/// Carries out all items, shared among `threads` clients that wait for each.
pub fn clients<T: Sync, C>(
    items: &[T],
    threads: usize,
    open: impl Fn() -> anyhow::Result<C> + Sync,
    carry_out: impl Fn(&mut C, &T) -> anyhow::Result<()> + Sync,
) -> anyhow::Result<Run> {
    let next = AtomicUsize::new(0);
    let barrier = Barrier::new(threads);
    let client = || -> anyhow::Result<(Instant, Vec<Duration>)> {
        let opened = open();
        barrier.wait();
        let (mut client, begun) = (opened?, Instant::now());
        let mut latencies = Vec::new();
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            let begun = Instant::now();
            carry_out(&mut client, item)?;
            latencies.push(begun.elapsed());
        }
        Ok((begun, latencies))
    };
    let (mut starts, mut latencies) = (Vec::new(), Vec::with_capacity(items.len()));
    let results: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(client)).collect();
        threads.into_iter().map(|thread| thread.join()).collect()
    });
    let ended = Instant::now();
    for result in results {
        let (begun, mut each) =
            result.map_err(|_| anyhow::anyhow!("a client thread panicked"))??;
        starts.push(begun);
        latencies.append(&mut each);
    }
    Ok(Run {
        elapsed: starts
            .into_iter()
            .min()
            .map_or(Duration::ZERO, |first| ended - first),
        latencies,
    })
}
