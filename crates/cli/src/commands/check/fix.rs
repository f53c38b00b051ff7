//! `redress check --fix`: applies the first fix of each problem that does not guess what the author meant.

use std::ffi::OsString;
use std::path::Path;

use redress::diagnostic::Edit;
use redress::source::FileId;
use redress::{Code, PolicyLoader, Report};

use crate::failure::Result;
use crate::render::count;
use crate::{files, policies, terminal};

/// Fixes can bring new problems to light, which have fixes of their own; but not for ever.
const ROUNDS: usize = 1_000;

/// Mends a file of the command line as far as it can be and says what was done.
///
/// Standard input and bundled files are left alone, as is every file that the given one names.
pub fn fix(name: &OsString) -> Result<()> {
    if name == files::STANDARD_INPUT {
        terminal::say("note: standard input cannot be fixed");
        return Ok(());
    }
    if policies::bundled(name).is_some() {
        terminal::say(format_args!(
            "note: `{}` is bundled and cannot be fixed",
            files::display_name(name)
        ));
        return Ok(());
    }
    let original = files::read(name)?;
    // A file that is not UTF-8 has no text whose offsets could be trusted.
    let Ok(mut text) = String::from_utf8(original) else { return Ok(()) };
    let display_name = files::display_name(name);
    let mut done = Vec::new();
    let mut report = check(&display_name, &text);
    for _ in 0..ROUNDS {
        let Some(round) = apply(&report, &text) else { break };
        done.extend(round.done);
        (text, report) = (round.text, round.report);
    }
    if done.is_empty() {
        return Ok(());
    }
    files::rewrite(Path::new(name), &text)?;
    terminal::say(format_args!("fixed {display_name}: {}", count(done.len(), "problem")));
    done.iter().for_each(|fix| terminal::say(format_args!("  {}", terminal::Visible(fix))));
    Ok(())
}

/// What one round of fixes makes of a text.
struct Round {
    text: String,
    /// What is wrong with it then.
    report: Report,
    /// The fixes that were made.
    done: Vec<String>,
}

/// Makes the fixes of one round; nothing where nothing changes.
fn apply(report: &Report, text: &str) -> Option<Round> {
    let (file, source) = report.sources.iter().next()?;
    if source.text() != text {
        return None;
    }
    let round = |removals: usize| {
        let (edits, done) = choose(report, file, removals);
        let mended = edit(text, &edits).filter(|mended| mended != text)?;
        Some(Round { report: check(source.name(), &mended), text: mended, done })
    };
    // What is redundant may be taken away at once, but not any part of it: that is looked at, or it goes one by one.
    let all = round(usize::MAX)?;
    if decide_alike(report, &all.report) { Some(all) } else { round(1) }
}

fn check(name: &str, text: &str) -> Report {
    PolicyLoader::new().check_text(name, text)
}

/// Whether a policy that loads is known to decide every event as it does once it is changed.
fn decide_alike(report: &Report, changed: &Report) -> bool {
    let Some(policy) = &report.policy else { return true };
    let changed = changed.policy.as_ref();
    changed.is_some_and(|changed| policy.diff(changed).is_ok_and(|diff| diff.changes.is_empty()))
}

/// As many fixes of this one file as do not touch one another, and what they are; of those that take something
/// redundant away only so many.
fn choose(report: &Report, file: FileId, mut removals: usize) -> (Vec<&Edit>, Vec<String>) {
    let (mut edits, mut done): (Vec<&Edit>, Vec<String>) = (Vec::new(), Vec::new());
    for diagnostic in &report.diagnostics {
        // What the author meant is for the author to say.
        let Some(fix) = diagnostic.fixes.iter().find(|fix| !fix.is_guess) else { continue };
        let is_inside = fix.edits.iter().all(|edit| edit.span.file == file);
        let is_free = |edit: &Edit| edits.iter().all(|taken| !touch(edit, taken));
        let left = if REDUNDANT.contains(&diagnostic.code) { removals } else { 1 };
        if is_inside && left > 0 && fix.edits.iter().all(is_free) {
            removals -= usize::from(REDUNDANT.contains(&diagnostic.code));
            edits.extend(&fix.edits);
            let place = report.sources.place(diagnostic.primary.span);
            done.push(format!("{place}: {}: {}", diagnostic.code, fix.title));
        }
    }
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    (edits, done)
}

/// The codes of what is taken away because it changes nothing.
const REDUNDANT: [Code; 3] = [Code::RedundantRule, Code::RedundantClause, Code::RedundantElement];

fn touch(a: &Edit, b: &Edit) -> bool {
    a.span.start <= b.span.end && b.span.start <= a.span.end
}

/// The text with edits that are sorted and lie apart.
fn edit(text: &str, edits: &[&Edit]) -> Option<String> {
    let mut mended = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        mended.push_str(text.get(at..edit.span.start as usize)?);
        mended.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    mended.push_str(text.get(at..)?);
    Some(mended)
}
