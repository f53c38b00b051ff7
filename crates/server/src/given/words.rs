//! What serde says of a value that does not fit, in words that have nothing to do with Rust.

/// What is wrong, and what to do where that can be said.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) detail: String,
    pub(super) fix: Option<String>,
}

impl Said {
    fn only(detail: impl Into<String>) -> Self {
        Said { detail: detail.into(), fix: None }
    }
}

/// Where ids come from.
pub(super) const IDS: &str = "ids are those that reports and lists answer";

/// What `serde_json` says of JSON that it would need too much memory to follow.
pub(super) const TOO_DEEP: &str = "recursion limit exceeded";

/// The message of serde, of `serde_json`, or of a type that reads a text, in our words.
pub(super) fn said(message: &str) -> Said {
    if message.starts_with("EOF") {
        return Said::only("it ends before its end")
            .with("close what is open in it, and send all of it");
    }
    if message == "trailing characters" {
        return Said::only("something stands behind its end").with("send one JSON object");
    }
    if message.starts_with("UUID parsing failed") {
        let detail = "it is no id of an execution: 32 hexadecimal digits are expected";
        return Said::only(detail).with(IDS);
    }
    if message == TOO_DEEP {
        return Said::only("it is nested too deeply")
            .with("nest it less than 127 deep, or send a text that holds it");
    }
    if is_of_a_time(message) {
        return Said::only("it is no time").with("write a time such as `2026-11-25T09:00:00Z`");
    }
    if message.starts_with("number too ") {
        return Said::only("it is too large a number").with("write a smaller one");
    }
    if message.contains("invalid digit") || message.starts_with("cannot parse integer") {
        return Said::only("it is no whole number").with("write one, such as `50`");
    }
    if message.contains("was not `true` or `false`") {
        return Said::only("it is neither `true` nor `false`").with("write one of them");
    }
    if message.ends_with("is no place in a list") {
        return Said::only(message).with("send what the page before said was `next`");
    }
    if let Some(rest) = message.strip_prefix("unknown field ") {
        return chosen("there is no field ", rest);
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        return chosen("there is no ", rest);
    }
    if let Some(field) = message.strip_prefix("missing field ") {
        return Said::only(format!("{field} is missing")).with("add it");
    }
    if let Some(field) = message.strip_prefix("duplicate field ") {
        return Said::only(format!("{field} is given twice")).with("give it once");
    }
    for start in ["invalid type: ", "invalid value: ", "invalid length "] {
        if let Some((given, expected)) =
            message.strip_prefix(start).and_then(|rest| rest.split_once(", expected "))
        {
            let (given, expected) = (named(given), named(expected));
            let said = Said::only(format!("it is {given}, expected {expected}"));
            return said.with(format!("send {expected}"));
        }
    }
    Said::only(message)
}

/// What `jiff` says of a text that is no time.
fn is_of_a_time(message: &str) -> bool {
    [
        "failed to parse",
        "failed to find",
        " digit year",
        " digit month",
        " digit day",
        "unparsed input",
    ]
    .iter()
    .any(|words| message.contains(words))
}

impl Said {
    fn with(self, fix: impl Into<String>) -> Self {
        Said { fix: Some(fix.into()), ..self }
    }
}

/// `x`, expected one of `a`, `b`: what was probably meant, or what there is.
fn chosen(start: &str, rest: &str) -> Said {
    let (given, known) = rest.split_once(", expected ").unwrap_or((rest, ""));
    let said = Said::only(format!("{start}{given}"));
    let known = known.trim_start_matches("one of ");
    let names = known.split('`').skip(1).step_by(2);
    match redress::suggest(given.trim_matches('`'), names) {
        Some(near) => said.with(format!("did you mean `{near}`?")),
        None if known.starts_with('`') => said.with(format!("there is {known}")),
        None => said.with("leave it out"),
    }
}

/// The kinds of JSON as JSON calls them.
fn named(kind: &str) -> String {
    match kind {
        "null" => "null".to_owned(),
        "map" | "a map" => "an object".to_owned(),
        "sequence" | "a sequence" => "an array".to_owned(),
        kind if kind.starts_with("struct ") => "an object".to_owned(),
        kind if kind.starts_with("string ") => format!("the text {}", &kind["string ".len()..]),
        kind if kind.starts_with("integer ") => format!("the number {}", &kind["integer ".len()..]),
        kind if kind.starts_with("floating point ") => {
            format!("the number {}", &kind["floating point ".len()..])
        }
        kind if kind.starts_with("boolean ") => kind["boolean ".len()..].to_owned(),
        "a string" => "a text".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number".to_owned(),
        kind if kind.contains("UUID") => "the 32 hexadecimal digits of an id".to_owned(),
        kind => kind.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_guessed_or_listed() {
        let said = |message: &str| {
            let Said { detail, fix } = said(message);
            format!("{detail}: {}", fix.unwrap_or_default())
        };
        assert_eq!(
            said("unknown field `paylod`, expected one of `payload`, `run`"),
            "there is no field `paylod`: did you mean `payload`?"
        );
        assert_eq!(
            said("unknown variant `x`, expected `read` or `manage`"),
            "there is no `x`: there is `read` or `manage`"
        );
        assert_eq!(
            said("unknown field `x`, there are no fields"),
            "there is no field `x`, there are no fields: leave it out"
        );
        assert_eq!(
            said("invalid type: integer `7`, expected a string"),
            "it is the number `7`, expected a text: send a text"
        );
        assert_eq!(said("expected value"), "expected value: ");
    }
}
