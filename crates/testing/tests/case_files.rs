//! Case files: those that are refused, and what those that are not say of a policy.

use std::fs;
use std::path::PathBuf;

use redress::PolicyLoader;
use redress_testing::{CaseFile, CaseFileError, PolicyName};

/// The case files of `cases/FOLDER` with their stems, in the order of their names.
fn files(folder: &str) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(format!("tests/cases/{folder}")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let stem =
        |path: &PathBuf| Some(path.file_name()?.to_str()?.strip_suffix(".cases.toml")?.to_owned());
    let files: Vec<_> = files.into_iter().filter_map(|path| Some((stem(&path)?, path))).collect();
    assert!(!files.is_empty());
    files
}

#[test]
fn what_could_never_fail_is_refused() {
    for (name, path) in files("refused") {
        let error = CaseFile::read(path).expect_err(&name);
        insta::assert_snapshot!(format!("refused_{name}"), error);
    }
}

#[test]
fn cases_are_decided() {
    for (name, path) in files("decided") {
        let file = CaseFile::read(path).unwrap();
        let policy = file.load(&PolicyLoader::new()).unwrap_or_else(|problem| panic!("{problem}"));
        let results = file.run(&policy);
        assert_eq!(
            results.iter().map(|result| result.name.as_deref()).collect::<Vec<_>>(),
            names(&file)
        );
        let passed = results.iter().filter(|result| result.passed()).count();
        assert_eq!(passed, if name == "passes" { results.len() } else { 0 }, "{name}");
        let shown: Vec<String> = results.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(format!("decided_{name}"), shown.join("\n\n"));
    }
}

fn names(file: &CaseFile) -> Vec<Option<&str>> {
    file.cases().iter().map(|case| Some(case.name())).collect()
}

#[test]
fn a_file_that_is_not_there_says_so() {
    let CaseFileError { path, problems } = CaseFile::read("nowhere.cases.toml").unwrap_err();
    assert_eq!(path, PathBuf::from("nowhere.cases.toml"));
    assert!(problems[0].message.starts_with("the file cannot be read"), "{problems:?}");
}

#[test]
fn a_policy_is_found_beside_the_file() {
    let policy = |file: &str, policy: &str| {
        let case = "[[case]]\nname = \"a\"\nevent = {}\nrule = \"a\"";
        let file = CaseFile::parse(file, &format!("policy = {policy:?}\n{case}")).unwrap();
        file.policy().clone()
    };
    let file = |path: &str| PolicyName::File(PathBuf::from(path));
    assert_eq!(policy("a/b.cases.toml", "default"), PolicyName::Bundled("default".to_owned()));
    assert_eq!(policy("b.cases.toml", "c.policy"), file("c.policy"));
    assert_eq!(policy("a/b.cases.toml", "./c.policy"), file("a/c.policy"));
    assert_eq!(policy("a/b.cases.toml", "../c.policy"), file("c.policy"));
    assert_eq!(policy("a/b.cases.toml", "../../d/c.policy"), file("../d/c.policy"));
    assert_eq!(policy("/b.cases.toml", "/d/../c.policy"), file("/c.policy"));
}
