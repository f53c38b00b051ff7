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
    let (mut changed, mut kept, mut broken) = (0, 0, 0);
    for name in files::expand(&arguments.files)? {
        match layout(&name)? {
            Layout::Broken => broken += 1,
            Layout::Kept => kept += 1,
            Layout::Changed { before, after } => {
                changed += 1;
                if arguments.check {
                    write_difference(&mut output, &files::display_name(&name), &before, &after)?;
                } else {
                    files::rewrite(Path::new(&name), &after)?;
                }
            }
        }
    }
    let done = if arguments.check { "would be reformatted" } else { "reformatted" };
    write!(output, "{} {done}, {kept} unchanged", count(changed, "file"))?;
    writeln!(
        output,
        "{}",
        if broken > 0 { format!(", {broken} cannot be read") } else { String::new() }
    )?;
    output.flush()?;
    Ok(Status::fails_if(broken > 0 || (arguments.check && changed > 0)))
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

fn layout(name: &OsString) -> Result<Layout> {
    Ok(lay_out(&files::display_name(name), &files::read(name)?))
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
