//! Diagnostics: each case file is checked and shown as people would see it, every fix is applied, and every
//! block of the pages under `docs/errors/` is run.
//!
//! A case is a policy. Lines `--- NAME.policy` part further files from it, which it may name by path; a first
//! line `--- host: …` says what the host does otherwise than usual (see [`host`]).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

pub mod host;
mod pages;
mod show;

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use host::Case;
use redress::{Code, Diagnostic, LoadError, Report, Severity};

/// A file of the project.
pub fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The case files of an area: their names without the ending, and their texts; in order.
pub fn cases(area: &str) -> Vec<(String, String)> {
    let folder = project("tests/cases").join(area);
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    paths.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// Compares what each case of an area gives with its snapshot, and lets no snapshot outlive its case.
pub fn compare(area: &str, show: impl Fn(&str, &str) -> String) {
    let cases = cases(area);
    let names: BTreeSet<String> = cases.iter().map(|(name, _)| format!("{area}__{name}")).collect();
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path(project("tests/snapshots"));
    let differs = |(name, text): &(String, String)| {
        let shown = show(name, text);
        let assert = || insta::assert_snapshot!(format!("{area}__{name}"), shown);
        settings.bind(|| catch_unwind(AssertUnwindSafe(assert)).is_err()).then(|| name.clone())
    };
    let different: Vec<String> = cases.iter().filter_map(differs).collect();
    assert!(
        different.is_empty(),
        "cases of {area} that differ from their snapshots: {different:?}"
    );
    assert_eq!(snapshots(area), names, "each snapshot belongs to a case");
}

fn snapshots(area: &str) -> BTreeSet<String> {
    let files = fs::read_dir(project("tests/snapshots")).unwrap();
    let names = files.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names = names.filter_map(|name| name.strip_suffix(".snap").map(str::to_owned));
    names.filter(|name| name.starts_with(&format!("{area}__"))).collect()
}

#[test]
fn cases_give_their_diagnostics() {
    compare("check", |name, text| show::report(&Case::read(&format!("{name}.policy"), text)));
}

/// Loading does not look for what is merely suspicious, so it may not miss what is wrong.
#[test]
fn loading_refuses_what_checking_refuses() {
    for (name, text) in cases("check") {
        let case = Case::read(&format!("{name}.policy"), &text);
        let report = case.check();
        match (case.load(), &report.policy) {
            (Ok(loaded), Some(checked)) => {
                assert_eq!(loaded.fingerprint(), checked.fingerprint(), "{name}")
            }
            (Err(LoadError::Refused(refused)), None) => {
                assert_eq!(refused.diagnostics, report.diagnostics, "{name}");
            }
            (loaded, _) => panic!("{name}: checking disagrees with {loaded:?}"),
        }
    }
}

/// Fixes that do not make their diagnostic go away: the case, the fix, and why that is right.
const FIXES_THAT_DO_NOT_SUFFICE: [(&str, &str, &str); 0] = [];

#[test]
fn fixes_mend_what_they_are_offered_for() {
    let mut wrong = Vec::new();
    for (name, text) in cases("check") {
        let case = Case::read(&format!("{name}.policy"), &text);
        let report = case.check();
        for diagnostic in &report.diagnostics {
            for fix in &diagnostic.fixes {
                let after = case.with(&report, fix).check();
                let excepted = FIXES_THAT_DO_NOT_SUFFICE
                    .iter()
                    .any(|(case, title, _)| *case == name && *title == fix.title);
                if count(&after, diagnostic) >= count(&report, diagnostic) && !excepted {
                    wrong.push(format!("{name}: {} [{}]", fix.title, diagnostic.message));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "fixes that do not mend:\n{}", wrong.join("\n"));
}

/// How often a report says the same thing.
fn count(report: &Report, of: &Diagnostic) -> usize {
    let same = |other: &&Diagnostic| other.code == of.code && other.message == of.message;
    report.diagnostics.iter().filter(same).count()
}

#[test]
fn every_code_has_a_case() {
    let mut seen: BTreeSet<Code> = BTreeSet::new();
    for (name, text) in cases("check") {
        let report = Case::read(&format!("{name}.policy"), &text).check();
        seen.extend(report.diagnostics.iter().map(|diagnostic| diagnostic.code));
    }
    let missing: Vec<&Code> = Code::ALL.iter().filter(|code| !seen.contains(code)).collect();
    assert!(missing.is_empty(), "codes that no case produces: {missing:?}");
}

/// A case whose name begins with a code is about that code.
#[test]
fn cases_give_the_code_they_are_named_after() {
    for (name, text) in cases("check") {
        let code = name.split('_').next().unwrap().to_uppercase();
        let Some(code) = Code::from_text(&code) else { continue };
        let report = Case::read(&format!("{name}.policy"), &text).check();
        assert!(report.diagnostics.iter().any(|d| d.code == code), "{name} does not give {code}");
    }
}

#[test]
fn messages_are_in_the_house_style() {
    let mut wrong = Vec::new();
    for (name, text) in cases("check") {
        for diagnostic in &Case::read(&format!("{name}.policy"), &text).check().diagnostics {
            let labels = diagnostic.secondary.iter().chain([&diagnostic.primary]);
            let texts = labels.map(|label| label.text.as_str()).chain(diagnostic.help.as_deref());
            let fixes = diagnostic.fixes.iter().map(|fix| fix.title.as_str());
            for text in texts.chain(fixes).chain([diagnostic.message.as_str()]) {
                let capital = text.chars().next().is_some_and(char::is_uppercase);
                if capital || text.ends_with(['.', '!']) || text.contains('\n') {
                    wrong.push(format!("{name}: {text}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "not lower case, or with a final stop:\n{}", wrong.join("\n"));
}

#[test]
fn counts_agree_with_what_is_listed() {
    for (name, text) in cases("check") {
        let report = Case::read(&format!("{name}.policy"), &text).check();
        let errors = report.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
        if report.suppressed == 0 {
            assert_eq!(report.errors(), errors, "{name}: errors counted and errors listed");
        }
        assert!(report.policy.is_none() || report.errors() == 0, "{name} is refused");
    }
}
