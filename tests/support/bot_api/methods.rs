//! Every method but `getUpdates`, by name; the short ones in full.

use super::answer::{Answer, Refusal, ok};
use super::bots::Bot;
use super::chats::{self, Chats};
use super::messages;
use super::params::Params;
use super::state::State;

/// What `sendChatAction` accepts.
const ACTIONS: [&str; 11] = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
];

/// Carries out a call of a known bot. A refused call changes nothing.
pub fn perform(state: &mut State, token: &str, method: &str, params: &Params) -> Answer {
    match method.to_ascii_lowercase().as_str() {
        "getme" => ok(state.bot(token).me()),
        "getwebhookinfo" => ok(state.bot(token).webhook_info()),
        "deletewebhook" => delete_webhook(state.bot_mut(token), params),
        "sendmessage" => messages::send(state, token, params),
        "editmessagetext" => messages::edit(state, token, params),
        "answercallbackquery" => answer_callback(params),
        "sendchataction" => send_action(&state.chats, params),
        "getchat" => ok(chats::full_chat(state.chats.reachable(params)?)),
        "leavechat" => leave(&mut state.chats, params),
        "setmycommands" => state.bot_mut(token).commands.set(params),
        "getmycommands" => state.bot(token).commands.get(params),
        "deletemycommands" => state.bot_mut(token).commands.delete(params),
        _ => Err(Refusal::not_found()),
    }
}

fn delete_webhook(bot: &mut Bot, params: &Params) -> Answer {
    bot.webhook = false;
    if params.flag("drop_pending_updates") {
        bot.queue.clear();
    }
    ok(true)
}

/// Any id is taken for a known one; the text has at most 200 characters.
fn answer_callback(params: &Params) -> Answer {
    if params.text("callback_query_id").is_empty() {
        return Err(Refusal::bad_request(
            "query is too old and response timeout expired or query ID is invalid",
        ));
    }
    match params.text("text").chars().count() {
        0..=200 => ok(true),
        _ => Err(Refusal::bad_request("MESSAGE_TOO_LONG")),
    }
}

fn send_action(chats: &Chats, params: &Params) -> Answer {
    chats.reachable(params)?;
    match ACTIONS.contains(&params.text("action").as_str()) {
        true => ok(true),
        false => Err(Refusal::bad_request("wrong parameter action in request")),
    }
}

/// Having left, the bot cannot write there any more.
fn leave(chats: &mut Chats, params: &Params) -> Answer {
    let chat_id = chats.reachable(params)?;
    chats.forbid(chat_id, true);
    ok(true)
}
