//! Sections that other programs measure and print: every executable file of `benches/sections/`, in the order of their
//! names.
//!
//! A line `# target: WHAT | BOUND` of such a program announces a target, and a line
//! `<!-- target: WHAT | BOUND | MEASURED | yes -->`, or `no`, of what it prints judges it. So a target of a program
//! that fails, or that says nothing of it, is known all the same.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::target::{Found, Target};

/// What a program printed; what went wrong stands in place of it, so that it is seen.
pub struct Section {
    /// As it stands in the document.
    pub text: String,
    /// What it judges, or should have judged.
    pub targets: Vec<Target>,
    /// What went wrong.
    pub problem: Option<String>,
}

/// Runs them all.
pub fn sections(root: &Path) -> io::Result<Vec<Section>> {
    let programs = programs(&root.join("benches/sections"))?;
    programs.iter().map(|program| section(root, program)).collect()
}

fn programs(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut programs: Vec<PathBuf> = paths.collect::<io::Result<_>>()?;
    programs.retain(|path| path.is_file());
    programs.sort();
    Ok(programs)
}

fn section(root: &Path, program: &Path) -> io::Result<Section> {
    eprintln!("{}", program.display());
    let source = String::from_utf8_lossy(&fs::read(program)?).into_owned();
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    Ok(match printed(root, program) {
        Ok(text) => {
            let targets =
                judged(&source, &text, &format!("`benches/sections/{name}` does not say"));
            Section { text, targets, problem: None }
        }
        Err(problem) => {
            let problem = format!("`benches/sections/{name}` {problem}");
            Section {
                text: format!("{problem}.\n"),
                targets: judged(&source, "", &problem),
                problem: Some(problem),
            }
        }
    })
}

fn printed(root: &Path, program: &Path) -> Result<String, String> {
    let output = Command::new(program).current_dir(root).output();
    let output = output.map_err(|error| format!("could not be run: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    eprintln!("{}", String::from_utf8_lossy(&output.stderr));
    Err(format!("ended with {}", output.status))
}

/// The announced targets as they were judged, or with what went wrong; then those that nobody announced, which would
/// vanish the next time that something goes wrong.
fn judged(source: &str, printed: &str, problem: &str) -> Vec<Target> {
    let mut judged: Vec<Target> = printed.lines().filter_map(judgement).collect();
    let announced = source.lines().filter_map(announcement).map(|(what, bound)| {
        let of = |target: &Target| target.what == what && target.bound == bound;
        judged.iter().position(of).map_or_else(
            || Target {
                what: what.into(),
                bound: bound.into(),
                found: Found::Missing(problem.into()),
            },
            |at| judged.remove(at),
        )
    });
    let mut targets: Vec<Target> = announced.collect();
    targets.extend(judged.into_iter().map(|target| Target {
        found: Found::Missing("the section judges it without having announced it".into()),
        ..target
    }));
    targets
}

fn announcement(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("# target: ")?.split_once(" | ")
}

fn judgement(line: &str) -> Option<Target> {
    let said = line.strip_prefix("<!-- target: ")?.strip_suffix(" -->")?;
    let [what, bound, measured, met] = said.split(" | ").collect::<Vec<_>>().try_into().ok()?;
    Some(Target {
        what: what.into(),
        bound: bound.into(),
        found: Found::Measured { shown: measured.into(), met: met == "yes" },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "#!/bin/sh\n# target: one | at most 2 ×\n# target: two | at least 3 ×\n";

    fn shown(targets: &[Target]) -> Vec<(&str, &str)> {
        let found = |target: &Target| match &target.found {
            Found::Measured { met: true, .. } => "met",
            Found::Measured { .. } => "not met",
            Found::Missing(_) => "missing",
        };
        targets.iter().map(|target| (target.what.as_str(), found(target))).collect()
    }

    #[test]
    fn a_target_of_a_section_that_fails_is_not_forgotten() {
        assert_eq!(
            shown(&judged(SOURCE, "", "it failed")),
            [("one", "missing"), ("two", "missing")]
        );
    }

    #[test]
    fn what_is_judged_is_announced() {
        let printed = "<!-- target: two | at least 3 × | 2.00 × | no -->\n\
                       <!-- target: one | at most 2 × | 1.00 × | yes -->\n\
                       <!-- target: three | at most 2 × | 1.00 × | yes -->";
        let targets = judged(SOURCE, printed, "");
        assert_eq!(shown(&targets), [("one", "met"), ("two", "not met"), ("three", "missing")]);
    }
}
