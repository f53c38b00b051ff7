//! The counts and limits of a scenario, asked without a store.

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn the_third_error_in_a_row_switches_off_but_for_those_that_do_not_count() {
    let settings = Settings { runaway: None, ..Settings::default() };
    let mut state = ScenarioState::default();
    let mut fails = |error: &str| state.run_failed(error, false, &settings, at(0));
    assert_eq!(fails("RuntimeError"), None);
    for uncounted in UNCOUNTED {
        assert_eq!(fails(uncounted), None);
    }
    assert_eq!(fails("RuntimeError"), None);
    assert_eq!(fails("RateLimitError"), Some(WhyOff::Consecutive(3)));
}

#[test]
fn a_success_or_a_warning_starts_the_count_again() {
    let settings = Settings { runaway: None, ..Settings::default() };
    let mut state = ScenarioState::default();
    for round in 0..4 {
        for _ in 0..2 {
            assert_eq!(state.run_failed("RuntimeError", false, &settings, at(0)), None);
        }
        if round % 2 == 0 {
            state.succeeded();
        } else {
            assert_eq!(state.run_kept(&settings, at(0)), None);
        }
    }
}

#[test]
fn an_instant_trigger_switches_off_at_the_first_error_that_counts() {
    let (settings, mut state) = (Settings::default(), ScenarioState::default());
    assert_eq!(state.run_failed("ConnectionError", true, &settings, at(0)), None);
    assert_eq!(state.run_failed("RuntimeError", true, &settings, at(0)), Some(WhyOff::Instant));
}

#[test]
fn ten_failures_in_two_minutes_switch_off() {
    let (settings, mut state) = (Settings::default(), ScenarioState::default());
    for second in 0..9 {
        assert_eq!(state.run_kept(&settings, at(second * 14)), None);
    }
    // The tenth comes 126 seconds after the first, the eleventh within two minutes of the second.
    assert_eq!(state.run_kept(&settings, at(126)), None);
    assert_eq!(state.run_kept(&settings, at(127)), Some(WhyOff::Runaway(10)));
    state.succeeded();
    assert_eq!(state.run_kept(&settings, at(127)), None);
}

#[test]
fn a_runaway_is_switched_off_where_any_number_of_errors_in_a_row_may_be() {
    let settings = Settings { max_consecutive_errors: None, ..Settings::default() };
    let mut state = ScenarioState::default();
    for second in 0..9 {
        assert_eq!(state.run_failed("RuntimeError", true, &settings, at(second)), None);
    }
    let tenth = state.run_failed("RuntimeError", true, &settings, at(9));
    assert_eq!(tenth, Some(WhyOff::Runaway(10)));
}

#[test]
fn both_limits_hold_and_what_is_lost_is_counted() {
    let settings = Settings {
        max_records: 2,
        max_bytes: redress::Size::from_bytes(100),
        ..Settings::default()
    };
    let mut state = ScenarioState::default();
    state.came(60);
    assert_eq!(state.room(41, &settings), Err(Full::Bytes(100)));
    assert_eq!(state.room(40, &settings), Ok(()));
    state.came(40);
    assert_eq!(state.room(0, &settings), Err(Full::Records(2)));
    assert_eq!(state.room_to_grow(1, &settings), Err(Full::Bytes(100)));
    assert_eq!(state.room_to_grow(0, &settings), Ok(()));
    state.went(60);
    assert_eq!(state.room(60, &settings), Ok(()));
    state.lose(7, at(1));
    state.lose(8, at(2));
    let lost = Lost { executions: 2, bytes: 15, first: Some(at(1)), last: Some(at(2)) };
    assert_eq!(state.lost, lost);
}

#[test]
fn why_a_scenario_is_off_is_said_in_the_number_that_it_is() {
    let person = |reason: Option<&str>| WhyOff::Person {
        by: "bob".to_owned(),
        reason: reason.map(str::to_owned),
    };
    for (why, said) in [
        (WhyOff::Consecutive(1), "1 run failed in a row"),
        (WhyOff::Consecutive(2), "2 runs failed in a row"),
        (WhyOff::Runaway(1), "1 failure came in a short time"),
        (WhyOff::Runaway(10), "10 failures came in a short time"),
        (
            WhyOff::Full(Full::Records(1)),
            "an execution could not be stored: 1 execution that is not resolved is kept already, as many as may be",
        ),
        (
            WhyOff::Full(Full::Records(0)),
            "an execution could not be stored: 0 executions that are not resolved are kept already, as many as may be",
        ),
        (person(None), "bob switched it off"),
        (person(Some("the ledger moves")), "bob switched it off: the ledger moves"),
    ] {
        assert_eq!(why.to_string(), said);
    }
}

#[test]
fn a_person_who_gives_another_reason_for_what_is_off_is_heard() {
    let person = |by: &str, reason: Option<&str>| WhyOff::Person {
        by: by.to_owned(),
        reason: reason.map(str::to_owned),
    };
    let mut state = ScenarioState::default();
    assert!(state.switch_off(WhyOff::Runaway(10), at(0)).is_some());
    // Who gives no reason says nothing that is not known, and neither does a guard.
    let nothing = [person("bob", None), person("bob", Some(" ")), WhyOff::Consecutive(3)];
    for why in nothing {
        assert_eq!(state.switch_off(why, at(1)), None);
    }
    let why = person("bob", Some("the ledger moves"));
    let what = ScenarioHappening::Off { why: why.clone() };
    assert_eq!(state.switch_off(why.clone(), at(2)), Some(ScenarioEntry { at: at(2), what }));
    assert_eq!(state.off, Some(Off { since: at(2), why: why.clone() }));
    assert_eq!(state.switch_off(why, at(3)), None);
    assert!(state.switch_off(person("carol", Some("the ledger moves")), at(4)).is_some());
}
