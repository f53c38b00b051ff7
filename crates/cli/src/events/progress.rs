//! How far a long run is, for a person who waits; a pipe never sees it.

use std::fmt::Display;
use std::io::{self, IsTerminal, Read};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal;

/// A bar, or where the size is not known a spinner, on standard error.
pub struct Progress(ProgressBar);

impl Progress {
    /// For `size` bytes; seen only where standard error is a terminal and the answers do not appear there, too.
    pub fn new(size: Option<u64>) -> Self {
        if !io::stderr().is_terminal() || io::stdout().is_terminal() {
            return Progress(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(size, ProgressDrawTarget::stderr());
        let template = match size {
            Some(_) => "{bar:40} {bytes}/{total_bytes} {eta}",
            None => "{spinner} {bytes}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Progress(bar)
    }

    /// For so many pieces of work, as `words` calls them.
    pub fn of(count: u64, words: &str) -> Self {
        if !io::stderr().is_terminal() {
            return Progress(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(Some(count), ProgressDrawTarget::stderr());
        let template = format!("{{bar:40}} {{pos}} of {{len}} {words} {{eta}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Progress(bar)
    }

    /// That so many pieces are done.
    pub fn done(&self, count: u64) {
        self.0.set_position(count);
    }

    /// The same bytes, counted.
    pub fn watch<R: Read>(&self, input: R) -> impl Read + use<R> {
        self.0.wrap_read(input)
    }

    /// Writes a line to standard error without disturbing the bar.
    pub fn say(&self, line: &impl Display) {
        self.0.suspend(|| terminal::say(line));
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
