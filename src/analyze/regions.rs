//! The ways through a diagram: disjoint regions of events, each with one answer.

use std::collections::HashMap;

use super::budget::TooComplex;
use super::classes::{Stretch, contains};
use super::diagram::{Diagram, Node};
use super::space::{Space, Variable};
use super::text::Demand;

/// The most regions that are written out.
pub(crate) const MOST_REGIONS: usize = 10_000;

/// Events that a diagram gives one answer for.
pub(crate) struct Region {
    /// One a fact of the space.
    pub(crate) choices: Vec<Choice>,
    pub(crate) number: u32,
}

/// The values a region has of one fact.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Choice {
    /// None where any will do.
    pub(crate) classes: Option<Vec<Stretch>>,
    /// Of texts that no test mentions, what patterns say of them.
    pub(crate) demands: Vec<Demand>,
}

impl Choice {
    pub(crate) fn is_any(&self) -> bool {
        self.classes.is_none() && self.demands.is_empty()
    }
}

/// All regions in the order of the classes; what nothing decides is left out.
pub(crate) fn regions(
    space: &Space<'_>,
    diagram: &mut Diagram,
    root: Node,
) -> Result<Vec<Region>, TooComplex> {
    if count(diagram, root, &mut HashMap::new())? > MOST_REGIONS as u64 {
        return Err(TooComplex);
    }
    let choices = vec![Choice::default(); space.facts.len()];
    let mut walk = Walk { space, diagram, choices, regions: Vec::new() };
    walk.descend(root)?;
    Ok(walk.regions)
}

/// Joins regions with the same answer that differ in one fact only, until there are none.
pub(crate) fn merged(space: &Space<'_>, mut regions: Vec<Region>) -> Vec<Region> {
    loop {
        let before = regions.len();
        for position in 0..space.facts.len() {
            regions = merged_at(space, regions, position);
        }
        if regions.len() == before {
            return regions;
        }
    }
}

/// Joins the regions that differ in this fact only; each stands where the first of them stood.
fn merged_at(space: &Space<'_>, regions: Vec<Region>, position: usize) -> Vec<Region> {
    let mut known: HashMap<(u32, Vec<Choice>), usize> = HashMap::new();
    let mut merged: Vec<Region> = Vec::with_capacity(regions.len());
    for mut region in regions {
        let choice = std::mem::take(&mut region.choices[position]);
        let Some(classes) = choice.classes.as_ref().filter(|_| choice.demands.is_empty()) else {
            region.choices[position] = choice;
            merged.push(region);
            continue;
        };
        match known.get(&(region.number, region.choices.clone())) {
            Some(&first) => {
                let widened = &mut merged[first].choices[position].classes;
                widened.get_or_insert_default().extend(classes);
            }
            None => {
                known.insert((region.number, region.choices.clone()), merged.len());
                region.choices[position] = choice;
                merged.push(region);
            }
        }
    }
    let classes = &space.facts[position];
    let all = [(0, classes.absent().unwrap_or(classes.count() - 1))];
    for choice in merged.iter_mut().map(|region| &mut region.choices[position]) {
        let Some(mut stretches) = choice.classes.take() else { continue };
        stretches.sort_unstable();
        let stretches = join(&stretches);
        let is_any = stretches[..] == all && choice.demands.is_empty();
        choice.classes = (!is_any).then_some(stretches);
    }
    merged
}

/// How many regions there are.
pub(crate) fn count(
    diagram: &mut Diagram,
    node: Node,
    known: &mut HashMap<Node, u64>,
) -> Result<u64, TooComplex> {
    if node.as_number().is_some() {
        return Ok(1);
    }
    if let Some(&count) = known.get(&node) {
        return Ok(count);
    }
    let mut children: Vec<Node> = diagram.runs(node).iter().map(|run| run.child).collect();
    diagram.budget.spend(children.len())?;
    children.sort_unstable();
    children.dedup();
    let mut total = 0u64;
    for child in children {
        total = total.saturating_add(count(diagram, child, known)?);
    }
    known.insert(node, total);
    Ok(total)
}

struct Walk<'w, 'a> {
    space: &'w Space<'a>,
    diagram: &'w mut Diagram,
    choices: Vec<Choice>,
    regions: Vec<Region>,
}

impl Walk<'_, '_> {
    fn descend(&mut self, node: Node) -> Result<(), TooComplex> {
        if let Some(number) = node.as_number() {
            return self.arrive(number);
        }
        let Some(variable) = self.space.variable(self.diagram.level(node)) else { return Ok(()) };
        match variable.pattern {
            Some(pattern) => self.look_inside(node, variable.position, pattern),
            None => self.part(node, variable),
        }
    }

    fn arrive(&mut self, number: u32) -> Result<(), TooComplex> {
        self.diagram.budget.spend(self.choices.len())?;
        if number != 0 {
            self.regions.push(Region { choices: self.choices.clone(), number });
        }
        Ok(())
    }

    fn look_inside(
        &mut self,
        node: Node,
        position: usize,
        pattern: usize,
    ) -> Result<(), TooComplex> {
        for (class, wanted) in [(0, true), (1, false)] {
            self.choices[position].demands.push((pattern, wanted));
            self.descend(self.diagram.child(node, class))?;
            self.choices[position].demands.pop();
        }
        Ok(())
    }

    fn part(&mut self, node: Node, variable: Variable) -> Result<(), TooComplex> {
        for (child, stretches) in self.groups(node, variable)? {
            self.choices[variable.position].classes = Some(stretches);
            self.descend(child)?;
            self.choices[variable.position].classes = None;
        }
        Ok(())
    }

    /// The classes with the same child, in the order of their first classes.
    fn groups(
        &mut self,
        node: Node,
        variable: Variable,
    ) -> Result<Vec<(Node, Vec<Stretch>)>, TooComplex> {
        let classes = &self.space.facts[variable.position];
        let end = classes.absent().unwrap_or(classes.count() - 1);
        let looked_into = classes.looked_into().map(|class| self.diagram.child(node, class));
        let mut positions: HashMap<Node, usize> = HashMap::new();
        let mut groups: Vec<(Node, Vec<Stretch>)> = Vec::new();
        let runs = self.diagram.shared_runs(node);
        for (at, run) in runs.iter().enumerate() {
            let last = runs.get(at + 1).map_or(end, |next| next.from - 1);
            // Classes of mentioned texts are looked at one by one, because each may be like other texts.
            let stretches = if looked_into.is_some() { last - run.from + 1 } else { 1 };
            self.diagram.budget.spend(stretches as usize)?;
            for step in 0..stretches {
                let stretch = if looked_into.is_some() {
                    (run.from + step, run.from + step)
                } else {
                    (run.from, last)
                };
                let child = match looked_into {
                    Some(other) if self.is_like(other, stretch.0, run.child, variable) => other,
                    _ => run.child,
                };
                let position = *positions.entry(child).or_insert_with(|| {
                    groups.push((child, Vec::new()));
                    groups.len() - 1
                });
                groups[position].1.push(stretch);
            }
        }
        groups.iter_mut().for_each(|(_, stretches)| *stretches = join(stretches));
        // Which listed items are in one class with those that are not listed is a matter of how tests are
        // written, and must not show in the order.
        let last = classes.unlisted();
        let place = |stretches: &[Stretch]| {
            let unlisted = last.filter(|&class| contains(stretches, class));
            unlisted.or(stretches.first().map(|&(first, _)| first))
        };
        groups.sort_by_key(|(_, stretches)| place(stretches));
        Ok(groups)
    }

    /// Whether a mentioned text is treated as one that is not mentioned and looks like it: then a region need
    /// not name it.
    fn is_like(&self, other: Node, class: u32, child: Node, variable: Variable) -> bool {
        let classes = &self.space.facts[variable.position];
        if class >= classes.count() - 1 {
            return false;
        }
        let mut node = other;
        while let Some(pattern) = self.pattern_at(node, variable.position) {
            node = self.diagram.child(node, u32::from(!classes.pattern_accepts(pattern, class)));
        }
        node == child
    }

    fn pattern_at(&self, node: Node, position: usize) -> Option<usize> {
        let variable = self.space.variable(self.diagram.level(node))?;
        variable.pattern.filter(|_| variable.position == position)
    }
}

/// Joins stretches that touch.
fn join(stretches: &[Stretch]) -> Vec<Stretch> {
    let mut joined: Vec<Stretch> = Vec::with_capacity(stretches.len());
    for &(first, last) in stretches {
        match joined.last_mut() {
            Some(before) if before.1 + 1 == first => before.1 = last,
            _ => joined.push((first, last)),
        }
    }
    joined
}
