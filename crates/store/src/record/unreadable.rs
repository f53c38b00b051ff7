//! Why a line of an import cannot be read, in the words of the line.

/// Why a line cannot be read, in our words, and where.
pub(super) fn unreadable(line: &[u8], error: &serde_json::Error) -> String {
    let why = match line.trim_ascii_start().first() {
        _ if !error.is_data() => "it is no JSON",
        Some(b'{') => return misfit(line, error),
        _ => "it is no object, which is what `export` writes",
    };
    format!("{why}{}", place(line, error))
}

/// What does not fit in an object. What the library says of a value is about types of Rust; what it says of names, and what
/// our own types say, is not.
fn misfit(line: &[u8], error: &serde_json::Error) -> String {
    let said = error.to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
    let why = match said {
        _ if said.starts_with("UUID ") => "an id has 32 hexadecimal digits",
        _ if said.starts_with("invalid ") || said.starts_with("data did not match") => {
            "a value is not of the kind that stands there"
        }
        _ => said,
    };
    format!("{why}{}", place(line, error))
}

/// Where it is; columns count characters, the library's count bytes.
fn place(line: &[u8], error: &serde_json::Error) -> String {
    match line.get(..error.column()) {
        Some(before) if error.column() > 0 => {
            format!(", at column {}", String::from_utf8_lossy(before).chars().count())
        }
        _ => String::new(),
    }
}
