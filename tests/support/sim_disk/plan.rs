//! Which operation of a process fails, and how.

use std::io;

pub const ENOENT: i32 = 2;
pub const EIO: i32 = 5;
pub const EEXIST: i32 = 17;
pub const ENOTDIR: i32 = 20;
pub const EISDIR: i32 = 21;
pub const ENOSPC: i32 = 28;
pub const ENOTEMPTY: i32 = 39;

pub fn os_error(code: i32) -> io::Error {
    io::Error::from_raw_os_error(code)
}

/// What a process asks of the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Open,
    /// A new file.
    Create,
    Read,
    Status,
    List,
    Write,
    SetLen,
    Flush,
    FlushDir,
    MakeDir,
    Rename,
    Remove,
    Lock,
}

impl Kind {
    /// What needs space on the disk.
    pub const GROWING: &'static [Self] = &[Self::Create, Self::Write, Self::MakeDir];
}

/// How an operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is done, with this error.
    Fail(i32),
    /// A write does a part, then fails with this error.
    ShortWrite(i32),
    /// A flush does a part and fails with EIO; what it did not do is forgotten, though the cache shows it. Any other operation
    /// does nothing and fails with EIO.
    LostFlush,
    /// The process is dead: this write does a part, any other operation nothing, and every later one fails.
    Freeze,
}

/// The fault of one process.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Only these operations are counted and fail; all when it is empty.
    pub kinds: &'static [Kind],
    /// The first that fails, from 0.
    pub at: u64,
    /// How many fail.
    pub span: u64,
    pub fault: Fault,
}

impl Plan {
    /// This operation fails.
    pub fn new(kinds: &'static [Kind], at: u64, fault: Fault) -> Self {
        Self {
            kinds,
            at,
            span: 1,
            fault,
        }
    }

    /// The process dies at its `at`-th operation.
    pub fn freeze(at: u64) -> Self {
        Self::new(&[], at, Fault::Freeze)
    }

    fn counts(&self, kind: Kind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }
}

/// One process as the disk knows it.
#[derive(Clone, Debug)]
pub struct Process {
    pub alive: bool,
    plan: Option<Plan>,
    counted: u64,
    pub fired: bool,
}

impl Process {
    pub fn new(plan: Option<Plan>) -> Self {
        Self {
            alive: true,
            plan,
            counted: 0,
            fired: false,
        }
    }

    /// The fault that this operation meets.
    pub fn meet(&mut self, kind: Kind) -> Option<Fault> {
        let plan = self.plan.filter(|plan| plan.counts(kind))?;
        let number = self.counted;
        self.counted += 1;
        let hit = number >= plan.at && number - plan.at < plan.span;
        self.fired |= hit;
        hit.then_some(plan.fault)
    }
}
