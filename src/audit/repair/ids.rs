//! Which ids were given in bytes that are set aside, as far as they can still be read.

use serde::Deserialize;

use crate::domain::board::Board;
use crate::domain::{BountyId, Checkpointed};
use crate::store::Checkpoint;

/// A number above this was never an id: it would leave no room for new ones.
const CREDIBLE: u64 = 1 << 53;

/// What a snapshot says of ids, whatever else is in it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Ids {
    next_id: u64,
    bounties: Vec<Id>,
    tracked: Vec<u64>,
}

#[derive(Deserialize)]
struct Id {
    id: u64,
}

/// The lowest id that no line in these bytes of a log gave to a bounty. The lines may be changed or cut: a quote in a text is
/// escaped, so the key below is never found in one.
pub fn free_after_lines(bytes: &[u8]) -> BountyId {
    free_after(numbers(bytes, b"\"data\":{\"id\":"))
}

/// The lowest id that a snapshot does not say was given.
pub fn free_after_snapshot(content: &[u8]) -> BountyId {
    let Ok(ids) = serde_json::from_slice::<Ids>(content) else {
        return free_after(numbers(content, b"\"id\": "));
    };
    let given = ids.bounties.iter().map(|bounty| bounty.id);
    let next = Some(ids.next_id).filter(|next| *next < CREDIBLE);
    free_after(given.chain(ids.tracked)).max(BountyId(next.unwrap_or(0)))
}

/// The lowest id that a checkpoint does not say was given.
pub fn free_after_checkpoint(content: &[u8]) -> BountyId {
    let checkpoint = Checkpoint::parse(content);
    let state = checkpoint.as_ref().and_then(Checkpoint::state);
    let board = state.and_then(Board::from_checkpoint);
    board.map_or(BountyId(1), |board| board.next_id())
}

fn free_after(given: impl Iterator<Item = u64>) -> BountyId {
    let highest = given.filter(|id| *id < CREDIBLE).max();
    BountyId(highest.map_or(1, |id| id + 1))
}

/// The whole numbers that stand behind this key, up to the comma or brace after them.
fn numbers<'b>(bytes: &'b [u8], key: &'b [u8]) -> impl Iterator<Item = u64> + 'b {
    let starts = bytes.windows(key.len()).enumerate();
    let behind = starts
        .filter(move |(_, window)| *window == key)
        .map(move |(at, _)| &bytes[at + key.len()..]);
    behind.filter_map(|rest| {
        let end = rest.iter().position(|byte| !byte.is_ascii_digit())?;
        let is_whole = matches!(rest[end], b',' | b'}');
        let digits = std::str::from_utf8(&rest[..end]).ok()?;
        is_whole.then(|| digits.parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::{free_after_lines, free_after_snapshot};
    use crate::domain::BountyId;

    #[test]
    fn ids_are_read_from_lines_that_are_no_json_any_more() {
        let lines = br#"x"type":"BountyAdded","v":1,"data":{"id":7,"text":"\"data\":{\"id\":99,"}}
\0\0"v":1,"data":{"id":12}"#;
        assert_eq!(free_after_lines(lines), BountyId(13));
        assert_eq!(free_after_lines(br#""data":{"id":12"#), BountyId(1));
        assert_eq!(
            free_after_lines(br#""data":{"id":18446744073709551615}"#),
            BountyId(1)
        );
    }

    #[test]
    fn ids_are_read_from_every_kind_of_snapshot_and_from_a_cut_one() {
        let free = |content: &str| free_after_snapshot(content.as_bytes());
        assert_eq!(free(r#"{"group_id":-1,"next_id":9,"seq":3}"#), BountyId(9));
        assert_eq!(
            free(r#"{"user_id":4,"tracked":[1,5],"seq":3}"#),
            BountyId(6)
        );
        assert_eq!(free("{\"bounties\": [\n{\n\"id\": 4,\n\"te"), BountyId(5));
        assert_eq!(free(""), BountyId(1));
    }
}
