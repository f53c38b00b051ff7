//! Ordered decision diagrams over variables with many values, reduced and shared.
//!
//! A diagram is a function from events to numbers. Every inner node asks one variable for its class and has
//! a child for each; classes that follow each other and have the same child are one [`Run`]. No two nodes are
//! alike and no node has only one child, so that two diagrams are the same function exactly when they are the
//! same [`Node`]. Two operations are enough for all that a list of rules needs: [`Diagram::first_of`] (for
//! diagrams of yes and no, `or`) and [`Diagram::within`] (`and`).

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::budget::{Budget, TooComplex};

/// A function from events to numbers: an inner node of a [`Diagram`], or a number for all events alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Node(u32);

impl Node {
    const NUMBER: u32 = 1 << 31;

    /// Nothing decides; of a condition, it is not certainly so.
    pub(crate) const NOTHING: Node = Node::number(0);
    /// Of a condition, it is certainly so.
    pub(crate) const CERTAIN: Node = Node::number(1);

    pub(crate) const fn number(number: u32) -> Self {
        Node(number | Node::NUMBER)
    }

    /// The number, where it is the same for all events.
    pub(crate) fn as_number(self) -> Option<u32> {
        (self.0 & Node::NUMBER != 0).then_some(self.0 & !Node::NUMBER)
    }
}

impl From<bool> for Node {
    fn from(certain: bool) -> Self {
        if certain { Node::CERTAIN } else { Node::NOTHING }
    }
}

/// Classes of a variable from `from` to the next run, and what becomes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Run {
    pub(crate) from: u32,
    pub(crate) child: Node,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Inner {
    /// The position of the variable in the order in which variables are asked.
    level: u32,
    /// At least two; the first begins at class 0.
    runs: Arc<[Run]>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Operation {
    First,
    Within,
}

impl Operation {
    /// The answer where it takes no look inside.
    fn answer(self, a: Node, b: Node) -> Option<Node> {
        match (self, a.as_number(), b.as_number()) {
            (Operation::First, Some(0), _) => Some(b),
            (Operation::First, Some(_), _) | (Operation::First, _, Some(0)) => Some(a),
            (Operation::First, ..) => (a == b).then_some(a),
            (Operation::Within, Some(0), _) | (Operation::Within, _, Some(0)) => {
                Some(Node::NOTHING)
            }
            (Operation::Within, Some(_), _) => Some(b),
            (Operation::Within, None, _) => None,
        }
    }
}

/// What one look inside costs at least; keeps the memory of a used-up budget small.
const LOOK: usize = 6;

/// The nodes of any number of diagrams over the same variables.
pub(crate) struct Diagram {
    inner: Vec<Inner>,
    known: HashMap<Inner, Node>,
    answers: HashMap<(Operation, Node, Node), Node>,
    pub(crate) budget: Budget,
}

impl Diagram {
    pub(crate) fn new(budget: Budget) -> Self {
        Diagram { inner: Vec::new(), known: HashMap::new(), answers: HashMap::new(), budget }
    }

    /// The node that asks the variable at `level`; runs are in order, the first begins at class 0.
    pub(crate) fn node(&mut self, level: u32, mut runs: Vec<Run>) -> Result<Node, TooComplex> {
        self.budget.spend(1 + runs.len())?;
        runs.dedup_by_key(|run| run.child);
        if let [only] = runs[..] {
            return Ok(only.child);
        }
        let inner = Inner { level, runs: runs.into() };
        if let Some(&node) = self.known.get(&inner) {
            return Ok(node);
        }
        let node = Node(self.inner.len() as u32);
        self.inner.push(inner.clone());
        self.known.insert(inner, node);
        Ok(node)
    }

    /// The position of the variable that is asked first; behind all others for a number.
    pub(crate) fn level(&self, node: Node) -> u32 {
        self.inner.get(node.0 as usize).map_or(u32::MAX, |inner| inner.level)
    }

    /// What becomes of the classes of the variable asked first; empty for a number.
    pub(crate) fn runs(&self, node: Node) -> &[Run] {
        self.inner.get(node.0 as usize).map_or(&[], |inner| &inner.runs)
    }

    /// The same, to be kept while nodes are added.
    pub(crate) fn shared_runs(&self, node: Node) -> Arc<[Run]> {
        self.inner
            .get(node.0 as usize)
            .map_or_else(|| Arc::from([]), |inner| Arc::clone(&inner.runs))
    }

    /// The same question as a node asks, with something else in the place of what is asked next.
    pub(crate) fn with_children(
        &mut self,
        node: Node,
        mut instead: impl FnMut(&mut Self, Node) -> Result<Node, TooComplex>,
    ) -> Result<Node, TooComplex> {
        let mut runs = Vec::new();
        for run in self.shared_runs(node).iter() {
            runs.push(Run { from: run.from, child: instead(self, run.child)? });
        }
        self.node(self.level(node), runs)
    }

    /// What is left to ask once the class of the first variable is known.
    pub(crate) fn child(&self, node: Node, class: u32) -> Node {
        let runs = self.runs(node);
        let at = runs.partition_point(|run| run.from <= class);
        runs.get(at.wrapping_sub(1)).map_or(node, |run| run.child)
    }

    /// What `b` says where `condition` is certain, and nothing elsewhere.
    pub(crate) fn within(&mut self, condition: Node, b: Node) -> Result<Node, TooComplex> {
        self.combine(Operation::Within, condition, b)
    }

    /// What `a` says where `condition` is certain, and what `b` says elsewhere.
    pub(crate) fn either(&mut self, condition: Node, a: Node, b: Node) -> Result<Node, TooComplex> {
        let elsewhere = self.zip(condition, Node::CERTAIN, &mut |is, _| u32::from(is == 0))?;
        let parts = vec![self.within(condition, a)?, self.within(elsewhere, b)?];
        self.first_of(parts)
    }

    /// What is left of it once a pattern, the variable at a level, has said yes, and once it has said no.
    pub(crate) fn cofactors(&mut self, node: Node, level: u32) -> Result<[Node; 2], TooComplex> {
        if self.level(node) == level {
            return Ok([0, 1].map(|class| self.child(node, class)));
        }
        let mut both = [node; 2];
        for (class, cofactor) in both.iter_mut().enumerate() {
            *cofactor = self.cofactor(node, (level, class as u32), &mut HashMap::new())?;
        }
        Ok(both)
    }

    fn cofactor(
        &mut self,
        node: Node,
        answer: (u32, u32),
        known: &mut HashMap<Node, Node>,
    ) -> Result<Node, TooComplex> {
        let level = self.level(node);
        if level >= answer.0 {
            return Ok(if level == answer.0 { self.child(node, answer.1) } else { node });
        }
        if let Some(&cofactor) = known.get(&node) {
            return Ok(cofactor);
        }
        let cofactor =
            self.with_children(node, |diagram, child| diagram.cofactor(child, answer, known))?;
        known.insert(node, cofactor);
        Ok(cofactor)
    }

    /// What the first of many says, or, where it says nothing, what the next one says.
    pub(crate) fn first_of(&mut self, nodes: Vec<Node>) -> Result<Node, TooComplex> {
        self.fold(Operation::First, nodes, Node::NOTHING)
    }

    /// Certain where all of many are.
    pub(crate) fn all_of(&mut self, nodes: Vec<Node>) -> Result<Node, TooComplex> {
        self.fold(Operation::Within, nodes, Node::CERTAIN)
    }

    fn fold(
        &mut self,
        operation: Operation,
        nodes: Vec<Node>,
        none: Node,
    ) -> Result<Node, TooComplex> {
        self.neighbours(nodes, none, |diagram, a, b| diagram.combine(operation, a, b))
    }

    /// Makes one of each two neighbours until one is left: the large ones meet late, which keeps long lists cheap.
    fn neighbours(
        &mut self,
        mut nodes: Vec<Node>,
        none: Node,
        mut both: impl FnMut(&mut Self, Node, Node) -> Result<Node, TooComplex>,
    ) -> Result<Node, TooComplex> {
        while nodes.len() > 1 {
            let pairs = nodes.chunks(2).map(|pair| match *pair {
                [a, b] => both(self, a, b),
                _ => Ok(pair[0]),
            });
            nodes = pairs.collect::<Result<_, _>>()?;
        }
        Ok(nodes.first().copied().unwrap_or(none))
    }

    fn combine(&mut self, operation: Operation, a: Node, b: Node) -> Result<Node, TooComplex> {
        if let Some(answer) = operation.answer(a, b) {
            return Ok(answer);
        }
        if let Some(&answer) = self.answers.get(&(operation, a, b)) {
            return Ok(answer);
        }
        let level = self.level(a).min(self.level(b));
        let pairs = match operation {
            Operation::First => self.pairs(level, a, b),
            Operation::Within => self.pairs_within(level, a, b),
        };
        let answer =
            self.descend(level, pairs, |diagram, a, b| diagram.combine(operation, a, b))?;
        self.answers.insert((operation, a, b), answer);
        Ok(answer)
    }

    /// Goes down both diagrams at once; as deep as there are variables.
    fn descend(
        &mut self,
        level: u32,
        pairs: Vec<(u32, Node, Node)>,
        mut both: impl FnMut(&mut Self, Node, Node) -> Result<Node, TooComplex>,
    ) -> Result<Node, TooComplex> {
        self.budget.spend(LOOK + pairs.len())?;
        let mut runs = Vec::with_capacity(pairs.len());
        for (from, a, b) in pairs {
            runs.push(Run { from, child: both(self, a, b)? });
        }
        self.node(level, runs)
    }

    /// What `join` makes of the numbers of two diagrams.
    pub(crate) fn zip(
        &mut self,
        a: Node,
        b: Node,
        join: &mut dyn FnMut(u32, u32) -> u32,
    ) -> Result<Node, TooComplex> {
        let mut answer =
            |a: Node, b: Node| Some(Node::number(join(a.as_number()?, b.as_number()?)));
        self.apply(a, b, &mut answer, &mut HashMap::new())
    }

    /// What `join` makes of the numbers of neighbours, until one diagram is left; nothing joined with something
    /// is that.
    pub(crate) fn join(
        &mut self,
        nodes: Vec<Node>,
        join: &mut dyn FnMut(u32, u32) -> u32,
    ) -> Result<Node, TooComplex> {
        let mut answer = |a: Node, b: Node| match (a.as_number(), b.as_number()) {
            (Some(0), _) => Some(b),
            (_, Some(0)) => Some(a),
            (a, b) => Some(Node::number(join(a?, b?))),
        };
        self.neighbours(nodes, Node::NOTHING, |diagram, a, b| {
            diagram.apply(a, b, &mut answer, &mut HashMap::new())
        })
    }

    /// What `answer` makes of two diagrams, where it takes no look inside.
    fn apply(
        &mut self,
        a: Node,
        b: Node,
        answer: &mut dyn FnMut(Node, Node) -> Option<Node>,
        known: &mut HashMap<(Node, Node), Node>,
    ) -> Result<Node, TooComplex> {
        if let Some(answer) = answer(a, b).or_else(|| known.get(&(a, b)).copied()) {
            return Ok(answer);
        }
        let level = self.level(a).min(self.level(b));
        let pairs = self.pairs(level, a, b);
        let applied =
            self.descend(level, pairs, |diagram, a, b| diagram.apply(a, b, answer, known))?;
        known.insert((a, b), applied);
        Ok(applied)
    }

    /// The children of both for each stretch of classes in which neither changes.
    fn pairs(&self, level: u32, a: Node, b: Node) -> Vec<(u32, Node, Node)> {
        let whole = |node| [Run { from: 0, child: node }];
        let (whole_a, whole_b) = (whole(a), whole(b));
        let left = if self.level(a) == level { self.runs(a) } else { &whole_a };
        let right = if self.level(b) == level { self.runs(b) } else { &whole_b };
        let mut pairs = Vec::with_capacity(left.len() + right.len());
        let (mut i, mut j) = (0, 0);
        while let (Some(l), Some(r)) = (left.get(i), right.get(j)) {
            pairs.push((l.from.max(r.from), l.child, r.child));
            let (next_left, next_right) = (next_from(left, i), next_from(right, j));
            i += usize::from(next_left <= next_right);
            j += usize::from(next_right <= next_left);
        }
        pairs
    }

    /// The same, but that where the first says nothing the second is not looked at: a condition that is about few
    /// of very many classes is soon compared.
    fn pairs_within(&self, level: u32, a: Node, b: Node) -> Vec<(u32, Node, Node)> {
        if self.level(a) != level || self.level(b) != level {
            return self.pairs(level, a, b);
        }
        let (left, right) = (self.runs(a), self.runs(b));
        let mut pairs = Vec::with_capacity(2 * left.len());
        for (at, run) in left.iter().enumerate() {
            if run.child == Node::NOTHING {
                pairs.push((run.from, Node::NOTHING, Node::NOTHING));
                continue;
            }
            let end = next_from(left, at);
            let first = right.partition_point(|other| other.from <= run.from).saturating_sub(1);
            let here = right[first..].iter().take_while(|other| other.from < end);
            pairs.extend(here.map(|other| (other.from.max(run.from), run.child, other.child)));
        }
        pairs
    }

    /// Whether somewhere where the condition is certain `b` says a number that is wanted; stops at the first.
    pub(crate) fn meets(
        &mut self,
        condition: Node,
        b: Node,
        wanted: &dyn Fn(u32) -> bool,
    ) -> Result<bool, TooComplex> {
        let mut seen = HashSet::from([(condition, b)]);
        let mut waiting = vec![(condition, b)];
        while let Some((condition, b)) = waiting.pop() {
            self.budget.spend(LOOK)?;
            match (condition.as_number(), b.as_number()) {
                (Some(0), _) => continue,
                (Some(_), Some(number)) if wanted(number) => return Ok(true),
                (Some(_), Some(_)) => continue,
                _ => {}
            }
            let level = self.level(condition).min(self.level(b));
            let pairs = self.pairs_within(level, condition, b);
            self.budget.spend(pairs.len())?;
            let pairs = pairs.into_iter().map(|(_, condition, b)| (condition, b));
            waiting.extend(pairs.filter(|pair| seen.insert(*pair)));
        }
        Ok(false)
    }

    /// Every node that can be reached, the numbers among them, each once.
    pub(crate) fn reachable(&mut self, root: Node) -> Result<Vec<Node>, TooComplex> {
        self.reachable_where(root, None)
    }

    /// Those that can be reached where the variable at a level has this class.
    fn reachable_where(
        &mut self,
        root: Node,
        known: Option<(u32, u32)>,
    ) -> Result<Vec<Node>, TooComplex> {
        let mut seen = HashSet::from([root]);
        let mut waiting = vec![root];
        let mut found = Vec::new();
        while let Some(node) = waiting.pop() {
            found.push(node);
            if let Some((_, class)) = known.filter(|(level, _)| *level == self.level(node)) {
                self.budget.spend(1)?;
                waiting.extend(Some(self.child(node, class)).filter(|child| seen.insert(*child)));
                continue;
            }
            self.budget.spend(1 + self.runs(node).len())?;
            waiting.extend(
                self.runs(node).iter().map(|run| run.child).filter(|child| seen.insert(*child)),
            );
        }
        Ok(found)
    }

    /// The numbers it can give.
    pub(crate) fn numbers(&mut self, root: Node) -> Result<BTreeSet<u32>, TooComplex> {
        Ok(self.reachable(root)?.into_iter().filter_map(Node::as_number).collect())
    }

    /// The numbers it can give where the variable at a level has this class.
    pub(crate) fn numbers_where(
        &mut self,
        root: Node,
        level: u32,
        class: u32,
    ) -> Result<BTreeSet<u32>, TooComplex> {
        let reached = self.reachable_where(root, Some((level, class)))?;
        Ok(reached.into_iter().filter_map(Node::as_number).collect())
    }
}

fn next_from(runs: &[Run], at: usize) -> u32 {
    runs.get(at + 1).map_or(u32::MAX, |run| run.from)
}
