//! What all requests share.

use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use redress_scenarios::{Configuration, FindRunner, RunnerSource};
use redress_store::Executions;
use tokio::sync::Semaphore;

use crate::health::Health;
use crate::metrics::Metrics;
use crate::others::Others;
use crate::problem::Problem;
use crate::reports::Reports;
use crate::tokens::Tokens;
use crate::working;

/// So many questions are put to the store at once, each by a thread of its own; more only wait for the same disk.
pub(crate) const AT_ONCE: usize = 16;

/// So many exports, imports and changes of many go on at once.
pub(crate) const CARRIED: usize = 4;

/// So long may last what takes as long as there is much of it.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// What all requests share.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Everything>);

pub(crate) struct Everything {
    pub(crate) executions: Arc<Executions>,
    pub(crate) configuration: Configuration,
    pub(crate) others: Others,
    /// What runs the retries of a scenario, as it is looked for before each try.
    pub(crate) find: Arc<FindRunner>,
    /// Whether what the configuration says of runners is all that there is of them.
    pub(crate) warns_of_missing_runners: bool,
    pub(crate) reports: Reports,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) health: Arc<Health>,
    pub(crate) tokens: Tokens,
    pub(crate) limits: Limits,
    pub(crate) asking: Arc<Semaphore>,
    /// What may last, as long as the other side likes or there is much to do, and must not keep questions waiting.
    pub(crate) carrying: Arc<Semaphore>,
}

/// What bounds a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) max_body: usize,
    /// So long a body may take to come, and so long the answer to it.
    pub(crate) request_timeout: Duration,
}

impl Deref for Shared {
    type Target = Everything;

    fn deref(&self) -> &Everything {
        &self.0
    }
}

impl From<Everything> for Shared {
    fn from(everything: Everything) -> Self {
        Shared(Arc::new(everything))
    }
}

impl Shared {
    /// Asks the store, which blocks, in a thread that may be blocked.
    ///
    /// Whoever stops waiting, or is answered that the time is up, does not stop the work: what is asked for is done, or not
    /// done, as a whole.
    pub(crate) async fn ask<T, E>(
        &self,
        work: impl FnOnce(&Executions) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem> + Send + 'static,
    {
        self.in_time(self.in_turn(&self.asking, work)).await?
    }

    /// As [`ask`](Self::ask), for what may last: as long as there is much to do, or to be sent.
    pub(crate) async fn carry<T, E>(
        &self,
        work: impl FnOnce(&Executions) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem> + Send + 'static,
    {
        within(LONGEST, self.in_turn(&self.carrying, work)).await?
    }

    /// What is there within the time that an answer may take.
    pub(crate) async fn in_time<T>(&self, what: impl Future<Output = T>) -> Result<T, Problem> {
        within(self.limits.request_timeout, what).await
    }

    async fn in_turn<T, E>(
        &self,
        turns: &Arc<Semaphore>,
        work: impl FnOnce(&Executions) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem> + Send + 'static,
    {
        let turn = Arc::clone(turns).acquire_owned().await.map_err(|_| Problem::ours())?;
        let executions = Arc::clone(&self.executions);
        let asked = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(&executions)
        });
        match asked.await {
            Ok(answer) => answer.map_err(Into::into),
            Err(error) => {
                tracing::error!(%error, "a question to the store panicked");
                Err(Problem::ours())
            }
        }
    }

    /// Refuses a scenario that redress.toml does not name, unless it says that others are taken too.
    pub(crate) fn takes(&self, scenario: &str, place: &str) -> Result<(), Problem> {
        let Configuration { server, scenarios, .. } = &self.configuration;
        // Of a name that is empty the store says that it is.
        if server.other_scenarios || scenarios.contains_key(scenario) || scenario.is_empty() {
            return Ok(());
        }
        let shown: String = scenario.chars().take(100).flat_map(char::escape_debug).collect();
        let problem = Problem::not_found(format!("there is no scenario `{shown}`")).at(place);
        Err(match redress::suggest(scenario, scenarios.keys().map(String::as_str)) {
            Some(near) => problem.fix(format!("did you mean `{near}`?")),
            None => problem.fix(
                "name it in redress.toml, or set `other_scenarios = true` under `[server]` there",
            ),
        })
    }

    /// Refuses a scenario that is not [taken](Self::takes), or is one name too many to keep anything of.
    pub(crate) fn admits(&self, scenario: &str, place: &str) -> Result<(), Problem> {
        self.takes(scenario, place)?;
        if self.configuration.scenarios.contains_key(scenario)
            || scenario.is_empty()
            || self.others.admits(scenario)
        {
            return Ok(());
        }
        let most = self.others.most();
        let detail = format!(
            "{most} scenarios are taken that redress.toml does not name, as many as may be"
        );
        Err(Problem::new(StatusCode::INSUFFICIENT_STORAGE, detail)
            .at(place)
            .fix("name it in redress.toml, or raise `max_other_scenarios` under `[server]` there"))
    }

    /// Refuses a scenario that is neither [taken](Self::takes) nor known from before.
    pub(crate) fn knows(
        &self,
        executions: &Executions,
        scenario: &str,
        place: &str,
    ) -> Result<(), Problem> {
        if scenario.is_empty() {
            let problem = Problem::wrong(place, "the name of the scenario is empty");
            return Err(problem.fix("name one, or leave it out"));
        }
        let Err(unknown) = self.takes(scenario, place) else { return Ok(()) };
        match executions.scenarios()?.iter().any(|name| name == scenario) {
            true => Ok(()),
            false => Err(unknown),
        }
    }

    /// Refuses what could not be encrypted: the key of the scenario cannot be read.
    pub(crate) fn has_key(&self, scenario: &str) -> Result<(), Problem> {
        let configured = self.configuration.scenario(scenario);
        if configured.locked.is_none() || !configured.settings.confidential {
            return Ok(());
        }
        let detail = format!("the key of the scenario `{scenario}` cannot be read");
        Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
            .at("scenario")
            .fix("the log of the server says why; mend it, and start the server again"))
    }

    /// What has to be done before anything runs the retries of a scenario; nothing where something does.
    pub(crate) fn missing_runner(&self, scenario: &str) -> Option<&'static str> {
        let configured = self.configuration.scenario(scenario);
        working::missing_runner(configured).filter(|_| self.warns_of_missing_runners)
    }

    /// Whether something runs the retries of a scenario as things stand: where its policy does not load, nothing does until it
    /// loads.
    pub(crate) fn is_run(&self, scenario: &str) -> bool {
        (self.find)(scenario).is_some()
    }

    /// Refuses what would let a client say which commands run on this machine, or what they are given to read.
    pub(crate) fn takes_code(&self, scenario: &str) -> Result<(), Problem> {
        if self.configuration.scenario(scenario).runner != Some(RunnerSource::Rerun) {
            return Ok(());
        }
        let detail = format!(
            "the scenario `{scenario}` runs recorded commands again, so it takes executions and payloads only from the command on this machine"
        );
        Err(Problem::new(StatusCode::FORBIDDEN, detail)
            .at("scenario")
            .fix("give the scenario a `url` or a `command` in redress.toml"))
    }
}

async fn within<T>(limit: Duration, what: impl Future<Output = T>) -> Result<T, Problem> {
    let detail = "there is no answer in time; what was asked for may still be done";
    tokio::time::timeout(limit, what).await.map_err(|_| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
            .fix("look before it is asked for again; a report with `once` can be sent again as it is")
            .retry_after(1)
    })
}
