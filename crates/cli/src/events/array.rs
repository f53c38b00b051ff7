//! A JSON array, taken apart at its elements so that no more than one is held at a time.
//!
//! Where it is damaged, every element that can be read is decided nevertheless: what is wrong between elements is
//! reported, what is wrong with one is its answer.

use std::io::Read;

use super::input::{Input, line_breaks, short_text};
use super::json::{Kind, Values, is_no_json, not_json};
use super::scanner::Scanner;
use super::skip::Skip;
use super::{Answers, Given, Refusal, Run, flat, lines};

/// Decides every element.
pub fn decide(input: &mut Input<impl Read>, answers: &mut Answers<'_>) -> Run {
    match begin(input, answers)? {
        Begun::Array => go_on(input, answers, Last::Nothing),
        Begun::Lines => lines::decide(input, answers),
    }
}

/// What a file that was said to be an array turns out to be.
pub enum Begun {
    /// An array, which was gone into.
    Array,
    /// JSON Lines.
    Lines,
}

/// Goes into the array; where there is none, this is told.
pub fn begin(input: &mut Input<impl Read>, answers: &mut Answers<'_>) -> Run<Begun> {
    let line = input.place.line;
    match input.peek()? {
        Some(b'[') => input.take()?,
        Some(b'{') => {
            let told = "not a JSON array but objects one behind the other, and read as those";
            answers.report(line, told);
            return Ok(Begun::Lines);
        }
        _ => answers.report(line, "not a JSON array: it does not begin with `[`"),
    }
    Ok(Begun::Array)
}

/// Decides every element inside the array, from behind an element, a comma or the bracket.
pub fn go_on(input: &mut Input<impl Read>, answers: &mut Answers<'_>, last: Last) -> Run {
    let mut array = Array::new(input, answers);
    array.decide_to_end(last)?;
    while let Some(byte) = array.input.skip_space()? {
        array.report("the array ended before this; what follows is read as another");
        if let b'[' | b']' | b',' = byte {
            array.input.take()?;
        }
        if byte != b']' {
            array.decide_to_end(Last::Nothing)?;
        }
    }
    Ok(())
}

/// Decides the elements of a part that should have a comma behind each; whether it is so, and none of them is damaged.
///
/// If not, what was answered depends on what stands behind the part, and means nothing.
pub fn decide_part(input: &mut Input<impl Read>, answers: &mut Answers<'_>) -> Run<bool> {
    let mut array = Array::new(input, answers);
    let end = array.decide_elements(Last::Comma)?;
    Ok(end == End::OfFile(Last::Comma) && !array.is_damaged)
}

struct Array<'a, 'b, R> {
    input: &'a mut Input<R>,
    answers: &'a mut Answers<'b>,
    values: Values,
    /// Whether an element was broken, and no event was decided since.
    ///
    /// Then what is no object is taken for the debris of that element, which was answered.
    is_damaged: bool,
}

/// What was read last in an array.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Last {
    Nothing,
    Comma,
    Element,
    /// An element that cannot be read; whether the comma behind it was its own is not known.
    Broken,
}

/// Where elements end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// With the closing bracket.
    Closed,
    /// With the file, behind this.
    OfFile(Last),
}

impl<'a, 'b, R: Read> Array<'a, 'b, R> {
    fn new(input: &'a mut Input<R>, answers: &'a mut Answers<'b>) -> Self {
        Array { input, answers, values: Values::default(), is_damaged: false }
    }

    /// Decides elements up to the closing bracket; its lack is told.
    fn decide_to_end(&mut self, last: Last) -> Run {
        if let End::OfFile(_) = self.decide_elements(last)? {
            self.report_here("the array does not end with `]`; it ends");
        }
        Ok(())
    }

    /// Decides elements up to the closing bracket, or to the end of the file.
    fn decide_elements(&mut self, mut last: Last) -> Run<End> {
        loop {
            if matches!(last, Last::Nothing | Last::Comma) && self.decide_whole_elements()? {
                last = Last::Comma;
            }
            match self.input.skip_space()? {
                None => {
                    return Ok(End::OfFile(last));
                }
                Some(b']') => {
                    if last == Last::Comma {
                        self.report_here("a `,` has no event behind it,");
                    }
                    self.input.take()?;
                    return Ok(End::Closed);
                }
                Some(b',') => {
                    if matches!(last, Last::Nothing | Last::Comma) {
                        self.report_here("a `,` has no event before it,");
                    }
                    self.input.take()?;
                    last = Last::Comma;
                }
                Some(b'}') => {
                    self.report_here("a `}` closes nothing");
                    self.input.take()?;
                }
                Some(byte) => {
                    if last == Last::Element && byte == b'{' {
                        self.report_here("a `,` is missing before the event");
                    }
                    last = self.decide_element(byte)?;
                }
            }
        }
    }

    /// Decides the elements at hand that are objects with a comma behind them, up to one that is not; whether there
    /// were any.
    fn decide_whole_elements(&mut self) -> Run<bool> {
        let mut is_any = false;
        while !self.is_damaged && self.decide_few_elements()? {
            is_any = true;
        }
        Ok(is_any)
    }

    /// Decides some of the elements at hand.
    fn decide_few_elements(&mut self) -> Run<bool> {
        let mut line = self.input.place.line;
        let bytes = self.input.at_hand()?;
        let text = short_text(bytes);
        let (mut passed, mut counted) = (0, 0);
        while (passed == 0 || passed < text.len())
            && let known = text.get(passed..).unwrap_or_default()
            && let Some(element) = flat::element(&bytes[passed..], known)
        {
            let start = passed + element.start;
            line += line_breaks(&bytes[counted..start]);
            counted = start;
            match self.answers.take(line, Given::Json(element.text))? {
                Ok(()) => {}
                Err(Refusal::NoEvent(error)) if !is_no_json(&error) => {
                    self.answers.refuse(line, &error.to_string())?;
                }
                Err(_) => break,
            }
            passed += element.end;
        }
        self.input.pass(passed)?;
        Ok(passed > 0)
    }

    /// Decides one element; where it is broken, passes over the rest of it, and goes on with one that was found
    /// to begin there.
    fn decide_element(&mut self, first: u8) -> Run<Last> {
        let mut begin = "";
        loop {
            let is_object = first == b'{' || !begin.is_empty();
            let mut scanner = Scanner::of_element(self.input.place.column);
            let value = self.values.take(self.input, &mut scanner, begin)?;
            if is_object || !self.is_damaged {
                let kind = value.answer(self.answers)?;
                self.is_damaged = kind == Kind::NotJson || self.is_damaged && kind != Kind::Event;
            }
            self.is_damaged |= scanner.is_broken();
            begin = if self.is_damaged && scanner.ends_with_begun_name() {
                "{\""
            } else if scanner.is_whole() {
                return Ok(Last::Element);
            } else if !scanner.is_broken() {
                return Ok(Last::Broken);
            } else if self.skip(&scanner)? {
                "{"
            } else {
                return Ok(Last::Broken);
            };
        }
    }

    /// Passes over the rest of a broken element; whether the `{` of another one was passed over, too.
    fn skip(&mut self, scanner: &Scanner) -> Run<bool> {
        let mut skip = Skip::new(scanner);
        self.input.pass_while(|byte| skip.goes_on(byte))?;
        Ok(skip.has_begun_next())
    }

    fn report_here(&mut self, reason: &str) {
        let message = not_json(reason, self.input.place.column);
        self.report(&message);
    }

    fn report(&mut self, problem: &str) {
        self.answers.report(self.input.place.line, problem);
    }
}
