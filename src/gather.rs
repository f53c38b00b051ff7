//! Reads a policy and every file it names: its bases, the packs they use, and their vocabulary.

mod header;
mod missing;

use std::path::{Path, PathBuf};

use self::header::Header;
use self::missing::{unknown_bundled, unreadable};
use crate::ast::{Ast, DeclarationKind, FileReference, Name};
use crate::bundled::{self, BundledFile};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::{PolicyLoader, normalise};
pub(crate) use crate::source::Role;
use crate::source::{FileId, Sources};
use crate::{parse, scan};

/// All files of one policy.
#[derive(Debug)]
pub(crate) struct Chain {
    /// The files that make the vocabulary, the innermost first.
    pub(crate) vocabulary: Vec<Unit>,
    /// The packs, each once, in the order in which they are named.
    pub(crate) packs: Vec<Unit>,
    /// The policies, the base first and the file itself last; empty where that is a vocabulary or a pack.
    pub(crate) policies: Vec<Unit>,
    /// Whether every file could be read whole.
    pub(crate) complete: bool,
}

impl Chain {
    /// All files, in the order in which what they declare comes into being.
    pub(crate) fn units(&self) -> impl DoubleEndedIterator<Item = &Unit> {
        self.vocabulary.iter().chain(&self.packs).chain(&self.policies)
    }

    /// The file everything began with, if it is a policy.
    pub(crate) fn main(&self) -> Option<&Unit> {
        self.policies.last()
    }
}

/// One file and the part it plays.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) ast: Ast,
    pub(crate) role: Role,
}

/// Which file it is, however it is named.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Identity {
    Bundled(&'static str),
    /// The vocabulary of the host.
    Host,
    Path(PathBuf),
}

/// A file that was read.
struct Read {
    ast: Ast,
    identity: Identity,
    header: Header,
}

/// The file that everything begins with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Main<'a> {
    pub(crate) name: &'a str,
    pub(crate) text: &'a [u8],
    /// The library's own file that it is, if it is one.
    pub(crate) bundled: Option<&'static str>,
}

impl Main<'_> {
    /// One of the library's own files.
    pub(crate) fn bundled(file: &BundledFile) -> Self {
        Main { name: file.file, text: file.text.as_bytes(), bundled: Some(file.file) }
    }
}

/// Reads a policy and every file it names; what cannot be read is reported and left out.
pub(crate) fn gather(
    loader: &PolicyLoader,
    Main { name, text, bundled }: Main<'_>,
    sources: &mut Sources,
    problems: &mut Diagnostics,
) -> Chain {
    let mut gatherer = Gatherer { loader, sources, problems, complete: true, files: 0 };
    let path = || Identity::Path(normalise(Path::new(name)));
    let identity = bundled.map_or_else(path, Identity::Bundled);
    let main = gatherer.take_in(identity, name, text, bundled.is_some());
    let mut chain = match library_role(&main.ast) {
        Some(Role::Vocabulary) => gatherer.vocabulary_alone(main),
        Some(_) => gatherer.pack_alone(main, name),
        None => gatherer.policy(main),
    };
    chain.complete = gatherer.complete;
    for unit in chain.units() {
        sources.set_role(unit.ast.file, &unit.role);
    }
    chain
}

/// The role of a file that declares things but no rules: nothing for a policy.
///
/// What declares outcomes is a vocabulary, any other a pack.
fn library_role(ast: &Ast) -> Option<Role> {
    use DeclarationKind::{
        Disable, Enum, Extends, Fact, Let, Otherwise, Outcome, Replace, Rule, Use,
    };
    let has = |test: fn(&DeclarationKind) -> bool| {
        ast.declarations.iter().any(|declaration| test(&declaration.kind))
    };
    let is_policy = has(|kind| {
        matches!(kind, Rule(_) | Replace(_) | Disable(_) | Otherwise(_) | Extends(_) | Use(_))
    });
    let declares = has(|kind| matches!(kind, Enum(_) | Fact(_) | Let(_)));
    let has_outcomes = has(|kind| matches!(kind, Outcome(_)));
    match (is_policy || !ast.broken.is_empty(), has_outcomes, declares) {
        (true, ..) | (false, false, false) => None,
        (false, true, _) => Some(Role::Vocabulary),
        (false, false, true) => Some(Role::Pack(String::new())),
    }
}

struct Gatherer<'a> {
    loader: &'a PolicyLoader,
    sources: &'a mut Sources,
    problems: &'a mut Diagnostics,
    complete: bool,
    files: usize,
}

impl Gatherer<'_> {
    fn policy(&mut self, main: Read) -> Chain {
        let policies = self.with_bases(main);
        let mut packs: Vec<(Identity, Unit)> = Vec::new();
        for (at, policy) in policies.iter().enumerate() {
            for reference in &policy.header.packs {
                self.pack(reference, policies[at].ast.file, &mut packs);
            }
        }
        let vocabulary = self.vocabulary_of(&policies);
        let policies =
            policies.into_iter().map(|read| Unit { ast: read.ast, role: Role::Policy }).collect();
        let packs = packs.into_iter().map(|(_, unit)| unit).collect();
        Chain { vocabulary, packs, policies, complete: true }
    }

    fn vocabulary_alone(&mut self, main: Read) -> Chain {
        let vocabulary = self.with_inner_vocabularies(main);
        Chain { vocabulary, packs: Vec::new(), policies: Vec::new(), complete: true }
    }

    fn pack_alone(&mut self, main: Read, name: &str) -> Chain {
        let vocabulary = self.vocabulary_of(std::slice::from_ref(&main));
        let name = Path::new(name)
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        let pack = Unit { ast: main.ast, role: Role::Pack(name) };
        Chain { vocabulary, packs: vec![pack], policies: Vec::new(), complete: true }
    }

    /// A policy and its bases, the innermost first.
    fn with_bases(&mut self, main: Read) -> Vec<Read> {
        self.with_inner(main, |header| header.extends.as_ref(), bundled::POLICIES, "policy")
    }

    /// A file and those it builds on by way of `next`, the innermost first.
    fn with_inner(
        &mut self,
        outer: Read,
        next: impl Fn(&Header) -> Option<&FileReference>,
        bundled: &'static [BundledFile],
        what: &str,
    ) -> Vec<Read> {
        let mut chain = vec![outer];
        while let Some(last) = chain.last() {
            let Some(reference) = next(&last.header).cloned() else { break };
            let from = last.ast.file;
            let Some(identity) = self.identify(&reference, from, bundled, what) else { break };
            if let Some(at) = chain.iter().position(|read| read.identity == identity) {
                let cycle: Vec<FileId> = chain[at..].iter().map(|read| read.ast.file).collect();
                self.report_cycle(reference.name(), &cycle);
                break;
            }
            let Some(inner) = self.open(&reference, identity) else { break };
            chain.push(inner);
        }
        chain.reverse();
        chain
    }

    /// The vocabulary of a chain: the one its base names, the host's, or the standard one.
    fn vocabulary_of(&mut self, policies: &[Read]) -> Vec<Unit> {
        let mut chosen: Option<Identity> = None;
        let mut vocabulary = Vec::new();
        for policy in policies {
            let Some(reference) = policy.header.vocabulary.clone() else {
                if chosen.is_none() {
                    vocabulary = self.usual_vocabulary();
                    chosen = Some(usual_identity(self.loader));
                }
                continue;
            };
            let standard = std::slice::from_ref(&bundled::VOCABULARY);
            let Some(identity) = self.identify(&reference, policy.ast.file, standard, "vocabulary")
            else {
                continue;
            };
            match &chosen {
                None => {
                    chosen = Some(identity.clone());
                    vocabulary = self
                        .open(&reference, identity)
                        .map(|read| self.with_inner_vocabularies(read))
                        .unwrap_or_default();
                }
                Some(chosen) if *chosen == identity => {}
                Some(_) => self.problems.add(
                    Diagnostic::new(
                        Code::NotAllowedHere,
                        reference.name().span,
                        "the base has another vocabulary",
                    )
                    .help(
                        "a policy and its bases share one vocabulary, that of the innermost base",
                    ),
                ),
            }
        }
        vocabulary
    }

    fn usual_vocabulary(&mut self) -> Vec<Unit> {
        let read = match &self.loader.vocabulary {
            Some((name, text)) => self.take_in(Identity::Host, name, text.as_bytes(), false),
            None => self.take_in_bundled(&bundled::VOCABULARY),
        };
        self.with_inner_vocabularies(read)
    }

    /// A vocabulary and those it builds on, the innermost first.
    fn with_inner_vocabularies(&mut self, outer: Read) -> Vec<Unit> {
        let standard = std::slice::from_ref(&bundled::VOCABULARY);
        let chain =
            self.with_inner(outer, |header| header.vocabulary.as_ref(), standard, "vocabulary");
        chain.into_iter().map(|read| Unit { ast: read.ast, role: Role::Vocabulary }).collect()
    }

    fn pack(&mut self, reference: &FileReference, from: FileId, packs: &mut Vec<(Identity, Unit)>) {
        let Some(identity) = self.identify(reference, from, bundled::PACKS, "pack") else { return };
        if packs.iter().any(|(known, _)| *known == identity) {
            return;
        }
        let Some(name) = self.pack_name(reference) else { return };
        if packs.iter().any(|(_, unit)| unit.role == Role::Pack(name.clone())) {
            let message = format!("another pack is called `{name}` already");
            let report = Diagnostic::new(Code::DuplicateName, reference.name().span, message);
            return self.problems.add(
                report.help("a pack's sets carry its file's name, so the names have to differ"),
            );
        }
        if let Some(read) = self.open(reference, identity.clone()) {
            packs.push((identity, Unit { ast: read.ast, role: Role::Pack(name) }));
        }
    }

    /// The name a pack's sets carry: the bare word, or the file's name without its ending.
    fn pack_name(&mut self, reference: &FileReference) -> Option<String> {
        let FileReference::Path(path) = reference else {
            return Some(reference.name().text.clone());
        };
        let stem = Path::new(&path.text)
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        let is_word = stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_word && !stem.is_empty() && !stem.as_bytes()[0].is_ascii_digit() {
            return Some(stem);
        }
        let message = format!("`{stem}` cannot be the name of a pack");
        let help = "a pack's sets carry its file's name, so it must be letters, digits and `_`";
        self.problems.add(Diagnostic::new(Code::BadPackName, path.span, message).help(help));
        self.complete = false;
        None
    }

    /// Which file a reference means; nothing where that is reported to be none.
    fn identify(
        &mut self,
        reference: &FileReference,
        from: FileId,
        bundled: &'static [BundledFile],
        what: &str,
    ) -> Option<Identity> {
        match reference {
            FileReference::Path(path) => {
                let folder =
                    Path::new(self.sources.file(from).name()).parent().unwrap_or(Path::new(""));
                Some(Identity::Path(normalise(&folder.join(&path.text))))
            }
            FileReference::Bundled(name) => match bundled::find(bundled, &name.text) {
                Some(file) => Some(Identity::Bundled(file.file)),
                None => {
                    self.complete = false;
                    self.problems.add(unknown_bundled(name, bundled, what));
                    None
                }
            },
        }
    }

    /// Reads the file a reference means.
    fn open(&mut self, reference: &FileReference, identity: Identity) -> Option<Read> {
        let span = reference.name().span;
        if self.files >= self.loader.limits.files {
            let message = format!("the policy has more than {} files", self.loader.limits.files);
            let report = Diagnostic::new(Code::TooManyFiles, span, message);
            self.problems.add(report.help("its bases, packs and vocabulary count, too"));
            self.complete = false;
            return None;
        }
        let path = match identity {
            Identity::Path(path) => path,
            Identity::Bundled(file) => return self.open_bundled(file),
            Identity::Host => return None,
        };
        match self.loader.files.read(&path, self.loader.limits.file_bytes) {
            Ok(bytes) => {
                let name = path.to_string_lossy().into_owned();
                Some(self.take_in(Identity::Path(path), &name, &bytes, false))
            }
            Err(problem) => {
                self.complete = false;
                self.problems.add(unreadable(&path, reference.name(), &problem));
                None
            }
        }
    }

    fn open_bundled(&mut self, file: &str) -> Option<Read> {
        let files = bundled::POLICIES
            .iter()
            .chain(bundled::PACKS)
            .chain(std::iter::once(&bundled::VOCABULARY));
        files.into_iter().find(|known| known.file == file).map(|known| self.take_in_bundled(known))
    }

    fn take_in_bundled(&mut self, file: &BundledFile) -> Read {
        self.take_in(Identity::Bundled(file.file), file.file, file.text.as_bytes(), true)
    }

    /// Reads a file's text.
    fn take_in(&mut self, identity: Identity, name: &str, text: &[u8], bundled: bool) -> Read {
        self.files += 1;
        let (file, readable) =
            scan::read(self.sources, name, text, bundled, &self.loader.limits, self.problems);
        let ast = if readable {
            parse::parse_file(self.sources, file, self.problems)
        } else {
            Ast::empty(file)
        };
        self.complete &= readable;
        let header = header::read(&ast, self.sources, self.problems);
        Read { ast, identity, header }
    }

    fn report_cycle(&mut self, name: &Name, cycle: &[FileId]) {
        self.complete = false;
        let mut names: Vec<&str> =
            cycle.iter().map(|&file| self.sources.file(file).name()).collect();
        names.push(names.first().copied().unwrap_or_default());
        let message = format!("the files build on each other in a circle: {}", names.join(" → "));
        self.problems.add(
            Diagnostic::new(Code::InclusionCycle, name.span, message)
                .label("this closes the circle"),
        );
    }
}

fn usual_identity(loader: &PolicyLoader) -> Identity {
    if loader.vocabulary.is_some() {
        Identity::Host
    } else {
        Identity::Bundled(bundled::VOCABULARY.file)
    }
}
