//! Where tries are posted to, and what is said along with them.

use std::path::{Path, PathBuf};

use ureq::http::{HeaderName, HeaderValue, Uri};

use crate::secret::{LONGEST_SECRET, read_secret};

/// Where tries are posted to: an address, headers of its own, a file with a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    url: String,
    headers: Vec<(String, String)>,
    token_file: Option<PathBuf>,
}

/// Headers that say what only the call itself knows.
const TAKEN: [&str; 8] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "idempotency-key",
    "te",
    "traceparent",
    "transfer-encoding",
];

impl Endpoint {
    /// An address to post to, `http` or `https`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn new(url: &str) -> Result<Self, String> {
        let uri: Uri = url.parse().map_err(|_| {
            "it is no address; expected one such as \"http://127.0.0.1:8080/refunds\"".to_owned()
        })?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err("an address begins with `http://` or `https://`".to_owned());
        }
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(
                "a name and a password have no place in an address; put a token into `token_file`"
                    .to_owned(),
            );
        }
        Ok(Endpoint { url: url.to_owned(), headers: Vec::new(), token_file: None })
    }

    /// Also says a header, each time.
    ///
    /// # Errors
    /// Where it is no header, or one that the call itself says.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, String> {
        let lower = name.to_ascii_lowercase();
        if TAKEN.contains(&lower.as_str()) || lower.starts_with("redress-") {
            return Err(format!("the header `{name}` is said by the call itself"));
        }
        if lower == "authorization" {
            return Err("a token stands in a file of its own: give `token_file`".to_owned());
        }
        if HeaderName::from_bytes(lower.as_bytes()).is_err() {
            return Err(format!("`{}` is no name of a header", name.escape_debug()));
        }
        if HeaderValue::from_str(value).is_err() {
            return Err(format!("the header `{name}` has a value that no header may have"));
        }
        self.headers.push((lower, value.to_owned()));
        Ok(self)
    }

    /// Also says a token, `Authorization: Bearer …`, which the file has; it is read for every call.
    ///
    /// # Errors
    /// Where the file cannot be read, or has no token.
    pub fn token_file(mut self, path: PathBuf) -> Result<Self, String> {
        read_token(&path)?;
        self.token_file = Some(path);
        Ok(self)
    }

    /// The address.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    pub(super) fn has_content_type(&self) -> bool {
        self.headers.iter().any(|(name, _)| name == "content-type")
    }

    pub(super) fn token(&self) -> Option<Result<String, String>> {
        self.token_file.as_deref().map(read_token)
    }
}

/// The token in a file. What is wrong with it never shows what it is.
fn read_token(path: &Path) -> Result<String, String> {
    let text = read_secret(path)?;
    let token = text.trim();
    let fits = !token.is_empty() && token.len() as u64 <= LONGEST_SECRET;
    match fits && token.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(token.to_owned()),
        false => {
            Err("the file has no token: letters, digits and signs without spaces are expected"
                .to_owned())
        }
    }
}
