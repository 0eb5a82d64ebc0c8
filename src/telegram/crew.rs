//! Tasks that stand on their own, each known by a key: one that a bug ends says so, and the others go on.

use std::collections::HashMap;
use std::future::Future;

use tokio::task::{Id, JoinError, JoinSet};

/// Tasks by key. Dropping it ends them all.
pub struct Crew<K, T> {
    tasks: JoinSet<T>,
    keys: HashMap<Id, K>,
}

/// A task came to no end of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a bug in this program")]
pub struct Bug;

impl<K, T> Default for Crew<K, T> {
    fn default() -> Self {
        Self {
            tasks: JoinSet::new(),
            keys: HashMap::new(),
        }
    }
}

impl<K, T: Send + 'static> Crew<K, T> {
    /// Starts a task.
    pub fn spawn(&mut self, key: K, task: impl Future<Output = T> + Send + 'static) {
        let id = self.tasks.spawn(task).id();
        self.keys.insert(id, key);
    }

    /// Waits for the next that ends, and says which it was; none when there is none.
    pub async fn ended(&mut self) -> Option<(K, Result<T, Bug>)> {
        let ended = self.tasks.join_next_with_id().await?;
        Some(self.take(ended))
    }

    /// The next that has ended already.
    pub fn try_ended(&mut self) -> Option<(K, Result<T, Bug>)> {
        let ended = self.tasks.try_join_next_with_id()?;
        Some(self.take(ended))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    fn take(&mut self, ended: Result<(Id, T), JoinError>) -> (K, Result<T, Bug>) {
        let (id, outcome) = match ended {
            Ok((id, outcome)) => (id, Ok(outcome)),
            Err(error) => (error.id(), Err(Bug)),
        };
        let key = self.keys.remove(&id);
        (key.expect("every task has a key until it ended"), outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::{Bug, Crew};

    #[tokio::test]
    async fn a_task_that_a_bug_ends_is_named_and_the_others_go_on() {
        let mut crew = Crew::default();
        crew.spawn("bad", async { panic!("a bug") });
        crew.spawn("good", async { 7 });
        let mut ended = [crew.ended().await, crew.ended().await];
        ended.sort_by_key(|ended| ended.map(|(key, _)| key));
        assert_eq!(ended, [Some(("bad", Err(Bug))), Some(("good", Ok(7)))]);
        assert_eq!(crew.ended().await, None);
    }
}
