//! Facts as they are written on the command line.

/// A fact of an event as it is written on the command line.
#[derive(Clone, Debug)]
pub struct WrittenFact {
    /// The fact's name.
    pub key: String,
    /// Its value as written.
    pub value: String,
}

pub(super) fn written_fact(text: &str) -> Result<WrittenFact, String> {
    let Some((key, value)) = text.split_once('=') else {
        let how = "a fact is given as KEY=VALUE, without spaces, such as module=3";
        return Err(format!("there is no `=` in it; {how}"));
    };
    let (name, trimmed) = (key.trim(), value.trim());
    if name.is_empty() {
        let value = if trimmed.is_empty() { "3" } else { trimmed };
        return Err(format!("the name of the fact is missing before `=`; write module={value}"));
    }
    if name != key {
        return Err(format!("no spaces stand around `=`; write {name}={trimmed}"));
    }
    Ok(WrittenFact { key: key.to_owned(), value: value.to_owned() })
}
