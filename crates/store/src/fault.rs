//! Mistakes that can be planted in tests, to show that the checks of a history find them.
//!
//! Outside of this crate's own tests nothing is ever planted, and the compiler removes the question.

/// A mistake that was, or could be, made in this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "planted by tests only")]
pub(crate) enum Fault {
    /// A retry begins before it is due.
    StartsEarly,
    /// The schedule gives one try more than it has.
    OneTryTooMany,
    /// What the failing service asked to wait is passed over.
    ForgetsRetryAfter,
    /// A service that asks for no wait has the schedule used up at once.
    BurnsSchedule,
    /// A worker that has lost its lease may still say how its try ended.
    TrustsLostLease,
    /// A report that is delivered twice is stored twice.
    ForgetsOnce,
    /// Retries run while the scenario is held.
    ForgetsHold,
    /// A run that has ended, or was given up, holds its scenario again.
    RevivesRun,
    /// A retry begins beside a run that was not heard of in time, which goes on as if nothing had happened.
    PassesRun,
    /// Any number of retries run at once.
    ForgetsPlaces,
    /// The row changes, and the log does not say why.
    ForgetsLog,
    /// An interrupted try is not counted.
    ForgetsInterrupted,
    /// An execution is stored though its scenario keeps as many as it may.
    ForgetsLimit,
    /// A payload is edited though its scenario keeps as many bytes as it may.
    ForgetsToGrow,
    /// A log that is full has no room for the end of a try, nor to be closed.
    LocksFullLogs,
    /// What failed in a later module is taken for kept where its key is that of the execution itself, or of one that is
    /// resolved.
    GoesOnNowhere,
    /// What failed in a later module is kept in another scenario, and counted in that of the try.
    MixesScenarios,
    /// A report is acknowledged before it is durable.
    AcknowledgesEarly,
    /// What was written before a crash stays, though its transaction did not end.
    KeepsHalves,
    /// A worker is told that its try has ended, and nothing is written down.
    ForgetsEnd,
    /// A try begins though what it is given does not open.
    TriesUnopened,
    /// A later execution of a sequence runs before an earlier one.
    ForgetsOrder,
    /// An execution that is in progress is deleted.
    DeletesRunning,
    /// A person takes a try from a worker that is heard of.
    FreesHeard,
    /// An execution that was in progress elsewhere is imported as if it were here.
    ImportsRunning,
    /// An imported execution keeps the number that it had elsewhere.
    ImportsNumber,
    /// Of an execution that was edited only the original payload is imported.
    ImportsOriginal,
    /// The retries of many are all due at once, whatever the pace.
    ForgetsPace,
    /// Of many, those that refuse take the places of others, which then share the times of those behind them.
    SharesTimes,
    /// What waits at a pace begins at once where it is late.
    Bursts,
    /// The texts of a confidential error are kept as they are.
    ShowsText,
    /// A confidential payload is kept as it is.
    ShowsPayload,
}

#[cfg(test)]
thread_local! {
    static PLANTED: std::cell::Cell<Option<Fault>> = const { std::cell::Cell::new(None) };
}

#[cfg(test)]
impl Fault {
    /// All of them.
    pub(crate) const ALL: [Fault; 32] = [
        Fault::StartsEarly,
        Fault::OneTryTooMany,
        Fault::ForgetsRetryAfter,
        Fault::BurnsSchedule,
        Fault::TrustsLostLease,
        Fault::ForgetsOnce,
        Fault::ForgetsHold,
        Fault::RevivesRun,
        Fault::PassesRun,
        Fault::ForgetsPlaces,
        Fault::ForgetsLog,
        Fault::ForgetsInterrupted,
        Fault::ForgetsLimit,
        Fault::ForgetsToGrow,
        Fault::LocksFullLogs,
        Fault::GoesOnNowhere,
        Fault::MixesScenarios,
        Fault::AcknowledgesEarly,
        Fault::KeepsHalves,
        Fault::ForgetsEnd,
        Fault::TriesUnopened,
        Fault::ForgetsOrder,
        Fault::DeletesRunning,
        Fault::FreesHeard,
        Fault::ImportsRunning,
        Fault::ImportsNumber,
        Fault::ImportsOriginal,
        Fault::ForgetsPace,
        Fault::SharesTimes,
        Fault::Bursts,
        Fault::ShowsText,
        Fault::ShowsPayload,
    ];
}

/// Whether this mistake is to be made.
#[cfg(test)]
pub(crate) fn planted(fault: Fault) -> bool {
    PLANTED.get() == Some(fault)
}

/// Whether this mistake is to be made: never.
#[cfg(not(test))]
#[inline(always)]
pub(crate) const fn planted(_: Fault) -> bool {
    false
}

/// Plants a mistake in this thread, or takes it away.
#[cfg(test)]
pub(crate) fn plant(fault: Option<Fault>) {
    PLANTED.set(fault);
}
