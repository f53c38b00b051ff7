//! `redress serve`: executions over HTTP.

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
    Server::run(configuration).map_err(Failure::impossible)?;
    Ok(Status::Done)
}
