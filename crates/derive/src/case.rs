//! The ways to write a name of several words.

/// A value of `rename_all`.
#[derive(Clone, Copy)]
pub enum Case {
    Lower,
    Snake,
    Camel,
    Pascal,
    Kebab,
    ScreamingSnake,
}

impl Case {
    /// Every way, as it is written.
    pub const ALL: [(&str, Case); 6] = [
        ("lowercase", Case::Lower),
        ("snake_case", Case::Snake),
        ("camelCase", Case::Camel),
        ("PascalCase", Case::Pascal),
        ("kebab-case", Case::Kebab),
        ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ];

    /// Writes `name` this way.
    pub fn apply(self, name: &str) -> String {
        let words = words(name);
        match self {
            Case::Lower => words.concat(),
            Case::Snake => words.join("_"),
            Case::Kebab => words.join("-"),
            Case::ScreamingSnake => words.join("_").to_uppercase(),
            Case::Pascal => words.iter().map(|word| capitalised(word)).collect(),
            Case::Camel => {
                let capitals = words.iter().skip(1).map(|word| capitalised(word));
                words.iter().take(1).cloned().chain(capitals).collect()
            }
        }
    }
}

/// The words of a name in small letters: one begins at every capital and behind every underscore.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars() {
        if letter == '_' || letter.is_uppercase() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter != '_') {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::Case;

    #[test]
    fn every_case_writes_fields_and_variants() {
        let written = |name| Case::ALL.map(|(_, case)| case.apply(name));
        let expected = ["exitcode", "exit_code", "exitCode", "ExitCode", "exit-code", "EXIT_CODE"];
        assert_eq!(written("exit_code"), expected);
        assert_eq!(written("ExitCode"), expected);
        assert_eq!(written("a"), ["a", "a", "a", "A", "a", "A"]);
    }
}
