//! Who asks: bearer tokens, of which only hashes are kept.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use blake3::Hash;
use redress_scenarios::{Role, TokenConfiguration, TokenSource};

/// A shorter token could be guessed.
const SHORTEST: usize = 16;

/// No token is longer; a file that is, is something else.
const LONGEST: u64 = 4096;

/// Who may ask. Where there is nobody, everybody may who reaches the server.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Vec<Token>);

#[derive(Debug)]
struct Token {
    name: String,
    roles: Vec<Role>,
    hash: Hash,
}

/// Who asks, and what they may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Who {
    pub(crate) name: String,
    roles: Vec<Role>,
}

impl Who {
    /// Somebody on this machine, where nobody needs a token.
    pub(crate) fn local() -> Self {
        Who { name: "local".to_owned(), roles: vec![Role::Manage] }
    }

    pub(crate) fn may(&self, role: Role) -> bool {
        self.roles.contains(&role) || self.roles.contains(&Role::Manage)
    }
}

impl Tokens {
    /// Reads the tokens where they are.
    ///
    /// # Errors
    /// Which of them cannot be read, and why; never what it is.
    pub(crate) fn read(configured: &[TokenConfiguration]) -> Result<Self, String> {
        let mut tokens: Vec<Token> = Vec::new();
        for TokenConfiguration { name, roles, source } in configured {
            let (text, place) = match source {
                TokenSource::File(path) => (from_file(path), format!("file `{}`", path.display())),
                TokenSource::Environment(variable) => {
                    let text = std::env::var(variable).map_err(|_| "it is not set".to_owned());
                    (text, format!("variable `{variable}`"))
                }
            };
            let hash = text.and_then(|text| hashed(text.trim()));
            let hash = hash.map_err(|why| format!("token `{name}`, {place}: {why}"))?;
            if let Some(same) = tokens.iter().find(|token| token.hash == hash) {
                return Err(format!("token `{name}` is the same as token `{}`", same.name));
            }
            tokens.push(Token { name: name.clone(), roles: roles.clone(), hash });
        }
        Ok(Tokens(tokens))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Who has this token. Hashes are compared in constant time, and all of them, so that the time taken says nothing.
    pub(crate) fn who(&self, token: &str) -> Option<Who> {
        let hash = blake3::hash(token.as_bytes());
        let mut who = None;
        for token in &self.0 {
            if token.hash == hash {
                who = Some(token);
            }
        }
        who.map(|token| Who { name: token.name.clone(), roles: token.roles.clone() })
    }
}

fn from_file(path: &Path) -> Result<String, String> {
    let unreadable = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        kind => format!("it cannot be read: {kind}"),
    };
    let file = File::open(path).map_err(unreadable)?;
    if is_open_to_all(&file) {
        return Err(
            "every user of this machine can read it; take that away, with chmod 600".to_owned()
        );
    }
    let mut text = String::new();
    file.take(LONGEST + 1).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}

#[cfg(unix)]
fn is_open_to_all(file: &File) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn is_open_to_all(_: &File) -> bool {
    false
}

fn hashed(token: &str) -> Result<Hash, String> {
    if token.len() < SHORTEST {
        return Err(format!(
            "it has {} bytes, and could be guessed; {SHORTEST} are the least, `openssl rand -hex 32` gives 64",
            token.len()
        ));
    }
    let is_one = token.len() as u64 <= LONGEST && token.bytes().all(|byte| byte.is_ascii_graphic());
    match is_one {
        true => Ok(blake3::hash(token.as_bytes())),
        false => {
            Err("it is no token: letters, digits and signs without spaces are expected".to_owned())
        }
    }
}
