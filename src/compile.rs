//! `Checked` to [`Policy`]: cannot fail.

use std::collections::HashMap;
use std::sync::Arc;

use blake3::Hasher;

use crate::check::Checked;
use crate::condition::{Accepts, Condition, Intervals, Members, Test, Texts};
use crate::decision::{Fingerprint, Label};
use crate::limits::Limits;
use crate::policy::{Model, Policy, Rule};
use crate::source::Sources;
use crate::vocabulary::{DefaultValue, EnumType, Fact, Type, Vocabulary};

/// Makes the immutable form of a policy.
pub(crate) fn compile(checked: Checked, sources: Sources, limits: &Limits) -> Policy {
    let Checked { vocabulary, mut rules, index, examples } = checked;
    // What was disabled left room behind.
    rules.shrink_to_fit();
    let fingerprint = fingerprint(&vocabulary, &rules);
    let analysis_steps = limits.analysis_steps;
    let required = vocabulary.facts().filter(|(_, fact)| fact.is_required()).map(|(id, _)| id);
    let required = required.collect();
    Policy::new(Model {
        sources,
        vocabulary,
        rules,
        examples,
        fingerprint,
        index,
        required,
        analysis_steps,
    })
}

/// Hashes what a policy means and reports: facts, enums, and of each rule name, condition, outcome and labels.
///
/// Every piece is preceded by a tag or a length, so that no two policies are written alike.
fn fingerprint(vocabulary: &Vocabulary, rules: &[Rule]) -> Fingerprint {
    let mut writer = Writer { hasher: Hasher::new(), shared: HashMap::new() };
    writer.text("redress policy 1");
    writer.number(vocabulary.enums.len() as i64);
    for kind in &vocabulary.enums {
        writer.enum_type(kind);
    }
    writer.number(vocabulary.facts.len() as i64);
    for fact in &vocabulary.facts {
        writer.fact(vocabulary, fact);
    }
    writer.number(rules.len() as i64);
    for rule in rules {
        writer.rule(rule);
    }
    Fingerprint(*writer.hasher.finalize().as_bytes())
}

/// The hash of one part.
type Digest = [u8; 32];

struct Writer {
    hasher: Hasher,
    /// Parts that many rules share, by their address: each is hashed once.
    shared: HashMap<usize, Digest>,
}

impl Writer {
    fn tag(&mut self, tag: u8) {
        self.hasher.update(&[tag]);
    }

    fn number(&mut self, number: i64) {
        self.hasher.update(&number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as i64);
        self.hasher.update(text.as_bytes());
    }

    fn optional(&mut self, text: Option<&str>) {
        self.tag(u8::from(text.is_some()));
        self.text(text.unwrap_or_default());
    }

    fn enum_type(&mut self, kind: &EnumType) {
        self.text(&kind.name);
        self.tag(u8::from(kind.open));
        self.number(kind.members.len() as i64);
        for member in &kind.members {
            self.text(&member.name);
            self.number(member.parent.map_or(-1, |parent| i64::from(parent.0)));
            self.number(member.spellings.len() as i64);
            for spelling in &member.spellings {
                self.text(spelling);
            }
        }
    }

    fn fact(&mut self, vocabulary: &Vocabulary, fact: &Fact) {
        self.text(&fact.name);
        self.text(vocabulary.type_name(fact.kind));
        self.tag(u8::from(matches!(fact.kind, Type::Enum(_))));
        self.number(fact.low);
        self.number(fact.high);
        self.tag(u8::from(fact.optional));
        self.default(fact.default.as_ref());
    }

    fn default(&mut self, default: Option<&DefaultValue>) {
        let (tag, number, text) = match default {
            None => (0, 0, ""),
            Some(DefaultValue::Bool(value)) => (1, i64::from(*value), ""),
            Some(DefaultValue::Int(value)) => (2, *value, ""),
            Some(DefaultValue::Duration(value)) => (3, value.milliseconds(), ""),
            Some(DefaultValue::Size(value)) => (4, value.bytes(), ""),
            Some(DefaultValue::Text(text)) => (5, 0, text.as_str()),
            Some(DefaultValue::Member(member)) => (6, i64::from(member.0), ""),
        };
        self.tag(tag);
        self.number(number);
        self.text(text);
    }

    fn rule(&mut self, rule: &Rule) {
        self.optional(rule.name.as_deref());
        match &rule.condition {
            Some(condition) => {
                let digest = self.condition(condition);
                self.hasher.update(&digest);
            }
            None => self.tag(b'o'),
        }
        self.text(&rule.outcome.to_string());
        self.number(rule.labels.len() as i64);
        for (key, label) in rule.labels.iter() {
            self.text(key);
            self.label(label);
        }
    }

    fn label(&mut self, label: &Label) {
        self.tag(match label {
            Label::Bool(_) => 0,
            Label::Int(_) => 1,
            Label::Duration(_) => 2,
            Label::Text(_) => 3,
        });
        self.text(&label.to_string());
    }

    /// Hashes what `write` writes, apart from everything else.
    fn apart(&mut self, write: impl FnOnce(&mut Self)) -> Digest {
        let outside = std::mem::replace(&mut self.hasher, Hasher::new());
        write(self);
        *std::mem::replace(&mut self.hasher, outside).finalize().as_bytes()
    }

    /// Hashes a part that others may share.
    fn once<T>(&mut self, part: &Arc<T>, hash: impl FnOnce(&mut Self) -> Digest) -> Digest {
        let address = Arc::as_ptr(part).addr();
        if let Some(digest) = self.shared.get(&address) {
            return *digest;
        }
        let digest = hash(self);
        self.shared.insert(address, digest);
        digest
    }

    /// Names of conditions and sets are left out: renaming them changes nothing, nor does writing them out.
    fn condition(&mut self, condition: &Condition) -> Digest {
        match condition {
            Condition::All(clauses) => self.clauses(b'a', clauses),
            Condition::Any(clauses) => self.clauses(b'y', clauses),
            Condition::Not(inner) => self.clauses(b'n', std::slice::from_ref(&**inner)),
            Condition::Named(named) => {
                self.once(named, |writer| writer.condition(&named.condition))
            }
            Condition::Test(test) => self.apart(|writer| writer.test(test)),
        }
    }

    fn clauses(&mut self, tag: u8, clauses: &[Condition]) -> Digest {
        let digests: Vec<Digest> = clauses.iter().map(|clause| self.condition(clause)).collect();
        self.apart(|writer| {
            writer.tag(tag);
            digests.iter().for_each(|digest| {
                writer.hasher.update(digest);
            });
        })
    }

    fn test(&mut self, test: &Test) {
        self.tag(b't');
        self.number(i64::from(test.fact.0));
        match &test.accepts {
            Accepts::Absent => self.tag(b'0'),
            Accepts::Present => self.tag(b'1'),
            Accepts::Bools { on_false, on_true } => {
                self.tag(b'b');
                self.tag(u8::from(*on_false) | u8::from(*on_true) << 1);
            }
            Accepts::Numbers(intervals) => {
                let digest = self
                    .once(intervals, |writer| writer.apart(|writer| writer.intervals(intervals)));
                self.hasher.update(&digest);
            }
            Accepts::Members(members) => {
                let digest =
                    self.once(members, |writer| writer.apart(|writer| writer.members(members)));
                self.hasher.update(&digest);
            }
            Accepts::Texts { texts, negated } => {
                self.tag(u8::from(*negated));
                let digest = self.once(texts, |writer| writer.apart(|writer| writer.texts(texts)));
                self.hasher.update(&digest);
            }
            Accepts::Pattern(pattern) => {
                self.tag(b'p');
                self.text(pattern.test.as_str());
                self.text(&pattern.text);
            }
        }
    }

    fn intervals(&mut self, intervals: &Intervals) {
        self.tag(b'#');
        for &(low, high) in intervals.as_slice() {
            self.number(low);
            self.number(high);
        }
    }

    fn members(&mut self, members: &Members) {
        let (all_but, start, words) = members.as_words();
        self.tag(b'm');
        self.tag(u8::from(all_but));
        self.number(start.into());
        words.iter().for_each(|&word| self.number(word.cast_signed()));
    }

    fn texts(&mut self, texts: &Texts) {
        self.tag(b'x');
        texts.iter().for_each(|text| self.text(text));
    }
}
