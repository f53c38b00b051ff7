//! An enum of names: `FactType`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Attribute, Error, Fields, Generics, Variant};

use crate::attributes::{TypeAttributes, variant_rename};
use crate::problems::{Problems, Taken};

/// The implementation of `FactType` for the enum.
pub fn fact_type<'a>(
    attributes: &[Attribute],
    ident: &Ident,
    generics: &Generics,
    variants: impl Iterator<Item = &'a Variant> + Clone,
) -> syn::Result<TokenStream> {
    let mut problems = Problems::default();
    let attributes = TypeAttributes::read(attributes, &mut problems);
    let names = names(&attributes, variants.clone(), &mut problems);
    if names.is_empty() {
        problems.add(Error::new_spanned(ident, "an enum without variants can be no name"));
    }
    let crate_path = &attributes.crate_path;
    let (parameters, arguments, conditions) = generics.split_for_impl();
    let arms = variants.enumerate().map(|(at, Variant { ident, .. })| quote!(Self::#ident => #at,));
    let implementation = quote! {
        #[automatically_derived]
        impl #parameters #crate_path::FactType for #ident #arguments #conditions {
            const KIND: #crate_path::FieldKind = #crate_path::FieldKind::Names(&[#(#names),*]);

            #[inline]
            fn fact_value(&self) -> #crate_path::FactValue<'_> {
                #crate_path::FactValue::Name(match self { #(#arms)* })
            }
        }
    };
    problems.finish(implementation)
}

/// The name of every variant, in their order.
fn names<'a>(
    attributes: &TypeAttributes,
    variants: impl Iterator<Item = &'a Variant>,
    problems: &mut Problems,
) -> Vec<String> {
    let mut taken = Taken::default();
    let mut names = Vec::new();
    for variant in variants {
        if !matches!(variant.fields, Fields::Unit) {
            problems.add(Error::new_spanned(
                &variant.fields,
                "a variant that stands for a name holds no data",
            ));
        }
        let rename = variant_rename(&variant.attrs, problems);
        let (name, span) = attributes.name(&variant.ident, rename.as_ref());
        taken.take(&name, span, "a variant", problems);
        names.push(name);
    }
    names
}
