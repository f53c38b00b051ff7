//! What the grammar would have taken, in words.

/// What the grammar would have taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Expected {
    /// A word or a sign, as it is written.
    Sign(&'static str),
    When,
    Condition,
    Test,
    Name,
    Type,
    Number,
    Text,
    Value,
    Range,
    Outcome,
    Argument,
    Member,
    Parameter,
    Entry,
    /// `before` or `after` and a rule.
    Placement,
    Declaration,
    End,
}

impl Expected {
    fn words(self) -> String {
        match self {
            Expected::Sign(sign) => format!("`{sign}`"),
            Expected::When => "`when`".to_owned(),
            Expected::Condition => "a condition".to_owned(),
            Expected::Test => "a test such as `== …` or `in […]`".to_owned(),
            Expected::Name => "a name".to_owned(),
            Expected::Type => "a type".to_owned(),
            Expected::Number => "a number".to_owned(),
            Expected::Text => "a text in quotes".to_owned(),
            Expected::Value => "a value".to_owned(),
            Expected::Range => "a range".to_owned(),
            Expected::Outcome => "an outcome".to_owned(),
            Expected::Argument => "an argument".to_owned(),
            Expected::Member => "a member".to_owned(),
            Expected::Parameter => "a parameter".to_owned(),
            Expected::Entry => "a name, a colon and a value".to_owned(),
            Expected::Placement => "a place such as `before …`".to_owned(),
            Expected::Declaration => "a declaration".to_owned(),
            Expected::End => "the end of the file".to_owned(),
        }
    }
}

/// Takes out what another entry says already.
pub(super) fn reduce(expected: &[Expected]) -> Vec<Expected> {
    let mut expected = expected.to_vec();
    if expected.contains(&Expected::Number) && expected.contains(&Expected::Text) {
        expected.retain(|what| !matches!(what, Expected::Number | Expected::Text));
        expected.push(Expected::Value);
    }
    expected.sort_unstable();
    expected.dedup();
    let has = |what: Expected, among: &[Expected]| among.contains(&what);
    let all = expected.clone();
    expected.retain(|&what| match what {
        // `in` and `is` are tests, and a condition begins with a name.
        Expected::Sign("in" | "is") => !has(Expected::Test, &all),
        Expected::Name => {
            !(has(Expected::Condition, &all) || has(Expected::Value, &all))
                || expects_a_parent(&all)
        }
        Expected::Value | Expected::Text | Expected::Range => {
            !has(Expected::Argument, &all) && !expects_a_parent(&all)
        }
        // A range begins with a number.
        Expected::Number => !has(Expected::Range, &all) && !has(Expected::Value, &all),
        Expected::When => !has(Expected::Declaration, &all),
        Expected::End => !has(Expected::Declaration, &all),
        _ => true,
    });
    expected
}

/// Behind `is` a name is expected, quoted or not, and no other value.
pub(super) fn expects_a_parent(expected: &[Expected]) -> bool {
    expected.contains(&Expected::Sign("present"))
}

/// `a, b or c`
pub(super) fn in_words(expected: &[Expected]) -> String {
    let words: Vec<String> = expected.iter().map(|expected| expected.words()).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}
