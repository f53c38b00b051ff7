//! Runs over files and folders.

use std::fs;

use redress_testing::{Runner, Summary, TestError, assert_cases, run};

/// Every file with its tests, and the numbers.
fn whole(summary: &Summary) -> String {
    let mut text = String::new();
    for file in &summary.files {
        text += &format!("{:?} {}\n", file.kind, file.path);
        for test in &file.tests {
            text += &format!("  {}\n", test.to_string().replace('\n', "\n  "));
        }
    }
    text + &format!(
        "{} policies, {} examples, {} cases, {} snapshots: {} passed, {} failed",
        summary.policies(),
        summary.examples(),
        summary.cases(),
        summary.snapshots(),
        summary.passed(),
        summary.failed()
    )
}

#[test]
fn a_folder_is_walked() {
    let summary = run("tests/cases/good").unwrap();
    assert_eq!(summary.failed(), 0, "{summary}");
    insta::assert_snapshot!("good", whole(&summary));
}

#[test]
fn what_is_wrong_is_said_and_the_rest_goes_on() {
    let summary = run("tests/cases/bad").unwrap();
    insta::assert_snapshot!("bad", whole(&summary));
    insta::assert_snapshot!("bad_shown", summary);
}

#[test]
fn files_can_be_given_and_are_tested_once() {
    let folder = "tests/cases/good";
    let cases = format!("{folder}/ledger.cases.toml");
    let snapshot = format!("{folder}/ledger.behaviour");
    let summary = Runner::new().run([&*cases, &*snapshot, &*cases, folder]).unwrap();
    assert_eq!(summary.files[0].path, cases);
    assert_eq!(summary.files[1].path, snapshot);
    assert_eq!(summary.files.len(), run(folder).unwrap().files.len());
}

#[test]
fn a_filter_leaves_what_it_names() {
    let filtered =
        |text: &str| whole(&Runner::new().filter(text).run(["tests/cases/good"]).unwrap());
    insta::assert_snapshot!("filter_case", filtered("for ever"));
    insta::assert_snapshot!("filter_rule", filtered("ledger_closed"));
    insta::assert_snapshot!("filter_file", filtered("team/"));
    assert!(Runner::new().filter("no such thing").run(["tests/cases/good"]).unwrap().is_empty());
}

#[test]
fn a_filter_does_not_hide_a_file_that_is_wrong_as_a_whole() {
    let summary = Runner::new().filter("busy").run(["tests/cases/bad"]).unwrap();
    let paths: Vec<&str> =
        summary.files.iter().filter_map(|file| file.path.rsplit('/').next()).collect();
    let expected = [
        "broken.cases.toml",
        "broken.policy",
        "example.policy",
        "gone.cases.toml",
        "misspelt.cases.toml",
    ];
    assert_eq!(paths, expected);
}

#[test]
fn what_cannot_be_tested_is_an_error() {
    let message = |path: &str| run(path).unwrap_err().to_string();
    assert!(matches!(run("nowhere"), Err(TestError::Unreadable { .. })));
    assert!(message("nowhere").starts_with("cannot read `nowhere`: "));
    assert!(message("Cargo.toml").starts_with("`Cargo.toml` cannot be tested"));
}

#[test]
fn one_bad_case_does_not_keep_the_others_from_being_run() {
    let summary = run("tests/cases/bad/partly.cases.toml").unwrap();
    insta::assert_snapshot!("partly", whole(&summary));
}

#[test]
fn a_policy_that_only_loads_has_not_passed() {
    let summary = run("tests/cases/good").unwrap();
    let untested: Vec<&str> = summary.untested().map(|file| file.path.as_str()).collect();
    assert_eq!(untested, ["tests/cases/good/team/plain.policy"]);
    let lone = run("tests/cases/good/team/plain.policy").unwrap();
    assert_eq!((lone.passed(), lone.failed(), lone.is_empty()), (0, 0, false));
    assert!(lone.to_string().starts_with("no cases: tests/cases/good/team/plain.policy\n"));
    // A case file or a snapshot of the run is enough.
    let covered = run("tests/cases/bad/stale.policy").unwrap();
    assert_eq!((covered.untested().count(), covered.failed()), (0, 1));
}

#[test]
fn a_bundled_policy_is_tested_by_its_name() {
    let summary = run("default").unwrap();
    assert_eq!(summary.files[0].path, "default.policy");
    assert!(summary.examples() > 3 && summary.failed() == 0, "{summary}");
}

#[test]
fn an_update_writes_what_compares_equal_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("mine.policy");
    let snapshot = folder.path().join("mine.behaviour");
    fs::write(&policy, "extends default").unwrap();
    fs::write(folder.path().join("broken.policy"), "extends").unwrap();
    let numbers = |summary: Summary| (summary.snapshots(), summary.passed(), summary.failed());
    let update = || numbers(Runner::new().update(true).run([folder.path()]).unwrap());
    let compare = || numbers(run(folder.path()).unwrap());

    assert_eq!(compare(), (0, 0, 1), "without a snapshot nothing is compared");
    let elsewhere = Runner::new().update(true).filter("broken").run([folder.path()]).unwrap();
    assert!(!snapshot.exists(), "{elsewhere}");
    assert_eq!(update(), (1, 1, 1));
    let written = fs::read_to_string(&snapshot).unwrap();
    assert!(written.contains("store(retry, after: [") && written.ends_with('\n'), "{written}");
    assert!(!folder.path().join("broken.behaviour").exists());
    assert_eq!(compare(), (1, 1, 1));

    fs::write(&snapshot, written.replace('\n', "\r\n")).unwrap();
    assert_eq!(compare(), (1, 1, 1), "line ends do not count");

    fs::write(&policy, "extends default\nwhen attempt > 3 => fail").unwrap();
    assert_eq!(compare(), (1, 0, 2));
    assert_eq!(update(), (1, 1, 1));
    assert_eq!(compare(), (1, 1, 1));
    assert_ne!(fs::read_to_string(&snapshot).unwrap(), written);
}

#[test]
fn cases_can_be_asserted() {
    assert_cases("tests/cases/good/ledger.cases.toml");
}

#[test]
#[should_panic(expected = "2 passed, 12 failed")]
fn a_failure_fails_the_assertion() {
    assert_cases("tests/cases/bad");
}

#[test]
#[should_panic(expected = "nothing to test in `src`")]
fn nothing_to_test_fails_the_assertion() {
    assert_cases("src");
}
