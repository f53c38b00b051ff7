//! JSON Lines: one object a line; blank lines are counted and passed over.
//!
//! An object may also go on over several lines, and several may share one. A line that begins with `{` no further
//! to the right than an unfinished object did begins the next one, so that a line which was cut off costs no other.

use std::io::Read;

use memchr::memchr;

use super::input::{Input, whole_lines};
use super::json::{Values, is_no_json, not_json};
use super::scanner::Scanner;
use super::{Answers, Given, Refusal, Run};

/// Decides every value.
pub fn decide(input: &mut Input<impl Read>, answers: &mut Answers<'_>) -> Run {
    decide_until(u64::MAX, input, answers)
}

/// Decides every value before this line, which begins with another one.
pub fn decide_until(end: u64, input: &mut Input<impl Read>, answers: &mut Answers<'_>) -> Run {
    let mut values = Values::default();
    let (mut shares_line, mut margin) = (false, 1);
    loop {
        if input.place.column == 1 {
            decide_whole_lines(input, answers)?;
        }
        if input.skip_space()?.is_none() || input.place.line >= end {
            return Ok(());
        }
        // A value behind another one has the margin of the line that they share.
        if !shares_line {
            margin = input.place.column;
        }
        shares_line = decide_value(input, &mut values, margin, answers)?;
        if input.skip_blanks()? == Some(b'\n') {
            input.take()?;
        }
    }
}

/// Decides the lines at hand, up to one that is no JSON by itself; what is not at hand up to its end is left, so that
/// an event need not wait for the end of its line.
fn decide_whole_lines(input: &mut Input<impl Read>, answers: &mut Answers<'_>) -> Run {
    loop {
        let line = input.place.line;
        let text = whole_lines(input.at_hand()?);
        let (mut end, mut lines) = (0, 0);
        while let Some(length) = memchr(b'\n', &text.as_bytes()[end..])
            && decide_line(line + lines, &text[end..end + length], answers)?
        {
            end += length + 1;
            lines += 1;
        }
        if lines == 0 {
            return Ok(());
        }
        input.pass_lines(end, lines);
    }
}

/// Decides or refuses what stands on a line; whether it is JSON by itself, or nothing.
fn decide_line(line: u64, text: &str, answers: &mut Answers<'_>) -> Run<bool> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return Ok(true);
    }
    match answers.take(line, Given::Json(text))? {
        Ok(()) => Ok(true),
        Err(Refusal::NoEvent(error)) if !is_no_json(&error) => {
            answers.refuse(line, &error.to_string()).map(|()| true)
        }
        Err(_) => Ok(false),
    }
}

/// Decides the value that begins here, on a line that begins in column `margin`; whether another one begins behind it,
/// on the same line.
fn decide_value(
    input: &mut Input<impl Read>,
    values: &mut Values,
    margin: u64,
    answers: &mut Answers<'_>,
) -> Run<bool> {
    let mut scanner = Scanner::of_line(margin);
    let value = values.take(input, &mut scanner, "")?;
    if scanner.is_broken() {
        value.answer(answers)?;
        let line = value.place.line;
        return skip(input, &scanner, line, margin);
    }
    let next = if scanner.is_whole() { input.skip_blanks()? } else { None };
    match next {
        Some(byte) if !matches!(byte, b'\n' | b'{') => {
            value.answer_crowded(answers, &goes_on(byte, input.place.column))?;
            input.skip_line()?;
            Ok(false)
        }
        _ => value.answer(answers).map(|_| next == Some(b'{')),
    }
}

/// What is said of a line that goes on behind its event.
fn goes_on(byte: u8, column: u64) -> String {
    match byte {
        b',' => format!(
            "a `,` behind the event at column {column}: lines of JSON have none between them"
        ),
        _ => not_json("the value is over, but the text goes on", column),
    }
}

/// Passes over the rest of a broken value that began on this line: the line it broke in, and if that is another one
/// also those that follow, up to a bracket that ends it, or to a line that begins no further to the right; whether
/// another value begins behind it, on the same line.
fn skip(input: &mut Input<impl Read>, scanner: &Scanner, line: u64, margin: u64) -> Run<bool> {
    let is_one_line = input.place.line == line;
    if !scanner.is_at_line_start() {
        input.skip_line()?;
    }
    while let Some(byte) = input.skip_blanks()?
        && !is_one_line
    {
        match byte {
            b'}' => return skip_bracket(input),
            b'\n' => input.skip_line()?,
            _ if input.place.column <= margin => return Ok(false),
            _ => input.skip_line()?,
        }
    }
    Ok(false)
}

/// Passes over the bracket that ends a broken value, and over its line unless the next value begins there; whether it
/// does.
fn skip_bracket(input: &mut Input<impl Read>) -> Run<bool> {
    input.take()?;
    if input.skip_blanks()? == Some(b'{') {
        return Ok(true);
    }
    input.skip_line()?;
    Ok(false)
}
