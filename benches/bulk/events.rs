//! Writes recorded failures, of 108 bytes on average as lines of JSON, in all forms in which `redress decide --events` reads them.
//!
//! `bulk-events FOLDER COUNT` makes `events.jsonl`, `events.json` and `events.csv`, the same events in each of them.

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
    writeln!(csv, "error,module,app,status,message,handler")?;
    write!(array, "[")?;
    let mut dice = Dice::new(7);
    for at in 0..count {
        let (error, app) = (dice.one(&ERRORS), dice.one(&APPS));
        let module = 1 + dice.below(9);
        let (status, message) = MESSAGES[dice.below(MESSAGES.len())];
        let is_handled = dice.percent(10);
        let handler = if is_handled { r#","handler":true"# } else { "" };
        let event = format!(
            r#"{{"error":"{error}","module":{module},"app":"{app}","status":{status},"message":"{message}"{handler}}}"#
        );
        writeln!(lines, "{event}")?;
        write!(array, "{}\n{event}", if at == 0 { "" } else { "," })?;
        let handler = if is_handled { "true" } else { "" };
        writeln!(csv, "{error},{module},{app},{status},{message},{handler}")?;
    }
    writeln!(array, "\n]")?;
    lines.flush()?;
    array.flush()?;
    Ok(csv.flush()?)
}
