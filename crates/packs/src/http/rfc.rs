//! What RFCs say of repeating a request.

use serde::Deserialize;

use crate::Result;
use crate::data::Data;
use crate::page::{Page, member_list, number_list, one_of};

/// What is said of a status.
#[derive(Deserialize)]
struct Status {
    status: u16,
    verdict: Verdict,
    source: String,
    words: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    /// The request may be repeated.
    Retry,
    /// The same, where the answer says when.
    RetryAfter,
    /// The same, whatever the method.
    AnyMethod,
    /// It must not be repeated.
    No,
}

/// A method, and whether a request with it may be made twice.
#[derive(Deserialize)]
struct Method {
    method: String,
    idempotent: bool,
}

pub fn write(page: &mut Page, data: &Data) -> Result<()> {
    let statuses: Vec<Status> = data.rows("http/rfc_statuses.csv")?;
    let methods: Vec<Method> = data.rows("http/methods.csv")?;
    declare_methods(page, &methods);
    let quote =
        |status: &Status| format!("{}  {}: \"{}\"", status.status, status.source, status.words);
    page.table(
        "What RFCs say of statuses; of the others they say nothing to this.",
        statuses.iter().map(quote),
    );
    let with = |verdicts: &[Verdict]| -> Vec<u16> {
        let found = statuses.iter().filter(|status| verdicts.contains(&status.verdict));
        found.map(|status| status.status).collect()
    };
    let one_of = |verdict: Verdict| {
        let statuses: Vec<String> = with(&[verdict]).iter().map(u16::to_string).collect();
        one_of("status", &statuses)
    };
    page.declare(
        "The statuses after which an RFC lets the same request be made again, if with conditions.",
        format!(
            "let rfc_statuses = {}",
            number_list(&with(&[Verdict::Retry, Verdict::RetryAfter, Verdict::AnyMethod]))
        ),
    );
    page.declare(
        "What RFCs let a client repeat by itself: \"A client SHOULD NOT automatically retry a \
        request with a non-idempotent method\" (RFC 9110 section 9.2.2).",
        format!(
            "let rfc = {} or (idempotent and ({} or ({} and retry_after is present)))",
            one_of(Verdict::AnyMethod),
            one_of(Verdict::Retry),
            one_of(Verdict::RetryAfter),
        ),
    );
    Ok(())
}

fn declare_methods(page: &mut Page, methods: &[Method]) {
    let all: Vec<&str> = methods.iter().map(|method| method.method.as_str()).collect();
    page.declare("Request methods.", format!("enum HttpMethod open {{ {} }}", all.join(", ")));
    page.declare("The method of the request that failed.", "fact http_method: HttpMethod ?");
    let idempotent = methods.iter().filter(|method| method.idempotent);
    page.declare(
        "The request may be made twice to the same effect (RFC 9110 section 9.2.2).",
        format!(
            "let idempotent = http_method in {}",
            member_list(idempotent.map(|method| method.method.as_str()))
        ),
    );
}
