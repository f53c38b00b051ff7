//! Diagnostics as annotations of a GitHub workflow.

use std::fmt::{self, Display};

use redress::Severity;

use super::{Finding, Place};

/// `::error file=…,line=…::message`
pub fn problem(finding: &Finding<'_>) -> String {
    let diagnostic = finding.diagnostic;
    let place = finding.place();
    let help = diagnostic.help.iter().map(|help| format!("\n{help}")).collect::<String>();
    let title = format!("{}: {}", diagnostic.code, diagnostic.code.title());
    let (place, message) = match place.bundled {
        // There is no such file to be annotated.
        true => {
            let at = format!("{}:{}", place.file, place.start.line);
            (String::new(), format!("{at}: {}{help}", diagnostic.message))
        }
        false => (properties(&place), format!("{}{help}", diagnostic.message)),
    };
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    format!("::{level} {place}title={}::{}", Property(&title), Data(&message))
}

/// `file=…,line=…,`
fn properties(place: &Place<'_>) -> String {
    let (start, end) = (place.start, place.end);
    let mut text =
        format!("file={},line={},endLine={},", Property(place.file), start.line, end.line);
    // Columns are only understood within one line.
    if start.line == end.line {
        text.push_str(&format!("col={},endColumn={},", start.column, end.column));
    }
    text
}

/// Text behind the second `::`.
struct Data<'a>(&'a str);

impl Display for Data<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A"))
    }
}

/// Text between `=` and `,`.
struct Property<'a>(&'a str);

impl Display for Property<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Data(self.0).to_string().replace(':', "%3A").replace(',', "%2C"))
    }
}

#[cfg(test)]
mod tests {
    use redress::{BundledFile, PolicyLoader};

    use super::*;

    #[test]
    fn what_is_part_of_the_library_is_not_annotated() {
        let file = BundledFile { name: "own", file: "own.policy", text: "otherwise => stpo" };
        let report = PolicyLoader::bundled_only().check_bundled(&file);
        let found = Finding::all(&report).next().map(|finding| problem(&finding));
        assert_eq!(
            found.as_deref(),
            Some(
                "::error title=R0204%3A no such outcome::\
                 own.policy:1: no outcome is called `stpo`%0Adid you mean `stop`?"
            )
        );
    }
}
