//! What is measured, as Prometheus reads it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use redress::Decision;
use redress_store::{Count, ScenarioState, Status};

/// So many scenarios have figures of their own. Whoever may report can name others, and memory must not grow with the
/// names; those together are `other`.
const SCENARIOS: usize = 1_000;

/// From a millisecond to a quarter of an hour.
const LATENESS: [f64; 14] =
    [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 120.0, 900.0];

const DURATIONS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfScenario {
    scenario: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Decided {
    scenario: String,
    rule: String,
    decision: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Tried {
    scenario: String,
    status: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRoute {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfPolicy {
    policy: String,
}

type OfRoutes = Family<OfRoute, Histogram, fn() -> Histogram>;

/// What is measured.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    known: Mutex<Vec<String>>,
    decisions: Family<Decided, Counter>,
    stored: Family<OfScenario, Counter>,
    tries: Family<Tried, Counter>,
    lateness: Histogram,
    requests: Family<Answered, Counter>,
    took: OfRoutes,
    refused: Family<OfPolicy, Gauge>,
    swapped: Counter,
    troubles: Counter,
    connections: Gauge,
    executions: Family<Tried, Gauge>,
    due: Family<OfScenario, Gauge>,
    paced: Family<OfScenario, Gauge>,
    off: Family<OfScenario, Gauge>,
    lost: Family<OfScenario, Gauge>,
    no_room: Family<OfScenario, Gauge>,
    /// Figures of the store are taken by one at a time.
    scraping: Mutex<()>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("redress");
        let decisions = Family::default();
        let help = "What was decided, of reports and of tries that failed";
        registry.register("decisions", help, decisions.clone());
        let stored = Family::default();
        registry.register("stored", "Executions that were stored", stored.clone());
        let tries = Family::default();
        let help = "Tries that ended, by what their execution was then";
        registry.register("tries", help, tries.clone());
        let lateness = Histogram::new(LATENESS);
        let help = "How long after it was due a try began, or after its pace let it";
        registry.register_with_unit("lateness", help, Unit::Seconds, lateness.clone());
        let requests = Family::default();
        registry.register("http_requests", "Requests that were answered", requests.clone());
        let took = OfRoutes::new_with_constructor(|| Histogram::new(DURATIONS));
        let help = "How long requests took";
        registry.register_with_unit("http_request_duration", help, Unit::Seconds, took.clone());
        let refused = Family::default();
        let help = "1: the policy's file has changed and does not load, the last good one decides";
        registry.register("policy_refused", help, refused.clone());
        let swapped = Counter::default();
        registry.register("policies_swapped", "Policies that were swapped", swapped.clone());
        let troubles = Counter::default();
        let help =
            "What went wrong beside the tries: the store could not be asked, an end was not taken";
        registry.register("troubles", help, troubles.clone());
        let connections = Gauge::default();
        registry.register("http_connections", "Connections that are open", connections.clone());
        let executions = Family::default();
        let help = "Executions that are kept and not resolved";
        registry.register("executions", help, executions.clone());
        let due = Family::default();
        let help = "Executions that are due and could begin, if nothing else were in their way";
        registry.register("due", help, due.clone());
        let paced = Family::default();
        let help = "Executions that are due and wait at a pace for those before them";
        registry.register("paced", help, paced.clone());
        let off = Family::default();
        registry.register("switched_off", "1: the scenario is switched off", off.clone());
        let lost = Family::default();
        let help = "Executions that are lost, ever, as there was no room and data may be lost";
        registry.register("lost", help, lost.clone());
        let no_room = Family::default();
        let help =
            "Reports that were refused, ever, as a limit was reached and nothing may be lost";
        registry.register("refused", help, no_room.clone());
        Metrics {
            registry,
            known: Mutex::default(),
            decisions,
            stored,
            tries,
            lateness,
            requests,
            took,
            refused,
            swapped,
            troubles,
            connections,
            executions,
            due,
            paced,
            off,
            lost,
            no_room,
            scraping: Mutex::default(),
        }
    }

    /// The name where it is among the first, `other` where it is not.
    fn scenario(&self, name: &str) -> String {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.binary_search_by(|it| it.as_str().cmp(name)) {
            Ok(_) => name.to_owned(),
            Err(place) if known.len() < SCENARIOS => {
                known.insert(place, name.to_owned());
                name.to_owned()
            }
            Err(_) => "other".to_owned(),
        }
    }

    pub(crate) fn decided(&self, scenario: &str, decision: &Decision) {
        let scenario = self.scenario(scenario);
        let rule = decision.rule.as_ref().unwrap_or(&decision.at).to_string();
        let decision = decision.display.to_string();
        self.decisions.get_or_create(&Decided { scenario, rule, decision }).inc();
    }

    pub(crate) fn stored(&self, scenario: &str) {
        self.stored.get_or_create(&OfScenario { scenario: self.scenario(scenario) }).inc();
    }

    pub(crate) fn tried(&self, scenario: &str, status: Status) {
        let labels = Tried { scenario: self.scenario(scenario), status: status.to_string() };
        self.tries.get_or_create(&labels).inc();
    }

    pub(crate) fn late(&self, by: Duration) {
        self.lateness.observe(by.as_secs_f64());
    }

    pub(crate) fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let (method, route) = (method.to_owned(), route.to_owned());
        self.took.get_or_create(&OfRoute { route: route.clone() }).observe(took.as_secs_f64());
        self.requests.get_or_create(&Answered { method, route, status }).inc();
    }

    /// These policies are refused, and no others.
    pub(crate) fn refused(&self, policies: impl Iterator<Item = String>) {
        self.refused.clear();
        for policy in policies {
            self.refused.get_or_create(&OfPolicy { policy }).set(1);
        }
    }

    pub(crate) fn swapped(&self) {
        self.swapped.inc();
    }

    pub(crate) fn trouble(&self) {
        self.troubles.inc();
    }

    /// One connection more, until what is answered is dropped.
    pub(crate) fn connected(self: &Arc<Self>) -> Connected {
        self.connections.inc();
        Connected(Arc::clone(self))
    }

    /// All figures as text, those of the store as they are now.
    pub(crate) fn text(&self, counts: &[Count], states: &[(String, ScenarioState)]) -> String {
        let _one = self.scraping.lock().unwrap_or_else(PoisonError::into_inner);
        self.executions.clear();
        self.due.clear();
        self.paced.clear();
        for Count { scenario, status, executions, due, paced } in counts {
            let scenario = self.scenario(scenario);
            let labels = Tried { scenario: scenario.clone(), status: status.to_string() };
            self.executions.get_or_create(&labels).inc_by(signed(*executions));
            let scenario = OfScenario { scenario };
            self.due.get_or_create(&scenario).inc_by(signed(*due));
            self.paced.get_or_create(&scenario).inc_by(signed(*paced));
        }
        self.off.clear();
        self.lost.clear();
        self.no_room.clear();
        for (name, state) in states {
            let labels = OfScenario { scenario: self.scenario(name) };
            self.off.get_or_create(&labels).inc_by(i64::from(state.off.is_some()));
            self.lost.get_or_create(&labels).inc_by(signed(state.lost.executions));
            self.no_room.get_or_create(&labels).inc_by(signed(state.refused.executions));
        }
        let mut written = String::new();
        // Writing to a text cannot fail.
        let _ = text::encode(&mut written, &self.registry);
        written
    }
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A connection while it is open.
pub(crate) struct Connected(Arc<Metrics>);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.connections.dec();
    }
}
