//! The text of a pack, put together and brought into the one layout.

use std::fmt::Display;

use crate::Result;
use crate::origin::Origin;

/// How wide comments are set.
const WIDTH: usize = 116;

/// A pack while it is written.
pub struct Page {
    name: &'static str,
    text: String,
}

impl Page {
    /// The head of a pack: what it is, whose word it takes, how it is used, and what the authorities disagree about.
    pub fn new(name: &'static str, origin: &Origin, remarks: &[String]) -> Self {
        let mut page = Page { name, text: String::new() };
        page.comment(&origin.about);
        page.text.push_str("#\n");
        for source in &origin.source {
            page.comment(&format!("Source: {source}"));
        }
        page.comment(&format!("Date: {}.", origin.date));
        page.comment(&format!("Licence of the source: {}", origin.licence));
        page.text.push_str("#\n");
        let names = format!(
            "Names only: `use {name}` puts them at hand. `extends {name}` is the policy that goes \
            by them."
        );
        page.comment(&names);
        page.comment("Written by `cargo run -p redress-packs`: change its data and not this file.");
        for remark in remarks.iter().map(String::as_str).chain(origin.notice.split("\n\n")) {
            page.remark(remark);
        }
        page.text.push_str("policy 1\n\n");
        page
    }

    fn remark(&mut self, remark: &str) {
        if !remark.trim().is_empty() {
            self.text.push_str("#\n");
            self.comment(remark);
        }
    }

    /// Comment lines with this text.
    fn comment(&mut self, text: &str) {
        let mut line = String::from("#");
        for word in text.split_whitespace() {
            if line.len() > 1 && line.chars().count() + 1 + word.chars().count() > WIDTH {
                self.text.push_str(&line);
                self.text.push('\n');
                "#".clone_into(&mut line);
            }
            line.push(' ');
            line.push_str(word);
        }
        self.text.push_str(&line);
        self.text.push('\n');
    }

    /// Lines of a comment that are not to be filled up.
    pub fn table(&mut self, title: &str, lines: impl IntoIterator<Item = String>) {
        self.comment(title);
        for line in lines {
            self.text.push_str("#   ");
            self.text.push_str(&line);
            self.text.push('\n');
        }
        self.text.push('\n');
    }

    /// A declaration with its documentation.
    pub fn declare(&mut self, documentation: &str, declaration: impl Display) {
        self.comment(documentation);
        self.text.push_str(&format!("{declaration}\n\n"));
    }

    /// A named list.
    pub fn set<T: Display>(
        &mut self,
        documentation: &str,
        name: &str,
        elements: impl IntoIterator<Item = T>,
    ) {
        self.declare(documentation, format!("let {name} = {}", list(elements)));
    }

    /// Members that an enum gains, each with a comment behind it.
    pub fn members<'a>(
        &mut self,
        documentation: &str,
        kind: &str,
        members: impl IntoIterator<Item = (&'a str, String)>,
    ) {
        let line = |(name, comment): (&str, String)| match comment.as_str() {
            "" => format!("    {}\n", member(name)),
            comment => format!("    {}  # {comment}\n", member(name)),
        };
        let members: String = members.into_iter().map(line).collect();
        self.declare(documentation, format!("enum {kind} += {{\n{members}}}"));
    }

    /// The whole file in the one layout.
    pub fn finish(self) -> Result<String> {
        let parsed = redress::parse(self.name, &self.text);
        if let Some(problem) = parsed.diagnostics.first() {
            return Err(problem.one_line(&parsed.sources).to_string().into());
        }
        Ok(redress::format::format(&parsed.ast, parsed.sources.file(parsed.ast.file)))
    }
}

/// A list as a policy writes it.
pub fn list<T: Display>(elements: impl IntoIterator<Item = T>) -> String {
    let elements: Vec<String> = elements.into_iter().map(|element| element.to_string()).collect();
    format!("[{}]", elements.join(", "))
}

/// A text as a policy writes it; none of the data has what would have to be escaped.
pub fn text(text: &str) -> String {
    format!("\"{text}\"")
}

/// A member as a policy writes it.
pub fn member(name: &str) -> String {
    let starts_as_word = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if starts_as_word && is_word { name.to_owned() } else { text(name) }
}

/// Members as a policy writes them.
pub fn member_list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    list(names.into_iter().map(member))
}

/// A test whether a fact is one of these constants.
pub fn one_of(fact: &str, constants: &[String]) -> String {
    match constants {
        [only] => format!("{fact} == {only}"),
        several => format!("{fact} in {}", list(several)),
    }
}

/// A test whether a fact is none of these constants.
pub fn none_of(fact: &str, constants: &[String]) -> String {
    match constants {
        [only] => format!("{fact} != {only}"),
        several => format!("{fact} not in {}", list(several)),
    }
}

/// Numbers in ascending order as a policy writes them: three or more in a row are a range.
pub fn number_list(numbers: &[u16]) -> String {
    let runs = numbers.chunk_by(|one, next| one + 1 == *next);
    let written = runs.flat_map(|run| match run {
        [first, .., last] if run.len() > 2 => vec![format!("{first}..{last}")],
        short => short.iter().map(u16::to_string).collect(),
    });
    list(written)
}
