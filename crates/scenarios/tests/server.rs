//! What `redress.toml` says of serving.

use std::path::PathBuf;
use std::time::Duration;

use redress_scenarios::{
    Configuration, Role, ServerConfiguration, TokenConfiguration, TokenSource,
};

#[test]
fn without_a_word_it_serves_this_machine_alone() {
    let server = Configuration::parse("redress.toml", "").unwrap().server;
    assert_eq!(server, ServerConfiguration::default());
    assert!(server.listen.ip().is_loopback() && server.tokens.is_empty());
}

#[test]
fn tokens_stand_in_files_and_variables_and_have_roles() {
    let text = r#"
        [server]
        listen = "0.0.0.0:80"
        max_body = "1MiB"
        max_connections = 9
        parallel_retries = 8
        request_timeout = "5s"
        grace = "1m"
        other_scenarios = true
        max_other_scenarios = 20
        [server.tokens.alice]
        roles = ["manage"]
        file = "alice.token"
        [server.tokens.ledger]
        roles = ["report", "read"]
        variable = "LEDGER_TOKEN"
    "#;
    let server = Configuration::parse("etc/redress.toml", text).unwrap().server;
    let token = |name: &str, roles: &[Role], source| TokenConfiguration {
        name: name.to_owned(),
        roles: roles.to_vec(),
        source,
    };
    let expected = ServerConfiguration {
        listen: "0.0.0.0:80".parse().unwrap(),
        tokens: vec![
            token("alice", &[Role::Manage], TokenSource::File(PathBuf::from("etc/alice.token"))),
            token(
                "ledger",
                &[Role::Report, Role::Read],
                TokenSource::Environment("LEDGER_TOKEN".to_owned()),
            ),
        ],
        max_body: 1 << 20,
        max_connections: 9,
        request_timeout: Duration::from_secs(5),
        parallel_retries: 8,
        grace: Duration::from_secs(60),
        other_scenarios: true,
        max_other_scenarios: 20,
    };
    assert_eq!(server, expected);
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let text = r#"[server]
listen = "everywhere"
max_conections = 3
parallel_retries = 0
request_timeout = "0s"
[server.tokens.alice]
roles = ["king"]
file = "alice.token"
[server.tokens.bob]
roles = []
file = "bob.token"
[server.tokens.carol]
roles = ["read"]
[server.tokens.dave]
file = "dave.token"
variable = "DAVE"
roles = ["read"]
"#;
    let error = Configuration::parse("redress.toml", text).unwrap_err();
    let told: Vec<String> = error.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 2: `listen` is `\"everywhere\"`, expected an address and a port such as `\"127.0.0.1:7420\"`",
            "line 3: unknown key `max_conections`, did you mean `max_connections`?",
            "line 4: `parallel_retries`: nothing would ever be done; 1 is the least",
            "line 5: `request_timeout`: no request would be answered in time",
            "line 7: `roles` is `[\"king\"]`, expected a list of `\"read\"`, `\"report\"`, `\"manage\"`",
            "line 10: token `bob`: it may do nothing: `roles` is to have `\"read\"`, `\"report\"` or `\"manage\"`",
            "line 13: token `carol`: it stands in a `file` or in a `variable` of the environment; one of them is to be given",
            "line 15: token `dave`: it stands in a `file` or in a `variable` of the environment; one of them is to be given",
        ]
    );
}
