//! How much work the analysis may take.

/// The exact analysis would take more work than it is allowed, or a text test is beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too complex to be analysed exactly")]
pub struct TooComplex;

/// So many rules have the steps once; were it the same for all, ten thousand rules that have little in common
/// would not be looked at though they soon could.
const RULES: usize = 2_500;

/// How many times the steps the largest policies have: what takes longer than that is seldom ever done.
const MOST_TIMES: usize = 4;

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

    /// For so many rules: large policies have several times the steps.
    pub(crate) fn for_rules(steps: usize, rules: usize) -> Self {
        Budget::new(steps.saturating_mul((rules / RULES).clamp(1, MOST_TIMES)))
    }

    /// As many steps as there were at first, for a question of its own.
    pub(crate) fn renewed(self) -> Self {
        Budget::new(self.all)
    }

    /// A share of all steps, but no more than are left.
    pub(crate) fn part(self, share: usize) -> Self {
        Budget::new((self.all / share).min(self.left))
    }

    /// How many steps were taken.
    pub(crate) fn spent(self) -> usize {
        self.all - self.left
    }

    /// Whether none is left.
    pub(crate) fn is_spent(self) -> bool {
        self.left == 0
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
