//! Files of the command line: finding, reading and rewriting them.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use redress::Limits;

use crate::failure::{Failure, Result};

/// How standard output is named on the command line.
pub const STANDARD_OUTPUT: &str = "-";

/// How standard input is named on the command line.
pub const STANDARD_INPUT: &str = "-";

/// How standard input is called in diagnostics.
pub const STANDARD_INPUT_NAME: &str = "<stdin>";

/// Names of files on the command line with every folder replaced by the `*.policy` files below it.
///
/// The files of a folder come in the order of their paths; no file comes twice. What `is_bundled` is no path.
pub fn expand(names: &[OsString], is_bundled: impl Fn(&OsString) -> bool) -> Result<Vec<OsString>> {
    let mut files = Vec::new();
    for name in names {
        if !is_bundled(name) && Path::new(name).is_dir() {
            files.extend(policies_below(Path::new(name))?);
        } else {
            files.push(name.clone());
        }
    }
    let mut seen = std::collections::HashSet::new();
    files.retain(|file| seen.insert(file.clone()));
    Ok(files)
}

fn policies_below(folder: &Path) -> Result<Vec<OsString>> {
    let mut found = Vec::new();
    walk(folder, &mut found).map_err(|error| cannot_read(folder, &error))?;
    if found.is_empty() {
        return Err(Failure::impossible(format_args!(
            "there is no `*.policy` file below `{}`",
            folder.display()
        )));
    }
    found.sort_unstable();
    // `./refunds.policy` is called `refunds.policy`.
    Ok(found
        .into_iter()
        .map(|path| path.strip_prefix(".").unwrap_or(&path).as_os_str().to_owned())
        .collect())
}

/// Collects the policies in a folder and those below it; hidden folders and links to folders are passed over.
fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            if !entry.file_name().to_string_lossy().starts_with('.') {
                walk(&path, found)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "policy") && path.is_file()
        {
            found.push(path);
        }
    }
    Ok(())
}

/// Reads a policy file of the command line, or standard input; of one over the limit, just enough to see that it is.
pub fn read(name: &OsString) -> Result<Vec<u8>> {
    if name == STANDARD_INPUT {
        return read_limited(io::stdin().lock())
            .map_err(|error| cannot_read(Path::new(STANDARD_INPUT_NAME), &error));
    }
    let path = Path::new(name);
    fs::File::open(path).and_then(read_limited).map_err(|error| cannot_read(path, &error))
}

fn read_limited(input: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(Limits::default().file_bytes as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether something other than a file or a folder has this name.
pub fn is_pipe(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

/// What a file of the command line is called in diagnostics.
pub fn display_name(name: &OsString) -> String {
    if name == STANDARD_INPUT {
        STANDARD_INPUT_NAME.to_owned()
    } else {
        name.to_string_lossy().into_owned()
    }
}

/// The reason why a file cannot be read.
pub fn cannot_read(path: &Path, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::NotFound => {
            let near = near(path).map(|near| format!("; did you mean `{near}`?"));
            let near = near.unwrap_or_default();
            Failure::impossible(format_args!("there is no file `{}`{near}", path.display()))
        }
        io::ErrorKind::IsADirectory => Failure::impossible(is_a_folder(path)),
        _ => Failure::impossible(without_number(&format!(
            "cannot read `{}`: {error}",
            path.display()
        ))),
    }
}

/// That a folder stands where a file is expected.
pub fn is_a_folder(path: &Path) -> String {
    format!("`{}` is a folder; name a file in it", path.display())
}

/// The file or folder beside a missing one that has nearly its name: with `.policy` behind it, or misspelt.
pub fn near(missing: &Path) -> Option<String> {
    let name = missing.file_name()?.to_str()?;
    let folder = missing.parent()?;
    let readable = if folder == Path::new("") { Path::new(".") } else { folder };
    let entries = fs::read_dir(readable).ok()?.flatten();
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    let with_ending = names.iter().find(|known| known.strip_suffix(".policy") == Some(name));
    let near = match with_ending {
        Some(known) => known,
        None => {
            let meant = redress::suggest(
                without_ending(name),
                names.iter().map(|known| without_ending(known)),
            )?;
            names.iter().find(|known| without_ending(known) == meant)?
        }
    };
    Some(folder.join(near).display().to_string())
}

/// What is compared: endings that are alike make no names alike.
fn without_ending(name: &str) -> &str {
    name.strip_suffix(".policy").unwrap_or(name)
}

/// The reason why a file cannot be written.
pub fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    let reason = format!("cannot write `{}`: {error}", path.display());
    Failure::impossible(without_number(&reason))
}

/// A reason of the operating system without the number of its error.
pub fn without_number(reason: &str) -> &str {
    reason.rsplit_once(" (os error ").map_or(reason, |(reason, _)| reason)
}

/// Makes a file that only its owner may read and write, in the place of one that may be there: whole or not at all, links
/// followed. What is no file, as a pipe or a device, is written to.
pub fn make_private(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    if is_pipe(path) {
        let mut output = io::BufWriter::new(fs::File::options().write(true).open(path)?);
        write(&mut output)?;
        return output.flush();
    }
    let real = path.canonicalize();
    let path = real.as_deref().unwrap_or(path);
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    // What is made so has the mode 0600, and keeps it under its new name.
    let new = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    let mut output = io::BufWriter::new(new);
    write(&mut output)?;
    let new = output.into_inner().map_err(io::IntoInnerError::into_error)?;
    new.as_file().sync_all()?;
    new.persist(path)?;
    Ok(())
}

/// Whether a file is this one, or one of those that have its name with `-` and more behind it.
pub fn is_beside(path: &Path, file: &Path) -> bool {
    let (Some(name), Some(of)) = (path.file_name(), file.file_name()) else { return false };
    let rest = name.as_encoded_bytes().strip_prefix(of.as_encoded_bytes());
    folder(path) == folder(file) && rest.is_some_and(|rest| matches!(rest, [] | [b'-', ..]))
}

/// The folder that a file is in or would be in.
fn folder(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    folder.unwrap_or(Path::new(".")).canonicalize().ok()
}

/// Gives a file new text: whole or not at all, its permissions kept, links followed.
pub fn rewrite(path: &Path, text: &str) -> Result<()> {
    replace(path, text).map_err(|error| cannot_write(path, &error))
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let real = path.canonicalize()?;
    let folder = real.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(text.as_bytes())?;
    new.as_file().set_permissions(fs::metadata(&real)?.permissions())?;
    new.as_file().sync_all()?;
    new.persist(&real)?;
    Ok(())
}
