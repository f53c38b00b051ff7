//! Group commit: what many threads want to write at about the same time shares one synchronisation of the disk.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use crate::store::{Store, StoreError, Transaction};

/// No more writes than this share a transaction. While one is made durable the next gather, so under load a batch is
/// as large as there are threads that wait; the bound keeps one reply from waiting for thousands of others.
pub const BATCH: usize = 256;

/// A write that waits for its transaction.
trait Job: Send {
    /// Carries it out. An error ends the whole transaction, unless it is one of a single execution: that comes before
    /// anything is written for this job, so the others go on.
    fn run(&mut self, transaction: &mut dyn Transaction) -> Result<(), StoreError>;
    /// Answers whoever waits, once it is known what became of the transaction.
    fn answer(self: Box<Self>, became: Result<(), StoreError>);
}

struct Write<T, W> {
    work: Option<W>,
    outcome: Result<T, StoreError>,
    waiting: SyncSender<Result<T, StoreError>>,
}

impl<T, W> Job for Write<T, W>
where
    T: Send,
    W: FnOnce(&mut dyn Transaction) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, transaction: &mut dyn Transaction) -> Result<(), StoreError> {
        let Some(work) = self.work.take() else { return Ok(()) };
        self.outcome = work(transaction);
        match &self.outcome {
            Err(error) if !error.is_of_one() => Err(error.clone()),
            _ => Ok(()),
        }
    }

    fn answer(self: Box<Self>, became: Result<(), StoreError>) {
        // Whoever waited may be gone.
        let _ = self.waiting.send(became.and(self.outcome));
    }
}

/// The thread that writes.
pub(crate) struct Writer {
    jobs: Option<SyncSender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(store: Arc<dyn Store>) -> Result<Self, StoreError> {
        let (jobs, queue) = sync_channel(BATCH);
        let thread = std::thread::Builder::new()
            .name("redress-store".to_owned())
            .spawn(move || write_all(&*store, &queue))
            .map_err(|error| StoreError::File(error.to_string()))?;
        Ok(Writer { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Carries out `work` in a transaction it may share; returns when that is durable.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Transaction) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (waiting, answer) = sync_channel(1);
        let job = Write { work: Some(work), outcome: Err(StoreError::Closed), waiting };
        let jobs = self.jobs.as_ref().ok_or(StoreError::Closed)?;
        jobs.send(Box::new(job)).map_err(|_| StoreError::Closed)?;
        answer.recv().unwrap_or(Err(StoreError::Closed))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // What is queued is still written: the thread ends when the queue is empty and nobody can add to it.
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write_all(store: &dyn Store, queue: &Receiver<Box<dyn Job>>) {
    while let Ok(first) = queue.recv() {
        let mut batch = vec![first];
        batch.extend(queue.try_iter().take(BATCH - 1));
        let became = store
            .write(&mut |transaction| batch.iter_mut().try_for_each(|job| job.run(transaction)));
        batch.into_iter().for_each(|job| job.answer(became.clone()));
    }
}
