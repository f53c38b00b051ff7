//! One event as JSON text, taken from a file and answered.

use std::io::Read;

use redress::{EventError, EventProblem};

use super::input::{Input, Place, TOO_LONG};
use super::scanner::Scanner;
use super::{Answers, Given, Refusal, Run};

/// Takes values from a file, one at a time.
#[derive(Default)]
pub struct Values {
    text: Vec<u8>,
}

impl Values {
    /// Takes what may be an event up to its end, or to where it can be no JSON any more.
    ///
    /// Its beginning may have been taken already.
    pub fn take(
        &mut self,
        input: &mut Input<impl Read>,
        scanner: &mut Scanner,
        begin: &str,
    ) -> Run<Value<'_>> {
        self.text.clear();
        self.text.extend(begin.bytes().filter(|&byte| scanner.belongs(byte)));
        let column = input.place.column.saturating_sub(begin.len() as u64);
        let place = Place { column, ..input.place };
        let fits = input.take_while(&mut self.text, |byte| scanner.belongs(byte))?;
        if scanner.is_broken()
            && let Some(byte) = input.peek()?
        {
            // What is wrong is told of the text with what does not belong to it.
            self.text.push(if byte.is_ascii() { byte } else { b'?' });
        }
        Ok(Value { text: &self.text, place, fits })
    }
}

/// What a text turned out to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An event, which was decided.
    Event,
    /// JSON, or too long to say, but no event.
    Unfit,
    /// No JSON.
    NotJson,
}

/// Text that may be an event.
pub struct Value<'a> {
    text: &'a [u8],
    /// Where it begins.
    pub place: Place,
    /// Whether it is an event's length.
    fits: bool,
}

impl Value<'_> {
    /// Hands it over, or answers with what is wrong with it.
    pub fn answer(&self, answers: &mut Answers<'_>) -> Run<Kind> {
        let line = self.place.line;
        let problem = match self.text() {
            Ok(text) => match answers.take(line, Given::Json(text))? {
                Ok(()) => return Ok(Kind::Event),
                Err(Refusal::NoEvent(error)) => self.problem(&error),
                Err(Refusal::Told(told)) => Problem { told, kind: Kind::Unfit },
            },
            Err(problem) => problem,
        };
        answers.refuse(line, &problem.told).map(|()| problem.kind)
    }

    /// Answers that it does not stand alone on its line, unless it is no JSON itself.
    pub fn answer_crowded(&self, answers: &mut Answers<'_>, goes_on: &str) -> Run {
        let read = self.text().and_then(|text| {
            let read = answers.policy.event_from_json(text);
            read.map(drop).map_err(|error| self.problem(&error))
        });
        let told = match read {
            Err(problem) if problem.kind == Kind::NotJson => problem.told,
            _ => goes_on.to_owned(),
        };
        answers.refuse(self.place.line, &told)
    }

    fn text(&self) -> Result<&str, Problem> {
        if !self.fits {
            return Err(Problem { told: TOO_LONG.to_owned(), kind: Kind::Unfit });
        }
        // The line breaks behind it are not where it ends.
        std::str::from_utf8(self.text.trim_ascii_end())
            .map_err(|_| Problem { told: "not UTF-8".to_owned(), kind: Kind::NotJson })
    }

    /// What is wrong, with its place in the file.
    fn problem(&self, error: &EventError) -> Problem {
        let [EventProblem::NotJson { reason, line, column }] = error.problems.as_slice() else {
            return Problem { told: error.to_string(), kind: Kind::Unfit };
        };
        let (lines, column) = (*line as u64 - 1, *column as u64);
        let told = match lines {
            0 => not_json(reason, self.place.column + column - 1),
            _ => format!("{} of line {}", not_json(reason, column), self.place.line + lines),
        };
        Problem { told, kind: Kind::NotJson }
    }
}

/// Why text is no event.
struct Problem {
    told: String,
    kind: Kind,
}

/// Whether it is no event because it is no JSON.
pub fn is_no_json(error: &EventError) -> bool {
    matches!(error.problems.as_slice(), [EventProblem::NotJson { .. }])
}

/// What is said of text that is no JSON.
pub fn not_json(reason: &str, column: u64) -> String {
    format!("not JSON: {reason} at column {column}")
}

/// JSON without the space between its tokens, so that it stands on one line.
pub fn without_space(text: &str) -> String {
    let (mut in_quotes, mut escaped) = (false, false);
    let belongs = |c: &char| {
        let belongs = in_quotes || !c.is_ascii_whitespace();
        in_quotes ^= *c == '"' && !escaped;
        escaped = in_quotes && *c == '\\' && !escaped;
        belongs
    };
    text.chars().filter(belongs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_is_kept_inside_texts_only() {
        let text = "{ \"a\\\" \\\\\" :\n [ \"b c\" , 1 ] }";
        assert_eq!(without_space(text), "{\"a\\\" \\\\\":[\"b c\",1]}");
    }
}
