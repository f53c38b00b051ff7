//! `redress import`: the retry rules of other formats as policies.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use redress_convert::{Import as Converted, Imported};

use super::Count;
use crate::arguments::Import;
use crate::failure::{Failure, Result, Status};
use crate::{files, terminal};

/// How many names are listed where one of them is to be chosen.
const MOST_LISTED: usize = 20;

/// Writes the policies, and says what is not in them.
pub fn run(arguments: &Import) -> Result {
    let name = files::display_name(&arguments.file);
    let import =
        redress_convert::import(&name, &files::read(&arguments.file)?).map_err(|error| {
            for problem in &error.problems {
                terminal::complain(format_args!("{name}:{problem}"));
            }
            Failure::Reported
        })?;
    let chosen = chosen(&import, arguments, &name)?;
    match &arguments.out {
        Some(folder) => write_all(folder, &chosen, arguments.force)?,
        None => write_one(&chosen, &name)?,
    }
    let is_told = |path: &str| arguments.only.is_none() || has_way_to(&chosen, path);
    for note in import.notes.iter().filter(|note| is_told(&note.path)) {
        terminal::note(format_args!("{name}:{note}"));
    }
    Ok(Status::Done)
}

/// A policy and the name of its file.
type Named<'a> = (String, &'a Imported);

fn has_way_to(chosen: &[Named<'_>], path: &str) -> bool {
    chosen.iter().any(|(_, imported)| {
        let rest = path.strip_prefix(imported.path.as_str());
        rest.is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('/') || imported.path.is_empty()
        })
    })
}

fn chosen<'a>(import: &'a Converted, arguments: &Import, document: &str) -> Result<Vec<Named<'a>>> {
    let named: Vec<Named<'_>> = import.file_names().into_iter().zip(&import.policies).collect();
    if named.is_empty() {
        return Err(Failure::fails(format_args!(
            "`{document}` has no rules to import: no state has `Retry` or `Catch`, no method a `retryPolicy`"
        )));
    }
    let Some(only) = &arguments.only else { return Ok(named) };
    let is_meant = |(_, imported): &Named<'_>| [&imported.name, &imported.path].contains(&only);
    let (meant, others): (Vec<_>, Vec<_>) = named.into_iter().partition(is_meant);
    if meant.is_empty() {
        let names = others.iter().map(|(_, imported)| imported.name.as_str());
        let help = match redress::suggest(only, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", listed(&others, |imported| &imported.name)),
        };
        return Err(Failure::fails(format_args!(
            "nothing in `{document}` is called `{only}`; {help}"
        )));
    }
    Ok(meant)
}

fn listed(named: &[Named<'_>], text: impl Fn(&Imported) -> &str) -> String {
    let names = named.iter().take(MOST_LISTED).map(|(_, imported)| format!("`{}`", text(imported)));
    let names: Vec<String> = names.collect();
    match named.len().saturating_sub(MOST_LISTED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

fn write_one(named: &[Named<'_>], document: &str) -> Result<()> {
    let [(_, imported)] = named else {
        let help = "write them with `--out DIR`, or choose one with `--only`";
        let paths = listed(named, |imported| &imported.path);
        return Err(Failure::impossible(format_args!(
            "`{document}` has {}; {help}: {paths}",
            Count(named.len(), "part")
        )));
    };
    let mut output = terminal::output();
    output.write_all(imported.text.as_bytes())?;
    Ok(output.flush()?)
}

fn write_all(folder: &Path, named: &[Named<'_>], force: bool) -> Result<()> {
    let paths: Vec<PathBuf> = named.iter().map(|(file, _)| folder.join(file)).collect();
    let is_other = |path: &PathBuf, imported: &Imported| {
        path.exists() && fs::read(path).ok().as_deref() != Some(imported.text.as_bytes())
    };
    let pairs = paths.iter().zip(named);
    let there: Vec<String> = pairs
        .filter(|(path, (_, imported))| is_other(path, imported))
        .map(|(path, _)| format!("`{}`", path.display()))
        .collect();
    if !there.is_empty() && !force {
        return Err(Failure::fails(format_args!(
            "{} would be written over; nothing was written; `--force` does it",
            there.join(", ")
        )));
    }
    fs::create_dir_all(folder).map_err(|error| files::cannot_write(folder, &error))?;
    let mut output = terminal::output();
    for (path, (_, imported)) in paths.iter().zip(named) {
        fs::write(path, &imported.text).map_err(|error| files::cannot_write(path, &error))?;
        writeln!(output, "wrote {}", path.display())?;
    }
    Ok(output.flush()?)
}
