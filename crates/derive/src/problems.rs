//! Every problem of a type, not just the first.

use std::collections::HashMap;

use proc_macro2::Span;
use syn::Error;

/// Collects what is wrong.
#[derive(Default)]
pub struct Problems {
    all: Option<Error>,
}

impl Problems {
    /// Adds a problem.
    pub fn add(&mut self, problem: Error) {
        match &mut self.all {
            Some(all) => all.combine(problem),
            None => self.all = Some(problem),
        }
    }

    /// The value, if there is one; otherwise the problem is added.
    pub fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|problem| self.add(problem)).ok()
    }

    /// The value, if there were no problems.
    pub fn finish<T>(self, value: T) -> syn::Result<T> {
        self.all.map_or(Ok(value), Err)
    }
}

/// The names given so far, and where.
#[derive(Default)]
pub struct Taken(HashMap<String, Span>);

impl Taken {
    /// Takes a name, or says who has it already; `of` is what has names: `a field`.
    pub fn take(&mut self, name: &str, span: Span, of: &str, problems: &mut Problems) {
        if let Some(&first) = self.0.get(name) {
            problems
                .add(Error::new(span, format!("{of} with the name `{name}` stands above already")));
            problems.add(Error::new(first, format!("`{name}` is first named here")));
        } else {
            self.0.insert(name.to_owned(), span);
        }
    }
}
