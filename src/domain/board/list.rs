//! Which bounties are on which page of a list.

use super::answer::{Entry, Page, Refusal, Scope};
use super::confirm::view;
use super::state::{Board, Bounty};

/// How much fits on one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSize {
    /// The most entries.
    pub entries: usize,
    /// The most UTF-16 units of all entries together: a message has 4,096, some of which its frame needs.
    pub units: usize,
    /// What an entry needs besides its text, link and creator's name.
    pub entry_overhead: usize,
}

/// The creator's name is cut to this many characters in a list.
const NAME_CHARACTERS: usize = 40;

/// One page of these bounties: overdue ones first, then by due date, those without one last, then by id.
/// (An overdue bounty is one whose due date is the earliest, so ordering by date puts them first.)
pub fn page<'b>(
    board: &Board,
    scope: Scope,
    bounties: impl Iterator<Item = &'b Bounty>,
    page: u64,
    size: PageSize,
) -> Result<Page, Refusal> {
    let mut sorted: Vec<&Bounty> = bounties.collect();
    sorted.sort_unstable_by_key(|bounty| (bounty.due.is_none(), bounty.due, bounty.id));
    let pages = split(&sorted, size, |bounty| weight(board, scope, bounty, size));
    let count = pages.len() as u64;
    let entries = match usize::try_from(page)
        .ok()
        .and_then(|page| pages.get(page.checked_sub(1)?))
    {
        Some(entries) => *entries,
        None if sorted.is_empty() && page == 1 => &[],
        None => {
            return Err(Refusal::NoSuchPage {
                scope,
                page,
                pages: count.max(1),
            });
        }
    };
    Ok(Page {
        scope,
        total: sorted.len() as u64,
        page,
        pages: count.max(1),
        entries: entries
            .iter()
            .map(|bounty| entry(board, scope, bounty))
            .collect(),
    })
}

fn entry(board: &Board, scope: Scope, bounty: &Bounty) -> Entry {
    Entry {
        bounty: view(bounty),
        creator: creator(board, scope, bounty),
    }
}

/// The creator's name, where bounties have several.
fn creator(board: &Board, scope: Scope, bounty: &Bounty) -> Option<String> {
    let name = || board.name_of(bounty.created_by);
    (scope != Scope::Own).then(|| name().chars().take(NAME_CHARACTERS).collect())
}

/// Cuts the list into pages, between bounties only. A bounty that alone is over the budget gets a page of its own.
fn split<'l, 'b>(
    sorted: &'l [&'b Bounty],
    size: PageSize,
    weight: impl Fn(&Bounty) -> usize,
) -> Vec<&'l [&'b Bounty]> {
    let (mut pages, mut first, mut used) = (Vec::new(), 0, 0);
    for (index, bounty) in sorted.iter().enumerate() {
        let weight = weight(bounty);
        let full = index - first == size.entries.max(1) || used + weight > size.units;
        if full && index > first {
            pages.push(&sorted[first..index]);
            (first, used) = (index, 0);
        }
        used += weight;
    }
    if first < sorted.len() {
        pages.push(&sorted[first..]);
    }
    pages
}

/// UTF-16 units that an entry may need at most.
fn weight(board: &Board, scope: Scope, bounty: &Bounty, size: PageSize) -> usize {
    let units = |text: &str| text.encode_utf16().count();
    let name = creator(board, scope, bounty);
    units(&bounty.text)
        + bounty.link.as_deref().map_or(0, units)
        + name.as_deref().map_or(0, units)
        + size.entry_overhead
}
