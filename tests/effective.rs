//! The effective policy: each case is shown, and what is shown is loaded in its place.

use redress::source::Span;
use redress::{Code, Diagnostic, Policy, Report, Severity};

use super::check::host::Case;
use super::check::{cases, compare};

fn load(report: Report) -> Policy {
    report.into_policy().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn cases_are_shown() {
    compare("effective", |name, text| {
        let case = Case::read(&format!("{name}.policy"), text);
        let policy = load(case.check());
        let effective = policy.effective().to_string();
        let report = case.instead(&effective).check();
        // Facts are shown whether a rule asks about them or not; a `let` only where something uses it.
        let unused = report.diagnostics.iter().any(|d| {
            d.code == Code::UnusedName && report.sources.slice(line(&report, d)).starts_with("let ")
        });
        assert!(!unused, "{report}\n{effective}");
        let alone = load(report);
        assert_eq!(alone.fingerprint(), policy.fingerprint(), "{effective}");
        effective.replace(&policy.fingerprint().to_string(), "[fingerprint]")
    });
}

/// The line that a diagnostic is about.
fn line(report: &Report, diagnostic: &Diagnostic) -> Span {
    let span = diagnostic.primary.span;
    let line = report.sources.file(span.file).line_range(span.start as usize);
    Span { start: line.start as u32, end: line.end as u32, ..span }
}

/// Whatever the cases of other tests are about.
#[test]
fn every_policy_that_loads_can_be_shown_and_loaded_again() {
    let mut shown = 0;
    for (name, text) in cases("check") {
        let case = Case::read(&format!("{name}.policy"), &text);
        let Some(policy) = case.check().policy else { continue };
        let effective = policy.effective().to_string();
        let report = case.instead(&effective).check();
        let errors: Vec<_> =
            report.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{name}: {report}\n{effective}");
        assert_eq!(load(report).fingerprint(), policy.fingerprint(), "{name}\n{effective}");
        shown += 1;
    }
    assert!(shown > 10, "only {shown} cases load");
}

#[test]
fn the_bundled_policies_are_shown_without_anything_wrong() {
    for file in redress::POLICIES {
        let policy = Policy::bundled(file.name).unwrap();
        let effective = policy.effective().to_string();
        let report =
            redress::PolicyLoader::bundled_only().check_text("effective.policy", &effective);
        assert!(report.diagnostics.is_empty(), "{report}");
        assert_eq!(load(report).fingerprint(), policy.fingerprint());
    }
}
