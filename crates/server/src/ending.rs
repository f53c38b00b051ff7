//! What a server that stops is told by another thread.

use std::sync::Arc;

use tokio::sync::Notify;

/// Asks a server that [stops](crate::Server::stop) to wait no longer for what is under way.
#[derive(Clone, Debug)]
pub struct Ending {
    requests: Arc<Notify>,
    tries: redress_scenarios::Ending,
}

impl Ending {
    pub(crate) fn of(tries: redress_scenarios::Ending) -> Self {
        Ending { requests: Arc::default(), tries }
    }

    /// Requests have no answer any more, and tries are given up: a command is killed, and what was tried is run again as soon
    /// as its lease has run out. To be called once the server stops.
    pub fn give_up(&self) {
        self.requests.notify_one();
        self.tries.give_up();
    }

    /// Is told when requests are given up.
    pub(crate) fn requests(&self) -> Arc<Notify> {
        Arc::clone(&self.requests)
    }
}
