//! Answers that only read the state. (A history reads the log: see `audit`.)

use super::answer::{Answer, Page, Refusal, Scope};
use super::command::Query;
use super::confirm::{language, timezone};
use super::decide::Context;
use super::event::ChatKind;
use super::list::{self, PageSize};
use super::state::Board;
use crate::domain::Actor;

/// Answers a query from the state alone; none for [`Query::History`], which needs the log, and [`Query::Help`], which depends on
/// who answers.
pub fn answer(
    board: &Board,
    query: Query,
    context: &Context<'_>,
    size: PageSize,
) -> Option<Answer> {
    let listed = match query {
        Query::Language => return Some(language(board)),
        Query::Timezone => return Some(timezone(board)),
        Query::Help | Query::History(_) => return None,
        Query::List { page } => list::page(board, all(context.kind), board.bounties(), page, size),
        Query::Mine { page } => mine(board, page, context, size),
    };
    Some(listed.map_or_else(Answer::Refused, Answer::List))
}

fn all(kind: ChatKind) -> Scope {
    match kind {
        ChatKind::Group => Scope::Group,
        ChatKind::Private => Scope::Own,
    }
}

fn mine(board: &Board, page: u64, context: &Context<'_>, size: PageSize) -> Result<Page, Refusal> {
    if context.kind == ChatKind::Private {
        return list::page(board, Scope::Own, board.bounties(), page, size);
    }
    let user = match context.actor {
        Actor::User { id, .. } => *id,
        Actor::Chat { .. } => return Err(Refusal::ChatCannotTrack),
        Actor::Operator { .. } | Actor::System {} => return Err(Refusal::OperatorCannot),
    };
    let ids = board.list(user).into_iter().flat_map(|list| &list.ids);
    let tracked = ids.filter_map(|id| board.bounty(*id));
    list::page(board, Scope::Tracked, tracked, page, size)
}
