//! What the page says is what happened.

use crate::support::bot::Stage;
use crate::support::bot_api::updates::{User, group};
use crate::support::bot_api::{Fault, FaultRule};
use crate::support::http::{Metrics, get, wait_get, wait_metric};

use super::run;

const GROUP: i64 = -42;
/// What no label may show.
const TEXT: &str = "zebra-crossing";

#[test]
fn commands_flushes_and_messages_are_counted_by_what_came_of_them() {
    let stage = Stage::new();
    let (bot, server) = run(&stage);
    let say = |text: &str| stage.say(&group(GROUP, TEXT), &User::new(1, TEXT), text);
    say(&format!("/add {TEXT}"));
    // Not in the first batch: what is flushed together depends on what waits.
    stage.wait_texts(GROUP, 1);
    say("/track 1");
    say("/delete 99");
    say("/bounty");
    say(&format!("/{TEXT}"));
    // Nothing is said to the last one.
    stage.wait_texts(GROUP, 4);
    stage.wait_confirmed();
    let metrics = wait_metric(
        server,
        "bounty_outgoing_waiting{bot=\"7001\",entry=\"1\"}",
        0.0,
    );
    for (sample, value) in [
        (
            "bounty_commands_total{command=\"add\",outcome=\"done\"}",
            1.0,
        ),
        (
            "bounty_commands_total{command=\"track\",outcome=\"done\"}",
            1.0,
        ),
        (
            "bounty_commands_total{command=\"delete\",outcome=\"refused\"}",
            1.0,
        ),
        (
            "bounty_commands_total{command=\"bounty\",outcome=\"done\"}",
            1.0,
        ),
        (
            "bounty_commands_total{command=\"add\",outcome=\"storage\"}",
            0.0,
        ),
        ("bounty_commands_waiting", 0.0),
        ("bounty_flushes_total", 2.0),
        ("bounty_flush_failures_total", 0.0),
        ("bounty_commit_duration_seconds_count", 2.0),
        ("bounty_commit_duration_seconds_bucket{le=\"+Inf\"}", 2.0),
        ("bounty_batch_events_sum", 3.0),
        ("bounty_batch_events_bucket{le=\"1\"}", 1.0),
        ("bounty_batch_events_bucket{le=\"2\"}", 2.0),
        ("bounty_streams_in_memory", 1.0),
        ("bounty_streams_unwritable{reason=\"latched\"}", 0.0),
        ("bounty_disk_full", 0.0),
        (
            "bounty_updates_received_total{bot=\"7001\",entry=\"1\"}",
            5.0,
        ),
        (
            "bounty_sends_total{bot=\"7001\",entry=\"1\",outcome=\"delivered\"}",
            4.0,
        ),
        (
            "bounty_sends_total{bot=\"7001\",entry=\"1\",outcome=\"given_up\"}",
            0.0,
        ),
        (
            "bounty_poll_state{bot=\"7001\",entry=\"1\",state=\"polling\"}",
            1.0,
        ),
        (
            "bounty_poll_state{bot=\"7001\",entry=\"1\",state=\"failing\"}",
            0.0,
        ),
        ("bounty_ready", 1.0),
        ("bounty_healthy", 1.0),
    ] {
        assert_eq!(metrics.get(sample), value, "{sample}");
    }
    let took = metrics.get("bounty_commit_duration_seconds_sum");
    assert!(took > 0.0 && took < 60.0, "{took} s");
    for sample in [
        "process_start_time_seconds",
        "bounty_last_poll_timestamp_seconds{bot=\"7001\",entry=\"1\"}",
    ] {
        assert!(metrics.get(sample) > 1.7e9, "{sample}");
    }
    let version = env!("CARGO_PKG_VERSION");
    metrics.get(&format!("bounty_build_info{{version=\"{version}\"}}"));
    #[cfg(target_os = "linux")]
    assert!(metrics.get("process_resident_memory_bytes") > 1e6);
    assert!(!get(server, "/metrics").body.contains(TEXT));
    wait_metric(server, "bounty_snapshots_waiting", 0.0);
    bot.stop().ok();
}

#[test]
fn an_update_that_comes_again_is_counted_as_a_duplicate() {
    let stage = Stage::new();
    let update = stage.message(&group(GROUP, "Group"), &User::new(1, "Ada"), "/add Once");
    let first = stage.run(&[]);
    let number = stage.push(update.clone());
    stage.wait_texts(GROUP, 1);
    first.stop().ok();
    let (bot, server) = run(&stage);
    let mut again = update;
    again["update_id"] = number.into();
    stage.push(again);
    stage.wait_texts(GROUP, 2);
    let metrics = Metrics::of(server);
    let count = |outcome| {
        let sample = format!("bounty_commands_total{{command=\"add\",outcome=\"{outcome}\"}}");
        metrics.get(&sample)
    };
    assert_eq!((count("done"), count("duplicate")), (0.0, 1.0));
    bot.stop().ok();
}

#[test]
fn a_flood_is_counted_also_where_nothing_is_said() {
    let stage = Stage::new();
    let bot = stage.run(&["--metrics", ":0", "--flood-limit", "1"]);
    let server = super::address(&bot);
    for text in ["/add One", "/add Two", "/add Three", "/bounty"] {
        stage.say(&group(GROUP, "Group"), &User::new(1, "Ada"), text);
    }
    stage.wait_texts(GROUP, 3);
    let flood = "bounty_commands_total{command=\"add\",outcome=\"flood\"}";
    assert_eq!(Metrics::of(server).get(flood), 2.0);
    bot.stop().ok();
}

#[test]
fn answers_that_wait_and_those_refused_are_seen() {
    let stage = Stage::new();
    let (bot, server) = run(&stage);
    let sends = |fault| FaultRule::new(fault).method("sendMessage").chat_id(GROUP);
    let refused = Fault::status(400, "Bad Request: no");
    stage.api.fault(sends(refused));
    stage
        .api
        .fault(sends(Fault::too_many_requests(1)).forever());
    for number in 1..=3 {
        let text = format!("/add Number {number}");
        stage.say(&group(GROUP, "Group"), &User::new(1, "Ada"), &text);
    }
    wait_metric(
        server,
        "bounty_outgoing_waiting{bot=\"7001\",entry=\"1\"}",
        2.0,
    );
    wait_get(server, "/metrics", |page| {
        // A pause that ends too soon is followed by another.
        let none = "bounty_send_pauses_total{bot=\"7001\",entry=\"1\"} 0\n";
        page.body.contains("bounty_send_pauses_total{") && !page.body.contains(none)
    });
    stage.api.clear_faults();
    let metrics = wait_metric(
        server,
        "bounty_outgoing_waiting{bot=\"7001\",entry=\"1\"}",
        0.0,
    );
    let count = |outcome| {
        let bot = "bot=\"7001\",entry=\"1\"";
        let sample = format!("bounty_sends_total{{{bot},outcome=\"{outcome}\"}}");
        metrics.get(&sample)
    };
    assert_eq!((count("refused"), count("delivered")), (1.0, 2.0));
    assert_eq!(count("given_up"), 0.0);
    bot.stop().ok();
}
