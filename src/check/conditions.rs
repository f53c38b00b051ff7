//! Conditions: every name found, every comparison of like with like, `and` and `or` not mixed.

mod comparisons;
mod patterns;

pub(super) use patterns::Patterns;

use super::names::{Meaning, quote_if_needed};
use super::{Checker, Resolved};
use crate::ast::{
    Chain, Comparator, Condition as Written, Connective, Constant, Name, Predicate,
    Test as WrittenTest,
};
use crate::condition::{Accepts, Condition, Test};
use crate::diagnostic::{Code, Diagnostic, Edit};
use crate::gather::Unit;
use crate::source::Span;
use crate::vocabulary::{FactId, Type};

impl<'a> Checker<'a> {
    /// Resolves a condition; none where part of it is wrong.
    pub(super) fn condition(&mut self, unit: &'a Unit, written: &'a Written) -> Option<Resolved> {
        let resolved = match written {
            Written::Group { inner, .. } => self.condition(unit, inner)?,
            Written::Not { inner, .. } => {
                let inner = self.condition(unit, inner)?;
                Resolved {
                    condition: Condition::Not(Box::new(inner.condition)),
                    depth: inner.depth + 1,
                    ..inner
                }
            }
            Written::Chain(chain) => self.chain(unit, chain)?,
            Written::Test(test) => self.test(unit, test)?,
        };
        self.within_size(written.span(), resolved)
    }

    /// Refuses a condition that is too large once the conditions it names are written out.
    fn within_size(&mut self, span: Span, resolved: Resolved) -> Option<Resolved> {
        // Each level of the text makes at most two of the tree, and names lead at most as deep as the text may nest.
        let deepest = 4 * self.limits.nesting;
        let report = if resolved.tests > self.limits.condition_tests {
            let limit = self.limits.condition_tests;
            Diagnostic::new(
                Code::TooLarge,
                span,
                format!("the condition comes to more than {limit} tests"),
            )
            .help("the conditions it names count with all their tests")
        } else if resolved.depth > deepest {
            Diagnostic::new(
                Code::NestedTooDeeply,
                span,
                format!("the condition is nested more than {deepest} deep"),
            )
            .help("the conditions it names count with all their levels")
        } else {
            return Some(resolved);
        };
        self.report(report);
        None
    }

    fn chain(&mut self, unit: &'a Unit, chain: &'a Chain) -> Option<Resolved> {
        if let Some(report) = mixed(chain) {
            self.report(report);
        }
        let clauses: Vec<Option<Resolved>> =
            chain.clauses().map(|clause| self.condition(unit, clause)).collect();
        let clauses: Vec<Resolved> = clauses.into_iter().collect::<Option<_>>()?;
        let depth = 1 + clauses.iter().map(|clause| clause.depth).max().unwrap_or(0);
        let tests = clauses.iter().map(|clause| clause.tests).sum();
        let clauses = clauses.into_iter().map(|clause| clause.condition).collect();
        // What is mixed has been refused, so either will do for it.
        let condition = match chain.rest.first().map(|link| link.connective) {
            Some(Connective::Or) => Condition::Any(clauses),
            _ => Condition::All(clauses),
        };
        Some(Resolved { condition, depth, tests })
    }

    fn test(&mut self, unit: &'a Unit, test: &'a WrittenTest) -> Option<Resolved> {
        match self.find(unit, &test.subject.text) {
            Some(Meaning::Fact(fact)) => self.fact_test(unit, test, fact),
            Some(Meaning::Let(id)) if test.predicate == Predicate::Holds => {
                if self.is_condition(id) {
                    return self.named_condition(id);
                }
                self.value_behind(id)?;
                let kind = self.kind_of_let(id);
                let message = format!("`{}` is {kind}, not a condition", test.subject);
                let help = match kind {
                    "a set" => format!("ask whether a fact is in it: `… in {}`", test.subject),
                    _ => "compare a fact with it".to_owned(),
                };
                self.report(Diagnostic::new(Code::NotACondition, test.span, message).help(help));
                None
            }
            Some(Meaning::Let(id)) => {
                let kind = self.kind_of_let(id);
                let message = format!("`{}` is {kind}, not a fact", test.subject);
                let report = Diagnostic::new(Code::WrongKind, test.subject.span, message);
                let report = if kind == "a condition" {
                    report.help("a condition stands by itself, or behind `not`")
                } else {
                    self.turned_round(report, test)
                };
                self.report(report);
                None
            }
            None => {
                self.no_fact(test);
                None
            }
        }
    }

    /// Reports a subject that is neither fact nor `let`.
    fn no_fact(&mut self, test: &WrittenTest) {
        let name = &test.subject;
        let Some(&(id, _)) = self.enums_with(&name.text).first() else {
            return self.unknown_name(name);
        };
        let kind = self.vocabulary.enum_type(id).name.clone();
        if test.predicate != Predicate::Holds {
            let message = format!("`{name}` is a member of `{kind}`, not a fact");
            let report = Diagnostic::new(Code::WrongKind, name.span, message);
            return self.report(self.turned_round(report, test));
        }
        let message = format!("`{name}` is a member of `{kind}`, not a condition");
        let report = Diagnostic::new(Code::NotACondition, name.span, message);
        let facts: Vec<_> =
            self.vocabulary.facts().filter(|(_, fact)| fact.kind == Type::Enum(id)).collect();
        let report = report.help("compare a fact with it");
        let report = match facts.as_slice() {
            [(_, fact)] => {
                let text = format!("{} == {}", fact.name, quote_if_needed(&name.text));
                report.fix(format!("write `{text}`"), name.span, text)
            }
            _ => report,
        };
        self.report(report);
    }

    /// Says which side a fact stands on, and turns a comparison round that has it on the other one.
    fn turned_round(&self, report: Diagnostic, test: &WrittenTest) -> Diagnostic {
        let report =
            report.help("a fact stands on the left, the value it is compared with on the right");
        let Predicate::Compare { comparator, constant: Constant::Name(fact), .. } = &test.predicate
        else {
            return report;
        };
        if self.vocabulary.find_fact(&fact.text).is_none() {
            return report;
        }
        let sign = match comparator {
            Comparator::Less => Comparator::Greater,
            Comparator::LessOrEqual => Comparator::GreaterOrEqual,
            Comparator::Greater => Comparator::Less,
            Comparator::GreaterOrEqual => Comparator::LessOrEqual,
            same => *same,
        };
        let text = format!("{fact} {} {}", sign.as_str(), test.subject);
        report.fix(format!("write `{text}`"), test.span, text)
    }

    fn fact_test(
        &mut self,
        unit: &'a Unit,
        test: &'a WrittenTest,
        fact: FactId,
    ) -> Option<Resolved> {
        let accepts = match &test.predicate {
            Predicate::Holds => return self.bare_fact(fact, &test.subject),
            Predicate::Compare { comparator, comparator_span, constant } => {
                self.comparison(unit, fact, *comparator, *comparator_span, constant)?
            }
            Predicate::In { negated, set } => {
                let set = self.set_expression(unit, fact, set)?;
                self.membership(test.span, set, *negated)?
            }
            Predicate::Is(name) => self.kinship(unit, fact, test, name)?,
            Predicate::Text { test: how, constant } => {
                self.text_test(unit, fact, test, *how, constant)?
            }
            Predicate::Absent | Predicate::Present => {
                let absent = test.predicate == Predicate::Absent;
                self.warn_if_never_absent(fact, test, absent);
                if absent { Accepts::Absent } else { Accepts::Present }
            }
        };
        let accepts = self.sets.shared(accepts);
        Some(single(Test { fact, accepts, span: test.span }))
    }

    /// A fact by itself, which has to be a boolean.
    pub(super) fn bare_fact(&mut self, id: FactId, name: &Name) -> Option<Resolved> {
        let fact = self.vocabulary.fact(id);
        if fact.kind == Type::Bool {
            let accepts = Accepts::Bools { on_false: false, on_true: true };
            return Some(single(Test { fact: id, accepts, span: name.span }));
        }
        let kind = self.vocabulary.type_name(fact.kind);
        let message = format!("`{name}` is of type `{kind}`, so by itself it is no condition");
        let report = Diagnostic::new(Code::NotACondition, name.span, message);
        let help = if fact.optional {
            "ask something of it, such as `== …` or `is present`"
        } else {
            "compare it with something"
        };
        self.report(report.help(help));
        None
    }

    fn warn_if_never_absent(&mut self, fact: FactId, test: &WrittenTest, absent: bool) {
        let fact = self.vocabulary.fact(fact);
        if fact.optional {
            return;
        }
        let never = if absent { "is never absent" } else { "is always present" };
        let why = match &fact.default {
            Some(_) => "it has a default".to_owned(),
            None => "every event has to give it".to_owned(),
        };
        let report =
            Diagnostic::new(Code::NeverAbsent, test.span, format!("`{}` {never}", test.subject));
        let report = report.also(fact.span, "declared here").help(why);
        self.report(report);
    }
}

fn single(test: Test) -> Resolved {
    Resolved { condition: Condition::Test(test), depth: 1, tests: 1 }
}

/// The report of a chain that mixes `and` and `or`, with the parentheses that `and` before `or` would mean.
fn mixed(chain: &Chain) -> Option<Diagnostic> {
    let first = chain.rest.first()?;
    let other = chain.rest.iter().find(|link| link.connective != first.connective)?;
    let report = Diagnostic::new(Code::MixedConnectives, other.span, "`and` and `or` are mixed")
        .also(first.span, "the other one")
        .help("neither binds before the other; parentheses say what belongs together");
    let edits = group_runs_of_and(chain);
    Some(report.fix_all("put what `and` joins into parentheses", edits).guess())
}

fn group_runs_of_and(chain: &Chain) -> Vec<Edit> {
    let mut runs: Vec<(Span, Span)> = vec![(chain.first.span(), chain.first.span())];
    for link in &chain.rest {
        let span = link.clause.span();
        match (link.connective, runs.last_mut()) {
            (Connective::And, Some(run)) => run.1 = span,
            _ => runs.push((span, span)),
        }
    }
    let parenthesis = |span: Span, text: &str| Edit { span, text: text.to_owned() };
    let several = runs.into_iter().filter(|(from, to)| from != to);
    several
        .flat_map(|(from, to)| [parenthesis(from.before(), "("), parenthesis(to.after(), ")")])
        .collect()
}
