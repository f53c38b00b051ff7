//! Scenarios: which there are (`redress.toml`), how each is decided and kept, and what runs its retries.
//!
//! `redress-store` keeps incomplete executions and says what is due; this crate has it run.
//!
//! ```no_run
//! use std::sync::Arc;
//! use redress_scenarios::{Configuration, Scenarios, Workers};
//! use redress_store::{Executions, Sqlite};
//!
//! let executions = Arc::new(Executions::over(Sqlite::open("executions.db")?).group_commits()?);
//! let scenarios = Arc::new(Scenarios::new(Configuration::read("redress.toml")?, &executions));
//! let find = move |scenario: &str| scenarios.runner(scenario);
//! let complain = |trouble| eprintln!("{trouble:?}");
//! let workers = Workers::start(executions, "this program", 16, Arc::new(find), Box::new(complain))?;
//! // … until the program is to end:
//! workers.stop();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! * [`Configuration`] is the file, with everything wrong in it told in one go.
//! * [`Scenarios`] keeps the policies fresh: one that changes on disk is checked and swapped, or refused and told.
//! * [`Runner`] runs a try: a [command](CommandRunner), or any function.
//! * [`Workers`] claims what is due, keeps the leases, and says how each try ended.

mod command;
mod configuration;
mod http;
mod reader;
mod runner;
mod scenarios;
mod workers;

pub use command::{CommandRunner, event};
pub use configuration::{Configuration, ConfigurationError, PolicySource, ScenarioConfiguration};
pub use http::{Client, Endpoint, HttpRunner};
pub use reader::Problem;
pub use runner::{Runner, Task};
pub use scenarios::{Change, Scenarios};
pub use workers::{Complain, FindRunner, Trouble, Watch, Workers};
