//! What `#[derive(Facts)]` gives, what binding says of it, and what it refuses.

mod allocation;
mod bind;
mod decide;
mod generated;
mod refused;
