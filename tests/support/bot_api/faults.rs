//! Scripted faults: what goes wrong, for which calls, how often.

use std::time::Duration;

use serde_json::{Value, json};

use super::log::Call;

/// What happens to a call instead of, or on top of, its usual answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Refused with this status and without effect.
    Status {
        code: u16,
        description: String,
        parameters: Option<Value>,
    },
    /// The connection is closed before the call has an effect.
    ResetBefore,
    /// The call takes effect, then the connection is closed without an answer.
    LostResponse,
    /// The call is held back for this long, then goes on as usual.
    Delay(Duration),
    /// The call is held back until there were so many calls of this method, then goes on as usual.
    Until { method: &'static str, calls: usize },
    /// This status with a body that is not JSON, as from a proxy in between; without effect.
    Garbage(u16),
    /// Answered with this result, whatever was asked; without effect.
    Result(Value),
}

impl Fault {
    /// 429 with `retry_after` in seconds.
    pub fn too_many_requests(retry_after: u32) -> Self {
        let description = format!("Too Many Requests: retry after {retry_after}");
        Self::status_with(429, &description, json!({"retry_after": retry_after}))
    }

    /// A refusal without parameters: 5xx, 400, 403…
    pub fn status(code: u16, description: &str) -> Self {
        Self::Status {
            code,
            description: description.to_owned(),
            parameters: None,
        }
    }

    /// A refusal with these parameters.
    pub fn status_with(code: u16, description: &str, parameters: Value) -> Self {
        Self::Status {
            code,
            description: description.to_owned(),
            parameters: Some(parameters),
        }
    }
}

/// A fault and the calls it strikes; by default the next one call of any kind.
#[derive(Clone, Debug)]
pub struct FaultRule {
    fault: Fault,
    method: Option<String>,
    token: Option<String>,
    chat_id: Option<i64>,
    /// `None`: until cleared.
    left: Option<usize>,
}

impl FaultRule {
    pub fn new(fault: Fault) -> Self {
        Self {
            fault,
            method: None,
            token: None,
            chat_id: None,
            left: Some(1),
        }
    }

    /// Only calls of this method, in any case.
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Only calls of this bot.
    pub fn token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// Only calls with this `chat_id`.
    pub fn chat_id(mut self, chat_id: i64) -> Self {
        self.chat_id = Some(chat_id);
        self
    }

    /// The next `count` matching calls.
    pub fn times(mut self, count: usize) -> Self {
        self.left = Some(count);
        self
    }

    /// Every matching call until the faults are cleared.
    pub fn forever(mut self) -> Self {
        self.left = None;
        self
    }

    fn strikes(&self, call: &Call) -> bool {
        let method = self.method.as_deref();
        self.left != Some(0)
            && method.is_none_or(|method| call.is(method))
            && self.token.as_ref().is_none_or(|token| *token == call.token)
            && self.chat_id.is_none_or(|id| call.chat_id() == Some(id))
    }
}

/// The rules in the order they were given; each call meets at most one.
#[derive(Default)]
pub struct FaultPlan(Vec<FaultRule>);

impl FaultPlan {
    pub fn add(&mut self, rule: FaultRule) {
        self.0.push(rule);
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault of the first rule that strikes this call, used up by one.
    pub fn take(&mut self, call: &Call) -> Option<Fault> {
        let rule = self.0.iter_mut().find(|rule| rule.strikes(call))?;
        rule.left = rule.left.map(|left| left - 1);
        Some(rule.fault.clone())
    }
}
