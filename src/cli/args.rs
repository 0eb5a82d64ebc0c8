//! Options that several subcommands have.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use chrono_tz::Tz;
use clap::{Args, ValueEnum};

use crate::audit::Reader;
use crate::domain::ChatId;
use crate::store::{Access, Disk, Layout, LocalDisk};

/// Where the data is.
#[derive(Debug, Clone, Args)]
pub struct DataArgs {
    /// The data directory
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "BOUNTY_DATA",
        default_value = "data"
    )]
    data: PathBuf,
    /// Let the group of the service's user read new files (0640, directories 0750)
    #[arg(long, global = true)]
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
    named
        .iter()
        .map(|chat| Ok(reader.current(*chat)?))
        .collect()
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// For programs
    Json,
}

/// In which zone dates are read and shown.
#[derive(Debug, Clone, Args)]
pub struct ZoneArgs {
    /// The time zone of due dates, by its IANA name, like Europe/Berlin
    #[arg(long, value_name = "ZONE", env = "BOUNTY_TZ", default_value = "UTC")]
    pub tz: Tz,
}
