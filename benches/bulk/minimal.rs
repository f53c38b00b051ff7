//! The least that a program can do which decides events by the default policy and reads them with `serde_json` and
//! `csv`: the policy written out by hand, the events read into a struct that borrows from them, an array only if each
//! event has its line, no word about what is wrong.
//!
//! `bulk-minimal FILE` writes the bytes that `redress decide --events FILE` writes.

use std::borrow::Cow;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};

use redress::Policy;
use serde::Deserialize;

#[derive(Deserialize)]
#[allow(dead_code, reason = "what is read is read, whether the policy asks for it or not")]
struct Failure<'a, T> {
    error: &'a str,
    module: u32,
    handler: Option<bool>,
    app: Option<&'a str>,
    scenario: Option<&'a str>,
    status: Option<u16>,
    message: Option<T>,
    attempt: Option<u32>,
}

/// A text that may have escapes, and is copied only then.
#[derive(Deserialize)]
#[serde(transparent)]
#[allow(dead_code, reason = "as above")]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The default policy's rules, in their order.
#[derive(Clone, Copy)]
enum Rule {
    FirstModule,
    Handled,
    Retryable,
    Review,
    Otherwise,
}

impl<T> Failure<'_, T> {
    fn rule(&self) -> Rule {
        if self.module == 1 {
            return Rule::FirstModule;
        }
        if self.handler.unwrap_or(false) {
            return Rule::Handled;
        }
        match self.error {
            "ConnectionError" | "RateLimitError" | "OutOfSpaceError" | "ModuleTimeoutError" => {
                Rule::Retryable
            }
            "DataError"
            | "InvalidConfigurationError"
            | "InvalidAccessTokenError"
            | "UnexpectedError"
            | "MaxFileSizeExceededError"
            | "MaxResultsExceededError" => Rule::Review,
            _ => Rule::Otherwise,
        }
    }
}

/// Writes decisions.
struct Decisions<W> {
    lines: Vec<String>,
    output: W,
}

impl<W: Write> Decisions<W> {
    fn decide<T>(&mut self, failure: &Failure<'_, T>) -> std::io::Result<()> {
        self.output.write_all(self.lines[failure.rule() as usize].as_bytes())
    }

    /// Decides the event on a line; an array has brackets on others, and a comma behind most.
    fn decide_text<'a, T: Deserialize<'a>>(&mut self, line: &'a str) -> Result<(), Box<dyn Error>> {
        match line.strip_suffix(',').unwrap_or(line) {
            "[" | "]" => Ok(()),
            event => Ok(self.decide::<T>(&serde_json::from_str(event)?)?),
        }
    }
}

/// How many bytes are read at once.
const BLOCK: usize = 1 << 18;

/// Has each line decided where it lies; what the end of a block cuts off is copied.
fn each_line(
    mut reader: impl BufRead,
    mut decide: impl FnMut(&str) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut cut = Vec::new();
    loop {
        let block = reader.fill_buf()?;
        if block.is_empty() {
            return if cut.is_empty() { Ok(()) } else { decide(std::str::from_utf8(&cut)?) };
        }
        let length = block.len();
        let begun = memchr::memchr(b'\n', block).map_or(length, |end| end + 1);
        let whole = memchr::memrchr(b'\n', block).map_or(begun, |end| end + 1);
        cut.extend_from_slice(&block[..begun]);
        if let Some(line) = cut.strip_suffix(b"\n") {
            decide(std::str::from_utf8(line)?)?;
            cut.clear();
        }
        // Text that is known to be such is read faster.
        for line in std::str::from_utf8(&block[begun..whole])?.split_terminator('\n') {
            decide(line)?;
        }
        cut.extend_from_slice(&block[whole..]);
        reader.consume(length);
    }
}

/// Where in a record the cells of CSV are.
struct Columns([Option<usize>; 6]);

impl Columns {
    fn new(names: &csv::StringRecord) -> Self {
        let place = |name: &str| names.iter().position(|it| it == name);
        Columns(["error", "module", "app", "status", "message", "handler"].map(place))
    }

    fn failure<'a>(
        &self,
        record: &'a csv::StringRecord,
    ) -> Result<Failure<'a, &'a str>, Box<dyn Error>> {
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).filter(|it| !it.is_empty());
        let [error, module, app, status, message, handler] = self.0;
        Ok(Failure {
            error: cell(error).unwrap_or_default(),
            module: cell(module).unwrap_or_default().parse()?,
            handler: cell(handler).map(str::parse).transpose()?,
            app: cell(app),
            scenario: None,
            status: cell(status).map(str::parse).transpose()?,
            message: cell(message),
            attempt: None,
        })
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("FILE")?;
    let policy = Policy::default();
    let line = |decision| serde_json::to_string(decision).map(|line| line + "\n");
    let lines = policy.decisions().iter().map(line).collect::<Result<_, _>>()?;
    let output = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let mut decisions = Decisions { lines, output };
    let mut reader = BufReader::with_capacity(BLOCK, File::open(&file)?);
    match reader.fill_buf()?.first() {
        Some(b'{' | b'[') => {
            // A file with escapes has some in its first block.
            if memchr::memchr(b'\\', reader.buffer()).is_some() {
                each_line(reader, |line| decisions.decide_text::<Text>(line))?;
            } else {
                each_line(reader, |line| decisions.decide_text::<&str>(line))?;
            }
        }
        _ => {
            let file = File::open(&file)?;
            let mut reader = csv::ReaderBuilder::new().buffer_capacity(BLOCK).from_reader(file);
            let columns = Columns::new(reader.headers()?);
            let mut record = csv::StringRecord::new();
            while reader.read_record(&mut record)? {
                decisions.decide(&columns.failure(&record)?)?;
            }
        }
    }
    Ok(decisions.output.flush()?)
}
