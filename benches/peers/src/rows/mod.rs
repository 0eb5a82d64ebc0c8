//! One file per row of the table.

mod cold;
mod feed;
mod hot;
mod large;
mod many;
mod memory;
mod replay;
mod single;
mod start;

use clap::ValueEnum;

use crate::lab::Lab;
use crate::table::Row;

pub use memory::child as memory_child;

/// Which work to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Name {
    Hot,
    Many,
    Single,
    Replay,
    Feed,
    Start,
    Cold,
    Memory,
    Large,
}

impl Name {
    /// The rows of this work.
    pub fn rows(self, lab: &Lab) -> anyhow::Result<Vec<Row<'_>>> {
        Ok(match self {
            Self::Hot => vec![hot::row(lab)],
            Self::Many => vec![many::row(lab)],
            Self::Single => vec![single::row(lab)],
            Self::Replay => vec![replay::row(lab)?],
            Self::Feed => vec![feed::row(lab)],
            Self::Start => vec![start::row(lab)?],
            Self::Cold => cold::rows(lab)?,
            Self::Memory => vec![memory::row(lab)?],
            Self::Large => large::rows(lab),
        })
    }
}
