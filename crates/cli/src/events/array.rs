//! A JSON array, taken apart at its commas so that no more than one element is held at a time.

use std::io::Read;

use super::input::{Input, TOO_LONG};
use super::json::{self, Problem};
use super::{Answers, Run};

/// Decides every element; what is no JSON ends the array, since nothing after it can be trusted.
pub fn decide(input: &mut Input<impl Read>, answers: &mut Answers<'_>) -> Run {
    if input.peek()? != Some(b'[') {
        return answers.refuse(input.line, "not a JSON array: it does not begin with `[`");
    }
    input.take()?;
    if input.skip_space()? != Some(b']') && !decide_elements(input, answers)? {
        return Ok(());
    }
    input.take()?;
    match input.skip_space()? {
        None => Ok(()),
        Some(_) => answers.refuse(input.line, "text after the end of the array is not read"),
    }
}

/// Decides elements up to the closing bracket; whether it was reached.
fn decide_elements(input: &mut Input<impl Read>, answers: &mut Answers<'_>) -> Run<bool> {
    let mut element = Vec::new();
    loop {
        if !decide_element(input, &mut element, answers)? {
            return Ok(false);
        }
        match input.peek()? {
            Some(b',') => input.take()?,
            Some(b']') => return Ok(true),
            Some(byte) => {
                answers.refuse(
                    input.line,
                    &format!(
                        "not JSON: `{}` where the array should go on or end; {REST}",
                        byte as char
                    ),
                )?;
                return Ok(false);
            }
            None => {
                answers.refuse(input.line, "not JSON: the array does not end with `]`")?;
                return Ok(false);
            }
        }
    }
}

const REST: &str = "the rest of the array is not read";

/// Decides one element; whether the array can be read on.
fn decide_element(
    input: &mut Input<impl Read>,
    element: &mut Vec<u8>,
    answers: &mut Answers<'_>,
) -> Run<bool> {
    let next = input.skip_space()?;
    let line = input.line;
    if let None | Some(b',' | b']' | b'}') = next {
        let what = next.map_or("the end".to_owned(), |byte| format!("`{}`", byte as char));
        answers.refuse(line, &format!("not JSON: {what} where an event should stand; {REST}"))?;
        return Ok(false);
    }
    let mut scanner = Scanner::default();
    if !input.take_while(element, |byte| scanner.belongs(byte))? {
        answers.refuse(line, TOO_LONG)?;
        return Ok(true);
    }
    match json::read(answers.policy, element) {
        Ok(event) => answers.decide(event.decide())?,
        Err(Problem::Unfit(message)) => answers.refuse(line, &message)?,
        Err(Problem::Syntax { message, line: inner, .. }) => {
            let at = line + inner.saturating_sub(1) as u64;
            answers.refuse(line, &format!("not JSON: {message} on line {at}; {REST}"))?;
            return Ok(false);
        }
    }
    Ok(true)
}

/// Finds where an element ends: at a comma or a closing bracket that is not its own.
#[derive(Default)]
struct Scanner {
    depth: usize,
    in_text: bool,
    escaped: bool,
}

impl Scanner {
    fn belongs(&mut self, byte: u8) -> bool {
        if self.in_text {
            self.in_text = byte != b'"' || self.escaped;
            self.escaped = byte == b'\\' && !self.escaped;
            return true;
        }
        match byte {
            b',' | b']' | b'}' if self.depth == 0 => return false,
            b'"' => self.in_text = true,
            b'[' | b'{' => self.depth += 1,
            b']' | b'}' => self.depth -= 1,
            _ => {}
        }
        true
    }
}
