//! Settings that change, as an audit shows them.

use serde_json::Value;

/// One setting's change, old to new. What is new comes from nothing, what is removed goes to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingChange {
    pub field: String,
    pub old: Option<Value>,
    pub new: Option<Value>,
}
