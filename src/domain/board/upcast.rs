//! The older versions of a board's events. All types are in their first version still: the only steps are the tests' own.

use crate::domain::Upcaster;

/// Every older version, and the way from it to the next.
pub const UPCASTERS: &[Upcaster] = &[
    #[cfg(test)]
    synthetic::NOTED,
    #[cfg(test)]
    synthetic::ADDED,
];

/// Versions that no program ever wrote: `BountyNoted` became `BountyAdded`, whose `title` became `text`.
#[cfg(test)]
mod synthetic {
    use serde_json::Value;

    use crate::domain::{Fields, Upcaster};

    pub const NOTED: Upcaster = Upcaster {
        from: ("BountyNoted", 1),
        to: ("BountyAdded", 0),
        upcast: |mut fields: Fields| {
            fields.insert("link".to_owned(), Value::Null);
            Ok(fields)
        },
    };

    pub const ADDED: Upcaster = Upcaster {
        from: ("BountyAdded", 0),
        to: ("BountyAdded", 1),
        upcast: |mut fields: Fields| {
            let title = fields.remove("title").ok_or("it has no title")?;
            fields.insert("text".to_owned(), title);
            fields.insert("due_date_ts".to_owned(), Value::Null);
            Ok(fields)
        },
    };
}
