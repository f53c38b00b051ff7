//! Diagnostics in full, as text: places, source lines with carets, help, and what each fix makes of the text.

use std::fmt::Write;

use redress::Report;
use redress::diagnostic::{Diagnostic, Fix, Label};
use redress::source::{Sources, Span};

use super::host::Case;

/// All that a check says of a case.
pub fn report(case: &Case) -> String {
    let report = case.check();
    let mut shown: Vec<String> =
        report.diagnostics.iter().map(|diagnostic| one(case, &report, diagnostic)).collect();
    if report.suppressed > 0 {
        shown.push(format!("and {} more\n", report.suppressed));
    }
    if shown.is_empty() { "nothing is wrong\n".to_owned() } else { shown.join("\n") }
}

fn one(case: &Case, report: &Report, diagnostic: &Diagnostic) -> String {
    let sources = &report.sources;
    let mut shown = format!("{}\n", visible(&diagnostic.one_line(sources).to_string()));
    excerpt(&mut shown, sources, &diagnostic.primary);
    for label in &diagnostic.secondary {
        let file = sources.file(label.span.file);
        let at = file.position(label.span.start as usize);
        writeln!(shown, "  {}:{}:{}", file.name(), at.line, at.column).unwrap();
        excerpt(&mut shown, sources, label);
    }
    if let Some(help) = &diagnostic.help {
        writeln!(shown, "  help: {help}").unwrap();
    }
    for fix in &diagnostic.fixes {
        show_fix(&mut shown, case, report, fix);
    }
    shown
}

/// The line with carets under what is meant, and the label behind them.
fn excerpt(shown: &mut String, sources: &Sources, label: &Label) {
    let file = sources.file(label.span.file);
    let start = label.span.start as usize;
    let (line, rest) = line_around(file.text(), start);
    let at = file.position(start);
    let end = (label.span.end as usize - start).min(rest);
    let width = file.text()[start..start + end].chars().count().max(1);
    let more = if label.span.end as usize > start + rest { " …" } else { "" };
    let carets = format!("{}{}{more} {}", " ".repeat(at.column - 1), "^".repeat(width), label.text);
    writeln!(shown, "  {:>3} | {}", at.line, visible(line).trim_end()).unwrap();
    writeln!(shown, "      | {}", carets.trim_end()).unwrap();
}

/// The line that holds an offset, and how many of its bytes lie behind the offset.
fn line_around(text: &str, at: usize) -> (&str, usize) {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
    (text[start..end].trim_start_matches('\u{feff}'), end - at)
}

/// The lines a fix takes away and puts in, and what is wrong only with it applied.
fn show_fix(shown: &mut String, case: &Case, report: &Report, fix: &Fix) {
    writeln!(shown, "  fix: {}", fix.title).unwrap();
    let mended = case.with(report, fix);
    let mut files: Vec<Span> = fix.edits.iter().map(|edit| edit.span).collect();
    files.dedup_by_key(|span| span.file);
    for span in files {
        let name = report.sources.file(span.file).name();
        difference(shown, case.text(name), mended.text(name));
    }
    let after = mended.check();
    let known: Vec<&str> = report.diagnostics.iter().map(|known| known.message.as_str()).collect();
    for new in after.diagnostics.iter().filter(|new| !known.contains(&new.message.as_str())) {
        writeln!(shown, "    then {}", new.one_line(&after.sources)).unwrap();
    }
}

fn difference(shown: &mut String, before: &str, after: &str) {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = |(old, new): &(&&str, &&str)| old == new;
    let head = old.iter().zip(&new).take_while(same).count();
    let (old, new) = (&old[head..], &new[head..]);
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    for line in &old[..old.len() - tail] {
        writeln!(shown, "    - {line}").unwrap();
    }
    for line in &new[..new.len() - tail] {
        writeln!(shown, "    + {line}").unwrap();
    }
}

/// Shows what would change how the text around it looks.
fn visible(text: &str) -> String {
    let is_visible = |c: char| {
        !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if is_visible(c) { c } else { '·' }).collect()
}
