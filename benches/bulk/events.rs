//! Writes recorded failures, of 108 bytes on average as lines of JSON, in all forms in which `redress decide --events` reads them.
//!
//! `bulk-events FOLDER COUNT` makes `events.jsonl`, `events.json` and `events.csv`, the same events in each of them, and
//! `quoted.jsonl` and `quoted.csv`, in which every second message has quotes, and so escapes or quotes around it.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use redress_benches::Dice;

const ERRORS: [&str; 10] = [
    "ConnectionError",
    "ConnectionError",
    "RateLimitError",
    "RateLimitError",
    "DataError",
    "ModuleTimeoutError",
    "RuntimeError",
    "InvalidAccessTokenError",
    "OutOfSpaceError",
    "LedgerClosedError",
];
const APPS: [&str; 6] = ["erp", "shop", "ledger", "bank", "crm", "mail"];
const MESSAGES: [(u16, &str); 5] = [
    (503, "The service is not available"),
    (429, "Too many requests; try again"),
    (422, "The order cannot be processed"),
    (400, "The request is malformed"),
    (500, "The server met an internal error"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, count] = arguments.as_slice() else { return Err("FOLDER COUNT".into()) };
    let count: usize = count.parse()?;
    let create = |name: &str| File::create(Path::new(folder).join(name)).map(BufWriter::new);
    let (mut lines, mut array, mut csv) =
        (create("events.jsonl")?, create("events.json")?, create("events.csv")?);
    let (mut quoted_lines, mut quoted_csv) = (create("quoted.jsonl")?, create("quoted.csv")?);
    for csv in [&mut csv, &mut quoted_csv] {
        writeln!(csv, "error,module,app,status,message,handler")?;
    }
    write!(array, "[")?;
    let mut dice = Dice::new(7);
    for at in 0..count {
        let failure = Failure::roll(&mut dice);
        let event = failure.json(failure.message);
        writeln!(lines, "{event}")?;
        write!(array, "{}\n{event}", if at == 0 { "" } else { "," })?;
        writeln!(csv, "{}", failure.cells(failure.message))?;
        let (escaped, quoted) = if at % 2 == 0 {
            (failure.message.to_owned(), failure.message.to_owned())
        } else {
            let (status, message) = (failure.status, failure.message);
            (format!(r#"{status} \"{message}\""#), format!(r#""{status} ""{message}""""#))
        };
        writeln!(quoted_lines, "{}", failure.json(&escaped))?;
        writeln!(quoted_csv, "{}", failure.cells(&quoted))?;
    }
    writeln!(array, "\n]")?;
    for mut file in [lines, array, csv, quoted_lines, quoted_csv] {
        file.flush()?;
    }
    Ok(())
}

struct Failure {
    error: &'static str,
    module: usize,
    app: &'static str,
    status: u16,
    message: &'static str,
    is_handled: bool,
}

impl Failure {
    fn roll(dice: &mut Dice) -> Self {
        let (error, app) = (dice.one(&ERRORS), dice.one(&APPS));
        let module = 1 + dice.below(9);
        let (status, message) = MESSAGES[dice.below(MESSAGES.len())];
        let is_handled = dice.percent(10);
        Failure { error, module, app, status, message, is_handled }
    }

    /// As an object, with this between the quotes of its message.
    fn json(&self, message: &str) -> String {
        let Failure { error, module, app, status, .. } = self;
        let handler = if self.is_handled { r#","handler":true"# } else { "" };
        format!(
            r#"{{"error":"{error}","module":{module},"app":"{app}","status":{status},"message":"{message}"{handler}}}"#
        )
    }

    /// As a record, with this for the cell of its message.
    fn cells(&self, message: &str) -> String {
        let Failure { error, module, app, status, .. } = self;
        let handler = if self.is_handled { "true" } else { "" };
        format!("{error},{module},{app},{status},{message},{handler}")
    }
}
