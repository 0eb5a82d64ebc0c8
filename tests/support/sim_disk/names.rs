//! The names in the directories, and the changes of them that are not durable yet.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path};

use super::plan::{EISDIR, ENOENT, ENOTDIR, ENOTEMPTY, os_error};
use super::rng::Rng;

/// What a name leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    File(u64),
    Dir(u64),
}

/// The directory that is always there.
pub const ROOT: u64 = 0;

/// A place in a directory.
pub type Place = (u64, OsString);

/// A change of names.
#[derive(Clone, Debug)]
pub enum Change {
    Link(Place, Node),
    Unlink(Place),
    /// What stood at the second place is gone.
    Move(Place, Place),
}

impl Change {
    fn dirs(&self) -> Vec<u64> {
        match self {
            Self::Link((dir, _), _) | Self::Unlink((dir, _)) => vec![*dir],
            Self::Move((from, _), (to, _)) => vec![*from, *to],
        }
    }
}

#[derive(Clone, Debug, Default)]
struct Tree {
    dirs: BTreeMap<u64, BTreeMap<OsString, Node>>,
}

impl Tree {
    fn apply(&mut self, change: &Change) {
        match change {
            Change::Link((dir, name), node) => {
                self.dirs
                    .entry(*dir)
                    .or_default()
                    .insert(name.clone(), *node);
            }
            Change::Unlink((dir, name)) => {
                self.dirs.entry(*dir).or_default().remove(name);
            }
            Change::Move((from, old), (to, new)) => {
                let node = self.dirs.entry(*from).or_default().remove(old);
                if let Some(node) = node {
                    self.dirs.entry(*to).or_default().insert(new.clone(), node);
                }
            }
        }
    }
}

/// All names: as every process sees them, and as the platter has them.
#[derive(Clone, Debug, Default)]
pub struct Names {
    cached: Tree,
    durable: Tree,
    waiting: Vec<Change>,
}

impl Names {
    pub fn find(&self, path: &Path) -> io::Result<Node> {
        let mut node = Node::Dir(ROOT);
        for part in path.components() {
            let Component::Normal(name) = part else {
                continue;
            };
            let Node::Dir(dir) = node else {
                return Err(os_error(ENOTDIR));
            };
            let entries = self.cached.dirs.get(&dir);
            node = *entries
                .and_then(|entries| entries.get(name))
                .ok_or_else(|| os_error(ENOENT))?;
        }
        Ok(node)
    }

    /// The directory that holds the path's last name, which need not be there.
    pub fn place(&self, path: &Path) -> io::Result<Place> {
        let name = path.file_name().ok_or_else(|| os_error(EISDIR))?.to_owned();
        let parent = path.parent().unwrap_or(Path::new("/"));
        match self.find(parent)? {
            Node::Dir(dir) => Ok((dir, name)),
            Node::File(_) => Err(os_error(ENOTDIR)),
        }
    }

    pub fn list(&self, dir: u64) -> Vec<OsString> {
        let entries = self.cached.dirs.get(&dir).into_iter().flatten();
        entries.map(|(name, _)| name.clone()).collect()
    }

    pub fn change(&mut self, change: Change) {
        self.cached.apply(&change);
        self.waiting.push(change);
    }

    /// As `rename(2)`: over a file, or over an empty directory.
    pub fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let moved = self.find(from)?;
        match (moved, self.find(to).ok()) {
            (Node::Dir(_), Some(Node::File(_))) => return Err(os_error(ENOTDIR)),
            (Node::File(_), Some(Node::Dir(_))) => return Err(os_error(EISDIR)),
            (Node::Dir(_), Some(Node::Dir(dir))) if !self.list(dir).is_empty() => {
                return Err(os_error(ENOTEMPTY));
            }
            _ => {}
        }
        let change = Change::Move(self.place(from)?, self.place(to)?);
        self.change(change);
        Ok(())
    }

    /// Makes a directory's names durable, and what happened before to any other directory that a move ties to it.
    pub fn flush(&mut self, dir: u64) {
        let mut tied = BTreeSet::from([dir]);
        let mut durable = vec![false; self.waiting.len()];
        for (change, durable) in self.waiting.iter().zip(&mut durable).rev() {
            let dirs = change.dirs();
            if dirs.iter().any(|dir| tied.contains(dir)) {
                tied.extend(dirs);
                *durable = true;
            }
        }
        let changes = std::mem::take(&mut self.waiting);
        for (change, durable) in changes.into_iter().zip(durable) {
            if durable {
                self.durable.apply(&change);
            } else {
                self.waiting.push(change);
            }
        }
    }

    /// Makes all names durable.
    pub fn flush_all(&mut self) {
        self.waiting.clear();
        self.durable = self.cached.clone();
    }

    /// Of the changes that wait, each directory keeps the first ones; a move happened in both its directories or in none.
    pub fn lose_power(&mut self, rng: &mut Rng) {
        let mut stopped = BTreeSet::new();
        let kept_in_four = rng.below(5);
        for change in std::mem::take(&mut self.waiting) {
            let dirs = change.dirs();
            if dirs.iter().any(|dir| stopped.contains(dir)) || rng.below(4) >= kept_in_four {
                stopped.extend(dirs);
            } else {
                self.durable.apply(&change);
            }
        }
        self.cached = self.durable.clone();
    }
}
