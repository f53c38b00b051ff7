//! Who may ask: tokens and roles, and what no web page can do.

use serde_json::json;

use crate::description::operations;
use crate::world::{MANAGES, READS, REPORTS, SCENARIOS, World, ask};

const TOKENS: &str = r#"
[server.tokens.looker]
roles = ["read"]
file = "reads"
[server.tokens.ledger]
roles = ["report"]
file = "reports"
[server.tokens.alice]
roles = ["manage"]
file = "manages"
"#;

fn guarded() -> World {
    World::with(&format!("{TOKENS}{SCENARIOS}"))
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

#[test]
fn nothing_is_told_or_done_without_a_token() {
    let world = guarded();
    for (method, path) in operations() {
        if ["/healthz", "/readyz", "/metrics"].contains(&path.as_str()) {
            continue;
        }
        for token in [
            None,
            Some("Bearer 0123456789abcdef-nobody"),
            Some("Basic YTpi"),
            Some("Bearer"),
            Some("Bearer "),
        ] {
            let headers: Vec<(&str, &str)> =
                token.into_iter().map(|it| ("authorization", it)).collect();
            let body = (method == "POST").then(|| b"{}".to_vec());
            let answer = ask(&world.url(&path), &method, body, &headers);
            assert_eq!(
                (answer.status, answer.header("www-authenticate")),
                (401, "Bearer"),
                "{method} {path}"
            );
        }
    }
    assert_eq!(world.get("/metrics").status, 401);
    assert_eq!(world.get("/healthz").status, 200);
    assert_eq!(world.get("/readyz").status, 200);
}

#[test]
fn each_role_opens_its_own_rooms() {
    let world = guarded();
    let opens = |token: &str, method: &str, path: &str| {
        let body = (method == "POST").then(|| "{}".to_owned());
        world.ask(method, path, body, &[("authorization", &bearer(token))]).status != 403
    };
    let retry = format!("/v1/executions/{}/retry", "0".repeat(32));
    for (method, path, who) in [
        ("GET", "/v1/executions", [true, false, true]),
        ("GET", "/metrics", [true, false, true]),
        ("POST", "/v1/report", [false, true, true]),
        ("POST", "/v1/scenarios/refunds/runs", [false, true, true]),
        ("POST", &retry, [false, false, true]),
        ("POST", "/v1/executions/delete", [false, false, true]),
        ("POST", "/v1/scenarios/refunds/switch-off", [false, false, true]),
    ] {
        let opened = [READS, REPORTS, MANAGES].map(|token| opens(token, method, path));
        assert_eq!(opened, who, "{method} {path}");
    }
}

#[test]
fn who_did_it_is_the_name_of_the_token() {
    let world = guarded();
    let event = json!({"error": "DataError", "module": 2});
    let report = json!({"scenario": "refunds", "event": event}).to_string();
    let answer =
        world.ask("POST", "/v1/report", Some(report), &[("authorization", &bearer(REPORTS))]);
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    let manages = bearer(MANAGES);
    let close = Some(r#"{"reason": "paid by hand"}"#.to_owned());
    let closed = world.ask(
        "POST",
        &format!("/v1/executions/{id}/close"),
        close,
        &[("authorization", &manages)],
    );
    assert_eq!(
        closed.json()["state"]["how"],
        json!({"closed": {"by": "alice", "reason": "paid by hand"}})
    );
}

#[test]
fn a_web_page_can_do_nothing_to_a_server_without_tokens() {
    let world = World::new();
    let report = || {
        Some(
            json!({"scenario": "refunds", "event": {"error": "DataError", "module": 2}})
                .to_string(),
        )
    };
    let own = world.url("");
    let status = |method: &str, headers: &[(&str, &str)]| {
        let body = if method == "POST" { report() } else { None };
        let path = if method == "POST" { "/v1/report" } else { "/v1/executions" };
        world.ask(method, path, body, headers).status
    };
    let port = world.server.address().port();
    // A name that was made to point to this machine.
    for host in [
        "evil.example",
        &format!("evil.example:{port}"),
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "",
    ] {
        assert_eq!(status("POST", &[("host", host)]), 403, "{host}");
        assert_eq!(status("GET", &[("host", host)]), 403, "{host}");
    }
    for origin in ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"] {
        assert_eq!(status("POST", &[("origin", origin)]), 403, "{origin}");
        assert_eq!(status("GET", &[("origin", origin)]), 403, "{origin}");
    }
    assert_eq!(status("GET", &[("sec-fetch-site", "cross-site")]), 403);
    // What a page may send without asking first.
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain; application/json",
    ] {
        assert_eq!(status("POST", &[("content-type", kind)]), 415, "{kind}");
    }
    assert_eq!(world.get("/v1/executions").json()["executions"], json!([]));
    // No answer invites a page either.
    let preflight =
        ask(&world.url("/v1/report"), "OPTIONS", None, &[("origin", "http://evil.example")]);
    assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (403, ""));

    for host in ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:7"] {
        assert_eq!(status("GET", &[("host", host)]), 200, "{host}");
    }
    assert_eq!(
        status("POST", &[("origin", &own), ("content-type", "application/json; charset=utf-8")]),
        201
    );
}

#[test]
fn with_tokens_any_name_and_page_may_ask_that_has_one() {
    let world = guarded();
    let headers = [
        ("host", "redress.example"),
        ("origin", "https://redress.example"),
        ("authorization", &*bearer(READS)),
    ];
    assert_eq!(world.ask("GET", "/v1/executions", None, &headers).status, 200);
    assert_eq!(world.ask("GET", "/v1/executions", None, &headers[..2]).status, 401);
}

fn refused(configuration: &str) -> String {
    match World::begin(configuration) {
        Ok(_) => panic!("it starts"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_would_be_open_to_others_does_not_start() {
    let open = refused("[server]\nlisten = \"0.0.0.0:0\"");
    assert_eq!(
        open,
        "without a token it listens to this machine alone, and 0.0.0.0:0 is open to others; configure one under \
         `[server.tokens.NAME]` in redress.toml"
    );
    let world = World::with(&format!("[server]\nlisten = \"0.0.0.0:0\"\n{TOKENS}"));
    let address = format!("http://127.0.0.1:{}/v1/executions", world.server.address().port());
    let answer = ask(
        &address,
        "GET",
        None,
        &[("authorization", &bearer(READS)), ("host", "redress.example")],
    );
    assert_eq!(answer.status, 200);
}

#[test]
fn a_token_that_is_none_does_not_start() {
    let token = |text: &str| refused(&format!("[server.tokens.bob]\nroles = [\"read\"]\n{text}"));
    let told = token("file = \"nowhere\"");
    assert!(
        told.starts_with("token `bob`, file `")
            && told.ends_with("nowhere`: there is no such file"),
        "{told}"
    );
    let told = token("file = \"quick.policy\"");
    assert!(told.contains("can read it; take that away, with chmod 600"), "{told}");
    assert_eq!(
        token("variable = \"REDRESS_NO_SUCH_VARIABLE\""),
        "token `bob`, variable `REDRESS_NO_SUCH_VARIABLE`: it is not set"
    );
    // The variable is there for every test that cargo runs, and is no token.
    assert!(token("variable = \"CARGO_PKG_VERSION\"").contains("could be guessed"));
    assert_eq!(
        refused(&format!("{TOKENS}[server.tokens.carol]\nroles = [\"read\"]\nfile = \"reads\"")),
        "token `looker` is the same as token `carol`"
    );
}
