//! One notification in a Telegram chat: the action before it, and what came of it.

use std::time::Duration;

use bounty_ledger::domain::ChatId;
use bounty_ledger::domain::bridge::ChatAction;
use bounty_ledger::notify::telegram::{Outcome, Post, Sender, Sent};
use bounty_ledger::telegram::bot;
use serde_json::json;

use crate::support::BOT;
use crate::support::bot::TOKEN;
use crate::support::bot_api::{FakeBotApi, Fault, FaultRule};

const CHAT: i64 = -42;
const POST: Post<'_> = Post {
    chat: ChatId(CHAT),
    topic: None,
    action: None,
    html: "<b>#1</b> Fix &lt;it&gt;",
};
const SHOWN: Post<'_> = Post {
    action: Some(ChatAction::UploadDocument),
    ..POST
};

fn api() -> FakeBotApi {
    let api = FakeBotApi::start();
    api.add_bot(TOKEN, BOT, "bounty_bot");
    api
}

fn sender(url: &str) -> Sender {
    let url = url.parse().expect("an address");
    Sender::new(bot(TOKEN, Some(url)).expect("a client"))
}

fn send_by(sender: &Sender, post: &Post<'_>) -> Sent {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(sender.send(post))
}

fn send(api: &FakeBotApi, post: &Post<'_>) -> Sent {
    send_by(&sender(&api.url()), post)
}

/// What came of a message that meets this fault, and how many messages are in the chat then.
fn with_fault(fault: Fault) -> (Outcome, usize) {
    let api = api();
    api.fault(FaultRule::new(fault).method("sendMessage"));
    let sent = send(&api, &POST);
    assert_eq!(sent.moved_to, None);
    (sent.outcome, api.messages(CHAT).len())
}

fn methods(api: &FakeBotApi) -> Vec<String> {
    let calls = api.calls().into_iter();
    calls.map(|call| call.method.to_lowercase()).collect()
}

fn delivered(sent: &Sent) -> i64 {
    match sent.outcome {
        Outcome::Delivered { message_id } => message_id.expect("an id"),
        ref other => panic!("{other:?}"),
    }
}

#[test]
fn the_action_is_seen_before_the_message_in_the_topic_of_the_chat() {
    let api = api();
    let post = Post {
        topic: Some(7),
        ..SHOWN
    };
    let sent = send(&api, &post);
    assert_eq!(methods(&api), ["sendchataction", "sendmessage"]);
    let calls = api.calls();
    assert_eq!(calls[0].params["action"], "upload_document");
    assert!(
        calls
            .iter()
            .all(|call| call.params["message_thread_id"] == 7)
    );
    let messages = api.messages(CHAT);
    assert_eq!(messages[0]["plain_text"], "#1 Fix <it>");
    assert_eq!(messages[0]["message_id"], delivered(&sent));
}

#[test]
fn a_slow_message_has_its_action_again_and_again_until_it_is_there() {
    let api = api();
    let slow = Fault::Until {
        method: "sendChatAction",
        calls: 4,
    };
    api.fault(FaultRule::new(slow).method("sendMessage"));
    let sender = sender(&api.url()).showing_every(Duration::from_millis(1));
    delivered(&send_by(&sender, &SHOWN));
    let methods = methods(&api);
    assert_eq!(
        methods[..3],
        ["sendchataction", "sendmessage", "sendchataction"]
    );
    let actions = methods
        .iter()
        .filter(|method| *method == "sendchataction")
        .count();
    assert!(actions >= 4);
}

#[test]
fn no_action_is_shown_unless_one_is_chosen() {
    let api = api();
    let sender = sender(&api.url()).showing_every(Duration::from_millis(1));
    delivered(&send_by(&sender, &POST));
    assert_eq!(methods(&api), ["sendmessage"]);
}

#[test]
fn an_action_that_fails_holds_up_nothing() {
    let api = api();
    for fault in [
        Fault::ResetBefore,
        Fault::status(500, "Internal Server Error"),
        Fault::Garbage(200),
    ] {
        api.fault(FaultRule::new(fault).method("sendChatAction"));
        delivered(&send(&api, &SHOWN));
    }
}

#[test]
fn what_surely_did_not_arrive_may_be_sent_again() {
    let pause = |seconds| Some(Duration::from_secs(seconds));
    let (outcome, messages) = with_fault(Fault::too_many_requests(30));
    assert!(
        matches!(&outcome, Outcome::Retry { after, .. } if *after == pause(30)),
        "{outcome:?}"
    );
    assert_eq!(messages, 0);
    let asked = json!({"retry_after": "30", "scope": "chat"});
    let (outcome, _) = with_fault(Fault::status_with(429, "Too Many Requests", asked));
    assert!(
        matches!(&outcome, Outcome::Retry { after, .. } if *after == pause(30)),
        "{outcome:?}"
    );
    let (outcome, _) = with_fault(Fault::Garbage(429));
    assert!(
        matches!(&outcome, Outcome::Retry { after: None, .. }),
        "{outcome:?}"
    );
    let (outcome, _) = with_fault(Fault::status(500, "Internal Server Error"));
    assert!(
        matches!(&outcome, Outcome::Retry { after: None, .. }),
        "{outcome:?}"
    );
    let (outcome, _) = with_fault(Fault::status(401, "Unauthorized"));
    assert!(
        matches!(&outcome, Outcome::Retry { reason, .. } if reason.contains("token")),
        "{outcome:?}"
    );
    // Nobody listens there.
    let sent = send_by(&sender("http://127.0.0.1:1/"), &SHOWN);
    assert!(
        matches!(&sent.outcome, Outcome::Retry { after: None, .. }),
        "{sent:?}"
    );
}

#[test]
fn what_may_have_arrived_is_unknown() {
    let (outcome, messages) = with_fault(Fault::LostResponse);
    assert!(matches!(&outcome, Outcome::Unknown { .. }), "{outcome:?}");
    assert_eq!(messages, 1);
    let (outcome, _) = with_fault(Fault::ResetBefore);
    assert!(matches!(&outcome, Outcome::Unknown { .. }), "{outcome:?}");
    let (outcome, _) = with_fault(Fault::Garbage(200));
    assert!(matches!(&outcome, Outcome::Unknown { .. }), "{outcome:?}");
}

#[test]
fn no_reason_has_the_token_in_it() {
    for fault in [
        Fault::LostResponse,
        Fault::Garbage(200),
        Fault::status(400, &format!("no /bot{TOKEN}/sendMessage")),
    ] {
        let (outcome, _) = with_fault(fault);
        assert!(!format!("{outcome:?}").contains(TOKEN), "{outcome:?}");
    }
    let sent = send_by(&sender("http://127.0.0.1:1/"), &POST);
    assert!(!format!("{sent:?}").contains(TOKEN), "{sent:?}");
}

#[test]
fn a_chat_that_shuts_the_bot_out_is_told_from_a_message_that_is_refused() {
    let api = api();
    api.forbid(CHAT, true);
    let outcome = send(&api, &SHOWN).outcome;
    assert!(
        matches!(&outcome, Outcome::Unreachable { .. }),
        "{outcome:?}"
    );
    let (outcome, _) = with_fault(Fault::status(400, "Bad Request: chat not found"));
    assert!(
        matches!(&outcome, Outcome::Unreachable { .. }),
        "{outcome:?}"
    );
    let (outcome, _) = with_fault(Fault::status(400, "Bad Request: message thread not found"));
    assert!(matches!(&outcome, Outcome::Refused { .. }), "{outcome:?}");
}

#[test]
fn a_message_whose_markup_is_refused_is_sent_without() {
    let api = api();
    let refused = "Bad Request: can't parse entities: unsupported start tag";
    api.fault(FaultRule::new(Fault::status(400, refused)).method("sendMessage"));
    delivered(&send(&api, &POST));
    assert_eq!(api.messages(CHAT)[0]["plain_text"], "#1 Fix <it>");
    let for_ever = FaultRule::new(Fault::status(400, refused)).method("sendMessage");
    api.fault(for_ever.forever());
    let outcome = send(&api, &POST).outcome;
    assert!(matches!(&outcome, Outcome::Refused { .. }), "{outcome:?}");
}

#[test]
fn a_group_that_became_a_supergroup_is_followed_and_its_new_id_is_said() {
    let api = api();
    api.migrate(CHAT, -1_000_000_000_042);
    let post = Post {
        topic: Some(7),
        ..SHOWN
    };
    let sent = send(&api, &post);
    delivered(&sent);
    assert_eq!(sent.moved_to, Some(ChatId(-1_000_000_000_042)));
    let messages = api.messages(-1_000_000_000_042);
    assert!(messages[0].get("message_thread_id").is_none());
    // Two chats that name each other are not followed for ever.
    api.migrate(-1_000_000_000_042, CHAT);
    let outcome = send(&api, &POST).outcome;
    assert!(matches!(&outcome, Outcome::Refused { .. }), "{outcome:?}");
}
