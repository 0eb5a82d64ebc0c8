//! One file's bytes: what the page cache shows, and what the platter has.

use super::rng::Rng;

/// A write is lost or kept in units of this many bytes.
const SECTOR: usize = 512;

/// Writes go to the cache and wait; a flush carries out what waits; a power cut keeps any subset of it.
#[derive(Clone, Debug, Default)]
pub struct Content {
    cached: Vec<u8>,
    /// Never longer than `durable_len`.
    platter: Vec<u8>,
    durable_len: usize,
    waiting: Vec<Waiting>,
    /// How often it was written to or cut: its time.
    changes: u64,
    /// A flush of all files lost something of this one, which its own next flush tells.
    untold: bool,
}

#[derive(Clone, Debug)]
enum Waiting {
    Sector { index: usize, bytes: Vec<u8> },
    Len(usize),
}

impl Content {
    /// What every process sees.
    pub fn cached(&self) -> &[u8] {
        &self.cached
    }

    /// How often it was written to or cut.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    pub fn write(&mut self, content: &[u8], offset: usize) {
        if content.is_empty() {
            return;
        }
        self.changes += 1;
        let end = offset + content.len();
        let grows = end > self.cached.len();
        if grows {
            self.cached.resize(end, 0);
        }
        self.cached[offset..end].copy_from_slice(content);
        for index in offset / SECTOR..end.div_ceil(SECTOR) {
            let to = self.cached.len().min((index + 1) * SECTOR);
            let bytes = self.cached[index * SECTOR..to].to_vec();
            self.waiting.push(Waiting::Sector { index, bytes });
        }
        if grows {
            self.waiting.push(Waiting::Len(end));
        }
    }

    pub fn set_len(&mut self, len: usize) {
        self.changes += 1;
        self.cached.resize(len, 0);
        self.waiting.push(Waiting::Len(len));
    }

    /// Carries out what waits. What a failed flush dropped, bytes or a length, does not wait any more: it stays lost.
    pub fn flush(&mut self) {
        for waiting in std::mem::take(&mut self.waiting) {
            self.carry_out(waiting);
        }
        self.platter.resize(self.durable_len, 0);
    }

    /// Carries out a part of what waits and forgets the rest: the pages count as clean though the platter lacks them.
    pub fn fail_flush(&mut self, rng: &mut Rng) {
        for waiting in std::mem::take(&mut self.waiting) {
            if rng.coin() {
                self.carry_out(waiting);
            }
        }
        self.platter.resize(self.durable_len, 0);
    }

    /// The same by a flush of all files: it names none of them, so each tells it once more by itself.
    pub fn fail_group_flush(&mut self, rng: &mut Rng) {
        self.untold |= !self.waiting.is_empty();
        self.fail_flush(rng);
    }

    /// Whether an earlier flush of all files lost something, once.
    pub fn take_untold(&mut self) -> bool {
        std::mem::take(&mut self.untold)
    }

    /// The cache is gone; what waited is on the platter or not.
    pub fn lose_power(&mut self, rng: &mut Rng) {
        match rng.below(4) {
            0 => self.waiting.clear(),
            1 => self.flush(),
            _ => {}
        }
        self.fail_flush(rng);
        self.untold = false;
        self.cached.clone_from(&self.platter);
    }

    fn carry_out(&mut self, waiting: Waiting) {
        match waiting {
            Waiting::Sector { index, bytes } => {
                let (from, to) = (index * SECTOR, index * SECTOR + bytes.len());
                if self.platter.len() < to {
                    self.platter.resize(to, 0);
                }
                self.platter[from..to].copy_from_slice(&bytes);
            }
            Waiting::Len(len) => {
                if len < self.durable_len {
                    self.platter.truncate(len);
                }
                self.durable_len = len;
            }
        }
    }
}
