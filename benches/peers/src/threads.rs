//! One thread and two on one shared policy, beside two that have a policy each and two that only compute.
//!
//! What threads wait for shows on the clock on the wall alone, and so does everything else that the machine does. So
//! what shares is measured beside what does not, in turns.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use cpu_time::ThreadTime;
use redress::{Binding, Facts, Policy};
use redress_benches::{documented, first_family};

use crate::documented::EVENTS;
use crate::entries::Refused;
use crate::figures::{Family, Findings, Threads};
use crate::measure::{Effort, median};

/// About as many nanoseconds one thread decides in a turn: beside less, what it takes to begin at once shows.
const TURN: f64 = 2.5e7;
/// The rules of the growing policy.
const RULES: usize = 10_000;
/// Steps of arithmetic that take about as long as a decision.
const STEPS: usize = 16;

/// What never waits for anybody, and yet takes so many times its time on the processor by the clock on the wall, was
/// kept from its processor by others. Threads that do not run at once never wait for one another, so nothing can be
/// said of them at such a time.
pub const UNDISTURBED: f64 = 1.1;
/// Fewer undisturbed turns say nothing.
pub const FEWEST_TURNS: usize = 5;
/// So many times the turns are tried on a machine that is busy.
const TRIES: usize = 8;

/// The policies that threads share.
pub const POLICIES: [(Family, usize); 2] = [(Family::Documented, 4), (Family::First, RULES)];

/// Measures them.
pub fn run(effort: Effort, findings: &mut Findings) -> Result<(), Refused> {
    let [of_documented, of_first] = POLICIES;
    let failures: Vec<_> = documented().failures(1).take(EVENTS).collect();
    let threads = compare(of_documented, "extends default\n", &failures, effort)?;
    findings.threads.push(threads);
    let family = first_family(RULES);
    let calls: Vec<_> = family.calls(1).take(EVENTS).collect();
    findings.threads.push(compare(of_first, &family.rules.to_string(), &calls, effort)?);
    Ok(())
}

/// Something that a thread does so many times.
type Work<'a> = &'a (dyn Fn(usize) + Sync);

fn compare<E: Facts + Sync>(
    (family, rules): (Family, usize),
    text: &str,
    events: &[E],
    effort: Effort,
) -> Result<Threads, Refused> {
    let bind = || -> Result<Binding<E>, Refused> { Ok(Policy::parse(text)?.bind()?) };
    let (one, other) = (bind()?, bind()?);
    let decide = |binding: &Binding<E>, times| {
        for event in (0..times).flat_map(|_| events) {
            black_box(binding.decide(event));
        }
    };
    let (by_one, by_other) = (|times| decide(&one, times), |times| decide(&other, times));
    let compute = |times| compute(times * events.len() * STEPS);
    let passes = (TURN / at_once(1, &[&by_one])?.cpu).ceil().max(1.0) as usize;
    let measure = |work: &[Work<'_>]| at_once(passes, work);

    let mut turns: Vec<Turn> = Vec::new();
    for round in 0..TRIES * effort.rounds {
        if turns.iter().filter(|turn| turn.is_undisturbed()).count()
            >= effort.rounds.max(FEWEST_TURNS)
        {
            break;
        }
        let (alone, computing) = (measure(&[&by_one])?, measure(&[&compute])?);
        let before = measure(&[&compute, &compute])?;
        // What comes second finds the caches as the other left them: they take turns.
        let (shared, private) = if round.is_multiple_of(2) {
            let shared = measure(&[&by_one, &by_one])?;
            (shared, measure(&[&by_one, &by_other])?)
        } else {
            let private = measure(&[&by_one, &by_other])?;
            (measure(&[&by_one, &by_one])?, private)
        };
        let after = measure(&[&compute, &compute])?;
        turns.push(Turn { alone, computing, before, shared, private, after });
    }
    let decisions = (passes * events.len()) as f64;
    let middle = |turns: &[Turn], of: fn(&Turn) -> f64| {
        median(turns.iter().map(of).collect()).unwrap_or(f64::NAN)
    };
    let (alone, together) =
        (middle(&turns, |turn| turn.alone.cpu), middle(&turns, |turn| turn.shared.cpu));
    turns.retain(Turn::is_undisturbed);
    Ok(Threads {
        family,
        rules,
        alone: alone / decisions,
        together: together / decisions,
        turns: turns.len(),
        shared: middle(&turns, Turn::shared),
        private: middle(&turns, Turn::private),
        arithmetic: middle(&turns, Turn::arithmetic),
        of_the_best: middle(&turns, |turn| turn.shared() / turn.private().max(turn.arithmetic())),
    })
}

/// What was measured in a round, in this order but for the two in the middle.
struct Turn {
    /// One thread that decides, and one that computes.
    alone: Taken,
    computing: Taken,
    /// Two that compute.
    before: Taken,
    shared: Taken,
    private: Taken,
    /// Two that compute.
    after: Taken,
}

/// How many times as much as one thread two threads do.
impl Turn {
    fn shared(&self) -> f64 {
        2.0 * self.alone.wall / self.shared.wall
    }

    fn private(&self) -> f64 {
        2.0 * self.alone.wall / self.private.wall
    }

    fn arithmetic(&self) -> f64 {
        4.0 * self.computing.wall / (self.before.wall + self.after.wall)
    }

    /// Whether all that waits for nobody had its processors, before what is shared and behind it.
    fn is_undisturbed(&self) -> bool {
        let controls = [self.alone, self.computing, self.before, self.private, self.after];
        controls.iter().all(|taken| taken.wall <= UNDISTURBED * taken.cpu)
    }
}

/// What it took, in nanoseconds.
#[derive(Clone, Copy)]
struct Taken {
    /// CPU time of a thread, the mean of all.
    cpu: f64,
    /// From when the first one begins to when the last one ends.
    wall: f64,
}

fn compute(steps: usize) {
    let mut number = black_box(1_u64);
    for _ in 0..steps {
        // Each step waits for the one before it.
        number = number.wrapping_mul(6_364_136_223_846_793_005).rotate_left(17);
    }
    black_box(number);
}

/// A thread for each, all at once, when each has done its work once before.
fn at_once(passes: usize, work: &[Work<'_>]) -> Result<Taken, Refused> {
    let barrier = &Barrier::new(work.len());
    let run = |work: Work<'_>| {
        work(1);
        barrier.wait();
        let (start, cpu) = (Instant::now(), ThreadTime::now());
        work(passes);
        (cpu.elapsed().as_nanos() as f64, start, Instant::now())
    };
    let done: Vec<(f64, Instant, Instant)> = thread::scope(|scope| {
        let started: Vec<_> = work.iter().map(|&work| scope.spawn(move || run(work))).collect();
        started.into_iter().map(thread::ScopedJoinHandle::join).collect::<Result<_, _>>()
    })
    .map_err(|_| "a thread did not come to its end")?;
    let first = done.iter().map(|(_, start, _)| *start).min().ok_or("no thread was started")?;
    let last = done.iter().map(|(_, _, end)| *end).max().ok_or("no thread was started")?;
    let cpu = done.iter().map(|(cpu, ..)| cpu).sum::<f64>() / done.len() as f64;
    Ok(Taken { cpu, wall: last.duration_since(first).as_nanos() as f64 })
}
