//! What can happen to a notification tracker's stream, and the `data` of each event.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::delivery::{Batch, DeliveryId, Status};
use crate::domain::bridge::EventType;
use crate::domain::bridge::{Destination, NotificationTargetId, NotificationTrackerId};
use crate::domain::events::events;
use crate::domain::{BountyId, ChatId, Position, StreamId, Timestamp, UnixTime};

macro_rules! data {
    ($($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $field:ident: $type:ty),* $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $name { $($(#[$about])* pub $field: $type),* }
        )+
    };
}

data! {
    /// The first event of the stream: names it.
    NotifierOpened { tracker_id: NotificationTrackerId }

    /// These boards are followed from here on: nothing before is told.
    BaselineSet {
        /// Every group's board that is not named by then is followed from its beginning.
        covers_all: bool,
        collections: Vec<Baseline>,
    }

    /// Where a board is followed from.
    Baseline {
        collection: ChatId,
        at: Position,
        /// The due dates of its bounties there or later; none when no reminders are wanted.
        dues: Option<Vec<DueDate>>,
    }

    /// When a bounty is due.
    DueDate { bounty: BountyId, due: UnixTime }

    /// These boards are followed no more.
    CollectionsLeft {
        /// Whether every group's board is followed all the same.
        covers_all: bool,
        collections: Vec<ChatId>,
    }

    /// The tracker is off; what waited is dropped. When it is on again it starts anew.
    FollowingStopped {}

    /// A board was read up to here.
    Advanced {
        collection: ChatId,
        to: Position,
        /// The targets that are to be told of it.
        waiting: Vec<NotificationTargetId>,
        /// Due dates that were set, changed or cleared, in order; only when reminders are wanted.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        dues: Vec<DueChange>,
        /// Bounties that were deleted; only when reminders are wanted.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        gone: Vec<BountyId>,
    }

    /// A bounty's due date as of an event of its board.
    DueChange {
        bounty: BountyId,
        due: Option<UnixTime>,
        /// When it was set.
        since: UnixTime,
    }

    /// The log in a board's directory is not the one that was read: it was put back from a backup, say. It is followed from here on.
    BoardReplaced {
        collection: ChatId,
        /// What had been read.
        was: Position,
        at: Position,
        dues: Option<Vec<DueDate>>,
    }

    /// A board has another chat id, and the log that was read.
    CollectionMoved { from: ChatId, to: ChatId }

    /// Which reminders are made from here on.
    RemindersSet {
        /// How many seconds before the due date.
        due_soon: Option<u32>,
        overdue: bool,
    }

    /// A bounty is due soon, or overdue: once for each due date.
    ReminderMade {
        collection: ChatId,
        bounty: BountyId,
        due: UnixTime,
        kind: EventType,
        waiting: Vec<NotificationTargetId>,
    }

    /// What a target is told of this part of a board's log was settled, to be sent next; nothing when it comes to nothing.
    Gathered { target: NotificationTargetId, batch: Batch }

    /// A message is about to be sent.
    DeliveryStarted {
        delivery: DeliveryId,
        target: NotificationTargetId,
        /// Whether it was gathered before.
        kept: bool,
        batch: Batch,
        /// The key of the delivery that it repeats; none when it repeats none: then its key is the id of this event.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<Uuid>,
    }

    /// The same message is about to be sent again.
    DeliveryRepeated {
        delivery: DeliveryId,
        target: NotificationTargetId,
        /// 2 is the first repetition.
        attempt: u32,
    }

    /// What became of a message.
    DeliveryEnded {
        delivery: DeliveryId,
        target: NotificationTargetId,
        status: Status,
        reason: Option<String>,
        /// When it is sent again.
        again_at: Option<Timestamp>,
    }

    /// The target does not want to hear from the bot.
    TargetUnreachable { target: NotificationTargetId, reason: String }

    /// The target is not sent anything after too many failures in a row.
    TargetPaused { target: NotificationTargetId, reason: String }

    /// The target is told again what waits.
    TargetFreed { target: NotificationTargetId }

    /// These targets are linked no more: what waited for them is dropped.
    TargetsLeft { targets: Vec<NotificationTargetId> }

    /// A chat knows now to which targets its board is forwarded: to none, when it is not any more.
    ForwardingTold { collection: ChatId, targets: Vec<NamedTarget> }

    /// A target by the name under which a chat was told of it, and where it was then.
    NamedTarget { target: NotificationTargetId, name: String, to: Destination }

    /// The operator wants this sent again.
    DeliveryRetryAsked {
        delivery: DeliveryId,
        target: NotificationTargetId,
        batch: Batch,
        /// The key of the delivery.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<Uuid>,
    }

    /// What an older program knew of a collection. It is kept; nothing here acts on it.
    OldStateKept {
        collection_id: Option<String>,
        /// The fields that it had, by name.
        state: Map<String, Value>,
    }

    /// An entry of an older program's event log. It is kept; nothing here acts on it.
    OldEventKept {
        event_type: Option<String>,
        collection_id: Option<String>,
        status: Option<String>,
        details: Value,
        /// The other fields that it had, by name.
        other: Map<String, Value>,
    }
}

impl DeliveryStarted {
    /// What the delivery is known by to whoever receives it; `id` is this event's.
    pub fn key_or(&self, id: Uuid) -> Uuid {
        self.key.unwrap_or(id)
    }
}

fn stream(event: &NotifierEvent) -> Option<StreamId> {
    match event {
        NotifierEvent::NotifierOpened(opened) => Some(StreamId::Notifier(opened.tracker_id)),
        _ => None,
    }
}

events! {
    /// One event of a notification tracker's stream. What is in each variant is the event's `data`.
    NotifierEvent, NotifierData, stream, crate::domain::upcast::NONE;
    NotifierOpened(NotifierOpened),
    BaselineSet(BaselineSet),
    CollectionsLeft(CollectionsLeft),
    FollowingStopped(FollowingStopped),
    Advanced(Advanced),
    BoardReplaced(BoardReplaced),
    CollectionMoved(CollectionMoved),
    RemindersSet(RemindersSet),
    ReminderMade(ReminderMade),
    Gathered(Gathered),
    DeliveryStarted(DeliveryStarted),
    DeliveryRepeated(DeliveryRepeated),
    DeliveryEnded(DeliveryEnded),
    TargetUnreachable(TargetUnreachable),
    TargetPaused(TargetPaused),
    TargetFreed(TargetFreed),
    TargetsLeft(TargetsLeft),
    ForwardingTold(ForwardingTold),
    DeliveryRetryAsked(DeliveryRetryAsked),
    OldStateKept(OldStateKept),
    OldEventKept(OldEventKept),
}
