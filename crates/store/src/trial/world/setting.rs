//! What all histories share.

use std::sync::Arc;

use redress::Policy;

use super::{POLICY, World};
use crate::memory::Memory;
use crate::query::Filter;
use crate::record::Record;
use crate::state::Status;

/// What all histories share.
pub(in crate::trial) struct Setting {
    pub(super) policy: Policy,
    /// Executions of other stores.
    pub(super) foreign: Vec<Foreign>,
}

/// An execution of another store, as a line.
pub(super) struct Foreign {
    pub(super) line: String,
    pub(super) record: Record,
    pub(super) is_running: bool,
}

impl Setting {
    pub(in crate::trial) fn new() -> Arc<Self> {
        let policy = Policy::parse(POLICY).unwrap();
        let empty = Arc::new(Setting { policy: policy.clone(), foreign: Vec::new() });
        let mut foreign = Vec::new();
        for seed in 1_000_000..1_000_012 {
            let world = World::new(seed, Arc::new(Memory::new()), &empty, true);
            let (_, executions) = World { name: format!("{seed} "), ..world }.run();
            for line in executions.export(&Filter::default()) {
                let line = line.unwrap();
                let (record, execution) = Record::read(line.as_bytes()).unwrap();
                let is_running = execution.status() == Status::InProgress;
                foreign.push(Foreign { line, record, is_running });
            }
        }
        Arc::new(Setting { policy, foreign })
    }
}
