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

/// The message of serde, of `serde_json`, or of a type that reads a text, in our words.
pub(super) fn said(message: &str) -> Said {
    if message.starts_with("EOF") {
        return Said::only("it ends before its end");
    }
    if message == "trailing characters" {
        return Said::only("something stands behind its end");
    }
    if message.starts_with("UUID parsing failed") {
        return Said::only("it is no id of an execution: 32 hexadecimal digits are expected");
    }
    if message.contains("invalid digit") && !message.contains("failed to parse") {
        return Said::only("it is no whole number");
    }
    if message.contains("failed to parse") || message.contains("failed to find") {
        return Said::only("it is no time").with("write a time such as `2026-11-25T09:00:00Z`");
    }
    if let Some(rest) = message.strip_prefix("unknown field ") {
        return chosen("there is no field ", rest);
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        return chosen("there is no ", rest);
    }
    if let Some(field) = message.strip_prefix("missing field ") {
        return Said::only(format!("{field} is missing"));
    }
    if let Some(field) = message.strip_prefix("duplicate field ") {
        return Said::only(format!("{field} is given twice"));
    }
    for start in ["invalid type: ", "invalid value: ", "invalid length "] {
        if let Some((given, expected)) =
            message.strip_prefix(start).and_then(|rest| rest.split_once(", expected "))
        {
            return Said::only(format!("it is {}, expected {}", named(given), named(expected)));
        }
    }
    Said::only(message)
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
        None => said,
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
            "there is no field `x`, there are no fields: "
        );
        assert_eq!(
            said("invalid type: integer `7`, expected a string"),
            "it is the number `7`, expected a text: "
        );
        assert_eq!(said("expected value"), "expected value: ");
    }
}
