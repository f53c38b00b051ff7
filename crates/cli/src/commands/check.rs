//! `redress check`: everything that is wrong or suspicious, in one run.

mod fix;

use std::collections::HashSet;
use std::ffi::OsString;
use std::io::Write;

use redress::{Limits, PolicyLoader, Report, Severity};

use crate::arguments::{Check, DiagnosticFormat};
use crate::failure::{Result, Status};
use crate::render::{self, Counts, Finding, count};
use crate::{files, policies, terminal};

/// A file of the command line and what was found in it.
struct Checked {
    name: String,
    report: Report,
    counts: Counts,
}

/// Checks the files and writes what is wrong; a file that cannot be read does not keep the others from it.
pub fn run(arguments: &Check) -> Result {
    let mut reported = HashSet::new();
    let mut checked = Vec::new();
    let mut status = Status::Done;
    for name in files::expand(&arguments.files, |name| policies::bundled(name).is_some())? {
        match check(&name, arguments, &mut reported) {
            Ok(file) => checked.push(file),
            Err(failure) => status = status.and(failure.report()?),
        }
    }
    write(&checked, arguments.format)?;
    // Also problems that an earlier file already reported make a file fail.
    let fails = |file: &Checked| file.report.errors() > 0 || file.counts.errors > 0;
    Ok(status.and(Status::fails_if(checked.iter().any(fails))))
}

/// Checks a file; what was already reported of a base or pack it shares with an earlier one is left out.
fn check(name: &OsString, arguments: &Check, reported: &mut HashSet<String>) -> Result<Checked> {
    if arguments.fix {
        fix::fix(name)?;
    }
    let mut limits = Limits::default();
    limits.analysis_steps = arguments.analysis_steps.unwrap_or(limits.analysis_steps);
    let told = |loader: PolicyLoader| loader.notes(arguments.notes).limits(limits);
    let mut report = policies::check(name, told)?;
    let mut counts = Counts::of(&report);
    let Report { diagnostics, sources, .. } = &mut report;
    diagnostics.retain(|diagnostic| {
        let is_new = reported.insert(diagnostic.one_line(sources).to_string());
        if !is_new {
            counts = counts.without(diagnostic.severity);
        }
        is_new
    });
    if arguments.deny_warnings {
        let warnings = diagnostics.iter_mut().filter(|one| one.severity == Severity::Warning);
        warnings.for_each(|warning| warning.severity = Severity::Error);
        counts = counts.denied();
    }
    Ok(Checked { name: files::display_name(name), report, counts })
}

fn write(checked: &[Checked], format: DiagnosticFormat) -> Result<()> {
    let findings: Vec<Finding<'_>> =
        checked.iter().flat_map(|file| Finding::all(&file.report)).collect();
    let counts = checked.iter().fold(Counts::default(), |sum, file| sum.plus(file.counts));
    let mut output = terminal::output();
    match format {
        DiagnosticFormat::Human => write_human(&mut output, checked, counts)?,
        DiagnosticFormat::Json => {
            writeln!(output, "{}", render::json::problems(&findings, counts))?
        }
        DiagnosticFormat::Sarif => writeln!(output, "{}", render::sarif::log(&findings))?,
        DiagnosticFormat::Github => {
            for finding in &findings {
                writeln!(output, "{}", render::github::problem(finding))?;
            }
        }
    }
    Ok(output.flush()?)
}

fn write_human(output: &mut dyn Write, checked: &[Checked], counts: Counts) -> Result<()> {
    let colour = terminal::output_has_colour();
    for file in checked {
        for finding in Finding::all(&file.report) {
            writeln!(output, "{}\n", render::human::problem(&finding, colour))?;
        }
        if let Some(more) = render::human::more(&file.report) {
            writeln!(output, "{more}\n")?;
        }
        if file.report.errors() == 0 && file.report.warnings() == 0 {
            writeln!(output, "ok: {}, {}", file.name, contents(&file.report))?;
        }
    }
    if !counts.is_zero() {
        writeln!(output, "{counts} in {}", count(checked.len(), "file"))?;
    }
    Ok(())
}

/// `5 rules`, or that there are none to be had.
fn contents(report: &Report) -> String {
    match &report.policy {
        Some(policy) => count(policy.rules().len(), "rule"),
        None => "a vocabulary or pack".to_owned(),
    }
}
