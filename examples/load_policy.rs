//! Loads a policy file of your own and decides a file of failures with it.
//!
//! ```sh
//! cargo run --example load_policy -- examples/refunds.policy examples/events.jsonl
//! ```

use std::error::Error;
use std::fs;

use redress::{LoadError, Policy};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let policy_file = arguments.next().unwrap_or_else(|| "examples/refunds.policy".to_owned());
    let events_file = arguments.next().unwrap_or_else(|| "examples/events.jsonl".to_owned());

    let policy = match Policy::load(&policy_file) {
        Ok(policy) => policy,
        // All problems at once, a line each: FILE:LINE:COLUMN, code and message.
        Err(LoadError::Refused(report)) => return Err(format!("{report}").into()),
        Err(error) => return Err(error.into()),
    };
    for line in fs::read_to_string(events_file)?.lines() {
        match policy.event_from_json(line) {
            Ok(event) => {
                let decision = event.decide();
                println!("{:14} {}", decision.display, decision.at);
            }
            Err(error) => println!("no event: {error}"),
        }
    }
    Ok(())
}
