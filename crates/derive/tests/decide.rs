//! A bound type is decided as the same event given fact by fact.

use redress::Policy;
use redress_derive::Facts;

#[derive(Facts, Clone, Copy)]
struct Failure<'a> {
    error: &'a str,
    module: i64,
    handler: Option<bool>,
    storing: bool,
    phase: Phase,
    attempt: u64,
    status: Option<i32>,
    elapsed: Option<std::time::Duration>,
    retry_after: Option<i64>,
    size: Option<redress::Size>,
    app: Option<&'a str>,
}

#[derive(Facts, Clone, Copy)]
#[facts(rename_all = "snake_case")]
enum Phase {
    Commit,
    Operation,
}

const PLAIN: Failure<'_> = Failure {
    error: "DataError",
    module: 2,
    handler: Some(false),
    storing: true,
    phase: Phase::Operation,
    attempt: 1,
    status: None,
    elapsed: None,
    retry_after: None,
    size: None,
    app: None,
};

/// The rows of the documented table, and who decides them.
const TABLE: &[(&[&str], &str, &str)] = &[
    (
        &["ConnectionError", "RateLimitError", "OutOfSpaceError", "ModuleTimeoutError"],
        "store(retry)",
        "retryable",
    ),
    (
        &[
            "DataError",
            "InvalidConfigurationError",
            "InvalidAccessTokenError",
            "UnexpectedError",
            "MaxFileSizeExceededError",
            "MaxResultsExceededError",
        ],
        "store(manual)",
        "review",
    ),
    (&["DuplicateDataError", "RuntimeError", "NobodyDeclaredThis", ""], "fail", "otherwise"),
];

#[test]
fn every_row_of_the_default_policy_is_decided_alike() {
    let policy = Policy::default();
    let binding = policy.bind::<Failure<'_>>().unwrap();
    let errors = TABLE.iter().flat_map(|(errors, display, rule)| {
        errors.iter().map(move |error| (*error, *display, *rule))
    });
    for (error, display, rule) in errors {
        for (module, handler) in
            [(1, false), (1, true), (2, false), (2, true), (9, false), (9, true)]
        {
            let expected = match (module, handler) {
                (1, _) => ("stop", "first_module"),
                (_, true) => ("handle", "handled"),
                (_, false) => (display, rule),
            };
            let decision =
                binding.decide(&Failure { error, module, handler: Some(handler), ..PLAIN });
            assert_eq!(
                (&*decision.display, decision.rule.as_deref()),
                (expected.0, Some(expected.1)),
                "{error} {module}"
            );
            let event =
                policy.event().set("error", error).set("module", module).set("handler", handler);
            assert_eq!(event.build().unwrap().decide(), decision, "{error} {module}");
        }
    }
}

#[test]
fn another_spelling_is_the_member() {
    let binding = Policy::default().bind::<Failure<'_>>().unwrap();
    let decision = binding.decide(&Failure { error: "MaxFileSizeExceeedError", ..PLAIN });
    assert_eq!(decision.rule.as_deref(), Some("review"));
}

#[test]
fn what_is_absent_has_its_default() {
    let binding = Policy::default().bind::<Failure<'_>>().unwrap();
    assert_eq!(binding.decide(&Failure { handler: None, ..PLAIN }).rule.as_deref(), Some("review"));
}

/// Decides with one rule before the default policy; whether it is that rule that decides.
fn fires(condition: &str, failure: Failure<'_>) -> bool {
    let text = format!("extends default\nrule probe: when {condition} => ignore");
    let binding = Policy::parse(&text)
        .unwrap_or_else(|error| panic!("{error}"))
        .bind::<Failure<'_>>()
        .unwrap();
    binding.decide(&failure).rule.as_deref() == Some("probe")
}

#[test]
fn every_kind_of_field_is_seen() {
    assert!(fires("not storing", Failure { storing: false, ..PLAIN }));
    assert!(!fires("not storing", PLAIN));
    assert!(fires("phase == commit", Failure { phase: Phase::Commit, ..PLAIN }));
    assert!(!fires("phase == commit", PLAIN));
    assert!(fires(
        "elapsed == 90s",
        Failure { elapsed: Some(std::time::Duration::from_secs(90)), ..PLAIN }
    ));
    assert!(fires("retry_after == 90s", Failure { retry_after: Some(90_000), ..PLAIN }));
    assert!(fires("size == 2kB", Failure { size: "2000B".parse().ok(), ..PLAIN }));
    assert!(fires("app starts with \"led\"", Failure { app: Some("ledger"), ..PLAIN }));
    assert!(fires("app is absent", PLAIN));
    assert!(!fires("app != \"ledger\"", PLAIN), "what is absent is unknown");
}

#[test]
fn a_number_out_of_range_counts_as_the_nearest_inside() {
    for module in [1, 0, -1, i64::MIN] {
        assert!(fires("module == 1", Failure { module, ..PLAIN }), "{module}");
    }
    assert!(fires("attempt == 9223372036854775807", Failure { attempt: u64::MAX, ..PLAIN }));
    assert!(fires("attempt == 1", Failure { attempt: 0, ..PLAIN }));
    for (status, counts_as) in
        [(-5, 100), (99, 100), (100, 100), (599, 599), (600, 599), (i32::MAX, 599)]
    {
        assert!(
            fires(&format!("status == {counts_as}"), Failure { status: Some(status), ..PLAIN }),
            "{status}"
        );
    }
    assert!(fires("retry_after == 0ms", Failure { retry_after: Some(-1), ..PLAIN }));
    assert!(fires("elapsed > 1000d", Failure { elapsed: Some(std::time::Duration::MAX), ..PLAIN }));
}

#[test]
fn a_number_with_many_steps_counts_as_in_an_event() {
    let odd: Vec<String> = (0..200).map(|half| (2 * half + 101).to_string()).collect();
    let condition = format!("status in [{}]", odd.join(", "));
    for status in [-5, 99, 100, 101, 102, 250, 251, 498, 499, 500, 501, 599, 600, i32::MAX] {
        let is_odd = status % 2 == 1 && (101..500).contains(&status);
        assert_eq!(
            fires(&condition, Failure { status: Some(status), ..PLAIN }),
            is_odd,
            "{status}"
        );
    }
}

#[test]
fn outcomes_can_be_the_hosts_own() {
    let policy: Policy<redress::Action> = Policy::default().typed().unwrap();
    let binding = policy.bind::<Failure<'_>>().unwrap();
    assert_eq!(binding.decide(&PLAIN).outcome, redress::Action::Store(redress::Store::Manual));
}

/// Types that hold integers or texts in other ways.
#[derive(Facts)]
struct Held {
    error: std::rc::Rc<str>,
    module: std::num::NonZeroU32,
    attempt: Box<u8>,
    app: Option<std::sync::Arc<str>>,
}

#[test]
fn held_values_count_as_themselves() {
    let policy = Policy::default();
    let (error, app) = ("RateLimitError".to_owned(), std::borrow::Cow::Borrowed("crm"));
    let event = policy.event().set("error", &error).set("module", 3).set("app", app.clone());
    let held = Held {
        error: error.as_str().into(),
        module: std::num::NonZeroU32::new(3).unwrap(),
        attempt: Box::new(1),
        app: Some((&*app).into()),
    };
    let decision = policy.bind::<Held>().unwrap().decide(&held).clone();
    assert_eq!(decision, *event.build().unwrap().decide());
    assert_eq!(decision.display, "store(retry)");
}

#[derive(Facts)]
struct Looked<'a> {
    error: redress::Name<'a>,
    module: u32,
    app: Option<redress::Name<'a>>,
}

#[test]
fn a_name_is_decided_as_its_text() {
    // The second is not small, and its enum has other members; so is that of the third, which is small.
    let texts = [
        "extends default".to_owned(),
        format!(
            "extends default\nenum ErrorType += {{ New }}\nwhen error == New => stop\n{}",
            many()
        ),
        "extends default\nenum ErrorType += { New }\nwhen error == New and app == \"a1\" => stop"
            .to_owned(),
    ];
    let policies: Vec<Policy> = texts.iter().map(|text| Policy::parse(text).unwrap()).collect();
    for by in &policies {
        for policy in &policies {
            let binding = policy.bind::<Looked<'_>>().unwrap();
            for error in ["DataError", "MaxFileSizeError", "New", "RateLimitError", "Nobody", ""] {
                let (name, app) = (by.name("error", error).unwrap(), by.name("app", "a1").unwrap());
                assert_eq!(name.as_str(), error);
                let event = policy.event().set("error", error).set("module", 2).set("app", app);
                let looked = Looked { error: name, module: 2, app: Some(app) };
                assert_eq!(binding.decide(&looked), event.build().unwrap().decide(), "{error}");
            }
        }
    }
}

/// More rules than a table is made of.
fn many() -> String {
    (0..80)
        .map(|at| format!("when app == \"a{at}\" and status == {} => stop\n", 400 + at))
        .collect()
}

#[test]
fn a_name_that_cannot_be_one_is_refused() {
    let policy = Policy::default();
    let said = |fact, name| policy.name(fact, name).unwrap_err().to_string();
    assert_eq!(said("eror", "DataError"), "unknown fact `eror`, did you mean `error`?");
    assert_eq!(
        said("phase", "comit"),
        "`phase` is \"comit\", which is no `Phase`, did you mean `commit`?"
    );
    assert_eq!(
        said("elapsed", "10m"),
        "`elapsed` is of type `duration`, expected an enum or a text"
    );
}
