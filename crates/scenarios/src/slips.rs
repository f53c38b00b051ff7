//! Names in an event that are probably misspelt: the policy takes them for errors that nobody has named.

use redress::{Policy, UnknownName};
use serde_json::{Map, Value as Json};

/// What to say of an unknown name that is probably a slip of the fingers.
pub fn slip(unknown: &UnknownName) -> Option<String> {
    let UnknownName { name, enum_type, near, .. } = unknown;
    near.as_ref().map(|near| format!("{enum_type} has no member {name}; did you mean {near}?"))
}

/// What to say of the names in an event; nothing where it does not fit the policy, which is told elsewhere.
pub fn slips(policy: &Policy, facts: &Map<String, Json>) -> Vec<String> {
    let Ok(read) = policy.event().read(facts) else { return Vec::new() };
    let Ok(event) = read.build() else { return Vec::new() };
    event.unknown_names().iter().filter_map(slip).collect()
}
