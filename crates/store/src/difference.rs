//! What an edit changed in a payload, as data.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use similar::{ChangeTag, TextDiff};

use crate::payload::Payload;

/// Payloads larger than this are not compared.
pub const LARGEST_COMPARED: usize = 256 << 10;

/// Nor are those that differ in so many lines, taken from the first to the last that differs: to find the shortest way
/// from one to the other costs time by the square of them.
const MOST_LINES: usize = 4_000;

/// So many lines that stay are shown on either side of a change.
const AROUND: usize = 3;

/// What an edit changed in a payload, and who made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The edition that the edit made; it is compared with the one before.
    pub edition: u32,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: Option<String>,
    /// Bytes of the edition before, as it is kept.
    pub bytes_before: u64,
    /// Bytes of this edition, as it is kept.
    pub bytes: u64,
    /// What is different.
    pub change: Change,
}

/// What is different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is confidential.
    Confidential,
    /// One of the two is no text.
    Binary,
    /// They are too large, or differ in too many lines, to be compared.
    Large,
    /// These lines. Of JSON, those of its indented form, so that a change of one member is one line; where only the
    /// spelling of the JSON changed, those of the text. None: the two are the same.
    Lines(Vec<Hunk>),
}

/// Lines that changed, and some around them that did not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hunk {
    /// The number of its first line before, counted from 1.
    pub before: usize,
    /// The number of its first line after.
    pub after: usize,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// A line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// It is in both.
    Kept(String),
    /// It was before.
    Removed(String),
    /// It came.
    Added(String),
}

impl Change {
    /// What is different between two editions. What is sealed cannot be compared, and is not shown.
    pub(crate) fn between(before: &Payload, after: &Payload) -> Self {
        if [before, after].iter().any(|payload| matches!(payload, Payload::Sealed(_))) {
            return Change::Confidential;
        }
        if before.bytes().len().max(after.bytes().len()) > LARGEST_COMPARED {
            return Change::Large;
        }
        let texts = (std::str::from_utf8(before.bytes()), std::str::from_utf8(after.bytes()));
        let (Ok(before), Ok(after)) = texts else { return Change::Binary };
        match (indented(before), indented(after)) {
            (Some(left), Some(right)) if left != right => lines(&left, &right),
            _ => lines(before, after),
        }
    }
}

/// The indented form of a text that is JSON.
fn indented(text: &str) -> Option<String> {
    let value: Json = serde_json::from_str(text).ok()?;
    let indented = serde_json::to_string_pretty(&value).ok()?;
    // Many levels make much indentation.
    (indented.len() <= 4 * LARGEST_COMPARED).then_some(indented)
}

fn lines(before: &str, after: &str) -> Change {
    if differing(before, after) > MOST_LINES {
        return Change::Large;
    }
    let diff = TextDiff::from_lines(before, after);
    let hunk = |ops: Vec<similar::DiffOp>| {
        let lines = ops.iter().flat_map(|op| diff.iter_changes(op)).map(|change| {
            let text = change.value().trim_end_matches(['\n', '\r']).to_owned();
            match change.tag() {
                ChangeTag::Equal => Line::Kept(text),
                ChangeTag::Delete => Line::Removed(text),
                ChangeTag::Insert => Line::Added(text),
            }
        });
        let first =
            |range: fn(&similar::DiffOp) -> usize| ops.first().map_or(1, |op| range(op) + 1);
        Hunk {
            before: first(|op| op.old_range().start),
            after: first(|op| op.new_range().start),
            lines: lines.collect(),
        }
    };
    Change::Lines(diff.grouped_ops(AROUND).into_iter().map(hunk).collect())
}

/// How many lines of both stand between the beginning and the end that they share.
fn differing(before: &str, after: &str) -> usize {
    let (left, right): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = |(left, right): &(&&str, &&str)| left == right;
    let start = left.iter().zip(&right).take_while(same).count();
    let (left, right) = (&left[start..], &right[start..]);
    let end = left.iter().rev().zip(right.iter().rev()).take_while(same).count();
    left.len() + right.len() - 2 * end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn between(before: &str, after: &str) -> Change {
        Change::between(&Payload::from(before), &Payload::from(after))
    }

    #[test]
    fn a_member_of_json_that_changed_is_a_line() {
        let Change::Lines(hunks) =
            between(r#"{"refund":17,"to":"bob"}"#, r#"{"refund":18,"to":"bob"}"#)
        else {
            panic!("it is text");
        };
        let lines = [
            Line::Kept("{".to_owned()),
            Line::Removed("  \"refund\": 17,".to_owned()),
            Line::Added("  \"refund\": 18,".to_owned()),
            Line::Kept("  \"to\": \"bob\"".to_owned()),
            Line::Kept("}".to_owned()),
        ];
        assert_eq!(hunks, [Hunk { before: 1, after: 1, lines: lines.into() }]);
    }

    #[test]
    fn json_that_is_only_spelled_differently_differs_as_text() {
        let lines = vec![Line::Removed("[1,2]".to_owned()), Line::Added("[1, 2]".to_owned())];
        assert_eq!(
            between("[1,2]", "[1, 2]"),
            Change::Lines(vec![Hunk { before: 1, after: 1, lines }])
        );
        assert_eq!(between("[1,2]", "[1,2]"), Change::Lines(Vec::new()));
    }

    #[test]
    fn what_is_no_text_too_large_or_confidential_is_not_shown() {
        let bytes = Payload::from(vec![0xff, 0xfe]);
        assert_eq!(Change::between(&bytes, &Payload::from("x")), Change::Binary);
        let sealed = Payload::Sealed(b"nonce and ciphertext".to_vec());
        assert_eq!(Change::between(&Payload::from("x"), &sealed), Change::Confidential);
        assert_eq!(between(&"x".repeat(LARGEST_COMPARED + 1), "x"), Change::Large);
        let numbered =
            |word: &str| (0..3_000).map(|line| format!("{word} {line}\n")).collect::<String>();
        assert_eq!(between(&numbered("a"), &numbered("b")), Change::Large);
        // Long, and the same but for a line in the middle: that is found.
        let long = numbered("a");
        let Change::Lines(hunks) = between(&long, &long.replace("a 1500\n", "b\n")) else {
            panic!()
        };
        assert_eq!((hunks.len(), hunks[0].before, hunks[0].lines.len()), (1, 1498, 8));
    }

    proptest! {
        #[test]
        fn the_lines_lead_from_one_to_the_other(before in "([ab]\n){0,12}", after in "([ab]\n){0,12}") {
            let Change::Lines(hunks) = between(&before, &after) else { panic!("they are small") };
            let mut lines: Vec<&str> = before.lines().collect();
            for hunk in hunks.iter().rev() {
                let text = |line: &Line| match line {
                    Line::Kept(text) | Line::Removed(text) | Line::Added(text) => text.clone(),
                };
                let is_old = |line: &&Line| !matches!(line, Line::Added(_));
                let is_new = |line: &&Line| !matches!(line, Line::Removed(_));
                let old: Vec<String> = hunk.lines.iter().filter(is_old).map(text).collect();
                let place = hunk.before - 1..hunk.before - 1 + old.len();
                prop_assert_eq!(&lines[place.clone()], &old[..]);
                let new: Vec<String> = hunk.lines.iter().filter(is_new).map(text).collect();
                lines.splice(place, new.iter().map(|line| if line == "a" { "a" } else { "b" }));
            }
            prop_assert_eq!(lines, after.lines().collect::<Vec<_>>());
        }
    }
}
