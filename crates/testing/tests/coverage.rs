//! What tests leave out: found, filled up, and true.

use std::fs;
use std::path::Path;

use redress::Policy;
use redress_testing::{Coverage, Runner};

const EXAMPLES: &str = "../../examples";

/// The coverage of every policy by the tests of a folder.
fn coverage(folder: &str) -> Coverage {
    let runner = Runner::new();
    let summary = runner.run([folder]).unwrap();
    runner.coverage(&summary)
}

#[test]
fn generated_cases_hold_and_leave_nothing_out() {
    let folder = tempfile::tempdir().unwrap();
    let examples = coverage(EXAMPLES);
    assert!(examples.policies.len() > 2, "there are policies to try");
    for policy in &examples.policies {
        let path = fs::canonicalize(&policy.path).unwrap();
        let text = policy.case_file(&path.display().to_string()).expect("something is left out");
        assert_eq!(policy.case_file(&path.display().to_string()).as_ref(), Some(&text));
        let name = Path::new(&policy.path).file_stem().unwrap().to_str().unwrap();
        let cases = folder.path().join(format!("{name}.cases.toml"));
        fs::write(&cases, text).unwrap();
        let known = path.with_extension("cases.toml");
        let paths = [path, known, cases].into_iter().filter(|path| path.exists());
        let runner = Runner::new();
        let summary = runner.run(paths).unwrap();
        assert_eq!(summary.failed(), 0, "{summary}");
        let share = runner.coverage(&summary).policies[0].share();
        assert_eq!((share.percent(), share.seen), (100, share.all), "{}", policy.path);
    }
}

#[test]
fn a_mutant_that_survives_decides_its_witness_otherwise() {
    let runner = Runner::new();
    let files = ["refunds.policy", "refunds.cases.toml"].map(|name| format!("{EXAMPLES}/{name}"));
    let summary = runner.run(files).unwrap();
    let mut survivors = 0;
    for mutants in runner.mutants(&summary) {
        let policy = Policy::load(&mutants.path).unwrap();
        for survivor in &mutants.survivors {
            let decision = survivor.witness.event(&policy).unwrap().decide();
            assert!(survivor.old.starts_with(&decision.outcome.to_string()), "{survivor:?}");
            assert_ne!(survivor.old, survivor.new);
            survivors += 1;
        }
    }
    assert!(survivors > 0, "there are mutants to look at");
}
