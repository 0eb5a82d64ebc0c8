//! What an error comes from.

use std::error::Error;
use std::iter::successors;

/// An error and its causes, the innermost last.
pub fn causes<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    successors(Some(error), |&error| error.source())
}
