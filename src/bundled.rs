//! The files that are part of the library; all of them lie in `rules/`, readable as ordinary files.

use crate::load::PolicyLoader;
use crate::policy::Policy;

/// A file of `rules/`.
#[derive(Clone, Copy, Debug)]
pub struct BundledFile {
    /// The bare word it is named by: `default`.
    pub name: &'static str,
    /// The name it has in diagnostics and decisions, its path below `rules/`: `default.policy`, `packs/aws.policy`.
    pub file: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! bundled {
    ($name:literal, $path:literal) => {
        BundledFile {
            name: $name,
            file: concat!($path, ".policy"),
            text: include_str!(concat!("../rules/", $path, ".policy")),
        }
    };
}

/// The standard vocabulary.
pub const VOCABULARY: BundledFile = bundled!("vocabulary", "vocabulary");

/// The policies that `extends` may name with a bare word.
///
/// Each pack has one of the same name, which goes by it.
pub const POLICIES: &[BundledFile] = &[
    bundled!("default", "default"),
    bundled!("fusion", "fusion"),
    bundled!("command", "command"),
    bundled!("aws", "aws"),
    bundled!("grpc", "grpc"),
    bundled!("http", "http"),
    bundled!("kafka", "kafka"),
    bundled!("make", "make"),
    bundled!("postgres", "postgres"),
];

/// The packs that `use` may name with a bare word.
pub const PACKS: &[BundledFile] = &[
    bundled!("aws", "packs/aws"),
    bundled!("grpc", "packs/grpc"),
    bundled!("http", "packs/http"),
    bundled!("kafka", "packs/kafka"),
    bundled!("make", "packs/make"),
    bundled!("postgres", "packs/postgres"),
];

/// The file of this name among `files`.
pub(crate) fn find(files: &'static [BundledFile], name: &str) -> Option<&'static BundledFile> {
    files.iter().find(|file| file.name == name)
}

/// The bundled policy of this name.
pub(crate) fn policy(name: &str) -> Option<Policy> {
    let file = find(POLICIES, name)?;
    PolicyLoader::bundled_only().load_bundled(file).ok()
}

/// The default policy.
#[allow(clippy::expect_used, reason = "the text is part of the library, and a test loads it")]
pub(crate) fn default_policy() -> Policy {
    policy("default").expect("the bundled default policy loads")
}
