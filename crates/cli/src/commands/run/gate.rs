//! Whether a run may begin, and that no retry begins beside it.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use redress_store::{Begun, Executions, Off, StoreError};

use super::job::Job;
use crate::commands::Count;
use crate::commands::wording::for_shell;
use crate::configuration::command;
use crate::signals::Signals;
use crate::terminal;
use crate::times::{self, Relative};

/// How often it is asked whether the gate has opened.
const PAUSE: Duration = Duration::from_millis(200);

/// Whether a run has begun.
pub enum Entered {
    /// It has, and holds its scenario.
    Yes(Hold),
    /// It has not, for this reason.
    No(String),
}

/// Enters where the scenario lets a run begin, now or within `wait`.
pub fn enter(
    job: &Job<'_>,
    wait: Option<Duration>,
    signals: &Signals,
) -> Result<Entered, StoreError> {
    let end = wait.map(|wait| Instant::now() + wait);
    let (executions, scenario) = (&job.kept.executions, job.scenario);
    // The number of a process comes back; a chance beside it does not.
    let holder = format!("run {} {:016x}", std::process::id(), fastrand::u64(..));
    loop {
        let why = match executions.begin_run(scenario, job.key(), &holder, times::now())? {
            Begun::Until(_) => {
                return Ok(Entered::Yes(Hold::renewed(executions, scenario, holder)));
            }
            Begun::Off(off) => is_off(scenario, &off),
            Begun::Waiting(left) => waits(scenario, left),
        };
        let left = end.map_or(Duration::ZERO, |end| end.saturating_duration_since(Instant::now()));
        if left.is_zero() || signals.sleep(left.min(PAUSE)).is_some() {
            return Ok(Entered::No(why));
        }
    }
}

fn is_off(scenario: &str, off: &Off) -> String {
    let shown = for_shell(scenario);
    format!(
        "`{scenario}` was switched off {}: {}; the command was not run. Switch it on with: \
         {}",
        Relative { now: times::now(), at: off.since },
        off.why,
        command(format_args!("executions switch-on {shown}"))
    )
}

fn waits(scenario: &str, left: u64) -> String {
    let shown = for_shell(scenario);
    format!(
        "`{scenario}` is sequential, and {} to be resolved before; the command was not run. See them with: \
         {}",
        HaveStill(left),
        command(format_args!("executions list --scenario {shown}"))
    )
}

/// `1 execution has`, `2 executions have`.
struct HaveStill(u64);

impl std::fmt::Display for HaveStill {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let count = usize::try_from(self.0).unwrap_or(usize::MAX);
        let have = if count == 1 { "has" } else { "have" };
        write!(f, "{} {have}", Count(count, "execution"))
    }
}

/// Holds a scenario, and says so again before the hold runs out.
pub struct Hold {
    executions: Arc<Executions>,
    scenario: String,
    holder: String,
    renewing: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Hold {
    /// Of a run that has begun.
    fn renewed(executions: &Arc<Executions>, scenario: &str, holder: String) -> Self {
        let (executions, scenario) = (Arc::clone(executions), scenario.to_owned());
        let mut hold = Hold { executions, scenario, holder, renewing: None };
        hold.renew();
        hold
    }

    /// A third of the lease: two renewals may be late before it runs out.
    fn renew(&mut self) {
        let pause =
            Duration::from(self.executions.scenario_settings(&self.scenario).settings.lease) / 3;
        let (executions, scenario) = (Arc::clone(&self.executions), self.scenario.clone());
        let (holder, (stop, stopped)) = (self.holder.clone(), channel());
        let thread = thread::spawn(move || {
            while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                if let Err(error) = hold_on(&executions, &scenario, &holder) {
                    terminal::complain(format_args!("`{scenario}` cannot be held: {error}"));
                }
            }
        });
        self.renewing = Some((stop, thread));
    }

    /// Lets the scenario go: its retries may begin.
    pub fn let_go(mut self) {
        if let Some((stop, thread)) = self.renewing.take() {
            drop(stop);
            let _ = thread.join();
        }
        // Where this cannot be said, the hold runs out by itself.
        let _ = self.executions.let_go(&self.scenario, &self.holder);
    }
}

/// Says that the run goes on. Where it was given up, as it is when the machine has slept, it holds its scenario anew: the
/// command runs still.
fn hold_on(executions: &Executions, scenario: &str, holder: &str) -> Result<(), StoreError> {
    if executions.hold_on(scenario, holder, times::now())?.is_none() {
        executions.hold(scenario, holder, times::now())?;
        terminal::warn(format_args!(
            "the run of `{scenario}` was not heard of in time, and was given up; it goes on, but a retry may have begun beside it"
        ));
    }
    Ok(())
}
