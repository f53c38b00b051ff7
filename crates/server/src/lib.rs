//! Incomplete executions over HTTP: failures are reported and decided, retries are run, people are served.
//!
//! [`Server::start`] takes what `redress.toml` says. What it answers to is described by itself, at `/openapi.json`; the
//! manual is `docs/server.md`.
//!
//! | module of the sources | what it does |
//! |---|---|
//! | `api` | the routes, a file for each kind of thing that is asked |
//! | `access`, `tokens` | who may ask what |
//! | `given`, `problem` | what a request gives, and what is answered where something is wrong |
//! | `reports` | the thread that stores what many report at once |
//! | `working`, `tending` | retries, and what has to be done from time to time |
//! | `listen`, `server`, `signals`, `ending` | connections; a server from its start to its end; what tells it to end |
//! | `metrics`, `trace`, `logging`, `health` | what can be seen from outside |

mod access;
mod api;
mod ending;
mod given;
mod health;
mod listen;
mod logging;
mod metrics;
mod others;
mod problem;
mod reports;
mod server;
mod shared;
mod signals;
mod start_error;
mod tending;
mod tokens;
mod trace;
mod working;

pub use api::description;
pub use ending::Ending;
pub use logging::{Detail, start as start_log};
pub use server::Server;
pub use start_error::StartError;
