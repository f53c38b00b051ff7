//! What stands around a policy: other files, and a host that does something otherwise than usual.
//!
//! ```text
//! --- host: nesting 3, encoding latin-1
//! extends "base.policy"
//! --- base.policy
//! otherwise => fail
//! ```
//!
//! | `host:` | meaning |
//! |---|---|
//! | `name teams/a.policy` | what the first file is called |
//! | `nesting 3`, `files 2`, `rules 2`, … | a limit |
//! | `strict limits` | the strict set of limits |
//! | `encoding latin-1` | the first file is written in Latin-1, not UTF-8 |
//! | `escapes on` | `⟨202E⟩` stands for the character U+202E |
//! | `bundled only` | no files but the library's own |
//! | `folder only` | the files lie in a folder, and none outside it may be named |
//! | `notes wanted` | notes are asked for |
//! | `outcomes narrow` | the host's own type knows only the outcomes `stop` and `fail` |

use std::collections::BTreeMap;
use std::path::PathBuf;

use redress::diagnostic::Fix;
use redress::{FileSystem, InMemory, Limits, LoadError, Policy, PolicyLoader, Report};

#[derive(Clone)]
pub struct Case {
    options: BTreeMap<String, String>,
    /// Name and text; what is checked comes first.
    files: Vec<(String, String)>,
}

impl Case {
    pub fn read(name: &str, text: &str) -> Self {
        let mut case =
            Case { options: BTreeMap::new(), files: vec![(name.to_owned(), String::new())] };
        for line in text.split_inclusive('\n') {
            match line.strip_prefix("--- ").map(str::trim_end) {
                Some(heading) => case.heading(heading),
                None => case.files.last_mut().unwrap().1.push_str(line),
            }
        }
        if case.option("escapes").is_some() {
            case.files[0].1 = resolve(&case.files[0].1);
        }
        case
    }

    fn heading(&mut self, heading: &str) {
        let Some(options) = heading.strip_prefix("host: ") else {
            return self.files.push((heading.to_owned(), String::new()));
        };
        for option in options.split(", ") {
            let (key, value) =
                option.split_once(' ').unwrap_or_else(|| panic!("`{option}` lacks a value"));
            match key {
                "name" => self.files[0].0 = value.to_owned(),
                _ => drop(self.options.insert(key.to_owned(), value.to_owned())),
            }
        }
    }

    /// The case with the edits of a fix applied.
    pub fn with(&self, report: &Report, fix: &Fix) -> Self {
        let mut case = self.clone();
        let mut edits: Vec<_> = fix.edits.iter().collect();
        edits.sort_by_key(|edit| (edit.span.file, edit.span.start, edit.span.end));
        for edit in edits.into_iter().rev() {
            let source = report.sources.file(edit.span.file);
            assert!(!source.is_bundled(), "a fix changes {}, which nobody can", source.name());
            let file = case.files.iter_mut().find(|(name, _)| name == source.name());
            let (_, text) = file.unwrap_or_else(|| panic!("a fix changes {}", source.name()));
            text.replace_range(edit.span.range(), &edit.text);
        }
        case
    }

    pub fn check(&self) -> Report {
        let (name, text) = &self.files[0];
        let report = self.loader().check_text(name, self.bytes(text));
        match (self.option("outcomes"), report.policy.clone()) {
            (Some(_), Some(policy)) => self.bind(&policy).err().map_or(report, refused),
            _ => report,
        }
    }

    /// The policy as a program loads it, which does not look for what is merely suspicious.
    pub fn load(&self) -> Result<Policy, LoadError> {
        let (name, text) = &self.files[0];
        let policy = self.loader().parse(name, self.bytes(text))?;
        if self.option("outcomes").is_some() {
            self.bind(&policy)?;
        }
        Ok(policy)
    }

    /// The case with another text as its first file, the others around it.
    pub fn instead(&self, text: &str) -> Self {
        let mut case = self.clone();
        case.files[0] = ("effective.policy".to_owned(), text.to_owned());
        case
    }

    /// The text of a file as it is now.
    pub fn text(&self, name: &str) -> &str {
        self.files.iter().find(|(file, _)| file == name).map_or("", |(_, text)| text)
    }

    fn bind(&self, policy: &Policy) -> Result<(), LoadError> {
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Narrow {
            Stop,
            Fail,
        }
        policy.typed::<Narrow>().map(drop)
    }

    fn option(&self, key: &str) -> Option<&str> {
        self.options.get(key).map(String::as_str)
    }

    fn bytes(&self, text: &str) -> Vec<u8> {
        match self.option("encoding") {
            Some("utf-16") => "\u{feff}"
                .encode_utf16()
                .chain(text.encode_utf16())
                .flat_map(u16::to_le_bytes)
                .collect(),
            Some(_) => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect(),
            None => text.as_bytes().to_vec(),
        }
    }

    fn loader(&self) -> PolicyLoader {
        let notes = self.option("notes").is_some();
        let loader = PolicyLoader::new().limits(self.limits()).notes(notes);
        if self.option("folder").is_some() {
            return loader.files(FileSystem::within(self.folder()).unwrap());
        }
        if self.option("bundled").is_some() {
            return loader.files(redress::BundledOnly);
        }
        let others = self.files.iter().skip(1);
        loader.files(
            others.fold(InMemory::new(), |files, (name, text)| files.with(name, text.as_str())),
        )
    }

    /// A folder with the files in it.
    fn folder(&self) -> PathBuf {
        let folder =
            PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("check").join(&self.files[0].0);
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in self.files.iter().skip(1) {
            std::fs::write(folder.join(name), text).unwrap();
        }
        folder
    }

    fn limits(&self) -> Limits {
        let mut limits =
            if self.option("strict").is_some() { Limits::strict() } else { Limits::default() };
        for (key, value) in &self.options {
            let limit = match key.as_str() {
                "file_bytes" => &mut limits.file_bytes,
                "nesting" => &mut limits.nesting,
                "files" => &mut limits.files,
                "rules" => &mut limits.rules,
                "condition_tests" => &mut limits.condition_tests,
                "list_elements" => &mut limits.list_elements,
                "list_members" => &mut limits.list_members,
                "diagnostics" => &mut limits.diagnostics,
                "analysis_steps" => &mut limits.analysis_steps,
                "strict" | "encoding" | "escapes" | "bundled" | "folder" | "outcomes" | "notes" => {
                    continue;
                }
                _ => panic!("a host has no `{key}`"),
            };
            *limit = value.parse().unwrap();
        }
        limits
    }
}

/// Puts characters in the place of their numbers.
fn resolve(text: &str) -> String {
    let mut pieces = text.split('⟨');
    let mut resolved = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (number, rest) = piece.split_once('⟩').unwrap();
        resolved.push(char::from_u32(u32::from_str_radix(number, 16).unwrap()).unwrap());
        resolved.push_str(rest);
    }
    resolved
}

fn refused(error: LoadError) -> Report {
    match error {
        LoadError::Refused(report) => *report,
        _ => panic!("{error}"),
    }
}
