//! Boards, a tracker and its targets without files, network or clock: what happens is decided by the test.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::board::{
    Board, BoardEvent, BountyAdded, BountyDeleted, BountyEdited, Tracked, Untracked,
};
use crate::domain::bridge::{
    CollectionId, Collections, EventType, NotificationTargetId, NotificationTrackerId,
};
use crate::domain::notifier::*;
use crate::domain::{
    Actor, BountyId, Cause, ChatId, Head, Position, Recorded, Seq, Timestamp, UnixTime, UserId,
};

pub const CHAT: ChatId = ChatId(-100);
pub const ONE: NotificationTargetId = NotificationTargetId(1);
pub const TWO: NotificationTargetId = NotificationTargetId(2);

pub type Sent = Vec<(NotificationTargetId, DeliveryId, Batch)>;

/// How a target answers; none: the process ends before it does.
pub type Answers<'a> = &'a mut dyn FnMut(NotificationTargetId) -> Option<Outcome>;

pub struct World {
    pub logs: BTreeMap<ChatId, Vec<Recorded<BoardEvent>>>,
    pub rules: Rules,
    pub links: Vec<Link>,
    /// The tracker's stream.
    pub events: Vec<Recorded<NotifierEvent>>,
    pub state: Notifier,
    pub sent: Sent,
    /// Milliseconds.
    pub now: i64,
}

pub fn link(target: NotificationTargetId) -> Link {
    Link {
        target,
        quiet: None,
    }
}

/// Every group.
pub fn all() -> Collections {
    Collections::of([CollectionId::read("*")])
}

/// These boards.
pub fn these(chats: &[ChatId]) -> Collections {
    Collections::of(chats.iter().copied().map(CollectionId::Chat))
}

pub fn rules() -> Rules {
    Rules {
        collections: all(),
        kinds: EventType::DEFAULT.into(),
        reminders: ReminderRules::default(),
        batch_seconds: 0,
    }
}

impl World {
    pub fn new(rules: Rules, links: &[Link]) -> Self {
        let mut world = Self {
            logs: BTreeMap::new(),
            rules,
            links: links.to_vec(),
            events: Vec::new(),
            state: Notifier::default(),
            sent: Vec::new(),
            now: 1_735_689_600_000,
        };
        let tracker_id = NotificationTrackerId(1);
        world.record(NotifierEvent::NotifierOpened(NotifierOpened { tracker_id }));
        world.follow();
        world
    }

    pub fn seconds(&self) -> UnixTime {
        self.now.div_euclid(1_000)
    }

    pub fn time(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    pub fn pass(&mut self, seconds: i64) {
        self.now += seconds * 1_000;
    }

    pub fn record(&mut self, event: NotifierEvent) {
        let record = Recorded {
            seq: self.state.seq().next(),
            id: uuid::Uuid::nil(),
            time: self.time(),
            actor: Actor::System {},
            cause: Cause::System {},
            event,
        };
        self.state.evolve(&record);
        self.events.push(record);
    }

    pub fn record_all(&mut self, events: Vec<NotifierEvent>) {
        events.into_iter().for_each(|event| self.record(event));
    }

    /// Something happens on a board.
    pub fn happen(&mut self, chat: ChatId, user: i64, event: BoardEvent) -> Seq {
        let time = self.time();
        let log = self.logs.entry(chat).or_default();
        let seq = Seq(log.len() as u64 + 1);
        log.push(Recorded {
            seq,
            id: uuid::Uuid::nil(),
            time,
            actor: Actor::User {
                id: UserId(user),
                name: format!("User {user}").into(),
            },
            cause: Cause::System {},
            event,
        });
        seq
    }

    pub fn add(&mut self, id: u64, due: Option<UnixTime>) -> Seq {
        let added = BountyAdded {
            id: BountyId(id),
            text: format!("Bounty {id}").into(),
            link: None,
            due_date_ts: due,
            created_at: self.seconds(),
        };
        self.happen(CHAT, 7, BoardEvent::BountyAdded(added))
    }

    pub fn edit_text(&mut self, id: u64, text: &str) -> Seq {
        let edited = BountyEdited {
            id: BountyId(id),
            text: Some(text.into()),
            link: None,
            due_date_ts: None,
        };
        self.happen(CHAT, 7, BoardEvent::BountyEdited(edited))
    }

    pub fn edit_due(&mut self, id: u64, due: Option<UnixTime>) -> Seq {
        let edited = BountyEdited {
            id: BountyId(id),
            text: None,
            link: None,
            due_date_ts: Some(due),
        };
        self.happen(CHAT, 7, BoardEvent::BountyEdited(edited))
    }

    pub fn delete(&mut self, id: u64) -> Seq {
        let id = BountyId(id);
        self.happen(CHAT, 7, BoardEvent::BountyDeleted(BountyDeleted { id }))
    }

    pub fn track(&mut self, user: i64, id: u64) -> Seq {
        self.happen(
            CHAT,
            user,
            BoardEvent::Tracked(Tracked { id: BountyId(id) }),
        )
    }

    pub fn untrack(&mut self, user: i64, id: u64) -> Seq {
        self.happen(
            CHAT,
            user,
            BoardEvent::Untracked(Untracked { id: BountyId(id) }),
        )
    }

    pub fn place(seq: Seq) -> Position {
        Position {
            offset: seq.0 * 100,
            seq,
            head: Head::ZERO,
        }
    }

    pub fn board(&self, chat: ChatId) -> Board {
        let mut board = Board::default();
        self.logs
            .get(&chat)
            .into_iter()
            .flatten()
            .for_each(|record| board.evolve(record));
        board
    }

    fn end_of(&self, chat: ChatId) -> Position {
        Self::place(Seq(self.logs.get(&chat).map_or(0, Vec::len) as u64))
    }

    /// What happened on a board behind a place, up to another.
    fn read(&self, chat: ChatId, after: Position, to: Position) -> Vec<News> {
        let mut board = Board::default();
        let mut found = Vec::new();
        for record in self.logs.get(&chat).into_iter().flatten() {
            if record.seq > after.seq && record.seq <= to.seq {
                found.extend(news(&board, record, Self::place(record.seq)));
            }
            board.evolve(record);
        }
        found
    }

    fn baseline(&self, chat: ChatId) -> Baseline {
        let wants_dues = self.rules.reminders.any();
        Baseline {
            collection: chat,
            at: self.end_of(chat),
            dues: wants_dues.then(|| due_dates(&self.board(chat))),
        }
    }

    /// The tracker's rules or the boards may have changed.
    pub fn follow(&mut self) {
        let boards: BTreeSet<ChatId> = self.logs.keys().copied().collect();
        let following = following(&self.rules, &self.state, &boards);
        self.record_all(following.events);
        let chats = following.from_now.iter();
        let from_now = chats.map(|chat| self.baseline(*chat)).collect();
        self.record_all(baselines(from_now, following.covers_all));
        let missing: Vec<Baseline> = lacking_dues(&self.state)
            .into_iter()
            .map(|chat| self.baseline(chat))
            .collect();
        self.record_all(baselines(missing, false));
    }

    fn catch_up(&mut self) {
        for chat in self.logs.keys().copied().collect::<Vec<_>>() {
            let Some(at) = position_of(&self.state, chat) else {
                continue;
            };
            let to = self.end_of(chat);
            if to.seq > at.seq {
                let news = self.read(chat, at, to);
                let (mut dues, mut gone) = (Vec::new(), Vec::new());
                for record in &self.logs[&chat][at.seq.0 as usize..] {
                    let (due, deleted) = due_changes(record);
                    dues.extend(due);
                    gone.extend(deleted);
                }
                let read = Read {
                    news: &news,
                    dues: &dues,
                    gone: &gone,
                    to,
                };
                let event = advance(&self.rules, &self.links, &self.state, chat, &read);
                self.record(event);
            }
        }
    }

    /// What there is to do now, until nothing is. False when the process ended in the middle of it.
    pub fn work(&mut self, answers: Answers<'_>) -> bool {
        self.catch_up();
        let reminders = due_reminders(&self.state, &self.links, self.seconds());
        self.record_all(reminders);
        for link in self.links.clone() {
            while self.step(&link) {
                let queue = self
                    .state
                    .queue(link.target)
                    .expect("something is being sent");
                let current = queue.current.clone().expect("it was started");
                if current.resting.is_some() {
                    continue;
                }
                self.sent
                    .push((link.target, current.delivery, current.batch.clone()));
                let Some(outcome) = answers(link.target) else {
                    return false;
                };
                let queue = self.state.queue(link.target).expect("it is still there");
                let events = end(link.target, queue, &current, &outcome, self.time(), 0);
                self.record_all(events);
            }
        }
        true
    }

    /// Does a target's next step; true when something is being sent by then.
    fn step(&mut self, link: &Link) -> bool {
        loop {
            let Some(queue) = self.state.queue(link.target) else {
                return false;
            };
            match next_step(&self.rules, link, queue, &BTreeSet::new(), self.time()) {
                Step::Rest(_) => return false,
                Step::Repeat => {
                    let current = queue.current.clone().expect("it rests");
                    self.record(repeat(link.target, &current));
                    return true;
                }
                Step::SendKept => {
                    let event = start_kept(&self.state, link.target, &BTreeSet::new())
                        .expect("something is kept");
                    self.record(event);
                    return true;
                }
                Step::Gather { collection, since } => {
                    let event = self.gather(link, collection, since);
                    let is_started = matches!(event, NotifierEvent::DeliveryStarted(_));
                    self.record(event);
                    if is_started {
                        return true;
                    }
                }
            }
        }
    }

    fn gather(&self, link: &Link, collection: ChatId, since: Timestamp) -> NotifierEvent {
        let gathering = Gathering::new(&self.state, link, collection, since, self.time())
            .expect("it is followed");
        let mut news = self.read(collection, gathering.after, gathering.to);
        if !gathering.is_short {
            news.retain(|news| self.rules.tells(news.kind));
        }
        news.truncate(gathering.limit);
        gather(&self.rules, &self.state, link.target, &gathering, news)
    }

    /// The process ends and starts again: everything is known from the stream alone.
    pub fn restart(&mut self) {
        let mut state = Notifier::default();
        self.events.iter().for_each(|record| state.evolve(record));
        assert_eq!(state, self.state);
        let saved = serde_json::to_vec(&state).expect("a state has a JSON form");
        assert_eq!(
            serde_json::from_slice::<Notifier>(&saved).expect("read"),
            state
        );
        self.record_all(interrupted(&state));
    }

    /// Everything arrives.
    pub fn deliver(&mut self) {
        assert!(self.work(&mut |_| Some(Outcome::Delivered)));
    }

    /// What a target was sent: of each message the kinds, each with its bounty.
    pub fn told(&self, target: NotificationTargetId) -> Vec<Vec<(EventType, u64)>> {
        let of_it = self.sent.iter().filter(|(to, ..)| *to == target);
        of_it
            .map(|(.., batch)| {
                let told = batch.told.iter();
                told.map(|told| (told.kind, told.bounty.0)).collect()
            })
            .collect()
    }

    /// The ends of a target's deliveries.
    pub fn ends(&self, target: NotificationTargetId) -> Vec<Status> {
        let ends = self.events.iter().filter_map(|record| match &record.event {
            NotifierEvent::DeliveryEnded(ended) if ended.target == target => Some(ended.status),
            _ => None,
        });
        ends.collect()
    }
}
