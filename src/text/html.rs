//! User text made harmless: for Telegram's HTML, and for the lines around it.

/// A piece of a message in Telegram's HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Html(String);

/// The longest name shown, in UTF-16 units.
const NAME_UNITS: usize = 80;

impl Html {
    /// What a text file made of escaped parts.
    pub(super) fn formatted(html: String) -> Self {
        Self(html)
    }

    /// User text as one line: every run of white space becomes one space. Longer than `units`, it ends with "…".
    pub fn line(text: &str, units: usize) -> Self {
        let words: Vec<&str> = text.split_whitespace().collect();
        Self::escaped(&words.join(" "), units)
    }

    /// User text with its own line breaks. Longer than `units`, it ends with "…".
    pub fn block(text: &str, units: usize) -> Self {
        let text = text.replace("\r\n", "\n");
        Self::escaped(text.trim(), units)
    }

    /// The name of a person or chat. It mentions nobody, whatever it says.
    pub fn name(name: &str) -> Self {
        Self::line(&name.replace('@', "＠"), NAME_UNITS)
    }

    /// These pieces with something between them.
    pub fn join(pieces: impl IntoIterator<Item = Self>, between: &str) -> Self {
        let pieces: Vec<String> = pieces.into_iter().map(Self::into_string).collect();
        Self(pieces.join(between))
    }

    /// The piece as Telegram reads it.
    pub fn into_string(self) -> String {
        self.0
    }

    /// What a reader sees of it.
    pub fn plain(&self) -> String {
        plain(&self.0)
    }

    fn escaped(text: &str, units: usize) -> Self {
        let chars = text.chars().map(line_break).map(neutral);
        // No text has more UTF-16 units than bytes.
        let fits =
            text.len() <= units || chars.clone().map(char::len_utf16).sum::<usize>() <= units;
        let mut room = if fits {
            usize::MAX
        } else {
            units.saturating_sub(1)
        };
        let shown = chars.take_while(|c| {
            let enough = c.len_utf16() <= room;
            room = room.saturating_sub(c.len_utf16());
            enough
        });
        let mut html = String::with_capacity(text.len());
        shown.for_each(|c| escape(c, &mut html));
        if !fits {
            html.push('…');
        }
        Self(html)
    }
}

/// How many UTF-16 units Telegram counts in a text.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// HTML without its tags, the entities as characters.
pub fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if in_tag => {}
            _ => text.push(c),
        }
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

fn escape(c: char, html: &mut String) {
    match c {
        '&' => html.push_str("&amp;"),
        '<' => html.push_str("&lt;"),
        '>' => html.push_str("&gt;"),
        '"' => html.push_str("&quot;"),
        c => html.push(c),
    }
}

/// Every kind of line break as the one that Telegram knows.
fn line_break(c: char) -> char {
    match c {
        '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        '\t' => ' ',
        c => c,
    }
}

/// Control characters, and those that turn the direction of the text after them, become a visible sign.
fn neutral(c: char) -> char {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if turns || (c.is_control() && c != '\n') {
        char::REPLACEMENT_CHARACTER
    } else {
        c
    }
}
