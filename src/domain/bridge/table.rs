//! The living entities of one kind.

use std::collections::BTreeMap;

use super::ids::RowId;

/// An entity that has an id.
pub trait Row {
    type Id: RowId;

    fn id(&self) -> Self::Id;
}

/// Entities by id, and the highest id that was ever given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<R: Row> {
    rows: BTreeMap<R::Id, R>,
    last: u64,
}

impl<R: Row> Default for Table<R> {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
            last: 0,
        }
    }
}

impl<R: Row> Table<R> {
    /// All of them, ascending by id.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &R> {
        self.rows.values()
    }

    pub fn get(&self, id: R::Id) -> Option<&R> {
        self.rows.get(&id)
    }

    /// The id that the next one gets.
    pub fn next_id(&self) -> R::Id {
        R::Id::of(self.last.saturating_add(1))
    }

    /// Whether the id was given once.
    pub fn ever_had(&self, id: R::Id) -> bool {
        (1..=self.last).contains(&id.number())
    }

    pub(super) fn add(&mut self, row: R) {
        self.last = self.last.max(row.id().number());
        self.rows.insert(row.id(), row);
    }

    pub(super) fn edit(&mut self, id: R::Id, change: impl FnOnce(&mut R)) {
        if let Some(row) = self.rows.get_mut(&id) {
            change(row);
        }
    }

    pub(super) fn remove(&mut self, id: R::Id) {
        self.rows.remove(&id);
    }

    pub(super) fn retain(&mut self, keep: impl Fn(&R) -> bool) {
        self.rows.retain(|_, row| keep(row));
    }
}
