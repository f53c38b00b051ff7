//! `redress work`: what is due is run, without a server.

mod told;

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use redress_scenarios::{Ending, FindRunner, Notice, Runners, Scenarios, Tell, Workers};
use redress_store::{Executions, StoreError};

use self::told::Told;
use crate::arguments::Work;
use crate::commands::waiting;
use crate::commands::without_runner::{warn_of_absent_commands, warn_of_missing_runners};
use crate::configuration::{self, Kept};
use crate::failure::{Failure, Result, Status};
use crate::signals::Signals;
use crate::terminal;
use crate::times;

/// How often policies are looked at, silent workers given up and old executions forgotten.
const TICK: Duration = Duration::from_secs(1);

/// It was interrupted, and what ran was given up: 128 and the number of the signal of a keyboard, as shells say it.
const INTERRUPTED: Status = Status::OfCommand(130);

/// Runs what is due.
pub fn run(arguments: &Work) -> Result {
    let (configuration, loaded) =
        configuration::find_for_those_that_load(&arguments.configuration)?;
    let Kept { executions, scenarios } = Kept::open(configuration)?;
    let signals = Signals::listen().map_err(Failure::impossible)?;
    warn_of_absent_commands(scenarios.configuration());
    warn_of_what_waits(&executions, &scenarios).map_err(Failure::impossible)?;
    let told = Arc::new(Told::new(Arc::clone(&executions), arguments.quiet));
    told.tell_what_does_not_open(scenarios.configuration()).map_err(Failure::impossible)?;
    let find = find(scenarios.runners());
    let tell: Box<Tell> = {
        let told = Arc::clone(&told);
        Box::new(move |notice: Notice| told.tell(notice))
    };
    let (name, most) =
        (format!("redress work, process {}", std::process::id()), arguments.parallel.get());
    if arguments.once {
        let tended = executions.tend(times::now()).map_err(Failure::impossible)?;
        told.tell_tended(&tended);
        let ending = work_once(&executions, &name, most, (find, tell), signals);
        if ending.is_given_up() {
            return Ok(INTERRUPTED);
        }
        let now = times::now();
        told.say_sum(executions.next_time().map_err(Failure::impossible)?, now);
        if !arguments.quiet {
            waiting::say_why(&executions, now).map_err(Failure::impossible)?;
        }
    } else {
        told::tell_what_is_off(&executions, times::now()).map_err(Failure::impossible)?;
        let workers = Workers::start(Arc::clone(&executions), &name, most, find, tell)
            .map_err(Failure::impossible)?;
        terminal::say("redress: at work; interrupt it to end");
        until_interrupted(&executions, scenarios, &told, &signals);
        return Ok(finish(workers, &told, signals));
    }
    Ok(told.status().and(loaded))
}

/// What runs the retries of a scenario, as the file says. It is asked while others wait for the store, and waits for nothing.
fn find(runners: Runners) -> Arc<FindRunner> {
    Arc::new(move |scenario: &str| runners.runner(scenario))
}

/// Warns of scenarios that have nothing to run their retries: those of the file, and others that something waits in.
fn warn_of_what_waits(
    executions: &Executions,
    scenarios: &Scenarios,
) -> std::result::Result<(), StoreError> {
    let configuration = scenarios.configuration();
    let mut waiting: Vec<String> = Vec::new();
    for name in executions.scenarios()? {
        if executions.scenario(&name)?.incomplete > 0 {
            waiting.push(name);
        }
    }
    let named = configuration.without_runner();
    warn_of_missing_runners(configuration, named.chain(waiting.iter().map(String::as_str)));
    Ok(())
}

fn work_once(
    executions: &Arc<Executions>,
    name: &str,
    most: usize,
    (find, tell): (Arc<FindRunner>, Box<Tell>),
    signals: Signals,
) -> Ending {
    let ending = Ending::default();
    let asked = ending.clone();
    thread::spawn(move || {
        signals.until_asked_to_end();
        terminal::say("redress: interrupted; it waits for what runs");
        asked.stop();
        give_up_when_asked_again(&signals, &asked);
    });
    Workers::run_due(Arc::clone(executions), name, most, find, tell, &ending);
    ending
}

/// Looks after policies, silent workers and old executions, until a signal asks to end.
fn until_interrupted(
    executions: &Executions,
    mut scenarios: Scenarios,
    told: &Told,
    signals: &Signals,
) {
    loop {
        let changes = scenarios.refresh(executions);
        changes.into_iter().for_each(|change| told.tell_change(&change));
        match executions.tend(times::now()) {
            Ok(tended) => {
                told.tell_tended(&tended);
                if tended.more {
                    continue;
                }
            }
            Err(error) => told.tell(Notice::Store(error)),
        }
        if signals.sleep(TICK).is_some() {
            return;
        }
    }
}

/// Waits for what runs; whoever asks once more is not kept waiting.
fn finish(workers: Workers, told: &Told, signals: Signals) -> Status {
    if told.running() > 0 {
        terminal::say(format_args!(
            "redress: interrupted; it waits for {}, interrupt it again not to",
            super::Count(told.running(), "running try")
        ));
    }
    let ending = workers.ending();
    let asked = ending.clone();
    thread::spawn(move || give_up_when_asked_again(&signals, &asked));
    workers.stop();
    if ending.is_given_up() { INTERRUPTED } else { told.status() }
}

/// Waits no longer for what runs: a try that went on by itself would run beside the next one.
fn give_up_when_asked_again(signals: &Signals, ending: &Ending) {
    signals.until_asked_to_end();
    terminal::say(
        "redress: interrupted again; what runs is killed, and tried again when its lease has run out",
    );
    ending.give_up();
}
