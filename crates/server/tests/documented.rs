//! The manual: every `curl` in it is asked as it stands there, and answered as it says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::world::{World, ask};

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/server.md")
}

/// A request of the manual, and what stands beneath it.
struct Example {
    command: String,
    answer: String,
}

fn examples(text: &str) -> Vec<Example> {
    let blocks = text.split("```console\n").skip(1);
    let block = |block: &str| {
        let block = block.split("```").next().unwrap();
        // A command may have several lines; what it is answered comes behind the last.
        let (command, answer) = block.strip_prefix("$ ").unwrap().split_once(" | jq -S\n").unwrap();
        Example { command: command.to_owned(), answer: answer.to_owned() }
    };
    blocks.map(block).collect()
}

/// The words of a command as a shell parts them; single quotes are all that the manual uses.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for letter in command.chars() {
        match letter {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            letter => words.last_mut().unwrap().push(letter),
        }
    }
    words
}

fn answer(world: &World, command: &str) -> Json {
    let words = words(command);
    let [curl, silent, address, rest @ ..] = words.as_slice() else { panic!("{command}") };
    assert_eq!((curl.as_str(), silent.as_str()), ("curl", "-s"));
    let path = address.strip_prefix("localhost:7420").unwrap();
    let (mut headers, mut body) = (Vec::new(), None);
    for option in rest.chunks(2) {
        match option {
            [name, value] if name == "-H" => headers.push(value.split_once(": ").unwrap()),
            [name, value] if name == "-d" => body = Some(value.clone()),
            other => panic!("{other:?}"),
        }
    }
    let method = if body.is_some() { "POST" } else { "GET" };
    let answer = ask(&world.url(path), method, body.map(String::into_bytes), &headers);
    crate::description::holds(method, path, &answer);
    answer.json()
}

/// What is another one each time is the same in both: ids and runs by their order, times, hashes.
fn without_chance(json: &mut Json, ids: &mut BTreeMap<String, usize>) {
    match json {
        Json::String(text) if text.len() == 32 && text.bytes().all(|it| it.is_ascii_hexdigit()) => {
            let next = ids.len();
            *text = format!("id {}", ids.entry(text.clone()).or_insert(next));
        }
        Json::String(text) if text.starts_with("b3:") => "a hash".clone_into(text),
        Json::String(text) => *text = without_times(text),
        Json::Array(items) => items.iter_mut().for_each(|item| without_chance(item, ids)),
        Json::Object(fields) => fields.values_mut().for_each(|field| without_chance(field, ids)),
        _ => {}
    }
}

fn without_times(text: &str) -> String {
    let is_time = |word: &str| word.trim_end_matches(';').parse::<jiff::Timestamp>().is_ok();
    let words = text.split(' ').map(|word| if is_time(word) { "a time" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_manual_is_true() {
    let text = std::fs::read_to_string(file()).unwrap();
    let configuration = text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let world = World::with(configuration);
    let (mut written, mut told) = (BTreeMap::new(), BTreeMap::new());
    let mut renewed = text.clone();
    let examples = examples(&text);
    assert!(examples.len() >= 7);
    for Example { command, answer: before } in examples {
        let mut is = answer(&world, &command);
        let pretty = serde_json::to_string_pretty(&is).unwrap();
        if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
            let (old, new) = (
                format!("$ {command} | jq -S\n{before}```"),
                format!("$ {command} | jq -S\n{pretty}\n```"),
            );
            renewed = renewed.replace(&old, &new);
            continue;
        }
        let mut said: Json = serde_json::from_str(&before).unwrap_or_default();
        without_chance(&mut said, &mut written);
        without_chance(&mut is, &mut told);
        assert_eq!(said, is, "{command}");
    }
    if renewed != text {
        std::fs::write(file(), renewed).unwrap();
    }
}

#[test]
fn no_line_of_the_manual_is_wider_than_120_columns() {
    let text = std::fs::read_to_string(file()).unwrap();
    let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 120).collect();
    assert_eq!(wide, [""; 0]);
}

#[test]
fn every_metric_is_in_the_manual() {
    let text = std::fs::read_to_string(file()).unwrap();
    let figures = String::from_utf8(World::new().get("/metrics").body).unwrap();
    let names = figures.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    for name in names {
        assert!(text.contains(name), "docs/server.md does not have `{name}`");
    }
}
