//! The rules: what a change may do, and what event it becomes.

use chrono_tz::Tz;
use smol_str::SmolStr;

use super::answer::Refusal;
use super::command::{Change, DueWish, EditParts, NewBounty};
use super::event::{
    BoardEvent, BountyAdded, BountyDeleted, BountyEdited, ChatKind, CommandsSwitched,
    LanguageChosen, TimezoneChosen, Tracked, Untracked, UserStarted,
};
use super::state::{Board, Bounty};
use crate::domain::due::DueExpr;
use crate::domain::{Actor, BotId, BountyId, Locale, UnixTime, normalise_link, zone};

/// The longest text of a bounty, in Unicode scalar values after trimming.
pub const TEXT_LIMIT: usize = 1_000;
/// The most living bounties on one board.
pub const BOARD_BOUNTIES: usize = 10_000;
/// The most text of living bounties on one board, in bytes of UTF-8.
pub const BOARD_TEXT_BYTES: u64 = 8_000_000;

/// What a decision depends on besides the state.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub actor: &'a Actor,
    /// The message's own date: what "tomorrow" is seen from.
    pub at: UnixTime,
    pub zone: Tz,
    /// What the chat is, also when its board has no event yet.
    pub kind: ChatKind,
}

/// Judges one command: the event that it becomes; `Ok(None)` when there is nothing to record and nothing wrong
/// (a second `/start`, a choice that was made before); or a refusal that its user can act on.
pub fn decide(
    board: &Board,
    change: &Change,
    context: &Context<'_>,
) -> Result<Option<BoardEvent>, Refusal> {
    match change {
        Change::Start => Ok(start(board, context)),
        Change::Add(new) => add(board, new, context).map(Some),
        Change::Edit(id, parts) => edit(board, *id, parts, context).map(Some),
        Change::Delete(id) => {
            owned(board, *id, context)?;
            Ok(Some(BoardEvent::BountyDeleted(BountyDeleted { id: *id })))
        }
        Change::Track(id) => track(board, *id, context).map(Some),
        Change::Untrack(id) => untrack(board, *id, context).map(Some),
        Change::ChooseLanguage(typed) => choose_language(board, typed),
        Change::ChooseTimezone(typed) => choose_timezone(board, typed),
        Change::SwitchCommands { bot, enabled } => Ok(switch_commands(board, *bot, *enabled)),
    }
}

fn start(board: &Board, context: &Context<'_>) -> Option<BoardEvent> {
    let user = context.actor.user()?;
    let first = !board.started.contains(&user);
    first.then_some(BoardEvent::UserStarted(UserStarted {}))
}

fn add(board: &Board, new: &NewBounty, context: &Context<'_>) -> Result<BoardEvent, Refusal> {
    if context.actor.id().is_none() {
        return Err(Refusal::OperatorCannot);
    }
    if board.bounties.len() >= BOARD_BOUNTIES {
        return Err(Refusal::TooManyBounties);
    }
    let text = checked_text(&new.text)?;
    room_for(board, text, "")?;
    Ok(BoardEvent::BountyAdded(BountyAdded {
        id: board.next_id(),
        text: text.into(),
        link: new.link.as_deref().map(checked_link).transpose()?,
        due_date_ts: new
            .due
            .as_ref()
            .map(|due| checked_due(due, context))
            .transpose()?,
        created_at: context.at,
    }))
}

fn edit(
    board: &Board,
    id: BountyId,
    parts: &EditParts,
    context: &Context<'_>,
) -> Result<BoardEvent, Refusal> {
    let bounty = owned(board, id, context)?;
    let text = parts.text.as_deref().map(checked_text).transpose()?;
    let link = match &parts.link {
        Some(Some(typed)) => Some(Some(checked_link(typed)?)),
        Some(None) => Some(None),
        None => None,
    };
    let due = match &parts.due {
        Some(DueWish::Set(expr)) => Some(Some(checked_due(expr, context)?)),
        Some(DueWish::Clear) => Some(None),
        None => None,
    };
    let edited = BountyEdited {
        id,
        text: text.filter(|text| *text != bounty.text).map(SmolStr::from),
        link: link.filter(|link| *link != bounty.link),
        due_date_ts: due.filter(|due| *due != bounty.due),
    };
    if edited.text.is_none() && edited.link.is_none() && edited.due_date_ts.is_none() {
        return Err(Refusal::NothingChanged { id });
    }
    if let Some(text) = &edited.text {
        room_for(board, text, &bounty.text)?;
    }
    Ok(BoardEvent::BountyEdited(edited))
}

fn track(board: &Board, id: BountyId, context: &Context<'_>) -> Result<BoardEvent, Refusal> {
    if is_tracking(board, id, context)? {
        return Err(Refusal::AlreadyTracked { id });
    }
    Ok(BoardEvent::Tracked(Tracked { id }))
}

fn untrack(board: &Board, id: BountyId, context: &Context<'_>) -> Result<BoardEvent, Refusal> {
    if !is_tracking(board, id, context)? {
        return Err(Refusal::NotTracked { id });
    }
    Ok(BoardEvent::Untracked(Untracked { id }))
}

/// Anyone in the chat may choose: groups have no roles here, and the event says who it was.
fn choose_language(board: &Board, typed: &str) -> Result<Option<BoardEvent>, Refusal> {
    let language = Locale::named(typed).ok_or_else(|| Refusal::UnknownLanguage {
        typed: typed.to_owned(),
    })?;
    let is_new = board.settings().language != Some(language);
    Ok(is_new.then_some(BoardEvent::LanguageChosen(LanguageChosen { language })))
}

fn choose_timezone(board: &Board, typed: &str) -> Result<Option<BoardEvent>, Refusal> {
    let zone = zone::find(typed).ok_or_else(|| Refusal::UnknownTimezone {
        typed: typed.to_owned(),
    })?;
    let timezone = zone.name().to_owned();
    let is_new = board.settings().timezone.as_ref() != Some(&timezone);
    Ok(is_new.then_some(BoardEvent::TimezoneChosen(TimezoneChosen { timezone })))
}

/// Whether the actor, who must be a user in a group, tracks this living bounty.
fn is_tracking(board: &Board, id: BountyId, context: &Context<'_>) -> Result<bool, Refusal> {
    if context.kind == ChatKind::Private {
        return Err(Refusal::TrackingInPrivate);
    }
    let user = match context.actor {
        Actor::User { id, .. } => *id,
        Actor::Chat { .. } => return Err(Refusal::ChatCannotTrack),
        Actor::Operator { .. } | Actor::System {} => return Err(Refusal::OperatorCannot),
    };
    living(board, id)?;
    Ok(board.list(user).is_some_and(|list| list.ids.contains(&id)))
}

/// The bounty, when this actor may change it: its creator, or the operator.
fn owned<'b>(board: &'b Board, id: BountyId, context: &Context<'_>) -> Result<&'b Bounty, Refusal> {
    let bounty = living(board, id)?;
    let is_operator = matches!(context.actor, Actor::Operator { .. });
    if is_operator || context.actor.id() == Some(bounty.created_by) {
        return Ok(bounty);
    }
    Err(Refusal::NotCreator {
        id,
        creator: board.name_of(bounty.created_by),
    })
}

fn living(board: &Board, id: BountyId) -> Result<&Bounty, Refusal> {
    board.bounty(id).ok_or_else(|| Refusal::UnknownBounty {
        id,
        deleted: board.ever_had(id),
    })
}

fn checked_text(typed: &str) -> Result<&str, Refusal> {
    let text = typed.trim();
    let characters = text.chars().count();
    if text.is_empty() {
        return Err(Refusal::TextMissing);
    }
    if characters > TEXT_LIMIT {
        return Err(Refusal::TextTooLong {
            characters: characters as u64,
        });
    }
    Ok(text)
}

/// Refuses a text that, in the place of `old`, would make the board too large.
fn room_for(board: &Board, text: &str, old: &str) -> Result<(), Refusal> {
    let after = board.text_bytes.saturating_sub(old.len() as u64) + text.len() as u64;
    let shrinks = text.len() <= old.len();
    if after > BOARD_TEXT_BYTES && !shrinks {
        Err(Refusal::TooMuchText)
    } else {
        Ok(())
    }
}

fn checked_link(typed: &str) -> Result<SmolStr, Refusal> {
    let link = normalise_link(typed).map_err(|error| Refusal::Link {
        link: typed.to_owned(),
        error,
    })?;
    Ok(link.into())
}

fn checked_due(expr: &DueExpr, context: &Context<'_>) -> Result<UnixTime, Refusal> {
    let due = expr
        .resolve(context.at, context.zone)
        .ok_or(Refusal::DueOutOfRange)?;
    if due <= context.at {
        return Err(Refusal::DueInPast { due });
    }
    Ok(due)
}

fn switch_commands(board: &Board, bot: BotId, enabled: bool) -> Option<BoardEvent> {
    let is_new = board.settings().is_answered_by(bot) != enabled;
    is_new.then_some(BoardEvent::CommandsSwitched(CommandsSwitched {
        bot,
        enabled,
    }))
}
