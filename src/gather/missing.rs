//! Files that are named but not there, in words.

use std::path::Path;

use crate::ast::Name;
use crate::bundled::{self, BundledFile};
use crate::diagnostic::{Code, Diagnostic};
use crate::load::FileProblem;
use crate::suggest::suggest;

/// A bare word that names none of the library's own files of a kind.
pub(super) fn unknown_bundled(
    name: &Name,
    bundled: &'static [BundledFile],
    what: &str,
) -> Diagnostic {
    let message = format!("no bundled {what} is called `{name}`");
    let report = Diagnostic::new(Code::UnknownBundled, name.span, message);
    if let Some(keyword) = keyword_of(&name.text) {
        return report.help(format!("what is called so is named like this: `{keyword} {name}`"));
    }
    if let Some(file) = bundled.iter().find(|file| file.file == name.text) {
        return without_quotes(report, name, file);
    }
    let known: Vec<&str> = bundled.iter().map(|file| file.name).collect();
    match suggest(&name.text, known.iter().copied()) {
        Some(near) => report
            .help(format!("did you mean `{near}`?"))
            .fix(format!("write `{near}`"), name.span, near)
            .guess(),
        None => report.help(format!(
            "the bundled ones: `{}`; a file of your own is named in quotes",
            known.join("`, `")
        )),
    }
}

/// A file that is named by its path and cannot be read.
pub(super) fn unreadable(path: &Path, name: &Name, problem: &FileProblem) -> Diagnostic {
    let code = match problem {
        FileProblem::Outside => Code::OutsideRoot,
        _ => Code::FileNotFound,
    };
    if name.text.is_empty() {
        return Diagnostic::new(code, name.span, "the name of a file is empty")
            .help("name a file by its path from this one, or a bundled one by a bare word");
    }
    let report =
        Diagnostic::new(code, name.span, format!("cannot read `{}`: {problem}", path.display()));
    let mut bundled = bundled::POLICIES.iter().chain(bundled::PACKS);
    if let Some(file) = bundled.find(|file| file.name == name.text || file.file == name.text) {
        return without_quotes(report, name, file);
    }
    match problem {
        FileProblem::NotFound => report.help("paths are relative to the file that names them"),
        FileProblem::Outside => report.help("the host confines policies to a folder"),
        _ => report,
    }
}

fn without_quotes(report: Diagnostic, name: &Name, file: &BundledFile) -> Diagnostic {
    let name_of_file = file.name;
    report
        .help(format!("what comes with the library is named by a bare word: `{name_of_file}`"))
        .fix(format!("write `{name_of_file}`"), name.span, name_of_file)
}

/// The word behind which a file of the library is named.
fn keyword_of(name: &str) -> Option<&'static str> {
    let kinds = [("extends", bundled::POLICIES), ("use", bundled::PACKS)];
    kinds.into_iter().find(|(_, files)| bundled::find(files, name).is_some()).map(|(word, _)| word)
}
