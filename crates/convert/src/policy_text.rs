//! Writes policies.

use std::fmt::Write;

use redress::{Argument, Label, Outcome, Policy, PolicyLoader, Schedule};

use crate::error_names::ErrorNames;
use crate::remark::Remark;

/// A policy as it is being written.
pub(crate) struct PolicyText {
    heading: String,
    declarations: String,
    rules: String,
    vocabulary: redress::Policy,
    members: Vec<String>,
}

impl PolicyText {
    pub(crate) fn new() -> Self {
        PolicyText {
            heading: String::new(),
            declarations: String::new(),
            rules: String::new(),
            vocabulary: Policy::default(),
            members: Vec::new(),
        }
    }

    /// Adds a paragraph to the comment at the top.
    pub(crate) fn say(&mut self, paragraph: &str) {
        if !self.heading.is_empty() {
            self.heading.push_str("#\n");
        }
        self.heading.push_str(&comment(paragraph));
    }

    /// Adds what is noted of the part of the document that the policy is about, in the order of the document.
    pub(crate) fn note<'a>(&mut self, notes: impl Iterator<Item = &'a Remark>, path: &str) {
        let mut notes: Vec<&Remark> = notes.collect();
        notes.sort_by_key(|note| note.place);
        let lines = notes.into_iter().map(|note| {
            let rest = note.path.strip_prefix(path).unwrap_or(&note.path).trim_start_matches('/');
            let place = if rest.is_empty() { String::new() } else { format!("{rest}: ") };
            let help = note.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
            format!("Note: {place}{}{help}", note.message)
        });
        let lines: Vec<String> = lines.collect();
        if !lines.is_empty() {
            self.say(&lines.join("\n"));
        }
    }

    /// Adds a declaration other than a rule.
    pub(crate) fn declare(&mut self, declaration: &str) {
        let _ = writeln!(self.declarations, "\n{declaration}");
    }

    /// Adds a rule for errors of these names.
    pub(crate) fn rule(
        &mut self,
        name: &str,
        documentation: Option<&str>,
        errors: &ErrorNames,
        tries: Option<u32>,
        outcome: &Outcome,
    ) {
        let documentation = documentation.map(comment).unwrap_or_default();
        let condition = self.condition(errors);
        let attempt = tries.map(|tries| format!(" and attempt <= {tries}")).unwrap_or_default();
        let _ = writeln!(
            self.rules,
            "\n{documentation}rule {name}: when {condition}{attempt} => {outcome}"
        );
    }

    fn condition(&mut self, errors: &ErrorNames) -> String {
        let names: Vec<String> = errors.names.iter().map(|name| self.member(name)).collect();
        match (names.as_slice(), errors.all_but) {
            ([name], false) => format!("error == {name}"),
            ([name], true) => format!("error != {name}"),
            (_, false) => format!("error in [{}]", names.join(", ")),
            (_, true) => format!("error not in [{}]", names.join(", ")),
        }
    }

    /// A name as a condition writes it; it is declared where the standard vocabulary does not.
    fn member(&mut self, name: &str) -> String {
        let written = written(name);
        let vocabulary = self.vocabulary.vocabulary();
        let mut standard = vocabulary.enums().filter(|one| one.name == "ErrorType");
        if !standard.any(|one| one.member(name).is_some()) {
            self.members.push(written.clone());
        }
        written
    }

    /// The policy, in the one layout and known to load; otherwise why it does not.
    pub(crate) fn finish(mut self) -> Result<String, String> {
        let mut text = self.heading;
        text.push_str("policy 1\n");
        let mut seen = std::collections::HashSet::new();
        self.members.retain(|member| seen.insert(member.clone()));
        if !self.members.is_empty() {
            let _ = writeln!(text, "\nenum ErrorType += {{ {} }}", self.members.join(", "));
        }
        text.push_str(&self.declarations);
        text.push_str(&self.rules);
        text.push_str("\notherwise => fail\n");
        let parsed = redress::parse("imported.policy", &text);
        let text = redress::format::format(&parsed.ast, parsed.sources.file(parsed.ast.file));
        let report = PolicyLoader::bundled_only().check_text("imported.policy", &text);
        if report.policy.is_some() { Ok(text) } else { Err(report.to_string()) }
    }
}

/// `store(retry, after: …)`
pub(crate) fn store_retry(after: Schedule) -> Outcome {
    Outcome {
        name: "store".into(),
        variant: Some("retry".into()),
        arguments: [("after".into(), Argument::Schedule(after))].into(),
    }
}

/// A name as a member of an enum is written: quoted, unless it looks like the name of an error and is no word of
/// the language.
pub(crate) fn written(name: &str) -> String {
    let is_plain = name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
    let reads = || redress::parse("name", format!("enum E {{ {name} }}")).diagnostics.is_empty();
    if is_plain && reads() { name.to_owned() } else { quoted(name) }
}

/// A text of the language.
pub(crate) fn quoted(text: &str) -> String {
    Label::Text(text.to_owned()).to_string()
}

/// The longest line of a comment; longer ones are broken between words.
const WIDTH: usize = 110;

/// Lines of a comment; what would end it or hide in it is shown written out.
pub(crate) fn comment(text: &str) -> String {
    let mut lines = String::new();
    for paragraph in text.lines() {
        let mut line = String::from("#");
        for word in paragraph.split_whitespace() {
            if line.len() > 1 && line.chars().count() + 1 + word.chars().count() > WIDTH {
                lines.push_str(&line);
                lines.push('\n');
                line = String::from("#");
            }
            line.push(' ');
            line.extend(word.chars().flat_map(shown));
        }
        lines.push_str(&line);
        lines.push('\n');
    }
    lines
}

/// A character; one that cannot be seen, or changes the direction of text, as its number.
fn shown(character: char) -> Vec<char> {
    let hides = character.is_control()
        || matches!(
            character,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}' | '\u{feff}'
        );
    if hides { character.escape_unicode().collect() } else { vec![character] }
}
