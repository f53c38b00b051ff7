//! botocore's retry rules: `_retry.json`.
//!
//! The rules of a service are laid over those for every service, by name: one of the same name takes its place.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::Result;
use crate::data::Data;

/// A code that is retried where the answer has this status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRule {
    pub code: String,
    pub status: u16,
}

/// How long is waited, in the form of the rules.
pub struct Delay {
    /// The first delay in milliseconds; none where it is anything up to a second.
    start: Option<u64>,
    factor: u64,
    attempts: u64,
}

/// All that can be said as a policy.
pub struct RetryRules {
    /// The statuses that are retried whatever the code, each with the services for which they are not.
    pub statuses: BTreeMap<u16, BTreeSet<String>>,
    /// The codes that are retried for every service.
    pub everywhere: Vec<CodeRule>,
    /// The one status that all of those want.
    pub everywhere_status: u16,
    /// What is retried besides for one service.
    pub services: BTreeMap<String, Vec<CodeRule>>,
    pub delay: Delay,
    /// The delays of services that have their own.
    pub service_delays: BTreeMap<String, Delay>,
}

/// What a rule looks at.
enum Rule {
    Status(u16),
    Code(CodeRule),
    /// The checksum of the body, or an error of the socket.
    Else,
}

const EVERY_SERVICE: &str = "__default__";

pub fn read(data: &Data) -> Result<RetryRules> {
    let file: Json = serde_json::from_str(&data.text("botocore/_retry.json")?)?;
    let general = policies(&file, &file["retry"][EVERY_SERVICE])?;
    let delay = Delay::read(&file["retry"][EVERY_SERVICE]).ok_or("the rules have no delay")?;
    let mut rules = RetryRules {
        statuses: BTreeMap::new(),
        everywhere: Vec::new(),
        everywhere_status: 0,
        services: BTreeMap::new(),
        delay,
        service_delays: BTreeMap::new(),
    };
    for rule in general.values() {
        match read_rule(rule)? {
            Rule::Status(status) => {
                rules.statuses.insert(status, BTreeSet::new());
            }
            Rule::Code(rule) => rules.everywhere.push(rule),
            Rule::Else => {}
        }
    }
    rules.everywhere.sort_by(|one, other| one.code.cmp(&other.code));
    rules.everywhere_status = one_status(&rules.everywhere)?;
    let services = file["retry"].as_object().ok_or("`retry` is no object")?;
    for (service, of_service) in services.iter().filter(|(service, _)| *service != EVERY_SERVICE) {
        rules.lay_over(&file, &general, service, &of_service[EVERY_SERVICE])?;
    }
    Ok(rules)
}

impl RetryRules {
    /// All codes that a rule names.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        let services = self.services.values().flatten();
        self.everywhere.iter().chain(services).map(|rule| rule.code.as_str())
    }

    /// The codes that are retried for one service only, in order.
    pub fn codes_of_services(&self) -> BTreeSet<&str> {
        self.services.values().flatten().map(|rule| rule.code.as_str()).collect()
    }

    /// Takes in the rules of one service.
    fn lay_over(
        &mut self,
        file: &Json,
        general: &BTreeMap<String, Json>,
        service: &str,
        of_service: &Json,
    ) -> Result<()> {
        for (name, rule) in policies(file, of_service)? {
            if let Some(hidden) = general.get(&name) {
                self.hide(hidden, service)?;
            }
            match read_rule(&rule)? {
                Rule::Code(rule) if self.everywhere.contains(&rule) => {}
                Rule::Code(rule) => self.services.entry(service.to_owned()).or_default().push(rule),
                Rule::Status(_) => return Err(format!("{service} has a rule for a status").into()),
                Rule::Else => {}
            }
        }
        if let Some(delay) = Delay::read(of_service) {
            self.service_delays.insert(service.to_owned(), delay);
        }
        Ok(())
    }

    /// A rule for every service does not hold for this one.
    fn hide(&mut self, rule: &Json, service: &str) -> Result<()> {
        let Rule::Status(status) = read_rule(rule)? else {
            return Err(format!("{service} has another rule in the place of one for a code").into());
        };
        self.statuses.entry(status).or_default().insert(service.to_owned());
        Ok(())
    }
}

impl Delay {
    fn read(rules: &Json) -> Option<Self> {
        let delay = rules.get("delay")?;
        let start = delay["base"].as_f64().map(|seconds| (seconds * 1000.0).round() as u64);
        let factor = delay["growth_factor"].as_u64()?;
        Some(Delay { start, factor, attempts: rules["max_attempts"].as_u64()? })
    }

    /// The schedule; the attempts count the first try.
    pub fn written(&self) -> String {
        let Delay { start, factor, attempts } = self;
        let times = attempts.saturating_sub(1);
        match start {
            Some(start) => format!("exponential({start}ms, factor: {factor}, times: {times})"),
            None => format!("exponential(1s, factor: {factor}, times: {times}, jitter: full)"),
        }
    }
}

/// The rules of a service by name, with what they refer to put in.
fn policies(file: &Json, service: &Json) -> Result<BTreeMap<String, Json>> {
    let policies = service["policies"].as_object().ok_or("`policies` is no object")?;
    let resolved = policies.iter().map(|(name, rule)| {
        let rule = match rule["$ref"].as_str() {
            Some(reference) => file["definitions"][reference].clone(),
            None => rule.clone(),
        };
        (name.clone(), rule)
    });
    Ok(resolved.collect())
}

fn read_rule(rule: &Json) -> Result<Rule> {
    let applies = &rule["applies_when"];
    if !applies["socket_errors"].is_null() || !applies["response"]["crc32body"].is_null() {
        return Ok(Rule::Else);
    }
    let response = &applies["response"];
    let status =
        response["http_status_code"].as_u64().and_then(|status| u16::try_from(status).ok());
    let status = status.ok_or_else(|| format!("this rule has no status: {rule}"))?;
    Ok(match response["service_error_code"].as_str() {
        Some(code) => Rule::Code(CodeRule { code: code.to_owned(), status }),
        None => Rule::Status(status),
    })
}

fn one_status(rules: &[CodeRule]) -> Result<u16> {
    let first = rules.first().ok_or("no code is retried for every service")?.status;
    if rules.iter().any(|rule| rule.status != first) {
        return Err("the codes that are retried for every service want several statuses".into());
    }
    Ok(first)
}
