//! Diagnostics for people: what, where with an excerpt of the source, why, and what would mend it.

use std::fmt::Write;
use std::ops::Range;

use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Origin, Padding, Patch, Renderer, Snippet,
};
use anstream::adapter::strip_str;
use redress::diagnostic::{Fix, Label};
use redress::source::{FileId, Source};
use redress::{Report, Severity};

use super::excerpt::{Excerpt, clusters};
use super::{Counts, Finding, count};

/// All problems of a report and how many there are.
pub fn problems(report: &Report, colour: bool) -> String {
    let mut text = String::new();
    for finding in Finding::all(report) {
        text.push_str(&problem(&finding, colour));
        text.push_str("\n\n");
    }
    if let Some(more) = more(report) {
        text.push_str(&more);
        text.push('\n');
    }
    // Writing to a string does not fail.
    let _ = write!(text, "{}", Counts::of(report));
    text
}

/// How many problems a report does not keep.
pub fn more(report: &Report) -> Option<String> {
    let place =
        report.sources.iter().next().map_or_else(String::new, |(_, source)| shown_name(source));
    (report.suppressed > 0)
        .then(|| format!("… and {} in {place}", count(report.suppressed, "more problem")))
}

/// The name of a file with its control characters written out, so that none is an order to the terminal.
fn shown_name(source: &Source) -> String {
    let shown =
        |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    source.name().chars().map(shown).collect()
}

/// One problem, without a line break at its end.
pub fn problem(finding: &Finding<'_>, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut groups = vec![main_group(finding)];
    groups.extend(finding.diagnostic.fixes.iter().map(|fix| fix_group(finding, fix)));
    let text = renderer.render(&groups);
    // An excerpt whose place is told beforehand is announced as one of another file, whose name is then missing.
    let announces = |line: &&str| strip_str(line).to_string().trim() != ":::";
    // Without excerpts of equal width a space may be left at the ends of lines.
    text.lines().filter(announces).map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn main_group<'a>(finding: &Finding<'a>) -> Group<'a> {
    let diagnostic = finding.diagnostic;
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.as_str());
    let mut elements = excerpts(finding);
    if let Some(help) = &diagnostic.help {
        elements.push(Padding.into());
        elements.push(Level::HELP.message(help.as_str()).into());
    }
    title.elements(elements)
}

type Marked<'a> = (Range<usize>, (AnnotationKind, &'a Label));

/// The excerpts with all labels: first the one with the place itself, then the others by file and line.
fn excerpts<'a>(finding: &Finding<'a>) -> Vec<Element<'a>> {
    let diagnostic = finding.diagnostic;
    let primary = (AnnotationKind::Primary, &diagnostic.primary);
    let secondary = diagnostic.secondary.iter().map(|label| (AnnotationKind::Context, label));
    let labels: Vec<(AnnotationKind, &Label)> = std::iter::once(primary).chain(secondary).collect();

    let mut files: Vec<FileId> = Vec::new();
    for (_, label) in &labels {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    let mut elements = Vec::new();
    for file in files {
        let here = labels.iter().filter(|(_, label)| label.span.file == file);
        let marked: Vec<Marked<'a>> =
            here.map(|&(kind, label)| (label.span.range(), (kind, label))).collect();
        let mut clusters = clusters(finding.sources.file(file), marked);
        clusters.sort_by_key(|cluster| {
            !cluster.iter().any(|(_, (kind, _))| *kind == AnnotationKind::Primary)
        });
        elements.extend(clusters.into_iter().flat_map(|cluster| excerpt(finding, file, cluster)));
    }
    elements
}

/// `--> FILE:LINE:COLUMN` and the lines with their labels.
fn excerpt<'a>(finding: &Finding<'a>, file: FileId, marked: Vec<Marked<'a>>) -> Vec<Element<'a>> {
    let source = finding.sources.file(file);
    let ranges: Vec<Range<usize>> = marked.iter().map(|(range, _)| range.clone()).collect();
    let excerpt = Excerpt::new(source, &ranges);
    let annotations =
        marked.iter().map(|(range, (kind, label))| annotation(excerpt.place(range), *kind, label));
    let annotations: Vec<Annotation<'a>> = annotations.collect();
    let snippet =
        Snippet::source(excerpt.text).line_start(excerpt.first_line).annotations(annotations);
    if !excerpt.is_cut {
        return vec![snippet.path(shown_name(source)).into()];
    }
    // Where a line is cut, its columns are not those of the source: they are told beforehand.
    let header =
        marked.iter().find(|(_, (kind, _))| *kind == AnnotationKind::Primary).or(marked.first());
    let position = source.position(header.map_or(0, |(range, _)| range.start));
    let origin = Origin::path(shown_name(source)).line(position.line).char_column(position.column);
    vec![origin.into(), snippet.into()]
}

fn annotation<'a>(place: Range<usize>, kind: AnnotationKind, label: &'a Label) -> Annotation<'a> {
    kind.span(place).label((!label.text.is_empty()).then_some(label.text.as_str()))
}

/// A fix, shown in place where it is small and near, otherwise told by its title.
fn fix_group<'a>(finding: &Finding<'a>, fix: &'a Fix) -> Group<'a> {
    let group = Group::with_title(Level::HELP.secondary_title(fix.title.as_str()));
    match patched(finding, fix) {
        Some(snippet) => group.element(snippet),
        None => group,
    }
}

fn patched<'a>(finding: &Finding<'a>, fix: &'a Fix) -> Option<Snippet<'a, Patch<'a>>> {
    let file = fix.edits.first()?.span.file;
    if file != finding.diagnostic.primary.span.file
        || fix.edits.iter().any(|edit| edit.span.file != file)
    {
        return None;
    }
    let source = finding.sources.file(file);
    let ranges: Vec<Range<usize>> = fix.edits.iter().map(|edit| edit.span.range()).collect();
    if !ranges.iter().all(|range| can_be_shown(source, range)) {
        return None;
    }
    let excerpt = Excerpt::new(source, &ranges);
    if excerpt.is_cut || excerpt.text.lines().count() > fix.edits.len() + 3 {
        return None;
    }
    let patches = fix
        .edits
        .iter()
        .zip(&ranges)
        .map(|(edit, range)| Patch::new(excerpt.place(range), edit.text.as_str()));
    let patches: Vec<Patch<'a>> = patches.collect();
    Some(Snippet::source(excerpt.text).line_start(excerpt.first_line).patches(patches))
}

/// Whether an edit stays inside one line and leaves something of it.
fn can_be_shown(source: &Source, range: &Range<usize>) -> bool {
    let text = source.text();
    let Some(replaced) = text.get(range.clone()) else { return false };
    let line = &text[source.line_range(range.start).start..source.line_range(range.end).end];
    !replaced.contains('\n') && (replaced.is_empty() || replaced.trim() != line.trim())
}

#[cfg(test)]
mod tests {
    use redress::diagnostic::{Diagnostic, Edit};
    use redress::source::{Sources, Span};
    use redress::{Code, parse};

    use super::*;

    const TEXTS: [&str; 6] = [
        "",
        "\n",
        "when a\n\twhen b\n",
        "\u{feff}when 中文\r\n\r\n=> \u{202e}x",
        "a\n\n\n\n\n\n\n\n\n\nb\u{301}",
        "\r\r\n",
    ];

    fn diagnostic(primary: Span) -> Diagnostic {
        Diagnostic {
            code: Code::Syntax,
            severity: Severity::Error,
            message: "something is wrong".to_owned(),
            primary: Label { span: primary, text: "here".to_owned() },
            secondary: Vec::new(),
            help: Some("mend it".to_owned()),
            fixes: Vec::new(),
        }
    }

    /// Every stretch of the text between character boundaries, and one beyond its end.
    fn stretches(sources: &Sources) -> Vec<Span> {
        let (file, source) = sources.iter().next().unwrap();
        let length = source.text().len();
        let boundaries: Vec<u32> = (0..=length)
            .filter(|&at| source.text().is_char_boundary(at))
            .map(|at| at as u32)
            .collect();
        let ends = |start: u32| {
            boundaries.iter().map(move |&end| (start, end)).filter(move |&(_, end)| start <= end)
        };
        let mut all: Vec<(u32, u32)> = boundaries.iter().flat_map(|&start| ends(start)).collect();
        all.push((length as u32 + 3, length as u32 + 9));
        all.into_iter().map(|(start, end)| Span { file, start, end }).collect()
    }

    #[test]
    fn every_stretch_can_be_shown() {
        for text in TEXTS {
            let sources = parse("some.policy", text).sources;
            for primary in stretches(&sources) {
                for secondary in stretches(&sources) {
                    let mut diagnostic = diagnostic(primary);
                    diagnostic.secondary.push(Label { span: secondary, text: "there".to_owned() });
                    let shown =
                        problem(&Finding { diagnostic: &diagnostic, sources: &sources }, false);
                    assert!(shown.starts_with("error[R0101]: something is wrong"), "{shown}");
                    assert!(!shown.contains(['\u{202e}', '\r', '\t']), "{shown}");
                }
            }
        }
    }

    #[test]
    fn every_fix_can_be_shown() {
        for text in TEXTS {
            let sources = parse("some.policy", text).sources;
            for span in stretches(&sources) {
                for replacement in ["", "x", "a\nb\n", "\n", "中"] {
                    let mut diagnostic = diagnostic(span);
                    let edits = vec![Edit { span, text: replacement.to_owned() }];
                    diagnostic.fixes.push(Fix {
                        title: "write something else".to_owned(),
                        edits,
                        is_guess: false,
                    });
                    let shown =
                        problem(&Finding { diagnostic: &diagnostic, sources: &sources }, false);
                    assert!(shown.contains("help: write something else"), "{shown}");
                }
            }
        }
    }

    #[test]
    fn a_long_line_is_cut_and_its_column_kept() {
        let text = format!("let a = [{}B, {}]", "中A, ".repeat(1_000_000), "C, ".repeat(100_000));
        let sources = parse("long.policy", &text).sources;
        let start = text.find('B').unwrap() as u32;
        let (file, _) = sources.iter().next().unwrap();
        let diagnostic = diagnostic(Span { file, start, end: start + 1 });
        let shown = problem(&Finding { diagnostic: &diagnostic, sources: &sources }, false);
        assert!(shown.len() < 2_000, "{}", shown.len());
        assert!(shown.contains("--> long.policy:1:4000010"), "{shown}");
        let lines: Vec<&str> = shown.lines().collect();
        let marker = lines.iter().position(|line| line.contains("^ here")).unwrap();
        assert!(lines[marker - 1].contains("A, B, C, "), "{shown}");
    }

    #[test]
    fn labels_far_apart_on_a_long_line_are_both_shown() {
        let text = format!("let a = [A, {}B, {}]", "C, ".repeat(1_000), "D, ".repeat(1_000));
        let sources = parse("long.policy", &text).sources;
        let (file, _) = sources.iter().next().unwrap();
        let at = |letter: char| {
            let start = text.find(letter).unwrap() as u32;
            Span { file, start, end: start + 1 }
        };
        let mut diagnostic = diagnostic(at('B'));
        diagnostic.secondary.push(Label { span: at('A'), text: "there".to_owned() });
        let shown = problem(&Finding { diagnostic: &diagnostic, sources: &sources }, false);
        let lines: Vec<&str> = shown.lines().collect();
        let at = |letter: char| lines[3].find(letter).map(|at| lines[3][..at].chars().count());
        assert_eq!((at('B'), at('A')), (lines[4].find('^'), lines[4].find('-')), "{shown}");
        assert!(!shown.contains(":::"), "{shown}");
    }

    #[test]
    fn labels_far_apart_have_excerpts_of_their_own() {
        let text = format!("first\n{}last\n", "\n".repeat(200));
        let sources = parse("far.policy", &text).sources;
        let (file, _) = sources.iter().next().unwrap();
        let mut diagnostic = diagnostic(Span { file, start: 206, end: 210 });
        diagnostic
            .secondary
            .push(Label { span: Span { file, start: 0, end: 5 }, text: "there".to_owned() });
        let shown = problem(&Finding { diagnostic: &diagnostic, sources: &sources }, false);
        assert!(shown.contains("--> far.policy:202:1"), "{shown}");
        assert!(shown.contains("::: far.policy:1:1"), "{shown}");
        assert!(shown.lines().count() < 14, "{shown}");
    }
}
