//! Who asks: bearer tokens, of which only hashes are kept.

use blake3::Hash;
use redress_scenarios::{LONGEST_SECRET, Role, TokenConfiguration, TokenSource, read_secret};

/// A shorter token could be guessed.
const SHORTEST: usize = 16;

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
                TokenSource::File(path) => {
                    (read_secret(path), format!("file `{}`", path.display()))
                }
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

fn hashed(token: &str) -> Result<Hash, String> {
    if token.len() < SHORTEST {
        return Err(format!(
            "it has {} bytes, and could be guessed; {SHORTEST} are the least, `openssl rand -hex 32` gives 64",
            token.len()
        ));
    }
    let is_one =
        token.len() as u64 <= LONGEST_SECRET && token.bytes().all(|byte| byte.is_ascii_graphic());
    match is_one {
        true => Ok(blake3::hash(token.as_bytes())),
        false => {
            Err("it is no token: letters, digits and signs without spaces are expected".to_owned())
        }
    }
}
