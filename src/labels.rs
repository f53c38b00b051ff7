//! What a rule hangs on its decision for the host.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decision::Label;
use crate::shared_text::SharedText;

/// The labels of a decision, each name once, in the order of the names; cheap to clone, since all clones share them.
///
/// ```
/// use redress::{Label, Policy};
/// let policy = Policy::parse("otherwise => fail with owner: \"ledger\", priority: 2")?;
/// let labels = &policy.decisions()[0].labels;
/// assert_eq!(labels.get("priority"), Some(&Label::Int(2)));
/// assert_eq!(labels.iter().next(), Some(("owner", &Label::Text("ledger".to_owned()))));
/// # Ok::<(), redress::LoadError>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Labels(Arc<[(SharedText, Label)]>);

impl Labels {
    /// The label of this name.
    pub fn get(&self, name: &str) -> Option<&Label> {
        let found = self.0.binary_search_by(|(known, _)| known.as_str().cmp(name));
        found.ok().and_then(|at| self.0.get(at)).map(|(_, label)| label)
    }

    /// All of them, in the order of their names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Label)> {
        self.0.iter().map(|(name, label)| (name.as_str(), label))
    }

    /// The same names with other labels.
    pub(crate) fn mapped(&self, label: impl Fn(&Label) -> Label) -> Self {
        let other = |(name, written): &(SharedText, Label)| (name.clone(), label(written));
        if self.is_empty() { self.clone() } else { Labels(self.0.iter().map(other).collect()) }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<BTreeMap<SharedText, Label>> for Labels {
    fn from(labels: BTreeMap<SharedText, Label>) -> Self {
        // All that have none share one room for it.
        if labels.is_empty() { Labels::default() } else { Labels(labels.into_iter().collect()) }
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for Labels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Labels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::<SharedText, Label>::deserialize(deserializer).map(Labels::from)
    }
}
