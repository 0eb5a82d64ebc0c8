//! A tracker in this process, over the boards of a data directory; the clock and the targets' answers are the test's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bounty_ledger::domain::bridge::{
    BridgeUserId, CollectionId, Collections, EventType, NotificationTarget, NotificationTargetId,
    NotificationTracker, NotificationTrackerId, QuietHours, ServiceProviderId,
};
use bounty_ledger::domain::notifier::{Link, Outcome, Rules, Told};
use bounty_ledger::domain::{ChatId, Locale, Timestamp};
use bounty_ledger::engine::LongLogs;
use bounty_ledger::notify::{Boards, Ended, Letter, News, OpenNotifier, Order, Round, Worker};
use bounty_ledger::store::StoreError;
use serde_json::json;

use crate::library::{disk, layout};
use crate::support::{DATE, Data, in_group};

pub const TRACKER: NotificationTrackerId = NotificationTrackerId(1);

/// A chat, somewhere else than the boards.
pub fn chat_target(id: u64) -> NotificationTarget {
    let config = json!({"bot_id": 1, "chat_id": -900 - id as i64, "topic_id": null});
    target(id, "telegram", config)
}

/// A web hook.
pub fn hook_target(id: u64) -> NotificationTarget {
    let config = json!({"url": "https://example.com/in", "key": {"env": "KEY"}, "timeout": 10});
    target(id, "webhook", config)
}

fn target(id: u64, target_type: &str, config: serde_json::Value) -> NotificationTarget {
    NotificationTarget {
        id: NotificationTargetId(id),
        user_id: BridgeUserId::OPERATOR,
        target_type: target_type.to_owned(),
        name: format!("Target {id}"),
        icon: String::new(),
        config: config.as_object().expect("an object").clone(),
        chat_action: None,
        created_at: 0,
    }
}

/// A tracker of these collections that tells everything but reminders, at once.
pub fn order(collections: &[&str], targets: &[NotificationTarget]) -> Order {
    let tracker = NotificationTracker {
        id: TRACKER,
        user_id: BridgeUserId::OPERATOR,
        provider_id: ServiceProviderId(1),
        name: "News".to_owned(),
        icon: String::new(),
        collection_ids: Collections::of(collections.iter().map(|id| CollectionId::read(id))),
        scan_interval: 60,
        batch_duration: 0,
        event_types: EventType::DEFAULT.into(),
        due_soon_lead: 3_600,
        locale: Locale::English,
        enabled: true,
        created_at: 0,
    };
    let link = |target: &NotificationTarget| Link {
        target: target.id,
        quiet: None,
    };
    Order {
        rules: Rules::of(&tracker),
        tracker,
        links: targets.iter().map(link).collect(),
        targets: targets
            .iter()
            .map(|target| (target.id, target.clone()))
            .collect(),
    }
}

pub struct Lab {
    pub data: Data,
    pub order: Option<Order>,
    pub worker: Worker,
    pub now: i64,
    /// The letters that were sent, in order.
    pub sent: Vec<Letter>,
    pub update: i64,
    /// How long logs are opened; none: every log is read whole.
    pub long_logs: Option<LongLogs>,
}

impl Lab {
    /// A tracker that has not begun.
    pub fn new(data: Data, order: Order) -> Self {
        let worker = worker(&data, None);
        Self {
            data,
            order: Some(order),
            worker,
            now: 1_735_700_000_000,
            sent: Vec::new(),
            update: 1_000,
            long_logs: None,
        }
    }

    /// A tracker of all groups that began before the first of them was there.
    pub fn begun(targets: &[NotificationTarget]) -> Self {
        let mut lab = Self::new(Data::in_memory(), order(&["*"], targets));
        lab.deliver();
        lab
    }

    /// A tracker of one target, which so many bounties waited for in quiet hours that are over now.
    pub fn settled(bounties: usize) -> Self {
        let mut order = order(&["*"], &[chat_target(1)]);
        order.links[0].quiet = Some(QuietHours {
            start: "22:00".parse().expect("a time"),
            end: "07:00".parse().expect("a time"),
            zone: chrono_tz::UTC,
        });
        let mut lab = Self::new(Data::in_memory(), order);
        // 31 December 2024, 23:00.
        lab.now = 1_735_686_000_000;
        lab.deliver();
        let texts: Vec<String> = (1..=bounties).map(|n| format!("/add Number {n}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        lab.say(-100, &texts);
        lab.deliver();
        lab.pass(9 * 3_600);
        lab
    }

    pub fn time(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    pub fn pass(&mut self, seconds: i64) {
        self.now += seconds * 1_000;
    }

    /// These are sent to a group's chat.
    pub fn say(&mut self, chat: i64, texts: &[&str]) {
        let updates: Vec<_> = texts
            .iter()
            .map(|text| {
                self.update += 1;
                in_group(self.update, chat, 1, text)
            })
            .collect();
        self.data.feed(&updates).ok();
    }

    /// A group's chat has another id from now on.
    pub fn migrate(&mut self, from: i64, to: i64) {
        self.update += 1;
        self.data.feed(&[migrated(self.update, from, to)]).ok();
    }

    /// The boards there are, as a scan finds them.
    pub fn lengths(&self) -> BTreeMap<ChatId, u64> {
        Boards::new(disk(), layout(&self.data))
            .lengths()
            .expect("listed")
    }

    pub fn try_round(&mut self, happened: News) -> Result<Round, StoreError> {
        let all = self.lengths();
        let now = self.time();
        self.worker
            .round(self.order.as_ref(), happened, Some(&all), now)
    }

    pub fn round(&mut self, happened: News) -> Round {
        self.try_round(happened).expect("a round")
    }

    /// Rounds until nothing is to be sent now; `answer` says what becomes of each letter. None: the process ends before it is known.
    pub fn work(&mut self, answer: &mut dyn FnMut(&Letter) -> Option<Outcome>) -> bool {
        let mut happened = News::default();
        loop {
            let round = self.round(happened);
            let is_due = round.next.is_some_and(|next| next <= self.time());
            if round.letters.is_empty() && round.notice.is_none() && !is_due {
                return true;
            }
            happened = News::default();
            for letter in round.letters {
                self.sent.push(letter.clone());
                let Some(outcome) = answer(&letter) else {
                    return false;
                };
                happened.ended.push(Ended {
                    target: letter.target.id,
                    delivery: letter.delivery,
                    outcome,
                });
            }
            happened.noticed = round.notice.map(|notice| (notice, Outcome::Delivered));
        }
    }

    /// Everything arrives.
    pub fn deliver(&mut self) {
        assert!(self.work(&mut |_| Some(Outcome::Delivered)));
    }

    /// Nothing arrives now.
    pub fn fail(&mut self) {
        let outcome = Outcome::retry(None, "503".to_owned());
        assert!(self.work(&mut |_| Some(outcome.clone())));
    }

    /// Everything is refused now.
    pub fn refuse(&mut self) {
        let reason = "404".to_owned();
        let outcome = Outcome::Refused { reason };
        assert!(self.work(&mut |_| Some(outcome.clone())));
    }

    /// Everything is refused now; then the board of -100, with a bounty, takes the place of the one of -200.
    pub fn refuse_and_replace(&mut self) {
        self.refuse();
        self.say(-100, &["/add One"]);
        self.deliver();
        self.migrate(-100, -200);
        self.deliver();
    }

    /// From now on the tracker tells these.
    pub fn tell(&mut self, kinds: &[EventType]) {
        let order = self.order.as_mut().expect("an order");
        order.tracker.event_types = kinds.iter().copied().collect();
        order.rules = Rules::of(&order.tracker);
    }

    /// The process ends without a word, and another begins.
    pub fn restart(&mut self) {
        self.worker = worker(&self.data, self.long_logs.clone());
    }

    /// What a target was told, a line for each thing.
    pub fn told(&self, target: u64) -> Vec<String> {
        let letters = self
            .sent
            .iter()
            .filter(|letter| letter.target.id.0 == target);
        letters
            .flat_map(|letter| letter.told.iter().map(line))
            .collect()
    }
}

fn worker(data: &Data, long_logs: Option<LongLogs>) -> Worker {
    let boards = Arc::new(Boards::new(disk(), layout(data)));
    let stream = OpenNotifier::new(disk(), layout(data), TRACKER);
    let stream = match long_logs {
        Some(long_logs) => stream.with_checkpoints(long_logs),
        None => stream,
    };
    Worker::new(stream, boards)
}

/// Kind, bounty and text of what was told.
pub fn line(told: &Told) -> String {
    match told {
        Told::News(news) => format!("{} {} {}", news.kind.as_str(), news.bounty, news.text),
        Told::Reminder {
            kind, bounty, text, ..
        } => {
            let text = text.as_deref().unwrap_or("-");
            format!("{} {bounty} {text}", kind.as_str())
        }
    }
}

pub fn heard(chat: i64) -> News {
    News {
        heard: BTreeSet::from([ChatId(chat)]),
        ..News::default()
    }
}

/// These boards may have new events.
pub fn changed(chats: &[i64]) -> News {
    News {
        changed: chats.iter().copied().map(ChatId).collect(),
        ..News::default()
    }
}

/// A letter arrived.
pub fn delivered(letter: &Letter) -> News {
    News {
        ended: vec![Ended {
            target: letter.target.id,
            delivery: letter.delivery,
            outcome: Outcome::Delivered,
        }],
        ..News::default()
    }
}

pub fn migrated(update: i64, from: i64, to: i64) -> serde_json::Value {
    json!({"update_id": update, "message": {
        "message_id": update, "date": DATE, "chat": {"id": from, "type": "group", "title": "G"},
        "from": {"id": 1, "is_bot": false, "first_name": "User 1"}, "migrate_to_chat_id": to,
    }})
}
