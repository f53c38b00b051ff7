//! A struct with named fields: `Facts`.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Error, Field, Fields, Generics, Path, Type};

use crate::attributes::{FieldAttributes, TypeAttributes};
use crate::problems::{Problems, Taken};

/// A field that is a fact.
struct Fact<'a> {
    ident: &'a Ident,
    kind: &'a Type,
    name: String,
}

/// The implementation of `Facts` for the struct.
pub fn facts(
    attributes: &[Attribute],
    ident: &Ident,
    mut generics: Generics,
    fields: &Fields,
) -> syn::Result<TokenStream> {
    let Fields::Named(fields) = fields else {
        return Err(Error::new_spanned(
            ident,
            "a fact is known by its field's name; give the struct named fields",
        ));
    };
    let mut problems = Problems::default();
    let attributes = TypeAttributes::read(attributes, &mut problems);
    let facts = named_facts(&attributes, fields.named.iter(), &mut problems);
    bound(&mut generics, &facts, &attributes.crate_path);
    let implementation = implementation(&attributes.crate_path, ident, &generics, &facts);
    problems.finish(implementation)
}

/// The fields that are facts, with their names.
fn named_facts<'a>(
    attributes: &TypeAttributes,
    fields: impl Iterator<Item = &'a Field>,
    problems: &mut Problems,
) -> Vec<Fact<'a>> {
    let mut taken = Taken::default();
    let mut facts = Vec::new();
    for field in fields {
        let Some(ident) = &field.ident else { continue };
        let said = FieldAttributes::read(&field.attrs, problems);
        if said.skip {
            continue;
        }
        let (name, span) = attributes.name(ident, said.rename.as_ref());
        taken.take(&name, span, "a field", problems);
        facts.push(Fact { ident, kind: &field.ty, name });
    }
    facts
}

/// Every field whose type depends on a type parameter has to be a `FactType`.
fn bound(generics: &mut Generics, facts: &[Fact<'_>], crate_path: &Path) {
    let parameters: Vec<Ident> =
        generics.type_params().map(|parameter| parameter.ident.clone()).collect();
    let generic = facts.iter().filter(|fact| mentions(fact.kind.to_token_stream(), &parameters));
    let bounds: Vec<_> =
        generic.map(|Fact { kind, .. }| syn::parse_quote!(#kind: #crate_path::FactType)).collect();
    if !bounds.is_empty() {
        generics.make_where_clause().predicates.extend::<Vec<syn::WherePredicate>>(bounds);
    }
}

/// Whether any of the names stands among the tokens.
fn mentions(tokens: TokenStream, names: &[Ident]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => names.contains(&ident),
        TokenTree::Group(group) => mentions(group.stream(), names),
        _ => false,
    })
}

fn implementation(
    crate_path: &Path,
    ident: &Ident,
    generics: &Generics,
    facts: &[Fact<'_>],
) -> TokenStream {
    let (parameters, arguments, conditions) = generics.split_for_impl();
    // A constant of this name in the author's scope would be taken for a pattern, so nobody would choose it.
    let number = Ident::new("__number", Span::mixed_site());
    let fields = facts.iter().map(|Fact { kind, name, .. }| {
        quote_spanned!(shown_at(kind)=> #crate_path::Field::of::<#kind>(#name))
    });
    let arms = facts.iter().enumerate().map(|(at, Fact { ident, kind, .. })| {
        quote_spanned!(shown_at(kind)=> #at => <#kind as #crate_path::FactType>::fact_value(&self.#ident),)
    });
    quote! {
        #[automatically_derived]
        impl #parameters #crate_path::Facts for #ident #arguments #conditions {
            const FIELDS: &'static [#crate_path::Field] = &[#(#fields),*];

            #[inline]
            fn fact(&self, #number: ::core::primitive::usize) -> #crate_path::FactValue<'_> {
                match #number {
                    #(#arms)*
                    _ => #crate_path::FactValue::Absent,
                }
            }
        }
    }
}

/// Where errors about the type are shown. Names still mean what they mean to the derive: a `self` with the
/// span of a type written in another macro would not be the method's.
fn shown_at(kind: &Type) -> Span {
    kind.span().resolved_at(Span::call_site())
}
