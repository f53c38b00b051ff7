//! The pack `http`: what RFCs say of repeating a request, and what client libraries do.

mod libraries;
mod rfc;

use crate::Result;
use crate::data::Data;
use crate::origin::Origin;
use crate::page::{Page, member_list, number_list};

use self::libraries::{Libraries, Library};

pub fn write(data: &Data, origin: &Origin) -> Result<String> {
    let libraries = libraries::read(data)?;
    let mut page = Page::new("http", origin, &remarks(&libraries));
    page.members(
        "The network errors that the libraries were asked about, by the names of Node.js.",
        "ErrorType",
        libraries.errors().into_iter().map(|error| (error, String::new())),
    );
    rfc::write(&mut page, data)?;
    page.declare(
        &format!("The statuses that all {} lists with a vote retry.", libraries.voters()),
        format!("let agreed = {}", number_list(&libraries.with_votes(libraries.voters()))),
    );
    page.declare(
        "The statuses that all of them retry but one.",
        format!(
            "let agreed_but_for_one = {}",
            number_list(&libraries.with_votes(libraries.voters() - 1))
        ),
    );
    page.declare(
        "The network errors that all libraries retry that were asked about them.",
        format!("let agreed_errors = {}", member_list(libraries.agreed_errors())),
    );
    for library in &libraries.all {
        of_library(&mut page, library);
    }
    page.finish()
}

fn remarks(libraries: &Libraries) -> Vec<String> {
    vec![
        format!(
            "Nobody agrees: of the statuses from 400 to 599, all {} lists with a vote retry {}. \
            Each library was asked for a GET and has one vote, but for botocore with one for each \
            of its modes; where another answer was to be had, the set says so and has no vote.",
            libraries.voters(),
            libraries
                .with_votes(libraries.voters())
                .iter()
                .map(u16::to_string)
                .collect::<Vec<_>>()
                .join(" and "),
        ),
        "urllib3 retries no status by itself, and the three of `urllib3_with_retry_after` where \
        the answer says Retry-After. Azure's retries of a POST are `azure_core_post`."
            .to_owned(),
    ]
}

fn of_library(page: &mut Page, library: &Library) {
    let Library { name, title, statuses, errors, .. } = library;
    if !statuses.is_empty() {
        let documentation = format!("The statuses that are retried by {title}.");
        page.declare(&documentation, format!("let {name} = {}", number_list(statuses)));
    }
    if !errors.is_empty() {
        let documentation = format!("The network errors that are retried by {title}.");
        let errors = member_list(errors.iter().map(String::as_str));
        page.declare(&documentation, format!("let {name}_errors = {errors}"));
    }
}
