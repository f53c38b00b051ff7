//! When the next try is due.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use redress::{Jitter, Schedule};
use serde_json::{Map, Value as Json};

use crate::fault::{Fault, planted};

/// What a failing service asks to wait is followed up to here. Without it one header could put off a retry for
/// centuries, unnoticed.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The delay before a step of a schedule, counted from 1; nothing after the last.
///
/// Jitter takes its luck from `chance`, from 0 up to 1; a schedule without jitter does not look at it.
///
/// ```
/// use std::time::Duration;
/// let schedule = serde_json::from_str(r#"["10m", "1h"]"#)?;
/// assert_eq!(redress_store::delay(&schedule, 2, 0.5), Some(Duration::from_secs(3600)));
/// assert_eq!(redress_store::delay(&schedule, 3, 0.5), None);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn delay(schedule: &Schedule, step: u32, chance: f64) -> Option<Duration> {
    let base = schedule.delay(step as usize)?;
    let chance = if (0.0..=1.0).contains(&chance) { chance } else { 1.0 };
    let share = match schedule.jitter() {
        Jitter::None => return Some(base),
        Jitter::Full => chance,
        Jitter::Percent(percent) => 1.0 + f64::from(percent) / 100.0 * (2.0 * chance - 1.0),
    };
    // Whole milliseconds, as everything that is stored; the product of a huge delay saturates.
    let milliseconds = base.as_millis() as f64 * share;
    Some(Duration::from_millis(milliseconds as u64))
}

/// The value of a header `Retry-After`, seconds or a date, as the duration for the fact `retry_after`.
///
/// A date is seen from the one in the header `Date` of the same answer, where it has one: the clock of the service may
/// be another than ours, which says `now`. A date that is past is `0ms`, as `0` is, which asks for
/// [no wait](asked_to_wait): the schedule's own step holds. Nothing is answered for what is neither seconds nor a date.
///
/// ```
/// let read = |header, date| {
///     let now = "1994-11-06T08:49:00Z".parse().ok()?;
///     redress_store::retry_after(header, date, now).map(|wait| wait.to_string())
/// };
/// assert_eq!(read("120", None), Some("2m".into()));
/// let asked = "Sun, 06 Nov 1994 08:49:37 GMT";
/// assert_eq!(read(asked, None), Some("37s".into()));
/// assert_eq!(read(asked, Some("Sun, 06 Nov 1994 08:49:30 GMT")), Some("7s".into()));
/// assert_eq!(read(asked, Some("Sun, 06 Nov 1994 08:50:00 GMT")), Some("0ms".into()));
/// assert_eq!(read("soon", None), None);
/// ```
pub fn retry_after(header: &str, date: Option<&str>, now: Timestamp) -> Option<redress::Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds: i64 = header.parse().unwrap_or(i64::MAX);
        return Some(redress::Duration::from_milliseconds(seconds.saturating_mul(1000)));
    }
    let answered = date.and_then(http_date).unwrap_or(now);
    let wait = answered.duration_until(http_date(header)?);
    // A part of a millisecond is a whole one: what is asked again before the date is refused again.
    let milliseconds = (wait.as_nanos() + 999_999).div_euclid(1_000_000);
    Some(redress::Duration::from_milliseconds(i64::try_from(milliseconds).unwrap_or(i64::MAX)))
}

fn http_date(written: &str) -> Option<Timestamp> {
    Timestamp::try_from(httpdate::parse_http_date(written.trim()).ok()?).ok()
}

/// What an event says that the failing service asked to wait, up to [`LONGEST_RETRY_AFTER`], in the place of the next
/// step of a schedule.
///
/// Nothing where that is no time: `0`, or a date that was past, tells when a service may be asked, not that it is well by
/// then. Taken at its word, it would have a whole schedule used up within a moment.
pub fn asked_to_wait(event: &Map<String, Json>) -> Option<Duration> {
    if planted(Fault::ForgetsRetryAfter) {
        return None;
    }
    let wait: redress::Duration = serde_json::from_value(event.get("retry_after")?.clone()).ok()?;
    let wait = Duration::from(wait).min(LONGEST_RETRY_AFTER);
    (!wait.is_zero() || planted(Fault::BurnsSchedule)).then_some(wait)
}

/// The time so much later, or the last there is.
pub(crate) fn later(now: Timestamp, wait: Duration) -> Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// The time in whole milliseconds, which is what stores keep.
pub(crate) fn whole(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn schedule(json: &str) -> Schedule {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_schedule_is_followed_step_by_step_and_ends() {
        let steps = |json: &str| -> Vec<u64> {
            let schedule = schedule(json);
            (1..).map_while(|step| delay(&schedule, step, 0.5)).map(|wait| wait.as_secs()).collect()
        };
        assert_eq!(steps(r#"["10m","1h","3h","12h","24h"]"#), [600, 3600, 10_800, 43_200, 86_400]);
        assert_eq!(steps(r#"{"every":{"interval":"15m","times":3}}"#), [900, 900, 900]);
        let growing =
            r#"{"exponential":{"start":"30s","factor":2,"max":"3m","times":5,"jitter":"none"}}"#;
        assert_eq!(steps(growing), [30, 60, 120, 180, 180]);
    }

    proptest! {
        #[test]
        fn jitter_stays_in_its_bounds(percent in 0..=100u8, chance in 0.0..1.0f64, start in 1..1_000_000i64) {
            let of = |jitter: &str| schedule(&format!(
                r#"{{"exponential":{{"start":{start},"factor":3,"times":4,"jitter":"{jitter}"}}}}"#
            ));
            let exact = delay(&of("none"), 2, chance).unwrap().as_millis() as f64;
            let full = delay(&of("full"), 2, chance).unwrap().as_millis() as f64;
            prop_assert!(full <= exact);
            let some = delay(&of(&format!("{percent}%")), 2, chance).unwrap().as_millis() as f64;
            let share = exact * f64::from(percent) / 100.0;
            prop_assert!((exact - share - 1.0..=exact + share + 1.0).contains(&some));
        }

        #[test]
        fn no_header_is_too_strange(header in ".{0,40}") {
            retry_after(&header, Some(&header), Timestamp::UNIX_EPOCH);
        }
    }

    #[test]
    fn nothing_is_tried_before_the_date_that_is_asked_for() {
        let date: Timestamp = "1994-11-06T08:49:37Z".parse().unwrap();
        let wait = |now: Timestamp| {
            retry_after("Sun, 06 Nov 1994 08:49:37 GMT", None, now).unwrap().milliseconds()
        };
        for nanoseconds in
            [0, 1, 400_000, 999_999, 1_000_000, 1_000_001, 999_999_999, 1_000_000_000]
        {
            let now = date - SignedDuration::from_nanos(nanoseconds);
            let due = later(whole(now), Duration::from_millis(wait(now).unsigned_abs()));
            assert_eq!(due, date, "{nanoseconds} ns before");
        }
        assert_eq!(wait(later(date, Duration::from_secs(1))), 0);
    }

    #[test]
    fn a_date_is_seen_from_that_of_its_answer() {
        // Our clock is an hour ahead.
        let now: Timestamp = "1994-11-06T09:49:00Z".parse().unwrap();
        let asked = |date: Option<&str>| {
            retry_after("Sun, 06 Nov 1994 08:50:37 GMT", date, now).unwrap().milliseconds()
        };
        assert_eq!(asked(None), 0);
        assert_eq!(asked(Some("today")), 0);
        assert_eq!(asked(Some(" Sun, 06 Nov 1994 08:49:00 GMT ")), 97_000);
        assert_eq!(asked(Some("Sun, 06 Nov 1994 08:50:38 GMT")), 0);
        assert_eq!(retry_after("7", Some("today"), now).unwrap().milliseconds(), 7_000);
    }

    #[test]
    fn what_a_service_asks_to_wait_is_bounded() {
        let event = |wait: Json| Map::from_iter([("retry_after".to_owned(), wait)]);
        assert_eq!(asked_to_wait(&event(Json::from("2m"))), Some(Duration::from_secs(120)));
        assert_eq!(asked_to_wait(&event(Json::from(1500))), Some(Duration::from_millis(1500)));
        assert_eq!(asked_to_wait(&event(Json::from("9999999d"))), Some(LONGEST_RETRY_AFTER));
        assert_eq!(asked_to_wait(&event(Json::from("soon"))), None);
        for none in ["0ms", "0s", "0d"] {
            assert_eq!(asked_to_wait(&event(Json::from(none))), None);
        }
        assert_eq!(asked_to_wait(&event(Json::from(0))), None);
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(
            retry_after("99999999999999999999", None, now).map(|wait| wait.milliseconds()),
            Some(i64::MAX)
        );
        assert_eq!(later(now, Duration::MAX), Timestamp::MAX);
    }
}
