//! How much work the analysis may take.

/// The exact analysis would take more work than it is allowed, or a text test is beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too complex to be analysed exactly")]
pub struct TooComplex;

/// Steps that are left; a step is a small, bounded piece of work and of memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget(usize);

impl Budget {
    pub(crate) fn new(steps: usize) -> Self {
        Budget(steps)
    }

    /// Takes steps away.
    ///
    /// # Errors
    /// When fewer are left; from then on none is left.
    pub(crate) fn spend(&mut self, steps: usize) -> Result<(), TooComplex> {
        let left = self.0.checked_sub(steps);
        self.0 = left.unwrap_or(0);
        left.map(|_| ()).ok_or(TooComplex)
    }
}
