//! Errors of Rust as events of a policy, and operations that are retried as a policy says.
//!
//! [`Classify`] turns an error into [`ErrorFacts`]: the facts that the standard vocabulary, or a pack, has for it.
//! [`Retry`] runs an operation, asks the policy about each error, and waits as long as its schedule says.
//!
//! ```
//! use redress::Policy;
//! use redress_errors::Retry;
//!
//! let policy = Policy::parse(
//!     "when error == ConnectionError and attempt <= 2 => store(retry, after: [1ms, 2ms])
//!      otherwise => fail",
//! )?;
//! let mut calls = 0;
//! let answer = policy.retry().with("module", 1).run_blocking(|| {
//!     calls += 1;
//!     if calls < 3 { Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)) } else { Ok(calls) }
//! });
//! assert_eq!(answer.unwrap(), 3);
//! # Ok::<(), redress::LoadError>(())
//! ```
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `tokio` | `Retrying::run`, which sleeps by tokio's clock |
//! | `reqwest` | `HttpFailure`, which keeps what an answer asks for, and `reqwest::Error` |
//! | `sqlx`, `tokio-postgres` | their errors, by SQLSTATE |
//! | `tonic` | `tonic::Status`, by its code |

mod asked;
mod classify;
mod delay;
mod facts;
mod given_up;
#[cfg(feature = "reqwest")]
mod http;
mod io;
#[cfg(feature = "tokio-postgres")]
mod postgres;
mod retrying;
#[cfg(any(feature = "sqlx", feature = "tokio-postgres"))]
mod sqlstate;
#[cfg(feature = "sqlx")]
mod sqlx;
mod status;
#[cfg(feature = "tonic")]
mod tonic;

pub use classify::Classify;
pub use facts::ErrorFacts;
pub use given_up::{GivenUp, Reason};
#[cfg(feature = "reqwest")]
pub use http::HttpFailure;
pub use retrying::Retrying;
pub use status::error_of_status;

use redress::Policy;

/// Operations that are retried as a policy says.
pub trait Retry<A = redress::Outcome> {
    /// An operation to be retried: `run` awaits it, [`run_blocking`](Retrying::run_blocking) blocks.
    fn retry(&self) -> Retrying<'_, A>;
}

impl<A> Retry<A> for Policy<A> {
    fn retry(&self) -> Retrying<'_, A> {
        Retrying::new(self)
    }
}
