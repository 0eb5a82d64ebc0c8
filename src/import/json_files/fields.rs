//! The fields of one JSON object, by their names, and those that nobody asked for.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// An object that is being read.
pub struct Fields<'o> {
    object: &'o Map<String, Value>,
    asked: RefCell<BTreeSet<String>>,
}

impl<'o> Fields<'o> {
    pub fn of(object: &'o Map<String, Value>) -> Self {
        Self {
            object,
            asked: RefCell::default(),
        }
    }

    /// The field's value; none when it is absent or null.
    fn get(&self, name: &str) -> Option<&'o Value> {
        self.asked.borrow_mut().insert(name.to_owned());
        self.object.get(name).filter(|value| !value.is_null())
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub fn integer(&self, name: &str) -> Result<i64, String> {
        self.optional_integer(name)?.ok_or_else(|| missing(name))
    }

    pub fn optional_integer(&self, name: &str) -> Result<Option<i64>, String> {
        let wrong = || format!("{name} is no whole number");
        let read = |value| integer(value).ok_or_else(wrong);
        self.get(name).map(read).transpose()
    }

    /// A Unix time, whole seconds rounded down.
    pub fn seconds(&self, name: &str) -> Result<Option<i64>, String> {
        let wrong = || format!("{name} is no Unix time");
        let floor = |value: &Value| value.as_f64().map(|seconds| seconds.floor() as i64);
        let read = |value: &Value| value.as_i64().or_else(|| floor(value)).ok_or_else(wrong);
        self.get(name).map(read).transpose()
    }

    pub fn text(&self, name: &str) -> Result<&'o str, String> {
        let value = self.get(name).ok_or_else(|| missing(name))?;
        value.as_str().ok_or_else(|| format!("{name} is no text"))
    }

    /// A text; none also when it is blank.
    pub fn optional_text(&self, name: &str) -> Result<Option<&'o str>, String> {
        let text = self.has(name).then(|| self.text(name)).transpose()?;
        Ok(text.filter(|text| !text.trim().is_empty()))
    }

    /// A list; empty when it is absent.
    pub fn list(&self, name: &str) -> Result<&'o [Value], String> {
        match self.get(name) {
            None => Ok(&[]),
            Some(Value::Array(values)) => Ok(values),
            Some(_) => Err(format!("{name} is no list")),
        }
    }

    /// The names of the fields that have a value and that nobody asked for.
    pub fn others(self) -> Vec<String> {
        let asked = self.asked.into_inner();
        let others = self.object.iter();
        let others = others.filter(|(name, value)| !value.is_null() && !asked.contains(*name));
        others.map(|(name, _)| name.clone()).collect()
    }
}

fn missing(name: &str) -> String {
    format!("{name} is missing")
}

/// A whole number, also one that is written like `5.0`.
pub fn integer(value: &Value) -> Option<i64> {
    let whole = |number: f64| {
        let is_whole = number.fract() == 0.0 && number.abs() < 9e15;
        is_whole.then_some(number as i64)
    };
    value.as_i64().or_else(|| value.as_f64().and_then(whole))
}
