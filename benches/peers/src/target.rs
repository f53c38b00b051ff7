//! A target: what is asked, and what was found.

use crate::figures::Meeting;
use crate::table::whole;

/// A target and what a run says of it.
pub struct Target {
    /// What is asked.
    pub what: String,
    /// The bound, as it is said.
    pub bound: String,
    /// What the run says.
    pub found: Found,
}

/// What a run says of a target.
pub enum Found {
    /// It was measured.
    Measured {
        /// As it is said.
        shown: String,
        /// Whether the target was met.
        met: bool,
    },
    /// It was not, for this reason.
    Missing(String),
}

/// What a target's figure has to keep to.
#[derive(Clone, Copy)]
pub struct Bound {
    side: Side,
    limit: f64,
    unit: Unit,
}

#[derive(Clone, Copy)]
enum Side {
    AtMost,
    AtLeast,
}

/// What a figure counts.
#[derive(Clone, Copy)]
pub enum Unit {
    /// How many times as much.
    Times,
    /// Nanoseconds.
    Nanoseconds,
    /// Bytes.
    Bytes,
}

impl Bound {
    /// No more than this.
    pub fn at_most(limit: f64, unit: Unit) -> Self {
        Bound { side: Side::AtMost, limit, unit }
    }

    /// No fewer times than this.
    pub fn at_least(limit: f64) -> Self {
        Bound { side: Side::AtLeast, limit, unit: Unit::Times }
    }

    fn is_met(self, figure: f64) -> bool {
        match self.side {
            Side::AtMost => figure <= self.limit,
            Side::AtLeast => figure >= self.limit,
        }
    }

    fn says(self) -> String {
        let side = match self.side {
            Side::AtMost => "at most",
            Side::AtLeast => "at least",
        };
        let limit = self.limit;
        match self.unit {
            Unit::Times => format!("{side} {limit} ×"),
            Unit::Nanoseconds => format!("{side} {limit} ns"),
            Unit::Bytes => format!("{side} {} bytes", whole(limit as usize)),
        }
    }

    fn shows(self, figure: f64) -> String {
        match self.unit {
            Unit::Times if figure < 100.0 => format!("{figure:.2} ×"),
            Unit::Times => format!("{figure:.0} ×"),
            Unit::Nanoseconds => format!("{figure:.1} ns"),
            Unit::Bytes => format!("{} bytes", whole(figure.round() as usize)),
        }
    }
}

/// A figure on replayed events, and the same on unseen ones; nothing where it was not measured.
pub type OnBoth = [Option<f64>; 2];

impl Target {
    /// A target that has one figure.
    pub fn of(what: impl Into<String>, bound: Bound, figure: Option<f64>) -> Self {
        let found = match figure {
            Some(figure) if figure.is_finite() => {
                Found::Measured { shown: bound.shows(figure), met: bound.is_met(figure) }
            }
            _ => Found::missing(),
        };
        Target { what: what.into(), bound: bound.says(), found }
    }

    /// A target that has to be met on replayed events and on unseen ones: the worse counts.
    pub fn on_both(what: impl Into<String>, bound: Bound, figures: OnBoth) -> Self {
        let found = match figures {
            [Some(replayed), Some(unseen)] if replayed.is_finite() && unseen.is_finite() => {
                let figures = Meeting::BOTH.into_iter().zip([replayed, unseen]);
                let shown: Vec<String> = figures
                    .map(|(meeting, figure)| format!("{} {}", bound.shows(figure), meeting.name()))
                    .collect();
                let met = bound.is_met(replayed) && bound.is_met(unseen);
                Found::Measured { shown: shown.join(", "), met }
            }
            _ => Found::missing(),
        };
        Target { what: what.into(), bound: bound.says(), found }
    }

    /// Says whom the figure compares with.
    #[must_use]
    pub fn with(mut self, whom: &str) -> Self {
        if let Found::Measured { shown, .. } = &mut self.found {
            shown.push_str(&format!(" ({whom})"));
        }
        self
    }

    /// Whether it was measured and met.
    pub fn is_met(&self) -> bool {
        matches!(self.found, Found::Measured { met: true, .. })
    }

    /// Whether nothing is known of it.
    pub fn is_missing(&self) -> bool {
        matches!(self.found, Found::Missing(_))
    }
}

impl Found {
    fn missing() -> Self {
        let reason = if cfg!(feature = "engines") {
            "who takes part in it could not be measured"
        } else {
            "this run was made without the other engines"
        };
        Found::Missing(reason.into())
    }
}
