//! Policies of the command line: by file, from standard input, or bundled by name.

use std::ffi::OsString;
use std::path::Path;

use redress::{BundledFile, FileProblem, LoadError, Policy, PolicyLoader, Report};

use crate::arguments::{Format, PolicyOption};
use crate::failure::{Failure, Result};
use crate::files::{self, STANDARD_INPUT};
use crate::render::{self, Counts, Finding};
use crate::terminal;

/// The policy that decides where nobody says which.
const DEFAULT: &str = "default";

/// Loads the policy an option names, or the bundled default.
pub fn load_option(option: &PolicyOption, format: Format) -> Result<Policy> {
    // An empty variable is as good as none.
    let name =
        option.policy.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| DEFAULT.into());
    let loaded = load(&name, format);
    if loaded.is_err() && std::env::var_os("REDRESS_POLICY").is_some_and(|set| set == name) {
        terminal::say(
            "note: the policy is the one that the variable REDRESS_POLICY names".to_owned(),
        );
    }
    loaded
}

/// Loads a policy; where it is refused, its problems are reported on standard error.
pub fn load(name: &OsString, format: Format) -> Result<Policy> {
    let loader = PolicyLoader::new();
    let loaded = match bundled(name) {
        Some(file) => PolicyLoader::bundled_only().load_bundled(file),
        None => match piped(name)? {
            Some(text) => loader.parse(&files::display_name(name), text),
            None => loader.load(name),
        },
    };
    loaded.map_err(|error| match error {
        LoadError::Unreadable { .. } => unreadable(name, &error),
        _ => report(name, &error, format),
    })
}

/// The text of a policy that comes through a pipe that the user names; those that policies name are not read.
fn piped(name: &OsString) -> Result<Option<Vec<u8>>> {
    let is_piped = name == STANDARD_INPUT || files::is_pipe(Path::new(name));
    is_piped.then(|| files::read(name)).transpose()
}

/// Everything that is wrong or suspicious in a policy, by a loader that is told what is wanted.
pub fn check(name: &OsString, told: impl Fn(PolicyLoader) -> PolicyLoader) -> Result<Report> {
    if let Some(file) = bundled(name) {
        return Ok(told(PolicyLoader::bundled_only()).check_bundled(file));
    }
    let loader = told(PolicyLoader::new());
    match piped(name)? {
        Some(text) => Ok(loader.check_text(&files::display_name(name), text)),
        None => loader.check(name).map_err(|error| unreadable(name, &error)),
    }
}

/// The bundled file of this name: `default`, `vocabulary`. A pack, whose name is also that of its policy, is named
/// with its folder: `packs/aws`.
pub fn bundled(name: &OsString) -> Option<&'static BundledFile> {
    let mut files = redress::POLICIES.iter().chain([&redress::VOCABULARY]).chain(redress::PACKS);
    files.find(|file| name == file.name || name == file.file.trim_end_matches(".policy"))
}

fn unreadable(name: &OsString, error: &LoadError) -> Failure {
    match error {
        LoadError::Unreadable { .. } if Path::new(name).is_dir() => {
            Failure::impossible(files::is_a_folder(Path::new(name)))
        }
        LoadError::Unreadable { problem: FileProblem::NotFound, .. } => {
            Failure::impossible(format_args!("there is no {}", missing(&name.to_string_lossy())))
        }
        _ => Failure::impossible(files::without_number(&error.to_string())),
    }
}

/// What there is not, and what may have been meant.
fn missing(name: &str) -> String {
    if let Some(file) = redress::POLICIES.iter().find(|file| file.file == name) {
        return format!("file `{name}`; the bundled policy is called `{}`", file.name);
    }
    let path = Path::new(name);
    let bundled = redress::suggest(name, redress::POLICIES.iter().map(|file| file.name));
    if let Some(near) = bundled.map(str::to_owned).or_else(|| files::near(path)) {
        return format!("file `{name}`; did you mean `{near}`?");
    }
    if name.contains(['.', '/', '\\']) {
        return format!("file `{name}`");
    }
    let known: Vec<String> =
        redress::POLICIES.iter().map(|file| format!("`{}`", file.name)).collect();
    format!("file and no bundled policy `{name}`; bundled are {}", known.join(", "))
}

/// Reports why there is no policy.
fn report(name: &OsString, error: &LoadError, format: Format) -> Failure {
    match error.report() {
        Some(report) if report.errors() > 0 => {
            terminal::say(match format {
                Format::Human => render::human::problems(report, terminal::error_has_colour()),
                Format::Json => render::json::problems(
                    &Finding::all(report).collect::<Vec<_>>(),
                    Counts::of(report),
                ),
            });
            Failure::Reported
        }
        _ => Failure::fails(format_args!(
            "`{}` is no policy: it declares no rules",
            files::display_name(name)
        )),
    }
}
