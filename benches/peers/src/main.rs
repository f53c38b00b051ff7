//! Redress measured beside other engines and beside code written by hand: writes `docs/benchmarks.md`.
//!
//! `cargo run --release --locked --manifest-path benches/peers/Cargo.toml`

mod by_hand;
mod contender;
mod contestants;
#[cfg(feature = "engines")]
mod dialect;
mod document;
mod documented;
#[cfg(feature = "engines")]
mod engines;
mod entries;
mod environment;
mod families;
mod figures;
mod further;
mod interned;
mod loading;
mod measure;
mod ours;
mod part;
mod plot;
mod prose;
mod table;
mod target;
mod targets;
mod threads;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use entries::Refused;
use environment::Environment;
use figures::Findings;
use measure::Effort;
use part::Part;

/// Measures Redress beside other engines, and writes `docs/benchmarks.md` and its plot.
#[derive(Parser)]
struct Arguments {
    /// Measure roughly, in about a minute, and print instead of writing.
    #[arg(long)]
    quick: bool,
    /// Measure this part only, and print instead of writing; may be given several times.
    #[arg(long, value_name = "PART")]
    only: Vec<Part>,
    /// Load so many rules once, and print the nanoseconds that it takes.
    #[arg(long, hide = true)]
    load_alone: Option<usize>,
    /// Write the document and the plot even so.
    #[arg(long)]
    write: bool,
}

/// Deeply nested programs of other engines need more than is usual.
const STACK: usize = 1 << 30;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(move || run(&arguments));
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Ok(Err(problem))) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
        _ => ExitCode::FAILURE,
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    measured(arguments).map_err(|problem| problem.to_string())
}

fn measured(arguments: &Arguments) -> Result<(), Refused> {
    if let Some(rules) = arguments.load_alone {
        return loading::alone(rules);
    }
    let effort = if arguments.quick { Effort::QUICK } else { Effort::FULL };
    let wanted = |part| arguments.only.is_empty() || arguments.only.contains(&part);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let environment = Environment::look();
    let mut findings = Findings::default();
    type Measure = fn(Effort, &mut Findings) -> Result<(), Refused>;
    let parts: [(Part, Measure); 5] = [
        (Part::Documented, documented::run),
        (Part::First, families::first),
        (Part::Others, families::others),
        (Part::Loading, loading::run),
        (Part::Threads, threads::run),
    ];
    for (_, measure) in parts.into_iter().filter(|(part, _)| wanted(*part)) {
        measure(effort, &mut findings)?;
    }
    let has_sections = wanted(Part::Sections) && !arguments.quick;
    let mut further = if has_sections { further::sections(&root)? } else { Vec::new() };
    let mut targets = targets::targets(&findings, wanted);
    targets.extend(further.iter_mut().flat_map(|section| section.targets.drain(..)));
    let document = document::document(&findings, &targets, &environment, effort, &further);
    if arguments.write || arguments.only.is_empty() && !arguments.quick {
        fs::write(root.join("docs/benchmarks.md"), document)?;
        plot::draw(&findings, &root.join("docs/images/benchmarks.svg"))?;
    } else {
        println!("{document}");
    }
    let missing = targets.iter().filter(|target| target.is_missing()).map(|target| &target.what);
    let failed = further.iter().filter_map(|section| section.problem.as_ref());
    all_measured(&failed.chain(missing).map(String::as_str).collect::<Vec<_>>())
}

/// A run in which a section fails or a target stays open has failed, though it says what it found.
fn all_measured(open: &[&str]) -> Result<(), Refused> {
    if open.is_empty() {
        return Ok(());
    }
    Err(format!("not measured:\n  {}", open.join("\n  ")).into())
}
