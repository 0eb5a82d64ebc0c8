//! Finds what another bot left in the data directory itself.

use crate::audit::Reader;
use crate::domain::ChatId;
use crate::store::{Claims, Disk, IoContext, Layout, StoreError, newest_claim};

/// The chats whose directories hold the JSON files of another bot and no log. Looks at every chat's directory.
pub fn left_behind(disk: &dyn Disk, layout: &Layout) -> Result<Vec<ChatId>, StoreError> {
    let reader = Reader::new(disk, layout);
    let mut found = Vec::new();
    for chat in reader.chats()? {
        let has_log = !matches!(disk.status(&reader.log_path(chat)), Ok(None));
        if !has_log && is_foreign(disk, layout, chat)? {
            found.push(chat);
        }
    }
    Ok(found)
}

/// A group whose members only ever started the bot has nothing but their lists.
fn is_foreign(disk: &dyn Disk, layout: &Layout, chat: ChatId) -> Result<bool, StoreError> {
    let dir = layout.chat(chat);
    let mut names = disk.names(&dir).at("list", &dir)?;
    names.retain(|name| Layout::is_snapshot(name));
    let claims = newest_claim(disk, &dir, &names)?;
    Ok(matches!(
        claims,
        Claims {
            newest: None,
            foreign: Some(_)
        }
    ))
}
