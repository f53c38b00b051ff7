//! Names of errors that the integration of a state with a service cannot give.

use std::sync::LazyLock;

use redress::ast::DeclarationKind;

use super::known::{LAMBDA, PREFIXES, SDK};
use super::suspects::{SLIP, Suspicion};

/// The shortest code that is compared with others; shorter ones are near too many.
const SHORTEST_CODE: usize = 6;

/// A state's integration with a service of AWS.
pub(super) struct Integration<'a> {
    /// `dynamodb`, in whatever way it is called.
    service: &'a str,
    /// Whether it is called by its SDK, so that every name of an error begins with the service's name.
    by_sdk: bool,
}

impl<'a> Integration<'a> {
    /// Reads a `Resource`; nothing where it is no integration, or one whose errors anybody may give a name.
    pub(super) fn of(resource: &'a str) -> Option<Self> {
        // Partitions differ, and templates put them in: `arn:aws-us-gov:`, `arn:${Partition}:`.
        let (before, called) = resource.split_once(":states:::")?;
        if !before.starts_with("arn:") || called.ends_with(".waitForTaskToken") {
            return None;
        }
        let by_sdk = called.starts_with(SDK);
        let service = called.strip_prefix(SDK).unwrap_or(called).split(':').next()?;
        Some(Integration { service, by_sdk })
    }

    /// The integration as a message writes it.
    fn name(&self) -> String {
        format!("{}{}", if self.by_sdk { SDK } else { "" }, self.service)
    }

    /// The prefix that it gives, where that is known.
    fn prefix(&self) -> Option<&'static str> {
        let name = self.name();
        PREFIXES.iter().find(|(integration, _)| *integration == name).map(|(_, prefix)| *prefix)
    }

    /// Why an error of this name can hardly come from it.
    pub(super) fn suspicion(
        &self,
        name: &str,
        may_compare: impl FnOnce() -> bool,
    ) -> Option<Suspicion> {
        let Some((written, code)) = name.split_once('.') else { return self.without_service(name) };
        if let Some(suspicion) = self.wrong_prefix(name, written, code) {
            return Some(suspicion);
        }
        if !written.eq_ignore_ascii_case(self.service)
            || self.is_general(name, code)
            || !may_compare()
        {
            return None;
        }
        let near = near(code)?;
        let message = format!("`{name}` is probably misspelt");
        Some((message, Some(format!("did you mean `{written}.{near}`?"))))
    }

    fn without_service(&self, name: &str) -> Option<Suspicion> {
        if !self.by_sdk {
            return None;
        }
        let message = format!("`{name}` can hardly fire: it has no service before it");
        let help = format!("errors of `{SDK}…` are called `Service.{name}`");
        Some((message, Some(help)))
    }

    fn wrong_prefix(&self, name: &str, written: &str, code: &str) -> Option<Suspicion> {
        let is_own = written.eq_ignore_ascii_case(self.service);
        let right = match self.prefix() {
            Some(prefix) => prefix.to_owned(),
            // How its letters are written is not known, but that the first one is large.
            None => format!("{}.", capitalised(written)),
        };
        if is_own && format!("{written}.") != right {
            let message = format!("`{name}` can never fire: `{}` gives `{right}…`", self.name());
            return Some((message, Some(format!("write `{right}{code}`"))));
        }
        let is_known = PREFIXES
            .iter()
            .any(|(_, prefix)| prefix.trim_end_matches('.').eq_ignore_ascii_case(written));
        if is_own || !(is_known || self.by_sdk) {
            return None;
        }
        let message = format!("`{name}` can hardly fire: `{}` is another service", self.name());
        Some((message, Some("names of its errors begin with its own name".to_owned())))
    }

    /// What clients of any service give: `S3Exception`, `AmazonDynamoDBException`, `SdkClientException`.
    fn is_general(&self, name: &str, code: &str) -> bool {
        if LAMBDA.contains(&name) {
            return true;
        }
        let code = code.to_ascii_lowercase();
        let code = code.strip_prefix("amazon").unwrap_or(&code);
        code.starts_with("sdk") || stem(code) == self.service.to_ascii_lowercase()
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// The error codes of all services, each with what [`stem`] leaves of it.
static CODES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let pack = redress::PACKS.iter().find(|pack| pack.name == "aws");
    let parsed = pack.map(|pack| redress::parse(pack.file, pack.text));
    let declarations = parsed.into_iter().flat_map(|parsed| parsed.ast.declarations);
    let enums = declarations.filter_map(|declaration| match declaration.kind {
        DeclarationKind::Enum(declared) => Some(declared),
        _ => None,
    });
    let codes = enums.flat_map(|declared| declared.members).map(|member| member.name.text);
    codes.map(|code| (stem(&code), code.to_string())).collect()
});

/// The code that is a slip away; none where this is one itself.
fn near(code: &str) -> Option<&'static str> {
    let written = stem(code);
    if written.len() < SHORTEST_CODE {
        return None;
    }
    let whole = code.to_ascii_lowercase();
    let distances = CODES.iter().filter_map(|(stem, code)| {
        // The ending may be what is misspelt, and otherwise is to stay.
        let of_whole = distance(&code.to_ascii_lowercase(), &whole);
        let nearest = distance(stem, &written).into_iter().chain(of_whole).min()?;
        Some((nearest, of_whole.unwrap_or(usize::MAX), code.as_str()))
    });
    let (distance, _, near) = distances.min()?;
    (distance > 0).then_some(near)
}

/// How many letters two words are apart, where they are few.
fn distance(one: &str, other: &str) -> Option<usize> {
    let may_be_near = one.len().abs_diff(other.len()) <= SLIP;
    let distance = may_be_near.then(|| strsim::damerau_levenshtein(one, other));
    distance.filter(|&distance| distance <= SLIP)
}

/// A code in small letters without its ending: the SDK that Step Functions uses calls the error of the code `NoSuchKey`
/// `NoSuchKeyException`, and that of `DBInstanceNotFoundFault` `DbInstanceNotFoundException`.
fn stem(code: &str) -> String {
    let code = code.to_ascii_lowercase();
    let endings = ["exception", "fault", "error"];
    let stem = endings.iter().find_map(|ending| code.strip_suffix(ending));
    stem.map(str::to_owned).unwrap_or(code)
}
