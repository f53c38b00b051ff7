//! The description: it is kept, and every answer of every test is held against it.

use std::path::Path;

use serde_json::{Value as Json, json};

use crate::world::{Answer, World, ask};

fn described() -> Json {
    serde_json::to_value(redress_server::description()).unwrap()
}

/// Fails where an answer is not as the description says, or a problem does not say where it is and what to do.
pub fn holds(method: &str, path: &str, answer: &Answer) {
    if answer.status >= 400 && path != "/readyz" {
        assert_eq!(answer.header("content-type"), "application/problem+json", "{method} {path}");
        let problem = answer.json();
        for part in ["detail", "fix", "place"] {
            let is_said = problem[part].as_str().is_some_and(|said| !said.is_empty());
            // What is wrong with the server has no place in the request.
            let is_ours = part == "place" && answer.status >= 500;
            assert!(is_said || is_ours, "{method} {path}: no {part}: {problem}");
        }
    }
    let description = described();
    let path = path.split('?').next().unwrap();
    let Some(operation) = operation(&description, method, path) else {
        assert!(
            answer.status == 404 || answer.status == 405 || path == "/openapi.json",
            "{method} {path}"
        );
        return;
    };
    let responses = &operation["responses"];
    let named = responses.get(answer.status.to_string());
    // What is refused before it comes to its room is not described with each.
    let is_refused = matches!(answer.status, 401 | 403 | 413 | 415);
    let response = named.or_else(|| responses.get("default"));
    let response = match response {
        None if is_refused => return,
        response => response
            .unwrap_or_else(|| panic!("{method} {path}: {} is not described", answer.status)),
    };
    let Some(content) = response.get("content") else {
        assert!(answer.body.is_empty() || answer.status == 200, "{method} {path}");
        return;
    };
    let kind = answer.header("content-type").split(';').next().unwrap();
    let Some(schema) = content.get(kind).and_then(|it| it.get("schema")) else {
        assert!(
            content.get("application/octet-stream").is_some(),
            "{method} {path}: {kind} is not described"
        );
        return;
    };
    if !kind.ends_with("json") {
        return;
    }
    let mut schema = schema.clone();
    schema["components"] = closed(description["components"].clone());
    let schema = jsonschema::validator_for(&schema).unwrap();
    let problems: Vec<String> = schema
        .iter_errors(&answer.json())
        .map(|it| format!("{}: {it}", it.instance_path()))
        .collect();
    assert!(problems.is_empty(), "{method} {path}: {problems:#?}\n{}", answer.json());
}

/// Objects with nothing but what is described; entries of logs have more, by what happened.
fn closed(mut components: Json) -> Json {
    for (name, schema) in components["schemas"].as_object_mut().unwrap() {
        if schema.get("properties").is_some() && !name.ends_with("Entry") {
            schema["additionalProperties"] = json!(false);
        }
    }
    components
}

fn operation<'d>(description: &'d Json, method: &str, path: &str) -> Option<&'d Json> {
    let fits = |template: &str| {
        let (template, path) = (template.split('/'), path.split('/'));
        template.clone().count() == path.clone().count()
            && template.zip(path).all(|(part, given)| part.starts_with('{') || part == given)
    };
    let paths = description["paths"].as_object().unwrap();
    let exact = paths.get(path);
    let found = exact.or_else(|| paths.iter().find(|(template, _)| fits(template)).map(|it| it.1));
    found?.get(method.to_lowercase())
}

#[test]
fn it_is_kept_and_served() {
    let mut text = redress_server::description().to_pretty_json().unwrap();
    text.push('\n');
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(&kept, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&kept).unwrap();
    assert!(kept == text, "docs/openapi.json is not as the code is: INSTA_UPDATE=always writes it");
    let world = World::new();
    assert_eq!(world.get("/openapi.json").json(), described());
}

/// Every operation, with ids and names in the path: nobody gets past without the right token.
pub fn operations() -> Vec<(String, String)> {
    let description = described();
    let paths = description["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let path = path.replace("{id}", &"0".repeat(32)).replace("{run}", &"0".repeat(32));
        let path = path.replace("{name}", "refunds");
        let methods: Vec<String> = item.as_object().unwrap().keys().cloned().collect();
        methods.into_iter().map(move |method| (method.to_uppercase(), path.clone()))
    });
    operations.collect()
}

#[test]
fn every_operation_is_there() {
    let world = World::new();
    for (method, path) in operations() {
        let body = (method == "POST").then(|| b"{}".to_vec());
        let answer = ask(&world.url(&path), &method, body, &[]);
        let problem: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
        let is_missing =
            problem["detail"].as_str().is_some_and(|it| it.starts_with("there is nothing at"));
        assert!(!is_missing && answer.status != 405, "{method} {path}: {problem}");
    }
    assert!(operations().len() > 20);
}
