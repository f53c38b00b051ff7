//! Values as a policy writes them.

use crate::words::is_reserved;

/// A text in quotes, with the escapes of the language.
pub(crate) fn quoted(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 2);
    written.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => written.extend(['\\', c]),
            '\n' => written.push_str("\\n"),
            '\t' => written.push_str("\\t"),
            c if is_invisible(c) => written.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => written.push(c),
        }
    }
    written.push('"');
    written
}

/// Whether a reader would not see the character, or see it where it is not: so thinks Rust, whose own form
/// escapes such characters, too.
fn is_invisible(c: char) -> bool {
    c != '\'' && c.escape_debug().len() > 1
}

/// A name as it is, in quotes where it is no identifier.
pub(crate) fn name(name: &str) -> String {
    let is_word = |word: &str| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        word.chars().all(is_part) && word.starts_with(|c: char| !c.is_ascii_digit())
    };
    let first = name.split('.').next().unwrap_or_default();
    let is_identifier = name.split('.').all(is_word) && !is_reserved(first);
    if is_identifier { name.to_owned() } else { quoted(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_as_the_language_does() {
        assert_eq!(quoted("a \"b\" \\ it's"), r#""a \"b\" \\ it's""#);
        assert_eq!(quoted("a\nb\tc\rd\0é\u{202e}"), "\"a\\nb\\tc\\u{d}d\\u{0}é\\u{202e}\"");
    }

    #[test]
    fn names_are_quoted_where_they_must_be() {
        assert_eq!(name("DynamoDB.InternalServerError"), "DynamoDB.InternalServerError");
        assert_eq!(name("40001"), "\"40001\"");
        assert_eq!(name("in"), "\"in\"");
        assert_eq!(name("a..b"), "\"a..b\"");
        assert_eq!(name(""), "\"\"");
    }
}
