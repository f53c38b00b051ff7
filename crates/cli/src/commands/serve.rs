//! `redress serve`: executions over HTTP.

use redress_server::{Detail, Server, start_log};

use crate::arguments::Serve;
use crate::configuration;
use crate::failure::{Failure, Result, Status};
use crate::signals::Signals;

/// Serves until the program is told to end. What it tells is the log, so that every line of it is JSON.
pub fn run(arguments: &Serve) -> Result {
    let mut configuration = configuration::find(&arguments.configuration)?;
    if let Some(address) = arguments.listen {
        configuration.server.listen = address;
    }
    start_log(if arguments.verbose { Detail::Everything } else { Detail::Usual });
    // Before it says that it listens, since whoever hears that may tell it to end.
    let signals = Signals::listen().map_err(Failure::impossible)?;
    let server = Server::start(configuration).map_err(Failure::impossible)?;
    run_until_told(server, &signals);
    Ok(Status::Done)
}

#[cfg(unix)]
fn run_until_told(server: Server, signals: &Signals) {
    signals.until_asked_to_end();
    server.stop();
}

/// Elsewhere only the server itself hears of Ctrl-C.
#[cfg(not(unix))]
fn run_until_told(server: Server, _: &Signals) {
    server.run();
}
