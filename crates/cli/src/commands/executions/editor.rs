//! A payload in the editor of a person.

use std::io::{self, IsTerminal, Read, Seek, Write};
use std::process::Command;

use redress_store::LARGEST_PAYLOAD;
use tempfile::NamedTempFile;

use crate::failure::{Failure, Result};
use crate::terminal;

/// What a person made of some bytes, and the file that it is in, which is gone with this.
pub struct Edited {
    pub bytes: Vec<u8>,
    file: NamedTempFile,
}

impl Edited {
    /// Leaves the file where it is, for what was written in it cannot be taken.
    pub fn keep(self) {
        if let Ok((_, path)) = self.file.keep() {
            terminal::note(format_args!(
                "what you have written is in `{}`, for `--payload`",
                path.display()
            ));
        }
    }
}

/// Lets a person edit some bytes, in a file that only they can read.
pub fn edit(bytes: &[u8], ending: &str) -> Result<Edited> {
    let editor = editor()?;
    let mut file =
        tempfile::Builder::new().prefix("redress-").suffix(ending).tempfile().map_err(|error| {
            Failure::impossible(format_args!("there is no place to edit it: {error}"))
        })?;
    file.write_all(bytes).and_then(|()| file.flush())?;
    let status = command(&editor).arg(file.path()).status();
    match status {
        Ok(status) if status.success() => {}
        Ok(status) => {
            return Err(Failure::fails(format_args!(
                "the editor `{editor}` failed, {status}; nothing was changed"
            )));
        }
        Err(error) => {
            return Err(Failure::impossible(format_args!(
                "the editor `{editor}` cannot be run: {error}"
            )));
        }
    }
    // Some editors write another file in the place of this one, so it is opened anew.
    let mut edited = file.reopen().or_else(|_| std::fs::File::open(file.path()))?;
    let mut new = Vec::new();
    edited.rewind()?;
    edited.take(LARGEST_PAYLOAD as u64 + 1).read_to_end(&mut new)?;
    Ok(Edited { bytes: new, file })
}

/// The editor that a person named, or the one that every terminal has.
fn editor() -> Result<String> {
    let named =
        |variable: &str| std::env::var(variable).ok().filter(|name| !name.trim().is_empty());
    match named("VISUAL").or_else(|| named("EDITOR")) {
        Some(editor) => Ok(editor),
        None if io::stdin().is_terminal() && io::stdout().is_terminal() => Ok("vi".to_owned()),
        None => Err(Failure::impossible(
            "there is no terminal to edit it at: give the new payload by --payload, or name an editor by EDITOR",
        )),
    }
}

/// An editor may have options, as `code --wait`; a shell tells them apart.
#[cfg(unix)]
fn command(editor: &str) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{editor} \"$@\"")).arg("sh");
    command
}

#[cfg(not(unix))]
fn command(editor: &str) -> Command {
    Command::new(editor)
}
