//! What a method answers: a result as JSON text, or a refusal in the Bot API's words.

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use serde_json::{Value, json};

/// The `result` of a successful call, as JSON text so that odd raw updates pass through unchanged.
pub type Answer = Result<String, Refusal>;

/// An `"ok": false` answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The HTTP status, also sent as `error_code`.
    pub code: u16,
    /// The text that clients match on.
    pub description: String,
    /// `retry_after`, `migrate_to_chat_id`.
    pub parameters: Option<Value>,
}

impl Refusal {
    pub fn new(code: u16, description: impl Into<String>) -> Self {
        Self {
            code,
            description: description.into(),
            parameters: None,
        }
    }

    /// 400 with the prefix that the real server puts before every such description.
    pub fn bad_request(description: impl AsRef<str>) -> Self {
        Self::new(400, format!("Bad Request: {}", description.as_ref()))
    }

    pub fn unauthorized() -> Self {
        Self::new(401, "Unauthorized")
    }

    pub fn not_found() -> Self {
        Self::new(404, "Not Found")
    }

    pub fn conflict(description: &str) -> Self {
        Self::new(409, format!("Conflict: {description}"))
    }

    fn body(&self) -> String {
        let mut body =
            json!({"ok": false, "error_code": self.code, "description": self.description});
        if let Some(parameters) = &self.parameters {
            body["parameters"] = parameters.clone();
        }
        body.to_string()
    }
}

/// Most methods answer a value, or just `true`.
pub fn ok(result: impl Into<Value>) -> Answer {
    Ok(result.into().to_string())
}

/// The HTTP status that goes with an answer.
pub fn status(answer: &Answer) -> u16 {
    match answer {
        Ok(_) => 200,
        Err(refusal) => refusal.code,
    }
}

/// The answer on the wire.
pub fn response(answer: &Answer) -> Response<Body> {
    let body = match answer {
        Ok(result) => format!(r#"{{"ok":true,"result":{result}}}"#),
        Err(refusal) => refusal.body(),
    };
    json_response(status(answer), body)
}

/// Any body under a JSON content type, also one that is not JSON.
pub fn json_response(code: u16, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(code).expect("a scripted status is a valid HTTP status");
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/json"),
    );
    response
}
