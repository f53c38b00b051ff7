//! Events as files give them: as JSON, or as cells below the names of their columns.

use redress::{Event, EventBuilder, EventError, Policy};

use super::cells::{Cells, Columns};
use super::json::without_space;

/// An event as a file gives it.
#[derive(Clone, Copy)]
pub enum Given<'a> {
    /// As JSON, which may be something else than an event, too.
    Json(&'a str),
    /// As cells below the names of their columns; as many as there are columns.
    Cells { columns: &'a Columns, cells: Cells<'a> },
}

impl Given<'_> {
    /// The event, if it fits the policy.
    pub fn read<'p>(&self, policy: &'p Policy) -> Result<Event<'p>, EventError> {
        match self {
            Given::Json(text) => policy.event_from_json(text),
            Given::Cells { columns, cells } => {
                let set = |builder: EventBuilder<'p>, (name, cell): (&str, &str)| {
                    builder.set_written(name, cell)
                };
                columns.named(*cells).fold(policy.event(), set).build()
            }
        }
    }

    /// The event on one line of JSON: as it stands there, or what its cells say.
    pub fn on_a_line(&self, event: &Event<'_>) -> String {
        match self {
            Given::Json(text) => without_space(text),
            Given::Cells { columns, cells } => {
                let vocabulary = event.policy().vocabulary();
                let fact = |(name, cell): (&str, &str)| {
                    let id = vocabulary.find_fact(name)?;
                    // An empty cell says something only where a text has to be given.
                    let is_said = !cell.is_empty() || vocabulary.fact(id).is_required();
                    let name = serde_json::Value::from(name);
                    is_said.then(|| format!("{name}:{}", event.json(id)))
                };
                let facts = columns.named(*cells).filter_map(fact);
                format!("{{{}}}", facts.collect::<Vec<_>>().join(","))
            }
        }
    }
}
