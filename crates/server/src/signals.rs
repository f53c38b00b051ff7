//! What tells a program to end.

use std::io;

/// What tells the program to end, heard since it was made: by itself the system would end the program at once.
pub(crate) struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

#[cfg(unix)]
impl Signals {
    /// Hears SIGTERM and SIGINT from now on. To be called inside a runtime.
    pub(crate) fn hear() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for one; one that came already is not waited for.
    pub(crate) async fn told_to_end(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(windows)]
impl Signals {
    /// Hears Ctrl-C from now on. To be called inside a runtime.
    pub(crate) fn hear() -> io::Result<Self> {
        Ok(Signals { interrupt: tokio::signal::windows::ctrl_c()? })
    }

    /// Waits for it; one that came already is not waited for.
    pub(crate) async fn told_to_end(&mut self) {
        self.interrupt.recv().await;
    }
}
