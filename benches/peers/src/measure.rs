//! Measures contenders side by side: the same events, in turns, by the CPU time of this thread.

use cpu_time::ThreadTime;

use crate::contender::{Contender, Start};
use crate::contestants::is_peer;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// The turns that each contender has; the median of them counts.
    pub rounds: usize,
    /// What decides all events in so many nanoseconds does so in every turn: who meets fewer different ones finds more
    /// of them in the caches, so all of whom a target speaks have to meet equally many.
    pub whole: f64,
    /// About as many nanoseconds a turn of what is slower may take: it decides fewer events.
    pub turn: f64,
    /// About as many nanoseconds may go into deciding all events once, to compare the decisions.
    pub check: f64,
}

impl Effort {
    /// For figures to keep.
    pub const FULL: Effort = Effort { rounds: 21, whole: 1e8, turn: 6e6, check: 1e9 };
    /// For a look.
    pub const QUICK: Effort = Effort { rounds: 5, whole: 2e7, turn: 2e6, check: 1e8 };
}

/// What is too slow for its turns has this many at least.
const FEWEST_ROUNDS: usize = 3;
/// Fewer events than this say nothing.
const FEWEST_EVENTS: usize = 30;
/// Nanoseconds that a look at the clock is nothing beside.
const LONG_ENOUGH: f64 = 1e6;

/// A contender with its name.
pub struct Entry<E> {
    /// As it is called in tables.
    pub name: &'static str,
    /// What it begins with.
    pub start: Start,
    /// What is measured.
    pub contender: Box<dyn Contender<E>>,
}

impl<E> Entry<E> {
    /// An entry of this name.
    pub fn new(name: &'static str, start: Start, contender: impl Contender<E> + 'static) -> Self {
        Entry { name, start, contender: Box::new(contender) }
    }
}

/// The events of one measurement and what has to be decided of them.
pub struct Events<E: 'static> {
    /// Decided again and again.
    pub replayed: Sample<E>,
    /// Each decided once by each contender, one sample a round; there is at least one.
    pub unseen: Vec<Sample<E>>,
}

/// Events and the positions of the rules that decide them.
pub struct Sample<E: 'static> {
    events: &'static [E],
    rules: Vec<usize>,
}

impl<E> Sample<E> {
    /// So many of these events, and what `rule` says of each.
    pub fn new(events: impl Iterator<Item = E>, count: usize, rule: impl Fn(&E) -> usize) -> Self {
        let events: &'static [E] = Box::leak(events.take(count).collect());
        Sample { events, rules: events.iter().map(rule).collect() }
    }

    /// The events.
    pub fn events(&self) -> &'static [E] {
        self.events
    }

    /// The positions of the rules that decide them.
    pub fn rules(&self) -> &[usize] {
        &self.rules
    }
}

/// What one contender came to.
#[derive(Clone, Debug)]
pub struct Measured {
    /// As it is called in tables.
    pub name: &'static str,
    /// What it began with.
    pub start: Start,
    /// Nanoseconds a decision, on events that come again and again.
    pub replayed: f64,
    /// The same on events that never came before.
    pub unseen: f64,
    /// Allocations a decision.
    pub allocations: f64,
    /// The events whose decisions were compared before anything was timed.
    pub checked: usize,
    /// The events of each turn.
    pub events: usize,
}

/// A decision that is not the one it should be.
#[derive(Debug, thiserror::Error)]
#[error("{name} from {start}: event {event} is decided by {}, expected rule {expected}", rule(*.decided))]
pub struct Unequal {
    name: &'static str,
    start: &'static str,
    event: usize,
    decided: usize,
    expected: usize,
}

/// What decided, where that could be said.
fn rule(decided: usize) -> String {
    if decided == usize::MAX { "no rule".into() } else { format!("rule {decided}") }
}

impl Unequal {
    fn is_of<E>(&self, entry: &Entry<E>) -> bool {
        self.name == entry.name && self.start == entry.start.name()
    }

    /// Who decided so.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

/// Compares the decisions of all contenders, then times them. Another engine that decides something otherwise is left
/// out and told; where it is Redress, or the code written by hand, nothing is measured at all.
pub fn measure<E: 'static>(
    entries: Vec<Entry<E>>,
    events: &Events<E>,
    effort: Effort,
) -> Result<(Vec<Measured>, Vec<Unequal>), Unequal> {
    let mut unequal = Vec::new();
    let mut runs: Vec<Run<E>> = Vec::new();
    for entry in entries {
        match Run::begin(entry, &events.replayed, effort) {
            Ok(run) => runs.push(run),
            Err(problem) if is_peer(problem.name) => unequal.push(problem),
            Err(problem) => return Err(problem),
        }
    }
    in_turns(&mut runs, &mut unequal, effort.rounds, |run, round| {
        if round < run.rounds { run.replay(&events.replayed) } else { Ok(()) }
    })?;
    in_turns(&mut runs, &mut unequal, events.unseen.len(), |run, round| {
        if round < run.rounds { run.meet(&events.unseen[round], &events.replayed) } else { Ok(()) }
    })?;
    Ok((runs.into_iter().map(Run::end).collect(), unequal))
}

/// Gives each contender its turn in each round; another one begins each time.
fn in_turns<E>(
    runs: &mut Vec<Run<E>>,
    unequal: &mut Vec<Unequal>,
    rounds: usize,
    mut turn: impl FnMut(&mut Run<E>, usize) -> Result<(), Unequal>,
) -> Result<(), Unequal> {
    for round in 0..rounds {
        for at in 0..runs.len() {
            let next = (round + at) % runs.len();
            match turn(&mut runs[next], round) {
                Err(problem) if is_peer(problem.name) => unequal.push(problem),
                other => other?,
            }
        }
        runs.retain(|run| !unequal.iter().any(|problem| problem.is_of(&run.entry)));
    }
    Ok(())
}

/// A contender that is being measured.
struct Run<E> {
    entry: Entry<E>,
    events: usize,
    rounds: usize,
    checked: usize,
    allocations: f64,
    replayed: Vec<f64>,
    unseen: Vec<f64>,
    decided: Vec<usize>,
}

impl<E: 'static> Run<E> {
    /// Finds out how fast it is, compares its decisions, and counts its allocations.
    fn begin(mut entry: Entry<E>, sample: &Sample<E>, effort: Effort) -> Result<Self, Unequal> {
        let mut decided = Vec::with_capacity(sample.events.len());
        let pace = pace(&mut entry, sample.events, &mut decided);
        let all = sample.events.len();
        let affordable = |budget: f64| {
            let events = (budget / pace.max(1.0)) as usize;
            events.clamp(FEWEST_EVENTS.min(all), all)
        };
        let events = if pace * all as f64 <= effort.whole { all } else { affordable(effort.turn) };
        // What takes longer than its turn, though it decides the fewest events, has fewer turns.
        let overrun = (pace * events as f64 / effort.turn).max(1.0);
        let rounds = (2.0 * effort.rounds as f64 / overrun) as usize;
        let mut run = Run {
            entry,
            events,
            rounds: rounds.max(FEWEST_ROUNDS).min(effort.rounds),
            checked: affordable(effort.check),
            allocations: 0.0,
            replayed: Vec::new(),
            unseen: Vec::new(),
            decided,
        };
        run.check(sample)?;
        Ok(run)
    }

    fn check(&mut self, sample: &Sample<E>) -> Result<(), Unequal> {
        let events = &sample.events[..self.checked];
        self.entry.contender.prepare(events);
        time(&mut self.entry, events, &mut self.decided);
        self.compare(sample)?;
        let (entry, decided) = (&mut self.entry, &mut self.decided);
        let counted = allocation_counter::measure(|| {
            decided.clear();
            entry.contender.decide(events, decided);
        });
        self.allocations = counted.count_total as f64 / events.len() as f64;
        self.entry.contender.prepare(&sample.events[..self.events]);
        Ok(())
    }

    /// One turn with the events that it knows.
    fn replay(&mut self, sample: &Sample<E>) -> Result<(), Unequal> {
        let events = &sample.events[..self.events];
        self.warm_up(events);
        self.replayed.push(time(&mut self.entry, events, &mut self.decided));
        self.compare(sample)
    }

    /// One turn with events that it never met.
    fn meet(&mut self, sample: &Sample<E>, known: &Sample<E>) -> Result<(), Unequal> {
        let known = &known.events[..self.events];
        self.entry.contender.prepare(known);
        self.warm_up(known);
        let events = &sample.events[..self.events.min(sample.events.len())];
        self.entry.contender.prepare(events);
        self.unseen.push(time(&mut self.entry, events, &mut self.decided));
        self.compare(sample)
    }

    /// Decides without the clock: whoever had the turn before has filled the caches with its own, and how many take
    /// part differs from policy to policy.
    fn warm_up(&mut self, events: &'static [E]) {
        self.decided.clear();
        self.entry.contender.decide(events, &mut self.decided);
    }

    /// Compares what was just decided with what has to be.
    fn compare(&mut self, sample: &Sample<E>) -> Result<(), Unequal> {
        for (at, &noted) in self.decided.iter().enumerate() {
            let decided = self.entry.contender.rule(&sample.events[at], noted);
            let expected = sample.rules[at];
            if decided != expected {
                let Entry { name, start, .. } = self.entry;
                return Err(Unequal { name, start: start.name(), event: at, decided, expected });
            }
        }
        Ok(())
    }

    fn end(self) -> Measured {
        Measured {
            name: self.entry.name,
            start: self.entry.start,
            replayed: median(self.replayed).unwrap_or(f64::NAN),
            unseen: median(self.unseen).unwrap_or(f64::NAN),
            allocations: self.allocations,
            checked: self.checked,
            events: self.events,
        }
    }
}

/// Nanoseconds a decision, of so many events that the clock can tell.
fn pace<E>(entry: &mut Entry<E>, events: &'static [E], decided: &mut Vec<usize>) -> f64 {
    let mut count = FEWEST_EVENTS.min(events.len());
    loop {
        let batch = &events[..count];
        entry.contender.prepare(batch);
        let pace = time(entry, batch, decided);
        if count == events.len() || pace * count as f64 >= LONG_ENOUGH {
            return pace;
        }
        count = (count * 4).min(events.len());
    }
}

/// Nanoseconds a decision.
fn time<E>(entry: &mut Entry<E>, events: &'static [E], decided: &mut Vec<usize>) -> f64 {
    decided.clear();
    let start = ThreadTime::now();
    entry.contender.decide(events, decided);
    start.elapsed().as_nanos() as f64 / events.len() as f64
}

/// The one in the middle.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
