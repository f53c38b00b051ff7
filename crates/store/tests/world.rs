//! What every test needs: executions in memory, a clock that is moved by hand.

use std::time::Duration;

use jiff::Timestamp;
use redress::Policy;
use redress_store::{
    Claim, Execution, ExecutionId, Executions, Kept, Memory, Outcome, Report, Reported, Scenario,
    Settings, Store,
};
use serde_json::{Value as Json, json};

pub struct World {
    pub executions: Executions,
    pub now: Timestamp,
}

/// The documented settings without the guards that would switch a scenario off in the middle of a test.
pub fn calm() -> Settings {
    Settings { max_consecutive_errors: None, runaway: None, ..Settings::default() }
}

impl World {
    pub fn new(settings: Settings) -> Self {
        World::with_policy("extends default", settings)
    }

    pub fn with_policy(policy: &str, settings: Settings) -> Self {
        World::over(Memory::new(), policy, settings)
    }

    pub fn over(store: impl Store + 'static, policy: &str, settings: Settings) -> Self {
        let executions = Executions::over(store).seeded(7);
        let policy = Policy::parse(policy).unwrap();
        executions.set_other_scenarios(Scenario { policy, settings, seal: None });
        World { executions, now: "2026-11-25T09:00:00Z".parse().unwrap() }
    }

    pub fn wait(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
    }

    pub fn reported(&self, error: &str) -> Reported {
        self.executions.report(report(error), self.now).unwrap()
    }

    pub fn stored(&self, error: &str) -> Kept {
        match self.reported(error) {
            Reported::Stored(kept) => kept,
            other => panic!("{other:?}"),
        }
    }

    pub fn claims(&self) -> Vec<Claim> {
        self.executions.claim("worker", 100, self.now).unwrap()
    }

    /// The only claim there is.
    pub fn claim(&self) -> Claim {
        let claims = self.claims();
        assert_eq!(claims.len(), 1, "{claims:?}");
        claims.into_iter().next().unwrap()
    }

    pub fn end(&self, claim: &Claim, outcome: Outcome) -> Execution {
        self.executions.end(claim, outcome, Duration::from_secs(1), self.now).unwrap()
    }

    pub fn fails(&self, claim: &Claim, event: Json) -> Execution {
        self.end(claim, Outcome::Failed(event))
    }

    pub fn get(&self, id: ExecutionId) -> Execution {
        self.executions.get(id).unwrap().unwrap()
    }

    /// How long from now until it is due, in seconds.
    pub fn due_in(&self, execution: &Execution) -> i64 {
        self.now.duration_until(execution.due().unwrap()).as_secs()
    }
}

impl Drop for World {
    /// Whatever a test does, what is left can be.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.executions.audit().unwrap().problems, []);
        }
    }
}

pub fn report(error: &str) -> Report {
    report_of(event(error))
}

pub fn report_of(event: Json) -> Report {
    Report::new("refunds", event, r#"{"refund": 17}"#)
}

pub fn event(error: &str) -> Json {
    json!({"error": error, "module": 3, "message": "it failed"})
}
