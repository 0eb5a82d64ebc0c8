//! No secret gets into the stream.

use serde_json::{Value, json};

use super::given::{Given, edit_bot, provider_config};
use crate::domain::bridge::{BotParts, Refusal, SecretWish, find_token, without_tokens};

const TOKEN: &str = "7001:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";

fn token(wish: SecretWish) -> BotParts {
    BotParts {
        token: Some(wish),
        ..BotParts::default()
    }
}

#[test]
fn a_token_is_taken_as_a_reference_alone() {
    let given = Given::one_bot();
    let secret = Refusal::Secret {
        field: "token".to_owned(),
    };
    let clear = [
        SecretWish::InTheClear,
        SecretWish::Env(TOKEN.to_owned()),
        SecretWish::File(TOKEN.to_owned()),
        SecretWish::File(format!("/run/{TOKEN}")),
    ];
    for wish in clear {
        assert_eq!(given.refusal(edit_bot(token(wish))), secret);
    }
    let file = SecretWish::File("/run/secrets/bot".to_owned());
    assert!(given.when(edit_bot(token(file))).is_ok());
}

#[test]
fn a_token_in_any_text_is_refused() {
    let parts = BotParts {
        name: Some(format!("my bot {TOKEN}")),
        ..BotParts::default()
    };
    let field = "name".to_owned();
    assert_eq!(
        Given::one_bot().refusal(edit_bot(parts)),
        Refusal::Secret { field }
    );
}

#[test]
fn a_config_has_references_where_a_secret_would_stand() {
    let given = Given::one_bot();
    let place = |config: Value| match given.refusal(provider_config(config)) {
        Refusal::Secret { field } => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(place(json!({"api_key": "hunter2"})), "config.api_key");
    assert_eq!(place(json!({"a": [{"Password": 7}]})), "config.a.Password");
    assert_eq!(place(json!({"url": "https://ada:pw@e.com/"})), "config.url");
    assert_eq!(
        place(json!({"url": "https://e.com/?api_key=x"})),
        "config.url"
    );
    assert_eq!(place(json!({"note": TOKEN})), "config.note");
    assert_eq!(place(json!({"secret": {"env": TOKEN}})), "config.secret");
    let kept = json!({"api_key": {"env": "KEY"}, "secret": null, "url": "https://e.com/a?b=c"});
    assert!(given.when(provider_config(kept)).is_ok());
}

#[test]
fn a_token_is_found_wherever_it_stands() {
    assert_eq!(
        find_token(&format!("bot{TOKEN}/getMe")),
        Some(3..3 + TOKEN.len())
    );
    for colon in ["%3A", "%3a", "%253A"] {
        let escaped = TOKEN.replace(':', colon);
        let text = format!("/bot{escaped}/getMe");
        assert_eq!(find_token(&text), Some(4..4 + escaped.len()), "{text}");
    }
    for other in [
        "100%",
        "7001%3",
        "12:34",
        "2001:db8::1",
        "http://localhost:8081/x",
        "at 18:00",
        "7001:short",
    ] {
        assert_eq!(find_token(other), None, "{other}");
    }
}

#[test]
fn a_token_is_taken_out_of_a_text_and_the_rest_stays() {
    let text = format!("unexpected '{TOKEN}' and 12:34");
    assert_eq!(without_tokens(&text), "unexpected '[a token]' and 12:34");
}
