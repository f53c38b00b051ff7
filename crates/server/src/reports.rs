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
pub(crate) struct Reports(SyncSender<Option<Waiting>>);

/// The thread that writes them.
pub(crate) struct Reporting {
    /// Nothing, behind what was reported: the thread is to end.
    queue: SyncSender<Option<Waiting>>,
    thread: JoinHandle<()>,
}

/// Why a report has no answer.
pub(crate) enum Unanswered {
    /// Too many wait.
    TooMany,
    /// The thread has ended.
    Closed,
}

impl Reports {
    /// Starts the thread.
    pub(crate) fn start(executions: Arc<Executions>) -> std::io::Result<(Self, Reporting)> {
        let (sender, queue) = sync_channel(WAITING);
        let thread = thread::Builder::new()
            .name("redress-reports".to_owned())
            .spawn(move || report_all(&executions, &queue))?;
        Ok((Reports(sender.clone()), Reporting { queue: sender, thread }))
    }

    /// Reports; answers when it is durable.
    pub(crate) async fn report(&self, report: Report) -> Result<Answer, Unanswered> {
        let (answer, answered) = oneshot::channel();
        match self.0.try_send(Some(Waiting { report, answer })) {
            Ok(()) => answered.await.map_err(|_| Unanswered::Closed),
            Err(TrySendError::Full(_)) => Err(Unanswered::TooMany),
            Err(TrySendError::Disconnected(_)) => Err(Unanswered::Closed),
        }
    }
}

impl Reporting {
    /// Ends the thread when what was reported is written, whoever could still report: who does much at once has a hand on
    /// everything for as long as that takes.
    pub(crate) fn stop(self) {
        // Where the thread has ended by itself, nobody takes this.
        let _ = self.queue.send(None);
        let _ = self.thread.join();
    }
}

fn report_all(executions: &Executions, queue: &Receiver<Option<Waiting>>) {
    let mut ends = false;
    while !ends {
        let Ok(first) = queue.recv() else { return };
        let some = std::iter::once(first).chain(queue.try_iter()).map_while(|waiting| {
            ends = waiting.is_none();
            waiting.map(|Waiting { report, answer }| (report, answer))
        });
        let (reports, waiting): (Vec<Report>, Vec<oneshot::Sender<Answer>>) =
            some.take(BATCH).unzip();
        if reports.is_empty() {
            return;
        }
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]
mod tests {
    use std::time::Duration;

    use redress_store::{Memory, Reported};
    use serde_json::json;
    use tokio::runtime::Builder;

    use super::*;

    #[test]
    fn the_thread_ends_though_somebody_could_still_report_and_keeps_what_was_reported_before() {
        let executions = Arc::new(Executions::over(Memory::new()));
        let (reports, reporting) = Reports::start(executions).unwrap();
        let report = |error: &str| {
            let event = json!({"error": error, "module": 3});
            reports.report(Report::new("refunds", event, ""))
        };
        let runtime = Builder::new_current_thread().build().unwrap();
        let before = runtime.block_on(report("DataError")).ok().unwrap().became;
        assert!(matches!(before, Ok(Reported::Stored(_))), "{before:?}");
        let (ended, end) = std::sync::mpsc::channel();
        let thread = thread::spawn(move || {
            reporting.stop();
            ended.send(()).unwrap();
        });
        end.recv_timeout(Duration::from_secs(60)).unwrap();
        thread.join().unwrap();
        let after = runtime.block_on(report("DataError"));
        assert!(matches!(after, Err(Unanswered::Closed)));
    }
}
