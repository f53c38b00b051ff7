//! Policies that change on disk.

use std::fs;
use std::path::Path;

use redress_scenarios::{Change, Configuration, Scenarios};
use redress_store::{Executions, Memory, Report, Reported};
use serde_json::json;

fn decided(executions: &Executions) -> String {
    let event = json!({"error": "RuntimeError", "module": 3});
    let now = "2026-11-25T09:00:00Z".parse().unwrap();
    match executions.report(Report::new("refunds", event, ""), now).unwrap() {
        Reported::Decided(decision) => decision.display.to_string(),
        Reported::Stored(kept) => kept.decision.display.to_string(),
        other => panic!("{other:?}"),
    }
}

/// Writes a file whose length differs from what it was, so that a coarse clock does not hide the change.
fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
}

#[test]
fn a_policy_that_changes_is_swapped_and_a_wrong_one_is_refused_and_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let (base, main) = (folder.path().join("base.policy"), folder.path().join("refunds.policy"));
    write(&base, "extends default");
    write(&main, "extends \"base.policy\"");
    let text = "[scenario.refunds]\npolicy = \"refunds.policy\"\nmax_consecutive_errors = 0\nrunaway = false";
    let configuration = Configuration::parse(folder.path().join("redress.toml"), text).unwrap();
    let executions = Executions::over(Memory::new());
    let mut scenarios = Scenarios::new(configuration, &executions);
    assert_eq!(decided(&executions), "fail");
    assert_eq!(scenarios.refresh(&executions), []);

    // A file that it builds on counts as well.
    write(&base, "extends default\nwhen module != first => store(manual)");
    let changes = scenarios.refresh(&executions);
    assert!(matches!(changes.as_slice(), [Change::Swapped { .. }]), "{changes:?}");
    assert_eq!(decided(&executions), "store(manual)");

    write(&main, "extends \"base.policy\"\nwhen modul == 3 => stop");
    let changes = scenarios.refresh(&executions);
    let [Change::Refused { why, .. }] = changes.as_slice() else { panic!("{changes:?}") };
    assert!(why.contains("nothing is called `modul`"), "{why}");
    assert_eq!(decided(&executions), "store(manual)");
    assert_eq!(scenarios.refresh(&executions), []);

    write(&main, "extends \"base.policy\"\nwhen module == 3 => stop  # mended");
    let changes = scenarios.refresh(&executions);
    assert!(matches!(changes.as_slice(), [Change::Swapped { .. }]), "{changes:?}");
    assert_eq!(decided(&executions), "stop");

    fs::remove_file(&main).unwrap();
    let changes = scenarios.refresh(&executions);
    assert!(matches!(changes.as_slice(), [Change::Refused { .. }]), "{changes:?}");
    assert_eq!(decided(&executions), "stop");
    // Back as it was, which is told as well.
    write(&main, "extends \"base.policy\"\nwhen module == 3 => stop");
    let changes = scenarios.refresh(&executions);
    assert!(matches!(changes.as_slice(), [Change::Mended { .. }]), "{changes:?}");
    assert_eq!(decided(&executions), "stop");

    // The file that names them is read once; that it changes is told once.
    write(&folder.path().join("redress.toml"), "[defaults]\nstoring = false");
    let changes = scenarios.refresh(&executions);
    assert!(matches!(changes.as_slice(), [Change::File { .. }]), "{changes:?}");
    assert_eq!(scenarios.refresh(&executions), []);
}

#[test]
fn the_policy_of_the_scenarios_that_are_not_named_is_swapped_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let main = folder.path().join("all.policy");
    write(&main, "extends default");
    let text = "[defaults]\npolicy = \"all.policy\"";
    let configuration = Configuration::parse(folder.path().join("redress.toml"), text).unwrap();
    let executions = Executions::over(Memory::new());
    let mut scenarios = Scenarios::new(configuration, &executions);
    assert_eq!(decided(&executions), "fail");
    write(&main, "extends default\nwhen module == 3 => store(manual)");
    let changes = scenarios.refresh(&executions);
    assert!(matches!(changes.as_slice(), [Change::Swapped { .. }]), "{changes:?}");
    assert_eq!(decided(&executions), "store(manual)");
}

#[test]
fn a_policy_that_does_not_load_at_first_keeps_its_retries_waiting_until_it_does() {
    let folder = tempfile::tempdir().unwrap();
    let (base, main) = (folder.path().join("base.policy"), folder.path().join("refunds.policy"));
    let file = folder.path().join("redress.toml");
    write(&base, "extends default\nwhen modul == 3 => stop");
    write(&main, "extends \"base.policy\"");
    let text = "[scenario.refunds]\npolicy = \"refunds.policy\"\nrerun = true\n[scenario.mail]\nrerun = true\n";
    write(&file, text);
    let configuration = Configuration::find_to_look(Some(&file), Path::new("")).unwrap();
    let executions = Executions::over(Memory::new());
    let mut scenarios = Scenarios::new(configuration, &executions);
    // As whoever has them run asks, who need not wait for who refreshes.
    let runners = scenarios.runners();
    let have_runners = || ["refunds", "mail"].map(|name| runners.runner(name).is_some());
    assert_eq!(have_runners(), [false, true]);
    assert_eq!(scenarios.refresh(&executions), []);

    write(&base, "extends default\nwhen attemp == 3 => stop");
    let changes = scenarios.refresh(&executions);
    assert!(matches!(changes.as_slice(), [Change::StillWrong { .. }]), "{changes:?}");
    assert_eq!(have_runners(), [false, true]);

    write(&base, "extends default\nwhen module == 3 => stop");
    let changes = scenarios.refresh(&executions);
    assert!(matches!(changes.as_slice(), [Change::Loaded { .. }]), "{changes:?}");
    assert_eq!(have_runners(), [true, true]);
    assert_eq!(decided(&executions), "stop");
    assert_eq!(scenarios.refresh(&executions), []);
}
