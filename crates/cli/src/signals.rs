//! Signals: what asks the command to end, or is to be handed on to what it runs.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// A signal that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caught {
    /// Its number.
    pub number: i32,
    /// Whether a key of the terminal sent it: then whatever runs in its foreground has it already.
    pub by_terminal: bool,
}

/// Those that come while the command is at work.
pub struct Signals(Receiver<Caught>);

impl Signals {
    /// Catches signals from now on.
    pub fn listen() -> io::Result<Self> {
        let (sender, receiver) = channel();
        system::listen(sender)?;
        Ok(Signals(receiver))
    }

    /// One that came, where one did.
    pub fn next(&self) -> Option<Caught> {
        self.0.try_recv().ok()
    }

    /// Waits until a signal asks to end.
    pub fn until_asked_to_end(&self) {
        while self.sleep(Duration::from_secs(3600)).is_none() {}
    }

    /// Waits so long, or until a signal asks to end.
    pub fn sleep(&self, wait: Duration) -> Option<Caught> {
        let end = Instant::now().checked_add(wait);
        loop {
            let left = end.map_or(wait, |end| end.saturating_duration_since(Instant::now()));
            match self.0.recv_timeout(left) {
                Ok(caught) if caught.asks_to_end() => return Some(caught),
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return None,
                Err(RecvTimeoutError::Disconnected) => {
                    std::thread::sleep(left);
                    return None;
                }
            }
        }
    }
}

#[cfg(unix)]
pub use system::send;

#[cfg(unix)]
mod system {
    use std::io;
    use std::process::Child;
    use std::sync::mpsc::Sender;
    use std::thread;

    use rustix::process::{Pid, Signal, kill_process};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
    use signal_hook::iterator::SignalsInfo;
    use signal_hook::iterator::exfiltrator::origin::WithOrigin;
    use signal_hook::low_level::siginfo::Cause;

    use super::Caught;

    impl Caught {
        /// Whether it asks to end; others are only handed on.
        pub fn asks_to_end(self) -> bool {
            [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains(&self.number)
        }

        /// Whether a person at the keyboard sent it.
        pub fn is_interrupt(self) -> bool {
            [SIGINT, SIGQUIT].contains(&self.number)
        }
    }

    pub(super) fn listen(sender: Sender<Caught>) -> io::Result<()> {
        let wanted = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2];
        let mut signals = SignalsInfo::<WithOrigin>::new(wanted)?;
        let forward = move || {
            for origin in signals.forever() {
                let by_terminal = origin.cause == Cause::Kernel;
                if sender.send(Caught { number: origin.signal, by_terminal }).is_err() {
                    return;
                }
            }
        };
        thread::Builder::new().name("redress-signals".to_owned()).spawn(forward).map(drop)
    }

    /// Hands a signal on to a child that was not waited for yet.
    pub fn send(child: &Child, caught: Caught) {
        let process = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        if let (Some(process), Some(signal)) = (process, Signal::from_named_raw(caught.number)) {
            // One that has ended in the meantime needs no signal.
            let _ = kill_process(process, signal);
        }
    }
}

/// Elsewhere the system ends the command and what it runs together.
#[cfg(not(unix))]
mod system {
    use std::io;
    use std::sync::mpsc::Sender;

    use super::Caught;

    impl Caught {
        pub fn asks_to_end(self) -> bool {
            true
        }

        pub fn is_interrupt(self) -> bool {
            true
        }
    }

    pub(super) fn listen(sender: Sender<Caught>) -> io::Result<()> {
        drop(sender);
        Ok(())
    }
}

#[cfg(not(unix))]
pub fn send(_: &std::process::Child, _: Caught) {}
