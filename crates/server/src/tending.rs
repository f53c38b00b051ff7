//! What has to be done from time to time: tries of dead workers are given up, old executions forgotten, policies that
//! changed swapped.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::Timestamp;
use redress_scenarios::{Change, Scenarios, Workers};
use redress_store::Executions;

use crate::health::Health;
use crate::metrics::Metrics;
use crate::working;

const PAUSE: Duration = Duration::from_secs(1);

/// The thread that does it; it has the workers with it, and sees whether they live.
pub(crate) struct Tending {
    stop: Sender<()>,
    thread: JoinHandle<Workers>,
}

pub(crate) struct Tended {
    pub(crate) executions: Arc<Executions>,
    pub(crate) scenarios: Scenarios,
    pub(crate) health: Arc<Health>,
    pub(crate) metrics: Arc<Metrics>,
}

impl Tending {
    pub(crate) fn start(tended: Tended, workers: Workers) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        tended.health.set_works(true);
        let thread = thread::Builder::new()
            .name("redress-tending".to_owned())
            .spawn(move || tended.until(&stopped, workers))?;
        Ok(Tending { stop, thread })
    }

    /// Ends; what runs may go on for so long.
    pub(crate) fn stop_within(self, grace: Duration) {
        drop(self.stop);
        match self.thread.join() {
            Ok(workers) => workers.stop_within(grace),
            Err(_) => tracing::error!("the thread that tends the store had panicked"),
        }
    }
}

impl Tended {
    fn until(mut self, stopped: &Receiver<()>, workers: Workers) -> Workers {
        let _works = Works(Arc::clone(&self.health));
        loop {
            self.refresh();
            let more = self.tend();
            if !workers.is_alive() && self.health.works() {
                tracing::error!("the thread that runs retries has ended; start the server again");
                self.health.set_works(false);
            }
            let pause = if more { Duration::ZERO } else { PAUSE };
            if !matches!(stopped.recv_timeout(pause), Err(RecvTimeoutError::Timeout)) {
                return workers;
            }
        }
    }

    /// Answers whether there is more to do at once.
    fn tend(&self) -> bool {
        match self.executions.tend(Timestamp::now()) {
            Ok(tended) => {
                tended.interrupted.iter().for_each(working::interrupted);
                tended.vanished.iter().for_each(|scenario| working::vanished(scenario));
                if tended.forgotten > 0 {
                    let executions = tended.forgotten;
                    tracing::info!(executions, "resolved executions were forgotten");
                }
                tended.more
            }
            Err(error) => {
                self.metrics.trouble();
                tracing::error!(%error, "the store cannot be tended");
                false
            }
        }
    }

    fn refresh(&mut self) {
        for change in self.scenarios.refresh(&self.executions) {
            self.tell(&change);
        }
        self.metrics.refused(self.scenarios.refused().map(|(policy, _)| policy.to_string()));
        self.health.set_refused(self.scenarios.refused().map(|(_, why)| why.to_owned()).collect());
    }

    fn tell(&self, change: &Change) {
        match change {
            Change::Swapped { policy, from, to } => {
                tracing::warn!(%policy, %from, %to, "the policy has changed and decides from now on");
                self.metrics.swapped();
            }
            Change::Loaded { policy, to } => {
                tracing::warn!(%policy, %to, "the policy loads by now and decides from now on");
                self.metrics.swapped();
            }
            Change::StillWrong { policy, why } => {
                tracing::error!(%policy, why, "THE POLICY HAS CHANGED AND IS WRONG STILL");
            }
            Change::Mended { policy } => {
                tracing::info!(%policy, "the policy is mended");
            }
            Change::File { path } => {
                // Unlike policies, settings are read when the server starts.
                let (file, what) = (path.display(), "redress.toml has changed");
                tracing::warn!(%file, "{what}; start the server again to have that hold");
            }
            Change::Refused { policy, why } => {
                let loudly = "THE POLICY HAS CHANGED AND IS WRONG: the last good one still decides";
                tracing::error!(%policy, why, "{loudly}");
            }
        }
    }
}

/// Says, when its thread ends for whatever reason, that nothing works any more.
struct Works(Arc<Health>);

impl Drop for Works {
    fn drop(&mut self) {
        self.0.set_works(false);
    }
}
