//! The error shapes in the models of the services.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::Result;
use crate::data::Data;

/// An error as the model of one service has it.
#[derive(Deserialize)]
pub struct Shape {
    pub service: String,
    shape: String,
    code: String,
    retryable: String,
    throttling: String,
}

impl Shape {
    /// What an answer calls the error: the code where the model gives one, otherwise the shape's name.
    pub fn code(&self) -> &str {
        if self.code.is_empty() { &self.shape } else { &self.code }
    }

    fn has(&self, asked: Trait) -> bool {
        match asked {
            Trait::Retryable => self.retryable == "true",
            Trait::Throttling => self.throttling == "true",
        }
    }
}

/// A trait of a shape.
#[derive(Clone, Copy)]
pub enum Trait {
    Retryable,
    Throttling,
}

/// Which codes have a trait, and whether all services say so.
pub struct Spread {
    /// In every service that has the code.
    pub undisputed: BTreeSet<String>,
    /// In these services, but not in all that have the code.
    pub disputed: BTreeMap<String, BTreeSet<String>>,
}

pub fn read(data: &Data) -> Result<Vec<Shape>> {
    data.rows("botocore/error_shapes.csv")
}

pub fn spread(shapes: &[Shape], asked: Trait) -> Spread {
    let mut by_code: BTreeMap<&str, Vec<&Shape>> = BTreeMap::new();
    for shape in shapes {
        by_code.entry(shape.code()).or_default().push(shape);
    }
    let mut spread = Spread { undisputed: BTreeSet::new(), disputed: BTreeMap::new() };
    for (code, shapes) in by_code {
        let with = shapes.iter().filter(|shape| shape.has(asked));
        let services: BTreeSet<String> = with.clone().map(|shape| shape.service.clone()).collect();
        if with.count() == shapes.len() {
            spread.undisputed.insert(code.to_owned());
        } else if !services.is_empty() {
            spread.disputed.insert(code.to_owned(), services);
        }
    }
    spread
}
