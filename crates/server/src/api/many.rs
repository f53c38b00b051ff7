//! What a person does with many executions at once.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::{Extension, Json};
use jiff::Timestamp;
use redress_scenarios::{Unknown, WithUnit, unknown_names, unknown_scenario};
use redress_store::{
    Bulk, ExecutionId, Executions, Filter, ManageError, Pace, Selection, StoreError,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{shapes, undone};
use crate::given::Body;
use crate::problem::Problem;
use crate::shared::Shared;
use crate::tokens::Who;

/// Which executions are meant: some by their ids, or all that a filter takes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Many {
    /// These.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    ids: Option<Vec<ExecutionId>>,
    /// All that the filter takes; `{}` takes all. What is resolved is taken only where its status is asked for.
    #[serde(default)]
    #[schema(value_type = Option<shapes::Filter>)]
    all: Option<Filter>,
    /// But not these.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    except: BTreeSet<ExecutionId>,
    /// That all are meant has to be confirmed.
    #[serde(default)]
    confirm: bool,
    /// Only say what would be done.
    #[serde(default)]
    dry_run: bool,
    /// Why.
    #[serde(default)]
    reason: Option<String>,
}

// The fields of `Many` stand here once more: if serde flattened them, it would take fields that there are not in silence, and
// what is wrong with one would lose its place in the body.
/// Which executions are to be tried, and how fast.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Retries {
    /// These.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    ids: Option<Vec<ExecutionId>>,
    /// All that the filter takes; `{}` takes all. What is resolved is taken only where its status is asked for.
    #[serde(default)]
    #[schema(value_type = Option<shapes::Filter>)]
    all: Option<Filter>,
    /// But not these.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    except: BTreeSet<ExecutionId>,
    /// That all are meant has to be confirmed.
    #[serde(default)]
    confirm: bool,
    /// Only say what would be done.
    #[serde(default)]
    dry_run: bool,
    /// Why.
    #[serde(default)]
    reason: Option<String>,
    /// So long after one the next is due; without it all are at once.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "2s")]
    every: Option<WithUnit>,
    /// So long after one the next is due in the beginning; every minute that is halved, until it is `every`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "30s")]
    first: Option<WithUnit>,
}

/// What became of many.
#[derive(Serialize, ToSchema)]
pub(super) struct Done {
    /// With how many it was done, or would be.
    done: u64,
    /// How many refused.
    refused: u64,
    /// The first thousand of those that refused.
    refusals: Vec<Refused>,
    /// When the last of the retries is due.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_due: Option<Timestamp>,
    /// When the last of the retries can begin at the earliest: later than it is due where it waits at a pace, and what began
    /// before it keeps it waiting.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_begins: Option<Timestamp>,
    /// Where nothing was done: which names in `all` nothing is known of, and what was probably meant. Of a retry how many were
    /// going to be tried anyway, at a pace or by a schedule, which it undoes. Not there where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    notes: Vec<String>,
}

/// One that refused.
#[derive(Serialize, ToSchema)]
struct Refused {
    #[schema(value_type = String)]
    id: ExecutionId,
    /// Why.
    why: String,
}

impl Done {
    fn of(bulk: Bulk, unknown: &[Unknown]) -> Self {
        let refused =
            |(id, error): (ExecutionId, ManageError)| Refused { id, why: error.to_string() };
        let refusals = bulk.refusals.into_iter().map(refused).collect();
        let notes = unknown.iter().map(Unknown::to_string).collect();
        let Bulk { done, refused, last_due, last_begins, .. } = bulk;
        Done { done, refused, refusals, last_due, last_begins, notes }
    }
}

impl Many {
    fn selection(self) -> Result<Selection, Problem> {
        let confirmed = self.confirm || self.dry_run;
        match (self.ids, self.all) {
            (Some(ids), None) if self.except.is_empty() => Ok(Selection::Ids(ids)),
            (Some(_), None) => Err(Problem::wrong("except", "there are exceptions only to `all`")
                .fix("leave them out, or send `all` in place of `ids`")),
            (None, Some(filter)) if confirmed => {
                Ok(Selection::All { filter, except: self.except, latest: None })
            }
            (None, Some(_)) => {
                Err(Problem::wrong("confirm", "that all are meant has to be confirmed")
                    .fix("try it with `\"dry_run\": true`, then send `\"confirm\": true`"))
            }
            _ => Err(Problem::wrong(
                "ids, all",
                "which executions are meant: one of both is to be given",
            )
            .fix("send `\"ids\": [...]`, or `\"all\": {}` with a filter")),
        }
    }
}

/// Ask for a try of many executions, at once or at a pace, so that they do not trip the limit that made them fail.
#[utoipa::path(
    post, path = "/executions/retry", tag = "executions", security(("token" = [])), request_body = Retries,
    responses(
        (status = 200, description = "What was done; those that refuse do so one by one", body = Done),
        (status = "default", description = "Nothing is done", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn retry(
    State(shared): State<Shared>,
    Extension(who): Extension<Who>,
    Body(retries): Body<Retries>,
) -> Result<Json<Done>, Problem> {
    let Retries { ids, all, except, confirm, dry_run, reason, every, first } = retries;
    let pace = Pace::asked(every.map(|every| every.0), first.map(|first| first.0))?;
    let many = Many { ids, all, except, confirm, dry_run, reason };
    let shares = shared.clone();
    carry_out(
        &shared,
        who,
        many,
        "many tries are asked for",
        move |executions, selection, by, reason, dry| {
            let now = Timestamp::now();
            let undone = undone::note(&shares, executions, selection, now)?;
            Ok((executions.retry_many(selection, by, reason, pace, dry, now)?, undone))
        },
    )
    .await
}

/// Close many executions: nothing is left to do, and the reason, which has to be given, says why. Those in progress refuse one
/// by one.
#[utoipa::path(
    post, path = "/executions/close", tag = "executions", security(("token" = [])), request_body = Many,
    responses(
        (status = 200, description = "What was done; those that refuse do so one by one", body = Done),
        (status = "default", description = "Nothing is done", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn close(
    State(shared): State<Shared>,
    Extension(who): Extension<Who>,
    Body(many): Body<Many>,
) -> Result<Json<Done>, Problem> {
    carry_out(
        &shared,
        who,
        many,
        "many executions are closed",
        |executions, selection, by, reason, dry| {
            let reason = reason.unwrap_or_default();
            let now = Timestamp::now();
            Ok((executions.close_many(selection, by, reason, dry, now)?, None))
        },
    )
    .await
}

/// Delete many executions; those in progress refuse one by one.
#[utoipa::path(
    post, path = "/executions/delete", tag = "executions", security(("token" = [])), request_body = Many,
    responses(
        (status = 200, description = "What was done; those that refuse do so one by one", body = Done),
        (status = "default", description = "Nothing is done", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn delete(
    State(shared): State<Shared>,
    Extension(who): Extension<Who>,
    Body(many): Body<Many>,
) -> Result<Json<Done>, Problem> {
    carry_out(
        &shared,
        who,
        many,
        "many executions are deleted",
        |executions, selection, by, reason, dry| {
            let now = Timestamp::now();
            Ok((executions.delete_many(selection, by, reason, dry, now)?, None))
        },
    )
    .await
}

/// What was done with many, and what that has undone.
type Did = (Bulk, Option<String>);

async fn carry_out(
    shared: &Shared,
    who: Who,
    many: Many,
    what: &str,
    work: impl FnOnce(&Executions, &Selection, &str, Option<&str>, bool) -> Result<Did, ManageError>
    + Send
    + 'static,
) -> Result<Json<Done>, Problem> {
    let (dry_run, reason) = (many.dry_run, many.reason.clone());
    let mut selection = many.selection()?;
    let by = who.name.clone();
    let all = shared.clone();
    let done = shared.carry(move |executions| {
        if let Selection::All { filter: Filter { scenario: Some(name), .. }, .. } = &selection {
            all.knows(executions, name, "all.scenario")?;
        }
        // What is told and what is done are of the same executions: what comes in between is of neither.
        if let Selection::All { latest, .. } = &mut selection {
            *latest = Some(executions.latest()?);
        }
        let (bulk, undone) = work(executions, &selection, &by, reason.as_deref(), dry_run)?;
        let unknown = match (&selection, bulk.done, bulk.refused) {
            (Selection::All { filter, .. }, 0, 0) => unknown(&all, executions, filter)?,
            _ => Vec::new(),
        };
        let mut done = Done::of(bulk, &unknown);
        done.notes.extend(undone);
        Ok::<_, Problem>(done)
    });
    let done = done.await?;
    tracing::info!(by = who.name, dry_run, done = done.done, refused = done.refused, "{what}");
    Ok(Json(done))
}

/// What of a filter nothing is known of. It is no mistake: an error that nobody has declared is known for as long as something
/// is kept with it, and whoever comes back every hour must not fail once nothing is.
fn unknown(
    shared: &Shared,
    executions: &Executions,
    filter: &Filter,
) -> Result<Vec<Unknown>, StoreError> {
    let configuration = &shared.configuration;
    let scenario = filter.scenario.as_deref();
    let scenario = scenario.map(|asked| unknown_scenario(configuration, executions, asked));
    let names = unknown_names(configuration, executions, filter)?;
    Ok(scenario.transpose()?.flatten().into_iter().chain(names).collect())
}
