//! Standard output and standard error: colour, buffering, and no panic when nobody listens.

use std::fmt;
use std::io::{self, BufWriter, IsTerminal, LineWriter, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use crate::wrapping::prose_at;

/// Standard output: by the line for a person, in blocks for a pipe.
pub fn output() -> Box<dyn Write + Send> {
    let output = io::stdout();
    if output.is_terminal() {
        Box::new(LineWriter::new(output))
    } else {
        Box::new(BufWriter::with_capacity(1 << 16, output))
    }
}

/// How many columns standard output has; where it is no terminal, as many as read well.
pub fn output_width() -> u16 {
    terminal_width().unwrap_or(120)
}

/// How many columns standard output has, where it is a terminal: a pipe takes lines as they are.
pub fn terminal_width() -> Option<u16> {
    terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| width.0)
}

/// Whether standard output takes colour: only on a terminal, and not against `NO_COLOR`.
pub fn output_has_colour() -> bool {
    AutoStream::choice(&io::stdout()) != ColorChoice::Never
}

/// Whether standard error takes colour.
pub fn error_has_colour() -> bool {
    AutoStream::choice(&io::stderr()) != ColorChoice::Never
}

/// Writes a line to standard error; there is nobody to tell where that fails.
pub fn say(line: impl fmt::Display) {
    // At once: standard error is not buffered, and each write is a call of the system.
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// Writes prose to standard error, wrapped at words where that is a terminal.
pub fn tell(line: impl fmt::Display) {
    let line = line.to_string();
    let width = terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| width.0.into());
    say(width.map_or(line.clone(), |width| prose_at(width, &line)));
}

/// Writes `error: …` to standard error.
pub fn complain(reason: impl fmt::Display) {
    let style =
        if error_has_colour() { AnsiColor::BrightRed.on_default().bold() } else { Style::new() };
    tell(format_args!("{style}error{style:#}: {}", Visible(&reason.to_string())));
}

/// Writes `warning: …` to standard error.
pub fn warn(reason: impl fmt::Display) {
    let style =
        if error_has_colour() { AnsiColor::BrightYellow.on_default().bold() } else { Style::new() };
    tell(format_args!("{style}warning{style:#}: {}", Visible(&reason.to_string())));
}

/// Writes `note: …` to standard error.
pub fn note(reason: impl fmt::Display) {
    let style =
        if error_has_colour() { AnsiColor::BrightGreen.on_default().bold() } else { Style::new() };
    tell(format_args!("{style}note{style:#}: {}", Visible(&reason.to_string())));
}

/// Text with its control and direction-changing characters made visible, so that a policy or an event
/// cannot play tricks on a terminal.
pub struct Visible<'a>(pub &'a str);

impl fmt::Display for Visible<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = 0;
        for (at, character) in self.0.char_indices().filter(|(_, it)| is_invisible(*it)) {
            write!(f, "{}{}", &self.0[shown..at], character.escape_unicode())?;
            shown = at + character.len_utf8();
        }
        f.write_str(&self.0[shown..])
    }
}

fn is_invisible(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\t') || changes_direction(character)
}

fn changes_direction(character: char) -> bool {
    matches!(character, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
