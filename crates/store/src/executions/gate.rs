//! The gate of a scenario: whether a run of it may begin, and that it has begun.

use jiff::Timestamp;

use super::Executions;
use crate::scenario::Off;
use crate::store::{Reading, StoreError};

/// Whether a new run of a scenario may begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// It may.
    Open,
    /// The scenario is switched off.
    Off(Off),
    /// It is sequential, and so many executions have to be resolved before.
    Waiting(u64),
}

/// Whether a run has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It has: until this time, unless it is [heard of](Executions::hold_on) before, no retry of its scenario begins beside it.
    Until(Timestamp),
    /// It has not: the scenario is switched off.
    Off(Off),
    /// It has not: the scenario is sequential, and so many executions have to be resolved before.
    Waiting(u64),
}

impl Executions {
    /// Whether a new run of the scenario, for this key where it has one, may begin. Whoever begins one asks by
    /// [`begin_run`](Self::begin_run), which lets nothing come in between.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn gate(&self, scenario: &str, key: Option<&str>) -> Result<Gate, StoreError> {
        // What could not be written down yet counts as well.
        if let Some(off) = self.scenario(scenario)?.off {
            return Ok(Gate::Off(off));
        }
        let sequential = self.scenario_settings(scenario).settings.sequential;
        self.read(|reading| gate(reading, scenario, key, sequential))
    }

    /// Begins a run of the scenario, for this key where it has one, if it may: it [holds](Self::hold) the scenario from the
    /// moment in which the gate was open.
    ///
    /// # Errors
    /// Where the store cannot do it.
    pub fn begin_run(
        &self,
        scenario: &str,
        key: Option<&str>,
        holder: &str,
        now: Timestamp,
    ) -> Result<Begun, StoreError> {
        let until = self.held_until(scenario, now);
        // Whoever waits for the gate asks often, and need not wait for the disk.
        let shut = self.gate(scenario, key)?;
        if shut != Gate::Open {
            return Ok(shut.lets(until));
        }
        let sequential = self.scenario_settings(scenario).settings.sequential;
        let (scenario, holder) = (scenario.to_owned(), holder.to_owned());
        let key = key.map(str::to_owned);
        self.write_small(move |transaction| {
            let gate = gate(transaction, &scenario, key.as_deref(), sequential)?;
            if gate == Gate::Open {
                transaction.hold(&scenario, &holder, until)?;
            }
            Ok(gate.lets(until))
        })
    }
}

impl Gate {
    /// What it makes of a run that wants to begin, and would hold its scenario until then.
    fn lets(self, until: Timestamp) -> Begun {
        match self {
            Gate::Open => Begun::Until(until),
            Gate::Off(off) => Begun::Off(off),
            Gate::Waiting(left) => Begun::Waiting(left),
        }
    }
}

fn gate(
    reading: &mut (impl Reading + ?Sized),
    scenario: &str,
    key: Option<&str>,
    sequential: bool,
) -> Result<Gate, StoreError> {
    if let Some(off) = reading.scenario(scenario)?.off {
        return Ok(Gate::Off(off));
    }
    let left = if sequential { reading.incomplete(scenario, key)? } else { 0 };
    Ok(if left == 0 { Gate::Open } else { Gate::Waiting(left) })
}
