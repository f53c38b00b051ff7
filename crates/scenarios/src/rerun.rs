//! What `redress run` recorded is run again.

mod word;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use redress_store::Outcome;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::command::CommandRunner;
use crate::runner::{Runner, Task};
use word::{NoWord, Word};

/// A command as `redress run` records it: the definition of an execution, as JSON.
///
/// ```
/// use redress_scenarios::RecordedCommand;
///
/// let command = RecordedCommand {
///     program: "./backup.sh".into(),
///     arguments: vec!["/srv".into()],
///     folder: "/home/alice".into(),
/// };
/// let definition = r#"{"arguments":["/srv"],"folder":"/home/alice","program":"./backup.sh"}"#;
/// assert_eq!(command.definition(), definition);
/// assert_eq!(RecordedCommand::read(definition), Some(command));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub struct RecordedCommand {
    /// The program: a path from the folder, or a name that is looked for as a shell does.
    pub program: OsString,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// The folder it ran in.
    pub folder: PathBuf,
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

    fn runner(self, timeout: Option<Duration>, withheld: &[String]) -> Option<CommandRunner> {
        let words = std::iter::once(self.program).chain(self.arguments);
        Some(CommandRunner::new(words, timeout)?.in_folder(self.folder).without(withheld))
    }
}

/// A recorded command as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    program: Word,
    arguments: Vec<Word>,
    folder: Word,
}

impl From<RecordedCommand> for Written {
    fn from(command: RecordedCommand) -> Self {
        let RecordedCommand { program, arguments, folder } = command;
        Written {
            program: Word::from(program),
            arguments: arguments.into_iter().map(Word::from).collect(),
            folder: Word::from(folder.into_os_string()),
        }
    }
}

impl TryFrom<Written> for RecordedCommand {
    type Error = NoWord;

    fn try_from(written: Written) -> Result<Self, NoWord> {
        let Written { program, arguments, folder } = written;
        let arguments = arguments.into_iter().map(OsString::try_from);
        Ok(RecordedCommand {
            program: program.try_into()?,
            arguments: arguments.collect::<Result<_, _>>()?,
            folder: OsString::try_from(folder)?.into(),
        })
    }
}

/// Runs what is recorded, as a [`CommandRunner`] does.
#[derive(Clone, Debug)]
pub(crate) struct Rerun {
    timeout: Option<Duration>,
    /// Variables of the environment that it is not given.
    withheld: Vec<String>,
}

impl Rerun {
    pub(crate) fn new(timeout: Option<Duration>, withheld: Vec<String>) -> Self {
        Rerun { timeout, withheld }
    }
}

impl Runner for Rerun {
    fn run(&self, task: &Task) -> Outcome {
        // What somebody else wrote may look like a recorded command; it is none.
        let definition = task.definition.as_deref().filter(|_| task.recorded);
        let recorded = definition.and_then(RecordedCommand::read);
        match recorded.and_then(|recorded| recorded.runner(self.timeout, &self.withheld)) {
            Some(runner) => runner.run(task),
            None => Outcome::Failed(json!({
                "error": "InvalidConfigurationError",
                "message": "no command was recorded by `redress run` on this machine that could be run again; give the scenario a `command`",
            })),
        }
    }
}
