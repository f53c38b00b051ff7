//! What `redress completions` is given.

use clap::Args;
use clap_complete::Shell;

/// `redress completions`
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  redress completions bash > ~/.local/share/bash-completion/completions/redress
  redress completions fish > ~/.config/fish/completions/redress.fish")]
pub struct Completions {
    /// The shell
    pub shell: Shell,
}
