//! What `redress run` recorded is run again.

use std::time::Duration;

use redress_store::Outcome;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::command::CommandRunner;
use crate::runner::{Runner, Task};

/// A command as `redress run` records it: the definition of an execution, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedCommand {
    /// The program: a path from the folder, or a name that is looked for as a shell does.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The folder it ran in.
    pub folder: String,
}

impl RecordedCommand {
    /// The command that a definition records, if it does.
    pub fn read(definition: &str) -> Option<Self> {
        serde_json::from_str(definition).ok()
    }

    /// The definition that records it.
    pub fn definition(&self) -> String {
        json!(self).to_string()
    }

    fn runner(self, timeout: Option<Duration>) -> Option<CommandRunner> {
        let words = std::iter::once(self.program).chain(self.arguments).collect();
        Some(CommandRunner::new(words, timeout)?.in_folder(self.folder))
    }
}

/// Runs what is recorded, as a [`CommandRunner`] does.
#[derive(Clone, Debug)]
pub(crate) struct Rerun {
    timeout: Option<Duration>,
}

impl Rerun {
    pub(crate) fn new(timeout: Option<Duration>) -> Self {
        Rerun { timeout }
    }
}

impl Runner for Rerun {
    fn run(&self, task: &Task) -> Outcome {
        // What somebody else wrote may look like a recorded command; it is none.
        let definition = task.definition.as_deref().filter(|_| task.recorded);
        let recorded = definition.and_then(RecordedCommand::read);
        match recorded.and_then(|recorded| recorded.runner(self.timeout)) {
            Some(runner) => runner.run(task),
            None => Outcome::Failed(json!({
                "error": "InvalidConfigurationError",
                "message": "no command was recorded by `redress run` on this machine that could be run again; give the scenario a `command`",
            })),
        }
    }
}
