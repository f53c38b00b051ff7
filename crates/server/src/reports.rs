//! The thread that reports: what many clients report at about the same time shares a transaction.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use jiff::Timestamp;
use redress_store::{Answer, BATCH, Executions, Report};
use tokio::sync::oneshot;

use crate::working;

/// So many reports may wait. Behind them others are refused at once, so that memory is bounded and clients learn that it
/// is too much.
const WAITING: usize = 1_024;

struct Waiting {
    report: Report,
    answer: oneshot::Sender<Answer>,
}

/// Takes reports; a report costs its client no thread while the disk is waited for.
#[derive(Clone, Debug)]
pub(crate) struct Reports(SyncSender<Waiting>);

/// Why a report has no answer.
pub(crate) enum Unanswered {
    /// Too many wait.
    TooMany,
    /// The thread has ended.
    Closed,
}

impl Reports {
    /// Starts the thread, which ends when nobody can report any more.
    pub(crate) fn start(executions: Arc<Executions>) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (sender, queue) = sync_channel(WAITING);
        let thread = thread::Builder::new()
            .name("redress-reports".to_owned())
            .spawn(move || report_all(&executions, &queue))?;
        Ok((Reports(sender), thread))
    }

    /// Reports; answers when it is durable.
    pub(crate) async fn report(&self, report: Report) -> Result<Answer, Unanswered> {
        let (answer, answered) = oneshot::channel();
        match self.0.try_send(Waiting { report, answer }) {
            Ok(()) => answered.await.map_err(|_| Unanswered::Closed),
            Err(TrySendError::Full(_)) => Err(Unanswered::TooMany),
            Err(TrySendError::Disconnected(_)) => Err(Unanswered::Closed),
        }
    }
}

fn report_all(executions: &Executions, queue: &Receiver<Waiting>) {
    while let Ok(first) = queue.recv() {
        let some = std::iter::once(first).chain(queue.try_iter().take(BATCH - 1));
        let (reports, waiting): (Vec<Report>, Vec<oneshot::Sender<Answer>>) =
            some.map(|Waiting { report, answer }| (report, answer)).unzip();
        let answers = match executions.report_many(reports, Timestamp::now()) {
            Ok(answers) => answers,
            Err(error) => waiting.iter().map(|_| error.clone().into()).collect(),
        };
        for (scenario, off) in executions.went_off() {
            working::went_off(&scenario, &off);
        }
        for (waiting, answer) in waiting.into_iter().zip(answers) {
            // Whoever waited may be gone; what was reported is kept all the same.
            let _ = waiting.send(answer);
        }
    }
}
