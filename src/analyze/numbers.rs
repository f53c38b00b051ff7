//! Numbers in the place of things, for the leaves of diagrams.

use std::collections::HashMap;
use std::hash::Hash;

/// Numbers things in the order in which they come, from 0; what is equal has one number.
pub(super) struct Numbers<T> {
    known: HashMap<T, u32>,
    things: Vec<T>,
}

impl<T: Clone + Eq + Hash> Numbers<T> {
    pub(super) fn new() -> Self {
        Numbers { known: HashMap::new(), things: Vec::new() }
    }

    pub(super) fn number(&mut self, thing: T) -> u32 {
        let next = self.things.len() as u32;
        *self.known.entry(thing).or_insert_with_key(|thing| {
            self.things.push(thing.clone());
            next
        })
    }

    pub(super) fn get(&self, number: u32) -> Option<&T> {
        self.things.get(number as usize)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.things.iter()
    }
}
