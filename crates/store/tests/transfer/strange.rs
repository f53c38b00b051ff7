//! Lines that are damaged: what is taken of them can be.

use proptest::prelude::*;

use super::{full, import, lines};
use crate::world::{World, calm};

/// A change of some bytes of a line.
#[derive(Clone, Debug)]
enum Change {
    Replace(u8),
    Remove(u8),
    Repeat(u8),
}

fn change() -> impl Strategy<Value = (prop::sample::Index, Change)> {
    let change = prop_oneof![
        any::<u8>().prop_map(Change::Replace),
        prop::sample::select(b"0123456789{}[]\",:".to_vec()).prop_map(Change::Replace),
        any::<u8>().prop_map(Change::Remove),
        any::<u8>().prop_map(Change::Repeat),
    ];
    (any::<prop::sample::Index>(), change)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_are_too_strange_and_what_is_taken_can_be(
        line in 0..4usize,
        changes in prop::collection::vec(change(), 0..4),
    ) {
        let (here, there) = (full(), World::new(calm()));
        let mut bytes = lines(&here)[line].clone().into_bytes();
        for (place, change) in changes {
            let place = place.index(bytes.len());
            let end = |many: u8| (place + many as usize).min(bytes.len());
            match change {
                Change::Replace(byte) => bytes[place] = byte,
                Change::Remove(many) => drop(bytes.drain(place..end(many))),
                Change::Repeat(many) => {
                    let piece = bytes[place..end(many)].to_vec();
                    bytes.splice(place..place, piece);
                }
            }
            if bytes.is_empty() {
                bytes.push(b' ');
            }
        }
        let imported =
            there.executions.import(&bytes[..], "alice", |_| Ok(()), false, there.now).unwrap();
        // The world audits itself at its end. What was taken runs like any other, and travels on.
        let again = World::new(calm());
        let text = lines(&there).join("\n");
        prop_assert_eq!(import(&again, &text).taken, imported.taken);
    }
}
