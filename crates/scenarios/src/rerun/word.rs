//! A word of a command as JSON has it: a text, or where it is none its bytes.

use std::ffi::OsString;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// A word that a system takes need not be Unicode, and a command is run again with what it was given.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Word {
    Text(String),
    Bytes { base64: String },
}

/// Bytes that are no word of a command on this system.
#[derive(Debug, thiserror::Error)]
#[error("a word of the command cannot be given on this system")]
pub(super) struct NoWord;

impl From<OsString> for Word {
    fn from(word: OsString) -> Self {
        match word.into_string() {
            Ok(text) => Word::Text(text),
            Err(word) => Word::Bytes { base64: STANDARD.encode(word.as_encoded_bytes()) },
        }
    }
}

impl TryFrom<Word> for OsString {
    type Error = NoWord;

    fn try_from(word: Word) -> Result<Self, NoWord> {
        match word {
            Word::Text(text) => Ok(text.into()),
            Word::Bytes { base64 } => of_bytes(STANDARD.decode(base64).map_err(|_| NoWord)?),
        }
    }
}

#[cfg(unix)]
fn of_bytes(bytes: Vec<u8>) -> Result<OsString, NoWord> {
    Ok(std::os::unix::ffi::OsStringExt::from_vec(bytes))
}

/// Elsewhere bytes are words only where they are Unicode.
#[cfg(not(unix))]
fn of_bytes(bytes: Vec<u8>) -> Result<OsString, NoWord> {
    String::from_utf8(bytes).map(OsString::from).map_err(|_| NoWord)
}
