//! What the derive refuses: `cases/refused/NAME.rs` with the compiler's words in `NAME.stderr`.

#[test]
fn what_cannot_be_facts_is_refused_at_its_place() {
    trybuild::TestCases::new().compile_fail("tests/cases/refused/*.rs");
}
