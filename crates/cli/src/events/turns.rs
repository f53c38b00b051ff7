//! Parts of a file that several threads decide, and answers that are written in the order of the file.
//!
//! Each thread reads a part for itself and decides it, so that the bytes are in the caches of the core that wants them.
//! Whoever has decided the part whose turn it is writes its answers, and those behind it that are there already.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;

use super::input::Place;
use super::parts::Parts;
use super::{Run, SayAnywhere, Stop};

/// A part of a file; its memory is that of another one later.
#[derive(Default)]
pub struct Part {
    pub bytes: Vec<u8>,
    pub place: Place,
    /// The line behind it.
    pub end: u64,
    /// The answers.
    pub output: Vec<u8>,
    /// What a person is to be told, each with its line.
    pub told: Vec<(u64, String)>,
}

/// What a part keeps of its memory for the next one, in bytes and in problems: more is seldom needed.
const KEPT_BYTES: usize = 1 << 22;
const KEPT_PROBLEMS: usize = 1 << 10;

impl Part {
    /// What it holds, in bytes.
    fn size(&self) -> usize {
        let told = self.told.iter().map(|(_, problem)| size_of::<(u64, String)>() + problem.len());
        self.bytes.len() + self.output.len() + told.sum::<usize>()
    }

    /// Its memory, for another part.
    fn emptied(mut self) -> Self {
        for bytes in [&mut self.bytes, &mut self.output] {
            bytes.clear();
            // What is far too large goes as a whole: to shrink it would copy what is not there any more.
            if bytes.capacity() > KEPT_BYTES {
                *bytes = Vec::new();
            }
        }
        self.told.clear();
        self.told.shrink_to(KEPT_PROBLEMS);
        self
    }
}

/// What the threads share.
pub struct Turns<'a, 'p, R, W> {
    reading: Mutex<Reading<'p, R>>,
    writing: Mutex<Writing<'a, W>>,
    /// That another part has its turn, or none has.
    goes_on: Condvar,
    /// So many bytes wait for the part before them at most, and one more part a thread.
    early: usize,
}

struct Reading<'p, R> {
    parts: Parts<'p, R>,
    /// How many were taken.
    taken: u64,
}

struct Writing<'a, W> {
    output: &'a mut W,
    say: SayAnywhere<'a>,
    is_bad: bool,
    /// The number of the part whose turn it is.
    next: u64,
    /// What is decided and not written, by its number.
    decided: BTreeMap<u64, Decided>,
    /// How many bytes that is.
    kept: usize,
    /// Whether nothing is written any more.
    is_over: bool,
    /// Parts that are done with.
    memory: Vec<Part>,
}

struct Decided {
    part: Part,
    /// Whether the answers hold.
    holds: Run<bool>,
}

/// What became of the parts.
pub struct Written {
    /// Whether any was written.
    pub is_begun: bool,
    /// Whether something was wrong.
    pub is_bad: bool,
}

impl<'a, 'p, R: Read, W: Write> Turns<'a, 'p, R, W> {
    pub fn new(parts: Parts<'p, R>, output: &'a mut W, say: SayAnywhere<'a>, early: usize) -> Self {
        let writing = Writing {
            output,
            say,
            is_bad: false,
            next: 0,
            decided: BTreeMap::new(),
            kept: 0,
            is_over: false,
            memory: Vec::new(),
        };
        Turns {
            reading: Mutex::new(Reading { parts, taken: 0 }),
            writing: Mutex::new(writing),
            goes_on: Condvar::new(),
            early,
        }
    }

    /// Takes parts for as long as there are any, and has their answers written in turn.
    pub fn take_all(&self, decide: impl Fn(&mut Part) -> Run<bool>) {
        let _leaving = Leaving(self);
        let mut part = Part::default();
        while let Some(number) = self.take(&mut part) {
            let holds = decide(&mut part);
            match self.hand_in(number, Decided { part, holds }) {
                Some(memory) => part = memory,
                None => return,
            }
        }
    }

    /// Reads the next part, and says which one it is.
    fn take(&self, part: &mut Part) -> Option<u64> {
        let mut reading = lock(&self.reading);
        part.place = reading.parts.place();
        part.end = reading.parts.next(&mut part.bytes)?.line;
        reading.taken += 1;
        Some(reading.taken - 1)
    }

    /// Has the answers written when it is their turn; memory for another part, unless the writing is over.
    fn hand_in(&self, number: u64, decided: Decided) -> Option<Part> {
        let is_early = |writing: &mut Writing<'_, W>| {
            number != writing.next && writing.kept >= self.early && !writing.is_over
        };
        let writing = self.goes_on.wait_while(lock(&self.writing), is_early);
        let mut writing = writing.unwrap_or_else(PoisonError::into_inner);
        let others_wait = writing.kept >= self.early;
        writing.kept += decided.part.size();
        writing.decided.insert(number, decided);
        if number == writing.next {
            writing.write();
            if others_wait {
                self.goes_on.notify_all();
            }
        }
        if writing.is_over { None } else { Some(writing.memory.pop().unwrap_or_default()) }
    }

    /// What was read and is not decided, where it begins, and what became of the rest.
    ///
    /// # Errors
    /// Where there was no use in going on.
    pub fn finish(self) -> Run<(Vec<u8>, Place, Written)> {
        let writing = self.writing.into_inner().unwrap_or_else(PoisonError::into_inner);
        let reading = self.reading.into_inner().unwrap_or_else(PoisonError::into_inner);
        let written = Written { is_begun: writing.next > 0, is_bad: writing.is_bad };
        let (rest, behind) = reading.parts.into_rest();
        let (mut bytes, mut place) = (Vec::new(), None);
        for Decided { part, holds } in writing.decided.into_values() {
            holds?;
            bytes.extend(part.bytes);
            place = place.or(Some(part.place));
        }
        bytes.extend(rest);
        Ok((bytes, place.unwrap_or(behind), written))
    }
}

impl<W: Write> Writing<'_, W> {
    /// Writes what is in turn, up to a part whose answers do not hold or cannot be written.
    fn write(&mut self) {
        while !self.is_over
            && let Some(mut decided) = self.decided.remove(&self.next)
        {
            if matches!(decided.holds, Ok(true)) {
                decided.holds = self.write_answers(&decided.part).map(|()| true);
            }
            if matches!(decided.holds, Ok(true)) {
                self.kept -= decided.part.size();
                self.memory.push(decided.part.emptied());
                self.next += 1;
            } else {
                self.decided.insert(self.next, decided);
                self.is_over = true;
            }
        }
    }

    fn write_answers(&mut self, part: &Part) -> Run {
        self.output.write_all(&part.output).map_err(|error| Stop::Failure(error.into()))?;
        for (line, problem) in &part.told {
            self.is_bad = true;
            (self.say)(*line, problem);
        }
        Ok(())
    }
}

/// Lets nobody wait for the part of a thread that panics.
struct Leaving<'t, 'a, 'p, R, W>(&'t Turns<'a, 'p, R, W>);

impl<R, W> Drop for Leaving<'_, '_, '_, R, W> {
    fn drop(&mut self) {
        if thread::panicking() {
            lock(&self.0.writing).is_over = true;
            self.0.goes_on.notify_all();
        }
    }
}

/// So often a lock is asked for before its thread sleeps: for longer than a part is mostly read or written.
const ASKED: usize = 200;

/// The lock, and what a thread that panicked has left behind, which its panic shows.
///
/// It is soon free, so a thread stays awake for a while. On a virtual machine one that sleeps is mostly woken on the
/// core of the one that wakes it, which goes on deciding there; it took up to 16 ms until each had its own core again.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    for _ in 0..ASKED {
        match mutex.try_lock() {
            Ok(guard) => return guard,
            Err(TryLockError::Poisoned(error)) => return error.into_inner(),
            Err(TryLockError::WouldBlock) => thread::yield_now(),
        }
    }
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::super::input::Input;
    use super::super::parts::Cut;
    use super::*;

    const THREADS: usize = 3;
    const EARLY: usize = 400;

    /// Has threads write what they are given, in parts of a line or two; the first part when the others do nothing any
    /// more, which is told how many bytes they have decided. What was written, and what was left.
    fn take_turns(text: &str, decide_first: impl Fn(usize) + Sync) -> (Vec<u8>, Vec<u8>) {
        let Ok(mut input) = Input::new(text.as_bytes()) else { panic!() };
        let parts = Parts::new(&mut input, Cut::BeforeObjects, 8);
        let mut output = Vec::new();
        let turns = Turns::new(parts, &mut output, &|_, _| (), EARLY);
        let others = AtomicUsize::new(0);
        let decide = |part: &mut Part| {
            part.output.clone_from(&part.bytes);
            if part.place.line > 1 {
                others.fetch_add(part.size(), Ordering::SeqCst);
            } else {
                decide_first(settled(&others));
            }
            Ok(true)
        };
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| turns.take_all(decide));
            }
        });
        let Ok((rest, ..)) = turns.finish() else { panic!() };
        (output, rest)
    }

    /// What it comes to when it does not grow any more.
    fn settled(count: &AtomicUsize) -> usize {
        let mut before = 0;
        loop {
            thread::sleep(Duration::from_millis(30));
            match count.load(Ordering::SeqCst) {
                now if now > 0 && now == before => return now,
                now => before = now,
            }
        }
    }

    #[test]
    fn nobody_goes_far_ahead_of_a_part_that_takes_long() {
        let text: String = (100..400).map(|number| format!("{{{number}}}\n")).collect();
        let (written, rest) = take_turns(&text, |decided| {
            // The parts that wait, and one of each thread that waits with it.
            let largest = 2 * 16;
            assert!((EARLY..EARLY + THREADS * largest).contains(&decided), "{decided} bytes");
        });
        assert_eq!(String::from_utf8_lossy(&[written, rest].concat()), text);
    }

    #[test]
    fn nobody_waits_for_a_thread_that_panics() {
        let text = "{}\n".repeat(1_000);
        let taken = catch_unwind(AssertUnwindSafe(|| take_turns(&text, |_| panic!("on purpose"))));
        assert!(taken.is_err());
    }

    #[test]
    fn what_a_part_of_many_problems_took_is_not_kept() {
        let many = || vec![b'x'; 4 * KEPT_BYTES];
        let mut part = Part { bytes: many(), output: many(), ..Part::default() };
        part.told.extend((0..4 * KEPT_PROBLEMS as u64).map(|line| (line, "x".to_owned())));
        let part = part.emptied();
        assert!(part.bytes.is_empty() && part.output.is_empty() && part.told.is_empty());
        assert!(part.bytes.capacity() + part.output.capacity() <= 2 * KEPT_BYTES);
        assert!(part.told.capacity() <= 2 * KEPT_PROBLEMS);
    }
}
