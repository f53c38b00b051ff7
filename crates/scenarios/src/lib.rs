//! Scenarios: which there are (`redress.toml`), how each is decided and kept, and what runs its retries.
//!
//! `redress-store` keeps incomplete executions and says what is due; this crate has it run.
//!
//! ```no_run
//! use std::path::Path;
//! use std::sync::Arc;
//! use redress_scenarios::{Configuration, Scenarios, Workers};
//! use redress_store::Executions;
//!
//! let configuration = Configuration::find(None, Path::new(""))?;
//! let executions = Arc::new(Executions::over(configuration.open_store()?).group_commits()?);
//! let scenarios = Scenarios::new(configuration, &executions);
//! let runners = scenarios.runners();
//! let find = move |scenario: &str| runners.runner(scenario);
//! let tell = |notice| eprintln!("{notice:?}");
//! let workers = Workers::start(executions, "this program", 16, Arc::new(find), Box::new(tell))?;
//! // … and `scenarios.refresh(&executions)` every second, until the program is to end:
//! workers.stop();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! * [`Configuration`] is the file, with everything wrong in it told in one go.
//! * [`Scenarios`] keeps the policies fresh: one that changes on disk is checked and swapped, or refused and told.
//! * [`Runner`] runs a try: a [command](CommandRunner), one that was [recorded](RecordedCommand), an
//!   [address](HttpRunner), or any function.
//! * [`Workers`] claims what is due, keeps the leases, and says how each try ended.

mod command;
mod configuration;
mod facts;
mod http;
mod policy_source;
mod rerun;
mod runner;
mod runners;
mod scenarios;
mod secret;
mod shown;
mod slips;
mod unknown;
mod with_unit;
mod workers;

pub use command::{CommandRunner, NotStarted, Tail, event, exit_code};
pub use configuration::{
    Configuration, ConfigurationError, OpenError, Role, RunnerSource, ScenarioConfiguration,
    ServerConfiguration, TokenConfiguration, TokenSource,
};
pub use http::{Client, Endpoint, HttpRunner};
pub use policy_source::PolicySource;
pub use redress_toml::Problem;
pub use rerun::RecordedCommand;
pub use runner::{Runner, Task};
pub use runners::Runners;
pub use scenarios::{Change, Scenarios};
pub use secret::{LONGEST_SECRET, read_secret};
pub use shown::{ShownExecution, ShownScenario};
pub use slips::{slip, slips};
pub use unknown::{Unknown, unknown_names, unknown_scenario};
pub use with_unit::WithUnit;
pub use workers::{Ending, FindRunner, Notice, Tell, Workers};
