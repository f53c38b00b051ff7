//! A file of events, shared among threads: the answers are those of one thread, in the same order.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::thread;

use super::cells::Columns;
use super::decisions::{Decisions, Lines};
use super::input::Input;
use super::parts::{Cut, Parts};
use super::turns::{Part, Turns, Written};
use super::{Answers, Run, SayAnywhere, array, csv, detect, lines};
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
pub fn decide_all<W: Write + Send>(
    input: impl Read + Send,
    format: Option<InputFormat>,
    sharing: Sharing<'_>,
    output: &RefCell<W>,
    say: SayAnywhere<'_>,
) -> Run<bool> {
    let mut input = Input::in_blocks(input, sharing.part)?;
    let Some(first) = input.skip_space()? else { return Ok(false) };
    let mut decisions = Decisions::new(sharing.lines, output, sharing.with_event);
    let policy = sharing.lines.policy;
    let mut answers = Answers { policy, taker: &mut decisions, say, bad: false };
    let format = format.unwrap_or_else(|| detect(first));
    let Some(work) = Work::begin(format, &mut input, &mut answers)? else { return Ok(answers.bad) };
    let (left, written) = decide_parts(input, &work, sharing, &mut *output.borrow_mut(), say)?;
    answers.bad |= written.is_bad;
    work.finish(left, written.is_begun, &mut answers)?;
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

    /// Decides what is left of a file, of which some is decided or none.
    fn finish(
        &self,
        mut input: Input<impl Read>,
        is_begun: bool,
        answers: &mut Answers<'_>,
    ) -> Run {
        match self {
            Work::Lines => lines::decide(&mut input, answers),
            Work::Records { columns } => csv::decide_records(&mut input, columns, answers),
            Work::Elements if is_begun => array::go_on(&mut input, answers, array::Last::Comma),
            Work::Elements => array::go_on(&mut input, answers, array::Last::Nothing),
        }
    }
}

/// So many bytes of parts and answers a thread may wait for what stands before them.
const EARLY: usize = 1 << 21;

/// Decides the parts that can be told apart, and gives back what is left.
fn decide_parts<R: Read + Send, W: Write + Send>(
    mut input: Input<R>,
    work: &Work,
    sharing: Sharing<'_>,
    output: &mut W,
    say: SayAnywhere<'_>,
) -> Run<(Input<R>, Written)> {
    let parts = Parts::new(&mut input, work.cut(), sharing.part);
    let turns = Turns::new(parts, output, say, EARLY.saturating_mul(sharing.threads));
    let take_all = || turns.take_all(|part| decide_part(part, work, sharing));
    thread::scope(|scope| {
        // This thread only waits: a new one mostly begins on the core of the one that made it, which has to be free.
        let begin = |_| thread::Builder::new().spawn_scoped(scope, take_all).ok();
        if (0..sharing.threads).map_while(begin).count() == 0 {
            take_all();
        }
    });
    let (rest, place, written) = turns.finish()?;
    Ok((input.put_back(rest, place), written))
}

/// Decides a part; whether the answers hold whatever else stands in the file.
fn decide_part(part: &mut Part, work: &Work, sharing: Sharing<'_>) -> Run<bool> {
    let output = RefCell::new(std::mem::take(&mut part.output));
    let told = RefCell::new(std::mem::take(&mut part.told));
    let say = |line, problem: &str| told.borrow_mut().push((line, problem.to_owned()));
    let mut decisions = Decisions::new(sharing.lines, &output, sharing.with_event);
    let policy = sharing.lines.policy;
    let mut answers = Answers { policy, taker: &mut decisions, say: &say, bad: false };
    let holds = work.decide(part, &mut answers);
    (part.output, part.told) = (output.take(), told.take());
    holds
}
