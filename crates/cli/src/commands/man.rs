//! `redress man`: the manual pages.

use std::fs;
use std::io::Write;

use clap::CommandFactory;

use crate::arguments::{Arguments, Man};
use crate::failure::{Result, Status};
use crate::{files, terminal};

/// Prints the main page, or writes all pages into a folder.
pub fn run(arguments: &Man) -> Result {
    let command = Arguments::command();
    if let Some(folder) = &arguments.dir {
        let written =
            fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder));
        return written.map(|()| Status::Done).map_err(|error| files::cannot_write(folder, &error));
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    let mut output = terminal::output();
    output.write_all(&page)?;
    output.flush()?;
    Ok(Status::Done)
}
