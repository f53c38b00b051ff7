//! Amazon States Language: the `Retry` and `Catch` of its states.

mod definition;
mod export;
mod known;
mod policy;
mod services;
mod suspects;

pub(crate) use definition::{is_definition, read};
pub(crate) use export::export;
pub(crate) use policy::policies;
