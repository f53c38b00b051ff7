//! gRPC service configs: the retry policies of their methods.

mod codes;
mod config;
mod export;
mod policy;

pub(crate) use config::{is_config, read};
pub(crate) use export::export;
pub(crate) use policy::policies;
