//! Payloads and texts that are kept encrypted.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Generate, Payload as Message};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};

use serde::{Deserialize, Serialize};

use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::payload::Payload;

/// Bytes before the ciphertext.
const NONCE: usize = 24;

/// Bytes that encrypting adds to what is encrypted: the nonce, and the tag behind the ciphertext.
pub(crate) const ADDED: usize = NONCE + 16;

/// A key that encrypts payloads, with XChaCha20-Poly1305.
///
/// What is sealed is bound to its execution: moved to another one it does not open.
#[derive(Clone)]
pub struct Seal(XChaCha20Poly1305);

/// Why a payload cannot be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The system gives no random numbers.
    #[error("the system gives no random numbers, so nothing can be encrypted")]
    NoChance,
    /// The payload is too large for the cipher.
    #[error("the payload is too large to be encrypted")]
    TooLarge,
    /// It was sealed with another key, belongs to another execution, or was changed since.
    #[error("the payload was encrypted with another key, or was changed since")]
    DoesNotOpen,
    /// It is sealed, and nothing is there to open it.
    #[error("it is encrypted, and no key is configured for its scenario")]
    NoKey,
}

impl Seal {
    /// A seal with this key.
    pub fn new(key: [u8; 32]) -> Self {
        Seal(XChaCha20Poly1305::new(&Key::from(key)))
    }

    /// Encrypts what is plain; what is sealed or a reference stays as it is.
    ///
    /// # Errors
    /// Where there are no random numbers, or the payload is larger than the cipher takes.
    pub fn seal(&self, id: ExecutionId, payload: Payload) -> Result<Payload, SealError> {
        let Payload::Plain(plain) = payload else { return Ok(payload) };
        if planted(Fault::ShowsPayload) {
            return Ok(Payload::Plain(plain));
        }
        self.encrypt(&plain, id.as_bytes()).map(Payload::Sealed)
    }

    /// Decrypts what is sealed; anything else stays as it is.
    ///
    /// # Errors
    /// Where the key is another one, or the payload was changed or belongs to another execution.
    pub fn open(&self, id: ExecutionId, payload: Payload) -> Result<Payload, SealError> {
        let Payload::Sealed(bytes) = payload else { return Ok(payload) };
        self.decrypt(&bytes, id.as_bytes()).map(Payload::Plain)
    }

    /// Encrypts a text that belongs to an execution; it opens as what it is only.
    pub(crate) fn seal_text(
        &self,
        id: ExecutionId,
        what: &str,
        text: &str,
    ) -> Result<SealedText, SealError> {
        self.encrypt(text.as_bytes(), &bound(id, what)).map(SealedText)
    }

    /// Decrypts a text that belongs to an execution.
    pub(crate) fn open_text(
        &self,
        id: ExecutionId,
        what: &str,
        sealed: &SealedText,
    ) -> Result<String, SealError> {
        let plain = self.decrypt(&sealed.0, &bound(id, what))?;
        String::from_utf8(plain).map_err(|_| SealError::DoesNotOpen)
    }

    fn encrypt(&self, plain: &[u8], bound: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce = XNonce::try_generate().map_err(|_| SealError::NoChance)?;
        let message = Message { msg: plain, aad: bound };
        let hidden = self.0.encrypt(&nonce, message).map_err(|_| SealError::TooLarge)?;
        Ok([nonce.as_slice(), &hidden].concat())
    }

    fn decrypt(&self, bytes: &[u8], bound: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, hidden) = bytes.split_first_chunk::<NONCE>().ok_or(SealError::DoesNotOpen)?;
        let message = Message { msg: hidden, aad: bound };
        self.0.decrypt(&XNonce::from(*nonce), message).map_err(|_| SealError::DoesNotOpen)
    }
}

/// What a sealed text is bound to, besides its key.
fn bound(id: ExecutionId, what: &str) -> Vec<u8> {
    [id.as_bytes().as_slice(), what.as_bytes()].concat()
}

/// An encrypted text of an execution, written as Base64.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SealedText(Vec<u8>);

impl SealedText {
    /// The bytes that are kept.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<SealedText> for String {
    fn from(SealedText(bytes): SealedText) -> Self {
        STANDARD.encode(bytes)
    }
}

impl TryFrom<String> for SealedText {
    type Error = &'static str;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        STANDARD.decode(written).map(SealedText).map_err(|_| "an encrypted text is no Base64")
    }
}

impl fmt::Debug for SealedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedText({} B)", self.0.len())
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_key_and_its_execution_only() {
        let (seal, id) = (Seal::new([7; 32]), ExecutionId::from_bytes([1; 16]));
        let sealed = seal.seal(id, Payload::from("a name")).unwrap();
        assert_eq!((sealed.bytes().len(), sealed.size()), (6 + ADDED, 6));
        assert!(!sealed.bytes().windows(6).any(|bytes| bytes == b"a name"));
        assert_eq!(seal.open(id, sealed.clone()), Ok(Payload::from("a name")));

        let other = ExecutionId::from_bytes([2; 16]);
        assert_eq!(seal.open(other, sealed.clone()), Err(SealError::DoesNotOpen));
        assert_eq!(Seal::new([8; 32]).open(id, sealed.clone()), Err(SealError::DoesNotOpen));
        let mut changed = sealed.bytes().to_vec();
        changed[30] ^= 1;
        assert_eq!(seal.open(id, Payload::Sealed(changed)), Err(SealError::DoesNotOpen));
        assert_eq!(seal.open(id, Payload::Sealed(vec![0; 3])), Err(SealError::DoesNotOpen));
    }

    #[test]
    fn nothing_shows_a_payload() {
        assert_eq!(format!("{:?}", Payload::from("a name")), "Plain(6 B)");
        assert_eq!(format!("{:?}", Seal::new([7; 32])), "Seal(…)");
    }
}
