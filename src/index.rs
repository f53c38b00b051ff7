//! The rules of a policy arranged so that the one that decides is found without asking them one after the other.
//!
//! A rule fires where its condition is certainly true, so what is asked is not a condition's truth but whether it is
//! certain: every `not` is moved inwards until it stands at a test, and an `and` or `or` of answers is left. Of that
//! two things are made. [`flow`] asks it exactly, from numbers that stand for the values of facts. [`boxes`] say
//! where it may be so, and from them an index is built: a [`table`] for small policies, a [`tree`] for others.

mod asked;
mod atoms;
mod boxes;
mod entries;
mod flow;
mod literals;
mod rows;
mod seen;
mod table;
mod tree;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]
mod tests;

use asked::Asked;
use atoms::{Atoms, Operands};
use boxes::BoxMaker;
use entries::{Entries, Gathered};
use flow::Flow;
use literals::Literals;
use seen::Seen;
use table::Table;
use tree::{Shape, Tree};

use crate::condition::Condition;
use crate::decide::Values;
use crate::vocabulary::Vocabulary;

/// What finds the first rule that certainly holds.
#[derive(Debug)]
pub(crate) struct Index {
    asked: Asked,
    operands: Operands,
    flow: Flow,
    literals: Literals,
    form: Form,
    /// The last rule; a policy that loads is total, so it decides what no other does.
    last: u32,
}

#[derive(Debug)]
enum Form {
    Table(Table),
    Tree(Tree),
}

/// Room for the literals of texts on the stack, in words of 64 bits.
const SOME: usize = 64;
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
        let mut atoms = Atoms::new(&asked);
        let flow = Flow::new(conditions.clone(), &mut atoms);
        let mut gathered = Gathered::default();
        let mut maker = BoxMaker::new(&mut atoms);
        for (rule, condition) in (0..).zip(conditions) {
            let boxes = condition.map_or_else(|| vec![vec![]], |c| maker.boxes(c, false));
            gathered.add(rule, &boxes);
        }
        let operands = atoms.operands();
        let table = match shape {
            None => Table::new(&asked, &operands, &flow, last),
            Some(_) => None,
        };
        let (form, literals) = match table {
            Some(table) => (Form::Table(table), Literals::default()),
            None => {
                let literals = Literals::new(flow.atoms(), &operands, MANY * 64);
                let entries = Entries::new(gathered, &asked, &operands);
                let tree = Tree::new(&entries, &literals, shape.unwrap_or_default());
                (Form::Tree(tree), literals)
            }
        };
        Index { asked, operands, flow, literals, form, last }
    }

    /// The position of the first rule that certainly holds.
    #[inline]
    pub(crate) fn first(&self, values: &impl Values) -> usize {
        match &self.form {
            Form::Table(table) => table.first(&self.asked, values) as usize,
            Form::Tree(tree) => match self.literals.len().div_ceil(64) {
                0 => self.walk::<_, 0>(tree, values),
                1..=SOME => self.walk::<_, SOME>(tree, values),
                _ => self.walk::<_, MANY>(tree, values),
            },
        }
    }

    fn walk<V: Values, const WORDS: usize>(&self, tree: &Tree, values: &V) -> usize {
        let mut seen = Seen::<V, WORDS>::new(values, &self.asked, &self.operands, &self.literals);
        tree.first(&self.flow, &mut seen, self.last) as usize
    }
}
