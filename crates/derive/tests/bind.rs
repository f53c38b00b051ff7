//! What binding says of a type that does not fit the vocabulary.

use redress::{BindProblem, Policy};
use redress_derive::Facts;

/// What binding the type to the default policy says.
fn problems<T: redress::Facts>() -> Vec<String> {
    let error = Policy::default().bind::<T>().expect_err("something does not fit");
    assert_eq!(
        error.to_string(),
        error.problems.iter().map(BindProblem::to_string).collect::<Vec<_>>().join("; ")
    );
    error.problems.iter().map(BindProblem::to_string).collect()
}

#[test]
fn an_unknown_fact_comes_with_a_suggestion() {
    #[derive(Facts)]
    struct Misspelt {
        error: String,
        modul: u32,
        module: u32,
        nothing_like_it: bool,
    }
    let expected = [
        "no fact is called `modul`, did you mean `module`?",
        "no fact is called `nothing_like_it`",
    ];
    assert_eq!(problems::<Misspelt>(), expected);
}

#[test]
fn a_required_fact_needs_a_field_that_is_never_absent() {
    #[derive(Facts)]
    struct Missing {
        error: Option<String>,
    }
    let expected = [
        "`error` may be absent, but the fact is required",
        "the fact `module` is required, and no field gives it",
    ];
    assert_eq!(problems::<Missing>(), expected);
}

#[test]
fn a_field_that_is_always_there_fits_an_optional_fact() {
    #[derive(Facts)]
    struct Always {
        error: String,
        module: u8,
        status: u16,
        phase: Option<Phase>,
    }
    assert!(Policy::default().bind::<Always>().is_ok());
}

#[test]
fn every_wrong_type_is_named() {
    #[derive(Facts)]
    struct Wrong {
        error: u32,
        module: String,
        handler: u8,
        phase: bool,
        elapsed: redress::Size,
        size: std::time::Duration,
        app: Phase,
        status: redress::Duration,
    }
    let expected = [
        "`error` is an integer, but the fact is of type `ErrorType`",
        "`module` is text, but the fact is of type `int`",
        "`handler` is an integer, but the fact is of type `bool`",
        "`phase` is a boolean, but the fact is of type `Phase`",
        "`status` is a duration, but the fact is of type `int`",
        "`app` is a name, but the fact is of type `text`",
        "`elapsed` is a size, but the fact is of type `duration`",
        "`size` is a duration, but the fact is of type `size`",
    ];
    assert_eq!(problems::<Wrong>(), expected);
}

#[derive(Facts)]
#[facts(rename_all = "snake_case")]
#[allow(dead_code, reason = "only the names count")]
enum Phase {
    Operation,
    Commit,
}

#[test]
fn a_closed_enum_takes_an_enum_with_its_names_only() {
    #[derive(Facts)]
    struct Text<'a> {
        error: &'a str,
        module: u32,
        phase: &'a str,
    }
    let expected = [
        "`phase` may be any text, but `Phase` is closed; derive `Facts` for an enum with its names",
    ];
    assert_eq!(problems::<Text<'_>>(), expected);

    #[derive(Facts)]
    #[allow(dead_code, reason = "only the names count")]
    enum Misspelt {
        #[facts(rename = "operation")]
        Operation,
        #[facts(rename = "comit")]
        Commit,
        Elsewhere,
    }
    #[derive(Facts)]
    struct Names {
        error: String,
        module: u32,
        phase: Misspelt,
    }
    let expected =
        ["`phase` may be `comit`, which is no member of `Phase`, did you mean `commit`?"];
    assert_eq!(problems::<Names>(), expected);
}

#[test]
fn an_open_enum_takes_text_and_names_it_knows() {
    #[derive(Facts)]
    #[allow(dead_code, reason = "only the names count")]
    enum Known {
        ConnectionError,
        RunTimeError,
    }
    #[derive(Facts)]
    struct Failure {
        error: Known,
        module: u32,
    }
    let binding = Policy::default().bind::<Failure>().unwrap();
    let decision = binding.decide(&Failure { error: Known::ConnectionError, module: 2 });
    assert_eq!(decision.rule.as_deref(), Some("retryable"));

    #[derive(Facts)]
    #[allow(dead_code, reason = "only the names count")]
    enum Unknown {
        LedgerClosedError,
    }
    #[derive(Facts)]
    struct Other {
        error: Unknown,
        module: u32,
    }
    let expected = ["`error` may be `LedgerClosedError`, which is no member of `ErrorType`"];
    assert_eq!(problems::<Other>(), expected);
}
