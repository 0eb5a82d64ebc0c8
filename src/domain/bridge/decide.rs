//! The rules: what a command may do, and what event it becomes.

use serde_json::Map;

use super::choice::{ListenerType, ResponseMode, Role, UpdateMode};
use super::command::{
    BotParts, BridgeCommand, ConfigParts, ProviderParts, SecretWish, TrackerParts,
};
use super::edit::{BridgeOpened, Edit, Removed};
use super::entity::{
    CommandConfig, CommandTracker, CommandTrackerListener, ServiceProvider, TelegramBot, User,
};
use super::event::BridgeEvent;
use super::ids::{
    BridgeUserId, CommandConfigId, CommandTrackerId, CommandTrackerListenerId, RowId,
    ServiceProviderId, TelegramBotId,
};
use super::judge;
use super::notify;
use super::refusal::{EntityKind, Named, Refusal, TypesDiffer};
use super::registry::commands_of;
use super::state::Bridge;
use super::table::{Row, Table};
use crate::domain::{Locale, UnixTime};

/// Entries on one page of a list, unless a config says otherwise.
const DEFAULT_COUNT: u8 = 5;

/// What a decision depends on besides the state.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// Who owns what is added.
    pub user: BridgeUserId,
    /// When something that is added is created.
    pub at: UnixTime,
}

/// What has to be recorded, by the program itself, before the first command: the stream's name, and the users who own entities.
pub fn missing_from(bridge: &Bridge, at: UnixTime) -> Vec<BridgeEvent> {
    let opened = (!bridge.opened).then_some(BridgeEvent::BridgeOpened(BridgeOpened {}));
    let users = [
        (BridgeUserId::SYSTEM, "system"),
        (BridgeUserId::OPERATOR, "operator"),
    ];
    let missing = users
        .into_iter()
        .filter(|(id, _)| bridge.users.get(*id).is_none());
    let added = missing.map(|(id, username)| {
        BridgeEvent::UserAdded(User {
            id,
            username: username.to_owned(),
            role: Role::Admin,
            created_at: at,
        })
    });
    opened.into_iter().chain(added).collect()
}

/// Judges one command: the event that it becomes, or a refusal that the operator can act on.
pub fn decide(
    bridge: &Bridge,
    command: &BridgeCommand,
    context: &Context,
) -> Result<BridgeEvent, Refusal> {
    use BridgeCommand as Command;
    use BridgeEvent as Event;
    match command {
        Command::AddProvider {
            provider_type,
            parts,
        } => add_provider(bridge, provider_type, parts, context).map(Event::ServiceProviderAdded),
        Command::EditProvider(id, parts) => {
            let row = provider(bridge, *id)?;
            edited(judge::provider(parts, row)?, row, provider_name)
                .map(Event::ServiceProviderEdited)
        }
        Command::RemoveProvider(id) => remove_provider(bridge, *id),
        Command::AddBot { token, parts } => {
            add_bot(bridge, token, parts, context).map(Event::TelegramBotAdded)
        }
        Command::EditBot(id, parts) => {
            let row = bot(bridge, *id)?;
            edited(judge::bot(parts, row)?, row, bot_name).map(Event::TelegramBotEdited)
        }
        Command::RemoveBot(id) => remove_bot(bridge, *id),
        Command::AddConfig {
            provider_type,
            parts,
        } => add_config(bridge, provider_type, parts, context).map(Event::CommandConfigAdded),
        Command::EditConfig(id, parts) => {
            let row = config(bridge, *id)?;
            edited(judge::config(parts, row)?, row, config_name).map(Event::CommandConfigEdited)
        }
        Command::RemoveConfig(id) => remove_config(bridge, *id),
        Command::AddTracker {
            provider,
            config,
            parts,
        } => {
            let base = new_tracker(bridge, *provider, *config, context);
            add_tracker(bridge, base, parts).map(Event::CommandTrackerAdded)
        }
        Command::EditTracker(id, parts) => edit_tracker(bridge, *id, parts),
        Command::RemoveTracker(id) => {
            tracker(bridge, *id)?;
            Ok(Event::CommandTrackerRemoved(Removed { id: *id }))
        }
        Command::AddListener { tracker, bot } => {
            add_listener(bridge, *tracker, *bot, context).map(Event::CommandTrackerListenerAdded)
        }
        Command::RemoveListener(id) => remove_listener(bridge, *id),
        Command::Notification(command) => notify::decide(bridge, command, context),
    }
}

fn add_provider(
    bridge: &Bridge,
    provider_type: &str,
    parts: &ProviderParts,
    context: &Context,
) -> Result<ServiceProvider, Refusal> {
    let base = ServiceProvider {
        id: bridge.providers.next_id(),
        user_id: context.user,
        provider_type: judge::provider_type(provider_type)?,
        name: String::new(),
        icon: String::new(),
        config: Map::new(),
        created_at: context.at,
    };
    let row = added(judge::provider(parts, &base)?, base);
    judge::name(&row.name)?;
    Ok(row)
}

fn add_bot(
    bridge: &Bridge,
    token: &SecretWish,
    parts: &BotParts,
    context: &Context,
) -> Result<TelegramBot, Refusal> {
    let base = TelegramBot {
        id: bridge.bots.next_id(),
        user_id: context.user,
        name: String::new(),
        icon: String::new(),
        token: judge::token(token)?,
        bot_username: None,
        update_mode: UpdateMode::Polling,
        created_at: context.at,
    };
    let row = added(judge::bot(parts, &base)?, base);
    judge::name(&row.name)?;
    Ok(row)
}

/// Without a list of commands it enables all that its type has.
fn add_config(
    bridge: &Bridge,
    provider_type: &str,
    parts: &ConfigParts,
    context: &Context,
) -> Result<CommandConfig, Refusal> {
    let provider_type = judge::provider_type(provider_type)?;
    let all = commands_of(&provider_type).unwrap_or_default();
    let base = CommandConfig {
        id: bridge.configs.next_id(),
        user_id: context.user,
        provider_type,
        name: String::new(),
        icon: String::new(),
        enabled_commands: all.iter().map(|spec| spec.name.to_owned()).collect(),
        locale: Locale::English,
        response_mode: ResponseMode::Media,
        default_count: DEFAULT_COUNT,
        rate_limits: Default::default(),
        created_at: context.at,
    };
    let row = added(judge::config(parts, &base)?, base);
    judge::name(&row.name)?;
    Ok(row)
}

fn new_tracker(
    bridge: &Bridge,
    provider: ServiceProviderId,
    config: CommandConfigId,
    context: &Context,
) -> CommandTracker {
    CommandTracker {
        id: bridge.trackers.next_id(),
        user_id: context.user,
        provider_id: provider,
        command_config_id: config,
        name: String::new(),
        icon: String::new(),
        enabled: true,
        created_at: context.at,
    }
}

fn add_tracker(
    bridge: &Bridge,
    base: CommandTracker,
    parts: &TrackerParts,
) -> Result<CommandTracker, Refusal> {
    let row = added(judge::tracker(parts, &base)?, base);
    judge::name(&row.name)?;
    same_type(bridge, &row)?;
    Ok(row)
}

fn edit_tracker(
    bridge: &Bridge,
    id: CommandTrackerId,
    parts: &TrackerParts,
) -> Result<BridgeEvent, Refusal> {
    let row = tracker(bridge, id)?;
    let edit = edited(judge::tracker(parts, row)?, row, tracker_name)?;
    same_type(bridge, &added(edit.clone(), row.clone()))?;
    Ok(BridgeEvent::CommandTrackerEdited(edit))
}

/// A tracker's provider and config must be there, and of one type.
fn same_type(bridge: &Bridge, tracker: &CommandTracker) -> Result<(), Refusal> {
    let provider = provider(bridge, tracker.provider_id)?;
    let config = config(bridge, tracker.command_config_id)?;
    if provider.provider_type == config.provider_type {
        return Ok(());
    }
    Err(Refusal::TypesDiffer(Box::new(TypesDiffer {
        provider: provider_name(provider),
        provider_type: provider.provider_type.clone(),
        config: config_name(config),
        config_type: config.provider_type.clone(),
    })))
}

fn add_listener(
    bridge: &Bridge,
    tracker_id: CommandTrackerId,
    bot_id: TelegramBotId,
    context: &Context,
) -> Result<CommandTrackerListener, Refusal> {
    let (tracker, bot) = (tracker(bridge, tracker_id)?, bot(bridge, bot_id)?);
    let is_same = |listener: &&CommandTrackerListener| listener.listener_id == bot_id;
    if let Some(present) = bridge.listeners_of(tracker_id).find(is_same) {
        return Err(Refusal::DuplicateListener {
            listener: present.id.0,
            tracker: tracker_name(tracker),
            bot: bot_name(bot),
        });
    }
    Ok(CommandTrackerListener {
        id: bridge.listeners.next_id(),
        command_tracker_id: tracker_id,
        listener_type: ListenerType::TelegramBot,
        listener_id: bot_id,
        created_at: context.at,
    })
}

fn remove_provider(bridge: &Bridge, id: ServiceProviderId) -> Result<BridgeEvent, Refusal> {
    let row = provider(bridge, id)?;
    let trackers = bridge.trackers.iter().filter(|row| row.provider_id == id);
    let notifiers = bridge.notifiers.iter().filter(|row| row.provider_id == id);
    let users = trackers.map(tracker_name);
    unused(
        provider_name(row),
        users.chain(notifiers.map(notify::notifier_name)),
    )?;
    Ok(BridgeEvent::ServiceProviderRemoved(Removed { id }))
}

fn remove_bot(bridge: &Bridge, id: TelegramBotId) -> Result<BridgeEvent, Refusal> {
    let row = bot(bridge, id)?;
    let listeners = bridge.listeners.iter().filter(|row| row.listener_id == id);
    let targets = notify::targets_of(bridge, id);
    let named = |listener: &CommandTrackerListener| {
        let tracker = bridge.trackers.get(listener.command_tracker_id);
        let name = tracker.map_or("", |tracker| &tracker.name);
        Named::new(EntityKind::Listener, listener, name)
    };
    let users = listeners.map(named).chain(targets.map(notify::target_name));
    unused(bot_name(row), users)?;
    Ok(BridgeEvent::TelegramBotRemoved(Removed { id }))
}

fn remove_config(bridge: &Bridge, id: CommandConfigId) -> Result<BridgeEvent, Refusal> {
    let row = config(bridge, id)?;
    let trackers = bridge.trackers.iter();
    let users = trackers.filter(|row| row.command_config_id == id);
    unused(config_name(row), users.map(tracker_name))?;
    Ok(BridgeEvent::CommandConfigRemoved(Removed { id }))
}

fn remove_listener(bridge: &Bridge, id: CommandTrackerListenerId) -> Result<BridgeEvent, Refusal> {
    known(&bridge.listeners, EntityKind::Listener, id)?;
    Ok(BridgeEvent::CommandTrackerListenerRemoved(Removed { id }))
}

pub(super) fn unused(what: Named, users: impl Iterator<Item = Named>) -> Result<(), Refusal> {
    let users: Vec<Named> = users.collect();
    if users.is_empty() {
        Ok(())
    } else {
        Err(Refusal::InUse { what, users })
    }
}

/// The edit without what stays as it was; refused when nothing is left of it.
pub(super) fn edited<E: Edit>(
    edit: E,
    row: &E::Row,
    name: impl Fn(&E::Row) -> Named,
) -> Result<E, Refusal> {
    let edit = edit.without_same(row);
    if edit.is_empty() {
        return Err(Refusal::NothingChanged { what: name(row) });
    }
    Ok(edit)
}

pub(super) fn added<E: Edit>(edit: E, mut row: E::Row) -> E::Row {
    edit.apply(&mut row);
    row
}

pub(super) fn provider(
    bridge: &Bridge,
    id: ServiceProviderId,
) -> Result<&ServiceProvider, Refusal> {
    known(&bridge.providers, EntityKind::Provider, id)
}

pub(super) fn bot(bridge: &Bridge, id: TelegramBotId) -> Result<&TelegramBot, Refusal> {
    known(&bridge.bots, EntityKind::Bot, id)
}

fn config(bridge: &Bridge, id: CommandConfigId) -> Result<&CommandConfig, Refusal> {
    known(&bridge.configs, EntityKind::Config, id)
}

fn tracker(bridge: &Bridge, id: CommandTrackerId) -> Result<&CommandTracker, Refusal> {
    known(&bridge.trackers, EntityKind::Tracker, id)
}

pub(super) fn known<R: Row>(table: &Table<R>, kind: EntityKind, id: R::Id) -> Result<&R, Refusal> {
    table.get(id).ok_or_else(|| Refusal::Unknown {
        kind,
        id: id.number(),
        removed: table.ever_had(id),
    })
}

pub(super) fn provider_name(row: &ServiceProvider) -> Named {
    Named::new(EntityKind::Provider, row, &row.name)
}

pub(super) fn bot_name(row: &TelegramBot) -> Named {
    Named::new(EntityKind::Bot, row, &row.name)
}

pub(super) fn config_name(row: &CommandConfig) -> Named {
    Named::new(EntityKind::Config, row, &row.name)
}

pub(super) fn tracker_name(row: &CommandTracker) -> Named {
    Named::new(EntityKind::Tracker, row, &row.name)
}
