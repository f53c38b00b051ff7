//! Scenarios that the file does not name, in words: they are decided as all others are, so a slip of the fingers would go
//! unnoticed; where nothing runs the others, what is kept of them would wait for ever.

use redress_scenarios::Configuration;

/// A scenario that the file does not name.
pub struct Unnamed {
    /// That it does not, and which one may be meant.
    pub told: String,
    /// Whether one may be meant.
    pub is_near_another: bool,
    /// Whether nothing would run its retries.
    pub waits: bool,
}

/// What to do where a scenario is not named, and nothing runs the others.
pub const NAME_IT: &str =
    "name it there, or say under [defaults] what runs the others, such as `rerun = true`";

/// That the file does not name a scenario; nothing where it does, or where there is no file.
pub fn unnamed(scenario: &str, configuration: &Configuration) -> Option<Unnamed> {
    let path = configuration.path.as_ref()?;
    if configuration.scenarios.contains_key(scenario) {
        return None;
    }
    let named = configuration.scenarios.keys().map(String::as_str);
    let near = redress::suggest(scenario, named);
    let is_it = near.map_or_else(String::new, |near| format!("; is it `{near}`?"));
    Some(Unnamed {
        told: format!("no scenario is named `{scenario}` in `{}`{is_it}", path.display()),
        is_near_another: near.is_some(),
        waits: configuration.other.runner.is_none(),
    })
}
