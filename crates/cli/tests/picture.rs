//! The picture in the README is what a terminal shows.
//!
//! `TRYCMD=overwrite cargo test -p redress-cli picture` paints it anew.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_picture_of_a_diagnostic_is_what_a_terminal_shows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/images");
    let mut process = Command::new(env!("CARGO_BIN_EXE_redress"));
    process.args(["check", "diagnostic.policy"]).current_dir(&folder);
    let output = process.env("CLICOLOR_FORCE", "1").env_remove("NO_COLOR").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "the policy in the picture is wrong");
    let shown = String::from_utf8(output.stdout).unwrap();
    let picture =
        anstyle_svg::Term::new().render_svg(&format!("$ redress check diagnostic.policy\n{shown}"));
    let path = folder.join("diagnostic.svg");
    if std::env::var("TRYCMD").is_ok_and(|mode| mode == "overwrite") {
        fs::write(&path, &picture).unwrap();
    }
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        picture,
        "docs/images/diagnostic.svg is out of date"
    );
}
