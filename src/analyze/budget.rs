//! How much work the analysis may take.

/// The exact analysis would take more work than it is allowed, or a text test is beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too complex to be analysed exactly")]
pub struct TooComplex;

/// Steps that are left; a step is a small, bounded piece of work and of memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    left: usize,
    all: usize,
}

impl Budget {
    pub(crate) fn new(steps: usize) -> Self {
        Budget { left: steps, all: steps }
    }

    /// As many steps as there were at first, for a question of its own.
    pub(crate) fn renewed(self) -> Self {
        Budget::new(self.all)
    }

    /// The larger of two that are whole.
    pub(crate) fn or_more(self, other: Self) -> Self {
        Budget::new(self.all.max(other.all))
    }

    /// Takes steps away.
    ///
    /// # Errors
    /// When fewer are left; from then on none is left.
    pub(crate) fn spend(&mut self, steps: usize) -> Result<(), TooComplex> {
        let left = self.left.checked_sub(steps);
        self.left = left.unwrap_or(0);
        left.map(|_| ()).ok_or(TooComplex)
    }
}
