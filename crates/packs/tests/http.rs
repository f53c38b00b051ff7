//! What RFCs say of statuses, and what each client library retries.

use std::collections::BTreeMap;

use redress::Policy;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::tally::{Expected, Tally, decide, policy, rows};

type Row = BTreeMap<String, String>;

/// A column of verdicts: its file, its heading, the pack's condition for it, and whether it has one of the votes.
struct Column {
    file: &'static str,
    heading: &'static str,
    condition: &'static str,
    votes: bool,
}

const PYTHON: &str = "http/http_status_verdicts_py.csv";
const NODE: &str = "http/js_verdicts.csv";
/// urllib3 by its defaults: only where the server says when.
const URLLIB3: &str = "status in http.urllib3_with_retry_after and retry_after is present";

const fn column(
    file: &'static str,
    heading: &'static str,
    condition: &'static str,
    votes: bool,
) -> Column {
    Column { file, heading, condition, votes }
}

const COLUMNS: [Column; 15] = [
    column(PYTHON, "urllib3_default_GET", URLLIB3, false),
    column(PYTHON, "urllib3_default_GET_with_RetryAfter", URLLIB3, false),
    column(PYTHON, "azure_core_GET", "status in http.azure_core", true),
    column(PYTHON, "azure_core_POST", "status in http.azure_core_post", false),
    column(PYTHON, "botocore_standard", "status in http.botocore_standard", true),
    column(PYTHON, "botocore_legacy_retry_json", "status in http.botocore_legacy", true),
    column(PYTHON, "google_api_core", "status in http.google_api_core", true),
    column(PYTHON, "google_cloud_storage", "status in http.google_cloud_storage", true),
    column(PYTHON, "stripe", "status in http.stripe", true),
    column(PYTHON, "airbyte_cdk", "status in http.airbyte_cdk", true),
    column(NODE, "smithy_js", "status in http.smithy_js", true),
    column(NODE, "got", "status in http.got", true),
    column(NODE, "undici", "status in http.undici", true),
    column(NODE, "axios_retry", "status in http.axios_retry", true),
    column(NODE, "octokit_plugin_retry", "status in http.octokit_plugin_retry", true),
];

/// The libraries that were asked about network errors, with the pack's sets.
const OF_ERRORS: [(&str, &str); 5] = [
    ("smithy_js", "http.smithy_js_errors"),
    ("got", "http.got_errors"),
    ("undici", "http.undici_errors"),
    ("axios_retry", "http.axios_retry_errors"),
    ("is_retry_allowed", "http.is_retry_allowed_errors"),
];

impl Column {
    fn policy(&self) -> Policy {
        by(self.condition)
    }

    /// Every status with the verdict, as the library was asked.
    fn statuses(&self) -> Vec<(u16, bool)> {
        let rows: Vec<Row> = rows(self.file);
        let rows = rows.iter().filter(|row| row.get("kind").is_none_or(|kind| kind == "status"));
        let status = |row: &Row| row.get("status").or(row.get("value")).unwrap().parse().unwrap();
        rows.map(|row| (status(row), retries(&row[self.heading]))).collect()
    }

    fn event(&self, status: u16) -> Json {
        let mut event = answer(status);
        if self.heading.ends_with("_with_RetryAfter") {
            event["retry_after"] = json!("1s");
        }
        event
    }
}

/// A verdict is yes or no, or a word for what is done.
fn retries(verdict: &str) -> bool {
    match verdict.split(':').next().unwrap() {
        "true" | "RETRY" | "RATE_LIMITED" => true,
        "false" | "FAIL" => false,
        other => panic!("`{other}` is no verdict"),
    }
}

fn answer(status: u16) -> Json {
    json!({"error": "UnknownError", "module": 2, "status": status})
}

fn by(condition: &str) -> Policy {
    policy(&format!(
        "extends http\nreplace http_agreed: when module != first and no_handler and {condition} \
        => store(retry)"
    ))
}

#[test]
fn every_status_is_decided_as_each_library_does() {
    let mut tally = Tally::new("http");
    for column in COLUMNS {
        let expected = |(status, retried)| (column.event(status), Expected::retry_if(retried));
        let statuses = column.statuses();
        assert_eq!(statuses.len(), 200, "{}", column.heading);
        tally.hold(
            column.heading,
            "statuses",
            &column.policy(),
            statuses.into_iter().map(expected),
        );
    }
    for (library, set) in OF_ERRORS {
        let expected = |(error, retried): (String, bool)| {
            (json!({"error": error, "module": 2}), Expected::retry_if(retried))
        };
        let policy = by(&format!("error in {set}"));
        tally.hold(
            library,
            "network errors",
            &policy,
            errors_of(library).into_iter().map(expected),
        );
    }
    votes(&mut tally);
    agreed_errors(&mut tally);
    insta::assert_snapshot!(tally.finish());
}

/// The network errors with the verdict of a library.
fn errors_of(library: &str) -> Vec<(String, bool)> {
    let rows: Vec<Row> = rows(NODE);
    let errors = rows.iter().filter(|row| row["kind"] == "errno");
    errors.map(|row| (row["value"].clone(), retries(&row[library]))).collect()
}

#[derive(Deserialize)]
struct Votes {
    status: u16,
    retry_votes: usize,
    authorities: usize,
}

/// The votes are counted once more by the libraries' policies, and the bundled one takes what all say.
fn votes(tally: &mut Tally) {
    let voters: Vec<Policy> =
        COLUMNS.iter().filter(|column| column.votes).map(Column::policy).collect();
    let rows: Vec<Votes> = rows("http/status_votes.csv");
    assert!(rows.iter().all(|row| row.authorities == voters.len()));
    for row in &rows {
        let yes = voters
            .iter()
            .filter(|voter| decide(voter, &answer(row.status)).display == "store(retry)");
        assert_eq!(yes.count(), row.retry_votes, "{}", row.status);
    }
    let at_least = |votes: usize| {
        rows.iter()
            .map(move |row| (answer(row.status), Expected::retry_if(row.retry_votes >= votes)))
    };
    let all = Policy::bundled("http").unwrap();
    tally.hold(
        "all of those with a vote: `extends http`",
        "statuses",
        &all,
        at_least(voters.len()),
    );
    let but_one = by("status in http.agreed_but_for_one");
    tally.hold(
        "all but one: http.agreed_but_for_one",
        "statuses",
        &but_one,
        at_least(voters.len() - 1),
    );
    let split = rows.iter().filter(|row| row.retry_votes > 0 && row.retry_votes < voters.len());
    let split = split.count();
    assert!(split > 0);
    tally.line("they differ about", split, "statuses");
}

fn agreed_errors(tally: &mut Tally) {
    let mut all: BTreeMap<String, usize> = BTreeMap::new();
    for (error, retried) in OF_ERRORS.iter().flat_map(|(library, _)| errors_of(library)) {
        *all.entry(error).or_default() += usize::from(retried);
    }
    let split = all.values().filter(|votes| **votes > 0 && **votes < OF_ERRORS.len()).count();
    let expected = all.into_iter().map(|(error, votes)| {
        (json!({"error": error, "module": 2}), Expected::retry_if(votes == OF_ERRORS.len()))
    });
    tally.hold(
        "all of these: `extends http`",
        "network errors",
        &Policy::bundled("http").unwrap(),
        expected,
    );
    tally.line("they differ about", split, "network errors");
}

#[derive(Deserialize)]
struct RfcStatus {
    status: u16,
    verdict: String,
}

#[derive(Deserialize)]
struct Method {
    method: String,
    idempotent: bool,
}

#[test]
fn every_status_and_method_is_decided_as_the_rfcs_say() {
    let said: Vec<RfcStatus> = rows("http/rfc_statuses.csv");
    let said: BTreeMap<u16, String> =
        said.into_iter().map(|row| (row.status, row.verdict)).collect();
    let methods: Vec<Method> = rows("http/methods.csv");
    let mut tally = Tally::new("http");
    for says_when in [false, true] {
        let mut events = Vec::new();
        for (method, status) in
            methods.iter().flat_map(|method| (400..600).map(move |status| (method, status)))
        {
            let mut event = answer(status);
            event["http_method"] = json!(method.method);
            if says_when {
                event["retry_after"] = json!("1s");
            }
            let retried = match said.get(&status).map(String::as_str) {
                Some("any_method") => true,
                Some("retry") => method.idempotent,
                Some("retry_after") => method.idempotent && says_when,
                _ => false,
            };
            events.push((event, Expected::retry_if(retried)));
        }
        let who = if says_when { "RFCs: http.rfc, with Retry-After" } else { "RFCs: http.rfc" };
        tally.hold(who, "statuses and methods", &by("http.rfc"), events);
    }
    insta::assert_snapshot!(tally.finish());
}

#[test]
fn what_the_libraries_agree_on_is_not_sent_twice_where_that_does_harm() {
    let policy = Policy::bundled("http").unwrap();
    for method in rows::<Method>("http/methods.csv") {
        let mut event = answer(503);
        event["http_method"] = json!(method.method);
        let retried = decide(&policy, &event).display == "store(retry)";
        assert_eq!(retried, method.idempotent, "{}", method.method);
    }
}
