//! Writes `rules/packs/` from the data.

use std::fs;
use std::process::ExitCode;

fn main() -> ExitCode {
    match write() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn write() -> redress_packs::Result<()> {
    let repository = redress_packs::repository();
    let folder = repository.join("rules/packs");
    for pack in redress_packs::packs(&repository)? {
        let path = folder.join(pack.file());
        let before = fs::read_to_string(&path).unwrap_or_default();
        fs::write(&path, &pack.text)?;
        let what = if before == pack.text { "as before" } else { "changed" };
        println!("{what}: rules/packs/{}, {} lines", pack.file(), pack.text.lines().count());
    }
    Ok(())
}
