//! Tables at several widths.

use super::*;

fn table() -> Table {
    let mut table = Table::new(&["NAME", "AGE", "WHY"]).without_if_narrow(&["AGE"]);
    table.row(
        Style::new(),
        vec!["refunds/1".into(), "3h ago".into(), "no\troute to host".repeat(3)],
    );
    table.row(Style::new(), vec!["refunds/2".into(), "now".into(), String::new()]);
    table
}

fn shown(table: Table, width: usize) -> String {
    let lines = table.laid_out(width).lines.into_iter().map(|(_, line)| line);
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_answer_is_cut_then_stands_below_and_other_columns_give_way_last() {
    for (width, expected, left_out) in [
        (
            80,
            "NAME       AGE     WHY\nrefunds/1  3h ago  no route to hostno route to hostno route to host\nrefunds/2  now",
            vec![],
        ),
        (
            39,
            "NAME       AGE     WHY\nrefunds/1  3h ago  no route to hostno …\nrefunds/2  now",
            vec![],
        ),
        (
            38,
            "NAME       AGE\nrefunds/1  3h ago\n  no route to hostno route to hostno …\nrefunds/2  now",
            vec![],
        ),
        (17, "NAME       AGE\nrefunds/1  3h ago\n  no route to ho…\nrefunds/2  now", vec![]),
        (16, "NAME\nrefunds/1\n  no route to h…\nrefunds/2", vec!["AGE"]),
        (3, "NAME\nrefunds/1\n  …\nrefunds/2", vec!["AGE"]),
    ] {
        assert_eq!(table().laid_out(width).left_out, left_out, "{width}");
        assert_eq!(shown(table(), width), expected, "{width}");
    }
}

#[test]
fn a_column_is_cut_before_one_is_left_out() {
    let table = || {
        let mut table = Table::new(&["NAME", "ERROR", "AGE", "WHY"])
            .shortened_if_narrow("ERROR")
            .without_if_narrow(&["AGE"]);
        let cells = ["a/1", "InvalidAccessTokenError", "3h ago", "it has expired by now"];
        table.row(Style::new(), cells.map(str::to_owned).to_vec());
        table
    };
    let why = "\n  it has expired by now";
    for (width, expected, left_out) in [
        (37, "NAME  ERROR                    AGE\na/1   InvalidAccessTokenError  3h ago", vec![]),
        (36, "NAME  ERROR                   AGE\na/1   InvalidAccessTokenErr…  3h ago", vec![]),
        (26, "NAME  ERROR         AGE\na/1   InvalidAcce…  3h ago", vec![]),
        (25, "NAME  ERROR\na/1   InvalidAccessToken…", vec!["AGE"]),
    ] {
        assert_eq!(table().laid_out(width).left_out, left_out, "{width}");
        assert_eq!(shown(table(), width), format!("{expected}{why}"), "{width}");
    }
}

#[test]
fn wide_characters_keep_the_columns_in_line() {
    let mut table = Table::new(&["NAME", "WHY"]);
    table.row(Style::new(), vec!["\u{6771}\u{4eac}/1".into(), "\u{4e0d}\u{660e}".repeat(6)]);
    table.row(Style::new(), vec!["e\u{301}te\u{301}/1".into(), "\u{1f680} late".into()]);
    let expected = "NAME    WHY\n\u{6771}\u{4eac}/1  \u{4e0d}\u{660e}\u{4e0d}\u{660e}\u{4e0d}\u{660e}\u{4e0d}\u{660e}\u{4e0d}…\ne\u{301}te\u{301}/1   \u{1f680} late";
    assert_eq!(shown(table, 28), expected);
}

#[test]
fn an_answer_that_has_to_be_whole_is_wrapped() {
    let whole = "NAME       AGE     WHY\nrefunds/1  3h ago  no route to hostno\n                   route to hostno route\n                   to host\nrefunds/2  now";
    assert_eq!(shown(table().with_whole_last(), 40), whole);
    let below = "NAME       AGE\nrefunds/1  3h ago\n  no route to hostno\n  route to hostno\n  route to host\nrefunds/2  now";
    assert_eq!(shown(table().with_whole_last(), 22), below);
    let styles = table().with_whole_last().laid_out(40).lines.len();
    assert_eq!(styles, whole.lines().count());
}

#[test]
fn nothing_gives_way_to_an_answer_that_is_short() {
    let mut table = Table::new(&["NAME", "AGE", "WHY"]).without_if_narrow(&["AGE"]);
    table.row(Style::new(), vec!["refunds/1".into(), "3h ago".into(), "\u{1b}full\n".into()]);
    let shown = shown(table, 30);
    assert!(shown.contains("AGE") && !shown.contains('\u{1b}'), "{shown}");
}
