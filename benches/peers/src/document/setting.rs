//! Who takes part, and on what.

use crate::contestants::{ABSENT, CONTESTANTS};
use crate::environment::{Environment, version};
use crate::figures::Findings;
use crate::measure::Effort;
use crate::prose::wrapped;
use crate::table::Table;

/// Everybody, and why somebody is missing somewhere.
pub fn contestants(findings: &Findings) -> String {
    let mut table =
        Table::of_text(["who", "crate", "how the rules are written", "to bear in mind"]);
    for contestant in CONTESTANTS {
        let measured =
            findings.figures.iter().any(|figure| figure.measured.name == contestant.name);
        if measured {
            table.row([
                contestant.name.to_owned(),
                package(contestant.package),
                contestant.encoding.to_owned(),
                contestant.caveat.to_owned(),
            ]);
        }
    }
    let mut text = format!("## Who takes part\n\n{table}");
    if !cfg!(feature = "engines") {
        text.push_str(
            "\nThis run was made without the other engines, so nothing here compares with them.\n",
        );
    }
    text.push_str("\nWho is not measured somewhere, and why:\n\n");
    for (name, place, reason) in ABSENT {
        text.push_str(&wrapped(&format!("- {name} on {place}: {reason}")));
    }
    for refusal in &findings.refusals {
        text.push_str(&wrapped(&format!(
            "- {} on {}: {}",
            refusal.name, refusal.place, refusal.reason
        )));
    }
    text
}

fn package(package: &str) -> String {
    match version(package) {
        Some(version) => format!("{package} {version}"),
        None => package.to_owned(),
    }
}

/// Where a run was made.
pub fn machine(environment: &Environment, effort: Effort) -> String {
    let Environment { processor, cores, compiler, load } = environment;
    let machine = wrapped(&format!(
        "{processor}, {cores} cores; {compiler}, release build as cargo makes it; load average {load} at the \
         beginning. Up to {} turns each: who takes longer has fewer.",
        effort.rounds
    ));
    format!("## The machine\n\n{machine}")
}
