//! The page on packs shows what is counted.

use std::fs;

#[test]
fn the_page_shows_the_counts() {
    let repository = redress_packs::repository();
    let page = fs::read_to_string(repository.join("docs/packs.md")).unwrap();
    let folder = repository.join("crates/packs/tests/snapshots");
    let snapshots: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(snapshots.len() >= 5, "{snapshots:?}");
    for path in snapshots {
        let snapshot = fs::read_to_string(&path).unwrap();
        let (_, counts) = snapshot.split_once("\n---\n").unwrap();
        assert!(page.contains(counts.trim_end()), "docs/packs.md does not show {}", path.display());
    }
}
