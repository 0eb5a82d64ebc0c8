//! Lists, page by page.

use super::Renderer;
use super::catalog::Args;
use super::html::Html;
use super::message::MESSAGE_UNITS;
use crate::domain::board::{BountyView, Entry, Page, PageSize, Scope};

/// The most UTF-16 units of an entry besides its text, link and creator's name, for ids of up to ten digits.
pub const PAGE_ENTRY_OVERHEAD: usize = 100;
/// The most UTF-16 units of a page's title and last line.
const PAGE_FRAME: usize = 160;

/// The size of a page of at most this many entries that always fits into one message.
pub fn page_size(entries: usize) -> PageSize {
    PageSize {
        entries,
        units: MESSAGE_UNITS - PAGE_FRAME,
        entry_overhead: PAGE_ENTRY_OVERHEAD,
    }
}

/// The command that shows this page.
pub(super) fn page_command(scope: Scope, page: u64) -> Html {
    let command = match scope {
        Scope::Group | Scope::Own => "/bounty",
        Scope::Tracked => "/my",
    };
    if page == 1 {
        Html::line(command, usize::MAX)
    } else {
        Html::line(&format!("{command} {page}"), usize::MAX)
    }
}

impl Renderer<'_> {
    pub(super) fn list(&self, page: &Page) -> Html {
        if page.total == 0 {
            return self.empty_list(page.scope);
        }
        let title = Args::default().word("scope", scope_word(page.scope));
        let title = self.format("list-title", title.count("total", page.total));
        let entries = page.entries.iter().map(|entry| self.entry(entry));
        let parts = std::iter::once(title).chain(entries).chain(self.foot(page));
        Html::join(parts, "\n\n")
    }

    fn empty_list(&self, scope: Scope) -> Html {
        self.say(match scope {
            Scope::Group => "list-empty-group",
            Scope::Own => "list-empty-own",
            Scope::Tracked => "list-empty-tracked",
        })
    }

    fn entry(&self, entry: &Entry) -> Html {
        let bounty = &entry.bounty;
        let text = Html::line(&bounty.text, self.room.text);
        let args = Args::default().digits("id", bounty.id).html("text", text);
        let first = Some(self.format("list-entry", args));
        let lines = [first, self.link(bounty), self.due_and_creator(entry)];
        Html::join(lines.into_iter().flatten(), "\n")
    }

    fn due_and_creator(&self, entry: &Entry) -> Option<Html> {
        let due = entry.bounty.due.map(|due| self.due(due, self.moment(due)));
        let creator = entry.creator.as_deref().map(|name| {
            let args = Args::default().html("name", Html::name(name));
            self.format("list-creator", args)
        });
        let parts: Vec<Html> = [due, creator].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| Html::join(parts, " · "))
    }

    /// Which page it is, when there are several, and the zone, when there are dates.
    fn foot(&self, page: &Page) -> Option<Html> {
        let has_due = |BountyView { due, .. }: &BountyView| due.is_some();
        let dated = page.entries.iter().any(|entry| has_due(&entry.bounty));
        let zone = dated.then(|| self.format("list-zone", self.zone(Args::default())));
        let pager = (page.pages > 1).then(|| self.pager(page));
        let parts: Vec<Html> = [pager, zone].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| Html::join(parts, " · "))
    }

    fn pager(&self, page: &Page) -> Html {
        let args = Args::default()
            .digits("page", page.page)
            .digits("pages", page.pages);
        if page.page < page.pages {
            let next = page_command(page.scope, page.page + 1);
            self.format("list-page-next", args.html("command", next))
        } else {
            self.format("list-page", args)
        }
    }
}

fn scope_word(scope: Scope) -> &'static str {
    match scope {
        Scope::Group => "group",
        Scope::Own => "own",
        Scope::Tracked => "tracked",
    }
}
