//! The immutable form of a policy, ready to decide.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use serde::de::DeserializeOwned;

use crate::analyze::Budget;
use crate::condition::Condition;
use crate::decision::{Decision, Fingerprint, Outcome};
use crate::diagnostic::{Code, Diagnostic};
use crate::event::{Event, EventBuilder, Held};
use crate::facts::{BindError, Binding, Facts};
use crate::index::Index;
use crate::labels::Labels;
use crate::load::{LoadError, PolicyLoader, Report};
use crate::shared_text::SharedText;
use crate::source::{Sources, Span};
use crate::vocabulary::{FactId, Vocabulary};

/// A checked policy.
///
/// It is immutable, `Send + Sync` and cheap to clone: all clones share one object. Every event it can be
/// given reaches a [`Decision`]. The type parameter is the type of its outcomes: [`Outcome`] for any
/// vocabulary, or a host's own through [`Policy::typed`].
///
/// ```
/// use redress::Policy;
/// let policy = Policy::parse("extends default\nwhen attempt > 3 => fail")?;
/// let event = policy.event().set("error", "ConnectionError").set("module", 2).build()?;
/// assert_eq!(event.decide().display, "store(retry)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Policy<A = Outcome> {
    model: Arc<Model>,
    /// One a rule, in the order of the rules.
    decisions: Arc<[Decision<A>]>,
}

/// All of a policy but the host's own outcomes.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) sources: Sources,
    pub(crate) vocabulary: Vocabulary,
    /// In the order in which they are asked; what stands behind an `otherwise` is left out.
    pub(crate) rules: Vec<Rule>,
    /// Those of the policy's own file, in their order.
    pub(crate) examples: Vec<ExampleEvent>,
    pub(crate) fingerprint: Fingerprint,
    /// The rules once more, as deciding asks them.
    pub(crate) index: Index,
    /// The facts that an event has to give.
    pub(crate) required: Box<[FactId]>,
    /// The steps that a question about it may take.
    pub(crate) analysis_steps: usize,
}

/// The event of an example.
#[derive(Clone, Debug)]
pub(crate) struct ExampleEvent {
    /// From `example` to the closing brace.
    pub(crate) span: Span,
    /// One a fact of the vocabulary.
    pub(crate) values: Vec<Held>,
}

/// One rule of the effective policy.
#[derive(Clone, Debug)]
pub struct Rule {
    pub(crate) name: Option<SharedText>,
    /// None for `otherwise`.
    pub(crate) condition: Option<Condition>,
    /// The condition as it is written.
    pub(crate) condition_span: Option<Span>,
    /// The keyword of the declaration.
    pub(crate) keyword: Span,
    /// The whole declaration.
    pub(crate) span: Span,
    /// The outcome as it is written.
    pub(crate) outcome_span: Span,
    /// One for all rules that decide the same.
    pub(crate) outcome: Arc<Outcome>,
    pub(crate) labels: Labels,
    pub(crate) documentation: Option<SharedText>,
    /// `FILE:LINE` of the keyword.
    pub(crate) at: SharedText,
}

impl Rule {
    /// Its name; none for an unnamed rule, `otherwise` for the last word.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Its name, or its place where it has none.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.at)
    }

    /// Whether it is the last word.
    pub fn is_otherwise(&self) -> bool {
        self.condition.is_none()
    }

    /// `FILE:LINE` of its keyword.
    pub fn at(&self) -> &str {
        &self.at
    }

    /// What it decides, in the form of any vocabulary.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// What it hangs on its decision.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// The comment above it.
    pub fn documentation(&self) -> Option<&str> {
        self.documentation.as_deref()
    }

    /// Where its declaration stands.
    pub fn span(&self) -> Span {
        self.span
    }

    /// Where its condition stands; none for `otherwise`.
    pub fn condition_span(&self) -> Option<Span> {
        self.condition_span
    }
}

impl Policy {
    /// Reads, checks and compiles a policy file and what it names.
    ///
    /// It looks for what is wrong alone; what is merely suspicious is told by [`PolicyLoader::check`].
    ///
    /// # Errors
    /// [`LoadError::Unreadable`] if the file cannot be read, [`LoadError::Refused`] with every problem found
    /// if the policy is wrong.
    pub fn load(path: impl AsRef<Path>) -> Result<Policy, LoadError> {
        PolicyLoader::new().load(path)
    }

    /// The same, with every outcome in the host's own type; see [`typed`](Self::typed).
    ///
    /// # Errors
    /// As for [`load`](Self::load), and [`LoadError::Refused`] with a diagnostic at each rule whose outcome
    /// the type does not take.
    ///
    /// ```no_run
    /// use redress::{Action, Policy};
    /// let policy: Policy<Action> = Policy::load_as("refunds.policy")?;
    /// # Ok::<(), redress::LoadError>(())
    /// ```
    pub fn load_as<A: DeserializeOwned>(path: impl AsRef<Path>) -> Result<Policy<A>, LoadError> {
        Policy::load(path)?.typed()
    }

    /// Checks and compiles the text of a policy, which may name bundled files but no others.
    ///
    /// # Errors
    /// [`LoadError::Refused`] with every problem found.
    pub fn parse(text: &str) -> Result<Policy, LoadError> {
        PolicyLoader::bundled_only().parse("policy", text)
    }

    /// The bundled policy of this name: `default`, `fusion`, or that of a pack, such as `aws`.
    pub fn bundled(name: &str) -> Option<Policy> {
        crate::bundled::policy(name)
    }

    pub(crate) fn new(model: Model) -> Self {
        let mut decider = Decider::new(&model);
        let decision = |rule: &Rule| decider.decision(rule, Outcome::clone(&rule.outcome));
        let decisions = model.rules.iter().map(decision).collect();
        Policy { model: Arc::new(model), decisions }
    }

    /// The same policy with its outcomes in the host's own type, each deserialised now.
    ///
    /// # Errors
    /// [`LoadError::Refused`] with a diagnostic at each rule whose outcome the type does not take.
    ///
    /// ```
    /// use redress::Policy;
    /// #[derive(serde::Deserialize, Debug, PartialEq)]
    /// #[serde(rename_all = "snake_case")]
    /// enum Reaction { Stop, Fail, Handle, Store(Kept) }
    /// #[derive(serde::Deserialize, Debug, PartialEq)]
    /// #[serde(rename_all = "snake_case")]
    /// enum Kept { Retry {}, Manual }
    ///
    /// let policy: Policy<Reaction> = Policy::default().typed()?;
    /// let event = policy.event().set("error", "DataError").set("module", 1).build()?;
    /// assert_eq!(event.decide().outcome, Reaction::Stop);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn typed<A: DeserializeOwned>(&self) -> Result<Policy<A>, LoadError> {
        let mut decider = Decider::new(&self.model);
        let mut decisions = Vec::with_capacity(self.model.rules.len());
        let mut problems = Vec::new();
        for rule in &self.model.rules {
            match read_outcome(&rule.outcome) {
                Ok(outcome) => decisions.push(decider.decision(rule, outcome)),
                Err(error) => problems.push(foreign_outcome(rule, &error)),
            }
        }
        if problems.is_empty() {
            return Ok(Policy { model: Arc::clone(&self.model), decisions: decisions.into() });
        }
        Err(LoadError::Refused(Box::new(Report::refused(self.model.sources.clone(), problems))))
    }
}

fn read_outcome<A: DeserializeOwned>(outcome: &Outcome) -> Result<A, serde_json::Error> {
    serde_json::to_value(outcome).and_then(serde_json::from_value)
}

fn foreign_outcome(rule: &Rule, error: &serde_json::Error) -> Diagnostic {
    let message = format!("the host does not take the outcome `{}`", rule.outcome.display());
    Diagnostic::new(Code::ForeignOutcome, rule.outcome_span, message)
        .help(format!("its own type says: {error}"))
}

/// Makes the decisions of a policy.
struct Decider {
    policy: Fingerprint,
    /// How outcomes are displayed, by their addresses: many rules share one.
    displays: HashMap<usize, SharedText>,
}

impl Decider {
    fn new(model: &Model) -> Self {
        Decider { policy: model.fingerprint, displays: HashMap::new() }
    }

    fn decision<A>(&mut self, rule: &Rule, outcome: A) -> Decision<A> {
        let address = Arc::as_ptr(&rule.outcome).addr();
        let display =
            self.displays.entry(address).or_insert_with(|| rule.outcome.display().into()).clone();
        Decision {
            outcome,
            display,
            rule: rule.name.clone(),
            at: rule.at.clone(),
            labels: rule.labels.clone(),
            policy: self.policy,
            documentation: rule.documentation.clone(),
        }
    }
}

impl<A> Policy<A> {
    /// Begins an event, fact by fact.
    pub fn event(&self) -> EventBuilder<'_, A> {
        EventBuilder::new(self)
    }

    /// Binds a host's own type to the vocabulary, once, so that deciding its values cannot fail.
    ///
    /// # Errors
    /// Every field whose name or type does not fit, and every required fact without a field.
    pub fn bind<T: Facts>(&self) -> Result<Binding<T, A>, BindError> {
        Binding::new(self.clone())
    }

    /// What the policy can talk about.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.model.vocabulary
    }

    /// The rules in the order in which they are asked.
    pub fn rules(&self) -> &[Rule] {
        &self.model.rules
    }

    /// What finds the rule that decides.
    pub(crate) fn index(&self) -> &Index {
        &self.model.index
    }

    /// The facts that an event has to give.
    pub(crate) fn required(&self) -> &[FactId] {
        &self.model.required
    }

    /// The events of the examples in the policy's own file, each with its place, in their order.
    pub fn examples(&self) -> impl ExactSizeIterator<Item = (Span, Event<'_, A>)> {
        let event =
            |example: &ExampleEvent| (example.span, Event::of(self, example.values.clone()));
        self.model.examples.iter().map(event)
    }

    /// The decisions it can reach, one a rule, in the order of the rules.
    pub fn decisions(&self) -> &[Decision<A>] {
        &self.decisions
    }

    /// The files it was read from.
    pub fn sources(&self) -> &Sources {
        &self.model.sources
    }

    /// The steps that one question about it may take, by the limits it was loaded with.
    pub(crate) fn budget(&self) -> Budget {
        Budget::for_rules(self.model.analysis_steps, self.rules().len())
    }

    /// A hash of what the policy means and reports.
    pub fn fingerprint(&self) -> Fingerprint {
        self.model.fingerprint
    }
}

/// The bundled default policy: the documented behaviour, and no more.
impl Default for Policy {
    fn default() -> Self {
        static DEFAULT: LazyLock<Policy> = LazyLock::new(crate::bundled::default_policy);
        DEFAULT.clone()
    }
}

impl<A> Clone for Policy<A> {
    fn clone(&self) -> Self {
        Policy { model: Arc::clone(&self.model), decisions: Arc::clone(&self.decisions) }
    }
}

impl<A> fmt::Debug for Policy<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let main = self.model.sources.iter().next().map_or("", |(_, source)| source.name());
        f.debug_struct("Policy")
            .field("file", &main)
            .field("rules", &self.model.rules.len())
            .field("fingerprint", &self.model.fingerprint)
            .finish()
    }
}
