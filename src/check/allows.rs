//! `# allow R0501: why`: comments that silence warnings and notes, and those that silence nothing.
//!
//! Such a comment is about the line it stands on, or, where it has a line of its own, about the line right below
//! it and the comments that follow it; and about the declarations that begin on that line.

use super::{Checker, Files};
use crate::ast::{Ast, Comment};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity, Silencer, Silencers};
use crate::source::{Source, Sources, Span};

/// Finds the comments of all files that silence something, and silences it.
pub(super) fn gather(files: Files<'_>, sources: &Sources, problems: &mut Diagnostics) {
    let mut silencers = Silencers::default();
    let outermost = files.outermost().map(|unit| unit.ast.file);
    for unit in files.units() {
        let source = sources.file(unit.ast.file);
        for (comment, target) in targets(&unit.ast, source) {
            let Some(allow) = Allow::read(source.text(), comment.span) else { continue };
            match allow.problem(source.text()) {
                None => allow.add_to(&mut silencers, &unit.ast, source, target),
                Some(problem) if outermost == Some(unit.ast.file) => problems.add(problem),
                Some(_) => {}
            }
        }
    }
    problems.silence(silencers);
}

/// Tells which comments of the outermost file silence nothing; only where everything was looked for.
pub(super) fn report_unused(checker: &mut Checker<'_>) {
    let Some(outermost) = checker.files.outermost() else { return };
    if checker.problems.has_errors() {
        return;
    }
    let is_idle = |silencer: &&Silencer| {
        let looked_for = checker.problems.wants(silencer.code.severity());
        !silencer.is_used && looked_for && silencer.span.file == outermost.ast.file
    };
    let idle = checker.problems.silencers().iter().filter(is_idle);
    let reports: Vec<Diagnostic> = idle.map(unused).collect();
    reports.into_iter().for_each(|report| checker.report(report));
}

/// Each comment with the offset of the line it is about.
fn targets<'a>(ast: &'a Ast, source: &Source) -> Vec<(&'a Comment, usize)> {
    let mut targets: Vec<(&Comment, usize)> = Vec::with_capacity(ast.comments.len());
    for comment in ast.comments.iter().rev() {
        let line = source.line_range(comment.span.start as usize);
        let target = match targets.last() {
            _ if !comment.own_line => line.start,
            Some((below, target)) if below.own_line && starts_on(source, below, line.end + 1) => {
                *target
            }
            _ => line.end + 1,
        };
        targets.push((comment, target));
    }
    targets.reverse();
    targets
}

fn starts_on(source: &Source, comment: &Comment, line: usize) -> bool {
    source.line_range(comment.span.start as usize).start == line
}

/// A comment that is to silence something.
struct Allow {
    span: Span,
    codes: Vec<Span>,
    has_reason: bool,
}

impl Allow {
    /// Reads `# allow R0501, R0510: why`; nothing where it is another comment.
    fn read(text: &str, span: Span) -> Option<Self> {
        let comment = text.get(span.range())?;
        let order = comment.trim_start_matches('#').trim_start().strip_prefix("allow")?;
        let mut rest = order.strip_prefix([' ', '\t'])?.trim_start();
        let mut codes = Vec::new();
        loop {
            let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            let (code, behind) = rest.split_at(length);
            let digits = code.strip_prefix(['R', 'r']).unwrap_or_default();
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                break;
            }
            let start = span.start as usize + comment.len() - rest.len();
            codes.push(Span::new(span.file, start..start + length));
            match behind.trim_start().strip_prefix(',') {
                Some(more) => rest = more.trim_start(),
                None => {
                    rest = behind.trim_start();
                    break;
                }
            }
        }
        let reason = rest.strip_prefix(':').unwrap_or_default();
        (!codes.is_empty()).then(|| Allow { span, codes, has_reason: !reason.trim().is_empty() })
    }

    /// Why it is none.
    fn problem(&self, text: &str) -> Option<Diagnostic> {
        let code = |span: &Span| text.get(span.range()).unwrap_or_default();
        let wrong = |span: Span, message: String| Diagnostic::new(Code::BadAllow, span, message);
        if !self.has_reason {
            let codes: Vec<&str> = self.codes.iter().map(code).collect();
            let report = wrong(self.span, "an `allow` needs a reason".to_owned());
            return Some(report.help(format!("write `# allow {}: …` and why", codes.join(", "))));
        }
        self.codes.iter().find_map(|&span| {
            let written = code(&span);
            match Code::from_text(written) {
                None => Some(wrong(span, format!("there is no code `{written}`"))),
                Some(known) if is_silenceable(known) => None,
                Some(_) => Some(
                    wrong(span, format!("`{written}` cannot be allowed"))
                        .help("only warnings and notes about the policy can be silenced"),
                ),
            }
        })
    }

    fn add_to(&self, silencers: &mut Silencers, ast: &Ast, source: &Source, target: usize) {
        let line = source.line_range(target);
        // Behind the last line there is none.
        let line = if target > source.text().len() { target..target } else { line };
        let before = |offset: usize| {
            ast.declarations.partition_point(|one| (one.span.start as usize) < offset)
        };
        let begun = &ast.declarations[before(line.start)..before(line.end + 1)];
        let declarations = match begun {
            [] => None,
            [first, ..] => {
                let last = begun.last().unwrap_or(first);
                Some(first.span.start as usize..last.span.end as usize)
            }
        };
        for (at, &span) in self.codes.iter().enumerate() {
            let code = Code::from_text(source.text().get(span.range()).unwrap_or_default());
            let Some(code) = code else { continue };
            let (line, declarations) = (line.clone(), declarations.clone());
            let removal = self.removal(source, at);
            let is_only = self.codes.len() == 1;
            let is_used = false;
            silencers.add(Silencer { code, span, removal, is_only, line, declarations, is_used });
        }
    }

    /// The stretch to take out so that a code is gone: the comment with it, where it has no other.
    fn removal(&self, source: &Source, at: usize) -> Span {
        let code = self.codes[at];
        match (at.checked_sub(1).and_then(|at| self.codes.get(at)), self.codes.get(at + 1)) {
            (_, Some(next)) => Span { end: next.start, ..code },
            (Some(before), None) => Span { start: before.end, ..code },
            (None, None) => {
                let line = source.line_range(self.span.start as usize);
                let before = source.text().get(line.start..self.span.start as usize);
                let before = before.unwrap_or_default();
                let range = match before.trim().is_empty() {
                    true => line.start..(line.end + 1).min(source.text().len()),
                    false => line.start + before.trim_end().len()..self.span.end as usize,
                };
                Span::new(code.file, range)
            }
        }
    }
}

fn is_silenceable(code: Code) -> bool {
    code.severity() != Severity::Error && !matches!(code, Code::BadAllow | Code::UnusedAllow)
}

fn unused(silencer: &Silencer) -> Diagnostic {
    let Silencer { code, span, removal, is_only: only, .. } = silencer;
    let title = if *only { "take the comment away" } else { "take the code away" };
    Diagnostic::new(Code::UnusedAllow, *span, format!("nothing here gives {code}"))
        .help("the comment is about its own line, or about what begins on the line right below it")
        .fix(title, *removal, "")
        // Somebody gave a reason, which is worth a look.
        .guess()
}
