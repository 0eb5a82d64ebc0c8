//! What stands after the last valid line of a log: torn (never acknowledged to anyone) or damaged.

/// File systems lose a write in units of this many bytes.
const SECTOR: u64 = 512;

/// Whether `rest`, which begins at byte `offset` of the log and is not a valid line, is the remainder of a write that
/// never became durable. `is_line` tells whether bytes are a whole valid line that could stand there.
///
/// The hole of rule (b) must lie in the first invalid line: everything before the first lost sector of a write is
/// valid, so a hole further on says nothing about an invalid line before it, and cutting there would lose events.
pub fn is_torn(rest: &[u8], offset: u64, is_line: impl Fn(&[u8]) -> bool) -> bool {
    let line_end = rest.iter().position(|byte| *byte == b'\n');
    let first_line = &rest[..line_end.unwrap_or(rest.len())];
    if has_hole(first_line, rest.len(), offset) {
        return true;
    }
    let is_changed_newline = || rest.split_last().is_some_and(|(_, line)| is_line(line));
    line_end.is_none() && !is_changed_newline()
}

/// Whether `line`, at the start of a rest of `rest_len` bytes, holds a run of NULs with the bounds of a lost write: it begins where the
/// rest does or at a sector, and ends at a sector or with the file.
fn has_hole(line: &[u8], rest_len: usize, offset: u64) -> bool {
    let at_sector = |index: usize| (offset + index as u64).is_multiple_of(SECTOR);
    let mut index = 0;
    while let Some(start) = line[index..]
        .iter()
        .position(|byte| *byte == 0)
        .map(|found| index + found)
    {
        let end = line[start..]
            .iter()
            .position(|byte| *byte != 0)
            .map_or(line.len(), |found| start + found);
        if (start == 0 || at_sector(start)) && (end == rest_len || at_sector(end)) {
            return true;
        }
        index = end;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::is_torn;

    fn torn(rest: &[u8], offset: u64) -> bool {
        is_torn(rest, offset, |line| line == b"{valid}")
    }

    #[test]
    fn a_part_of_a_line_is_torn_and_a_changed_newline_is_not() {
        assert!(torn(b"{val", 100));
        assert!(torn(b"{valid}", 100));
        assert!(!torn(b"{valid}\x0b", 100));
        assert!(!torn(b"{vAlid}\n", 100));
    }

    #[test]
    fn a_hole_with_the_bounds_of_a_lost_write_is_torn_and_so_is_what_follows() {
        assert!(torn(&[0; 40], 100));
        assert!(torn(&[b"{va".as_slice(), &[0; 5]].concat(), 509));
        let mut hole = b"{va".to_vec();
        hole.extend([0; 512]);
        hole.extend(b"lid}\n{valid}\n");
        assert!(torn(&hole, 509));
        assert!(
            !torn(&hole, 510),
            "a run that begins within a sector was not lost by a write"
        );
    }

    #[test]
    fn a_single_changed_byte_is_damage_even_when_it_became_a_nul() {
        assert!(!torn(b"\x00valid}\n", 100));
        assert!(!torn(b"{\x00alid}\n", 511));
    }

    #[test]
    fn a_hole_far_behind_a_changed_line_does_not_make_the_change_torn() {
        let mut rest = b"{vAlid}\n".to_vec();
        rest.extend([0; 600]);
        assert!(!torn(&rest, 0));
    }
}
