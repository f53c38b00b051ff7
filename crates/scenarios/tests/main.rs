//! Scenarios: the file, the policies that change, commands, workers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod commands;
mod file;
mod http;
mod server;
mod swap;
mod working;

/// Writes a file that only its owner can read.
fn write_secret(path: std::path::PathBuf, text: &str) {
    std::fs::write(&path, text).unwrap();
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(path, mode).unwrap();
    }
}
