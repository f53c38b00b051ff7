//! Which values a comparison, `in` or `is` says yes to.

use std::sync::Arc;

use crate::ast::{Comparator, Constant, LetValue, Name, Test as WrittenTest};
use crate::check::Checker;
use crate::check::constants::{TRUTHS, truth};
use crate::check::names::{Meaning, suggestion};
use crate::check::nothing::{asked_for_nothing, stands_for_nothing};
use crate::check::sets::Set;
use crate::condition::{Accepts, Intervals, Members};
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::Unit;
use crate::source::Span;
use crate::vocabulary::{EnumId, EnumType, FactId, MemberId, Type};

impl<'a> Checker<'a> {
    pub(super) fn comparison(
        &mut self,
        unit: &'a Unit,
        fact: FactId,
        comparator: Comparator,
        comparator_span: Span,
        constant: &'a Constant,
    ) -> Option<Accepts> {
        let kind = self.vocabulary.fact(fact).kind;
        let equality = matches!(comparator, Comparator::Equal | Comparator::NotEqual);
        if !equality && !kind.is_ordered() {
            let name = self.vocabulary.type_name(kind);
            let message = format!(
                "`{}` asks for an order, but the type `{name}` has none",
                comparator.as_str()
            );
            let report = Diagnostic::new(Code::NotOrdered, comparator_span, message);
            self.report(report.help("only `int`, `duration` and `size` have an order"));
            return None;
        }
        if equality {
            let set = self.single_value(unit, fact, constant)?;
            return self.membership(constant.span(), set, comparator == Comparator::NotEqual);
        }
        let value = self.number(unit, fact, constant)?;
        let below = |top: Option<i64>| top.map_or_else(Vec::new, |top| vec![(i64::MIN, top)]);
        let above =
            |bottom: Option<i64>| bottom.map_or_else(Vec::new, |bottom| vec![(bottom, i64::MAX)]);
        let intervals = match comparator {
            Comparator::Less => below(value.checked_sub(1)),
            Comparator::LessOrEqual => below(Some(value)),
            Comparator::Greater => above(value.checked_add(1)),
            _ => above(Some(value)),
        };
        Some(Accepts::Numbers(Arc::new(Intervals::new(intervals))))
    }

    /// The values in a set, or all but those; the latter is a set of its own, which counts where it is large.
    pub(super) fn membership(&mut self, span: Span, set: Set, negated: bool) -> Option<Accepts> {
        Some(match set {
            Set::Bools { on_false, on_true } => {
                Accepts::Bools { on_false: on_false != negated, on_true: on_true != negated }
            }
            Set::Texts(texts) => Accepts::Texts { texts, negated },
            Set::Numbers(numbers) if negated => {
                self.count_members(span, numbers.as_slice().len().saturating_sub(1))?;
                Accepts::Numbers(Arc::new(numbers.complement()))
            }
            Set::Numbers(numbers) => Accepts::Numbers(numbers),
            Set::Members(members) if negated => {
                let (_, _, words) = members.as_words();
                self.count_members(span, words.len().saturating_sub(1))?;
                Accepts::Members(Arc::new(members.complement()))
            }
            Set::Members(members) => Accepts::Members(members),
        })
    }

    pub(super) fn kinship(
        &mut self,
        unit: &'a Unit,
        fact: FactId,
        test: &WrittenTest,
        name: &'a Name,
    ) -> Option<Accepts> {
        let kind = self.vocabulary.fact(fact).kind;
        let Type::Enum(id) = kind else {
            self.report(self.no_kind(kind, test, name));
            return None;
        };
        let ancestor = match self.lets.find(&name.text) {
            Some(_) => self.named_member(unit, id, name)?,
            None => self.member(unit, id, name)?,
        };
        self.descendants(id, ancestor, test.span).map(Accepts::Members)
    }

    /// The report of `is` where the fact is no enum.
    fn no_kind(&self, kind: Type, test: &WrittenTest, name: &Name) -> Diagnostic {
        let type_name = self.vocabulary.type_name(kind);
        let message =
            format!("`{}` is of type `{type_name}`, so it is no kind of anything", test.subject);
        let report = Diagnostic::new(Code::NotAnEnum, test.span, message);
        if stands_for_nothing(name) {
            return asked_for_nothing(report, name, self.sources);
        }
        if let Some(truth) = truth(name).filter(|_| kind == Type::Bool) {
            let test = Span { start: test.subject.span.end, ..name.span };
            return report.help(TRUTHS).fix(
                format!("write `== {truth}`"),
                test,
                format!(" == {truth}"),
            );
        }
        let report = suggestion(report, name, ["absent", "present"]);
        let help = "`is` asks for a member of an enum and its descendants; compare with `==`";
        if report.help.is_some() { report } else { report.help(help) }
    }

    /// The member that a `let` stands for.
    fn named_member(&mut self, unit: &'a Unit, id: EnumId, name: &'a Name) -> Option<MemberId> {
        let Some(Meaning::Let(found)) = self.find(unit, &name.text) else { return None };
        match self.value_behind(found)? {
            (_, unit, LetValue::Constant(Constant::Name(member))) => self.member(unit, id, member),
            _ => {
                let kind = self.kind_of_let(found);
                let message = format!("`{name}` is {kind}, not a member of an enum");
                let report = Diagnostic::new(Code::WrongKind, name.span, message);
                let help = "`is` asks for one member and its descendants, `in` for those of a set";
                self.report(report.help(help));
                None
            }
        }
    }

    /// A member with all that descend from it; nothing where all sets together are too large.
    fn descendants(&mut self, id: EnumId, ancestor: MemberId, span: Span) -> Option<Arc<Members>> {
        if let Some(known) = self.sets.descendants.get(&(id, ancestor)) {
            return Some(Arc::clone(known));
        }
        self.count_members(span, 0)?;
        let kind = self.vocabulary.enum_type(id);
        let children = self.sets.children.entry(id).or_insert_with(|| children(kind));
        let mut family = vec![ancestor];
        let mut next = 0;
        while let Some(member) = family.get(next) {
            family.extend(&children[member.index()]);
            next += 1;
        }
        self.count_members(span, family.len())?;
        let members = Arc::new(Members::new(family));
        self.sets.descendants.insert((id, ancestor), Arc::clone(&members));
        Some(members)
    }
}

/// For each member those that have it as their parent.
fn children(kind: &EnumType) -> Vec<Vec<MemberId>> {
    let mut children = vec![Vec::new(); kind.members.len()];
    for (member, id) in kind.members.iter().zip((0..).map(MemberId)) {
        if let Some(parent) = member.parent {
            children[parent.index()].push(id);
        }
    }
    children
}
