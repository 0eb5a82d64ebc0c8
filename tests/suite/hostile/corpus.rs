//! Replays `tests/corpus/`: what the fuzz targets start from, and what they found.

use std::fs;
use std::path::Path;

use crate::support::fuzzing;

/// Every input for this target, by its name.
fn named_inputs(target: &str) -> Vec<(String, Vec<u8>)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus")
        .join(target);
    let entries = fs::read_dir(dir)
        .expect("a corpus")
        .map(|entry| entry.expect("an entry"));
    let mut inputs: Vec<_> = entries
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, fs::read(entry.path()).expect("an input"))
        })
        .collect();
    inputs.sort();
    inputs
}

pub fn inputs(target: &str) -> Vec<Vec<u8>> {
    named_inputs(target)
        .into_iter()
        .map(|(_, input)| input)
        .collect()
}

#[test]
fn what_the_fuzzers_start_from_and_found_holds() {
    for (target, check) in fuzzing::TARGETS {
        let inputs = named_inputs(target);
        assert!(inputs.len() > 20, "{target}: only {} inputs", inputs.len());
        for (name, input) in inputs {
            let held = std::panic::catch_unwind(|| check(&input));
            assert!(held.is_ok(), "tests/corpus/{target}/{name}");
        }
    }
}
