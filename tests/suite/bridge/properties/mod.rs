//! Any sequence of commands: the rules hold, judged from `bridge.json` alone, and the log gives that file again.

mod judge;
mod strategies;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use bounty_ledger::audit::Reader;
use bounty_ledger::audit::rebuild_into;
use bounty_ledger::bridge::{BridgeError, OpenBridge};
use bounty_ledger::domain::bridge::{active_bots, forwarded_from};
use bounty_ledger::domain::{ChatId, StreamId};
use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::Value;

use crate::bridge::asker;
use crate::library::{disk, layout};
use crate::support::Data;
use judge::{judge, judge_notifications};
use strategies::command;

proptest! {
    #![proptest_config(Config { cases: 96, ..Config::default() })]

    #[test]
    fn the_rules_hold_and_the_log_gives_the_snapshot_again(commands in prop::collection::vec(command(), 1..90)) {
        let data = Data::in_memory();
        let mut bridge = OpenBridge::new(disk(), layout(&data));
        let mut other = OpenBridge::new(disk(), layout(&data));
        let mut accepted = 0;
        for (turn, command) in commands.iter().enumerate() {
            // Two processes by turns: each sees what the other did.
            let here = if turn % 3 == 0 { &mut other } else { &mut bridge };
            match here.execute(command, &asker()) {
                Ok(_) => accepted += 1,
                Err(BridgeError::Refused(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
        bridge.refresh().expect("refreshed");
        other.refresh().expect("refreshed");
        prop_assert_eq!(bridge.state(), other.state());
        if accepted == 0 {
            prop_assert!(!data.path().exists());
            return Ok(());
        }
        prop_assert_eq!(bridge.state().seq().0, accepted + 3);

        let live = fs::read(data.path().join("bridge/bridge.json")).expect("a snapshot");
        let counted = active_bots(bridge.state()).into_iter().map(|(bot, count)| (bot.0, count)).collect();
        let file: Value = serde_json::from_slice(&live).expect("JSON");
        prop_assert_eq!(judge(&file), counted);
        let chats = [-3, -2, -1, 1, 2];
        let told = chats.into_iter().map(|chat| {
            let found = forwarded_from(bridge.state(), &[ChatId(chat)]).into_iter();
            (chat, found.map(|found| (found.tracker.0, found.target.0)).collect::<BTreeSet<_>>())
        });
        let told: BTreeMap<_, _> = told.filter(|(_, found)| !found.is_empty()).collect();
        prop_assert_eq!(judge_notifications(&file, &chats), told);
        let (disk, layout) = (disk(), layout(&data));
        let reader = Reader::new(&*disk, &layout);
        let out = data.path().join("again");
        rebuild_into(&reader, StreamId::Bridge, &out).expect("rebuilt");
        let again = fs::read(out.join("bridge/bridge.json")).expect("a snapshot");
        prop_assert_eq!(&live, &again);
        prop_assert!(reader.verify(StreamId::Bridge, None).problem.is_none());
        prop_assert!(!String::from_utf8_lossy(&again).contains("AAHdq"));
    }
}
