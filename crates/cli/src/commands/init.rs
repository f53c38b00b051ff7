//! `redress init`: a policy, a case file and a behaviour snapshot, ready to run.

use std::fs;
use std::io::Write;
use std::path::Path;

use redress::PolicyLoader;

use crate::arguments::Init;
use crate::failure::{Failure, Result, Status};
use crate::{files, terminal};

const POLICY: (&str, &str) = ("redress.policy", include_str!("../../templates/redress.policy"));
const CASES: (&str, &str) =
    ("redress.cases.toml", include_str!("../../templates/redress.cases.toml"));

const BEHAVIOUR: &str = "redress.behaviour";

/// Writes the files and says what to try next.
pub fn run(arguments: &Init) -> Result {
    let folder = &arguments.directory;
    if folder.is_file() {
        return Err(Failure::impossible(format_args!(
            "`{}` is a file; name the folder to begin in",
            folder.display()
        )));
    }
    let behaviour = behaviour()?;
    let written = [POLICY, CASES, (BEHAVIOUR, behaviour.as_str())];
    let there: Vec<String> = written
        .iter()
        .map(|(name, _)| folder.join(name))
        .filter(|path| path.exists())
        .map(quoted)
        .collect();
    if !there.is_empty() {
        let verb = if there.len() == 1 { "is" } else { "are" };
        return Err(Failure::fails(format_args!(
            "{} {verb} there already; nothing was written",
            there.join(", ")
        )));
    }
    fs::create_dir_all(folder).map_err(|error| files::cannot_write(folder, &error))?;
    for (name, text) in &written {
        write_new(&folder.join(name), text)?;
    }
    say_what_next(folder, &written)
}

/// The snapshot: what the policy does now.
fn behaviour() -> Result<String> {
    let policy =
        PolicyLoader::bundled_only().parse(POLICY.0, POLICY.1).map_err(Failure::impossible)?;
    Ok(policy.behaviour().to_string())
}

fn quoted(path: impl AsRef<Path>) -> String {
    format!("`{}`", shown(path.as_ref()).display())
}

/// A path without a `./` before it.
fn shown(path: &Path) -> &Path {
    path.strip_prefix(".").unwrap_or(path)
}

fn write_new(path: &Path, text: &str) -> Result<()> {
    let written = fs::File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| files::cannot_write(path, &error))
}

fn say_what_next(folder: &Path, written: &[(&str, &str)]) -> Result {
    let mut output = terminal::output();
    for (name, _) in written {
        writeln!(output, "wrote {}", shown(&folder.join(name)).display())?;
    }
    let policy = folder.join(POLICY.0);
    let policy = shown(&policy).display();
    writeln!(output, "\nnext:")?;
    writeln!(output, "  redress check {policy}")?;
    writeln!(
        output,
        "  redress decide --policy {policy} error=RateLimitError module=2 retry_after=30s"
    )?;
    writeln!(output, "  redress explain --policy {policy} error=RateLimitError module=2")?;
    writeln!(output, "  redress table {policy}")?;
    writeln!(output, "  redress test {}", folder.display())?;
    output.flush()?;
    Ok(Status::Done)
}
