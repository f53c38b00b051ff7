//! What a failing module needs to run again.

use std::fmt;

use crate::seal::ADDED;

/// What a failing module needs to run again, as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Payload {
    /// As it was given.
    Plain(Vec<u8>),
    /// Encrypted by a [`Seal`](crate::Seal): nonce, then ciphertext.
    Sealed(Vec<u8>),
    /// Where it is to be had; the data itself is kept elsewhere.
    Reference(String),
}

/// The kinds of [`Payload`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayloadKind {
    /// [`Payload::Plain`]
    Plain,
    /// [`Payload::Sealed`]
    Sealed,
    /// [`Payload::Reference`]
    Reference,
}

impl Payload {
    /// Its kind.
    pub fn kind(&self) -> PayloadKind {
        match self {
            Payload::Plain(_) => PayloadKind::Plain,
            Payload::Sealed(_) => PayloadKind::Sealed,
            Payload::Reference(_) => PayloadKind::Reference,
        }
    }

    /// The bytes that are kept.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Payload::Plain(bytes) | Payload::Sealed(bytes) => bytes,
            Payload::Reference(place) => place.as_bytes(),
        }
    }

    /// How many bytes it has as it was given, without what encrypting adds.
    pub fn size(&self) -> usize {
        match self {
            Payload::Sealed(bytes) => bytes.len().saturating_sub(ADDED),
            Payload::Plain(_) | Payload::Reference(_) => self.bytes().len(),
        }
    }

    /// The payload of a kind, from the bytes that were kept; nothing where a reference is no text.
    pub fn from_parts(kind: PayloadKind, bytes: Vec<u8>) -> Option<Self> {
        match kind {
            PayloadKind::Plain => Some(Payload::Plain(bytes)),
            PayloadKind::Sealed => Some(Payload::Sealed(bytes)),
            PayloadKind::Reference => String::from_utf8(bytes).ok().map(Payload::Reference),
        }
    }
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Self {
        Payload::Plain(bytes)
    }
}

impl From<&str> for Payload {
    fn from(text: &str) -> Self {
        Payload::Plain(text.as_bytes().to_vec())
    }
}

/// Says how much there is, never what: a payload may hold personal data, and logs are read by many.
impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({} B)", self.kind(), self.bytes().len())
    }
}
