//! JSON Lines: one object a line; blank lines are counted and passed over.

use std::io::Read;

use super::input::{Input, TOO_LONG};
use super::json::{self, Problem};
use super::{Answers, Run};

/// Decides every line.
pub fn decide(input: &mut Input<impl Read>, answers: &mut Answers<'_>) -> Run {
    let mut text = Vec::new();
    while input.peek()?.is_some() {
        let line = input.line;
        let fits = input.take_while(&mut text, |byte| byte != b'\n')?;
        input.take()?;
        if !fits {
            answers.refuse(line, TOO_LONG)?;
        } else if !text.trim_ascii().is_empty() {
            decide_line(line, &text, answers)?;
        }
    }
    Ok(())
}

fn decide_line(line: u64, text: &[u8], answers: &mut Answers<'_>) -> Run {
    match json::read(answers.policy, text.trim_ascii_end()) {
        Ok(event) => answers.decide(event.decide()),
        Err(Problem::Unfit(message)) => answers.refuse(line, &message),
        Err(Problem::Syntax { message, column, .. }) => {
            answers.refuse(line, &format!("not JSON: {message} at column {column}"))
        }
    }
}
