//! What tells a program to end.

use std::io;
#[cfg(unix)]
use std::task::Poll;

/// What tells the program to end, heard since it was made: by itself the system would end the program at once.
pub(crate) struct Signals {
    #[cfg(unix)]
    heard: Vec<tokio::signal::unix::Signal>,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

#[cfg(unix)]
impl Signals {
    /// Hears SIGTERM, the keys Ctrl-C and Ctrl-\ of a terminal (SIGINT, SIGQUIT), and that the terminal is gone (SIGHUP), from
    /// now on. To be called inside a runtime.
    pub(crate) fn hear() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [
            SignalKind::terminate(),
            SignalKind::interrupt(),
            SignalKind::quit(),
            SignalKind::hangup(),
        ];
        let heard = kinds.into_iter().map(signal).collect::<io::Result<_>>()?;
        Ok(Signals { heard })
    }

    /// Waits for one; one that came already is not waited for.
    pub(crate) async fn told_to_end(&mut self) {
        std::future::poll_fn(|context| {
            let mut heard = self.heard.iter_mut();
            match heard.any(|signal| signal.poll_recv(context).is_ready()) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        })
        .await;
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
