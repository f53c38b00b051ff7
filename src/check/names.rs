//! Finding what a name stands for, and saying what else may have been meant.

use std::collections::HashSet;

use super::lets::LetId;
use super::nothing::{asked_for_nothing, stands_for_nothing};
use super::{Checker, Files};
use crate::ast::Name;
use crate::bundled;
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::{Role, Unit};
use crate::source::{Sources, Span};
use crate::suggest::suggest;
use crate::vocabulary::{EnumId, FactId, MemberId};

/// How many names are listed where any of them may be meant.
const MOST_NAMED: usize = 12;

/// The names that something unreadable may have declared.
pub(super) struct Excused<'a> {
    words: HashSet<&'a str>,
    /// Whether there is a piece that could not be read.
    broken: bool,
    /// A whole file is missing, so any name may be meant.
    all: bool,
}

impl<'a> Excused<'a> {
    pub(super) fn new(files: Files<'a>, sources: &'a Sources) -> Self {
        let mut excused =
            Excused { words: HashSet::new(), broken: false, all: !files.chain.complete };
        for &piece in files.units().flat_map(|unit| &unit.ast.broken) {
            excused.broken = true;
            excused.piece(sources.slice(piece));
        }
        excused
    }

    /// The names that a broken piece may have been meant to declare: the one behind each keyword that
    /// begins a line, and every word of an enum.
    fn piece(&mut self, piece: &'a str) {
        // A member with a `-` may have been meant to stand in quotes.
        let no_word = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.' | '-');
        let mut in_enum = false;
        for line in piece.lines() {
            let mut words = line.split(no_word).filter(|word| !word.is_empty());
            if in_enum {
                self.words.extend(words);
                continue;
            }
            match words.next().and_then(crate::words::keyword_meant) {
                Some("enum") => {
                    in_enum = true;
                    self.words.extend(words);
                }
                Some("let" | "fact" | "outcome" | "rule") => self.words.extend(words.next()),
                _ => {}
            }
        }
    }

    /// Says nothing of a name whose declaration is wrong in a way that was reported.
    pub(super) fn add(&mut self, name: &'a str) {
        self.words.insert(name);
    }

    /// Whether nothing should be said of a name that is not found.
    pub(super) fn name(&self, name: &str) -> bool {
        self.all || self.words.contains(name)
    }

    /// Whether anything could not be read.
    pub(super) fn any(&self) -> bool {
        self.all || self.broken || !self.words.is_empty()
    }
}

/// What a name by itself can stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Fact(FactId),
    Let(LetId),
}

impl<'a> Checker<'a> {
    /// What a name stands for in a file; the names of a pack's own sets need no prefix in it.
    pub(super) fn find(&mut self, unit: &Unit, name: &str) -> Option<Meaning> {
        if let Role::Pack(pack) = &unit.role
            && let Some(id) = self.lets.find(&format!("{pack}.{name}"))
        {
            return Some(Meaning::Let(self.lets.mark_used(id)));
        }
        // Where both are there that is reported, and what compares the fact is not to blame.
        if let Some(fact) = self.vocabulary.find_fact(name) {
            self.asked.insert(fact);
            return Some(Meaning::Fact(fact));
        }
        self.lets.find(name).map(|id| Meaning::Let(self.lets.mark_used(id)))
    }

    /// Reports a name that stands for nothing, unless it is excused.
    pub(super) fn unknown_name(&mut self, name: &Name) {
        if self.excused.name(&name.text) || !self.unknown.insert(name.span) {
            return;
        }
        let sources = self.sources;
        self.report_lazily(Code::UnknownName, |vocabulary, lets| {
            let facts = vocabulary.facts().map(|(_, fact)| fact.name.as_str());
            let report = Diagnostic::new(
                Code::UnknownName,
                name.span,
                format!("nothing is called `{name}`"),
            );
            if stands_for_nothing(name) {
                return asked_for_nothing(report, name, sources);
            }
            let report = suggestion(report, name, facts.chain(lets.names()));
            let declare = "a fact or a `let` has to declare it";
            if report.help.is_some() { report } else { report.help(declare) }
        });
    }

    /// The enums that have a member or spelling of this name.
    pub(super) fn enums_with(&self, name: &str) -> Vec<(EnumId, MemberId)> {
        let enums = self.vocabulary.enums().enumerate();
        enums.filter_map(|(at, kind)| Some((EnumId(at as u32), kind.member(name)?))).collect()
    }
}

/// Where a declaration can be put in a file: before the first line that is not of its head.
pub(super) fn insertion_point(sources: &Sources, unit: &Unit) -> Span {
    use crate::ast::DeclarationKind::{Extends, Use, Version, Vocabulary};
    let is_head = |kind: &_| matches!(kind, Version(_) | Vocabulary(_) | Extends(_) | Use(_));
    let text = sources.file(unit.ast.file).text();
    let last_of_head =
        unit.ast.declarations.iter().take_while(|declaration| is_head(&declaration.kind)).last();
    let from = last_of_head.map_or(0, |declaration| declaration.span.end as usize);
    let at = match from {
        0 => text.len() - text.trim_start_matches('\u{feff}').len(),
        _ => text[from..].find('\n').map_or(text.len(), |at| from + at + 1),
    };
    Span::new(unit.ast.file, at..at)
}

/// Adds the name that may have been meant, with the fix that writes it.
pub(super) fn suggestion<'n>(
    report: Diagnostic,
    name: &Name,
    candidates: impl IntoIterator<Item = &'n str>,
) -> Diagnostic {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let of_a_pack = |known: &&str| {
        known.strip_suffix(name.text.as_str()).is_some_and(|pack| pack.ends_with('.'))
    };
    let full = candidates.iter().copied().find(of_a_pack);
    match full.or_else(|| suggest(&name.text, candidates)) {
        Some(near) => meant(report, name, near.to_owned()),
        None => report,
    }
}

/// What is said of a name with a dot that no set of a pack has.
pub(super) fn sets_of_pack<'n>(pack: &str, names: impl Iterator<Item = &'n str>) -> String {
    known_sets_of_pack(pack, names).unwrap_or_else(|| match bundled::find(bundled::PACKS, pack) {
        Some(_) => format!("`use {pack}` puts what the pack names at hand"),
        None => format!("no pack `{pack}` is in use"),
    })
}

/// What the sets of a pack are called, if it is in use.
pub(super) fn known_sets_of_pack<'n>(
    pack: &str,
    names: impl Iterator<Item = &'n str>,
) -> Option<String> {
    let of_pack = |name: &&str| name.split_once('.').is_some_and(|(prefix, _)| prefix == pack);
    let sets: Vec<&str> = names.filter(of_pack).take(MOST_NAMED).collect();
    (!sets.is_empty()).then(|| format!("the pack `{pack}` has `{}`", sets.join("`, `")))
}

pub(super) fn meant(report: Diagnostic, name: &Name, near: String) -> Diagnostic {
    report
        .help(format!("did you mean `{near}`?"))
        .fix(format!("write `{near}`"), name.span, near)
        .guess()
}

/// A member's name as it has to be written: in quotes where it is no identifier.
pub(crate) fn quote_if_needed(name: &str) -> String {
    let is_word = |part: &str| {
        !part.is_empty()
            && !part.as_bytes()[0].is_ascii_digit()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let reserved = crate::words::is_reserved(name);
    if !reserved && name.split('.').all(is_word) { name.to_owned() } else { quote(name) }
}

/// A text as a policy writes it.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
