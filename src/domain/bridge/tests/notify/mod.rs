//! Notifications: targets, notification trackers and the links between them.

mod forward;
mod kept;
mod refused;

use super::given::{Given, add_provider};
use crate::domain::ChatId;
use crate::domain::bridge::{
    BridgeCommand, LinkParts, NotificationCommand as Command, NotificationTargetId,
    NotificationTrackerId, NotificationTrackerTargetId, NotifierParts, SecretWish,
    ServiceProviderId, TargetParts, TelegramBotId, UrlWish,
};

impl Given {
    /// Provider 1, bot 1, target 1 (chat -200), notification tracker 1 (of chat -100), link 1.
    fn told() -> Self {
        Self::one_bot()
            .and(chat(-200))
            .and(follow(1, &["-100"]))
            .and(link(1, 1))
    }

    fn notified(self, command: Command) -> Self {
        self.and(BridgeCommand::Notification(command))
    }
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn words(words: &[&str]) -> Option<Vec<String>> {
    Some(words.iter().map(|word| (*word).to_owned()).collect())
}

fn add_target(target_type: &str, parts: TargetParts) -> BridgeCommand {
    BridgeCommand::Notification(Command::AddTarget {
        target_type: target_type.to_owned(),
        parts: Box::new(TargetParts {
            name: text("A target"),
            ..parts
        }),
    })
}

fn to_chat(chat: i64) -> TargetParts {
    TargetParts {
        bot: Some(TelegramBotId(1)),
        chat: Some(ChatId(chat)),
        ..TargetParts::default()
    }
}

fn chat(chat: i64) -> BridgeCommand {
    add_target("telegram", to_chat(chat))
}

fn to_url(url: &str) -> TargetParts {
    TargetParts {
        url: Some(UrlWish::Plain(url.to_owned())),
        key: Some(SecretWish::Env("HOOK_KEY".to_owned())),
        ..TargetParts::default()
    }
}

fn hook(url: &str) -> BridgeCommand {
    add_target("webhook", to_url(url))
}

fn edit_target(id: u64, parts: TargetParts) -> BridgeCommand {
    let id = NotificationTargetId(id);
    BridgeCommand::Notification(Command::EditTarget(id, Box::new(parts)))
}

fn follow(provider: u64, collections: &[&str]) -> BridgeCommand {
    BridgeCommand::Notification(Command::AddNotifier {
        provider: ServiceProviderId(provider),
        parts: NotifierParts {
            name: text("A notifier"),
            collections: words(collections),
            ..NotifierParts::default()
        },
    })
}

fn edit_notifier(parts: NotifierParts) -> BridgeCommand {
    BridgeCommand::Notification(Command::EditNotifier(NotificationTrackerId(1), parts))
}

fn link(notifier: u64, target: u64) -> BridgeCommand {
    BridgeCommand::Notification(Command::AddLink {
        notifier: NotificationTrackerId(notifier),
        target: NotificationTargetId(target),
        parts: LinkParts::default(),
    })
}

fn edit_link(parts: LinkParts) -> BridgeCommand {
    BridgeCommand::Notification(Command::EditLink(NotificationTrackerTargetId(1), parts))
}

/// A provider of a type that nothing here serves.
fn other_provider() -> BridgeCommand {
    add_provider("immich")
}
