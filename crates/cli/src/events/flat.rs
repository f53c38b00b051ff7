//! Objects that hold no others, as events do: where they end is seen at a glance.

use memchr::{memchr, memchr_iter};

/// An object in an array, which is one if it is JSON.
pub struct Element<'a> {
    pub text: &'a str,
    /// Where it begins.
    pub start: usize,
    /// Behind the comma that follows it.
    pub end: usize,
}

/// The element that these bytes begin with, if it begins and ends with a brace and a comma follows; `known` of the
/// bytes are known to be text.
///
/// A brace that a comma follows may still stand in a text. Then what ends there is no JSON, and the element is read
/// with care: that is rarer than it would be worth to follow every quote.
pub fn element<'a>(bytes: &'a [u8], known: &'a str) -> Option<Element<'a>> {
    let start = skip_space(bytes, 0);
    let object = bytes.get(start..).filter(|rest| rest.starts_with(b"{"))?;
    let end_behind = |brace| (brace, comma_behind(object, brace + 1));
    let (brace, end) = match end_behind(memchr(b'}', object)?) {
        (brace, Some(end)) => (brace, end),
        (_, None) => {
            let brace = closing_brace(object)?;
            (brace, comma_behind(object, brace + 1)?)
        }
    };
    let text = known.get(start..=start + brace);
    let text = text.or_else(|| std::str::from_utf8(&object[..=brace]).ok())?;
    Some(Element { text, start, end: start + end })
}

/// The place behind the comma that stands here or behind spaces.
fn comma_behind(bytes: &[u8], from: usize) -> Option<usize> {
    let comma = skip_space(bytes, from);
    (bytes.get(comma) == Some(&b',')).then_some(comma + 1)
}

fn skip_space(bytes: &[u8], from: usize) -> usize {
    let space = bytes[from..].iter().take_while(|byte| byte.is_ascii_whitespace());
    from + space.count()
}

/// The first brace that closes and is in no text.
///
/// Without escapes every second quote ends a text, and counting quotes is quicker than following them.
fn closing_brace(object: &[u8]) -> Option<usize> {
    let (mut counted, mut in_text) = (0, false);
    for brace in memchr_iter(b'}', object) {
        let piece = &object[counted..brace];
        if memchr(b'\\', piece).is_some() {
            return closing_brace_among_escapes(object);
        }
        in_text ^= memchr_iter(b'"', piece).count() % 2 == 1;
        if !in_text {
            return Some(brace);
        }
        counted = brace;
    }
    None
}

fn closing_brace_among_escapes(object: &[u8]) -> Option<usize> {
    let (mut in_text, mut escaped) = (false, false);
    object.iter().position(|&byte| {
        in_text ^= byte == b'"' && !escaped;
        escaped = in_text && byte == b'\\' && !escaped;
        byte == b'}' && !in_text
    })
}
