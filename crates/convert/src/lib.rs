//! What other formats say about errors, as policies; and policies in those formats.
//!
//! [`import`] reads the `Retry` and `Catch` of Amazon States Language and the retry policies of gRPC service configs,
//! and says exactly what it could not carry over. [`export`] is the way back, for what those formats can express;
//! what they cannot is refused, with the rule.
//!
//! ```
//! let definition = r#"{"StartAt": "Charge", "States": {"Charge": {"Type": "Task", "End": true, "Retry": [
//!     {"ErrorEquals": ["Lambda.TooManyRequestsException"], "IntervalSeconds": 2, "MaxAttempts": 4}
//! ]}}}"#;
//! let import = redress_convert::import("charge.asl.json", definition.as_bytes())?;
//! let policy = redress::Policy::parse(&import.policies[0].text)?;
//! let event = policy.event().set("error", "Lambda.TooManyRequestsException").set("module", 1).build()?;
//! assert_eq!(event.decide().outcome.to_string(), "store(retry, after: exponential(2s, factor: 2, times: 4, jitter: none))");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod backoff;
mod behaviour;
mod decimal;
mod error_names;
mod grpc;
mod json;
mod policy_text;
mod reading;
mod remark;
mod states;

use std::collections::{HashMap, HashSet};
use std::fmt;

use redress::Policy;

pub use behaviour::Refusal;
pub use remark::{Place, Remark};

use reading::{At, Findings};

/// A format that policies can be exported to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Amazon States Language: the `Retry` and `Catch` of a state.
    States,
    /// A gRPC service config with one retry policy.
    Grpc,
}

/// What was made of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// One a state, or one a group of methods, in the order of the document.
    pub policies: Vec<Imported>,
    /// What is not carried over, and what does not mean what it seems to, in the order of the document.
    pub notes: Vec<Remark>,
}

/// The policy of a state or of a group of methods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The name of the state, or of the first method.
    pub name: String,
    /// Where in the document it stands: `States/Charge`; empty where it is the document.
    pub path: String,
    /// The policy, which loads.
    pub text: String,
}

/// Why a document cannot be imported: everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ImportError {
    /// At least one.
    pub problems: Vec<Remark>,
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problems: Vec<String> = self.problems.iter().map(Remark::to_string).collect();
        f.write_str(&problems.join("\n"))
    }
}

/// Makes policies of a document; `name` is what they call it.
///
/// # Errors
/// Where it is neither a definition of Amazon States Language nor a gRPC service config, or something in it is wrong.
pub fn import(name: &str, bytes: &[u8]) -> Result<Import, ImportError> {
    let (text, document) =
        json::read(bytes).map_err(|problem| ImportError { problems: vec![problem] })?;
    let document = At::whole(&document);
    let mut findings = Findings::new(text);
    let policies = if states::is_definition(&document) {
        let states = states::read(&document, &mut findings);
        let may = may_write(&document, states.len(), &mut findings);
        if may { states::policies(name, &states, &mut findings) } else { Vec::new() }
    } else if grpc::is_config(&document) {
        let groups = grpc::read(&document, &mut findings);
        let may = may_write(&document, groups.len(), &mut findings);
        if may { grpc::policies(name, &groups, &mut findings) } else { Vec::new() }
    } else {
        let message = "neither a definition of Amazon States Language nor a gRPC service config";
        findings.problem(
            &document,
            message,
            "the one has `StartAt` and `States`, or `Retry` or `Catch`, the other has `methodConfig`",
        );
        Vec::new()
    };
    let Findings { mut problems, mut notes, left_out, .. } = findings;
    match policies.is_empty() {
        true => problems.extend(left_out),
        false => notes.extend(left_out),
    }
    if !problems.is_empty() {
        return Err(ImportError { problems });
    }
    notes.sort_by_key(|note| note.place);
    Ok(Import { policies, notes })
}

/// The most policies that are made of a document. Each is checked, which takes a millisecond, and a tenth of a second
/// where a state has as many Retriers and Catchers as it may; a document of the largest size takes seconds.
const MOST_POLICIES: usize = 2_000;

/// Whether nothing is wrong so far, and there are not too many policies to write.
fn may_write(document: &At<'_>, policies: usize, findings: &mut Findings<'_>) -> bool {
    if policies > MOST_POLICIES {
        let message = format!("{policies} parts of it have rules, more than {MOST_POLICIES}");
        findings.problem(document, message, "take it apart, and import the parts");
    }
    findings.problems.is_empty()
}

impl Import {
    /// The names of files for the policies, one each, in their order; all differ, in whatever case.
    ///
    /// ```
    /// let state = r#"{"Retry": [{"ErrorEquals": ["States.ALL"]}]}"#;
    /// let import = redress_convert::import("state.json", state.as_bytes())?;
    /// assert_eq!(import.file_names(), ["state.policy"]);
    /// # Ok::<(), redress_convert::ImportError>(())
    /// ```
    pub fn file_names(&self) -> Vec<String> {
        let mut taken = HashSet::new();
        // Where to go on counting, so that many states of one name do not take their square.
        let mut counts: HashMap<String, usize> = HashMap::new();
        let mut name = |imported: &Imported| {
            let stem = stem(&imported.name);
            let count = counts.entry(stem.clone()).or_insert(0);
            loop {
                *count += 1;
                let name = if *count == 1 { stem.clone() } else { format!("{stem}_{count}") };
                if taken.insert(name.clone()) {
                    return format!("{name}.policy");
                }
            }
        };
        self.policies.iter().map(&mut name).collect()
    }
}

/// The longest a file's name is without its ending.
const LONGEST_STEM: usize = 60;

/// A name in small letters, digits and `_`.
fn stem(name: &str) -> String {
    let mut stem = String::new();
    for character in name.chars() {
        if stem.len() == LONGEST_STEM {
            break;
        }
        if character.is_ascii_alphanumeric() {
            stem.push(character.to_ascii_lowercase());
        } else if !stem.is_empty() && !stem.ends_with('_') {
            stem.push('_');
        }
    }
    let stem = stem.trim_end_matches('_');
    if stem.is_empty() { "state".to_owned() } else { stem.to_owned() }
}

/// A policy in another format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The document, which ends with a line break.
    pub text: String,
    /// What its readers do otherwise than the policy says.
    pub notes: Vec<String>,
}

/// Why a policy cannot be exported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// A fact that was given does not fit the policy.
    #[error("{0}")]
    Fact(String),
    /// It is too complex to be analysed exactly.
    #[error(transparent)]
    TooComplex(#[from] redress::analyze::TooComplex),
    /// The format cannot express what it says.
    #[error("{}", told(.0))]
    Refused(Vec<Refusal>),
}

fn told(refusals: &[Refusal]) -> String {
    refusals.iter().map(Refusal::to_string).collect::<Vec<_>>().join("\n")
}

/// Writes what a policy does about errors in another format.
///
/// What the format knows of an event is the error and the attempt. Every other fact on which a decision hangs has to
/// be given in `facts`, as on a command line: `("module", "2")`.
///
/// # Errors
/// Where the format cannot express what the policy does, with every rule that it cannot; where the facts do not fit;
/// and where the policy is too complex to know what it does.
///
/// ```
/// use redress_convert::{Format, export};
/// let policy = redress::Policy::parse(
///     "when error == DataError and attempt <= 2 => store(retry, after: every(5s, times: 2))
///      otherwise => fail",
/// )?;
/// let export = export(&policy, &[], Format::States)?;
/// assert!(export.text.contains(r#""IntervalSeconds": 5"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn export(
    policy: &Policy,
    facts: &[(String, String)],
    format: Format,
) -> Result<Export, ExportError> {
    let behaviour = behaviour::Behaviour::of(policy, facts)?;
    match format {
        Format::States => states::export(&behaviour),
        Format::Grpc => grpc::export(&behaviour),
    }
}
