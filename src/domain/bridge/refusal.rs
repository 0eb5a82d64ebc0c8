//! Why nothing changed. Each tells the operator what to do next; the words are made elsewhere.

use super::table::Row;

/// A kind of entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityKind {
    Provider,
    Bot,
    Config,
    Tracker,
    Listener,
    Target,
    Notifier,
    Link,
}

/// One entity, as a refusal names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub kind: EntityKind,
    pub id: u64,
    pub name: String,
}

impl Named {
    pub(super) fn new<R: Row>(kind: EntityKind, row: &R, name: &str) -> Self {
        use super::ids::RowId;
        Self {
            kind,
            id: row.id().number(),
            name: name.to_owned(),
        }
    }
}

/// A provider and a config that do not fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypesDiffer {
    pub provider: Named,
    pub provider_type: String,
    pub config: Named,
    pub config_type: String,
}

/// Why nothing changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No entity of this id is there; `removed` when there once was.
    Unknown {
        kind: EntityKind,
        id: u64,
        removed: bool,
    },
    /// A tracker's provider and config are of different types.
    TypesDiffer(Box<TypesDiffer>),
    /// The type of provider has no such command.
    UnknownCommand {
        provider_type: String,
        command: String,
    },
    /// The bot listens for this tracker already.
    DuplicateListener {
        listener: u64,
        tracker: Named,
        bot: Named,
    },
    CountOutOfRange {
        count: i64,
    },
    UnknownLocale {
        locale: String,
    },
    UnknownResponseMode {
        mode: String,
    },
    UnknownUpdateMode {
        mode: String,
    },
    /// There are no webhooks yet.
    Webhook,
    /// A limit that is no whole number of seconds.
    LimitNotSeconds {
        category: String,
        limit: String,
    },
    /// The type of provider has no commands of this category.
    UnknownCategory {
        provider_type: String,
        category: String,
    },
    /// Others need it.
    InUse {
        what: Named,
        users: Vec<Named>,
    },
    /// A secret where a reference to it is needed. What it was is not said again.
    Secret {
        field: String,
    },
    /// A reference that names nothing.
    ReferenceMissing {
        field: String,
    },
    /// A provider's config is no JSON object.
    ConfigNotObject,
    TextMissing {
        field: &'static str,
    },
    TextTooLong {
        field: &'static str,
        characters: u64,
    },
    /// None of the words that the field takes.
    UnknownWord {
        field: &'static str,
        word: String,
        known: &'static [&'static str],
    },
    /// A number outside of what the field takes.
    OutOfRange {
        field: &'static str,
        number: i64,
        least: i64,
        most: i64,
    },
    /// What was typed is no value of the field.
    NotReadable {
        field: &'static str,
        typed: String,
    },
    /// The field belongs to targets of another type.
    NotOfType {
        field: &'static str,
        target_type: String,
    },
    /// The address of a web hook is none. It may have a secret in it, so it is not said again.
    NoUrl,
    /// A board is named by its chat's id, or `*`.
    NoBoard {
        collection: String,
    },
    /// A notification tracker without collections.
    FollowsNothing,
    /// The target is linked to this notification tracker already.
    DuplicateLink {
        link: u64,
        notifier: Named,
        target: Named,
    },
    NothingChanged {
        what: Named,
    },
}
