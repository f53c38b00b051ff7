//! What the table of a scenario says of the address that runs its retries.

use std::collections::BTreeMap;
use std::path::Path;

use toml::de::DeTable;

use super::scenario::problem;
use crate::http::Endpoint;
use redress_toml::Reader;

/// The address and what is said along with it; nothing where there is none, or something of it is wrong.
pub(super) fn read<'i>(
    reader: &mut Reader<'i>,
    table: &DeTable<'i>,
    folder: &Path,
) -> Option<Endpoint> {
    let address = "an address such as `\"http://127.0.0.1:8080/refunds\"`";
    let url = reader.expected::<String>(table, "url", address);
    let texts = "a table of texts, such as `{ X-Team = \"ledger\" }`";
    let headers = reader.expected::<BTreeMap<String, String>>(table, "headers", texts);
    let token = reader.expected::<String>(table, "token_file", "a path");
    if !table.contains_key("url") {
        for key in ["headers", "token_file"].into_iter().filter(|key| table.contains_key(*key)) {
            problem(
                reader,
                table,
                key,
                "it says something along with a `url`, and there is none here",
            );
        }
    }
    let mut endpoint = said(reader, table, "url", Endpoint::new(&url?))?;
    for (name, value) in headers.unwrap_or_default() {
        endpoint = said(reader, table, "headers", endpoint.header(&name, &value))?;
    }
    match token {
        Some(file) => said(reader, table, "token_file", endpoint.token_file(folder.join(file))),
        None => Some(endpoint),
    }
}

fn said(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    key: &str,
    read: Result<Endpoint, String>,
) -> Option<Endpoint> {
    read.map_err(|why| problem(reader, table, key, &why)).ok()
}
