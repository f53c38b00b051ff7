//! The pack `postgres`: the SQLSTATEs, and the verdicts of two drivers.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::Result;
use crate::data::Data;
use crate::origin::Origin;
use crate::page::{Page, member_list};

/// A line of the table. Some codes have several, under several names; their verdicts are the same.
#[derive(Deserialize)]
struct Code {
    sqlstate: String,
    section: String,
    condition: String,
    npgsql_transient: bool,
    spring_transient: bool,
}

impl Code {
    /// `08`, of `Class 08 - Connection Exception`.
    fn class(&self) -> &str {
        self.sqlstate.get(..2).unwrap_or_default()
    }
}

pub fn write(data: &Data, origin: &Origin) -> Result<String> {
    let codes: Vec<Code> = data.rows("postgres/sqlstate_verdicts.csv")?;
    let with = |test: &dyn Fn(&Code) -> bool| -> BTreeSet<&str> {
        codes.iter().filter(|code| test(code)).map(|code| code.sqlstate.as_str()).collect()
    };
    let npgsql = with(&|code| code.npgsql_transient);
    let spring = with(&|code| code.spring_transient);
    let agreed: BTreeSet<&str> = npgsql.intersection(&spring).copied().collect();
    let disputed: BTreeSet<&str> = npgsql.symmetric_difference(&spring).copied().collect();
    let remark = format!(
        "The two drivers call {} codes transient between them, and agree on {}: {}.",
        agreed.len() + disputed.len(),
        agreed.len(),
        agreed.iter().copied().collect::<Vec<_>>().join(" and "),
    );
    let mut page = Page::new("postgres", origin, &[remark]);
    members(&mut page, &codes);
    let sets = [
        ("What Npgsql calls transient.", "npgsql", npgsql),
        ("What Spring translates to a transient exception.", "spring", spring),
        ("What both call transient.", "agreed", agreed),
        ("What one calls transient and the other does not.", "disputed", disputed),
    ];
    for (documentation, name, codes) in sets {
        page.declare(documentation, format!("let {name} = {}", member_list(codes)));
    }
    classes(&mut page, &codes);
    page.finish()
}

/// Every code once, with the first of its names.
fn members(page: &mut Page, codes: &[Code]) {
    let mut named: BTreeMap<&str, &str> = BTreeMap::new();
    for code in codes {
        let name = named.entry(&code.sqlstate).or_default();
        if name.is_empty() {
            *name = &code.condition;
        }
    }
    let members = named.into_iter().map(|(code, name)| (code, name.to_owned()));
    page.members("The SQLSTATEs, each with the name of its condition.", "ErrorType", members);
}

/// A set for each class, in the order of the classes.
fn classes(page: &mut Page, codes: &[Code]) {
    let mut classes: BTreeMap<&str, (&str, BTreeSet<&str>)> = BTreeMap::new();
    for code in codes {
        // Some codes stand in the section of another class a second time.
        let own = code
            .section
            .strip_prefix("Class ")
            .is_some_and(|title| title.starts_with(code.class()));
        let (title, members) = classes.entry(code.class()).or_default();
        members.insert(&code.sqlstate);
        if own {
            *title = &code.section;
        }
    }
    for (class, (title, members)) in classes {
        page.declare(&format!("{title}."), format!("let class_{class} = {}", member_list(members)));
    }
}
