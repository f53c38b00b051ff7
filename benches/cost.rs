//! What the library costs who uses it: crates, time to build, bytes of the program.
//!
//! `cargo bench -p redress-benches --bench cost`
//!
//! Two small programs are built from nothing, as a user would: one decides an event by a policy, the other reads the same
//! file and decides nothing. What the first has more is what the library costs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use redress_benches::children::{Taken, cargo, project, taken};

const WITH: &str = r#"
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("name a policy")?;
    let policy = redress::Policy::load(&file)?;
    let event = policy.event().set("error", "DataError").set("module", 3).build()?;
    println!("{}", event.decide().display);
    Ok(())
}
"#;

const WITHOUT: &str = r#"
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("name a policy")?;
    println!("{}", std::fs::read_to_string(&file)?.len());
    Ok(())
}
"#;

/// A program that was built.
struct Built {
    build: Taken,
    bytes: u64,
}

fn main() {
    let library = format!("redress = {{ path = {:?} }}", project());
    let with = build("with", &library, WITH);
    let without = build("without", "", WITHOUT);
    println!("crates, the library included           {:>9}", crates());
    println!("clean release build, by the clock      {:>9.1} s", with.build.wall.as_secs_f64());
    if let Some(processor) = with.build.processor {
        println!("clean release build, on the processors {:>9.1} s", processor.as_secs_f64());
    }
    println!("program with it, stripped              {:>9} kB", with.bytes / 1000);
    println!("program without it, stripped           {:>9} kB", without.bytes / 1000);
    println!(
        "bytes it adds                          {:>9} kB",
        (with.bytes - without.bytes) / 1000
    );
}

/// How many crates a program has of it, each version counted; those for building are among them.
fn crates() -> usize {
    let tree = cargo(
        &[
            "tree",
            "--locked",
            "--package",
            "redress",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
        ],
        |_| {},
    );
    let names = tree.lines().map(|line| line.split(" (").next().unwrap_or(line).to_owned());
    names.filter(|name| !name.is_empty()).collect::<BTreeSet<String>>().len()
}

/// Builds a program in an empty folder.
#[allow(clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]
fn build(name: &str, dependency: &str, program: &str) -> Built {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cost").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("src")).expect("a folder can be made");
    let write = |file: &Path, text: &str| fs::write(file, text).expect("a file can be written");
    let manifest = format!(
        "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}\n\n[profile.release]\nstrip = true\n\n[workspace]\n"
    );
    write(&folder.join("Cargo.toml"), &manifest);
    write(&folder.join("src/main.rs"), program);
    // The versions that the project is tested with.
    fs::copy(project().join("Cargo.lock"), folder.join("Cargo.lock")).expect("versions are known");
    let target = folder.join("target");
    let build = taken(|| {
        cargo(&["build", "--release"], |command| {
            command.current_dir(&folder).env("CARGO_TARGET_DIR", &target);
        });
    });
    let bytes = fs::metadata(target.join("release").join(name)).expect("it is built").len();
    Built { build, bytes }
}
