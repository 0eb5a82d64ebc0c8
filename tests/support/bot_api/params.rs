//! The parameters of a call, however they were sent: JSON body, query string or urlencoded form.
//!
//! A form can only carry text, so each reader also accepts a number or an object written as text.

use axum::RequestExt;
use axum::extract::{Form, Query, Request};
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::answer::Refusal;

type Pairs = Vec<(String, String)>;

/// Parameters by name.
#[derive(Clone, Debug, Default)]
pub struct Params(Map<String, Value>);

impl Params {
    /// Reads query string and body; a body of an unknown kind (multipart too) is refused.
    pub async fn read(mut request: Request) -> Result<Self, Refusal> {
        let Query(query) = request
            .extract_parts::<Query<Pairs>>()
            .await
            .map_err(|e| Refusal::bad_request(e.body_text()))?;
        let mut params = from_pairs(query);
        params.extend(read_body(request).await?);
        Ok(Self(params))
    }

    pub fn to_value(&self) -> Value {
        Value::Object(self.0.clone())
    }

    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    /// A text; a number counts as its digits, absent is empty.
    pub fn text(&self, name: &str) -> String {
        match self.0.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        }
    }

    /// An integer; `None` when absent or not one.
    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.0.get(name)? {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_i64(),
        }
    }

    /// A flag; absent is false.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.text(name).as_str(), "true" | "True" | "1")
    }

    /// An object or array; JSON written as text is parsed. Absent and `null` are the same.
    pub fn json(&self, name: &str) -> Option<Value> {
        match self.0.get(name)? {
            Value::Null => None,
            Value::String(text) => serde_json::from_str(text).ok(),
            other => Some(other.clone()),
        }
    }
}

impl From<Value> for Params {
    fn from(value: Value) -> Self {
        match value {
            Value::Object(map) => Self(map),
            _ => Self::default(),
        }
    }
}

async fn read_body(request: Request) -> Result<Map<String, Value>, Refusal> {
    let kind = content_type(&request);
    if kind.starts_with("application/x-www-form-urlencoded") {
        return read_form(request).await;
    }
    let body = request
        .extract::<axum::body::Bytes, _>()
        .await
        .map_err(|e| Refusal::bad_request(e.body_text()))?;
    if body.is_empty() {
        return Ok(Map::new());
    }
    if !kind.starts_with("application/json") {
        return Err(Refusal::bad_request("unsupported content type"));
    }
    serde_json::from_slice(&body).map_err(|_| Refusal::bad_request("can't parse JSON object"))
}

async fn read_form(request: Request) -> Result<Map<String, Value>, Refusal> {
    match request.extract::<Form<Pairs>, _>().await {
        Ok(Form(pairs)) => Ok(from_pairs(pairs)),
        Err(rejection) => Err(Refusal::bad_request(rejection.body_text())),
    }
}

fn content_type(request: &Request) -> String {
    let kind = request.headers().get(CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase()
}

fn from_pairs(pairs: Pairs) -> Map<String, Value> {
    pairs
        .into_iter()
        .map(|(name, value)| (name, Value::String(value)))
        .collect()
}
