//! `redress test`: the examples in policies, case files, and behaviour snapshots.

mod coverage;
mod junit;
mod mutants;

use std::io::Write;

use anstyle::{AnsiColor, Style};
use redress_scenarios::slip;
use redress_testing::{FileKind, FileResult, Runner, Summary, TestError, TestResult, Verdict};

use crate::arguments::Test;
use crate::failure::{Failure, Result, Status};
use crate::render::count;
use crate::terminal::Visible;
use crate::{files, terminal};

/// Runs the tests and writes what came of them.
///
/// A policy that loads and of which nothing else is tried has neither failed nor passed, and that is said. A
/// run in which nothing at all is tried proves nothing, so it does not pass.
pub fn run(arguments: &Test) -> Result {
    let runner = Runner::new().update(arguments.update);
    let runner = arguments.filter.iter().fold(runner, |runner, text| runner.filter(text));
    let summary = runner.run(&arguments.paths).map_err(|error| impossible(&error))?;
    if let Some(path) = &arguments.junit {
        junit::write(path, &summary)?;
    }
    if summary.is_empty() {
        return Err(Failure::fails(nothing(arguments)));
    }
    write(&summary)?;
    let covered = coverage::run(arguments, &runner, &summary)?;
    let noticed = mutants::run(arguments, &runner, &summary)?;
    let nothing_tried = summary.passed() + summary.failed() == 0 && arguments.generate.is_none();
    Ok(if summary.failed() > 0 || nothing_tried { Status::Fails } else { covered.and(noticed) })
}

/// Why the tests could not be run, in the words of the other commands.
fn impossible(error: &TestError) -> Failure {
    match error {
        TestError::Unreadable { path, problem } => files::cannot_read(path, problem),
        TestError::Unwritable { path, problem } => files::cannot_write(path, problem),
        _ => Failure::impossible(error),
    }
}

/// A run without tests proves nothing, so it does not pass.
fn nothing(arguments: &Test) -> String {
    let paths: Vec<String> =
        arguments.paths.iter().map(|path| format!("`{}`", path.display())).collect();
    let paths = paths.join(" and ");
    match &arguments.filter {
        Some(text) => format!("no test in {paths} has `{text}` in its name or that of its file"),
        None => format!("there is no policy, case file or snapshot to test in {paths}"),
    }
}

fn write(summary: &Summary) -> Result<()> {
    let mut output = terminal::output();
    let untested: Vec<&str> = summary.untested().map(|file| file.path.as_str()).collect();
    for file in summary.files.iter().filter(|file| !untested.contains(&file.path.as_str())) {
        write_file(&mut output, file)?;
    }
    for file in summary.untested() {
        let yellow = styled(AnsiColor::BrightYellow);
        let path = Visible(&file.path);
        writeln!(output, "{yellow}no cases{yellow:#}: {path}, which loads")?;
    }
    writeln!(
        output,
        "{} passed, {} failed{}",
        summary.passed(),
        summary.failed(),
        without_cases(summary)
    )?;
    Ok(output.flush()?)
}

/// `, 1 policy without cases`
fn without_cases(summary: &Summary) -> String {
    match summary.untested().count() {
        0 => String::new(),
        1 => ", 1 policy without cases".to_owned(),
        more => format!(", {more} policies without cases"),
    }
}

fn write_file(output: &mut dyn Write, file: &FileResult) -> Result<()> {
    let style = styled(if file.passed() { AnsiColor::BrightGreen } else { AnsiColor::BrightRed });
    let path = Visible(&file.path);
    writeln!(output, "{style}{}{style:#}: {path}{}", verdict(file), contents(file))?;
    for (test, failure) in file.failures() {
        if let Some(title) = test.title() {
            writeln!(output, "    {}", Visible(&title))?;
        }
        let reason = file.reason(failure).replace('\n', "\n        ");
        writeln!(output, "        {}", Visible(&reason))?;
    }
    for test in file.tests.iter().filter(|test| !test.slips.is_empty()) {
        writeln!(output, "    {}", Visible(&test.title().unwrap_or_default()))?;
        for slip in test.slips.iter().filter_map(slip) {
            writeln!(output, "        note: {}", Visible(&slip))?;
        }
    }
    Ok(())
}

fn verdict(file: &FileResult) -> &'static str {
    match (file.passed(), is_written(file)) {
        (false, _) => "failed",
        (true, true) => "wrote",
        (true, false) => "ok",
    }
}

fn is_written(file: &FileResult) -> bool {
    file.tests.iter().any(|test| test.verdict == Verdict::Written)
}

fn styled(colour: AnsiColor) -> Style {
    if terminal::output_has_colour() { colour.on_default().bold() } else { Style::new() }
}

/// `, 3 examples`, `, 1 of 4 cases`; nothing where the file is all there is to test.
fn contents(file: &FileResult) -> String {
    let named = file.tests.iter().filter(|test| test.name.is_some());
    let (passed, failed): (Vec<&TestResult>, Vec<&TestResult>) =
        named.partition(|test| test.passed());
    let noun = match file.kind {
        FileKind::Policy => "example",
        FileKind::Cases => "case",
        FileKind::Snapshot => return String::new(),
    };
    match (passed.len(), failed.len()) {
        (0, 0) if !file.passed() => String::new(),
        (0, 0) => format!(", no {noun}s"),
        (passed, 0) => format!(", {}", count(passed, noun)),
        (passed, failed) => format!(", {failed} of {}", count(passed + failed, noun)),
    }
}
