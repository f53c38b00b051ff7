//! `#[derive(Facts)]`: your own types as events of a `redress` policy.
//!
//! A struct is bound to a policy once, with every field checked against the policy's vocabulary; deciding
//! its values then cannot fail and does not allocate, but for what a `matches` works in. A number outside its fact's range counts as the nearest
//! one inside, as there is nobody to tell.
//!
//! ```
//! use redress::Policy;
//! use redress_derive::Facts;
//!
//! #[derive(Facts)]
//! struct Failure<'a> {
//!     error: &'a str,
//!     #[facts(rename = "module")]
//!     position: u32,
//!     phase: Phase,
//!     status: Option<u16>,
//!     #[facts(skip)]
//!     trace: Vec<String>,
//! }
//!
//! #[derive(Facts)]
//! #[facts(rename_all = "snake_case")]
//! enum Phase {
//!     Operation,
//!     Commit,
//! }
//!
//! let policy = Policy::default().bind::<Failure>()?;
//! let failure = Failure { error: "DataError", position: 3, phase: Phase::Commit, status: None, trace: vec![] };
//! assert_eq!(policy.decide(&failure).display, "store(manual)");
//! # Ok::<(), redress::BindError>(())
//! ```
//!
//! A type that no fact can have is refused by the compiler, at the field:
//!
//! ```compile_fail,E0277
//! #[derive(redress_derive::Facts)]
//! struct Failure {
//!     error: f64,
//! }
//! ```

mod attributes;
mod case;
mod names;
mod problems;
mod structure;

use proc_macro2::TokenStream;
use syn::{Data, DeriveInput, Error};

/// Implements `redress::Facts` for a struct with named fields, and `redress::FactType` for an enum whose
/// variants hold no data, so that it can be the type of such a field.
///
/// A field speaks of the fact of its name, a variant stands for the enum member of its name. Attributes:
///
/// * `#[facts(rename = "module")]` on a field or a variant: the fact's or member's name, if it is another.
/// * `#[facts(skip)]` on a field: it is no fact.
/// * `#[facts(rename_all = "snake_case")]` on the type: how names are written that `rename` does not give;
///   `lowercase`, `snake_case`, `camelCase`, `PascalCase`, `kebab-case` or `SCREAMING_SNAKE_CASE`.
/// * `#[facts(crate = "my::redress")]` on the type: where the library is found, if not at `::redress`.
///
/// The fields' types implement `redress::FactType`: booleans, integers, text, durations, sizes, names that
/// were looked up before (`redress::Name`), enums that derive `Facts`, references to and options of those. A field whose type holds a type parameter puts that
/// bound on it.
#[proc_macro_derive(Facts, attributes(facts))]
pub fn derive_facts(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    expand(input).unwrap_or_else(Error::into_compile_error).into()
}

fn expand(input: DeriveInput) -> syn::Result<TokenStream> {
    let DeriveInput { attrs, ident, generics, data, .. } = input;
    match data {
        Data::Struct(data) => structure::facts(&attrs, &ident, generics, &data.fields),
        Data::Enum(data) => names::fact_type(&attrs, &ident, &generics, data.variants.iter()),
        Data::Union(data) => Err(Error::new(
            data.union_token.span,
            "a union has no facts; derive `Facts` for a struct",
        )),
    }
}
