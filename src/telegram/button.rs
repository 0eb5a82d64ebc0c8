//! The buttons below a list, which lead to its other pages.

use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup};

use crate::domain::UserId;
use crate::domain::board::{CommandName, Page, Query, Scope};

/// What every button begins with: the version of its form, and what it does. Another version's buttons are outdated.
const PREFIX: &str = "1:page:";

/// A button that shows a page of a list. It has at most 64 bytes, as Telegram wants it, and no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageButton {
    pub list: Listed,
    pub page: u64,
}

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// The board's.
    Board,
    /// What this user tracks: for nobody else.
    Tracked(UserId),
}

impl PageButton {
    /// What stands in the button.
    pub fn data(&self) -> String {
        match self.list {
            Listed::Board => format!("{PREFIX}board:{}", self.page),
            Listed::Tracked(user) => format!("{PREFIX}my:{}:{}", self.page, user.0),
        }
    }

    /// The button of which this is the data; none for one that this program did not make.
    pub fn read(data: &str) -> Option<Self> {
        let mut parts = data.strip_prefix(PREFIX)?.split(':');
        let (list, page, user) = (parts.next()?, parts.next()?, parts.next());
        let list = match (list, user) {
            ("board", None) => Listed::Board,
            ("my", Some(user)) => Listed::Tracked(UserId(user.parse().ok()?)),
            _ => return None,
        };
        let page = page.parse().ok()?;
        let button = Self { list, page };
        (parts.next().is_none() && button.data() == data).then_some(button)
    }

    /// The command that shows the same.
    pub fn command(&self) -> CommandName {
        match self.list {
            Listed::Board => CommandName::Bounty,
            Listed::Tracked(_) => CommandName::My,
        }
    }

    /// What is asked by pressing it.
    pub fn query(&self) -> Query {
        let page = self.page;
        match self.list {
            Listed::Board => Query::List { page },
            Listed::Tracked(_) => Query::Mine { page },
        }
    }

    /// Whether it may be pressed by this user.
    pub fn is_for(&self, user: Option<UserId>) -> bool {
        match self.list {
            Listed::Board => true,
            Listed::Tracked(owner) => user == Some(owner),
        }
    }
}

/// The buttons below a page of a list that this user asked for; none when it is the only page.
pub fn pages(page: &Page, asker: Option<UserId>) -> Option<InlineKeyboardMarkup> {
    let list = match page.scope {
        Scope::Group | Scope::Own => Listed::Board,
        Scope::Tracked => Listed::Tracked(asker?),
    };
    let button = |label: String, page| {
        let data = PageButton { list, page }.data();
        InlineKeyboardButton::callback(label, data)
    };
    let before = page.page.checked_sub(1).filter(|before| *before > 0);
    let before = before.map(|before| button(format!("◀ {before}"), before));
    let after = page.page.checked_add(1).filter(|at| *at <= page.pages);
    let after = after.map(|after| button(format!("{after} ▶"), after));
    let row: Vec<_> = before.into_iter().chain(after).collect();
    (!row.is_empty()).then(|| InlineKeyboardMarkup::new([row]))
}

#[cfg(test)]
mod tests {
    use super::{Listed, PageButton, pages};
    use crate::domain::UserId;
    use crate::domain::board::{Page, Scope};

    #[test]
    fn a_button_is_read_as_it_was_written_and_fits() {
        for list in [Listed::Board, Listed::Tracked(UserId(i64::MIN))] {
            for page in [1, u64::MAX] {
                let button = PageButton { list, page };
                assert_eq!(PageButton::read(&button.data()), Some(button));
                assert!(button.data().len() <= 64, "{}", button.data());
            }
        }
    }

    #[test]
    fn what_this_program_did_not_write_is_no_button() {
        for other in [
            "",
            "1",
            "1:page:",
            "1:page:board",
            "1:page:board:",
            "1:page:board:+2",
            "1:page:board:02",
            "1:page:board:2:",
            "1:page:board:2:5",
            "1:page:my:2",
            "1:page:my:2:x",
            "1:page:my:2:5:6",
            "1:page:all:2",
            "1:delete:board:2",
            "2:page:board:2",
            "1:page:board:99999999999999999999999",
        ] {
            assert_eq!(PageButton::read(other), None, "{other}");
        }
    }

    #[test]
    fn only_pages_that_there_are_have_buttons() {
        let labels = |page, pages_, scope, asker| {
            let page = Page {
                scope,
                total: 9,
                page,
                pages: pages_,
                entries: Vec::new(),
            };
            let keyboard = pages(&page, asker)?;
            let labels = keyboard.inline_keyboard.concat().into_iter();
            Some(labels.map(|button| button.text).collect::<Vec<_>>())
        };
        let (group, tracked) = (Scope::Group, Scope::Tracked);
        assert_eq!(labels(1, 1, group, None), None);
        assert_eq!(labels(1, 3, group, None), Some(vec!["2 ▶".to_owned()]));
        let both = vec!["◀ 1".to_owned(), "3 ▶".to_owned()];
        assert_eq!(labels(2, 3, group, None), Some(both));
        assert_eq!(labels(3, 3, group, None), Some(vec!["◀ 2".to_owned()]));
        assert_eq!(labels(1, 3, tracked, None), None);
        assert!(labels(1, 3, tracked, Some(UserId(5))).is_some());
    }
}
