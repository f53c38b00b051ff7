//! Sets of the names of errors: so many names, or all but so many.

use indexmap::IndexSet;

/// A set of names, in the order in which they were first said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorNames {
    pub(crate) names: IndexSet<String>,
    /// Whether the set is all others instead: every name there can be but these.
    pub(crate) all_but: bool,
}

impl ErrorNames {
    pub(crate) fn just(names: impl IntoIterator<Item = String>) -> Self {
        ErrorNames { names: names.into_iter().collect(), all_but: false }
    }

    pub(crate) fn all_but<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        ErrorNames { names: names.into_iter().map(str::to_owned).collect(), all_but: true }
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.all_but && self.names.is_empty()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.contains(name) != self.all_but
    }

    /// What is in it and not in the other.
    pub(crate) fn without(&self, other: &ErrorNames) -> ErrorNames {
        let names = match (self.all_but, other.all_but) {
            (false, _) => self.names.iter().filter(|name| !other.has(name)).cloned().collect(),
            (true, false) => self.names.union(&other.names).cloned().collect(),
            (true, true) => other.names.difference(&self.names).cloned().collect(),
        };
        ErrorNames { names, all_but: self.all_but && !other.all_but }
    }

    /// Adds what is in the other.
    pub(crate) fn add(&mut self, other: &ErrorNames) {
        match (self.all_but, other.all_but) {
            (false, false) => self.names.extend(other.names.iter().cloned()),
            (true, false) => self.names.retain(|name| !other.names.contains(name)),
            (false, true) => {
                let names = other.names.difference(&self.names).cloned().collect();
                *self = ErrorNames { names, all_but: true };
            }
            (true, true) => self.names.retain(|name| other.names.contains(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sets() -> impl Strategy<Value = ErrorNames> {
        (proptest::collection::vec("[a-d]", 0..4), any::<bool>())
            .prop_map(|(names, all_but)| ErrorNames { names: names.into_iter().collect(), all_but })
    }

    proptest! {
        #[test]
        fn sets_are_taken_apart_and_joined_name_by_name(a in sets(), b in sets()) {
            let mut both = a.clone();
            both.add(&b);
            for name in ["a", "b", "c", "d", "e"] {
                prop_assert_eq!(a.without(&b).has(name), a.has(name) && !b.has(name));
                prop_assert_eq!(both.has(name), a.has(name) || b.has(name));
            }
        }
    }
}
