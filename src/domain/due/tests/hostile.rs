//! Words that nobody types in good faith.

use chrono_tz::Europe::Berlin;

use super::{is_date_word, looks_like_date, parse};

/// Pieces of the grammar and of what breaks parsers.
const PIECES: &[&str] = &[
    "",
    "0",
    "1",
    "9",
    "12",
    "31",
    "2031",
    "9999",
    ".",
    ":",
    "-",
    "/",
    ",",
    "t",
    "T",
    "d",
    "w",
    "h",
    "m",
    "min",
    "am",
    "pm",
    "st",
    "th",
    "in",
    "on",
    "at",
    "next",
    "fri",
    "may",
    "jan",
    "мая",
    "через",
    "в",
    "день",
    "дня",
    "завтра",
    "Ё",
    "ё",
    "\u{0}",
    "\u{202e}",
    "\u{308}",
    "е\u{308}",
    "İ",
    "ß",
    "K",
    "🦀",
    "\u{10ffff}",
    "٣",
    "tomorrow",
    "days",
    "months",
    "2031-06-01",
    "18:00",
    "(",
    ")",
    "(tomorrow)",
    "utc",
    "this",
    "к",
];

/// Knuth's MMIX generator: the same words in every run.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn word(&mut self) -> String {
        let pieces = 1 + self.below(4);
        (0..pieces)
            .map(|_| PIECES[self.below(PIECES.len())])
            .collect()
    }

    fn moment(&mut self) -> i64 {
        let moment = (self.below(1 << 31) as i64) << 31 | self.below(1 << 31) as i64;
        moment >> self.below(62)
    }
}

#[test]
fn random_words_never_panic_and_what_parses_looks_like_a_date_and_so_does_each_of_its_words() {
    let mut random = Lcg(7);
    let mut parsed = 0;
    for _ in 0..100_000 {
        let words: Vec<String> = (0..random.below(6)).map(|_| random.word()).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let looks = looks_like_date(&words);
        assert!(
            !looks || words.iter().all(|word| is_date_word(word)),
            "{words:?}"
        );
        if let Some(due) = parse(&words) {
            assert!(looks, "{words:?}");
            due.resolve(random.moment(), Berlin);
            due.resolve(-random.moment(), Berlin);
            parsed += 1;
        }
    }
    assert!(parsed > 300, "only {parsed} random texts were dates");
}

#[test]
fn huge_words_and_texts_are_given_up_at_once() {
    let huge = "9".repeat(10_000_000);
    let combining = "е\u{308}".repeat(1_000_000);
    for word in [huge.as_str(), combining.as_str()] {
        assert_eq!(parse(&["in", word, "days"]), None);
        assert!(!looks_like_date(&["tomorrow", word]));
    }
    let many = vec!["tomorrow"; 1_000_000];
    assert_eq!(parse(&many), None);
    assert!(!looks_like_date(&many));
}
