//! Diagnostics as one JSON object.

use redress::diagnostic::{Edit, Fix, Label};
use serde::Serialize;

use super::{Counts, Finding};

#[derive(Serialize)]
struct Problems<'a> {
    diagnostics: Vec<Problem<'a>>,
    errors: usize,
    warnings: usize,
    /// Only where notes were asked for.
    #[serde(skip_serializing_if = "is_zero")]
    notes: usize,
}

#[derive(Serialize)]
struct Problem<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    #[serde(flatten)]
    place: WrittenPlace<'a>,
    labels: Vec<WrittenLabel<'a>>,
    help: Option<&'a str>,
    fixes: Vec<WrittenFix<'a>>,
}

#[derive(Serialize)]
struct WrittenPlace<'a> {
    file: &'a str,
    /// Only where it is true: there is no such file on the disk.
    #[serde(skip_serializing_if = "is_false")]
    bundled: bool,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct WrittenLabel<'a> {
    #[serde(flatten)]
    place: WrittenPlace<'a>,
    message: &'a str,
}

#[derive(Serialize)]
struct WrittenFix<'a> {
    title: &'a str,
    edits: Vec<WrittenEdit<'a>>,
}

#[derive(Serialize)]
struct WrittenEdit<'a> {
    file: &'a str,
    start: u32,
    end: u32,
    text: &'a str,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_false(value: &bool) -> bool {
    !value
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// All problems on one line: what `check --format json` prints.
pub fn problems(findings: &[Finding<'_>], counts: Counts) -> String {
    let diagnostics = findings.iter().map(problem).collect();
    let Counts { errors, warnings, notes } = counts;
    let problems = Problems { diagnostics, errors, warnings, notes };
    // Text and numbers always become JSON.
    serde_json::to_string(&problems).unwrap_or_default()
}

fn problem<'a>(finding: &Finding<'a>) -> Problem<'a> {
    let diagnostic = finding.diagnostic;
    let labelled = Some(&diagnostic.primary).filter(|label| !label.text.is_empty());
    Problem {
        code: diagnostic.code.as_str(),
        severity: diagnostic.severity.as_str(),
        message: &diagnostic.message,
        place: place(finding, &diagnostic.primary),
        labels: labelled
            .into_iter()
            .chain(&diagnostic.secondary)
            .map(|label| written_label(finding, label))
            .collect(),
        help: diagnostic.help.as_deref(),
        fixes: diagnostic.fixes.iter().map(|fix| written_fix(finding, fix)).collect(),
    }
}

fn place<'a>(finding: &Finding<'a>, label: &Label) -> WrittenPlace<'a> {
    let place = finding.place_of(label.span);
    WrittenPlace {
        file: place.file,
        bundled: place.bundled,
        line: place.start.line,
        column: place.start.column,
        end_line: place.end.line,
        end_column: place.end.column,
    }
}

fn written_label<'a>(finding: &Finding<'a>, label: &'a Label) -> WrittenLabel<'a> {
    WrittenLabel { place: place(finding, label), message: &label.text }
}

fn written_fix<'a>(finding: &Finding<'a>, fix: &'a Fix) -> WrittenFix<'a> {
    WrittenFix {
        title: &fix.title,
        edits: fix.edits.iter().map(|edit| written_edit(finding, edit)).collect(),
    }
}

fn written_edit<'a>(finding: &Finding<'a>, edit: &'a Edit) -> WrittenEdit<'a> {
    let file = finding.sources.file(edit.span.file).name();
    WrittenEdit { file, start: edit.span.start, end: edit.span.end, text: &edit.text }
}
