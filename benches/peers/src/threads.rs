//! One thread and two on one shared policy.

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

/// About as many decisions one thread makes in a turn.
const DECISIONS: usize = 1_000_000;
/// The rules of the growing policy.
const RULES: usize = 10_000;

/// Measures both.
pub fn run(effort: Effort, findings: &mut Findings) -> Result<(), Refused> {
    let documented: Vec<_> = documented().failures(1).take(EVENTS).collect();
    let policy = Policy::default();
    findings.threads.push(compare(Family::Documented, 4, &policy.bind()?, &documented, effort)?);
    let family = first_family(RULES);
    let calls: Vec<_> = family.calls(1).take(EVENTS).collect();
    let policy = Policy::parse(&family.rules.to_string())?;
    findings.threads.push(compare(Family::First, RULES, &policy.bind()?, &calls, effort)?);
    Ok(())
}

fn compare<E: Facts + Sync>(
    family: Family,
    rules: usize,
    binding: &Binding<E>,
    events: &[E],
    effort: Effort,
) -> Result<Threads, Refused> {
    let (mut alone, mut together, mut wall) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..effort.rounds {
        let one = at_once(1, binding, events)?;
        let two = at_once(2, binding, events)?;
        alone.push(one.0);
        together.push(two.0);
        wall.push(2.0 * one.1 / two.1);
    }
    let middle = |values| median(values).unwrap_or(f64::NAN);
    Ok(Threads {
        family,
        rules,
        alone: middle(alone),
        together: middle(together),
        wall: middle(wall),
    })
}

/// The mean CPU nanoseconds a decision and the nanoseconds on the wall, with so many threads at once.
fn at_once<E: Facts + Sync>(
    threads: usize,
    binding: &Binding<E>,
    events: &[E],
) -> Result<(f64, f64), Refused> {
    let passes = DECISIONS.div_ceil(events.len());
    let barrier = Barrier::new(threads);
    let work = || {
        for event in events {
            std::hint::black_box(binding.decide(event));
        }
        barrier.wait();
        let (wall, cpu) = (Instant::now(), ThreadTime::now());
        for event in (0..passes).flat_map(|_| events) {
            std::hint::black_box(binding.decide(event));
        }
        let decisions = (passes * events.len()) as f64;
        (cpu.elapsed().as_nanos() as f64 / decisions, wall.elapsed().as_nanos() as f64)
    };
    let times: Vec<(f64, f64)> = thread::scope(|scope| {
        let started: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        started.into_iter().map(thread::ScopedJoinHandle::join).collect::<Result<_, _>>()
    })
    .map_err(|_| "a thread did not come to its end")?;
    let cpu = times.iter().map(|(cpu, _)| cpu).sum::<f64>() / threads as f64;
    Ok((cpu, times.iter().map(|(_, wall)| *wall).fold(0.0, f64::max)))
}
