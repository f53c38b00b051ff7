//! A person is asked before much is done, or what cannot be undone.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::failure::{Failure, Result};

/// Asks whether to do it; whoever cannot be asked has to have said so.
pub fn confirm(what: &str, yes: bool) -> Result<bool> {
    if yes {
        return Ok(true);
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::impossible(format_args!(
            "there is nobody to ask whether to {what}: say --yes, or --dry-run to see what would be done"
        )));
    }
    let mut error = io::stderr().lock();
    write!(error, "{what}? [y/N] ")?;
    error.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
