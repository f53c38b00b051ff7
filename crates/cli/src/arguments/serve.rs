//! What `redress serve` is given.

use std::net::SocketAddr;

use clap::Args;

use super::ConfigurationOption;

/// `redress serve`
#[derive(Debug, Args)]
#[command(after_long_help = "\
It runs until it is told to end (SIGTERM, or Ctrl-C): it accepts nothing more, answers what was asked, and \
lets the tries that run end. What it does it tells on standard error, a JSON object a line.

What it answers to is described at /openapi.json. Without tokens in redress.toml it listens to this machine \
alone:

  [server]
  listen = \"0.0.0.0:7420\"

  [server.tokens.ledger]
  roles = [\"report\"]    # read, report, manage
  file = \"ledger.token\" # or variable = \"LEDGER_TOKEN\"

Examples:
  redress serve
  redress serve --listen 127.0.0.1:8080")]
pub struct Serve {
    /// Where the configuration is.
    #[command(flatten)]
    pub configuration: ConfigurationOption,
    /// Where it listens, in place of what the configuration says [default: 127.0.0.1:7420]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub listen: Option<SocketAddr>,
    /// Also tell of each request and each try
    #[arg(short, long)]
    pub verbose: bool,
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let expected = "expected an address and a port, such as 127.0.0.1:7420";
    text.parse().map_err(|_| expected.to_owned())
}
