//! Who may ask what: the guard before everything, and the roles before each room.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use redress_scenarios::Role;

use crate::problem::Problem;
use crate::shared::Shared;
use crate::tokens::Who;

/// Keeps web pages out: a browser on this machine would carry their requests to a server that asks for no token. Where it
/// asks for one, a page has none.
///
/// A page of another site says so in `Origin`; one whose name was made to point to this machine says that name in `Host`;
/// and what a page may send without asking first is never JSON.
pub(crate) async fn guard(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    match is_from_elsewhere(&shared, &request) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    }
}

/// What a page of another site needs.
const NO_PAGES: &str = "ask from a program, or configure a token and have the page send it";

fn is_from_elsewhere(shared: &Shared, request: &Request) -> Option<Problem> {
    let headers = request.headers();
    let refused =
        |place: &str, detail: &str| Some(Problem::new(StatusCode::FORBIDDEN, detail).at(place));
    if shared.tokens.is_empty() {
        let host = host(request);
        if !host.as_ref().is_some_and(is_this_machine) {
            let detail = "without a token it answers only to `localhost`, `127.0.0.1` and `[::1]`";
            return refused("header `host`", detail)
                .map(|problem| problem.fix("ask by one of these names, or configure a token"));
        }
        let own = host.map(|host| format!("http://{host}"));
        let origin = headers.get(header::ORIGIN);
        if origin.is_some_and(|origin| origin.to_str().ok() != own.as_deref()) {
            return refused("header `origin`", "pages of other sites may not ask")
                .map(|problem| problem.fix(NO_PAGES));
        }
        if headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site") {
            return refused("header `sec-fetch-site`", "pages of other sites may not ask")
                .map(|problem| problem.fix(NO_PAGES));
        }
    }
    if request.method() == Method::POST && !says_json(headers) {
        let problem = Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the body has to be JSON, and to say so",
        );
        return Some(
            problem.at("header `content-type`").fix("send `Content-Type: application/json`"),
        );
    }
    is_encoded(headers).then(|| {
        let detail = "the body is taken as it is, neither compressed nor encoded otherwise";
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
            .at("header `content-encoding`")
            .fix("send it as it is, without `Content-Encoding`")
    })
}

fn is_encoded(headers: &HeaderMap) -> bool {
    let mut said = headers.get_all(header::CONTENT_ENCODING).iter();
    said.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// The host that is asked for: as the target of the request says, else as its header does.
fn host(request: &Request) -> Option<Authority> {
    if let Some(authority) = request.uri().authority() {
        return Some(authority.clone());
    }
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (host, another) = (hosts.next()?, hosts.next());
    host.to_str().ok().filter(|_| another.is_none())?.parse().ok()
}

fn is_this_machine(host: &Authority) -> bool {
    let name = host.host();
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

fn says_json(headers: &HeaderMap) -> bool {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let Some(kind) = said.and_then(|said| said.split(';').next()) else { return false };
    let kind = kind.trim();
    ["application/json", "application/jsonl", "application/x-ndjson"]
        .iter()
        .any(|known| kind.eq_ignore_ascii_case(known))
}

pub(crate) async fn read(state: State<Shared>, request: Request, next: Next) -> Response {
    only(Role::Read, &state, request, next).await
}

pub(crate) async fn report(state: State<Shared>, request: Request, next: Next) -> Response {
    only(Role::Report, &state, request, next).await
}

pub(crate) async fn manage(state: State<Shared>, request: Request, next: Next) -> Response {
    only(Role::Manage, &state, request, next).await
}

/// Lets those in who have the role; handlers are told who it is.
async fn only(role: Role, shared: &Shared, mut request: Request, next: Next) -> Response {
    let who = match who(shared, request.headers()) {
        Ok(who) => who,
        Err(problem) => return problem.into_response(),
    };
    if !who.may(role) {
        let (name, role) = (&who.name, format!("{role:?}").to_lowercase());
        let detail = format!("the token `{name}` does not have the role `{role}`");
        let fix = format!(
            "ask with a token that has it, or add it to `[server.tokens.{name}]` in redress.toml"
        );
        let refused = Problem::new(StatusCode::FORBIDDEN, detail).at("header `authorization`");
        let mut refused = refused.fix(fix).into_response();
        // The log says who it was that tried.
        refused.extensions_mut().insert(who);
        return refused;
    }
    request.extensions_mut().insert(who.clone());
    let mut response = next.run(request).await;
    response.extensions_mut().insert(who);
    response
}

/// Who asks; everybody on this machine where there are no tokens.
pub(crate) fn who(shared: &Shared, headers: &HeaderMap) -> Result<Who, Problem> {
    if shared.tokens.is_empty() {
        return Ok(Who::local());
    }
    let refused = |detail: &str| {
        Problem::new(StatusCode::UNAUTHORIZED, detail)
            .at("header `authorization`")
            .fix("send `Authorization: Bearer` and a token of redress.toml")
    };
    let Some(said) = headers.get(header::AUTHORIZATION) else {
        return Err(refused("there is no token"));
    };
    let said = said.to_str().ok().and_then(|said| said.split_once(' '));
    let token = said.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let token = token.ok_or_else(|| refused("it is no bearer token"))?.1;
    shared.tokens.who(token.trim()).ok_or_else(|| refused("the token is not known"))
}
