//! Reading an event that is not kept allocates nothing, wherever it comes from.

use allocation_counter::measure;
use redress::{EventError, Policy};
use serde_json::{Map, Value};

const EVENT: &str = r#"{"error": "ConnectionError", "module": 3, "app": "erp", "status": 503, "phase": "commit",
    "message": "503 Service Unavailable", "elapsed": "2s", "size": null}"#;
const OTHER: &str = r#"{"module": 1, "error": "NobodyKnowsThisError", "handler": true}"#;
const ESCAPED: &str = r#"{"error": "DataError", "module": 3, "message": "\"no\""}"#;

fn allocations(read: impl FnOnce() -> Result<usize, EventError>) -> u64 {
    let mut rule = Ok(0);
    let seen = measure(|| rule = read());
    rule.unwrap();
    seen.count_total
}

#[test]
fn reading_allocates_nothing() {
    let policy = Policy::default();
    let mut reader = policy.reader();
    let maps: Vec<Map<String, Value>> =
        [EVENT, OTHER].iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    let cells = [("error", "DataError"), ("module", "2"), ("elapsed", "2s"), ("status", "")];
    // The first events make room for those that follow.
    reader.json(EVENT).unwrap();
    for text in [EVENT, OTHER] {
        assert_eq!(allocations(|| Ok(reader.json(text)?.rule)), 0, "{text}");
    }
    for facts in &maps {
        assert_eq!(allocations(|| Ok(reader.map(facts)?.rule)), 0, "{facts:?}");
    }
    assert_eq!(allocations(|| Ok(reader.written(cells)?.rule)), 0);
    let facts = [("error", "NobodyKnowsThisError".into()), ("module", 2.into())];
    assert_eq!(allocations(|| Ok(reader.given(&facts)?.rule)), 0);
}

/// A text with escapes is put together once by the parser, and kept where the one before was kept.
#[test]
fn a_text_with_escapes_takes_one_allocation() {
    let policy = Policy::default();
    let mut reader = policy.reader();
    reader.json(ESCAPED).unwrap();
    assert_eq!(allocations(|| Ok(reader.json(ESCAPED)?.rule)), 1);
}
