//! Time zones as people name them: by IANA name, by city, by the distance from UTC.

mod cities;

use chrono_tz::{TZ_VARIANTS, Tz};

use cities::{CITIES, LANGUAGES};

/// The longest name of a zone or city that is looked up, in bytes.
const LONGEST: usize = 64;

/// The zone that these words name, in any case: `Europe/Berlin`, `berlin`, `Санкт-Петербург`, `UTC+3`.
pub fn find(typed: &str) -> Option<Tz> {
    let typed = typed.trim();
    if typed.is_empty() || typed.len() > LONGEST {
        return None;
    }
    let key = key(typed);
    from_utc(&key)
        .or_else(|| by_name(&key))
        .or_else(|| by_known_city(&key))
        .or_else(|| by_city_of_name(&key))
}

/// The zone in which most people live whose Telegram has the language of this IETF tag; none for a language that is spoken all
/// over the world.
pub fn likely(tag: &str) -> Option<Tz> {
    let tag = tag.to_lowercase();
    let (language, _) = tag.split_once(['-', '_']).unwrap_or((&tag, ""));
    let of = |wanted: &str| LANGUAGES.iter().find(|(known, _)| *known == wanted);
    of(&tag).or_else(|| of(language)).map(|(_, zone)| *zone)
}

/// A zone's name as it is shown: IANA's names of distances from UTC have the sign the other way round.
pub fn shown(zone: Tz) -> String {
    let name = zone.name();
    match name
        .strip_prefix("Etc/GMT")
        .map(|rest| rest.split_at_checked(1))
    {
        Some(Some(("-", hours))) => format!("UTC+{hours}"),
        Some(Some(("+", hours))) => format!("UTC-{hours}"),
        _ => name.to_owned(),
    }
}

/// One spelling for all that people write: lower case, one space between words, `е` for `ё`, Latin letters without accents.
fn key(typed: &str) -> String {
    let lower = without_accents(&typed.to_lowercase()).replace('ё', "е");
    // A sign before a number is no hyphen.
    let spaced = if is_distance(&lower) {
        lower
    } else {
        lower.replace(['_', '-'], " ")
    };
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Latin letters in lower case with all the accents that the names of cities have.
const ACCENTED: &[(char, &str)] = &[
    ('a', "áàâãäåāăąạả"),
    ('c', "çćčĉ"),
    ('d', "ďđð"),
    ('e', "éèêëēėęěệế"),
    ('g', "ğģ"),
    ('i', "íìîïīįı"),
    ('l', "łľĺļ"),
    ('n', "ñńňņ"),
    ('o', "óòôõöőøōộồ"),
    ('r', "řŕ"),
    ('s', "śšşș"),
    ('t', "ťţț"),
    ('u', "úùûüūůűų"),
    ('y', "ýÿ"),
    ('z', "źžż"),
];

/// `bogota` for `bogotá`, also where the accent is a character of its own behind its letter.
fn without_accents(lower: &str) -> String {
    let mut plain = String::with_capacity(lower.len());
    for c in lower.chars() {
        let is_accent = matches!(c, '\u{300}'..='\u{36f}');
        if is_accent && plain.ends_with(|letter: char| letter.is_ascii_alphabetic()) {
            continue;
        }
        let base = ACCENTED.iter().find(|(_, forms)| forms.contains(c));
        plain.push(base.map_or(c, |(letter, _)| *letter));
    }
    plain
}

/// What stands before the hours west of Greenwich; phones make a dash of a hyphen.
const MINUS: [char; 3] = ['-', '−', '–'];

/// Whether it begins like `utc+3`, `gmt -5` or `+03:00`.
fn is_distance(lower: &str) -> bool {
    let rest = ["utc", "gmt"]
        .iter()
        .find_map(|name| lower.strip_prefix(name));
    rest.unwrap_or(lower)
        .trim_start()
        .starts_with(|c| c == '+' || MINUS.contains(&c))
}

/// A distance in whole hours, as the IANA names have them.
fn from_utc(key: &str) -> Option<Tz> {
    if !is_distance(key) {
        return None;
    }
    let figures = key.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let (sign, figures) = match figures.strip_prefix('+') {
        Some(figures) => ('-', figures),
        None => ('+', figures.trim_start_matches(MINUS)),
    };
    let hours = figures.strip_suffix(":00").unwrap_or(figures).trim();
    let is_plain = (1..=2).contains(&hours.len()) && hours.bytes().all(|c| c.is_ascii_digit());
    match hours.parse::<u8>().ok().filter(|_| is_plain)? {
        0 => Some(Tz::UTC),
        hours => format!("Etc/GMT{sign}{hours}").parse().ok(),
    }
}

fn by_name(key: &str) -> Option<Tz> {
    TZ_VARIANTS
        .iter()
        .copied()
        .find(|zone| spelled(zone.name()) == key)
}

/// The last part of an IANA name, `New_York`.
fn by_city_of_name(key: &str) -> Option<Tz> {
    let city = |zone: &Tz| zone.name().rsplit_once('/').map(|(_, city)| spelled(city));
    TZ_VARIANTS
        .iter()
        .copied()
        .find(|zone| city(zone).as_deref() == Some(key))
}

fn by_known_city(key: &str) -> Option<Tz> {
    let known = CITIES.iter().find(|(_, names)| names.contains(&key));
    known.map(|(zone, _)| *zone)
}

fn spelled(name: &str) -> String {
    name.to_lowercase().replace(['_', '-'], " ")
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::cities::{CITIES, LANGUAGES};
    use super::{find, key, likely, shown};

    #[test]
    fn a_zone_is_found_by_its_name_a_city_or_a_distance_from_utc() {
        for (typed, name) in [
            ("Europe/Berlin", "Europe/Berlin"),
            ("  europe/berlin ", "Europe/Berlin"),
            ("berlin", "Europe/Berlin"),
            ("New York", "America/New_York"),
            ("america/new_york", "America/New_York"),
            ("munich", "Europe/Berlin"),
            ("Москва", "Europe/Moscow"),
            ("санкт-петербург", "Europe/Moscow"),
            ("Нью-Йорк", "America/New_York"),
            ("Орёл", "Europe/Moscow"),
            ("port-au-prince", "America/Port-au-Prince"),
            ("utc", "UTC"),
            ("UTC+3", "Etc/GMT-3"),
            ("gmt -5", "Etc/GMT+5"),
            ("+03:00", "Etc/GMT-3"),
            ("+0", "UTC"),
            ("Etc/GMT-3", "Etc/GMT-3"),
            ("CET", "CET"),
            ("UTC–5", "Etc/GMT+5"),
            ("UTC−5", "Etc/GMT+5"),
            ("Bogotá", "America/Bogota"),
            ("Bogota\u{301}", "America/Bogota"),
            ("Asunción", "America/Asuncion"),
            ("Cancún", "America/Cancun"),
            ("Reykjavík", "Atlantic/Reykjavik"),
            ("Chișinău", "Europe/Chisinau"),
            ("İstanbul", "Europe/Istanbul"),
            ("São Paulo", "America/Sao_Paulo"),
            ("München", "Europe/Berlin"),
            ("Kraków", "Europe/Warsaw"),
            ("Düsseldorf", "Europe/Berlin"),
            ("Zürich", "Europe/Zurich"),
        ] {
            assert_eq!(find(typed).map(Tz::name), Some(name), "{typed}");
        }
    }

    #[test]
    fn what_names_no_zone_finds_none() {
        let long = "x".repeat(65);
        for typed in [
            "", " ", "nowhere", "UTC+15", "+3:30", "+", "-", "Europe", "3", "+٣", &long,
        ] {
            assert_eq!(find(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_distance_is_shown_with_the_sign_that_people_use() {
        assert_eq!(shown(Tz::Etc__GMTMinus3), "UTC+3");
        assert_eq!(shown(Tz::Etc__GMTPlus10), "UTC-10");
        assert_eq!(shown(Tz::Europe__Berlin), "Europe/Berlin");
        for hours in 1..=12 {
            let typed = format!("UTC-{hours}");
            assert_eq!(find(&typed).map(shown), Some(typed));
        }
    }

    #[test]
    fn a_language_gives_a_guess_when_one_zone_is_likely() {
        assert_eq!(likely("ru"), Some(Tz::Europe__Moscow));
        assert_eq!(likely("ru-RU"), Some(Tz::Europe__Moscow));
        assert_eq!(likely("pt-br"), Some(Tz::America__Sao_Paulo));
        assert_eq!(likely("pt"), Some(Tz::Europe__Lisbon));
        for tag in ["en", "es", "ar", "", "-", "xx"] {
            assert_eq!(likely(tag), None, "{tag}");
        }
    }

    #[test]
    fn the_tables_are_spelled_as_they_are_looked_up_and_name_nothing_twice() {
        let mut names: Vec<&str> = CITIES
            .iter()
            .flat_map(|(_, names)| *names)
            .copied()
            .collect();
        for name in &names {
            assert_eq!(key(name), **name);
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        let mut tags: Vec<&str> = LANGUAGES.iter().map(|(tag, _)| *tag).collect();
        tags.dedup();
        assert_eq!(tags.len(), LANGUAGES.len());
    }
}
