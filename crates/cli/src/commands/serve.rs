//! `redress serve`: executions over HTTP.

use redress_scenarios::Configuration;
use redress_server::{Detail, Server, start_log};

use crate::arguments::Serve;
use crate::configuration;
use crate::failure::{Failure, Result, Status};

/// Serves until the program is told to end. What it tells is the log, so that every line of it is JSON.
pub fn run(arguments: &Serve) -> Result {
    let mut configuration = configuration::find(&arguments.configuration)?;
    if let Some(address) = arguments.listen {
        configuration.server.listen = address;
    }
    start_log(if arguments.verbose { Detail::Everything } else { Detail::Usual });
    serve(configuration)?;
    Ok(Status::Done)
}

#[cfg(unix)]
fn serve(configuration: Configuration) -> Result<()> {
    // Before it says that it listens, since whoever hears that may tell it to end.
    let signals = crate::signals::Signals::listen().map_err(Failure::impossible)?;
    let server = Server::start(configuration).map_err(Failure::impossible)?;
    signals.until_asked_to_end();
    server.stop();
    Ok(())
}

/// Elsewhere only the server itself hears of Ctrl-C.
#[cfg(not(unix))]
fn serve(configuration: Configuration) -> Result<()> {
    Server::run(configuration).map_err(Failure::impossible)
}
