//! Who does the work: we, and those beside us.

pub mod cqrs;
pub mod engine;
pub mod plain;
pub mod raw;
pub mod seed;
pub mod sqlite;
