//! Numbers and their words.

use chrono_tz::UTC;

use super::{DAY, NOON, TEXTS, bare, view};
use crate::domain::board::{Answer, BountyView, Entry, Page, Refusal, Scope};
use crate::domain::{Locale, UnixTime};
use crate::text::{Say, TroubleText, View};

/// The form of a Russian noun after a number: that of 1, of 2 to 4, or of the rest, by the last digits.
fn russian_form(n: u64) -> usize {
    match (n % 100, n % 10) {
        (11..=14, _) => 2,
        (_, 1) => 0,
        (_, 2..=4) => 1,
        _ => 2,
    }
}

fn plain(say: &Say<'_>, locale: Locale) -> String {
    let view = View {
        locale,
        ..view(UTC)
    };
    TEXTS.render(say, &[], &view).plain()
}

fn title(scope: Scope, total: u64, locale: Locale) -> String {
    let entry = Entry {
        bounty: bare("x"),
        creator: None,
    };
    let list = Answer::List(Page {
        scope,
        total,
        page: 1,
        pages: 1,
        entries: vec![entry],
    });
    let text = plain(&Say::Answer(&list), locale);
    text.lines().next().expect("a list has lines").to_owned()
}

#[test]
fn russian_words_follow_their_numbers() {
    for n in 1..=1_200 {
        let form = russian_form(n);
        let noun = ["задача", "задачи", "задач"][form];
        assert_eq!(
            title(Scope::Group, n, Locale::Russian),
            format!("{n} {noun}")
        );
        assert_eq!(
            title(Scope::Own, n, Locale::Russian),
            format!("У вас {n} {noun}")
        );
        let noun = ["задачей", "задачами", "задачами"][form];
        let expected = format!("Вы следите за {n} {noun}");
        assert_eq!(title(Scope::Tracked, n, Locale::Russian), expected);

        let seconds = ["секунду", "секунды", "секунд"][form];
        for trouble in [
            TroubleText::Flood { seconds: n },
            TroubleText::TooSoon { seconds: n },
        ] {
            let text = plain(&Say::Trouble(trouble), Locale::Russian);
            assert!(text.contains(&format!("через {n} {seconds}")), "{text}");
        }

        let characters = ["символ", "символа", "символов"];
        let refusal = Answer::Refused(Refusal::TextTooLong {
            characters: 1_000 + n,
        });
        let text = plain(&Say::Answer(&refusal), Locale::Russian);
        let there = characters[russian_form(1_000 + n)];
        assert!(
            text.starts_with(&format!("В тексте {} {there},", 1_000 + n)),
            "{text}"
        );
        assert!(
            text.contains(&format!("на {n} {} и", characters[form])),
            "{text}"
        );
    }
}

#[test]
fn russian_boards_that_became_one_are_counted() {
    for (n, words) in [
        (0, "Задач на ней не было"),
        (1, "перенесена 1 задача,"),
        (3, "перенесены 3 задачи,"),
        (12, "перенесено 12 задач,"),
        (21, "перенесена 21 задача,"),
    ] {
        let text = plain(
            &Say::Answer(&Answer::Merged { bounties: n }),
            Locale::Russian,
        );
        assert!(text.contains(words), "{text}");
    }
}

fn relative(to: UnixTime, locale: Locale) -> String {
    let bounty = BountyView {
        due: Some(to),
        ..bare("x")
    };
    let text = plain(&Say::Answer(&Answer::Added(bounty)), locale);
    let (_, relative) = text
        .rsplit_once('(')
        .expect("how far off stands in brackets");
    relative.trim_end_matches(')').to_owned()
}

#[test]
fn russian_distances_follow_their_numbers() {
    let (minute, hour, month, year) = (60, 3_600, 30 * DAY + 12 * 3_600, 365 * DAY + 6 * 3_600);
    for (step, from, to, forms) in [
        (minute, 1_i64, 59, ["минуту", "минуты", "минут"]),
        (hour, 1, 11, ["час", "часа", "часов"]),
        (DAY, 3, 59, ["день", "дня", "дней"]),
        (month, 2, 23, ["месяц", "месяца", "месяцев"]),
        (year, 2, 120, ["год", "года", "лет"]),
    ] {
        for n in from..=to {
            let form = forms[russian_form(n.unsigned_abs())];
            assert_eq!(
                relative(NOON + n * step, Locale::Russian),
                format!("через {n} {form}")
            );
            assert_eq!(
                relative(NOON - n * step, Locale::Russian),
                format!("{n} {form} назад")
            );
        }
    }
    for (days, words) in [
        (1, "завтра"),
        (2, "послезавтра"),
        (-1, "вчера"),
        (-2, "позавчера"),
    ] {
        assert_eq!(relative(NOON + days * DAY, Locale::Russian), words);
    }
    assert_eq!(relative(NOON, Locale::Russian), "сейчас");
}

#[test]
fn english_words_follow_their_numbers() {
    assert_eq!(title(Scope::Group, 1, Locale::English), "Bounties: 1");
    assert_eq!(
        title(Scope::Group, 1_234, Locale::English),
        "Bounties: 1234"
    );
    for (n, words) in [
        (1, "in 1 minute"),
        (2, "in 2 minutes"),
        (21, "in 21 minutes"),
    ] {
        assert_eq!(relative(NOON + n * 60, Locale::English), words);
    }
}
