//! The pack `kafka`: the protocol's error table, and that of an independent client.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Result;
use crate::data::Data;
use crate::origin::Origin;
use crate::page::{Page, member_list};

/// A line of the protocol's table.
#[derive(Deserialize)]
struct Error {
    name: String,
    code: i16,
    retriable: bool,
    exception: String,
    /// What the exception descends from, itself first.
    chain: String,
}

impl Error {
    /// The names it comes by: that of the protocol, and that of the exception where there is one.
    fn names(&self) -> impl Iterator<Item = &str> {
        let exception = Some(self.exception.as_str()).filter(|_| self.has_exception());
        std::iter::once(self.name.as_str()).chain(exception)
    }

    /// `NONE` has none, and the table a word that is no class in its place.
    fn has_exception(&self) -> bool {
        self.exception.starts_with(|c: char| c.is_ascii_uppercase())
    }

    fn descends_from(&self, class: &str) -> bool {
        self.chain.split('>').any(|one| one == class)
    }
}

/// A line of kafka-python's table.
#[derive(Deserialize)]
struct PythonError {
    errno: i16,
    retriable: String,
}

pub fn write(data: &Data, origin: &Origin) -> Result<String> {
    let errors: Vec<Error> = data.rows("kafka/apache_kafka_errors.csv")?;
    let python: Vec<PythonError> = data.rows("kafka/kafka_python_errors.csv")?;
    let python: BTreeMap<i16, bool> =
        python.into_iter().map(|error| (error.errno, error.retriable == "True")).collect();
    let by_python = |error: &Error| python.get(&error.code).copied();
    let disputed =
        |error: &Error| by_python(error).is_some_and(|verdict| verdict != error.retriable);
    let mut page = Page::new("kafka", origin, &remarks(&errors, by_python, disputed));
    page.members(
        "The errors of the protocol with their codes, and the exceptions of the Java client.",
        "ErrorType",
        errors
            .iter()
            .map(|error| (error.name.as_str(), error.code.to_string()))
            .chain(exceptions(&errors)),
    );
    let named = |test: &dyn Fn(&Error) -> bool| {
        member_list(errors.iter().filter(|error| test(error)).flat_map(Error::names))
    };
    let sets = [
        ("What Apache Kafka calls retriable.", "retriable", named(&|error| error.retriable)),
        (
            "Of these the errors that say that what the client knows of the cluster is stale.",
            "stale_metadata",
            named(&|error| error.descends_from("InvalidMetadataException")),
        ),
        (
            "What kafka-python calls retriable.",
            "kafka_python",
            named(&|error| by_python(error) == Some(true)),
        ),
        (
            "What one of the two calls retriable and the other does not.",
            "disputed",
            named(&disputed),
        ),
    ];
    for (documentation, name, members) in sets {
        page.declare(documentation, format!("let {name} = {members}"));
    }
    page.finish()
}

fn remarks(
    errors: &[Error],
    by_python: impl Fn(&Error) -> Option<bool>,
    disputed: impl Fn(&Error) -> bool,
) -> Vec<String> {
    let names = |test: &dyn Fn(&Error) -> bool| {
        let names = errors
            .iter()
            .filter(|error| test(error))
            .map(|error| format!("{} ({})", error.name, error.code));
        names.collect::<Vec<_>>().join(", ")
    };
    vec![
        format!(
            "The two authorities differ about {}, which Apache Kafka retries and kafka-python \
            does not. kafka-python does not know {}.",
            names(&disputed),
            names(&|error| by_python(error).is_none()),
        ),
        "An error comes by the name of the protocol or by that of the Java client's exception: \
        both are members. The classes of kafka-python are not, since one of them, \
        InvalidConfigurationError, has the name of another error of the standard vocabulary; each \
        has its errno and the name of the protocol."
            .to_owned(),
    ]
}

/// The exceptions, each with the code it stands for.
fn exceptions(errors: &[Error]) -> impl Iterator<Item = (&str, String)> {
    let known = errors.iter().filter(|error| error.has_exception());
    known.map(|error| (error.exception.as_str(), error.code.to_string()))
}
