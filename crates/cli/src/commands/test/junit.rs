//! The results as JUnit XML: a suite for each file. No times, so that the same results are the same bytes.

use std::fs;
use std::path::Path;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use redress_testing::{FileResult, Summary, TestResult, Verdict};

use crate::failure::{Failure, Result};
use crate::files;

/// Writes the results to a file.
pub fn write(path: &Path, summary: &Summary) -> Result<()> {
    let mut report = Report::new("redress");
    report.add_test_suites(summary.files.iter().map(suite));
    let text = report.to_string().map_err(Failure::impossible)?;
    fs::write(path, text).map_err(|error| files::cannot_write(path, &error))
}

fn suite(file: &FileResult) -> TestSuite {
    let mut suite = TestSuite::new(&*file.path);
    suite.add_test_cases(file.tests.iter().map(|test| case(file, test)));
    suite
}

fn case(file: &FileResult, test: &TestResult) -> TestCase {
    let name = test.title().unwrap_or_else(|| file.path.clone());
    let mut case = TestCase::new(name, status(file, test));
    case.set_classname(&*file.path);
    case.extra.insert("file".into(), (&*file.path).into());
    case.extra.insert("line".into(), test.line.to_string().into());
    case
}

fn status(file: &FileResult, test: &TestResult) -> TestCaseStatus {
    let Verdict::Failed(failure) = &test.verdict else { return TestCaseStatus::success() };
    let reason = file.reason(failure);
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(reason.lines().next().unwrap_or_default());
    status.set_description(reason);
    status
}
