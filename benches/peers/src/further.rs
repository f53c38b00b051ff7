//! Sections that other programs measure and print: every executable file of `benches/sections/`, in the order of their
//! names. A line `<!-- target: WHAT | BOUND | MEASURED | yes -->`, or `no`, is a target that such a program judges.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::targets::Target;

/// What they printed; what went wrong stands in place of a section, so that it is seen.
pub fn sections(root: &Path) -> Vec<String> {
    programs(&root.join("benches/sections")).iter().map(|program| section(root, program)).collect()
}

/// The targets that sections judge.
pub fn targets(sections: &[String]) -> Vec<Target> {
    sections.iter().flat_map(|section| section.lines()).filter_map(target).collect()
}

fn target(line: &str) -> Option<Target> {
    let said = line.strip_prefix("<!-- target: ")?.strip_suffix(" -->")?;
    let [what, bound, measured, met] = said.split(" | ").collect::<Vec<_>>().try_into().ok()?;
    let owned = |text: &str| text.to_owned();
    Some(Target {
        what: owned(what),
        bound: owned(bound),
        measured: owned(measured),
        met: met == "yes",
    })
}

fn programs(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut programs: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    programs.sort();
    programs
}

fn section(root: &Path, program: &Path) -> String {
    eprintln!("{}", program.display());
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    match Command::new(program).current_dir(root).output() {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
        Ok(output) => {
            eprintln!("{}", String::from_utf8_lossy(&output.stderr));
            format!("`benches/sections/{name}` ended with {}.\n", output.status)
        }
        Err(error) => format!("`benches/sections/{name}` could not be run: {error}.\n"),
    }
}
