//! What is sent: a CloudEvents 1.0 event in structured JSON mode.

use serde::Serialize;
use serde_json::Value;

use crate::domain::Timestamp;

/// The type of the body.
pub const CONTENT_TYPE: &str = "application/cloudevents+json; charset=utf-8";

/// An event, as <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md> has it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CloudEvent {
    specversion: &'static str,
    /// The same for each attempt to tell the same, and for nothing else; also the idempotency key. Visible ASCII.
    pub id: String,
    /// Where it happened: a URI or the path of one.
    pub source: String,
    /// What happened, like `org.example.added`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// What it happened to, within the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When it happened.
    pub time: Timestamp,
    datacontenttype: &'static str,
    pub data: Value,
}

impl CloudEvent {
    /// An event without a subject.
    pub fn new(
        id: String,
        source: String,
        event_type: String,
        time: Timestamp,
        data: Value,
    ) -> Self {
        Self {
            specversion: "1.0",
            id,
            source,
            event_type,
            subject: None,
            time,
            datacontenttype: "application/json",
            data,
        }
    }

    /// The same event, of this subject.
    pub fn about(self, subject: String) -> Self {
        Self {
            subject: Some(subject),
            ..self
        }
    }
}
