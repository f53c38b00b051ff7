//! What the library's types look like as JSON, for the description; tests hold the answers against it.

#![allow(dead_code, reason = "they are described and never made")]

use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

/// Where an execution stands.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum Status {
    /// A person has to look at it.
    Unresolved,
    /// It is going to be tried.
    Pending,
    /// It is being tried.
    InProgress,
    /// Nothing is left to do.
    Resolved,
}

/// The order of a list.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum Order {
    /// What was stored last comes first.
    Newest,
    /// What was stored first comes first.
    Oldest,
    /// What is due first comes first; only what is pending.
    Due,
}

/// Which executions are meant; what is not said is not asked.
#[derive(ToSchema)]
pub(super) struct Filter {
    /// Those of this scenario.
    scenario: Option<String>,
    /// Those of this status.
    status: Option<Status>,
    /// Those whose last error is of this type.
    error: Option<String>,
    /// Those whose last error was decided by this rule.
    rule: Option<String>,
    /// Those whose last error has this text in its message, as far as a list shows that; what is confidential never does.
    message: Option<String>,
    /// Those that were stored at this time or later.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// Those that were stored before this time.
    #[schema(format = DateTime)]
    before: Option<String>,
}

/// What a policy said of an event.
#[derive(ToSchema)]
pub(super) struct Decision {
    /// The outcome with its arguments.
    #[schema(example = json!({"store": {"retry": {"after": ["10m", "1h"]}}}))]
    outcome: Json,
    /// The outcome's name and variant.
    #[schema(example = "store(retry)")]
    display: String,
    /// The rule, where it has a name.
    rule: Option<String>,
    /// The place of the rule.
    #[schema(example = "default.policy:31")]
    at: String,
    /// What hangs on the decision.
    labels: Map<String, Json>,
    /// What the policy means, as a hash.
    policy: String,
}

/// What a list shows of an execution.
#[derive(ToSchema)]
pub(super) struct Summary {
    id: String,
    scenario: String,
    /// Its place among the executions ever stored for the scenario.
    sequence: u64,
    version: u32,
    status: Status,
    /// When it is due.
    #[schema(format = DateTime)]
    due: Option<String>,
    /// Whether it waits at a pace: however late it is, it begins no sooner than those before it let it. Not there where it
    /// does not.
    #[schema(required = false)]
    paced: bool,
    /// In progress: when the lease of its worker runs out; where that time is over, the worker is silent.
    #[schema(format = DateTime)]
    lease: Option<String>,
    /// When it was stored.
    #[schema(format = DateTime)]
    created: String,
    /// The type of the last error.
    error: String,
    /// The message of the last error, cut to 200 characters.
    message: String,
    /// The rule that decided it, or its place where it has no name.
    rule: String,
    /// How often the failing module was tried.
    tries: u32,
    /// Bytes of its payload and its event.
    size: u64,
}

/// A page of a list.
#[derive(ToSchema)]
pub(super) struct Page {
    executions: Vec<Summary>,
    /// Where the next page begins; nothing where this is the last.
    next: Option<String>,
    /// Where nothing is listed: which names that are asked for are probably misspelt. Not there where there are none.
    #[schema(required = false)]
    notes: Vec<String>,
}

/// Executions of a scenario that failed alike: what broke, where, since when, and when it is going to be tried.
#[derive(ToSchema)]
pub(super) struct Group {
    /// The scenario.
    scenario: String,
    /// The type of the error.
    error: String,
    /// The rule that decided it, or its place where it has no name.
    rule: String,
    status: Status,
    /// How many they are.
    executions: u64,
    /// When the one was stored that came to this store first.
    #[schema(format = DateTime)]
    since: String,
    /// When the next of them is due; nothing where none is.
    #[schema(format = DateTime)]
    due: Option<String>,
    /// In progress: when the first lease of a worker of theirs runs out.
    #[schema(format = DateTime)]
    lease: Option<String>,
    /// The id of the one that came to this store last.
    last: String,
    /// When that was stored.
    #[schema(format = DateTime)]
    last_stored: String,
    /// Its message, cut to 200 characters.
    message: String,
}

/// An incomplete execution, as its log tells it.
#[derive(ToSchema)]
pub(super) struct Execution {
    id: String,
    /// The entries of its log; a change is made to a version.
    version: u32,
    #[schema(format = DateTime)]
    created: String,
    #[schema(format = DateTime)]
    changed: String,
    scenario: String,
    /// Its place among the executions ever stored for the scenario.
    sequence: u64,
    run: Option<String>,
    definition: Option<String>,
    /// The definition, encrypted, where the scenario is confidential.
    sealed_definition: Option<String>,
    /// Whether the definition is a command that the machine itself recorded, and may run again.
    #[schema(required = false)]
    recorded: bool,
    key: Option<String>,
    once: Option<String>,
    /// The trace that the failed run was part of.
    trace: Option<String>,
    /// The execution whose resolving failed in a later module.
    origin: Option<String>,
    /// The last error, as it was decided; without its texts, where the scenario is confidential.
    event: Map<String, Json>,
    /// The texts of the last error, encrypted, where the scenario is confidential.
    sealed_event: Option<String>,
    decision: Decision,
    payload: PayloadKind,
    /// The edition of the payload; 1 is the original.
    edition: u32,
    size: u64,
    /// How often the failing module was tried, the original run counted.
    tries: u32,
    /// How many steps of the schedule were used.
    steps: u32,
    /// How many tries in a row were interrupted.
    interruptions: u32,
    /// Let go at a pace: the milliseconds from the begin of its try to that of the next one. Not there where it is not.
    gap: Option<u64>,
    state: State,
    /// In progress, where it is asked for by itself: when the lease of its worker runs out.
    #[schema(format = DateTime)]
    lease: Option<String>,
    /// Pending, where it is asked for by itself and waits at a pace: when that lets the next begin, where that is later than
    /// this one is due. Others may be before it.
    #[schema(format = DateTime)]
    paced_until: Option<String>,
}

/// How a payload is kept.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum PayloadKind {
    Plain,
    Sealed,
    Reference,
}

/// Where an execution stands, and what belongs to that.
#[derive(ToSchema)]
pub(super) struct State {
    status: Status,
    /// Unresolved: why a person has to look at it.
    why: Option<Json>,
    /// Pending: when it is due.
    #[schema(format = DateTime)]
    due: Option<String>,
    /// Pending, in progress: what makes the try begin, the schedule or a person.
    by: Option<Json>,
    /// In progress: since when.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// In progress: who runs it.
    worker: Option<String>,
    /// Resolved: since when.
    #[schema(format = DateTime)]
    at: Option<String>,
    /// Resolved: how.
    how: Option<Json>,
}

/// One line of the log of an execution; what else it has depends on what happened.
#[derive(ToSchema)]
pub(super) struct Entry {
    /// Its place in the log, from 1.
    number: u32,
    #[schema(format = DateTime)]
    at: String,
    what: Happening,
}

/// What can happen to an execution.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum Happening {
    Stored,
    Started,
    Succeeded,
    Continued,
    Failed,
    Interrupted,
    Asked,
    Closed,
}

/// A scenario.
#[derive(ToSchema)]
pub(super) struct Scenario {
    /// Its name.
    name: String,
    /// Where its policy is: the name of a bundled one, or a path.
    policy: String,
    /// What its policy means, as a hash; nothing where it does not load.
    fingerprint: Option<String>,
    /// What runs its retries: `command`, `url` or `rerun`; nothing: they wait.
    runner: Option<String>,
    state: ScenarioState,
    #[schema(value_type = Object)]
    settings: Json,
}

/// What is known of a scenario.
#[derive(ToSchema)]
pub(super) struct ScenarioState {
    /// Since when and why it is switched off; nothing where it is on.
    off: Option<Json>,
    /// Failed runs in a row that count.
    consecutive: u32,
    /// The last failures without a success between them.
    failures: Option<Vec<String>>,
    /// The last sequence number that was given.
    sequence: u64,
    /// How many executions are kept that are not resolved.
    incomplete: u64,
    /// How many bytes they have.
    bytes: u64,
    /// What is lost, since there was no room and data may be lost.
    lost: Lost,
    /// What was refused, since a limit was reached and nothing may be lost.
    refused: Lost,
    /// When the last one began of those that wait at a pace (`began`), and how many milliseconds later the next may (`gap`).
    paced: Option<Json>,
}

/// What could not be stored.
#[derive(ToSchema)]
pub(super) struct Lost {
    executions: u64,
    bytes: u64,
    #[schema(format = DateTime)]
    first: Option<String>,
    #[schema(format = DateTime)]
    last: Option<String>,
}

/// One line of the log of a scenario; what else it has depends on what happened.
#[derive(ToSchema)]
pub(super) struct ScenarioEntry {
    #[schema(format = DateTime)]
    at: String,
    /// `off`, `on`, `vanished`, `imported` or `deleted`.
    what: String,
}
