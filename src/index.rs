//! The rules of a policy arranged so that the one that decides is found without asking them one after the other.
//!
//! A rule fires where its condition is certainly true, so what is asked is not a condition's truth but whether it is
//! certain: every `not` is moved inwards until it stands at a test, and an `and` or `or` of answers is left. Of that
//! two things are made. [`flow`] asks it exactly, from numbers that stand for the values of facts. [`boxes`] say
//! where it may be so, and from them an index is built: a [`table`] for small policies, a [`tree`] for others.

mod asked;
mod atom;
mod atoms;
mod boxes;
mod entries;
mod flow;
mod literals;
mod numbers;
mod operands;
mod rows;
mod seen;
mod table;
mod tree;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]
mod tests;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]
mod cost_tests;

#[cfg(test)]
pub(crate) use tests::note_step;

use asked::Asked;
use atom::Atom;
use atoms::Atoms;
use boxes::{BoxMaker, Boxes};
use entries::{Entries, Gathered};
use flow::{Flow, Writer};
use literals::Literals;
use operands::Operands;
use seen::Seen;
use table::Table;
use tree::{Shape, Tree};

use crate::condition::Condition;
use crate::decide::{Value, Values};
use crate::vocabulary::{FactId, Vocabulary};

/// What finds the first rule that certainly holds.
#[derive(Debug)]
pub(crate) struct Index {
    asked: Asked,
    /// Of each asked fact, what tells its enum from others.
    stamps: Box<[u64]>,
    form: Form,
    /// The last rule; a policy that loads is total, so it decides what no other does.
    last: u32,
}

#[derive(Debug)]
enum Form {
    Table(Table),
    Tree(Box<Asking>, Tree),
}

/// What a walk through a tree asks.
#[derive(Debug)]
struct Asking {
    operands: Operands,
    flow: Flow,
    literals: Literals,
}

/// More rules are not tried to be put into a table.
const FEW: usize = 64;

/// Room for the literals of texts on the stack, in words of 64 bits.
const SOME: usize = 16;
const MORE: usize = 256;
const MANY: usize = 2048;

impl Index {
    /// Arranges rules by their conditions; an `otherwise` has none.
    pub(crate) fn new<'c>(
        vocabulary: &Vocabulary,
        conditions: impl ExactSizeIterator<Item = Option<&'c Condition>> + Clone,
    ) -> Self {
        Index::built(vocabulary, conditions, None)
    }

    /// An index of a certain shape, or of the one that fits.
    fn built<'c>(
        vocabulary: &Vocabulary,
        conditions: impl ExactSizeIterator<Item = Option<&'c Condition>> + Clone,
        shape: Option<Shape>,
    ) -> Self {
        let last = conditions.len().saturating_sub(1) as u32;
        let conditions = conditions.take(last as usize);
        let asked = Asked::new(vocabulary, conditions.clone().flatten());
        if shape.is_none()
            && last as usize <= FEW
            && let Some(form) = Index::table(&asked, conditions.clone())
        {
            return Index::of(vocabulary, asked, form, last);
        }
        let mut atoms = Atoms::new(&asked);
        let (mut maker, mut writer) = (BoxMaker::default(), Writer::default());
        let mut gathered = Gathered::default();
        for (rule, condition) in (0..).zip(conditions) {
            let boxes = condition.map_or_else(Boxes::everything, |condition| {
                maker.boxes(&mut atoms, condition, false)
            });
            let beside = (!boxes.exact).then(|| Atom::flow(writer.write(&mut atoms, condition)));
            gathered.add(rule, &boxes, beside);
        }
        let (flow, operands) = (writer.finish(), atoms.operands());
        let literals = Literals::new(gathered.atoms().chain(flow.atoms()), &operands, MANY * 64);
        let entries = Entries::new(gathered, &asked, &operands);
        let tree = Tree::new(&entries, &literals, shape.unwrap_or(Shape::USUAL));
        let asking = Box::new(Asking { operands, flow, literals });
        Index::of(vocabulary, asked, Form::Tree(asking, tree), last)
    }

    fn of(vocabulary: &Vocabulary, asked: Asked, form: Form, last: u32) -> Self {
        let stamps = asked.iter().map(|(_, fact)| fact.stamp(vocabulary)).collect();
        Index { asked, stamps, form, last }
    }

    /// What tells the names of a fact's enum from those of any other; 0 where no rule asks about it, or it is no enum.
    pub(crate) fn stamp(&self, fact: FactId) -> u64 {
        let position = self.asked.iter().position(|(_, asked)| asked.id == fact);
        position.map_or(0, |at| self.stamps[at])
    }

    /// The table of a small policy.
    #[inline]
    pub(crate) fn small(&self) -> Option<SmallPolicy<'_>> {
        match &self.form {
            Form::Table(table) => Some(SmallPolicy { asked: &self.asked, table }),
            Form::Tree(..) => None,
        }
    }

    /// The table of these conditions, where it is small.
    fn table<'c>(
        asked: &Asked,
        conditions: impl Iterator<Item = Option<&'c Condition>>,
    ) -> Option<Form> {
        let (mut atoms, mut writer) = (Atoms::new(asked), Writer::default());
        let firsts: Vec<u32> =
            conditions.map(|condition| writer.write(&mut atoms, condition)).collect();
        Table::new(asked, &atoms.operands(), &writer.finish(), &firsts).map(Form::Table)
    }

    /// The position of the first rule that certainly holds.
    #[inline]
    pub(crate) fn first(&self, values: &impl Values) -> usize {
        match &self.form {
            Form::Table(table) => table.first(&self.asked, values) as usize,
            Form::Tree(asking, tree) => match asking.literals.len().div_ceil(64) {
                0 => self.walk::<_, 0>(asking, tree, values),
                1..=SOME => self.walk_far::<_, SOME>(asking, tree, values),
                words if words <= MORE => self.walk_far::<_, MORE>(asking, tree, values),
                _ => self.walk_far::<_, MANY>(asking, tree, values),
            },
        }
    }

    /// The same, apart: the room on the stack for many literals is not touched where there are none.
    #[inline(never)]
    fn walk_far<V: Values, const WORDS: usize>(
        &self,
        asking: &Asking,
        tree: &Tree,
        values: &V,
    ) -> usize {
        self.walk::<V, WORDS>(asking, tree, values)
    }

    #[inline]
    fn walk<V: Values, const WORDS: usize>(
        &self,
        asking: &Asking,
        tree: &Tree,
        values: &V,
    ) -> usize {
        let mut seen = Seen::<V, WORDS>::new(values, &self.asked, asking);
        tree.first(&mut seen, self.last) as usize
    }
}

/// The table of a small policy, for what knows better than [`Index::first`] how values become classes.
#[derive(Clone, Copy)]
pub(crate) struct SmallPolicy<'a> {
    asked: &'a Asked,
    table: &'a Table,
}

impl<'a> SmallPolicy<'a> {
    /// The facts that are asked, with their positions and what each class adds to the place in the table.
    pub(crate) fn facts(self) -> impl Iterator<Item = (u32, FactId, &'a [u32])> {
        let facts = self.asked.iter().zip(self.table.summands());
        facts.map(|((at, fact), summands)| (at, fact.id, summands))
    }

    /// The class of a value.
    #[inline]
    pub(crate) fn class(self, at: u32, value: Value<'_>) -> u32 {
        self.asked.get(at).class(value)
    }

    /// The lowest value of each class of numbers but the first.
    pub(crate) fn starts(self, at: u32) -> &'a [i64] {
        self.asked.get(at).starts()
    }

    /// The rule at a place in the table.
    #[inline]
    pub(crate) fn rule(self, at: u32) -> usize {
        self.table.rule(at) as usize
    }
}
