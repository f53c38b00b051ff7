//! Input that means no good: whatever the bytes, reading them ends, soon, with a policy or with reasons.
//!
//! What is asserted is the outcome, never the time; but what has not ended after a minute is taken to hang.
//! `cargo test --release --test main hostile::table -- --ignored --nocapture` shows what each input costs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use redress::{InMemory, Limits, PolicyLoader, Report, Severity};

/// What has not ended by then hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A policy and where it is read.
struct Input {
    loader: PolicyLoader,
    text: Vec<u8>,
}

impl Input {
    fn new(text: impl Into<Vec<u8>>) -> Self {
        Input { loader: PolicyLoader::bundled_only(), text: text.into() }
    }

    fn files(self, files: InMemory) -> Self {
        Input { loader: self.loader.files(files), ..self }
    }

    fn limits(self, limits: Limits) -> Self {
        Input { loader: self.loader.limits(limits), ..self }
    }

    /// What is found; the reader's stack is that of any thread.
    fn check(self) -> Report {
        let (sender, receiver) = mpsc::channel();
        let read = move || {
            let report = self.loader.check_text("main.policy", &self.text);
            // Whoever reads a report also shows it.
            assert!(!report.to_string().is_empty() || report.diagnostics.is_empty());
            sender.send(report)
        };
        let reader = thread::Builder::new().stack_size(2 << 20).spawn(read).unwrap();
        match receiver.recv_timeout(PATIENCE) {
            Ok(report) => report,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("no answer within {PATIENCE:?}"),
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                std::panic::resume_unwind(reader.join().unwrap_err())
            }
        }
    }
}

/// The codes of the errors; none for a policy that loads.
fn errors(report: &Report) -> Vec<&'static str> {
    let errors = report.diagnostics.iter().filter(|d| d.severity == Severity::Error);
    let codes: BTreeSet<_> = errors.map(|error| error.code.as_str()).collect();
    assert_eq!(codes.is_empty(), report.policy.is_some(), "{report}");
    assert_eq!(report.errors() > 0, report.policy.is_none(), "{report}");
    codes.into_iter().collect()
}

struct Case {
    name: &'static str,
    make: fn() -> Input,
    expected: &'static [&'static str],
}

impl Case {
    fn run(&self) {
        let report = (self.make)().check();
        let found = errors(&report);
        let shown: String = report.to_string().chars().take(2000).collect();
        assert_eq!(found, self.expected, "{}: {shown}", self.name);
        // However long the text, what is said of it can be read.
        for diagnostic in &report.diagnostics {
            let labels = diagnostic.secondary.iter().chain([&diagnostic.primary]);
            let said = labels.map(|label| &label.text).chain(&diagnostic.help);
            assert!(said.chain([&diagnostic.message]).all(|text| text.len() < 10_000), "{shown}");
            let edits = diagnostic.fixes.iter().flat_map(|fix| &fix.edits);
            assert!(edits.clone().all(|edit| edit.text.len() < 10_000), "{shown}");
        }
    }
}

/// Declares cases: a test each, and a line of the table.
macro_rules! cases {
    ($($name:ident: $input:expr => [$($code:literal),*];)*) => {
        const CASES: &[Case] = &[$(Case {
            name: stringify!($name),
            make: || $input,
            expected: &[$($code),*],
        }),*];

        $(#[test]
        fn $name() {
            CASES.iter().find(|case| case.name == stringify!($name)).unwrap().run();
        })*
    };
}

// Where nothing is optimised it is a tenth or a fifth of it: what takes far too long for a thousand lines shows there, too.
const MANY: usize = if cfg!(debug_assertions) { 20_000 } else { 100_000 };
const MILLION: usize = 1_000_000;
const FIVE_MEGABYTES: usize = 5 * 1024 * 1024;

/// A policy with this before its last word.
fn total(text: impl AsRef<str>) -> Input {
    Input::new(format!("{}\notherwise => fail\n", text.as_ref()))
}

/// What `make` gives for each number up to `count`, one after the other.
fn each(count: usize, make: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, at| {
        text.push_str(&make(at));
        text
    })
}

fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
}

fn when(condition: impl AsRef<str>) -> String {
    format!("when {} => stop", condition.as_ref())
}

/// A rule on a line of its own.
fn line(condition: impl AsRef<str>) -> String {
    when(condition) + "\n"
}

/// `text` until five megabytes are full.
fn filled(text: &str) -> String {
    text.repeat(FIVE_MEGABYTES / text.len())
}

/// The usual limits with another number of rules.
fn rules(count: usize) -> Limits {
    let mut limits = Limits::default();
    limits.rules = count;
    limits
}

/// A chain of `count` files in which each extends the next.
fn chain(count: usize) -> Input {
    let files = (1..count).fold(InMemory::new(), |files, at| {
        let text = if at == count - 1 {
            "otherwise => fail".to_owned()
        } else {
            format!("extends \"{}.policy\"", at + 1)
        };
        files.with(format!("{at}.policy"), text)
    });
    Input::new("extends \"1.policy\"").files(files)
}

fn circle(count: usize) -> Input {
    let files = (1..count).fold(InMemory::new(), |files, at| {
        let next = if at == count - 1 { "main".to_owned() } else { (at + 1).to_string() };
        files.with(format!("{at}.policy"), format!("extends \"{next}.policy\""))
    });
    Input::new("extends \"1.policy\"\notherwise => fail").files(files)
}

/// Conditions over one text that no small machine can tell apart.
fn patterns(count: usize, pattern: impl Fn(usize) -> String) -> Input {
    total(each(count, |at| when(format!("message {}", pattern(at))) + "\n"))
}

cases! {
    // Depth.
    parentheses: total(when(nested("(", "handler", ")", MANY))) => ["R0003"];
    parentheses_unclosed: total(when("(".repeat(MANY))) => ["R0003"];
    parentheses_closed_only: total(when(")".repeat(MANY))) => ["R0101"];
    parentheses_in_let: total(format!("let a = {}", nested("(", "handler", ")", MANY))) => ["R0003"];
    parentheses_in_broken: total(format!("let = {}", nested("(", "handler", ")", MANY))) => ["R0003"];
    parentheses_in_arguments: total(format!("when handler => store(retry, after: {}", nested("f(", "1", ")", MANY))) => ["R0003"];
    brackets: total(when(format!("module in {}", nested("[", "1", "]", MANY)))) => ["R0003"];
    brackets_unclosed: total(format!("let a = {}", "[".repeat(MANY))) => ["R0003"];
    braces: total(format!("enum A {}", "{".repeat(MANY))) => ["R0003"];
    negations: total(when(format!("{} handler", "not ".repeat(MANY)))) => ["R0003"];
    negated_groups: total(when(nested("not (", "handler", ")", MANY))) => ["R0003"];
    exactly_deep_enough: total(when(nested("(", "handler", ")", 64))) => [];
    one_too_deep: total(when(nested("(", "handler", ")", 65))) => ["R0003"];
    exactly_negated_enough: total(when(format!("{} handler", "not ".repeat(64)))) => [];
    negated_once_too_often: total(when(format!("{} handler", "not ".repeat(65)))) => ["R0003"];
    exactly_deep_enough_mixed: total(when(nested("not (", "handler", ")", 32))) => [];
    one_too_deep_mixed: total(when(nested("not (", "not handler", ")", 32))) => ["R0003"];
    deep_broken_and_backtracking: total(each(2000, |_| format!("let a = {}\n", nested("(", "handler and", ")", 60)))) => ["R0101"];
    deep_calls_unclosed: total(each(2000, |_| format!("when handler => stop({}\n", "f(".repeat(60)))) => ["R0101"];

    // Long lines.
    long_identifier: total(when("x".repeat(FIVE_MEGABYTES))) => ["R0201"];
    long_dotted_identifier: total(when(format!("x{}", filled(".x")))) => ["R0201"];
    long_comment: total(format!("# {}", filled("comment "))) => [];
    long_text: total(when(format!("message == \"{}\"", filled("text ")))) => [];
    long_text_searched: total(when(format!("message contains \"{}\"", filled("text ")))) => [];
    long_text_liked: total(when(format!("message like \"{}\"", filled("text*")))) => ["R0307"];
    long_text_of_escapes: total(when(format!("message == \"{}\"", filled("\\n")))) => [];
    long_text_of_wrong_escapes: total(when(format!("message == \"{}\"", filled("\\q")))) => ["R0105"];
    long_text_unclosed: total(when(format!("message == \"{}", filled("text ")))) => ["R0105"];
    long_raw_text_unclosed: total(when(format!("message == r\"{}", filled("text ")))) => ["R0105"];
    long_line_of_rules: total(filled("when module == 2 => fail ")) => ["R0006"];
    long_line_of_long_rules: total(filled("when module == 2 and not handler and error in [DataError, ConnectionError] => fail ")) => [];
    long_line_of_quotes: total(filled("\"")) => ["R0101"];
    long_line_of_colons: total(filled(": ")) => ["R0101"];
    long_line_of_signs: total(filled("=> ")) => ["R0101"];
    long_line_of_keywords: total(filled("fact ")) => ["R0106"];
    long_line_of_whens: total(filled("when ")) => ["R0006"];
    long_line_of_numbers: total(filled("1 ")) => ["R0101"];
    long_spaces: total(filled(" ")) => [];
    long_blank_lines: total(filled("\n")) => [];
    garbage_bytes: Input::new(garbage(FIVE_MEGABYTES)) => ["R0001"];
    garbage_letters: Input::new(garbage(FIVE_MEGABYTES).iter().map(|byte| b' ' + byte % 94).collect::<Vec<_>>()) => ["R0101"];
    chained_conditions: total(when(format!("handler{}", " and handler".repeat(200_000)))) => ["R0006"];
    mixed_conditions: total(when(format!("handler{}", " and handler or handler".repeat(100_000)))) => ["R0006", "R0102"];

    // Bytes.
    nul_bytes: Input::new(vec![0; FIVE_MEGABYTES]) => ["R0004"];
    nul_in_text: total(when("message == \"a\0b\"")) => ["R0004"];
    invalid_utf8: Input::new(vec![0xff; FIVE_MEGABYTES]) => ["R0001"];
    truncated_utf8: Input::new(b"otherwise => fail # \xe2\x82".to_vec()) => ["R0001"];
    byte_order_mark: Input::new("\u{feff}otherwise => fail") => [];
    byte_order_marks: Input::new("\u{feff}\u{feff}otherwise => fail") => ["R0101"];
    carriage_returns_and_line_feeds: Input::new("policy 1\r\n# a\r\nwhen handler\r\n=> stop\r\notherwise => fail\r\n") => [];
    carriage_returns: Input::new("policy 1\rwhen handler => stop\rotherwise => fail\r") => [];
    many_carriage_returns: total(filled("\r")) => [];
    bidirectional: total(format!("# {}", filled("\u{202e}"))) => [];
    line_separators: total(when("handler\u{2028}or storing")) => ["R0101"];
    empty: Input::new("") => ["R0404"];
    only_a_comment: Input::new("#") => ["R0404"];

    // Many names.
    million_known_names: total(when(format!("error in [{}]", "DataError, ConnectionError,".repeat(MILLION / 2)))) => ["R0006"];
    million_unknown_names: total(when(format!("error in [{}]", each(MILLION, |at| format!("n{at},"))))) => ["R0006"];
    million_members: total(format!("enum A {{ {} }}", each(MILLION, |at| format!("m{at},")))) => ["R0006"];
    million_arguments: total(format!("when handler => stop({})", "1,".repeat(MILLION))) => ["R0006"];
    million_commas: total(when(format!("error in [{}]", ",".repeat(MILLION)))) => ["R0006"];
    one_element_too_many: total(when(format!("module in [{}]", "1,".repeat(100_001)))) => ["R0006"];
    many_known_names: total(when(format!("error in [{}]", "DataError, ConnectionError,".repeat(MANY / 2)))) => [];
    many_unknown_names: total(when(format!("error in [{}]", each(MANY, |at| format!("n{at},"))))) => ["R0202"];
    many_times_the_same_unknown_name: total(when(format!("error in [{}]", "DataErorr,".repeat(MANY)))) => ["R0202"];
    many_unknown_names_in_let: total(format!("let a = [{}]", each(MANY, |at| format!("n{at},")))) => ["R0201"];
    many_integers: total(when(format!("module in [{}]", each(MANY, |at| format!("{},", 1 + 2 * at))))) => [];
    many_integers_backwards: total(when(format!("module in [{}]", each(MANY, |at| format!("{},", 3 * MANY - 2 * at))))) => [];
    many_texts: total(when(format!("message in [{}]", each(MANY, |at| format!("\"{at}\","))))) => [];
    many_ranges: total(when(format!("module in [{}]", each(MANY, |at| format!("{}..{},", 3 * at + 1, 3 * at + 2))))) => [];
    many_commas: total(when(format!("error in [{}]", ",".repeat(MANY)))) => ["R0101"];
    many_lists_of_many: total(each(10, |list| format!("let s{list} = [{}]\n", each(MANY, |at| format!("{},", 1 + 2 * at)))) + &when("module in [s0, s1, s2, s3, s4, s5, s6, s7, s8, s9]")) => [];

    // Many declarations.
    million_rules: total(each(MILLION, |at| format!("when {at}\n"))) => ["R0006"];
    many_rules: total(each(MANY, |at| format!("when module == {} => fail\n", at + 1))) => [];
    one_rule_too_many: total("when module == 7 => fail\n".repeat(MANY + 1)).limits(rules(MANY)) => ["R0006"];
    just_as_many_rules_as_allowed: total("when module == 7 => fail\n".repeat(MANY)).limits(rules(MANY)) => [];
    one_rule_too_many_of_two_files: Input::new(format!("extends default\n{}", "when module == 7 => fail\n".repeat(4))).limits(rules(7)) => ["R0006"];
    many_named_rules: total(each(MANY, |at| format!("rule r{at}: when attempt == {} => fail\n", at + 1))) => [];
    many_rules_of_one_name: total("rule r: when handler => stop\n".repeat(MANY)) => ["R0207"];
    many_rules_on_text: total(each(MANY, |at| format!("when message == \"m{at}\" => fail\n"))) => [];
    many_rules_on_members: total(each(MANY, |at| format!("when error == {} and module == {} => fail\n", ["DataError", "ConnectionError"][at % 2], at + 1))) => [];
    many_last_words: total("otherwise => fail\n".repeat(MANY)) => ["R0406"];
    many_disabled: total("disable nothing\n".repeat(MANY)) => ["R0203"];
    many_edits: Input::new(format!("extends default\n{}", "replace review: when handler => stop\n".repeat(MANY))) => ["R0214"];
    many_at_one_anchor: Input::new(format!("extends default\n{}", each(MANY - 10, |at| format!("rule r{at} before review: when attempt == {} => stop\n", at + 1)))) => [];
    many_at_unknown_anchors: Input::new(format!("extends default\n{}", each(MANY, |at| format!("rule r{at} before s{at}: when attempt == {} => stop\n", at + 1)))) => ["R0203"];
    many_errors: total(each(MANY, |at| format!("let {at}\n"))) => ["R0101"];
    many_unknown_facts: total(each(MANY, |at| line(format!("fact{at}")))) => ["R0201"];
    many_comments: total("# why\n".repeat(MILLION)) => [];
    many_comments_behind: total(format!("let x =\n{}\nhandler", "   # why\n".repeat(MILLION))) => [];
    many_versions: total("policy 1\n".repeat(MANY)) => ["R0107"];
    many_bases: total("extends default\n".repeat(MANY)) => ["R0107"];
    many_packs: total(format!("use {}\n", each(MANY, |at| format!("p{at},")))) => ["R0011"];
    many_missing_packs: total(format!("use {}\n", each(MANY, |at| format!("\"p{at}.policy\",")))) => ["R0007"];
    many_times_one_pack: total(format!("use {}\n", "make,".repeat(MANY))) => [];
    many_labels: total(format!("when handler => stop with {}", each(MANY, |at| format!("l{at}: 1,")))) => [];
    many_labels_of_one_name: total(format!("when handler => stop with {}", "l: 1,".repeat(MANY))) => ["R0403"];
    many_arguments: total(format!("when handler => stop({})", each(MANY, |at| format!("a{at}: 1,")))) => ["R0206"];
    many_delays: total(format!("when handler => store(retry, after: [{}])", "1m,".repeat(MANY))) => ["R0402"];
    many_examples: total(format!("when handler => stop {}", "example { handler: true, module: 1, error: DataError }\n".repeat(MANY))) => [];
    many_wrong_examples: total(format!("when handler => stop {}", "example { module: 1, error: DataError }\n".repeat(MANY))) => ["R0407"];
    many_entries: total(format!("when handler => stop example {{ {} }}", each(MANY, |at| format!("e{at}: 1,")))) => ["R0408"];
    many_outcomes: total(each(MANY, |at| format!("outcome o{at}\n"))) => ["R0006"];
    many_variants: total(each(MANY, |at| format!("outcome o(v{at})\n"))) => ["R0006"];
    many_parameters: total(format!("outcome o({})", each(MANY, |at| format!("p{at}: int,")))) => ["R0006"];

    // Names that lead to names.
    chain_of_lets: total(format!("let a0 = handler\n{}{}", each(MANY, |at| format!("let a{} = not a{at}\n", at + 1)), when(format!("a{MANY}")))) => ["R0003"];
    chain_of_lets_backwards: total(each(MANY, |at| format!("let a{at} = not a{}\n", at + 1)) + &format!("let a{MANY} = handler\n")) => ["R0003"];
    chain_of_constants: total(format!("let a0 = 1\n{}{}", each(MANY, |at| format!("let a{} = a{at}\n", at + 1)), when(format!("module == a{MANY}")))) => ["R0003"];
    chain_of_sets: total(format!("let a0 = [1]\n{}{}", each(MANY, |at| format!("let a{} = [a{at}]\n", at + 1)), when(format!("module in a{MANY}")))) => ["R0003"];
    circle_of_lets: total(each(MANY, |at| format!("let a{at} = not a{}\n", (at + 1) % MANY))) => ["R0210"];
    circle_of_one: total("let a = not a\n") => ["R0210"];
    circle_of_sets: total(each(MANY, |at| format!("let a{at} = [a{}]\n", (at + 1) % MANY))) => ["R0210"];
    many_circles: total(each(MANY, |at| format!("let a{at} = not b{at}\nlet b{at} = not a{at}\n"))) => ["R0210"];
    every_let_names_every_let: total(each(1000, |at| format!("let a{at} = handler{}\n", each(at, |to| format!(" and a{to}"))))) => ["R0003", "R0006"];
    doubling_conditions: total(format!("let b0 = handler\n{}{}", each(60, |at| format!("let b{} = b{at} and b{at}\n", at + 1)), when("b60"))) => ["R0006"];
    doubling_sets: total(format!("let s0 = [1]\n{}{}", each(60, |at| format!("let s{} = [s{at}, s{at}]\n", at + 1)), when("module in s60"))) => [];
    doubling_schedules: total(format!("let s0 = [1m]\n{}when handler => store(retry, after: s60)", each(60, |at| format!("let s{} = [s{at}, s{at}]\n", at + 1)))) => ["R0402"];
    doubling_unused_sets: total(format!("let s0 = [1]\n{}", each(60, |at| format!("let s{} = [s{at}, s{at}]\n", at + 1)))) => [];
    large_set_named_often: total(format!("let s = [{}]\n{}", each(10_000, |at| format!("{},", 2 * at + 1)), each(10_000, |at| line(format!("module in s and attempt == {}", at + 1))))) => [];
    large_condition_named_often: total(format!("let c = {}\n{}", vec!["handler"; 10_000].join(" and "), each(10_000, |at| line(format!("c and attempt == {}", at + 1))))) => [];
    large_set_in_sets: total(format!("let s = [{}]\n{}", each(10_000, |at| format!("{},", 2 * at + 1)), each(10_000, |at| format!("let s{at} = [s, {at}]\n")))) => [];

    // What is written once and named often.
    long_text_named_often: total(format!("let t = \"{}\"\n{}", "x".repeat(100_000), each(MANY, |at| line(format!("message == t and attempt == {}", at + 1))))) => ["R0006"];
    long_label_named_often: total(format!("let t = \"{}\"\n{}", "x".repeat(100_000), "when handler => stop with owner: t\n".repeat(MANY))) => ["R0006"];
    long_argument_named_often: total(format!("let t = \"{}\"\n{}", "x".repeat(100_000), "when handler => resume(with: t)\n".repeat(MANY))) => ["R0006"];
    long_default_named_often: total(format!("outcome o(with: text = \"{}\")\n{}", "x".repeat(100_000), "when handler => o\n".repeat(MANY))) => ["R0006"];
    long_schedule_named_often: total(format!("let s = [{}]\n{}", "1m,".repeat(1000), "when handler => store(retry, after: s)\n".repeat(MANY))) => ["R0006"];
    long_texts_in_named_sets: total(format!("let t = [\"{}\"]\n{}", "x".repeat(100_000), each(MANY, |at| format!("let s{at} = [t]\nwhen message in s{at} => stop\n")))) => ["R0006"];
    one_large_regex_often: total(each(MANY, |_| line("message matches r\"\\w{10}\""))) => [];
    two_long_names: total(format!("let {} = handler\n{}", "x".repeat(FIVE_MEGABYTES), when("x".repeat(FIVE_MEGABYTES - 1)))) => ["R0201"];
    many_unknown_edits: Input::new(format!("extends \"base.policy\"\n{}", each(MANY, |at| format!("disable rule{at}x\n")))).files(InMemory::new().with("base.policy", each(MANY, |at| format!("rule rule{at}: when handler => stop\n")) + "otherwise => fail")) => ["R0203"];
    many_unknown_outcomes: total(each(200, |at| format!("outcome outcome{at}\n")) + &each(MANY, |at| format!("when handler => outcome{at}x\n"))) => ["R0204"];

    // Enums.
    chain_of_parents_all_asked: total(format!("enum A {{ m0, {} }}\nfact a: A ?\n{}", each(MANY, |at| format!("m{} is m{at},", at + 1)), each(MANY, |at| line(format!("a is m{at}"))))) => ["R0006"];
    large_set_refused_often: total(format!("enum A {{ {} }}\nlet s = [{}]\nfact a: A ?\n{}", each(100_000, |at| format!("m{at},")), each(100_000 / 2, |at| format!("m{},", 2 * at)), each(100_000, |at| line(format!("a not in s and attempt == {}", at + 1))))) => ["R0006"];
    large_numbers_refused_often: total(format!("let s = [{}]\n{}", each(MANY, |at| format!("{},", 2 * at + 1)), each(10_000, |at| line(format!("module not in s and attempt == {}", at + 1))))) => ["R0006"];
    large_enum: total(format!("enum A {{ {} }}\nfact a: A ?\nwhen a == m7 => stop", each(MANY, |at| format!("m{at},")))) => [];
    large_enum_each_asked: total(format!("enum A {{ {} }}\nfact a: A ?\n{}", each(MANY, |at| format!("m{at},")), each(MANY, |at| line(format!("a == m{at}"))))) => [];
    large_enum_of_unknown_names: total(format!("enum A {{ {} }}\nfact a: A ?\n{}", each(MANY, |at| format!("member{at},")), each(MANY, |at| line(format!("a == membre{at}"))))) => ["R0202"];
    chain_of_parents: total(format!("enum A {{ m0, {} }}\nfact a: A ?\nwhen a is m0 => stop", each(MANY - 10, |at| format!("m{} is m{at},", at + 1)))) => [];
    chain_of_parents_each_asked: total(format!("enum A {{ m0, {} }}\nfact a: A ?\n{}", each(5_000, |at| format!("m{} is m{at},", at + 1)), each(5_000, |at| line(format!("a is m{at}"))))) => [];
    circle_of_parents: total(format!("enum A {{ {} }}\nfact a: A ?\nwhen a is m0 => stop", each(MANY, |at| format!("m{at} is m{},", (at + 1) % MANY)))) => ["R0210"];
    many_children: total(format!("enum A {{ m, {} }}\nfact a: A ?\nwhen a is m => stop", each(MANY - 10, |at| format!("m{at} is m,")))) => [];
    many_spellings: total(format!("enum A {{ m aka {} }}\nfact a: A ?\nwhen a == m => stop", (0..MANY).map(|at| format!("s{at}")).collect::<Vec<_>>().join(", aka "))) => [];
    many_equal_members: total(format!("enum A {{ {} }}", "m,".repeat(MANY))) => ["R0207"];
    many_enums: total(each(MANY, |at| format!("enum E{at} {{ a, b }}\n"))) => [];
    many_enums_of_one_member: total(format!("{}let x = [a]\n{}", each(10_000, |at| format!("enum E{at} {{ a, b }}\nfact f{at}: E{at} ?\n")), each(10_000, |at| line(format!("f{at} == a"))))) => [];
    many_growths: total(each(MANY, |at| format!("enum ErrorType += {{ E{at} }}\n"))) => [];
    many_facts: total(each(MANY, |at| format!("fact f{at}: bool ?\n"))) => [];
    many_facts_each_asked: total(each(10_000, |at| format!("fact f{at}: bool ?\nwhen f{at} => stop\n"))) => [];
    many_facts_asked_at_once: total(each(2_000, |at| format!("fact f{at}: bool ?\n")) + &when((0..2_000).map(|at| format!("f{at}")).collect::<Vec<_>>().join(" and "))) => [];
    pairs_of_facts: total(each(40, |at| format!("fact f{at}: bool ?\nfact g{at}: bool ?\n")) + &when((0..40).map(|at| format!("(f{at} and g{})", 39 - at)).collect::<Vec<_>>().join(" or "))) => [];
    pairs_of_facts_without_last_word: Input::new(each(40, |at| format!("fact f{at}: bool ?\nfact g{at}: bool ?\n")) + &when((0..40).map(|at| format!("(f{at} and g{})", 39 - at)).collect::<Vec<_>>().join(" or "))) => ["R0404"];

    // Numbers and patterns.
    huge_number: total(when(format!("module == {}", filled("9")))) => ["R0103"];
    huge_negative_number: total(when(format!("exit_code == -{}", filled("9")))) => ["R0103"];
    huge_fraction: total(when(format!("module == 1.{}", filled("9")))) => ["R0104"];
    huge_duration: total(when("elapsed > 99999999999999999d")) => ["R0103"];
    huge_unit: total(when(format!("elapsed > 1{}", filled("h")))) => ["R0104"];
    huge_sum_of_units: total(when(format!("elapsed > {}", filled("1h")))) => ["R0104"];
    extreme_numbers: total(when("exit_code in [-9223372036854775808, 9223372036854775807, ..-9223372036854775808, 9223372036854775807..]")) => [];
    extreme_comparisons: total(when("exit_code < -9223372036854775808 or exit_code > 9223372036854775807")) => [];
    huge_regex: total(when("message matches r\"(a{1000}){1000}\"")) => ["R0307"];
    deep_regex: total(when(format!("message matches r\"{}\"", nested("(", "a", ")", MANY)))) => ["R0307"];
    alternatives: total(when(format!("message matches r\"{}\"", each(20_000, |at| format!("a{at}|"))))) => [];
    many_regexes: patterns(1_000, |at| format!("matches r\"x{at}[a-z]+y\"")) => [];
    many_large_regexes: patterns(1_000, |at| format!("matches r\"\\w{{10}}x{at}\"")) => ["R0006"];
    many_contained: patterns(10_000, |at| format!("contains \"x{at}\"")) => [];
    many_liked: patterns(1_000, |at| format!("like \"*a{at}*b*c*\"")) => [];
    exploding_regexes: patterns(30, |at| format!("matches r\"(a|b)*a(a|b){{{}}}$\"", 10 + at)) => [];
    exploding_regex_alone: Input::new(when("message matches r\"(a|b)*a(a|b){30}$\"")) => ["R0404"];
    unicode_classes: patterns(100, |at| format!("matches r\"^\\w+{at}\\d\\pL+$\"")) => [];

    // Files.
    exactly_files_enough: chain(64) => [];
    one_file_too_many: chain(65) => ["R0005"];
    many_files: chain(1000) => ["R0005"];
    circle_of_files: circle(50) => ["R0009"];
    circle_of_itself: Input::new("extends \"main.policy\"").files(InMemory::new().with("main.policy", "")) => ["R0009"];
    many_files_each_large: large_chain() => [];

    // The strict limits.
    strictly_small_enough: Input::new(format!("otherwise => fail #{}", "x".repeat(1024 * 1024 - 19))).limits(Limits::strict()) => [];
    strictly_too_large: Input::new(format!("otherwise => fail #{}", "x".repeat(1024 * 1024 - 18))).limits(Limits::strict()) => ["R0002"];
    strictly_many_rules: total(each(30_000, |at| format!("when module == {} => fail\n", at + 1))).limits(Limits::strict()) => [];
    strictly_many_errors: total(each(100_000, |at| format!("let {at}\n"))).limits(Limits::strict()) => ["R0101"];
    strictly_doubling: total(format!("let b0 = handler\n{}{}", each(60, |at| format!("let b{} = b{at} and b{at}\n", at + 1)), when("b60"))).limits(Limits::strict()) => ["R0006"];
    strictly_exploding: patterns(30, |at| format!("matches r\"(a|b)*a(a|b){{{}}}$\"", 10 + at)).limits(Limits::strict()) => [];
    largest_file: Input::new(format!("otherwise => fail #{}", "x".repeat(16 * 1024 * 1024 - 19))) => [];
    too_large_a_file: Input::new(format!("otherwise => fail #{}", "x".repeat(16 * 1024 * 1024 - 18))) => ["R0002"];
}

/// Bytes without rhyme or reason, always the same.
fn garbage(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    (0..length).map(next).collect()
}

/// Sixty files, each with a thousand rules.
fn large_chain() -> Input {
    let file = |at: usize| {
        let rule = |rule: usize| {
            format!("rule r{at}_{rule}: when module == {} => fail\n", at * 1000 + rule + 1)
        };
        format!(
            "{}{}",
            if at == 59 { String::new() } else { format!("extends \"{}.policy\"\n", at + 1) },
            each(1000, rule)
        )
    };
    let files =
        (1..60).fold(InMemory::new(), |files, at| files.with(format!("{at}.policy"), file(at)));
    total(file(0)).files(files)
}

/// One case in a process of its own, for [`table`].
#[test]
#[ignore = "a part of `table`"]
fn one() {
    let Ok(name) = std::env::var("REDRESS_HOSTILE_CASE") else { return };
    let case = CASES.iter().find(|case| case.name == name).unwrap();
    let input = (case.make)();
    let (size, before) = (input.text.len(), peak_memory());
    let start = processor_time();
    let report = input.check();
    let took = processor_time() - start;
    let verdict = if errors(&report) == case.expected { "" } else { "  UNEXPECTED" };
    println!(
        "ROW {:<38} {:>9} kB {:>8} ms {:>7} MB  {}{verdict}",
        case.name,
        size / 1000,
        took,
        peak_memory().saturating_sub(before) / 1024,
        errors(&report).join(" "),
    );
}

/// The most memory this process ever had, in KiB; nothing where the system does not tell.
fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

/// The processor time this process used, in milliseconds: on a busy machine it says more than the clock.
fn processor_time() -> usize {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks = fields.skip(11).take(2).filter_map(|field| field.parse::<usize>().ok());
    10 * ticks.sum::<usize>()
}

/// What each input costs: its size, the time, and the memory on top of the input.
#[test]
#[ignore = "measures; for release builds"]
fn table() {
    let filter = std::env::var("REDRESS_HOSTILE_FILTER").unwrap_or_default();
    for case in CASES.iter().filter(|case| case.name.contains(&filter)) {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["hostile::one", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env("REDRESS_HOSTILE_CASE", case.name)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        match text.split("ROW ").nth(1).and_then(|row| row.lines().next()) {
            Some(row) => println!("{row}"),
            None => println!("{:<38} DIED", case.name),
        }
    }
}
