//! What must hold for any bytes whatever: shared by the fuzz targets in `fuzz/` and by the replay of `tests/corpus/` in
//! `cargo test`. It uses the public library alone, and nothing of the other tests.
#![allow(dead_code, reason = "each fuzz target uses one of the parsers")]

use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use bounty_ledger::domain::board::{BoardEvent, Change, Command};
use bounty_ledger::domain::{Actor, BotId, Recorded, due};
use bounty_ledger::store::{
    DiskFile, FileStatus, Head, LockGuard, LockMode, Position, encode, scan,
};
use bounty_ledger::telegram::{
    BotIdentity, Carrier, Inbound, Incoming, MessageText, Parsed, parse, read,
};
use chrono_tz::Tz;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What is checked for some bytes; it panics when that does not hold.
pub type Check = fn(&[u8]);

/// Every parser by the name of its target and of its corpus.
pub const TARGETS: [(&str, Check); 4] = [
    ("line", line),
    ("update", update),
    ("command", command),
    ("date", date),
];

/// May stand before a link, and is no text then.
const LABEL: &str = "link";
const USERNAME: &str = "bounty_bot";
/// The accounts that Telegram puts in the place of a chat which speaks as itself.
const SERVICE_ACCOUNTS: [i64; 3] = [777_000, 1_087_968_824, 136_817_688];
/// The last second of the year 9999.
const LAST_SECOND: i64 = 253_402_300_799;
/// The first second of the year 1, half a day of time zone before it.
const FIRST_SECOND: i64 = -62_135_596_800 - 86_400;

/// The first line of a log without its hash: what is read of it is the same whichever parser reads it, and what is written
/// again is read as the same.
pub fn line(body: &[u8]) {
    scan_all(body);
    if body.first() != Some(&b'{') || body.contains(&b'\n') {
        return;
    }
    let record = read_sealed(body);
    // Not as this program writes it: only the full parser reads that.
    let spaced = [b"{ ", &body[1..]].concat();
    assert_eq!(read_sealed(&spaced), record, "the two parsers differ");
    let mut written = Vec::new();
    let Some(record) = record else { return };
    if encode(&record, &Head::ZERO, &mut written).is_ok() {
        assert_eq!(scan_all(&written), [record], "written and read again");
    }
}

/// The bot that all updates are for.
fn bot() -> BotIdentity {
    BotIdentity {
        id: BotId(7001),
        username: USERNAME.to_owned(),
    }
}

/// Whether it is an Update that can be read.
pub fn is_update(raw: &str) -> bool {
    read(raw, &bot(), Carrier::Feed).is_ok()
}

/// One Update object.
pub fn update(bytes: &[u8]) {
    let Ok(raw) = std::str::from_utf8(bytes) else {
        return;
    };
    let bot = bot();
    let value: Option<Value> = serde_json::from_str(raw).ok();
    let fed = read(raw, &bot, Carrier::Feed);
    match read(raw, &bot, Carrier::Update) {
        Ok(incoming) => {
            assert_eq!(fed.map(|fed| fed.update_id), Ok(incoming.update_id));
            if let Some(value) = &value {
                assert_eq!(value["update_id"], incoming.update_id);
            }
            assert_honest(&incoming, value.as_ref());
        }
        Err(unreadable) => {
            assert_eq!(fed, Err(unreadable.clone()));
            assert!(
                unreadable.reason.len() < 2_000,
                "a reason that is read by people"
            );
            let named = value.as_ref().and_then(|value| value["update_id"].as_i64());
            if raw.matches("update_id").count() == 1 {
                assert!(
                    named.is_none() || unreadable.update_id == named,
                    "it could be confirmed"
                );
            }
        }
    }
}

/// The text of a message.
pub fn command(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let parsed = parse(&MessageText::plain(&text), USERNAME);
    let Parsed::Command(Command::Change(Change::Add(new)), _) = parsed else {
        return;
    };
    let name_ends = text.trim_start().find(char::is_whitespace);
    let arguments = &text.trim_start()[name_ends.expect("an /add with arguments")..];
    let typed = letters(arguments);
    let kept = letters(&new.text);
    let link = new.link.as_deref().map(letters);
    assert!(
        without(&typed, link.as_deref()).any(|rest| match new.due {
            None => rest == kept,
            Some(_) => rest.starts_with(&kept),
        }),
        "some of the text was lost: {new:?}"
    );
}

/// The words of a due date.
pub fn date(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let words: Vec<&str> = text.split_whitespace().collect();
    let looks = due::looks_like_date(&words);
    let are_words = words.iter().all(|word| due::is_date_word(word));
    assert!(are_words || !looks, "a date has a word that no date has");
    let Some(expression) = due::parse(&words) else {
        return;
    };
    assert!(looks, "it is a date and does not look like one");
    for at in [0, 1_735_603_200, LAST_SECOND, i64::MIN, i64::MAX] {
        for zone in [
            Tz::UTC,
            Tz::Europe__Berlin,
            Tz::Australia__Lord_Howe,
            Tz::Pacific__Apia,
        ] {
            if let Some(moment) = expression.resolve(at, zone) {
                assert!(
                    (FIRST_SECOND..=LAST_SECOND + 86_400).contains(&moment),
                    "{moment}"
                );
                assert_eq!(expression.resolve(at, zone), Some(moment));
            }
        }
    }
}

/// What must not be lost of a text: not its spaces, nor the brackets and marks around a link or before a date.
fn letters(text: &str) -> String {
    let is_letter = |char: &char| char.is_alphanumeric() || *char >= '\u{1f000}';
    text.chars().filter(is_letter).collect()
}

/// What is left of a text when its link is taken out, with a label before it, at each place where the link may have been.
fn without<'t>(text: &'t str, link: Option<&'t str>) -> impl Iterator<Item = String> + 't {
    let whole = link.is_none().then(|| text.to_owned());
    let cut = move |link: &'t str| {
        text.match_indices(link).flat_map(move |(at, _)| {
            let (mut before, after) = (&text[..at], &text[at + link.len()..]);
            let mut rests = vec![format!("{before}{after}")];
            while let Some((rest, label)) =
                before.split_at_checked(before.len().wrapping_sub(LABEL.len()))
                && label.eq_ignore_ascii_case(LABEL)
            {
                before = rest;
                rests.push(format!("{before}{after}"));
            }
            rests
        })
    };
    whole.into_iter().chain(link.into_iter().flat_map(cut))
}

/// What a message says of where it comes from is what stands in it.
fn assert_honest(incoming: &Incoming, value: Option<&Value>) {
    let (Inbound::Message { origin, .. } | Inbound::EditedMessage { origin, .. }) = &incoming.kind
    else {
        return;
    };
    assert!((0..=LAST_SECOND).contains(&origin.at), "{}", origin.at);
    if let Actor::User { id, name } = &origin.actor {
        assert!(
            !SERVICE_ACCOUNTS.contains(&id.0),
            "a service account as a user"
        );
        assert!(!name.is_empty() && name.chars().count() <= 256, "{name:?}");
    }
    let Some(value) = value else { return };
    let message = ["message", "edited_message"].iter().map(|key| &value[key]);
    let chats: Vec<_> = message.map(|message| &message["chat"]["id"]).collect();
    assert!(
        chats.contains(&&Value::from(origin.place.chat.0)),
        "{origin:?}"
    );
}

/// The event of a log's first line.
fn read_sealed(body: &[u8]) -> Option<Recorded<BoardEvent>> {
    let hash = Sha256::new()
        .chain_update([b'0'; 64])
        .chain_update(body)
        .finalize();
    let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut log = body.to_vec();
    log.extend_from_slice(format!(",\"hash\":\"{digits}\"}}\n").as_bytes());
    scan_all(&log).pop()
}

/// The events of a whole log.
fn scan_all(log: &[u8]) -> Vec<Recorded<BoardEvent>> {
    let mut records = Vec::new();
    let mut each = |line: bounty_ledger::store::Line<'_, BoardEvent>| {
        records.push(line.record.clone());
        ControlFlow::Continue(())
    };
    let scanned = scan(&Bytes(log), Position::START, log.len() as u64, &mut each);
    let end = scanned.expect("memory is always readable").end;
    assert!(end.offset <= log.len() as u64 && end.seq.0 == records.len() as u64);
    records
}

/// A file that can only be read.
struct Bytes<'b>(&'b [u8]);

impl DiskFile for Bytes<'_> {
    fn status(&self) -> io::Result<FileStatus> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let from = usize::try_from(offset).map_err(io::Error::other)?;
        let rest = self.0.get(from..).unwrap_or_default();
        let read = rest.len().min(buffer.len());
        buffer[..read].copy_from_slice(&rest[..read]);
        Ok(read)
    }

    fn write_at(&self, _: &[u8], _: u64) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn set_len(&self, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn sync_data(&self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn lock(&self, _: LockMode, _: Duration) -> io::Result<LockGuard> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
