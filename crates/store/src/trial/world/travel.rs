//! Executions that come from elsewhere, and those that come back.

use std::sync::Arc;

use serde_json::Value as Json;

use super::World;
use super::setting::Foreign;
use crate::executions::{ImportError, Imported};
use crate::query::Filter;
use crate::store::StoreError;
use crate::trial::history::{Seen, gone};

impl World {
    /// Executions from elsewhere come in, some of them not for the first time, and a line that is none.
    pub(super) fn import(&mut self) -> Result<(), StoreError> {
        let setting = Arc::clone(&self.setting);
        if setting.foreign.is_empty() {
            return Ok(());
        }
        let gone = gone(&self.executions);
        let some = 1 + self.chance.usize(..6);
        let chosen: Vec<&Foreign> = (0..some)
            .map(|_| &setting.foreign[self.chance.usize(..setting.foreign.len())])
            .filter(|foreign| !gone.contains(&foreign.record.id))
            .collect();
        let mut lines: Vec<&str> = chosen.iter().map(|foreign| foreign.line.as_str()).collect();
        lines.push("{\"format\": 1}");
        self.take(&lines.join("\n"))?;
        for Foreign { record, is_running, .. } in chosen {
            if self.executions.get(record.id).unwrap().is_some() {
                self.ids.insert(record.id);
                let payloads = record.payloads.iter().map(|it| it.bytes().to_vec()).collect();
                let (id, entries) = (record.id, record.log.len() as u32);
                let is_running = *is_running;
                self.history.see(Seen::Imported { id, entries, is_running, payloads });
            }
        }
        Ok(())
    }

    /// What is here is exported, or what was exported before comes in again: it is known.
    pub(super) fn import_again(&mut self) -> Result<(), StoreError> {
        if self.exported.is_empty() || self.chance.bool() {
            let lines = self.executions.export(&Filter::default());
            self.exported = lines.collect::<Result<_, _>>()?;
            return Ok(());
        }
        let gone = gone(&self.executions);
        let is_here = |line: &&String| {
            let line: Json = serde_json::from_str(line).unwrap();
            !gone.contains(&line["id"].as_str().unwrap().parse().unwrap())
        };
        let lines: Vec<String> = self.exported.iter().filter(is_here).cloned().collect();
        let imported = self.take(&lines.join("\n"))?;
        let (lines, known) = (lines.len() as u64, imported.known);
        self.history.see(Seen::ImportedAgain { lines, known });
        Ok(())
    }

    fn take(&mut self, lines: &str) -> Result<Imported, StoreError> {
        let taken = self.executions.import(lines.as_bytes(), "alice", |_| Ok(()), false, self.at());
        taken.map_err(|error| match error {
            ImportError::Store(error) => error,
            error => panic!("{error}"),
        })
    }
}
