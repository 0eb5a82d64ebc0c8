//! Hostile updates from a seed: those of the corpus, with values, texts and bytes exchanged.

use serde_json::{Map, Value, json};

use crate::support::sim_disk::Rng;
use crate::support::{DATE, in_dm, in_group};

/// What texts are made of.
const PIECES: [&str; 34] = [
    "/add",
    "/edit 1",
    "/edit",
    "/delete 1",
    "/track 1",
    "/untrack 1",
    "/bounty",
    "/my 2",
    "/history 1",
    "/start",
    "/help",
    "/add@bounty_bot",
    "/add@other_bot",
    "Fix it",
    "https://e.com/1",
    "ftp://e.com",
    "tomorrow",
    "31.13",
    "in 3 days",
    "by fri",
    "due:none",
    "link:none",
    "завтра",
    "\u{202e}",
    "\u{0}",
    "👨‍👩‍👧",
    "<b>&amp;",
    "../../etc/passwd",
    "{\"seq\":1}",
    "\n",
    "\u{a0}",
    "=1+1",
    "'\"\\",
    "#1",
];
/// What may stand in the place of any value.
const NUMBERS: [i64; 10] = [
    0,
    1,
    -1,
    -100,
    7,
    1 << 32,
    -(1 << 52),
    9_007_199_254_740_993,
    i64::MAX,
    i64::MIN,
];
/// How much of an update may be cut, put twice or overwritten.
const MOST_BYTES: u64 = 24;

pub struct Generator {
    seeds: Vec<String>,
    rng: Rng,
    last_update: i64,
}

impl Generator {
    pub fn new(corpus: Vec<Vec<u8>>, rng: Rng) -> Self {
        let seeds = corpus
            .into_iter()
            .filter_map(|seed| String::from_utf8(seed).ok());
        Self {
            seeds: seeds.collect(),
            rng,
            last_update: 0,
        }
    }

    /// The next one, without newlines.
    pub fn next(&mut self) -> String {
        self.last_update += 1;
        let update = match self.rng.below(4) {
            0 => self.seed(),
            1 => self.said(),
            2 => self.changed(),
            _ => {
                let changed = self.changed();
                self.torn(&changed)
            }
        };
        update.replace(['\n', '\r'], " ")
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.rng.below(of.len() as u64)).expect("small")]
    }

    fn seed(&mut self) -> String {
        let at = usize::try_from(self.rng.below(self.seeds.len() as u64)).expect("small");
        self.seeds[at].clone()
    }

    /// A message that is whole, whatever it says.
    fn said(&mut self) -> String {
        let (user, text) = (1 + self.rng.below(4), self.text());
        let user = i64::try_from(user).expect("small");
        let update = if self.rng.coin() {
            in_dm(self.last_update, user, &text)
        } else {
            let chat = -100 - i64::try_from(self.rng.below(5)).expect("small");
            in_group(self.last_update, chat, user, &text)
        };
        update.to_string()
    }

    fn text(&mut self) -> String {
        let count = 1 + self.rng.below(7);
        let words: Vec<&str> = (0..count).map(|_| *self.pick(&PIECES)).collect();
        let text = words.join(" ");
        match self.rng.below(40) {
            0 => text.repeat(300),
            1 => format!("/add {}", "🔥".repeat(4_096)),
            _ => text,
        }
    }

    /// An update with some of its values exchanged.
    fn changed(&mut self) -> String {
        let mut seed = if self.rng.coin() {
            self.seed()
        } else {
            self.said()
        };
        let Ok(mut value) = serde_json::from_str::<Value>(&seed) else {
            return seed;
        };
        for _ in 0..1 + self.rng.below(3) {
            self.exchange(&mut value);
        }
        seed = value.to_string();
        seed
    }

    /// Exchanges one value, somewhere below.
    fn exchange(&mut self, value: &mut Value) {
        let (stay, turn) = (self.rng.below(4) == 0, self.rng.next());
        let pick = |len: usize| usize::try_from(turn % len as u64).expect("small");
        match value {
            Value::Object(fields) if !fields.is_empty() && !stay => {
                let at = pick(fields.len());
                if let Some(field) = fields.values_mut().nth(at) {
                    self.exchange(field);
                }
            }
            Value::Array(items) if !items.is_empty() && !stay => {
                let at = pick(items.len());
                self.exchange(&mut items[at]);
            }
            other => *other = self.value(),
        }
    }

    fn value(&mut self) -> Value {
        match self.rng.below(9) {
            0 => Value::Null,
            1 => json!(self.rng.coin()),
            2 | 3 => json!(*self.pick(&NUMBERS)),
            4 => json!(DATE),
            5 => json!(1.5e300),
            6 => json!([self.text()]),
            7 => Value::Object(Map::from_iter([("id".to_owned(), json!(7))])),
            _ => json!(self.text()),
        }
    }

    /// The same with some of its bytes lost, doubled or overwritten.
    fn torn(&mut self, update: &str) -> String {
        let mut bytes = update.as_bytes().to_vec();
        let at = usize::try_from(self.rng.below(bytes.len() as u64 + 1)).expect("small");
        let many = usize::try_from(self.rng.below(MOST_BYTES)).expect("small");
        let end = bytes.len().min(at + many);
        match self.rng.below(4) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            _ => bytes[at..end].fill(b"\\\"{}[]u0"[many % 8]),
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
