//! Export and import: executions travel from one store to another as lines of JSON.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{self, BufRead, Read};

use jiff::Timestamp;

use super::known::Known;
use super::manage::bounded;
use super::tend::update;
use super::{Executions, LARGEST_REFUSALS};
use crate::entry::{Entry, Happening};
use crate::execution::{Execution, Status};
use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::life::Command;
use crate::payload::Payload;
use crate::query::{Filter, Order, Query};
use crate::record::{LARGEST_LINE, NotImported, Record};
use crate::report::ReportError;
use crate::scenario::{ScenarioEntry, ScenarioHappening, ScenarioState};
use crate::schedule::whole;
use crate::settings::Scenario;
use crate::store::{Reading, StoreError, Transaction};

/// One transaction takes no more executions than this, so that others need not wait long …
const AT_ONCE: usize = 256;

/// … nor more bytes, so that not much is held in memory.
const BYTES_AT_ONCE: usize = 16 << 20;

/// Executions, one a line; see [`Executions::export`].
#[derive(Debug)]
pub struct Export<'e> {
    executions: &'e Executions,
    /// The next page; nothing behind the last.
    query: Option<Query>,
    ids: VecDeque<ExecutionId>,
}

impl Iterator for Export<'_> {
    type Item = Result<String, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(id) = self.ids.pop_front() else {
                match self.next_page()? {
                    Ok(()) => continue,
                    Err(error) => return Some(Err(error)),
                }
            };
            // What was deleted meanwhile is passed over.
            if let Some(line) = self.executions.line(id).transpose() {
                return Some(line);
            }
        }
    }
}

impl Export<'_> {
    fn next_page(&mut self) -> Option<Result<(), StoreError>> {
        let mut query = self.query.take()?;
        let page = match self.executions.list(&query) {
            Ok(page) => page,
            Err(error) => return Some(Err(error)),
        };
        self.ids = page.executions.iter().map(|summary| summary.id).collect();
        query.after = page.next;
        self.query = query.after.map(|_| query);
        Some(Ok(()))
    }
}

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
    /// The executions that a filter takes, each with its log and all editions of its payload, as a line of JSON; what
    /// was stored first comes first. Payloads are written as they are kept: what is encrypted stays so, what is plain is
    /// there to read.
    ///
    /// Each line is one state of its execution; what changes while lines are taken is in them or not. An execution that
    /// cannot be read is an error between the lines, and the others follow.
    pub fn export(&self, filter: &Filter) -> Export<'_> {
        let query = Query { filter: filter.clone(), order: Order::Oldest, ..Query::default() };
        Export { executions: self, query: Some(query), ids: VecDeque::new() }
    }

    fn line(&self, id: ExecutionId) -> Result<Option<String>, StoreError> {
        let unreadable = |why: &str| StoreError::Unreadable { id, why: why.to_owned() };
        let Some(record) = self.read(|reading| record(reading, id))? else { return Ok(None) };
        let line = record.write().map_err(|error| unreadable(&error.to_string()))?;
        if line.len() > LARGEST_LINE {
            return Err(unreadable("with all its editions it is too large to be exported"));
        }
        Ok(Some(line))
    }

    /// Takes executions that were [exported](Self::export), from lines of JSON. Each line is checked by itself: that its log
    /// tells a possible story, that everything is within its bounds, that neither its id nor its report is kept already, that
    /// its scenario has room and, where it is confidential, that it is encrypted with its key. What is refused is told with
    /// its line; what is kept already, as it is in the line or further on, is passed over, so that an import can be repeated.
    ///
    /// An execution keeps its id and its log. It is given the next number of its scenario, and what was in progress counts
    /// as interrupted: leases do not travel. Who imports what another store still keeps has both run it.
    ///
    /// `takes` says of which scenarios executions are taken; `dry` only says what would be done.
    ///
    /// It is done in portions, each durable by itself.
    ///
    /// # Errors
    /// Where lines cannot be read, the name is too long, or the store cannot do it.
    pub fn import(
        &self,
        mut lines: impl BufRead,
        by: &str,
        takes: impl Fn(&str) -> bool,
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
        takes: &dyn Fn(&str) -> bool,
    ) -> Result<Incoming, NotImported> {
        let (record, execution) = Record::read(text)?;
        if !takes(&execution.scenario) {
            return Err(NotImported::Scenario(execution.scenario));
        }
        let scenario = self.scenario_settings(&execution.scenario);
        if scenario.settings.confidential {
            record.payloads.iter().try_for_each(|payload| hidden(&record, payload, &scenario))?;
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

/// An execution with all that is kept of it.
fn record(reading: &mut dyn Reading, id: ExecutionId) -> Result<Option<Record>, StoreError> {
    let log = reading.log(id)?;
    if log.is_empty() {
        return Ok(None);
    }
    let mut payloads = Vec::new();
    while let Some(payload) = reading.payload(id, payloads.len() as u32 + 1)? {
        payloads.push(payload);
    }
    Ok(Some(Record { id, log, payloads }))
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

/// Whether nobody can read a payload who has no key.
fn hidden(record: &Record, payload: &Payload, scenario: &Scenario) -> Result<(), NotImported> {
    match (payload, &scenario.seal) {
        (Payload::Plain(_), _) => Err(NotImported::Plain),
        (Payload::Sealed(_), Some(seal)) => {
            seal.open(record.id, payload.clone()).map(drop).map_err(NotImported::Seal)
        }
        (Payload::Sealed(_), None) | (Payload::Reference(_), _) => Ok(()),
    }
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

/// Takes what may be taken of some lines. Answers what was done with each.
fn take_all(
    transaction: &mut dyn Transaction,
    some: Vec<Incoming>,
    by: &str,
    now: Timestamp,
) -> Result<Vec<(u64, Verdict)>, StoreError> {
    let (mut verdicts, mut taken) = (Vec::new(), BTreeMap::<String, u64>::new());
    for mut incoming in some {
        let scenario = incoming.execution.scenario.clone();
        let mut known = Known::of(transaction, &scenario)?;
        let verdict = verdict(transaction, &incoming, &known.state)?;
        if matches!(verdict, Verdict::Take) {
            known.state.sequence += 1;
            if !planted(Fault::ImportsNumber)
                && let Some(stored) = incoming.record.stored_mut()
            {
                stored.sequence = known.state.sequence;
            }
            if incoming.execution.status() != Status::Resolved {
                known.state.came(incoming.execution.size);
            }
            tell_again(transaction, &incoming.record, now)?;
            known.put(transaction, &scenario)?;
            *taken.entry(scenario).or_default() += 1;
        }
        verdicts.push((incoming.line, verdict));
    }
    for (scenario, executions) in taken {
        let mut known = Known::of(transaction, &scenario)?;
        let what = ScenarioHappening::Imported { executions, by: by.to_owned() };
        known.say(Some(ScenarioEntry { at: now, what }));
        known.put(transaction, &scenario)?;
    }
    Ok(verdicts)
}

/// Keeps an execution by telling its story again, entry by entry. It was checked before that this can be done, so that
/// whatever goes wrong ends the whole transaction.
fn tell_again(
    transaction: &mut dyn Transaction,
    record: &Record,
    now: Timestamp,
) -> Result<(), StoreError> {
    let broken = |why: String| StoreError::Damaged(format!("{} is not imported: {why}", record.id));
    let (Some((first, rest)), Some(original)) = (record.log.split_first(), record.payloads.first())
    else {
        return Err(broken("it has no beginning".to_owned()));
    };
    let begun = Execution::from_log(record.id, std::slice::from_ref(first));
    let mut execution = begun.map_err(|error| broken(error.to_string()))?;
    if !transaction.insert(&execution, first, original)? {
        return Err(broken("its id is taken".to_owned()));
    }
    for entry in rest {
        execution.apply(entry).map_err(|error| broken(error.to_string()))?;
        update(transaction, &execution, entry, None)?;
        put_edition(transaction, record, entry)?;
    }
    if execution.status() == Status::InProgress && !planted(Fault::ImportsRunning) {
        let interrupted = execution.after(Command::Interrupt, now);
        let (after, entry) = interrupted.map_err(|refusal| broken(refusal.to_string()))?;
        update(transaction, &after, &entry, None)?;
    }
    Ok(())
}

fn put_edition(
    transaction: &mut dyn Transaction,
    record: &Record,
    entry: &Entry,
) -> Result<(), StoreError> {
    let Happening::Asked { edited: Some(edition), .. } = &entry.what else { return Ok(()) };
    let payload = record.payloads.get(edition.number as usize - 1);
    match payload.filter(|_| !planted(Fault::ImportsOriginal)) {
        Some(payload) => transaction.put_payload(record.id, edition.number, payload),
        None => Ok(()),
    }
}

/// An import that is only tried: what it would have taken so far.
#[derive(Default)]
struct Trial {
    ids: BTreeSet<ExecutionId>,
    once: BTreeMap<(String, String), ExecutionId>,
    states: BTreeMap<String, ScenarioState>,
}

impl Trial {
    fn verdict(
        &mut self,
        reading: &mut dyn Reading,
        incoming: &Incoming,
    ) -> Result<Verdict, StoreError> {
        let Incoming { record, execution, .. } = incoming;
        if self.ids.contains(&record.id) {
            return Ok(Verdict::Known);
        }
        let once = execution.once.clone().map(|once| (execution.scenario.clone(), once));
        if let Some(other) = once.as_ref().and_then(|once| self.once.get(once)) {
            return Ok(Verdict::Refuse(NotImported::Once(*other)));
        }
        let state = match self.states.remove(&execution.scenario) {
            Some(state) => state,
            None => reading.scenario(&execution.scenario)?,
        };
        let state = self.states.entry(execution.scenario.clone()).or_insert(state);
        let verdict = verdict(reading, incoming, state)?;
        if matches!(verdict, Verdict::Take) {
            self.ids.insert(record.id);
            self.once.extend(once.map(|once| (once, record.id)));
            if execution.status() != Status::Resolved {
                state.came(execution.size);
            }
        }
        Ok(verdict)
    }
}
