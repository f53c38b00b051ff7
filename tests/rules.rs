//! The bundled policies against the golden data of what is documented, and every policy that the documentation and
//! the examples show.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "in a test, and in what helps one, that is how it fails"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use redress::vocabulary::{EnumType, Vocabulary};
use redress::{
    Argument, BundledFile, Code, Decision, InMemory, Label, PACKS, POLICIES, Policy, PolicyLoader,
    Report, Schedule, VOCABULARY,
};
use serde_json::{Value as Json, json};

/// A file of the project.
fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The files of a folder of the project with this ending, in the order of their names.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(project(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|path| path.to_string_lossy().ends_with(ending)).collect();
    files.sort();
    assert!(!files.is_empty(), "no {ending} in {folder}");
    files
}

fn fusion() -> Policy {
    Policy::bundled("fusion").expect("the bundled policy `fusion` loads")
}

fn decide(policy: &Policy, event: &Json) -> Decision {
    policy.event_from(event).unwrap_or_else(|error| panic!("{event}: {error}")).decide().clone()
}

fn label<'a>(decision: &'a Decision, name: &str) -> Option<&'a str> {
    match decision.labels.get(name)? {
        Label::Text(text) => Some(text),
        other => panic!("label `{name}` is {other}"),
    }
}

#[track_caller]
fn assert_clean(report: &Report) {
    assert!(report.diagnostics.is_empty() && report.errors() == 0, "{report}");
}

// The golden data ------------------------------------------------------------------------------------------------

fn golden() -> Json {
    serde_json::from_str(include_str!("data/fusion_and_make_rules.json")).unwrap()
}

fn names(list: &Json) -> BTreeSet<String> {
    list.as_array()
        .expect("a list of names")
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

fn minutes(list: &Json) -> Vec<Duration> {
    let minutes =
        list.as_array().expect("a list of minutes").iter().map(|minutes| minutes.as_u64().unwrap());
    minutes.map(|minutes| Duration::from_secs(60 * minutes)).collect()
}

/// What is documented: which errors are stored.
struct Documented {
    retried: BTreeSet<String>,
    kept: BTreeSet<String>,
}

impl Documented {
    fn read() -> Self {
        let golden = golden();
        let disposition = &golden["default_disposition_no_handler_other_module"];
        assert_eq!(disposition["else"], "fail");
        assert_eq!(golden["first_module"]["disposition"], "stop");
        Documented {
            retried: names(&disposition["store_auto_retry"]),
            kept: names(&disposition["store_no_retry"]),
        }
    }

    /// Decision and rule for an error by its right name.
    fn expected(&self, error: &str, module: i64, handler: bool) -> (&'static str, &'static str) {
        match () {
            () if module == 1 => ("stop", "first_module"),
            () if handler => ("handle", "handled"),
            () if self.retried.contains(error) => ("store(retry)", "retryable"),
            () if self.kept.contains(error) => ("store(manual)", "review"),
            () => ("fail", "otherwise"),
        }
    }
}

fn error_types(vocabulary: &Vocabulary) -> &EnumType {
    vocabulary.enum_type(vocabulary.find_enum("ErrorType").unwrap())
}

/// Every way to write every error type, with its right name; and names that nobody declared.
fn spellings(vocabulary: &Vocabulary) -> Vec<(String, String)> {
    let mut spellings = Vec::new();
    for member in &error_types(vocabulary).members {
        spellings.push((member.name.clone(), member.name.clone()));
        spellings.extend(member.spellings.iter().map(|other| (other.clone(), member.name.clone())));
    }
    let unknown = ["QuantumError", "connectionerror", "", "ConnectionError "];
    spellings.extend(unknown.map(|name| (name.to_owned(), name.to_owned())));
    spellings
}

/// Every spelling on the first and on later modules, with and without a handler.
fn events(vocabulary: &Vocabulary) -> Vec<(String, i64, bool, Json)> {
    let mut events = Vec::new();
    for (written, right) in spellings(vocabulary) {
        for module in [1, 2, 3, i64::MAX] {
            for handler in [false, true] {
                let event = json!({"error": written, "module": module, "handler": handler});
                events.push((right.clone(), module, handler, event));
            }
        }
    }
    events
}

#[test]
fn the_default_policy_is_the_documented_table() {
    let documented = Documented::read();
    let policy = Policy::default();
    let known: BTreeSet<String> =
        error_types(policy.vocabulary()).members.iter().map(|member| member.name.clone()).collect();
    assert!(documented.retried.is_subset(&known) && documented.kept.is_subset(&known));
    for (error, module, handler, event) in events(policy.vocabulary()) {
        let decision = decide(&policy, &event);
        let decided = (decision.display.as_str(), decision.rule.as_deref().unwrap());
        assert_eq!(decided, documented.expected(&error, module, handler), "{event}");
    }
}

#[test]
fn the_default_policy_looks_at_nothing_else() {
    let policy = Policy::default();
    for (_, _, _, mut event) in events(policy.vocabulary()) {
        let plain = decide(&policy, &event);
        let others = json!({"storing": false, "phase": "rollback", "trigger": "instant", "attempt": 9, "consecutive": 9,
            "status": 503, "app": "ledger", "message": "no", "retry_after": "1h", "size": "1GB"});
        event.as_object_mut().unwrap().extend(others.as_object().unwrap().clone());
        assert_eq!(decide(&policy, &event), plain, "{event}");
    }
}

#[test]
fn the_spellings_of_the_translated_pages_are_known() {
    let policy = Policy::default();
    let errors = error_types(policy.vocabulary());
    let variants = golden()["spelling_variants_in_page"].as_object().unwrap().clone();
    let pairs: Vec<_> =
        variants.values().flat_map(|variants| variants.as_object().unwrap().clone()).collect();
    assert!(!pairs.is_empty());
    for (written, right) in pairs {
        let member = errors.member(&written).unwrap_or_else(|| panic!("`{written}` is not known"));
        assert_eq!(errors.name_of(member), right.as_str());
    }
}

// Schedules ------------------------------------------------------------------------------------------------------

fn delays(decision: &Decision) -> Vec<Duration> {
    let Some(Argument::Schedule(schedule)) = decision.outcome.argument("after") else {
        panic!("`{}` has no schedule", decision.outcome);
    };
    (1..=Schedule::len(schedule)).filter_map(|number| schedule.delay(number)).collect()
}

#[test]
fn the_standard_schedule_is_the_documented_one() {
    let expected = minutes(&golden()["schedules"]["fusion_increasing_intervals"]["minutes"]);
    for policy in [Policy::default(), fusion()] {
        for error in Documented::read().retried {
            assert_eq!(
                delays(&decide(&policy, &json!({"error": error, "module": 2}))),
                expected,
                "{error}"
            );
        }
    }
}

/// The default policy with one name of the pack `make` in the place of its own.
fn with_make(condition: &str, schedule: &str) -> Policy {
    let text = format!(
        "extends default\nuse make\nreplace retryable: when {condition} => store(retry, after: {schedule})"
    );
    Policy::parse(&text).unwrap()
}

#[test]
fn the_schedules_of_the_pack_are_the_documented_ones() {
    let golden = golden();
    let schedules = [
        (
            "make.stored",
            minutes(&golden["schedules"]["make_incomplete_executions_enabled"]["minutes"]),
        ),
        (
            "make.rerun",
            minutes(&golden["schedules"]["make_incomplete_executions_disabled"]["minutes"]),
        ),
        ("make.break_default", {
            let default = &golden["break_directive"]["make_default"];
            let delay = Duration::from_secs(60 * default["delay_minutes"].as_u64().unwrap());
            vec![delay; default["attempts"].as_u64().unwrap() as usize]
        }),
    ];
    for (name, expected) in schedules {
        let policy = with_make("module != first", name);
        assert_eq!(
            delays(&decide(&policy, &json!({"error": "DataError", "module": 2}))),
            expected,
            "{name}"
        );
    }
}

#[test]
fn the_pack_retries_the_documented_types() {
    let retried = names(&golden()["schedules"]["make_incomplete_executions_enabled"]["applies_to"]);
    let policy = with_make("module != first and error in make.retried", "make.stored");
    for (written, right) in spellings(policy.vocabulary()) {
        let decision = decide(&policy, &json!({"error": written, "module": 2}));
        assert_eq!(decision.display == "store(retry)", retried.contains(&right), "{written}");
    }
}

// The documented product, whole ----------------------------------------------------------------------------------

#[test]
fn fusion_agrees_with_default_where_it_adds_nothing() {
    let (default, fusion) = (Policy::default(), fusion());
    for (error, module, _, event) in events(default.vocabulary()) {
        let expected = decide(&default, &event).display;
        // The one type that says by itself in which phase it came.
        let expected =
            if error == "InconsistencyError" && module != 1 { "stop".into() } else { expected };
        assert_eq!(decide(&fusion, &event).display, expected, "{event}");
    }
}

#[test]
fn without_storing_every_error_of_a_later_module_is_rolled_back() {
    let policy = fusion();
    for (written, right) in spellings(policy.vocabulary()) {
        let decision = decide(&policy, &json!({"error": written, "module": 2, "storing": false}));
        let expected = if right == "InconsistencyError" { "stop" } else { "rollback" };
        assert_eq!(
            (decision.display.as_str(), label(&decision, "run")),
            (expected, Some("error")),
            "{written}"
        );
    }
}

#[test]
fn errors_count_to_the_streak_unless_they_are_excluded() {
    let excluded = names(&golden()["consecutive_error_counter_excludes"]["types"]);
    let policy = fusion();
    let by_the_engine = ["disable", "lock"].map(Some);
    for (written, right) in spellings(policy.vocabulary()) {
        let scenario = |consecutive: i64, trigger: &str| {
            let event = json!({"error": written, "module": 2, "storing": false, "consecutive": consecutive, "trigger": trigger});
            label(&decide(&policy, &event), "scenario").map(str::to_owned)
        };
        if by_the_engine.contains(&scenario(1, "scheduled").as_deref()) {
            continue;
        }
        assert_eq!(scenario(2, "scheduled"), None, "{written}");
        let expected = (!excluded.contains(&right)).then(|| "deactivate".to_owned());
        assert_eq!(scenario(3, "scheduled"), expected, "{written}");
        assert_eq!(scenario(1, "instant").as_deref(), Some("deactivate"), "{written}");
    }
}

#[test]
fn directives_end_runs_with_the_documented_status() {
    let golden = golden()["directives"].as_object().unwrap().clone();
    assert_eq!(golden.len(), 5);
    let policy = fusion();
    for (directive, documented) in golden {
        let word = directive.to_lowercase();
        let event = json!({"error": "DataError", "module": 2, "handler": true, "directive": word, "automatic": false});
        let decision = decide(&policy, &event);
        let outcome = if word == "break" { "store(manual)" } else { word.as_str() };
        assert_eq!(decision.display, outcome);
        let status = format!("status {}", label(&decision, "run").unwrap());
        assert!(
            documented.as_str().unwrap().contains(&status),
            "{directive}: {documented}, not {status}"
        );
    }
}

#[test]
fn a_break_that_runs_away_switches_the_scenario_off() {
    let limit = golden()["limits"]["break_deactivate"].clone();
    let (failures, minutes) = (
        limit["consecutive_failures"].as_i64().unwrap(),
        limit["within_minutes"].as_i64().unwrap(),
    );
    let policy = fusion();
    let scenario = |consecutive: i64, streak: i64| {
        let event = json!({"error": "RateLimitError", "module": 2, "handler": true, "directive": "break",
            "automatic": true, "consecutive": consecutive, "streak": streak});
        let decision = decide(&policy, &event);
        assert_eq!(decision.display, "store(retry)");
        label(&decision, "scenario").map(str::to_owned)
    };
    assert_eq!(scenario(failures, minutes * 60_000).as_deref(), Some("deactivate"));
    assert_eq!(scenario(failures - 1, minutes * 60_000), None);
    assert_eq!(scenario(failures, minutes * 60_000 + 1), None);
}

/// The lines of comments and documentation that choose the other reading of a contradiction.
#[test]
fn the_other_readings_load_and_differ() {
    let readings = [
        ("let permanent += [DuplicateDataError]", json!({"error": "DuplicateDataError", "module": 2})),
        ("let permanent += [RuntimeError]", json!({"error": "RuntimeError", "module": 2})),
        (
            "rule first_break before first_rerun: when module == first and handler and directive == break and storing\
             \n=> store(manual)",
            json!({"error": "ConnectionError", "module": 1, "handler": true, "directive": "break"}),
        ),
        (
            "let transient -= [OutOfSpaceError] let permanent += [OutOfSpaceError]",
            json!({"error": "OutOfSpaceError", "module": 2}),
        ),
        (
            "rule account before outside_deactivated: when error == AccountValidationError\
             \n=> stop with scenario: \"deactivate\"",
            json!({"error": "AccountValidationError", "module": 1, "phase": "initialization"}),
        ),
        (
            "replace rolled_back_deactivated: when module != first and deactivates and no_handler and not storing\
             \n=> rollback with run: \"error\", scenario: \"deactivate\"",
            json!({"error": "RuntimeError", "module": 2, "handler": true, "directive": "rollback", "consecutive": 3}),
        ),
        (
            "let uncounted -= [DataError, DuplicateDataError]",
            json!({"error": "DataError", "module": 1, "consecutive": 3}),
        ),
        (
            "replace break_automatic:
             when module != first and handler and directive == break and automatic and storing and not storage_full
             => store(retry, after: every(15m, times: 3)) with run: \"warning\", schedule: \"handler\"",
            json!({"error": "RuntimeError", "module": 2, "handler": true, "directive": "break", "automatic": true}),
        ),
        (
            "rule oversized before storage_lossy: when module != first and no_handler
             and error == MaxFileSizeExceededError and data_loss => ignore with run: \"warning\", lost: true",
            json!({"error": "MaxFileSizeExceededError", "module": 2, "data_loss": true}),
        ),
        ("let disabling -= [MaxFileSizeExceededError]", json!({"error": "MaxFileSizeExceededError", "module": 2})),
        (
            "let uncounted -= [ModuleTimeoutError]",
            json!({"error": "ModuleTimeoutError", "module": 1, "consecutive": 3}),
        ),
        ("let rerunning += [ModuleTimeoutError]", json!({"error": "ModuleTimeoutError", "module": 1})),
        ("disable inconsistent", json!({"error": "InconsistencyError", "module": 2})),
    ];
    let chosen = fusion();
    for (line, event) in readings {
        let report = PolicyLoader::bundled_only()
            .check_text("other.policy", format!("extends fusion\n{line}"));
        assert_clean(&report);
        let (here, there) = (decide(&chosen, &event), decide(&report.policy.unwrap(), &event));
        assert_ne!((here.display, here.labels), (there.display, there.labels), "{line}");
    }
}

// Everything that is shown, loads --------------------------------------------------------------------------------

#[test]
fn every_bundled_file_loads_without_a_warning() {
    let loader = PolicyLoader::bundled_only();
    for BundledFile { file, text, .. } in POLICIES {
        let report = loader.check_text(file, text);
        assert_clean(&report);
        assert!(report.policy.is_some(), "{file}");
    }
    for BundledFile { file, text, .. } in PACKS.iter().chain([&VOCABULARY]) {
        assert_clean(&loader.check_text(file, text));
    }
}

#[test]
fn the_behaviour_of_the_bundled_policies() {
    insta::assert_snapshot!("default_behaviour", Policy::default().behaviour());
    insta::assert_snapshot!("fusion_behaviour", fusion().behaviour());
}

/// The same, in the situations that its documentation tells apart: this one is to be read beside `docs/fusion.md`.
#[test]
fn the_documented_situations_in_fusion() {
    let situations = [
        json!({"module": 1}),
        json!({"module": 1, "attempt": 6}),
        json!({"module": 1, "trigger": "instant"}),
        json!({"module": 1, "consecutive": 3}),
        json!({"module": 2}),
        json!({"module": 2, "attempt": 6}),
        json!({"module": 2, "trigger": "instant"}),
        json!({"module": 2, "consecutive": 3}),
        json!({"module": 2, "storage_full": true}),
        json!({"module": 2, "storage_full": true, "attempt": 2}),
        json!({"module": 2, "storage_full": true, "data_loss": true}),
        json!({"module": 2, "storing": false}),
        json!({"module": 2, "storing": false, "attempt": 6}),
        json!({"module": 2, "storing": false, "trigger": "instant"}),
        json!({"module": 2, "storing": false, "consecutive": 3}),
        json!({"module": 2, "inside_handler": true}),
        json!({"module": 2, "handler": true}),
        json!({"module": 2, "handler": true, "directive": "none"}),
        json!({"module": 2, "handler": true, "directive": "resume"}),
        json!({"module": 2, "handler": true, "directive": "ignore"}),
        json!({"module": 2, "handler": true, "directive": "break"}),
        json!({"module": 2, "handler": true, "directive": "break", "automatic": false}),
        json!({"module": 2, "handler": true, "directive": "break", "automatic": true}),
        json!({"module": 2, "handler": true, "directive": "break", "automatic": true, "storing": false}),
        json!({"module": 2, "handler": true, "directive": "break", "automatic": true, "storage_full": true}),
        json!({"module": 2, "handler": true, "directive": "rollback"}),
        json!({"module": 2, "handler": true, "directive": "rollback", "consecutive": 3}),
        json!({"module": 2, "handler": true, "directive": "commit"}),
        json!({"module": 2, "phase": "initialization"}),
        json!({"module": 2, "phase": "initialization", "trigger": "instant"}),
        json!({"module": 2, "phase": "commit"}),
        json!({"module": 2, "phase": "rollback", "handler": true}),
        json!({"module": 2, "phase": "finalization"}),
    ];
    let policy = fusion();
    let text: String = situations.iter().map(|situation| decided_so(&policy, situation)).collect();
    insta::assert_snapshot!("fusion_situations", text);
}

/// A situation, and below it each decision with the errors that are decided so; at most one has over half of them.
fn decided_so(policy: &Policy, situation: &Json) -> String {
    let errors = error_types(policy.vocabulary()).members.iter().map(|member| member.name.as_str());
    let mut decisions: Vec<(String, Vec<&str>)> = Vec::new();
    for error in errors.chain(["anything else"]) {
        let mut event = situation.clone();
        event["error"] = json!(error);
        let Decision { outcome, labels, rule, .. } = decide(policy, &event);
        let decision = format!("  {outcome} {} {}", json!(labels), rule.unwrap());
        match decisions.iter_mut().find(|(other, _)| *other == decision) {
            Some((_, errors)) => errors.push(error),
            None => decisions.push((decision, vec![error])),
        }
    }
    let shown = |errors: &[&str]| {
        if errors.len() > 12 { "every other error".to_owned() } else { errors.join(", ") }
    };
    let lines =
        decisions.iter().map(|(decision, errors)| format!("{decision}: {}\n", shown(errors)));
    format!("{situation}\n{}\n", lines.collect::<String>())
}

#[test]
fn every_example_policy_loads_without_a_warning() {
    for path in files("examples", ".policy") {
        assert_clean(&PolicyLoader::new().check(path).unwrap());
    }
}

#[test]
fn every_bundled_and_example_policy_has_the_one_layout() {
    for folder in ["rules", "rules/packs", "examples"] {
        for path in files(folder, ".policy") {
            let text = fs::read_to_string(&path).unwrap();
            let parsed = redress::parse(&path.to_string_lossy(), &text);
            let source = parsed.sources.file(parsed.ast.file);
            assert_eq!(redress::format::format(&parsed.ast, source), text, "{}", path.display());
        }
    }
}

#[test]
fn every_example_case_holds() {
    for path in files("examples", ".cases.toml") {
        let file: toml::Table = fs::read_to_string(&path).unwrap().parse().unwrap();
        let policy = Policy::load(path.with_file_name(file["policy"].as_str().unwrap())).unwrap();
        for case in file["case"].as_array().unwrap() {
            let decision = policy.event_from(&case["event"]).unwrap().decide();
            assert_eq!(decision.display, case["outcome"].as_str().unwrap(), "{}", case["name"]);
            assert_eq!(decision.rule.as_deref(), case["rule"].as_str(), "{}", case["name"]);
            if let Some(labels) = case.get("labels") {
                assert_eq!(json!(decision.labels), json!(labels), "{}", case["name"]);
            }
        }
    }
}

/// `store(retry)  retryable`, one a line.
fn summary<'a>(decisions: impl Iterator<Item = &'a Decision>) -> String {
    decisions
        .map(|decision| {
            format!("{}  {}\n", decision.display, decision.rule.as_deref().unwrap_or("-"))
        })
        .collect()
}

#[test]
fn the_example_events_are_decided_in_every_way() {
    let policy = Policy::default();
    let text = fs::read_to_string(project("examples/events.jsonl")).unwrap();
    let decisions: Vec<_> =
        text.lines().map(|line| policy.event_from_json(line).unwrap().decide()).collect();
    let ways: BTreeSet<_> = decisions.iter().map(|decision| decision.display.as_str()).collect();
    assert_eq!(ways, BTreeSet::from(["fail", "handle", "stop", "store(manual)", "store(retry)"]));
    insta::assert_snapshot!("example_events_jsonl", summary(decisions.into_iter()));
}

#[test]
fn the_example_table_is_decided() {
    let policy = Policy::default();
    let mut reader = csv::Reader::from_path(project("examples/events.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    let decide = |row: csv::StringRecord| {
        let cells = header.iter().zip(row.iter());
        cells
            .fold(policy.event(), |event, (key, cell)| event.set_written(key, cell))
            .build()
            .unwrap()
            .decide()
    };
    let decisions: Vec<_> = reader.records().map(|row| decide(row.unwrap())).collect();
    insta::assert_snapshot!("example_events_csv", summary(decisions.into_iter()));
}

/// The decision that the manual shows is the one the program gives, but for the fingerprint.
#[test]
fn the_decision_in_the_manual_is_real() {
    let manual = fs::read_to_string(project("docs/language.md")).unwrap();
    let (_, after) = manual.split_once("## The decision\n\n```json\n").unwrap();
    let shown: Json = serde_json::from_str(after.split("```").next().unwrap()).unwrap();
    let decision = decide(&Policy::default(), &json!({"error": "ConnectionError", "module": 3}));
    let mut decision = serde_json::to_value(decision).unwrap();
    decision["policy"] = json!("b3:…");
    assert_eq!(shown, decision);
}

/// A fenced block of the documentation: ```` ```policy-error R0101 name.policy ````.
struct Block {
    /// `FILE:LINE` of the fence.
    at: String,
    kind: String,
    code: Option<Code>,
    file: Option<String>,
    text: String,
}

impl Block {
    fn new(at: String, fence: &str) -> Self {
        let mut words = fence.split_whitespace();
        let kind = words.next().unwrap().to_owned();
        let takes_code = matches!(kind.as_str(), "policy-error" | "policy-warning");
        let code = takes_code.then(|| {
            words.next().and_then(Code::from_text).unwrap_or_else(|| panic!("{at}: which code?"))
        });
        Block { at, kind, code, file: words.next().map(str::to_owned), text: String::new() }
    }
}

impl Block {
    /// What is not as the fence says: other errors and warnings, or no policy.
    fn wrong(&self, loader: &PolicyLoader) -> Option<String> {
        let Block { at, kind, code, file, text } = self;
        if kind == "policy-fragment" {
            let problems = redress::parse(at, text).diagnostics;
            return (!problems.is_empty()).then(|| format!("{at}: {problems:?}"));
        }
        let report = loader.check_text(file.as_ref().unwrap_or(at), text);
        let found: BTreeSet<Code> =
            report.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        let expected = code.iter().copied().collect();
        (found != expected).then(|| format!("{at} gives {found:?}, not {expected:?}:\n{report}"))
    }
}

/// The blocks of a text that are policies.
fn blocks(path: &Path) -> Vec<Block> {
    let text = fs::read_to_string(path).unwrap();
    let name = path.file_name().unwrap().to_string_lossy();
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (line, number) in text.lines().zip(1..) {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => block.text.extend([line, "\n"]),
            (None, Some(fence)) if !fence.is_empty() => {
                open = Some(Block::new(format!("{name}:{number}"), fence))
            }
            (None, _) => {}
        }
    }
    blocks.retain(|block| block.kind.starts_with("policy"));
    blocks
}

#[test]
fn the_policies_in_the_documentation_are_what_they_are_said_to_be() {
    let mut wrong = Vec::new();
    for path in files("docs", ".md") {
        let blocks = blocks(&path);
        let named = blocks.iter().filter_map(|block| Some((block.file.as_ref()?, &block.text)));
        let folder =
            named.fold(InMemory::new(), |folder, (file, text)| folder.with(file, text.as_str()));
        let loader = PolicyLoader::new().files(folder);
        wrong.extend(blocks.iter().filter_map(|block| block.wrong(&loader)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
