//! What stands in `#[facts(…)]`.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Error, Ident, LitStr, Path};

use crate::case::Case;
use crate::problems::Problems;

/// What is said about a type.
pub struct TypeAttributes {
    /// Where the library is found.
    pub crate_path: Path,
    rename_all: Option<Case>,
}

impl TypeAttributes {
    /// Reads them.
    pub fn read(attributes: &[Attribute], problems: &mut Problems) -> Self {
        let mut crate_path = None;
        let mut rename_all = None;
        each(attributes, problems, |meta| match word(meta).as_str() {
            "crate" => set(&mut crate_path, meta, |meta| meta.value()?.parse::<LitStr>()?.parse()),
            "rename_all" => set(&mut rename_all, meta, case),
            _ => Err(meta
                .error("unknown attribute; a type takes `rename_all = \"…\"` and `crate = \"…\"`")),
        });
        TypeAttributes {
            crate_path: crate_path.unwrap_or_else(|| syn::parse_quote!(::redress)),
            rename_all,
        }
    }

    /// The name of a field or variant, and where it is given.
    pub fn name(&self, ident: &Ident, rename: Option<&LitStr>) -> (String, Span) {
        let own = || ident.unraw().to_string();
        let spelt = || self.rename_all.map_or_else(own, |case| case.apply(&own()));
        rename.map_or_else(|| (spelt(), ident.span()), |name| (name.value(), name.span()))
    }
}

/// What is said about a field.
pub struct FieldAttributes {
    /// The fact's name, if it is not the field's.
    pub rename: Option<LitStr>,
    /// Whether the field is no fact.
    pub skip: bool,
}

impl FieldAttributes {
    /// Reads them.
    pub fn read(attributes: &[Attribute], problems: &mut Problems) -> Self {
        let mut rename = None;
        let mut skip = None;
        each(attributes, problems, |meta| match word(meta).as_str() {
            "rename" => set(&mut rename, meta, |meta| meta.value()?.parse()),
            "skip" => set(&mut skip, meta, |_| Ok(())),
            _ => Err(meta.error("unknown attribute; a field takes `rename = \"…\"` and `skip`")),
        });
        if let (Some(name), Some(())) = (&rename, skip) {
            problems.add(Error::new_spanned(name, "a field that is skipped has no name"));
        }
        FieldAttributes { rename, skip: skip.is_some() }
    }
}

/// The name that is given to a variant, if it is not its own.
pub fn variant_rename(attributes: &[Attribute], problems: &mut Problems) -> Option<LitStr> {
    let mut rename = None;
    each(attributes, problems, |meta| match word(meta).as_str() {
        "rename" => set(&mut rename, meta, |meta| meta.value()?.parse()),
        _ => Err(meta.error("unknown attribute; a variant takes `rename = \"…\"`")),
    });
    rename
}

/// Reads every entry of every `#[facts(…)]`.
fn each(
    attributes: &[Attribute],
    problems: &mut Problems,
    mut read: impl FnMut(&ParseNestedMeta<'_>) -> syn::Result<()>,
) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("facts")) {
        problems.keep(attribute.parse_nested_meta(|meta| read(&meta)));
    }
}

/// The word an entry begins with; empty where a longer path stands.
fn word(meta: &ParseNestedMeta<'_>) -> String {
    meta.path.get_ident().map_or_else(String::new, Ident::to_string)
}

/// Reads the value of an entry that may be given once.
fn set<T>(
    slot: &mut Option<T>,
    meta: &ParseNestedMeta<'_>,
    read: impl FnOnce(&ParseNestedMeta<'_>) -> syn::Result<T>,
) -> syn::Result<()> {
    let value = read(meta)?;
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(meta.error(format!("`{}` is given twice", word(meta)))),
    }
}

fn case(meta: &ParseNestedMeta<'_>) -> syn::Result<Case> {
    let written: LitStr = meta.value()?.parse()?;
    let found = Case::ALL.into_iter().find(|(name, _)| *name == written.value());
    found.map(|(_, case)| case).ok_or_else(|| {
        let known = Case::ALL.map(|(name, _)| format!("`{name}`")).join(", ");
        Error::new_spanned(&written, format!("unknown way to write names, expected one of {known}"))
    })
}
