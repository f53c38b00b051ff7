//! The tree: each case file is read and its declarations shown, spans as the text they cover.

use std::fmt::Write;

use super::check::compare;
use redress::ast::Ast;

#[test]
fn cases_give_their_trees() {
    compare("parse", |name, text| {
        let parsed = redress::parse(&format!("{name}.policy"), text);
        let mut shown = outline(&parsed.ast, text);
        for diagnostic in &parsed.diagnostics {
            writeln!(shown, "\n{}", diagnostic.one_line(&parsed.sources)).unwrap();
        }
        shown
    });
}

/// One declaration after the other, then the comments and what is broken.
fn outline(ast: &Ast, text: &str) -> String {
    let mut shown = String::new();
    for declaration in &ast.declarations {
        writeln!(shown, "{}\n", layout(&format!("{declaration:?}"), text)).unwrap();
    }
    writeln!(shown, "comments {}", layout(&format!("{:?}", ast.comments), text)).unwrap();
    write!(shown, "broken {}", layout(&format!("{:?}", ast.broken), text)).unwrap();
    shown
}

/// The widest line.
const WIDTH: usize = 110;

/// A `Debug` form on lines of bearable length, with what spans cover in their place.
fn layout(debug: &str, text: &str) -> String {
    let tokens = tokens(debug, text);
    let mut shown = String::new();
    let mut broken: Vec<bool> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "[" | "(" | "{" => {
                let column = shown.len() - shown.rfind('\n').map_or(0, |end| end + 1);
                let empty =
                    tokens.get(at + 1).is_some_and(|next| matches!(next.as_str(), "]" | ")" | "}"));
                broken.push(!empty && column + width(&tokens[at..]) > WIDTH);
                shown.push_str(token);
                new_line(&mut shown, &broken);
            }
            "]" | ")" | "}" => {
                if broken.pop() == Some(true) {
                    let indent = broken.iter().filter(|&&broken| broken).count();
                    write!(shown, "\n{}", "  ".repeat(indent)).unwrap();
                }
                shown.push_str(token);
            }
            "," => {
                shown.push(',');
                match broken.last() {
                    Some(true) => new_line(&mut shown, &broken),
                    _ => shown.push(' '),
                }
            }
            _ => shown.push_str(token),
        }
    }
    shown
}

fn new_line(shown: &mut String, broken: &[bool]) {
    if broken.last() == Some(&true) {
        let indent = broken.iter().filter(|&&broken| broken).count();
        write!(shown, "\n{}", "  ".repeat(indent)).unwrap();
    }
}

/// How long a bracketed piece is up to its closing bracket.
fn width(tokens: &[String]) -> usize {
    let mut depth = 0;
    let mut width = 0;
    for token in tokens {
        width += token.chars().count() + usize::from(token == ",");
        match token.as_str() {
            "[" | "(" | "{" => depth += 1,
            "]" | ")" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    width
}

/// Brackets, commas, and what stands between them.
fn tokens(debug: &str, text: &str) -> Vec<String> {
    let mut tokens = vec![String::new()];
    let mut rest = debug;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' => quoted(rest),
            '0'..='9' => {
                rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(rest.len())
            }
            c if c.is_ascii_alphabetic() => {
                rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())
            }
            '`' => rest[1..].find('`').map_or(rest.len(), |end| end + 2),
            c => c.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        match token {
            "[" | "]" | "(" | ")" | "{" | "}" | "," => {
                tokens.extend([token.to_owned(), String::new()])
            }
            _ => tokens.last_mut().unwrap().push_str(&covered(token, text)),
        }
    }
    let trimmed = tokens.iter().map(|token| token.trim().to_owned()).collect::<Vec<_>>();
    trimmed.into_iter().filter(|token| !token.is_empty()).collect()
}

/// The length of a quoted text.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    text.len()
}

/// For a span what it covers, shortened.
fn covered(token: &str, text: &str) -> String {
    let range = token
        .split_once("..")
        .and_then(|(start, end)| Some((start.parse().ok()?, end.parse().ok()?)));
    let Some((start, end)) = range else { return token.to_owned() };
    let slice: String = text[start..end].split_whitespace().collect::<Vec<_>>().join(" ");
    let characters: Vec<char> = slice.chars().collect();
    let shown: String = match characters.len() {
        0..=24 => slice,
        length => characters[..10].iter().chain(&['…']).chain(&characters[length - 10..]).collect(),
    };
    format!("‹{shown}›")
}
