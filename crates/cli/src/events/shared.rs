//! A file of events, shared among threads: the answers are those of one thread, in the same order.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::cells::Columns;
use super::decisions::{Decisions, Lines};
use super::input::{Input, Place};
use super::parts::{Cut, Parts};
use super::{Answers, Run, Say, Stop, array, csv, detect, lines};
use crate::arguments::InputFormat;

/// What all threads decide by.
#[derive(Clone, Copy)]
pub struct Sharing<'a> {
    pub lines: &'a Lines<'a>,
    /// Whether events are written along with their decisions.
    pub with_event: bool,
    pub threads: usize,
    /// How many bytes of the file a thread gets at once, more or less.
    pub part: usize,
}

/// Decides every event, and says whether something was wrong.
pub fn decide_all<W: Write>(
    input: impl Read,
    format: Option<InputFormat>,
    sharing: Sharing<'_>,
    output: &RefCell<W>,
    say: Say<'_>,
) -> Run<bool> {
    let mut input = Input::new(input)?;
    let Some(first) = input.skip_space()? else { return Ok(false) };
    let mut decisions = Decisions::new(sharing.lines, output, sharing.with_event);
    let policy = sharing.lines.policy;
    let mut answers = Answers { policy, taker: &mut decisions, say, bad: false };
    let format = format.unwrap_or_else(|| detect(first));
    let Some(work) = Work::begin(format, &mut input, &mut answers)? else { return Ok(answers.bad) };
    let left = decide_parts(input, &work, sharing, output, &mut answers)?;
    work.finish(left, &mut answers)?;
    Ok(answers.bad)
}

/// What is done with each part.
enum Work {
    Lines,
    Elements,
    Records { columns: Columns },
}

impl Work {
    /// Reads what stands before the first event; nothing is to be done where that is wrong.
    fn begin(
        format: InputFormat,
        input: &mut Input<impl Read>,
        answers: &mut Answers<'_>,
    ) -> Run<Option<Self>> {
        Ok(match format {
            InputFormat::Jsonl => Some(Work::Lines),
            InputFormat::Json => Some(match array::begin(input, answers)? {
                array::Begun::Array => Work::Elements,
                array::Begun::Lines => Work::Lines,
            }),
            InputFormat::Csv => {
                csv::header(input, answers)?.map(|columns| Work::Records { columns })
            }
        })
    }

    fn cut(&self) -> Cut {
        match self {
            Work::Lines => Cut::BeforeObjects,
            Work::Elements => Cut::BehindCommas,
            Work::Records { .. } => Cut::BehindRecords,
        }
    }

    /// Decides the events of a part; whether the answers hold whatever else stands in the file.
    fn decide(&self, part: &mut Part, answers: &mut Answers<'_>) -> Run<bool> {
        let end = part.end;
        let mut bytes = std::mem::take(&mut part.bytes);
        if let Work::Lines = self {
            // The event behind the part: what is wrong before it is told as it is in the whole file.
            bytes.push(b'{');
        }
        let mut input = Input::of_part(bytes, part.place);
        let holds = match self {
            Work::Lines => lines::decide_until(end, &mut input, answers).map(|()| true),
            Work::Elements => array::decide_part(&mut input, answers),
            Work::Records { columns } => {
                csv::decide_records(&mut input, columns, answers).map(|()| true)
            }
        };
        part.bytes = input.into_part();
        if let Work::Lines = self {
            part.bytes.pop();
        }
        holds
    }

    /// Decides what is left of a file.
    fn finish(&self, left: Left<impl Read>, answers: &mut Answers<'_>) -> Run {
        let Left { mut input, is_begun } = left;
        match self {
            Work::Lines => lines::decide(&mut input, answers),
            Work::Records { columns } => csv::decide_records(&mut input, columns, answers),
            Work::Elements if is_begun => array::go_on(&mut input, answers, array::Last::Comma),
            Work::Elements => array::go_on(&mut input, answers, array::Last::Nothing),
        }
    }
}

/// What of a file is not decided yet.
struct Left<R> {
    input: Input<R>,
    /// Whether some of it is.
    is_begun: bool,
}

/// A part of a file; its memory is that of another one later.
#[derive(Default)]
struct Part {
    bytes: Vec<u8>,
    place: Place,
    /// The line behind it.
    end: u64,
    /// The answers.
    output: Vec<u8>,
    /// What a person is to be told, each with its line.
    told: Vec<(u64, String)>,
}

/// A part, and who waits for its answers.
type Job = (Part, Sender<Answered>);

/// A part with its answers, and whether they hold.
type Answered = (Part, Run<bool>);

/// So many parts a thread are handed out before the first one has to be written.
const IN_FLIGHT: usize = 3;

/// Decides the parts that can be told apart, and gives back what is left.
fn decide_parts<R: Read, W: Write>(
    mut input: Input<R>,
    work: &Work,
    sharing: Sharing<'_>,
    output: &RefCell<W>,
    answers: &mut Answers<'_>,
) -> Run<Left<R>> {
    let mut parts = Parts::new(&mut input, work.cut(), sharing.part);
    let (jobs, queue) = mpsc::channel();
    let queue = Mutex::new(queue);
    let (is_begun, undecided) = thread::scope(|scope| {
        for _ in 0..sharing.threads {
            scope.spawn(|| decide_jobs(work, sharing, &queue));
        }
        // The threads end when it is gone, and nobody can hand out a part.
        let handing = Handing { jobs, parts: &mut parts, pending: VecDeque::new(), memory: vec![] };
        gather(handing, IN_FLIGHT * sharing.threads, output, answers)
    })?;
    let (rest, place) = parts.into_rest();
    let input = match undecided {
        Some(mut part) => {
            part.bytes.extend(rest);
            input.put_back(part.bytes, part.place)
        }
        None => input.put_back(rest, place),
    };
    Ok(Left { input, is_begun })
}

/// Writes the answers of all parts in their order; whether there were any, and what was left undecided from the first
/// part on whose answers do not hold.
fn gather<R: Read, W: Write>(
    mut handing: Handing<'_, '_, R>,
    most: usize,
    output: &RefCell<W>,
    answers: &mut Answers<'_>,
) -> Run<(bool, Option<Part>)> {
    let mut is_begun = false;
    loop {
        handing.hand_out(most)?;
        let Some((part, holds)) = handing.next() else { return Ok((is_begun, None)) };
        if !holds? {
            return Ok((is_begun, Some(handing.take_back(part))));
        }
        let written = output.borrow_mut().write_all(&part.output);
        written.map_err(|error| Stop::Failure(error.into()))?;
        part.told.iter().for_each(|(line, problem)| answers.report(*line, problem));
        is_begun = true;
        handing.memory.push(part);
    }
}

/// Decides parts for as long as there are any.
fn decide_jobs(work: &Work, sharing: Sharing<'_>, queue: &Mutex<Receiver<Job>>) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((part, reply)) = job else { return };
        // Where the output cannot be written, nobody waits any more.
        let _ = reply.send(decide_part(part, work, sharing));
    }
}

fn decide_part(mut part: Part, work: &Work, sharing: Sharing<'_>) -> Answered {
    let output = RefCell::new(std::mem::take(&mut part.output));
    let told = RefCell::new(std::mem::take(&mut part.told));
    output.borrow_mut().clear();
    told.borrow_mut().clear();
    let say = |line, problem: &str| told.borrow_mut().push((line, problem.to_owned()));
    let mut decisions = Decisions::new(sharing.lines, &output, sharing.with_event);
    let policy = sharing.lines.policy;
    let mut answers = Answers { policy, taker: &mut decisions, say: &say, bad: false };
    let holds = work.decide(&mut part, &mut answers);
    (part.output, part.told) = (output.take(), told.take());
    (part, holds)
}

/// Hands out parts, and takes their answers in the order of the file.
struct Handing<'a, 'p, R> {
    jobs: Sender<Job>,
    parts: &'a mut Parts<'p, R>,
    /// The parts that are out, the first one first.
    pending: VecDeque<Receiver<Answered>>,
    /// Parts that are done with.
    memory: Vec<Part>,
}

impl<R: Read> Handing<'_, '_, R> {
    /// Hands out parts until so many are out.
    fn hand_out(&mut self, most: usize) -> Run {
        while self.pending.len() < most {
            let mut part = self.memory.pop().unwrap_or_default();
            part.place = self.parts.place();
            let Some(behind) = self.parts.next(&mut part.bytes)? else { break };
            part.end = behind.line;
            let (reply, answered) = mpsc::channel();
            if self.jobs.send((part, reply)).is_ok() {
                self.pending.push_back(answered);
            }
        }
        Ok(())
    }

    /// The first part that is out, when it is decided; none where none is.
    fn next(&mut self) -> Option<Answered> {
        self.pending.pop_front()?.recv().ok()
    }

    /// This part with all that are out behind it, undecided.
    fn take_back(&mut self, mut first: Part) -> Part {
        while let Some((part, _)) = self.next() {
            first.bytes.extend(part.bytes);
        }
        first
    }
}
