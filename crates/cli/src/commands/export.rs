//! `redress export`: a policy in the format of others, as far as that can express it.

use std::io::Write;

use redress_convert::{ExportError, Format};

use crate::arguments::{Export, ExportFormat, Format as Reported};
use crate::failure::{Failure, Result, Status};
use crate::{policies, terminal};

/// Writes the document, and says what its readers do otherwise.
pub fn run(arguments: &Export) -> Result {
    let policy = policies::load(&arguments.policy, Reported::Human)?;
    let given = arguments.facts.iter().map(|fact| (fact.key.clone(), fact.value.clone()));
    let format = match arguments.to {
        ExportFormat::Asl => Format::States,
        ExportFormat::Grpc => Format::Grpc,
    };
    let export = redress_convert::export(&policy, &given.collect::<Vec<_>>(), format)
        .map_err(|error| refused(&error))?;
    let mut output = terminal::output();
    output.write_all(export.text.as_bytes())?;
    output.flush()?;
    export.notes.iter().for_each(terminal::note);
    Ok(Status::Done)
}

fn refused(error: &ExportError) -> Failure {
    match error {
        ExportError::Refused(refusals) => {
            refusals.iter().for_each(terminal::complain);
            Failure::Reported
        }
        other => Failure::fails(other),
    }
}
