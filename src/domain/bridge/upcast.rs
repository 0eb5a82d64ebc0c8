//! The older versions of the bridge's events. All types are in their first version still: the only step is the tests' own.

use crate::domain::Upcaster;

/// Every older version, and the way from it to the next.
pub const UPCASTERS: &[Upcaster] = &[
    #[cfg(test)]
    synthetic::TRACKER,
];

/// A version that no program ever wrote: a tracker's `config_id` became `command_config_id`.
#[cfg(test)]
mod synthetic {
    use crate::domain::{Fields, Upcaster};

    pub const TRACKER: Upcaster = Upcaster {
        from: ("CommandTrackerAdded", 0),
        to: ("CommandTrackerAdded", 1),
        upcast: |mut fields: Fields| {
            let config = fields.remove("config_id").ok_or("it has no config_id")?;
            fields.insert("command_config_id".to_owned(), config);
            Ok(fields)
        },
    };
}
