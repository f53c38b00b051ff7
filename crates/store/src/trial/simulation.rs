//! Histories with a seeded clock and planted accidents: crashes between any two writes, full disks, clocks that jump,
//! reports, claims and ends that are delivered twice, workers that die or come back too late.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use super::world::{SCENARIOS, Setting, World};
use crate::entry::{Happening, Next};
use crate::execution::tries_before;
use crate::executions::Executions;
use crate::fault::{Fault, plant};
use crate::id::ExecutionId;
use crate::memory::Memory;
use crate::query::{Filter, Order, Query};

/// What is wrong with the history of a seed.
fn problems(seed: u64, setting: &Arc<Setting>) -> Vec<String> {
    let (history, executions) = World::new(seed, Arc::new(Memory::new()), setting, true).run();
    history.problems(&executions)
}

/// How many histories are made: `REDRESS_HISTORIES`, or a number that takes seconds.
fn histories() -> u64 {
    let given = std::env::var("REDRESS_HISTORIES").ok();
    given.map_or(3_000, |given| given.parse().expect("REDRESS_HISTORIES is a number"))
}

#[test]
fn thousands_of_histories_keep_every_promise() {
    let setting = Setting::new();
    for seed in 0..histories() {
        let problems = problems(seed, &setting);
        assert!(problems.is_empty(), "seed {seed}: {problems:#?}");
    }
}

/// A history without accidents, or without a kind of entry, would keep every promise and show nothing.
#[test]
fn the_histories_have_everything_in_them() {
    let (setting, mut kinds) = (Setting::new(), BTreeMap::<String, u32>::new());
    let mut count = |kind: String| *kinds.entry(kind).or_default() += 1;
    for seed in 0..60 {
        let (history, executions) = World::new(seed, Arc::new(Memory::new()), &setting, true).run();
        for seen in &history.seen {
            let Json::Object(seen) = serde_json::to_value(seen).unwrap() else { panic!() };
            let (kind, told) = seen.iter().next().unwrap();
            count(format!("seen {kind}"));
            if told["again"] == true {
                count(format!("seen {kind} again"));
            }
        }
        for name in SCENARIOS {
            count(format!("lost {}", executions.scenario(name).unwrap().lost.executions > 0));
            for id in executions_of(&executions, name) {
                for entry in executions.log(id).unwrap() {
                    if let Happening::Stored(stored) = &entry.what
                        && tries_before(&stored.event) > 1
                    {
                        count("tried in place before".to_owned());
                    }
                    count(serde_json::to_value(&entry).unwrap()["what"].to_string());
                    if let Happening::Failed { next, .. } | Happening::Interrupted { next } =
                        entry.what
                    {
                        count(format!("{next:?}").chars().take_while(|c| *c != ':').collect());
                        if let Next::Retry { delay, .. } = next {
                            count(
                                format!("{delay:?}")
                                    .chars()
                                    .filter(|c| c.is_alphabetic())
                                    .collect(),
                            );
                        }
                    }
                }
            }
            for line in executions.scenario_log(name, 1000).unwrap() {
                count(format!("line {}", serde_json::to_value(&line).unwrap()["what"]));
            }
        }
    }
    for kind in [
        "\"stored\"",
        "\"started\"",
        "\"succeeded\"",
        "\"failed\"",
        "\"interrupted\"",
        "\"continued\"",
        "\"asked\"",
        "\"closed\"",
        "line \"off\"",
        "line \"on\"",
        "line \"deleted\"",
        "lost true",
        "tried in place before",
        "Person(Exhausted)",
        "Person(Manual)",
        "Person(Interrupted)",
        "Person(LogFull)",
        "Person(Decided(\"fail\"))",
        "Step",
        "RetryAfter",
        "AtOnce",
        "seen Stored",
        "seen Began",
        "seen Ended",
        "seen FailedLater",
        "seen FailedLater again",
        "seen Resolved",
        "seen Closed",
        "seen Deleted",
        "seen Imported",
        "seen ImportedAgain",
        "seen Paced",
        "seen HeldOn",
        "line \"imported\"",
    ] {
        assert!(kinds.get(kind).is_some_and(|many| *many >= 3), "{kind} is missing: {kinds:#?}");
    }
}

fn executions_of(executions: &Executions, scenario: &str) -> Vec<ExecutionId> {
    let filter = Filter { scenario: Some(scenario.to_owned()), ..Filter::default() };
    let query = Query { filter, order: Order::Oldest, limit: 1000, ..Query::default() };
    executions.list(&query).unwrap().executions.iter().map(|summary| summary.id).collect()
}

/// What the checker says of each mistake.
fn words(fault: Fault) -> &'static str {
    match fault {
        Fault::StartsEarly => "and was due at",
        Fault::OneTryTooMany => "the schedule has",
        Fault::ForgetsRetryAfter | Fault::BurnsSchedule => "is not what was asked to wait",
        Fault::TrustsLostLease => "lost: the end of a try",
        Fault::ForgetsOnce => "stored twice",
        Fault::ForgetsHold => "run while held",
        Fault::RevivesRun | Fault::PassesRun => "held once more",
        Fault::ForgetsPlaces => "too many at once",
        Fault::ForgetsLog => "audit: its log tells of",
        Fault::ForgetsInterrupted => "not counted",
        Fault::ForgetsLimit | Fault::ForgetsToGrow => "over the limit",
        Fault::LocksFullLogs => "stuck",
        Fault::GoesOnNowhere => "lost: what failed in a later module",
        Fault::MixesScenarios => "executions and bytes, there are",
        Fault::AcknowledgesEarly => "lost:",
        Fault::KeepsHalves => "audit:",
        Fault::ForgetsEnd => "lost: the end of a try",
        Fault::TriesUnopened => "run though it does not open",
        Fault::ForgetsOrder => "run out of order",
        Fault::DeletesRunning => "deleted while in progress",
        Fault::FreesHeard => "taken from its worker",
        Fault::ImportsRunning => "in progress elsewhere",
        Fault::ImportsNumber => "another one has its number",
        Fault::ImportsOriginal => "lost: editions",
        Fault::ForgetsPace => "let go too fast",
        Fault::SharesTimes => "let go together",
        Fault::Bursts => "begun too soon for its pace",
        Fault::ShowsText | Fault::ShowsPayload => "in the clear",
    }
}

#[test]
fn every_planted_mistake_is_found() {
    let setting = Setting::new();
    for fault in Fault::ALL {
        plant(Some(fault));
        let found = (0..400).flat_map(|seed| problems(seed, &setting));
        let found = found.into_iter().find(|problem| problem.contains(words(fault)));
        plant(None);
        assert!(found.is_some(), "{fault:?} is not found");
    }
}
