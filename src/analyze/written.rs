//! Names as a policy writes them.

pub(crate) use crate::literal::quoted;
use crate::words::is_reserved;

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
    fn names_are_quoted_where_they_must_be() {
        assert_eq!(name("DynamoDB.InternalServerError"), "DynamoDB.InternalServerError");
        assert_eq!(name("40001"), "\"40001\"");
        assert_eq!(name("in"), "\"in\"");
        assert_eq!(name("a..b"), "\"a..b\"");
        assert_eq!(name(""), "\"\"");
    }
}
