//! Did you mean?

/// The candidate that `name` is most likely a misspelling of: at most a third of its length away.
///
/// Letter case and transposed neighbours count little; of equally near candidates the first wins.
///
/// ```
/// assert_eq!(redress::suggest("modul", ["error", "module"]), Some("module"));
/// assert_eq!(redress::suggest("owner", ["error", "module"]), None);
/// ```
pub fn suggest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    let allowed = length / 3;
    let near = candidates.into_iter().filter_map(|candidate| {
        if candidate.chars().count().abs_diff(length) > allowed {
            return None;
        }
        let distance = distance(name, candidate);
        (distance <= allowed && candidate != name).then_some((distance, candidate))
    });
    near.min_by_key(|&(distance, _)| distance).map(|(_, candidate)| candidate)
}

/// How many letters differ; nothing if only their case does.
fn distance(a: &str, b: &str) -> usize {
    if a.eq_ignore_ascii_case(b) { 0 } else { strsim::damerau_levenshtein(a, b) }
}
