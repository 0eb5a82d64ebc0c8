//! Every call the server received, in order of arrival.

use std::fmt;
use std::time::Instant;

use serde_json::Value;

use super::params::Params;

/// One received call.
#[derive(Clone, Debug)]
pub struct Call {
    pub token: String,
    /// As the client wrote it.
    pub method: String,
    /// An object; values sent in a query string or form are texts.
    pub params: Value,
    pub at: Instant,
    /// Whether the call did what it asks for; also true when its answer was lost.
    pub took_effect: bool,
    /// The HTTP status of the answer; `None` while there is none, or when the connection was closed instead.
    pub status: Option<u16>,
}

impl Call {
    pub fn new(token: &str, method: &str, params: &Params) -> Self {
        Self {
            token: token.to_owned(),
            method: method.to_owned(),
            params: params.to_value(),
            at: Instant::now(),
            took_effect: false,
            status: None,
        }
    }

    /// Whether this is a call of `method`, in any case.
    pub fn is(&self, method: &str) -> bool {
        self.method.eq_ignore_ascii_case(method)
    }

    /// The `chat_id` parameter, if the call has one.
    pub fn chat_id(&self) -> Option<i64> {
        Params::from(self.params.clone()).integer("chat_id")
    }
}

/// One line for a failed test's message; the token is left out.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ago = self.at.elapsed().as_secs_f32();
        write!(f, "{ago:7.3} s ago  {} ", self.method)?;
        match self.status {
            Some(status) => write!(f, "-> {status}")?,
            None => write!(f, "-> no answer")?,
        }
        let params: String = self.params.to_string().chars().take(300).collect();
        write!(f, " effect={} {params}", self.took_effect)
    }
}

/// Which call of the log is meant.
#[derive(Clone, Copy)]
pub struct CallId(usize);

/// The log itself.
#[derive(Default)]
pub struct CallLog(Vec<Call>);

impl CallLog {
    pub fn arrived(&mut self, call: Call) -> CallId {
        self.0.push(call);
        CallId(self.0.len() - 1)
    }

    pub fn took_effect(&mut self, id: CallId) {
        self.0[id.0].took_effect = true;
    }

    pub fn answered(&mut self, id: CallId, status: u16) {
        self.0[id.0].status = Some(status);
    }

    pub fn all(&self) -> &[Call] {
        &self.0
    }

    /// The last calls, a line each.
    pub fn recent(&self, count: usize) -> String {
        let from = self.0.len().saturating_sub(count);
        let lines = self.0[from..].iter().map(|call| format!("  {call}\n"));
        format!(
            "{} calls, the last:\n{}",
            self.0.len(),
            lines.collect::<String>()
        )
    }
}
