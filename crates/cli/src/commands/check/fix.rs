//! `redress check --fix`: applies the first fix of each problem that does not guess what the author meant.

use std::ffi::OsString;
use std::path::Path;

use redress::diagnostic::{Edit, Fix};
use redress::source::FileId;
use redress::{PolicyLoader, Report};

use crate::failure::Result;
use crate::render::count;
use crate::{files, policies, terminal};

/// Fixes can bring new problems to light, which have fixes of their own; but not for ever.
const ROUNDS: usize = 20;

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
    for _ in 0..ROUNDS {
        let report = PolicyLoader::new().check_text(&display_name, &text);
        let Some((mended, titles)) = apply(&report, &text) else { break };
        text = mended;
        done.extend(titles);
    }
    if done.is_empty() {
        return Ok(());
    }
    files::rewrite(Path::new(name), &text)?;
    terminal::say(format_args!("fixed {display_name}: {}", count(done.len(), "problem")));
    done.iter().for_each(|title| terminal::say(format_args!("  {}", terminal::Visible(title))));
    Ok(())
}

/// The text with the fixes of one round, and their titles; nothing where nothing changes.
fn apply(report: &Report, text: &str) -> Option<(String, Vec<String>)> {
    let (file, source) = report.sources.iter().next()?;
    if source.text() != text {
        return None;
    }
    let fixes = report.diagnostics.iter().filter_map(|diagnostic| {
        // What the author meant is for the author to say.
        diagnostic.fixes.iter().find(|fix| !fix.is_guess)
    });
    let (edits, titles) = choose(fixes, file);
    let mended = edit(text, &edits)?;
    (mended != text).then_some((mended, titles))
}

/// As many fixes of this one file as do not touch one another.
fn choose<'a>(fixes: impl Iterator<Item = &'a Fix>, file: FileId) -> (Vec<&'a Edit>, Vec<String>) {
    let mut edits: Vec<&Edit> = Vec::new();
    let mut titles = Vec::new();
    for fix in fixes {
        let is_inside = fix.edits.iter().all(|edit| edit.span.file == file);
        let is_free = |edit: &Edit| edits.iter().all(|taken| !touch(edit, taken));
        if is_inside && fix.edits.iter().all(is_free) {
            edits.extend(&fix.edits);
            titles.push(fix.title.clone());
        }
    }
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    (edits, titles)
}

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
