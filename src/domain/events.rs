//! Types of events whose every variant is the event's `data`, all of version 1.

/// An enum of events by their names in the log, each with its `data`; after the names of the two types a function that answers
/// [`crate::domain::Event::stream`], and the versions before the newest.
macro_rules! events {
    ($(#[$doc:meta])* $events:ident, $borrowed:ident, $stream:path, $upcasters:path; $($name:ident($data:ty)),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $events {
            $($name($data)),+
        }

        /// The `data` of an event, borrowed for writing.
        #[derive(serde::Serialize)]
        #[serde(untagged)]
        pub enum $borrowed<'a> {
            $($name(&'a $data)),+
        }

        impl $events {
            /// The log's `type` of every event.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];
        }

        impl crate::domain::Event for $events {
            type Data<'a> = $borrowed<'a>;

            const UPCASTERS: &'static [crate::domain::Upcaster] = $upcasters;

            fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name)),+
                }
            }

            fn version(&self) -> u32 {
                1
            }

            fn data(&self) -> $borrowed<'_> {
                match self {
                    $(Self::$name(data) => $borrowed::$name(data)),+
                }
            }

            fn stream(&self) -> Option<crate::domain::StreamId> {
                $stream(self)
            }

            fn decode(
                name: &str,
                version: u32,
                data: &serde_json::value::RawValue,
            ) -> Result<Self, crate::domain::DecodeError> {
                match (name, version) {
                    $((stringify!($name), 1) => {
                        crate::domain::record::read_data(name, version, data).map(Self::$name)
                    })+
                    _ => Err(crate::domain::DecodeError::Unknown {
                        name: name.to_owned(),
                        version,
                    }),
                }
            }
        }
    };
}

pub(super) use events;
