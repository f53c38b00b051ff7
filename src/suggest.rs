//! Did you mean?

/// In bytes.
const LONGEST_NAME: usize = 128;

/// How many candidates are looked at.
const MOST_CANDIDATES: usize = 10_000;

/// How many candidates of a like length are compared letter by letter.
const MOST_COMPARED: usize = 200;

/// The candidate that `name` is most likely a misspelling of: at most a third of its length away.
///
/// Letter case and transposed neighbours count little; of equally near candidates the first wins. A name of
/// more than 128 bytes is left alone. Comparing two names takes as much work as their lengths multiplied, so
/// where very many candidates could be meant, only one that is a single slip away is.
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
    let mut alike = Vec::new();
    let mut slip = None;
    for candidate in candidates.into_iter().take(MOST_CANDIDATES) {
        let is_alike = candidate.len() <= 2 * LONGEST_NAME
            && candidate.chars().count().abs_diff(length) <= allowed
            && candidate != name;
        if is_alike && candidate.eq_ignore_ascii_case(name) {
            return Some(candidate);
        }
        if is_alike && slip.is_none() && is_one_slip(name, candidate) {
            slip = Some(candidate);
        }
        if is_alike && alike.len() <= MOST_COMPARED {
            alike.push(candidate);
        }
    }
    if alike.len() > MOST_COMPARED || slip.is_some() {
        return slip.filter(|_| allowed > 0);
    }
    let near = alike.into_iter().filter_map(|candidate| {
        let distance = strsim::damerau_levenshtein(name, candidate);
        (distance <= allowed).then_some((distance, candidate))
    });
    near.min_by_key(|&(distance, _)| distance).map(|(_, candidate)| candidate)
}

/// Whether one letter is wrong, missing or too many, or two neighbours are transposed.
fn is_one_slip(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.chars(), b.chars());
    while let (Some(x), Some(y)) = (a.clone().next(), b.clone().next()) {
        if x != y {
            break;
        }
        a.next();
        b.next();
    }
    while let (Some(x), Some(y)) = (a.clone().next_back(), b.clone().next_back()) {
        if x != y {
            break;
        }
        a.next_back();
        b.next_back();
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.take(3).collect(), b.take(3).collect());
    match (&a[..], &b[..]) {
        ([_], [_] | []) | ([], [_]) => true,
        ([x, y], [v, w]) => (x, y) == (w, v),
        _ => false,
    }
}

/// `, did you mean …?`, where there is a suggestion.
pub(crate) fn did_you_mean(suggestion: &Option<String>) -> String {
    suggestion.as_ref().map_or_else(String::new, |name| format!(", did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_of_very_many_is_meant() {
        let names: Vec<String> = (0..500).map(|at| format!("Service{at:03}Failure")).collect();
        let meant = |name| suggest(name, names.iter().map(String::as_str));
        assert_eq!(meant("Servce450Failure"), Some("Service450Failure"));
        assert_eq!(meant("Servcie450Failure"), Some("Service450Failure"));
        assert_eq!(meant("service450failure"), Some("Service450Failure"));
        // Two slips: it may be any of them.
        assert_eq!(meant("Srvce450Failure"), None);
    }

    #[test]
    fn one_slip_is_a_distance_of_one() {
        let words =
            ["", "a", "ab", "ba", "abc", "acb", "abcd", "abdc", "xbcd", "abxcd", "aab", "aba"];
        for a in words {
            for b in words {
                let near = strsim::damerau_levenshtein(a, b) == 1;
                assert_eq!(is_one_slip(a, b), near, "{a} {b}");
            }
        }
    }
}
