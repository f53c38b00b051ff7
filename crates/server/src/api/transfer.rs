//! Executions as lines of JSON: taken along, and brought in.

use std::io::{self, BufReader, Read};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http_body_util::BodyExt;
use hyper::body::Frame;
use jiff::Timestamp;
use redress_store::{Execution, Executions, Filter, ImportError, Imported};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use utoipa::{IntoParams, ToSchema};

use super::list::{Listed, is_known};
use crate::given::Asked;
use crate::problem::Problem;
use crate::shared::Shared;
use crate::tokens::Who;

/// So many pieces wait between the store and the connection; whoever is slower holds the other up.
const WAITING: usize = 4;

/// Who takes nothing for so long is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// Take executions along, as JSON Lines: each with its log and all editions of its payload. What is encrypted stays so.
#[utoipa::path(
    get, path = "/executions/export", tag = "executions", security(("token" = [])), params(Listed),
    responses(
        (status = 200, description = "The executions, what was stored first comes first", body = String, content_type = "application/jsonl"),
        (status = "default", description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn export(
    State(shared): State<Shared>,
    Extension(who): Extension<Who>,
    Asked(asked): Asked<Listed>,
) -> Result<Response, Problem> {
    let filter = asked.filter_alone()?;
    let (all, scenario) = (shared.clone(), filter.scenario.clone());
    shared.ask(move |executions| is_known(&all, executions, scenario.as_deref())).await?;
    let turn = shared.in_time(Arc::clone(&shared.carrying).acquire_owned()).await?;
    let turn = turn.map_err(|_| Problem::ours())?;
    tracing::info!(by = who.name, "executions are exported");
    let (sender, pieces) = channel(WAITING);
    let (executions, runtime) = (Arc::clone(&shared.executions), Handle::current());
    tokio::task::spawn_blocking(move || {
        let _turn = turn;
        write(&executions, &filter, &sender, &runtime);
    });
    let body = Body::new(Pieces(pieces));
    Ok(([(header::CONTENT_TYPE, "application/jsonl")], body).into_response())
}

/// Writes lines until all are written, or nobody takes them.
fn write(
    executions: &Executions,
    filter: &Filter,
    pieces: &Sender<io::Result<Bytes>>,
    runtime: &Handle,
) {
    for line in executions.export(filter) {
        let piece = match line {
            Ok(line) => Ok(Bytes::from(line + "\n")),
            // The answer has begun: all that can still be said is that it has no proper end.
            Err(error) => {
                tracing::error!(%error, "an export ends before its end");
                Err(io::Error::other(error))
            }
        };
        let ends = piece.is_err();
        let sent = runtime.block_on(tokio::time::timeout(PATIENCE, pieces.send(piece)));
        if ends || !matches!(sent, Ok(Ok(()))) {
            return;
        }
    }
}

/// A body that comes in pieces from elsewhere.
struct Pieces(Receiver<io::Result<Bytes>>);

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}

/// How lines are brought in.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Importing {
    /// Only say what would be done.
    #[serde(default)]
    dry_run: bool,
}

/// What became of the lines.
#[derive(Serialize, ToSchema)]
pub(super) struct Taken {
    /// How many executions were taken, or would be.
    taken: u64,
    /// How many are kept already.
    known: u64,
    /// How many lines were refused.
    refused: u64,
    /// The first lines that were refused.
    refusals: Vec<RefusedLine>,
}

/// A line that was refused.
#[derive(Serialize, ToSchema)]
struct RefusedLine {
    /// Its number, from 1.
    line: u64,
    /// Why.
    why: String,
}

impl From<Imported> for Taken {
    fn from(imported: Imported) -> Self {
        let Imported { taken, known, refused, refusals } = imported;
        let refusals =
            refusals.into_iter().map(|(line, why)| RefusedLine { line, why: why.to_string() });
        Taken { taken, known, refused, refusals: refusals.collect() }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        let detail = error.to_string();
        match error {
            ImportError::Read(error) => Problem::new(unread(&error), detail)
                .at("body")
                .fix("send all of it again: what was taken is kept, and then passed over"),
            ImportError::Given(error) => error.into(),
            ImportError::Store(error) => error.into(),
        }
    }
}

fn unread(error: &io::Error) -> StatusCode {
    match error.kind() {
        io::ErrorKind::TimedOut => StatusCode::REQUEST_TIMEOUT,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// Bring executions in that were exported; each line is checked, and refused by itself. It may be repeated.
#[utoipa::path(
    post, path = "/executions/import", tag = "executions", security(("token" = [])), params(Importing),
    request_body(content = String, content_type = "application/jsonl"),
    responses(
        (status = 200, description = "What became of the lines", body = Taken),
        (status = "default", description = "They cannot be read to their end", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn import(
    State(shared): State<Shared>,
    Extension(who): Extension<Who>,
    Asked(Importing { dry_run }): Asked<Importing>,
    request: Request,
) -> Result<Json<Taken>, Problem> {
    let (sender, pieces) = channel(WAITING);
    tokio::spawn(receive(request.into_body(), sender, shared.limits.request_timeout));
    let by = who.name.clone();
    let all = shared.clone();
    let takes = move |execution: &Execution| {
        may_come_in(&all, execution, dry_run).map_err(|problem| problem.told())
    };
    let imported = shared.carry(move |executions| {
        let lines = BufReader::new(Received { pieces, piece: Bytes::new() });
        executions.import(lines, &by, takes, dry_run, Timestamp::now())
    });
    let imported = imported.await?;
    let (taken, refused) = (imported.taken, imported.refused);
    tracing::info!(by = who.name, dry_run, taken, refused, "executions were imported");
    Ok(Json(imported.into()))
}

/// Refuses an execution of a scenario that is not taken, or whose key cannot be read, and what runs a recorded command: that is
/// code, which comes in by the command on this machine alone.
fn may_come_in(shared: &Shared, execution: &Execution, dry_run: bool) -> Result<(), Problem> {
    let scenario = &execution.scenario;
    match dry_run {
        true => shared.takes(scenario, "body")?,
        false => shared.admits(scenario, "body")?,
    }
    shared.has_key(scenario)?;
    shared.takes_code(scenario)?;
    match execution.recorded {
        true => {
            Err(Problem::new(StatusCode::FORBIDDEN, "it has a recorded command, which is code")
                .fix(
                    "import it by the command on this machine: `redress executions import --trust`",
                ))
        }
        false => Ok(()),
    }
}

/// Hands a body on, piece by piece, to a thread that reads it; so long is waited for each of them.
async fn receive(mut body: Body, pieces: Sender<io::Result<Bytes>>, patience: Duration) {
    loop {
        let piece = match tokio::time::timeout(patience, body.frame()).await {
            Ok(None) => return,
            Ok(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) => Ok(data),
                Err(_) => continue,
            },
            Ok(Some(Err(_))) => Err(io::Error::other("the body ends before its end")),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the body does not come")),
        };
        let ends = piece.is_err();
        if pieces.send(piece).await.is_err() || ends {
            return;
        }
    }
}

/// What was received of a body.
struct Received {
    pieces: Receiver<io::Result<Bytes>>,
    piece: Bytes,
}

impl Read for Received {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.pieces.blocking_recv() {
                Some(piece) => self.piece = piece?,
                None => return Ok(0),
            }
        }
        let some = self.piece.split_to(buffer.len().min(self.piece.len()));
        buffer[..some.len()].copy_from_slice(&some);
        Ok(some.len())
    }
}
