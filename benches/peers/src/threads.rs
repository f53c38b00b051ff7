//! One thread and two on one shared policy, beside two that have a policy each and two that only compute.
//!
//! What threads wait for shows on the clock on the wall alone, and so does everything else that the machine does. That
//! only ever adds to it: so of many short turns the quickest counts, of what shares and of what does not.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use cpu_time::ThreadTime;
use redress::{Binding, Facts, Policy};
use redress_benches::{documented, first_family, second_family};

use crate::documented::EVENTS;
use crate::entries::Refused;
use crate::figures::{Family, Findings, Threads};
use crate::measure::Effort;

/// About as many nanoseconds one thread decides in a turn: beside less, what it takes to begin at once shows; more are
/// seldom left alone.
const TURN: f64 = 6e6;
/// So many times as many turns as of what is measured by the processor's time.
const TURNS: usize = 16;
/// The rules of the growing policy.
const RULES: usize = 10_000;
/// Steps of arithmetic that take about as long as a decision.
const STEPS: usize = 16;

/// The policies that threads share; the last one has regular expressions, which keep room to work in for all threads.
pub const POLICIES: [(Family, usize); 3] =
    [(Family::Documented, 4), (Family::First, RULES), (Family::Second, RULES)];

/// Measures them.
pub fn run(effort: Effort, findings: &mut Findings) -> Result<(), Refused> {
    let [of_documented, of_first, of_second] = POLICIES;
    let failures: Vec<_> = documented().failures(1).take(EVENTS).collect();
    let threads = compare(of_documented, "extends default\n", &failures, effort)?;
    findings.threads.push(threads);
    let family = first_family(RULES);
    let calls: Vec<_> = family.calls(1).take(EVENTS).collect();
    findings.threads.push(compare(of_first, &family.rules.to_string(), &calls, effort)?);
    let family = second_family(RULES);
    let reports: Vec<_> = family.reports(1).take(EVENTS).collect();
    findings.threads.push(compare(of_second, &family.rules.to_string(), &reports, effort)?);
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

    let [mut alone, mut shared, mut private] = [Quickest::NONE; 3];
    let [mut computing, mut both_computing] = [Quickest::NONE; 2];
    let turns = TURNS * effort.rounds;
    for turn in 0..turns {
        alone.take(measure(&[&by_one])?);
        computing.take(measure(&[&compute])?);
        both_computing.take(measure(&[&compute, &compute])?);
        // What comes second finds the caches as the other left them: they take turns.
        if turn.is_multiple_of(2) {
            shared.take(measure(&[&by_one, &by_one])?);
            private.take(measure(&[&by_one, &by_other])?);
        } else {
            private.take(measure(&[&by_one, &by_other])?);
            shared.take(measure(&[&by_one, &by_one])?);
        }
    }
    let decisions = (passes * events.len()) as f64;
    // How many times as much as one thread two threads do.
    let over = |one: Quickest, two: Quickest| 2.0 * one.wall / two.wall;
    let (of_shared, of_private) = (over(alone, shared), over(alone, private));
    let arithmetic = over(computing, both_computing);
    Ok(Threads {
        family,
        rules,
        alone: alone.cpu / decisions,
        together: shared.cpu / decisions,
        turns,
        shared: of_shared,
        private: of_private,
        arithmetic,
        of_the_best: of_shared / of_private.max(arithmetic),
    })
}

/// The least that was taken in any turn, in nanoseconds.
#[derive(Clone, Copy)]
struct Quickest {
    cpu: f64,
    wall: f64,
}

impl Quickest {
    const NONE: Quickest = Quickest { cpu: f64::INFINITY, wall: f64::INFINITY };

    fn take(&mut self, taken: Taken) {
        self.cpu = self.cpu.min(taken.cpu);
        self.wall = self.wall.min(taken.wall);
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
