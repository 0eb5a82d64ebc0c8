//! Options that several subcommands have.

use std::collections::HashSet;
use std::hash::Hash;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use chrono_tz::Tz;
use clap::{Args, ValueEnum};

use crate::audit::Reader;
use crate::cli::UsageError;
use crate::domain::{BountyId, ChatId, StreamId};
use crate::engine::Settings;
use crate::notify::webhook::Guard;
use crate::store::{Access, Disk, Layout, LocalDisk};
use crate::text::page_size;

/// Bounties on one page of a list.
const PAGE_ENTRIES: usize = 20;

/// Where the data is.
#[derive(Debug, Clone, Args)]
pub struct DataArgs {
    /// Where the boards are
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "BOUNTY_DATA",
        default_value = Layout::DEFAULT_ROOT,
        help_heading = "Data directory"
    )]
    data: PathBuf,
    /// Let the group of the service's user read new files (0640, directories 0750)
    #[arg(long, global = true, help_heading = "Data directory")]
    group_readable: bool,
}

impl DataArgs {
    /// The file system, with the access that new files get.
    pub fn disk(&self) -> Arc<dyn Disk> {
        let access = if self.group_readable {
            Access::Group
        } else {
            Access::Owner
        };
        Arc::new(LocalDisk::new(access))
    }

    /// The layout of the data directory.
    pub fn layout(&self) -> Layout {
        Layout::new(&self.data)
    }

    /// Fails when there is no data directory to read.
    pub fn require(&self) -> anyhow::Result<()> {
        let metadata = std::fs::metadata(&self.data).with_context(|| {
            format!(
                "cannot open the data directory {}; name it with --data or BOUNTY_DATA",
                self.data.display()
            )
        })?;
        anyhow::ensure!(
            metadata.is_dir(),
            "{} is a file, not a data directory; see --data",
            self.data.display()
        );
        Ok(())
    }
}

/// The chats that were named, at their ids of today; all chats when none was named.
pub fn chats(reader: &Reader<'_>, named: &[ChatId]) -> anyhow::Result<Vec<ChatId>> {
    if named.is_empty() {
        return Ok(reader.chats()?);
    }
    let current = named.iter().map(|chat| Ok(reader.current(*chat)?));
    once_each(current)
}

/// The streams that were named, chats at their ids of today; all when none was named.
pub fn streams(reader: &Reader<'_>, named: &[StreamId]) -> anyhow::Result<Vec<StreamId>> {
    if named.is_empty() {
        return Ok(reader.streams()?);
    }
    let current = |stream: &StreamId| match stream {
        StreamId::Chat(chat) => Ok(StreamId::Chat(reader.current(*chat)?)),
        other => Ok(*other),
    };
    once_each(named.iter().map(current))
}

/// Each once, in the order in which it comes first.
fn once_each<T: Copy + Eq + Hash>(
    all: impl Iterator<Item = anyhow::Result<T>>,
) -> anyhow::Result<Vec<T>> {
    let (mut seen, mut each) = (HashSet::new(), Vec::new());
    for one in all {
        let one = one?;
        if seen.insert(one) {
            each.push(one);
        }
    }
    Ok(each)
}

/// A bounty as people write it, with or without the sign of a number.
pub fn bounty(text: &str) -> Result<BountyId, &'static str> {
    let number = text.strip_prefix('#').unwrap_or(text);
    number
        .parse()
        .map_err(|_| "write the bounty's number, like 12 or #12")
}

/// The Telegram id of who does something: a user's, or that of a chat which speaks for itself.
pub fn actor(text: &str) -> Result<i64, &'static str> {
    text.parse().map_err(|_| "write a Telegram id, a whole number like 123456789; `bounty audit` shows ids behind the names")
}

/// A time zone by its name.
pub fn zone(text: &str) -> Result<Tz, &'static str> {
    text.parse()
        .map_err(|_| "write an IANA name such as Europe/Berlin, or UTC")
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// For programs
    Json,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line, for log collectors
    Json,
}

/// In which zone dates are read and shown.
#[derive(Debug, Clone, Args)]
pub struct ZoneArgs {
    /// The time zone of due dates, by its IANA name, like Europe/Berlin
    #[arg(long, value_name = "ZONE", env = "BOUNTY_TZ", default_value = "UTC", value_parser = zone)]
    pub tz: Tz,
}

/// How the engine behaves for a command line that has no limits of its own.
pub fn settings(zone: Tz) -> Settings {
    Settings::new(zone, page_size(PAGE_ENTRIES))
}

/// Who runs this program, by name; by number when the system does not know a name.
pub fn os_user() -> String {
    let uid = rustix::process::getuid().as_raw();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_in(&users, uid).unwrap_or_else(|| format!("uid {uid}"))
}

/// The name of this user in a file like `/etc/passwd`: name, password, uid, …
fn name_in(users: &str, uid: u32) -> Option<String> {
    let mut entries = users.lines().map(|line| line.split(':'));
    entries.find_map(|mut entry| {
        let (name, id) = (entry.next()?, entry.nth(1)?);
        (id.parse() == Ok(uid) && !name.is_empty()).then(|| name.to_owned())
    })
}

/// What the bot reads and writes must stay its own: a file of another user (root, say) would lock it out.
pub fn require_owner(dir: &Path) -> anyhow::Result<()> {
    let me = rustix::process::geteuid().as_raw();
    match std::fs::metadata(dir) {
        Ok(metadata) if metadata.uid() != me => anyhow::bail!(
            "{} belongs to the user with uid {}: run this as that user (sudo -u '#{1}' …), or the bot cannot open what is written",
            dir.display(),
            metadata.uid()
        ),
        _ => Ok(()),
    }
}

/// Which hosts of web hooks are talked to.
#[derive(Debug, clap::Args)]
pub struct HookArgs {
    /// A host that notifications may be sent to though it is not public, by name or IP address; may be given several times
    #[arg(
        long = "webhook-allow",
        value_name = "HOST",
        env = "BOUNTY_WEBHOOK_ALLOW",
        value_delimiter = ','
    )]
    hosts: Vec<String>,
}

impl HookArgs {
    /// What keeps web hooks from reaching into the network.
    pub fn guard(&self) -> Result<Guard, UsageError> {
        let hosts = self.hosts.iter().map(|host| host.trim());
        let hosts = hosts.filter(|host| !host.is_empty());
        Guard::allowing(hosts).map_err(|error| UsageError(format!("--webhook-allow: {error}")))
    }
}

/// The Bot API server that the environment names, if another than Telegram's.
pub fn api_url() -> anyhow::Result<Option<url::Url>> {
    match std::env::var("TELOXIDE_API_URL") {
        Ok(url) if !url.is_empty() => server_url(&url).map(Some),
        _ => Ok(None),
    }
}

/// The address of a Bot API server; teloxide panics on one without a host, such as `localhost:8081`.
fn server_url(url: &str) -> anyhow::Result<url::Url> {
    let parsed = url::Url::parse(url).ok();
    let is_http = |url: &url::Url| matches!(url.scheme(), "http" | "https");
    parsed.filter(is_http).with_context(|| {
        format!("TELOXIDE_API_URL is no address like http://localhost:8081: {url}")
    })
}

#[cfg(test)]
mod tests {
    use super::name_in;

    #[test]
    fn a_users_name_is_found_by_its_number() {
        let users = "root:x:0:0:root:/root:/bin/sh\nbad line\nada:x:1000:1000::/home/ada:/bin/sh\n";
        assert_eq!(name_in(users, 1000).as_deref(), Some("ada"));
        assert_eq!(name_in(users, 7), None);
    }
}
