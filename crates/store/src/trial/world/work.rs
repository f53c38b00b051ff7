//! What workers do.

use std::time::Duration;

use super::{KEY, SCENARIOS, World};
use crate::entry::{Entry, Happening};
use crate::execution::Execution;
use crate::executions::{Claim, Outcome};
use crate::id::ExecutionId;
use crate::payload::Payload;
use crate::query::{Filter, Order, Query};
use crate::report::Report;
use crate::settings::Settings;
use crate::state::{Resolution, State, Status};
use crate::store::StoreError;
use crate::trial::history::Seen;

impl World {
    pub(super) fn claim(&mut self) -> Result<(), StoreError> {
        let limit = 1 + self.chance.usize(..5);
        let worker = format!("worker {}", self.chance.u8(..3));
        // Now and then a worker has another key.
        let is_another = self.chance.u8(..8) == 0;
        if is_another {
            self.take_key([8; 32]);
        }
        self.lose_holds();
        let claims = self.executions.claim(&worker, limit, self.at());
        let opened = claims.iter().flatten().map(|claim| self.executions.open(claim).ok());
        let opened: Vec<Option<Payload>> = opened.collect();
        if is_another {
            self.take_key(KEY);
        }
        let claims = claims?;
        for (claim, opened) in claims.iter().zip(opened) {
            let execution = &claim.execution;
            // Whatever run held the scenario is given up: none may go on beside a retry.
            self.free.extend(
                SCENARIOS
                    .into_iter()
                    .filter(|name| *name == execution.scenario && !self.holds.contains_key(*name)),
            );
            self.history.see(match opened {
                Some(payload) => Seen::Began {
                    id: execution.id,
                    attempt: claim.attempt(),
                    version: execution.version,
                    edition: execution.edition,
                    payload: payload.bytes().to_vec(),
                },
                None => Seen::BeganUnopened { id: execution.id },
            });
            if self.holds.get(&execution.scenario).is_some_and(|until| *until > self.now) {
                self.history.see(Seen::BeganHeld { id: execution.id });
            }
            if self.is_too_soon(claim) {
                self.history.see(Seen::BeganTooSoon { id: execution.id });
            }
            if execution.scenario == "ordered" && self.is_out_of_order(claim) {
                self.history.see(Seen::BeganOutOfOrder { id: execution.id });
            }
        }
        self.claims.extend(claims);
        for name in SCENARIOS {
            let running = self.all(name, Some(Status::InProgress)).len() as u32;
            let places = Settings::default().parallel_retries;
            if running > places {
                self.history.see(Seen::Running { scenario: name.to_owned(), running, places });
            }
        }
        Ok(())
    }

    fn all(&self, scenario: &str, status: Option<Status>) -> Vec<ExecutionId> {
        let filter = Filter { scenario: Some(scenario.to_owned()), status, ..Filter::default() };
        let query = Query { filter, order: Order::Oldest, limit: 1000, ..Query::default() };
        self.executions.list(&query).unwrap().executions.iter().map(|summary| summary.id).collect()
    }

    fn is_out_of_order(&self, claim: &Claim) -> bool {
        let before = |id: &ExecutionId| {
            let other = self.executions.get(*id).unwrap().unwrap();
            other.sequence < claim.execution.sequence
                && other.key == claim.execution.key
                && other.status() != Status::Resolved
        };
        self.all("ordered", None).iter().any(before)
    }

    /// Whether it waited at a pace, and began before its time; the next waits for it.
    fn is_too_soon(&mut self, claim: &Claim) -> bool {
        let asked = |entry: &Entry| match entry.what {
            Happening::Asked { gap, .. } => Some(gap),
            Happening::Failed { .. } => Some(None),
            _ => None,
        };
        let log = self.executions.log(claim.execution.id).unwrap();
        let Some(gap) = log.iter().rev().find_map(asked).flatten() else { return false };
        let before = self.paced.insert(claim.execution.scenario.clone(), (self.now, gap));
        before.is_some_and(|(began, gap)| self.now - began < i64::try_from(gap).unwrap())
    }

    fn a_claim(&mut self) -> Option<usize> {
        (!self.claims.is_empty()).then(|| self.chance.usize(..self.claims.len()))
    }

    pub(super) fn end(&mut self) -> Result<(), StoreError> {
        let Some(at) = self.a_claim() else { return Ok(()) };
        let claim = self.claims[at].clone();
        // Now and then a worker does not hear the answer and says it once more.
        if self.chance.u8(..5) != 0 {
            self.claims.swap_remove(at);
        }
        let later = (self.chance.u8(..8) == 0).then(|| self.failed_later(&claim.execution));
        let outcome = match &later {
            Some((report, _)) => Outcome::FailedElsewhere(Box::new(report.clone())),
            None if self.chance.bool() => Outcome::Succeeded,
            None => Outcome::Failed(self.event(&claim.execution.scenario)),
        };
        let ended = self.executions.end(&claim, outcome, Duration::from_millis(5), self.at());
        let after = match ended {
            Ok(after) => after,
            Err(crate::EndError::Store(error)) => return Err(error),
            Err(_) => return Ok(()),
        };
        let (id, version) = (claim.execution.id, claim.execution.version);
        self.history.see(Seen::Ended { id, version });
        let is_resolved = after.status() == Status::Resolved;
        self.history.seen.extend(is_resolved.then_some(Seen::Resolved { id }));
        if let Some((report, again)) = later {
            self.went_on(&after, &report, again);
        }
        Ok(())
    }

    /// What failed in a later module, and whether it was reported before: now and then it has the key of another
    /// execution of the scenario, or that of the one that is tried, or is said to be of another scenario.
    fn failed_later(&mut self, tried: &Execution) -> (Report, bool) {
        let of_it = |report: &&Report| report.scenario == tried.scenario;
        let before: Vec<Report> = self.reports.iter().filter(of_it).cloned().collect();
        let own = before.iter().find(|report| report.once == tried.once).cloned();
        match (self.chance.u8(..8), own) {
            (0, Some(own)) => (own, true),
            (0..2, _) if !before.is_empty() => {
                (before[self.chance.usize(..before.len())].clone(), true)
            }
            (2, _) => (self.new_report(), false),
            _ => (self.new_report_of(&tried.scenario), false),
        }
    }

    /// What became of what failed in a later module.
    fn went_on(&mut self, after: &Execution, report: &Report, again: bool) {
        let with = match after.state {
            State::Resolved { how: Resolution::Continued(with), .. } => Some(with),
            _ => None,
        };
        let left = with.map_or(Some(after.clone()), |with| self.executions.get(with).unwrap());
        let is_resolved = left.is_none_or(|left| left.status() == Status::Resolved);
        self.history.see(Seen::FailedLater { id: after.id, with, again, is_resolved });
        if let Some(with) = with {
            self.stored(report, with);
        }
    }

    pub(super) fn renew(&mut self) -> Result<(), StoreError> {
        let Some(at) = self.a_claim() else { return Ok(()) };
        let claim = self.claims[at].clone();
        self.executions.renew(&claim, self.at()).map(drop)
    }

    pub(super) fn die(&mut self) -> Result<(), StoreError> {
        if let Some(at) = self.a_claim() {
            self.claims.swap_remove(at);
        }
        self.now += self.chance.i64(0..15_000);
        Ok(())
    }
}
