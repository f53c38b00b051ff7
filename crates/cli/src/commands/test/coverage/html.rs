//! The coverage as a page that needs nothing else: each policy's rules, then its text with marks.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use html_escape::encode_double_quoted_attribute;
use redress::source::{FileId, Source};
use redress_testing::{Coverage, GoalCoverage, PolicyCoverage};

use super::{heading, missing_words, state, title, words};
use crate::commands::wording::in_html;
use crate::terminal::Visible;

/// The whole page.
pub fn page(coverage: &Coverage) -> String {
    let summary = words(coverage.share());
    let policies: String = coverage.policies.iter().map(policy).collect();
    format!(
        "{HEAD}<h1>Coverage: {summary}</h1>\n<p class=legend>In the text: \
         <mark class=full>covered</mark> <mark class=part>seen in part</mark> \
         <mark class=none>never seen</mark>. Point at a condition for what was seen of it. The number before a \
         rule is how many events it decides.</p>\n{policies}</body>\n</html>\n"
    )
}

fn policy(policy: &PolicyCoverage) -> String {
    let rules: String = (0..policy.rules.len()).map(|at| rule_row(policy, at)).collect();
    let marks = marks(policy);
    let files: String = policy
        .policy
        .sources()
        .iter()
        .filter(|(id, _)| marks.contains_key(id))
        .map(|(id, source)| file(source, &marks[&id], id.index() == 0))
        .collect();
    format!(
        "<section>\n<h2>{}</h2>\n<table class=rules>\n<tr><th>rule<th>seen<th>missing</tr>\n{rules}</table>\n\
         {files}</section>\n",
        in_html(&heading(policy))
    )
}

fn rule_row(policy: &PolicyCoverage, at: usize) -> String {
    let rule = &policy.rules[at];
    let missing: Vec<String> = rule
        .missing()
        .map(|goal| format!("<li>{}</li>", with_code(&missing_words(rule, goal))))
        .collect();
    let impossible = rule.goals.iter().filter(|goal| goal.is_impossible());
    let impossible = impossible.map(|goal| {
        format!("<li class=never>no event: {}</li>", with_code(&rule.words(goal.goal)))
    });
    let items: String = missing.iter().cloned().chain(impossible).collect();
    let class = level(&rule.goals);
    format!(
        "<tr><td class={class}>{}<td>{}<td><ul>{items}</ul></tr>\n",
        in_html(&title(policy, at)),
        in_html(&state(rule)),
    )
}

/// What is shown of a file.
#[derive(Default)]
struct Marks {
    /// Stretches of the text with their class and what was seen of them.
    atoms: BTreeMap<(usize, usize), Mark>,
    /// What stands before a line: how often its rule decides, and the class.
    lines: BTreeMap<usize, (usize, &'static str)>,
}

struct Mark {
    class: &'static str,
    notes: Vec<String>,
}

fn marks(coverage: &PolicyCoverage) -> BTreeMap<FileId, Marks> {
    let sources = coverage.policy.sources();
    let mut marks: BTreeMap<FileId, Marks> = BTreeMap::new();
    for (at, rule) in coverage.rules.iter().enumerate() {
        let span = coverage.policy.rules()[at].span();
        let line = sources.file(span.file).line(span.start as usize);
        let decided = (rule.decided(), level(&rule.goals[..1]));
        marks.entry(span.file).or_default().lines.insert(line, decided);
        for (number, atom) in rule.atoms.iter().enumerate() {
            let goals: Vec<&GoalCoverage> = rule.of_atom(number).collect();
            let class = level(goals.iter().copied());
            let of_file = marks.entry(atom.span.file).or_default();
            let Range { start, end } = atom.span.range();
            let mark =
                of_file.atoms.entry((start, end)).or_insert(Mark { class, notes: Vec::new() });
            mark.class = if mark.class == class { class } else { "part" };
            mark.notes.push(format!("{}:", title(coverage, at)));
            mark.notes.extend(goals.iter().map(|goal| note(goal, &rule.words(goal.goal))));
        }
    }
    marks
}

fn note(goal: &GoalCoverage, what: &str) -> String {
    match (&goal.first, goal.is_impossible()) {
        (Some(first), _) => format!("  seen {}×, first in {first}: {what}", goal.seen),
        (None, true) => format!("  no event can show: {what}"),
        (None, false) => format!("  NEVER SEEN: {what}"),
    }
}

/// How much of the goals was seen, as the class of a mark.
fn level<'a>(goals: impl IntoIterator<Item = &'a GoalCoverage>) -> &'static str {
    let (mut seen, mut missing) = (false, false);
    for goal in goals {
        seen |= goal.is_seen();
        missing |= goal.is_missing();
    }
    match (seen, missing) {
        (_, false) => "full",
        (true, true) => "part",
        (false, true) => "none",
    }
}

/// A file's text with its marks; open from the start only where it is the policy's own.
fn file(source: &Source, marks: &Marks, is_main: bool) -> String {
    let open = if is_main { " open" } else { "" };
    let mut page = format!(
        "<details{open}>\n<summary>{}</summary>\n<table class=text>\n",
        in_html(source.name())
    );
    let mut start = 0;
    for (number, line) in source.text().split_inclusive('\n').enumerate() {
        let end = start + line.len();
        let (class, decided) = match marks.lines.get(&(number + 1)) {
            Some((decided, class)) => (*class, format!("{decided}×")),
            None => ("", String::new()),
        };
        let text = marked(source.text(), start..start + line.trim_end().len(), marks);
        // Writing to a text cannot fail.
        let _ = writeln!(
            page,
            "<tr><td class=line>{}<td class=\"decided {class}\">{decided}<td><code>{text}</code></tr>",
            number + 1
        );
        start = end;
    }
    page + "</table>\n</details>\n"
}

/// A line with its marks; one that goes over several lines is marked on each.
fn marked(text: &str, line: Range<usize>, marks: &Marks) -> String {
    let mut html = String::new();
    let mut at = line.start;
    let before = marks.atoms.range(..(line.start, 0)).next_back();
    let first = before.map_or(line.start, |(&(start, _), _)| start);
    for (&(start, end), mark) in marks.atoms.range((first, 0)..(line.end.max(first), 0)) {
        let (start, end) = (start.max(at), end.min(line.end));
        if start >= end {
            continue;
        }
        html += &in_html(&text[at..start]);
        let notes = mark.notes.join("\n");
        let notes = Visible(&notes).to_string();
        let title = encode_double_quoted_attribute(&notes);
        let _ = write!(html, "<mark class={} title=\"{title}\">", mark.class);
        html += &in_html(&text[start..end]);
        html += "</mark>";
        at = end;
    }
    html + &in_html(&text[at..line.end])
}

/// Words with what stands in backticks as code.
fn with_code(words: &str) -> String {
    let pieces = words.split('`').map(in_html).enumerate();
    pieces
        .map(|(at, piece)| if at % 2 == 1 { format!("<code>{piece}</code>") } else { piece })
        .collect()
}

const HEAD: &str = "<!DOCTYPE html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>Coverage</title>
<style>
body { font-family: sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; color: #222 }
h1 { font-size: 1.5em } h2 { font-size: 1.15em; margin-top: 2em }
table { border-collapse: collapse }
.rules { width: 100% }
.rules th, .rules td { border: 1px solid #ccc; padding: 0.3em 0.6em; text-align: left; vertical-align: top }
.rules ul { margin: 0; padding-left: 1.1em }
.rules td:nth-child(2) { min-width: 11em }
.never { color: #777 }
details { margin-top: 1em } summary { cursor: pointer; font-weight: bold }
.text td { padding: 0 0.5em; line-height: 1.5 }
.text code { white-space: pre-wrap }
.line { color: #888; text-align: right; user-select: none }
.decided { text-align: right; min-width: 2.5em }
mark { color: inherit; border-radius: 2px }
.full { background: #cdeccd }
.part { background: #ffe9a8; text-decoration: underline dashed #9a6b00 }
.none { background: #ffc9c4; text-decoration: underline wavy #b3261e }
</style>
</head>
<body>
";
