//! `redress fmt`: the one layout.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use redress::source::Source;
use redress::{Severity, format};
use similar::TextDiff;

use crate::arguments::Fmt;
use crate::failure::{Failure, Result, Status};
use crate::render::{self, Finding, count};
use crate::terminal::Visible;
use crate::{files, terminal};

/// What becomes of one file.
enum Layout {
    /// It cannot be read as a policy; standard error says why.
    Broken,
    /// It is laid out already.
    Kept,
    /// It is laid out otherwise.
    Changed { before: String, after: String },
}

/// Formats files, or standard input.
pub fn run(arguments: &Fmt) -> Result {
    if arguments.files.iter().any(|name| name == files::STANDARD_INPUT) {
        if arguments.files.len() > 1 {
            return Err(Failure::impossible(
                "standard input is formatted alone; leave the other files out",
            ));
        }
        return standard_input(arguments.check);
    }
    let mut output = terminal::output();
    let mut tally = Tally::default();
    for name in files::expand(&arguments.files, |_| false)? {
        match format_file(&name, arguments.check, &mut output) {
            Ok(layout) => tally.add(&layout),
            Err(failure) => tally.status = tally.status.and(failure.report()?),
        }
    }
    if tally.changed + tally.kept + tally.broken > 0 {
        writeln!(output, "{}", tally.summary(arguments.check))?;
    }
    output.flush()?;
    let fails = tally.broken > 0 || (arguments.check && tally.changed > 0);
    Ok(tally.status.and(Status::fails_if(fails)))
}

/// What became of the files.
#[derive(Default)]
struct Tally {
    changed: usize,
    kept: usize,
    broken: usize,
    /// How files went that could not be had.
    status: Status,
}

impl Tally {
    fn add(&mut self, layout: &Layout) {
        match layout {
            Layout::Broken => self.broken += 1,
            Layout::Kept => self.kept += 1,
            Layout::Changed { .. } => self.changed += 1,
        }
    }

    fn summary(&self, check: bool) -> String {
        let done = if check { "would be reformatted" } else { "reformatted" };
        let broken = match self.broken {
            0 => String::new(),
            broken => format!(", {broken} cannot be read"),
        };
        format!("{} {done}, {} unchanged{broken}", count(self.changed, "file"), self.kept)
    }
}

/// Gives a file the one layout, or shows what would change.
fn format_file(name: &OsString, check: bool, output: &mut dyn Write) -> Result<Layout> {
    let layout = lay_out(&files::display_name(name), &files::read(name)?);
    if let Layout::Changed { before, after } = &layout {
        match check {
            true => write_difference(output, &files::display_name(name), before, after)?,
            false => files::rewrite(Path::new(name), after)?,
        }
    }
    Ok(layout)
}

/// From standard input to standard output.
fn standard_input(check: bool) -> Result {
    let name = OsString::from(files::STANDARD_INPUT);
    let bytes = files::read(&name)?;
    let mut output = terminal::output();
    let status = match (lay_out(files::STANDARD_INPUT_NAME, &bytes), check) {
        (Layout::Broken, _) => Status::Fails,
        (Layout::Kept, true) => Status::Done,
        (Layout::Kept, false) => {
            output.write_all(&bytes)?;
            Status::Done
        }
        (Layout::Changed { after, .. }, false) => {
            output.write_all(after.as_bytes())?;
            Status::Done
        }
        (Layout::Changed { before, after }, true) => {
            write_difference(&mut output, files::STANDARD_INPUT_NAME, &before, &after)?;
            Status::Fails
        }
    };
    output.flush()?;
    Ok(status)
}

fn lay_out(name: &str, bytes: &[u8]) -> Layout {
    let parsed = redress::parse(name, bytes);
    let errors =
        parsed.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let errors: Vec<_> = errors.collect();
    if errors.is_empty() {
        return changed(
            parsed.sources.file(parsed.ast.file),
            format::format(&parsed.ast, parsed.sources.file(parsed.ast.file)),
        );
    }
    let colour = terminal::error_has_colour();
    for diagnostic in errors {
        let finding = Finding { diagnostic, sources: &parsed.sources };
        terminal::say(format_args!("{}\n", render::human::problem(&finding, colour)));
    }
    Layout::Broken
}

fn changed(source: &Source, after: String) -> Layout {
    if source.text() == after {
        Layout::Kept
    } else {
        Layout::Changed { before: source.text().to_owned(), after }
    }
}

fn write_difference(output: &mut dyn Write, name: &str, before: &str, after: &str) -> Result<()> {
    let difference = TextDiff::from_lines(before, after);
    let text = difference
        .unified_diff()
        .context_radius(2)
        .header(name, &format!("{name} (formatted)"))
        .to_string();
    Ok(writeln!(output, "{}", Visible(text.trim_end()))?)
}
