//! A server from its start to its end.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use redress_scenarios::{Configuration, FindRunner, RunnerSource, Scenarios};
use redress_store::{Execution, Executions, Off, SealError};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Semaphore, oneshot};

use crate::ending::Ending;
use crate::health::Health;
use crate::metrics::Metrics;
use crate::others::Others;
use crate::reports::{Reporting, Reports};
use crate::shared::{AT_ONCE, CARRIED, Everything, Limits, Shared};
use crate::signals::Signals;
use crate::start_error::StartError;
use crate::tending::{Tended, Tending};
use crate::tokens::Tokens;
use crate::{api, listen, working};

/// So many threads answer requests; they never wait for the disk.
const THREADS: usize = 2;

/// A server that runs.
///
/// ```
/// use redress_scenarios::Configuration;
/// use redress_server::Server;
///
/// let folder = tempfile::tempdir()?;
/// let mut configuration = Configuration::without_file(folder.path());
/// configuration.server.listen = "127.0.0.1:0".parse()?;
/// let server = Server::start(configuration)?;
/// assert!(server.address().ip().is_loopback());
/// server.stop();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Server {
    address: SocketAddr,
    grace: Duration,
    ending: Ending,
    /// Until it stops.
    working: Option<Working>,
}

/// What works while a server runs.
struct Working {
    runtime: Runtime,
    listening: tokio::task::JoinHandle<()>,
    stop: oneshot::Sender<Duration>,
    tending: Tending,
    reports: Reporting,
    health: Arc<Health>,
}

impl Server {
    /// Starts to listen, to run what is due and to tend the store of a configuration.
    ///
    /// # Errors
    /// Where the address is open to others and nobody needs a token, a token cannot be read, the store cannot be opened, the
    /// address cannot be listened to, or a thread cannot be started.
    pub fn start(configuration: Configuration) -> Result<Self, StartError> {
        Server::build(configuration, None, runtime()?)
    }

    /// [Starts](Self::start) with what runs the retries, in place of what the configuration says.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn start_with(
        configuration: Configuration,
        find: Arc<FindRunner>,
    ) -> Result<Self, StartError> {
        Server::build(configuration, Some(find), runtime()?)
    }

    /// Starts, waits until the program is told to end (SIGTERM, SIGINT, SIGQUIT, SIGHUP; elsewhere Ctrl-C), and
    /// [stops](Self::stop). Told so once more, it [gives up](Ending::give_up) what is under way. It is heard of that before the
    /// address is listened to, so that there is no moment in which it would end at once.
    ///
    /// A program that hears of its signals itself [starts](Self::start) a server and stops it.
    ///
    /// # Errors
    /// As for [`start`](Self::start), and where signals cannot be heard.
    pub fn run(configuration: Configuration) -> Result<(), StartError> {
        let runtime = runtime()?;
        let mut signals = {
            let _inside = runtime.enter();
            Signals::hear().map_err(StartError::Signals)?
        };
        let server = Server::build(configuration, None, runtime)?;
        if let Some(working) = &server.working {
            working.runtime.block_on(signals.told_to_end());
            let ending = server.ending();
            working.runtime.spawn(async move {
                signals.told_to_end().await;
                tracing::warn!("told to end once more: what is under way is given up");
                ending.give_up();
            });
        }
        server.stop();
        Ok(())
    }

    fn build(
        configuration: Configuration,
        find: Option<Arc<FindRunner>>,
        runtime: Runtime,
    ) -> Result<Self, StartError> {
        let settings = configuration.server.clone();
        let tokens = Tokens::read(&settings.tokens).map_err(StartError::Token)?;
        let asked = settings.listen;
        if tokens.is_empty() && !asked.ip().is_loopback() {
            return Err(StartError::Open(asked));
        }
        // A host that runs retries itself knows what it runs.
        let warns = find.is_none();
        let executions = Executions::over(configuration.open_store()?).group_commits()?;
        let executions = Arc::new(executions);
        let known = executions.scenarios()?;
        let off = working::off(&executions, &known)?;
        let listener = bind(asked)?;
        let unheard = |error| StartError::Listen { address: asked, error };
        let address = listener.local_addr().map_err(unheard)?;

        let scenarios = Scenarios::new(configuration.clone(), &executions);
        let find = find.unwrap_or_else(|| working::configured(scenarios.runners()));
        let unopened = working::first_unopened(&executions, &configuration, &known)?;
        let (metrics, health) = (Arc::new(Metrics::new()), Arc::new(Health::default()));
        let (reports, reporting) =
            Reports::start(Arc::clone(&executions)).map_err(StartError::Thread)?;
        let most = settings.parallel_retries;
        let workers =
            working::start(Arc::clone(&executions), Arc::clone(&find), Arc::clone(&metrics), most)
                .map_err(StartError::Thread)?;
        let ending = Ending::of(workers.ending());
        let tended = Tended {
            executions: Arc::clone(&executions),
            scenarios,
            health: Arc::clone(&health),
            metrics: Arc::clone(&metrics),
        };
        let tending = Tending::start(tended, workers).map_err(StartError::Thread)?;

        let named = &configuration.scenarios;
        let others = known.into_iter().filter(|name| !named.contains_key(name));
        let others = Others::new(others, settings.max_other_scenarios);
        let shared = Shared::from(Everything {
            executions,
            configuration,
            others,
            find,
            warns_of_missing_runners: warns,
            reports,
            metrics: Arc::clone(&metrics),
            health: Arc::clone(&health),
            tokens,
            limits: Limits {
                max_body: settings.max_body,
                request_timeout: settings.request_timeout,
            },
            asking: Arc::new(Semaphore::new(AT_ONCE)),
            carrying: Arc::new(Semaphore::new(CARRIED)),
        });
        let (stop, stopped) = oneshot::channel();
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(unheard)?
        };
        let router = api::router(shared.clone());
        let most = settings.max_connections;
        let told = (stopped, ending.requests());
        let listening = runtime.spawn(listen::listen(listener, router, most, metrics, told));
        tracing::info!(%address, "listening");
        warn(&shared, &off, &unopened);
        let working = Working { runtime, listening, stop, tending, reports: reporting, health };
        Ok(Server { address, grace: settings.grace, ending, working: Some(working) })
    }

    /// Where it listens; the port that was found, where none was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What asks it, while it stops, to wait no longer; for another thread.
    pub fn ending(&self) -> Ending {
        self.ending.clone()
    }

    /// Stops: accepts nothing more, answers what was asked, lets tries end, each within the time that the configuration
    /// gives. A try that is still running then is given up; its lease runs out, and it is run again.
    pub fn stop(mut self) {
        if let Some(working) = self.working.take() {
            working.stop_within(self.grace);
        }
    }
}

/// A server that is dropped stops at once.
impl Drop for Server {
    fn drop(&mut self) {
        if let Some(working) = self.working.take() {
            working.stop_within(Duration::ZERO);
        }
    }
}

impl Working {
    fn stop_within(self, grace: Duration) {
        tracing::info!("stopping");
        self.health.end();
        let _ = self.stop.send(grace);
        // Tries end while requests do: both have the same time.
        let tending = self.tending;
        let tending = std::thread::spawn(move || tending.stop_within(grace));
        let _ = self.runtime.block_on(self.listening);
        let _ = tending.join();
        // Nobody who asks is left then but who does much at once, which is done in portions, each durable by itself.
        self.runtime.shutdown_timeout(Duration::from_secs(1));
        self.reports.stop();
        tracing::info!("stopped");
    }
}

/// Says at the start what does not work.
fn warn(shared: &Shared, off: &[(String, Off)], unopened: &[(Execution, SealError)]) {
    let configuration = &shared.configuration;
    if is_without_reports(configuration) {
        let fix = "name scenarios in redress.toml, with a `url` or a `command`";
        tracing::warn!(
            fix,
            "all scenarios run recorded commands again: none takes reports over HTTP"
        );
    }
    if shared.warns_of_missing_runners {
        working::warn_of_absent_commands(configuration);
        working::warn_of_missing_runners(configuration);
    }
    working::warn_of_off(off);
    working::warn_of_unopened(unopened);
    for problem in configuration.locked() {
        tracing::error!(%problem, "A KEY CANNOT BE READ: nothing confidential is taken of its scenarios, none of their retries run");
    }
}

/// Whether every scenario runs recorded commands again, which nobody may report over HTTP.
fn is_without_reports(configuration: &Configuration) -> bool {
    let mut scenarios = configuration.scenarios.values().chain([&configuration.other]);
    scenarios.all(|scenario| scenario.runner == Some(RunnerSource::Rerun))
}

fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    let bound = TcpListener::bind(address).and_then(|listener| {
        listener.set_nonblocking(true)?;
        Ok(listener)
    });
    bound.map_err(|error| StartError::Listen { address, error })
}

fn runtime() -> Result<Runtime, StartError> {
    Builder::new_multi_thread()
        .worker_threads(THREADS)
        .max_blocking_threads(AT_ONCE + CARRIED)
        .thread_name("redress-http")
        .enable_all()
        .build()
        .map_err(StartError::Thread)
}
