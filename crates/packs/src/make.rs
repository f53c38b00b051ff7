//! The pack `make`: when the documented product's sister tries again.

use serde_json::Value as Json;

use crate::Result;
use crate::data::Data;
use crate::origin::Origin;
use crate::page::{Page, list, member_list};

pub fn write(data: &Data, origin: &Origin) -> Result<String> {
    let file: Json =
        serde_json::from_str(&data.repository_text("tests/data/fusion_and_make_rules.json")?)?;
    let stored = &file["schedules"]["make_incomplete_executions_enabled"];
    let rerun = &file["schedules"]["make_incomplete_executions_disabled"];
    let retried = texts(&stored["applies_to"])?;
    let product = texts(&file["default_disposition_no_handler_other_module"]["store_auto_retry"])?;
    let not_here: Vec<&str> =
        product.into_iter().filter(|error| !retried.contains(error)).collect();
    let mut page =
        Page::new("make", origin, &["The intervals count from the try before.".to_owned()]);
    page.declare(
        &format!(
            "The errors whose stored executions are tried again by themselves. Unlike in \
        Fusion, {} is not one.",
            not_here.join(", ")
        ),
        format!("let retried = {}", member_list(retried)),
    );
    let stored = minutes(&stored["minutes"])?;
    let last: u64 = stored.iter().sum();
    page.declare(
        &format!(
            "A stored execution is tried again after these intervals; the last try is {} h \
        {} min after the run.",
            last / 60,
            last % 60
        ),
        format!("let stored = {}", durations(&stored)),
    );
    let rerun = minutes(&rerun["minutes"])?;
    page.declare(
        &format!(
            "Where nothing is stored, the whole scenario runs again after these; when the \
        {}th fails it is switched off.",
            rerun.len()
        ),
        format!("let rerun = {}", durations(&rerun)),
    );
    let directive = &file["break_directive"]["make_default"];
    let (delay, attempts) = (number(&directive["delay_minutes"])?, number(&directive["attempts"])?);
    page.declare(
        "What a Break directive with automatic completion does unless it is set otherwise.",
        format!("let break_default = every({}, times: {attempts})", duration(delay)),
    );
    page.finish()
}

fn texts(json: &Json) -> Result<Vec<&str>> {
    let texts = json.as_array().and_then(|list| list.iter().map(Json::as_str).collect());
    texts.ok_or_else(|| format!("this is no list of names: {json}").into())
}

fn number(json: &Json) -> Result<u64> {
    json.as_u64().ok_or_else(|| format!("this is no number: {json}").into())
}

fn minutes(json: &Json) -> Result<Vec<u64>> {
    json.as_array().map_or_else(
        || Err(format!("this is no list: {json}").into()),
        |list| list.iter().map(number).collect(),
    )
}

fn durations(minutes: &[u64]) -> String {
    list(minutes.iter().map(|minutes| duration(*minutes)))
}

/// So many minutes as a policy writes them.
fn duration(minutes: u64) -> String {
    if minutes >= 60 && minutes.is_multiple_of(60) {
        format!("{}h", minutes / 60)
    } else {
        format!("{minutes}m")
    }
}
