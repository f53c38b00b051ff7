//! Import: executions of another store, each checked by itself.

mod take;
mod trial;

use std::io::{self, BufRead, Read};

use jiff::Timestamp;

use take::take_all;
use trial::Trial;

use super::manage::bounded;
use super::{Executions, LARGEST_REFUSALS};
use crate::execution::Execution;
use crate::payload::Payload;
use crate::record::{LARGEST_LINE, NotImported, Record};
use crate::report::ReportError;
use crate::scenario::ScenarioState;
use crate::schedule::whole;
use crate::settings::Scenario;
use crate::state::Status;
use crate::store::{Reading, StoreError};

/// One transaction takes no more executions than this, so that others need not wait long …
const AT_ONCE: usize = 256;

/// … nor more bytes, so that not much is held in memory.
const BYTES_AT_ONCE: usize = 16 << 20;

/// What became of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many executions were taken, or would be, where it is only tried.
    pub taken: u64,
    /// How many are kept already, as they are in the lines or further on; nothing was done with them.
    pub known: u64,
    /// How many lines were refused.
    pub refused: u64,
    /// The first lines that were refused, counted from 1, and why.
    pub refusals: Vec<(u64, NotImported)>,
}

/// Why an import ends. What was taken before stays; the same lines may be imported again.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The lines cannot be read.
    #[error("the executions to import cannot be read: {0}")]
    Read(#[from] io::Error),
    /// Who imports is too long a name.
    #[error(transparent)]
    Given(#[from] ReportError),
    /// The store cannot do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is to be done with a line.
enum Verdict {
    Take,
    Known,
    Refuse(NotImported),
}

impl Imported {
    fn add(&mut self, line: u64, verdict: Verdict) {
        match verdict {
            Verdict::Take => self.taken += 1,
            Verdict::Known => self.known += 1,
            Verdict::Refuse(why) => {
                self.refused += 1;
                if self.refusals.len() < LARGEST_REFUSALS {
                    self.refusals.push((line, why));
                }
            }
        }
    }
}

/// A line that was read: an execution, and how its scenario is kept here.
struct Incoming {
    line: u64,
    record: Record,
    execution: Execution,
    scenario: std::sync::Arc<Scenario>,
}

impl Executions {
    /// Takes executions that were [exported](Self::export), from lines of JSON. Each line is checked by itself: that its log
    /// tells a possible story, that everything is within its bounds, that neither its id nor its report is kept already, that
    /// its scenario has room, that what is encrypted opens with the key of its scenario and that, where that is confidential,
    /// nothing is plain. What is refused is told with its line; what is kept already, as it is in the line or further on, is passed over, so that an import can be repeated.
    ///
    /// An execution keeps its id and its log. It is given the next number of its scenario, and what was in progress counts
    /// as interrupted: leases do not travel. Who imports what another store still keeps has both run it.
    ///
    /// `takes` says why an execution is not taken, such as for its scenario or for what is [recorded](Execution::recorded); `dry`
    /// only says what would be done.
    ///
    /// It is done in portions, each durable by itself.
    ///
    /// # Errors
    /// Where lines cannot be read, the name is too long, or the store cannot do it.
    pub fn import(
        &self,
        mut lines: impl BufRead,
        by: &str,
        takes: impl Fn(&Execution) -> Result<(), String>,
        dry: bool,
        now: Timestamp,
    ) -> Result<Imported, ImportError> {
        bounded(by, None)?;
        let now = whole(now);
        let (mut imported, mut trial) = (Imported::default(), Trial::default());
        let (mut some, mut bytes, mut number) = (Vec::new(), 0, 0);
        while let Some(line) = next_line(&mut lines)? {
            number += 1;
            if line.as_ref().is_ok_and(|line| line.trim_ascii().is_empty()) {
                continue;
            }
            match line.and_then(|line| {
                bytes += line.len();
                self.incoming(number, &line, &takes)
            }) {
                Ok(incoming) => some.push(incoming),
                Err(why) => imported.add(number, Verdict::Refuse(why)),
            }
            if some.len() == AT_ONCE || bytes > BYTES_AT_ONCE {
                self.take_in(std::mem::take(&mut some), by, (dry, &mut trial), now, &mut imported)?;
                bytes = 0;
            }
        }
        self.take_in(some, by, (dry, &mut trial), now, &mut imported)?;
        imported.refusals.sort_by_key(|(line, _)| *line);
        Ok(imported)
    }

    fn incoming(
        &self,
        line: u64,
        text: &[u8],
        takes: &dyn Fn(&Execution) -> Result<(), String>,
    ) -> Result<Incoming, NotImported> {
        let (record, execution) = Record::read(text)?;
        takes(&execution).map_err(NotImported::NotTaken)?;
        let scenario = self.scenario_settings(&execution.scenario);
        let mut payloads = record.payloads.iter();
        payloads.try_for_each(|payload| scenario.opens_payload(record.id, payload))?;
        record.log.iter().try_for_each(|entry| scenario.opens(record.id, entry))?;
        if scenario.settings.confidential {
            if record.payloads.iter().any(|payload| matches!(payload, Payload::Plain(_))) {
                return Err(NotImported::Plain);
            }
            record.log.iter().try_for_each(|entry| scenario.hides(entry))?;
        }
        Ok(Incoming { line, record, execution, scenario })
    }

    fn take_in(
        &self,
        some: Vec<Incoming>,
        by: &str,
        (dry, trial): (bool, &mut Trial),
        now: Timestamp,
        imported: &mut Imported,
    ) -> Result<(), StoreError> {
        if some.is_empty() {
            return Ok(());
        }
        let verdicts = if dry {
            self.read(|reading| {
                let of =
                    |incoming: &Incoming| Ok((incoming.line, trial.verdict(reading, incoming)?));
                some.iter().map(of).collect::<Result<Vec<_>, StoreError>>()
            })?
        } else {
            let by = by.to_owned();
            self.write(move |transaction| take_all(transaction, some, &by, now))?
        };
        verdicts.into_iter().for_each(|(line, verdict)| imported.add(line, verdict));
        Ok(())
    }
}

/// The next line without its end; nothing behind the last. What is too long is read over.
fn next_line(lines: &mut impl BufRead) -> io::Result<Option<Result<Vec<u8>, NotImported>>> {
    let mut line = Vec::new();
    let most = LARGEST_LINE as u64 + 1;
    if lines.by_ref().take(most).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if line.len() > LARGEST_LINE {
        lines.skip_until(b'\n')?;
        return Ok(Some(Err(NotImported::TooLong)));
    }
    Ok(Some(Ok(line)))
}

/// What is to be done with an execution, where its scenario is in this state.
fn verdict(
    reading: &mut (impl Reading + ?Sized),
    incoming: &Incoming,
    state: &ScenarioState,
) -> Result<Verdict, StoreError> {
    let Incoming { record, execution, scenario, .. } = incoming;
    let kept = match reading.log(record.id) {
        Ok(kept) => kept,
        // Whatever it is, the id is taken.
        Err(error) if error.is_of_one() => return Ok(Verdict::Refuse(NotImported::Taken)),
        Err(error) => return Err(error),
    };
    if !kept.is_empty() {
        let is_known = record.is_kept_as(&kept);
        return Ok(if is_known { Verdict::Known } else { Verdict::Refuse(NotImported::Taken) });
    }
    if let Some(once) = &execution.once
        && let Some(other) = reading.find_once(&execution.scenario, once)?
    {
        return Ok(Verdict::Refuse(NotImported::Once(other)));
    }
    if execution.status() != Status::Resolved
        && let Err(full) = state.room(execution.size, &scenario.settings)
    {
        return Ok(Verdict::Refuse(NotImported::Full(full)));
    }
    Ok(Verdict::Take)
}
