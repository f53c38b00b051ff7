//! Did you mean?

/// In bytes.
const LONGEST_NAME: usize = 128;

/// How many candidates are looked at, for their length.
const MOST_CANDIDATES: usize = 10_000;

/// How many candidates of a like length are compared letter by letter.
const MOST_COMPARED: usize = 200;

/// The candidate that `name` is most likely a misspelling of: at most a third of its length away.
///
/// Letter case and transposed neighbours count little; of equally near candidates the first wins. A name of
/// more than 128 bytes is left alone, and of very many candidates only the first are looked at: comparing two
/// names takes as much work as their lengths multiplied.
///
/// ```
/// assert_eq!(redress::suggest("modul", ["error", "module"]), Some("module"));
/// assert_eq!(redress::suggest("owner", ["error", "module"]), None);
/// ```
pub fn suggest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST_NAME {
        return None;
    }
    let length = name.chars().count();
    let allowed = length / 3;
    let alike = candidates.into_iter().take(MOST_CANDIDATES).filter(|candidate| {
        candidate.len() <= 2 * LONGEST_NAME && candidate.chars().count().abs_diff(length) <= allowed
    });
    let near = alike.take(MOST_COMPARED).filter_map(|candidate| {
        let distance = distance(name, candidate);
        (distance <= allowed && candidate != name).then_some((distance, candidate))
    });
    near.min_by_key(|&(distance, _)| distance).map(|(_, candidate)| candidate)
}

/// `, did you mean …?`, where there is a suggestion.
pub(crate) fn did_you_mean(suggestion: &Option<String>) -> String {
    suggestion.as_ref().map_or_else(String::new, |name| format!(", did you mean `{name}`?"))
}

/// How many letters differ; nothing if only their case does.
fn distance(a: &str, b: &str) -> usize {
    if a.eq_ignore_ascii_case(b) { 0 } else { strsim::damerau_levenshtein(a, b) }
}
