//! # Redress
//!
//! When a step of an automated workflow fails, something has to decide what becomes of the execution: stop,
//! fail, try again later, keep it for a person. Redress puts that decision into a small policy language that
//! is checked, tested and explained, and answers without allocating.
//!
//! ```
//! use redress::Policy;
//!
//! let policy = Policy::parse(
//!     "extends default
//!      rule flaky_ledger: when app == \"ledger\" and attempt <= 3 => store(retry, after: [1m, 5m, 30m])",
//! )?;
//! let event = policy.event().set("error", "UnexpectedError").set("module", 4).set("app", "ledger").build()?;
//! let decision = event.decide();
//! assert_eq!(decision.display, "store(retry)");
//! assert_eq!(decision.rule.as_deref(), Some("flaky_ledger"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How it works
//!
//! ```text
//!  policy text ──parse──▶ Ast ──check──▶ Checked ──compile──▶ Policy ──decide──▶ Decision
//!    Source        │             │                    ▲          ▲
//!      grammar/policy.pest   Diagnostics        rules/*.policy  event (Facts)
//! ```
//!
//! Everything that can be wrong is found when a policy is [loaded](Policy::load), and all of it in one run.
//! What was loaded is total: every event it can be given reaches a [`Decision`], and deciding cannot fail.
//!
//! # Where to begin
//!
//! * [`Policy::load`], [`Policy::parse`] and [`Policy::default`] give a policy; [`PolicyLoader`] says where
//!   files may come from and how large they may be.
//! * [`Policy::event`] builds an event fact by fact, [`Policy::event_from_json`] reads one, and
//!   [`Policy::bind`] binds a type of your own that implements [`Facts`]; [`Policy::reader`] decides many events
//!   straight from what they are written in.
//! * [`Policy::typed`] turns outcomes into your own serde type, [`Action`] is that of the standard vocabulary.
//! * [`Policy::behaviour`] is the policy's behaviour as stable text, for snapshot tests.

mod bundled;
mod by_value;
mod check;
mod code;
mod compile;
mod condition;
mod decide;
mod decision;
mod effective;
mod event;
mod facts;
mod gather;
mod index;
mod integers;
mod labels;
mod limits;
mod literal;
mod load;
mod names;
mod parse;
mod policy;
mod scan;
mod shared_text;
mod suggest;
mod syntax_error;
mod value;
mod words;

pub mod analyze;
pub mod ast;
pub mod coverage;
pub mod diagnostic;
pub mod explain;
pub mod format;
pub mod source;
pub mod vocabulary;

pub use bundled::{BundledFile, PACKS, POLICIES, VOCABULARY};
pub use decision::{Action, Argument, Decision, Fingerprint, Label, Outcome, Store};
pub use diagnostic::{Code, Diagnostic, Severity};
pub use effective::{Disabled, Effective, EffectiveRule, Part, PartKind};
pub use event::{
    Decided, Event, EventBuilder, EventError, EventProblem, EventReader, Given, UnknownName,
};
pub use facts::{
    BindError, BindProblem, Binding, FactType, FactValue, Facts, Field, FieldKind, Name,
};
pub use labels::Labels;
pub use limits::Limits;
pub use load::{
    BundledOnly, FileProblem, FileSystem, Files, InMemory, LoadError, PolicyLoader, Report,
};
pub use parse::{Parsed, parse};
pub use policy::{Policy, Rule};
pub use shared_text::SharedText;
pub use suggest::suggest;
pub use value::{
    Duration, Jitter, QuantityError, Schedule, ScheduleRule, Size, SizeUnit, TimeUnit,
};

use diagnostic::Diagnostics;
use source::Sources;

/// The whole way from text to policy; every problem found, not just the first, that matters at least so much.
fn build(loader: &PolicyLoader, main: gather::Main<'_>, least: Severity) -> Report {
    let mut sources = Sources::default();
    let mut problems = Diagnostics::new(loader.limits.diagnostics, least);
    let files = gather::gather(loader, main, &mut sources, &mut problems);
    let checked = check::check(&files, &sources, &loader.limits, &mut problems);
    let diagnostic::Finished { diagnostics, suppressed, errors, notes } = problems.finish();
    let compile = |checked| compile::compile(checked, sources.clone(), &loader.limits);
    let policy = checked.map(compile);
    Report { sources, diagnostics, suppressed, policy, errors, notes }
}

/// The README's programs run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
