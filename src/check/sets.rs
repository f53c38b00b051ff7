//! Sets: lists with the sets they name put in, and ranges, in the type of the fact they are used with.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use super::Checker;
use super::constants::Typed;
use super::lets::{LetId, ListBehind};
use super::names::{Meaning, sets_of_pack, suggestion};
use crate::ast::{
    Constant, Element, LetOperator, LetValue, List, LiteralValue, Name, Range, SetExpression,
};
use crate::condition::{Accepts, Intervals, Members, Texts};
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::Unit;
use crate::source::Span;
use crate::vocabulary::{EnumId, FactId, MemberId, Type, Vocabulary};

/// A set of values of one type.
#[derive(Clone, Debug)]
pub(super) enum Set {
    Bools { on_false: bool, on_true: bool },
    Numbers(Arc<Intervals>),
    Members(Arc<Members>),
    Texts(Arc<Texts>),
}

impl Set {
    pub(super) fn numbers(intervals: Vec<(i64, i64)>) -> Self {
        Set::Numbers(Arc::new(Intervals::new(intervals)))
    }
}

/// What has been worked out already.
#[derive(Default)]
pub(super) struct SetCache {
    /// The sets that tests ask for; those that ask for the same share one.
    numbers: HashSet<Arc<Intervals>>,
    members_of_enums: HashSet<Arc<Members>>,
    texts: HashSet<Arc<Texts>>,
    /// Named sets by the fact they are used with; none where wrong.
    named: HashMap<(LetId, FactId), Option<Set>>,
    /// For each member of an enum those that have it as their parent.
    pub(super) children: HashMap<EnumId, Vec<Vec<MemberId>>>,
    pub(super) descendants: HashMap<(EnumId, MemberId), Arc<Members>>,
    /// How many members all lists have come to.
    members: usize,
    overflow_reported: bool,
    /// How many bytes all texts have come to.
    text_bytes: usize,
}

impl SetCache {
    /// The named sets that are used with a fact of an enum, and which; of several enums the last declared.
    pub(super) fn enums_of_lists(&self, vocabulary: &Vocabulary) -> HashMap<LetId, EnumId> {
        let of_enum = |&(id, fact): &(LetId, FactId)| match vocabulary.fact(fact).kind {
            Type::Enum(enum_type) => Some((id, enum_type)),
            _ => None,
        };
        let pairs: BTreeSet<_> = self.named.keys().filter_map(of_enum).collect();
        pairs.into_iter().collect()
    }

    /// The same values, as an equal set that is there already.
    pub(super) fn shared(&mut self, accepts: Accepts) -> Accepts {
        match accepts {
            Accepts::Numbers(set) => Accepts::Numbers(shared(&mut self.numbers, set)),
            Accepts::Members(set) => Accepts::Members(shared(&mut self.members_of_enums, set)),
            Accepts::Texts { texts, negated } => {
                Accepts::Texts { texts: shared(&mut self.texts, texts), negated }
            }
            other => other,
        }
    }
}

/// What is equal and known already, or else this, which is known from now on.
pub(super) fn shared<T: Eq + Hash>(known: &mut HashSet<Arc<T>>, new: Arc<T>) -> Arc<T> {
    if let Some(known) = known.get(&new) {
        return Arc::clone(known);
    }
    known.insert(Arc::clone(&new));
    new
}

/// The values a list comes to, in their order.
#[derive(Default)]
struct Values {
    bools: Vec<bool>,
    intervals: Vec<(i64, i64)>,
    members: Vec<MemberId>,
    texts: Vec<Box<str>>,
}

impl Values {
    fn add(&mut self, value: &Typed) {
        match value {
            Typed::Bool(value) => self.bools.push(*value),
            Typed::Text(text) => self.texts.push(text.as_str().into()),
            Typed::Member(_, member) => self.members.push(*member),
            Typed::Int(_) | Typed::Duration(_) | Typed::Size(_) => {
                self.intervals.extend(value.number().map(|value| (value, value)));
            }
        }
    }

    fn into_set(self, kind: Type) -> Set {
        match kind {
            Type::Bool => Set::Bools {
                on_false: self.bools.contains(&false),
                on_true: self.bools.contains(&true),
            },
            Type::Int | Type::Duration | Type::Size => Set::numbers(self.intervals),
            Type::Text => Set::Texts(Arc::new(Texts::new(self.texts))),
            Type::Enum(_) => Set::Members(Arc::new(Members::new(self.members))),
        }
    }

    fn len(&self) -> usize {
        self.bools.len() + self.intervals.len() + self.members.len() + self.texts.len()
    }
}

impl<'a> Checker<'a> {
    /// What stands behind `in`, for a fact.
    pub(super) fn set_expression(
        &mut self,
        unit: &'a Unit,
        fact: FactId,
        set: &'a SetExpression,
    ) -> Option<Set> {
        match set {
            SetExpression::List(list) => self.list(unit, fact, list),
            SetExpression::Range(range) => {
                let interval = self.range(unit, fact, range)?;
                Some(Set::numbers(vec![interval]))
            }
            SetExpression::Constant(Constant::Name(name)) => self.set_name(unit, fact, name),
            SetExpression::Constant(Constant::Literal(literal)) => {
                if literal.value == LiteralValue::Wrong {
                    return None;
                }
                self.report(no_list(literal.span, self.sources.slice(literal.span)));
                None
            }
        }
    }

    /// A name behind `in`, which has to be that of a set.
    fn set_name(&mut self, unit: &'a Unit, fact: FactId, name: &'a Name) -> Option<Set> {
        match self.find(unit, &name.text) {
            Some(Meaning::Let(id)) => self.named_set(fact, id, name.span),
            Some(Meaning::Fact(_)) => {
                let message = format!("`{name}` is a fact, not a set");
                let report = Diagnostic::new(Code::WrongKind, name.span, message);
                self.report(report.help("`in` takes a list, a range or the name of one"));
                None
            }
            None if self.excused.name(&name.text) => None,
            None if !self.enums_with(&name.text).is_empty() => {
                self.report(no_list(name.span, &name.text));
                None
            }
            None => {
                self.unknown_set(name);
                None
            }
        }
    }

    fn unknown_set(&mut self, name: &Name) {
        self.report_lazily(Code::UnknownName, |_, lets| {
            let report =
                Diagnostic::new(Code::UnknownName, name.span, format!("no set is called `{name}`"));
            let report = suggestion(report, name, lets.names());
            if report.help.is_some() {
                return report;
            }
            report.help(match name.text.split_once('.') {
                Some((pack, _)) => sets_of_pack(pack, lets.names()),
                None => format!("declare it: `let {name} = […]`"),
            })
        });
    }

    /// The set a `let` stands for, for a fact; worked out once.
    fn named_set(&mut self, fact: FactId, id: LetId, used: Span) -> Option<Set> {
        if let Some(known) = self.sets.named.get(&(id, fact)) {
            return known.clone();
        }
        let set = self.set_behind(fact, id, used);
        self.sets.named.insert((id, fact), set.clone());
        set
    }

    fn set_behind(&mut self, fact: FactId, id: LetId, used: Span) -> Option<Set> {
        let (last, unit, value) = self.value_behind(id)?;
        match value {
            LetValue::List(_) => {
                let list = self.elements_behind(last)?;
                self.changed_list(fact, &list)
            }
            LetValue::Range(range) => {
                self.range(unit, fact, range).map(|interval| Set::numbers(vec![interval]))
            }
            _ => {
                let (name, kind) = (self.lets.get(id).name.clone(), self.kind_of_let(id));
                let report = Diagnostic::new(
                    Code::WrongKind,
                    used,
                    format!("`{name}` is {kind}, not a set"),
                );
                self.report(report.help("`in` takes a list, a range or the name of one"));
                None
            }
        }
    }

    /// A list as it stands.
    fn list(&mut self, unit: &'a Unit, fact: FactId, list: &'a List) -> Option<Set> {
        let kind = self.vocabulary.fact(fact).kind;
        let mut values = Values::default();
        let right = self.add_elements(unit, fact, list, &mut values);
        self.count_members(list.span, values.len())?;
        right.then(|| values.into_set(kind))
    }

    /// A list after all changes to it.
    fn changed_list(&mut self, fact: FactId, list: &ListBehind<'a>) -> Option<Set> {
        let kind = self.vocabulary.fact(fact).kind;
        let mut values = Values::default();
        let mut right = self.add_elements(list.unit, fact, list.list, &mut values);
        for (unit, change) in &list.changes {
            let LetValue::List(changed) = &change.value else { continue };
            if change.operator == LetOperator::Grow {
                right &= self.add_elements(unit, fact, changed, &mut values);
                continue;
            }
            let mut gone = Values::default();
            right &= self.add_elements(unit, fact, changed, &mut gone);
            values.take_away(gone);
            // What is left beyond a fact's range means nothing; nobody could write it.
            let fact = self.vocabulary.fact(fact);
            values.intervals.retain(|&interval| fact.may_be(interval));
        }
        self.count_members(list.list.span, values.len())?;
        right.then(|| values.into_set(kind))
    }

    /// Adds the values of a list's elements; false where one is wrong.
    fn add_elements(
        &mut self,
        unit: &'a Unit,
        fact: FactId,
        list: &'a List,
        values: &mut Values,
    ) -> bool {
        let mut right = true;
        for element in &list.elements {
            right &= self.add_element(unit, fact, element, values).is_some();
        }
        right
    }

    fn add_element(
        &mut self,
        unit: &'a Unit,
        fact: FactId,
        element: &'a Element,
        values: &mut Values,
    ) -> Option<()> {
        let constant = match element {
            Element::Range(range) => {
                values.intervals.push(self.range(unit, fact, range)?);
                return Some(());
            }
            Element::Constant(constant) => constant,
        };
        if let Constant::Name(name) = constant
            && let Some(Meaning::Let(id)) = self.find(unit, &name.text)
        {
            let (_, _, value) = self.value_behind(id)?;
            if matches!(value, LetValue::List(_) | LetValue::Range(_)) {
                let set = self.named_set(fact, id, name.span)?;
                if let Set::Texts(texts) = &set {
                    self.count_text(name.span, texts.iter().map(str::len).sum())?;
                }
                self.count_members(name.span, values.extend(&set))?;
                return Some(());
            }
        }
        let kind = self.vocabulary.fact(fact).kind;
        if kind.is_ordered() {
            let value = self.number(unit, fact, constant)?;
            values.intervals.push((value, value));
        } else {
            values.add(&self.typed(unit, kind, constant)?);
        }
        Some(())
    }

    /// Refuses lists that together come to more members than allowed; nothing once they do.
    pub(super) fn count_members(&mut self, span: Span, added: usize) -> Option<()> {
        self.sets.members = self.sets.members.saturating_add(added);
        if self.sets.members <= self.limits.list_members {
            return Some(());
        }
        if !std::mem::replace(&mut self.sets.overflow_reported, true) {
            let message = format!(
                "all lists together come to more than {} members",
                self.limits.list_members
            );
            let report = Diagnostic::new(Code::TooLarge, span, message);
            self.report(report.help("the sets that a list names count with all their members"));
        }
        None
    }

    /// Refuses texts and schedules that together come to more bytes than allowed; nothing once they do.
    pub(super) fn count_text(&mut self, span: Span, added: usize) -> Option<()> {
        let limit = self.limits.text_bytes;
        let before = self.sets.text_bytes;
        self.sets.text_bytes = before.saturating_add(added);
        if self.sets.text_bytes <= limit {
            return Some(());
        }
        if before <= limit {
            let message =
                format!("all texts and schedules together come to more than {limit} bytes");
            let report = Diagnostic::new(Code::TooLarge, span, message);
            self.report(report.help("what a name stands for counts wherever the name is used"));
        }
        None
    }

    /// A range of an ordered fact's values.
    fn range(&mut self, unit: &'a Unit, fact: FactId, range: &'a Range) -> Option<(i64, i64)> {
        let kind = self.vocabulary.fact(fact).kind;
        if !kind.is_ordered() {
            let name = self.vocabulary.type_name(kind);
            let report = Diagnostic::new(
                Code::NotOrdered,
                range.span,
                format!("the type `{name}` has no order, so no ranges"),
            );
            self.report(report.help("only `int`, `duration` and `size` have an order"));
            return None;
        }
        let low = range.low.as_ref().map(|low| self.number(unit, fact, low));
        let high = range.high.as_ref().map(|high| self.number(unit, fact, high));
        let (low, high) = (low.unwrap_or(Some(kind.least()))?, high.unwrap_or(Some(i64::MAX))?);
        if low > high {
            self.report(empty_range(self.sources.slice(range.span), range));
            return None;
        }
        Some((low, high))
    }
}

impl Values {
    /// Adds all of a set; gives how many that were.
    fn extend(&mut self, set: &Set) -> usize {
        let before = self.len();
        match set {
            Set::Bools { on_false, on_true } => {
                self.bools.extend(on_false.then_some(false));
                self.bools.extend(on_true.then_some(true));
            }
            Set::Numbers(numbers) => self.intervals.extend(numbers.as_slice()),
            Set::Texts(texts) => self.texts.extend(texts.iter().map(Box::from)),
            Set::Members(members) => self.members.extend(members.listed()),
        }
        self.len() - before
    }

    fn take_away(&mut self, gone: Values) {
        self.bools.retain(|value| !gone.bools.contains(value));
        let members: HashSet<MemberId> = gone.members.into_iter().collect();
        self.members.retain(|member| !members.contains(member));
        let texts: HashSet<Box<str>> = gone.texts.into_iter().collect();
        self.texts.retain(|text| !texts.contains(text));
        let kept = Intervals::new(std::mem::take(&mut self.intervals))
            .without(&Intervals::new(gone.intervals));
        self.intervals = kept.as_slice().to_vec();
    }
}

fn no_list(span: Span, written: &str) -> Diagnostic {
    Diagnostic::new(Code::WrongKind, span, format!("`{written}` is no set"))
        .help("`in` takes a list, a range or the name of one; one value is compared with `==`")
        .fix("make it a list", span, format!("[{written}]"))
}

pub(super) fn empty_range(written: &str, range: &Range) -> Diagnostic {
    let report =
        Diagnostic::new(Code::EmptyRange, range.span, format!("no value lies in `{written}`"));
    match written.split_once("..") {
        Some((low, high)) if !high.is_empty() => {
            let (low, high) = (low.trim(), high.trim());
            report
                .help("the lower end comes first")
                .fix("turn it round", range.span, format!("{high}..{low}"))
                .guess()
        }
        _ => report,
    }
}
