//! Diagnostics as annotations of a GitHub workflow.

use std::fmt::{self, Display};

use super::Finding;

/// `::error file=…,line=…::message`
pub fn problem(finding: &Finding<'_>) -> String {
    let diagnostic = finding.diagnostic;
    let place = finding.place();
    let mut text = format!(
        "::{} file={},line={}",
        diagnostic.severity,
        Property(place.file),
        place.start.line
    );
    text.push_str(&format!(",endLine={}", place.end.line));
    // Columns are only understood within one line.
    if place.start.line == place.end.line {
        text.push_str(&format!(",col={},endColumn={}", place.start.column, place.end.column));
    }
    let help = diagnostic.help.iter().map(|help| format!("\n{help}")).collect::<String>();
    let message = format!("{}{help}", diagnostic.message);
    let title = format!("{}: {}", diagnostic.code, diagnostic.code.title());
    format!("{text},title={}::{}", Property(&title), Data(&message))
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
