//! The files in `rules/packs/` are what the program writes.

use std::fs;

use redress::PACKS;

#[test]
fn the_packs_are_what_the_program_writes() {
    let repository = redress_packs::repository();
    let written = redress_packs::packs(&repository).unwrap();
    for pack in &written {
        let path = repository.join("rules/packs").join(pack.file());
        let text = fs::read_to_string(&path).unwrap();
        let first = text.lines().zip(pack.text.lines()).find(|(old, new)| old != new);
        assert!(
            text == pack.text,
            "{} is not what `cargo run -p redress-packs` writes; first difference: {first:?}",
            path.display()
        );
    }
    let names: Vec<&str> = written.iter().map(|pack| pack.name).collect();
    let bundled: Vec<&str> = PACKS.iter().map(|file| file.name).collect();
    assert_eq!(names, bundled, "every bundled pack is written");
}

#[test]
fn each_pack_names_its_source_its_date_and_the_licence() {
    for pack in PACKS {
        let head = pack.text.split("policy 1").next().unwrap();
        for line in ["# Source: ", "# Date: ", "# Licence of the source: "] {
            assert!(head.contains(line), "{} has no line `{line}`", pack.file);
        }
    }
}
